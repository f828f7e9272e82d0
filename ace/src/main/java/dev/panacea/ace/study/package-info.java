/**
 * What a network has learned, measured without training anything (Sec. 5): each {@link dev.panacea.ace.study.Study}
 * asks one question of a {@link dev.panacea.ace.study.FeatureExtractor} over {@link dev.panacea.ace.study.StudyData},
 * and {@link dev.panacea.ace.study.BackboneSpec} makes extractors of checkpoints.
 */
package dev.panacea.ace.study;

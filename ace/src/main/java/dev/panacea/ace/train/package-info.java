/**
 * One step of ACE's pretraining and all its numbers. Start at {@link dev.panacea.ace.train.PretrainStep}, which reads
 * like the method; {@link dev.panacea.ace.train.PretrainConfig} holds every choice, and
 * {@link dev.panacea.ace.train.Recipe} the three sets of them that have a name.
 */
package dev.panacea.ace.train;

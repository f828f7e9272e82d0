/**
 * What is measured of a network on a task: ROC curves, confusion matrices, overlap of masks, heat maps against boxes,
 * and how sure all that is. Numbers in, numbers out; start at {@link dev.panacea.ace.metric.Roc}.
 */
package dev.panacea.ace.metric;

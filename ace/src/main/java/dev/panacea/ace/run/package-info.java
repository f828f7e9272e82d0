/**
 * A whole run of pretraining: where pictures come from, batches made ahead, steps, logs and checkpoints. Start at
 * {@link dev.panacea.ace.run.PretrainRun}.
 */
package dev.panacea.ace.run;

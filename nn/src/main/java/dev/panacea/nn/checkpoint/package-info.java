/**
 * Saved runs, from which training goes on as if it had never stopped: a {@link dev.panacea.nn.checkpoint.RunState} says
 * what is saved, a {@link dev.panacea.nn.checkpoint.CheckpointFolder} keeps the last few and the best. The files are
 * safetensors.
 */
package dev.panacea.nn.checkpoint;

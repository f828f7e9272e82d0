/**
 * Fine-tuning on the command line: training for a task with labels, and what came of it. Start at
 * {@link dev.panacea.tools.transfer.Tuning}, or at {@link dev.panacea.tools.transfer.Table}.
 */
package dev.panacea.tools.transfer;

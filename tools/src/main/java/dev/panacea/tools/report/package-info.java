/**
 * The pages that runs end with. Start at {@link dev.panacea.tools.report.RunReport} for pretraining, at
 * {@link dev.panacea.tools.report.TransferReport} for fine-tuning.
 */
package dev.panacea.tools.report;

/**
 * Fine-tuning on the command line, and the table of what came of it; start at
 * {@link dev.panacea.tools.transfer.Table}.
 */
package dev.panacea.tools.transfer;

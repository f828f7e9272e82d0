/**
 * Fine-tuning of a backbone for a task with labels, and what comes of it: classes, masks, key points, and what these
 * are worth beside the truth. Start at {@link dev.panacea.ace.transfer.TransferRun} and
 * {@link dev.panacea.ace.transfer.Predictions}.
 */
package dev.panacea.ace.transfer;

/**
 * A backbone on the tasks that it is there for: fine-tuned with a head of classes, masks or points, and what its
 * predictions are worth. Start at {@link dev.panacea.ace.transfer.Predictions} for the numbers.
 */
package dev.panacea.ace.transfer;

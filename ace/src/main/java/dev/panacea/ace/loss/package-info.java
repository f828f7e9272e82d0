/**
 * The losses of ACE: {@link dev.panacea.ace.loss.GlobalLoss} (Eq. 1), {@link dev.panacea.ace.loss.MatchingLoss} with
 * its {@link dev.panacea.ace.loss.MatchingTarget} (Eq. 3–5, 7) and their weighted sum (Eq. 8).
 */
package dev.panacea.ace.loss;

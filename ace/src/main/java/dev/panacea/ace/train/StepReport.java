package dev.panacea.ace.train;

/**
 * The numbers of one step; means over its batches. Parts whose weight is 0 are NaN.
 *
 * @param step number of the step, from 0
 * @param loss Eq. 8
 * @param global Eq. 1
 * @param composition Eq. 5
 * @param decomposition Eq. 7
 * @param composed share of C2's tokens whose largest M is that of their exact partner among C1's composed ones
 * @param decomposed the same for C1's tokens among C2's decomposed ones
 * @param entropy mean entropy of the teacher's probabilities in nats: collapsed near 0 and near ln of their number;
 *     what {@code global} is above it is the student's own error
 * @param deviation see {@link TokenSpread#deviation}, of the teacher's tokens
 * @param rank see {@link TokenSpread#rank}, of the teacher's tokens
 * @param gradientNorm Euclidean norm of all gradients, before clipping
 * @param rate learning rate
 * @param decay weight decay
 * @param momentum λ of the teacher
 */
public record StepReport(long step, double loss, double global, double composition, double decomposition,
        double composed, double decomposed, double entropy, double deviation, double rank, double gradientNorm,
        double rate, double decay, double momentum) {}

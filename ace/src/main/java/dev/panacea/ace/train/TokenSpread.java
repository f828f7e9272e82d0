package dev.panacea.ace.train;

import dev.panacea.tensor.Tensor;

/**
 * How far tokens differ in direction: where a network has collapsed, they do not.
 *
 * @param deviation standard deviation of tokens of length 1, over all channels: 0 where all are one, 1 where they point
 *     everywhere; a scalar
 * @param rank number of directions that they differ in, {@code (Σ λ)² / Σ λ²} of the eigenvalues λ of their covariance:
 *     from 1 to the number of channels, 0 where all are one; a scalar
 */
public record TokenSpread(Tensor deviation, Tensor rank) {
    /** Measures tokens [.., K]. */
    public static TokenSpread of(Tensor tokens) {
        Tensor x = tokens.reshape(-1, tokens.dim(-1)).l2Normalize(-1, 1e-12); // [N, K]
        x = x.sub(x.mean(true, 0));
        Tensor trace = x.mul(x).sum(false); // Σ λ, times N
        Tensor covariance = x.transpose(0, 1).matmul(x); // [K, K], times N
        Tensor squares = covariance.mul(covariance).sum(false); // Σ λ², times N²
        return new TokenSpread(trace.affine(1.0 / x.dim(0), 0).sqrt(),
                trace.mul(trace).div(squares.maximum(Tensor.scalar(1e-20))));
    }
}

package dev.panacea.bindings.cudnn;

/**
 * Where backward of attention finds the gradient and writes those of the operands, as addresses on the device.
 *
 * @param gradient BF16 [B, h, N, D], of the result
 * @param query BF16, of query's size
 * @param key BF16, of key's size
 * @param value BF16, of value's size
 * @param bias BF16, of bias's size, or 0 for none
 * @param sums F32 [B, h, N], memory that is used on the way
 */
public record AttentionSlopes(long gradient, long query, long key, long value, long bias, long sums) {}

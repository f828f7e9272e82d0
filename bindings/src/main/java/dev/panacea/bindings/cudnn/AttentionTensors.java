package dev.panacea.bindings.cudnn;

/**
 * Where attention finds its operands and writes its results, as addresses on the device.
 *
 * @param query BF16 [B, h, N, D]
 * @param key BF16 [B, h, M, D]
 * @param value BF16 [B, h, M, D]
 * @param bias BF16, or 0 for none
 * @param result BF16 [B, h, N, D]; written by forward, read by backward
 * @param logSumExp F32 [B, h, N]; written by forward, read by backward
 */
public record AttentionTensors(long query, long key, long value, long bias, long result, long logSumExp) {}

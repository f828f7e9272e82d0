// Random numbers, the same as on the host. The wrapper defines MIDDLE(w) and TAIL(w), the two polynomials of the normal
// distribution's quantiles. The generator is Philox4x32-10 (Salmon and others, 2011):
// the block of four words at counter i is for elements 4i to 4i + 3, which a thread makes.

struct Words {
    u32 at[4];
};

static __device__ Words philox(u64 key, u64 counter) {
    u32 c0 = (u32) counter;
    u32 c1 = (u32) (counter >> 32);
    u32 c2 = 0;
    u32 c3 = 0;
    u32 k0 = (u32) key;
    u32 k1 = (u32) (key >> 32);
    for (int round = 0; round < 10; round++) {
        u64 first = 0xD2511F53ull * c0;
        u64 second = 0xCD9E8D57ull * c2;
        c0 = (u32) (second >> 32) ^ c1 ^ k0;
        c1 = (u32) second;
        c2 = (u32) (first >> 32) ^ c3 ^ k1;
        c3 = (u32) first;
        k0 += 0x9E3779B9u;
        k1 += 0xBB67AE85u;
    }
    return Words{{c0, c1, c2, c3}};
}

extern "C" __global__ void uniform(float *y, i64 count, i64 key, float low, float scale) {
    i64 first = 4 * thread_number();
    Words words = philox((u64) key, (u64) first / 4);
    for (int k = 0; k < 4 && first + k < count; k++) {
        y[first + k] = fmaf((float) (words.at[k] >> 8), scale, low);
    }
}

extern "C" __global__ void dropout(float *y, const float *x, i64 count, i64 key, u32 least, float scale) {
    i64 first = 4 * thread_number();
    Words words = philox((u64) key, (u64) first / 4);
    for (int k = 0; k < 4 && first + k < count; k++) {
        y[first + k] = x[first + k] * ((words.at[k] >> 8) < least ? 0 : scale);
    }
}

// One factor for each sample of size elements; chunks blocks share a sample, 16 elements for each thread.
extern "C" __global__ void drop_path(float *y, const float *x, i64 size, int chunks, i64 key, u32 least, float scale) {
    u32 sample = blockIdx.x / chunks;
    Words words = philox((u64) key, sample / 4);
    float factor = 0;
    for (u32 k = 0; k < 4; k++) {
        factor = sample % 4 == k && (words.at[k] >> 8) >= least ? scale : factor;
    }
    i64 first = (i64) (blockIdx.x % chunks) * 16 * blockDim.x;
    i64 last = first + 16 * blockDim.x < size ? first + 16 * blockDim.x : size;
    for (i64 at = first + threadIdx.x; at < last; at += blockDim.x) {
        y[sample * size + at] = x[sample * size + at] * factor;
    }
}

static __device__ float log_tail(float f) {
    float p = 6.9151253e-2f;
    p = fmaf(p, f, -0.11789685f);
    p = fmaf(p, f, 0.1187302f);
    p = fmaf(p, f, -0.12384372f);
    p = fmaf(p, f, 0.14218655f);
    p = fmaf(p, f, -0.1666925f);
    p = fmaf(p, f, 0.20002227f);
    p = fmaf(p, f, -0.24999987f);
    return fmaf(p, f, 0.3333331f);
}

// The natural logarithm, step by step as the host computes it, for the same bits; x is positive and normal.
static __device__ float host_log(float x) {
    int bits = __float_as_int(x);
    int k = (bits - 0x3F3504F3) >> 23; // x = m·2^k with m in √½..√2
    float f = __int_as_float(bits - (k << 23)) - 1;
    float n = (float) k;
    float square = f * f;
    float y = square * f * log_tail(f);
    y = fmaf(n, -2.1219444e-4f, y);
    y = f + fmaf(-0.5f, square, y);
    return fmaf(n, 0.693359375f, y);
}

// The value that is exceeded with a probability, times the probability's sign, scaled and shifted.
static __device__ float quantile(float given, float mean, float deviation) {
    float p = fabsf(given);
    float w = -host_log(p * (1 - p) * 4);
    float z = MIDDLE(w);
    if (w >= 5) {
        float root = sqrtf(w);
        z = TAIL(root);
    }
    z *= fmaf(p, -2.0f, 1.0f);
    return fmaf(given < 0 ? -z : z, deviation, mean);
}

extern "C" __global__ void normal(float *y, i64 count, i64 key, float mean, float deviation) {
    i64 first = 4 * thread_number();
    Words words = philox((u64) key, (u64) first / 4);
    for (int k = 0; k < 4 && first + k < count; k++) {
        float p = fmaf((float) (int) (words.at[k] >> 1), 0x1p-32f, 0x1p-33f); // 31 bits and a sign
        y[first + k] = quantile(words.at[k] & 1 ? -p : p, mean, deviation);
    }
}

extern "C" __global__ void truncated_normal(float *y, i64 count, i64 key, double least, double range, float mean,
        float deviation, float low, float high) {
    i64 first = 4 * thread_number();
    Words words = philox((u64) key, (u64) first / 4);
    for (int k = 0; k < 4 && first + k < count; k++) {
        double p = fma((double) words.at[k], range, least);
        float value = quantile((float) (p < 0.5 ? -p : 1 - p), mean, deviation);
        y[first + k] = value < low ? low : value > high ? high : value;
    }
}

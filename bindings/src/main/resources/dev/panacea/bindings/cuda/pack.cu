// Matrices on their way to cuBLAS.
#ifndef T
#define T float
#endif

// Four elements a thread; the memory is aligned to 16 bytes only where the first element is.
extern "C" __global__ void round_all(const float *in, bf16 *out, i64 size) {
    i64 at = 4 * (blockIdx.x * (i64) blockDim.x + threadIdx.x);
    if (at + 4 <= size && ((size_t) in & 15) == 0) {
        float4 four = *(const float4 *) (in + at);
        ushort4 rounded;
        rounded.x = float_to_bf16(four.x);
        rounded.y = float_to_bf16(four.y);
        rounded.z = float_to_bf16(four.z);
        rounded.w = float_to_bf16(four.w);
        *(ushort4 *) (out + at) = rounded;
        return;
    }
    for (i64 i = at; i < at + 4 && i < size; i++) {
        out[i] = float_to_bf16(in[i]);
    }
}

extern "C" __global__ void round_strided(const float *in, bf16 *out, Layout layout, i64 size) {
    i64 at = blockIdx.x * (i64) blockDim.x + threadIdx.x;
    if (at < size) {
        out[at] = float_to_bf16(in[position(layout, at)]);
    }
}

extern "C" __global__ void copy_strided(const T *in, T *out, Layout layout, i64 size) {
    i64 at = blockIdx.x * (i64) blockDim.x + threadIdx.x;
    if (at < size) {
        out[at] = in[position(layout, at)];
    }
}

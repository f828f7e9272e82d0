// What follows the product of a linear layer. T is float or double.

// sums[i] += bias[i % n] + added[i]; with gelu, also gelu[i] = GELU(sums[i]), which may be the same memory.
// Null pointers are left out.
extern "C" __global__ void after(T *sums, const T *bias, const T *added, T *gelu, int n, i64 size) {
    i64 at = blockIdx.x * (i64) blockDim.x + threadIdx.x;
    if (at >= size) {
        return;
    }
    T x = sums[at];
    if (bias) {
        x += bias[at % n];
    }
    if (added) {
        x += added[at];
    }
    sums[at] = x;
    if (gelu) {
        gelu[at] = T(0.5) * x * erfc(x * T(-0.70710678118654752));
    }
}

// What follows the product of a linear layer. T is float or double.

static __device__ __forceinline__ float gelu_of(float x) {
    return gelu(x);
}

static __device__ __forceinline__ double gelu_of(double x) {
    return 0.5 * x * erfc(x * -0.70710678118654752);
}

// sums[row, column] += bias[column] + added[row, column]; with gelu, also gelu[row, column] = GELU(sums[row, column]),
// which may be the same memory. Null pointers are left out. A block of 32 × 8 threads takes 8 rows, a warp each.
extern "C" __global__ void after(T *sums, const T *bias, const T *added, T *gelu, int rows, int columns) {
    i64 row = blockIdx.x * (i64) blockDim.y + threadIdx.y;
    if (row >= rows) {
        return;
    }
    i64 start = row * columns;
    for (int column = threadIdx.x; column < columns; column += 32) {
        T x = sums[start + column];
        if (bias) {
            x += bias[column];
        }
        if (added) {
            x += added[start + column];
        }
        if ((bias || added) && sums != gelu) {
            sums[start + column] = x;
        }
        if (gelu) {
            gelu[start + column] = gelu_of(x);
        }
    }
}

// The same for floats in fours, whose addresses are multiples of their size; columns counts fours. With rounded, GELU is
// also written as the product after this one wants it.
extern "C" __global__ void after_quads(Quad<float> *sums, const Quad<float> *bias, const Quad<float> *added,
        Quad<float> *gelus, Quad<bf16> *rounded, u32 quads, u32 columns) {
    u32 at = (u32) thread_number();
    if (at >= quads) {
        return;
    }
    Quad<float> x = sums[at];
    if (bias) {
        Quad<float> b = bias[at % columns];
        for (int k = 0; k < 4; k++) {
            x.at[k] += b.at[k];
        }
    }
    if (added) {
        Quad<float> a = added[at];
        for (int k = 0; k < 4; k++) {
            x.at[k] += a.at[k];
        }
    }
    if ((bias || added) && sums != gelus) {
        sums[at] = x;
    }
    if (gelus) {
        Quad<bf16> small;
        for (int k = 0; k < 4; k++) {
            x.at[k] = gelu(x.at[k]);
            small.at[k] = float_to_bf16(x.at[k]);
        }
        gelus[at] = x;
        if (rounded) {
            rounded[at] = small;
        }
    }
}

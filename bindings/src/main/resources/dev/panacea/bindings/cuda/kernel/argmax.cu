// The number of the largest element of each group: the first of equals, and NaN above all. A block for each group.

// Whether element i with value x comes before element j with value y.
static __device__ __forceinline__ bool before(float x, int i, float y, int j) {
    bool nan = x != x;
    if (nan != (y != y)) {
        return nan;
    }
    return x > y || (nan || x == y) && i < j;
}

extern "C" __global__ void argmax(int *y, const float *x, BOX kept, BOX folded, u32 count) {
    __shared__ float values[256];
    __shared__ int numbers[256];
    i64 start = place(kept, blockIdx.x);
    int own = threadIdx.x;
    float best = -INFINITY_F;
    int number = 0x7fffffff;
    for (u32 i = own; i < count; i += 256) {
        float value = x[start + place(folded, i)];
        if (number == 0x7fffffff || before(value, (int) i, best, number)) {
            best = value;
            number = (int) i;
        }
    }
    values[own] = best;
    numbers[own] = number;
    for (int step = 128; step > 0; step /= 2) {
        __syncthreads();
        if (own < step && numbers[own + step] != 0x7fffffff
                && before(values[own + step], numbers[own + step], values[own], numbers[own])) {
            values[own] = values[own + step];
            numbers[own] = numbers[own + step];
        }
    }
    if (own == 0) {
        y[blockIdx.x] = numbers[0];
    }
}

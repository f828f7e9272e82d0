// Reductions over any axes, in a fixed order. The wrapper defines WAY (Adding, Largest, Smallest) and VALUE(x, b, m),
// what an element x counts, with b at the same place in a second tensor and m of the result's number in a third. A
// group of elements is cut into chunks, the rows of the result; a second call joins those.

#ifndef USES_B
#define USES_B 0
#endif
#ifndef USES_M
#define USES_M 0
#endif

#define OTHER(at) (USES_B ? b[at] : 0)
#define GIVEN(group) (USES_M ? m[group] : 0)

// Joins every step-th value from first to last of the group that begins at start.
static __device__ __forceinline__ float fold(const float *x, const float *b, float given, i64 start,
        const Layout &folded, u32 first, u32 last, u32 step) {
    float sum = WAY::start();
    if (folded.rank <= 1) {
        i64 stride = folded.rank == 1 ? folded.stride[0] : 0;
#pragma unroll 4
        for (u32 i = first; i < last; i += step) {
            i64 at = start + i * stride;
            sum = WAY::join(sum, VALUE(x[at], OTHER(at), given));
        }
        return sum;
    }
    for (u32 i = first; i < last; i += step) {
        i64 at = start + place(folded, i);
        sum = WAY::join(sum, VALUE(x[at], OTHER(at), given));
    }
    return sum;
}

// Where neighbours belong to one group: a block for each group and chunk.
extern "C" __global__ void fold_rows(float *y, const float *x, const float *b, const float *m, i64 groups, BOX kept,
        BOX folded, u32 count, u32 chunk, float scale) {
    i64 group = blockIdx.x;
    u32 first = blockIdx.y * chunk;
    u32 last = count - first < chunk ? count : first + chunk;
    float sum = fold(x, b, GIVEN(group), place(kept, (u32) group), folded, first + threadIdx.x, last, blockDim.x);
    sum = join_row<WAY>(sum);
    if (threadIdx.x == 0) {
        y[blockIdx.y * groups + group] = sum * scale;
    }
}

// Where neighbours belong to different groups: threads side by side have a group each, 8 of them above each other share
// one and a chunk.
extern "C" __global__ void fold_columns(float *y, const float *x, const float *b, const float *m, i64 groups, BOX kept,
        BOX folded, u32 count, u32 chunk, float scale) {
    __shared__ float parts[8][32];
    i64 group = (i64) blockIdx.x * 32 + threadIdx.x;
    u32 first = blockIdx.y * chunk;
    u32 last = count - first < chunk ? count : first + chunk;
    float sum = WAY::start();
    if (group < groups) {
        sum = fold(x, b, GIVEN(group), place(kept, (u32) group), folded, first + threadIdx.y, last, 8);
    }
    parts[threadIdx.y][threadIdx.x] = sum;
    __syncthreads();
    if (threadIdx.y == 0 && group < groups) {
        for (int k = 1; k < 8; k++) {
            sum = WAY::join(sum, parts[k][threadIdx.x]);
        }
        y[blockIdx.y * groups + group] = sum * scale;
    }
}

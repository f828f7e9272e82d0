// Reductions over any axes, in a fixed order. The wrapper defines WAY (Adding, Largest, Smallest) and VALUE(x, b, m),
// what an element x counts, with b at the same place in a second tensor and m of the result's number in a third. A group of
// elements is cut into chunks, the rows of the result; a second call joins those.

#ifndef USES_B
#define USES_B 0
#endif
#ifndef USES_M
#define USES_M 0
#endif

#define OTHER(at) (USES_B ? b[at] : 0)
#define GIVEN(group) (USES_M ? m[group] : 0)

// Where neighbours belong to one group: a block for each group and chunk.
extern "C" __global__ void fold_rows(float *y, const float *x, const float *b, const float *m, i64 groups, BOX kept,
        BOX folded, u32 count, u32 chunk, float scale) {
    i64 group = blockIdx.x;
    u32 first = blockIdx.y * chunk;
    u32 last = count - first < chunk ? count : first + chunk;
    i64 start = place(kept, (u32) group);
    float given = GIVEN(group);
    float sum = WAY::start();
    for (u32 i = first + threadIdx.x; i < last; i += blockDim.x) {
        i64 at = start + place(folded, i);
        sum = WAY::join(sum, VALUE(x[at], OTHER(at), given));
    }
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
        i64 start = place(kept, (u32) group);
        float given = GIVEN(group);
        for (u32 i = first + threadIdx.y; i < last; i += 8) {
            i64 at = start + place(folded, i);
            sum = WAY::join(sum, VALUE(x[at], OTHER(at), given));
        }
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

// Cross-entropy of rows of n logits, a block each, with classes or (PROBABILITIES) probabilities. A class out of range
// gives NaN.

#ifdef PROBABILITIES
#define TARGETS const float *t
#define TARGET(row, j) t[(row) * n + (j)]
#else
#define TARGETS const int *t
#define TARGET(row, j) (t[row] < 0 || t[row] >= n ? NAN_F : t[row] == (j) ? 1.0f : 0.0f)
#endif

#define SMOOTH(row, j) (keep * TARGET(row, j) + spread) // keep = 1 - smoothing, spread = smoothing / n

extern "C" __global__ void cross_entropy(float *losses, float *logs, const float *x, TARGETS, int n, float keep,
        float spread) {
    i64 row = blockIdx.x;
    x += row * n;
    float max = -INFINITY_F;
    for (int j = threadIdx.x; j < n; j += blockDim.x) {
        max = larger(max, x[j]);
    }
    max = join_row<Largest>(max);
    float sum = 0;
    for (int j = threadIdx.x; j < n; j += blockDim.x) {
        sum += expf(x[j] - max);
    }
    float log = max + logf(join_row<Adding>(sum));
    float loss = 0;
    for (int j = threadIdx.x; j < n; j += blockDim.x) {
        loss += SMOOTH(row, j) * (log - x[j]);
    }
    loss = join_row<Adding>(loss);
    if (threadIdx.x == 0) {
        losses[row] = loss;
        logs[row] = log;
    }
}

extern "C" __global__ void cross_entropy_backward(float *dx, const float *g, const float *x, TARGETS,
        const float *logs, int n, float keep, float spread, float share) {
    i64 row = blockIdx.x;
    x += row * n;
    dx += row * n;
    float scale = g[0] * share;
    float log = logs[row];
    float total = 0;
    for (int j = threadIdx.x; j < n; j += blockDim.x) {
        total += SMOOTH(row, j);
    }
    total = join_row<Adding>(total);
    for (int j = threadIdx.x; j < n; j += blockDim.x) {
        dx[j] = scale * (expf(x[j] - log) * total - SMOOTH(row, j));
    }
}

// Softmax, its logarithm, and their gradients: along the last axis by rows, a warp or a block each, along others by
// columns, a thread each.

#define ROW ((i64) blockIdx.x * blockDim.y + threadIdx.y)

#ifdef LOGARITHM
#define RESULT(x, max, sum, log) ((x) - (max) - (log))
#define TERM(g, y) (g)
#define SLOPE(g, y, sum) ((g) - expf(y) * (sum))
#else
#define RESULT(x, max, sum, log) (expf((x) - (max)) / (sum))
#define TERM(g, y) ((g) * (y))
#define SLOPE(g, y, sum) ((y) * ((g) - (sum)))
#endif

extern "C" __global__ void rows(float *y, const float *x, i64 count, int n) {
    i64 row = ROW < count ? ROW : count - 1; // threads without a row do another's work, for the sake of barriers
    x += row * n;
    y += row * n;
    float max = -INFINITY_F;
    for (int i = threadIdx.x; i < n; i += blockDim.x) {
        max = larger(max, x[i]);
    }
    max = join_row<Largest>(max);
    float sum = 0;
    for (int i = threadIdx.x; i < n; i += blockDim.x) {
        sum += expf(x[i] - max);
    }
    sum = join_row<Adding>(sum);
    float log = logf(sum);
    for (int i = threadIdx.x; i < n; i += blockDim.x) {
        y[i] = RESULT(x[i], max, sum, log);
    }
}

extern "C" __global__ void rows_backward(float *dx, const float *g, const float *y, i64 count, int n) {
    i64 row = ROW < count ? ROW : count - 1;
    g += row * n;
    y += row * n;
    dx += row * n;
    float sum = 0;
    for (int i = threadIdx.x; i < n; i += blockDim.x) {
        sum += TERM(g[i], y[i]);
    }
    sum = join_row<Adding>(sum);
    for (int i = threadIdx.x; i < n; i += blockDim.x) {
        dx[i] = SLOPE(g[i], y[i], sum);
    }
}

extern "C" __global__ void columns(float *y, const float *x, i64 count, int n, int inner) {
    i64 number = thread_number();
    if (number >= count) {
        return;
    }
    i64 start = number / inner * n * inner + number % inner;
    x += start;
    y += start;
    float max = -INFINITY_F;
    for (int i = 0; i < n; i++) {
        max = larger(max, x[(i64) i * inner]);
    }
    float sum = 0;
    for (int i = 0; i < n; i++) {
        sum += expf(x[(i64) i * inner] - max);
    }
    float log = logf(sum);
    for (int i = 0; i < n; i++) {
        y[(i64) i * inner] = RESULT(x[(i64) i * inner], max, sum, log);
    }
}

extern "C" __global__ void columns_backward(float *dx, const float *g, const float *y, i64 count, int n, int inner) {
    i64 number = thread_number();
    if (number >= count) {
        return;
    }
    i64 start = number / inner * n * inner + number % inner;
    g += start;
    y += start;
    dx += start;
    float sum = 0;
    for (int i = 0; i < n; i++) {
        sum += TERM(g[(i64) i * inner], y[(i64) i * inner]);
    }
    for (int i = 0; i < n; i++) {
        dx[(i64) i * inner] = SLOPE(g[(i64) i * inner], y[(i64) i * inner], sum);
    }
}

// Layer normalisation, batch normalisation and vectors of length 1.

#define ROW ((i64) blockIdx.x * blockDim.y + threadIdx.y)

// A warp or a block for each row of n elements.
extern "C" __global__ void layer_norm(float *y, float *means, float *rstds, const float *x, const float *gamma,
        const float *beta, i64 count, int n, float epsilon) {
    i64 row = ROW < count ? ROW : count - 1; // threads without a row do another's work, for the sake of barriers
    x += row * n;
    y += row * n;
    float sum = 0;
    for (int i = threadIdx.x; i < n; i += blockDim.x) {
        sum += x[i];
    }
    float mean = join_row<Adding>(sum) / n;
    float squares = 0;
    for (int i = threadIdx.x; i < n; i += blockDim.x) {
        float d = x[i] - mean;
        squares += d * d;
    }
    float rstd = 1 / sqrtf(join_row<Adding>(squares) / n + epsilon);
    for (int i = threadIdx.x; i < n; i += blockDim.x) {
        y[i] = (x[i] - mean) * rstd * gamma[i] + beta[i];
    }
    if (threadIdx.x == 0) {
        means[row] = mean;
        rstds[row] = rstd;
    }
}

extern "C" __global__ void layer_norm_backward(float *dx, const float *g, const float *x, const float *gamma,
        const float *means, const float *rstds, i64 count, int n) {
    i64 row = ROW < count ? ROW : count - 1;
    g += row * n;
    x += row * n;
    dx += row * n;
    float mean = means[row];
    float rstd = rstds[row];
    float average = 0;
    float projection = 0;
    for (int i = threadIdx.x; i < n; i += blockDim.x) {
        float share = g[i] * gamma[i];
        average += share;
        projection += share * ((x[i] - mean) * rstd);
    }
    average = join_row<Adding>(average) / n;
    projection = join_row<Adding>(projection) / n;
    for (int i = threadIdx.x; i < n; i += blockDim.x) {
        dx[i] = rstd * (g[i] * gamma[i] - average - (x[i] - mean) * rstd * projection);
    }
}

// Sums of chunks of rows for gamma and beta, [chunks, 2, n]: 32 columns and 8 rows at a time.
extern "C" __global__ void layer_norm_parameters(float *sums, const float *g, const float *x, const float *means,
        const float *rstds, u32 count, u32 chunk, int n) {
    __shared__ float gammas[8][32];
    __shared__ float betas[8][32];
    int column = blockIdx.x * 32 + threadIdx.x;
    u32 first = blockIdx.y * chunk;
    u32 last = count - first < chunk ? count : first + chunk;
    float gamma = 0;
    float beta = 0;
    last = column < n ? last : first;
#pragma unroll 4
    for (u32 row = first + threadIdx.y; row < last; row += 8) {
        float slope = g[(i64) row * n + column];
        gamma += slope * ((x[(i64) row * n + column] - means[row]) * rstds[row]);
        beta += slope;
    }
    gammas[threadIdx.y][threadIdx.x] = gamma;
    betas[threadIdx.y][threadIdx.x] = beta;
    __syncthreads();
    if (threadIdx.y == 0 && column < n) {
        for (int k = 1; k < 8; k++) {
            gamma += gammas[k][threadIdx.x];
            beta += betas[k][threadIdx.x];
        }
        sums[(i64) blockIdx.y * 2 * n + column] = gamma;
        sums[(i64) blockIdx.y * 2 * n + n + column] = beta;
    }
}

// The channel of an element of [B, C, plane].
#define CHANNEL(at) ((int) ((at) / plane % channels))

extern "C" __global__ void batch_norm(float *y, const float *x, const float *gamma, const float *beta,
        const float *means, const float *variances, i64 count, i64 plane, int channels, float epsilon) {
    i64 at = thread_number();
    if (at < count) {
        int c = CHANNEL(at);
        y[at] = (x[at] - means[c]) * (gamma[c] / sqrtf(variances[c] + epsilon)) + beta[c];
    }
}

// dgamma and dbeta are the sums over all elements of a channel; share is 1 / their number in training, else 0.
extern "C" __global__ void batch_norm_backward(float *dx, const float *g, const float *x, const float *gamma,
        const float *means, const float *rstds, const float *dgamma, const float *dbeta, i64 count, i64 plane,
        int channels, float share) {
    i64 at = thread_number();
    if (at < count) {
        int c = CHANNEL(at);
        float normal = (x[at] - means[c]) * rstds[c];
        dx[at] = gamma[c] * rstds[c] * (g[at] - (dbeta[c] + normal * dgamma[c]) * share);
    }
}

// What batch_norm_backward needs for each channel. dgamma comes as Σ g·(x - mean); dmean and dvariance are null in
// training.
extern "C" __global__ void batch_norm_channels(float *rstds, float *dgamma, float *dmean, float *dvariance,
        const float *dbeta, const float *gamma, const float *variances, int channels, float epsilon) {
    int c = (int) thread_number();
    if (c < channels) {
        float rstd = 1 / sqrtf(variances[c] + epsilon);
        rstds[c] = rstd;
        dgamma[c] *= rstd;
        if (dmean != 0) {
            dmean[c] = -gamma[c] * rstd * dbeta[c];
            dvariance[c] = -0.5f * gamma[c] * rstd * rstd * dgamma[c];
        }
    }
}

// Vectors along the last axis.
extern "C" __global__ void unit_rows(float *y, float *norms, const float *x, i64 count, int n, float epsilon) {
    i64 row = ROW < count ? ROW : count - 1;
    x += row * n;
    y += row * n;
    float squares = 0;
    for (int i = threadIdx.x; i < n; i += blockDim.x) {
        squares += x[i] * x[i];
    }
    float norm = larger(epsilon, sqrtf(join_row<Adding>(squares)));
    for (int i = threadIdx.x; i < n; i += blockDim.x) {
        y[i] = x[i] / norm;
    }
    if (threadIdx.x == 0) {
        norms[row] = norm;
    }
}

extern "C" __global__ void unit_rows_backward(float *dx, const float *g, const float *y, const float *norms, i64 count,
        int n, float epsilon) {
    i64 row = ROW < count ? ROW : count - 1;
    g += row * n;
    y += row * n;
    dx += row * n;
    float norm = norms[row];
    float dot = 0;
    for (int i = threadIdx.x; i < n; i += blockDim.x) {
        dot += g[i] * y[i];
    }
    dot = join_row<Adding>(dot);
    dot = norm > epsilon ? dot : 0;
    for (int i = threadIdx.x; i < n; i += blockDim.x) {
        dx[i] = (g[i] - y[i] * dot) / norm;
    }
}

// Vectors along another axis: a thread each.
extern "C" __global__ void unit_columns(float *y, float *norms, const float *x, i64 count, int n, int inner,
        float epsilon) {
    i64 number = thread_number();
    if (number >= count) {
        return;
    }
    i64 start = number / inner * n * inner + number % inner;
    float squares = 0;
    for (int i = 0; i < n; i++) {
        float value = x[start + (i64) i * inner];
        squares += value * value;
    }
    float norm = larger(epsilon, sqrtf(squares));
    for (int i = 0; i < n; i++) {
        y[start + (i64) i * inner] = x[start + (i64) i * inner] / norm;
    }
    norms[number] = norm;
}

extern "C" __global__ void unit_columns_backward(float *dx, const float *g, const float *y, const float *norms,
        i64 count, int n, int inner, float epsilon) {
    i64 number = thread_number();
    if (number >= count) {
        return;
    }
    i64 start = number / inner * n * inner + number % inner;
    float norm = norms[number];
    float dot = 0;
    for (int i = 0; i < n; i++) {
        dot += g[start + (i64) i * inner] * y[start + (i64) i * inner];
    }
    dot = norm > epsilon ? dot : 0;
    for (int i = 0; i < n; i++) {
        dx[start + (i64) i * inner] = (g[start + (i64) i * inner] - y[start + (i64) i * inner] * dot) / norm;
    }
}

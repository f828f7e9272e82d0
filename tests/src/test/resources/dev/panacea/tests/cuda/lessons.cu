// Kernels that do right, and kernels that do what the stand-in is there to show.

static __device__ __forceinline__ float over_warp(float value) {
    for (int by = 16; by > 0; by >>= 1) {
        value += __shfl_xor_sync(0xffffffffu, value, by);
    }
    return value;
}

extern "C" __global__ void __launch_bounds__(256) sums(float *y, const float *x, int n) {
    __shared__ float parts[8];
    float sum = 0;
    for (int i = threadIdx.x; i < n; i += blockDim.x) {
        sum += x[(i64) blockIdx.x * n + i];
    }
    sum = over_warp(sum);
    if (threadIdx.x % 32 == 0) {
        parts[threadIdx.x / 32] = sum;
    }
    __syncthreads();
    if (threadIdx.x < 32) {
        sum = over_warp(threadIdx.x < blockDim.x / 32 ? parts[threadIdx.x] : 0);
        if (threadIdx.x == 0) {
            y[blockIdx.x] = sum;
        }
    }
}

extern "C" __global__ void turns(float *y, const float *x, int n) {
    extern __shared__ float row[];
    row[threadIdx.x] = x[threadIdx.x];
    __syncthreads();
    y[threadIdx.x] = row[(threadIdx.x + 1) % n];
}

extern "C" __global__ void turns_too_early(float *y, const float *x, int n) {
    extern __shared__ float row[];
    row[threadIdx.x] = x[threadIdx.x];
    y[threadIdx.x] = row[(threadIdx.x + 1) % n];
}

extern "C" __global__ void parts_ways(float *y, const float *x, int n) {
    if (threadIdx.x < n / 2) {
        __syncthreads();
        y[threadIdx.x] = x[threadIdx.x];
    } else {
        __syncthreads();
        y[threadIdx.x] = -x[threadIdx.x];
    }
}

extern "C" __global__ void waits_forever(float *y, const float *x, int n) {
    if (threadIdx.x == 0) {
        __syncwarp();
    } else {
        __syncthreads();
    }
    y[threadIdx.x] = x[threadIdx.x];
}

extern "C" __global__ void reads_far(float *y, const float *x, int n) {
    y[threadIdx.x] = x[(i64) n << 30];
}

extern "C" __global__ void writes_beside(float *y, const float *x, int n) {
    y[n + threadIdx.x] = x[0];
}

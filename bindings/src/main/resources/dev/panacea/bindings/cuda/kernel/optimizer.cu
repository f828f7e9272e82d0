// Updates of a whole list of tensors in one launch. A block takes CHUNK elements of one tensor. The wrapper defines
// INPUTS and OUTPUTS, how many tensors belong together, and UPDATE, statements that read INPUT(k) and write OUTPUT(k)
// for element at, with the gradient's scale and the numbers n0 to n6 and given.

#define THREADS 256

// Tensors of a list, addresses one group after another; ends counts chunks.
struct List {
    int count;
    int first; // number of the first tensor in the whole list
    int ends[LIST];
    i64 sizes[LIST];
    i64 addresses[LIST * (INPUTS + OUTPUTS)];
};

#define TENSORS const __grid_constant__ List list

// The tensor that a block belongs to.
static __device__ __forceinline__ int owner(const List &list, int block) {
    int low = 0;
    int high = list.count - 1;
    while (low < high) {
        int middle = (low + high) / 2;
        if (block < list.ends[middle]) {
            high = middle;
        } else {
            low = middle + 1;
        }
    }
    return low;
}

#define POINTER(k) ((float *) list.addresses[tensor * (INPUTS + OUTPUTS) + (k)])
#define INPUT(k) (POINTER(k)[at])
#define OUTPUT(k) (POINTER(INPUTS + (k))[at])

#ifdef UPDATE
// scales has one element (each = 0), or one for each tensor; null counts as one.
extern "C" __global__ void update(TENSORS, const float *scales, int each, float n0, float n1,
        float n2, float n3, float n4, float n5, float n6, float given) {
    int tensor = owner(list, blockIdx.x);
    i64 start = (i64) (blockIdx.x - (tensor == 0 ? 0 : list.ends[tensor - 1])) * CHUNK;
    i64 end = start + CHUNK < list.sizes[tensor] ? start + CHUNK : list.sizes[tensor];
    float scale = scales == 0 ? 1 : scales[each ? list.first + tensor : 0];
    for (i64 at = start + threadIdx.x; at < end; at += THREADS) {
        UPDATE
    }
}
#else
// Adds the values of a block's threads, in a fixed order; the first gets the result.
static __device__ double join_block(double value) {
    __shared__ double parts[THREADS];
    parts[threadIdx.x] = value;
    for (int step = THREADS / 2; step > 0; step /= 2) {
        __syncthreads();
        if (threadIdx.x < step) {
            parts[threadIdx.x] += parts[threadIdx.x + step];
        }
    }
    return parts[0];
}

// The sum of squares of each chunk.
extern "C" __global__ void squares(double *sums, TENSORS) {
    int tensor = owner(list, blockIdx.x);
    i64 start = (i64) (blockIdx.x - (tensor == 0 ? 0 : list.ends[tensor - 1])) * CHUNK;
    i64 end = start + CHUNK < list.sizes[tensor] ? start + CHUNK : list.sizes[tensor];
    float sum = 0;
    for (i64 at = start + threadIdx.x; at < end; at += THREADS) {
        sum += INPUT(0) * INPUT(0);
    }
    double all = join_block(sum);
    if (threadIdx.x == 0) {
        sums[blockIdx.x] = all;
    }
}

// From sums of squares first to last: the norm, and the scale that clips it.
static __device__ void finish(float *norm, float *scale, const double *sums, int first, int last, double most) {
    double sum = 0;
    for (int chunk = first + threadIdx.x; chunk < last; chunk += THREADS) {
        sum += sums[chunk];
    }
    double length = sqrt(join_block(sum));
    if (threadIdx.x == 0) {
        double factor = most / (length + 1e-6);
        *norm = (float) length;
        *scale = (float) (factor > 1 ? 1 : factor);
    }
}

// Of all tensors as one.
extern "C" __global__ void norm_of_all(float *norm, float *scale, const double *sums, int chunks, double most) {
    finish(norm, scale, sums, 0, chunks, most);
}

// Of each tensor by itself, a block for each.
extern "C" __global__ void norm_of_each(float *norm, float *scale, const double *sums, TENSORS, double most) {
    int tensor = blockIdx.x;
    finish(norm + list.first + tensor, scale + list.first + tensor, sums, tensor == 0 ? 0 : list.ends[tensor - 1],
            list.ends[tensor], most);
}
#endif

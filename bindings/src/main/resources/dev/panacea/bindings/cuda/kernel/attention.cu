// Scaled dot product attention in one pass over the keys, and its gradient. The wrapper defines DEPTH, the elements of a
// head; LANES, how many threads share a row (a power of two, 32 elements or less for each); and KEYS, the rows of a tile in
// shared memory. With WINDOW, the side of a window, this is Swin's attention inside windows. VECTOR says that all rows
// begin at multiples of four elements, and DEPTH is one.
//
// A thread holds its part of a row: four elements at a time, the lanes in turn, so that they read different banks.

#define THREADS 64
#define ROWS (THREADS / LANES)
#define PARTS ((DEPTH + 4 * LANES - 1) / (4 * LANES)) // fours of a lane
#define OWN (4 * PARTS)
#define WIDTH (OWN * LANES) // of a row in shared memory; what is beyond DEPTH is 0
#define AHEAD 8 // keys whose scores are made before the next step

struct Heads {
    int heads;
    int queries;
    int keys;
    float scale;
    // Without windows: strides of batch, head and row; of bias and mask those of queries and keys, too.
    i64 q[3];
    i64 k[3];
    i64 v[3];
    i64 g[3];
    i64 bias[4];
    i64 mask[4];
    // With windows: the image in tokens, and the shift.
    int height;
    int width;
    int down;
    int right;
    int table; // whether the bias is the table, not gathered
};

#define HEADS const __grid_constant__ Heads s
#define APART -100.0f

// A batch entry, a head and, with windows, a window.
struct Place {
    int b;
    int h;
    int top;
    int left;
};

#ifdef WINDOW
#define TOKENS (WINDOW * WINDOW)
#define SIDE (2 * WINDOW - 1)

static __device__ __forceinline__ Place place_of(const Heads &s, int number) {
    int across = s.width / WINDOW;
    int windows = across * (s.height / WINDOW);
    int window = number % windows;
    return Place{number / windows, 0, window / across * WINDOW, window % across * WINDOW};
}

// The image token at place i of a window.
static __device__ __forceinline__ i64 token(const Heads &s, const Place &at, int i) {
    int y = at.top + i / WINDOW + s.down;
    int x = at.left + i % WINDOW + s.right;
    y -= y >= s.height ? s.height : 0;
    x -= x >= s.width ? s.width : 0;
    return ((i64) at.b * s.height + y) * s.width + x;
}

// Only true neighbours share a region.
static __device__ __forceinline__ int region(const Heads &s, const Place &at, int i) {
    return (at.top + i / WINDOW + s.down >= s.height ? 2 : 0) + (at.left + i % WINDOW + s.right >= s.width ? 1 : 0);
}

static __device__ __forceinline__ int bias_row(int i, int j) {
    return (i / WINDOW - j / WINDOW + WINDOW - 1) * SIDE + i % WINDOW - j % WINDOW + WINDOW - 1;
}

#define CHANNELS ((i64) s.heads * DEPTH)
#define PART(part, i) (qkv + token(s, at, i) * 3 * CHANNELS + ((part) * s.heads + at.h) * DEPTH)
#define Q_ROW(i) PART(0, i)
#define K_ROW(i) PART(1, i)
#define V_ROW(i) PART(2, i)
#define G_ROW(i) (g + token(s, at, i) * CHANNELS + at.h * DEPTH)
#define Y_ROW(i) (y + token(s, at, i) * CHANNELS + at.h * DEPTH)
#define DPART(part, i) (dqkv + token(s, at, i) * 3 * CHANNELS + ((part) * s.heads + at.h) * DEPTH)
#define DQ_ROW(i) DPART(0, i)
#define DK_ROW(i) DPART(1, i)
#define DV_ROW(i) DPART(2, i)
#define SUM_AT(i) (((i64) at.b * s.heads + at.h) * s.height * s.width + token(s, at, i) % ((i64) s.height * s.width))
#define INPUTS const float *qkv, const float *bias
#define SLOPES float *dqkv

static __device__ __forceinline__ float extra(const Heads &s, const Place &at, const float *bias, const float *table,
        int i, int j) {
    float value = s.table ? table[bias_row(i, j)] : bias[(at.h * TOKENS + i) * TOKENS + j];
    return region(s, at, i) == region(s, at, j) ? value : value + APART;
}

#define EXTRA(i, j) extra(s, at, bias, table, i, j)
// The table's column of a head, in shared memory.
#define BRING_TABLE \
    __shared__ float table[SIDE * SIDE]; \
    for (int e = threadIdx.x; s.table && e < SIDE * SIDE; e += THREADS) { \
        table[e] = bias[e * s.heads + blockIdx.y]; \
    }
#else
static __device__ __forceinline__ Place place_of(const Heads &s, int number) {
    return Place{number, 0, 0, 0};
}

#define ROW_OF(x, stride, i) (x + at.b * stride[0] + at.h * stride[1] + (i) * stride[2])
#define Q_ROW(i) ROW_OF(q, s.q, i)
#define K_ROW(i) ROW_OF(k, s.k, i)
#define V_ROW(i) ROW_OF(v, s.v, i)
#define G_ROW(i) ROW_OF(g, s.g, i)
#define DENSE(x, rows, i) (x + (((i64) at.b * s.heads + at.h) * (rows) + (i)) * DEPTH)
#define Y_ROW(i) DENSE(y, s.queries, i)
#define DQ_ROW(i) DENSE(dq, s.queries, i)
#define DK_ROW(i) DENSE(dk, s.keys, i)
#define DV_ROW(i) DENSE(dv, s.keys, i)
#define SUM_AT(i) (((i64) at.b * s.heads + at.h) * s.queries + (i))
#define INPUTS const float *q, const float *k, const float *v, const float *bias, const u8 *mask
#define SLOPES float *dq, float *dk, float *dv

static __device__ __forceinline__ float extra(const Heads &s, const Place &at, const float *bias, const u8 *mask, int i,
        int j) {
    float value = 0;
    if (bias != 0) {
        value = bias[at.b * s.bias[0] + at.h * s.bias[1] + i * s.bias[2] + j * s.bias[3]];
    }
    if (mask != 0 && mask[at.b * s.mask[0] + at.h * s.mask[1] + i * s.mask[2] + j * s.mask[3]] == 0) {
        value = -INFINITY_F;
    }
    return value;
}

#define EXTRA(i, j) extra(s, at, bias, mask, i, j)
#define BRING_TABLE
#endif

// Four elements of a row.
static __device__ __forceinline__ Quad<float> four(const float *row, int at) {
#ifdef VECTOR
    return at < DEPTH ? *(const Quad<float> *) (row + at) : Quad<float>{};
#else
    Quad<float> elements;
    for (int k = 0; k < 4; k++) {
        elements.at[k] = at + k < DEPTH ? row[at + k] : 0;
    }
    return elements;
#endif
}

static __device__ __forceinline__ void load(float *own, const float *row, int lane) {
#pragma unroll
    for (int part = 0; part < PARTS; part++) {
        Quad<float> elements = four(row, (part * LANES + lane) * 4);
        for (int k = 0; k < 4; k++) {
            own[4 * part + k] = elements.at[k];
        }
    }
}

static __device__ __forceinline__ void store(float *row, const float *own, int lane, float scale) {
#pragma unroll
    for (int part = 0; part < PARTS; part++) {
        int at = (part * LANES + lane) * 4;
#ifdef VECTOR
        if (at < DEPTH) {
            *(Quad<float> *) (row + at) = Quad<float>{{own[4 * part] * scale, own[4 * part + 1] * scale,
                    own[4 * part + 2] * scale, own[4 * part + 3] * scale}};
        }
#else
        for (int k = 0; k < 4; k++) {
            if (at + k < DEPTH) {
                row[at + k] = own[4 * part + k] * scale;
            }
        }
#endif
    }
}

// The product of an own row with one in shared memory; all lanes get it.
static __device__ __forceinline__ float dot(const float *own, const float *row, int lane) {
    float sum = 0;
#pragma unroll
    for (int part = 0; part < PARTS; part++) {
        Quad<float> four = *(const Quad<float> *) (row + (part * LANES + lane) * 4);
#pragma unroll
        for (int k = 0; k < 4; k++) {
            sum = fmaf(own[4 * part + k], four.at[k], sum);
        }
    }
#pragma unroll
    for (int step = LANES / 2; step > 0; step /= 2) {
        sum += __shfl_xor_sync(WARP, sum, step);
    }
    return sum;
}

static __device__ __forceinline__ void add(float *own, const float *row, int lane, float factor) {
#pragma unroll
    for (int part = 0; part < PARTS; part++) {
        Quad<float> four = *(const Quad<float> *) (row + (part * LANES + lane) * 4);
#pragma unroll
        for (int k = 0; k < 4; k++) {
            own[4 * part + k] = fmaf(factor, four.at[k], own[4 * part + k]);
        }
    }
}

static __device__ __forceinline__ void clear(float *own) {
#pragma unroll
    for (int k = 0; k < OWN; k++) {
        own[k] = 0;
    }
}

// Brings rows first to last of an operand to shared memory.
#define BRING(tile, ROW, first, last) \
    for (int e = 4 * threadIdx.x; e < ((last) - (first)) * WIDTH; e += 4 * THREADS) { \
        *(Quad<float> *) (tile + e) = four(ROW((first) + e / WIDTH), e % WIDTH); \
    }

#define START \
    int lane = threadIdx.x % LANES; \
    Place at = place_of(s, blockIdx.x / tiles); \
    at.h = blockIdx.y; \
    int own_row = blockIdx.x % tiles * ROWS + threadIdx.x / LANES; \
    BRING_TABLE

// tiles is how many blocks share the queries of a head; the grid is [batch · tiles, heads].
extern "C" __global__ void attention(float *y, float *sums, INPUTS, HEADS, int tiles) {
    alignas(16) __shared__ float key[KEYS * WIDTH];
    alignas(16) __shared__ float value[KEYS * WIDTH];
    START
    bool mine = own_row < s.queries;
    int i = mine ? own_row : s.queries - 1;
    float query[OWN];
    float result[OWN];
    load(query, Q_ROW(i), lane);
    clear(result);
    float max = -INFINITY_F;
    float sum = 0;
    for (int first = 0; first < s.keys; first += KEYS) {
        int last = first + KEYS < s.keys ? first + KEYS : s.keys;
        __syncthreads();
        BRING(key, K_ROW, first, last)
        BRING(value, V_ROW, first, last)
        __syncthreads();
        for (int start = first; start < last; start += AHEAD) {
            float score[AHEAD];
            float top = -INFINITY_F;
#pragma unroll
            for (int k = 0; k < AHEAD; k++) {
                int j = start + k < last ? start + k : last - 1;
                float product = dot(query, key + (j - first) * WIDTH, lane) * s.scale + EXTRA(i, j);
                score[k] = start + k < last ? product : -INFINITY_F;
                top = larger(top, score[k]);
            }
            if (top > max || top != top) {
                float factor = expf(max - top); // 0 where this is the first
#pragma unroll
                for (int k = 0; k < OWN; k++) {
                    result[k] *= factor;
                }
                sum *= factor;
                max = top;
            }
#pragma unroll
            for (int k = 0; k < AHEAD; k++) {
                int j = start + k < last ? start + k : last - 1;
                float p = max == -INFINITY_F ? 0 : expf(score[k] - max);
                sum += p;
                add(result, value + (j - first) * WIDTH, lane, p);
            }
        }
    }
    if (mine) {
        bool blind = max == -INFINITY_F;
        store(Y_ROW(i), result, lane, blind ? 0 : 1 / sum);
        if (lane == 0) {
            sums[SUM_AT(i)] = blind ? -INFINITY_F : max + logf(sum);
        }
    }
}

// Gradient by the queries: one pass, since Σ p·(dp - mean)·k = Σ p·dp·k - mean · Σ p·k. The means are kept for the keys'
// pass, and where ds is not null, it gets the slopes of the scores, [batch, heads, queries, keys].
extern "C" __global__ void query_backward(SLOPES, float *means, float *ds, const float *g, const float *sums, INPUTS,
        HEADS, int tiles) {
    alignas(16) __shared__ float key[KEYS * WIDTH];
    alignas(16) __shared__ float value[KEYS * WIDTH];
    START
    bool mine = own_row < s.queries;
    int i = mine ? own_row : s.queries - 1;
    float query[OWN];
    float slope[OWN];
    float weighed[OWN];
    float plain[OWN];
    load(query, Q_ROW(i), lane);
    load(slope, G_ROW(i), lane);
    clear(weighed);
    clear(plain);
    float log = sums[SUM_AT(i)];
    float mean = 0;
    for (int pass = 0; pass < (ds == 0 ? 1 : 2); pass++) {
        for (int first = 0; first < s.keys; first += KEYS) {
            int last = first + KEYS < s.keys ? first + KEYS : s.keys;
            __syncthreads();
            BRING(key, K_ROW, first, last)
            BRING(value, V_ROW, first, last)
            __syncthreads();
            for (int j = first; j < last; j++) {
                float product = dot(query, key + (j - first) * WIDTH, lane) * s.scale + EXTRA(i, j);
                float p = log == -INFINITY_F ? 0 : expf(product - log);
                float dp = p * dot(slope, value + (j - first) * WIDTH, lane);
                if (pass == 0) {
                    mean += dp;
                    add(weighed, key + (j - first) * WIDTH, lane, dp);
                    add(plain, key + (j - first) * WIDTH, lane, p);
                } else if (mine && lane == 0) {
                    ds[(((i64) (blockIdx.x / tiles) * s.heads + at.h) * s.queries + i) * s.keys + j] = dp - p * mean;
                }
            }
        }
    }
    if (mine) {
#pragma unroll
        for (int k = 0; k < OWN; k++) {
            weighed[k] -= mean * plain[k];
        }
        store(DQ_ROW(i), weighed, lane, s.scale);
        if (lane == 0) {
            means[SUM_AT(i)] = mean;
        }
    }
}

// Gradients by keys and values.
extern "C" __global__ void key_backward(SLOPES, const float *means, const float *g, const float *sums, INPUTS, HEADS,
        int tiles) {
    alignas(16) __shared__ float query[KEYS * WIDTH];
    alignas(16) __shared__ float slope[KEYS * WIDTH];
    __shared__ float logs[KEYS];
    __shared__ float averages[KEYS];
    START
    bool mine = own_row < s.keys;
    int j = mine ? own_row : s.keys - 1;
    float key[OWN];
    float value[OWN];
    float by_key[OWN];
    float by_value[OWN];
    load(key, K_ROW(j), lane);
    load(value, V_ROW(j), lane);
    clear(by_key);
    clear(by_value);
    for (int first = 0; first < s.queries; first += KEYS) {
        int last = first + KEYS < s.queries ? first + KEYS : s.queries;
        __syncthreads();
        BRING(query, Q_ROW, first, last)
        BRING(slope, G_ROW, first, last)
        for (int i = first + threadIdx.x; i < last; i += THREADS) {
            logs[i - first] = sums[SUM_AT(i)];
            averages[i - first] = means[SUM_AT(i)];
        }
        __syncthreads();
        for (int i = first; i < last; i++) {
            float log = logs[i - first];
            float product = dot(key, query + (i - first) * WIDTH, lane) * s.scale + EXTRA(i, j);
            float p = log == -INFINITY_F ? 0 : expf(product - log);
            float dp = dot(value, slope + (i - first) * WIDTH, lane);
            add(by_value, slope + (i - first) * WIDTH, lane, p);
            add(by_key, query + (i - first) * WIDTH, lane, p * (dp - averages[i - first]));
        }
    }
    if (mine) {
        store(DK_ROW(j), by_key, lane, s.scale);
        store(DV_ROW(j), by_value, lane, 1);
    }
}

#ifdef WINDOW
// The whole gradient of small windows, whose probabilities fit in shared memory. A block takes several windows of one
// head in turn and sums the slopes of their scores, sums [blocks, heads, TOKENS, TOKENS].
#if 4 * (2 * TOKENS * WIDTH + 2 * TOKENS * (TOKENS | 1) + SIDE * SIDE) <= 49152
#define PITCH (TOKENS | 1) // odd, so that a column is in different banks

extern "C" __global__ void window_backward(SLOPES, float *partial, const float *g, const float *sums, INPUTS, HEADS,
        int count, int each) {
    alignas(16) __shared__ float first[TOKENS * WIDTH];
    alignas(16) __shared__ float second[TOKENS * WIDTH];
    __shared__ float p[TOKENS * PITCH];
    __shared__ float ds[TOKENS * PITCH];
    BRING_TABLE
    int lane = threadIdx.x % LANES;
    int end = blockIdx.x * each + each < count ? blockIdx.x * each + each : count;
    partial += ((i64) blockIdx.x * s.heads + blockIdx.y) * TOKENS * TOKENS;
    for (int number = blockIdx.x * each; number < end; number++) {
        Place at = place_of(s, number);
        at.h = blockIdx.y;
        __syncthreads();
        BRING(first, K_ROW, 0, TOKENS)
        BRING(second, V_ROW, 0, TOKENS)
        __syncthreads();
        for (int row = threadIdx.x / LANES; row < (TOKENS + ROWS - 1) / ROWS * ROWS; row += ROWS) {
            bool mine = row < TOKENS;
            int i = mine ? row : TOKENS - 1;
            float query[OWN];
            float slope[OWN];
            float result[OWN];
            load(query, Q_ROW(i), lane);
            load(slope, G_ROW(i), lane);
            clear(result);
            float log = sums[SUM_AT(i)];
            float mean = 0;
            for (int j = 0; j < TOKENS; j++) {
                float product = dot(query, first + j * WIDTH, lane) * s.scale + EXTRA(i, j);
                float chance = expf(product - log);
                float dp = dot(slope, second + j * WIDTH, lane);
                mean += chance * dp;
                if (mine && lane == 0) {
                    p[i * PITCH + j] = chance;
                    ds[i * PITCH + j] = dp;
                }
            }
            __syncwarp();
            for (int j = 0; j < TOKENS; j++) {
                float score = p[i * PITCH + j] * (ds[i * PITCH + j] - mean);
                add(result, first + j * WIDTH, lane, score);
                __syncwarp(); // all lanes have read what the first writes over
                if (mine && lane == 0) {
                    ds[i * PITCH + j] = score;
                }
            }
            if (mine) {
                store(DQ_ROW(i), result, lane, s.scale);
            }
        }
        __syncthreads();
        BRING(first, Q_ROW, 0, TOKENS)
        BRING(second, G_ROW, 0, TOKENS)
        for (int e = threadIdx.x; e < TOKENS * TOKENS; e += THREADS) {
            float score = ds[e / TOKENS * PITCH + e % TOKENS];
            partial[e] = number == (int) blockIdx.x * each ? score : partial[e] + score;
        }
        __syncthreads();
        for (int row = threadIdx.x / LANES; row < TOKENS; row += ROWS) {
            float by_key[OWN];
            float by_value[OWN];
            clear(by_key);
            clear(by_value);
            for (int i = 0; i < TOKENS; i++) {
                add(by_value, second + i * WIDTH, lane, p[i * PITCH + row]);
                add(by_key, first + i * WIDTH, lane, ds[i * PITCH + row]);
            }
            store(DK_ROW(row), by_key, lane, s.scale);
            store(DV_ROW(row), by_value, lane, 1);
        }
    }
}
#endif

// The table's gradient from the slopes of the scores, ds [heads, TOKENS, TOKENS], a thread for each element.
extern "C" __global__ void bias_backward(float *dbias, const float *ds, int heads) {
    int number = (int) thread_number();
    if (number >= heads * SIDE * SIDE) {
        return;
    }
    ds += number % heads * TOKENS * TOKENS;
    int dy = number / heads / SIDE - (WINDOW - 1);
    int dx = number / heads % SIDE - (WINDOW - 1);
    float sum = 0;
    for (int y = dy < 0 ? 0 : dy; y < WINDOW && y - dy < WINDOW; y++) {
        for (int x = dx < 0 ? 0 : dx; x < WINDOW && x - dx < WINDOW; x++) {
            sum += ds[(y * WINDOW + x) * TOKENS + (y - dy) * WINDOW + x - dx];
        }
    }
    dbias[number] = sum;
}
#endif

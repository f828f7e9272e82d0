// Scaled dot product attention in one pass over the keys, and its gradient. The wrapper defines DEPTH, the elements of
// a head; THREADS of a block; LANES, how many of them share a row, a power of two; and KEYS, the rows of a tile in
// shared memory. With WINDOW, the side of a window, this is Swin's attention inside windows; TABLE says that the bias is the
// table, not gathered, and SHIFTED that windows are. Without it, BIAS and MASK say what there is. VECTOR says that all
// rows begin at multiples of four elements, and DEPTH is one.
//
// A thread has a part of several rows at once, so that what it reads from shared memory serves all of them: four
// elements at a time, the lanes of a row in turn, so that they read different banks.

#define STEP (THREADS / LANES) // from one row of a thread to its next
#define PARTS ((DEPTH + 4 * LANES - 1) / (4 * LANES)) // fours of a lane
#define OWN (4 * PARTS)
#define WIDTH (OWN * LANES) // of a row in shared memory; what is beyond DEPTH is 0
#define MANY 4 // rows of a thread
#define FEW 2 // rows of a thread where there is more to hold
#define AHEAD 4 // keys whose scores are made before the next step

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

#ifdef TABLE
// The table's column of a head, in shared memory.
#define BRING_TABLE \
    __shared__ float table[SIDE * SIDE]; \
    for (int e = threadIdx.x; e < SIDE * SIDE; e += THREADS) { \
        table[e] = bias[e * s.heads + blockIdx.y]; \
    }
#define BIAS_AT(i, j) table[bias_row(i, j)]
#else
#define BRING_TABLE
#define BIAS_AT(i, j) bias[(at.h * TOKENS + (i)) * TOKENS + (j)]
#endif
#ifdef SHIFTED
#define EXTRA(i, j) (BIAS_AT(i, j) + (region(s, at, i) == region(s, at, j) ? 0.0f : APART))
#else
#define EXTRA(i, j) BIAS_AT(i, j)
#endif
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

#define BRING_TABLE
#ifdef BIAS
#define BIAS_AT(i, j) bias[at.b * s.bias[0] + at.h * s.bias[1] + (i) * s.bias[2] + (j) * s.bias[3]]
#else
#define BIAS_AT(i, j) 0.0f
#endif
#ifdef MASK
#define SEES(i, j) mask[at.b * s.mask[0] + at.h * s.mask[1] + (i) * s.mask[2] + (j) * s.mask[3]]
#define EXTRA(i, j) (SEES(i, j) != 0 ? BIAS_AT(i, j) : -INFINITY_F)
#else
#define EXTRA(i, j) BIAS_AT(i, j)
#endif
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

template <int M> static __device__ __forceinline__ void clear(float (&own)[M][OWN]) {
#pragma unroll
    for (int m = 0; m < M; m++) {
#pragma unroll
        for (int k = 0; k < OWN; k++) {
            own[m][k] = 0;
        }
    }
}

// The products of own rows with one in shared memory; all lanes get them.
template <int M> static __device__ __forceinline__ void dot(float (&sums)[M], const float (&own)[M][OWN],
        const float *row, int lane) {
#pragma unroll
    for (int m = 0; m < M; m++) {
        sums[m] = 0;
    }
#pragma unroll
    for (int part = 0; part < PARTS; part++) {
        Quad<float> elements = *(const Quad<float> *) (row + (part * LANES + lane) * 4);
#pragma unroll
        for (int m = 0; m < M; m++) {
#pragma unroll
            for (int k = 0; k < 4; k++) {
                sums[m] = fmaf(own[m][4 * part + k], elements.at[k], sums[m]);
            }
        }
    }
#pragma unroll
    for (int step = LANES / 2; step > 0; step /= 2) {
#pragma unroll
        for (int m = 0; m < M; m++) {
            sums[m] += __shfl_xor_sync(WARP, sums[m], step);
        }
    }
}

// Adds multiples of a row in shared memory to own rows.
template <int M> static __device__ __forceinline__ void add(float (&own)[M][OWN], const float *row, int lane,
        const float (&factors)[M]) {
#pragma unroll
    for (int part = 0; part < PARTS; part++) {
        Quad<float> elements = *(const Quad<float> *) (row + (part * LANES + lane) * 4);
#pragma unroll
        for (int m = 0; m < M; m++) {
#pragma unroll
            for (int k = 0; k < 4; k++) {
                own[m][4 * part + k] = fmaf(factors[m], elements.at[k], own[m][4 * part + k]);
            }
        }
    }
}

// Brings rows first to last of an operand to shared memory.
#define BRING(tile, ROW, first, last) \
    _Pragma("unroll 4") \
    for (int e = 4 * threadIdx.x; e < ((last) - (first)) * WIDTH; e += 4 * THREADS) { \
        *(Quad<float> *) (tile + e) = four(ROW((first) + e / WIDTH), e % WIDTH); \
    }

#define BEGIN \
    int lane = threadIdx.x % LANES; \
    Place at = place_of(s, blockIdx.x / tiles); \
    at.h = blockIdx.y; \
    BRING_TABLE

// For each own row m: whether it is one, and its number, or the last row's, whose work is done again and not kept.
#define OWN_ROWS(M, count) \
    bool mine[M]; \
    int row[M]; \
    for (int m = 0; m < M; m++) { \
        row[m] = (int) (blockIdx.x % tiles) * M * STEP + m * STEP + (int) threadIdx.x / LANES; \
        mine[m] = row[m] < (count); \
        row[m] = mine[m] ? row[m] : (count) - 1; \
    }

#define EACH(M) \
    _Pragma("unroll") \
    for (int m = 0; m < M; m++)

// tiles is how many blocks share the queries of a head; the grid is [batch · tiles, heads].
extern "C" __global__ void attention(float *y, float *sums, INPUTS, HEADS, int tiles) {
    alignas(16) __shared__ float key[KEYS * WIDTH];
    alignas(16) __shared__ float value[KEYS * WIDTH];
    BEGIN
    OWN_ROWS(MANY, s.queries)
    float query[MANY][OWN];
    float result[MANY][OWN];
    float max[MANY];
    float sum[MANY];
    EACH(MANY) {
        load(query[m], Q_ROW(row[m]), lane);
        max[m] = -INFINITY_F;
        sum[m] = 0;
    }
    clear(result);
    for (int first = 0; first < s.keys; first += KEYS) {
        int last = first + KEYS < s.keys ? first + KEYS : s.keys;
        __syncthreads();
        BRING(key, K_ROW, first, last)
        BRING(value, V_ROW, first, last)
        __syncthreads();
#pragma unroll 1
        for (int start = first; start < last; start += AHEAD) {
            float scores[AHEAD][MANY];
            float top[MANY];
            EACH(MANY) {
                top[m] = -INFINITY_F;
            }
#pragma unroll
            for (int k = 0; k < AHEAD; k++) {
                int j = start + k < last ? start + k : last - 1;
                dot(scores[k], query, key + (j - first) * WIDTH, lane);
                EACH(MANY) {
                    float score = scores[k][m] * s.scale + EXTRA(row[m], j);
                    scores[k][m] = start + k < last ? score : -INFINITY_F;
                    top[m] = fmaxf(top[m], scores[k][m]); // without NaN, which comes through the sum
                }
            }
            EACH(MANY) {
                if (top[m] > max[m]) {
                    float factor = expf(max[m] - top[m]); // 0 where these are the first
#pragma unroll
                    for (int k = 0; k < OWN; k++) {
                        result[m][k] *= factor;
                    }
                    sum[m] *= factor;
                    max[m] = top[m];
                }
            }
#pragma unroll
            for (int k = 0; k < AHEAD; k++) {
                int j = start + k < last ? start + k : last - 1;
                EACH(MANY) {
                    scores[k][m] = scores[k][m] == -INFINITY_F ? 0 : expf(scores[k][m] - max[m]);
                    sum[m] += scores[k][m];
                }
                add(result, value + (j - first) * WIDTH, lane, scores[k]);
            }
        }
    }
    EACH(MANY) {
        if (mine[m]) {
            bool blind = sum[m] == 0;
            store(Y_ROW(row[m]), result[m], lane, blind ? 0 : 1 / sum[m]);
            if (lane == 0) {
                sums[SUM_AT(row[m])] = blind ? -INFINITY_F : max[m] + logf(sum[m]);
            }
        }
    }
}

// Gradient by the queries: one pass, since Σ p·(dp - mean)·k = Σ p·dp·k - mean · Σ p·k. The means are kept for the
// keys' pass, and where ds is not null, a second pass gives it the slopes of the scores, [batch, heads, queries, keys].
extern "C" __global__ void query_backward(SLOPES, float *means, float *ds, const float *g, const float *sums, INPUTS,
        HEADS, int tiles) {
    alignas(16) __shared__ float key[KEYS * WIDTH];
    alignas(16) __shared__ float value[KEYS * WIDTH];
    BEGIN
    OWN_ROWS(FEW, s.queries)
    float query[FEW][OWN];
    float slope[FEW][OWN];
    float weighed[FEW][OWN];
    float plain[FEW][OWN];
    float log[FEW];
    float mean[FEW];
    EACH(FEW) {
        load(query[m], Q_ROW(row[m]), lane);
        load(slope[m], G_ROW(row[m]), lane);
        log[m] = sums[SUM_AT(row[m])];
        mean[m] = 0;
    }
    clear(weighed);
    clear(plain);
    for (int pass = 0; pass < (ds == 0 ? 1 : 2); pass++) {
        for (int first = 0; first < s.keys; first += KEYS) {
            int last = first + KEYS < s.keys ? first + KEYS : s.keys;
            __syncthreads();
            BRING(key, K_ROW, first, last)
            BRING(value, V_ROW, first, last)
            __syncthreads();
            for (int j = first; j < last; j++) {
                float p[FEW];
                float dp[FEW];
                dot(p, query, key + (j - first) * WIDTH, lane);
                dot(dp, slope, value + (j - first) * WIDTH, lane);
                EACH(FEW) {
                    float score = p[m] * s.scale + EXTRA(row[m], j);
                    p[m] = log[m] == -INFINITY_F ? 0 : expf(score - log[m]);
                    dp[m] *= p[m];
                }
                if (pass == 0) {
                    EACH(FEW) {
                        mean[m] += dp[m];
                    }
                    add(weighed, key + (j - first) * WIDTH, lane, dp);
                    add(plain, key + (j - first) * WIDTH, lane, p);
                    continue;
                }
                EACH(FEW) {
                    if (mine[m] && lane == 0) {
                        i64 head = (i64) (blockIdx.x / tiles) * s.heads + at.h;
                        ds[(head * s.queries + row[m]) * s.keys + j] = dp[m] - p[m] * mean[m];
                    }
                }
            }
        }
    }
    EACH(FEW) {
        if (mine[m]) {
#pragma unroll
            for (int k = 0; k < OWN; k++) {
                weighed[m][k] -= mean[m] * plain[m][k];
            }
            store(DQ_ROW(row[m]), weighed[m], lane, s.scale);
            if (lane == 0) {
                means[SUM_AT(row[m])] = mean[m];
            }
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
    BEGIN
    OWN_ROWS(FEW, s.keys)
    float key[FEW][OWN];
    float value[FEW][OWN];
    float by_key[FEW][OWN];
    float by_value[FEW][OWN];
    EACH(FEW) {
        load(key[m], K_ROW(row[m]), lane);
        load(value[m], V_ROW(row[m]), lane);
    }
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
            float p[FEW];
            float ds[FEW];
            dot(p, key, query + (i - first) * WIDTH, lane);
            dot(ds, value, slope + (i - first) * WIDTH, lane);
            EACH(FEW) {
                float score = p[m] * s.scale + EXTRA(i, row[m]);
                p[m] = log == -INFINITY_F ? 0 : expf(score - log);
                ds[m] = p[m] * (ds[m] - averages[i - first]);
            }
            add(by_value, slope + (i - first) * WIDTH, lane, p);
            add(by_key, query + (i - first) * WIDTH, lane, ds);
        }
    }
    EACH(FEW) {
        if (mine[m]) {
            store(DK_ROW(row[m]), by_key[m], lane, s.scale);
            store(DV_ROW(row[m]), by_value[m], lane, 1);
        }
    }
}

#ifdef WINDOW
// The whole gradient of small windows, whose probabilities fit in shared memory. A block takes several windows of one
// head in turn and sums the slopes of their scores, partial [blocks, heads, TOKENS, TOKENS].
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
        for (int start = threadIdx.x / LANES; start < (TOKENS + MANY * STEP - 1) / (MANY * STEP) * (MANY * STEP);
                start += MANY * STEP) {
            float query[MANY][OWN];
            float slope[MANY][OWN];
            float log[MANY];
            float mean[MANY];
            int row[MANY];
            EACH(MANY) {
                row[m] = start + m * STEP < TOKENS ? start + m * STEP : TOKENS - 1;
                load(query[m], Q_ROW(row[m]), lane);
                load(slope[m], G_ROW(row[m]), lane);
                log[m] = sums[SUM_AT(row[m])];
                mean[m] = 0;
            }
#pragma unroll 1
            for (int j = 0; j < TOKENS; j++) {
                float chance[MANY];
                float dp[MANY];
                dot(chance, query, first + j * WIDTH, lane);
                dot(dp, slope, second + j * WIDTH, lane);
                EACH(MANY) {
                    chance[m] = expf(chance[m] * s.scale + EXTRA(row[m], j) - log[m]);
                    mean[m] += chance[m] * dp[m];
                    if (start + m * STEP < TOKENS && lane == 0) {
                        p[row[m] * PITCH + j] = chance[m];
                        ds[row[m] * PITCH + j] = dp[m];
                    }
                }
            }
            __syncwarp();
            float result[MANY][OWN];
            clear(result);
#pragma unroll 1
            for (int j = 0; j < TOKENS; j++) {
                float score[MANY];
                EACH(MANY) {
                    score[m] = p[row[m] * PITCH + j] * (ds[row[m] * PITCH + j] - mean[m]);
                }
                add(result, first + j * WIDTH, lane, score);
                __syncwarp(); // all lanes have read what the first writes over
                EACH(MANY) {
                    if (start + m * STEP < TOKENS && lane == 0) {
                        ds[row[m] * PITCH + j] = score[m];
                    }
                }
            }
            EACH(MANY) {
                if (start + m * STEP < TOKENS) {
                    store(DQ_ROW(row[m]), result[m], lane, s.scale);
                }
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
        for (int start = threadIdx.x / LANES; start < TOKENS; start += MANY * STEP) {
            float by_key[MANY][OWN];
            float by_value[MANY][OWN];
            int row[MANY];
            clear(by_key);
            clear(by_value);
            EACH(MANY) {
                row[m] = start + m * STEP < TOKENS ? start + m * STEP : TOKENS - 1;
            }
#pragma unroll 1
            for (int i = 0; i < TOKENS; i++) {
                float chance[MANY];
                float score[MANY];
                EACH(MANY) {
                    chance[m] = p[i * PITCH + row[m]];
                    score[m] = ds[i * PITCH + row[m]];
                }
                add(by_value, second + i * WIDTH, lane, chance);
                add(by_key, first + i * WIDTH, lane, score);
            }
            EACH(MANY) {
                if (start + m * STEP < TOKENS) {
                    store(DK_ROW(row[m]), by_key[m], lane, s.scale);
                    store(DV_ROW(row[m]), by_value[m], lane, 1);
                }
            }
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

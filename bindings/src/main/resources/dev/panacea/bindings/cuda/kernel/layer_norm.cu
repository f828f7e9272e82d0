// Layer normalisation of rows of N elements, a multiple of 128, which a warp holds in registers: every row is read
// once. The first elements of all rows are aligned to four.

#define WARPS 8 // of a block
#define FOURS (N / 128) // fours of a lane
#define R (N >= 512 ? 1 : 512 / N) // rows that a warp has at a time, so that enough reads are on the way

#define EACH_ROW \
    _Pragma("unroll") \
    for (int r = 0; r < R; r++)

#define EACH_FOUR \
    _Pragma("unroll") \
    for (int f = 0; f < FOURS; f++)

#define EACH_OF_FOUR \
    _Pragma("unroll") \
    for (int k = 0; k < 4; k++)

// The f-th four of a lane in a row.
template <class Pointer> static __device__ __forceinline__ Pointer four(Pointer row, int f) {
    return row + (f * 32 + threadIdx.x) * 4;
}

static __device__ __forceinline__ Quad<float> read(const float *row, int f) {
    return *(const Quad<float> *) four(row, f);
}

// Where rounded is not null, it gets the rows as the product after this wants them.
extern "C" __global__ void layer_norm(float *y, float *means, float *rstds, const float *x, const float *gamma,
        const float *beta, bf16 *rounded, i64 count, float epsilon) {
    i64 first = ((i64) blockIdx.x * WARPS + threadIdx.y) * R;
    Quad<float> own[R][FOURS];
    float mean[R];
    float rstd[R];
    EACH_ROW {
        i64 row = first + r < count ? first + r : count - 1; // a row that is not there is another's work again
        EACH_FOUR {
            own[r][f] = read(x + row * N, f);
        }
    }
    EACH_ROW {
        float sum = 0;
        EACH_FOUR {
            EACH_OF_FOUR {
                sum += own[r][f].at[k];
            }
        }
        mean[r] = join_warp<Adding>(sum) / N;
    }
    EACH_ROW {
        float squares = 0;
        EACH_FOUR {
            EACH_OF_FOUR {
                float d = own[r][f].at[k] - mean[r];
                squares += d * d;
            }
        }
        rstd[r] = 1 / sqrtf(join_warp<Adding>(squares) / N + epsilon);
    }
    EACH_FOUR {
        Quad<float> scale = read(gamma, f);
        Quad<float> shift = read(beta, f);
        EACH_ROW {
            EACH_OF_FOUR {
                own[r][f].at[k] = (own[r][f].at[k] - mean[r]) * rstd[r] * scale.at[k] + shift.at[k];
            }
            if (first + r < count) {
                *(Quad<float> *) four(y + (first + r) * N, f) = own[r][f];
                if (rounded != 0) {
                    Quad<bf16> small;
                    EACH_OF_FOUR {
                        small.at[k] = float_to_bf16(own[r][f].at[k]);
                    }
                    *(Quad<bf16> *) four(rounded + (first + r) * N, f) = small;
                }
            }
        }
    }
    EACH_ROW {
        if (threadIdx.x == 0 && first + r < count) {
            means[first + r] = mean[r];
            rstds[first + r] = rstd[r];
        }
    }
}

#if N <= 1024
// Writes the sums of a block's warps to N elements, in a fixed order.
static __device__ void sum_up(float *sums, const Quad<float> (&own)[FOURS], float *parts) {
    __syncthreads();
    EACH_FOUR {
        *(Quad<float> *) four(parts + threadIdx.y * N, f) = own[f];
    }
    __syncthreads();
    for (int column = threadIdx.y * 32 + threadIdx.x; column < N; column += WARPS * 32) {
        float sum = parts[column];
        for (int warp = 1; warp < WARPS; warp++) {
            sum += parts[warp * N + column];
        }
        sums[column] = sum;
    }
}

// Also the sums for gamma and beta of a block's rows, partial [blocks, 2, N].
extern "C" __global__ void layer_norm_backward(float *dx, float *partial, const float *g, const float *x,
        const float *gamma, const float *means, const float *rstds, i64 count) {
    alignas(16) __shared__ float parts[WARPS * N];
    Quad<float> by_gamma[FOURS] = {};
    Quad<float> by_beta[FOURS] = {};
    i64 step = (i64) gridDim.x * WARPS * R;
    for (i64 first = ((i64) blockIdx.x * WARPS + threadIdx.y) * R; first < count; first += step) {
        Quad<float> slope[R][FOURS];
        Quad<float> normal[R][FOURS];
        float rstd[R];
        float average[R];
        float projection[R];
        EACH_ROW {
            bool mine = first + r < count;
            i64 row = mine ? first + r : count - 1;
            EACH_FOUR {
                slope[r][f] = mine ? read(g + row * N, f) : Quad<float>{};
                normal[r][f] = read(x + row * N, f);
            }
            average[r] = means[row];
            rstd[r] = rstds[row];
        }
        EACH_ROW {
            float mean = average[r];
            average[r] = 0;
            projection[r] = 0;
            EACH_FOUR {
                Quad<float> scale = read(gamma, f);
                EACH_OF_FOUR {
                    float part = (normal[r][f].at[k] - mean) * rstd[r];
                    float given = slope[r][f].at[k];
                    by_gamma[f].at[k] += given * part;
                    by_beta[f].at[k] += given;
                    given *= scale.at[k];
                    average[r] += given;
                    projection[r] += given * part;
                    normal[r][f].at[k] = part;
                    slope[r][f].at[k] = given;
                }
            }
        }
        EACH_ROW {
            average[r] = join_warp<Adding>(average[r]) / N;
            projection[r] = join_warp<Adding>(projection[r]) / N;
        }
        EACH_ROW {
            if (first + r < count) {
                EACH_FOUR {
                    EACH_OF_FOUR {
                        slope[r][f].at[k] = rstd[r]
                                * (slope[r][f].at[k] - average[r] - normal[r][f].at[k] * projection[r]);
                    }
                    *(Quad<float> *) four(dx + (first + r) * N, f) = slope[r][f];
                }
            }
        }
    }
    sum_up(partial + (i64) blockIdx.x * 2 * N, by_gamma, parts);
    sum_up(partial + (i64) blockIdx.x * 2 * N + N, by_beta, parts);
}
#endif

// What all kernels share. NVRTC has no headers: what they need of types and conversions stands here.
typedef unsigned char u8;
typedef unsigned short u16;
typedef unsigned short bf16; // the upper half of a float
typedef unsigned int u32;
typedef unsigned long long u64;
typedef long long i64;

#define NAN_F __int_as_float(0x7fc00000)
#define INFINITY_F __int_as_float(0x7f800000)
#define MAX_RANK 8

// Where the elements of a tensor lie: Launch.layout writes it. Strides count elements.
struct Layout {
    int rank;
    int dim[MAX_RANK];
    i64 stride[MAX_RANK];
};

// Position of the flat-th element in row-major order.
static __device__ __forceinline__ i64 position(const Layout &layout, i64 flat) {
    i64 at = 0;
    for (int axis = layout.rank - 1; axis > 0; axis--) {
        i64 rest = flat / layout.dim[axis];
        at += (flat - rest * layout.dim[axis]) * layout.stride[axis];
        flat = rest;
    }
    return layout.rank > 0 ? at + flat * layout.stride[0] : at;
}

static __device__ __forceinline__ float bf16_to_float(bf16 value) {
    return __uint_as_float((unsigned) value << 16);
}

// Nearest, ties to even; NaN stays a quiet NaN.
static __device__ __forceinline__ bf16 float_to_bf16(float value) {
    unsigned bits = __float_as_uint(value);
    if ((bits & 0x7fffffffu) > 0x7f800000u) {
        return (bf16) (bits >> 16 | 0x40);
    }
    return (bf16) (bits + 0x7fffu + (bits >> 16 & 1) >> 16);
}

// A layout as a kernel's parameter, read where the launch put it.
#define BOX const __grid_constant__ Layout

#define WARP 0xffffffffu

// Four neighbouring elements, moved in one access; their address is a multiple of their size.
template <class Element> struct alignas(4 * sizeof(Element)) Quad {
    Element at[4];
};

// Position of the flat-th element in row-major order, where there are fewer than 2^32 of them.
static __device__ __forceinline__ i64 place(const Layout &layout, u32 flat) {
    i64 at = 0;
    for (int axis = layout.rank - 1; axis > 0; axis--) {
        u32 rest = flat / (u32) layout.dim[axis];
        at += (i64) (flat - rest * (u32) layout.dim[axis]) * layout.stride[axis];
        flat = rest;
    }
    return layout.rank > 0 ? at + (i64) flat * layout.stride[0] : at;
}

static __device__ __forceinline__ i64 thread_number() {
    return (i64) blockIdx.x * blockDim.x + threadIdx.x;
}

// The larger and the smaller; NaN wins.
static __device__ __forceinline__ float larger(float a, float b) {
    return a > b || a != a ? a : b;
}

static __device__ __forceinline__ float smaller(float a, float b) {
    return a < b || a != a ? a : b;
}

// Ways to join two values, and what joined with nothing.
struct Adding {
    static __device__ __forceinline__ float start() { return 0; }
    static __device__ __forceinline__ float join(float a, float b) { return a + b; }
};

struct Largest {
    static __device__ __forceinline__ float start() { return -INFINITY_F; }
    static __device__ __forceinline__ float join(float a, float b) { return larger(a, b); }
};

struct Smallest {
    static __device__ __forceinline__ float start() { return INFINITY_F; }
    static __device__ __forceinline__ float join(float a, float b) { return smaller(a, b); }
};

template <class Way> static __device__ __forceinline__ float join_warp(float value) {
    for (int step = 16; step > 0; step >>= 1) {
        value = Way::join(value, __shfl_xor_sync(WARP, value, step));
    }
    return value;
}

// Joins the values of the blockDim.x threads of one row of a block: one warp or, in a block of one row, several. All of
// them get the result; the order is fixed.
template <class Way> static __device__ float join_row(float value) {
    __shared__ float warps[32];
    value = join_warp<Way>(value);
    if (blockDim.x == 32) {
        return value;
    }
    __syncthreads(); // the last call's readers are done
    if (threadIdx.x % 32 == 0) {
        warps[threadIdx.x / 32] = value;
    }
    __syncthreads();
    value = warps[0];
    for (int warp = 1; warp < (int) blockDim.x / 32; warp++) {
        value = Way::join(value, warps[warp]);
    }
    return value;
}

// e^(-t²/2).
static __device__ __forceinline__ float bell(float t) {
    return exp2f(t * t * -0.7213475f);
}

// The share of the normal distribution above t, over its bell, for t in 0..6: a polynomial in 1 / (1 + 0.28 t), as on
// the CPU; the share's error is 6e-9.
static __device__ __forceinline__ float normal_ratio(float t) {
    float u = __fdividef(1, fmaf(t, 0.28f, 1));
    float p = -0.10302399f;
    p = fmaf(p, u, 0.37578544f);
    p = fmaf(p, u, -0.20745657f);
    p = fmaf(p, u, 0.23607792f);
    p = fmaf(p, u, 8.789923e-2f);
    p = fmaf(p, u, 0.1098023f);
    return fmaf(p, u, 9.1566477e-4f);
}

// x times the share of the normal distribution below it; the same bytes wherever it is computed.
static __device__ __forceinline__ float gelu(float x) {
    float t = fabsf(x);
    float above = t > 6 ? 0 : __fmul_rn(bell(t), normal_ratio(t)); // never fused with what follows
    return x * (x < 0 ? above : 1 - above);
}

// Its derivative; beyond ±6 as at ±6, where it is 0 or 1 to 4e-8.
static __device__ __forceinline__ float gelu_slope(float x) {
    float t = fabsf(x);
    t = t > 6 ? 6 : t;
    float y = bell(t) * fmaf(t, -0.3989423f, normal_ratio(t));
    return x < 0 ? y : 1 - y;
}

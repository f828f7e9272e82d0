// What all kernels share. NVRTC has no headers: what they need of types and conversions stands here.
typedef unsigned char u8;
typedef unsigned short bf16; // the upper half of a float
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

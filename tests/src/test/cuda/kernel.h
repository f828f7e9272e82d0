// CUDA C for g++: what the compiler of kernels knows without any include. Nothing of the C++ library is here, since it
// is not there either. Words that begin with __standin are marks that the loader of modules replaces.
#pragma GCC visibility push(default)

typedef __SIZE_TYPE__ size_t;

#define __CUDACC__ 1
#define __CUDACC_RTC__ 1
#define __CUDA_ARCH__ 900
#define __global__ __standin_global__
#define __device__
#define __host__
#define __constant__
#define __forceinline__ inline __attribute__((always_inline))
#define __noinline__ __attribute__((noinline))
#define __launch_bounds__(...)
#define __align__(n) __attribute__((aligned(n)))
#define __restrict__ __restrict
#define __shared__ __standin_shared__
#define __grid_constant__
#define warpSize 32

struct uint3 { unsigned x, y, z; };
typedef uint3 dim3;
extern "C++" uint3 threadIdx, blockIdx, blockDim, gridDim;
extern "C" char standinShared[];
extern "C" unsigned standinBarrier(int line, bool predicate);
extern "C" unsigned standinWarp(int line, unsigned mask, unsigned long* value, int source);

#define STANDIN_VECTOR(type, name) \
    struct name##2 { type x, y; } __attribute__((aligned(2 * sizeof(type)))); \
    struct name##3 { type x, y, z; }; \
    struct name##4 { type x, y, z, w; } __attribute__((aligned(4 * sizeof(type) > 16 ? 16 : 4 * sizeof(type)))); \
    static inline name##2 make_##name##2(type x, type y) { return {x, y}; } \
    static inline name##3 make_##name##3(type x, type y, type z) { return {x, y, z}; } \
    static inline name##4 make_##name##4(type x, type y, type z, type w) { return {x, y, z, w}; }
STANDIN_VECTOR(float, float)
STANDIN_VECTOR(double, double)
STANDIN_VECTOR(int, int)
STANDIN_VECTOR(short, short)
STANDIN_VECTOR(unsigned short, ushort)
STANDIN_VECTOR(unsigned char, uchar)
STANDIN_VECTOR(long long, longlong)
struct uint2 { unsigned x, y; } __attribute__((aligned(8)));
struct uint4 { unsigned x, y, z, w; } __attribute__((aligned(16)));
static inline uint2 make_uint2(unsigned x, unsigned y) { return {x, y}; }
static inline uint4 make_uint4(unsigned x, unsigned y, unsigned z, unsigned w) { return {x, y, z, w}; }

// ---- Functions of the C library, by the names that they have for float and double

#define STANDIN_ONE(name) \
    extern "C" float name##f(float) noexcept; \
    extern "C" double name(double) noexcept; \
    static inline float name(float x) { return name##f(x); }
STANDIN_ONE(exp) STANDIN_ONE(exp2) STANDIN_ONE(expm1) STANDIN_ONE(log) STANDIN_ONE(log2) STANDIN_ONE(log10)
STANDIN_ONE(log1p) STANDIN_ONE(sqrt) STANDIN_ONE(cbrt) STANDIN_ONE(sin) STANDIN_ONE(cos) STANDIN_ONE(tan)
STANDIN_ONE(asin) STANDIN_ONE(acos) STANDIN_ONE(atan) STANDIN_ONE(sinh) STANDIN_ONE(cosh) STANDIN_ONE(tanh)
STANDIN_ONE(erf) STANDIN_ONE(erfc) STANDIN_ONE(floor) STANDIN_ONE(ceil) STANDIN_ONE(trunc) STANDIN_ONE(round)
STANDIN_ONE(rint) STANDIN_ONE(fabs) STANDIN_ONE(lgamma)

#define STANDIN_TWO(name) \
    extern "C" float name##f(float, float) noexcept; \
    extern "C" double name(double, double) noexcept; \
    static inline float name(float x, float y) { return name##f(x, y); }
STANDIN_TWO(pow) STANDIN_TWO(fmod) STANDIN_TWO(fmin) STANDIN_TWO(fmax) STANDIN_TWO(atan2) STANDIN_TWO(hypot)
STANDIN_TWO(copysign) STANDIN_TWO(remainder) STANDIN_TWO(fdim) STANDIN_TWO(nextafter)

extern "C" float fmaf(float, float, float) noexcept;
extern "C" double fma(double, double, double) noexcept;
extern "C" float ldexpf(float, int) noexcept;
extern "C" double ldexp(double, int) noexcept;
extern "C" int abs(int) noexcept;
static inline float abs(float x) { return __builtin_fabsf(x); }
static inline double abs(double x) { return __builtin_fabs(x); }
static inline long long abs(long long x) { return x < 0 ? -x : x; }
static inline long long llabs(long long x) { return x < 0 ? -x : x; }
static inline float rsqrtf(float x) { return 1 / sqrtf(x); }
static inline double rsqrt(double x) { return 1 / sqrt(x); }
static inline float rsqrt(float x) { return rsqrtf(x); }
static inline float sinpif(float x) { return sinf(3.14159265358979f * x); }
static inline float cospif(float x) { return cosf(3.14159265358979f * x); }
static inline double sinpi(double x) { return sin(3.14159265358979323846 * x); }
static inline double cospi(double x) { return cos(3.14159265358979323846 * x); }
static inline float normcdff(float x) { return 0.5f * erfcf(-x * 0.70710678118654752f); }
static inline double normcdf(double x) { return 0.5 * erfc(-x * 0.70710678118654752440); }
static inline void sincosf(float x, float* s, float* c) { *s = sinf(x); *c = cosf(x); }
static inline void sincos(double x, double* s, double* c) { *s = sin(x); *c = cos(x); }
template <class T> static inline bool standinIsNan(T x) { return __builtin_isnan(x); }
#define isnan(x) standinIsNan(x)
#define isinf(x) bool(__builtin_isinf(x))
#define isfinite(x) bool(__builtin_isfinite(x))
#define signbit(x) bool(__builtin_signbit(x))
static inline int lrintf(float x) { return int(rintf(x)); }

#define STANDIN_LEAST(type) \
    static inline type min(type x, type y) { return y < x ? y : x; } \
    static inline type max(type x, type y) { return x < y ? y : x; }
STANDIN_LEAST(int) STANDIN_LEAST(unsigned) STANDIN_LEAST(long) STANDIN_LEAST(unsigned long) STANDIN_LEAST(long long)
STANDIN_LEAST(unsigned long long)
static inline float min(float x, float y) { return fminf(x, y); }
static inline float max(float x, float y) { return fmaxf(x, y); }
static inline double min(double x, double y) { return fmin(x, y); }
static inline double max(double x, double y) { return fmax(x, y); }

// ---- Intrinsics

#define __expf(x) expf(x)
#define __exp10f(x) exp10f(x)
#define __logf(x) logf(x)
#define __log2f(x) log2f(x)
#define __powf(x, y) powf(x, y)
#define __sinf(x) sinf(x)
#define __cosf(x) cosf(x)
static inline float __fdividef(float x, float y) { return x / y; }
static inline float __fadd_rn(float x, float y) { volatile float z = x + y; return z; }
static inline float __fsub_rn(float x, float y) { volatile float z = x - y; return z; }
static inline float __fmul_rn(float x, float y) { volatile float z = x * y; return z; }
static inline float __fdiv_rn(float x, float y) { return x / y; }
static inline float __frcp_rn(float x) { return 1 / x; }
static inline float __fsqrt_rn(float x) { return sqrtf(x); }
static inline float __frsqrt_rn(float x) { return 1 / sqrtf(x); }
static inline float __fmaf_rn(float x, float y, float z) { return fmaf(x, y, z); }
static inline double __dadd_rn(double x, double y) { volatile double z = x + y; return z; }
static inline double __dsub_rn(double x, double y) { volatile double z = x - y; return z; }
static inline double __dmul_rn(double x, double y) { volatile double z = x * y; return z; }
static inline double __ddiv_rn(double x, double y) { return x / y; }
static inline double __fma_rn(double x, double y, double z) { return fma(x, y, z); }
static inline float __saturatef(float x) { return fminf(fmaxf(x, 0), 1); }
static inline float __int2float_rn(int x) { return float(x); }
static inline float __uint2float_rn(unsigned x) { return float(x); }
static inline int __float2int_rn(float x) { return int(rintf(x)); }
static inline int __float2int_rz(float x) { return int(x); }
static inline int __float2int_rd(float x) { return int(floorf(x)); }
static inline float __double2float_rn(double x) { return float(x); }

template <class To, class From> static inline To standinBits(From from) {
    static_assert(sizeof(To) == sizeof(From), "sizes differ");
    To to;
    __builtin_memcpy(&to, &from, sizeof to);
    return to;
}
static inline int __float_as_int(float x) { return standinBits<int>(x); }
static inline unsigned __float_as_uint(float x) { return standinBits<unsigned>(x); }
static inline float __int_as_float(int x) { return standinBits<float>(x); }
static inline float __uint_as_float(unsigned x) { return standinBits<float>(x); }
static inline long long __double_as_longlong(double x) { return standinBits<long long>(x); }
static inline double __longlong_as_double(long long x) { return standinBits<double>(x); }
static inline int __double2hiint(double x) { return int(standinBits<long long>(x) >> 32); }
static inline int __double2loint(double x) { return int(standinBits<long long>(x)); }

static inline int __popc(unsigned x) { return __builtin_popcount(x); }
static inline int __popcll(unsigned long long x) { return __builtin_popcountll(x); }
static inline int __clz(int x) { return x ? __builtin_clz(x) : 32; }
static inline int __clzll(long long x) { return x ? __builtin_clzll(x) : 64; }
static inline int __ffs(int x) { return __builtin_ffs(x); }
static inline int __ffsll(long long x) { return __builtin_ffsll(x); }
static inline unsigned __brev(unsigned x) {
    unsigned y = 0;
    for (int i = 0; i < 32; i++) {
        y |= (x >> i & 1) << (31 - i);
    }
    return y;
}
static inline int __mulhi(int x, int y) { return int((long long) x * y >> 32); }
static inline unsigned __umulhi(unsigned x, unsigned y) { return unsigned((unsigned long long) x * y >> 32); }
static inline unsigned long long __umul64hi(unsigned long long x, unsigned long long y) {
    return (unsigned long long) ((unsigned __int128) x * y >> 64);
}
static inline unsigned __funnelshift_l(unsigned low, unsigned high, unsigned by) {
    return by & 31 ? high << (by & 31) | low >> (32 - (by & 31)) : high;
}
static inline unsigned __funnelshift_r(unsigned low, unsigned high, unsigned by) {
    return by & 31 ? low >> (by & 31) | high << (32 - (by & 31)) : low;
}
template <class T> static inline T __ldg(const T* at) { return *at; }
template <class T> static inline T __ldcs(const T* at) { return *at; }
template <class T> static inline void __stcs(T* at, T value) { *at = value; }

// ---- Threads that wait for each other

static inline int standinLane() {
    return (threadIdx.x + blockDim.x * (threadIdx.y + blockDim.y * threadIdx.z)) % 32;
}

static inline unsigned standinVote(int line, unsigned mask, bool predicate) {
    unsigned long value = predicate;
    return standinWarp(line, mask, &value, standinLane());
}

template <class T> static inline T standinShuffle(int line, unsigned mask, T given, int source) {
    static_assert(sizeof(T) <= 8, "too large to shuffle");
    unsigned long value = 0;
    __builtin_memcpy(&value, &given, sizeof given);
    standinWarp(line, mask, &value, source);
    __builtin_memcpy(&given, &value, sizeof given);
    return given;
}

template <class T> static inline T standinShift(int line, unsigned mask, T given, int by, int width) {
    int lane = standinLane(), source = lane + by;
    return standinShuffle(line, mask, given, source / width == lane / width && source >= 0 ? source : lane);
}

template <class T> static inline T standinPick(int line, unsigned mask, T given, int source, int width) {
    return standinShuffle(line, mask, given, standinLane() / width * width + source % width);
}

template <class T> static inline T standinCross(int line, unsigned mask, T given, int by, int width) {
    int lane = standinLane(), source = lane ^ by;
    return standinShuffle(line, mask, given, source / width <= lane / width ? source : lane);
}

#define __shfl_sync(mask, value, lane, ...) standinPick(__LINE__, mask, value, lane, 32 __VA_OPT__(* 0 + __VA_ARGS__))
#define __shfl_up_sync(mask, value, by, ...) \
    standinShift(__LINE__, mask, value, -int(by), 32 __VA_OPT__(* 0 + __VA_ARGS__))
#define __shfl_down_sync(mask, value, by, ...) \
    standinShift(__LINE__, mask, value, int(by), 32 __VA_OPT__(* 0 + __VA_ARGS__))
#define __shfl_xor_sync(mask, value, by, ...) \
    standinCross(__LINE__, mask, value, by, 32 __VA_OPT__(* 0 + __VA_ARGS__))
#define __ballot_sync(mask, predicate) standinVote(__LINE__, mask, predicate)
#define __any_sync(mask, predicate) int(standinVote(__LINE__, mask, predicate) != 0)
#define __all_sync(mask, predicate) int(!standinVote(__LINE__, mask, !(predicate)))
#define __syncwarp(...) ((void) standinVote(__LINE__, 0xffffffffu __VA_OPT__(& (__VA_ARGS__)), false))
#define __syncthreads() ((void) standinBarrier(__LINE__, false))
#define __syncthreads_count(predicate) int(standinBarrier(__LINE__, predicate))
#define __syncthreads_or(predicate) int(standinBarrier(__LINE__, predicate) != 0)
#define __syncthreads_and(predicate) int(!standinBarrier(__LINE__, !(predicate)))
#define __threadfence() ((void) 0)
#define __threadfence_block() ((void) 0)
#define __trap() __builtin_trap()

// Threads take turns only where they wait, so plain reads and writes are atomic.
template <class T, class V> static inline T atomicAdd(T* at, V value) { T old = *at; *at += T(value); return old; }
template <class T, class V> static inline T atomicMax(T* at, V value) {
    T old = *at;
    *at = old < T(value) ? T(value) : old;
    return old;
}
template <class T, class V> static inline T atomicMin(T* at, V value) {
    T old = *at;
    *at = T(value) < old ? T(value) : old;
    return old;
}
template <class T, class V> static inline T atomicOr(T* at, V value) { T old = *at; *at |= T(value); return old; }
template <class T, class V> static inline T atomicExch(T* at, V value) { T old = *at; *at = T(value); return old; }
template <class T, class V, class W> static inline T atomicCAS(T* at, V expected, W value) {
    T old = *at;
    *at = old == T(expected) ? T(value) : old;
    return old;
}

// ---- How a launch calls a kernel: its arguments by their addresses

namespace standin {
template <class T> struct Plain { typedef T type; };
template <class T> struct Plain<const T> { typedef T type; };
template <class... A> static inline int sizes(void (*)(A...), size_t* bytes) {
    size_t all[] = {sizeof(A)..., 0};
    for (int i = 0; i < int(sizeof...(A)); i++) {
        bytes[i] = all[i];
    }
    return sizeof...(A);
}
template <int... I> struct Indices {};
template <int N, int... I> struct Count : Count<N - 1, N - 1, I...> {};
template <int... I> struct Count<0, I...> { typedef Indices<I...> type; };
template <class... A, int... I> static inline void call(void (*kernel)(A...), void** arguments, Indices<I...>) {
    kernel(*(typename Plain<A>::type*) arguments[I]...);
}
template <class... A> static inline void call(void (*kernel)(A...), void** arguments) {
    call(kernel, arguments, typename Count<sizeof...(A)>::type());
}
}

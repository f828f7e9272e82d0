// Elementwise functions. The wrapper defines OPERANDS, the types A to E of the operands and Y of the result, and
// F(a, b, c, d, e, p, q).

#if OPERANDS > 1
#define IF2(...) __VA_ARGS__
#else
#define IF2(...)
#endif
#if OPERANDS > 2
#define IF3(...) __VA_ARGS__
#else
#define IF3(...)
#endif
#if OPERANDS > 3
#define IF4(...) __VA_ARGS__
#else
#define IF4(...)
#endif
#if OPERANDS > 4
#define IF5(...) __VA_ARGS__
#else
#define IF5(...)
#endif

#define VALUES const A *a IF2(, const B *b) IF3(, const C *c) IF4(, const D *d) IF5(, const E *e)

// Truncated toward zero and held in a range; NaN gives 0.
static __device__ __forceinline__ int whole(double value, double low, double high) {
    return value != value ? 0 : value <= low ? (int) low : value >= high ? (int) high : (int) value;
}

template <class Element> static __device__ __forceinline__ Quad<Element> four(const Element *x, i64 at, int step) {
    if (step != 0) {
        return *(const Quad<Element> *) (x + at);
    }
    Element one = x[0];
    return Quad<Element>{{one, one, one, one}};
}

// Operands that lie like the result, aligned to quads, or (where its bit of steps is 0) are one element.
extern "C" __global__ void quads(Y *y, i64 count, int steps, float p, float q, VALUES) {
    i64 at = 4 * thread_number();
    if (at >= count) {
        return;
    }
    if (at + 4 > count) {
        for (; at < count; at++) {
            y[at] = F(a[steps & 1 ? at : 0], IF2(b[steps & 2 ? at : 0]), IF3(c[steps & 4 ? at : 0]),
                    IF4(d[steps & 8 ? at : 0]), IF5(e[steps & 16 ? at : 0]), p, q);
        }
        return;
    }
    Quad<A> qa = four(a, at, steps & 1);
    IF2(Quad<B> qb = four(b, at, steps & 2);)
    IF3(Quad<C> qc = four(c, at, steps & 4);)
    IF4(Quad<D> qd = four(d, at, steps & 8);)
    IF5(Quad<E> qe = four(e, at, steps & 16);)
    Quad<Y> result;
    for (int k = 0; k < 4; k++) {
        result.at[k] = F(qa.at[k], IF2(qb.at[k]), IF3(qc.at[k]), IF4(qd.at[k]), IF5(qe.at[k]), p, q);
    }
    *(Quad<Y> *) (y + at) = result;
}

#define LAYOUTS BOX la IF2(, BOX lb) IF3(, BOX lc) IF4(, BOX ld) IF5(, BOX le)

// Operands of any layout; all layouts have the shape of the result.
extern "C" __global__ void strided(Y *y, i64 count, float p, float q, VALUES, LAYOUTS) {
    i64 number = thread_number();
    if (number >= count) {
        return;
    }
    u32 flat = (u32) number;
    i64 ia = 0;
    IF2(i64 ib = 0;)
    IF3(i64 ic = 0;)
    IF4(i64 id = 0;)
    IF5(i64 ie = 0;)
    for (int axis = la.rank - 1; axis >= 0; axis--) {
        u32 rest = axis == 0 ? 0 : flat / (u32) la.dim[axis];
        i64 index = flat - rest * (u32) la.dim[axis];
        ia += index * la.stride[axis];
        IF2(ib += index * lb.stride[axis];)
        IF3(ic += index * lc.stride[axis];)
        IF4(id += index * ld.stride[axis];)
        IF5(ie += index * le.stride[axis];)
        flat = rest;
    }
    y[number] = F(a[ia], IF2(b[ib]), IF3(c[ic]), IF4(d[id]), IF5(e[ie]), p, q);
}

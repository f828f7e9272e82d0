// Elements picked by an index, and their gradients. T is the type of the elements. An index out of range touches no
// memory: what it would have given is the type's value of all ones, NaN in floats.

static __device__ __forceinline__ T nothing() {
    T value;
    for (int k = 0; k < (int) sizeof(T); k++) {
        ((u8 *) &value)[k] = 0xff;
    }
    return value;
}

// y[o, i, in] = x[o, index[i], in]
extern "C" __global__ void index_select(T *y, const T *x, const int *index, i64 count, int size, int picked,
        int inner) {
    i64 at = thread_number();
    if (at >= count) {
        return;
    }
    int in = (int) (at % inner);
    i64 row = at / inner;
    int from = index[row % picked];
    y[at] = from >= 0 && from < size ? x[(row / picked * size + from) * inner + in] : nothing();
}

// y[.., i, ..] = x[.., index[.., i, ..], ..]; picks is the layout of index, from that of x, both of y's shape but that
// from has stride 0 along the axis.
extern "C" __global__ void gather(T *y, const T *x, const int *index, i64 count, BOX picks, BOX from, int size,
        i64 stride) {
    i64 at = thread_number();
    if (at >= count) {
        return;
    }
    int picked = index[place(picks, (u32) at)];
    y[at] = picked >= 0 && picked < size ? x[place(from, (u32) at) + picked * stride] : nothing();
}

// y[i, k] = k == label[i]
extern "C" __global__ void one_hot(float *y, const int *label, i64 count, int classes) {
    i64 at = thread_number();
    if (at < count) {
        int picked = label[at / classes];
        y[at] = picked < 0 || picked >= classes ? NAN_F : picked == (int) (at % classes);
    }
}

#ifdef SUMS
// y[o, s, in] = Σ g[o, i, in] over the i with index[i] = s, in their order.
extern "C" __global__ void index_select_backward(T *y, const T *g, const int *index, i64 count, int size, int picked,
        int inner) {
    i64 at = thread_number();
    if (at >= count) {
        return;
    }
    int in = (int) (at % inner);
    i64 row = at / inner;
    int own = (int) (row % size);
    g += row / size * picked * inner + in;
    T sum = 0;
    for (int i = 0; i < picked; i++) {
        if (index[i] == own) {
            sum += g[(i64) i * inner];
        }
    }
    y[at] = sum;
}

// y = x, plus the entries of source whose index along the axis names the element, in their order. covers is the layout
// of index and of source; an element that lies outside of it on another axis gets nothing.
extern "C" __global__ void scatter_add(T *y, const T *x, const int *index, const T *source, i64 count, BOX all,
        BOX covers, int axis) {
    i64 at = thread_number();
    if (at >= count) {
        return;
    }
    u32 flat = (u32) at;
    i64 first = 0;
    int own = 0;
    bool inside = true;
    for (int k = all.rank - 1; k >= 0; k--) {
        u32 rest = flat / (u32) all.dim[k];
        int here = (int) (flat - rest * (u32) all.dim[k]);
        if (k == axis) {
            own = here;
        } else {
            inside &= here < covers.dim[k];
            first += here * covers.stride[k];
        }
        flat = rest;
    }
    T sum = x[at];
    for (int i = 0; inside && i < covers.dim[axis]; i++) {
        i64 entry = first + i * covers.stride[axis];
        if (index[entry] == own) {
            sum += source[entry];
        }
    }
    y[at] = sum;
}
#endif

// Elements added before and after each axis. T is the type of the elements.

#define CONSTANT 0
#define REFLECT 1
#define REPLICATE 2

// The strides of before are the numbers of elements added before each axis.
extern "C" __global__ void pad(T *y, const T *x, i64 count, BOX to, BOX from, BOX before, int mode, double value) {
    i64 number = thread_number();
    if (number >= count) {
        return;
    }
    u32 flat = (u32) number;
    i64 source = 0;
    bool inside = true;
    for (int axis = to.rank - 1; axis >= 0; axis--) {
        u32 rest = flat / (u32) to.dim[axis];
        i64 last = from.dim[axis] - 1;
        i64 index = (i64) (flat - rest * (u32) to.dim[axis]) - before.stride[axis];
        if (index < 0 || index > last) {
            inside &= mode != CONSTANT;
            index = mode == REFLECT ? (index < 0 ? -index : 2 * last - index) : index < 0 ? 0 : last;
        }
        source += index * from.stride[axis];
        flat = rest;
    }
    y[number] = inside ? x[source] : (T) value;
}

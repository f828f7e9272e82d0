// Elements moved from one place to another. T is any type of an element's size.

// Between two layouts of one shape.
extern "C" __global__ void move(T *y, const T *x, i64 count, BOX to, BOX from) {
    i64 number = thread_number();
    if (number >= count) {
        return;
    }
    u32 flat = (u32) number;
    i64 target = 0;
    i64 source = 0;
    for (int axis = to.rank - 1; axis >= 0; axis--) {
        u32 rest = axis == 0 ? 0 : flat / (u32) to.dim[axis];
        i64 index = flat - rest * (u32) to.dim[axis];
        target += index * to.stride[axis];
        source += index * from.stride[axis];
        flat = rest;
    }
    y[target] = x[source];
}

// Transposes: y[u][v] = x[v][u] for every place of a box, where u steps by 1 in x, and v in y. Tiles go through shared
// memory, so that neighbouring threads read and write neighbouring elements.
extern "C" __global__ void turn(T *y, const T *x, BOX to, BOX from, int us, int vs, i64 stride_u, i64 stride_v) {
    __shared__ T tile[32][33];
    u32 block = blockIdx.x;
    u32 tiles_v = (vs + 31) / 32;
    u32 tiles_u = (us + 31) / 32;
    int v = block % tiles_v * 32;
    block /= tiles_v;
    int u = block % tiles_u * 32;
    block /= tiles_u;
    x += place(from, block);
    y += place(to, block);
    int column = threadIdx.x;
    for (int row = threadIdx.y; row < 32; row += 8) {
        if (u + column < us && v + row < vs) {
            tile[row][column] = x[u + column + (v + row) * stride_v];
        }
    }
    __syncthreads();
    for (int row = threadIdx.y; row < 32; row += 8) {
        if (u + row < us && v + column < vs) {
            y[(u + row) * stride_u + v + column] = tile[column][row];
        }
    }
}

// y[(i + shift) mod n] = x[i] along each axis; the strides of shifts are the shifts, each in 0..n-1.
extern "C" __global__ void roll(T *y, const T *x, i64 count, BOX from, BOX shifts) {
    i64 number = thread_number();
    if (number >= count) {
        return;
    }
    u32 flat = (u32) number;
    i64 source = 0;
    for (int axis = from.rank - 1; axis >= 0; axis--) {
        u32 rest = flat / (u32) from.dim[axis];
        i64 index = (i64) (flat - rest * (u32) from.dim[axis]) - shifts.stride[axis];
        source += (index < 0 ? index + from.dim[axis] : index) * from.stride[axis];
        flat = rest;
    }
    y[number] = x[source];
}

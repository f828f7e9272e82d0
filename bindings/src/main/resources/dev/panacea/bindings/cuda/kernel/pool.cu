// The largest element of each window of [B, C, H, W], the first of equals, NaN above all; and the gradient.

extern "C" __global__ void max_pool(float *y, int *positions, const float *x, i64 count, int height, int width,
        int rows, int columns, int kernel, int stride, int padding) {
    i64 number = thread_number();
    if (number >= count) {
        return;
    }
    int left = (int) (number % columns) * stride - padding;
    i64 line = number / columns;
    int top = (int) (line % rows) * stride - padding;
    x += line / rows * height * width;
    int right = left + kernel < width ? left + kernel : width;
    int bottom = top + kernel < height ? top + kernel : height;
    float best = -INFINITY_F;
    int at = -1;
    for (int row = top < 0 ? 0 : top; row < bottom; row++) {
        for (int column = left < 0 ? 0 : left; column < right; column++) {
            float value = x[row * width + column];
            if (at < 0 || value > best || (value != value && best == best)) {
                best = value;
                at = row * width + column;
            }
        }
    }
    y[number] = best;
    positions[number] = at;
}

// A block for each plane: every thread looks at all windows, and adds those that went to an element of its own. A
// position outside of the plane goes nowhere.
extern "C" __global__ void max_pool_backward(float *dx, const float *g, const int *positions, int plane, int windows) {
    i64 block = blockIdx.x;
    dx += block * plane;
    g += block * windows;
    positions += block * windows;
    for (int at = threadIdx.x; at < plane; at += blockDim.x) {
        dx[at] = 0;
    }
    for (int window = 0; window < windows; window++) {
        int at = positions[window];
        if (at >= 0 && at < plane && at % (int) blockDim.x == (int) threadIdx.x) {
            dx[at] += g[window];
        }
    }
}

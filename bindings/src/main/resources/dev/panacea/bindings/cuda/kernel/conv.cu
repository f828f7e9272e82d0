// What turns a convolution of [B, C, H, W] into a product of matrices, and depthwise convolutions.

struct Convolution {
    int channels;
    int height;
    int width;
    int kernel_height;
    int kernel_width;
    int rows;
    int columns;
    int stride;
    int padding;
    int dilation;
};

#define CONVOLUTION const __grid_constant__ Convolution

// [B, rows·columns, C·KH·KW] from a group of channels, first of all in x: what each window sees, zeros outside.
extern "C" __global__ void windows(float *y, const float *x, i64 count, CONVOLUTION c, int first, int all) {
    i64 number = thread_number();
    if (number >= count) {
        return;
    }
    int v = (int) (number % c.kernel_width);
    i64 rest = number / c.kernel_width;
    int u = (int) (rest % c.kernel_height);
    rest /= c.kernel_height;
    int channel = (int) (rest % c.channels);
    rest /= c.channels;
    int column = (int) (rest % c.columns) * c.stride + v * c.dilation - c.padding;
    rest /= c.columns;
    int row = (int) (rest % c.rows) * c.stride + u * c.dilation - c.padding;
    i64 plane = rest / c.rows * all + first + channel;
    bool inside = row >= 0 && row < c.height && column >= 0 && column < c.width;
    y[number] = inside ? x[(plane * c.height + row) * c.width + column] : 0;
}

// The way back: each element of a group of channels of x is the sum over the windows that saw it.
extern "C" __global__ void windows_backward(float *dx, const float *g, i64 count, CONVOLUTION c, int first, int all) {
    i64 number = thread_number();
    if (number >= count) {
        return;
    }
    int column = (int) (number % c.width);
    i64 rest = number / c.width;
    int row = (int) (rest % c.height);
    rest /= c.height;
    int channel = (int) (rest % c.channels);
    i64 image = rest / c.channels;
    float sum = 0;
    for (int u = 0; u < c.kernel_height; u++) {
        int i = row + c.padding - u * c.dilation;
        if (i < 0 || i % c.stride != 0 || i / c.stride >= c.rows) {
            continue;
        }
        for (int v = 0; v < c.kernel_width; v++) {
            int j = column + c.padding - v * c.dilation;
            if (j >= 0 && j % c.stride == 0 && j / c.stride < c.columns) {
                i64 window = (image * c.rows + i / c.stride) * c.columns + j / c.stride;
                sum += g[((window * c.channels + channel) * c.kernel_height + u) * c.kernel_width + v];
            }
        }
    }
    dx[((image * all + first + channel) * c.height + row) * c.width + column] = sum;
}

// y [B, O, rows, columns] where every output channel sees one input channel; each = O / C.
extern "C" __global__ void depthwise(float *y, const float *x, const float *w, const float *bias, i64 count,
        CONVOLUTION c, int each) {
    i64 number = thread_number();
    if (number >= count) {
        return;
    }
    int outputs = c.channels * each;
    int left = (int) (number % c.columns) * c.stride - c.padding;
    i64 rest = number / c.columns;
    int top = (int) (rest % c.rows) * c.stride - c.padding;
    rest /= c.rows;
    int o = (int) (rest % outputs);
    x += (rest / outputs * c.channels + o / each) * c.height * c.width;
    w += o * c.kernel_height * c.kernel_width;
    float sum = bias != 0 ? bias[o] : 0;
    for (int u = 0; u < c.kernel_height; u++) {
        int row = top + u * c.dilation;
        for (int v = 0; v < c.kernel_width; v++) {
            int column = left + v * c.dilation;
            if (row >= 0 && row < c.height && column >= 0 && column < c.width) {
                sum += w[u * c.kernel_width + v] * x[row * c.width + column];
            }
        }
    }
    y[number] = sum;
}

extern "C" __global__ void depthwise_input(float *dx, const float *g, const float *w, i64 count, CONVOLUTION c,
        int each) {
    i64 number = thread_number();
    if (number >= count) {
        return;
    }
    int column = (int) (number % c.width);
    i64 rest = number / c.width;
    int row = (int) (rest % c.height);
    rest /= c.height; // image · C + channel
    int channel = (int) (rest % c.channels);
    float sum = 0;
    for (int k = 0; k < each; k++) {
        const float *slopes = g + (rest * each + k) * c.rows * c.columns;
        const float *weights = w + (channel * each + k) * c.kernel_height * c.kernel_width;
        for (int u = 0; u < c.kernel_height; u++) {
            int i = row + c.padding - u * c.dilation;
            if (i < 0 || i % c.stride != 0 || i / c.stride >= c.rows) {
                continue;
            }
            for (int v = 0; v < c.kernel_width; v++) {
                int j = column + c.padding - v * c.dilation;
                if (j >= 0 && j % c.stride == 0 && j / c.stride < c.columns) {
                    sum += weights[u * c.kernel_width + v] * slopes[i / c.stride * c.columns + j / c.stride];
                }
            }
        }
    }
    dx[number] = sum;
}

// A block for each weight: images and places in turn.
extern "C" __global__ void depthwise_weight(float *dw, const float *g, const float *x, int images, CONVOLUTION c,
        int each) {
    int weight = blockIdx.x;
    int v = weight % c.kernel_width;
    int u = weight / c.kernel_width % c.kernel_height;
    int o = weight / c.kernel_width / c.kernel_height;
    int places = c.rows * c.columns;
    float sum = 0;
    for (i64 at = threadIdx.x; at < (i64) images * places; at += blockDim.x) {
        i64 image = at / places;
        int spot = (int) (at % places);
        int row = spot / c.columns * c.stride + u * c.dilation - c.padding;
        int column = spot % c.columns * c.stride + v * c.dilation - c.padding;
        if (row >= 0 && row < c.height && column >= 0 && column < c.width) {
            sum += g[(image * c.channels * each + o) * places + spot]
                    * x[((image * c.channels + o / each) * c.height + row) * c.width + column];
        }
    }
    sum = join_row<Adding>(sum);
    if (threadIdx.x == 0) {
        dw[weight] = sum;
    }
}

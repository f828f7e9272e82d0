// One linear map along the rows and one along the columns of each plane of [B, C, H, W]. Output i of a map is the sum
// of weights[offset[i] + t] · input[first[i] + t] for t from 0 to offset[i + 1] - offset[i].

extern "C" __global__ void resample(float *y, const float *x, i64 count, int height, int width, int rows, int columns,
        const int *row_first, const int *row_offset, const float *row_weights,
        const int *column_first, const int *column_offset, const float *column_weights) {
    i64 at = thread_number();
    if (at >= count) {
        return;
    }
    int column = (int) (at % columns);
    i64 line = at / columns;
    int row = (int) (line % rows);
    int across = column_offset[column + 1] - column_offset[column];
    const float *weights = column_weights + column_offset[column];
    x += (line / rows * height + row_first[row]) * width + column_first[column];
    float sum = 0;
    for (int s = row_offset[row]; s < row_offset[row + 1]; s++) {
        float part = 0;
        for (int t = 0; t < across; t++) {
            part += weights[t] * x[t];
        }
        sum += row_weights[s] * part;
        x += width;
    }
    y[at] = sum;
}

// Swin's windows one after the other, for attention that knows none: rows [part, image, window, head, token, depth] in
// BF16, from an image [B, H, W, parts · heads · depth] and back. Each thread moves four elements or one sum.

struct Windows {
    int parts; // 3 for query, key and value
    int images;
    int heads;
    int depth;
    int window;
    int height;
    int width;
    int down;
    int right;
};

#define WINDOWS const __grid_constant__ Windows s
#define APART -100.0f

// Row and column in the shifted image of token i of a window.
struct Spot {
    int y;
    int x;
};

static __device__ __forceinline__ Spot spot_of(const Windows &s, int window, int i) {
    int across = s.width / s.window;
    return Spot{window / across * s.window + i / s.window + s.down,
            window % across * s.window + i % s.window + s.right};
}

// The token of the image there.
static __device__ __forceinline__ i64 token(const Windows &s, int image, Spot at) {
    int y = at.y >= s.height ? at.y - s.height : at.y;
    int x = at.x >= s.width ? at.x - s.width : at.x;
    return ((i64) image * s.height + y) * s.width + x;
}

// Only true neighbours share a region.
static __device__ __forceinline__ int region(const Windows &s, Spot at) {
    return (at.y >= s.height ? 2 : 0) + (at.x >= s.width ? 1 : 0);
}

static __device__ __forceinline__ int count(const Windows &s) {
    return s.height / s.window * (s.width / s.window);
}

// Where in the image the four elements lie that have this number in the rows.
static __device__ __forceinline__ i64 place(const Windows &s, int number) {
    int fours = s.depth / 4;
    int tokens = s.window * s.window;
    int d = number % fours * 4;
    int i = number / fours % tokens;
    number = number / fours / tokens;
    int head = number % s.heads;
    int window = number / s.heads % count(s);
    number = number / s.heads / count(s);
    int channel = (number / s.images * s.heads + head) * s.depth + d;
    return token(s, number % s.images, spot_of(s, window, i)) * s.parts * s.heads * s.depth + channel;
}

extern "C" __global__ void split_windows(bf16 *rows, const float *image, WINDOWS, int fours) {
    int number = (int) thread_number();
    if (number < fours) {
        float4 four = *(const float4 *) (image + place(s, number));
        Quad<bf16> rounded = {{float_to_bf16(four.x), float_to_bf16(four.y), float_to_bf16(four.z),
                float_to_bf16(four.w)}};
        ((Quad<bf16> *) rows)[number] = rounded;
    }
}

extern "C" __global__ void join_windows(float *image, const bf16 *rows, WINDOWS, int fours) {
    int number = (int) thread_number();
    if (number < fours) {
        Quad<bf16> four = ((const Quad<bf16> *) rows)[number];
        *(float4 *) (image + place(s, number)) = make_float4(bf16_to_float(four.at[0]), bf16_to_float(four.at[1]),
                bf16_to_float(four.at[2]), bf16_to_float(four.at[3]));
    }
}

// Sums [image, window, head, token] to [B, h, H, W].
extern "C" __global__ void join_sums(float *image, const float *sums, WINDOWS, int size) {
    int number = (int) thread_number();
    if (number < size) {
        int tokens = s.window * s.window;
        int i = number % tokens;
        int head = number / tokens % s.heads;
        int window = number / tokens / s.heads % count(s);
        int b = number / tokens / s.heads / count(s);
        i64 area = (i64) s.height * s.width;
        i64 at = token(s, 0, spot_of(s, window, i));
        image[((i64) b * s.heads + head) * area + at] = sums[number];
    }
}

// What is added to the scores, [window, head, token, token], from the table, or from the gathered bias, and the
// regions; a single window stands for all where none is shifted.
extern "C" __global__ void spread_bias(bf16 *spread, const float *bias, WINDOWS, int table, int size) {
    int number = (int) thread_number();
    if (number >= size) {
        return;
    }
    int tokens = s.window * s.window;
    int j = number % tokens;
    int i = number / tokens % tokens;
    int head = number / tokens / tokens % s.heads;
    int window = number / tokens / tokens / s.heads;
    int side = 2 * s.window - 1;
    int row = (i / s.window - j / s.window + s.window - 1) * side + i % s.window - j % s.window + s.window - 1;
    float value = table ? bias[row * s.heads + head] : bias[(head * tokens + i) * tokens + j];
    bool apart = region(s, spot_of(s, window, i)) != region(s, spot_of(s, window, j));
    spread[number] = float_to_bf16(apart ? value + APART : value);
}

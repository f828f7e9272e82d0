// Functions of floats in fours, aligned to their size, that also write the result as the product after them wants it.
// F is a function of a and b; OPERANDS is 1 or 2.

extern "C" __global__ void rounding(Quad<float> *y, Quad<bf16> *rounded, u32 quads, const Quad<float> *a
#if OPERANDS > 1
        , const Quad<float> *b
#endif
        ) {
    u32 at = (u32) thread_number();
    if (at >= quads) {
        return;
    }
    Quad<float> first = a[at];
#if OPERANDS > 1
    Quad<float> second = b[at];
#else
    Quad<float> second = first;
#endif
    Quad<float> result;
    Quad<bf16> small;
    for (int k = 0; k < 4; k++) {
        result.at[k] = F(first.at[k], second.at[k]);
        small.at[k] = float_to_bf16(result.at[k]);
    }
    y[at] = result;
    rounded[at] = small;
}

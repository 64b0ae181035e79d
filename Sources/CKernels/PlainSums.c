// Sums whose terms are added one after another, as a plain loop does, wherever their floats lie.

#include "CKernels.h"

#include "Kernels.h"

#pragma STDC FP_CONTRACT OFF

// A file of another program need not have its floats at multiples of four.
typedef float floats __attribute__((vector_size(64), aligned(1), may_alias));
typedef float single __attribute__((aligned(1), may_alias));

#define AHEAD 4
#define CACHE_LINE 64

KERNEL void kernel_add_rows_f32(float *sum, size_t width, const void *table, const uint32_t *rows,
                                size_t count) {
    const char *base = table;
    for (size_t i = 0; i < count; i++) {
        if (i + AHEAD < count) {
            const char *next = base + (size_t)rows[i + AHEAD] * width * 4;
            for (size_t at = 0; at < width * 4; at += CACHE_LINE) __builtin_prefetch(next + at);
        }
        const char *row = base + (size_t)rows[i] * width * 4;
        size_t c = 0;
        for (; c + 16 <= width; c += 16) *(floats *)(sum + c) += *(const floats *)(row + 4 * c);
        for (; c < width; c++) sum[c] += *(const single *)(row + 4 * c);
    }
}

void kernel_add_codes_f32(float *sum, size_t width, const uint8_t *codes, const void *centroids,
                          size_t part, float scale) {
    const char *block = centroids;
    for (size_t start = 0; start < width; start += part) {
        const size_t length = width - start < part ? width - start : part;
        const char *centroid = block + (size_t)*codes++ * length * 4;
        for (size_t c = 0; c < length; c++)
            sum[start + c] += scale * *(const single *)(centroid + 4 * c);
        block += 256 * part * 4;
    }
}

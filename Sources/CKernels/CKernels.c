// Kernels written once with vector types and compiled for three generations of x86-64.
//
// The vectors are explicit, so that the ordinary optimisation level suffices and an unoptimised
// build stays usable.

#include "CKernels.h"

#include "Kernels.h"

#pragma STDC FP_CONTRACT OFF

typedef float floats __attribute__((vector_size(64), aligned(4), may_alias));
typedef int32_t ints __attribute__((vector_size(64), aligned(4), may_alias));
typedef int8_t bytes __attribute__((vector_size(16), aligned(1), may_alias));

INLINE void load(floats *into, const float *from) { *into = *(const floats *)from; }

INLINE float sum_of(const floats *v) {
    floats x = *v;
    float s[8];
    for (int i = 0; i < 8; i++) s[i] = x[i] + x[i + 8];
    return ((s[0] + s[4]) + (s[2] + s[6])) + ((s[1] + s[5]) + (s[3] + s[7]));
}

// Vectors go in and out through pointers: passed by value, their ABI would differ between clones.

/// exp of values <= 0, to about 1 ulp; below -87, where a float becomes subnormal, 0.
///
/// Range reduction and polynomial of Cephes' expf (Moshier, 1992).
INLINE void exp_in_place(floats *v) {
    const floats x = *v;
    const float magic = 12582912.0f;  // 1.5 * 2^23: adding it rounds to an integer
    const floats shifted = x * 1.44269504088896341f + magic;
    const floats n = shifted - magic;
    const floats r = (x - n * 0.693359375f) - n * -2.12194440e-4f;
    floats p = r * 1.9875691500e-4f + 1.3981999507e-3f;
    p = p * r + 8.3334519073e-3f;
    p = p * r + 4.1665795894e-2f;
    p = p * r + 1.6666665459e-1f;
    p = p * r + 5.0000001201e-1f;
    p = p * (r * r) + r + 1.0f;
    const ints power = ((ints)shifted - 0x4B400000 + 127) << 23;
    *v = (floats)((ints)(p * (floats)power) & (x >= -87.0f));
}

INLINE float dot_of(const float *a, const float *b, size_t count) {
    floats sums[4] = {0};
    size_t i = 0;
    for (; i + 64 <= count; i += 64) {
        for (int k = 0; k < 4; k++) {
            floats x, y;
            load(&x, a + i + 16 * k);
            load(&y, b + i + 16 * k);
            sums[k] += x * y;
        }
    }
    for (; i + 16 <= count; i += 16) {
        floats x, y;
        load(&x, a + i);
        load(&y, b + i);
        sums[0] += x * y;
    }
    floats all = (sums[0] + sums[1]) + (sums[2] + sums[3]);
    float total = sum_of(&all);
    for (; i < count; i++) total += a[i] * b[i];
    return total;
}

KERNEL float kernel_dot_f32(const float *a, const float *b, size_t count) {
    return dot_of(a, b, count);
}

// Rows of a graph's neighbours lie anywhere in a table larger than the caches.
#define ROWS_AHEAD 3

KERNEL void kernel_dot_rows_f32(float *dots, const float *vector, const float *table, size_t width,
                                const uint32_t *rows, size_t count) {
    for (size_t i = 0; i < count && i < ROWS_AHEAD; i++)
        for (size_t at = 0; at < width; at += 16) __builtin_prefetch(table + rows[i] * width + at);
    for (size_t i = 0; i < count; i++) {
        if (i + ROWS_AHEAD < count) {
            const float *next = table + rows[i + ROWS_AHEAD] * width;
            for (size_t at = 0; at < width; at += 16) __builtin_prefetch(next + at);
        }
        dots[i] = dot_of(vector, table + rows[i] * width, width);
    }
}

KERNEL void kernel_dot_all_f32(float *dots, const float *vector, const float *table, size_t width,
                               size_t count) {
    for (size_t row = 0; row < count; row++) dots[row] = dot_of(vector, table + row * width, width);
}

KERNEL void kernel_softmax_f32(float *values, size_t count) {
    float greatest = values[0];
    for (size_t i = 1; i < count; i++) greatest = values[i] > greatest ? values[i] : greatest;
    floats sums = {0};
    size_t i = 0;
    for (; i + 16 <= count; i += 16) {
        floats x = *(floats *)(values + i) - greatest;
        exp_in_place(&x);
        *(floats *)(values + i) = x;
        sums += x;
    }
    if (i < count) {
        float tail[16];
        for (size_t k = 0; k < 16; k++) tail[k] = i + k < count ? values[i + k] - greatest : -100;
        exp_in_place((floats *)tail);
        sums += *(floats *)tail;
        for (size_t k = 0; i + k < count; k++) values[i + k] = tail[k];
    }
    const float total = sum_of(&sums);
    for (i = 0; i < count; i++) values[i] /= total;
}

KERNEL size_t kernel_first_above_f32(const float *values, size_t from, size_t count, float least) {
    for (; from + 16 <= count; from += 16) {
        const ints above = *(const floats *)(values + from) > least;
        if (__builtin_reduce_or(above)) break;
    }
    while (from < count && !(values[from] > least)) from++;
    return from;
}

// The greatest of the columns of a few vectors, side by side: each waits for its own last row only.
INLINE void max_columns_f32(float *greatest, size_t vectors, const float *table, size_t stride,
                            const float *added, size_t count) {
    floats best[4];
    for (size_t k = 0; k < vectors; k++) best[k] = *(const floats *)(table + 16 * k) + added[0];
    for (size_t row = 1; row < count; row++) {
        const float *next = table + row * stride;
        for (size_t k = 0; k < vectors; k++) {
            const floats sum = *(const floats *)(next + 16 * k) + added[row];
            best[k] = __builtin_elementwise_max(best[k], sum);
        }
    }
    for (size_t k = 0; k < vectors; k++) *(floats *)(greatest + 16 * k) = best[k];
}

KERNEL void kernel_max_rows_f32(float *greatest, size_t width, const float *table, size_t stride,
                                const float *added, size_t count) {
    size_t c = 0;
    for (; c + 48 <= width; c += 48)
        max_columns_f32(greatest + c, 3, table + c, stride, added, count);
    for (; c < width; c += 16)
        max_columns_f32(greatest + c, 1, table + c, stride, added, count);
}

// Rows lie far apart in a table larger than the caches: fetching a few ahead hides the wait.
#define AHEAD 6
#define CACHE_LINE 64
#define PROBES_AHEAD 16

// Adds up narrow rows: the sums stay in registers meanwhile.
INLINE void sum_columns_f32(float *sum, size_t vectors, const float *table, size_t stride,
                            const uint32_t *rows, const float *scales, size_t count) {
    floats sums[5];
    for (size_t k = 0; k < vectors; k++) sums[k] = *(const floats *)(sum + 16 * k);
    for (size_t i = 0; i < count; i++) {
        if (i + AHEAD < count) {
            const float *next = table + rows[i + AHEAD] * stride;
            for (size_t k = 0; k < vectors; k++) __builtin_prefetch(next + 16 * k);
        }
        const float *row = table + rows[i] * stride;
        const float scale = scales[i];
        for (size_t k = 0; k < vectors; k++) sums[k] += *(const floats *)(row + 16 * k) * scale;
    }
    for (size_t k = 0; k < vectors; k++) *(floats *)(sum + 16 * k) = sums[k];
}

KERNEL void kernel_sum_rows_f32(float *sum, size_t width, const float *table, size_t stride,
                                const uint32_t *rows, const float *scales, size_t count) {
    switch (width) {
    case 16: return sum_columns_f32(sum, 1, table, stride, rows, scales, count);
    case 32: return sum_columns_f32(sum, 2, table, stride, rows, scales, count);
    case 48: return sum_columns_f32(sum, 3, table, stride, rows, scales, count);
    case 64: return sum_columns_f32(sum, 4, table, stride, rows, scales, count);
    case 80: return sum_columns_f32(sum, 5, table, stride, rows, scales, count);
    }
    for (size_t i = 0; i < count; i++) {
        if (i + AHEAD < count) {
            const char *next = (const char *)(table + rows[i + AHEAD] * stride);
            for (size_t at = 0; at < width * 4; at += CACHE_LINE) __builtin_prefetch(next + at);
        }
        const float *row = table + rows[i] * stride;
        const float scale = scales[i];
        for (size_t c = 0; c < width; c += 16)
            *(floats *)(sum + c) += *(const floats *)(row + c) * scale;
    }
}

// Adds up columns of a few vectors that stay in registers meanwhile; `vectors` is known to the compiler.
INLINE void sum_columns_i8(float *sum, size_t vectors, const int8_t *table, size_t stride,
                           const uint32_t *rows, const float *scales, size_t count) {
    floats sums[4];
    for (size_t k = 0; k < vectors; k++) sums[k] = *(const floats *)(sum + 16 * k);
    for (size_t i = 0; i < count; i++) {
        const int8_t *row = table + rows[i] * stride;
        const float scale = scales[i];
        for (size_t k = 0; k < vectors; k++)
            sums[k] += __builtin_convertvector(*(const bytes *)(row + 16 * k), floats) * scale;
    }
    for (size_t k = 0; k < vectors; k++) *(floats *)(sum + 16 * k) = sums[k];
}

KERNEL void kernel_sum_rows_i8(float *sum, size_t width, const int8_t *table, size_t stride,
                               const uint32_t *rows, const float *scales, size_t count) {
    for (size_t i = 0; i < count; i++) {
        const char *row = (const char *)(table + rows[i] * stride);
        for (size_t at = 0; at < width; at += CACHE_LINE) __builtin_prefetch(row + at);
    }
    size_t c = 0;
    for (; c + 64 <= width; c += 64)
        sum_columns_i8(sum + c, 4, table + c, stride, rows, scales, count);
    for (; c < width; c += 16)
        sum_columns_i8(sum + c, 1, table + c, stride, rows, scales, count);
}

// Finds the hashes from `start` on, up to `end`; those up to `last` are fetched ahead.
INLINE size_t find_rows(const uint64_t *slots, size_t mask, const uint64_t *hashes, size_t start,
                        size_t end, size_t last, uint32_t *rows) {
    size_t found = 0;
    for (size_t i = start; i < end; i++) {
        if (i + PROBES_AHEAD < last) __builtin_prefetch(slots + (hashes[i + PROBES_AHEAD] & mask));
        const uint32_t upper = hashes[i] >> 32;
        for (size_t at = hashes[i] & mask; slots[at] != 0; at = (at + 1) & mask) {
            if (slots[at] >> 32 != upper) continue;
            rows[found++] = (uint32_t)slots[at] - 1;
            break;
        }
    }
    return found;
}

size_t kernel_find_u64(const uint64_t *slots, size_t mask, const uint64_t *hashes, size_t count,
                       uint32_t *rows) {
    return find_rows(slots, mask, hashes, 0, count, count, rows);
}

void kernel_find_groups_u64(const uint64_t *slots, size_t mask, const uint64_t *hashes,
                            size_t *ends, size_t count, uint32_t *rows) {
    const size_t last = count > 0 ? ends[count - 1] : 0;
    size_t start = 0, found = 0;
    for (size_t group = 0; group < count; group++) {
        const size_t end = ends[group];
        found += find_rows(slots, mask, hashes, start, end, last, rows + found);
        ends[group] = found;
        start = end;
    }
}

// Late in training few classes of an example are still wrong: a block of sixteen that has one or
// two of them is cheaper one by one. Both ways round alike.
#define DENSE 3

// Keeps a first step finite and is nothing beside any later history.
#define EPSILON 1e-10f

INLINE void step_one(float *weight, float *history, float gradient, float rate) {
    const float h = *history + gradient * gradient;
    *history = h;
    *weight -= rate * gradient / sqrtf(h + EPSILON);
}

INLINE void step_block(float *weights, float *history, const floats *gradients, float rate) {
    const floats h = *(floats *)history + *gradients * *gradients;
    *(floats *)history = h;
    *(floats *)weights -= rate * *gradients / __builtin_elementwise_sqrt(h + EPSILON);
}

KERNEL void kernel_adagrad_f32(float *table, float *history, size_t width, const uint32_t *rows,
                               const float *values, size_t count, const float *gradient,
                               float rate) {
    for (size_t block = 0; block < width; block += 16) {
        size_t live[16], live_count = 0;
        for (size_t c = block; c < block + 16; c++)
            if (gradient[c] != 0) live[live_count++] = c;
        if (live_count == 0) continue;
        for (size_t i = 0; i < count; i++) {
            const size_t row = rows[i] * width;
            if (live_count >= DENSE) {
                const floats g = *(const floats *)(gradient + block) * values[i];
                step_block(table + row + block, history + row + block, &g, rate);
                continue;
            }
            for (size_t k = 0; k < live_count; k++) {
                const size_t at = row + live[k];
                step_one(table + at, history + at, gradient[live[k]] * values[i], rate);
            }
        }
    }
}

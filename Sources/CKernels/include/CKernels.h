// Wide-vector kernels and elementary functions.
//
// Every result is the same, bit for bit, on every processor: sums keep sixteen lanes that are
// added up in one order, and no multiplication is contracted with an addition. A model trained
// twice is therefore the same file, whatever the machine.

#ifndef CKERNELS_H
#define CKERNELS_H

#include <math.h>
#include <stddef.h>
#include <stdint.h>

#include "TreeKernels.h"
#include "TreeTraining.h"

/// Lanes of a vector; accumulators have a multiple of as many elements.
#define KERNEL_LANES 16

/// The inner product of `a` and `b`, each of `count` elements.
float kernel_dot_f32(const float *a, const float *b, size_t count);

/// The inner products of `vector` with rows of a table of rows of `width` elements, with the same bits as
/// one by one; `rows` says which, and without it they are the first `count`.
void kernel_dot_rows_f32(float *dots, const float *vector, const float *table, size_t width,
                         const uint32_t *rows, size_t count);
void kernel_dot_all_f32(float *dots, const float *vector, const float *table, size_t width,
                        size_t count);

/// Turns logits into probabilities in place: exp(x - max) / sum. Expects finite values, count > 0.
void kernel_softmax_f32(float *values, size_t count);

/// The first place from `from` on whose value is greater than `least`; `count` if there is none.
size_t kernel_first_above_f32(const float *values, size_t from, size_t count, float least);

/// sum[c] += scales[i] * table[rows[i] * stride + c] for each i < count and c < width.
///
/// `width` is a multiple of KERNEL_LANES. It may exceed `stride` where the caller ignores the last
/// elements of `sum`; the table must be readable as far.
void kernel_sum_rows_f32(float *sum, size_t width, const float *table, size_t stride,
                         const uint32_t *rows, const float *scales, size_t count);
void kernel_sum_rows_i8(float *sum, size_t width, const int8_t *table, size_t stride,
                        const uint32_t *rows, const float *scales, size_t count);

/// Looks up hashes in an open-addressed table; gives how many were found, their rows in order.
///
/// A slot holds the upper half of a hash and the row plus one; 0 is empty, and one slot is. The first
/// place of a hash is its lower bits, as many as `mask` has.
size_t kernel_find_u64(const uint64_t *slots, size_t mask, const uint64_t *hashes, size_t count,
                       uint32_t *rows);

/// The same for hashes in groups that follow each other: `ends`, where each group ends among the
/// hashes, tells on return where it ends among the rows.
void kernel_find_groups_u64(const uint64_t *slots, size_t mask, const uint64_t *hashes,
                            size_t *ends, size_t count, uint32_t *rows);

/// greatest[c] = the greatest table[row * stride + c] + added[row] of row < count, for each c < width.
///
/// `width` is a multiple of KERNEL_LANES; count > 0.
void kernel_max_rows_f32(float *greatest, size_t width, const float *table, size_t stride,
                         const float *added, size_t count);

/// One step of AdaGrad on the rows of a softmax regression.
///
/// With g = gradient[c] * values[i], for each i < count and c < width:
/// history[rows[i] * width + c] += g * g, and then table[same] -= rate * g / sqrt(history[same]).
/// A gradient of zero leaves its column as it is. `width` is a multiple of KERNEL_LANES.
void kernel_adagrad_f32(float *table, float *history, size_t width, const uint32_t *rows,
                        const float *values, size_t count, const float *gradient, float rate);

/// sum[c] += table[rows[i] * width + c] for each i < count in turn and c < width; the floats of the table
/// may lie at any address.
void kernel_add_rows_f32(float *sum, size_t width, const void *table, const uint32_t *rows,
                         size_t count);

/// sum[c] += scale * the element c of a row that a product quantizer has coded.
///
/// The row's columns are in parts of `part`, the last of which may be shorter; each part has a code and a
/// block of 256 centroids as long as the part.
void kernel_add_codes_f32(float *sum, size_t width, const uint8_t *codes, const void *centroids,
                          size_t part, float scale);

static inline float kernel_exp_f32(float x) { return expf(x); }
static inline double kernel_exp(double x) { return exp(x); }
static inline double kernel_log(double x) { return log(x); }
static inline double kernel_cos(double x) { return cos(x); }
static inline double kernel_pow(double x, double y) { return pow(x, y); }
static inline double kernel_erfc(double x) { return erfc(x); }
// lgamma leaves the sign in a variable that all threads share.
static inline double kernel_lgamma(double x) { int sign; return lgamma_r(x, &sign); }

#endif

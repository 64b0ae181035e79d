// Kernels of boosted trees: scoring many rows at once.

#include "TreeKernels.h"

#include <math.h>

#include "Kernels.h"

#pragma STDC FP_CONTRACT OFF

typedef double doubles __attribute__((vector_size(64), aligned(8), may_alias));
typedef int64_t longs __attribute__((vector_size(64), aligned(8), may_alias));

/// Vectors of rows that go through a tree together: their bits stay in registers.
#define GROUP 4
/// Rows whose columns stay in a near cache while all trees go over them: 512 bytes a column.
#define BLOCK 64

// Strikes the leaves out that lie left of a split where a row goes right.
INLINE void strike(longs *bits, const longs *goes_right, uint64_t kept) {
    *bits &= ~*goes_right | (longs)((longs){0} + (int64_t)kept);
}

// The number of the lowest bit, from the exponent of that bit as a double.
INLINE void lowest(longs *bits) {
    const longs bit = *bits & -*bits;
    const doubles power = __builtin_convertvector(bit, doubles);
    *bits = (((longs)power >> 52) & 0x7ff) - 1023;
}

INLINE void find_leaves(int64_t *leaves, size_t vectors, const struct tree_crown *crown,
                        const struct tree_split *split, const double *columns, size_t stride) {
    longs bits[GROUP];
    for (size_t v = 0; v < vectors; v++) bits[v] = ~(longs){0};
    for (uint32_t i = 0; i < crown->left_count; i++, split++) {
        const double *column = columns + split->column * stride;
        for (size_t v = 0; v < vectors; v++) {
            const longs right = *(const doubles *)(column + TREE_LANES * v) > split->threshold;
            strike(&bits[v], &right, split->kept);
        }
    }
    for (uint32_t i = crown->left_count; i < crown->count; i++, split++) {
        const double *column = columns + split->column * stride;
        for (size_t v = 0; v < vectors; v++) {
            const longs right = ~(*(const doubles *)(column + TREE_LANES * v) <= split->threshold);
            strike(&bits[v], &right, split->kept);
        }
    }
    for (size_t v = 0; v < vectors; v++) {
        lowest(&bits[v]);
        *(longs *)(leaves + TREE_LANES * v) = bits[v];
    }
}

INLINE double descend(const struct tree_tables *trees, int32_t at, const double *columns,
                      size_t stride) {
    while (at >= 0) {
        const struct tree_descent *split = trees->descents + at;
        const double value = columns[split->column * stride];
        const bool left = split->missing_goes_left ? !(value > split->threshold)
                                                   : value <= split->threshold;
        at = left ? split->left : split->right;
    }
    return trees->lower_values[-1 - at];
}

INLINE void add_values(double *sums, size_t rows, const struct tree_tables *trees,
                       const struct tree_crown *crown, const int64_t *leaves,
                       const double *columns, size_t stride) {
    const double *values = trees->leaf_values + crown->first_leaf;
    const int32_t *descents = trees->leaf_descents + crown->first_leaf;
    if (crown->continues) {
        for (size_t row = 0; row < rows; row++) {
            const int32_t at = descents[leaves[row]];
            sums[row] += at < 0 ? values[leaves[row]]
                                : descend(trees, at, columns + row, stride);
        }
    } else {
        for (size_t row = 0; row < rows; row++) sums[row] += values[leaves[row]];
    }
    // The sum of two floats, rounded to a double and then to a float, is their sum as floats.
    if (trees->rounds_to_float)
        for (size_t row = 0; row < rows; row++) sums[row] = (float)sums[row];
}

INLINE void score_group(double *sums, size_t vectors, const struct tree_tables *trees,
                        const struct tree_crown *crown, const double *columns, size_t stride) {
    int64_t leaves[GROUP * TREE_LANES];
    const struct tree_split *splits = trees->splits + crown->first_split;
    find_leaves(leaves, vectors, crown, splits, columns, stride);
    add_values(sums, vectors * TREE_LANES, trees, crown, leaves, columns, stride);
}

KERNEL void kernel_score_trees(double *sums, size_t rows, const struct tree_tables *trees,
                               const double *columns, size_t stride) {
    for (size_t start = 0; start < rows; start += BLOCK) {
        const size_t end = rows - start < BLOCK ? rows : start + BLOCK;
        for (size_t tree = 0; tree < trees->crown_count; tree++) {
            const struct tree_crown *crown = trees->crowns + tree;
            size_t row = start;
            for (; row + GROUP * TREE_LANES <= end; row += GROUP * TREE_LANES)
                score_group(sums + row, GROUP, trees, crown, columns + row, stride);
            for (; row < end; row += TREE_LANES)
                score_group(sums + row, 1, trees, crown, columns + row, stride);
        }
    }
}

INLINE double adapted(double value, enum tree_column_kind kind) {
    switch (kind) {
    case TREE_NAN_IS_ZERO: return value == value ? value : 0;
    case TREE_ZERO_IS_MISSING: return fabs(value) <= (double)1e-35f ? NAN : value;
    case TREE_PLAIN: return value;
    }
}

KERNEL void kernel_tree_column(double *column, size_t rows, const double *values, size_t stride,
                               enum tree_column_kind kind, bool rounds_to_float) {
    for (size_t row = 0; row < rows; row++) column[row] = values[row * stride];
    if (rounds_to_float)
        for (size_t row = 0; row < rows; row++) column[row] = (float)column[row];
    if (kind != TREE_PLAIN)
        for (size_t row = 0; row < rows; row++) column[row] = adapted(column[row], kind);
}

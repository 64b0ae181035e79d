// Kernels of boosted trees. Included by CKernels.h.

#ifndef TREE_KERNELS_H
#define TREE_KERNELS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/// Rows that are scored together; columns and sums come in multiples of as many.
#define TREE_LANES 8

/// A split in the upper part of a tree, whose leaves are numbered from left to right.
struct tree_split {
    double threshold;
    /// The leaves that a row can still come to where it goes right: all but those on the left.
    uint64_t kept;
    uint32_t column;
};

/// A split below the upper part; a child below 0 is the leaf -1 - child.
struct tree_descent {
    double threshold;
    uint32_t column;
    int32_t left, right;
    bool missing_goes_left;
};

/// The upper part of a tree: at most 64 leaves, some of which may be splits of the lower part.
struct tree_crown {
    /// Of its splits; those where missing values go left come first.
    uint32_t first_split, left_count, count;
    /// Of its leaves' values and continuations.
    uint32_t first_leaf;
    bool continues;
};

struct tree_tables {
    const struct tree_crown *crowns;
    const struct tree_split *splits;
    const double *leaf_values;
    /// By leaf: the split it goes on with, or -1.
    const int32_t *leaf_descents;
    const struct tree_descent *descents;
    /// Leaves of the lower parts.
    const double *lower_values;
    size_t crown_count;
    /// Whether sums are rounded to floats after each tree.
    bool rounds_to_float;
};

/// Adds the value of each tree, in their order, to `sums`.
///
/// columns[column * stride + row]; NaN is missing. `rows` is a multiple of TREE_LANES.
void kernel_score_trees(double *sums, size_t rows, const struct tree_tables *trees,
                        const double *columns, size_t stride);

/// What a column holds of a feature.
enum tree_column_kind { TREE_NAN_IS_ZERO = 0, TREE_ZERO_IS_MISSING = 1, TREE_PLAIN = 2 };

/// column[row] = values[row * stride], rounded to a float if asked for, as its kind has it.
void kernel_tree_column(double *column, size_t rows, const double *values, size_t stride,
                        enum tree_column_kind kind, bool rounds_to_float);

#endif

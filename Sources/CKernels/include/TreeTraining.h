// Kernels of training boosted trees. Included by CKernels.h.
//
// Sums of gradients are integers, so that they are the same in whatever order they are added.

#ifndef TREE_TRAINING_H
#define TREE_TRAINING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/// Features whose bins of a row lie side by side.
#define TREE_BLOCK_FEATURES 8
/// Bins of a feature at most.
#define TREE_MAXIMUM_BINS 256
/// Bits of a weight that count rows; the others are the sum of hessians.
#define TREE_COUNT_BITS 24

/// What is summed of rows.
struct tree_sum {
    int64_t gradient;
    /// hessian << TREE_COUNT_BITS | number of rows
    int64_t weight;
};

/// sums[offsets[k] + bin of feature k] += what each row has, for the eight features of a block.
///
/// bins[row * 8 + k]; `values` has one element a row; `rows` are numbers of rows.
void kernel_tree_histogram(struct tree_sum *sums, const uint32_t *offsets, const uint8_t *bins,
                           const struct tree_sum *values, const uint32_t *rows, size_t count);

/// sums[i] -= taken[i] for each i < count.
void kernel_tree_subtract(struct tree_sum *sums, const struct tree_sum *taken, size_t count);

/// Moves the rows whose bin goes left before the others, either in their order; gives their number.
///
/// The bin of a row is bins[row * 8]; `scratch` has `count` elements.
size_t kernel_tree_partition(uint32_t *rows, uint32_t *scratch, size_t count, const uint8_t *bins,
                             const bool *goes_left);

/// What governs a split of a histogram.
struct tree_split_rule {
    /// What a summed gradient or hessian is multiplied by.
    double gradient_unit, hessian_unit;
    double l1, l2;
    double least_hessian;
    int64_t least_rows;
};

struct tree_bin_split {
    /// Of both sides together, without the parent's; below 0 where there is no split.
    double score;
    /// The last bin on the left.
    uint32_t bin;
    bool missing_goes_left;
    struct tree_sum left;
};

/// The best split "bin <= b" of one feature.
///
/// `bins` values lie in order from 0; where `has_missing` one more bin follows, which is tried on both sides.
struct tree_bin_split kernel_tree_best_split(const struct tree_sum *sums, size_t bins,
                                             bool has_missing, struct tree_sum total,
                                             const struct tree_split_rule *rule);

/// Rows of one query in the order of their scores, each array padded to a multiple of 8.
struct tree_ranked {
    size_t count;
    /// Written by the kernel: exp(score - a score not far above the pair at hand); 1 in the padding.
    double *odds;
    const double *scores;
    /// Of the label: what a place of discount 1 is worth, or whether it is relevant.
    const double *gains;
    const double *discounts;
    /// Number of relevant rows up to here, and the sum of 1 / place over them: for MAP.
    const double *hits, *hit_shares;
    /// Weights of a row as the better and as the worse one of a pair; 0 in the padding.
    const double *better_weights, *worse_weights;
};

struct tree_lambda_rule {
    /// Only pairs with a row among so many first ones count.
    size_t truncation;
    /// Divided by the best value that the query can have.
    double inverse_best;
    bool is_map;
    /// Whether pairs of near scores count more.
    bool normalises;
};

/// Adds the gradients and hessians of all pairs; gives the sum of the pairs' gradients, each twice.
///
/// `deltas` is padded as the others; `lambdas` and `hessians` are added to, padded as well.
double kernel_tree_lambdas(double *lambdas, double *hessians, double *deltas,
                           const struct tree_ranked *ranked, const struct tree_lambda_rule *rule);

#endif

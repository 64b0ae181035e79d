// Kernels of training boosted trees: histograms, splits, gradients of rankings.

#include "TreeTraining.h"

#include <math.h>
#include <string.h>

#include "Kernels.h"

#pragma STDC FP_CONTRACT OFF

typedef double doubles __attribute__((vector_size(64), aligned(8), may_alias));
typedef int64_t longs __attribute__((vector_size(64), aligned(8), may_alias));
typedef int64_t pair __attribute__((vector_size(16), aligned(8), may_alias));

#define LANES 8
#define AHEAD 16

INLINE void add_to_bin(struct tree_sum *sums, const pair *value) { *(pair *)sums += *value; }

void kernel_tree_histogram(struct tree_sum *sums, const uint32_t *offsets, const uint8_t *bins,
                           const struct tree_sum *values, const uint32_t *rows, size_t count) {
    struct tree_sum *feature[TREE_BLOCK_FEATURES];
    for (int k = 0; k < TREE_BLOCK_FEATURES; k++) feature[k] = sums + offsets[k];
    for (size_t i = 0; i < count; i++) {
        const size_t row = rows[i];
        if (i + AHEAD < count) {
            __builtin_prefetch(bins + (size_t)rows[i + AHEAD] * TREE_BLOCK_FEATURES);
            __builtin_prefetch(values + rows[i + AHEAD]);
        }
        uint64_t word;
        memcpy(&word, bins + row * TREE_BLOCK_FEATURES, sizeof word);
        const pair value = *(const pair *)(values + row);
        add_to_bin(feature[0] + (word & 255), &value);
        add_to_bin(feature[1] + (word >> 8 & 255), &value);
        add_to_bin(feature[2] + (word >> 16 & 255), &value);
        add_to_bin(feature[3] + (word >> 24 & 255), &value);
        add_to_bin(feature[4] + (word >> 32 & 255), &value);
        add_to_bin(feature[5] + (word >> 40 & 255), &value);
        add_to_bin(feature[6] + (word >> 48 & 255), &value);
        add_to_bin(feature[7] + (word >> 56), &value);
    }
}

KERNEL void kernel_tree_subtract(struct tree_sum *sums, const struct tree_sum *taken,
                                 size_t count) {
    for (size_t i = 0; i < count; i++) {
        sums[i].gradient -= taken[i].gradient;
        sums[i].weight -= taken[i].weight;
    }
}

size_t kernel_tree_partition(uint32_t *rows, uint32_t *scratch, size_t count, const uint8_t *bins,
                             const bool *goes_left) {
    size_t left = 0, right = 0;
    for (size_t i = 0; i < count; i++) {
        const uint32_t row = rows[i];
        const bool is_left = goes_left[bins[(size_t)row * TREE_BLOCK_FEATURES]];
        rows[left] = row;
        scratch[right] = row;
        left += is_left;
        right += !is_left;
    }
    memcpy(rows + left, scratch, right * sizeof *rows);
    return left;
}

// Scores of the splits after each bin, where both sides suffice; -1 elsewhere.
INLINE void score_splits(double *scores, const struct tree_sum *lefts, size_t count,
                         struct tree_sum total, const struct tree_split_rule *rule) {
    const int64_t mask = ((int64_t)1 << TREE_COUNT_BITS) - 1;
    const int64_t all_rows = total.weight & mask;
    const double all_gradient = (double)total.gradient * rule->gradient_unit;
    const double all_hessian = (double)(total.weight >> TREE_COUNT_BITS) * rule->hessian_unit;
    for (size_t b = 0; b < count; b++) {
        const int64_t rows = lefts[b].weight & mask;
        const double g = (double)lefts[b].gradient * rule->gradient_unit;
        const double h = (double)(lefts[b].weight >> TREE_COUNT_BITS) * rule->hessian_unit;
        const double other = all_gradient - g;
        const double left = fabs(g) - rule->l1, right = fabs(other) - rule->l1;
        const double l = left > 0 ? left : 0, r = right > 0 ? right : 0;
        const double hl = h + rule->l2, hr = (all_hessian - h) + rule->l2;
        const double score = (l * l * hr + r * r * hl) / (hl * hr);
        const int64_t least = rule->least_rows;
        const bool fits = (rows >= least) & (all_rows - rows >= least) &
                          (h >= rule->least_hessian) & (all_hessian - h >= rule->least_hessian) &
                          (hl > 0) & (hr > 0);
        scores[b] = fits ? score : -1;
    }
}

INLINE void take_best(struct tree_bin_split *best, const double *scores,
                      const struct tree_sum *lefts, size_t count, bool missing_goes_left) {
    for (size_t b = 0; b < count; b++) {
        if (!(scores[b] > best->score)) continue;
        best->score = scores[b];
        best->bin = (uint32_t)b;
        best->missing_goes_left = missing_goes_left;
        best->left = lefts[b];
    }
}

KERNEL struct tree_bin_split kernel_tree_best_split(const struct tree_sum *sums, size_t bins,
                                                    bool has_missing, struct tree_sum total,
                                                    const struct tree_split_rule *rule) {
    struct tree_bin_split best = {.score = -1};
    struct tree_sum lefts[TREE_MAXIMUM_BINS];
    double scores[TREE_MAXIMUM_BINS];
    pair sum = {0, 0};
    for (size_t b = 0; b < bins; b++) {
        sum += *(const pair *)(sums + b);
        *(pair *)(lefts + b) = sum;
    }
    const struct tree_sum missing = has_missing ? sums[bins] : (struct tree_sum){0, 0};
    // Beyond the last value there is nothing to go right but what is missing.
    const size_t ends = has_missing && missing.weight != 0 ? bins : bins - 1;
    score_splits(scores, lefts, ends, total, rule);
    take_best(&best, scores, lefts, ends, false);
    if (has_missing && missing.weight != 0) {
        for (size_t b = 0; b < bins; b++) {
            lefts[b].gradient += missing.gradient;
            lefts[b].weight += missing.weight;
        }
        score_splits(scores, lefts, bins - 1, total, rule);
        take_best(&best, scores, lefts, bins - 1, true);
    }
    return best;
}

// How much the measure would change if row i changed places with each row after it.
INLINE void fill_deltas(double *deltas, const struct tree_ranked *r, size_t i,
                        const struct tree_lambda_rule *rule) {
    for (size_t j = i + 1; j < r->count; j++) {
        const double gain = fabs(r->gains[i] - r->gains[j]);
        const double ndcg = fabs(r->discounts[i] - r->discounts[j]);
        const double between = (r->hit_shares[j] - r->gains[j] / (double)(j + 1)) - r->hit_shares[i];
        const double map = fabs(r->hits[j] / (double)(j + 1) -
                                (r->hits[i] + r->gains[j]) / (double)(i + 1) - between);
        const double delta = gain * (rule->is_map ? map : ndcg) * rule->inverse_best;
        deltas[j] = rule->normalises ? delta / (0.01 + fabs(r->scores[i] - r->scores[j])) : delta;
    }
}

/// Odds keep their digits so far below the score that they are relative to; those below DEPTH are nothing.
#define REACH 300.0
#define DEPTH 700.0

// Odds of the rows from `base` on, relative to its score.
static void begin_odds(double *odds, const double *scores, size_t base, size_t count) {
    for (size_t j = base; j < count; j++) odds[j] = exp(fmax(scores[j] - scores[base], -DEPTH));
}

INLINE double sum_of(const doubles *v) {
    const doubles x = *v;
    return ((x[0] + x[4]) + (x[2] + x[6])) + ((x[1] + x[5]) + (x[3] + x[7]));
}

// Macros, as vectors passed by value would differ between clones.
#define AT(values, i) (*(const doubles *)((values) + (i)))
#define EITHER(choice, yes, no) (doubles)(((choice) & (longs)(yes)) | (~(choice) & (longs)(no)))

KERNEL double kernel_tree_lambdas(double *lambdas, double *hessians, double *deltas,
                                  const struct tree_ranked *r,
                                  const struct tree_lambda_rule *rule) {
    doubles total = {0};
    size_t base = 0;
    begin_odds(r->odds, r->scores, 0, r->count);
    for (size_t i = 0; i < rule->truncation && i + 1 < r->count; i++) {
        if (r->scores[base] - r->scores[i] > REACH) {
            base = i;
            begin_odds(r->odds, r->scores, base, r->count);
        }
        fill_deltas(deltas, r, i, rule);
        doubles own_lambda = {0}, own_hessian = {0};
        for (size_t j = i + 1; j < r->count; j += LANES) {
            const doubles gap = r->gains[i] - AT(r->gains, j);
            const doubles odds = AT(r->odds, j);
            const longs i_is_better = gap > 0;
            const doubles worse = EITHER(i_is_better, odds, (doubles){0} + r->odds[i]);
            const doubles wrong = worse / (r->odds[i] + odds);
            const doubles weight =
                EITHER(i_is_better, r->better_weights[i] * AT(r->worse_weights, j),
                       r->worse_weights[i] * AT(r->better_weights, j));
            const doubles slope = AT(deltas, j) * weight * wrong;
            const doubles curve = slope * (1 - wrong);
            const doubles sign = EITHER(i_is_better, slope, -slope);
            own_lambda += sign;
            own_hessian += curve;
            total += slope;
            *(doubles *)(lambdas + j) += sign;
            *(doubles *)(hessians + j) += curve;
        }
        lambdas[i] -= sum_of(&own_lambda);
        hessians[i] += sum_of(&own_hessian);
    }
    return 2 * sum_of(&total);
}

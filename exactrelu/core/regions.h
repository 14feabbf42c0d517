/* Activation regions of a network on a bounded convex polygon. */

#ifndef EXACTRELU_REGIONS_H
#define EXACTRELU_REGIONS_H

#include <stdint.h>

#include "limbs.h"
#include "memory.h"

/* An affine form a x + b y + c, and a bound `error` of (|da| + |db|) R + |dc| for its difference to the exact form: so
 * it bounds the difference of the values wherever |x|, |y| <= R. */
typedef struct {
    double a, b, c, error;
} Estimate;

/* A group of nodes in a row, from `first` to before `end`.
 *
 * Units: node first + i is the positive part of node sources[i]. Affine nodes: node first + j is biases[j] + the sum of
 * weights[i * (end - first) + j] * node sources[i] over i < count, the sources in increasing order. Weights and biases
 * are given twice: as doubles, with a relative error of at most 2^-52, and as integers of `width` limbs each, for the
 * nodes times a positive number each.
 * All entries of the nodes' forms, as integers, are below 2^(64 limbs - 1) in modulus; limbs = 0: there are none.
 * If the group is `whole`, the doubles are these integers, and no sum of them reaches 2^53 on any way to the forms. */
typedef struct {
    int units, first, end, count, whole, limbs, width, column;
    int64_t place;
    const int32_t *sources;
    const double *weights, *biases;
    const Limb *exact_weights, *exact_biases;
} Group;

/* What is counted: the groups, the inputs being nodes 0 and 1; the `sides` of the domain, a convex polygon that lies to
 * their left, counterclockwise, no two neighbours of which are parallel, and R, a bound of its coordinates.
 *
 * `ends` are the outputs. Their forms on every region are appended to `estimates`; or, if `list`, regions are listed:
 * in `counts` how many sides each has, in `boundary` the numbers of their lines, counterclockwise, in `points` x and y,
 * rounded, of the corner after each, in `patterns` a byte for each unit, in `lines` the integers of all lines, of
 * `line_limbs` limbs, those of the domain first, in `kinks` their units or -1, in `forms` the integers of the outputs'
 * forms.
 * `interrupted` is asked now and then whether the work has to end; it ends, too, if there are more than `most` regions.
 */
typedef struct {
    int groups, nodes, units, outputs, sides, side_limbs, list, line_limbs, form_limbs;
    const Group *group;
    const int32_t *ends;
    const Estimate *side;
    const Limb *exact_side;
    double R;
    int (*interrupted)(void *);
    void *context;
    int64_t most, regions;
    Bytes estimates, counts, boundary, points, patterns, lines, kinks, forms;
} Census;

/* How it ends: all is proven; integers are needed that are not there; signals; no memory; regions that do not fill the
 * domain, or are not one more than the cuts, so that there is an error in this code; more regions than asked for. */
enum { COUNTED, UNDECIDED, INTERRUPTED, OUT_OF_MEMORY, IMPOSSIBLE, TOO_MANY };

int count_regions(Census *census);

#endif

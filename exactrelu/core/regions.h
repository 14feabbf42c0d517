/* Activation regions of a network in general position, counted with floating-point numbers and proven bounds. */

#ifndef EXACTRELU_REGIONS_H
#define EXACTRELU_REGIONS_H

#include <stdint.h>

/* An affine form a x + b y + c, and a bound `error` of (|da| + |db|) R + |dc| for its difference to the exact form: so
 * it bounds the difference of the values wherever |x|, |y| <= R. */
typedef struct {
    double a, b, c, error;
} Estimate;

/* A group of nodes in a row, from `first` to before `end`.
 *
 * Units: node first + i is the positive part of node sources[i]. Affine nodes: node first + j is biases[j] + the sum of
 * weights[i * (end - first) + j] * node sources[i] over i < count; there are `terms` of them that are not zero in a
 * node, at most. Weights and biases are the exact numbers with a relative error of at most 2^-52. */
typedef struct {
    int units, first, end, count;
    const int32_t *sources;
    const double *weights, *biases;
} Group;

/* What is counted: the groups, the inputs being nodes 0 and 1; the `sides` of the domain, a convex polygon that lies to
 * their left, counterclockwise, and R, a bound of its coordinates. `ends` are the nodes whose forms on every region are
 * appended to `found`. `interrupted` is asked now and then whether the work has to end. */
typedef struct {
    int groups, nodes, outputs, sides;
    const Group *group;
    const int32_t *ends;
    const Estimate *side;
    double R;
    int (*interrupted)(void *);
    void *context;
    int64_t regions;
    Estimate *found;
    int64_t count, room;
} Census;

/* How it ends: all is proven; a sign, or something else, is not; signals; no memory. */
enum { COUNTED, UNDECIDED, INTERRUPTED, OUT_OF_MEMORY };

int count_regions(Census *census);

#endif

/* Networks in integers, reduced to polygons: the twin of exactrelu.planar.enclosure, one polygon at a time.
 *
 * A variant of a network (exactrelu.planar.variants) has slots. Slot 0 is the constant 1, then come the nodes of one
 * variable, then the others in topological order. The node of a slot is held as value * S with a positive integer S of
 * its own, so that all weights are integers.
 */

#ifndef EXACTRELU_NETWORK_H
#define EXACTRELU_NETWORK_H

#include <stddef.h>

#include "memory.h"
#include "polygon.h"

#define MOST_OUTPUTS 16
#define MOST_SWITCHES 64

/* A function of one variable times its S: the knots in increasing order, and one segment more than there are knots.
 *
 * `floors` and `ceilings` are those of the value at the knots. */
typedef struct {
    int axis, knots;
    const int64_t *numerators, *denominators, *slopes, *intercepts, *floors, *ceilings;
} Function;

/* The weight has 104 bits, 2^64 * high + low, so that a term has 16 bytes; there are less than 2^23 slots. */
typedef struct {
    int64_t high : 40, source : 24;
    uint64_t low;
} Term;

static inline wide weight_of(const Term *term)
{
    return (wide)((unsigned_wide)(wide)term->high << 64 | term->low);
}

static inline void set_weight(Term *term, wide weight)
{
    term->high = (int64_t)(weight >> 64);
    term->low = (uint64_t)weight;
}

enum { UNIVARIATE, SUM, RECTIFIED };

/* The node of a slot: form + the sum of weight * source over terms[first .. last), or the positive part of that.
 *
 * A univariate node has no terms; its kinks on the polygon are among knots first .. last - 1. */
typedef struct {
    int32_t slot, kind, first, last;
    Form form;
} Step;

/* A network reduced to a polygon: what is undecided there, in slot order, and the forms of the outputs that are known.
 */
typedef struct {
    int count, size, undecided;
    Step *steps;
    Term *terms;
    char known[MOST_OUTPUTS];
    Form outputs[MOST_OUTPUTS];
} Net;

/* `functions[slot]` is the function of a univariate slot. Output k is the slot `outputs[k]`, 0 for one that is zero,
 * and times `scales[k]`; `cancels[k]` says that it is a sum which nothing else uses. `switches` are functions, in
 * order. */
typedef struct {
    uint64_t zeros;
    int slots, switches;
    Net whole;
    const Function **functions, *switched[MOST_SWITCHES];
    int outputs[MOST_OUTPUTS], cancels[MOST_OUTPUTS];
    wide scales[MOST_OUTPUTS];
} Variant;

/* What is known of a node: it is zero, it is a form, it is in [low, high] / T, it is in form + [low, high] / T. */
enum { ZERO, KNOWN, OPEN, SHIFTED };

/* The enclosures of the slots on one polygon.
 *
 * `step` is the number of the step of an undecided slot in the reduced network, `needed` says whether an output needs
 * it. */
typedef struct {
    char *state, *needed;
    Form *form;
    wide *low, *high;
    int32_t *step;
} Enclosures;

/* Where a polygon is to be cut: where a unit changes sign, or at a kink of a function of one variable. */
typedef struct {
    Form line;
    int at_unit;
} Cut;

enum { DONE, OVERFLOW, MISMATCH, CONTRADICTION, STOPPED, NO_MEMORY };

void inner_knots(const Function *function, const Polygon *polygon, int from, int to, int *first, int *last);
Form kink_line(const Function *function, int first, int last);
int reduce(
    const Variant *variant, const Polygon *polygon, const Net *in, Net *out, Cut *cut, int side,
    Enclosures *work, Stack *steps, Stack *terms
);

#endif

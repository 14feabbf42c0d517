#define _POSIX_C_SOURCE 199309L  /* clock_gettime */

/* Roots cut into pieces. What becomes of a polygon depends on it alone: first it is cut at a kink inside it of a switch
 * that its variant uses; if there is none, the network is reduced to it, and it is a piece if all outputs are known,
 * and is cut where `reduce` says otherwise.
 *
 * Neighbouring roots share work, and so do the parts of a root: the network is reduced to the bounding box of a range
 * of roots, for each variant when it is first needed, and the halves of the range start from there, down to the box of
 * a single root. Reducing in steps changes no decision (network.c).
 *
 * Where a unit changes sign on a polygon and nothing else is left to decide, both halves are pieces, whatever their
 * vertices are. Then they are not made: of all points, those have the longest numbers. */

#include "descend.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

/* So many polygons are looked at, about a hundredth of a second, before signals and the clock are. */
#define PATIENCE 512

/* Look at signals and at the clock, now and then. */
static void look_up(Run *run)
{
    struct timespec now;
    if (++run->evaluations % PATIENCE || run->stopped || run->late)
        return;
    run->stopped = run->interrupted(run->context);
    clock_gettime(CLOCK_MONOTONIC, &now);
    run->late = run->deadline && (int64_t)now.tv_sec * 1000000000 + now.tv_nsec >= run->deadline;
}

/* The union of the groups of switches that are zero on a polygon. */
static uint64_t useful_zeros(const Network *network, const Polygon *polygon)
{
    uint64_t zeros = 0, useful = 0;
    for (int s = 0; s < network->switches; s++) {
        const Function *function = network->function + network->switched[s];
        int first, last;
        inner_knots(function, polygon, 0, function->knots, &first, &last);
        if (first == last && !function->slopes[first] && !function->intercepts[first])
            zeros |= (uint64_t)1 << s;
    }
    for (int g = 0; g < network->groups; g++)
        if ((network->group[g] & zeros) == network->group[g])
            useful |= network->group[g];
    return useful;
}

/* Find the line of a kink inside the polygon of a switch that the variant uses; return whether there is one. */
static int switch_line(const Variant *variant, const Polygon *polygon, Form *line)
{
    for (int s = 0; s < variant->switches; s++) {
        const Function *function = variant->switched[s];
        int first, last;
        inner_knots(function, polygon, 0, function->knots, &first, &last);
        if (first < last) {
            *line = kink_line(function, first, last);
            return 1;
        }
    }
    return 0;
}

/* Return a copy of a net that is reduced to a box, with memory of its own. */
static int keep(Net *kept, const Net *net)
{
    *kept = *net;
    kept->steps = malloc((size_t)net->count * sizeof(Step) + 1);
    kept->terms = malloc((size_t)net->size * sizeof(Term) + 1);
    if (!kept->steps || !kept->terms) {
        free(kept->steps);
        free(kept->terms);
        return NO_MEMORY;
    }
    memcpy(kept->steps, net->steps, (size_t)net->count * sizeof(Step));
    memcpy(kept->terms, net->terms, (size_t)net->size * sizeof(Term));
    return DONE;
}

/* Return the network of a variant as it is reduced to the range of roots number `depth`; NULL if there is no memory.
 *
 * Where that overflows, the larger range has to do. */
static const Net *inherited(Descent *descent, int depth, int v)
{
    const Variant *variant = descent->run->network->variant[v];
    if (depth < 0)
        return &variant->whole;
    Range_of_roots *range = descent->ranges + depth;
    const Net *larger = NULL;
    if (!range->usable || !range->made[v]) {
        larger = inherited(descent, depth - 1, v);
        if (!larger || !range->usable || !larger->undecided)
            return larger;
        Net net;
        Mark steps = stack_mark(&descent->steps), terms = stack_mark(&descent->terms);
        int status = reduce(
            variant, &range->box, larger, &net, NULL, 0, &descent->run->network->scratch, &descent->steps, &descent->terms
        );
        if (status == DONE)
            status = keep(range->nets + v, &net);
        stack_release(&descent->steps, steps);
        stack_release(&descent->terms, terms);
        if (status == NO_MEMORY)
            return NULL;
        if (status != DONE)
            return larger;
        range->made[v] = 1;
    }
    return range->nets + v;
}

/* Cut a polygon into pieces. The polygon that it was cut from had variant number v, v < 0 for a root, reduced to `in`;
 * `kept` is what this goes back to, the network reduced to the box of the root. */
static int descend_into(Descent *descent, const Polygon *polygon, int v, const Net *kept, const Net *in, int depth)
{
    Run *run = descent->run;
    Network *network = run->network;
    look_up(run);
    if (run->stopped)
        return STOPPED;
    if (run->late)
        return leave(descent, polygon, &run->left);
    if (depth == MOST_DEPTH)
        return leave(descent, polygon, &run->given_back);
    uint64_t zeros = useful_zeros(network, polygon);
    if (v < 0 || network->variant[v]->zeros != zeros) {
        for (v = 0; v < network->variants && network->variant[v]->zeros != zeros; v++)
            ;
        if (v == network->variants) {
            descent->root->wanted = zeros;
            return MISSING;
        }
        in = kept = inherited(descent, descent->depth - 1, v);
        if (!in)
            return NO_MEMORY;
    }
    const Variant *variant = network->variant[v];
    int overflow = 0, status = DONE, finished = 0;
    Cut cut = {.at_unit = 0};
    Net out;
    Mark steps = stack_mark(&descent->steps), terms = stack_mark(&descent->terms);
    if (!switch_line(variant, polygon, &cut.line)) {
        if (in->undecided) {
            status = reduce(variant, polygon, in, &out, &cut, 0, &network->scratch, &descent->steps, &descent->terms);
            in = &out;
        }
        if (status == DONE && !in->undecided) {
            status = finish_piece(descent, polygon, variant, in, kept);
            finished = 1;
        } else if (status == DONE && cut.at_unit && !run->collect) {
            status = finish_halves(descent, polygon, variant, in, kept, &cut, &finished);
            descent->root->cuts += finished;
        }
    }
    if (status == DONE && !finished) {
        Polygon below, above;
        split(polygon, &cut.line, &below, &above, &overflow);
        if (overflow) {
            status = OVERFLOW;
        } else {
            descent->root->cuts++;
            status = descend_into(descent, &below, v, kept, in, depth + 1);
            if (status == DONE)
                status = descend_into(descent, &above, v, kept, in, depth + 1);
        }
    }
    if (status == OVERFLOW)
        status = leave(descent, polygon, &run->given_back);
    stack_release(&descent->steps, steps);
    stack_release(&descent->terms, terms);
    return status;
}

/* Cut a root into pieces; if that fails, what was listed of it is taken back. */
static void descend_root(Descent *descent, Root *root)
{
    Run *run = descent->run;
    size_t pieces = run->pieces.count, left = run->left.count, given_back = run->given_back.count;
    descent->root = root;
    root->pieces = root->left = root->cuts = 0;
    root->area = 0;
    root->status = run->stopped ? STOPPED : descend_into(descent, &root->polygon, -1, NULL, NULL, 0);
    if (root->status != DONE) {
        run->pieces.count = pieces;
        run->left.count = left;
        run->given_back.count = given_back;
    }
}

/* The bounding box of some roots; not `usable` if a coordinate does not fit. */
static void bound(Range_of_roots *range, const Root *roots, int count)
{
    Range extent[2] = {roots->polygon.extent[0], roots->polygon.extent[1]};
    for (int i = 1; i < count; i++)
        for (int axis = 0; axis < 2; axis++) {
            const Range *own = roots[i].polygon.extent + axis;
            if (less(own->low, own->low_weight, extent[axis].low, extent[axis].low_weight)) {
                extent[axis].low = own->low;
                extent[axis].low_weight = own->low_weight;
            }
            if (less(extent[axis].high, extent[axis].high_weight, own->high, own->high_weight)) {
                extent[axis].high = own->high;
                extent[axis].high_weight = own->high_weight;
            }
        }
    int overflow = 0;
    range->box.count = 4;
    for (int corner = 0; corner < 4; corner++) {
        int right = corner == 1 || corner == 2, upper = corner > 1;
        int64_t x = right ? extent[0].high : extent[0].low, y = upper ? extent[1].high : extent[1].low;
        int64_t p = right ? extent[0].high_weight : extent[0].low_weight;
        int64_t q = upper ? extent[1].high_weight : extent[1].low_weight;
        /* (x / p, y / q) over the product of the weights; all numbers here are below 2^108 */
        wide X = (wide)x * q, Y = (wide)y * p, W = (wide)p * q;
        wide divisor = (wide)common_divisor(common_divisor(modulus(X), modulus(Y)), modulus(W));
        Point *point = range->box.vertices + corner;
        point->X = coordinate(X / divisor, &overflow);
        point->Y = coordinate(Y / divisor, &overflow);
        point->W = coordinate(W / divisor, &overflow);
    }
    range->usable = !overflow;
    if (!overflow)
        find_extents(&range->box);
}

/* The number of the first root of a range, sorted by places, that has the highest bit in which places differ. */
static int middle_of(const Root *roots, int first, int count)
{
    int64_t low = roots[first].place, difference = low ^ roots[first + count - 1].place, bit = 1;
    while (difference >>= 1)
        bit <<= 1;
    int last = first + count - 1;
    while (last - first > 1) {
        int middle = first + (last - first) / 2;
        if ((roots[middle].place ^ low) >= bit)
            last = middle;
        else
            first = middle;
    }
    return last;
}

/* Work through a range of roots, halving it down to roots in the same place, and to single ones. */
static int descend_range(Descent *descent, int first, int count)
{
    Run *run = descent->run;
    Range_of_roots *range = descent->ranges + descent->depth++;
    int variants = run->network->variants, status;
    bound(range, run->roots + first, count);
    range->nets = malloc((size_t)variants * sizeof(Net) + 1);
    range->made = calloc((size_t)variants + 1, 1);
    status = range->nets && range->made ? DONE : NO_MEMORY;
    if (status == DONE && count == 1) {
        descend_root(descent, run->roots + first);
    } else if (status == DONE && run->roots[first].place == run->roots[first + count - 1].place) {
        for (int i = first; status == DONE && i < first + count; i++)
            status = descend_range(descent, i, 1);
    } else if (status == DONE) {
        int middle = middle_of(run->roots, first, count);
        status = descend_range(descent, first, middle - first);
        if (status == DONE)
            status = descend_range(descent, middle, first + count - middle);
    }
    for (int v = 0; range->made && v < variants; v++)
        if (range->made[v]) {
            free(range->nets[v].steps);
            free(range->nets[v].terms);
        }
    free(range->nets);
    free(range->made);
    descent->depth--;
    return status;
}

/* Work through all roots of a run; return DONE or NO_MEMORY. Each root says how it ended. */
int descend(Run *run, int roots)
{
    Descent descent = {.run = run};
    int status = roots ? descend_range(&descent, 0, roots) : DONE;
    stack_free(&descent.steps);
    stack_free(&descent.terms);
    for (int i = 0; status == DONE && i < roots; i++)
        if (run->roots[i].status == NO_MEMORY)
            status = NO_MEMORY;
    return status;
}

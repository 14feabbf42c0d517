/* One network, one polygon: bounds on all nodes, and what is left of the network where they are decided.
 *
 * Over a polygon a node is enclosed by an affine form plus an interval, node in form + [low, high]. A function of one
 * variable without a kink inside is known, else it is 0 plus its range. A sum adds enclosures. A unit passes its input
 * on if that is >= 0 at all vertices, is zero if it is <= 0, and is 0 + [0, maximum] otherwise. These are the steps of
 * exactrelu.planar.enclosure, with the same integers.
 *
 * Reduced networks. What is known on a polygon is known on every part of it, and with the same form. At every point the
 * enclosure on a part lies within the enclosure on the whole, because each step above is monotone: so units that pass
 * or are zero stay so, and what an output does not need on the whole it does not need on a part. Hence the parts
 * inherit the undecided steps only, known nodes folded into forms, and every decision is the one that the whole network
 * would have led to. That is why the plain twin, which starts from the whole network on each polygon, finds the same
 * pieces.
 *
 * Integers. Intervals are held times T, the least common multiple of the W of the vertices, so that the value of a form
 * at a vertex is an integer times 1 / T, too. T has to be below 2^62. Nothing is rounded but ranges of functions, to
 * integers, outwards, as in the twin. */

#include "network.h"

/* Find the knots strictly inside the extent of a polygon: first .. last - 1. All others are outside of from .. to - 1.
 */
void inner_knots(const Function *function, const Polygon *polygon, int from, int to, int *first, int *last)
{
    const Range *range = polygon->extent + function->axis;
    int low = from, high = to;
    while (low < high) {
        int middle = low + (high - low) / 2;
        if (less(range->low, range->low_weight, function->numerators[middle], function->denominators[middle]))
            high = middle;
        else
            low = middle + 1;
    }
    *first = low;
    high = to;
    while (low < high) {
        int middle = low + (high - low) / 2;
        if (less(function->numerators[middle], function->denominators[middle], range->high, range->high_weight))
            low = middle + 1;
        else
            high = middle;
    }
    *last = low;
}

/* The line through the middle one of some knots. */
Form kink_line(const Function *function, int first, int last)
{
    int middle = first + (last - first) / 2;
    Form line = {0, 0, -(wide)function->numerators[middle]};
    *(function->axis ? &line.b : &line.a) = function->denominators[middle];
    return line;
}

/* The least common multiple of the W of the vertices, which raises the flag unless it is below 2^62. */
static int64_t common_weight(const Polygon *polygon, int *overflow)
{
    wide common = 1;
    for (int i = 0; i < polygon->count; i++) {
        int64_t W = polygon->vertices[i].W;
        if ((int64_t)common % W == 0)
            continue;
        /* the factors are below 2^62 and 2^54 */
        common = common / (wide)common_divisor(common, W) * W;
        if (common >> 62) {
            *overflow = 1;
            return 1;
        }
    }
    return (int64_t)common;
}

/* Enclose a function on a polygon; return whether it has no kink inside, and else note the knots in `step`. */
static int enclose_function(
    const Function *function, const Polygon *polygon, int64_t T, Step *step, Enclosures *work, int *overflow
)
{
    int first, last, slot = step->slot;
    inner_knots(function, polygon, step->first, step->last, &first, &last);
    int64_t slope = function->slopes[first], intercept = function->intercepts[first];
    if (first == last) {
        Form form = {function->axis ? 0 : slope, function->axis ? slope : 0, intercept};
        work->form[slot] = form;
        work->state[slot] = slope || intercept ? KNOWN : ZERO;
        return 1;
    }
    /* the ends of the extent and the knots inside; |slope * low + intercept * weight| < 2^63 * 2^54 * 2 */
    const Range *range = polygon->extent + function->axis;
    wide left = (wide)slope * range->low + (wide)intercept * range->low_weight;
    wide right = (wide)function->slopes[last] * range->high + (wide)function->intercepts[last] * range->high_weight;
    wide low = floor_of(left, range->low_weight), high = -floor_of(-left, range->low_weight);
    wide other = floor_of(right, range->high_weight);
    low = other < low ? other : low;
    other = -floor_of(-right, range->high_weight);
    high = other > high ? other : high;
    for (int knot = first; knot < last; knot++) {
        low = function->floors[knot] < low ? function->floors[knot] : low;
        high = function->ceilings[knot] > high ? function->ceilings[knot] : high;
    }
    work->low[slot] = times(low, T, overflow);
    work->high[slot] = times(high, T, overflow);
    work->state[slot] = OPEN;
    step->first = first;
    step->last = last;
    return 0;
}

/* The least and the largest value of a form at the vertices, times T: `factors` are T / W. */
static void extremes(
    const Form *form, const Polygon *polygon, const int64_t *factors, wide *least, wide *most, int *overflow
)
{
    for (int i = 0; i < polygon->count; i++) {
        wide at = times(value_at(form, polygon->vertices + i), factors[i], overflow);
        *least = !i || at < *least ? at : *least;
        *most = !i || at > *most ? at : *most;
    }
}

static int is_zero(const Form *form)
{
    return !form->a && !form->b && !form->c;
}

static void know(int slot, const Form *form, Enclosures *work)
{
    work->form[slot] = *form;
    work->state[slot] = is_zero(form) ? ZERO : KNOWN;
}

static void add_multiple(Form *sum, const Form *form, wide weight, int *overflow)
{
    sum->a = plus(sum->a, times(form->a, weight, overflow), overflow);
    sum->b = plus(sum->b, times(form->b, weight, overflow), overflow);
    sum->c = plus(sum->c, times(form->c, weight, overflow), overflow);
}

/* The form with these entries on a polygon, which are checked; zero if one does not fit. */
static Form checked_form(wide a, wide b, wide c, const Polygon *polygon, int *overflow)
{
    Form form = {a, b, c}, zero = {0, 0, 0};
    wide limit = (wide)1 << (124 - polygon->bits);
    if (a < limit && a > -limit && b < limit && b > -limit && c < limit && c > -limit)
        return form;
    *overflow = 1;
    return zero;
}

/* Take from the sum of an output the pairs of units that cancel: c f+ - d h+ = 0 where c f = d h and c, d > 0.
 *
 * Only units whose input is known, f and h, are looked at. A weight 0 marks what has gone; return whether any has. */
static int cancel(const Step *sum, Term *terms, const Step *steps, const Enclosures *work, int *overflow)
{
    int any = 0;
    for (int j = sum->first; j < sum->last; j++) {
        const Step *plus_unit = steps + work->step[terms[j].source];
        if (weight_of(terms + j) <= 0 || plus_unit->kind != RECTIFIED || plus_unit->first != plus_unit->last)
            continue;
        for (int i = sum->first; i < sum->last; i++) {
            const Step *minus_unit = steps + work->step[terms[i].source];
            if (weight_of(terms + i) >= 0 || minus_unit->kind != RECTIFIED || minus_unit->first != minus_unit->last)
                continue;
            Form difference = {0, 0, 0};
            add_multiple(&difference, &plus_unit->form, weight_of(terms + j), overflow);
            add_multiple(&difference, &minus_unit->form, weight_of(terms + i), overflow);
            if (is_zero(&difference)) {
                set_weight(terms + j, 0);
                set_weight(terms + i, 0);
                any = 1;
                break;
            }
        }
    }
    return any;
}

/* Note what is known of the outputs, cancelling in their sums; mark the steps that the others need directly. */
static void settle_outputs(
    const Variant *variant, const Net *in, Net *out, int count, Term *terms, Enclosures *work, int *overflow
)
{
    out->undecided = 0;
    for (int k = 0; k < MOST_OUTPUTS; k++) {
        int slot = variant->outputs[k];
        out->known[k] = 1;
        if (in->known[k]) {
            out->outputs[k] = in->outputs[k];
        } else if (work->state[slot] == KNOWN) {
            out->outputs[k] = work->form[slot];
        } else if (work->state[slot] == ZERO) {
            out->outputs[k].a = out->outputs[k].b = out->outputs[k].c = 0;
        } else {
            Step *step = out->steps + work->step[slot];
            if (variant->cancels[k] && cancel(step, terms, out->steps, work, overflow)) {
                int kept = step->first;
                for (int t = step->first; t < step->last; t++)
                    if (weight_of(terms + t))
                        terms[kept++] = terms[t];
                step->last = kept;
            }
            if (variant->cancels[k] && step->first == step->last) {
                out->outputs[k] = step->form;
            } else {
                out->known[k] = 0;
                out->undecided++;
                work->needed[slot] = 1;
            }
        }
    }
    for (int s = count - 1; s >= 0; s--) {
        const Step *step = out->steps + s;
        if (work->needed[step->slot] && step->kind != UNIVARIATE)
            for (int t = step->first; t < step->last; t++)
                work->needed[terms[t].source] = 1;
    }
}

/* Keep the needed steps. Return where the polygon is to be cut: at a kink of the first function of one variable that is
 * left, or, if there is none, where the first unit changes sign whose input is known. */
static int keep_needed(const Variant *variant, Net *out, int count, const Enclosures *work, Cut *cut)
{
    int kink = -1, sign = -1;
    out->count = 0;
    for (int s = 0; s < count; s++) {
        const Step *step = out->steps + s;
        if (!work->needed[step->slot])
            continue;
        if (step->kind == UNIVARIATE && kink < 0)
            kink = out->count;
        if (step->kind == RECTIFIED && step->first == step->last && sign < 0)
            sign = out->count;
        out->steps[out->count++] = *step;
    }
    if (kink >= 0) {
        const Step *step = out->steps + kink;
        cut->line = kink_line(variant->functions[step->slot], step->first, step->last);
        cut->at_unit = 0;
    } else if (sign >= 0) {
        cut->line = primitive(&out->steps[sign].form);
        cut->at_unit = 1;
    }
    return kink >= 0 || sign >= 0;
}

/* Enclose the node of a step with terms or a form; return whether it is left open and hence a step of the reduced net.
 *
 * `terms` are those of the step that are open, first .. last - 1, and `form` is the rest. */
static int enclose_node(
    Step *step, const Form *form, const Term *terms, const Polygon *polygon, const int64_t *factors,
    Enclosures *work, int *overflow
)
{
    int slot = step->slot;
    wide least = 0, most = 0, low = 0, high = 0, a = form->a, b = form->b, c = form->c;
    if (step->first == step->last && step->kind == SUM) {
        know(slot, form, work);
        return 0;
    }
    for (int t = step->first; t < step->last; t++) {
        int source = terms[t].source;
        wide weight = weight_of(terms + t);
        if (work->state[source] == SHIFTED) {
            const Form *enclosure = work->form + source;
            a = plus(a, times(enclosure->a, weight, overflow), overflow);
            b = plus(b, times(enclosure->b, weight, overflow), overflow);
            c = plus(c, times(enclosure->c, weight, overflow), overflow);
        }
        wide *sum_of_lows = weight > 0 ? &low : &high, *sum_of_highs = weight > 0 ? &high : &low;
        *sum_of_highs = plus(*sum_of_highs, times(work->high[source], weight, overflow), overflow);
        if (work->low[source])
            *sum_of_lows = plus(*sum_of_lows, times(work->low[source], weight, overflow), overflow);
    }
    Form whole = checked_form(a, b, c, polygon, overflow);
    if (step->kind == RECTIFIED) {
        extremes(&whole, polygon, factors, &least, &most, overflow);
        least = plus(least, low, overflow);
        most = plus(most, high, overflow);
        if (most <= 0) {
            work->state[slot] = ZERO;
            return 0;
        }
        if (least >= 0 && step->first == step->last) {
            know(slot, form, work);
            return 0;
        }
        if (least < 0) {
            step->form = *form;
            work->low[slot] = 0;
            work->high[slot] = most;
            work->state[slot] = OPEN;
            return 1;
        }
        step->kind = SUM;
    }
    step->form = *form;
    work->form[slot] = whole;
    work->low[slot] = low;
    work->high[slot] = high;
    work->state[slot] = SHIFTED;
    return 1;
}

/* 1 if a form is a positive multiple of a primitive one, -1 if it is a negative one, else 0. */
static int orientation(const Form *form, const Form *line)
{
    Form p = primitive(form);
    if (p.a == line->a && p.b == line->b && p.c == line->c)
        return 1;
    return p.a == -line->a && p.b == -line->b && p.c == -line->c ? -1 : 0;
}

/* Reduce the network `in` to a polygon, or, if `side` is not zero, to the part of it on one side of `cut`, a line
 * where a unit changes sign: where its form is <= 0 for the side -1, >= 0 for 1. `out` stays on the stacks. Return DONE,
 * OVERFLOW, NO_MEMORY or CONTRADICTION.
 *
 * Unless `side` is not zero, `cut` is NULL or all outputs are known, `cut` becomes where the polygon is to be cut. */
int reduce(
    const Variant *variant, const Polygon *polygon, const Net *in, Net *out, Cut *cut, int side,
    Enclosures *work, Stack *step_stack, Stack *term_stack
)
{
    int overflow = 0, count = 0;
    int64_t factors[MOST_VERTICES], T = common_weight(polygon, &overflow);
    Term *terms = stack_take(term_stack, (size_t)in->size * sizeof(Term)), *top = terms;
    out->steps = stack_take(step_stack, (size_t)in->count * sizeof(Step));
    out->terms = terms;
    if (!out->steps || !terms)
        return NO_MEMORY;
    for (int i = 0; i < polygon->count; i++)
        factors[i] = T / polygon->vertices[i].W;
    for (int s = 0; s < in->count; s++) {
        const Step *given = in->steps + s;
        Step *step = out->steps + count;
        int slot = given->slot, open;
        work->needed[slot] = 0;
        if (given->kind == UNIVARIATE) {
            *step = *given;
            open = !enclose_function(variant->functions[slot], polygon, T, step, work, &overflow);
        } else {
            wide a = given->form.a, b = given->form.b, c = given->form.c;
            Term *first = top;
            for (int t = given->first; t < given->last; t++) {
                const Term *term = in->terms + t;
                int state = work->state[term->source];
                if (state == KNOWN) {
                    const Form *known = work->form + term->source;
                    wide weight = weight_of(term);
                    a = plus(a, times(known->a, weight, &overflow), &overflow);
                    b = plus(b, times(known->b, weight, &overflow), &overflow);
                    c = plus(c, times(known->c, weight, &overflow), &overflow);
                } else if (state != ZERO) {
                    *top++ = *term;
                }
            }
            Form form = checked_form(a, b, c, polygon, &overflow);
            step->slot = slot;
            step->kind = given->kind;
            step->first = (int32_t)(first - terms);
            step->last = (int32_t)(top - terms);
            open = enclose_node(step, &form, terms, polygon, factors, work, &overflow);
            if (open && side && step->kind == RECTIFIED && step->first == step->last) {
                int sign = side * orientation(&form, &cut->line);
                open = !sign;
                if (sign < 0)
                    work->state[slot] = ZERO;
                else if (sign > 0)
                    know(slot, &form, work);
            }
            if (!open)
                top = first;
        }
        if (open)
            work->step[slot] = count++;
    }
    settle_outputs(variant, in, out, count, terms, work, &overflow);
    Cut found;
    int is_wanted = cut && !side;
    if (out->undecided && !keep_needed(variant, out, count, work, is_wanted ? cut : &found) && !overflow && is_wanted)
        return CONTRADICTION;
    if (!out->undecided)
        out->count = 0;
    out->size = out->undecided ? (int)(top - terms) : 0;
    stack_shrink(term_stack, terms, (size_t)out->size * sizeof(Term));
    stack_shrink(step_stack, out->steps, (size_t)out->count * sizeof(Step));
    return overflow ? OVERFLOW : DONE;
}

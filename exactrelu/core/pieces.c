/* What has been cut out: pieces are checked, compared and counted, polygons are left to others.
 *
 * Nothing is believed that need not be: the forms of every piece are compared with evaluations (evaluate.c) at a point
 * inside it that is drawn at run time, and the areas of the pieces of a root are added up. */

#include "descend.h"

#include <stdlib.h>
#include <string.h>

static void append(List *list, const int64_t *items, size_t count)
{
    if (list->failed)
        return;
    if (list->room - list->count < count) {
        size_t room = 2 * (list->count + count) + 1024;
        int64_t *longer = realloc(list->items, room * sizeof(int64_t));
        if (!longer) {
            list->failed = 1;
            return;
        }
        list->items = longer;
        list->room = room;
    }
    memcpy(list->items + list->count, items, count * sizeof(int64_t));
    list->count += count;
}

/* Append (number of the root, number of vertices, X, Y, W, ...). */
static void append_polygon(List *list, const Descent *descent, const Polygon *polygon)
{
    int64_t head[2] = {descent->root - descent->run->roots, polygon->count};
    append(list, head, 2);
    for (int i = 0; i < polygon->count; i++)
        append(list, &polygon->vertices[i].X, 3);
}

static void add_area(Descent *descent, const Polygon *polygon)
{
    Root *root = descent->root;
    root->area = (root->area + area_residue(polygon, descent->run->prime)) % descent->run->prime;
}

/* Leave a polygon to others: it goes to a list as it is, with its area. */
int leave(Descent *descent, const Polygon *polygon, List *list)
{
    Root *root = descent->root;
    root->left++;
    add_area(descent, polygon);
    append_polygon(list, descent, polygon);
    return list->failed ? NO_MEMORY : DONE;
}

/* Append the high and low 64 bits. */
static void append_wide(List *list, wide number)
{
    int64_t halves[2] = {(int64_t)(number >> 64), (int64_t)(uint64_t)number};
    append(list, halves, 2);
}

/* A random number below 2^bits, by Marsaglia's xorshift: it only chooses points. */
static int64_t drawn(Run *run, int bits)
{
    run->state ^= run->state << 13;
    run->state ^= run->state >> 7;
    run->state ^= run->state << 17;
    return (int64_t)(run->state >> (64 - bits));
}

/* Divide two numbers > 0 by their greatest common divisor. */
static void make_coprime(wide *p, wide *q)
{
    wide common = (wide)common_divisor((unsigned_wide)*p, (unsigned_wide)*q);
    *p /= common;
    *q /= common;
}

static void add_point(Point *sum, const Point *point, int64_t weight)
{
    sum->X += weight * point->X;
    sum->Y += weight * point->Y;
    sum->W += weight * point->W;
}

/* Two points of a polygon: the sum of its vertices, and that with weights 1 to 8, drawn at random. |X|, |Y|, W are below
 * 2^54 * 8 * 24 < 2^62. */
static void points_inside(Run *run, const Polygon *polygon, Point *middle, Point *point)
{
    Point none = {0, 0, 0};
    *middle = *point = none;
    for (int i = 0; i < polygon->count; i++) {
        add_point(point, polygon->vertices + i, 1 + drawn(run, 3));
        add_point(middle, polygon->vertices + i, 1);
    }
}

/* Move a point of a polygon to where a form that changes sign there has the sign of `side`, towards a vertex with it.
 *
 * |X|, |Y|, W stay below 2^62. Return whether it is there. */
static int move_to_side(Point *point, const Polygon *polygon, const Form *form, int side)
{
    const Point *corner = polygon->vertices;
    while (corner < polygon->vertices + polygon->count && !(value_at(form, corner) * side > 0))
        corner++;
    if (corner == polygon->vertices + polygon->count)
        return 0;
    for (int bit = 0; bit + polygon->bits < 60; bit++) {
        int overflow = 0;
        wide value = form_value(form, point, &overflow) * side;
        if (overflow || value > 0)
            return !overflow;
        add_point(point, corner, (int64_t)1 << bit);
    }
    return 0;
}

/* Compare the forms of a piece with what its polygon inherited, the network reduced to the box of its root, at a random
 * point inside; and for one piece of sixteen, drawn at random, with the network as it was given. `middle` is what the
 * root has of the piece. Return DONE, OVERFLOW or CONTRADICTION. */
static int check_piece(
    Run *run, Root *root, const Point *middle, const Point *point,
    const Variant *variant, const Net *net, const Net *inherited
)
{
    const Given *given = &run->network->given;
    wide outputs[MOST_OUTPUTS], at[MOST_OUTPUTS];
    int equal = 1, overflow = evaluate_net(variant, inherited, point, run->network->values, outputs);
    for (int k = 0; k < given->outputs; k++) {
        at[k] = form_value(net->outputs + k, point, &overflow);
        equal &= at[k] == outputs[k];
    }
    if (!drawn(run, 4)) {
        overflow |= evaluate_given(given, point);
        for (int k = 0; k < given->outputs; k++) {
            wide S = variant->scales[k], scale = given->scales[k];
            make_coprime(&S, &scale);
            equal &= times(at[k], scale, &overflow) == times(given->values[given->ends[k]], S, &overflow);
        }
    }
    root->point = equal ? *middle : *point;
    return overflow ? OVERFLOW : equal ? DONE : CONTRADICTION;
}

/* Whether the forms of a piece are those that the root expects: form / S = expected / scale. */
static int as_expected(const Run *run, const Root *root, const Variant *variant, const Net *net, int *overflow)
{
    int equal = 1;
    for (int k = 0; k < run->network->outputs; k++) {
        const int64_t *expected = root->expected + 6 * k;
        const Form *form = net->outputs + k;
        wide S = variant->scales[k], scale = root->scale;
        make_coprime(&S, &scale);
        equal &= times(form->a, scale, overflow) == times(wide_at(expected, 0), S, overflow);
        equal &= times(form->b, scale, overflow) == times(wide_at(expected, 1), S, overflow);
        equal &= times(form->c, scale, overflow) == times(wide_at(expected, 2), S, overflow);
    }
    return equal;
}

/* Check a piece at a point inside, compare it unless pieces are collected, and count it. */
static int count_piece(
    Descent *descent, const Point *middle, const Point *point,
    const Variant *variant, const Net *net, const Net *inherited
)
{
    Run *run = descent->run;
    Root *root = descent->root;
    int overflow = 0, equal = 1, status = check_piece(run, root, middle, point, variant, net, inherited);
    if (status != DONE)
        return status;
    if (!run->collect)
        equal = as_expected(run, root, variant, net, &overflow);
    if (overflow)
        return OVERFLOW;
    root->pieces++;
    return equal ? DONE : MISMATCH;
}

int finish_piece(
    Descent *descent, const Polygon *polygon, const Variant *variant, const Net *net, const Net *inherited
)
{
    Run *run = descent->run;
    Point middle, point;
    points_inside(run, polygon, &middle, &point);
    int status = count_piece(descent, &middle, &point, variant, net, inherited);
    if (status != DONE)
        return status;
    add_area(descent, polygon);
    if (run->collect) {
        append_polygon(&run->pieces, descent, polygon);
        for (int k = 0; k < run->network->outputs; k++) {
            append_wide(&run->pieces, net->outputs[k].a);
            append_wide(&run->pieces, net->outputs[k].b);
            append_wide(&run->pieces, net->outputs[k].c);
            append_wide(&run->pieces, variant->scales[k]);
        }
        return run->pieces.failed ? NO_MEMORY : DONE;
    }
    return DONE;
}

/* Finish both halves of a polygon if all outputs are known on either side of a cut, and note in `finished` whether they
 * are. Their areas are that of the polygon. Numbers that do not fit leave them unfinished. */
int finish_halves(
    Descent *descent, const Polygon *polygon, const Variant *variant, const Net *in, const Net *inherited, Cut *cut,
    int *finished
)
{
    Root *root = descent->root;
    Enclosures *work = &descent->run->network->scratch;
    int64_t pieces = root->pieces;
    int status = DONE;
    *finished = 1;
    for (int side = -1; side <= 1 && status == DONE && *finished; side += 2) {
        Net half;
        Point middle, point;
        Mark steps = stack_mark(&descent->steps), terms = stack_mark(&descent->terms);
        points_inside(descent->run, polygon, &middle, &point);
        status = reduce(variant, polygon, in, &half, cut, side, work, &descent->steps, &descent->terms);
        if (status == DONE)
            *finished = !half.undecided && move_to_side(&middle, polygon, &cut->line, side)
                && move_to_side(&point, polygon, &cut->line, side);
        if (status == DONE && *finished)
            status = count_piece(descent, &middle, &point, variant, &half, inherited);
        stack_release(&descent->steps, steps);
        stack_release(&descent->terms, terms);
    }
    if (status == OVERFLOW) {
        *finished = 0;
        status = DONE;
    }
    if (!*finished)
        root->pieces = pieces;
    else if (status == DONE)
        add_area(descent, polygon);
    return status;
}

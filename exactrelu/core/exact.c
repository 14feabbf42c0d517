/* The integers behind the estimates of a walk, computed where they are asked for.
 *
 * A form does not change while its cell is cut along it and the parts are walked through: that happens to later nodes
 * only. So the form of a side is that of the node whose kink it is, for as long as the side is one. */

#include "walk.h"

#include <math.h>
#include <string.h>

static const Limb NOTHING[3] = {0, 0, 0};

/* The integers of affine node number `node`; return whether there are any.
 *
 * Those of a group that is `whole` are in the doubles already. */
static int compute(Walk *walk, int node)
{
    const Group *group = walk->census->group + walk->group_of[node];
    int nodes = group->end - group->first, j = node - group->first, n = group->limbs, width = group->width;
    Limb *entries = walk->entries + group->place + (int64_t)3 * n * j;
    if (!n)
        return 0;
    walk->known[node] = 1;
    if (group->whole) {
        entries[0] = (Limb)(int64_t)walk->a[node];
        entries[1] = (Limb)(int64_t)walk->b[node];
        entries[2] = (Limb)(int64_t)walk->c[node];
        return 1;
    }
    memset(entries, 0, 3 * (size_t)n * sizeof(Limb));
    widen(entries + 2 * n, n, group->exact_biases + (int64_t)j * width, width);
    for (int i = 0; i < group->count; i++) {
        const Limb *weight = group->exact_weights + ((int64_t)i * nodes + j) * width;
        Exact form;
        if (is_zero(walk, group->sources[i]) || !sign_of(weight, width))
            continue;
        if (!exact_form(walk, group->sources[i], &form)) {
            walk->known[node] = 0;
            return 0;
        }
        for (int k = 0; k < 3; k++)
            add_product(entries + k * n, n, form.entries + k * form.limbs, form.limbs, weight, width, 0);
    }
    return 1;
}

/* The form of a node in integers, which is the node times a positive number of its own; return whether there is one. */
int exact_form(Walk *walk, int node, Exact *form)
{
    const Group *group = walk->census->group + walk->group_of[node];
    while (group->units) {
        if (!walk->open[node]) {
            form->entries = NOTHING;
            form->limbs = 1;
            return 1;
        }
        node = group->sources[node - group->first];
        group = walk->census->group + walk->group_of[node];
    }
    form->entries = walk->entries + group->place + (int64_t)3 * group->limbs * (node - group->first);
    form->limbs = group->limbs;
    return walk->known[node] || compute(walk, node);
}

/* The line of a side in integers, up to a factor; return whether there is one. */
int exact_side(Walk *walk, int side, Exact *form)
{
    const Census *census = walk->census;
    int node = walk->side[side].node;
    if (walk->side[side].unit >= 0)
        return exact_form(walk, node, form);
    form->limbs = census->side_limbs;
    form->entries = census->exact_side + (int64_t)3 * census->side_limbs * node;
    return 1;
}

/* The sign of a node at a corner, UNKNOWN if there are no integers. */
int exact_sign(Walk *walk, int node, const Corner *corner)
{
    Limb point[3 * 2 * MOST_LIMBS];
    Exact form, before, after;
    if (!exact_form(walk, node, &form) || !exact_side(walk, corner->before, &before)
        || !exact_side(walk, corner->after, &after))
        return UNKNOWN;
    return sign_at_meet(form, point, meet_of(point, before, after));
}

/* Find a corner in integers, and from them its coordinates, off by at most 2^-48 of them; return whether there are any
 * integers and the coordinates are numbers. */
int exact_corner(Walk *walk, Corner *corner)
{
    Limb point[3 * 2 * MOST_LIMBS];
    Exact before, after;
    int exponents[3];
    double entries[3];
    if (!exact_side(walk, corner->before, &before) || !exact_side(walk, corner->after, &after))
        return 0;
    int n = meet_of(point, before, after);
    for (int k = 0; k < 3; k++)
        entries[k] = leading(point + k * n, n, exponents + k);
    corner->x = ldexp(entries[0] / entries[2], exponents[0] - exponents[2]);
    corner->y = ldexp(entries[1] / entries[2], exponents[1] - exponents[2]);
    corner->off = 0x1p-48 * (fabs(corner->x) + fabs(corner->y)) + 0x1p-900;
    return corner->off < HUGE_VAL;
}

/* Regions of the plane on which no unit changes sign, by a filter: either every sign is proven, or nothing is said.
 *
 * A cell, a convex polygon, walks through the nodes of the network with their affine forms on it. A unit whose input
 * has both signs at the vertices cuts the cell. All numbers are doubles, and this is why no sign can be wrong; u =
 * 2^-53 is the unit roundoff, rounding is to nearest, and contracting a product and a sum into one operation only
 * helps.
 *
 * 1. Forms. For a form f let size(f) = (|a| + |b|) R + |c|, which bounds |f| on the domain. Let f = sum of w_i g_i +
 * beta with n terms, the bias counted. What is computed from the estimates ~w, ~g, ~beta of all of these differs from
 * their exact combination by at most gamma = n u / (1 - n u) times sum of |~w_i ~g_i| + |~beta|, in each coefficient.
 * With |w_i - ~w_i| <= 2 u |~w_i| and error_i >= size(g_i - ~g_i) it follows that
 *
 *     size(f - ~f) <= (1 + 2 u) sum of |~w_i| error_i + (gamma + 2 u) (sum of |~w_i| size(~g_i) + |~beta|).
 *
 * Here n < 2^20, so that gamma + 2 u <= (n + 4) u, and the sums on the right, of numbers >= 0, are computed with a
 * relative error below 2^-31. The factor 1 + 2^-30 makes up for that, and TINY for all that may underflow.
 *
 * 2. Vertices. A vertex z is where two lines f = g = 0 meet. For any point ~z, a (z - ~z)_x + b (z - ~z)_y is ~f(z) -
 * ~f(~z) with the coefficients of ~f, and |~f(z)| = |~f(z) - f(z)| <= error_f; the same holds for g. By Cramer's rule,
 * with D = a_f b_g - a_g b_f and rho = error + |~f(~z)|,
 *
 *     |(z - ~z)_x| <= (rho_f |b_g| + rho_g |b_f|) / |D|,     |(z - ~z)_y| <= (rho_f |a_g| + rho_g |a_f|) / |D|.
 *
 * So it does not matter how ~z was found. `off` is the larger of the two.
 *
 * 3. Signs. |f(z) - ~f(~z)| <= error_f + (|a| + |b|) off for a vertex z of the domain or inside.
 *
 * In 2 and 3 a value of three products is computed with an error of at most 4 u times the sum of their moduli, D with
 * one of 4 u (|a_f b_g| + |a_g b_f|); the few operations on numbers >= 0 that lead to the bounds are made up for by the
 * factor 1 + 2^-40. A comparison with a number that is not finite is false, so that an overflow decides nothing. */

#include "regions.h"

#include <math.h>
#include <stdlib.h>

#include "memory.h"

#define U 0x1p-53
#define SUMS (1 + 0x1p-30)
#define FEW (1 + 0x1p-40)
#define TINY 0x1p-900

#define MOST_CORNERS 30
#define PATIENCE 256

/* A vertex: a point near it, how far off, and the numbers of the sides before and after it. */
typedef struct {
    double x, y, off;
    int before, after;
} Corner;

typedef struct {
    int count;
    Corner corners[MOST_CORNERS + 2];
} Cell;

/* The walk: the forms of the nodes on the present cell, by coefficient; `size` bounds them. `side` are the sides of all
 * cells on the way: those of the domain, and one for each cut. */
typedef struct {
    Census *census;
    double *a, *b, *c, *error, *size;
    Estimate *side;
    int sides;
    Stack cells;
} Walk;

/* The sign of a form at a vertex, 0 if it is not proven. */
static int sign_at(double a, double b, double c, double error, const Corner *corner)
{
    double ax = a * corner->x, by = b * corner->y, value = ax + by + c;
    double rounding = 4 * U * (fabs(ax) + fabs(by) + fabs(c));
    double bound = (error + (fabs(a) + fabs(b)) * corner->off + rounding) * FEW + TINY;
    return value > bound ? 1 : value < -bound ? -1 : 0;
}

/* |f| at a point, at most, and the error of f. */
static double residual(const Estimate *f, double x, double y)
{
    double ax = f->a * x, by = f->b * y;
    return f->error + fabs(ax + by + f->c) + 4 * U * (fabs(ax) + fabs(by) + fabs(f->c));
}

/* The vertex where two sides meet; return whether it is proven that they do. */
static int meet(const Walk *walk, int before, int after, Corner *corner)
{
    const Estimate *f = walk->side + before, *g = walk->side + after;
    double first = f->a * g->b, second = g->a * f->b, determinant = first - second;
    double least = fabs(determinant) - 4 * U * (fabs(first) + fabs(second)) - TINY;
    double x = (f->b * g->c - g->b * f->c) / determinant, y = (g->a * f->c - f->a * g->c) / determinant;
    double p = residual(f, x, y), q = residual(g, x, y);
    double off_x = (p * fabs(g->b) + q * fabs(f->b)) / least, off_y = (p * fabs(g->a) + q * fabs(f->a)) / least;
    corner->x = x;
    corner->y = y;
    corner->off = ((off_x > off_y ? off_x : off_y) + TINY) * FEW;
    corner->before = before;
    corner->after = after;
    return least > 0 && corner->off < HUGE_VAL;
}

/* A node is known to be zero where its form and error are. */
static int is_zero(const Walk *walk, int node)
{
    return walk->size[node] == 0 && walk->error[node] == 0;
}

/* Whether affine node number j of a group has no bias and no source with a weight that is not zero. */
static int is_empty(const Walk *walk, const Group *group, int j)
{
    int n = group->end - group->first, empty = group->biases[j] == 0;
    for (int i = 0; i < group->count; i++)
        empty &= is_zero(walk, group->sources[i]) || group->weights[(int64_t)i * n + j] == 0;
    return empty;
}

/* Compute the forms of a group of affine nodes. */
static void combine(Walk *walk, const Group *group)
{
    int n = group->end - group->first, terms = 1;
    double *restrict a = walk->a + group->first, *restrict b = walk->b + group->first;
    double *restrict c = walk->c + group->first, *restrict error = walk->error + group->first;
    double *restrict size = walk->size + group->first;
    for (int j = 0; j < n; j++) {
        a[j] = b[j] = error[j] = 0;
        c[j] = group->biases[j];
        size[j] = fabs(c[j]);
    }
    for (int i = 0; i < group->count; i++) {
        int source = group->sources[i];
        double p = walk->a[source], q = walk->b[source], r = walk->c[source];
        double own_error = walk->error[source], own_size = walk->size[source];
        const double *restrict weights = group->weights + (int64_t)i * n;
        if (is_zero(walk, source))
            continue;
        terms++;
        for (int j = 0; j < n; j++) {
            double weight = weights[j], modulus = fabs(weight);
            a[j] += weight * p;
            b[j] += weight * q;
            c[j] += weight * r;
            error[j] += modulus * own_error;
            size[j] += modulus * own_size;
        }
    }
    double R = walk->census->R, factor = (terms + 8) * U;
    for (int j = 0; j < n; j++) {
        if (size[j] != 0 || error[j] != 0 || !is_empty(walk, group, j))
            error[j] = (error[j] + factor * size[j]) * SUMS + TINY;
        size[j] = ((fabs(a[j]) + fabs(b[j])) * R + fabs(c[j])) * FEW;
    }
}

static void copy(Walk *walk, int to, int from)
{
    walk->a[to] = walk->a[from];
    walk->b[to] = walk->b[from];
    walk->c[to] = walk->c[from];
    walk->error[to] = walk->error[from];
    walk->size[to] = walk->size[from];
}

static void close_unit(Walk *walk, int unit)
{
    walk->a[unit] = walk->b[unit] = walk->c[unit] = walk->error[unit] = walk->size[unit] = 0;
}

/* Cut a cell along the last side, on which the signs at its corners are not zero. */
static int cut(const Walk *walk, const Cell *cell, const int *signs, Cell *below, Cell *above)
{
    int line = walk->sides - 1;
    below->count = above->count = 0;
    if (cell->count > MOST_CORNERS)
        return UNDECIDED;
    for (int i = 0, last = cell->count - 1; i < cell->count; last = i++) {
        if (signs[i] != signs[last]) {
            Corner *leaving = signs[last] < 0 ? below->corners + below->count++ : above->corners + above->count++;
            Corner *entering = signs[last] < 0 ? above->corners + above->count++ : below->corners + below->count++;
            int crossed = cell->corners[i].before;
            if (!meet(walk, crossed, line, leaving))
                return UNDECIDED;
            *entering = *leaving;
            entering->before = line;
            entering->after = crossed;
        }
        if (signs[i] < 0)
            below->corners[below->count++] = cell->corners[i];
        else
            above->corners[above->count++] = cell->corners[i];
    }
    return COUNTED;
}

/* Append the forms of the outputs on a region. */
static int report(Walk *walk)
{
    Census *census = walk->census;
    if (census->room - census->count < census->outputs) {
        int64_t room = 2 * census->room + census->outputs + 1024;
        Estimate *longer = realloc(census->found, (size_t)room * sizeof(Estimate));
        if (!longer)
            return OUT_OF_MEMORY;
        census->found = longer;
        census->room = room;
    }
    for (int k = 0; k < census->outputs; k++) {
        int end = census->ends[k];
        Estimate form = {walk->a[end], walk->b[end], walk->c[end], walk->error[end]};
        census->found[census->count++] = form;
    }
    if (++census->regions % PATIENCE == 0 && census->interrupted(census->context))
        return INTERRUPTED;
    return COUNTED;
}

/* Count the regions in a cell, from unit number `unit` of group number g on. */
static int walk_on(Walk *walk, int g, int unit, const Cell *cell)
{
    const Census *census = walk->census;
    for (; g < census->groups; g++, unit = 0) {
        const Group *group = census->group + g;
        if (!group->units) {
            combine(walk, group);
            continue;
        }
        for (; unit < group->count; unit++) {
            int source = group->sources[unit], node = group->first + unit, negative = 0, positive = 0;
            int signs[MOST_CORNERS + 2];
            if (is_zero(walk, source)) {
                close_unit(walk, node);
                continue;
            }
            double a = walk->a[source], b = walk->b[source], c = walk->c[source], error = walk->error[source];
            for (int i = 0; i < cell->count; i++) {
                signs[i] = sign_at(a, b, c, error, cell->corners + i);
                if (!signs[i])
                    return UNDECIDED;
                negative |= signs[i] < 0;
                positive |= signs[i] > 0;
            }
            if (negative && positive) {
                Mark mark = stack_mark(&walk->cells);
                Cell *parts = stack_take(&walk->cells, 2 * sizeof(Cell));
                if (!parts)
                    return OUT_OF_MEMORY;
                Estimate line = {a, b, c, error};
                walk->side[walk->sides++] = line;
                int status = cut(walk, cell, signs, parts, parts + 1);
                if (status == COUNTED) {
                    close_unit(walk, node);
                    status = walk_on(walk, g, unit + 1, parts);
                }
                if (status == COUNTED) {
                    copy(walk, node, source);
                    status = walk_on(walk, g, unit + 1, parts + 1);
                }
                walk->sides--;
                stack_release(&walk->cells, mark);
                return status;
            }
            if (positive)
                copy(walk, node, source);
            else
                close_unit(walk, node);
        }
    }
    return report(walk);
}

/* Count all regions of the domain; the forms of the outputs on each are in `found` then. */
int count_regions(Census *census)
{
    size_t nodes = (size_t)census->nodes, sides = (size_t)census->sides + nodes;
    double *numbers = calloc(5 * nodes, sizeof(double));
    Walk walk = {.census = census, .side = malloc(sides * sizeof(Estimate)), .sides = census->sides};
    Cell domain = {.count = census->sides};
    int status = numbers && walk.side ? COUNTED : OUT_OF_MEMORY;
    if (status == COUNTED) {
        walk.a = numbers;
        walk.b = numbers + nodes;
        walk.c = numbers + 2 * nodes;
        walk.error = numbers + 3 * nodes;
        walk.size = numbers + 4 * nodes;
        walk.a[0] = walk.b[1] = 1;
        walk.size[0] = walk.size[1] = census->R;
        for (int i = 0; i < census->sides; i++)
            walk.side[i] = census->side[i];
        for (int i = 0; status == COUNTED && i < census->sides; i++)
            if (!meet(&walk, i ? i - 1 : census->sides - 1, i, domain.corners + i))
                status = UNDECIDED;
        if (status == COUNTED)
            status = walk_on(&walk, 0, 0, &domain);
    }
    stack_free(&walk.cells);
    free(numbers);
    free(walk.side);
    return status;
}

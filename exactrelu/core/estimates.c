/* Forms, vertices and signs in doubles, with proven bounds; where a bound does not prove a sign, integers decide.
 *
 * This is why no sign can be wrong; u = 2^-53 is the unit roundoff, rounding is to nearest, and contracting a product
 * and a sum into one operation only helps.
 *
 * 1. Forms. For a form f let size(f) = (|a| + |b|) R + |c|, which bounds |f| on the domain. Let f = sum of w_i g_i +
 * beta with n terms, the bias counted. What is computed from the estimates ~w, ~g, ~beta of all of these differs from
 * their exact combination by at most gamma = n u / (1 - n u) times sum of |~w_i ~g_i| + |~beta|, in each coefficient.
 * With |w_i - ~w_i| <= 2 u |~w_i| and error_i >= size(g_i - ~g_i) it follows that
 *
 *     size(f - ~f) <= (1 + 2 u) sum of |~w_i| error_i + (gamma + 2 u) (sum of |~w_i| size(~g_i) + |~beta|)
 *                  <= (1 + 2 u) (sum of |~w_i| (error_i + (n + 4) u size(~g_i)) + (n + 4) u |~beta|).
 *
 * Here n < 2^20 (`TERMS` in exactrelu.planar.walk_groups), so that gamma + 2 u <= (n + 4) u; n may be the number of all
 * sources, those that are zero as well. The sum, of numbers >= 0, is computed with a relative error below 2^-31. The
 * factor 1 + 2^-30 makes up for that, and TINY for all that may underflow. In a group that is whole, all of these are
 * integers, and as no sum of |~w_i ~g_i| and |~beta| reaches 2^53, nothing is rounded.
 *
 * 2. Vertices. A vertex z is where two lines f = g = 0 meet. For any point ~z, a (z - ~z)_x + b (z - ~z)_y is ~f(z) -
 * ~f(~z) with the coefficients of ~f, and |~f(z)| = |~f(z) - f(z)| <= error_f; the same holds for g. By Cramer's rule,
 * with D = a_f b_g - a_g b_f and rho = error + |~f(~z)|,
 *
 *     |(z - ~z)_x| <= (rho_f |b_g| + rho_g |b_f|) / |D|,     |(z - ~z)_y| <= (rho_f |a_g| + rho_g |a_f|) / |D|.
 *
 * So it does not matter how ~z was found. `off` is the larger of the two.
 *
 * 3. Signs. |f(z) - ~f(~z)| <= error_f + (|a| + |b|) off for a vertex z of the domain or inside. And if all vertices of
 * a cell are in a box around a point m, |f(z) - ~f(m)| <= error_f + |a| reach_x + |b| reach_y for every one of them.
 *
 * 4. Areas. If the corners z_i of a polygon are off by e_i, twice its area, the sum of z_i x z_(i+1), is off by the sum
 * of e_i x (z_(i+1) - z_(i-1)) + e_i x e_(i+1). Rounding is less than 2^-46 R^2 for each corner, and so is that of the
 * sum over all cells. No verdict depends on areas: those of the regions have to add up to that of the domain.
 *
 * In 2 and 3 a value of three products is computed with an error of at most 4 u times the sum of their moduli, D with
 * one of 4 u (|a_f b_g| + |a_g b_f|); the few operations on numbers >= 0 that lead to the bounds are made up for by the
 * factor 1 + 2^-40. A comparison with a number that is not finite is false, so that an overflow decides nothing. */

#include "walk.h"

#include <limits.h>
#include <math.h>
#include <string.h>

#define U 0x1p-53
#define SUMS (1 + 0x1p-30)
#define FEW (1 + 0x1p-40)
#define TINY 0x1p-900

/* Vertices that are off by more than this times R are found in integers: those that are only looked at from inside, and
 * those that are handed out. */
#define FAR_OFF 0x1p-24
#define FAR_OFF_LISTED 0x1p-40

/* The sign of a node at a vertex; UNKNOWN if it is not proven and there are no integers. */
int sign_at(Walk *walk, int node, const Corner *corner)
{
    double a = walk->a[node], b = walk->b[node], c = walk->c[node];
    double ax = a * corner->x, by = b * corner->y, value = ax + by + c;
    double rounding = 4 * U * (fabs(ax) + fabs(by) + fabs(c));
    double bound = (walk->error[node] + (fabs(a) + fabs(b)) * corner->off + rounding) * FEW + TINY;
    return value > bound ? 1 : value < -bound ? -1 : exact_sign(walk, node, corner);
}

/* The smallest box around what the corners may be. */
Box box_around(const Corner *corners, int count)
{
    double low_x = HUGE_VAL, low_y = HUGE_VAL, high_x = -HUGE_VAL, high_y = -HUGE_VAL;
    for (int i = 0; i < count; i++) {
        const Corner *z = corners + i;
        low_x = z->x - z->off < low_x ? z->x - z->off : low_x;
        low_y = z->y - z->off < low_y ? z->y - z->off : low_y;
        high_x = z->x + z->off > high_x ? z->x + z->off : high_x;
        high_y = z->y + z->off > high_y ? z->y + z->off : high_y;
    }
    /* a coordinate has been rounded twice on its way to either end, and the middle once or twice */
    double x = (low_x + high_x) / 2, y = (low_y + high_y) / 2;
    double rounding_x = 8 * U * (fabs(low_x) + fabs(high_x)), rounding_y = 8 * U * (fabs(low_y) + fabs(high_y));
    Box box = {x, y, (high_x - low_x) / 2 + rounding_x + TINY, (high_y - low_y) / 2 + rounding_y + TINY};
    return box;
}

/* The sign of a node at all vertices of a cell, given a box around them; 0 if this does not prove one. */
int sign_in(const Walk *walk, int node, const Box *box)
{
    double a = walk->a[node], b = walk->b[node], c = walk->c[node];
    double ax = a * box->middle_x, by = b * box->middle_y, value = ax + by + c;
    double spread = fabs(a) * box->reach_x + fabs(b) * box->reach_y;
    double bound = (walk->error[node] + spread + 4 * U * (fabs(ax) + fabs(by) + fabs(c))) * FEW + TINY;
    return (value > bound) - (value < -bound);
}

/* |f| at a point, at most, and the error of f. */
static double residual(const Estimate *f, double x, double y)
{
    double ax = f->a * x, by = f->b * y;
    return f->error + fabs(ax + by + f->c) + 4 * U * (fabs(ax) + fabs(by) + fabs(f->c));
}

/* The vertex where two sides meet, which are not parallel; return whether anything is known of it. */
int meet(Walk *walk, int before, int after, Corner *corner)
{
    const Estimate *f = &walk->side[before].form, *g = &walk->side[after].form;
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
    int is_near = least > 0 && corner->off < walk->census->R * (walk->census->list ? FAR_OFF_LISTED : FAR_OFF);
    return is_near || exact_corner(walk, corner) || (least > 0 && corner->off < HUGE_VAL);
}

/* Add twice the area of a cell to that of the walk, or subtract it: `sign` is 1 or -1. */
void add_area(Walk *walk, const Corner *corners, int count, int sign)
{
    double R = walk->census->R;
    for (int i = 0; i < count; i++) {
        const Corner *z = corners + i, *next = corners + (i + 1) % count, *last = corners + (i + count - 1) % count;
        double x = z->x - corners->x, y = z->y - corners->y;
        walk->area += sign * (x * (next->y - corners->y) - (next->x - corners->x) * y);
        walk->slack += (z->off * (fabs(next->x - last->x) + fabs(next->y - last->y)) + 2 * z->off * next->off) * FEW;
        walk->slack += 0x1p-46 * R * R;
    }
}

/* A node is known to be zero where its form and error are. */
int is_zero(const Walk *walk, int node)
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

/* The sums after every so many sources are kept for the next cell, most of whose nodes are those of this one. */
#define STRIDE 8

/* How many numbers are kept of a group of affine nodes: four for each node at every place. */
size_t sums_of(const Group *group)
{
    return group->units ? 0 : 4 * (size_t)(group->end - group->first) * (size_t)(group->count / STRIDE);
}

/* How many sources of a group of affine nodes come before a node; they are in order. */
static int sources_before(const Group *group, int node)
{
    int low = 0, high = group->count;
    while (low < high) {
        int middle = low + (high - low) / 2;
        if (group->sources[middle] < node)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

/* Add the multiples of a source to the forms of a group of affine nodes, and to their errors unless it is whole. */
static void add_source(
    const Walk *walk, const Group *group, int i, double *restrict a, double *restrict b, double *restrict c,
    double *restrict error
)
{
    int n = group->end - group->first, source = group->sources[i];
    double p = walk->a[source], q = walk->b[source], r = walk->c[source];
    double own = walk->error[source] + (group->count + 8) * U * walk->size[source];
    const double *restrict weights = group->weights + (int64_t)i * n;
    if (is_zero(walk, source))
        return;
    for (int j = 0; j < n; j++) {
        a[j] += weights[j] * p;
        b[j] += weights[j] * q;
        c[j] += weights[j] * r;
    }
    for (int j = 0; !group->whole && j < n; j++)
        error[j] += fabs(weights[j]) * own;
}

/* Where the sums of a group of affine nodes after i sources are kept, of its k-th numbers: a, b, c or error. */
static double *kept(const Walk *walk, const Group *group, int i, int k)
{
    size_t place = 4 * (size_t)(i / STRIDE - 1) + (size_t)k;
    return walk->sums[group - walk->census->group] + (size_t)(group->end - group->first) * place;
}

/* Compute the forms of a group of affine nodes, from the first source on that has changed. */
void combine(Walk *walk, const Group *group)
{
    int g = (int)(group - walk->census->group), first = group->first, n = group->end - first;
    int start = sources_before(group, walk->changed[g]) / STRIDE * STRIDE;
    double *a = walk->a + first, *b = walk->b + first, *c = walk->c + first;
    double *error = walk->error + first, *size = walk->size + first, *sums[4] = {a, b, c, error};
    for (int k = 0; start && k < 4; k++)
        memcpy(sums[k], kept(walk, group, start, k), (size_t)n * sizeof(double));
    for (int j = 0; !start && j < n; j++) {
        a[j] = b[j] = 0;
        c[j] = group->biases[j];
        error[j] = group->whole ? 0 : (group->count + 8) * U * fabs(c[j]);
    }
    for (int i = start; i < group->count; i++) {
        add_source(walk, group, i, a, b, c, error);
        for (int k = 0; (i + 1) % STRIDE == 0 && k < 4; k++)
            memcpy(kept(walk, group, i + 1, k), sums[k], (size_t)n * sizeof(double));
    }
    for (int j = 0; j < n; j++) {
        size[j] = ((fabs(a[j]) + fabs(b[j])) * walk->census->R + fabs(c[j])) * FEW;
        if (!group->whole && (error[j] != 0 || !is_empty(walk, group, j)))
            error[j] = error[j] * SUMS + TINY;
        walk->known[first + j] = 0;
    }
    walk->changed[g] = INT_MAX;
}

#include "polygon.h"

/* Fill in what follows from the vertices. */
void find_extents(Polygon *polygon)
{
    uint64_t all = 0;
    for (int i = 0; i < polygon->count; i++) {
        const Point *vertex = polygon->vertices + i;
        all |= (uint64_t)(modulus(vertex->X) | modulus(vertex->Y) | modulus(vertex->W));
    }
    polygon->bits = 64 - __builtin_clzll(all);  /* no W is zero */
    for (int axis = 0; axis < 2; axis++) {
        const Point *first = polygon->vertices;
        int64_t at = axis ? first->Y : first->X;
        Range range = {at, first->W, at, first->W};
        for (int i = 1; i < polygon->count; i++) {
            const Point *vertex = polygon->vertices + i;
            at = axis ? vertex->Y : vertex->X;
            if (less(at, vertex->W, range.low, range.low_weight)) {
                range.low = at;
                range.low_weight = vertex->W;
            } else if (less(range.high, range.high_weight, at, vertex->W)) {
                range.high = at;
                range.high_weight = vertex->W;
            }
        }
        polygon->extent[axis] = range;
    }
}

/* The point of the edge uv at which a form vanishes that has values of opposite strict signs at u and v.
 *
 * It is |at_v| u + |at_u| v. The two weights are divided by their common divisor and have to be below 2^71; then the
 * sums are below 2 * 2^(71 + 54) = 2^126, and the point is made primitive before its coordinates are checked.
 */
static Point crossing(const Point *u, const Point *v, wide at_u, wide at_v, int *overflow)
{
    unsigned_wide p = modulus(at_v), q = modulus(at_u), common = common_divisor(p, q);
    p /= common;
    q /= common;
    if (p >> 71 || q >> 71) {
        *overflow = 1;
        return *u;
    }
    wide X = (wide)p * u->X + (wide)q * v->X;
    wide Y = (wide)p * u->Y + (wide)q * v->Y;
    wide W = (wide)p * u->W + (wide)q * v->W;
    wide divisor = (wide)common_divisor(common_divisor(modulus(X), modulus(Y)), modulus(W));
    Point point = {
        coordinate(X / divisor, overflow), coordinate(Y / divisor, overflow), coordinate(W / divisor, overflow)
    };
    return point;
}

/* Cut a polygon in two: `below` is where the line's form is <= 0, `above` where it is >= 0; it has both strict signs.
 *
 * A part has at most one vertex more than the polygon; polygons with too many vertices count as an overflow.
 */
void split(const Polygon *polygon, const Form *line, Polygon *below, Polygon *above, int *overflow)
{
    wide values[MOST_VERTICES];
    below->count = above->count = 0;
    if (polygon->count > MOST_VERTICES - 2) {
        *overflow = 1;
        return;
    }
    for (int i = 0; i < polygon->count; i++)
        values[i] = value_at(line, polygon->vertices + i);
    for (int i = 0, last = polygon->count - 1; i < polygon->count; last = i++) {
        const Point *vertex = polygon->vertices + i;
        if ((values[last] < 0 && values[i] > 0) || (values[last] > 0 && values[i] < 0)) {
            Point point = crossing(polygon->vertices + last, vertex, values[last], values[i], overflow);
            below->vertices[below->count++] = point;
            above->vertices[above->count++] = point;
        }
        if (values[i] <= 0)
            below->vertices[below->count++] = *vertex;
        if (values[i] >= 0)
            above->vertices[above->count++] = *vertex;
    }
    if (below->count < 3 || above->count < 3) {  /* only after an overflow: the line crosses the polygon */
        *overflow = 1;
        return;
    }
    find_extents(below);
    find_extents(above);
}

/* The form divided by the common divisor of its entries. */
Form primitive(const Form *form)
{
    wide divisor = (wide)common_divisor(common_divisor(modulus(form->a), modulus(form->b)), modulus(form->c));
    Form reduced = *form;
    if (divisor > 1) {
        reduced.a /= divisor;
        reduced.b /= divisor;
        reduced.c /= divisor;
    }
    return reduced;
}

static uint64_t residue(int64_t number, uint64_t prime)
{
    return number >= 0 ? (uint64_t)number % prime : prime - 1 - (uint64_t)(-1 - number) % prime;
}

static uint64_t product(uint64_t a, uint64_t b, uint64_t prime)
{
    return (uint64_t)((unsigned_wide)a * b % prime);
}

/* The inverse of a residue a != 0, by Euclid's algorithm; its cofactors are not larger than the prime, below 2^61. */
static uint64_t inverse(uint64_t a, uint64_t prime)
{
    int64_t r0 = (int64_t)prime, r1 = (int64_t)a, s0 = 0, s1 = 1;
    while (r1) {
        int64_t quotient = r0 / r1, next = r0 - quotient * r1;
        r0 = r1;
        r1 = next;
        next = s0 - quotient * s1;
        s0 = s1;
        s1 = next;
    }
    return s0 < 0 ? (uint64_t)(s0 + (int64_t)prime) : (uint64_t)s0;
}

/* Twice the area modulo a prime between 2^60 and 2^61: the sum of (X Y' - X' Y) / (W W') over the edges.
 *
 * No W is zero modulo the prime, because 0 < W < 2^54.
 */
uint64_t area_residue(const Polygon *polygon, uint64_t prime)
{
    uint64_t x[MOST_VERTICES], y[MOST_VERTICES], sum = 0;
    for (int i = 0; i < polygon->count; i++) {
        const Point *vertex = polygon->vertices + i;
        uint64_t divisor = vertex->W == 1 ? 1 : inverse((uint64_t)vertex->W, prime);
        x[i] = product(residue(vertex->X, prime), divisor, prime);
        y[i] = product(residue(vertex->Y, prime), divisor, prime);
    }
    for (int i = 0, last = polygon->count - 1; i < polygon->count; last = i++) {
        sum += product(x[last], y[i], prime);
        sum += prime - product(x[i], y[last], prime);
        sum %= prime;
    }
    return sum;
}

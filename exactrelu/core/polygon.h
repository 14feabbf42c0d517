/* Bounded convex polygons over homogeneous integer points: exactrelu.cpwl.polygon with the bounds of checked.h. */

#ifndef EXACTRELU_POLYGON_H
#define EXACTRELU_POLYGON_H

#include "checked.h"

#define MOST_VERTICES 24

typedef struct {
    wide a, b, c;
} Form;

/* The point (X / W, Y / W), W > 0. */
typedef struct {
    int64_t X, Y, W;
} Point;

/* The ends of a coordinate on a polygon: from low / low_weight to high / high_weight. */
typedef struct {
    int64_t low, low_weight, high, high_weight;
} Range;

/* All coordinates are below 2^bits in modulus. */
typedef struct {
    int count, bits;
    Point vertices[MOST_VERTICES];
    Range extent[2];
} Polygon;

/* Below 2^126 by the bounds of checked.h, if the point is a vertex of the form's polygon. Most entries have 64 bits. */
static inline wide value_at(const Form *form, const Point *point)
{
    int64_t a = (int64_t)form->a, b = (int64_t)form->b, c = (int64_t)form->c;
    if (a == form->a && b == form->b && c == form->c)
        return (wide)a * point->X + (wide)b * point->Y + (wide)c * point->W;
    return form->a * point->X + form->b * point->Y + form->c * point->W;
}

/* Whether a / b < c / d for b, d > 0; products of 64-bit numbers fit. */
static inline int less(int64_t a, int64_t b, int64_t c, int64_t d)
{
    return (wide)a * d < (wide)c * b;
}

void find_extents(Polygon *polygon);
void split(const Polygon *polygon, const Form *line, Polygon *below, Polygon *above, int *overflow);
Form primitive(const Form *form);
uint64_t area_residue(const Polygon *polygon, uint64_t prime);

#endif

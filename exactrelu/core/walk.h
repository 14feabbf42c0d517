/* What a walk through the regions of a network knows of the present cell. */

#ifndef EXACTRELU_WALK_H
#define EXACTRELU_WALK_H

#include "regions.h"

/* A vertex: a point near it, how far off, and the places of the sides before and after it. */
typedef struct {
    double x, y, off;
    int before, after;
} Corner;

/* A box in which all vertices of a cell lie, exactly: |x - middle_x| <= reach_x, and so for y. */
typedef struct {
    double middle_x, middle_y, reach_x, reach_y;
} Box;

/* The line of a side: its form, near enough; the node with that form and the unit that has a kink there, or the number
 * of the side of the domain, and -1; and its number among all lines that were found. */
typedef struct {
    Estimate form;
    int node, unit;
    int64_t line;
} Side;

/* The forms of the nodes on the present cell, by coefficient; `size` bounds them. `open` says which units pass their
 * input on, `known` of which affine nodes the integers are there, in `entries`. `group_of` are the groups of nodes.
 *
 * The nodes are numbered in the order of the walk, so that whatever a part of a cell changes comes after the unit that
 * cut it. Of each group of units `waiting`, from its first node on, are those `waits` units, in order, that the cell
 * which came to the group did not decide as a whole; the others are what they are on all its parts. Of each group of
 * affine nodes `changed` is the first node that has changed since their forms were computed, and `sums` are the sums
 * on the way there (estimates.c).
 *
 * `side` are the sides of all cells on the way: those of the domain, and one for each cut. `area` is twice the area of
 * all regions so far, minus that of the domain, up to `slack`. */
typedef struct {
    Census *census;
    double *a, *b, *c, *error, *size;
    char *open, *known;
    Limb *entries;
    int32_t *group_of, *waiting, *waits, *changed;
    double **sums;
    Side *side;
    int sides;
    int64_t lines;
    int *signs;
    double area, slack;
    Stack cells, tables;
} Walk;

/* exact.c */
int exact_form(Walk *walk, int node, Exact *form);
int exact_side(Walk *walk, int side, Exact *form);
int exact_sign(Walk *walk, int node, const Corner *corner);
int exact_corner(Walk *walk, Corner *corner);

/* estimates.c */
Box box_around(const Corner *corners, int count);
int sign_in(const Walk *walk, int node, const Box *box);
size_t sums_of(const Group *group);
int sign_at(Walk *walk, int node, const Corner *corner);
int meet(Walk *walk, int before, int after, Corner *corner);
int is_zero(const Walk *walk, int node);
void add_area(Walk *walk, const Corner *corners, int count, int sign);
void combine(Walk *walk, const Group *group);

#define UNKNOWN 2

#endif

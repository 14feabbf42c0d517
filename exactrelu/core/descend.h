/* Polygons cut into pieces, depth first: the twin of exactrelu.planar.bisection. */

#ifndef EXACTRELU_DESCEND_H
#define EXACTRELU_DESCEND_H

#include "evaluate.h"
#include "network.h"

/* Deeper cuts are given back: the stack of a thread may have no more than half a megabyte. */
#define MOST_DEPTH 150

/* A range of roots is halved at a bit of their places, 63 bits; roots in the same place follow, and a single one. */
#define MOST_RANGES 66

/* All about one network. `switched` are the numbers of the functions that are switches, `groups` sets of them as bits,
 * `scratch` and `values` room for those of the `slots` of every variant. */
typedef struct {
    int functions, switches, groups, variants, outputs, slots;
    Function *function;
    int switched[MOST_SWITCHES];
    uint64_t *group;
    Variant **variant;
    Given given;
    Enclosures scratch;
    wide *values;
} Network;

/* What is known of a root in the end; MISSING asks for the variant with the zeros `wanted`. */
enum { MISSING = NO_MEMORY + 1 };

/* A root: its polygon, and the forms of the outputs that are expected on it, times `scale` > 0, in halves. Roots are sorted by
 * their `place` >= 0, and near each other if their places have high bits in common. `point` is inside a piece: where a
 * contradiction is, or else in the last piece, the same in every run. */
typedef struct {
    Polygon polygon;
    const int64_t *expected;
    wide scale;
    int64_t place;
    int status;
    int64_t pieces, left, cuts;
    uint64_t area, wanted;
    Point point;
} Root;

/* Numbers that are handed out; `failed` if there was no memory. */
typedef struct {
    int64_t *items;
    size_t count, room;
    int failed;
} List;

/* `prime` is the modulus of the areas, `state` that of the random numbers. If `collect`, pieces are listed and not
 * compared. `interrupted` is asked now and then whether the work has to end; after the `deadline`, nanoseconds on the
 * monotonic clock, 0 for none, polygons are left over as they are. Those whose numbers outgrow this code are given
 * back. */
typedef struct {
    Network *network;
    Root *roots;
    int collect, stopped, late;
    uint64_t prime, state;
    int64_t deadline, evaluations;
    int (*interrupted)(void *);
    void *context;
    List pieces, left, given_back;
} Run;

/* A range of roots on the way: a box around them, `usable` if its numbers fit, and the network of each variant that was
 * made so far, reduced to it. */
typedef struct {
    Polygon box;
    Net *nets;
    char *made;
    int usable;
} Range_of_roots;

/* The present root, and the ranges that it is in. */
typedef struct {
    Run *run;
    Root *root;
    Range_of_roots ranges[MOST_RANGES];
    int depth;
    Stack steps, terms;
} Descent;

int descend(Run *run, int roots);

/* pieces.c */
int leave(Descent *descent, const Polygon *polygon, List *list);
int finish_piece(
    Descent *descent, const Polygon *polygon, const Variant *variant, const Net *net, const Net *inherited
);
int finish_halves(
    Descent *descent, const Polygon *polygon, const Variant *variant, const Net *in, const Net *inherited, Cut *cut,
    int *finished
);

#endif

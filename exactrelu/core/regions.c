/* Regions of a convex polygon on which no unit of a network changes sign, depth first.
 *
 * A cell, a convex polygon, walks through the nodes of the network with their affine forms on it. A unit whose input
 * has both strict signs at the vertices cuts the cell along a line that passes through its inside; one part walks on,
 * the other one is pending. A unit whose input is zero at all vertices, and hence on the cell, cuts nothing.
 *
 * Most units are far from most cells: a box around a cell that comes to a group of units decides them, for all parts of
 * it. Only the others are looked at vertex by vertex, and on each part anew.
 *
 * A cell is strictly convex: neither of two neighbouring sides contains the other, so that each vertex is the meet of
 * the two sides next to it. A cut keeps that. Where its line passes through a vertex, the vertex belongs to both parts;
 * the vertices before and after it are strictly on different sides of the line, for otherwise a side would be on the
 * line or the line would not pass through the inside. */

#include <math.h>
#include <string.h>

#include "walk.h"

/* Signals are looked at once in so many regions. */
#define PATIENCE 256

typedef struct {
    int count;
    Corner corners[];
} Cell;

/* What is left of a cell after the part below a cut: the part above, from the unit on that cut it, given by its place
 * among those of its group that wait. */
typedef struct Pending Pending;

struct Pending {
    Pending *before;
    Cell *above;
    Mark mark;
    int group, place, sides;
};

enum { CUT = TOO_MANY + 1 };

static void open_unit(Walk *walk, int unit, int source)
{
    walk->a[unit] = walk->a[source];
    walk->b[unit] = walk->b[source];
    walk->c[unit] = walk->c[source];
    walk->error[unit] = walk->error[source];
    walk->size[unit] = walk->size[source];
    walk->open[unit] = 1;
}

static void close_unit(Walk *walk, int unit)
{
    walk->a[unit] = walk->b[unit] = walk->c[unit] = walk->error[unit] = walk->size[unit] = 0;
    walk->open[unit] = 0;
}

static void add_corner(Cell *cell, const Corner *corner, int before, int after)
{
    Corner *added = cell->corners + cell->count++;
    *added = *corner;
    added->before = before;
    added->after = after;
}

/* Cut a cell along the last side, where the signs at its corners are those of the walk. */
static int cut(Walk *walk, const Cell *cell, Cell *below, Cell *above)
{
    const int *signs = walk->signs;
    int line = walk->sides - 1;
    below->count = above->count = 0;
    for (int i = 0, last = cell->count - 1; i < cell->count; last = i++) {
        const Corner *corner = cell->corners + i;
        if (signs[last] * signs[i] < 0) {
            Corner crossing;
            Cell *left = signs[last] < 0 ? below : above, *entered = signs[last] < 0 ? above : below;
            if (!meet(walk, corner->before, line, &crossing))
                return UNDECIDED;
            add_corner(left, &crossing, corner->before, line);
            add_corner(entered, &crossing, line, corner->before);
        }
        if (signs[i]) {
            add_corner(signs[i] < 0 ? below : above, corner, corner->before, corner->after);
        } else {
            add_corner(signs[last] < 0 ? below : above, corner, corner->before, line);
            add_corner(signs[last] < 0 ? above : below, corner, line, corner->after);
        }
    }
    return COUNTED;
}

/* Append the integers of a form, in so many limbs; return whether there are any. */
static int append_exact(Bytes *bytes, const Exact *form, int limbs)
{
    Limb *to = (Limb *)extend(bytes, 3 * (size_t)limbs * sizeof(Limb));
    for (int k = 0; to && k < 3; k++)
        widen(to + k * limbs, limbs, form->entries + k * form->limbs, form->limbs);
    return to ? COUNTED : OUT_OF_MEMORY;
}

/* Add a side; if regions are listed, its line is, too. */
static int add_side(Walk *walk, const Side *side)
{
    Census *census = walk->census;
    Exact form;
    walk->side[walk->sides] = *side;
    walk->side[walk->sides++].line = walk->lines++;
    if (!census->list)
        return COUNTED;
    if (!exact_side(walk, walk->sides - 1, &form))
        return UNDECIDED;
    int64_t unit = side->unit;
    char *kink = extend(&census->kinks, sizeof unit);
    if (!kink)
        return OUT_OF_MEMORY;
    memcpy(kink, &unit, sizeof unit);
    return append_exact(&census->lines, &form, census->line_limbs);
}

/* List a region: its sides and corners, the pattern of the units, the outputs' forms. */
static int list(Walk *walk, const Cell *cell)
{
    Census *census = walk->census;
    size_t count = (size_t)cell->count;
    int64_t *length = (int64_t *)extend(&census->counts, sizeof(int64_t));
    int64_t *boundary = (int64_t *)extend(&census->boundary, count * sizeof(int64_t));
    double *points = (double *)extend(&census->points, 2 * count * sizeof(double));
    char *pattern = extend(&census->patterns, (size_t)census->units);
    if (!length || !boundary || !points || !pattern)
        return OUT_OF_MEMORY;
    *length = cell->count;
    for (int i = 0; i < cell->count; i++) {
        boundary[i] = walk->side[cell->corners[i].before].line;
        points[2 * i] = cell->corners[i].x;
        points[2 * i + 1] = cell->corners[i].y;
    }
    for (int g = 1; g < census->groups; g++) {
        const Group *group = census->group + g;
        if (group->units)
            memcpy(pattern + group->column, walk->open + group->first, (size_t)group->count);
    }
    for (int k = 0; k < census->outputs; k++) {
        Exact form;
        if (!exact_form(walk, census->ends[k], &form))
            return UNDECIDED;
        int status = append_exact(&census->forms, &form, census->form_limbs);
        if (status != COUNTED)
            return status;
    }
    return COUNTED;
}

/* Count a region; list it, or note the estimates of its forms. */
static int report(Walk *walk, const Cell *cell)
{
    Census *census = walk->census;
    if (census->regions == census->most)
        return TOO_MANY;
    for (int k = 0; !census->list && k < census->outputs; k++) {
        int end = census->ends[k];
        Estimate *form = (Estimate *)extend(&census->estimates, sizeof(Estimate));
        if (!form)
            return OUT_OF_MEMORY;
        form->a = walk->a[end];
        form->b = walk->b[end];
        form->c = walk->c[end];
        form->error = walk->error[end];
    }
    add_area(walk, cell->corners, cell->count, 1);
    if (++census->regions % PATIENCE == 0 && census->interrupted(census->context))
        return INTERRUPTED;
    return census->list ? list(walk, cell) : COUNTED;
}

/* Note the signs of a node at the corners of a cell; tell whether it has strict signs of either kind. */
static int find_signs(Walk *walk, int node, const Cell *cell, int *negative, int *positive)
{
    *negative = *positive = 0;
    if (is_zero(walk, node))
        return COUNTED;
    for (int i = 0; i < cell->count; i++) {
        int sign = walk->signs[i] = sign_at(walk, node, cell->corners + i);
        if (sign == UNKNOWN)
            return UNDECIDED;
        *negative |= sign < 0;
        *positive |= sign > 0;
    }
    return COUNTED;
}

/* Come to a group of units with a cell: note which of them it does not decide as a whole. */
static void enter(Walk *walk, const Cell *cell, int g)
{
    const Group *group = walk->census->group + g;
    Box box = box_around(cell->corners, cell->count);
    int waits = 0;
    for (int unit = 0; unit < group->count; unit++) {
        int source = group->sources[unit], node = group->first + unit, sign = sign_in(walk, source, &box);
        if (sign > 0)
            open_unit(walk, node, source);
        else if (sign < 0 || is_zero(walk, source))
            close_unit(walk, node);
        else
            walk->waiting[group->first + waits++] = unit;
    }
    walk->waits[g] = waits;
}

/* Walk on with a cell from a waiting unit of a group, up to the next one that cuts it; COUNTED at the end of the
 * network. A cell that comes to a group is at its place 0; one that has been cut is not. */
static int advance(Walk *walk, const Cell *cell, int *g, int *place)
{
    const Census *census = walk->census;
    for (; *g < census->groups; ++*g, *place = 0) {
        const Group *group = census->group + *g;
        if (!group->units) {
            combine(walk, group);
            continue;
        }
        if (!*place)
            enter(walk, cell, *g);
        for (; *place < walk->waits[*g]; ++*place) {
            int unit = walk->waiting[group->first + *place], negative, positive;
            int status = find_signs(walk, group->sources[unit], cell, &negative, &positive);
            if (status != COUNTED)
                return status;
            if (negative && positive)
                return CUT;
            if (positive)
                open_unit(walk, group->first + unit, group->sources[unit]);
            else
                close_unit(walk, group->first + unit);
        }
    }
    return COUNTED;
}

/* Cut a cell at a waiting unit; return the two parts, with memory of their own, in `pending` and `below`. */
static int cut_at(Walk *walk, const Cell *cell, int g, int place, Pending **pending, Cell **below)
{
    const Group *group = walk->census->group + g;
    int unit = walk->waiting[group->first + place], node = group->sources[unit];
    size_t size = sizeof(Cell) + ((size_t)cell->count + 2) * sizeof(Corner);
    Pending *next = stack_take(&walk->cells, sizeof(Pending));
    Cell *above = stack_take(&walk->cells, size);
    Mark mark = stack_mark(&walk->cells);
    *below = stack_take(&walk->cells, size);
    if (!next || !above || !*below)
        return OUT_OF_MEMORY;
    Estimate form = {walk->a[node], walk->b[node], walk->c[node], walk->error[node]};
    Side side = {form, node, group->first + unit, 0};
    int status = add_side(walk, &side);
    if (status != COUNTED)
        return status;
    next->before = *pending;
    next->above = above;
    next->mark = mark;
    next->group = g;
    next->place = place;
    next->sides = walk->sides;
    *pending = next;
    close_unit(walk, group->first + unit);
    return cut(walk, cell, *below, above);
}

/* Go back to the last part that is pending: open the unit that cut it, and note what changes from there on. */
static void resume(Walk *walk, const Pending *pending)
{
    const Group *group = walk->census->group + pending->group;
    int unit = walk->waiting[group->first + pending->place], node = group->first + unit;
    walk->sides = pending->sides;
    stack_release(&walk->cells, pending->mark);
    open_unit(walk, node, group->sources[unit]);
    for (int g = pending->group + 1; g < walk->census->groups; g++)
        if (walk->changed[g] > node)
            walk->changed[g] = node;
}

/* Walk with a cell through the network, and with all parts into which it is cut. */
static int walk_through(Walk *walk, const Cell *cell)
{
    Pending *pending = NULL;
    int g = 1, place = 0;
    for (;;) {
        int status = advance(walk, cell, &g, &place);
        if (status == CUT) {
            Cell *below;
            status = cut_at(walk, cell, g, place++, &pending, &below);
            if (status != COUNTED)
                return status;
            cell = below;
            continue;
        }
        if (status == COUNTED)
            status = report(walk, cell);
        if (status != COUNTED || !pending)
            return status;
        resume(walk, pending);
        cell = pending->above;
        g = pending->group;
        place = pending->place + 1;
        pending = pending->before;
    }
}

/* Put the walk at its start: the inputs, the sides of the domain and its corners. */
static int begin(Walk *walk, Cell *domain)
{
    Census *census = walk->census;
    int status = COUNTED;
    walk->a[0] = walk->b[1] = 1;
    walk->size[0] = walk->size[1] = census->R;
    for (int g = 0; g < census->groups; g++)
        for (int node = census->group[g].first; node < census->group[g].end; node++)
            walk->group_of[node] = g;
    for (int i = 0; status == COUNTED && i < census->sides; i++) {
        Side side = {census->side[i], i, -1, 0};
        status = add_side(walk, &side);
    }
    domain->count = census->sides;
    for (int i = 0; status == COUNTED && i < census->sides; i++)
        if (!meet(walk, i, (i + 1) % census->sides, domain->corners + i))
            status = UNDECIDED;
    if (status == COUNTED)
        add_area(walk, domain->corners, domain->count, -1);
    return status;
}

/* Take room for all tables of a walk; return whether there is any. Nothing has been computed yet. */
static int take_tables(Walk *walk)
{
    const Census *census = walk->census;
    size_t nodes = (size_t)census->nodes, groups = (size_t)census->groups, sides = (size_t)census->sides + nodes;
    size_t limbs = 0, kept = 0;
    for (int g = 0; g < census->groups; g++) {
        const Group *group = census->group + g;
        limbs += group->units ? 0 : 3 * (size_t)group->limbs * (size_t)(group->end - group->first);
        kept += sums_of(group);
    }
    double *numbers = stack_take(&walk->tables, 5 * nodes * sizeof(double));
    double *sums = stack_take(&walk->tables, kept * sizeof(double));
    walk->open = stack_take(&walk->tables, 2 * nodes);
    walk->entries = stack_take(&walk->tables, limbs * sizeof(Limb));
    walk->group_of = stack_take(&walk->tables, nodes * sizeof(int32_t));
    walk->waiting = stack_take(&walk->tables, nodes * sizeof(int32_t));
    walk->waits = stack_take(&walk->tables, groups * sizeof(int32_t));
    walk->changed = stack_take(&walk->tables, groups * sizeof(int32_t));
    walk->sums = stack_take(&walk->tables, groups * sizeof(double *));
    walk->side = stack_take(&walk->tables, sides * sizeof(Side));
    walk->signs = stack_take(&walk->tables, sides * sizeof(int));
    if (!numbers || !sums || !walk->open || !walk->entries || !walk->group_of || !walk->waiting || !walk->waits
        || !walk->changed || !walk->sums || !walk->side || !walk->signs)
        return 0;
    memset(numbers, 0, 5 * nodes * sizeof(double));
    memset(walk->open, 0, 2 * nodes);
    memset(walk->changed, 0, groups * sizeof(int32_t));
    walk->a = numbers;
    walk->b = numbers + nodes;
    walk->c = numbers + 2 * nodes;
    walk->error = numbers + 3 * nodes;
    walk->size = numbers + 4 * nodes;
    walk->known = walk->open + nodes;
    for (int g = 0; g < census->groups; sums += sums_of(census->group + g++))
        walk->sums[g] = sums;
    return 1;
}

/* Count all regions of the domain, or list them. */
int count_regions(Census *census)
{
    Walk walk = {.census = census};
    Cell *domain = stack_take(&walk.tables, sizeof(Cell) + (size_t)census->sides * sizeof(Corner));
    int status = OUT_OF_MEMORY;
    if (domain && take_tables(&walk)) {
        status = begin(&walk, domain);
        if (status == COUNTED)
            status = walk_through(&walk, domain);
        int fills = fabs(walk.area) <= walk.slack && census->regions == 1 + walk.lines - census->sides;
        if (status == COUNTED && !fills)
            status = IMPOSSIBLE;
    }
    stack_free(&walk.cells);
    stack_free(&walk.tables);
    return status;
}

/* `regions` of the module: the arrays of a census of regions. */

#include "arrays.h"

#include <limits.h>
#include <stdlib.h>

#include "regions.h"

/* The numbers in a row of a group: units, first, end, count, whole, limbs, width. */
#define ROW 7

/* Fill the groups from their rows; return whether they, and what they refer to, make sense.
 *
 * w: rows, sources, weights, biases, exact weights, exact biases. */
static int read_groups(Census *census, Group *groups, const Words *w, const int32_t *sources)
{
    int64_t node = 0, source = 0, weight = 0, bias = 0, exact_weight = 0, exact_bias = 0, place = 0, units = 0;
    for (int g = 0; g < census->groups; g++) {
        const int64_t *row = w[0].items + ROW * g;
        int64_t is_units = row[0] != 0, nodes = row[2] - row[1], count = row[3], limbs = row[5], width = row[6];
        if (row[1] != node || nodes < 1 || row[2] > INT_MAX / 16 || count < 0 || count > w[1].count - source
            || (is_units && count != nodes) || limbs < 0 || limbs > MOST_LIMBS || width < 1 || width > MOST_LIMBS
            || (row[4] && limbs != 1) || (!g && (is_units || count || nodes != 2 || limbs != 1 || !row[4])))
            return 0;
        for (int64_t i = source; i < source + count; i++)
            if (w[1].items[i] < 0 || w[1].items[i] >= node
                || (!is_units && i > source && w[1].items[i] <= w[1].items[i - 1]))
                return 0;
        Group group = {
            (int)is_units, (int)node, (int)row[2], (int)count, row[4] != 0, (int)limbs, (int)width, (int)units, place,
            sources + source, (const double *)w[2].items + weight, (const double *)w[3].items + bias,
            (const Limb *)w[4].items + exact_weight, (const Limb *)w[5].items + exact_bias
        };
        groups[g] = group;
        node = row[2];
        source += count;
        if (is_units) {
            units += nodes;
        } else {
            place += 3 * limbs * nodes;
            if (g) {
                weight += count * nodes;
                bias += nodes;
            }
            if (g && limbs && !row[4]) {
                exact_weight += count * nodes * width;
                exact_bias += nodes * width;
            }
        }
        if (weight > w[2].count || bias > w[3].count || exact_weight > w[4].count || exact_bias > w[5].count)
            return 0;
    }
    census->nodes = (int)node;
    census->units = (int)units;
    return source == w[1].count && weight == w[2].count && bias == w[3].count && exact_weight == w[4].count
        && exact_bias == w[5].count;
}

/* The sides of the domain, and its corners, make sense. */
static int read_sides(Census *census, const Words *estimates, const Words *exact)
{
    census->sides = (int)(estimates->count / 4);
    census->side = (const Estimate *)estimates->items;
    census->exact_side = (const Limb *)exact->items;
    return estimates->count % 4 == 0 && census->sides >= 3 && census->sides < INT_MAX / 64
        && census->side_limbs >= 1 && census->side_limbs <= MOST_LIMBS
        && exact->count == (Py_ssize_t)3 * census->side_limbs * census->sides;
}

static PyObject *answer(Census *census, int status)
{
    Bytes *parts[] = {
        &census->estimates, &census->counts, &census->boundary, &census->points, &census->patterns, &census->lines,
        &census->kinks, &census->forms
    };
    PyObject *result = Py_BuildValue("(iL)", status, (long long)census->regions), *lists = PyTuple_New(8);
    for (int i = 0; result && lists && i < 8; i++) {
        PyObject *bytes = handed_over(parts[i]);
        if (!bytes || PyTuple_SetItem(lists, i, bytes) < 0)
            Py_CLEAR(result);
    }
    PyObject *both = result && lists ? PySequence_Concat(result, lists) : NULL;
    Py_XDECREF(result);
    Py_XDECREF(lists);
    return both;
}

/* regions(groups, sources, weights, biases, exact weights, exact biases, ends, sides, exact sides, R,
 * (list, side limbs, line limbs, form limbs, most)): (how it ended, regions, and what a `Census` lists, as views of
 * bytes).
 *
 * `groups` has rows (units, first, end, count, whole, limbs, width), that of the inputs first; groups of units, those
 * that are whole and those without limbs have no exact weights. `sides` has rows (a, b, c, error). See regions.h. */
PyObject *regions(PyObject *module, PyObject *arguments)
{
    Words w[9];
    long long most;
    Census census = {.interrupted = interrupted};
    PyObject *result = NULL;
    (void)module;
    PyObject *numbers = PyTuple_GetItem(arguments, 10);
    census.R = PyFloat_AsDouble(PyTuple_GetItem(arguments, 9));
    if (!numbers || PyErr_Occurred()
        || !PyArg_ParseTuple(numbers, "iiiiL", &census.list, &census.side_limbs, &census.line_limbs,
                             &census.form_limbs, &most)
        || take(arguments, 0, w, 9) < 0)
        return NULL;
    census.most = most;
    census.groups = (int)(w[0].count / ROW);
    Group *groups = calloc((size_t)census.groups + 1, sizeof(Group));
    int32_t *sources = narrowed(w + 1), *ends = narrowed(w + 6);
    if (!groups || !sources || !ends) {
        PyErr_NoMemory();
    } else if (!invalid(w[0].count % ROW != 0 || !census.groups || !read_groups(&census, groups, w, sources),
                        "not the groups of a network")
               && !invalid(!within(w + 6, 0, census.nodes - 1), "not the outputs")
               && !invalid(!read_sides(&census, w + 7, w + 8), "not the sides of a polygon")
               && !invalid(census.line_limbs < 1 || census.line_limbs > MOST_LIMBS || census.form_limbs < 1
                           || census.form_limbs > MOST_LIMBS, "not numbers of limbs")) {
        census.outputs = (int)w[6].count;
        census.group = groups;
        census.ends = ends;
        PyThreadState *state = PyEval_SaveThread();
        census.context = &state;
        int status = count_regions(&census);
        PyEval_RestoreThread(state);
        if (status == OUT_OF_MEMORY)
            PyErr_NoMemory();
        else if (!PyErr_Occurred())
            result = answer(&census, status);
    }
    free(groups);
    free(sources);
    free(ends);
    free_bytes(&census.estimates);
    free_bytes(&census.counts);
    free_bytes(&census.boundary);
    free_bytes(&census.points);
    free_bytes(&census.patterns);
    free_bytes(&census.lines);
    free_bytes(&census.kinks);
    free_bytes(&census.forms);
    release(w, 9);
    return result;
}

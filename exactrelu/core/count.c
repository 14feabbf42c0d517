/* `count` of the module: the arrays of a census of regions. */

#include "arrays.h"

#include <limits.h>
#include <stdlib.h>

#include "regions.h"

/* Fill the groups from rows (units, first, end, count); return whether they, and what they refer to, make sense. */
static int read_groups(Group *groups, const Words *rows, const int32_t *sources, const Words *w)
{
    int64_t node = 2, source = 0, weight = 0, bias = 0;
    for (Py_ssize_t g = 0; g < rows->count / 4; g++) {
        const int64_t *row = rows->items + 4 * g;
        int64_t units = row[0], nodes = row[2] - row[1], count = row[3];
        if (row[1] != node || nodes < 1 || nodes > w[1].count + w[3].count || count < 0 || count > w[1].count - source
            || (units && count != nodes))
            return 0;
        for (int64_t i = source; i < source + count; i++)
            if (w[1].items[i] < 0 || w[1].items[i] >= node)
                return 0;
        Group group = {
            units != 0, (int)row[1], (int)row[2], (int)count, sources + source,
            (const double *)w[2].items + weight, (const double *)w[3].items + bias
        };
        groups[g] = group;
        node = row[2];
        source += count;
        weight += units ? 0 : count * nodes;
        bias += units ? 0 : nodes;
        if (weight > w[2].count || bias > w[3].count || node > INT_MAX / 16)
            return 0;
    }
    return rows->count % 4 == 0 && source == w[1].count && weight == w[2].count && bias == w[3].count;
}

/* count(groups, sources, weights, biases, ends, sides, R): (how it ended, regions, the outputs' estimates as bytes).
 *
 * `groups` has rows (units, first, end, count), `sides` rows (a, b, c, error); see regions.h. */
PyObject *count(PyObject *module, PyObject *arguments)
{
    Words w[6];
    Census census = {.interrupted = interrupted};
    PyObject *result = NULL;
    (void)module;
    census.R = PyFloat_AsDouble(PyTuple_GetItem(arguments, 6));
    if (PyErr_Occurred() || take(arguments, 0, w, 6) < 0)
        return NULL;
    Group *groups = calloc((size_t)w[0].count / 4 + 1, sizeof(Group));
    int32_t *sources = narrowed(w + 1), *ends = narrowed(w + 4);
    int64_t nodes = w[0].count < 4 ? 2 : w[0].items[w[0].count / 4 * 4 - 2];
    if (!groups || !sources || !ends) {
        PyErr_NoMemory();
    } else if (!invalid(!read_groups(groups, w, sources, w), "not the groups of a network")
               && !invalid(!within(w + 4, 0, nodes - 1), "not the outputs")
               && !invalid(w[5].count % 4 != 0 || w[5].count < 12 || w[5].count > 80, "not the sides of a polygon")) {
        census.groups = (int)(w[0].count / 4);
        census.nodes = (int)nodes;
        census.outputs = (int)w[4].count;
        census.sides = (int)(w[5].count / 4);
        census.group = groups;
        census.ends = ends;
        census.side = (const Estimate *)w[5].items;
        PyThreadState *state = PyEval_SaveThread();
        census.context = &state;
        int status = count_regions(&census);
        PyEval_RestoreThread(state);
        if (status == OUT_OF_MEMORY)
            PyErr_NoMemory();
        else if (!PyErr_Occurred())
            result = Py_BuildValue(
                "(iLy#)", status, (long long)census.regions,
                census.count ? (char *)census.found : "", (Py_ssize_t)census.count * (Py_ssize_t)sizeof(Estimate)
            );
    }
    free(groups);
    free(sources);
    free(ends);
    free(census.found);
    release(w, 6);
    return result;
}

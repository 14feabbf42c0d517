/* The Python module: arrays of 64-bit integers in, arrays of 64-bit integers out, by the buffer protocol.
 *
 * Numbers of up to 128 bits are two items, their halves, the one with the sign first: weights and biases, scales, and
 * the entries of forms. exactrelu.planar.native and native_walk are the only callers. All indices are checked here, so
 * that a mistake there cannot make this code read or write where it should not. */

#include "arrays.h"

#include <stdlib.h>
#include <string.h>

#include "descend.h"

/* So many numbers are said of each root. */
#define ROW 9

static const char NAME[] = "exactrelu.core.Network";

static void free_scratch(Enclosures *work)
{
    free(work->state);
    free(work->needed);
    free(work->form);
    free(work->low);
    free(work->high);
    free(work->step);
}

static void free_variant(Variant *variant)
{
    if (variant) {
        free(variant->whole.steps);
        free(variant->whole.terms);
        free(variant->functions);
        free(variant);
    }
}

static void free_given(Given *given)
{
    free((void *)given->rectified);
    free((void *)given->starts);
    free((void *)given->sources);
    free((void *)given->ends);
    free((void *)given->weights);
    free((void *)given->biases);
    free((void *)given->scales);
    free(given->light);
    free(given->short_weights);
    free(given->short_biases);
    free(given->values);
}

static void free_network(Network *network)
{
    for (int i = 0; i < network->functions; i++) {
        Function *function = network->function + i;
        free((void *)function->numerators);
        free((void *)function->denominators);
        free((void *)function->slopes);
        free((void *)function->intercepts);
        free((void *)function->floors);
        free((void *)function->ceilings);
    }
    for (int i = 0; i < network->variants; i++)
        free_variant(network->variant[i]);
    free(network->function);
    free(network->group);
    free(network->variant);
    free_given(&network->given);
    free_scratch(&network->scratch);
    free(network->values);
    free(network);
}

static void destroy(PyObject *capsule)
{
    Network *network = PyCapsule_GetPointer(capsule, NAME);
    if (network)
        free_network(network);
}

static Network *network_of(PyObject *arguments)
{
    PyObject *capsule = PyTuple_GetItem(arguments, 0);
    return capsule ? PyCapsule_GetPointer(capsule, NAME) : NULL;
}

/* network(switches, groups, rectified, starts, sources, weights, biases, ends, scales): a capsule with the network as
 * it was given, `Given`, and the functions numbered in `switches`; `groups` are sets of switches as bits. */
static PyObject *make_network(PyObject *module, PyObject *arguments)
{
    Words w[9];
    (void)module;
    if (take(arguments, 0, w, 9) < 0)
        return NULL;
    Words *switches = w, *groups = w + 1, *rectified = w + 2, *starts = w + 3, *sources = w + 4;
    Network *network = NULL;
    PyObject *capsule = NULL;
    int bad = invalid(switches->count > MOST_SWITCHES, "too many switches")
        || invalid(w[7].count > MOST_OUTPUTS || w[8].count != 2 * w[7].count, "too many outputs")
        || invalid(w[6].count != 2 * rectified->count || w[5].count != 2 * sources->count, "arrays of different lengths")
        || invalid(!are_starts(starts, rectified->count, sources->count), "not the starts of terms")
        || invalid(!within(&w[7], 0, rectified->count + 1) || !are_positive(&w[8]), "not an output");
    for (Py_ssize_t k = 0; !bad && k < rectified->count; k++)
        for (int64_t t = starts->items[k]; !bad && t < starts->items[k + 1]; t++)
            bad = invalid(sources->items[t] < 0 || sources->items[t] >= k + 2, "a node has to come after its sources");
    if (!bad && !(network = calloc(1, sizeof(Network))))
        PyErr_NoMemory();
    if (network) {
        Given *given = &network->given;
        char *flags = malloc((size_t)rectified->count + 1);
        given->rectified = flags;
        given->starts = narrowed(starts);
        given->sources = narrowed(sources);
        given->weights = widened(w + 5);
        given->biases = widened(w + 6);
        given->ends = narrowed(w + 7);
        given->scales = widened(w + 8);
        given->values = malloc(((size_t)rectified->count + 2) * sizeof(wide));
        given->nodes = (int)rectified->count;
        given->outputs = network->outputs = (int)w[7].count;
        network->group = (uint64_t *)copied(groups);
        network->groups = (int)groups->count;
        network->switches = (int)switches->count;
        for (int i = 0; i < network->switches; i++)
            network->switched[i] = (int)switches->items[i];
        if (flags)
            for (int k = 0; k < given->nodes; k++)
                flags[k] = rectified->items[k] != 0;
        if (flags && given->starts && given->sources && given->weights && given->biases && given->ends && given->scales
            && given->values && network->group && find_light(given))
            capsule = PyCapsule_New(network, NAME, destroy);
        else
            PyErr_NoMemory();
        if (!capsule)
            free_network(network);
    }
    release(w, 9);
    return capsule;
}

/* add_function(network, axis, numerators, denominators, slopes, intercepts, floors, ceilings) */
static PyObject *add_function(PyObject *module, PyObject *arguments)
{
    Network *network = network_of(arguments);
    Words w[6];
    (void)module;
    if (!network)
        return NULL;
    long axis = PyLong_AsLong(PyTuple_GetItem(arguments, 1));
    if (PyErr_Occurred() || take(arguments, 2, w, 6) < 0)
        return NULL;
    Py_ssize_t knots = w[0].count;
    int bad = invalid(axis != 0 && axis != 1, "an axis is 0 or 1")
        || invalid(w[1].count != knots || w[2].count != knots + 1 || w[3].count != knots + 1 || w[4].count != knots
            || w[5].count != knots, "arrays of different lengths")
        || invalid(!within(w + 1, 1, INT64_MAX), "a denominator has to be positive");
    Function *longer = bad ? NULL : realloc(network->function, ((size_t)network->functions + 1) * sizeof(Function));
    if (longer) {
        Function *function = longer + network->functions++;
        network->function = longer;
        function->axis = (int)axis;
        function->knots = (int)knots;
        function->numerators = copied(w);
        function->denominators = copied(w + 1);
        function->slopes = copied(w + 2);
        function->intercepts = copied(w + 3);
        function->floors = copied(w + 4);
        function->ceilings = copied(w + 5);
        if (!function->numerators || !function->denominators || !function->slopes || !function->intercepts
            || !function->floors || !function->ceilings)
            PyErr_NoMemory();
    } else if (!bad) {
        PyErr_NoMemory();
    }
    release(w, 6);
    if (PyErr_Occurred())
        return NULL;
    Py_RETURN_NONE;
}

/* Make room for the enclosures of so many slots. */
static int make_room(Network *network, int slots)
{
    Enclosures work;
    if (slots <= network->slots)
        return 1;
    work.state = calloc((size_t)slots, 1);
    work.needed = calloc((size_t)slots, 1);
    work.form = calloc((size_t)slots, sizeof(Form));
    work.low = calloc((size_t)slots, sizeof(wide));
    work.high = calloc((size_t)slots, sizeof(wide));
    work.step = calloc((size_t)slots, sizeof(int32_t));
    wide *values = calloc((size_t)slots, sizeof(wide));
    if (!values || !work.state || !work.needed || !work.form || !work.low || !work.high || !work.step) {
        free_scratch(&work);
        free(values);
        return 0;
    }
    free_scratch(&network->scratch);
    free(network->values);
    network->scratch = work;
    network->values = values;
    network->slots = slots;
    return 1;
}

/* Whether all numbers in halves fit into a `Term`. */
static int are_weights(const Words *words)
{
    for (Py_ssize_t i = 0; i < words->count; i += 2)
        if (words->items[i] >> 39 != 0 && words->items[i] >> 39 != -1)
            return 0;
    return 1;
}

/* The `Variant` of checked arrays; NULL if there is no memory. */
static Variant *made_variant(Network *network, uint64_t zeros, const Words *w)
{
    const Words *functions = w, *rectified = w + 1, *starts = w + 2, *sources = w + 3, *weights = w + 4;
    int univariate = (int)functions->count, slots = 1 + univariate + (int)rectified->count;
    Variant *variant = calloc(1, sizeof(Variant));
    if (!variant)
        return NULL;
    Net *whole = &variant->whole;
    variant->zeros = zeros;
    variant->slots = slots;
    variant->functions = calloc((size_t)slots, sizeof(Function *));
    whole->steps = calloc((size_t)slots, sizeof(Step));
    whole->terms = calloc((size_t)sources->count + 1, sizeof(Term));
    if (!variant->functions || !whole->steps || !whole->terms) {
        free_variant(variant);
        return NULL;
    }
    for (int slot = 1; slot < slots; slot++) {
        Step *step = whole->steps + whole->count++;
        step->slot = slot;
        if (slot <= univariate) {
            variant->functions[slot] = network->function + functions->items[slot - 1];
            step->kind = UNIVARIATE;
            step->last = variant->functions[slot]->knots;
            continue;
        }
        int number = slot - 1 - univariate;
        step->kind = rectified->items[number] ? RECTIFIED : SUM;
        step->first = whole->size;
        for (int64_t t = starts->items[number]; t < starts->items[number + 1]; t++) {
            if (sources->items[t]) {
                Term *term = whole->terms + whole->size++;
                term->source = (int32_t)sources->items[t];
                set_weight(term, wide_at(weights->items, t));
            } else {
                step->form.c = wide_at(weights->items, t);
            }
        }
        step->last = whole->size;
    }
    for (int k = 0; k < MOST_OUTPUTS; k++) {
        variant->outputs[k] = k < w[5].count ? (int)w[5].items[k] : 0;
        variant->cancels[k] = k < w[5].count && w[6].items[k];
        variant->scales[k] = k < w[5].count ? wide_at(w[7].items, k) : 1;
        whole->known[k] = !variant->outputs[k];
        whole->undecided += !whole->known[k];
    }
    variant->switches = (int)w[8].count;
    for (int s = 0; s < variant->switches; s++)
        variant->switched[s] = network->function + w[8].items[s];
    return variant;
}

/* add_variant(network, zeros, functions, rectified, starts, sources, weights, outputs, cancels, scales, switches)
 *
 * All functions have to be there before the first variant. */
static PyObject *add_variant(PyObject *module, PyObject *arguments)
{
    Network *network = network_of(arguments);
    Words w[9];
    (void)module;
    if (!network)
        return NULL;
    uint64_t zeros = PyLong_AsUnsignedLongLong(PyTuple_GetItem(arguments, 1));
    if (PyErr_Occurred() || take(arguments, 2, w, 9) < 0)
        return NULL;
    Py_ssize_t univariate = w[0].count, slots = 1 + univariate + w[1].count;
    int bad = invalid(!are_weights(w + 4), "weights have up to 104 bits")
        || invalid(slots >> 23 != 0, "too many slots")
        || invalid(!within(w, 0, network->functions - 1) || !within(w + 8, 0, network->functions - 1), "no function")
        || invalid(w[4].count != 2 * w[3].count || !are_starts(w + 2, w[1].count, w[3].count), "not the starts of terms")
        || invalid(w[5].count != network->outputs || w[6].count != w[5].count || w[7].count != 2 * w[5].count
            || !within(w + 5, 0, slots - 1) || !are_positive(w + 7), "not the outputs")
        || invalid(w[8].count > MOST_SWITCHES, "too many switches");
    for (int s = 0; !bad && s < network->switches; s++)
        bad = invalid(network->switched[s] < 0 || network->switched[s] >= network->functions, "no function");
    for (Py_ssize_t k = 0; !bad && k < w[1].count; k++)
        for (int64_t t = w[2].items[k]; !bad && t < w[2].items[k + 1]; t++)
            bad = invalid(w[3].items[t] < 0 || w[3].items[t] > k + univariate, "a slot has to come after its sources");
    if (!bad) {
        Variant **longer = realloc(network->variant, ((size_t)network->variants + 1) * sizeof(Variant *));
        Variant *variant = NULL;
        if (longer) {
            network->variant = longer;
            if (make_room(network, (int)slots))
                variant = made_variant(network, zeros, w);
        }
        if (variant)
            network->variant[network->variants++] = variant;
        else
            PyErr_NoMemory();
    }
    release(w, 9);
    if (PyErr_Occurred())
        return NULL;
    Py_RETURN_NONE;
}

/* Fill the roots from the arrays of `run`; return whether they make sense. */
static int read_roots(Root *roots, const Words *w, int outputs)
{
    const Words *counts = w, *points = w + 1, *expected = w + 2, *scales = w + 3, *places = w + 4;
    Py_ssize_t at = 0;
    for (Py_ssize_t i = 0; i < counts->count; i++) {
        int64_t count = counts->items[i];
        Polygon *polygon = &roots[i].polygon;
        int overflow = 0;
        if (count < 3 || count > MOST_VERTICES || points->count - at < 3 * count)
            return 0;
        polygon->count = (int)count;
        for (int64_t k = 0; k < count; k++, at += 3) {
            Point *point = polygon->vertices + k;
            point->X = coordinate(points->items[at], &overflow);
            point->Y = coordinate(points->items[at + 1], &overflow);
            point->W = coordinate(points->items[at + 2], &overflow);
            if (point->W <= 0)
                return 0;
        }
        if (overflow)
            return 0;
        find_extents(polygon);
        roots[i].expected = expected->items + 6 * outputs * i;
        roots[i].scale = wide_at(scales->items, i);
        roots[i].place = places->items[i];
        if (roots[i].place < 0 || (i && roots[i].place < roots[i - 1].place))
            return 0;
    }
    return at == points->count;
}

/* run(network, counts, points, expected, scales, places, collect, prime, seed, deadline): (ends, pieces, polygons left
 * over, polygons given back), bytes of 64-bit integers. `ends` has a row (status, pieces, left over and given back,
 * cuts, area, wanted, X, Y, W) for each root. */
static PyObject *run(PyObject *module, PyObject *arguments)
{
    Network *network = network_of(arguments);
    Words w[5];
    Run run = {.network = network, .interrupted = interrupted};
    (void)module;
    if (!network)
        return NULL;
    run.collect = (int)PyLong_AsLong(PyTuple_GetItem(arguments, 6));
    run.prime = PyLong_AsUnsignedLongLong(PyTuple_GetItem(arguments, 7));
    run.state = PyLong_AsUnsignedLongLong(PyTuple_GetItem(arguments, 8));
    run.deadline = PyLong_AsLongLong(PyTuple_GetItem(arguments, 9));
    if (PyErr_Occurred() || take(arguments, 1, w, 5) < 0)
        return NULL;
    PyObject *result = NULL;
    Py_ssize_t count = w[0].count;
    Root *roots = calloc((size_t)count + 1, sizeof(Root));
    int64_t *ends = calloc((size_t)count + 1, ROW * sizeof(int64_t));
    run.roots = roots;
    if (!roots || !ends) {
        PyErr_NoMemory();
    } else if (!invalid(w[2].count != 6 * network->outputs * count || w[3].count != 2 * count || w[4].count != count
                   || !are_positive(w + 3), "not the forms of the roots")
               && !invalid(run.prime >> 60 != 1 || !run.state, "a prime between 2^60 and 2^61 and a seed are needed")
               && !invalid(!read_roots(roots, w, network->outputs), "not the polygons of the roots")) {
        PyThreadState *state = PyEval_SaveThread();
        run.context = &state;
        int status = descend(&run, (int)count);
        PyEval_RestoreThread(state);
        for (Py_ssize_t i = 0; i < count; i++) {
            const Root *root = roots + i;
            const int64_t row[ROW] = {
                root->status, root->pieces, root->left, root->cuts, (int64_t)root->area, (int64_t)root->wanted,
                root->point.X, root->point.Y, root->point.W
            };
            memcpy(ends + ROW * i, row, sizeof row);
        }
        if (status == NO_MEMORY)
            PyErr_NoMemory();
        else if (!PyErr_Occurred())
            result = Py_BuildValue(
                "(y#y#y#y#)", (char *)ends, count * ROW * 8,
                run.pieces.count ? (char *)run.pieces.items : "", (Py_ssize_t)run.pieces.count * 8,
                run.left.count ? (char *)run.left.items : "", (Py_ssize_t)run.left.count * 8,
                run.given_back.count ? (char *)run.given_back.items : "", (Py_ssize_t)run.given_back.count * 8
            );
    }
    free(roots);
    free(ends);
    free(run.pieces.items);
    free(run.left.items);
    free(run.given_back.items);
    release(w, 5);
    return result;
}

static PyMethodDef METHODS[] = {
    {"network", make_network, METH_VARARGS, NULL},
    {"add_function", add_function, METH_VARARGS, NULL},
    {"add_variant", add_variant, METH_VARARGS, NULL},
    {"run", run, METH_VARARGS, NULL},
    {"regions", regions, METH_VARARGS, NULL},
    {NULL, NULL, 0, NULL},
};

static PyModuleDef MODULE = {
    PyModuleDef_HEAD_INIT, "exactrelu.core._compiled", "The compiled core; exactrelu.planar.native calls it.", 0,
    METHODS, NULL, NULL, NULL, NULL,
};

PyMODINIT_FUNC PyInit__compiled(void)
{
    return PyModule_Create(&MODULE);
}

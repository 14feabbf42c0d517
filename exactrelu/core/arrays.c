#include "arrays.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

void release(Words *words, int count)
{
    for (int i = 0; i < count; i++)
        PyBuffer_Release(&words[i].view);
}

/* Take `count` arrays from a tuple of arguments, from number `first` on. */
int take(PyObject *arguments, Py_ssize_t first, Words *words, int count)
{
    for (int i = 0; i < count; i++) {
        PyObject *object = PyTuple_GetItem(arguments, first + i);
        if (!object || PyObject_GetBuffer(object, &words[i].view, PyBUF_C_CONTIGUOUS) < 0) {
            release(words, i);
            return -1;
        }
        words[i].items = words[i].view.buf;
        words[i].count = words[i].view.len / 8;
        if (words[i].view.itemsize != 8 || words[i].count > INT_MAX / 4) {
            release(words, i + 1);
            PyErr_SetString(PyExc_ValueError, "expected an array of less than 2^29 64-bit integers");
            return -1;
        }
    }
    return 0;
}

int invalid(int wrong, const char *what)
{
    if (wrong)
        PyErr_SetString(PyExc_ValueError, what);
    return wrong;
}

/* Whether all numbers are from low to high. */
int within(const Words *words, int64_t low, int64_t high)
{
    for (Py_ssize_t i = 0; i < words->count; i++)
        if (words->items[i] < low || words->items[i] > high)
            return 0;
    return 1;
}

/* Whether the numbers are `count` + 1 starts, in order, of parts of an array of `length` items. */
int are_starts(const Words *words, Py_ssize_t count, Py_ssize_t length)
{
    if (words->count != count + 1 || words->items[0] != 0 || words->items[count] != length)
        return 0;
    for (Py_ssize_t i = 0; i < count; i++)
        if (words->items[i] > words->items[i + 1])
            return 0;
    return 1;
}

int64_t *copied(const Words *words)
{
    int64_t *copy = malloc((size_t)words->count * 8 + 8);
    if (copy)
        memcpy(copy, words->items, (size_t)words->count * 8);
    return copy;
}

/* Numbers of 128 bits from their halves. */
wide *widened(const Words *words)
{
    wide *copy = malloc((size_t)words->count * 8 + 16);
    for (Py_ssize_t i = 0; copy && i < words->count / 2; i++)
        copy[i] = wide_at(words->items, i);
    return copy;
}

/* Whether all numbers in halves are > 0. */
int are_positive(const Words *words)
{
    for (Py_ssize_t i = 0; i < words->count / 2; i++)
        if (wide_at(words->items, i) <= 0)
            return 0;
    return 1;
}

int32_t *narrowed(const Words *words)
{
    int32_t *copy = malloc((size_t)words->count * 4 + 4);
    for (Py_ssize_t i = 0; copy && i < words->count; i++)
        copy[i] = (int32_t)words->items[i];
    return copy;
}

/* Look at signals with the interpreter's lock; return whether an exception was raised. */
int interrupted(void *context)
{
    PyThreadState **state = context;
    PyEval_RestoreThread(*state);
    int raised = PyErr_CheckSignals();
    *state = PyEval_SaveThread();
    return raised;
}

/* Bytes that belong to a Python object. */
typedef struct {
    PyObject_HEAD
    Bytes bytes;
} Owner;

static int view_of(PyObject *self, Py_buffer *view, int flags)
{
    Bytes *bytes = &((Owner *)self)->bytes;
    return PyBuffer_FillInfo(view, self, bytes->items ? bytes->items : "", (Py_ssize_t)bytes->count, 1, flags);
}

static void free_owner(PyObject *self)
{
    PyTypeObject *type = Py_TYPE(self);
    free_bytes(&((Owner *)self)->bytes);
    ((freefunc)PyType_GetSlot(type, Py_tp_free))(self);
    Py_DECREF(type);
}

/* Return a memoryview of bytes that belong to it from now on: they may be too many to be copied. */
PyObject *handed_over(Bytes *bytes)
{
    static PyObject *type;
    static PyType_Slot slots[] = {
        {Py_tp_dealloc, (void *)free_owner}, {Py_bf_getbuffer, (void *)view_of}, {0, NULL}
    };
    static PyType_Spec spec = {"exactrelu.core._compiled.Bytes", sizeof(Owner), 0, Py_TPFLAGS_DEFAULT, slots};
    Bytes none = {0};
    if (!type && !(type = PyType_FromSpec(&spec)))
        return NULL;
    PyObject *owner = PyType_GenericAlloc((PyTypeObject *)type, 0);
    if (!owner)
        return NULL;
    ((Owner *)owner)->bytes = *bytes;
    *bytes = none;
    PyObject *view = PyMemoryView_FromObject(owner);
    Py_DECREF(owner);
    return view;
}

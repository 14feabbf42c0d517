/* What the functions of the module share: arrays of 64-bit numbers that belong to Python, checks, and signals. */

#ifndef EXACTRELU_ARRAYS_H
#define EXACTRELU_ARRAYS_H

#define PY_SSIZE_T_CLEAN
#define Py_LIMITED_API 0x030B0000
#include <Python.h>

#include <stdint.h>

#include "checked.h"
#include "memory.h"

/* An array of 64-bit integers that belongs to Python. */
typedef struct {
    Py_buffer view;
    const int64_t *items;
    Py_ssize_t count;
} Words;

void release(Words *words, int count);
int take(PyObject *arguments, Py_ssize_t first, Words *words, int count);
int invalid(int wrong, const char *what);
int within(const Words *words, int64_t low, int64_t high);
int are_starts(const Words *words, Py_ssize_t count, Py_ssize_t length);
int64_t *copied(const Words *words);
wide *widened(const Words *words);
int are_positive(const Words *words);
int32_t *narrowed(const Words *words);
int interrupted(void *context);
PyObject *handed_over(Bytes *bytes);

/* In listing.c. */
PyObject *regions(PyObject *module, PyObject *arguments);

#endif

/* Evaluation at one point, to compare pieces with: it shares nothing with network.c but the arithmetic of checked.h.
 *
 * A point (X / W, Y / W), W > 0, has the values of all nodes times W, so that they are integers. */

#ifndef EXACTRELU_EVALUATE_H
#define EXACTRELU_EVALUATE_H

#include "network.h"

/* The network as it was given: no functions of one variable, no variants, nothing folded.
 *
 * Node k >= 2 is bias + the sum of weight * source over the terms starts[k - 2] .. starts[k - 1] - 1, or the positive
 * part of that if `rectified`; nodes 0 and 1 are the inputs. Nodes are held times a positive integer each, and with
 * them weights and biases, so that all are integers; output k is then times scales[k].
 *
 * A node is `light` if the moduli of its weights and bias add up to less than 2^40; these are the `short_weights` and
 * `short_biases`, which are 0 for other nodes. */
typedef struct {
    int nodes, outputs;
    const char *rectified;
    const int32_t *starts, *sources, *ends;
    const wide *weights, *biases, *scales;
    char *light;
    int64_t *short_weights, *short_biases;
    wide *values;
} Given;

wide form_value(const Form *form, const Point *point, int *overflow);
int find_light(Given *network);
int evaluate_given(const Given *network, const Point *point);
int evaluate_net(const Variant *variant, const Net *net, const Point *point, wide *values, wide *outputs);

#endif

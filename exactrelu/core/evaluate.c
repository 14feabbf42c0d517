#include "evaluate.h"

#include <stdlib.h>

/* Fewer bits than that in all make a light node. */
#define LIGHT 40

/* Find the light nodes; return whether there is memory. Numbers are below 2^104, so that their moduli do not add up to
 * 2^127. */
int find_light(Given *network)
{
    size_t nodes = (size_t)network->nodes, terms = (size_t)network->starts[nodes];
    network->light = calloc(nodes + 1, 1);
    network->short_weights = calloc(terms + 1, sizeof(int64_t));
    network->short_biases = calloc(nodes + 1, sizeof(int64_t));
    if (!network->light || !network->short_weights || !network->short_biases)
        return 0;
    for (size_t k = 0; k < nodes; k++) {
        int start = network->starts[k], end = network->starts[k + 1];
        unsigned_wide sum = modulus(network->biases[k]);
        for (int t = start; t < end; t++)
            sum += modulus(network->weights[t]);
        if (sum >> LIGHT)
            continue;
        network->light[k] = 1;
        network->short_biases[k] = (int64_t)network->biases[k];
        for (int t = start; t < end; t++)
            network->short_weights[t] = (int64_t)network->weights[t];
    }
    return 1;
}

/* Evaluate all nodes of a network as it was given; return whether a number does not fit.
 *
 * Most nodes are light. As long as the values before it, and |X|, |Y|, W < 2^62, are below 2^86, all sums on the way to
 * a light node are below 2^126, and nothing has to be checked. */
int evaluate_given(const Given *network, const Point *point)
{
    int overflow = 0, is_large = 0;
    wide *values = network->values;
    values[0] = point->X;
    values[1] = point->Y;
    for (int k = 0; k < network->nodes; k++) {
        int start = network->starts[k], end = network->starts[k + 1];
        wide sum;
        if (network->light[k] && !is_large) {
            sum = (wide)network->short_biases[k] * point->W;
            for (int t = start; t < end; t++)
                sum += values[network->sources[t]] * network->short_weights[t];
        } else {
            sum = times(network->biases[k], point->W, &overflow);
            for (int t = start; t < end; t++)
                sum = plus(sum, times(values[network->sources[t]], network->weights[t], &overflow), &overflow);
        }
        values[k + 2] = network->rectified[k] && sum < 0 ? 0 : sum;
        is_large |= modulus(values[k + 2]) >> (126 - LIGHT) != 0;
    }
    return overflow;
}

/* The value of a function times W where the coordinate is at / W; below 2^63 * 2^62 * 2. */
static wide function_value(const Function *function, int64_t at, int64_t W)
{
    int segment = 0, end = function->knots;
    while (segment < end) {
        int middle = segment + (end - segment) / 2;
        if (less(function->numerators[middle], function->denominators[middle], at, W))
            segment = middle + 1;
        else
            end = middle;
    }
    return (wide)function->slopes[segment] * at + (wide)function->intercepts[segment] * W;
}

wide form_value(const Form *form, const Point *point, int *overflow)
{
    wide value = times(form->a, point->X, overflow);
    value = plus(value, times(form->b, point->Y, overflow), overflow);
    return plus(value, times(form->c, point->W, overflow), overflow);
}

/* Evaluate a reduced network: `outputs` at a point of the polygon that it was reduced to; `values` is room for all
 * slots. Return whether a number does not fit. */
int evaluate_net(const Variant *variant, const Net *net, const Point *point, wide *values, wide *outputs)
{
    int overflow = 0;
    for (int s = 0; s < net->count; s++) {
        const Step *step = net->steps + s;
        if (step->kind == UNIVARIATE) {
            const Function *function = variant->functions[step->slot];
            values[step->slot] = function_value(function, function->axis ? point->Y : point->X, point->W);
            continue;
        }
        wide sum = form_value(&step->form, point, &overflow);
        for (int t = step->first; t < step->last; t++)
            sum = plus(sum, times(values[net->terms[t].source], weight_of(net->terms + t), &overflow), &overflow);
        values[step->slot] = step->kind == RECTIFIED && sum < 0 ? 0 : sum;
    }
    for (int k = 0; k < MOST_OUTPUTS; k++)
        outputs[k] = net->known[k] ? form_value(net->outputs + k, point, &overflow) : values[variant->outputs[k]];
    return overflow;
}

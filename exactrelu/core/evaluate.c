#include "evaluate.h"

/* Evaluate all nodes of a network as it was given; return whether a number does not fit. */
int evaluate_given(const Given *network, const Point *point)
{
    int overflow = 0;
    wide *values = network->values;
    values[0] = point->X;
    values[1] = point->Y;
    for (int k = 0; k < network->nodes; k++) {
        wide sum = times(network->biases[k], point->W, &overflow);
        for (int t = network->starts[k]; t < network->starts[k + 1]; t++)
            sum = plus(sum, times(values[network->sources[t]], network->weights[t], &overflow), &overflow);
        values[k + 2] = network->rectified[k] && sum < 0 ? 0 : sum;
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

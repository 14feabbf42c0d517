/* Integers of a fixed number of limbs, in two's complement, the lowest limb first.
 *
 * Sums and products are taken modulo 2^(64 n), where n is the number of limbs of the result: so it does not matter what
 * overflows on the way, if the result itself is from -2^(64 n - 1) to 2^(64 n - 1) - 1. Whoever calls has a bound that
 * says so. */

#ifndef EXACTRELU_LIMBS_H
#define EXACTRELU_LIMBS_H

#include <stdint.h>

typedef uint64_t Limb;

/* The most limbs of a form, and of a value at the meet of two lines: 3 * 16 + 1. */
#define MOST_LIMBS 16
#define VALUE_LIMBS (3 * MOST_LIMBS + 1)

/* An affine form a x + b y + c: the `limbs` of a, of b and of c. */
typedef struct {
    const Limb *entries;
    int limbs;
} Exact;

int sign_of(const Limb *x, int n);
void widen(Limb *to, int n, const Limb *x, int p);
void add_product(Limb *sum, int n, const Limb *x, int p, const Limb *y, int q, int negative);
double leading(const Limb *x, int n, int *exponent);
int meet_of(Limb *point, Exact f, Exact g);
int sign_at_meet(Exact form, const Limb *point, int n);

#endif

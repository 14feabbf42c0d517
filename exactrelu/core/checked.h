/* Integers of 128 bits that know when they overflow.
 *
 * Every sum and product that is not bounded by a proof goes through `plus` or `times`. They never have undefined
 * behaviour: what does not fit wraps around, and a flag is raised that stays up. A number computed from it is wrong but
 * harmless, because the whole result is thrown away before anybody sees it (`OVERFLOW` in network.h): the polygon is
 * given back, and Python's integers, which cannot overflow, decide.
 *
 * Two bounds are kept by construction, so that the innermost products need no check:
 *
 *   coordinates of points   |X|, |Y|, W < 2^54                (`coordinate` checks, wherever a point is made)
 *   entries of forms        |a|, |b|, |c| < 2^(124 - bits)    (`checked_form` in network.c)
 *
 * for a form on a polygon whose coordinates are below 2^bits, so 2^70 at least. Hence the value a X + b Y + c W of the
 * form at a vertex has a modulus below 3 * 2^124 < 2^126.
 */

#ifndef EXACTRELU_CHECKED_H
#define EXACTRELU_CHECKED_H

#include <stdint.h>

#ifndef __SIZEOF_INT128__
#error "the compiled core needs a compiler with 128-bit integers; exactrelu runs without it"
#endif

typedef __int128 wide;
typedef unsigned __int128 unsigned_wide;

#define COORDINATE ((wide)1 << 54)

static inline wide plus(wide a, wide b, int *overflow)
{
    wide sum;
    *overflow |= __builtin_add_overflow(a, b, &sum);
    return sum;
}

static inline unsigned_wide modulus(wide a)
{
    return a < 0 ? -(unsigned_wide)a : (unsigned_wide)a;
}

/* The product of two 64-bit factors always fits, and most factors have 64 bits.
 *
 * Else the moduli are |a| = 2^64 h + l and |b| = 2^64 m + k with h, m <= 2^63. If neither h nor m is zero the product is
 * 2^128 at least. If m is zero it is h k + floor(l k / 2^64), below 2^63 2^64 + 2^64 < 2^128, times 2^64, and a rest
 * below 2^64; and so it is if h is. The compilers' own check of such a product calls a function that not all libraries
 * have. -2^127 counts as an overflow, too. */
static inline wide times(wide a, wide b, int *overflow)
{
    if (a == (int64_t)a && b == (int64_t)b)
        return (wide)(int64_t)a * (int64_t)b;
    unsigned_wide p = modulus(a), q = modulus(b), low = (unsigned_wide)(uint64_t)p * (uint64_t)q;
    uint64_t h = (uint64_t)(p >> 64), m = (uint64_t)(q >> 64);
    unsigned_wide high = (unsigned_wide)h * (uint64_t)q + (unsigned_wide)m * (uint64_t)p + (low >> 64);
    *overflow |= (h && m) || high >> 63 != 0;
    return (wide)((unsigned_wide)a * (unsigned_wide)b);
}

/* A number that does not fit becomes 1, so that the 64 bits which are kept are never cut from a larger number. */
static inline int64_t coordinate(wide a, int *overflow)
{
    if (a < COORDINATE && a > -COORDINATE)
        return (int64_t)a;
    *overflow = 1;
    return 1;
}

/* Number i of an array of numbers in halves, the one with the sign first. */
static inline wide wide_at(const int64_t *halves, int64_t i)
{
    return (wide)((unsigned_wide)(wide)halves[2 * i] << 64 | (uint64_t)halves[2 * i + 1]);
}

/* The quotient of a and b > 0, rounded down; -floor_of(-a, b) rounds it up. */
static inline wide floor_of(wide a, int64_t b)
{
    wide quotient = a / b;
    return quotient * b > a ? quotient - 1 : quotient;
}

static inline int trailing_zeros(unsigned_wide a)
{
    uint64_t low = (uint64_t)a;
    return low ? __builtin_ctzll(low) : 64 + __builtin_ctzll((uint64_t)(a >> 64));
}

/* The greatest common divisor, by Stein's algorithm: only shifts and differences of numbers >= 0, so nothing grows. */
static inline unsigned_wide common_divisor(unsigned_wide a, unsigned_wide b)
{
    if (!a || !b)
        return a | b;
    int shift = trailing_zeros(a | b);
    a >>= trailing_zeros(a);
    while (b) {
        b >>= trailing_zeros(b);
        if (!(a >> 64) && !(b >> 64)) {
            uint64_t x = (uint64_t)a, y = (uint64_t)b;
            while (y) {
                y >>= __builtin_ctzll(y);
                if (x > y) {
                    uint64_t swapped = x;
                    x = y;
                    y = swapped;
                }
                y -= x;
            }
            return (unsigned_wide)x << shift;
        }
        if (a > b) {
            unsigned_wide swapped = a;
            a = b;
            b = swapped;
        }
        b -= a;
    }
    return a << shift;
}

#endif

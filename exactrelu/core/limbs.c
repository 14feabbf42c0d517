#include "limbs.h"

#include <string.h>

#include "checked.h"

int sign_of(const Limb *x, int n)
{
    Limb any = 0;
    for (int i = 0; i < n; i++)
        any |= x[i];
    return x[n - 1] >> 63 ? -1 : any != 0;
}

/* Copy an integer of p limbs to n limbs, into which it fits. */
void widen(Limb *to, int n, const Limb *x, int p)
{
    Limb sign = x[p - 1] >> 63 ? ~(Limb)0 : 0;
    for (int i = 0; i < n; i++)
        to[i] = i < p ? x[i] : sign;
}

/* The modulus, which as an unsigned number has n limbs in all cases; return whether x < 0. */
static int modulus_of(Limb *to, const Limb *x, int n)
{
    int negative = (int)(x[n - 1] >> 63);
    Limb flip = negative ? ~(Limb)0 : 0, carry = (Limb)negative;
    for (int i = 0; i < n; i++) {
        to[i] = (x[i] ^ flip) + carry;
        carry = carry && !to[i];
    }
    return negative;
}

/* An integer of one or two limbs. */
static wide two_limbs(const Limb *x, int n)
{
    return n == 1 ? (wide)(int64_t)x[0] : (wide)((unsigned_wide)x[1] << 64 | x[0]);
}

/* Add x * y, of p and q limbs, to the sum of n limbs, or subtract it if `negative`. */
void add_product(Limb *sum, int n, const Limb *x, int p, const Limb *y, int q, int negative)
{
    if (n <= 2 && p <= 2 && q <= 2) {
        unsigned_wide total = (unsigned_wide)two_limbs(x, p) * (unsigned_wide)two_limbs(y, q);
        total = (unsigned_wide)two_limbs(sum, n) + (negative ? -total : total);
        sum[0] = (Limb)total;
        if (n == 2)
            sum[1] = (Limb)(total >> 64);
        return;
    }
    Limb a[VALUE_LIMBS], b[VALUE_LIMBS], product[VALUE_LIMBS + 1], carry;
    memset(product, 0, ((size_t)n + 1) * sizeof(Limb));
    negative ^= modulus_of(a, x, p) ^ modulus_of(b, y, q);
    for (int j = 0; j < q && j < n; j++) {
        carry = 0;
        for (int i = 0; i < p && i + j < n; i++) {
            /* at most (2^64 - 1)^2 + 2 (2^64 - 1) = 2^128 - 1 */
            unsigned_wide t = (unsigned_wide)a[i] * b[j] + product[i + j] + carry;
            product[i + j] = (Limb)t;
            carry = (Limb)(t >> 64);
        }
        if (p + j < n)
            product[p + j] = carry;
    }
    carry = (Limb)negative;
    for (int i = 0; i < n; i++) {
        unsigned_wide t = (unsigned_wide)sum[i] + (negative ? ~product[i] : product[i]) + carry;
        sum[i] = (Limb)t;
        carry = (Limb)(t >> 64);
    }
}

/* A double m, below 2^129 in modulus, and an exponent, so that x = m 2^exponent up to 2^-51 of |x|. */
double leading(const Limb *x, int n, int *exponent)
{
    Limb a[VALUE_LIMBS] = {0};
    int negative = modulus_of(a, x, n), top = n - 1;
    while (top > 0 && !a[top])
        top--;
    double low = top ? (double)a[top - 1] : 0, m = (double)a[top] * 0x1p64 + low;
    /* cut off is less than 1 of m >= 2^64; three roundings are the rest of the error */
    *exponent = 64 * (top - 1);
    return negative ? -m : m;
}

/* Where two lines meet: X, Y, W, of n limbs each; return n.
 *
 * |f| < 2^(64 p - 1) and |g| < 2^(64 q - 1) in all entries, so that the difference of two products is less than
 * 2^(64 (p + q) - 1) in modulus. */
int meet_of(Limb *point, Exact f, Exact g)
{
    int p = f.limbs, q = g.limbs, n = p + q;
    memset(point, 0, 3 * (size_t)n * sizeof(Limb));
    for (int k = 0; k < 3; k++) {
        int i = (k + 1) % 3, j = (k + 2) % 3;
        add_product(point + k * n, n, f.entries + i * p, p, g.entries + j * q, q, 0);
        add_product(point + k * n, n, f.entries + j * p, p, g.entries + i * q, q, 1);
    }
    return n;
}

/* The sign of a form at the meet of two lines, of n limbs, where W is not zero.
 *
 * Mostly the value has 128 bits. Its modulus is below 3 * 2^(64 r - 1) * 2^(64 n - 1), which fits into r + n + 1 limbs.
 */
int sign_at_meet(Exact form, const Limb *point, int n)
{
    if (form.limbs == 1 && n == 2) {
        int overflow = 0;
        wide small = 0;
        for (int k = 0; k < 3; k++) {
            wide product = times(two_limbs(point + k * n, n), (int64_t)form.entries[k], &overflow);
            small = plus(small, product, &overflow);
        }
        if (!overflow)
            return ((small > 0) - (small < 0)) * sign_of(point + 2 * n, n);
    }
    Limb value[VALUE_LIMBS] = {0};
    int r = form.limbs, size = r + n + 1;
    for (int k = 0; k < 3; k++)
        add_product(value, size, form.entries + k * r, r, point + k * n, n, 0);
    return sign_of(value, size) * sign_of(point + 2 * n, n);
}

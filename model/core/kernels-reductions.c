/* Sums. A block of BLOCK terms is added in float32, spread over the vector's lanes, and
 * the block's sum goes to a double: so rounding does not grow with n, and the order of
 * the additions depends on nothing but n and the instruction set. */
#include "core/kernels-math.h"
#include "core/kernels-table.h"

#define BLOCK 512

/* The sum over i < n of an expression in i, block by block. */
#define BLOCKED_SUM(n, term)                                                           \
  double total = 0.0;                                                                  \
  for (gsize begin = 0; begin < n; begin += BLOCK) {                                   \
    gsize end = MIN (n, begin + BLOCK);                                                \
    float sum = 0.0f;                                                                  \
    _Pragma ("omp simd reduction(+ : sum)") for (gsize i = begin; i < end; i++) sum += \
        (term);                                                                        \
    total += (double) sum;                                                             \
  }                                                                                    \
  return total

LT_INLINE float
square (float x)
{
  return x * x;
}

static double
sum (const float *x, gsize n)
{
  BLOCKED_SUM (n, x[i]);
}

static double
dot (const float *x, const float *y, gsize n)
{
  BLOCKED_SUM (n, x[i] * y[i]);
}

static double
sum_abs (const float *x, gsize n)
{
  BLOCKED_SUM (n, fabsf (x[i]));
}

static double
sum_squares (const float *x, gsize n)
{
  BLOCKED_SUM (n, square (x[i]));
}

static double
squared_error (const float *x, const float *r, gsize n)
{
  BLOCKED_SUM (n, square (x[i] - r[i]));
}

static double
cross_entropy_logits (const float *x, const float *a, gsize n)
{
  BLOCKED_SUM (n, softplus (a[i]) - x[i] * a[i]);
}

/* log_normal knows no NaN, so p − p brings it in. */
LT_INLINE float
cross_entropy_term (float x, float r)
{
  float p = r < 1e-7f ? 1e-7f : r;
  p = p > 1.0f - 1e-7f ? 1.0f - 1e-7f : p;
  return (p - p) - x * log_normal (p) - (1.0f - x) * log_normal (1.0f - p);
}

static double
cross_entropy (const float *x, const float *r, gsize n)
{
  BLOCKED_SUM (n, cross_entropy_term (x[i], r[i]));
}

static void
range (const float *x, gsize n, float *lowest, float *highest)
{
  float low = INFINITY;
  float high = -INFINITY;
#pragma omp simd reduction(min : low) reduction(max : high)
  for (gsize i = 0; i < n; i++) {
    low = x[i] < low ? x[i] : low;
    high = x[i] > high ? x[i] : high;
  }
  *lowest = low;
  *highest = high;
}

static gboolean
all_finite (const float *x, gsize n)
{
  for (gsize begin = 0; begin < n; begin += BLOCK) {
    gsize end = MIN (n, begin + BLOCK);
    guint32 bad = 0;
#pragma omp simd reduction(| : bad)
    for (gsize i = begin; i < end; i++)
      bad |= (bits_of (x[i]) & 0x7f800000u) == 0x7f800000u;
    if (bad)
      return FALSE;
  }
  return TRUE;
}

/* Four rows at a time, which saves three loads and stores of y in four. */
static void
column_sums (const float *x, int rows, int n, int ld, float *y)
{
  memset (y, 0, sizeof (float) * n);
  int row = 0;
  for (; row + 4 <= rows; row += 4) {
    const float *x0 = x + (gsize) row * ld;
    const float *x1 = x0 + ld, *x2 = x1 + ld, *x3 = x2 + ld;
#pragma omp simd
    for (int i = 0; i < n; i++)
      y[i] += (x0[i] + x1[i]) + (x2[i] + x3[i]);
  }
  for (; row < rows; row++) {
    const float *x0 = x + (gsize) row * ld;
#pragma omp simd
    for (int i = 0; i < n; i++)
      y[i] += x0[i];
  }
}

const LtReductionKernels LT_ISA_NAME (lt_reduction_kernels) = {
  .sum = sum,
  .dot = dot,
  .sum_abs = sum_abs,
  .sum_squares = sum_squares,
  .range = range,
  .all_finite = all_finite,
  .squared_error = squared_error,
  .cross_entropy_logits = cross_entropy_logits,
  .cross_entropy = cross_entropy,
  .column_sums = column_sums,
};

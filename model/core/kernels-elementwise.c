/* Elementwise kernels. `omp simd` states what the compiler cannot know: that x and y
 * are the same array or do not overlap. */
#include "core/kernels-math.h"
#include "core/kernels-table.h"

static void
exp_each (const float *x, gsize n, float *y)
{
#pragma omp simd
  for (gsize i = 0; i < n; i++)
    y[i] = exp_full (x[i]);
}

static void
log_each (const float *x, gsize n, float *y)
{
#pragma omp simd
  for (gsize i = 0; i < n; i++)
    y[i] = log_full (x[i]);
}

/* Σ exp (xᵢ − max x) needs no wider range than exp_clamped: what it clamps is
 * less than 10⁻³⁷ of the sum. */
static void
softmax_row (const float *x, int n, float *y)
{
  float highest = -INFINITY;
#pragma omp simd reduction(max : highest)
  for (int i = 0; i < n; i++)
    highest = x[i] > highest ? x[i] : highest;
  float sum = 0.0f;
#pragma omp simd reduction(+ : sum)
  for (int i = 0; i < n; i++) {
    y[i] = exp_clamped (x[i] - highest);
    sum += y[i];
  }
  float scale = 1.0f / sum;
#pragma omp simd
  for (int i = 0; i < n; i++)
    y[i] *= scale;
}

static void
softmax_rows (const float *x, int rows, int n, float *y)
{
  for (int row = 0; row < rows; row++)
    softmax_row (x + (gsize) row * n, n, y + (gsize) row * n);
}

static void
axpy (float alpha, const float *x, gsize n, float *y)
{
#pragma omp simd
  for (gsize i = 0; i < n; i++)
    y[i] += alpha * x[i];
}

/* As in BLAS, β = 0 writes y without reading it: it may hold anything, NaN included. */
static void
axpby (float alpha, const float *x, float beta, gsize n, float *y)
{
  if (beta == 0.0f) {
#pragma omp simd
    for (gsize i = 0; i < n; i++)
      y[i] = alpha * x[i];
    return;
  }
#pragma omp simd
  for (gsize i = 0; i < n; i++)
    y[i] = alpha * x[i] + beta * y[i];
}

static void
multiply (const float *x, gsize n, float *y)
{
#pragma omp simd
  for (gsize i = 0; i < n; i++)
    y[i] *= x[i];
}

static void
scale_each (float alpha, gsize n, float *y)
{
#pragma omp simd
  for (gsize i = 0; i < n; i++)
    y[i] *= alpha;
}

static void
fill (float value, gsize n, float *y)
{
#pragma omp simd
  for (gsize i = 0; i < n; i++)
    y[i] = value;
}

/* Adding half a unit in the last place of the shorter format, less one when its last bit is
 * even, and cutting, rounds to nearest even; a carry moves into the exponent, as it
 * should. Below 2⁻¹⁴ the unit is fixed at 2⁻²⁴, and adding ½ makes the hardware round there. */
LT_INLINE guint16
half_of (float x)
{
  guint32 sign = (bits_of (x) >> 16) & 0x8000u;
  guint32 size = bits_of (x) & 0x7fffffffu;
  guint32 normal = (size - 0x38000000u + 0x0fffu + ((size >> 13) & 1u)) >> 13;
  guint32 small = bits_of (float_of (size) + 0.5f) - 0x3f000000u;
  guint32 half = size < 0x38800000u ? small : normal;
  half = size >= 0x477ff000u ? 0x7c00u : half; /* 65520 and above */
  half = size > 0x7f800000u ? 0x7e00u : half;
  return (guint16) (half | sign);
}

static void
to_half (const float *x, gsize n, guint16 *y)
{
#pragma omp simd
  for (gsize i = 0; i < n; i++)
    y[i] = half_of (x[i]);
}

/* The bits shifted into place are 2¹¹² times too small, also when they are subnormal. */
LT_INLINE float
float_of_half (guint16 half)
{
  guint32 size = (guint32) (half & 0x7fffu) << 13;
  guint32 sign = (guint32) (half & 0x8000u) << 16;
  guint32 finite = bits_of (float_of (size) * 0x1p112f);
  guint32 bits = size >= 0x0f800000u ? size + 0x70000000u : finite;
  return float_of (bits | sign);
}

static void
from_half (const guint16 *x, gsize n, float *y)
{
#pragma omp simd
  for (gsize i = 0; i < n; i++)
    y[i] = float_of_half (x[i]);
}

static void
from_bytes (const guint8 *x, float scale, float offset, gsize n, float *y)
{
#pragma omp simd
  for (gsize i = 0; i < n; i++)
    y[i] = scale * x[i] + offset;
}

const LtElementwiseKernels LT_ISA_NAME (lt_elementwise_kernels) = {
  .exp = exp_each,
  .log = log_each,
  .softmax = softmax_rows,
  .axpy = axpy,
  .axpby = axpby,
  .multiply = multiply,
  .scale = scale_each,
  .fill = fill,
  .to_half = to_half,
  .from_half = from_half,
  .from_bytes = from_bytes,
};

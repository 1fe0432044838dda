/* The activation functions' names and their public functions. */
#include "core/activation.h"

#include "core/kernels-table.h"

#include <math.h>

const char *const lt_activation_names[] = {
  [LT_LINEAR] = "linear",   [LT_SIGMOID] = "sigmoid",       [LT_TANH] = "tanh",
  [LT_RELU] = "relu",       [LT_LEAKY_RELU] = "leaky-relu", [LT_SOFTPLUS] = "softplus",
  [LT_SOFTPLUS + 1] = NULL,
};

void
lt_activation_range (LtActivation f, double *lowest, double *highest)
{
  gboolean bounded = f == LT_SIGMOID || f == LT_TANH;

  *lowest = f == LT_TANH                           ? -1.0
            : f == LT_LINEAR || f == LT_LEAKY_RELU ? -(double) INFINITY
                                                   : 0.0;
  *highest = bounded ? 1.0 : (double) INFINITY;
}

void
lt_activate (LtActivation f, const float *a, gsize n, float *y)
{
  if (f == LT_LINEAR && y == a)
    return;
  lt_kernels ()->activation->activate (f, a, n, y);
}

void
lt_bias_activate (LtActivation f, const float *b, int rows, int n, int ld, float *y)
{
  if (b) {
    lt_kernels ()->activation->bias_activate (f, b, rows, n, ld, y);
    return;
  }
  if (ld == n) {
    lt_activate (f, y, (gsize) rows * n, y);
    return;
  }
  for (int row = 0; row < rows; row++, y += ld)
    lt_activate (f, y, n, y);
}

void
lt_activation_backward (LtActivation f, const float *y, gsize n, float *d)
{
  if (f != LT_LINEAR)
    lt_kernels ()->activation->backward (f, y, n, d);
}

void
lt_activation_derivatives (LtActivation f,
                           const float *y,
                           gsize n,
                           float *dy,
                           float *d2y)
{
  lt_kernels ()->activation->derivatives (f, y, n, dy, d2y);
}

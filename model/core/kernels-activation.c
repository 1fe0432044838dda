/* Activations and their derivatives, each with the choice of function outside the loop:
 * the compiler makes one vector loop for each. */
#include "core/kernels-math.h"
#include "core/kernels-table.h"

#define LEAK 0.01f

LT_INLINE float
value_of (LtActivation f, float a)
{
  switch (f) {
  case LT_SIGMOID:
    return sigmoid (a);
  case LT_TANH:
    return hyperbolic_tangent (a);
  case LT_RELU:
    return a < 0.0f ? 0.0f : a;
  case LT_LEAKY_RELU:
    return a < 0.0f ? LEAK * a : a;
  case LT_SOFTPLUS:
    return softplus (a);
  case LT_LINEAR:
  default:
    return a;
  }
}

LT_INLINE float
slope_of (LtActivation f, float y)
{
  switch (f) {
  case LT_SIGMOID:
    return y * (1.0f - y);
  case LT_TANH:
    return 1.0f - y * y;
  case LT_RELU:
    return y > 0.0f ? 1.0f : 0.0f;
  case LT_LEAKY_RELU:
    return y > 0.0f ? 1.0f : LEAK;
  case LT_SOFTPLUS:
    return one_minus_exp (y);
  case LT_LINEAR:
  default:
    return 1.0f;
  }
}

LT_INLINE float
curvature_of (LtActivation f, float y)
{
  float slope = slope_of (f, y);
  switch (f) {
  case LT_SIGMOID:
    return slope * (1.0f - 2.0f * y);
  case LT_TANH:
    return -2.0f * y * slope;
  case LT_SOFTPLUS:
    return slope * (1.0f - slope);
  case LT_LINEAR:
  case LT_RELU:
  case LT_LEAKY_RELU:
  default:
    return 0.0f;
  }
}

/* Repeats a statement with F a constant. */
#define WITH_CONSTANT(f, statement)          \
  switch (f) {                               \
    CONSTANT_CASE (LT_SIGMOID, statement)    \
    CONSTANT_CASE (LT_TANH, statement)       \
    CONSTANT_CASE (LT_RELU, statement)       \
    CONSTANT_CASE (LT_LEAKY_RELU, statement) \
    CONSTANT_CASE (LT_SOFTPLUS, statement)   \
  case LT_LINEAR:                            \
  default: {                                 \
    const LtActivation F = LT_LINEAR;        \
    statement;                               \
  } break;                                   \
  }
#define CONSTANT_CASE(value, statement) \
  case value: {                         \
    const LtActivation F = value;       \
    statement;                          \
  } break;

LT_INLINE void
activate_loop (LtActivation f, const float *a, gsize n, float *y)
{
#pragma omp simd
  for (gsize i = 0; i < n; i++)
    y[i] = value_of (f, a[i]);
}

static void
activate (LtActivation f, const float *a, gsize n, float *y){
  WITH_CONSTANT (f, activate_loop (F, a, n, y))
}

LT_INLINE
    void bias_loop (LtActivation f, const float *b, int rows, int n, int ld, float *y)
{
  for (int row = 0; row < rows; row++, y += ld) {
#pragma omp simd
    for (int i = 0; i < n; i++)
      y[i] = value_of (f, y[i] + b[i]);
  }
}

static void
bias_activate (LtActivation f, const float *b, int rows, int n, int ld, float *y){
  WITH_CONSTANT (f, bias_loop (F, b, rows, n, ld, y))
}

LT_INLINE void backward_loop (LtActivation f, const float *y, gsize n, float *d)
{
#pragma omp simd
  for (gsize i = 0; i < n; i++)
    d[i] *= slope_of (f, y[i]);
}

static void
backward (LtActivation f, const float *y, gsize n, float *d){
  WITH_CONSTANT (f, backward_loop (F, y, n, d))
}

LT_INLINE void derivatives_loop (LtActivation f,
                                 const float *y,
                                 gsize n,
                                 float *dy,
                                 float *d2y)
{
  if (!d2y) {
#pragma omp simd
    for (gsize i = 0; i < n; i++)
      dy[i] = slope_of (f, y[i]);
    return;
  }
#pragma omp simd
  for (gsize i = 0; i < n; i++) {
    float value = y[i];
    dy[i] = slope_of (f, value);
    d2y[i] = curvature_of (f, value);
  }
}

static void
derivatives (LtActivation f, const float *y, gsize n, float *dy, float *d2y)
{
  WITH_CONSTANT (f, derivatives_loop (F, y, n, dy, d2y))
}

const LtActivationKernels LT_ISA_NAME (lt_activation_kernels) = {
  .activate = activate,
  .bias_activate = bias_activate,
  .backward = backward,
  .derivatives = derivatives,
};

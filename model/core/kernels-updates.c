/* Optimiser steps: one pass over the parameters, each array read and written once. */
#include "core/kernels-math.h"
#include "core/kernels-table.h"

/* A moment whose gradient has become 0 decays until it is subnormal and, rounded to
 * nearest, stays so: every later step would be many times slower on processors that
 * handle such numbers in microcode. What is too small to matter is therefore 0. */
LT_INLINE float
without_traces (float moment)
{
  return fabsf (moment) < 1e-30f ? 0.0f : moment;
}

/* Sutskever et al. 2013, "On the importance of initialization and momentum in deep
 * learning", in the form that evaluates the gradient at w itself. */
static void
momentum_update (float rate,
                 float momentum,
                 gboolean nesterov,
                 const float *restrict g,
                 gsize n,
                 float *restrict m,
                 float *restrict w)
{
  if (nesterov) {
    for (gsize i = 0; i < n; i++) {
      m[i] = without_traces (momentum * m[i] + g[i]);
      w[i] -= rate * (g[i] + momentum * m[i]);
    }
    return;
  }
  for (gsize i = 0; i < n; i++) {
    m[i] = without_traces (momentum * m[i] + g[i]);
    w[i] -= rate * m[i];
  }
}

/* Tieleman & Hinton 2012, lecture 6.5. */
static void
rmsprop_update (float rate,
                float decay,
                float epsilon,
                const float *restrict g,
                gsize n,
                float *restrict v,
                float *restrict w)
{
  float rest = 1.0f - decay;
  for (gsize i = 0; i < n; i++) {
    v[i] = without_traces (decay * v[i] + rest * (g[i] * g[i]));
    w[i] -= rate * g[i] / (sqrtf (v[i]) + epsilon);
  }
}

/* The corrections are taken out of the loop: m/c₁ / (√(v/c₂) + ε) is
 * (√c₂/c₁) · m / (√v + ε √c₂). */
static void
adam_update (const LtAdam *adam,
             const float *restrict g,
             gsize n,
             float *restrict m,
             float *restrict v,
             float *restrict w)
{
  const float beta1 = adam->beta1, rest1 = 1.0f - adam->beta1;
  const float beta2 = adam->beta2, rest2 = 1.0f - adam->beta2;
  const float root2 = sqrtf (adam->correction2);
  const float rate = adam->rate * root2 / adam->correction1;
  const float epsilon = adam->epsilon * root2;
  const float keep = 1.0f - adam->rate * adam->decay;
  for (gsize i = 0; i < n; i++) {
    m[i] = without_traces (beta1 * m[i] + rest1 * g[i]);
    v[i] = without_traces (beta2 * v[i] + rest2 * (g[i] * g[i]));
    w[i] = keep * w[i] - rate * m[i] / (sqrtf (v[i]) + epsilon);
  }
}

const LtUpdateKernels LT_ISA_NAME (lt_update_kernels) = {
  .momentum = momentum_update,
  .rmsprop = rmsprop_update,
  .adam = adam_update,
};

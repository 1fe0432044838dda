/* The dense networks' objective, in double, by plain loops: slow and independent of
 * the model library's own code, of which it uses only the generator and the corruption,
 * to draw the same random numbers. */
#pragma once

#include "core/activation.h"
#include "nets/dense.h"

G_BEGIN_DECLS

typedef struct {
  const LtDenseSettings *settings;
  const LtLayout *layout;
  int nv, n;
  const float *x;    /* [n, nv] */
  const int *labels; /* [n]; −1: unknown; NULL: all are */
  LtRng rng;         /* as it was before the minibatch */
} DenseOracle;

/* The sum of the terms at params (a block of the layout, in double). */
double dense_oracle_objective (const DenseOracle *self,
                               const double *params,
                               double terms[LT_DENSE_N_TERMS]);

G_END_DECLS

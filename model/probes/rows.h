/* What the probes share: how many rows they take at a time, and which measures suit which
 * values. */
#pragma once

#include "core/shape.h"

G_BEGIN_DECLS

/* Rows a pass: large enough for the matrix products, small enough to stay in memory. */
#define LT_PROBE_ROWS 1000

/* Whether every entry lies in [0, 1], so that it has a cross-entropy. */
static inline gboolean
lt_shape_has_cross_entropy (const LtShape *shape)
{
  for (int i = 0; i < shape->n_modalities; i++)
    if (shape->modality[i].kind != LT_BINARY && shape->modality[i].kind != LT_UNIT)
      return FALSE;
  return TRUE;
}

G_END_DECLS

/* Local contrast normalisation: each row brought to mean 0 and variance 1 by itself.
 *
 *   y = (x − mean x) / √(var x + 10)
 *
 * for bytes, and as much for other ranges (Coates & Ng 2012, section 3.1). */
#pragma once

#include "data/dataset.h"

G_BEGIN_DECLS

/* What rows have on average: they get it back when they are shown. */
typedef struct {
  double offset; /* the 10 */
  float level;   /* mean of the training rows' means */
  float spread;  /* mean of the training rows' √(var + offset) */
} LtContrast;

/* range: of the values, 255 for bytes. rows: [n], those that are measured. x: [table rows,
 * nv], all rows as found; normalised in place. */
void lt_contrast_equalise (LtContrast *self,
                           double range,
                           const guint32 *rows,
                           gsize n,
                           gsize n_all,
                           int nv,
                           float *x);

G_END_DECLS

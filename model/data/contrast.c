/* Local contrast normalisation. */
#include "data/contrast.h"

#include <math.h>

/* For values that span 255 (Coates & Ng 2012): flat rows stay faint. */
#define OFFSET     10.0
#define BYTE_RANGE 255.0

static void
measure_row (const float *x, int nv, double *mean, double *variance)
{
  *mean = 0;
  *variance = 0;
  for (int j = 0; j < nv; j++)
    *mean += (double) x[j] / nv;
  for (int j = 0; j < nv; j++)
    *variance += ((double) x[j] - *mean) * ((double) x[j] - *mean) / nv;
}

void
lt_contrast_equalise (LtContrast *self,
                      double range,
                      const guint32 *rows,
                      gsize n,
                      gsize n_all,
                      int nv,
                      float *x)
{
  double mean, variance, level = 0, spread = 0;

  self->offset = OFFSET * (range / BYTE_RANGE) * (range / BYTE_RANGE);
  for (gsize i = 0; i < n; i++) {
    measure_row (x + (gsize) rows[i] * nv, nv, &mean, &variance);
    level += mean / (double) n;
    spread += sqrt (variance + self->offset) / (double) n;
  }
  self->level = (float) level;
  self->spread = (float) spread;

  for (gsize i = 0; i < n_all; i++) {
    float *row = x + i * nv;

    measure_row (row, nv, &mean, &variance);
    variance = variance + self->offset;
    for (int j = 0; j < nv; j++)
      row[j] =
          variance > 0 ? (float) (((double) row[j] - mean) / sqrt (variance)) : 0.0F;
  }
}

/* The two lines that every loss plot needs: what predicting the training mean costs, and
 * what a perfect reconstruction costs. Grey targets have an entropy of their own,
 * −x log x − (1−x) log (1−x), so a perfect cross-entropy is not 0. */
#include <math.h>

#include "core/kernels.h"
#include "probes/probes.h"
#include "probes/rows.h"

void
lt_probe_baselines (const LtDataset *data, LtSplit split, LtBaselines *baselines)
{
  const LtShape *shape = lt_dataset_shape (data);
  gboolean has_cross_entropy = lt_shape_has_cross_entropy (shape);
  gsize nv = shape->nv, n = lt_dataset_n (data, split);
  const float *mean = lt_dataset_mean (data);
  g_autofree float *x = g_new (float, LT_PROBE_ROWS *nv);
  double squared = 0.0, cross = 0.0, perfect = 0.0;

  for (gsize first = 0; first < n; first += LT_PROBE_ROWS) {
    gsize rows = MIN (LT_PROBE_ROWS, n - first);

    lt_dataset_gather (data, split, NULL, first, rows, x);
    for (gsize i = 0; i < rows; i++) {
      squared += lt_squared_error (x + i * nv, mean, nv);
      if (has_cross_entropy)
        cross += lt_cross_entropy (x + i * nv, mean, nv);
    }
    if (has_cross_entropy)
      perfect += lt_cross_entropy (x, x, rows * nv);
  }
  baselines->mean_squared_error = n > 0 ? squared / (double) n : (double) NAN;
  if (n == 0 || !has_cross_entropy)
    cross = perfect = (double) NAN;
  baselines->mean_cross_entropy = cross / ((double) n * (double) nv);
  baselines->perfect_cross_entropy = perfect / ((double) n * (double) nv);
}

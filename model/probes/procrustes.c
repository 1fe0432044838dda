/* Orthogonal Procrustes analysis: P. H. Schönemann 1966, "A generalized solution of the
 * orthogonal Procrustes problem". With M = Σ (b − b̄)(a − ā)ᵀ = U S Vᵀ the best R is U Vᵀ. */
#include "probes/procrustes.h"

#include <string.h>

#include "core/matrix.h"

void
lt_procrustes (const float *a, const float *b, gsize n, float rotation[4])
{
  static const float identity[4] = { 1.0f, 0.0f, 0.0f, 1.0f };
  double mean_a[2] = { 0 }, mean_b[2] = { 0 }, m[4] = { 0 };
  double u[4], s[2], vt[4];

  memcpy (rotation, identity, sizeof identity);
  for (gsize i = 0; i < n; i++)
    for (int k = 0; k < 2; k++) {
      mean_a[k] += (double) a[2 * i + k] / (double) n;
      mean_b[k] += (double) b[2 * i + k] / (double) n;
    }
  for (gsize i = 0; i < n; i++)
    for (int row = 0; row < 2; row++)
      for (int k = 0; k < 2; k++)
        m[2 * row + k] += ((double) b[2 * i + row] - mean_b[row]) *
                          ((double) a[2 * i + k] - mean_a[k]);

  /* With one singular value of nothing the flip would be left to rounding. */
  if (!lt_svd (m, 2, 2, u, s, vt) || !(s[1] > 1e-9 * s[0]))
    return;
  for (int row = 0; row < 2; row++)
    for (int k = 0; k < 2; k++)
      rotation[2 * row + k] = (float) (u[2 * row] * vt[k] + u[2 * row + 1] * vt[2 + k]);
}

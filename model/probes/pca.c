/* Principal components: the eigenvectors of the covariance
 *
 *   C = 1/n Σ (x − m)(x − m)ᵀ,   m = 1/n Σ x,
 *
 * and the reconstruction r = m + Vᵀ_k V_k (x − m), which no linear map through k units
 * betters in squared error (Eckart & Young 1936; Baldi & Hornik 1989). Angles between subspaces
 * follow Björck & Golub 1973, "Numerical methods for computing angles between linear
 * subspaces": with orthonormal bases Q_a and Q_b the singular values of Q_a Q_bᵀ are
 * their cosines. */
#include "probes/pca.h"

#include <math.h>
#include <string.h>

#include "core/error.h"
#include "core/kernels.h"
#include "core/matrix.h"
#include "probes/rows.h"

static void
subtract_row (const float *row, int rows, int n, float *x)
{
  for (int i = 0; i < rows; i++)
    lt_axpy (-1.0f, row, n, x + (gsize) i * n);
}

/* covariance [nv, nv] in double: each block of rows is multiplied in float, and the blocks
 * are added up in double, so the error does not grow with the number of rows. */
static void
accumulate_covariance (LtPca *self,
                       const LtDataset *data,
                       LtWorkspace *ws,
                       double *covariance)
{
  gsize nv = self->nv;
  gsize mark = lt_workspace_mark (ws);
  float *x = lt_workspace_floats (ws, LT_PROBE_ROWS * nv);
  float *block = lt_workspace_floats (ws, nv * nv);

  for (gsize first = 0; first < self->n_rows; first += LT_PROBE_ROWS) {
    int rows = MIN (LT_PROBE_ROWS, self->n_rows - first);
    LtProduct product = { .trans_a = LT_TRANSPOSED,
                          .m = nv,
                          .n = nv,
                          .k = rows,
                          .alpha = 1.0f,
                          .a = x,
                          .lda = nv,
                          .b = x,
                          .ldb = nv,
                          .c = block,
                          .ldc = nv };

    lt_dataset_gather (data, LT_TRAIN, NULL, first, rows, x);
    subtract_row (self->mean, rows, nv, x);
    lt_product (lt_workspace_team (ws), &product, NULL, NULL);
    for (gsize i = 0; i < nv * nv; i++)
      covariance[i] += (double) block[i];
  }
  for (gsize i = 0; i < nv * nv; i++)
    covariance[i] /= (double) self->n_rows;
  lt_workspace_release (ws, mark);
}

LtPca *
lt_pca_new (const LtDataset *data, LtWorkspace *ws, GError **error)
{
  gsize nv = lt_dataset_shape (data)->nv;
  g_autofree double *covariance = NULL;
  g_autoptr (LtPca) self = NULL;

  if (nv > LT_PCA_MAX_FEATURES || lt_dataset_n (data, LT_TRAIN) == 0) {
    g_set_error (
        error, LT_ERROR, LT_ERROR_UNSUPPORTED,
        "The principal components of “%s” cannot be had: it has %" G_GSIZE_FORMAT
        " features and %" G_GSIZE_FORMAT " training rows, where at most %d "
        "features and at least one row are expected.",
        lt_dataset_name (data), nv, lt_dataset_n (data, LT_TRAIN), LT_PCA_MAX_FEATURES);
    return NULL;
  }
  self = g_new0 (LtPca, 1);
  self->ref_count = 1;
  self->nv = nv;
  self->n_rows = lt_dataset_n (data, LT_TRAIN);
  self->mean = g_memdup2 (lt_dataset_mean (data), nv * sizeof *self->mean);
  self->values = g_new (double, nv);
  self->vectors = g_new (double, nv *nv);
  covariance = g_new0 (double, nv *nv);
  accumulate_covariance (self, data, ws, covariance);
  if (!lt_eigen (covariance, nv, self->values, self->vectors)) {
    g_set_error (error, LT_ERROR, LT_ERROR_VALUE,
                 "The principal components of “%s” cannot be had, because its values "
                 "are not all finite numbers.",
                 lt_dataset_name (data));
    return NULL;
  }
  return g_steal_pointer (&self);
}

LtPca *
lt_pca_ref (LtPca *self)
{
  g_atomic_int_inc (&self->ref_count);
  return self;
}

void
lt_pca_unref (LtPca *self)
{
  if (!g_atomic_int_dec_and_test (&self->ref_count))
    return;
  g_free (self->mean);
  g_free (self->values);
  g_free (self->vectors);
  g_free (self);
}

double
lt_pca_squared_error (const LtPca *self,
                      const LtDataset *data,
                      LtSplit split,
                      int k,
                      LtWorkspace *ws)
{
  gsize nv = self->nv, n = lt_dataset_n (data, split);
  gsize mark = lt_workspace_mark (ws);
  float *x = lt_workspace_floats (ws, LT_PROBE_ROWS * nv);
  float *scores = lt_workspace_floats (ws, LT_PROBE_ROWS * (gsize) k);
  float *components = lt_workspace_floats (ws, k * nv);
  double sum = 0.0;

  for (gsize i = 0; i < k * nv; i++)
    components[i] = (float) self->vectors[i];
  for (gsize first = 0; first < n; first += LT_PROBE_ROWS) {
    int rows = MIN (LT_PROBE_ROWS, n - first);
    LtProduct product = { .trans_b = LT_TRANSPOSED,
                          .m = rows,
                          .n = k,
                          .k = nv,
                          .alpha = 1.0f,
                          .a = x,
                          .lda = nv,
                          .b = components,
                          .ldb = nv,
                          .c = scores,
                          .ldc = k };

    lt_dataset_gather (data, split, NULL, first, rows, x);
    subtract_row (self->mean, rows, nv, x);
    lt_product (lt_workspace_team (ws), &product, NULL, NULL);
    /* Pythagoras: what the components do not hold is the error. */
    sum += lt_sum_squares (x, rows * nv) - lt_sum_squares (scores, (gsize) rows * k);
  }
  lt_workspace_release (ws, mark);
  return n > 0 ? sum / (double) n : (double) NAN;
}

/* An orthonormal basis of the span of the rows of a [na, n] in q; *rank of them. Directions
 * a millionth as long as the longest are rounding, since decoders compute in float32. */
static gboolean
orthonormal_basis (const double *a, int na, int n, double *q, int *rank)
{
  int min = MIN (na, n);
  g_autofree double *s = g_new (double, min);

  *rank = 0;
  if (!lt_svd (a, na, n, NULL, s, q))
    return FALSE;
  while (*rank < min && s[*rank] > 0.0 && s[*rank] > 1e-6 * s[0])
    (*rank)++;
  return TRUE;
}

gboolean
lt_principal_angles (const double *a,
                     int na,
                     const double *b,
                     int nb,
                     int n,
                     double *angles)
{
  int n_angles = MIN (na, nb), rank_a, rank_b;
  gsize size_a = (gsize) MIN (na, n) * n, size_b = (gsize) MIN (nb, n) * n;
  g_autofree double *qa = g_new (double, size_a);
  g_autofree double *qb = g_new (double, size_b);
  g_autofree double *cosines = NULL;
  g_autofree double *overlap = NULL;

  if (!orthonormal_basis (a, na, n, qa, &rank_a) ||
      !orthonormal_basis (b, nb, n, qb, &rank_b))
    return FALSE;
  for (int i = 0; i < n_angles; i++)
    angles[i] = G_PI / 2.0;
  if (rank_a == 0 || rank_b == 0)
    return TRUE;

  overlap = g_new0 (double, (gsize) rank_a *rank_b);
  cosines = g_new (double, MIN (rank_a, rank_b));
  for (int i = 0; i < rank_a; i++)
    for (int j = 0; j < rank_b; j++)
      for (int k = 0; k < n; k++)
        overlap[(gsize) i * rank_b + j] +=
            qa[(gsize) i * n + k] * qb[(gsize) j * n + k];
  if (!lt_svd (overlap, rank_a, rank_b, NULL, cosines, NULL))
    return FALSE;
  for (int i = 0; i < MIN (n_angles, MIN (rank_a, rank_b)); i++)
    angles[i] = acos (CLAMP (cosines[i], -1.0, 1.0));
  return TRUE;
}

gboolean
lt_pca_model_angles (const LtPca *self,
                     const LtSnapshot *snapshot,
                     LtWorkspace *ws,
                     double *angles)
{
  gsize nv = self->nv, k = snapshot->model->n_code;
  gsize mark = lt_workspace_mark (ws);
  float *codes = lt_workspace_floats (ws, (k + 1) * k);
  float *decoded = lt_workspace_floats (ws, (k + 1) * nv);
  g_autofree double *span = g_new (double, k *nv);
  LtCall call = lt_snapshot_call (snapshot, ws, NULL);

  /* Rows 0 … k−1 are the units' own directions; the last one is the code 0. */
  lt_fill (0.0f, (k + 1) * k, codes);
  for (gsize i = 0; i < k; i++)
    codes[i * k + i] = 1.0f;
  snapshot->model->kind->decode (&call, codes, k + 1, decoded);
  for (gsize i = 0; i < k; i++)
    for (gsize j = 0; j < nv; j++)
      span[i * nv + j] = (double) decoded[i * nv + j] - (double) decoded[k * nv + j];
  lt_workspace_release (ws, mark);
  return lt_principal_angles (span, k, self->vectors, k, nv, angles);
}

/* Whitening. Sums are taken in double and in an order that does not depend on the number of
 * processors, so that one seed makes one data set. */
#include "data/whitener.h"

#include <math.h>
#include <string.h>

#include "core/error.h"
#include "core/matrix.h"
#include "data/memory.h"

#define BLOCK 512 /* rows at a time */

/* Directions with less than this share of the largest variance are rounding errors. */
#define NOTHING 1e-10

void
lt_whitener_free (LtWhitener *self)
{
  if (self == NULL)
    return;
  g_free (self->mean);
  g_free (self->forward);
  g_free (self->back);
  g_free (self);
}

/* ---- Mean and covariance ---------------------------------------------------------- */

static void
measure_mean (const LtRowReader *rows, double *mean)
{
  g_autofree float *x = g_new (float, (gsize) BLOCK * rows->nv);

  for (gsize first = 0; first < rows->n; first += BLOCK) {
    gsize n = MIN (BLOCK, rows->n - first);

    rows->read (rows->data, first, n, x);
    for (gsize i = 0; i < n; i++)
      for (int j = 0; j < rows->nv; j++)
        mean[j] += (double) x[i * rows->nv + j];
  }
  for (int j = 0; j < rows->nv; j++)
    mean[j] /= (double) rows->n;
}

/* The lower triangle's mirror image. */
static void
mirror (int n, double *c)
{
  for (int i = 0; i < n; i++)
    for (int j = 0; j < i; j++)
      c[(gsize) i * n + j] = c[(gsize) j * n + i];
}

/* covariance: [nv, nv], zeroed on entry. */
static void
measure_covariance (const LtRowReader *rows,
                    LtTeam *team,
                    const double *mean,
                    double *covariance)
{
  gsize nv = rows->nv;
  g_autofree float *x = g_new (float, BLOCK *nv);
  g_autofree double *centred = g_new (double, BLOCK *nv);

  for (gsize first = 0; first < rows->n; first += BLOCK) {
    gsize n = MIN (BLOCK, rows->n - first);

    rows->read (rows->data, first, n, x);
    for (gsize i = 0; i < n; i++)
      for (gsize j = 0; j < nv; j++)
        centred[i * nv + j] = (double) x[i * nv + j] - mean[j];
    lt_add_gram (team, centred, (int) n, (int) nv, covariance);
  }
  for (gsize i = 0; i < nv * nv; i++)
    covariance[i] /= (double) rows->n;
  mirror ((int) nv, covariance);
}

/* ---- Matrices --------------------------------------------------------------------- */

/* An eigenvector's sign is arbitrary: its largest entry is made positive. */
static void
fix_sign (int n, double *v)
{
  int largest = 0;

  for (int j = 1; j < n; j++)
    if (fabs (v[j]) > fabs (v[largest]))
      largest = j;
  if (v[largest] > 0)
    return;
  for (int j = 0; j < n; j++)
    v[j] = -v[j];
}

/* Σ_k scale[k] u_k u_k' over the kept directions, u_k the rows of `kept` [n_kept, nv]. */
static float *
spread_back (const LtWhitener *self,
             LtTeam *team,
             const double *kept,
             const double *scale)
{
  gsize nv = self->nv;
  g_autofree double *scaled = g_new (double, self->n_kept *nv);
  g_autofree double *sum = g_new0 (double, nv *nv);
  float *result = g_new (float, nv *nv);

  for (gsize k = 0; k < (gsize) self->n_kept; k++)
    for (gsize j = 0; j < nv; j++)
      scaled[k * nv + j] = sqrt (scale[k]) * kept[k * nv + j];
  lt_add_gram (team, scaled, self->n_kept, self->nv, sum);
  mirror (self->nv, sum);
  for (gsize i = 0; i < nv * nv; i++)
    result[i] = (float) sum[i];
  return result;
}

/* forward[j, k] = scale[k] u_k[j]. */
static float *
turn (const LtWhitener *self, const double *kept, const double *scale)
{
  float *forward = g_new (float, (gsize) self->nv * self->n_kept);

  for (gsize k = 0; k < (gsize) self->n_kept; k++)
    for (gsize j = 0; j < (gsize) self->nv; j++)
      forward[j * self->n_kept + k] = (float) (scale[k] * kept[k * self->nv + j]);
  return forward;
}

/* s and 1/s of the kept directions, with g in them; values: their variances. */
static void
scale_directions (const LtWhitener *self,
                  const double *values,
                  double added,
                  double *scale,
                  double *inverse)
{
  double white = 0;

  for (int k = 0; k < self->n_kept; k++)
    white += values[k] / (values[k] + added) / self->n_kept;
  for (int k = 0; k < self->n_kept; k++) {
    scale[k] = 1 / sqrt ((values[k] + added) * white);
    inverse[k] = 1 / scale[k];
  }
}

static void
make_matrices (LtWhitener *self,
               LtTeam *team,
               const double *values,
               const double *kept,
               double added)
{
  g_autofree double *scale = g_new (double, self->n_kept);
  g_autofree double *inverse = g_new (double, self->n_kept);

  scale_directions (self, values, added, scale, inverse);
  if (self->how == LT_WHITENING_PCA) {
    self->forward = turn (self, kept, scale);
    self->back = g_new (float, self->n_kept);
    for (int k = 0; k < self->n_kept; k++)
      self->back[k] = (float) inverse[k];
    return;
  }
  if (self->how == LT_WHITENING_ZCA)
    self->back = spread_back (self, team, kept, inverse);
  for (int k = 0; k < self->n_kept && self->how == LT_WHITENING_NONE; k++)
    scale[k] = 1;
  self->forward = spread_back (self, team, kept, scale);
}

/* ---- The whitener ----------------------------------------------------------------- */

static gboolean
choose_directions (LtWhitener *self,
                   const LtWhitenerOptions *options,
                   const double *values,
                   const char *name,
                   GError **error)
{
  int dropped = options->drop_leading + options->drop_trailing;

  while (self->n_varying < self->nv && values[self->n_varying] > 0 &&
         values[self->n_varying] > NOTHING * values[0])
    self->n_varying++;
  self->n_kept = self->n_varying - dropped;
  if (self->n_kept > 0)
    return TRUE;
  g_set_error (
      error, LT_ERROR, LT_ERROR_VALUE,
      "%s varies along %d of its %d directions, and %d were to be left out, so "
      "that none would remain; %s.",
      name, self->n_varying, self->nv, dropped,
      dropped > 0 ? "lower drop-leading or drop-trailing" : "choose whitening=none");
  return FALSE;
}

/* Covariance, eigenvectors, LAPACK's work space, and two matrices. */
static gboolean
check_memory (const char *name, int nv, GError **error)
{
  return lt_memory_check (name, nv, nv, 8 * sizeof (double), error);
}

LtWhitener *
lt_whitener_new (const LtRowReader *rows,
                 const LtWhitenerOptions *options,
                 const char *name,
                 GError **error)
{
  gsize nv = rows->nv;
  double total = 0;

  if (!check_memory (name, rows->nv, error))
    return NULL;

  g_autoptr (LtTeam) team = lt_team_new (lt_team_processors ());
  g_autofree double *mean = g_new0 (double, nv);
  g_autofree double *covariance = g_new0 (double, nv *nv);
  g_autofree double *vectors = g_new (double, nv *nv);
  g_autofree double *values = g_new (double, nv);
  g_autoptr (LtWhitener) self = g_new0 (LtWhitener, 1);

  measure_mean (rows, mean);
  measure_covariance (rows, team, mean, covariance);
  if (!lt_eigen (covariance, rows->nv, values, vectors)) {
    g_set_error (
        error, LT_ERROR, LT_ERROR_VALUE,
        "The principal directions of %s cannot be computed, because its values "
        "are too large; scale them, or choose whitening=none.",
        name);
    return NULL;
  }
  for (gsize j = 0; j < nv; j++) {
    total += covariance[j * nv + j];
    fix_sign (rows->nv, vectors + j * nv);
  }

  self->nv = rows->nv;
  self->how = options->how;
  self->mean = g_new (float, nv);
  for (gsize j = 0; j < nv; j++)
    self->mean[j] = (float) mean[j];
  if (!choose_directions (self, options, values, name, error))
    return NULL;
  self->n_out = self->how == LT_WHITENING_PCA ? self->n_kept : self->nv;
  make_matrices (self, team, values + options->drop_leading,
                 vectors + options->drop_leading * nv,
                 options->epsilon * total / (double) nv);
  return g_steal_pointer (&self);
}

/* ---- Rows ------------------------------------------------------------------------- */

typedef struct {
  const LtWhitener *self;
  const LtRowReader *rows;
  float *y;
} ApplyJob;

static void
apply_block (const ApplyJob *job, gsize first, gsize n, float *x)
{
  const LtWhitener *self = job->self;
  float *y = job->y + first * self->n_out;
  LtProduct product = { .m = (int) n,
                        .n = self->n_out,
                        .k = self->nv,
                        .alpha = 1,
                        .a = x,
                        .lda = self->nv,
                        .b = self->forward,
                        .ldb = self->n_out,
                        .c = y,
                        .ldc = self->n_out };

  job->rows->read (job->rows->data, first, n, x);
  for (gsize i = 0; i < n; i++)
    for (int j = 0; j < self->nv; j++)
      x[i * self->nv + j] -= self->mean[j];
  lt_product (NULL, &product, NULL, NULL);
  for (gsize i = 0; i < n && self->how == LT_WHITENING_NONE; i++)
    for (int j = 0; j < self->nv; j++)
      y[i * self->nv + j] += self->mean[j];
}

static void
apply_blocks (gpointer data, int member, int n_members)
{
  const ApplyJob *job = data;
  g_autofree float *x = g_new (float, (gsize) BLOCK * job->self->nv);

  for (gsize first = (gsize) member * BLOCK; first < job->rows->n;
       first += (gsize) n_members * BLOCK)
    apply_block (job, first, MIN (BLOCK, job->rows->n - first), x);
}

void
lt_whitener_apply (const LtWhitener *self, const LtRowReader *rows, float *y)
{
  g_autoptr (LtTeam) team = lt_team_new (lt_team_processors ());
  ApplyJob job = { self, rows, y };

  lt_team_run (team, apply_blocks, &job);
}

void
lt_whitener_undo (const LtWhitener *self, gsize n, float *y)
{
  g_autofree float *white = NULL;

  if (self->how == LT_WHITENING_PCA)
    for (gsize i = 0; i < n; i++)
      for (int k = 0; k < self->n_out; k++)
        y[i * self->n_out + k] *= self->back[k];
  if (self->how != LT_WHITENING_ZCA)
    return;

  white = g_memdup2 (y, n * self->nv * sizeof *y);
  for (gsize i = 0; i < n; i++)
    memcpy (y + i * self->nv, self->mean, self->nv * sizeof *y);
  lt_product (NULL,
              &(LtProduct){ .m = (int) n,
                            .n = self->nv,
                            .k = self->nv,
                            .alpha = 1,
                            .a = white,
                            .lda = self->nv,
                            .b = self->back,
                            .ldb = self->nv,
                            .beta = 1,
                            .c = y,
                            .ldc = self->nv },
              NULL, NULL);
}

char *
lt_whitener_describe (const LtWhitener *self, double epsilon)
{
  if (self->how == LT_WHITENING_NONE)
    return g_strdup_printf ("%d of %d directions kept", self->n_kept, self->nv);
  return g_strdup_printf ("%s whitening, ε = %g, %d of %d directions",
                          self->how == LT_WHITENING_PCA ? "PCA" : "ZCA", epsilon,
                          self->n_kept, self->nv);
}

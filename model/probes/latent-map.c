/* The map of the codes: a plane through the code space, turned so that it holds still.
 *
 *   map = R · (P (z − c) − m)
 *
 * where c is the codes' mean, the rows of P span the plane (the codes' first two principal
 * components, or two chosen units; nothing to project when the code is 2-D), m is the mean
 * left over (0 up to rounding unless P is missing), and R is the orthogonal matrix that lays the map
 * on the one before. */
#include <math.h>
#include <string.h>

#include "core/kernels.h"
#include "core/matrix.h"
#include "probes/probes.h"
#include "probes/procrustes.h"
#include "probes/rows.h"

/* The rows shown, evenly spaced over the split. */
static guint32 *
choose_rows (gsize n_total, int n)
{
  guint32 *rows = g_new (guint32, n);

  for (int i = 0; i < n; i++)
    rows[i] = (guint32) (i * n_total / (gsize) n);
  return rows;
}

static void
encode_rows (LtLatentMap *self, const LtCall *call, const LtDataset *data)
{
  gsize nv = call->model->shape.nv;
  gsize mark = lt_workspace_mark (call->ws);
  float *x = lt_workspace_floats (call->ws, LT_PROBE_ROWS * nv);

  for (int first = 0; first < self->n; first += LT_PROBE_ROWS) {
    int n = MIN (LT_PROBE_ROWS, self->n - first);

    lt_dataset_gather (data, self->split, self->rows + first, 0, n, x);
    call->model->kind->encode (call, x, n, self->codes + (gsize) first * self->n_code);
  }
  lt_workspace_release (call->ws, mark);
}

static void
find_centre (LtLatentMap *self)
{
  gsize k = self->n_code;
  g_autofree double *sum = g_new0 (double, k);

  self->centre = g_new (float, k);
  for (int i = 0; i < self->n; i++)
    for (gsize j = 0; j < k; j++)
      sum[j] += (double) self->codes[i * k + j];
  for (gsize j = 0; j < k; j++)
    self->centre[j] = (float) (sum[j] / MAX (1, self->n));
}

/* The covariance of the codes: [n_code, n_code]. */
static double *
code_covariance (const LtLatentMap *self, LtWorkspace *ws)
{
  gsize k = self->n_code;
  gsize mark = lt_workspace_mark (ws);
  float *z = lt_workspace_floats (ws, LT_PROBE_ROWS * k);
  float *block = lt_workspace_floats (ws, k * k);
  double *covariance = g_new0 (double, k *k);

  for (int first = 0; first < self->n; first += LT_PROBE_ROWS) {
    int n = MIN (LT_PROBE_ROWS, self->n - first);
    LtProduct product = { .trans_a = LT_TRANSPOSED,
                          .m = k,
                          .n = k,
                          .k = n,
                          .alpha = 1.0f,
                          .a = z,
                          .lda = k,
                          .b = z,
                          .ldb = k,
                          .c = block,
                          .ldc = k };

    memcpy (z, self->codes + first * k, n * k * sizeof *z);
    for (int i = 0; i < n; i++)
      lt_axpy (-1.0f, self->centre, k, z + i * k);
    lt_product (lt_workspace_team (ws), &product, NULL, NULL);
    for (gsize i = 0; i < k * k; i++)
      covariance[i] += (double) block[i];
  }
  lt_workspace_release (ws, mark);
  return covariance;
}

/* The sign of a principal axis is arbitrary: its largest entry is made positive, so that
 * a map without a predecessor is the same each time. */
static void
copy_axis (const double *vector, int n, float *axis)
{
  int largest = 0;

  for (int i = 1; i < n; i++)
    if (fabs (vector[i]) > fabs (vector[largest]))
      largest = i;
  for (int i = 0; i < n; i++)
    axis[i] = (float) (vector[largest] < 0.0 ? -vector[i] : vector[i]);
}

static gboolean
find_principal_plane (LtLatentMap *self, LtWorkspace *ws)
{
  gsize k = self->n_code;
  g_autofree double *covariance = code_covariance (self, ws);
  g_autofree double *values = g_new (double, k);
  g_autofree double *vectors = g_new (double, k *k);
  double total = 0.0;

  if (!lt_eigen (covariance, k, values, vectors))
    return FALSE;
  for (gsize i = 0; i < k; i++)
    total += MAX (0.0, values[i]);
  self->plane = g_new (float, 2 * k);
  copy_axis (vectors, k, self->plane);
  copy_axis (vectors + k, k, self->plane + k);
  self->held = total > 0.0 ? (values[0] + values[1]) / total : 1.0;
  return TRUE;
}

/* A code of one unit lies along the map's x axis: the second row is 0. */
static void
choose_unit_plane (LtLatentMap *self, int unit_x, int unit_y)
{
  gsize k = self->n_code;

  self->plane = g_new0 (float, 2 * k);
  self->plane[unit_x] = 1.0f;
  if (unit_y != unit_x)
    self->plane[k + unit_y] = 1.0f;
  self->held = (double) NAN;
}

static void
project (const LtLatentMap *self, const float *code, float *point)
{
  gsize k = self->n_code;

  if (self->plane == NULL) {
    memcpy (point, code, 2 * sizeof *point);
    return;
  }
  point[0] = point[1] = 0.0f;
  for (gsize j = 0; j < k; j++) {
    point[0] += self->plane[j] * (code[j] - self->centre[j]);
    point[1] += self->plane[k + j] * (code[j] - self->centre[j]);
  }
}

/* rotation: found over the rows that both maps have; both lists of rows ascend. */
static void
align (LtLatentMap *self, const LtLatentMap *previous)
{
  g_autofree float *a = NULL, *b = NULL;
  gsize common = 0;

  if (previous == NULL || previous->split != self->split)
    return;
  a = g_new (float, 2 * (gsize) self->n);
  b = g_new (float, 2 * (gsize) self->n);
  for (int i = 0, j = 0; i < self->n && j < previous->n;) {
    if (self->rows[i] < previous->rows[j])
      i++;
    else if (self->rows[i] > previous->rows[j])
      j++;
    else {
      memcpy (a + 2 * common, self->map + 2 * (gsize) i++, 2 * sizeof *a);
      memcpy (b + 2 * common++, previous->map + 2 * (gsize) j++, 2 * sizeof *b);
    }
  }
  lt_procrustes (a, b, common, self->rotation);
}

static void
draw_map (LtLatentMap *self, const LtLatentMap *previous)
{
  double sum[2] = { 0.0, 0.0 };
  const float *r = self->rotation;

  self->map = g_new (float, 2 * (gsize) self->n);
  for (int i = 0; i < self->n; i++) {
    project (self, self->codes + (gsize) i * self->n_code, self->map + 2 * (gsize) i);
    sum[0] += (double) self->map[2 * i];
    sum[1] += (double) self->map[2 * i + 1];
  }
  for (int k = 0; k < 2; k++)
    self->mean[k] = (float) (sum[k] / MAX (1, self->n));
  for (int i = 0; i < self->n; i++)
    for (int k = 0; k < 2; k++)
      self->map[2 * i + k] -= self->mean[k];

  align (self, previous);
  for (int i = 0; i < self->n; i++) {
    float x = self->map[2 * i], y = self->map[2 * i + 1];

    self->map[2 * i] = r[0] * x + r[1] * y;
    self->map[2 * i + 1] = r[2] * x + r[3] * y;
  }
}

static LtLatentMap *
map_new (int n_code, const LtDataset *data, LtSplit split, gsize limit)
{
  LtLatentMap *self = g_new0 (LtLatentMap, 1);

  self->split = split;
  self->n_total = lt_dataset_n (data, split);
  self->n = limit > 0 ? MIN (limit, self->n_total) : self->n_total;
  self->n_code = n_code;
  self->rows = choose_rows (self->n_total, self->n);
  self->codes = g_new (float, self->n *(gsize) n_code);
  self->labels = g_new (int, self->n);
  self->rotation[0] = self->rotation[3] = 1.0f;
  self->held = 1.0;
  lt_dataset_gather_labels (data, split, self->rows, 0, self->n, self->labels);
  return self;
}

LtLatentMap *
lt_probe_latent_map_units (const LtSnapshot *snapshot,
                           const LtDataset *data,
                           const LtLatentMapOptions *options,
                           const LtLatentMap *previous,
                           LtWorkspace *ws)
{
  int n_code = snapshot->model->n_code;
  LtCall call = lt_snapshot_call (snapshot, ws, NULL);
  LtLatentMap *self;

  g_return_val_if_fail (lt_model_can (snapshot->model, LT_CAN_ENCODE), NULL);
  g_return_val_if_fail (options->unit_x < n_code && options->unit_y < n_code, NULL);

  self = map_new (n_code, data, options->split, options->limit);
  encode_rows (self, &call, data);
  if (!lt_all_finite (self->codes, self->n * (gsize) n_code)) {
    lt_latent_map_free (self);
    return NULL;
  }
  find_centre (self);
  if (options->unit_x >= 0 && options->unit_y >= 0)
    choose_unit_plane (self, options->unit_x, options->unit_y);
  else if (n_code == 1)
    choose_unit_plane (self, 0, 0);
  else if (n_code > 2 && !find_principal_plane (self, ws)) {
    lt_latent_map_free (self);
    return NULL;
  }
  draw_map (self, previous);
  return self;
}

LtLatentMap *
lt_probe_latent_map (const LtSnapshot *snapshot,
                     const LtDataset *data,
                     LtSplit split,
                     gsize limit,
                     const LtLatentMap *previous,
                     LtWorkspace *ws)
{
  LtLatentMapOptions options = { split, limit, -1, -1 };

  return lt_probe_latent_map_units (snapshot, data, &options, previous, ws);
}

void
lt_latent_map_free (LtLatentMap *self)
{
  if (self == NULL)
    return;
  g_free (self->codes);
  g_free (self->map);
  g_free (self->rows);
  g_free (self->labels);
  g_free (self->plane);
  g_free (self->centre);
  g_free (self);
}

/* The inverse: R is orthogonal, so its transpose undoes it, and the rows of P are orthonormal,
 * so Pᵀ leads back into the plane. */
void
lt_latent_map_code (const LtLatentMap *self, double x, double y, float *code)
{
  const float *r = self->rotation;
  gsize k = self->n_code;
  float u = r[0] * (float) x + r[2] * (float) y + self->mean[0];
  float v = r[1] * (float) x + r[3] * (float) y + self->mean[1];

  if (self->plane == NULL) {
    code[0] = u;
    code[1] = v;
    return;
  }
  for (gsize j = 0; j < k; j++)
    code[j] = self->centre[j] + u * self->plane[j] + v * self->plane[k + j];
}

void
lt_probe_decode (const LtSnapshot *snapshot,
                 const float *codes,
                 int n,
                 LtWorkspace *ws,
                 float *x)
{
  LtCall call = lt_snapshot_call (snapshot, ws, NULL);

  g_return_if_fail (lt_model_can (snapshot->model, LT_CAN_DECODE));

  snapshot->model->kind->decode (&call, codes, n, x);
}

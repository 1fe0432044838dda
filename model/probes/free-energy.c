/* Free energies of many rows, and pseudo-likelihoods, which are made of them:
 *
 *   log p (x_i | others) = −log (1 + exp (F (x) − F (x with x_i turned round)))
 *
 * for every i, so that no unit is left to chance (Besag 1975). */
#include <math.h>
#include <string.h>

#include "probes/likelihood.h"
#include "probes/rows.h"

#define STREAM 0xb17

/* What both probes go through: rows, a chunk at a time. */
typedef struct {
  LtCall call;
  const LtDataset *data;
  const LtEnergyRows *rows;
  gsize n, n_all;
  gboolean drawn;
  LtRng rng;
} Rows;

static void
rows_init (Rows *self,
           const LtSnapshot *snapshot,
           const LtDataset *data,
           const LtEnergyRows *rows,
           LtWorkspace *ws)
{
  *self = (Rows){ .call = lt_snapshot_call (snapshot, ws, NULL),
                  .data = data,
                  .rows = rows,
                  .n_all = lt_dataset_n (data, rows->split),
                  .drawn = rows->drawn &&
                           lt_model_can (snapshot->model, LT_HAS_BINARY_STATES) };
  self->n = rows->limit > 0 ? MIN (rows->limit, self->n_all) : self->n_all;
  lt_rng_init (&self->rng, 0, STREAM);
}

/* Rows first … first + n − 1 of those wanted. */
static void
rows_read (Rows *self, gsize first, gsize n, float *x)
{
  guint32 rows[LT_PROBE_ROWS];

  g_assert (n <= LT_PROBE_ROWS);
  for (gsize i = 0; i < n; i++)
    rows[i] = (guint32) ((first + i) * self->n_all / self->n);
  lt_dataset_gather (self->data, self->rows->split, rows, 0, n, x);
  if (self->drawn)
    lt_rng_fill_bernoulli (&self->rng, x, n * (gsize) self->call.model->shape.nv, x);
}

typedef void (*RowsFunc) (const LtCall *call, const float *x, int n, float *y);

/* func of the rows, which has `width` values of each: [*n, width]. */
static float *
over_rows (Rows *job, RowsFunc func, int width, gsize *n)
{
  LtWorkspace *ws = job->call.ws;
  gsize mark = lt_workspace_mark (ws), nv = (gsize) job->call.model->shape.nv;
  float *x = lt_workspace_floats (ws, LT_PROBE_ROWS * nv);
  float *values = g_new (float, job->n *(gsize) width);

  for (gsize first = 0; first < job->n; first += LT_PROBE_ROWS) {
    gsize here = MIN (LT_PROBE_ROWS, job->n - first);

    rows_read (job, first, here, x);
    func (&job->call, x, (int) here, values + first * (gsize) width);
  }
  lt_workspace_release (ws, mark);
  *n = job->n;
  return values;
}

float *
lt_probe_free_energies (const LtSnapshot *snapshot,
                        const LtDataset *data,
                        const LtEnergyRows *rows,
                        LtWorkspace *ws,
                        gsize *n)
{
  Rows job;

  g_assert (lt_model_can (snapshot->model, LT_CAN_ENERGY));
  rows_init (&job, snapshot, data, rows, ws);
  return over_rows (&job, snapshot->model->kind->energy, 1, n);
}

float *
lt_probe_bounds (const LtSnapshot *snapshot,
                 const LtDataset *data,
                 const LtEnergyRows *rows,
                 LtWorkspace *ws,
                 gsize *n)
{
  Rows job;

  g_assert (snapshot->model->kind->bound != NULL);
  rows_init (&job, snapshot, data, rows, ws);
  return over_rows (&job, snapshot->model->kind->bound, 1, n);
}

float *
lt_probe_lengths (const LtSnapshot *snapshot,
                  const LtDataset *data,
                  const LtEnergyRows *rows,
                  LtWorkspace *ws,
                  gsize *n)
{
  const LtModel *model = snapshot->model;
  Rows job;

  g_assert (lt_probe_n_lengths (model) > 0);
  rows_init (&job, snapshot, data, rows, ws);
  return over_rows (&job, model->kind->documents->lengths, lt_probe_n_lengths (model),
                    n);
}

int
lt_probe_n_lengths (const LtModel *model)
{
  const LtDocuments *documents = model->kind->documents;

  return documents != NULL ? documents->n_lengths (model) : 0;
}

/* Σ_i log p (x_i | others) of one row. turned: [LT_PROBE_ROWS, nv], energy: as many. */
static double
row_likelihood (const LtCall *call, const float *x, float *turned, float *energy)
{
  const LtModelKind *kind = call->model->kind;
  int nv = call->model->shape.nv;
  float own;
  double sum = 0;

  kind->energy (call, x, 1, &own);
  for (int first = 0; first < nv; first += LT_PROBE_ROWS) {
    int n = MIN (LT_PROBE_ROWS, nv - first);

    for (int i = 0; i < n; i++) {
      float *row = turned + (gsize) i * nv;

      memcpy (row, x, nv * sizeof *x);
      row[first + i] = 1 - row[first + i];
    }
    kind->energy (call, turned, n, energy);
    for (int i = 0; i < n; i++) {
      double d = (double) own - (double) energy[i];

      sum -= MAX (d, 0) + log1p (exp (-fabs (d)));
    }
  }
  return sum;
}

double
lt_probe_pseudo_likelihood (const LtSnapshot *snapshot,
                            const LtDataset *data,
                            LtSplit split,
                            gsize limit,
                            LtWorkspace *ws)
{
  const LtEnergyRows rows = { split, limit, TRUE };
  gsize mark = lt_workspace_mark (ws), nv = (gsize) snapshot->model->shape.nv;
  float *x, *turned, *energy;
  double sum = 0;
  Rows job;

  rows_init (&job, snapshot, data, &rows, ws);
  if (!job.drawn || job.n == 0)
    return (double) NAN;
  x = lt_workspace_floats (ws, nv);
  turned = lt_workspace_floats (ws, MIN (LT_PROBE_ROWS, nv) * nv);
  energy = lt_workspace_floats (ws, LT_PROBE_ROWS);
  for (gsize i = 0; i < job.n; i++) {
    rows_read (&job, i, 1, x);
    sum += row_likelihood (&job.call, x, turned, energy);
  }
  lt_workspace_release (ws, mark);
  return sum / (double) job.n;
}

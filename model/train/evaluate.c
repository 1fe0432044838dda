/* Reconstruction errors over a split.
 *
 *   squared error   1/n Σ_n Σ_i (x_i − r_i)²
 *   cross-entropy   1/(n nv) Σ_n Σ_i −x_i log r_i − (1−x_i) log (1−r_i) */
#include "train/evaluate.h"

#include "core/kernels.h"

#include <math.h>

/* Rows at a time: enough for the products to be fast, little enough for the caches. */
#define CHUNK 500

typedef struct {
  const LtEvaluation *evaluation;
  gsize n, n_all; /* rows used, rows there are */
  gsize nv;
  gboolean has_cross_entropy;
  float *x, *r;
  double squared, cross;
} Job;

/* Whether every entry lies in [0, 1], so that it can be a probability. */
static gboolean
has_cross_entropy (const LtShape *shape)
{
  for (int i = 0; i < shape->n_modalities; i++) {
    if (shape->modality[i].kind != LT_BINARY && shape->modality[i].kind != LT_UNIT)
      return FALSE;
  }
  return TRUE;
}

static gboolean
is_stopped (const LtEvaluation *evaluation)
{
  return evaluation->stop != NULL && atomic_load (evaluation->stop);
}

static void
add_chunk (Job *job, gsize first, gsize n)
{
  const LtEvaluation *evaluation = job->evaluation;
  const LtCall *call = evaluation->call;
  guint32 rows[CHUNK];

  for (gsize i = 0; i < n; i++)
    rows[i] = (guint32) ((first + i) * job->n_all / job->n);
  lt_dataset_gather (evaluation->data, evaluation->split, rows, 0, n, job->x);
  call->model->kind->reconstruct (call, job->x, (int) n, job->r);
  job->squared += lt_squared_error (job->x, job->r, n * job->nv);
  if (job->has_cross_entropy)
    job->cross += lt_cross_entropy (job->x, job->r, n * job->nv);
}

gboolean
lt_evaluate (const LtEvaluation *evaluation,
             double *squared_error,
             double *cross_entropy)
{
  const LtCall *call = evaluation->call;
  const LtShape *shape = lt_dataset_shape (evaluation->data);
  gsize mark = lt_workspace_mark (call->ws);
  Job job = { .evaluation = evaluation,
              .n_all = lt_dataset_n (evaluation->data, evaluation->split),
              .nv = (gsize) shape->nv,
              .has_cross_entropy = has_cross_entropy (shape) };

  *squared_error = *cross_entropy = (double) NAN;
  job.n = evaluation->limit > 0 ? MIN (evaluation->limit, job.n_all) : job.n_all;
  if (job.n == 0 || !lt_model_can (call->model, LT_CAN_RECONSTRUCT))
    return TRUE;
  job.x = lt_workspace_floats (call->ws, CHUNK * job.nv);
  job.r = lt_workspace_floats (call->ws, CHUNK * job.nv);
  for (gsize first = 0; first < job.n && !is_stopped (evaluation); first += CHUNK)
    add_chunk (&job, first, MIN (CHUNK, job.n - first));
  lt_workspace_release (call->ws, mark);
  if (is_stopped (evaluation))
    return FALSE;
  *squared_error = job.squared / (double) job.n;
  if (job.has_cross_entropy)
    *cross_entropy = job.cross / ((double) job.n * (double) job.nv);
  return TRUE;
}

void
lt_evaluate_errors (const LtCall *call,
                    const LtDataset *data,
                    LtSplit split,
                    gsize limit,
                    double *squared_error,
                    double *cross_entropy)
{
  LtEvaluation evaluation = {
    .call = call, .data = data, .split = split, .limit = limit
  };

  lt_evaluate (&evaluation, squared_error, cross_entropy);
}

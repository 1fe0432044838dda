/* Errors of reconstruction and classification over a split.
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
  int n_classes; /* 0: there is nothing to classify */
  float *x;
  float *r; /* NULL: there is nothing to reconstruct */
  float *p;
  double squared, cross;
  gsize n_labelled, n_wrong;
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
add_reconstructions (Job *job, gsize n)
{
  const LtCall *call = job->evaluation->call;

  call->model->kind->reconstruct (call, job->x, (int) n, job->r);
  job->squared += lt_squared_error (job->x, job->r, n * job->nv);
  if (job->has_cross_entropy)
    job->cross += lt_cross_entropy (job->x, job->r, n * job->nv);
}

static void
add_classes (Job *job, const guint32 *rows, gsize n)
{
  const LtEvaluation *evaluation = job->evaluation;
  const LtCall *call = evaluation->call;
  int labels[CHUNK];

  lt_dataset_gather_labels (evaluation->data, evaluation->split, rows, 0, n, labels);
  call->model->kind->classify (call, job->x, (int) n, job->p);
  for (gsize i = 0; i < n; i++) {
    const float *p = job->p + i * (gsize) job->n_classes;
    int best = 0;

    for (int k = 1; k < job->n_classes; k++)
      best = p[k] > p[best] ? k : best;
    job->n_labelled += labels[i] >= 0;
    job->n_wrong += labels[i] >= 0 && labels[i] != best;
  }
}

static void
add_chunk (Job *job, gsize first, gsize n)
{
  const LtEvaluation *evaluation = job->evaluation;
  guint32 rows[CHUNK];

  for (gsize i = 0; i < n; i++)
    rows[i] = (guint32) ((first + i) * job->n_all / job->n);
  lt_dataset_gather (evaluation->data, evaluation->split, rows, 0, n, job->x);
  if (job->r != NULL)
    add_reconstructions (job, n);
  if (job->n_classes > 0)
    add_classes (job, rows, n);
}

static void
take_memory (Job *job)
{
  const LtCall *call = job->evaluation->call;

  job->x = lt_workspace_floats (call->ws, CHUNK * job->nv);
  if (lt_model_can (call->model, LT_CAN_RECONSTRUCT))
    job->r = lt_workspace_floats (call->ws, CHUNK * job->nv);
  if (lt_model_can (call->model, LT_CAN_CLASSIFY) &&
      lt_dataset_n_classes (job->evaluation->data) > 0)
    job->n_classes = call->model->n_classes;
  if (job->n_classes > 0)
    job->p = lt_workspace_floats (call->ws, CHUNK * (gsize) job->n_classes);
}

static void
divide (const Job *job, LtErrors *errors)
{
  double n = (double) job->n;

  if (job->r != NULL)
    errors->squared_error = job->squared / n;
  if (job->r != NULL && job->has_cross_entropy)
    errors->cross_entropy = job->cross / (n * (double) job->nv);
  if (job->n_labelled > 0)
    errors->classification = (double) job->n_wrong / (double) job->n_labelled;
}

gboolean
lt_evaluate (const LtEvaluation *evaluation, LtErrors *errors)
{
  const LtCall *call = evaluation->call;
  const LtShape *shape = lt_dataset_shape (evaluation->data);
  gsize mark = lt_workspace_mark (call->ws);
  Job job = { .evaluation = evaluation,
              .n_all = lt_dataset_n (evaluation->data, evaluation->split),
              .nv = (gsize) shape->nv,
              .has_cross_entropy = has_cross_entropy (shape) };

  errors->squared_error = errors->cross_entropy = errors->classification = (double) NAN;
  job.n = evaluation->limit > 0 ? MIN (evaluation->limit, job.n_all) : job.n_all;
  if (job.n == 0)
    return TRUE;
  take_memory (&job);
  if (job.r != NULL || job.n_classes > 0) {
    for (gsize first = 0; first < job.n && !is_stopped (evaluation); first += CHUNK)
      add_chunk (&job, first, MIN (CHUNK, job.n - first));
  }
  lt_workspace_release (call->ws, mark);
  if (is_stopped (evaluation))
    return FALSE;
  divide (&job, errors);
  return TRUE;
}

void
lt_evaluate_split (const LtCall *call,
                   const LtDataset *data,
                   LtSplit split,
                   LtErrors *errors)
{
  LtEvaluation evaluation = { .call = call, .data = data, .split = split };

  lt_evaluate (&evaluation, errors);
}

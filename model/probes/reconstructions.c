/* What a model makes of chosen examples: original, corrupted, reconstructed. */
#include <string.h>

#include "core/kernels.h"
#include "probes/probes.h"

/* A stream of its own, so that the corruption shown does not depend on what else the seed
 * is used for. */
#define CORRUPTION_STREAM 0x7265636f6eu

/* corrupted [n, nv], or NULL when nothing is corrupted (by the family, or with the noise
 * turned off). */
static float *
corrupt_examples (const LtCall *call, const float *x, int n)
{
  gsize size = (gsize) n * call->model->shape.nv;
  float *corrupted;

  if (!lt_model_can (call->model, LT_CAN_CORRUPT))
    return NULL;
  corrupted = g_new (float, size);
  call->model->kind->corrupt (call, x, n, corrupted);
  if (memcmp (corrupted, x, size * sizeof *x) == 0)
    g_clear_pointer (&corrupted, g_free);
  return corrupted;
}

LtReconstructions *
lt_probe_reconstructions (const LtSnapshot *snapshot,
                          const LtDataset *data,
                          LtSplit split,
                          const guint32 *rows,
                          int n,
                          guint64 seed,
                          LtWorkspace *ws)
{
  const LtModel *model = snapshot->model;
  gsize nv = model->shape.nv;
  LtReconstructions *self;
  LtRng rng;
  LtCall call = lt_snapshot_call (snapshot, ws, &rng);

  g_return_val_if_fail (lt_model_can (model, LT_CAN_RECONSTRUCT), NULL);

  lt_rng_init (&rng, seed, CORRUPTION_STREAM);
  self = g_new0 (LtReconstructions, 1);
  self->n = n;
  self->shape = model->shape;
  self->original = g_new (float, n *nv);
  self->reconstruction = g_new (float, n *nv);
  self->labels = g_new (int, n);
  self->errors = g_new (float, n);
  lt_dataset_gather (data, split, rows, 0, n, self->original);
  lt_dataset_gather_labels (data, split, rows, 0, n, self->labels);
  self->corrupted = corrupt_examples (&call, self->original, n);
  model->kind->reconstruct (&call,
                            self->corrupted != NULL ? self->corrupted : self->original,
                            n, self->reconstruction);
  for (gsize i = 0; i < (gsize) n; i++)
    self->errors[i] = (float) lt_squared_error (self->original + i * nv,
                                                self->reconstruction + i * nv, nv);
  return self;
}

void
lt_reconstructions_free (LtReconstructions *self)
{
  if (self == NULL)
    return;
  g_free (self->original);
  g_free (self->corrupted);
  g_free (self->reconstruction);
  g_free (self->labels);
  g_free (self->errors);
  g_free (self);
}

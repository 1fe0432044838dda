/* Snapshots: immutable copies of a model's blocks. */
#include "train/snapshot.h"

LtSnapshot *
lt_snapshot_new (LtModel *model,
                 const float *params,
                 const float *state,
                 const float *update,
                 gconstpointer settings)
{
  LtSnapshot *self = g_new0 (LtSnapshot, 1);

  self->ref_count = 1;
  self->model = lt_model_ref (model);
  self->params = lt_block_dup (model->params, params);
  if (state != NULL)
    self->state = lt_block_dup (model->state, state);
  if (update != NULL)
    self->update = lt_block_dup (model->params, update);
  self->settings = g_memdup2 (settings, model->kind->knobs.settings_size);
  self->exact = TRUE;
  return self;
}

LtSnapshot *
lt_snapshot_ref (LtSnapshot *self)
{
  g_atomic_int_inc (&self->ref_count);
  return self;
}

void
lt_snapshot_unref (LtSnapshot *self)
{
  if (!g_atomic_int_dec_and_test (&self->ref_count))
    return;
  lt_block_free (self->params);
  if (self->state != NULL)
    lt_block_free (self->state);
  if (self->update != NULL)
    lt_block_free (self->update);
  g_free (self->settings);
  lt_model_unref (self->model);
  g_free (self);
}

LtCall
lt_snapshot_call (const LtSnapshot *self, LtWorkspace *ws, LtRng *rng)
{
  return (LtCall){ .model = self->model,
                   .params = self->params,
                   .state = self->state,
                   .settings = self->settings,
                   .ws = ws,
                   .rng = rng };
}

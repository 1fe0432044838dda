/* A dense network for one test. */
#include "support/dense-trial.h"

void
dense_trial_set_knobs (const LtModelKind *kind,
                       const char *text,
                       LtDenseSettings *settings)
{
  g_auto (GStrv) pairs = g_strsplit (text, " ", -1);

  lt_model_kind_init_settings (kind, settings);
  for (int i = 0; pairs[i] != NULL; i++) {
    g_auto (GStrv) pair = g_strsplit (pairs[i], "=", 2);
    g_autoptr (GError) error = NULL;

    lt_knob_parse (lt_knobs_find (&kind->knobs, pair[0]), pair[1], settings, &error);
    g_assert_no_error (error);
  }
}

void
dense_trial_init (DenseTrial *self,
                  const LtModelKind *kind,
                  const char *settings,
                  guint64 seed,
                  int n_members)
{
  g_autoptr (GError) error = NULL;
  LtShape shape;

  lt_shape_init (&shape, "pixels", LT_UNIT, 3, 4, 1);
  dense_trial_set_knobs (kind, settings, &self->settings);
  self->model = lt_model_new (kind, &self->settings, &shape, &error);
  g_assert_no_error (error);
  self->team = n_members > 0 ? lt_team_new (n_members) : NULL;
  self->ws = lt_workspace_new (self->team);
  lt_rng_init (&self->rng, seed, 1);
  self->params = lt_block_new (self->model->params);
  kind->init (self->model, &self->settings, NULL, &self->rng, self->params, NULL);
  for (int t = 0; t < lt_layout_n_tensors (self->model->params); t++) {
    const LtTensor *tensor = lt_layout_tensor (self->model->params, t);

    if (tensor->role == LT_ROLE_BIAS)
      lt_rng_fill_normal (&self->rng, tensor->size, self->params + tensor->offset);
  }
  self->call = (LtCall){
    .model = self->model,
    .params = self->params,
    .settings = &self->settings,
    .ws = self->ws,
    .rng = &self->rng,
  };
}

void
dense_trial_clear (DenseTrial *self)
{
  lt_model_unref (self->model);
  lt_workspace_free (self->ws);
  g_clear_pointer (&self->team, lt_team_free);
  lt_block_free (self->params);
}

void
dense_trial_fill_examples (int n, float *x)
{
  LtRng rng;

  lt_rng_init (&rng, 8, 1);
  lt_rng_fill_uniform (&rng, (gsize) n * DENSE_TRIAL_NV, x);
}

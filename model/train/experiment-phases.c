/* An experiment's phases: the present one and the others, and the models of all of them. */
#include "train/experiment.h"

/* Puts the present phase back among the others. */
static void
store_phase (LtExperiment *self)
{
  LtPhase *phase = &self->phases[self->phase];

  g_free (phase->settings);
  phase->kind = self->kind;
  phase->settings = g_memdup2 (self->settings, self->kind->knobs.settings_size);
  phase->training = self->training;
}

void
lt_experiment_add_phase (LtExperiment *self, const LtPhase *phase)
{
  self->phases = g_renew (LtPhase, self->phases, self->n_phases + 1);
  self->phases[self->n_phases++] = *phase;
  if (self->n_phases > 1)
    return;
  g_free (self->settings);
  self->kind = phase->kind;
  self->settings = g_memdup2 (phase->settings, phase->kind->knobs.settings_size);
  self->training = phase->training;
}

void
lt_experiment_enter (LtExperiment *self, int phase)
{
  const LtPhase *next;

  if (self->n_phases == 0)
    return;
  g_return_if_fail (phase >= 0 && phase < self->n_phases);
  store_phase (self);
  next = &self->phases[phase];
  g_free (self->settings);
  self->kind = next->kind;
  self->settings = g_memdup2 (next->settings, next->kind->knobs.settings_size);
  self->training = next->training;
  self->phase = phase;
}

int
lt_experiment_key_phase (const LtExperiment *self, const char *key, const char **rest)
{
  char *colon;
  gint64 number = g_ascii_strtoll (key, &colon, 10);

  *rest = key;
  if (colon == key || *colon != ':')
    return self->phase;
  *rest = colon + 1;
  return number >= 1 && number <= self->n_phases ? (int) number - 1 : -1;
}

char *
lt_experiment_dup_phase_title (const LtExperiment *self, int phase)
{
  if (phase < 0 || phase >= self->n_phases)
    return g_strdup ("");
  return self->phases[phase].title != NULL ? g_strdup (self->phases[phase].title)
                                           : g_strdup_printf ("Phase %d", phase + 1);
}

int
lt_experiment_total_epochs (const LtExperiment *self, int before)
{
  gint64 total = (gint64) before + self->training.epochs;

  for (int i = self->phase + 1; i < self->n_phases; i++)
    total += self->phases[i].training.epochs;
  return (int) MIN (total, G_MAXINT);
}

static gboolean
check_beginnings (GPtrArray *models, const LtExperiment *self, GError **error)
{
  g_autoptr (LtWorkspace) ws = lt_workspace_new (NULL);

  for (guint i = 1; i < models->len; i++) {
    const LtModel *before = models->pdata[i - 1], *model = models->pdata[i];
    float *a = lt_block_new (before->params), *b = lt_block_new (model->params);
    float *state = model->state != NULL ? lt_block_new (model->state) : NULL;
    LtCall from = {
      .model = before, .params = a, .settings = before->settings, .ws = ws
    };
    LtCall call = { .model = model, .settings = model->settings, .ws = ws };
    gboolean fits = lt_model_adopt (&call, &from, b, state, error);

    lt_block_free (a);
    lt_block_free (b);
    if (state != NULL)
      lt_block_free (state);
    if (!fits) {
      g_autofree char *title = lt_experiment_dup_phase_title (self, (int) i);

      g_prefix_error (error, "Phase %u, “%s”: ", i + 1, title);
      return FALSE;
    }
  }
  return TRUE;
}

GPtrArray *
lt_experiment_build (const LtExperiment *self, const LtShape *shape, GError **error)
{
  g_autoptr (GPtrArray) models =
      g_ptr_array_new_with_free_func ((GDestroyNotify) lt_model_unref);

  for (int i = 0; i < MAX (1, self->n_phases); i++) {
    gboolean present = self->n_phases == 0 || i == self->phase;
    const LtModelKind *kind = present ? self->kind : self->phases[i].kind;
    gconstpointer settings = present ? self->settings : self->phases[i].settings;
    LtModel *model = lt_model_new (kind, settings, shape, error);

    if (model == NULL) {
      g_autofree char *title = lt_experiment_dup_phase_title (self, i);

      if (self->n_phases > 0)
        g_prefix_error (error, "Phase %d, “%s”: ", i + 1, title);
      return NULL;
    }
    g_ptr_array_add (models, model);
  }
  if (!check_beginnings (models, self, error))
    return NULL;
  return g_steal_pointer (&models);
}

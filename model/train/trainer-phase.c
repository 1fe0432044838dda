/* From one phase of an experiment to the next: another model that begins with the weights of
 * the one before; and what of it need not be computed again while it trains. */
#include "train/trainer-private.h"

#include "core/kernels.h"

#include <math.h>
#include <string.h>

#define CHUNK              1000
#define MOST_FEATURE_BYTES ((gsize) 1 << 31) /* what may be kept in memory */

gboolean
lt_trainer_phase_is_over (const LtTrainer *self)
{
  return self->at.epoch - self->at.phase_epoch >= self->experiment->training.epochs ||
         lt_trainer_is_stuck (self);
}

/* ---- Entering ---------------------------------------------------------------------------- */

static void
reset_judgements (LtTrainer *self)
{
  self->at.plateau_factor = 1;
  self->at.plateau_epochs = 0;
  self->at.best_loss = HUGE_VAL;
  self->at.best_epoch = self->at.epoch;
  self->at.lowest = self->at.first = (double) NAN;
  self->has_candidate = self->has_update = FALSE;
  memset (&self->terms, 0, sizeof self->terms);
}

void
lt_trainer_say_phase (LtTrainer *self)
{
  g_autofree char *number = g_strdup_printf ("%d", (int) self->at.phase + 1);
  g_autofree char *title =
      lt_experiment_dup_phase_title (self->experiment, (int) self->at.phase);

  lt_trainer_add_event (self, "phase", number, title);
}

/* What others see of it changes at once. */
static void
change_model (LtTrainer *self)
{
  int phase = self->experiment->phase + 1;

  pthread_mutex_lock (&self->lock);
  lt_experiment_enter (self->experiment, phase);
  lt_experiment_enter (self->wanted, phase);
  self->model = self->models->pdata[phase];
  pthread_mutex_unlock (&self->lock);
}

void
lt_trainer_enter_next_phase (LtTrainer *self)
{
  /* Holds the old model, parameters and state while the new ones are made. */
  g_autoptr (LtSnapshot) before = lt_trainer_snapshot (self, NULL);
  LtCall from = lt_snapshot_call (before, self->ws, NULL);
  LtCall call = { .ws = self->ws };
  gboolean adopted;

  lt_trainer_clear_model (self);
  change_model (self);
  self->at.phase++;
  self->at.phase_epoch = self->at.epoch;
  reset_judgements (self);
  lt_trainer_init_model (self);
  lt_workspace_reset (self->ws);
  call.model = self->model;
  call.settings = self->experiment->settings;
  adopted = lt_model_adopt (&call, &from, self->params, self->state, NULL);
  g_assert (adopted); /* seen to when the models were built */
  lt_trainer_remember_as_good (self);
  lt_trainer_say_phase (self);
  lt_trainer_show (self, NULL);
}

/* ---- Features ---------------------------------------------------------------------------- */

static int
n_features (const LtTrainer *self)
{
  const LtModelKind *kind = self->model->kind;

  return kind->n_features != NULL ? kind->n_features (self->model) : 0;
}

static void
compute_features (LtTrainer *self, gsize first, gsize n, int width)
{
  gsize nv = (gsize) self->model->shape.nv;
  LtCall call = { .model = self->model,
                  .params = self->params,
                  .state = self->state,
                  .settings = self->experiment->settings,
                  .ws = self->ws };
  float *x, *y;

  lt_workspace_reset (self->ws);
  x = lt_workspace_floats (self->ws, n * nv);
  y = lt_workspace_floats (self->ws, n * (gsize) width);
  lt_dataset_gather (self->dataset, LT_TRAIN, NULL, first, n, x);
  self->model->kind->features (&call, x, (int) n, y);
  lt_to_half (y, n * (gsize) width, self->features + first * (gsize) width);
}

gboolean
lt_trainer_prepare_features (LtTrainer *self)
{
  int width = n_features (self);
  gsize size = self->n_rows * (gsize) width * sizeof *self->features;

  if (width == 0 || self->features != NULL || size > MOST_FEATURE_BYTES)
    return TRUE;
  self->features = g_try_malloc (size);
  if (self->features == NULL)
    return TRUE; /* then they are computed for each minibatch */
  for (gsize first = 0; first < self->n_rows; first += CHUNK) {
    if (atomic_load (&self->stop)) {
      g_clear_pointer (&self->features, g_free);
      return FALSE;
    }
    compute_features (self, first, MIN (CHUNK, self->n_rows - first), width);
  }
  return TRUE;
}

const float *
lt_trainer_gather_features (LtTrainer *self, const guint32 *rows, gsize n)
{
  gsize width = (gsize) n_features (self);

  if (self->features == NULL)
    return NULL;
  if (n > self->feature_capacity) {
    if (self->batch_features != NULL)
      lt_block_free (self->batch_features);
    self->batch_features = lt_floats_new (n * width);
    self->feature_capacity = n;
  }
  for (gsize i = 0; i < n; i++)
    lt_from_half (self->features + rows[i] * width, width,
                  self->batch_features + i * width);
  return self->batch_features;
}

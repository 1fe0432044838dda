/* The ends: of an epoch (evaluation, history, early stopping, plateaus), and of a run that
 * diverged. */
#include "train/trainer-private.h"

#include "core/kernels.h"

#include <math.h>
#include <string.h>

/* A loss that is not lower by this part of itself is no improvement. */
#define IMPROVEMENT 1e-4

/* ---- Snapshots ------------------------------------------------------------------------------ */

LtSnapshot *
lt_trainer_snapshot (const LtTrainer *self, const float *update)
{
  LtSnapshot *snapshot = lt_snapshot_new (self->model, self->params, self->state,
                                          update, self->experiment->settings);

  snapshot->run = self->run;
  snapshot->seed = self->experiment->seed;
  snapshot->phase = (int) self->at.phase;
  snapshot->epoch = (int) self->at.epoch;
  snapshot->step = self->at.step;
  snapshot->progress = lt_trainer_progress (self);
  snapshot->terms = self->terms;
  return snapshot;
}

static void
fill_slot (LtTrainer *self, LtSnapshot *snapshot)
{
  LtSnapshot *old = atomic_exchange (&self->slot, snapshot);

  g_clear_pointer (&old, lt_snapshot_unref);
  self->shown = TRUE;
}

void
lt_trainer_show (LtTrainer *self, const float *update)
{
  fill_slot (self, lt_trainer_snapshot (self, update));
}

void
lt_trainer_add_event (LtTrainer *self,
                      const char *key,
                      const char *before,
                      const char *after)
{
  LtLogEvent event = { .step = self->at.step, .progress = lt_trainer_progress (self) };

  g_strlcpy (event.key, key, sizeof event.key);
  g_strlcpy (event.before, before, sizeof event.before);
  g_strlcpy (event.after, after, sizeof event.after);
  lt_log_add_event (self->log, &event);
  self->at.n_events++;
}

/* ---- Evaluation ----------------------------------------------------------------------------- */

/* FALSE when it was stopped. */
static gboolean
evaluate (LtTrainer *self, LtLogEpoch *epoch)
{
  LtCall call = { .model = self->model,
                  .params = self->params,
                  .state = self->state,
                  .settings = self->experiment->settings,
                  .ws = self->ws };
  LtEvaluation evaluation = { .call = &call,
                              .data = self->dataset,
                              .split = LT_TRAIN,
                              .limit = LT_LOG_TRAIN_ROWS,
                              .stop = &self->stop };

  LtErrors train, valid;

  lt_workspace_reset (self->ws);
  if (!lt_evaluate (&evaluation, &train))
    return FALSE;
  evaluation.split = LT_VALID;
  evaluation.limit = 0;
  if (!lt_evaluate (&evaluation, &valid))
    return FALSE;
  epoch->train_squared_error = train.squared_error;
  epoch->valid_squared_error = valid.squared_error;
  epoch->train_cross_entropy = train.cross_entropy;
  epoch->valid_cross_entropy = valid.cross_entropy;
  epoch->train_error = train.classification;
  epoch->valid_error = valid.classification;
  return TRUE;
}

/* What early stopping and plateaus go by: the validation examples' squared error, or the
 * share of them that a model which only classifies gets wrong; where there are none, the
 * training examples'; where the model can do neither, the objective. */
static double
judged_loss (const LtLogEpoch *epoch)
{
  if (isfinite (epoch->valid_squared_error))
    return epoch->valid_squared_error;
  if (isfinite (epoch->train_squared_error))
    return epoch->train_squared_error;
  if (isfinite (epoch->valid_error))
    return epoch->valid_error;
  if (isfinite (epoch->train_error))
    return epoch->train_error;
  return epoch->objective;
}

static void
judge (LtTrainer *self, double loss)
{
  const LtTraining *training = &self->experiment->training;

  if (isinf (self->at.best_loss) ||
      loss < self->at.best_loss - IMPROVEMENT * fabs (self->at.best_loss)) {
    self->at.best_loss = loss;
    self->at.best_epoch = self->at.epoch;
    self->at.plateau_epochs = 0;
    return;
  }
  self->at.plateau_epochs++;
  if (training->schedule == LT_SCHEDULE_PLATEAU &&
      self->at.plateau_epochs >= training->schedule_epochs) {
    self->at.plateau_factor *= training->schedule_factor;
    self->at.plateau_epochs = 0;
  }
}

gboolean
lt_trainer_is_stuck (const LtTrainer *self)
{
  int patience = self->experiment->training.patience;

  return patience > 0 && self->at.epoch - self->at.best_epoch >= patience;
}

/* ---- History -------------------------------------------------------------------------------- */

/* The epoch's snapshot: to the history, to whoever asks for the newest, and to the slot when
 * it is empty. */
static void
record (LtTrainer *self)
{
  LtSnapshot *snapshot = lt_trainer_snapshot (self, NULL), *old;

  snapshot->progress = (double) self->at.epoch; /* wherever the next one has come to */
  if (atomic_load (&self->slot) == NULL)
    fill_slot (self,
               lt_trainer_snapshot (self, self->has_update ? self->before : NULL));
  else
    self->shown = FALSE; /* what is in it counts itself to the epoch before */
  if (self->writer != NULL) {
    LtResumePoint resume = { .snapshot = lt_snapshot_ref (snapshot),
                             .optimiser = lt_optimiser_save (self->optimiser),
                             .trainer = lt_trainer_save (self) };

    lt_writer_put (self->writer, snapshot, &resume);
  }
  pthread_mutex_lock (&self->lock);
  old = self->newest;
  self->newest = snapshot;
  pthread_mutex_unlock (&self->lock);
  g_clear_pointer (&old, lt_snapshot_unref);
}

gboolean
lt_trainer_end_epoch (LtTrainer *self)
{
  LtLogEpoch epoch = { .step = self->at.step,
                       .seconds = self->at.seconds,
                       .objective = self->epoch.objective / self->epoch.n };
  double begun = lt_trainer_now ();

  if (self->position == self->n_rows) {
    self->at.epoch++;
    self->position = 0;
  }
  epoch.epoch = (int) self->at.epoch;
  epoch.learning_rate = self->experiment->training.optimiser == LT_LBFGS
                            ? (double) NAN
                            : lt_trainer_rate (self);
  if (!evaluate (self, &epoch))
    return FALSE;
  memset (&self->epoch, 0, sizeof self->epoch);
  if (epoch.epoch > 0)
    judge (self, judged_loss (&epoch));
  lt_log_add_epoch (self->log, &epoch);
  self->at.n_epochs++;
  self->evaluation_seconds = lt_trainer_now () - begun;
  record (self);
  return TRUE;
}

/* ---- Divergence --------------------------------------------------------------------------- */

/* The live knob of the present phase that an event turned; NULL when it turned none. */
static const LtKnob *
turned_knob (LtTrainer *self, const LtLogEvent *event)
{
  const char *key;
  int phase = lt_experiment_key_phase (self->experiment, event->key, &key);

  return phase == self->experiment->phase
             ? lt_experiment_find_knob (self->experiment, key, NULL, NULL)
             : NULL;
}

/* Those that say when training ends or slows down change no step before. */
static gboolean
is_harmless (const LtKnob *knob)
{
  static const char *const keys[] = { "epochs", "patience", "schedule-epochs", NULL };

  return g_strv_contains (keys, knob->key);
}

/* The likeliest cause among the knobs turned within the last epoch: the last one that can be
 * it. FALSE where there is none, or the learning rate is among them, which is likelier. */
static gboolean
find_culprit (LtTrainer *self, LtLogEvent *turn)
{
  g_autoptr (GArray) events = g_array_new (FALSE, FALSE, sizeof (LtLogEvent));
  gboolean steps = self->experiment->training.optimiser != LT_LBFGS;
  gboolean found = FALSE;

  lt_log_read (self->log, NULL, NULL, events);
  for (guint i = events->len; i > 0; i--) {
    const LtLogEvent *event = &g_array_index (events, LtLogEvent, i - 1);
    const LtKnob *knob = turned_knob (self, event);

    if (lt_trainer_progress (self) - event->progress > 1)
      break;
    if (knob == NULL || is_harmless (knob))
      continue;
    if (steps && strcmp (knob->key, "learning-rate") == 0)
      return FALSE;
    if (!found)
      *turn = *event;
    found = TRUE;
  }
  return found;
}

/* A live number of the model that is above its default: a penalty or a noise. */
static const LtKnob *
raised_knob (const LtTrainer *self)
{
  const LtModelKind *kind = self->model->kind;
  g_autofree gpointer defaults = g_malloc0 (kind->knobs.settings_size);

  lt_model_kind_init_settings (kind, defaults);
  for (int i = 0; i < kind->knobs.n_knobs; i++) {
    const LtKnob *knob = &kind->knobs.knobs[i];
    gconstpointer settings = self->experiment->settings;

    if (knob->type == LT_KNOB_REAL && knob->live &&
        lt_knob_matters (&kind->knobs, knob, settings) &&
        lt_knob_get_number (knob, settings) > lt_knob_get_number (knob, defaults))
      return knob;
  }
  return NULL;
}

/* A sentence about the likely cause and what to do. */
static char *
advise (LtTrainer *self)
{
  const LtTraining *training = &self->experiment->training;
  const LtKnob *knob = raised_knob (self);
  LtLogEvent turn;

  if (find_culprit (self, &turn))
    return g_strdup_printf ("It began after %s was turned from %s to %s: turn it back.",
                            turn.key, turn.before, turn.after);
  if (training->optimiser != LT_LBFGS)
    return g_strdup_printf ("The learning rate of %g is probably too large: try %g.",
                            training->learning_rate, training->learning_rate / 10);
  if (knob != NULL)
    return g_strdup_printf ("%s (%s), now %g, is probably too large: try %g.",
                            knob->title, knob->key,
                            lt_knob_get_number (knob, self->experiment->settings),
                            lt_knob_get_number (knob, self->experiment->settings) / 10);
  return g_strdup ("The data are probably scaled badly: try another scaling.");
}

/* Back to the last sound parameters, with an optimiser that has forgotten the way. */
static void
go_back (LtTrainer *self)
{
  self->has_update = FALSE;
  memcpy (self->params, self->good,
          lt_layout_size (self->model->params) * sizeof (float));
  if (self->state != NULL)
    memcpy (self->state, self->good_state,
            lt_layout_size (self->model->state) * sizeof (float));
  lt_optimiser_free (self->optimiser);
  self->optimiser = lt_optimiser_new (self->model->params, &self->experiment->training);
  self->has_candidate = FALSE;
  self->at.first = self->at.lowest = (double) NAN;
  memset (&self->row, 0, sizeof self->row);
  if (self->position == self->n_rows) {
    /* It was the epoch's last step: the epoch begins anew. */
    memset (&self->epoch, 0, sizeof self->epoch);
    self->position = 0;
  }
}

void
lt_trainer_diverge (LtTrainer *self, const char *what)
{
  g_autofree char *advice = advise (self);
  g_autofree char *back = g_strdup_printf ("step %" G_GINT64_FORMAT, self->good_step);
  LtSnapshot *snapshot;

  lt_trainer_add_event (self, "diverged", what, back);
  go_back (self);
  memset (&self->terms, 0, sizeof self->terms);
  if (self->good_progress < (double) self->at.epoch)
    record (self); /* in place of parameters that were about to explode */
  snapshot = lt_trainer_snapshot (self, NULL);
  snapshot->step = self->good_step;
  snapshot->progress = self->good_progress;
  snapshot->epoch = (int) self->good_progress;
  fill_slot (self, snapshot);
  if (self->writer != NULL)
    lt_writer_put_log (self->writer);
  pthread_mutex_lock (&self->lock);
  self->status.state = LT_TRAINER_DIVERGED;
  self->order = LT_ORDER_PAUSE;
  g_snprintf (
      self->status.message, sizeof self->status.message,
      "Training diverged at epoch %.2f: %s. %s The model is back at epoch %.2f.",
      lt_trainer_progress (self), what, advice, self->good_progress);
  pthread_cond_broadcast (&self->changed);
  pthread_mutex_unlock (&self->lock);
}

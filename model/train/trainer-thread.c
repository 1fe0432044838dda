/* The trainer's thread: orders, knob turns, minibatches, epochs. */
#include "train/trainer-private.h"

#include <math.h>
#include <string.h>

#define SPEED_WINDOW 1.0 /* seconds of training */

/* ---- Knob turns --------------------------------------------------------------------------- */

static void
turn_free (LtTurn *turn)
{
  g_free (turn->key);
  g_free (turn->value);
  g_free (turn);
}

/* What was measured under the old setting is no measure for the new one. */
static void
forget_judgements (LtTrainer *self, const char *key)
{
  self->at.lowest = self->at.first = (double) NAN;
  self->has_candidate = FALSE;
  if (strcmp (key, "schedule") == 0) {
    self->at.plateau_factor = 1;
    self->at.plateau_epochs = 0;
  }
  if (strcmp (key, "patience") == 0)
    self->at.best_epoch = self->at.epoch;
  lt_optimiser_forget (self->optimiser);
}

/* In the experiment's present phase: FALSE when nothing has changed. The phase that was meant
 * may have ended since; the next one may have no such knob, or another range. */
static gboolean
change_knob (LtTrainer *self, const LtTurn *turn, const char *key)
{
  gpointer settings;
  const LtKnob *knob = lt_experiment_find_knob (self->experiment, key, NULL, &settings);
  g_autofree char *before = NULL, *after = NULL;

  if (knob == NULL)
    return FALSE;
  before = lt_knob_format (knob, settings);
  if (!lt_knob_parse (knob, turn->value, settings, NULL))
    return FALSE;
  after = lt_knob_format (knob, settings);
  if (strcmp (before, after) == 0)
    return FALSE;
  lt_trainer_add_event (self, turn->key, before, after);
  return TRUE;
}

static void
apply_turn (LtTrainer *self, const LtTurn *turn)
{
  const char *key;
  int present = self->experiment->phase;
  int phase = lt_experiment_key_phase (self->experiment, turn->key, &key);

  if (phase > present) {
    lt_experiment_enter (self->experiment, phase);
    change_knob (self, turn, key);
    lt_experiment_enter (self->experiment, present);
  } else if (phase == present && change_knob (self, turn, key)) {
    forget_judgements (self, key);
    self->shown = FALSE;
  }
}

/* With the lock held. A finished run for which more epochs are now wanted is only paused. */
static void
apply_turns (LtTrainer *self)
{
  int n_epochs = self->status.n_epochs;
  LtTurn *turn;

  while ((turn = g_queue_pop_head (&self->turns)) != NULL) {
    apply_turn (self, turn);
    turn_free (turn);
  }
  self->status.n_epochs =
      lt_experiment_total_epochs (self->experiment, (int) self->at.phase_epoch);
  if (self->status.state == LT_TRAINER_FINISHED && n_epochs < self->status.n_epochs) {
    self->status.state = LT_TRAINER_PAUSED;
    self->status.message[0] = '\0';
  }
}

/* ---- Status ------------------------------------------------------------------------------- */

static void
update_speed (LtTrainer *self)
{
  if (self->rate_seconds <= 0)
    return;
  if (self->status.examples_per_second == 0 || self->rate_seconds >= SPEED_WINDOW)
    self->status.examples_per_second = self->rate_examples / self->rate_seconds;
  if (self->rate_seconds >= SPEED_WINDOW)
    self->rate_seconds = self->rate_examples = 0;
}

/* Examples still to come at the present speed, and an evaluation after each epoch. */
static double
seconds_left (const LtTrainer *self)
{
  double left = MAX (0, self->status.n_epochs - lt_trainer_progress (self));

  if (self->at.seconds <= 0 || self->at.epoch + self->position == 0)
    return (double) NAN;
  if (self->experiment->training.optimiser == LT_LBFGS)
    return left *
           (self->at.seconds / (double) self->at.epoch + self->evaluation_seconds);
  return left * ((double) self->n_rows / self->status.examples_per_second +
                 self->evaluation_seconds);
}

/* With the lock held. */
static void
update_status (LtTrainer *self)
{
  gsize batch = (gsize) self->experiment->training.batch_size;
  LtTrainerStatus *status = &self->status;

  if (self->experiment->training.optimiser == LT_LBFGS)
    batch = self->n_rows;
  status->epoch = (int) self->at.epoch;
  status->phase = (int) self->at.phase;
  status->phase_epoch = (int) self->at.phase_epoch;
  status->step = self->at.step;
  status->steps_per_epoch = (int) ((self->n_rows + batch - 1) / batch);
  status->progress = lt_trainer_progress (self);
  update_speed (self);
  status->seconds_left = seconds_left (self);
}

/* ---- Orders ------------------------------------------------------------------------------- */

/* With the lock held: whether there is something to do now. */
static gboolean
has_work (LtTrainer *self)
{
  if ((self->order == LT_ORDER_BATCH && self->batch_done) ||
      (self->order == LT_ORDER_EPOCH && self->epoch_done))
    self->order = LT_ORDER_PAUSE;
  return self->order != LT_ORDER_PAUSE;
}

/* With the lock held: says that it stands, and shows where. */
static void
rest (LtTrainer *self)
{
  if (self->status.state == LT_TRAINER_RUNNING)
    self->status.state = LT_TRAINER_PAUSED;
  if (!self->shown)
    lt_trainer_show (self, self->has_update ? self->before : NULL);
  pthread_cond_broadcast (&self->changed);
  pthread_cond_wait (&self->changed, &self->lock);
}

/* Between two minibatches. Waits for an order; FALSE when it is to end. */
static gboolean
await_order (LtTrainer *self)
{
  gboolean go_on;

  pthread_mutex_lock (&self->lock);
  apply_turns (self);
  update_status (self);
  while (!atomic_load (&self->stop) && !has_work (self)) {
    rest (self);
    apply_turns (self);
    update_status (self);
  }
  go_on = !atomic_load (&self->stop);
  self->want_update = self->order == LT_ORDER_BATCH;
  pthread_mutex_unlock (&self->lock);
  return go_on;
}

/* ---- Ends --------------------------------------------------------------------------------- */

static void
finish (LtTrainer *self, const char *message)
{
  self->status.state = LT_TRAINER_FINISHED;
  self->order = LT_ORDER_PAUSE;
  g_strlcpy (self->status.message, message, sizeof self->status.message);
}

/* With the lock held. */
static void
check_finished (LtTrainer *self)
{
  g_autofree char *message = NULL;

  if (self->at.epoch - self->at.phase_epoch >= self->experiment->training.epochs) {
    message = g_strdup_printf ("All %d epochs are done; set Epochs higher to go on.",
                               self->status.n_epochs);
    finish (self, message);
  } else if (lt_trainer_is_stuck (self)) {
    message = g_strdup_printf (
        "Stopped early: no better reconstruction for %d epochs; the best was at epoch "
        "%" G_GINT64_FORMAT ".",
        self->experiment->training.patience, self->at.best_epoch);
    finish (self, message);
    /* If it is told to go on all the same, patience begins anew. */
    self->at.best_epoch = self->at.epoch;
  }
}

static gboolean
has_next_phase (const LtTrainer *self)
{
  return self->experiment->phase + 1 < self->experiment->n_phases;
}

static void
after_epoch (LtTrainer *self)
{
  if (!lt_trainer_end_epoch (self))
    return;
  if (has_next_phase (self) && lt_trainer_phase_is_over (self))
    lt_trainer_enter_next_phase (self);
  pthread_mutex_lock (&self->lock);
  self->epoch_done = TRUE;
  check_finished (self);
  update_status (self);
  pthread_mutex_unlock (&self->lock);
}

static void
after_batch (LtTrainer *self)
{
  pthread_mutex_lock (&self->lock);
  self->batch_done = TRUE;
  pthread_mutex_unlock (&self->lock);
  if (self->position == self->n_rows && !atomic_load (&self->stop))
    after_epoch (self);
}

/* ---- The thread ---------------------------------------------------------------------------- */

/* Epoch 0 is the model before training; a resumed run begins with the epoch that it ended
 * with, which is in the log already. */
static void
begin (LtTrainer *self)
{
  if (self->resumed) {
    lt_trainer_add_event (self, "resumed", "", "");
    pthread_mutex_lock (&self->lock);
    apply_turns (self); /* more epochs may have been asked for already */
    pthread_mutex_unlock (&self->lock);
    if (has_next_phase (self) && lt_trainer_phase_is_over (self))
      lt_trainer_enter_next_phase (self);
    pthread_mutex_lock (&self->lock);
    check_finished (self);
    pthread_mutex_unlock (&self->lock);
  } else {
    if (self->experiment->n_phases > 0)
      lt_trainer_say_phase (self);
    lt_trainer_end_epoch (self);
  }
}

gpointer
lt_trainer_main (gpointer trainer)
{
  LtTrainer *self = trainer;

  begin (self);
  while (await_order (self)) {
    const char *what = NULL;

    if (!lt_trainer_prepare_features (self))
      break;
    if (self->position == 0)
      lt_trainer_begin_epoch (self);
    if (lt_trainer_train_batch (self, &what))
      after_batch (self);
    else
      lt_trainer_diverge (self, what);
  }
  return NULL;
}

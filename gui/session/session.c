/* The session: one run at a time, its news, its past, and the way back.
 *
 * Opening goes plan → run (on a worker) → install (here). Every opening has a number;
 * when it ends and is not the newest any more its run is dropped. */
#include "session/session.h"

#include "session/undo.h"
#include <string.h>

/* Turning several structural knobs in a row should restart the run once. */
#define RESTART_DELAY_MS 450

struct _LtSession {
  GObject parent_instance;

  LtRun *run;
  LtUndo *undo;
  GThreadPool *closer; /* stops and frees runs, one at a time */
  int n_threads;

  guint64 opening; /* the newest opening's number */
  int n_loading;
  gboolean want_play; /* the next run begins at once */

  LtExperiment *staged; /* with knobs turned that need a restart; NULL */
  guint restart_source;

  LtTrainerStatus status;
  LtSnapshot *live, *past;
  int shown;         /* LT_SHOW_LIVE or the epoch asked for */
  gboolean fetching; /* an epoch is being read */
  GArray *rows, *epochs, *events;
  LtLogCopy curves; /* copies of the three, made when asked for */
};

G_DEFINE_FINAL_TYPE (LtSession, lt_session, G_TYPE_OBJECT)

enum {
  STATUS_CHANGED,
  SNAPSHOT_CHANGED,
  LOG_CHANGED,
  KNOBS_CHANGED,
  EXPERIMENT_REPLACED,
  MESSAGE,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

static void
say (LtSession *self, LtMessageKind kind, const char *text)
{
  g_signal_emit (self, signals[MESSAGE], 0, (int) kind, text);
}

static void
tell (LtSession *self, guint which)
{
  g_signal_emit (self, signals[which], 0);
}

static void
close_run (gpointer run, gpointer data)
{
  lt_run_unref (run);
}

/* Hands a reference to the closer, since the last one stops a thread and waits for it. */
static void
drop_run (LtRun *run, gpointer data)
{
  LtSession *self = data;

  if (run && self->closer)
    g_thread_pool_push (self->closer, run, NULL);
  else
    lt_run_unref (run);
}

/* ---- The log ---------------------------------------------------------------------- */

static void
forget_curves (LtSession *self)
{
  g_clear_pointer (&self->curves.rows, g_array_unref);
  g_clear_pointer (&self->curves.epochs, g_array_unref);
  g_clear_pointer (&self->curves.events, g_array_unref);
}

static gboolean
read_log (LtSession *self)
{
  guint before = self->rows->len + self->epochs->len + self->events->len;

  lt_log_read (lt_trainer_log (self->run->trainer), self->rows, self->epochs,
               self->events);
  if (self->rows->len + self->epochs->len + self->events->len == before)
    return FALSE;
  forget_curves (self);
  return TRUE;
}

const LtLogCopy *
lt_session_curves (LtSession *self)
{
  if (!self->curves.rows) {
    self->curves.rows = g_array_copy (self->rows);
    self->curves.epochs = g_array_copy (self->epochs);
    self->curves.events = g_array_copy (self->events);
  }
  return &self->curves;
}

/* ---- News ------------------------------------------------------------------------- */

/* What the trainer has to say: why it stopped, or what is wrong although it goes on. */
static void
announce (LtSession *self, const LtTrainerStatus *before)
{
  const LtTrainerStatus *status = &self->status;
  gboolean same =
      status->state == before->state && g_str_equal (status->message, before->message);

  if (status->state == LT_TRAINER_FINISHED || status->state == LT_TRAINER_DIVERGED)
    self->want_play &= same;
  if (same || !*status->message)
    return;
  if (status->state == LT_TRAINER_DIVERGED)
    say (self, LT_MESSAGE_DIVERGED, status->message);
  else
    say (self,
         status->state == LT_TRAINER_FINISHED ? LT_MESSAGE_NOTE : LT_MESSAGE_TROUBLE,
         status->message);
}

static void
read_status (LtSession *self)
{
  LtTrainerStatus before = self->status;

  memset (&self->status, 0, sizeof self->status);
  lt_trainer_get_status (self->run->trainer, &self->status);
  announce (self, &before);
  if (before.state != self->status.state || before.step != self->status.step ||
      before.n_epochs != self->status.n_epochs)
    tell (self, STATUS_CHANGED);
}

static void
take_snapshot (LtSession *self)
{
  LtSnapshot *snapshot = lt_trainer_take_snapshot (self->run->trainer);

  if (!snapshot)
    return;
  g_clear_pointer (&self->live, lt_snapshot_unref);
  self->live = snapshot;
  if (self->shown == LT_SHOW_LIVE)
    tell (self, SNAPSHOT_CHANGED);
}

void
lt_session_poll (LtSession *self)
{
  if (!self->run)
    return;
  if (read_log (self))
    tell (self, LOG_CHANGED);
  read_status (self);
  take_snapshot (self);
}

/* ---- Installing a run ------------------------------------------------------------- */

static void
forget_run_state (LtSession *self)
{
  g_clear_pointer (&self->live, lt_snapshot_unref);
  g_clear_pointer (&self->past, lt_snapshot_unref);
  g_clear_pointer (&self->staged, lt_experiment_free);
  g_clear_handle_id (&self->restart_source, g_source_remove);
  g_array_set_size (self->rows, 0);
  g_array_set_size (self->epochs, 0);
  g_array_set_size (self->events, 0);
  forget_curves (self);
  memset (&self->status, 0, sizeof self->status);
  self->shown = LT_SHOW_LIVE;
}

/* Takes run; returns the one before, paused. */
static LtRun *
install (LtSession *self, LtRun *run)
{
  LtRun *before = self->run;

  if (before)
    lt_trainer_pause (before->trainer);
  forget_run_state (self);
  self->run = run;
  if (self->want_play)
    lt_trainer_advance (run->trainer, LT_RUN);
  (void) read_log (self);
  lt_trainer_get_status (run->trainer, &self->status);
  tell (self, EXPERIMENT_REPLACED);
  tell (self, KNOBS_CHANGED);
  tell (self, LOG_CHANGED);
  tell (self, STATUS_CHANGED);
  lt_session_poll (self);
  if (run->warning)
    say (self, LT_MESSAGE_TROUBLE, run->warning);
  return before;
}

typedef struct {
  guint64 number;
  LtRunPlan *plan;
} Opening;

static void
opening_free (gpointer data)
{
  Opening *opening = data;

  lt_run_plan_free (opening->plan);
  g_free (opening);
}

static void
open_on_worker (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  Opening *opening = data;
  GError *error = NULL;
  LtRun *run = lt_run_new (opening->plan, &error);

  if (run)
    g_task_return_pointer (task, run, (GDestroyNotify) lt_run_unref);
  else
    g_task_return_error (task, error);
}

/* A run that could not be made: the knobs go back to what they were. */
static void
refuse (LtSession *self, const GError *error)
{
  if (self->run)
    self->want_play = self->status.state == LT_TRAINER_RUNNING;
  g_clear_pointer (&self->staged, lt_experiment_free);
  tell (self, KNOBS_CHANGED);
  tell (self, STATUS_CHANGED);
  say (self, LT_MESSAGE_TROUBLE, error->message);
}

static void
opened_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  LtSession *self = LT_SESSION (source);
  Opening *opening = g_task_get_task_data (G_TASK (result));
  g_autoptr (GError) error = NULL;
  LtRun *run = g_task_propagate_pointer (G_TASK (result), &error);
  LtRun *before;

  self->n_loading--;
  if (opening->number != self->opening) {
    drop_run (run, self);
    return;
  }
  if (!run) {
    refuse (self, error);
    return;
  }
  before = install (self, run);
  if (before)
    lt_undo_add_run (self->undo, before);
  tell (self, KNOBS_CHANGED);
}

/* Takes the plan. */
static void
open_plan (LtSession *self, LtRunPlan *plan)
{
  Opening *opening = g_new0 (Opening, 1);
  g_autoptr (GTask) task = g_task_new (self, NULL, opened_cb, NULL);

  plan->n_threads = self->n_threads;
  opening->plan = plan;
  opening->number = ++self->opening;
  g_clear_handle_id (&self->restart_source, g_source_remove);
  self->n_loading++;
  g_task_set_task_data (task, opening, opening_free);
  g_task_run_in_thread (task, open_on_worker);
  tell (self, STATUS_CHANGED);
}

void
lt_session_open (LtSession *self, LtExperiment *experiment, gboolean play)
{
  LtRunPlan *plan = g_new0 (LtRunPlan, 1);

  if (self->run && lt_run_same_data (self->run->experiment, experiment))
    plan->dataset = lt_dataset_ref (self->run->dataset);
  plan->experiment = experiment;
  self->want_play = play;
  open_plan (self, plan);
}

void
lt_session_open_run (LtSession *self, const char *path)
{
  LtRunPlan *plan = g_new0 (LtRunPlan, 1);

  plan->resume = g_strdup (path);
  self->want_play = FALSE;
  open_plan (self, plan);
}

/* An experiment on a file of the user's own, with the model that is there. */
static LtExperiment *
experiment_on_file (LtSession *self, const char *path, GError **error)
{
  g_autoptr (LtDataSpec) spec = lt_data_spec_new (path, error);
  LtExperiment *experiment;

  if (!spec)
    return NULL;
  experiment =
      self->run ? lt_experiment_dup (self->run->experiment) : lt_experiment_new ();
  lt_experiment_set_data (experiment, g_steal_pointer (&spec));
  return experiment;
}

void
lt_session_open_argument (LtSession *self, const char *argument, gboolean play)
{
  g_autoptr (GError) error = NULL;
  LtExperiment *experiment;
  gboolean is_file = g_file_test (argument, G_FILE_TEST_EXISTS);

  if (is_file && g_str_has_suffix (argument, ".lantern")) {
    lt_session_open_run (self, argument);
    return;
  }
  if (is_file && !g_str_has_suffix (argument, ".json"))
    experiment = experiment_on_file (self, argument, &error);
  else
    experiment = lt_experiment_load (argument, &error);
  if (experiment)
    lt_session_open (self, experiment, play);
  else
    say (self, LT_MESSAGE_TROUBLE, error->message);
}

/* ---- Saving ----------------------------------------------------------------------- */

typedef struct {
  LtRun *run;
  char *path;
} Saving;

static void
saving_free (gpointer data)
{
  Saving *saving = data;

  g_clear_pointer (&saving->run, lt_run_unref);
  g_free (saving->path);
  g_free (saving);
}

static void
save_on_worker (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  Saving *saving = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (LtRunFile) file = lt_run_file_open (saving->run->path, FALSE, &error);

  if (file && lt_run_file_copy (file, saving->path, &error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, g_steal_pointer (&error));
}

static void
saved_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  LtSession *self = LT_SESSION (source);
  Saving *saving = g_task_get_task_data (G_TASK (result));
  g_autoptr (GError) error = NULL;
  g_autofree char *text = NULL;

  drop_run (g_steal_pointer (&saving->run), self);
  if (!g_task_propagate_boolean (G_TASK (result), &error)) {
    say (self, LT_MESSAGE_TROUBLE, error->message);
    return;
  }
  text = g_strdup_printf ("Saved as %s.", saving->path);
  say (self, LT_MESSAGE_NOTE, text);
}

void
lt_session_save (LtSession *self, const char *path)
{
  g_autoptr (GTask) task = NULL;
  Saving *saving;

  if (!self->run)
    return;
  if (!self->run->path) {
    say (self, LT_MESSAGE_TROUBLE,
         "This run could not be recorded when it began, so there is nothing to save: "
         "free some disk space and press Reset.");
    return;
  }
  saving = g_new0 (Saving, 1);
  saving->run = lt_run_ref (self->run);
  saving->path = g_strdup (path);
  g_free (self->run->saved_as);
  self->run->saved_as = g_strdup (path);
  task = g_task_new (self, NULL, saved_cb, NULL);
  g_task_set_task_data (task, saving, saving_free);
  g_task_run_in_thread (task, save_on_worker);
  tell (self, STATUS_CHANGED);
}

/* ---- Training --------------------------------------------------------------------- */

void
lt_session_play (LtSession *self)
{
  self->want_play = TRUE;
  if (!self->run)
    return;
  if (self->status.state == LT_TRAINER_FINISHED)
    say (self, LT_MESSAGE_NOTE,
         "All epochs are done: raise Epochs to train on, or press Reset to begin "
         "again.");
  lt_trainer_advance (self->run->trainer, LT_RUN);
  lt_session_poll (self);
}

void
lt_session_pause (LtSession *self)
{
  self->want_play = FALSE;
  if (self->run)
    lt_trainer_pause (self->run->trainer);
  lt_session_poll (self);
}

void
lt_session_step (LtSession *self, LtAdvance how)
{
  self->want_play = FALSE;
  if (!self->run)
    return;
  lt_trainer_advance (self->run->trainer, how);
  lt_session_show (self, LT_SHOW_LIVE);
  lt_session_poll (self);
}

void
lt_session_reset (LtSession *self)
{
  if (self->run)
    lt_session_open (self, lt_experiment_dup (lt_session_experiment (self)),
                     self->want_play);
}

/* ---- Knobs ------------------------------------------------------------------------ */

static gboolean
restart_cb (gpointer data)
{
  LtSession *self = data;

  self->restart_source = 0;
  lt_session_open (self, lt_experiment_dup (self->staged), self->want_play);
  return G_SOURCE_REMOVE;
}

static gboolean
set (LtExperiment *experiment, const char *key, const char *value, GError **error)
{
  g_autofree char *assignment = g_strconcat (key, "=", value, NULL);

  return lt_experiment_set (experiment, assignment, error);
}

/* "model" and "data" have no entry in a table; they always restart. */
static gboolean
is_live (LtSession *self, const char *key, char **before)
{
  const LtKnobTable *table;
  gpointer settings;
  const LtKnob *knob =
      lt_experiment_find_knob (self->run->experiment, key, &table, &settings);

  if (!knob || !knob->live)
    return FALSE;
  *before = lt_knob_format (knob, settings);
  return TRUE;
}

static gboolean
turn_live (LtSession *self, const char *key, const char *value, GError **error)
{
  if (!lt_trainer_set_knob (self->run->trainer, key, value, error))
    return FALSE;
  if (self->staged)
    (void) set (self->staged, key, value, NULL);
  return set (self->run->experiment, key, value, error);
}

static gboolean
turn_structural (LtSession *self, const char *key, const char *value, GError **error)
{
  g_autoptr (LtExperiment) experiment =
      lt_experiment_dup (lt_session_experiment (self));

  if (!set (experiment, key, value, error))
    return FALSE;
  g_clear_pointer (&self->staged, lt_experiment_free);
  self->staged = g_steal_pointer (&experiment);
  g_clear_handle_id (&self->restart_source, g_source_remove);
  self->restart_source = g_timeout_add (RESTART_DELAY_MS, restart_cb, self);
  return TRUE;
}

gboolean
lt_session_turn (LtSession *self, const char *key, const char *value)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *before = NULL;
  gboolean live, done;

  if (!self->run)
    return FALSE;
  live = is_live (self, key, &before);
  if (live && g_str_equal (before, value))
    return TRUE;
  done = live ? turn_live (self, key, value, &error)
              : turn_structural (self, key, value, &error);
  if (live && done)
    lt_undo_add_turn (self->undo, key, before, value, g_get_monotonic_time ());
  tell (self, KNOBS_CHANGED);
  if (!done)
    say (self, LT_MESSAGE_TROUBLE, error->message);
  return done;
}

gboolean
lt_session_can_undo (LtSession *self)
{
  return self->staged || lt_undo_can_go_back (self->undo);
}

gboolean
lt_session_can_redo (LtSession *self)
{
  return lt_undo_can_go_forth (self->undo);
}

static void
say_undone (LtSession *self, const LtUndoEntry *entry, const char *value)
{
  g_autofree char *text = NULL;

  if (entry->other)
    text = g_strdup ("The run before is back, as it stood.");
  else
    text = g_strdup_printf ("%s is %s again.", entry->key, value);
  say (self, LT_MESSAGE_NOTE, text);
}

static void
apply (LtSession *self, LtUndoEntry *entry, const char *value)
{
  g_autoptr (GError) error = NULL;

  self->opening++;
  if (entry->other)
    entry->other = install (self, entry->other);
  else if (!turn_live (self, entry->key, value, &error))
    say (self, LT_MESSAGE_TROUBLE, error->message);
  if (!error)
    say_undone (self, entry, value);
  tell (self, KNOBS_CHANGED);
}

/* Knobs that have been turned but have not restarted the run yet simply go back. */
static gboolean
unstage (LtSession *self)
{
  if (!self->staged)
    return FALSE;
  self->opening++;
  g_clear_handle_id (&self->restart_source, g_source_remove);
  g_clear_pointer (&self->staged, lt_experiment_free);
  tell (self, KNOBS_CHANGED);
  return TRUE;
}

void
lt_session_undo (LtSession *self)
{
  LtUndoEntry *entry;

  if (unstage (self))
    return;
  entry = lt_undo_back (self->undo);
  if (entry)
    apply (self, entry, entry->before);
}

void
lt_session_redo (LtSession *self)
{
  LtUndoEntry *entry;

  (void) unstage (self);
  entry = lt_undo_forth (self->undo);
  if (entry)
    apply (self, entry, entry->after);
}

/* ---- The time machine ------------------------------------------------------------- */

typedef struct {
  LtRun *run;
  int epoch;
} Fetch;

static void
fetch_free (gpointer data)
{
  Fetch *fetch = data;

  g_clear_pointer (&fetch->run, lt_run_unref);
  g_free (fetch);
}

static void
fetch_on_worker (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  Fetch *fetch = data;
  GError *error = NULL;
  LtSnapshot *snapshot =
      lt_trainer_load_epoch (fetch->run->trainer, fetch->epoch, &error);

  if (snapshot)
    g_task_return_pointer (task, snapshot, (GDestroyNotify) lt_snapshot_unref);
  else
    g_task_return_error (task, error);
}

static void fetch (LtSession *self);

static void
fetched_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  LtSession *self = LT_SESSION (source);
  Fetch *job = g_task_get_task_data (G_TASK (result));
  g_autoptr (GError) error = NULL;
  g_autoptr (LtSnapshot) snapshot = g_task_propagate_pointer (G_TASK (result), &error);
  gboolean current = job->run == self->run && job->epoch == self->shown;
  gboolean same_run = job->run == self->run;

  self->fetching = FALSE;
  drop_run (g_steal_pointer (&job->run), self);
  if (self->shown == LT_SHOW_LIVE)
    return;
  if (snapshot && same_run) {
    /* While the handle is dragged, epochs on its way are shown too. */
    g_clear_pointer (&self->past, lt_snapshot_unref);
    self->past = g_steal_pointer (&snapshot);
    tell (self, SNAPSHOT_CHANGED);
  }
  if (!current) {
    fetch (self);
  } else if (error) {
    say (self, LT_MESSAGE_TROUBLE, error->message);
    lt_session_show (self, LT_SHOW_LIVE);
  }
}

static void
fetch (LtSession *self)
{
  g_autoptr (GTask) task = NULL;
  Fetch *job;

  if (self->fetching || !self->run)
    return;
  job = g_new0 (Fetch, 1);
  job->run = lt_run_ref (self->run);
  job->epoch = self->shown;
  self->fetching = TRUE;
  task = g_task_new (self, NULL, fetched_cb, NULL);
  g_task_set_task_data (task, job, fetch_free);
  g_task_run_in_thread (task, fetch_on_worker);
}

void
lt_session_show (LtSession *self, int epoch)
{
  if (!self->run || epoch == self->shown)
    return;
  self->shown = CLAMP (epoch, LT_SHOW_LIVE, self->status.epoch);
  if (self->shown == LT_SHOW_LIVE) {
    g_clear_pointer (&self->past, lt_snapshot_unref);
    tell (self, SNAPSHOT_CHANGED);
  } else {
    fetch (self);
  }
  tell (self, STATUS_CHANGED);
}

int
lt_session_shown (LtSession *self)
{
  return self->shown;
}

/* ---- What there is ---------------------------------------------------------------- */

LtExperiment *
lt_session_experiment (LtSession *self)
{
  if (self->staged)
    return self->staged;
  return self->run ? self->run->experiment : NULL;
}

LtRun *
lt_session_run (LtSession *self)
{
  return self->run;
}

LtSnapshot *
lt_session_snapshot (LtSession *self)
{
  return self->past ? self->past : self->live;
}

const LtTrainerStatus *
lt_session_status (LtSession *self)
{
  return &self->status;
}

gboolean
lt_session_loading (LtSession *self)
{
  return self->n_loading > 0;
}

void
lt_session_set_threads (LtSession *self, int n_threads)
{
  self->n_threads = MAX (1, n_threads);
}

/* ---- Life ------------------------------------------------------------------------- */

LtSession *
lt_session_new (int n_threads)
{
  LtSession *self = g_object_new (LT_TYPE_SESSION, NULL);

  lt_session_set_threads (self, n_threads);
  return self;
}

void
lt_session_close (LtSession *self)
{
  if (!self->closer)
    return;
  self->opening++;
  forget_run_state (self);
  g_clear_pointer (&self->undo, lt_undo_free);
  drop_run (g_steal_pointer (&self->run), self);
  g_thread_pool_free (g_steal_pointer (&self->closer), FALSE, TRUE);
}

static void
lt_session_dispose (GObject *object)
{
  LtSession *self = LT_SESSION (object);

  lt_session_close (self);
  g_clear_pointer (&self->rows, g_array_unref);
  g_clear_pointer (&self->epochs, g_array_unref);
  g_clear_pointer (&self->events, g_array_unref);
  G_OBJECT_CLASS (lt_session_parent_class)->dispose (object);
}

static guint
add_signal (const char *name)
{
  return g_signal_new (name, LT_TYPE_SESSION, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                       G_TYPE_NONE, 0);
}

static void
lt_session_class_init (LtSessionClass *class)
{
  G_OBJECT_CLASS (class)->dispose = lt_session_dispose;
  signals[STATUS_CHANGED] = add_signal ("status-changed");
  signals[SNAPSHOT_CHANGED] = add_signal ("snapshot-changed");
  signals[LOG_CHANGED] = add_signal ("log-changed");
  signals[KNOBS_CHANGED] = add_signal ("knobs-changed");
  signals[EXPERIMENT_REPLACED] = add_signal ("experiment-replaced");
  signals[MESSAGE] =
      g_signal_new ("message", LT_TYPE_SESSION, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                    G_TYPE_NONE, 2, G_TYPE_INT, G_TYPE_STRING);
}

static void
lt_session_init (LtSession *self)
{
  self->closer = g_thread_pool_new (close_run, NULL, 1, FALSE, NULL);
  self->undo = lt_undo_new (drop_run, self);
  self->shown = LT_SHOW_LIVE;
  self->rows = g_array_new (FALSE, TRUE, sizeof (LtLogRow));
  self->epochs = g_array_new (FALSE, TRUE, sizeof (LtLogEpoch));
  self->events = g_array_new (FALSE, TRUE, sizeof (LtLogEvent));
}

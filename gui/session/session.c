/* The session: one run at a time, its news, and its past. */
#include "session/session-private.h"

#include <string.h>

/* Between two tellings of how training goes. */
#define FIGURES_PERIOD (100 * G_TIME_SPAN_MILLISECOND)

G_DEFINE_FINAL_TYPE (LtSession, lt_session, G_TYPE_OBJECT)

static guint signals[LT_N_SESSION_SIGNALS];

void
lt_session_say (LtSession *self, LtMessageKind kind, const char *text)
{
  g_signal_emit (self, signals[LT_MESSAGE], 0, (int) kind, text);
}

void
lt_session_tell (LtSession *self, LtSessionSignal which)
{
  g_signal_emit (self, signals[which], 0);
}

static void
close_run (gpointer run, gpointer data)
{
  lt_run_unref (run);
}

void
lt_session_drop_run (LtRun *run, gpointer data)
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
    lt_session_say (self, LT_MESSAGE_DIVERGED, status->message);
  else
    lt_session_say (self,
                    status->state == LT_TRAINER_FINISHED ? LT_MESSAGE_NOTE
                                                         : LT_MESSAGE_TROUBLE,
                    status->message);
}

/* The trainer went on to another phase: its model and training are what is turned now. */
static void
follow_phase (LtSession *self)
{
  LtExperiment *experiment = self->run->experiment;

  if (experiment->n_phases == 0 || experiment->phase == self->status.phase)
    return;
  lt_experiment_enter (experiment, self->status.phase);
  if (self->staged && self->staged->n_phases == experiment->n_phases)
    lt_experiment_enter (self->staged, self->status.phase);
  self->log_news = TRUE;
  lt_session_tell (self, LT_KNOBS_CHANGED);
}

static void
read_status (LtSession *self)
{
  LtTrainerStatus before = self->status;

  memset (&self->status, 0, sizeof self->status);
  lt_trainer_get_status (self->run->trainer, &self->status);
  announce (self, &before);
  follow_phase (self);
  self->status_news |=
      before.step != self->status.step || before.n_epochs != self->status.n_epochs;
  /* What the user asked for shows at once. */
  if (before.state != self->status.state)
    self->told_at = 0;
}

static gboolean
take_snapshot (LtSession *self)
{
  LtSnapshot *snapshot = lt_trainer_take_snapshot (self->run->trainer);

  if (!snapshot)
    return FALSE;
  g_clear_pointer (&self->live, lt_snapshot_unref);
  self->live = snapshot;
  return self->shown == LT_SHOW_LIVE;
}

/* Figures and curves change faster than anybody reads; drawing them costs as much as training
 * does. */
static void
tell_figures (LtSession *self)
{
  gint64 now = g_get_monotonic_time ();
  gboolean at_once = self->told_at == 0;

  if (now - self->told_at < FIGURES_PERIOD)
    return;
  self->told_at = now;
  if (self->log_news)
    lt_session_tell (self, LT_LOG_CHANGED);
  if (self->status_news || at_once)
    lt_session_tell (self, LT_STATUS_CHANGED);
  self->log_news = self->status_news = FALSE;
}

void
lt_session_poll (LtSession *self)
{
  if (self->twin)
    lt_session_poll (self->twin);
  if (!self->run)
    return;
  self->log_news |= read_log (self);
  read_status (self);
  tell_figures (self);
  if (self->run && take_snapshot (self))
    lt_session_tell (self, LT_SNAPSHOT_CHANGED);
}

/* ---- Installing a run ------------------------------------------------------------- */

void
lt_session_forget (LtSession *self)
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

LtRun *
lt_session_install (LtSession *self, LtRun *run)
{
  LtRun *before = self->run;

  if (before) {
    lt_trainer_pause (before->trainer);
    before->newest = g_steal_pointer (&self->live);
  }
  lt_session_forget (self);
  g_clear_pointer (&self->coming, g_free);
  self->run = run;
  self->live = g_steal_pointer (&run->newest);
  lt_trainer_get_status (run->trainer, &self->status);
  /* While the run still stands where it began: a small one is epochs ahead in no time. */
  lt_session_pair (self);
  if (self->want_play)
    lt_trainer_advance (run->trainer, LT_RUN);
  (void) read_log (self);
  (void) take_snapshot (self);
  lt_trainer_get_status (run->trainer, &self->status);
  lt_session_tell (self, LT_EXPERIMENT_REPLACED);
  lt_session_tell (self, LT_KNOBS_CHANGED);
  lt_session_tell (self, LT_LOG_CHANGED);
  lt_session_tell (self, LT_STATUS_CHANGED);
  lt_session_poll (self);
  if (run->warning)
    lt_session_say (self, LT_MESSAGE_TROUBLE, run->warning);
  else if (lt_trainer_notice (run->trainer))
    lt_session_say (self, LT_MESSAGE_NOTE, lt_trainer_notice (run->trainer));
  return before;
}

/* ---- Training --------------------------------------------------------------------- */

void
lt_session_play (LtSession *self)
{
  self->want_play = TRUE;
  if (self->twin)
    lt_session_play (self->twin);
  if (!self->run)
    return;
  if (self->status.state == LT_TRAINER_FINISHED)
    lt_session_say (
        self, LT_MESSAGE_NOTE,
        "All epochs are done: raise Epochs to train on, or press Reset to begin "
        "again.");
  lt_trainer_advance (self->run->trainer, LT_RUN);
  lt_session_poll (self);
}

void
lt_session_pause (LtSession *self)
{
  self->want_play = FALSE;
  if (self->twin)
    lt_session_pause (self->twin);
  if (self->run)
    lt_trainer_pause (self->run->trainer);
  lt_session_poll (self);
}

void
lt_session_step (LtSession *self, LtAdvance how)
{
  self->want_play = FALSE;
  if (self->twin)
    lt_session_step (self->twin, how);
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

/* ---- The time machine ------------------------------------------------------------- */

typedef struct {
  LtErrand errand;
  int epoch;
} Fetch;

static void
fetch_free (gpointer data)
{
  Fetch *fetch = data;

  g_clear_pointer (&fetch->errand.run, lt_run_unref);
  g_free (fetch);
}

static void
fetch_on_worker (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  Fetch *fetch = data;
  GError *error = NULL;
  LtSnapshot *snapshot =
      lt_trainer_load_epoch (fetch->errand.run->trainer, fetch->epoch, &error);

  if (snapshot)
    g_task_return_pointer (task, snapshot, (GDestroyNotify) lt_snapshot_unref);
  else
    g_task_return_error (task, error);
  lt_session_errand_done (source, &fetch->errand);
}

static void fetch (LtSession *self);

static void
fetched_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  LtSession *self = LT_SESSION (source);
  Fetch *job = g_task_get_task_data (G_TASK (result));
  g_autoptr (GError) error = NULL;
  g_autoptr (LtSnapshot) snapshot = g_task_propagate_pointer (G_TASK (result), &error);
  gboolean same_run = self->run && job->errand.run == self->run;
  gboolean current = same_run && job->epoch == self->shown;

  self->fetching = FALSE;
  lt_session_end_errand (self, &job->errand);
  lt_session_drop_run (g_steal_pointer (&job->errand.run), self);
  if (self->shown == LT_SHOW_LIVE)
    return;
  if (snapshot && same_run) {
    /* While the handle is dragged, epochs on its way are shown too. */
    g_clear_pointer (&self->past, lt_snapshot_unref);
    self->past = g_steal_pointer (&snapshot);
    lt_session_tell (self, LT_SNAPSHOT_CHANGED);
  }
  if (!current) {
    fetch (self);
  } else if (error) {
    lt_session_say (self, LT_MESSAGE_TROUBLE, error->message);
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
  job->errand.run = lt_run_ref (self->run);
  lt_session_begin_errand (self, &job->errand);
  job->epoch = self->shown;
  self->fetching = TRUE;
  task = g_task_new (self, NULL, fetched_cb, NULL);
  g_task_set_task_data (task, job, fetch_free);
  g_task_run_in_thread (task, fetch_on_worker);
}

void
lt_session_show (LtSession *self, int epoch)
{
  if (self->twin)
    lt_session_show (self->twin, epoch);
  if (!self->run || epoch == self->shown)
    return;
  self->shown = CLAMP (epoch, LT_SHOW_LIVE, self->status.epoch);
  if (self->shown == LT_SHOW_LIVE) {
    g_clear_pointer (&self->past, lt_snapshot_unref);
    lt_session_tell (self, LT_SNAPSHOT_CHANGED);
  } else {
    fetch (self);
  }
  lt_session_tell (self, LT_STATUS_CHANGED);
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

const char *
lt_session_lesson (LtSession *self)
{
  if (self->coming)
    return self->coming;
  return self->run ? self->run->experiment->lesson.name : NULL;
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
  lt_session_unpair (self);
  lt_session_abandon_opening (self);
  lt_session_forget (self);
  g_clear_pointer (&self->remedy, lt_experiment_free);
  g_clear_pointer (&self->undo, lt_undo_free);
  lt_session_drop_run (g_steal_pointer (&self->run), self);
  lt_session_wait_for_errands (self);
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
  g_clear_pointer (&self->errands, g_ptr_array_unref);
  G_OBJECT_CLASS (lt_session_parent_class)->dispose (object);
}

static void
lt_session_finalize (GObject *object)
{
  LtSession *self = LT_SESSION (object);

  pthread_cond_destroy (&self->errand_done);
  pthread_mutex_destroy (&self->errand_mutex);
  G_OBJECT_CLASS (lt_session_parent_class)->finalize (object);
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
  G_OBJECT_CLASS (class)->finalize = lt_session_finalize;
  signals[LT_STATUS_CHANGED] = add_signal ("status-changed");
  signals[LT_SNAPSHOT_CHANGED] = add_signal ("snapshot-changed");
  signals[LT_LOG_CHANGED] = add_signal ("log-changed");
  signals[LT_KNOBS_CHANGED] = add_signal ("knobs-changed");
  signals[LT_EXPERIMENT_REPLACED] = add_signal ("experiment-replaced");
  signals[LT_TWIN_CHANGED] = add_signal ("twin-changed");
  signals[LT_MESSAGE] =
      g_signal_new ("message", LT_TYPE_SESSION, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                    G_TYPE_NONE, 2, G_TYPE_INT, G_TYPE_STRING);
}

static void
lt_session_init (LtSession *self)
{
  self->closer = g_thread_pool_new (close_run, NULL, 1, FALSE, NULL);
  self->undo = lt_undo_new (lt_session_drop_run, self);
  self->errands = g_ptr_array_new ();
  pthread_mutex_init (&self->errand_mutex, NULL);
  pthread_cond_init (&self->errand_done, NULL);
  self->shown = LT_SHOW_LIVE;
  self->rows = g_array_new (FALSE, TRUE, sizeof (LtLogRow));
  self->epochs = g_array_new (FALSE, TRUE, sizeof (LtLogEpoch));
  self->events = g_array_new (FALSE, TRUE, sizeof (LtLogEvent));
}

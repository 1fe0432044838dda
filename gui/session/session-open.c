/* Opening and saving. Opening goes plan → run (on a worker) → install (here). Every opening has a
 * number; when it ends and is not the newest any more its run is dropped. */
#include "session/session-private.h"

typedef struct {
  LtErrand errand;
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

  opening->errand.run = lt_run_new (opening->plan, &error);
  if (opening->errand.run)
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
  lt_session_errand_done (source, &opening->errand);
}

/* A run that could not be made: the knobs go back to what they were. */
static void
refuse (LtSession *self, LtRunPlan *plan, const GError *error)
{
  g_clear_pointer (&self->remedy, lt_experiment_free);
  self->remedy = g_steal_pointer (&plan->remedy);
  self->remedy_title = plan->remedy_title;
  self->remedy_plays = self->want_play;

  if (self->run)
    self->want_play = self->status.state == LT_TRAINER_RUNNING;
  g_clear_pointer (&self->staged, lt_experiment_free);
  g_clear_pointer (&self->coming, g_free);
  lt_session_tell (self, LT_KNOBS_CHANGED);
  lt_session_tell (self, LT_STATUS_CHANGED);
  lt_session_say (self, LT_MESSAGE_TROUBLE, error->message);
}

static void
opened_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  LtSession *self = LT_SESSION (source);
  Opening *opening = g_task_get_task_data (G_TASK (result));
  g_autoptr (GError) error = NULL;
  LtRun *run = g_steal_pointer (&opening->errand.run);
  LtRun *before;

  lt_session_end_errand (self, &opening->errand);
  (void) g_task_propagate_boolean (G_TASK (result), &error);
  self->n_loading--;
  if (opening->number != self->opening) {
    lt_session_drop_run (run, self);
    lt_session_tell (self, LT_STATUS_CHANGED);
    return;
  }
  if (!run) {
    refuse (self, opening->plan, error);
    return;
  }
  before = lt_session_install (self, run);
  if (before)
    lt_undo_add_run (self->undo, before);
  lt_session_tell (self, LT_KNOBS_CHANGED);
}

void
lt_session_abandon_opening (LtSession *self)
{
  self->opening++;
  g_clear_pointer (&self->coming, g_free);
}

/* Takes the plan. */
static void
open_plan (LtSession *self, LtRunPlan *plan)
{
  Opening *opening = g_new0 (Opening, 1);
  g_autoptr (GTask) task = g_task_new (self, NULL, opened_cb, NULL);

  plan->n_threads = lt_session_share (self, plan->experiment);
  opening->plan = plan;
  lt_session_abandon_opening (self);
  opening->number = self->opening;
  self->coming = plan->experiment ? g_strdup (plan->experiment->lesson.name) : NULL;
  g_clear_handle_id (&self->restart_source, g_source_remove);
  g_clear_pointer (&self->remedy, lt_experiment_free);
  self->n_loading++;
  lt_session_begin_errand (self, &opening->errand);
  g_task_set_task_data (task, opening, opening_free);
  g_task_run_in_thread (task, open_on_worker);
  lt_session_tell (self, LT_STATUS_CHANGED);
}

void
lt_session_open_on (LtSession *self,
                    LtExperiment *experiment,
                    LtDataset *dataset,
                    gboolean play)
{
  LtRunPlan *plan = g_new0 (LtRunPlan, 1);

  if (dataset)
    plan->dataset = lt_dataset_ref (dataset);
  plan->experiment = experiment;
  self->want_play = play;
  open_plan (self, plan);
}

void
lt_session_open (LtSession *self, LtExperiment *experiment, gboolean play)
{
  gboolean same = self->run && lt_run_same_data (self->run->experiment, experiment);

  lt_session_open_on (self, experiment, same ? self->run->dataset : NULL, play);
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
    lt_session_say (self, LT_MESSAGE_TROUBLE, error->message);
}

const char *
lt_session_remedy (LtSession *self)
{
  return self->remedy ? self->remedy_title : NULL;
}

void
lt_session_take_remedy (LtSession *self)
{
  if (self->remedy)
    lt_session_open (self, g_steal_pointer (&self->remedy), self->remedy_plays);
}

/* ---- Saving ----------------------------------------------------------------------- */

/* The writer is an epoch or two behind training. */
#define WRITER_STEP_US     10000
#define WRITER_PATIENCE_US (5 * G_USEC_PER_SEC)

typedef struct {
  LtErrand errand;
  char *path;
  int epoch; /* up to which the copy should go */
  int saved; /* up to which it does */
} Saving;

static void
saving_free (gpointer data)
{
  Saving *saving = data;

  g_clear_pointer (&saving->errand.run, lt_run_unref);
  g_free (saving->path);
  g_free (saving);
}

/* A disk in trouble may keep it from getting there: then what there is is saved. */
static void
wait_for_writer (LtRunFile *file, int epoch)
{
  gint64 until = g_get_monotonic_time () + WRITER_PATIENCE_US;

  while (lt_run_file_last_epoch (file) < epoch && g_get_monotonic_time () < until)
    g_usleep (WRITER_STEP_US);
}

static void
save_on_worker (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  Saving *saving = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (LtRunFile) file =
      lt_run_file_open (saving->errand.run->path, FALSE, &error);

  if (file)
    wait_for_writer (file, saving->epoch);
  saving->saved = file ? lt_run_file_last_epoch (file) : -1;
  if (file && lt_run_file_copy (file, saving->path, &error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, g_steal_pointer (&error));
  g_clear_pointer (&file, lt_run_file_close);
  lt_session_errand_done (source, &saving->errand);
}

static void
saved_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  LtSession *self = LT_SESSION (source);
  Saving *saving = g_task_get_task_data (G_TASK (result));
  g_autoptr (GError) error = NULL;
  g_autofree char *text = NULL;

  lt_session_end_errand (self, &saving->errand);
  lt_session_drop_run (g_steal_pointer (&saving->errand.run), self);
  if (!g_task_propagate_boolean (G_TASK (result), &error)) {
    lt_session_say (self, LT_MESSAGE_TROUBLE, error->message);
    return;
  }
  text = g_strdup_printf ("Saved as %s, up to epoch %d.", saving->path, saving->saved);
  lt_session_say (self, LT_MESSAGE_NOTE, text);
}

/* A run that was opened goes on in its own file: a copy in its place would cut that off. */
static gboolean
is_recorded_in (const LtRun *run, const char *path)
{
  g_autofree char *own = g_canonicalize_filename (run->path, NULL);
  g_autofree char *asked = g_canonicalize_filename (path, NULL);

  return g_str_equal (own, asked);
}

void
lt_session_save (LtSession *self, const char *path)
{
  g_autoptr (GTask) task = NULL;
  Saving *saving;

  if (!self->run)
    return;
  if (!self->run->path) {
    lt_session_say (
        self, LT_MESSAGE_TROUBLE,
        "This run could not be recorded when it began, so there is nothing to save: "
        "free some disk space and press Reset.");
    return;
  }
  if (is_recorded_in (self->run, path)) {
    g_autofree char *text =
        g_strdup_printf ("%s is up to date: every epoch goes there by itself.", path);

    lt_session_say (self, LT_MESSAGE_NOTE, text);
    return;
  }
  saving = g_new0 (Saving, 1);
  saving->errand.run = lt_run_ref (self->run);
  saving->path = g_strdup (path);
  saving->epoch = self->status.epoch;
  g_free (self->run->saved_as);
  self->run->saved_as = g_strdup (path);
  lt_session_begin_errand (self, &saving->errand);
  task = g_task_new (self, NULL, saved_cb, NULL);
  g_task_set_task_data (task, saving, saving_free);
  g_task_run_in_thread (task, save_on_worker);
  lt_session_tell (self, LT_STATUS_CHANGED);
}

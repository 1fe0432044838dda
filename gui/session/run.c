/* A run: trainer, data set, file. */
#include "session/run.h"

#include "core/error.h"
#include "session/data-fit.h"

#include <errno.h>
#include <glib/gstdio.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

static char *
cache_folder (void)
{
  return g_build_filename (g_get_user_cache_dir (), "lantern", NULL);
}

/* "run-<process>-<random>.lantern": the process tells later ones whether it is stale. */
static char *
cache_path_new (void)
{
  g_autofree char *folder = cache_folder ();
  g_autofree char *id = g_uuid_string_random ();
  g_autofree char *name = g_strdup_printf ("run-%d-%.8s.lantern", (int) getpid (), id);

  if (g_mkdir_with_parents (folder, 0700) != 0)
    return NULL;
  return g_build_filename (folder, name, NULL);
}

/* Beside a database that is being written are its journal, its index and its lock. */
static void
remove_run_file (const char *path)
{
  const char *const endings[] = { "", "-wal", "-shm", "-lock" };

  for (gsize i = 0; i < G_N_ELEMENTS (endings); i++) {
    g_autofree char *name = g_strconcat (path, endings[i], NULL);

    (void) g_unlink (name);
  }
}

void
lt_run_clean_cache (void)
{
  g_autofree char *folder = cache_folder ();
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  const char *name;

  while (dir && (name = g_dir_read_name (dir)))
    if (g_str_has_prefix (name, "run-")) {
      gint64 process = g_ascii_strtoll (name + 4, NULL, 10);

      if (process > 0 && kill ((pid_t) process, 0) != 0 && errno == ESRCH) {
        g_autofree char *path = g_build_filename (folder, name, NULL);

        (void) g_unlink (path);
      }
    }
}

void
lt_run_plan_free (LtRunPlan *self)
{
  if (!self)
    return;
  g_clear_pointer (&self->experiment, lt_experiment_free);
  g_clear_pointer (&self->remedy, lt_experiment_free);
  g_clear_pointer (&self->dataset, lt_dataset_unref);
  g_free (self->resume);
  g_free (self);
}

static gboolean
same_settings (const LtSource *source, gconstpointer a, gconstpointer b)
{
  if (!source->knobs.settings_size || a == b)
    return TRUE;
  return a && b && !memcmp (a, b, source->knobs.settings_size);
}

gboolean
lt_run_same_data (const LtExperiment *a, const LtExperiment *b)
{
  const LtDataSpec *p = a->data, *q = b->data;

  return p->source == q->source && !g_strcmp0 (p->path, q->path) &&
         same_settings (p->source, p->settings, q->settings) &&
         !memcmp (&p->preparation, &q->preparation, sizeof (LtPreparation)) &&
         a->seed == b->seed;
}

/* A new run of self->experiment, recorded in the cache folder where that is possible. */
static gboolean
start (LtRun *self, int n_threads, GError **error)
{
  g_autoptr (GError) trouble = NULL;
  LtTrainerOptions options = { .experiment = self->experiment,
                               .dataset = self->dataset,
                               .n_threads = n_threads };

  self->path = cache_path_new ();
  self->temporary = TRUE;
  options.path = self->path;
  self->trainer = lt_trainer_new (&options, &trouble);
  if (self->trainer)
    return TRUE;
  if (g_error_matches (trouble, LT_ERROR, LT_ERROR_FILE)) {
    g_clear_pointer (&self->path, g_free);
    options.path = NULL;
    self->trainer = lt_trainer_new (&options, error);
    self->warning =
        g_strdup_printf ("This run is not recorded, so the timeline cannot go "
                         "back: %s",
                         trouble->message);
    return self->trainer != NULL;
  }
  g_propagate_error (error, g_steal_pointer (&trouble));
  return FALSE;
}

/* A file in a folder that cannot be written to is gone on with in a copy. */
static gboolean
choose_resume_file (LtRun *self, LtRunFile *file, GError **error)
{
  g_autofree char *folder = g_path_get_dirname (lt_run_file_path (file));

  self->saved_as = g_strdup (lt_run_file_path (file));
  if (g_access (self->saved_as, W_OK) == 0 && g_access (folder, W_OK) == 0) {
    self->path = g_strdup (self->saved_as);
    return TRUE;
  }
  self->path = cache_path_new ();
  self->temporary = TRUE;
  self->warning = g_strdup_printf ("%s cannot be written to, so training goes on in a "
                                   "copy: save it under another name to keep it.",
                                   self->saved_as);
  if (!self->path) {
    g_set_error (error, LT_ERROR, LT_ERROR_FILE,
                 "%s is read-only and there is no cache folder to copy it to.",
                 self->saved_as);
    return FALSE;
  }
  return lt_run_file_copy (file, self->path, error);
}

static gboolean
resume (LtRun *self, const LtRunPlan *plan, GError **error)
{
  g_autoptr (LtRunFile) file = lt_run_file_open (plan->resume, FALSE, error);
  LtTrainerOptions options = { .n_threads = plan->n_threads };

  if (!file)
    return FALSE;
  self->experiment = lt_experiment_dup (lt_run_file_experiment (file));
  self->dataset =
      lt_data_spec_load (self->experiment->data, self->experiment->seed, error);
  if (!self->dataset || !choose_resume_file (self, file, error))
    return FALSE;
  g_clear_pointer (&file, lt_run_file_close);
  options.dataset = self->dataset;
  options.resume = self->path;
  self->trainer = lt_trainer_new (&options, error);
  if (!self->trainer)
    return FALSE;
  lt_experiment_free (self->experiment);
  self->experiment = lt_trainer_dup_experiment (self->trainer);
  return TRUE;
}

static gboolean
begin (LtRun *self, LtRunPlan *plan, GError **error)
{
  self->experiment = lt_experiment_dup (plan->experiment);
  self->dataset = plan->dataset ? lt_dataset_ref (plan->dataset)
                                : lt_data_spec_load (self->experiment->data,
                                                     self->experiment->seed, error);
  if (!self->dataset)
    return FALSE;
  if (start (self, plan->n_threads, error))
    return TRUE;
  plan->remedy = lt_data_fit_first_remedy (
      self->experiment, lt_dataset_shape (self->dataset), &plan->remedy_title);
  return FALSE;
}

LtRun *
lt_run_new (LtRunPlan *plan, GError **error)
{
  g_autoptr (LtRun) self = g_new0 (LtRun, 1);
  gboolean done;

  self->ref_count = 1;
  self->resumed = plan->resume != NULL;
  done = plan->resume ? resume (self, plan, error) : begin (self, plan, error);
  return done ? g_steal_pointer (&self) : NULL;
}

LtRun *
lt_run_ref (LtRun *self)
{
  g_atomic_int_inc (&self->ref_count);
  return self;
}

void
lt_run_unref (LtRun *self)
{
  if (!self || !g_atomic_int_dec_and_test (&self->ref_count))
    return;
  g_clear_pointer (&self->trainer, lt_trainer_free);
  g_clear_pointer (&self->newest, lt_snapshot_unref);
  g_clear_pointer (&self->dataset, lt_dataset_unref);
  g_clear_pointer (&self->experiment, lt_experiment_free);
  if (self->temporary && self->path)
    remove_run_file (self->path);
  g_free (self->path);
  g_free (self->saved_as);
  g_free (self->warning);
  g_free (self);
}

char *
lt_run_dup_title (const LtRun *self)
{
  const LtLesson *lesson = &self->experiment->lesson;

  if (self->saved_as)
    return g_path_get_basename (self->saved_as);
  /* No lesson is about a file of the user's own. */
  if (lesson->title && *lesson->title && !self->experiment->data->path)
    return g_strdup (lesson->title);
  return g_strdup_printf ("%s: %s", self->experiment->kind->title,
                          lt_dataset_title (self->dataset));
}

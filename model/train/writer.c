/* The thread that writes the run file. */
#include "train/writer.h"

#include "core/error.h"

#include <pthread.h>

typedef struct {
  gboolean full;
  LtSnapshot *snapshot; /* NULL: the log only */
  LtResumePoint resume;
} Job;

struct _LtWriter {
  char *path;
  LtExperiment *experiment;
  LtLog *log;
  LtRunFile *file; /* the thread's own */
  pthread_t thread;

  pthread_mutex_t lock;
  pthread_cond_t changed;
  Job waiting, current;
  gboolean quit;
  char *trouble;
};

static void
job_clear (Job *job)
{
  g_clear_pointer (&job->snapshot, lt_snapshot_unref);
  lt_resume_point_clear (&job->resume);
  job->full = FALSE;
}

static void
set_trouble (LtWriter *self, const GError *reason)
{
  pthread_mutex_lock (&self->lock);
  g_clear_pointer (&self->trouble, g_free);
  if (reason != NULL)
    self->trouble = g_strdup_printf ("%s Training goes on without being recorded; "
                                     "each epoch tries again.",
                                     reason->message);
  pthread_mutex_unlock (&self->lock);
}

/* A name that something else has taken meanwhile is left to it. */
static gboolean
create_again (LtWriter *self, GError **error)
{
  if (g_file_test (self->path, G_FILE_TEST_EXISTS)) {
    g_autofree char *shown = g_filename_display_name (self->path);

    g_set_error (error, LT_ERROR, LT_ERROR_FILE,
                 "“%s” exists, and is not replaced while training goes on; choose "
                 "another name.",
                 shown);
    return FALSE;
  }
  self->file = lt_run_file_create (self->path, self->experiment, error);
  return self->file != NULL;
}

static void
write_job (LtWriter *self, const Job *job)
{
  g_autoptr (GError) error = NULL;

  if (self->file == NULL && !create_again (self, &error)) {
    set_trouble (self, error);
    return;
  }
  lt_run_file_write_epoch (self->file, self->log, job->snapshot,
                           job->resume.snapshot != NULL ? &job->resume : NULL, &error);
  set_trouble (self, error);
}

/* The next job into `current`; FALSE when there will be none. */
static gboolean
take_job (LtWriter *self)
{
  pthread_mutex_lock (&self->lock);
  job_clear (&self->current);
  while (!self->waiting.full && !self->quit)
    pthread_cond_wait (&self->changed, &self->lock);
  self->current = self->waiting;
  self->waiting = (Job){ .full = FALSE };
  pthread_cond_broadcast (&self->changed);
  pthread_mutex_unlock (&self->lock);
  return self->current.full;
}

static gpointer
write_jobs (gpointer data)
{
  LtWriter *self = data;

  while (take_job (self))
    write_job (self, &self->current);
  if (self->file != NULL)
    lt_run_file_write_epoch (self->file, self->log, NULL, NULL, NULL);
  return NULL;
}

LtWriter *
lt_writer_new (const LtWriterOptions *options)
{
  LtWriter *self = g_new0 (LtWriter, 1);
  g_autoptr (GError) error = NULL;

  pthread_mutex_init (&self->lock, NULL);
  pthread_cond_init (&self->changed, NULL);
  self->path = g_strdup (options->path);
  self->experiment = lt_experiment_dup (options->experiment);
  self->log = lt_log_ref (options->log);
  self->file = options->file;
  if (self->file == NULL) {
    self->file = lt_run_file_create (self->path, self->experiment, &error);
    set_trouble (self, error);
  }
  if (pthread_create (&self->thread, NULL, write_jobs, self) != 0)
    g_error ("No thread can be created.");
  return self;
}

void
lt_writer_free (LtWriter *self)
{
  pthread_mutex_lock (&self->lock);
  self->quit = TRUE;
  pthread_cond_broadcast (&self->changed);
  pthread_mutex_unlock (&self->lock);
  pthread_join (self->thread, NULL);
  g_clear_pointer (&self->file, lt_run_file_close);
  lt_log_unref (self->log);
  lt_experiment_free (self->experiment);
  g_free (self->path);
  g_free (self->trouble);
  pthread_cond_destroy (&self->changed);
  pthread_mutex_destroy (&self->lock);
  g_free (self);
}

static void
put (LtWriter *self, const Job *job)
{
  pthread_mutex_lock (&self->lock);
  while (self->waiting.full)
    pthread_cond_wait (&self->changed, &self->lock);
  self->waiting = *job;
  pthread_cond_broadcast (&self->changed);
  pthread_mutex_unlock (&self->lock);
}

void
lt_writer_put (LtWriter *self, LtSnapshot *snapshot, LtResumePoint *resume)
{
  Job job = { .full = TRUE, .snapshot = lt_snapshot_ref (snapshot), .resume = *resume };

  *resume = (LtResumePoint){ .snapshot = NULL };
  put (self, &job);
}

void
lt_writer_put_log (LtWriter *self)
{
  Job job = { .full = TRUE };

  put (self, &job);
}

static LtSnapshot *
job_snapshot (const Job *job, int epoch)
{
  if (job->snapshot != NULL && job->snapshot->epoch == epoch)
    return lt_snapshot_ref (job->snapshot);
  return NULL;
}

LtSnapshot *
lt_writer_find (LtWriter *self, int epoch)
{
  LtSnapshot *snapshot;

  pthread_mutex_lock (&self->lock);
  snapshot = job_snapshot (&self->waiting, epoch);
  if (snapshot == NULL)
    snapshot = job_snapshot (&self->current, epoch);
  pthread_mutex_unlock (&self->lock);
  return snapshot;
}

char *
lt_writer_trouble (LtWriter *self)
{
  char *trouble;

  pthread_mutex_lock (&self->lock);
  trouble = g_strdup (self->trouble);
  pthread_mutex_unlock (&self->lock);
  return trouble;
}

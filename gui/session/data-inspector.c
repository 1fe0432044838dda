/* The inspector. A job goes to the worker with all that it needs, and comes back with an
 * answer; the inspector itself is touched by the UI thread alone and lives until the last
 * job is back. */
#include "session/data-inspector.h"

/* Rows that have been read, and what they were read from. Immutable, counted atomically. */
typedef struct {
  LtDataSpec *spec;
  guint64 seed;
  LtTable *table;
} Rows;

typedef struct {
  LtDataSpec *spec;
  guint64 seed;
  Rows *rows; /* NULL: still to be read */
  const LtLoader *loader;
  LtDataInfo *info;
} Job;

struct _LtDataInspector {
  int ref_count; /* the owner, and each job */
  LtDataInspectorFunc done;
  gpointer data;
  gboolean closed, busy;
  LtDataSpec *wanted; /* the next question; NULL when there is none */
  guint64 wanted_seed;
  Rows *rows; /* the last that were read; NULL */
};

static void
rows_clear (gpointer data)
{
  Rows *rows = data;

  lt_data_spec_free (rows->spec);
  lt_table_free (rows->table);
}

static void
rows_unref (Rows *rows)
{
  g_atomic_rc_box_release_full (rows, rows_clear);
}

static void
job_free (gpointer data)
{
  Job *job = data;

  lt_data_spec_free (job->spec);
  g_clear_pointer (&job->rows, rows_unref);
  lt_data_info_free (job->info);
  g_free (job);
}

static void
inspector_unref (LtDataInspector *self)
{
  if (--self->ref_count > 0)
    return;
  lt_data_spec_free (self->wanted);
  g_clear_pointer (&self->rows, rows_unref);
  g_free (self);
}

/* ---- On the worker ---------------------------------------------------------------- */

static gboolean
read_rows (Job *job, GError **error)
{
  LtTable *table;

  if (job->spec->path) {
    job->loader = lt_loader_find (job->spec->path, error);
    if (!job->loader)
      return FALSE;
  }
  if (job->rows)
    return TRUE;
  table = lt_data_spec_load_table (job->spec, job->seed, error);
  if (!table)
    return FALSE;
  job->rows = g_atomic_rc_box_new0 (Rows);
  job->rows->spec = lt_data_spec_dup (job->spec);
  job->rows->seed = job->seed;
  job->rows->table = table;
  return TRUE;
}

static void
inspect (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  Job *job = data;
  GError *error = NULL;

  if (read_rows (job, &error))
    job->info =
        lt_data_info_new (job->rows->table, &job->spec->preparation, job->seed, &error);
  if (job->info)
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

/* ---- On the UI thread ------------------------------------------------------------- */

static void start (LtDataInspector *self);

static void
inspected_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  LtDataInspector *self = data;
  Job *job = g_task_get_task_data (G_TASK (result));
  g_autoptr (GError) error = NULL;

  (void) g_task_propagate_boolean (G_TASK (result), &error);
  self->busy = FALSE;
  if (job->rows && job->rows != self->rows) {
    g_clear_pointer (&self->rows, rows_unref);
    self->rows = g_atomic_rc_box_acquire (job->rows);
  }
  if (!self->closed && self->wanted)
    start (self);
  else if (!self->closed)
    self->done (g_steal_pointer (&job->info), job->loader, error, self->data);
  inspector_unref (self);
}

static gboolean
same_rows (const Rows *rows, const LtDataSpec *spec, guint64 seed)
{
  g_autofree const LtKnob **differences = NULL;

  if (rows->spec->source != spec->source || rows->seed != seed ||
      g_strcmp0 (rows->spec->path, spec->path))
    return FALSE;
  if (!spec->settings)
    return TRUE;
  differences =
      lt_knobs_differences (&spec->source->knobs, rows->spec->settings, spec->settings);
  return differences[0] == NULL;
}

static void
start (LtDataInspector *self)
{
  g_autoptr (GTask) task = g_task_new (NULL, NULL, inspected_cb, self);
  Job *job = g_new0 (Job, 1);

  job->spec = g_steal_pointer (&self->wanted);
  job->seed = self->wanted_seed;
  if (self->rows && same_rows (self->rows, job->spec, job->seed))
    job->rows = g_atomic_rc_box_acquire (self->rows);
  else
    g_clear_pointer (&self->rows, rows_unref);
  self->busy = TRUE;
  self->ref_count++;
  g_task_set_task_data (task, job, job_free);
  g_task_run_in_thread (task, inspect);
}

void
lt_data_inspector_ask (LtDataInspector *self, const LtDataSpec *spec, guint64 seed)
{
  g_clear_pointer (&self->wanted, lt_data_spec_free);
  self->wanted = lt_data_spec_dup (spec);
  self->wanted_seed = seed;
  if (!self->busy)
    start (self);
}

gboolean
lt_data_inspector_busy (LtDataInspector *self)
{
  return self->busy;
}

LtDataInspector *
lt_data_inspector_new (LtDataInspectorFunc done, gpointer data)
{
  LtDataInspector *self = g_new0 (LtDataInspector, 1);

  self->ref_count = 1;
  self->done = done;
  self->data = data;
  return self;
}

void
lt_data_inspector_free (LtDataInspector *self)
{
  self->closed = TRUE;
  inspector_unref (self);
}

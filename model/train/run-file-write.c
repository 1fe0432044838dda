/* Writing epochs into a run file. */
#include "train/run-file-private.h"

#include "core/error.h"
#include "core/kernels.h"

#include <sys/stat.h>

#define LARGEST_HALF 65504.0f

/* ---- Log entries ----------------------------------------------------------------------- */

/* Executes a bound statement and makes it ready for the next one. */
static gboolean
carry_out (LtRunFile *self, sqlite3_stmt *statement, GError **error)
{
  gboolean done = sqlite3_step (statement) == SQLITE_DONE;

  if (!done)
    lt_run_file_fail (self, "written", error);
  sqlite3_reset (statement);
  return done;
}

static gboolean
write_rows (LtRunFile *self, gint64 until, guint *n, GError **error)
{
  sqlite3_stmt *statement = lt_run_file_prepare (
      self, "INSERT INTO metrics VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?)", error);
  gboolean good = statement != NULL;

  for (; good && *n < self->rows->len; (*n)++) {
    const LtLogRow *row = &g_array_index (self->rows, LtLogRow, *n);

    if (row->step > until)
      break;
    sqlite3_bind_int64 (statement, 1, *n);
    sqlite3_bind_int64 (statement, 2, row->step);
    sqlite3_bind_double (statement, 3, row->progress);
    sqlite3_bind_double (statement, 4, row->objective);
    sqlite3_bind_double (statement, 5, row->learning_rate);
    sqlite3_bind_double (statement, 6, row->gradient_norm);
    for (int i = 0; i < LT_MAX_TERMS; i++)
      sqlite3_bind_double (statement, 7 + i, row->terms[i]);
    good = carry_out (self, statement, error);
  }
  sqlite3_finalize (statement);
  return good;
}

/* NAN is written as NULL. */
static gboolean
write_epochs (LtRunFile *self, gint64 until, guint *n, GError **error)
{
  sqlite3_stmt *statement = lt_run_file_prepare (
      self, "INSERT INTO epochs VALUES (?,?,?,?,?,?,?,?,?,?,?,?)", error);
  gboolean good = statement != NULL;

  for (; good && *n < self->epochs->len; (*n)++) {
    const LtLogEpoch *epoch = &g_array_index (self->epochs, LtLogEpoch, *n);

    if (epoch->step > until)
      break;
    sqlite3_bind_int64 (statement, 1, *n);
    sqlite3_bind_int (statement, 2, epoch->epoch);
    sqlite3_bind_int64 (statement, 3, epoch->step);
    sqlite3_bind_double (statement, 4, epoch->seconds);
    sqlite3_bind_double (statement, 5, epoch->objective);
    sqlite3_bind_double (statement, 6, epoch->train_squared_error);
    sqlite3_bind_double (statement, 7, epoch->valid_squared_error);
    sqlite3_bind_double (statement, 8, epoch->train_cross_entropy);
    sqlite3_bind_double (statement, 9, epoch->valid_cross_entropy);
    sqlite3_bind_double (statement, 10, epoch->learning_rate);
    sqlite3_bind_double (statement, 11, epoch->train_error);
    sqlite3_bind_double (statement, 12, epoch->valid_error);
    good = carry_out (self, statement, error);
  }
  sqlite3_finalize (statement);
  return good;
}

static gboolean
write_events (LtRunFile *self, gint64 until, guint *n, GError **error)
{
  sqlite3_stmt *statement =
      lt_run_file_prepare (self, "INSERT INTO events VALUES (?,?,?,?,?,?)", error);
  gboolean good = statement != NULL;

  for (; good && *n < self->events->len; (*n)++) {
    const LtLogEvent *event = &g_array_index (self->events, LtLogEvent, *n);

    if (event->step > until)
      break;
    sqlite3_bind_int64 (statement, 1, *n);
    sqlite3_bind_int64 (statement, 2, event->step);
    sqlite3_bind_double (statement, 3, event->progress);
    sqlite3_bind_text (statement, 4, event->key, -1, SQLITE_STATIC);
    sqlite3_bind_text (statement, 5, event->before, -1, SQLITE_STATIC);
    sqlite3_bind_text (statement, 6, event->after, -1, SQLITE_STATIC);
    good = carry_out (self, statement, error);
  }
  sqlite3_finalize (statement);
  return good;
}

/* ---- Parameters ------------------------------------------------------------------------- */

/* "key=value" lines, of the model's knobs. */
static char *
format_settings (const LtSnapshot *snapshot)
{
  const LtKnobTable *table = &snapshot->model->kind->knobs;
  GString *text = g_string_new (NULL);

  for (int i = 0; i < table->n_knobs; i++) {
    g_autofree char *value = lt_knob_format (&table->knobs[i], snapshot->settings);
    g_autofree char *escaped = g_strescape (value, NULL);

    g_string_append_printf (text, "%s=%s\n", table->knobs[i].key, escaped);
  }
  return g_string_free (text, FALSE);
}

static void
bind_block (sqlite3_stmt *statement, int column, const LtLayout *layout, const float *x)
{
  if (x != NULL)
    sqlite3_bind_blob64 (statement, column, x, lt_layout_size (layout) * sizeof *x,
                         SQLITE_STATIC);
}

/* The block in half precision, where it is so large that this is worth it and so small in
 * value that it can be; else NULL. */
static guint16 *
halves_new (const LtLayout *layout, const float *params)
{
  gsize n = lt_layout_size (layout);
  float lowest, highest;
  guint16 *halves;

  if (n * sizeof *params <= LT_EXACT_BYTES)
    return NULL;
  lt_range (params, n, &lowest, &highest);
  if (!(lowest >= -LARGEST_HALF && highest <= LARGEST_HALF))
    return NULL;
  halves = g_new (guint16, n);
  lt_to_half (params, n, halves);
  return halves;
}

static gboolean
write_parameters (LtRunFile *self, const LtSnapshot *snapshot, GError **error)
{
  const LtModel *model = snapshot->model;
  sqlite3_stmt *statement = lt_run_file_prepare (
      self, "INSERT OR REPLACE INTO parameters VALUES (?,?,?,?,?,?,?,?,?)", error);
  g_autofree char *settings = format_settings (snapshot);
  g_autofree guint16 *halves = halves_new (model->params, snapshot->params);
  gboolean done;

  if (statement == NULL)
    return FALSE;
  sqlite3_bind_int (statement, 1, snapshot->epoch);
  sqlite3_bind_int64 (statement, 2, snapshot->step);
  sqlite3_bind_double (statement, 3, snapshot->progress);
  sqlite3_bind_text (statement, 4, settings, -1, SQLITE_STATIC);
  sqlite3_bind_blob (statement, 5, &snapshot->terms, sizeof snapshot->terms,
                     SQLITE_STATIC);
  sqlite3_bind_int (statement, 6, halves != NULL ? 16 : 32);
  if (halves != NULL)
    sqlite3_bind_blob64 (statement, 7, halves,
                         lt_layout_size (model->params) * sizeof *halves,
                         SQLITE_STATIC);
  else
    bind_block (statement, 7, model->params, snapshot->params);
  bind_block (statement, 8, model->state, snapshot->state);
  sqlite3_bind_int (statement, 9, snapshot->phase);
  done = carry_out (self, statement, error);
  sqlite3_finalize (statement);
  return done;
}

static void
bind_bytes (sqlite3_stmt *statement, int column, GBytes *bytes)
{
  gsize size;
  gconstpointer data = g_bytes_get_data (bytes, &size);

  sqlite3_bind_blob64 (statement, column, data, size, SQLITE_STATIC);
}

static gboolean
write_resume (LtRunFile *self, const LtResumePoint *resume, GError **error)
{
  const LtSnapshot *snapshot = resume->snapshot;
  sqlite3_stmt *statement = lt_run_file_prepare (
      self, "INSERT OR REPLACE INTO resume VALUES (1,?,?,?,?,?,?,?,?,?,?)", error);
  g_autofree char *settings = format_settings (snapshot);
  gboolean done;

  if (statement == NULL)
    return FALSE;
  sqlite3_bind_int (statement, 1, snapshot->epoch);
  sqlite3_bind_int64 (statement, 2, snapshot->step);
  sqlite3_bind_double (statement, 3, snapshot->progress);
  sqlite3_bind_text (statement, 4, settings, -1, SQLITE_STATIC);
  sqlite3_bind_blob (statement, 5, &snapshot->terms, sizeof snapshot->terms,
                     SQLITE_STATIC);
  bind_block (statement, 6, snapshot->model->params, snapshot->params);
  bind_block (statement, 7, snapshot->model->state, snapshot->state);
  bind_bytes (statement, 8, resume->optimiser);
  bind_bytes (statement, 9, resume->trainer);
  sqlite3_bind_int (statement, 10, snapshot->phase);
  done = carry_out (self, statement, error);
  sqlite3_finalize (statement);
  return done;
}

/* ---- The transaction --------------------------------------------------------------------- */

/* Somebody may have deleted or replaced the file; SQLite would go on writing to what has no
 * name any more. */
static gboolean
check_still_there (LtRunFile *self, GError **error)
{
  struct stat status;

  if (stat (self->path, &status) == 0 && status.st_ino == self->inode &&
      status.st_dev == self->device)
    return TRUE;
  g_set_error (error, LT_ERROR, LT_ERROR_FILE,
               "“%s” cannot be written: it was deleted, moved or replaced by another "
               "file; put it back, or start the run anew.",
               self->shown);
  return FALSE;
}

static gboolean
write_all (LtRunFile *self,
           const LtSnapshot *snapshot,
           const LtResumePoint *resume,
           guint counts[3],
           GError **error)
{
  gint64 until = snapshot != NULL ? snapshot->step : G_MAXINT64;

  return lt_run_file_run (self, "BEGIN IMMEDIATE", error) &&
         write_rows (self, until, &counts[0], error) &&
         write_epochs (self, until, &counts[1], error) &&
         write_events (self, until, &counts[2], error) &&
         (snapshot == NULL || write_parameters (self, snapshot, error)) &&
         (resume == NULL || write_resume (self, resume, error)) &&
         lt_run_file_run (self, "COMMIT", error);
}

gboolean
lt_run_file_write_epoch (LtRunFile *self,
                         LtLog *log,
                         const LtSnapshot *snapshot,
                         const LtResumePoint *resume,
                         GError **error)
{
  guint counts[3] = { self->n_rows, self->n_epochs, self->n_events };

  g_return_val_if_fail (self->lock >= 0, FALSE);
  if (!check_still_there (self, error))
    return FALSE;
  lt_log_read (log, self->rows, self->epochs, self->events);
  if (!write_all (self, snapshot, resume, counts, error)) {
    if (!sqlite3_get_autocommit (self->db))
      sqlite3_exec (self->db, "ROLLBACK", NULL, NULL, NULL);
    return FALSE;
  }
  self->n_rows = counts[0];
  self->n_epochs = counts[1];
  self->n_events = counts[2];
  return TRUE;
}

gboolean
lt_run_file_rewind (LtRunFile *self,
                    const LtResumePoint *resume,
                    const guint n_entries[3],
                    GError **error)
{
  g_autofree char *sql = g_strdup_printf ("BEGIN IMMEDIATE;"
                                          "DELETE FROM metrics WHERE id >= %u;"
                                          "DELETE FROM epochs WHERE id >= %u;"
                                          "DELETE FROM events WHERE id >= %u;"
                                          "DELETE FROM parameters WHERE epoch > %d;"
                                          "COMMIT",
                                          n_entries[0], n_entries[1], n_entries[2],
                                          resume->snapshot->epoch);

  g_return_val_if_fail (self->lock >= 0, FALSE);
  if (lt_run_file_run (self, sql, error)) {
    self->n_rows = n_entries[0];
    self->n_epochs = n_entries[1];
    self->n_events = n_entries[2];
    g_array_set_size (self->rows, 0);
    g_array_set_size (self->epochs, 0);
    g_array_set_size (self->events, 0);
    return TRUE;
  }
  if (!sqlite3_get_autocommit (self->db))
    sqlite3_exec (self->db, "ROLLBACK", NULL, NULL, NULL);
  return FALSE;
}

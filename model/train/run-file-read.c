/* Reading epochs, logs and resume points from a run file. */
#include "train/run-file-private.h"

#include "core/error.h"
#include "core/kernels.h"

#include <math.h>
#include <string.h>

/* FALSE when the last step ended in anything else than the end of the rows. */
static gboolean
finish (LtRunFile *self, sqlite3_stmt *statement, GError **error)
{
  gboolean good = sqlite3_errcode (self->db) == SQLITE_DONE;

  if (!good)
    lt_run_file_fail (self, "read", error);
  sqlite3_finalize (statement);
  return good;
}

/* ---- The log ---------------------------------------------------------------------------- */

static double
number (sqlite3_stmt *statement, int column)
{
  if (sqlite3_column_type (statement, column) == SQLITE_NULL)
    return (double) NAN;
  return sqlite3_column_double (statement, column);
}

static gboolean
read_rows (LtRunFile *self, LtLog *log, GError **error)
{
  sqlite3_stmt *statement =
      lt_run_file_prepare (self, "SELECT * FROM metrics ORDER BY id", error);

  if (statement == NULL)
    return FALSE;
  while (sqlite3_step (statement) == SQLITE_ROW) {
    LtLogRow row = { .step = sqlite3_column_int64 (statement, 1),
                     .progress = number (statement, 2),
                     .objective = number (statement, 3),
                     .learning_rate = number (statement, 4),
                     .gradient_norm = number (statement, 5) };

    for (int i = 0; i < LT_MAX_TERMS; i++)
      row.terms[i] = number (statement, 6 + i);
    lt_log_add_row (log, &row);
  }
  return finish (self, statement, error);
}

static gboolean
read_epochs (LtRunFile *self, LtLog *log, GError **error)
{
  sqlite3_stmt *statement =
      lt_run_file_prepare (self, "SELECT * FROM epochs ORDER BY id", error);

  if (statement == NULL)
    return FALSE;
  while (sqlite3_step (statement) == SQLITE_ROW) {
    LtLogEpoch epoch = { .epoch = sqlite3_column_int (statement, 1),
                         .step = sqlite3_column_int64 (statement, 2),
                         .seconds = number (statement, 3),
                         .objective = number (statement, 4),
                         .train_squared_error = number (statement, 5),
                         .valid_squared_error = number (statement, 6),
                         .train_cross_entropy = number (statement, 7),
                         .valid_cross_entropy = number (statement, 8),
                         .learning_rate = number (statement, 9),
                         .train_error = (double) NAN,
                         .valid_error = (double) NAN };

    if (self->version >= 2) {
      epoch.train_error = number (statement, 10);
      epoch.valid_error = number (statement, 11);
    }
    lt_log_add_epoch (log, &epoch);
  }
  return finish (self, statement, error);
}

static void
copy_text (sqlite3_stmt *statement, int column, char *text, gsize size)
{
  const char *found = (const char *) sqlite3_column_text (statement, column);

  g_strlcpy (text, found != NULL ? found : "", size);
}

static gboolean
read_events (LtRunFile *self, LtLog *log, GError **error)
{
  sqlite3_stmt *statement =
      lt_run_file_prepare (self, "SELECT * FROM events ORDER BY id", error);

  if (statement == NULL)
    return FALSE;
  while (sqlite3_step (statement) == SQLITE_ROW) {
    LtLogEvent event = { .step = sqlite3_column_int64 (statement, 1),
                         .progress = number (statement, 2) };

    copy_text (statement, 3, event.key, sizeof event.key);
    copy_text (statement, 4, event.before, sizeof event.before);
    copy_text (statement, 5, event.after, sizeof event.after);
    lt_log_add_event (log, &event);
  }
  return finish (self, statement, error);
}

/* In one read transaction, so that the three belong together also while another process
 * writes. */
gboolean
lt_run_file_read_log (LtRunFile *self, LtLog *log, GError **error)
{
  gboolean good;

  if (sqlite3_exec (self->db, "BEGIN", NULL, NULL, NULL) != SQLITE_OK)
    return lt_run_file_fail (self, "read", error);
  good = read_rows (self, log, error) && read_epochs (self, log, error) &&
         read_events (self, log, error);
  sqlite3_exec (self->db, "COMMIT", NULL, NULL, NULL);
  return good;
}

/* ---- Snapshots --------------------------------------------------------------------------- */

static gboolean
fail_damaged (LtRunFile *self, const char *what, GError **error)
{
  g_set_error (error, LT_ERROR, LT_ERROR_FORMAT,
               "“%s” is damaged: %s; go back to a copy of it.", self->shown, what);
  return FALSE;
}

/* Reads "key=value" lines over the settings that the model was built with. */
static gboolean
parse_settings (LtModel *model, const char *text, gpointer settings)
{
  g_auto (GStrv) lines = g_strsplit (text, "\n", -1);

  memcpy (settings, model->settings, model->kind->knobs.settings_size);
  for (int i = 0; lines[i] != NULL; i++) {
    char *value = strchr (lines[i], '=');
    g_autofree char *plain = NULL;
    const LtKnob *knob;

    if (value == NULL)
      continue;
    *value++ = '\0';
    plain = g_strcompress (value);
    knob = lt_knobs_find (&model->kind->knobs, lines[i]);
    if (knob == NULL || !lt_knob_parse (knob, plain, settings, NULL))
      return FALSE;
  }
  return TRUE;
}

/* The blob in `column` as a block: exactly `layout`'s size, of floats or halves. NULL when
 * it is not. */
static float *
column_block (sqlite3_stmt *statement, int column, const LtLayout *layout, int bits)
{
  gconstpointer blob = sqlite3_column_blob (statement, column);
  gsize n = lt_layout_size (layout);
  float *block;

  if (blob == NULL ||
      (gsize) sqlite3_column_bytes (statement, column) != n * (gsize) (bits / 8))
    return NULL;
  block = lt_block_new (layout);
  if (bits == 16)
    lt_from_half (blob, n, block);
  else
    memcpy (block, blob, n * sizeof *block);
  return block;
}

/* Where the columns of a snapshot stand in the two tables that have some. */
typedef struct {
  int epoch, step, progress, settings, terms, bits, params, state, phase;
} Columns;

static const Columns epoch_columns = { 0, 1, 2, 3, 4, 5, 6, 7, 8 };
static const Columns resume_columns = { 1, 2, 3, 4, 5, -1, 6, 7, 10 };

/* The column of that name, as this file has it. */
static const char *
phase_column (const LtRunFile *self)
{
  return self->version >= 2 ? "phase" : "0";
}

static LtSnapshot *
column_snapshot (LtRunFile *self,
                 sqlite3_stmt *statement,
                 const Columns *columns,
                 GPtrArray *models,
                 GError **error)
{
  int phase = sqlite3_column_int (statement, columns->phase);
  gboolean known = phase >= 0 && phase < (int) models->len;
  LtModel *model = models->pdata[known ? phase : 0];
  g_autofree gpointer settings = g_malloc0 (model->kind->knobs.settings_size);
  const char *text = (const char *) sqlite3_column_text (statement, columns->settings);
  gconstpointer terms = sqlite3_column_blob (statement, columns->terms);
  int bits = columns->bits >= 0 ? sqlite3_column_int (statement, columns->bits) : 32;
  float *params = NULL, *state = NULL;
  LtSnapshot *snapshot = NULL;

  if (bits == 16 || bits == 32)
    params = column_block (statement, columns->params, model->params, bits);
  if (model->state != NULL)
    state = column_block (statement, columns->state, model->state, 32);
  if (!known || params == NULL || (state == NULL) != (model->state == NULL)) {
    g_set_error (
        error, LT_ERROR, LT_ERROR_FORMAT,
        "“%s” holds parameters of another size than its model has with these "
        "data; give it the data that it was trained on, or, if these are they, "
        "go back to a copy of it, because it is damaged.",
        self->shown);
  } else if (text == NULL || !parse_settings (model, text, settings)) {
    fail_damaged (self, "the settings of an epoch cannot be read", error);
  } else {
    snapshot = lt_snapshot_new (model, params, state, NULL, settings);
    snapshot->phase = phase;
    snapshot->epoch = sqlite3_column_int (statement, columns->epoch);
    snapshot->step = sqlite3_column_int64 (statement, columns->step);
    snapshot->progress = sqlite3_column_double (statement, columns->progress);
    snapshot->seed = self->experiment->seed;
    snapshot->exact = bits == 32;
    if (sqlite3_column_bytes (statement, columns->terms) == sizeof snapshot->terms)
      memcpy (&snapshot->terms, terms, sizeof snapshot->terms);
  }
  if (params != NULL)
    lt_block_free (params);
  if (state != NULL)
    lt_block_free (state);
  return snapshot;
}

int
lt_run_file_last_epoch (LtRunFile *self)
{
  sqlite3_stmt *statement =
      lt_run_file_prepare (self, "SELECT max (epoch) FROM parameters", NULL);
  int epoch = -1;

  if (statement != NULL && sqlite3_step (statement) == SQLITE_ROW &&
      sqlite3_column_type (statement, 0) != SQLITE_NULL)
    epoch = sqlite3_column_int (statement, 0);
  sqlite3_finalize (statement);
  return epoch;
}

static void
refuse_epoch (LtRunFile *self, int epoch, GError **error)
{
  int last = lt_run_file_last_epoch (self);

  if (last < 0)
    g_set_error (error, LT_ERROR, LT_ERROR_VALUE, "“%s” holds no epoch yet.",
                 self->shown);
  else if (epoch >= 0 && epoch < last)
    g_set_error (error, LT_ERROR, LT_ERROR_VALUE,
                 "“%s” does not hold epoch %d, because it could not be written at that "
                 "time; the last one that it holds is epoch %d.",
                 self->shown, epoch, last);
  else
    g_set_error (error, LT_ERROR, LT_ERROR_VALUE,
                 "“%s” has no epoch %d; it holds epochs 0 to %d.", self->shown, epoch,
                 last);
}

LtSnapshot *
lt_run_file_load_epoch (LtRunFile *self, GPtrArray *models, int epoch, GError **error)
{
  g_autofree char *sql =
      g_strdup_printf ("SELECT epoch, step, progress, settings, terms, bits, params,"
                       " state, %s FROM parameters WHERE epoch = ?1",
                       phase_column (self));
  sqlite3_stmt *statement = lt_run_file_prepare (self, sql, error);
  LtSnapshot *snapshot = NULL;
  int result;

  if (statement == NULL)
    return NULL;
  sqlite3_bind_int (statement, 1, epoch);
  result = sqlite3_step (statement);
  if (result == SQLITE_ROW)
    snapshot = column_snapshot (self, statement, &epoch_columns, models, error);
  else if (result == SQLITE_DONE)
    refuse_epoch (self, epoch, error);
  else
    lt_run_file_fail (self, "read", error);
  sqlite3_finalize (statement);
  return snapshot;
}

static GBytes *
column_bytes (sqlite3_stmt *statement, int column)
{
  gconstpointer blob = sqlite3_column_blob (statement, column);

  return g_bytes_new (blob, (gsize) sqlite3_column_bytes (statement, column));
}

gboolean
lt_run_file_load_resume (LtRunFile *self,
                         GPtrArray *models,
                         LtResumePoint *point,
                         GError **error)
{
  g_autofree char *sql =
      g_strdup_printf ("SELECT id, epoch, step, progress, settings, terms, params,"
                       " state, optimiser, trainer, %s FROM resume WHERE id = 1",
                       phase_column (self));
  sqlite3_stmt *statement = lt_run_file_prepare (self, sql, error);
  int result;

  memset (point, 0, sizeof *point);
  if (statement == NULL)
    return FALSE;
  result = sqlite3_step (statement);
  if (result == SQLITE_ROW) {
    point->snapshot = column_snapshot (self, statement, &resume_columns, models, error);
    if (point->snapshot != NULL) {
      point->optimiser = column_bytes (statement, 8);
      point->trainer = column_bytes (statement, 9);
    }
  } else if (result == SQLITE_DONE) {
    g_set_error (
        error, LT_ERROR, LT_ERROR_VALUE,
        "“%s” has no point to resume from: it ended before its first epoch was "
        "written; start it anew.",
        self->shown);
  } else {
    lt_run_file_fail (self, "read", error);
  }
  sqlite3_finalize (statement);
  return point->snapshot != NULL;
}

GBytes *
lt_run_file_load_trainer (LtRunFile *self)
{
  sqlite3_stmt *statement =
      lt_run_file_prepare (self, "SELECT trainer FROM resume WHERE id = 1", NULL);
  GBytes *bytes = NULL;

  if (statement != NULL && sqlite3_step (statement) == SQLITE_ROW)
    bytes = column_bytes (statement, 0);
  sqlite3_finalize (statement);
  return bytes;
}

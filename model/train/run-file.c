/* Opening, creating and copying run files. The schema is below; all floats in blobs are
 * float32 or half precision, little-endian. */
#include "train/run-file-private.h"

#include "core/error.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* Parameters of an epoch are read far more often than they are written, and in whole:
 * large pages keep their chains short. */
static const char schema[] =
    "PRAGMA page_size = 16384;"
    "PRAGMA application_id = " G_STRINGIFY (
        LT_RUN_APPLICATION) ";"
                            "PRAGMA user_version = " G_STRINGIFY (
                                LT_RUN_VERSION) ";"
                                                "BEGIN;"
                                                "CREATE TABLE experiment (id INTEGER "
                                                "PRIMARY KEY, json TEXT NOT NULL);"
                                                "CREATE TABLE metrics (id INTEGER "
                                                "PRIMARY KEY, step INTEGER, progress "
                                                "REAL,"
                                                "  objective REAL, learning_rate REAL, "
                                                "gradient_norm REAL, term_1 REAL, "
                                                "term_2 REAL,"
                                                "  term_3 REAL, term_4 REAL, term_5 "
                                                "REAL, term_6 REAL, term_7 REAL, "
                                                "term_8 REAL);"
                                                "CREATE TABLE epochs (id INTEGER "
                                                "PRIMARY KEY, epoch INTEGER, step "
                                                "INTEGER,"
                                                "  seconds REAL, objective REAL, "
                                                "train_squared_error REAL, "
                                                "valid_squared_error REAL,"
                                                "  train_cross_entropy REAL, "
                                                "valid_cross_entropy REAL, "
                                                "learning_rate REAL,"
                                                "  train_error REAL, valid_error REAL);"
                                                "CREATE TABLE events (id INTEGER "
                                                "PRIMARY KEY, step INTEGER, progress "
                                                "REAL, key TEXT,"
                                                "  before TEXT, after TEXT);"
                                                "CREATE TABLE parameters (epoch "
                                                "INTEGER PRIMARY KEY, step INTEGER, "
                                                "progress REAL,"
                                                "  settings TEXT, terms BLOB, bits "
                                                "INTEGER, params BLOB, state BLOB,"
                                                "  phase INTEGER);"
                                                "CREATE TABLE resume (id INTEGER "
                                                "PRIMARY KEY, epoch INTEGER, step "
                                                "INTEGER,"
                                                "  progress REAL, settings TEXT, terms "
                                                "BLOB, params BLOB, state BLOB,"
                                                "  optimiser BLOB, trainer BLOB,"
                                                "  phase INTEGER);";

G_STATIC_ASSERT (LT_MAX_TERMS == 8);

/* ---- SQLite ----------------------------------------------------------------------------- */

static const char *
explain (LtRunFile *self)
{
  switch (sqlite3_errcode (self->db)) {
  case SQLITE_FULL:
    return "the disk is full; free some space";
  case SQLITE_READONLY:
  case SQLITE_PERM:
  case SQLITE_AUTH:
    return "it is read-only; choose another place for it";
  case SQLITE_BUSY:
  case SQLITE_LOCKED:
    return "another process holds it; try again when that one has ended";
  case SQLITE_CORRUPT:
  case SQLITE_NOTADB:
    return "it is damaged; go back to a copy of it";
  case SQLITE_TOOBIG:
    return "the model is larger than a run file can hold (1 GB)";
  case SQLITE_NOMEM:
    return "there is not enough memory";
  case SQLITE_IOERR:
  case SQLITE_CANTOPEN:
    if (sqlite3_system_errno (self->db) == ENOSPC ||
        sqlite3_system_errno (self->db) == EDQUOT)
      return "the disk is full; free some space";
    if (sqlite3_system_errno (self->db) != 0)
      return g_strerror (sqlite3_system_errno (self->db));
    return sqlite3_errmsg (self->db);
  default:
    return sqlite3_errmsg (self->db);
  }
}

gboolean
lt_run_file_fail (LtRunFile *self, const char *doing, GError **error)
{
  g_set_error (error, LT_ERROR, LT_ERROR_FILE, "“%s” cannot be %s: %s.", self->shown,
               doing, explain (self));
  return FALSE;
}

sqlite3_stmt *
lt_run_file_prepare (LtRunFile *self, const char *sql, GError **error)
{
  sqlite3_stmt *statement = NULL;

  if (sqlite3_prepare_v2 (self->db, sql, -1, &statement, NULL) != SQLITE_OK)
    lt_run_file_fail (self, "read", error);
  return statement;
}

gboolean
lt_run_file_run (LtRunFile *self, const char *sql, GError **error)
{
  if (sqlite3_exec (self->db, sql, NULL, NULL, NULL) != SQLITE_OK)
    return lt_run_file_fail (self, "written", error);
  return TRUE;
}

/* ---- Life ------------------------------------------------------------------------------- */

static LtRunFile *
handle_new (const char *path)
{
  LtRunFile *self = g_new0 (LtRunFile, 1);

  self->path = g_canonicalize_filename (path, NULL);
  self->shown = g_filename_display_name (path);
  self->lock = -1;
  self->rows = g_array_new (FALSE, FALSE, sizeof (LtLogRow));
  self->epochs = g_array_new (FALSE, FALSE, sizeof (LtLogEpoch));
  self->events = g_array_new (FALSE, FALSE, sizeof (LtLogEvent));
  return self;
}

void
lt_run_file_close (LtRunFile *self)
{
  sqlite3_close (self->db);
  lt_run_lock_release (self->path, self->lock);
  g_clear_pointer (&self->experiment, lt_experiment_free);
  g_array_unref (self->rows);
  g_array_unref (self->epochs);
  g_array_unref (self->events);
  g_free (self->path);
  g_free (self->shown);
  g_free (self);
}

const char *
lt_run_file_path (const LtRunFile *self)
{
  return self->path;
}

const LtExperiment *
lt_run_file_experiment (const LtRunFile *self)
{
  return self->experiment;
}

void
lt_resume_point_clear (LtResumePoint *self)
{
  g_clear_pointer (&self->snapshot, lt_snapshot_unref);
  g_clear_pointer (&self->optimiser, g_bytes_unref);
  g_clear_pointer (&self->trainer, g_bytes_unref);
}

/* ---- Opening ---------------------------------------------------------------------------- */

static gboolean
read_experiment (LtRunFile *self, GError **error)
{
  sqlite3_stmt *statement =
      lt_run_file_prepare (self, "SELECT json FROM experiment WHERE id = 1", error);
  gboolean found;

  if (statement == NULL)
    return FALSE;
  found = sqlite3_step (statement) == SQLITE_ROW;
  if (found) {
    const char *json = (const char *) sqlite3_column_text (statement, 0);

    self->experiment =
        lt_experiment_from_json (json != NULL ? json : "", -1, self->shown, error);
  } else if (sqlite3_errcode (self->db) == SQLITE_DONE) {
    g_set_error (error, LT_ERROR, LT_ERROR_FORMAT,
                 "“%s” holds no experiment, so it is not a whole run.", self->shown);
  } else {
    lt_run_file_fail (self, "read", error);
  }
  sqlite3_finalize (statement);
  return self->experiment != NULL;
}

/* A number from the database's header; −1 when it cannot be read. */
static gint64
read_pragma (LtRunFile *self, const char *pragma)
{
  sqlite3_stmt *statement = lt_run_file_prepare (self, pragma, NULL);
  gint64 value = -1;

  if (statement != NULL && sqlite3_step (statement) == SQLITE_ROW)
    value = sqlite3_column_int64 (statement, 0);
  sqlite3_finalize (statement);
  return value;
}

/* Through SQLite and not by reading the first bytes: closing a file of our own would end the
 * locks that SQLite holds on it for the whole process. */
static gboolean
check_header (LtRunFile *self, GError **error)
{
  gint64 application = read_pragma (self, "PRAGMA application_id");
  gint64 version = read_pragma (self, "PRAGMA user_version");

  self->version = version;
  if (application == LT_RUN_APPLICATION && version <= LT_RUN_VERSION)
    return TRUE;
  if (application == LT_RUN_APPLICATION)
    g_set_error (error, LT_ERROR, LT_ERROR_FORMAT,
                 "“%s” was written by a newer version of Lantern (its format is "
                 "%" G_GINT64_FORMAT ", this one knows %d); open it with that version.",
                 self->shown, version, LT_RUN_VERSION);
  else if (application >= 0 || sqlite3_errcode (self->db) == SQLITE_NOTADB)
    g_set_error (
        error, LT_ERROR, LT_ERROR_FORMAT,
        "“%s” is not a Lantern run; runs are files that “lantern train --out” or "
        "the window have written.",
        self->shown);
  else
    lt_run_file_fail (self, "opened", error);
  return FALSE;
}

/* What SQLite would not tell: no such file, a folder, no permission. */
static gboolean
check_file (LtRunFile *self, GError **error)
{
  struct stat status;
  int reason = 0;

  if (stat (self->path, &status) != 0)
    reason = errno;
  else if (S_ISDIR (status.st_mode))
    reason = EISDIR;
  else if (access (self->path, R_OK) != 0)
    reason = errno;
  if (reason == 0)
    return TRUE;
  g_set_error (error, LT_ERROR, LT_ERROR_FILE, "“%s” cannot be opened: %s.",
               self->shown, g_strerror (reason));
  return FALSE;
}

static gboolean
connect (LtRunFile *self, const char *name, int flags)
{
  sqlite3_close (g_steal_pointer (&self->db));
  if (sqlite3_open_v2 (name, &self->db, flags | SQLITE_OPEN_NOMUTEX, NULL) != SQLITE_OK)
    return FALSE;
  sqlite3_busy_timeout (self->db, 5000);
  return TRUE;
}

/* A run on a read-only disk, whose journal cannot be opened there: nobody writes it either,
 * so SQLite need not look for one. */
static gboolean
connect_immutable (LtRunFile *self)
{
  g_autofree char *uri = g_filename_to_uri (self->path, NULL, NULL);
  g_autofree char *immutable = g_strconcat (uri, "?immutable=1", NULL);
  g_autofree char *journal = g_strconcat (self->path, "-wal", NULL);
  struct stat status;

  if (stat (journal, &status) == 0 && status.st_size > 0)
    return FALSE;
  return connect (self, immutable, SQLITE_OPEN_READONLY | SQLITE_OPEN_URI);
}

/* Writable for SQLite's sake alone, where the disk allows it: a read-only connection cannot
 * clear away the journal's files when it is the last to close. Readers only
 * ever ask. */
static gboolean
open_reader (LtRunFile *self, GError **error)
{
  if (!check_file (self, error))
    return FALSE;
  if (!connect (self, self->path, SQLITE_OPEN_READWRITE))
    return lt_run_file_fail (self, "opened", error);
  if (read_pragma (self, "PRAGMA application_id") < 0 &&
      (sqlite3_errcode (self->db) == SQLITE_CANTOPEN ||
       sqlite3_errcode (self->db) == SQLITE_READONLY))
    connect_immutable (self);
  return check_header (self, error);
}

/* Runs of the first version know neither phases nor classification errors. */
static gboolean
upgrade (LtRunFile *self, GError **error)
{
  if (self->version >= LT_RUN_VERSION)
    return TRUE;
  if (!lt_run_file_run (self,
                        "BEGIN IMMEDIATE;"
                        "ALTER TABLE epochs ADD COLUMN train_error REAL;"
                        "ALTER TABLE epochs ADD COLUMN valid_error REAL;"
                        "ALTER TABLE parameters ADD COLUMN phase INTEGER;"
                        "ALTER TABLE resume ADD COLUMN phase INTEGER;"
                        "PRAGMA user_version = 2;"
                        "COMMIT",
                        error)) {
    if (!sqlite3_get_autocommit (self->db))
      sqlite3_exec (self->db, "ROLLBACK", NULL, NULL, NULL);
    return FALSE;
  }
  self->version = LT_RUN_VERSION;
  return TRUE;
}

static gboolean
open_writer (LtRunFile *self, GError **error)
{
  struct stat status;

  if (!check_file (self, error))
    return FALSE;
  if (!connect (self, self->path, SQLITE_OPEN_READWRITE))
    return lt_run_file_fail (self, "opened", error);
  if (!check_header (self, error) ||
      !lt_run_file_run (self,
                        "PRAGMA journal_mode = WAL;"
                        "PRAGMA synchronous = NORMAL;"
                        "PRAGMA journal_size_limit = 67108864;",
                        error) ||
      !upgrade (self, error))
    return FALSE;
  if (stat (self->path, &status) == 0) {
    self->device = status.st_dev;
    self->inode = status.st_ino;
  }
  return TRUE;
}

LtRunFile *
lt_run_file_open (const char *path, gboolean writable, GError **error)
{
  g_autoptr (LtRunFile) self = handle_new (path);

  if (!check_file (self, error))
    return NULL;
  if (writable) {
    self->lock = lt_run_lock_take (self->path, error);
    if (self->lock < 0)
      return NULL;
  }
  if (!(writable ? open_writer (self, error) : open_reader (self, error)) ||
      !read_experiment (self, error))
    return NULL;
  return g_steal_pointer (&self);
}

/* Whether a new run may take that name: nothing is there, or nothing in it, or a run. */
static gboolean
check_replaceable (const char *path, GError **error)
{
  g_autoptr (LtRunFile) there = handle_new (path);
  struct stat status;

  if (stat (path, &status) != 0)
    return errno == ENOENT || check_file (there, error);
  return (S_ISREG (status.st_mode) && status.st_size == 0) ||
         open_reader (there, error);
}

/* ---- Creating --------------------------------------------------------------------------- */

/* A database with the schema and the experiment, and nothing else. */
static gboolean
write_new (LtRunFile *self, const char *whole, GError **error)
{
  g_autofree char *json = lt_experiment_to_json (self->experiment);
  sqlite3_stmt *statement = NULL;
  gboolean done;

  lt_run_remove (whole);
  if (sqlite3_open_v2 (whole, &self->db,
                       SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX,
                       NULL) != SQLITE_OK)
    return lt_run_file_fail (self, "created", error);
  if (!lt_run_file_run (self, schema, error))
    return FALSE;
  statement =
      lt_run_file_prepare (self, "INSERT INTO experiment VALUES (1, ?1)", error);
  if (statement == NULL)
    return FALSE;
  sqlite3_bind_text (statement, 1, json, -1, SQLITE_STATIC);
  done = sqlite3_step (statement) == SQLITE_DONE;
  if (!done)
    lt_run_file_fail (self, "created", error);
  sqlite3_finalize (statement);
  return done && lt_run_file_run (self, "COMMIT", error);
}

LtRunFile *
lt_run_file_create (const char *path, const LtExperiment *experiment, GError **error)
{
  g_autoptr (LtRunFile) self = handle_new (path);
  g_autofree char *whole = g_strconcat (self->path, "-new", NULL);
  gboolean written;

  self->lock = lt_run_lock_take (self->path, error);
  if (self->lock < 0 || !check_replaceable (self->path, error))
    return NULL;
  self->experiment = lt_experiment_dup (experiment);
  written = write_new (self, whole, error);
  sqlite3_close (g_steal_pointer (&self->db));
  if (!written) {
    lt_run_remove (whole);
    return NULL;
  }
  if (!lt_run_replace (whole, self->path, error) || !open_writer (self, error))
    return NULL;
  return g_steal_pointer (&self);
}

/* ---- Copying ---------------------------------------------------------------------------- */

static gboolean
is_same_file (const char *a, const char *b)
{
  struct stat left, right;

  return stat (a, &left) == 0 && stat (b, &right) == 0 && left.st_ino == right.st_ino &&
         left.st_dev == right.st_dev;
}

/* VACUUM INTO reads one consistent state, and writes a database without a journal. */
static gboolean
write_copy (LtRunFile *self, const char *whole, GError **error)
{
  sqlite3_stmt *statement = lt_run_file_prepare (self, "VACUUM INTO ?1", error);
  gboolean done;

  if (statement == NULL)
    return FALSE;
  lt_run_remove (whole);
  sqlite3_bind_text (statement, 1, whole, -1, SQLITE_STATIC);
  done = sqlite3_step (statement) == SQLITE_DONE;
  if (!done)
    lt_run_file_fail (self, "copied", error);
  sqlite3_finalize (statement);
  return done;
}

gboolean
lt_run_file_copy (LtRunFile *self, const char *path, GError **error)
{
  g_autofree char *target = g_canonicalize_filename (path, NULL);
  g_autofree char *whole = g_strconcat (target, "-new", NULL);
  gboolean done;
  int lock;

  if (is_same_file (self->path, target)) {
    g_set_error (error, LT_ERROR, LT_ERROR_FILE,
                 "“%s” is this run's own file; choose another name for the copy.",
                 self->shown);
    return FALSE;
  }
  lock = lt_run_lock_take (target, error);
  if (lock < 0)
    return FALSE;
  done = check_replaceable (target, error) && write_copy (self, whole, error);
  if (done)
    done = lt_run_replace (whole, target, error);
  else
    lt_run_remove (whole);
  lt_run_lock_release (target, lock);
  return done;
}

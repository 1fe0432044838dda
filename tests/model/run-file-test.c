/* Run files: what goes in comes out, whole or not at all; what is no run is refused. */
#include "core/error.h"
#include "core/kernels.h"
#include "nets/dense.h"
#include "support/toy-kind.h"
#include "train/run-file.h"

#include <glib/gstdio.h>
#include <math.h>
#include <sqlite3.h>
#include <string.h>

const LtModelKind *const lt_model_kinds[] = { &lt_toy_kind, &lt_dense_autoencoder,
                                              NULL };

static char *folder;

static char *
path_of (const char *name)
{
  return g_build_filename (folder, name, NULL);
}

static LtExperiment *
experiment_new (void)
{
  LtExperiment *experiment = lt_experiment_new ();

  g_assert_true (lt_experiment_set (experiment, "toy-noise=0.5", NULL));
  return experiment;
}

/* The models of an experiment without phases. */
static GPtrArray *
alone (LtModel *model)
{
  GPtrArray *models = g_ptr_array_new_with_free_func ((GDestroyNotify) lt_model_unref);

  g_ptr_array_add (models, lt_model_ref (model));
  return models;
}

static LtSnapshot *
load_epoch (LtRunFile *file, LtModel *model, int epoch, GError **error)
{
  g_autoptr (GPtrArray) models = alone (model);

  return lt_run_file_load_epoch (file, models, epoch, error);
}

static gboolean
load_resume (LtRunFile *file, LtModel *model, LtResumePoint *point, GError **error)
{
  g_autoptr (GPtrArray) models = alone (model);

  return lt_run_file_load_resume (file, models, point, error);
}

static LtModel *
toy_model_new (void)
{
  g_autoptr (LtExperiment) experiment = experiment_new ();
  LtShape shape;
  LtModel *model;

  lt_shape_init (&shape, "features", LT_UNIT, 1, 6, 1);
  model = lt_model_new (experiment->kind, experiment->settings, &shape, NULL);
  g_assert_nonnull (model);
  return model;
}

/* More than LT_EXACT_BYTES of parameters. */
static LtModel *
large_model_new (void)
{
  g_autofree gpointer settings = g_malloc0 (lt_dense_autoencoder.knobs.settings_size);
  LtShape shape;
  LtModel *model;

  lt_model_kind_init_settings (&lt_dense_autoencoder, settings);
  g_assert_true (lt_knob_parse (lt_knobs_find (&lt_dense_autoencoder.knobs, "hidden"),
                                "1000", settings, NULL));
  lt_shape_init (&shape, "pixels", LT_UNIT, 1, 784, 1);
  model = lt_model_new (&lt_dense_autoencoder, settings, &shape, NULL);
  g_assert_nonnull (model);
  g_assert_cmpuint (lt_layout_size (model->params) * sizeof (float), >, LT_EXACT_BYTES);
  return model;
}

/* With parameters that tell model, epoch and place. */
static LtSnapshot *
snapshot_new (LtModel *model, int epoch)
{
  float *params = lt_block_new (model->params);
  float *state = model->state != NULL ? lt_block_new (model->state) : NULL;
  LtSnapshot *snapshot;

  for (gsize i = 0; i < lt_layout_size (model->params); i++)
    params[i] = sinf ((float) i + (float) epoch) / 3;
  if (state != NULL)
    state[3] = (float) epoch / 7;
  snapshot = lt_snapshot_new (model, params, state, NULL, model->settings);
  snapshot->epoch = epoch;
  snapshot->step = epoch * 10;
  snapshot->progress = epoch;
  snapshot->terms.value[0] = 0.1 * epoch;
  snapshot->seed = 1;
  lt_block_free (params);
  if (state != NULL)
    lt_block_free (state);
  return snapshot;
}

static void
add_entries (LtLog *log, int epoch)
{
  LtLogRow row = { .step = epoch * 10,
                   .progress = epoch,
                   .objective = 1.0 / 3 + epoch,
                   .terms = { 0.25, 7 },
                   .learning_rate = 0.1,
                   .gradient_norm = 2 };
  LtLogEpoch end = { .epoch = epoch,
                     .step = epoch * 10,
                     .seconds = 1.5 * epoch,
                     .objective = 3,
                     .train_squared_error = 0.7,
                     .valid_squared_error = (double) NAN,
                     .train_cross_entropy = 0.2,
                     .valid_cross_entropy = (double) NAN,
                     .learning_rate = 0.05 };
  LtLogEvent event = {
    .step = epoch * 10, .progress = epoch, .key = "noise", .before = "0.1", .after = "β"
  };

  lt_log_add_row (log, &row);
  lt_log_add_epoch (log, &end);
  lt_log_add_event (log, &event);
}

static void
write_epoch (LtRunFile *file, LtLog *log, LtModel *model, int epoch)
{
  g_autoptr (LtSnapshot) snapshot = snapshot_new (model, epoch);
  g_autoptr (GError) error = NULL;
  LtResumePoint resume = { .snapshot = lt_snapshot_ref (snapshot),
                           .optimiser = g_bytes_new ("opt", 3),
                           .trainer = g_bytes_new (&epoch, sizeof epoch) };

  add_entries (log, epoch);
  lt_run_file_write_epoch (file, log, snapshot, &resume, &error);
  g_assert_no_error (error);
  lt_resume_point_clear (&resume);
}

/* A closed run of epochs 0 to n − 1 of the toy. */
static void
write_run (const char *path, int n)
{
  g_autoptr (LtExperiment) experiment = experiment_new ();
  g_autoptr (LtModel) model = toy_model_new ();
  g_autoptr (LtLog) log = lt_log_new ();
  g_autoptr (GError) error = NULL;
  g_autoptr (LtRunFile) file = lt_run_file_create (path, experiment, &error);

  g_assert_no_error (error);
  for (int i = 0; i < n; i++)
    write_epoch (file, log, model, i);
}

static LtRunFile *
open_run (const char *path)
{
  g_autoptr (GError) error = NULL;
  LtRunFile *file = lt_run_file_open (path, FALSE, &error);

  g_assert_no_error (error);
  return file;
}

static void
assert_epoch (LtRunFile *file, LtModel *model, int epoch)
{
  g_autoptr (LtSnapshot) expected = snapshot_new (model, epoch);
  g_autoptr (GError) error = NULL;
  g_autoptr (LtSnapshot) got = load_epoch (file, model, epoch, &error);
  gsize n = lt_layout_size (model->params) * sizeof (float);

  g_assert_no_error (error);
  g_assert_cmpmem (got->params, n, expected->params, n);
  n = lt_layout_size (model->state) * sizeof (float);
  g_assert_cmpmem (got->state, n, expected->state, n);
  g_assert_cmpmem (got->settings, model->kind->knobs.settings_size, expected->settings,
                   model->kind->knobs.settings_size);
  g_assert_cmpint (got->epoch, ==, epoch);
  g_assert_cmpint (got->step, ==, epoch * 10);
  g_assert_cmpfloat (got->terms.value[0], ==, 0.1 * epoch);
  g_assert_true (got->exact);
}

/* ---- Round trips --------------------------------------------------------------------------- */

static void
test_round_trip (void)
{
  g_autofree char *path = path_of ("round.lantern");
  g_autoptr (LtModel) model = toy_model_new ();
  g_autoptr (LtRunFile) file = NULL;
  g_autoptr (LtExperiment) experiment = experiment_new ();
  g_autofree char *left = lt_experiment_to_json (experiment), *right = NULL;
  g_autoptr (GError) error = NULL;
  LtResumePoint resume;
  int epoch;

  write_run (path, 4);
  file = open_run (path);
  right = lt_experiment_to_json (lt_run_file_experiment (file));
  g_assert_cmpstr (left, ==, right);
  g_assert_cmpint (lt_run_file_last_epoch (file), ==, 3);
  for (int i = 0; i < 4; i++)
    assert_epoch (file, model, i);
  g_assert_true (load_resume (file, model, &resume, &error));
  g_assert_cmpint (resume.snapshot->epoch, ==, 3);
  g_assert_cmpmem (g_bytes_get_data (resume.optimiser, NULL), 3, "opt", 3);
  memcpy (&epoch, g_bytes_get_data (resume.trainer, NULL), sizeof epoch);
  g_assert_cmpint (epoch, ==, 3);
  lt_resume_point_clear (&resume);
  g_assert_null (load_epoch (file, model, 4, &error));
  g_assert_error (error, LT_ERROR, LT_ERROR_VALUE);
  g_assert_nonnull (strstr (error->message, "epochs 0 to 3"));
}

static void
test_log (void)
{
  g_autofree char *path = path_of ("log.lantern");
  g_autoptr (LtRunFile) file = NULL;
  g_autoptr (LtLog) expected = lt_log_new (), log = lt_log_new ();
  g_autoptr (GArray) rows = g_array_new (FALSE, FALSE, sizeof (LtLogRow));
  g_autoptr (GArray) expected_rows = g_array_new (FALSE, FALSE, sizeof (LtLogRow));
  g_autoptr (GArray) epochs = g_array_new (FALSE, TRUE, sizeof (LtLogEpoch));
  g_autoptr (GArray) events = g_array_new (FALSE, TRUE, sizeof (LtLogEvent));

  write_run (path, 3);
  for (int i = 0; i < 3; i++)
    add_entries (expected, i);
  file = open_run (path);
  g_assert_true (lt_run_file_read_log (file, log, NULL));
  lt_log_read (log, rows, epochs, events);
  lt_log_read (expected, expected_rows, NULL, NULL);
  g_assert_cmpuint (rows->len, ==, 3);
  g_assert_cmpmem (rows->data, 3 * sizeof (LtLogRow), expected_rows->data,
                   3 * sizeof (LtLogRow));
  g_assert_cmpuint (epochs->len, ==, 3);
  g_assert_cmpfloat (g_array_index (epochs, LtLogEpoch, 2).seconds, ==, 3);
  g_assert_cmpfloat (g_array_index (epochs, LtLogEpoch, 2).train_squared_error, ==,
                     0.7);
  g_assert_true (isnan (g_array_index (epochs, LtLogEpoch, 2).valid_cross_entropy));
  g_assert_cmpuint (events->len, ==, 3);
  g_assert_cmpstr (g_array_index (events, LtLogEvent, 1).key, ==, "noise");
  g_assert_cmpstr (g_array_index (events, LtLogEvent, 1).after, ==, "β");
}

/* Entries that are newer than the snapshot wait for its epoch; without a snapshot all go. */
static void
test_log_order (void)
{
  g_autofree char *path = path_of ("order.lantern");
  g_autoptr (LtExperiment) experiment = experiment_new ();
  g_autoptr (LtModel) model = toy_model_new ();
  g_autoptr (LtLog) log = lt_log_new (), early = lt_log_new (), late = lt_log_new ();
  g_autoptr (GArray) epochs = g_array_new (FALSE, FALSE, sizeof (LtLogEpoch));
  g_autoptr (LtSnapshot) snapshot = snapshot_new (model, 1);
  g_autoptr (LtRunFile) file = lt_run_file_create (path, experiment, NULL);
  g_autoptr (LtRunFile) reader = open_run (path);

  for (int i = 0; i < 3; i++)
    add_entries (log, i);
  g_assert_true (lt_run_file_write_epoch (file, log, snapshot, NULL, NULL));
  g_assert_true (lt_run_file_read_log (reader, early, NULL));
  lt_log_read (early, NULL, epochs, NULL);
  g_assert_cmpuint (epochs->len, ==, 2);
  g_assert_true (lt_run_file_write_epoch (file, log, NULL, NULL, NULL));
  g_assert_true (lt_run_file_read_log (reader, late, NULL));
  g_array_set_size (epochs, 0);
  lt_log_read (late, NULL, epochs, NULL);
  g_assert_cmpuint (epochs->len, ==, 3);
}

/* Large models are kept in half precision, but resumed exactly; and exactly where halves could
 * not hold them. */
static void
test_half (void)
{
  g_autofree char *path = path_of ("half.lantern");
  g_autoptr (LtExperiment) experiment = experiment_new ();
  g_autoptr (LtModel) model = large_model_new ();
  g_autoptr (LtLog) log = lt_log_new ();
  g_autoptr (LtRunFile) file = lt_run_file_create (path, experiment, NULL);
  g_autoptr (LtSnapshot) half = NULL, exact = NULL;
  g_autoptr (LtSnapshot) wide = snapshot_new (model, 1);
  g_autoptr (LtSnapshot) expected = snapshot_new (model, 0);
  gsize n = lt_layout_size (model->params);
  double largest = 0;
  LtResumePoint resume;

  write_epoch (file, log, model, 0);
  half = load_epoch (file, model, 0, NULL);
  g_assert_false (half->exact);
  for (gsize i = 0; i < n; i++)
    largest = MAX (largest, fabs ((double) (half->params[i] - expected->params[i])));
  g_assert_cmpfloat (largest, >, 0);
  g_assert_cmpfloat (largest, <, 1.0 / 3 / 2048); /* 11 bits of a number below 1/3 */
  g_assert_true (load_resume (file, model, &resume, NULL));
  g_assert_true (resume.snapshot->exact);
  g_assert_cmpmem (resume.snapshot->params, n * sizeof (float), expected->params,
                   n * sizeof (float));
  lt_resume_point_clear (&resume);
  wide->params[5] = 1e6f;
  g_assert_true (lt_run_file_write_epoch (file, log, wide, NULL, NULL));
  exact = load_epoch (file, model, 1, NULL);
  g_assert_true (exact->exact);
  g_assert_cmpmem (exact->params, n * sizeof (float), wide->params, n * sizeof (float));
}

/* What a run that goes on will write anew is forgotten. */
static void
test_rewind (void)
{
  g_autofree char *path = path_of ("rewind.lantern");
  g_autoptr (LtModel) model = toy_model_new ();
  g_autoptr (LtSnapshot) snapshot = snapshot_new (model, 1);
  g_autoptr (LtRunFile) file = NULL;
  g_autoptr (LtLog) log = lt_log_new ();
  g_autoptr (GArray) rows = g_array_new (FALSE, FALSE, sizeof (LtLogRow));
  g_autoptr (GArray) events = g_array_new (FALSE, FALSE, sizeof (LtLogEvent));
  const LtResumePoint resume = { .snapshot = snapshot };
  const guint n_entries[3] = { 2, 2, 1 };
  g_autoptr (GError) error = NULL;

  write_run (path, 4);
  file = lt_run_file_open (path, TRUE, &error);
  g_assert_no_error (error);
  g_assert_true (lt_run_file_rewind (file, &resume, n_entries, NULL));
  g_assert_true (lt_run_file_read_log (file, log, NULL));
  lt_log_read (log, rows, NULL, events);
  g_assert_cmpuint (rows->len, ==, 2);
  g_assert_cmpuint (events->len, ==, 1);
  g_assert_cmpint (lt_run_file_last_epoch (file), ==, 1);
  write_epoch (file, log, model, 2);
  g_assert_cmpint (lt_run_file_last_epoch (file), ==, 2);
}

/* ---- What is no run -------------------------------------------------------------------------- */

static void
execute (const char *path, const char *sql)
{
  sqlite3 *db;

  g_assert_cmpint (sqlite3_open (path, &db), ==, SQLITE_OK);
  g_assert_cmpint (sqlite3_exec (db, sql, NULL, NULL, NULL), ==, SQLITE_OK);
  sqlite3_close (db);
}

static void
assert_refused (const char *path, LtErrorCode code, const char *part)
{
  for (int writable = 0; writable < 2; writable++) {
    g_autoptr (GError) error = NULL;

    g_assert_null (lt_run_file_open (path, writable, &error));
    g_test_message ("%s", error->message);
    g_assert_error (error, LT_ERROR, (int) code);
    g_assert_nonnull (strstr (error->message, path));
    g_assert_nonnull (strstr (error->message, part));
  }
}

static void
test_refused (void)
{
  g_autofree char *text = path_of ("text.lantern");
  g_autofree char *empty = path_of ("empty.lantern");
  g_autofree char *other = path_of ("other.lantern");
  g_autofree char *newer = path_of ("newer.lantern");
  g_autofree char *absent = path_of ("absent.lantern");
  g_autofree char *hollow = path_of ("hollow.lantern");
  g_autofree char *strange = path_of ("strange.lantern");

  g_assert_true (g_file_set_contents (text, "# notes\n", -1, NULL));
  assert_refused (text, LT_ERROR_FORMAT, "not a Lantern run");
  g_assert_true (g_file_set_contents (empty, "", 0, NULL));
  assert_refused (empty, LT_ERROR_FORMAT, "not a Lantern run");
  execute (other, "CREATE TABLE t (x)");
  assert_refused (other, LT_ERROR_FORMAT, "not a Lantern run");
  write_run (newer, 1);
  execute (newer, "PRAGMA user_version = 3");
  assert_refused (newer, LT_ERROR_FORMAT, "newer version");
  assert_refused (absent, LT_ERROR_FILE, "No such file");
  assert_refused (folder, LT_ERROR_FILE, "Is a directory");
  write_run (hollow, 1);
  execute (hollow, "DELETE FROM experiment");
  assert_refused (hollow, LT_ERROR_FORMAT, "no experiment");
  write_run (strange, 1);
  execute (strange, "UPDATE experiment SET json = '{ \"format\": 1, \"x\": 2 }'");
  assert_refused (strange, LT_ERROR_UNKNOWN, "“x”");
}

/* Adds epoch 3 to a run of epochs 0 to 2. */
static void
go_on (LtRunFile *file, LtLog *log, LtModel *model)
{
  LtResumePoint resume;

  g_assert_true (load_resume (file, model, &resume, NULL));
  g_assert_true (lt_run_file_rewind (file, &resume, (guint[]){ 3, 3, 3 }, NULL));
  lt_resume_point_clear (&resume);
  write_epoch (file, log, model, 3);
  assert_epoch (file, model, 3);
}

/* A run of the first version, which knew neither phases nor classification errors: it is read
 * as it is, and brought up to date when it is gone on with. */
static void
test_first_version (void)
{
  g_autofree char *path = path_of ("first.lantern");
  g_autoptr (LtModel) model = toy_model_new ();

  write_run (path, 3);
  execute (path, "ALTER TABLE epochs DROP COLUMN train_error;"
                 "ALTER TABLE epochs DROP COLUMN valid_error;"
                 "ALTER TABLE parameters DROP COLUMN phase;"
                 "ALTER TABLE resume DROP COLUMN phase;"
                 "PRAGMA user_version = 1");
  for (int writable = 0; writable < 2; writable++) {
    g_autoptr (LtRunFile) file = NULL;
    g_autoptr (LtLog) log = lt_log_new ();
    g_autoptr (GArray) epochs = g_array_new (FALSE, FALSE, sizeof (LtLogEpoch));
    g_autoptr (GError) error = NULL;

    file = lt_run_file_open (path, writable, &error);
    g_assert_no_error (error);
    assert_epoch (file, model, 2);
    g_assert_true (lt_run_file_read_log (file, log, &error));
    g_assert_no_error (error);
    lt_log_read (log, NULL, epochs, NULL);
    g_assert_cmpuint (epochs->len, ==, 3);
    g_assert_true (isnan (g_array_index (epochs, LtLogEpoch, 1).valid_error));
    if (writable)
      go_on (file, log, model);
  }
}

/* Epochs with bytes missing, or pages overwritten, are sentences; the others can be read. */
static void
test_damaged (void)
{
  g_autofree char *path = path_of ("damaged.lantern");
  g_autofree char *content = NULL;
  g_autoptr (LtModel) model = toy_model_new ();
  g_autoptr (LtRunFile) file = NULL;
  g_autoptr (GError) error = NULL, torn = NULL;
  gsize length;

  write_run (path, 3);
  execute (path,
           "UPDATE parameters SET params = substr (params, 1, 7) WHERE epoch = 1");
  execute (path, "UPDATE parameters SET settings = 'toy-noise=x' WHERE epoch = 2");
  file = open_run (path);
  assert_epoch (file, model, 0);
  for (int epoch = 1; epoch < 3; epoch++) {
    g_autoptr (GError) damage = NULL;

    g_assert_null (load_epoch (file, model, epoch, &damage));
    g_assert_error (damage, LT_ERROR, LT_ERROR_FORMAT);
    g_assert_nonnull (strstr (damage->message, "damaged"));
  }
  g_clear_pointer (&file, lt_run_file_close);
  /* All but the first page lost. */
  g_assert_true (g_file_get_contents (path, &content, &length, NULL));
  memset (content + 16384, 0xa5, length - 16384);
  g_assert_true (g_file_set_contents (path, content, (gssize) length, NULL));
  g_assert_null (lt_run_file_open (path, FALSE, &torn));
  g_assert_error (torn, LT_ERROR, LT_ERROR_FILE);
  g_assert_nonnull (strstr (torn->message, "damaged"));
}

/* ---- Replacing, locking, copying ----------------------------------------------------------------- */

static void
test_replace (void)
{
  g_autofree char *path = path_of ("replace.lantern");
  g_autofree char *text = path_of ("keep.txt");
  g_autofree char *content = NULL;
  g_autoptr (LtExperiment) experiment = experiment_new ();
  g_autoptr (LtRunFile) file = NULL;
  g_autoptr (GError) error = NULL;

  write_run (path, 3);
  write_run (path, 1);
  file = open_run (path);
  g_assert_cmpint (lt_run_file_last_epoch (file), ==, 0);
  g_assert_true (g_file_set_contents (text, "mine", -1, NULL));
  g_assert_null (lt_run_file_create (text, experiment, &error));
  g_assert_error (error, LT_ERROR, LT_ERROR_FORMAT);
  g_assert_true (g_file_get_contents (text, &content, NULL, NULL));
  g_assert_cmpstr (content, ==, "mine");
}

/* Not twice at a time; and nothing is left beside a closed run. */
static void
test_lock (void)
{
  g_autofree char *path = path_of ("lock.lantern");
  g_autoptr (LtExperiment) experiment = experiment_new ();
  g_autoptr (LtModel) model = toy_model_new ();
  g_autoptr (LtLog) log = lt_log_new ();
  g_autoptr (LtRunFile) again = NULL;
  g_autoptr (GError) second = NULL, replaced = NULL;
  static const char *const endings[] = { "-lock", "-wal", "-shm", "-new" };
  LtRunFile *file = lt_run_file_create (path, experiment, NULL);

  write_epoch (file, log, model, 0);
  g_assert_null (lt_run_file_open (path, TRUE, &second));
  g_assert_error (second, LT_ERROR, LT_ERROR_FILE);
  g_assert_nonnull (strstr (second->message, "is being written"));
  g_assert_null (lt_run_file_create (path, experiment, &replaced));
  g_assert_error (replaced, LT_ERROR, LT_ERROR_FILE);
  lt_run_file_close (open_run (path));
  lt_run_file_close (file);
  for (guint i = 0; i < G_N_ELEMENTS (endings); i++) {
    g_autofree char *beside = g_strconcat (path, endings[i], NULL);

    g_assert_false (g_file_test (beside, G_FILE_TEST_EXISTS));
  }
  again = lt_run_file_open (path, TRUE, NULL);
  g_assert_nonnull (again);
}

/* A copy made while the run is being written holds what was there, and the run goes on. */
static void
test_copy (void)
{
  g_autofree char *path = path_of ("copied.lantern");
  g_autofree char *target = path_of ("copy.lantern");
  g_autofree char *nowhere = path_of ("no/such/copy.lantern");
  g_autoptr (LtExperiment) experiment = experiment_new ();
  g_autoptr (LtModel) model = toy_model_new ();
  g_autoptr (LtLog) log = lt_log_new ();
  g_autoptr (LtRunFile) file = lt_run_file_create (path, experiment, NULL);
  g_autoptr (LtRunFile) reader = open_run (path), copy = NULL;
  g_autoptr (GError) error = NULL, itself = NULL, place = NULL;

  write_epoch (file, log, model, 0);
  write_epoch (file, log, model, 1);
  g_assert_true (lt_run_file_copy (reader, target, &error));
  g_assert_no_error (error);
  write_epoch (file, log, model, 2);
  copy = open_run (target);
  g_assert_cmpint (lt_run_file_last_epoch (copy), ==, 1);
  assert_epoch (copy, model, 1);
  assert_epoch (reader, model, 2);
  g_assert_false (lt_run_file_copy (reader, path, &itself));
  g_assert_error (itself, LT_ERROR, LT_ERROR_FILE);
  g_assert_false (lt_run_file_copy (reader, nowhere, &place));
  g_assert_error (place, LT_ERROR, LT_ERROR_FILE);
}

/* When an epoch cannot be written, nothing of it is in the file; later it can be. A trigger
 * stands for whatever may fail in the middle of the transaction. */
static void
test_transaction (void)
{
  g_autofree char *path = path_of ("transaction.lantern");
  g_autoptr (LtExperiment) experiment = experiment_new ();
  g_autoptr (LtModel) model = toy_model_new ();
  g_autoptr (LtLog) log = lt_log_new (), read = lt_log_new (), whole = lt_log_new ();
  g_autoptr (LtRunFile) file = lt_run_file_create (path, experiment, NULL);
  g_autoptr (LtRunFile) reader = open_run (path);
  g_autoptr (LtSnapshot) snapshot = snapshot_new (model, 1);
  g_autoptr (GArray) rows = g_array_new (FALSE, FALSE, sizeof (LtLogRow));
  g_autoptr (GError) error = NULL;

  write_epoch (file, log, model, 0);
  execute (path, "CREATE TRIGGER t BEFORE INSERT ON parameters"
                 " BEGIN SELECT raise (ABORT, 'no'); END");
  add_entries (log, 1);
  g_assert_false (lt_run_file_write_epoch (file, log, snapshot, NULL, &error));
  g_assert_error (error, LT_ERROR, LT_ERROR_FILE);
  g_assert_cmpint (lt_run_file_last_epoch (reader), ==, 0);
  g_assert_true (lt_run_file_read_log (reader, read, NULL));
  lt_log_read (read, rows, NULL, NULL);
  g_assert_cmpuint (rows->len, ==, 1);
  execute (path, "DROP TRIGGER t");
  g_assert_true (lt_run_file_write_epoch (file, log, snapshot, NULL, NULL));
  g_assert_cmpint (lt_run_file_last_epoch (reader), ==, 1);
  g_assert_true (lt_run_file_read_log (reader, whole, NULL));
  g_array_set_size (rows, 0);
  lt_log_read (whole, rows, NULL, NULL);
  g_assert_cmpuint (rows->len, ==, 2);
}

static void
remove_folder (void)
{
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  const char *name;

  while ((name = g_dir_read_name (dir)) != NULL) {
    g_autofree char *path = path_of (name);

    g_unlink (path);
  }
  g_rmdir (folder);
  g_free (folder);
}

/* A finished run is one file, also after it has been read; reading changes no byte of it. */
static void
test_one_file (void)
{
  g_autoptr (LtModel) model = toy_model_new ();
  g_autoptr (LtSnapshot) snapshot = snapshot_new (model, 0);
  g_autoptr (LtExperiment) experiment = experiment_new ();
  g_autoptr (LtLog) log = lt_log_new ();
  g_autofree char *path = path_of ("one.lantern"), *before = NULL, *after = NULL;
  gsize n_before, n_after;
  LtRunFile *file = lt_run_file_create (path, experiment, NULL);

  g_assert_true (lt_run_file_write_epoch (file, log, snapshot, NULL, NULL));
  lt_run_file_close (file);
  g_assert_true (g_file_get_contents (path, &before, &n_before, NULL));
  file = lt_run_file_open (path, FALSE, NULL);
  g_assert_cmpint (lt_run_file_last_epoch (file), ==, 0);
  lt_run_file_close (file);
  g_assert_true (g_file_get_contents (path, &after, &n_after, NULL));
  g_assert_cmpmem (before, n_before, after, n_after);
  for (int i = 0; i < 2; i++) {
    g_autofree char *left = g_strconcat (path, i == 0 ? "-wal" : "-shm", NULL);

    g_assert_false (g_file_test (left, G_FILE_TEST_EXISTS));
  }
}

int
main (int argc, char **argv)
{
  int result;

  g_test_init (&argc, &argv, NULL);
  folder = g_dir_make_tmp ("lantern-runs-XXXXXX", NULL);
  g_assert_nonnull (folder);
  g_test_add_func ("/run-file/round-trip", test_round_trip);
  g_test_add_func ("/run-file/log", test_log);
  g_test_add_func ("/run-file/log-order", test_log_order);
  g_test_add_func ("/run-file/half", test_half);
  g_test_add_func ("/run-file/rewind", test_rewind);
  g_test_add_func ("/run-file/refused", test_refused);
  g_test_add_func ("/run-file/first-version", test_first_version);
  g_test_add_func ("/run-file/damaged", test_damaged);
  g_test_add_func ("/run-file/replace", test_replace);
  g_test_add_func ("/run-file/lock", test_lock);
  g_test_add_func ("/run-file/copy", test_copy);
  g_test_add_func ("/run-file/one-file", test_one_file);
  g_test_add_func ("/run-file/transaction", test_transaction);
  result = g_test_run ();
  remove_folder ();
  return result;
}

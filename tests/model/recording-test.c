/* Recorded runs: history, resume to the same bytes, kill -9, trouble with the disk. */
#include "core/error.h"
#include "nets/dense.h"
#include "support/toy-kind.h"
#include "support/training.h"

#include <glib/gstdio.h>
#include <signal.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>

/* The toy among the real families, in place of the program's table. */
const LtModelKind *const lt_model_kinds[] = { &lt_toy_kind, &lt_dense_autoencoder,
                                              NULL };

#define USUAL "model=toy;optimiser=adam;learning-rate=0.01;batch-size=20"

static char *folder;

static char *
path_of (const char *name)
{
  return g_build_filename (folder, name, NULL);
}

/* ---- Recording ---------------------------------------------------------------------------------- */

/* Each epoch is in the file as it was in memory; a run without a file has its newest. */
static void
test_recorded (void)
{
  g_autofree char *path = path_of ("recorded.lantern");
  g_autoptr (LtTrainer) trainer = lt_test_start (USUAL ";epochs=4", path);
  g_autoptr (LtTrainer) unrecorded = lt_test_start (USUAL ";epochs=4", NULL);
  g_autoptr (GError) error = NULL, absent = NULL;
  LtSnapshot *memory[5];

  for (int i = 0; i < 5; i++) {
    if (i > 0)
      lt_test_advance (trainer, LT_STEP_EPOCH);
    memory[i] = lt_test_epoch (trainer, i);
  }
  for (int i = 0; i < 5; i++) {
    g_autoptr (LtSnapshot) snapshot = lt_test_epoch (trainer, i);

    lt_test_assert_same_bytes (memory[i], snapshot);
    g_assert_cmpuint (snapshot->run, ==, lt_trainer_run (trainer));
    lt_snapshot_unref (memory[i]);
  }
  g_assert_true (lt_test_status (trainer).recording);
  g_assert_null (lt_trainer_load_epoch (trainer, 5, &absent));
  g_assert_error (absent, LT_ERROR, LT_ERROR_VALUE);
  lt_test_advance (unrecorded, LT_STEP_EPOCH);
  g_assert_false (lt_test_status (unrecorded).recording);
  g_assert_null (lt_trainer_load_epoch (unrecorded, 0, &error));
  g_assert_error (error, LT_ERROR, LT_ERROR_UNSUPPORTED);
}

/* A run that diverges with an epoch's last step has recorded the parameters that led there:
 * its last good ones take their place, in the file too, and it goes on from them. */
static void
test_diverged (void)
{
  g_autofree char *path = path_of ("diverged.lantern");
  g_autoptr (GError) error = NULL;
  g_autoptr (LtSnapshot) shown = NULL, recorded = NULL;
  LtTrainer *trainer = lt_test_start ("model=toy;optimiser=sgd;batch-size=1000;"
                                      "learning-rate=100;epochs=20",
                                      path);
  gsize size;
  int epoch;

  lt_test_advance (trainer, LT_RUN);
  g_assert_cmpint (lt_test_status (trainer).state, ==, LT_TRAINER_DIVERGED);
  epoch = lt_test_status (trainer).epoch;
  g_assert_cmpint (epoch, >, 0);
  shown = lt_trainer_take_snapshot (trainer);
  g_assert_cmpfloat (shown->progress, <, epoch);
  lt_trainer_free (trainer);
  trainer = lt_test_resume (path, &error);
  g_assert_no_error (error);
  recorded = lt_test_epoch (trainer, epoch);
  g_assert_cmpfloat (recorded->progress, ==, epoch);
  size = lt_layout_size (shown->model->params) * sizeof (float);
  g_assert_cmpmem (shown->params, size, recorded->params, size);
  g_assert_true (lt_trainer_set_knob (trainer, "learning-rate", "0.01", NULL));
  lt_test_advance (trainer, LT_RUN);
  g_assert_cmpint (lt_test_status (trainer).state, ==, LT_TRAINER_FINISHED);
  lt_trainer_free (trainer);
}

/* Closing and resuming gives the bytes of an uninterrupted run, with every optimiser, with
 * turned knobs, schedule and patience. */
static void
test_resume (void)
{
  static const char *const settings[] = {
    USUAL,
    "model=toy;optimiser=nesterov;batch-size=50;learning-rate=0.02",
    "model=toy;optimiser=rmsprop;schedule=plateau;schedule-epochs=1;patience=30",
    "model=toy;optimiser=sgd;schedule=cosine;learning-rate=0.1",
  };

  for (guint i = 0; i < G_N_ELEMENTS (settings); i++) {
    g_autofree char *whole = g_strconcat (settings[i], ";epochs=6", NULL);
    g_autofree char *path = path_of ("resume.lantern");
    g_autoptr (LtSnapshot) expected = lt_test_run_undisturbed (settings[i], 6);
    g_autoptr (LtSnapshot) got = NULL;
    g_autoptr (GError) error = NULL;
    LtTrainer *trainer = lt_test_start (whole, path);

    for (int k = 0; k < 3; k++)
      lt_test_advance (trainer, LT_STEP_EPOCH);
    lt_test_advance (trainer, LT_STEP_BATCH); /* lost, and done again */
    lt_trainer_free (trainer);
    trainer = lt_test_resume (path, &error);
    g_assert_no_error (error);
    lt_test_advance (trainer, LT_STEP_EPOCH);
    g_assert_cmpint (lt_test_status (trainer).epoch, ==, 4);
    lt_trainer_free (trainer);
    trainer = lt_test_resume (path, &error);
    g_assert_no_error (error);
    lt_test_advance (trainer, LT_RUN);
    g_assert_cmpint (lt_test_status (trainer).state, ==, LT_TRAINER_FINISHED);
    got = lt_test_epoch (trainer, 6);
    lt_test_assert_same_bytes (expected, got);
    lt_trainer_free (trainer);
  }
}

/* Knobs that were turned before the resume point are still turned after it, and the log
 * goes on where it was. */
static void
test_resume_turned (void)
{
  g_autofree char *path = path_of ("turned.lantern");
  LtTrainer *trainer = lt_test_start (USUAL ";epochs=4", path);
  g_autoptr (GArray) rows = g_array_new (FALSE, FALSE, sizeof (LtLogRow));
  g_autoptr (GArray) epochs = g_array_new (FALSE, FALSE, sizeof (LtLogEpoch));
  g_autoptr (GArray) events = g_array_new (FALSE, FALSE, sizeof (LtLogEvent));
  g_autoptr (LtExperiment) turned = NULL;
  g_autoptr (GError) error = NULL;

  lt_test_advance (trainer, LT_STEP_EPOCH);
  g_assert_true (lt_trainer_set_knob (trainer, "learning-rate", "0.003", NULL));
  lt_test_advance (trainer, LT_STEP_EPOCH);
  g_assert_true (lt_trainer_set_knob (trainer, "learning-rate", "0.007", NULL));
  lt_test_advance (trainer, LT_STEP_BATCH);
  lt_trainer_free (trainer);
  trainer = lt_test_resume (path, &error);
  g_assert_no_error (error);
  turned = lt_trainer_dup_experiment (trainer);
  g_assert_cmpfloat (turned->training.learning_rate, ==, 0.003);
  lt_test_advance (trainer, LT_RUN);
  lt_log_read (lt_trainer_log (trainer), rows, epochs, events);
  g_assert_cmpuint (epochs->len, ==, 5);
  for (guint i = 0; i < epochs->len; i++)
    g_assert_cmpint (g_array_index (epochs, LtLogEpoch, i).epoch, ==, i);
  for (guint i = 1; i < rows->len; i++)
    g_assert_cmpint (g_array_index (rows, LtLogRow, i).step, >,
                     g_array_index (rows, LtLogRow, i - 1).step);
  g_assert_cmpuint (events->len, ==, 2);
  g_assert_cmpstr (g_array_index (events, LtLogEvent, 0).key, ==, "learning-rate");
  g_assert_cmpstr (g_array_index (events, LtLogEvent, 1).key, ==, "resumed");
  lt_trainer_free (trainer);
}

/* L-BFGS, on a dense autoencoder with noise that stays the same. */
static void
test_resume_lbfgs (void)
{
  static const char settings[] =
      "model=autoencoder;hidden=4 2;loss=squared-error;output-activation=linear;"
      "noise=gaussian;noise-level=0.1;optimiser=lbfgs;lbfgs-memory=3";
  g_autofree char *path = path_of ("lbfgs.lantern");
  g_autofree char *whole = g_strconcat (settings, ";epochs=8", NULL);
  g_autoptr (LtSnapshot) expected = lt_test_run_undisturbed (settings, 8);
  g_autoptr (LtSnapshot) got = NULL;
  g_autoptr (GArray) epochs = g_array_new (FALSE, FALSE, sizeof (LtLogEpoch));
  g_autoptr (GError) error = NULL;
  LtTrainer *trainer = lt_test_start (whole, path);
  gsize size;

  for (int k = 0; k < 5; k++)
    lt_test_advance (trainer, LT_STEP_BATCH);
  g_assert_cmpint (lt_test_status (trainer).epoch, ==, 5);
  lt_trainer_free (trainer);
  trainer = lt_test_resume (path, &error);
  g_assert_no_error (error);
  lt_test_advance (trainer, LT_RUN);
  got = lt_test_epoch (trainer, 8);
  size = lt_layout_size (got->model->params) * sizeof (float);
  g_assert_cmpmem (got->params, size, expected->params, size);
  /* The objective never rises: it is the same function all the time. */
  lt_log_read (lt_trainer_log (trainer), NULL, epochs, NULL);
  for (guint i = 2; i < epochs->len; i++)
    g_assert_cmpfloat (g_array_index (epochs, LtLogEpoch, i).objective, <=,
                       g_array_index (epochs, LtLogEpoch, i - 1).objective *
                           (1 + 1e-6));
  lt_trainer_free (trainer);
}

static void
test_resume_refused (void)
{
  g_autofree char *path = path_of ("refused.lantern");
  g_autofree char *text = path_of ("notes.txt");
  g_autoptr (LtDataset) other = lt_toy_dataset_new (LT_TEST_ROWS - 1, 0.2);
  LtTrainerOptions options = { .dataset = other, .n_threads = 1, .resume = path };
  LtTrainer *trainer = lt_test_start (USUAL, path);
  g_autoptr (GError) busy = NULL, foreign = NULL, absent = NULL, data = NULL;

  /* Being written. */
  g_assert_null (lt_test_resume (path, &busy));
  g_assert_error (busy, LT_ERROR, LT_ERROR_FILE);
  g_assert_nonnull (strstr (busy->message, "being written"));
  lt_test_advance (trainer, LT_STEP_EPOCH);
  lt_trainer_free (trainer);
  /* Other data. */
  g_assert_null (lt_trainer_new (&options, &data));
  g_assert_error (data, LT_ERROR, LT_ERROR_UNSUPPORTED);
  /* No run. */
  g_assert_true (g_file_set_contents (text, "hello", -1, NULL));
  g_assert_null (lt_test_resume (text, &foreign));
  g_assert_error (foreign, LT_ERROR, LT_ERROR_FORMAT);
  g_assert_null (lt_test_resume ("/no/such/run.lantern", &absent));
  g_assert_error (absent, LT_ERROR, LT_ERROR_FILE);
}

/* ---- kill -9 --------------------------------------------------------------------------------- */

/* What the child does: train until it is killed. */
static int
train_for_ever (const char *path)
{
  LtTrainer *trainer = lt_test_start (USUAL ";batch-size=2;epochs=100000", path);

  lt_trainer_advance (trainer, LT_RUN);
  lt_trainer_wait (trainer);
  return 1;
}

static int
last_epoch_in (const char *path)
{
  g_autoptr (LtRunFile) file = lt_run_file_open (path, FALSE, NULL);

  return file != NULL ? lt_run_file_last_epoch (file) : -1;
}

static void
test_kill (void)
{
  g_autofree char *path = path_of ("killed.lantern");
  g_autofree char *self = g_file_read_link ("/proc/self/exe", NULL);
  char *child_argv[] = { self, (char *) "--train-for-ever", path, NULL };
  g_autoptr (LtSnapshot) expected = NULL, got = NULL;
  g_autoptr (GError) error = NULL;
  LtTrainer *trainer;
  GPid child;
  int last;

  g_assert_true (g_spawn_async (NULL, child_argv, NULL, G_SPAWN_DO_NOT_REAP_CHILD, NULL,
                                NULL, &child, &error));
  while (last_epoch_in (path) < 3)
    g_usleep (1000);
  kill (child, SIGKILL);
  g_assert_cmpint (waitpid (child, NULL, 0), ==, child);
  last = last_epoch_in (path);
  g_assert_cmpint (last, >=, 3);
  trainer = lt_test_resume (path, &error);
  g_assert_no_error (error);
  g_assert_cmpint (lt_test_status (trainer).n_epochs, ==, 100000);
  lt_test_advance (trainer, LT_STEP_EPOCH);
  g_assert_cmpint (lt_test_status (trainer).epoch, ==, last + 1);
  got = lt_test_epoch (trainer, last + 1);
  expected = lt_test_run_undisturbed (USUAL ";batch-size=2", last + 1);
  lt_test_assert_same_bytes (expected, got);
  lt_trainer_free (trainer);
}

/* ---- Disk trouble ---------------------------------------------------------------------------- */

static void
wait_for_recording (LtTrainer *trainer, gboolean recording)
{
  while (lt_test_status (trainer).recording != recording)
    g_usleep (1000);
}

/* Where no file can be made, training goes on and says so. */
static void
test_no_place (void)
{
  g_autofree char *file = path_of ("file.txt");
  g_autofree char *below = g_build_filename (file, "run.lantern", NULL);
  const char *const paths[] = { below, "/proc/run.lantern" };

  g_assert_true (g_file_set_contents (file, "x", 1, NULL));
  for (guint i = 0; i < G_N_ELEMENTS (paths); i++) {
    g_autoptr (LtTrainer) trainer = lt_test_start (USUAL, paths[i]);

    g_assert_false (lt_test_status (trainer).recording);
    lt_test_advance (trainer, LT_STEP_EPOCH);
    g_assert_cmpint (lt_test_status (trainer).epoch, ==, 1);
    g_assert_false (lt_test_status (trainer).recording);
    g_assert_nonnull (strstr (lt_test_status (trainer).message, paths[i]));
    g_assert_nonnull (strstr (lt_test_status (trainer).message, "Training goes on"));
  }
}

/* A file that is no run is left alone. */
static void
test_foreign_file (void)
{
  g_autofree char *path = path_of ("thesis.txt");
  g_autofree char *content = NULL;
  LtTrainer *trainer;

  g_assert_true (g_file_set_contents (path, "years of work", -1, NULL));
  trainer = lt_test_start (USUAL, path);
  lt_test_advance (trainer, LT_STEP_EPOCH);
  g_assert_false (lt_test_status (trainer).recording);
  lt_trainer_free (trainer);
  g_assert_true (g_file_get_contents (path, &content, NULL, NULL));
  g_assert_cmpstr (content, ==, "years of work");
}

/* A file that vanishes is missed; put back, it is written again. */
static void
test_deleted (void)
{
  g_autofree char *path = path_of ("deleted.lantern");
  g_autofree char *away = path_of ("away.lantern");
  g_autoptr (LtTrainer) trainer = lt_test_start (USUAL, path);

  lt_test_advance (trainer, LT_STEP_EPOCH);
  g_assert_true (lt_test_status (trainer).recording);
  while (last_epoch_in (path) < 1)
    g_usleep (1000);
  g_assert_cmpint (g_rename (path, away), ==, 0);
  lt_test_advance (trainer, LT_STEP_EPOCH);
  wait_for_recording (trainer, FALSE);
  g_assert_nonnull (strstr (lt_test_status (trainer).message, "deleted"));
  g_assert_cmpint (g_rename (away, path), ==, 0);
  lt_test_advance (trainer, LT_STEP_EPOCH);
  wait_for_recording (trainer, TRUE);
  g_assert_cmpstr (lt_test_status (trainer).message, ==, "");
}

/* A disk that is full (here: files may not grow) and then is not any more. Log entries of the
 * epochs between are not lost. */
static void
test_full_disk (void)
{
  g_autofree char *path = path_of ("full.lantern");
  g_autoptr (GArray) epochs = g_array_new (FALSE, FALSE, sizeof (LtLogEpoch));
  g_autoptr (LtLog) log = lt_log_new ();
  g_autoptr (LtRunFile) file = NULL;
  g_autoptr (GError) error = NULL;
  struct rlimit usual, tight;
  LtTrainer *trainer = lt_test_start (USUAL, path);

  lt_test_advance (trainer, LT_STEP_EPOCH);
  while (last_epoch_in (path) < 1)
    g_usleep (1000);
  signal (SIGXFSZ, SIG_IGN);
  g_assert_cmpint (getrlimit (RLIMIT_FSIZE, &usual), ==, 0);
  tight = usual;
  tight.rlim_cur = 4096;
  g_assert_cmpint (setrlimit (RLIMIT_FSIZE, &tight), ==, 0);
  lt_test_advance (trainer, LT_STEP_EPOCH);
  wait_for_recording (trainer, FALSE);
  g_assert_cmpint (setrlimit (RLIMIT_FSIZE, &usual), ==, 0);
  g_assert_nonnull (strstr (lt_test_status (trainer).message, "cannot be written"));
  g_assert_cmpint (lt_test_status (trainer).epoch, ==, 2);
  lt_test_advance (trainer, LT_STEP_EPOCH);
  wait_for_recording (trainer, TRUE);
  lt_trainer_free (trainer);
  file = lt_run_file_open (path, FALSE, &error);
  g_assert_no_error (error);
  g_assert_true (lt_run_file_read_log (file, log, &error));
  lt_log_read (log, NULL, epochs, NULL);
  g_assert_cmpuint (epochs->len, ==, 4);
  g_assert_cmpint (lt_run_file_last_epoch (file), ==, 3);
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

int
main (int argc, char **argv)
{
  int result;

  if (argc == 3 && strcmp (argv[1], "--train-for-ever") == 0)
    return train_for_ever (argv[2]);
  g_test_init (&argc, &argv, NULL);
  folder = g_dir_make_tmp ("lantern-recording-XXXXXX", NULL);
  g_assert_nonnull (folder);
  g_test_add_func ("/recording/history", test_recorded);
  g_test_add_func ("/recording/diverged", test_diverged);
  g_test_add_func ("/recording/resume/optimisers", test_resume);
  g_test_add_func ("/recording/resume/turned", test_resume_turned);
  g_test_add_func ("/recording/resume/lbfgs", test_resume_lbfgs);
  g_test_add_func ("/recording/resume/refused", test_resume_refused);
  g_test_add_func ("/recording/resume/killed", test_kill);
  g_test_add_func ("/recording/disk/no-place", test_no_place);
  g_test_add_func ("/recording/disk/foreign", test_foreign_file);
  g_test_add_func ("/recording/disk/deleted", test_deleted);
  g_test_add_func ("/recording/disk/full", test_full_disk);
  result = g_test_run ();
  remove_folder ();
  return result;
}

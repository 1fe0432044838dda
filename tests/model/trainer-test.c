/* The trainer: the same bytes whatever happens meanwhile, resume, knobs, faults. */
#include "core/error.h"
#include "core/kernels.h"
#include "nets/dense.h"
#include "support/toy-kind.h"
#include "train/trainer.h"

#include <glib/gstdio.h>
#include <math.h>
#include <signal.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

/* The toy among the real families, in place of the program's table. */
const LtModelKind *const lt_model_kinds[] = { &lt_toy_kind, &lt_dense_autoencoder,
                                              NULL };

#define N_ROWS 403 /* no multiple of the batch size */

static char *folder;

static LtExperiment *
experiment_new (const char *assignments)
{
  g_auto (GStrv) each = g_strsplit (assignments, ";", -1);
  LtExperiment *experiment = lt_experiment_new ();

  for (int i = 0; each[i] != NULL; i++) {
    g_autoptr (GError) error = NULL;

    lt_experiment_set (experiment, each[i], &error);
    g_assert_no_error (error);
  }
  return experiment;
}

/* Paused at epoch 0; n_threads 2. path may be NULL. */
static LtTrainer *
trainer_new (const char *assignments, const char *path)
{
  g_autoptr (LtExperiment) experiment = experiment_new (assignments);
  g_autoptr (LtDataset) dataset = lt_toy_dataset_new (N_ROWS, 0.2);
  g_autoptr (GError) error = NULL;
  LtTrainerOptions options = {
    .experiment = experiment, .dataset = dataset, .n_threads = 2, .path = path
  };
  LtTrainer *trainer = lt_trainer_new (&options, &error);

  g_assert_no_error (error);
  return trainer;
}

static LtTrainer *
trainer_resume (const char *path, GError **error)
{
  g_autoptr (LtDataset) dataset = lt_toy_dataset_new (N_ROWS, 0.2);
  LtTrainerOptions options = { .dataset = dataset, .n_threads = 2, .resume = path };

  return lt_trainer_new (&options, error);
}

static void
advance (LtTrainer *trainer, LtAdvance how)
{
  lt_trainer_advance (trainer, how);
  lt_trainer_wait (trainer);
}

static LtTrainerStatus
status_of (LtTrainer *trainer)
{
  LtTrainerStatus status;

  lt_trainer_get_status (trainer, &status);
  return status;
}

static char *
path_of (const char *name)
{
  return g_build_filename (folder, name, NULL);
}

static void
assert_same_bytes (const LtSnapshot *a, const LtSnapshot *b)
{
  gsize n_params = lt_layout_size (a->model->params) * sizeof (float);
  gsize n_state = lt_layout_size (a->model->state) * sizeof (float);

  g_assert_cmpint (a->epoch, ==, b->epoch);
  g_assert_cmpint (a->step, ==, b->step);
  g_assert_cmpmem (a->params, n_params, b->params, n_params);
  g_assert_cmpmem (a->state, n_state, b->state, n_state);
}

static LtSnapshot *
epoch_of (LtTrainer *trainer, int epoch)
{
  g_autoptr (GError) error = NULL;
  LtSnapshot *snapshot = lt_trainer_load_epoch (trainer, epoch, &error);

  g_assert_no_error (error);
  return snapshot;
}

/* What an undisturbed run of n epochs comes to. */
static LtSnapshot *
run_undisturbed (const char *assignments, int n)
{
  g_autofree char *all = g_strdup_printf ("%s;epochs=%d", assignments, n);
  g_autoptr (LtTrainer) trainer = trainer_new (all, NULL);

  advance (trainer, LT_RUN);
  g_assert_cmpint (status_of (trainer).state, ==, LT_TRAINER_FINISHED);
  return epoch_of (trainer, n);
}

#define USUAL "model=toy;optimiser=adam;learning-rate=0.01;batch-size=20"

/* ---- The same bytes ---------------------------------------------------------------------- */

/* Snapshots, pauses and single steps change nothing. */
static void
test_watched (void)
{
  g_autoptr (LtSnapshot) expected = run_undisturbed (USUAL, 3);
  g_autoptr (LtTrainer) trainer = trainer_new (USUAL ";epochs=3", NULL);
  g_autoptr (LtSnapshot) got = NULL;
  int n_taken = 0;

  for (int i = 0; i < 20; i++) {
    LtSnapshot *snapshot;

    advance (trainer, LT_STEP_BATCH);
    snapshot = lt_trainer_take_snapshot (trainer);
    g_assert_nonnull (snapshot);
    g_assert_nonnull (snapshot->update);
    g_assert_cmpint (snapshot->step, ==, i + 1);
    lt_snapshot_unref (snapshot);
  }
  lt_trainer_advance (trainer, LT_RUN);
  while (status_of (trainer).state == LT_TRAINER_RUNNING) {
    LtSnapshot *snapshot = lt_trainer_take_snapshot (trainer);

    if (snapshot == NULL)
      continue;
    lt_snapshot_unref (snapshot);
    if (++n_taken % 3 == 0) {
      lt_trainer_pause (trainer);
      lt_trainer_wait (trainer);
      lt_trainer_advance (trainer, n_taken % 2 == 0 ? LT_STEP_BATCH : LT_RUN);
      lt_trainer_wait (trainer);
      lt_trainer_advance (trainer, LT_RUN);
    }
  }
  got = epoch_of (trainer, 3);
  assert_same_bytes (expected, got);
}

/* Two snapshots one step apart differ by the second's update. */
static void
test_update (void)
{
  g_autoptr (LtTrainer) trainer = trainer_new (USUAL, NULL);
  g_autoptr (LtSnapshot) first = NULL, second = NULL;
  gboolean moved = FALSE;

  advance (trainer, LT_STEP_BATCH);
  first = lt_trainer_take_snapshot (trainer);
  g_assert_null (lt_trainer_take_snapshot (trainer));
  advance (trainer, LT_STEP_BATCH);
  second = lt_trainer_take_snapshot (trainer);
  for (gsize i = 0; i < lt_layout_size (first->model->params); i++) {
    g_assert_cmpfloat ((double) (second->params[i] - first->params[i]), ==,
                       (double) second->update[i]);
    moved |= second->update[i] != 0;
  }
  g_assert_true (moved);
  g_assert_cmpuint (first->run, ==, lt_trainer_run (trainer));
}

/* ---- Steps ------------------------------------------------------------------------------- */

static void
test_steps (void)
{
  g_autoptr (LtTrainer) trainer = trainer_new (USUAL ";epochs=2", NULL);
  g_autoptr (LtSnapshot) start = lt_trainer_take_snapshot (trainer);
  int per_epoch;

  g_assert_nonnull (start);
  g_assert_cmpint (start->step, ==, 0);
  g_assert_cmpint (status_of (trainer).state, ==, LT_TRAINER_PAUSED);
  advance (trainer, LT_STEP_BATCH);
  per_epoch = status_of (trainer).steps_per_epoch;
  g_assert_cmpint (per_epoch, >, 10);
  g_assert_cmpint (status_of (trainer).step, ==, 1);
  g_assert_cmpint (status_of (trainer).state, ==, LT_TRAINER_PAUSED);
  advance (trainer, LT_STEP_EPOCH);
  g_assert_cmpint (status_of (trainer).step, ==, per_epoch);
  g_assert_cmpint (status_of (trainer).epoch, ==, 1);
  g_assert_cmpfloat (status_of (trainer).examples_per_second, >, 0);
  g_assert_cmpfloat (status_of (trainer).seconds_left, >, 0);
  advance (trainer, LT_STEP_EPOCH);
  g_assert_cmpint (status_of (trainer).state, ==, LT_TRAINER_FINISHED);
  /* Finished: an order changes nothing, more epochs do. */
  advance (trainer, LT_RUN);
  g_assert_cmpint (status_of (trainer).epoch, ==, 2);
  g_assert_true (lt_trainer_set_knob (trainer, "epochs", "3", NULL));
  advance (trainer, LT_RUN);
  g_assert_cmpint (status_of (trainer).epoch, ==, 3);
}

/* A run that would go on for hours ends when it is freed, in the middle of an epoch. */
static void
test_stop (void)
{
  static const char *const optimisers[] = {
    "model=toy;epochs=100000", "model=autoencoder;hidden=3;"
                               "loss=squared-error;output-activation=linear;"
                               "optimiser=lbfgs;epochs=100000"
  };

  for (guint i = 0; i < G_N_ELEMENTS (optimisers); i++) {
    LtTrainer *trainer = trainer_new (optimisers[i], NULL);

    lt_trainer_advance (trainer, LT_RUN);
    while (status_of (trainer).step < 3)
      g_usleep (100);
    lt_trainer_free (trainer);
  }
}

/* ---- The log ------------------------------------------------------------------------------ */

static void
test_log (void)
{
  g_autoptr (LtTrainer) trainer = trainer_new (USUAL ";batch-size=4;epochs=2", NULL);
  g_autoptr (GArray) rows = g_array_new (FALSE, FALSE, sizeof (LtLogRow));
  g_autoptr (GArray) epochs = g_array_new (FALSE, FALSE, sizeof (LtLogEpoch));
  const LtLogEpoch *first, *last;

  advance (trainer, LT_RUN);
  lt_log_read (lt_trainer_log (trainer), rows, epochs, NULL);
  g_assert_cmpuint (rows->len, ==, 100);
  g_assert_cmpuint (epochs->len, ==, 3);
  first = &g_array_index (epochs, LtLogEpoch, 0);
  last = &g_array_index (epochs, LtLogEpoch, 2);
  g_assert_cmpint (first->epoch, ==, 0);
  g_assert_cmpint (first->step, ==, 0);
  g_assert_true (isnan (first->objective));
  g_assert_cmpfloat (last->train_squared_error, <, first->train_squared_error);
  g_assert_cmpfloat (last->valid_squared_error, <, first->valid_squared_error);
  g_assert_cmpfloat (last->objective, >, 0);
  g_assert_cmpfloat (last->seconds, >, 0);
  g_assert_cmpfloat (g_array_index (rows, LtLogRow, 99).progress, ==, 2);
  g_assert_cmpfloat (g_array_index (rows, LtLogRow, 0).gradient_norm, >, 0);
  g_assert_cmpfloat (g_array_index (rows, LtLogRow, 0).objective, ==,
                     g_array_index (rows, LtLogRow, 0).terms[0]);
}

/* ---- Knobs --------------------------------------------------------------------------------- */

/* A turn takes effect with the next minibatch, and is an event there. */
static void
test_knob_turn (void)
{
  g_autoptr (LtTrainer) trainer =
      trainer_new ("model=toy;optimiser=sgd;batch-size=20;learning-rate=0.1", NULL);
  g_autoptr (LtSnapshot) before = NULL, after = NULL;
  g_autoptr (GArray) events = g_array_new (FALSE, FALSE, sizeof (LtLogEvent));
  g_autoptr (LtExperiment) turned = NULL;
  const LtLogEvent *event;
  double largest = 0;

  advance (trainer, LT_STEP_BATCH);
  before = lt_trainer_take_snapshot (trainer);
  g_assert_true (lt_trainer_set_knob (trainer, "toy-scale", "0", NULL));
  turned = lt_trainer_dup_experiment (trainer);
  g_assert_cmpfloat (
      lt_knob_get_number (lt_experiment_find_knob (turned, "toy-scale", NULL, NULL),
                          turned->settings),
      ==, 0);
  advance (trainer, LT_STEP_BATCH);
  after = lt_trainer_take_snapshot (trainer);
  for (gsize i = 0; i < lt_layout_size (after->model->params); i++)
    largest = MAX (largest, fabs ((double) (after->params[i] - before->params[i])));
  g_assert_cmpfloat (largest, ==, 0); /* an objective of 0 has no gradient */
  lt_log_read (lt_trainer_log (trainer), NULL, NULL, events);
  g_assert_cmpuint (events->len, ==, 1);
  event = &g_array_index (events, LtLogEvent, 0);
  g_assert_cmpint (event->step, ==, 1);
  g_assert_cmpstr (event->key, ==, "toy-scale");
  g_assert_cmpstr (event->before, ==, "1");
  g_assert_cmpstr (event->after, ==, "0");
}

static void
test_knob_refused (void)
{
  g_autoptr (LtTrainer) trainer = trainer_new (USUAL, NULL);
  g_autoptr (GError) unknown = NULL, structural = NULL, range = NULL;

  g_assert_false (lt_trainer_set_knob (trainer, "no-such", "1", &unknown));
  g_assert_error (unknown, LT_ERROR, LT_ERROR_UNKNOWN);
  g_assert_false (lt_trainer_set_knob (trainer, "toy-code", "3", &structural));
  g_assert_error (structural, LT_ERROR, LT_ERROR_UNSUPPORTED);
  g_assert_false (lt_trainer_set_knob (trainer, "learning-rate", "-1", &range));
  g_assert_error (range, LT_ERROR, LT_ERROR_VALUE);
}

/* The batch size may change in the middle of an epoch: each row is still used once. */
static void
test_batch_size (void)
{
  g_autoptr (LtTrainer) trainer = trainer_new (USUAL ";batch-size=10", NULL);
  gint64 steps;

  advance (trainer, LT_STEP_BATCH);
  g_assert_true (lt_trainer_set_knob (trainer, "batch-size", "100", NULL));
  advance (trainer, LT_STEP_EPOCH);
  steps = status_of (trainer).step;
  g_assert_cmpint (steps, ==, 1 + (323 - 10 + 99) / 100);
  g_assert_cmpint (status_of (trainer).epoch, ==, 1);
}

/* ---- Divergence ------------------------------------------------------------------------------ */

static void
test_divergence (void)
{
  g_autoptr (LtTrainer) trainer = trainer_new (
      "model=toy;optimiser=sgd;batch-size=20;learning-rate=100;epochs=2", NULL);
  g_autoptr (LtSnapshot) snapshot = NULL;
  LtTrainerStatus status;

  advance (trainer, LT_RUN);
  status = status_of (trainer);
  g_assert_cmpint (status.state, ==, LT_TRAINER_DIVERGED);
  g_test_message ("%s", status.message);
  g_assert_nonnull (strstr (status.message, "learning rate of 100"));
  g_assert_nonnull (strstr (status.message, "try 10"));
  snapshot = lt_trainer_take_snapshot (trainer);
  g_assert_true (
      lt_all_finite (snapshot->params, lt_layout_size (snapshot->model->params)));
  g_assert_cmpfloat (
      lt_sum_squares (snapshot->params, lt_layout_size (snapshot->model->params)), <,
      100);
  /* With a sensible rate it goes on from there. */
  g_assert_true (lt_trainer_set_knob (trainer, "learning-rate", "0.01", NULL));
  advance (trainer, LT_RUN);
  g_assert_cmpint (status_of (trainer).state, ==, LT_TRAINER_FINISHED);
}

/* When it was another knob, that one is named. */
static void
test_divergence_by_knob (void)
{
  g_autoptr (LtTrainer) trainer = trainer_new (
      "model=toy;optimiser=sgd;batch-size=20;learning-rate=0.01;epochs=2", NULL);

  advance (trainer, LT_STEP_EPOCH);
  g_assert_true (lt_trainer_set_knob (trainer, "toy-scale", "1e30", NULL));
  advance (trainer, LT_RUN);
  g_assert_cmpint (status_of (trainer).state, ==, LT_TRAINER_DIVERGED);
  g_assert_nonnull (strstr (status_of (trainer).message, "toy-scale"));
}

/* ---- Early stopping, plateau ------------------------------------------------------------------- */

static void
test_patience (void)
{
  g_autoptr (LtTrainer) trainer = trainer_new (
      "model=toy;optimiser=sgd;learning-rate=0.000001;patience=3;epochs=50", NULL);

  advance (trainer, LT_RUN);
  g_assert_cmpint (status_of (trainer).state, ==, LT_TRAINER_FINISHED);
  g_assert_cmpint (status_of (trainer).epoch, ==, 4);
  g_assert_nonnull (strstr (status_of (trainer).message, "Stopped early"));
  /* Told to go on, it is patient again. */
  advance (trainer, LT_RUN);
  g_assert_cmpint (status_of (trainer).epoch, ==, 7);
}

static void
test_plateau (void)
{
  g_autoptr (LtTrainer) trainer =
      trainer_new ("model=toy;optimiser=sgd;learning-rate=0.000008;schedule=plateau;"
                   "schedule-factor=0.5;schedule-epochs=2;epochs=6",
                   NULL);
  g_autoptr (GArray) epochs = g_array_new (FALSE, FALSE, sizeof (LtLogEpoch));
  static const double expected[] = { 8e-6, 8e-6, 8e-6, 8e-6, 4e-6, 4e-6, 2e-6 };

  advance (trainer, LT_RUN);
  lt_log_read (lt_trainer_log (trainer), NULL, epochs, NULL);
  g_assert_cmpuint (epochs->len, ==, G_N_ELEMENTS (expected));
  /* Epoch 1 is the first to be judged; the rate is that of the epoch that ended. */
  for (guint i = 0; i < epochs->len; i++)
    g_assert_cmpfloat_with_epsilon (g_array_index (epochs, LtLogEpoch, i).learning_rate,
                                    expected[i], 1e-12);
}

/* ---- Recording ---------------------------------------------------------------------------------- */

/* Each epoch is in the file as it was in memory; a run without a file has its newest. */
static void
test_recorded (void)
{
  g_autofree char *path = path_of ("recorded.lantern");
  g_autoptr (LtTrainer) trainer = trainer_new (USUAL ";epochs=4", path);
  g_autoptr (LtTrainer) unrecorded = trainer_new (USUAL ";epochs=4", NULL);
  g_autoptr (GError) error = NULL, absent = NULL;
  LtSnapshot *memory[5];

  for (int i = 0; i < 5; i++) {
    if (i > 0)
      advance (trainer, LT_STEP_EPOCH);
    memory[i] = epoch_of (trainer, i);
  }
  for (int i = 0; i < 5; i++) {
    g_autoptr (LtSnapshot) snapshot = epoch_of (trainer, i);

    assert_same_bytes (memory[i], snapshot);
    g_assert_cmpuint (snapshot->run, ==, lt_trainer_run (trainer));
    lt_snapshot_unref (memory[i]);
  }
  g_assert_true (status_of (trainer).recording);
  g_assert_null (lt_trainer_load_epoch (trainer, 5, &absent));
  g_assert_error (absent, LT_ERROR, LT_ERROR_VALUE);
  advance (unrecorded, LT_STEP_EPOCH);
  g_assert_false (status_of (unrecorded).recording);
  g_assert_null (lt_trainer_load_epoch (unrecorded, 0, &error));
  g_assert_error (error, LT_ERROR, LT_ERROR_UNSUPPORTED);
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
    g_autoptr (LtSnapshot) expected = run_undisturbed (settings[i], 6);
    g_autoptr (LtSnapshot) got = NULL;
    g_autoptr (GError) error = NULL;
    LtTrainer *trainer = trainer_new (whole, path);

    for (int k = 0; k < 3; k++)
      advance (trainer, LT_STEP_EPOCH);
    advance (trainer, LT_STEP_BATCH); /* lost, and done again */
    lt_trainer_free (trainer);
    trainer = trainer_resume (path, &error);
    g_assert_no_error (error);
    advance (trainer, LT_STEP_EPOCH);
    g_assert_cmpint (status_of (trainer).epoch, ==, 4);
    lt_trainer_free (trainer);
    trainer = trainer_resume (path, &error);
    g_assert_no_error (error);
    advance (trainer, LT_RUN);
    g_assert_cmpint (status_of (trainer).state, ==, LT_TRAINER_FINISHED);
    got = epoch_of (trainer, 6);
    assert_same_bytes (expected, got);
    lt_trainer_free (trainer);
  }
}

/* Knobs that were turned before the resume point are still turned after it, and the log
 * goes on where it was. */
static void
test_resume_turned (void)
{
  g_autofree char *path = path_of ("turned.lantern");
  LtTrainer *trainer = trainer_new (USUAL ";epochs=4", path);
  g_autoptr (GArray) rows = g_array_new (FALSE, FALSE, sizeof (LtLogRow));
  g_autoptr (GArray) epochs = g_array_new (FALSE, FALSE, sizeof (LtLogEpoch));
  g_autoptr (GArray) events = g_array_new (FALSE, FALSE, sizeof (LtLogEvent));
  g_autoptr (LtExperiment) turned = NULL;
  g_autoptr (GError) error = NULL;

  advance (trainer, LT_STEP_EPOCH);
  g_assert_true (lt_trainer_set_knob (trainer, "learning-rate", "0.003", NULL));
  advance (trainer, LT_STEP_EPOCH);
  g_assert_true (lt_trainer_set_knob (trainer, "learning-rate", "0.007", NULL));
  advance (trainer, LT_STEP_BATCH);
  lt_trainer_free (trainer);
  trainer = trainer_resume (path, &error);
  g_assert_no_error (error);
  turned = lt_trainer_dup_experiment (trainer);
  g_assert_cmpfloat (turned->training.learning_rate, ==, 0.003);
  advance (trainer, LT_RUN);
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
  g_autoptr (LtSnapshot) expected = run_undisturbed (settings, 8);
  g_autoptr (LtSnapshot) got = NULL;
  g_autoptr (GArray) epochs = g_array_new (FALSE, FALSE, sizeof (LtLogEpoch));
  g_autoptr (GError) error = NULL;
  LtTrainer *trainer = trainer_new (whole, path);
  gsize size;

  for (int k = 0; k < 5; k++)
    advance (trainer, LT_STEP_BATCH);
  g_assert_cmpint (status_of (trainer).epoch, ==, 5);
  lt_trainer_free (trainer);
  trainer = trainer_resume (path, &error);
  g_assert_no_error (error);
  advance (trainer, LT_RUN);
  got = epoch_of (trainer, 8);
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
  g_autoptr (LtDataset) other = lt_toy_dataset_new (N_ROWS - 1, 0.2);
  LtTrainerOptions options = { .dataset = other, .n_threads = 1, .resume = path };
  LtTrainer *trainer = trainer_new (USUAL, path);
  g_autoptr (GError) busy = NULL, foreign = NULL, absent = NULL, data = NULL;

  /* Being written. */
  g_assert_null (trainer_resume (path, &busy));
  g_assert_error (busy, LT_ERROR, LT_ERROR_FILE);
  g_assert_nonnull (strstr (busy->message, "being written"));
  advance (trainer, LT_STEP_EPOCH);
  lt_trainer_free (trainer);
  /* Other data. */
  g_assert_null (lt_trainer_new (&options, &data));
  g_assert_error (data, LT_ERROR, LT_ERROR_UNSUPPORTED);
  /* No run. */
  g_assert_true (g_file_set_contents (text, "hello", -1, NULL));
  g_assert_null (trainer_resume (text, &foreign));
  g_assert_error (foreign, LT_ERROR, LT_ERROR_FORMAT);
  g_assert_null (trainer_resume ("/no/such/run.lantern", &absent));
  g_assert_error (absent, LT_ERROR, LT_ERROR_FILE);
}

/* ---- kill -9 --------------------------------------------------------------------------------- */

/* What the child does: train until it is killed. */
static int
train_for_ever (const char *path)
{
  LtTrainer *trainer = trainer_new (USUAL ";batch-size=2;epochs=100000", path);

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
  trainer = trainer_resume (path, &error);
  g_assert_no_error (error);
  g_assert_cmpint (status_of (trainer).n_epochs, ==, 100000);
  advance (trainer, LT_STEP_EPOCH);
  g_assert_cmpint (status_of (trainer).epoch, ==, last + 1);
  got = epoch_of (trainer, last + 1);
  expected = run_undisturbed (USUAL ";batch-size=2", last + 1);
  assert_same_bytes (expected, got);
  lt_trainer_free (trainer);
}

/* ---- Disk trouble ---------------------------------------------------------------------------- */

static void
wait_for_recording (LtTrainer *trainer, gboolean recording)
{
  while (status_of (trainer).recording != recording)
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
    g_autoptr (LtTrainer) trainer = trainer_new (USUAL, paths[i]);

    g_assert_false (status_of (trainer).recording);
    advance (trainer, LT_STEP_EPOCH);
    g_assert_cmpint (status_of (trainer).epoch, ==, 1);
    g_assert_false (status_of (trainer).recording);
    g_assert_nonnull (strstr (status_of (trainer).message, paths[i]));
    g_assert_nonnull (strstr (status_of (trainer).message, "Training goes on"));
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
  trainer = trainer_new (USUAL, path);
  advance (trainer, LT_STEP_EPOCH);
  g_assert_false (status_of (trainer).recording);
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
  g_autoptr (LtTrainer) trainer = trainer_new (USUAL, path);

  advance (trainer, LT_STEP_EPOCH);
  g_assert_true (status_of (trainer).recording);
  while (last_epoch_in (path) < 1)
    g_usleep (1000);
  g_assert_cmpint (g_rename (path, away), ==, 0);
  advance (trainer, LT_STEP_EPOCH);
  wait_for_recording (trainer, FALSE);
  g_assert_nonnull (strstr (status_of (trainer).message, "deleted"));
  g_assert_cmpint (g_rename (away, path), ==, 0);
  advance (trainer, LT_STEP_EPOCH);
  wait_for_recording (trainer, TRUE);
  g_assert_cmpstr (status_of (trainer).message, ==, "");
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
  LtTrainer *trainer = trainer_new (USUAL, path);

  advance (trainer, LT_STEP_EPOCH);
  while (last_epoch_in (path) < 1)
    g_usleep (1000);
  signal (SIGXFSZ, SIG_IGN);
  g_assert_cmpint (getrlimit (RLIMIT_FSIZE, &usual), ==, 0);
  tight = usual;
  tight.rlim_cur = 4096;
  g_assert_cmpint (setrlimit (RLIMIT_FSIZE, &tight), ==, 0);
  advance (trainer, LT_STEP_EPOCH);
  wait_for_recording (trainer, FALSE);
  g_assert_cmpint (setrlimit (RLIMIT_FSIZE, &usual), ==, 0);
  g_assert_nonnull (strstr (status_of (trainer).message, "cannot be written"));
  g_assert_cmpint (status_of (trainer).epoch, ==, 2);
  advance (trainer, LT_STEP_EPOCH);
  wait_for_recording (trainer, TRUE);
  lt_trainer_free (trainer);
  file = lt_run_file_open (path, FALSE, &error);
  g_assert_no_error (error);
  g_assert_true (lt_run_file_read_log (file, log, &error));
  lt_log_read (log, NULL, epochs, NULL);
  g_assert_cmpuint (epochs->len, ==, 4);
  g_assert_cmpint (lt_run_file_last_epoch (file), ==, 3);
}

/* ---- Refused from the start ---------------------------------------------------------------------- */

static void
test_refused (void)
{
  g_autoptr (LtExperiment) experiment = experiment_new ("model=toy;optimiser=lbfgs");
  g_autoptr (LtDataset) dataset = lt_toy_dataset_new (N_ROWS, 0.2);
  LtTrainerOptions options = { .experiment = experiment,
                               .dataset = dataset,
                               .n_threads = 1 };
  g_autoptr (GError) error = NULL;

  g_assert_null (lt_trainer_new (&options, &error));
  g_assert_error (error, LT_ERROR, LT_ERROR_UNSUPPORTED);
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
  folder = g_dir_make_tmp ("lantern-trainer-XXXXXX", NULL);
  g_assert_nonnull (folder);
  g_test_add_func ("/trainer/watched", test_watched);
  g_test_add_func ("/trainer/update", test_update);
  g_test_add_func ("/trainer/steps", test_steps);
  g_test_add_func ("/trainer/stop", test_stop);
  g_test_add_func ("/trainer/log", test_log);
  g_test_add_func ("/trainer/knob/turn", test_knob_turn);
  g_test_add_func ("/trainer/knob/refused", test_knob_refused);
  g_test_add_func ("/trainer/knob/batch-size", test_batch_size);
  g_test_add_func ("/trainer/divergence/rate", test_divergence);
  g_test_add_func ("/trainer/divergence/knob", test_divergence_by_knob);
  g_test_add_func ("/trainer/patience", test_patience);
  g_test_add_func ("/trainer/plateau", test_plateau);
  g_test_add_func ("/trainer/recorded", test_recorded);
  g_test_add_func ("/trainer/resume/optimisers", test_resume);
  g_test_add_func ("/trainer/resume/turned", test_resume_turned);
  g_test_add_func ("/trainer/resume/lbfgs", test_resume_lbfgs);
  g_test_add_func ("/trainer/resume/refused", test_resume_refused);
  g_test_add_func ("/trainer/resume/killed", test_kill);
  g_test_add_func ("/trainer/disk/no-place", test_no_place);
  g_test_add_func ("/trainer/disk/foreign", test_foreign_file);
  g_test_add_func ("/trainer/disk/deleted", test_deleted);
  g_test_add_func ("/trainer/disk/full", test_full_disk);
  g_test_add_func ("/trainer/refused", test_refused);
  result = g_test_run ();
  remove_folder ();
  return result;
}

/* The trainer: the same bytes whatever happens meanwhile, steps, knobs, ends. */
#include "core/error.h"
#include "core/kernels.h"
#include "nets/dense.h"
#include "support/toy-kind.h"
#include "support/training.h"

#include <math.h>
#include <string.h>

/* The toy among the real families, in place of the program's table. */
const LtModelKind *const lt_model_kinds[] = { &lt_toy_kind, &lt_dense_autoencoder,
                                              NULL };

#define USUAL "model=toy;optimiser=adam;learning-rate=0.01;batch-size=20"

/* ---- The same bytes ---------------------------------------------------------------------- */

/* Snapshots, pauses and single steps change nothing. */
static void
test_watched (void)
{
  g_autoptr (LtSnapshot) expected = lt_test_run_undisturbed (USUAL, 3);
  g_autoptr (LtTrainer) trainer = lt_test_start (USUAL ";epochs=3", NULL);
  g_autoptr (LtSnapshot) got = NULL;
  int n_taken = 0;

  for (int i = 0; i < 20; i++) {
    LtSnapshot *snapshot;

    lt_test_advance (trainer, LT_STEP_BATCH);
    snapshot = lt_trainer_take_snapshot (trainer);
    g_assert_nonnull (snapshot);
    g_assert_nonnull (snapshot->update);
    g_assert_cmpint (snapshot->step, ==, i + 1);
    lt_snapshot_unref (snapshot);
  }
  lt_trainer_advance (trainer, LT_RUN);
  while (lt_test_status (trainer).state == LT_TRAINER_RUNNING) {
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
  got = lt_test_epoch (trainer, 3);
  lt_test_assert_same_bytes (expected, got);
}

/* Two snapshots one step apart differ by the second's update. */
static void
test_update (void)
{
  g_autoptr (LtTrainer) trainer = lt_test_start (USUAL, NULL);
  g_autoptr (LtSnapshot) first = NULL, second = NULL;
  gboolean moved = FALSE;

  lt_test_advance (trainer, LT_STEP_BATCH);
  first = lt_trainer_take_snapshot (trainer);
  g_assert_null (lt_trainer_take_snapshot (trainer));
  lt_test_advance (trainer, LT_STEP_BATCH);
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
  g_autoptr (LtTrainer) trainer = lt_test_start (USUAL ";epochs=2", NULL);
  g_autoptr (LtSnapshot) start = lt_trainer_take_snapshot (trainer);
  int per_epoch;

  g_assert_nonnull (start);
  g_assert_cmpint (start->step, ==, 0);
  g_assert_cmpint (lt_test_status (trainer).state, ==, LT_TRAINER_PAUSED);
  lt_test_advance (trainer, LT_STEP_BATCH);
  per_epoch = lt_test_status (trainer).steps_per_epoch;
  g_assert_cmpint (per_epoch, >, 10);
  g_assert_cmpint (lt_test_status (trainer).step, ==, 1);
  g_assert_cmpint (lt_test_status (trainer).state, ==, LT_TRAINER_PAUSED);
  lt_test_advance (trainer, LT_STEP_EPOCH);
  g_assert_cmpint (lt_test_status (trainer).step, ==, per_epoch);
  g_assert_cmpint (lt_test_status (trainer).epoch, ==, 1);
  g_assert_cmpfloat (lt_test_status (trainer).examples_per_second, >, 0);
  g_assert_cmpfloat (lt_test_status (trainer).seconds_left, >, 0);
  lt_test_advance (trainer, LT_STEP_EPOCH);
  g_assert_cmpint (lt_test_status (trainer).state, ==, LT_TRAINER_FINISHED);
  /* Finished: an order changes nothing, more epochs do. */
  lt_test_advance (trainer, LT_RUN);
  g_assert_cmpint (lt_test_status (trainer).epoch, ==, 2);
  g_assert_true (lt_trainer_set_knob (trainer, "epochs", "3", NULL));
  lt_test_advance (trainer, LT_RUN);
  g_assert_cmpint (lt_test_status (trainer).epoch, ==, 3);
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
    LtTrainer *trainer = lt_test_start (optimisers[i], NULL);

    lt_trainer_advance (trainer, LT_RUN);
    while (lt_test_status (trainer).step < 3)
      g_usleep (100);
    lt_trainer_free (trainer);
  }
}

/* ---- The log ------------------------------------------------------------------------------ */

static void
test_log (void)
{
  g_autoptr (LtTrainer) trainer = lt_test_start (USUAL ";batch-size=4;epochs=2", NULL);
  g_autoptr (GArray) rows = g_array_new (FALSE, FALSE, sizeof (LtLogRow));
  g_autoptr (GArray) epochs = g_array_new (FALSE, FALSE, sizeof (LtLogEpoch));
  const LtLogEpoch *first, *last;

  lt_test_advance (trainer, LT_RUN);
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
      lt_test_start ("model=toy;optimiser=sgd;batch-size=20;learning-rate=0.1", NULL);
  g_autoptr (LtSnapshot) before = NULL, after = NULL;
  g_autoptr (GArray) events = g_array_new (FALSE, FALSE, sizeof (LtLogEvent));
  g_autoptr (LtExperiment) turned = NULL;
  const LtLogEvent *event;
  double largest = 0;

  lt_test_advance (trainer, LT_STEP_BATCH);
  before = lt_trainer_take_snapshot (trainer);
  g_assert_true (lt_trainer_set_knob (trainer, "toy-scale", "0", NULL));
  turned = lt_trainer_dup_experiment (trainer);
  g_assert_cmpfloat (
      lt_knob_get_number (lt_experiment_find_knob (turned, "toy-scale", NULL, NULL),
                          turned->settings),
      ==, 0);
  lt_test_advance (trainer, LT_STEP_BATCH);
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
  g_autoptr (LtTrainer) trainer = lt_test_start (USUAL, NULL);
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
  g_autoptr (LtTrainer) trainer = lt_test_start (USUAL ";batch-size=10", NULL);
  gint64 steps;

  lt_test_advance (trainer, LT_STEP_BATCH);
  g_assert_true (lt_trainer_set_knob (trainer, "batch-size", "100", NULL));
  lt_test_advance (trainer, LT_STEP_EPOCH);
  steps = lt_test_status (trainer).step;
  g_assert_cmpint (steps, ==, 1 + (323 - 10 + 99) / 100);
  g_assert_cmpint (lt_test_status (trainer).epoch, ==, 1);
}

/* ---- Divergence ------------------------------------------------------------------------------ */

static void
test_divergence (void)
{
  g_autoptr (LtTrainer) trainer = lt_test_start (
      "model=toy;optimiser=sgd;batch-size=20;learning-rate=100;epochs=2", NULL);
  g_autoptr (LtSnapshot) snapshot = NULL;
  LtTrainerStatus status;

  lt_test_advance (trainer, LT_RUN);
  status = lt_test_status (trainer);
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
  lt_test_advance (trainer, LT_RUN);
  g_assert_cmpint (lt_test_status (trainer).state, ==, LT_TRAINER_FINISHED);
}

/* When it was another knob, that one is named. */
static void
test_divergence_by_knob (void)
{
  g_autoptr (LtTrainer) trainer = lt_test_start (
      "model=toy;optimiser=sgd;batch-size=20;learning-rate=0.01;epochs=2", NULL);

  lt_test_advance (trainer, LT_STEP_EPOCH);
  g_assert_true (lt_trainer_set_knob (trainer, "toy-scale", "1e30", NULL));
  lt_test_advance (trainer, LT_RUN);
  g_assert_cmpint (lt_test_status (trainer).state, ==, LT_TRAINER_DIVERGED);
  g_assert_nonnull (strstr (lt_test_status (trainer).message, "toy-scale"));
}

/* Knobs that only say when training ends are not, and the learning rate goes before others. */
static void
test_divergence_by_rate (void)
{
  static const char *const turns[] = { "learning-rate=100", "toy-noise=0.2",
                                       "epochs=40",         "patience=7",
                                       "schedule-epochs=3", NULL };
  g_autoptr (LtTrainer) trainer = lt_test_start (
      "model=toy;optimiser=sgd;batch-size=20;learning-rate=0.01;epochs=2", NULL);
  LtTrainerStatus status;

  lt_test_advance (trainer, LT_STEP_EPOCH);
  for (int i = 0; turns[i] != NULL; i++) {
    g_auto (GStrv) parts = g_strsplit (turns[i], "=", 2);

    g_assert_true (lt_trainer_set_knob (trainer, parts[0], parts[1], NULL));
  }
  lt_test_advance (trainer, LT_RUN);
  status = lt_test_status (trainer);
  g_assert_cmpint (status.state, ==, LT_TRAINER_DIVERGED);
  g_assert_nonnull (strstr (status.message, "learning rate of 100"));
  g_assert_null (strstr (status.message, "turn it back"));
}

/* Nor does a harmless knob that was turned after it hide the one that did it. */
static void
test_divergence_before_epochs (void)
{
  g_autoptr (LtTrainer) trainer = lt_test_start (
      "model=toy;optimiser=sgd;batch-size=20;learning-rate=0.01;epochs=2", NULL);

  lt_test_advance (trainer, LT_STEP_EPOCH);
  g_assert_true (lt_trainer_set_knob (trainer, "toy-scale", "1e30", NULL));
  g_assert_true (lt_trainer_set_knob (trainer, "epochs", "40", NULL));
  lt_test_advance (trainer, LT_RUN);
  g_assert_cmpint (lt_test_status (trainer).state, ==, LT_TRAINER_DIVERGED);
  g_assert_nonnull (strstr (lt_test_status (trainer).message, "toy-scale"));
}

/* ---- Early stopping, plateau ------------------------------------------------------------------- */

static void
test_patience (void)
{
  g_autoptr (LtTrainer) trainer = lt_test_start (
      "model=toy;optimiser=sgd;learning-rate=0.000001;patience=3;epochs=50", NULL);

  lt_test_advance (trainer, LT_RUN);
  g_assert_cmpint (lt_test_status (trainer).state, ==, LT_TRAINER_FINISHED);
  g_assert_cmpint (lt_test_status (trainer).epoch, ==, 4);
  g_assert_nonnull (strstr (lt_test_status (trainer).message, "Stopped early"));
  /* Told to go on, it is patient again. */
  lt_test_advance (trainer, LT_RUN);
  g_assert_cmpint (lt_test_status (trainer).epoch, ==, 7);
}

static void
test_plateau (void)
{
  g_autoptr (LtTrainer) trainer =
      lt_test_start ("model=toy;optimiser=sgd;learning-rate=0.000008;schedule=plateau;"
                     "schedule-factor=0.5;schedule-epochs=2;epochs=6",
                     NULL);
  g_autoptr (GArray) epochs = g_array_new (FALSE, FALSE, sizeof (LtLogEpoch));
  static const double expected[] = { 8e-6, 8e-6, 8e-6, 8e-6, 4e-6, 4e-6, 2e-6 };

  lt_test_advance (trainer, LT_RUN);
  lt_log_read (lt_trainer_log (trainer), NULL, epochs, NULL);
  g_assert_cmpuint (epochs->len, ==, G_N_ELEMENTS (expected));
  /* Epoch 1 is the first to be judged; the rate is that of the epoch that ended. */
  for (guint i = 0; i < epochs->len; i++)
    g_assert_cmpfloat_with_epsilon (g_array_index (epochs, LtLogEpoch, i).learning_rate,
                                    expected[i], 1e-12);
}

/* ---- Refused from the start ---------------------------------------------------------------------- */

static void
test_refused (void)
{
  g_autoptr (LtExperiment) experiment =
      lt_test_experiment ("model=toy;optimiser=lbfgs");
  g_autoptr (LtDataset) dataset = lt_toy_dataset_new (LT_TEST_ROWS, 0.2);
  LtTrainerOptions options = { .experiment = experiment,
                               .dataset = dataset,
                               .n_threads = 1 };
  g_autoptr (GError) error = NULL;

  g_assert_null (lt_trainer_new (&options, &error));
  g_assert_error (error, LT_ERROR, LT_ERROR_UNSUPPORTED);
}

/* Where training stands after an epoch, the last minibatch's change is known, however soon
 * after the snapshot before. */
static void
test_update_kept (void)
{
  g_autoptr (LtTrainer) trainer =
      lt_test_start ("model=toy;optimiser=adam;batch-size=1000;epochs=30", NULL);

  for (int i = 0; i < 30; i++) {
    g_autoptr (LtSnapshot) snapshot = NULL;

    lt_test_advance (trainer, LT_STEP_EPOCH);
    snapshot = lt_trainer_take_snapshot (trainer);
    g_assert_nonnull (snapshot);
    g_assert_cmpint (snapshot->epoch, ==, i + 1);
    g_assert_nonnull (snapshot->update);
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/trainer/update-kept", test_update_kept);
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
  g_test_add_func ("/trainer/divergence/rate-turned", test_divergence_by_rate);
  g_test_add_func ("/trainer/divergence/before-epochs", test_divergence_before_epochs);
  g_test_add_func ("/trainer/patience", test_patience);
  g_test_add_func ("/trainer/plateau", test_plateau);
  g_test_add_func ("/trainer/refused", test_refused);
  return g_test_run ();
}

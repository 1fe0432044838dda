/* What the trainer's tests share. */
#include "support/training.h"

#include "support/toy-kind.h"

#include <glib/gstdio.h>
#include <string.h>

LtExperiment *
lt_test_experiment (const char *assignments)
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

LtTrainer *
lt_test_start (const char *assignments, const char *path)
{
  g_autoptr (LtExperiment) experiment = lt_test_experiment (assignments);
  g_autoptr (LtDataset) dataset = lt_toy_dataset_new (LT_TEST_ROWS, 0.2);
  g_autoptr (GError) error = NULL;
  LtTrainerOptions options = {
    .experiment = experiment, .dataset = dataset, .n_threads = 2, .path = path
  };
  LtTrainer *trainer = lt_trainer_new (&options, &error);

  g_assert_no_error (error);
  return trainer;
}

LtTrainer *
lt_test_resume (const char *path, GError **error)
{
  g_autoptr (LtDataset) dataset = lt_toy_dataset_new (LT_TEST_ROWS, 0.2);
  LtTrainerOptions options = { .dataset = dataset, .n_threads = 2, .resume = path };

  return lt_trainer_new (&options, error);
}

void
lt_test_advance (LtTrainer *trainer, LtAdvance how)
{
  lt_trainer_advance (trainer, how);
  lt_trainer_wait (trainer);
}

LtTrainerStatus
lt_test_status (LtTrainer *trainer)
{
  LtTrainerStatus status;

  lt_trainer_get_status (trainer, &status);
  return status;
}

void
lt_test_assert_same_bytes (const LtSnapshot *a, const LtSnapshot *b)
{
  gsize n_params = lt_layout_size (a->model->params) * sizeof (float);
  gsize n_state =
      a->state != NULL ? lt_layout_size (a->model->state) * sizeof (float) : 0;

  g_assert_cmpint (a->epoch, ==, b->epoch);
  g_assert_cmpint (a->step, ==, b->step);
  g_assert_cmpmem (a->params, n_params, b->params, n_params);
  g_assert_cmpmem (a->state, n_state, b->state, n_state);
}

LtSnapshot *
lt_test_epoch (LtTrainer *trainer, int epoch)
{
  g_autoptr (GError) error = NULL;
  LtSnapshot *snapshot = lt_trainer_load_epoch (trainer, epoch, &error);

  g_assert_no_error (error);
  return snapshot;
}

LtSnapshot *
lt_test_run_undisturbed (const char *assignments, int n)
{
  g_autofree char *all = g_strdup_printf ("%s;epochs=%d", assignments, n);
  g_autoptr (LtTrainer) trainer = lt_test_start (all, NULL);

  lt_test_advance (trainer, LT_RUN);
  g_assert_cmpint (lt_test_status (trainer).state, ==, LT_TRAINER_FINISHED);
  return lt_test_epoch (trainer, n);
}

void
lt_test_assert_exact_resume (const char *assignments)
{
  g_autofree char *folder = g_dir_make_tmp ("lantern-resume-XXXXXX", NULL);
  g_autofree char *path = g_build_filename (folder, "run.lantern", NULL);
  g_autofree char *all = g_strconcat (assignments, ";epochs=4", NULL);
  g_autoptr (LtSnapshot) expected = lt_test_run_undisturbed (assignments, 4);
  g_autoptr (LtSnapshot) got = NULL;
  g_autoptr (GError) error = NULL;
  LtTrainer *trainer = lt_test_start (all, path);

  lt_test_advance (trainer, LT_STEP_EPOCH);
  lt_test_advance (trainer, LT_STEP_EPOCH);
  lt_test_advance (trainer, LT_STEP_BATCH); /* lost, and done again */
  lt_trainer_free (trainer);
  trainer = lt_test_resume (path, &error);
  g_assert_no_error (error);
  lt_test_advance (trainer, LT_RUN);
  g_assert_cmpint (lt_test_status (trainer).state, ==, LT_TRAINER_FINISHED);
  got = lt_test_epoch (trainer, 4);
  lt_test_assert_same_bytes (expected, got);
  lt_trainer_free (trainer);
  g_unlink (path);
  g_rmdir (folder);
}

void
lt_test_assert_chains_survive (LtTrainer *trainer)
{
  g_autoptr (LtSnapshot) before = NULL, after = NULL;
  gsize n;

  lt_test_advance (trainer, LT_STEP_BATCH);
  before = lt_trainer_take_snapshot (trainer);
  g_assert_true (lt_trainer_set_knob (trainer, "batch-size", "7", NULL));
  lt_test_advance (trainer, LT_STEP_BATCH);
  g_assert_true (lt_trainer_set_knob (trainer, "batch-size", "90", NULL));
  lt_test_advance (trainer, LT_RUN);
  g_assert_cmpint (lt_test_status (trainer).state, ==, LT_TRAINER_FINISHED);
  after = lt_test_epoch (trainer, lt_test_status (trainer).epoch);
  n = lt_layout_size (before->model->state);
  g_assert_cmpuint (n, ==, lt_layout_size (after->model->state));
  g_assert_cmpint (memcmp (before->state, after->state, n * sizeof (float)), !=, 0);
  for (gsize i = 0; i < n; i++)
    g_assert_true (after->state[i] == 0 || after->state[i] == 1);
}

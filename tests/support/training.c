/* What the trainer's tests share. */
#include "support/training.h"

#include "support/toy-kind.h"

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

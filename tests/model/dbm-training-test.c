/* Deep Boltzmann machines in the trainer: resume with chains, another batch size,
 * divergence. */
#include "boltzmann/dbm.h"
#include "core/kernels.h"
#include "support/toy-kind.h"
#include "support/training.h"

#include <glib/gstdio.h>
#include <string.h>

#define DBM                                                                   \
  "model=dbm;hidden=5 4;batch-size=50;optimiser=momentum;learning-rate=0.02;" \
  "chains=30;gibbs-steps=2"

static char *folder;

/* Closing and resuming gives the bytes of an uninterrupted run, chains and running means
 * included. */
static void
test_resume (gconstpointer settings)
{
  g_autofree char *whole = g_strdup_printf (DBM ";%s", (const char *) settings);
  g_autofree char *told = g_strconcat (whole, ";epochs=4", NULL);
  g_autofree char *path = g_build_filename (folder, "dbm.lantern", NULL);
  g_autoptr (LtSnapshot) expected = lt_test_run_undisturbed (whole, 4);
  g_autoptr (LtSnapshot) got = NULL;
  g_autoptr (GError) error = NULL;
  LtTrainer *trainer = lt_test_start (told, path);

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
}

/* The chains go on, as many as they were, when the batch size changes in the middle of an
 * epoch: they are still zeros and ones, and still move. */
static void
test_batch_size (void)
{
  g_autoptr (LtTrainer) trainer = lt_test_start (DBM ";epochs=3", NULL);
  g_autoptr (LtSnapshot) before = NULL, after = NULL;
  gsize n;

  lt_test_advance (trainer, LT_STEP_BATCH);
  before = lt_trainer_take_snapshot (trainer);
  g_assert_true (lt_trainer_set_knob (trainer, "batch-size", "7", NULL));
  lt_test_advance (trainer, LT_STEP_BATCH);
  g_assert_true (lt_trainer_set_knob (trainer, "batch-size", "200", NULL));
  lt_test_advance (trainer, LT_RUN);
  g_assert_cmpint (lt_test_status (trainer).state, ==, LT_TRAINER_FINISHED);
  after = lt_test_epoch (trainer, 3);
  n = lt_layout_size (before->model->state);
  g_assert_cmpuint (n, ==, lt_layout_size (after->model->state));
  g_assert_cmpint (memcmp (before->state, after->state, n * sizeof (float)), !=, 0);
  for (gsize i = 0; i < n; i++)
    g_assert_true (after->state[i] == 0 || after->state[i] == 1);
}

/* An absurd learning rate ends as a diverged run with its last good state and advice. */
static void
test_divergence (void)
{
  g_autoptr (LtTrainer) trainer =
      lt_test_start ("model=dbm;hidden=5 4;optimiser=sgd;learning-rate=100;"
                     "batch-size=10;epochs=40",
                     NULL);
  g_autoptr (LtSnapshot) snapshot = NULL;
  LtTrainerStatus status;

  lt_test_advance (trainer, LT_RUN);
  status = lt_test_status (trainer);
  g_assert_cmpint (status.state, ==, LT_TRAINER_DIVERGED);
  g_assert_nonnull (strstr (status.message, "learning rate"));
  snapshot = lt_trainer_take_snapshot (trainer);
  g_assert_true (
      lt_all_finite (snapshot->params, lt_layout_size (snapshot->model->params)));
}

int
main (int argc, char **argv)
{
  int status;

  g_test_init (&argc, &argv, NULL);
  folder = g_dir_make_tmp ("lantern-dbm-XXXXXX", NULL);
  g_test_add_data_func ("/dbm-training/resume/plain", "binarise=true", test_resume);
  g_test_add_data_func ("/dbm-training/resume/centred", "centring=centred",
                        test_resume);
  g_test_add_func ("/dbm-training/batch-size", test_batch_size);
  g_test_add_func ("/dbm-training/divergence", test_divergence);
  status = g_test_run ();
  g_rmdir (folder);
  g_free (folder);
  return status;
}

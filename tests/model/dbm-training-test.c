/* Deep Boltzmann machines in the trainer: resume with chains, another batch size,
 * divergence. */
#include "boltzmann/dbm.h"
#include "core/kernels.h"
#include "support/toy-kind.h"
#include "support/training.h"

#include <string.h>

#define DBM                                                                   \
  "model=dbm;hidden=5 4;batch-size=50;optimiser=momentum;learning-rate=0.02;" \
  "chains=30;gibbs-steps=2"

/* Closing and resuming gives the bytes of an uninterrupted run, chains and running means
 * included. */
static void
test_resume (gconstpointer settings)
{
  g_autofree char *all = g_strdup_printf (DBM ";%s", (const char *) settings);

  lt_test_assert_exact_resume (all);
}

static void
test_batch_size (void)
{
  g_autoptr (LtTrainer) trainer = lt_test_start (DBM ";epochs=3", NULL);

  lt_test_assert_chains_survive (trainer);
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
  g_test_init (&argc, &argv, NULL);
  g_test_add_data_func ("/dbm-training/resume/plain", "binarise=true", test_resume);
  g_test_add_data_func ("/dbm-training/resume/centred", "centring=centred",
                        test_resume);
  g_test_add_func ("/dbm-training/batch-size", test_batch_size);
  g_test_add_func ("/dbm-training/divergence", test_divergence);
  return g_test_run ();
}

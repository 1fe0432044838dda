/* Stacks of Boltzmann machines in the trainer, from the first layer to the classifier: resume
 * in every phase, chains included; another batch size; divergence. */
#include "core/kernels.h"
#include "data/table.h"
#include "support/training.h"

#include <glib/gstdio.h>
#include <string.h>

#define N_ROWS 120
#define NV     8
#define EPOCHS 2 /* of each phase */
#define PHASES 5 /* of each stack */

static char *folder;

/* Bits, and a class for each: which half has more of them. */
static LtDataset *
dataset_new (void)
{
  const LtPreparation preparation = { .scaling = LT_SCALING_NONE };
  g_autoptr (GError) error = NULL;
  LtDataset *dataset;
  LtShape shape;
  LtTable *table;
  LtRng rng;

  lt_shape_init (&shape, "bits", LT_BINARY, 1, NV, 1);
  table = lt_table_new ("bits", &shape, N_ROWS, LT_TABLE_FLOATS, &error);
  g_assert_no_error (error);
  lt_rng_init (&rng, 4, 0);
  lt_rng_fill_mask (&rng, 0.4f, N_ROWS * NV, table->floats);
  lt_table_describe (table, "Bits", "a test", "");
  table->labels = g_new (int, N_ROWS);
  table->label_names = g_strsplit ("left right", " ", -1);
  for (int i = 0; i < N_ROWS; i++) {
    const float *x = table->floats + i * NV;

    table->labels[i] = lt_sum (x, NV / 2) < lt_sum (x + NV / 2, NV / 2);
  }
  dataset = lt_dataset_new (table, &preparation, 1, &error);
  g_assert_no_error (error);
  return dataset;
}

static const char stack[] =
    "{ \"format\": 1, \"model\": { \"kind\": \"dbn\", \"hidden\": [6, 5],"
    "    \"doubling\": true, \"method\": \"pcd\", \"chains\": 9 },"
    "  \"training\": { \"epochs\": 2, \"batch-size\": 25, \"optimiser\": \"momentum\","
    "    \"learning-rate\": 0.02 },"
    "  \"phases\": ["
    "    { \"model\": { \"layer\": 1 } }, { \"model\": { \"layer\": 2 } },"
    "    { \"model\": { \"kind\": \"dbm\", \"hidden\": [6, 5], \"chains\": 7,"
    "      \"centring\": \"centred\", \"binarise\": true } },"
    "    { \"model\": { \"kind\": \"dbm-classifier\", \"hidden\": [6, 5],"
    "      \"classes\": 2, \"learning\": \"top\" } },"
    "    { \"model\": { \"kind\": \"dbm-classifier\", \"hidden\": [6, 5],"
    "      \"classes\": 2, \"dropout\": [0.1, 0.2, 0.3] },"
    "      \"training\": { \"optimiser\": \"adam\" } } ] }";

/* Layers of several kinds, up-down as a whole, and the autoencoder that they become. */
static const char kinds[] =
    "{ \"format\": 1, \"model\": { \"kind\": \"dbn\", \"hidden\": [6, 5, 4],"
    "    \"hidden-units\": \"relu gaussian\", \"method\": \"pcd\", \"chains\": 9 },"
    "  \"training\": { \"epochs\": 2, \"batch-size\": 25, \"optimiser\": \"momentum\","
    "    \"learning-rate\": 0.002 },"
    "  \"phases\": ["
    "    { \"model\": { \"layer\": 1 } }, { \"model\": { \"layer\": 2 } },"
    "    { \"model\": { \"layer\": 3 } }, { \"model\": { \"layer\": 0 } },"
    "    { \"model\": { \"kind\": \"deep\", \"hidden\": [6, 5, 4],"
    "      \"hidden-activation\": \"softplus\" } } ] }";

/* path: NULL, or where it is recorded, or with resumed, where it was. */
static LtTrainer *
start (LtExperiment *experiment, const char *path, gboolean resumed)
{
  g_autoptr (LtDataset) dataset = dataset_new ();
  g_autoptr (GError) error = NULL;
  LtTrainerOptions options = {
    .experiment = resumed ? NULL : experiment,
    .dataset = dataset,
    .n_threads = 2,
    .path = resumed ? NULL : path,
    .resume = resumed ? path : NULL,
  };
  LtTrainer *trainer = lt_trainer_new (&options, &error);

  g_assert_no_error (error);
  return trainer;
}

/* Closed in the middle of any epoch: the same bytes as without. */
static void
test_resume (gconstpointer json)
{
  g_autofree char *path = g_build_filename (folder, "stack.lantern", NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (LtExperiment) experiment =
      lt_experiment_from_json (json, -1, "stack", &error);
  LtSnapshot *expected[PHASES * EPOCHS + 1];
  LtTrainer *trainer;

  g_assert_no_error (error);
  trainer = start (experiment, path, FALSE);
  lt_test_advance (trainer, LT_RUN);
  g_assert_cmpint (lt_test_status (trainer).state, ==, LT_TRAINER_FINISHED);
  for (int i = 0; i <= PHASES * EPOCHS; i++)
    expected[i] = lt_test_epoch (trainer, i);
  lt_trainer_free (trainer);
  g_unlink (path);
  trainer = start (experiment, path, FALSE);
  for (int i = 0; i < PHASES * EPOCHS; i++) {
    g_autoptr (LtSnapshot) got = NULL;

    g_assert_cmpint (lt_test_status (trainer).phase, ==, i / EPOCHS);
    lt_test_advance (trainer, LT_STEP_BATCH); /* lost, and done again */
    lt_trainer_free (trainer);
    trainer = start (NULL, path, TRUE);
    lt_test_advance (trainer, LT_STEP_EPOCH);
    got = lt_test_epoch (trainer, i + 1);
    lt_test_assert_same_bytes (expected[i + 1], got);
  }
  lt_trainer_free (trainer);
  for (int i = 0; i <= PHASES * EPOCHS; i++)
    lt_snapshot_unref (expected[i]);
  g_unlink (path);
}

static LtTrainer *
start_set (const char *assignments)
{
  g_autoptr (LtExperiment) experiment = lt_test_experiment (assignments);

  return start (experiment, NULL, FALSE);
}

static void
test_batch_size (gconstpointer assignments)
{
  g_autoptr (LtTrainer) trainer = start_set (assignments);

  lt_test_assert_chains_survive (trainer);
}

/* An absurd learning rate ends as a diverged run with its last good state and advice. */
static void
test_divergence (gconstpointer assignments)
{
  g_autoptr (LtTrainer) trainer = start_set (assignments);
  g_autoptr (LtSnapshot) snapshot = NULL;
  LtTrainerStatus status;
  gsize n;

  lt_test_advance (trainer, LT_RUN);
  status = lt_test_status (trainer);
  g_assert_cmpint (status.state, ==, LT_TRAINER_DIVERGED);
  g_assert_nonnull (strstr (status.message, "learning rate"));
  snapshot = lt_trainer_take_snapshot (trainer);
  n = lt_layout_size (snapshot->model->params);
  g_assert_true (lt_all_finite (snapshot->params, n));
  g_assert_cmpfloat (lt_sum_squares (snapshot->params, n), <, 200);
}

int
main (int argc, char **argv)
{
  int status;

  g_test_init (&argc, &argv, NULL);
  folder = g_dir_make_tmp ("lantern-stack-XXXXXX", NULL);
  g_test_add_data_func ("/stack-training/resume/deep-machine", stack, test_resume);
  g_test_add_data_func ("/stack-training/resume/kinds", kinds, test_resume);
  g_test_add_data_func ("/stack-training/batch-size/dbn",
                        "model=dbn;hidden=6 5;layer=2;method=pcd;chains=9;epochs=2",
                        test_batch_size);
  g_test_add_data_func ("/stack-training/batch-size/dbm",
                        "model=dbm;hidden=6 5;chains=9;epochs=2", test_batch_size);
  g_test_add_data_func ("/stack-training/divergence/dbn",
                        "model=dbn;hidden=6 5;layer=2;method=pcd;optimiser=sgd;"
                        "learning-rate=100;batch-size=10;weight-decay=0;epochs=40",
                        test_divergence);
  g_test_add_data_func ("/stack-training/divergence/up-down",
                        "model=dbn;hidden=6 5;layer=0;optimiser=sgd;learning-rate=100;"
                        "batch-size=10;weight-decay=0;epochs=40",
                        test_divergence);
  g_test_add_data_func ("/stack-training/divergence/dbm",
                        "model=dbm;hidden=6 5;optimiser=sgd;learning-rate=100;"
                        "batch-size=10;epochs=40",
                        test_divergence);
  status = g_test_run ();
  g_rmdir (folder);
  g_free (folder);
  return status;
}

/* Restricted Boltzmann machines in the trainer: resume with chains, another batch size,
 * divergence. */
#include "boltzmann/rbm.h"
#include "core/error.h"
#include "core/kernels.h"
#include "data/table.h"
#include "support/toy-kind.h"
#include "support/training.h"

#include <math.h>
#include <string.h>

#define RBM                                                                \
  "model=rbm;hidden=5;batch-size=50;optimiser=momentum;momentum-epochs=2;" \
  "learning-rate=0.05;chains=30"

/* Closing and resuming gives the bytes of an uninterrupted run, chains included. */
static void
test_resume (gconstpointer settings)
{
  g_autofree char *all = g_strdup_printf (RBM ";%s", (const char *) settings);

  lt_test_assert_exact_resume (all);
}

static void
test_batch_size (void)
{
  g_autoptr (LtTrainer) trainer = lt_test_start (RBM ";method=pcd;epochs=3", NULL);

  lt_test_assert_chains_survive (trainer);
}

#define N_ROWS  200
#define N_WORDS 12

/* Rows of two kinds with noise: documents of 10 to 29 words each from one half of the
 * vocabulary, or the same numbers as measurements, standardised. */
static LtDataset *
halves_dataset (LtScaling scaling)
{
  LtPreparation preparation = { .scaling = scaling };
  LtDataset *dataset;
  LtShape shape;
  LtTable *table;
  LtRng rng;

  lt_rng_init (&rng, 3, 30);
  lt_shape_init (&shape, "words", LT_REAL, 1, N_WORDS, 1);
  table = lt_table_new ("halves", &shape, N_ROWS, LT_TABLE_FLOATS, NULL);
  lt_fill (0, N_ROWS * N_WORDS, table->floats);
  lt_table_describe (table, "Halves", "a test", "");
  for (int i = 0; i < N_ROWS; i++)
    for (int word = 10 + i % 20; word > 0; word--) {
      int k = (i % 2 + (int) (lt_rng_uniform (&rng) * N_WORDS / 2) * 2) % N_WORDS;

      table->floats[i * N_WORDS + k]++;
    }
  dataset = lt_dataset_new (table, &preparation, 1, NULL);
  g_assert_nonnull (dataset);
  return dataset;
}

/* Takes the data. */
static LtTrainer *
start_on (const char *settings, LtDataset *dataset)
{
  g_autoptr (LtExperiment) experiment = lt_test_experiment (settings);
  g_autoptr (GError) error = NULL;
  LtTrainerOptions options = { .experiment = experiment,
                               .dataset = dataset,
                               .n_threads = 1 };
  LtTrainer *trainer = lt_trainer_new (&options, &error);

  g_assert_no_error (error);
  lt_dataset_unref (dataset);
  return trainer;
}

typedef struct {
  const char *name;
  LtScaling scaling; /* auto: the toy's data, from 0 to 1 */
  const char *settings;
  const char *rate; /* absurd */
  const char *sound;
} Absurd;

static const Absurd absurd[] = {
  { "cd", LT_SCALING_AUTO, "model=rbm;hidden=5;method=cd;optimiser=sgd", "100", "0.1" },
  { "pcd", LT_SCALING_AUTO, "model=rbm;hidden=5;method=pcd;optimiser=sgd", "100",
    "0.1" },
  { "exact", LT_SCALING_AUTO, "model=rbm;hidden=5;method=exact;optimiser=sgd", "100",
    "0.1" },
  { "exact-momentum", LT_SCALING_AUTO,
    "model=rbm;hidden=5;method=exact;optimiser=momentum", "100", "0.1" },
  { "gaussian", LT_SCALING_STANDARD, "model=gaussian-rbm;hidden=5;optimiser=sgd", "10",
    "0.01" },
  { "learnt-sigma", LT_SCALING_STANDARD,
    "model=gaussian-rbm;hidden=5;learn-sigma=true;optimiser=sgd", "10", "0.01" },
  { "counts", LT_SCALING_COUNTS, "model=replicated-softmax;hidden=5;optimiser=sgd",
    "10", "0.01" },
  { "counts-momentum", LT_SCALING_COUNTS,
    "model=replicated-softmax;hidden=5;optimiser=momentum", "10", "0.001" },
};

static LtTrainer *
start_absurd (const Absurd *test, const char *rate)
{
  g_autofree char *settings =
      g_strdup_printf ("%s;learning-rate=%s;batch-size=10;weight-decay=0;epochs=40",
                       test->settings, rate);

  return start_on (settings, test->scaling == LT_SCALING_AUTO
                                 ? lt_toy_dataset_new (LT_TEST_ROWS, 0.2)
                                 : halves_dataset (test->scaling));
}

/* An absurd learning rate ends as a diverged run with its last good state and advice, though
 * a machine's gradients are bounded and nothing would become infinite; a sound one does not. */
static void
test_divergence (gconstpointer data)
{
  const Absurd *test = data;
  g_autoptr (LtTrainer) trainer = start_absurd (test, test->rate);
  g_autoptr (LtTrainer) sound = start_absurd (test, test->sound);
  g_autoptr (LtSnapshot) snapshot = NULL;
  LtTrainerStatus status;

  lt_test_advance (trainer, LT_RUN);
  status = lt_test_status (trainer);
  g_assert_cmpint (status.state, ==, LT_TRAINER_DIVERGED);
  g_test_message ("%s", status.message);
  g_assert_nonnull (strstr (status.message, "learning rate"));
  snapshot = lt_trainer_take_snapshot (trainer);
  g_assert_true (
      lt_all_finite (snapshot->params, lt_layout_size (snapshot->model->params)));
  g_assert_cmpfloat (
      lt_sum_squares (snapshot->params, lt_layout_size (snapshot->model->params)), <,
      100);
  lt_test_advance (sound, LT_RUN);
  g_assert_cmpint (lt_test_status (sound).state, ==, LT_TRAINER_FINISHED);
}

/* Four rows of three classes, or of none. */
static LtDataset *
small_dataset (gboolean labelled)
{
  LtPreparation preparation = { .scaling = LT_SCALING_NONE };
  LtDataset *dataset;
  LtShape shape;
  LtTable *table;

  lt_shape_init (&shape, "features", LT_UNIT, 1, 6, 1);
  table = lt_table_new ("small", &shape, 4, LT_TABLE_FLOATS, NULL);
  lt_fill (0, 4 * 6, table->floats);
  lt_table_describe (table, "Small", "a test", "");
  if (labelled) {
    table->labels = g_new0 (int, 4);
    table->label_names = g_strsplit ("zero one two", " ", -1);
  }
  dataset = lt_dataset_new (table, &preparation, 1, NULL);
  g_assert_nonnull (dataset);
  return dataset;
}

/* Label units that are not as many as the data's classes are refused before training, with
 * both numbers. */
static void
test_classes (gconstpointer labelled)
{
  g_autoptr (LtExperiment) experiment =
      lt_test_experiment ("model=classification-rbm;hidden=5;label-units=7");
  g_autoptr (LtDataset) dataset = small_dataset (labelled != NULL);
  g_autoptr (GError) error = NULL;
  LtTrainerOptions options = { .experiment = experiment,
                               .dataset = dataset,
                               .n_threads = 1 };

  g_assert_null (lt_trainer_new (&options, &error));
  g_assert_error (error, LT_ERROR, LT_ERROR_UNSUPPORTED);
  g_assert_nonnull (strstr (error->message, "7 classes"));
  g_assert_nonnull (strstr (error->message, labelled != NULL
                                                ? "“Small” has 3; set label-units=3."
                                                : "“Small” has no labels"));
}

/* The exact gradient by L-BFGS: the negative log-likelihood falls, and is what the run's
 * objective says. */
static void
test_exact (void)
{
  g_autoptr (LtTrainer) trainer = lt_test_start (
      "model=rbm;hidden=4;method=exact;weight-decay=0;optimiser=lbfgs;epochs=15", NULL);
  g_autoptr (GArray) epochs = g_array_new (FALSE, FALSE, sizeof (LtLogEpoch));
  double before;

  lt_test_advance (trainer, LT_RUN);
  lt_log_read (lt_trainer_log (trainer), NULL, epochs, NULL);
  before = INFINITY;
  for (guint i = 1; i < epochs->len; i++) {
    double objective = g_array_index (epochs, LtLogEpoch, i).objective;

    g_assert_cmpfloat (objective, <=, before + 1e-5);
    before = objective;
  }
  g_assert_cmpfloat (before, <, 6 * log (2));
}

int
main (int argc, char **argv)
{
  int status;

  g_test_init (&argc, &argv, NULL);
  g_test_add_data_func ("/rbm-training/resume/cd", "method=cd;dropout=0.2",
                        test_resume);
  g_test_add_data_func ("/rbm-training/resume/pcd", "method=pcd;binarise=true",
                        test_resume);
  g_test_add_data_func ("/rbm-training/resume/fast-pcd",
                        "method=fast-pcd;centring=enhanced", test_resume);
  g_test_add_data_func ("/rbm-training/resume/tempering",
                        "method=tempering;temperatures=3;swap-interval=7", test_resume);
  g_test_add_func ("/rbm-training/batch-size", test_batch_size);
  for (guint i = 0; i < G_N_ELEMENTS (absurd); i++) {
    g_autofree char *name =
        g_strconcat ("/rbm-training/divergence/", absurd[i].name, NULL);

    g_test_add_data_func (name, &absurd[i], test_divergence);
  }
  g_test_add_data_func ("/rbm-training/classes/others", GINT_TO_POINTER (TRUE),
                        test_classes);
  g_test_add_data_func ("/rbm-training/classes/none", NULL, test_classes);
  g_test_add_func ("/rbm-training/exact", test_exact);
  status = g_test_run ();
  return status;
}

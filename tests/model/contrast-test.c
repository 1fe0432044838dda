/* Both phases of a machine small enough to go through its states, and the settling of mean
 * field, whatever family it is. */
#include "probes/contrast.h"

#include "core/kernels.h"
#include "probes/settling.h"
#include "support/rbm-trial.h"

#include <math.h>
#include <string.h>

#define NV     6
#define NH     4
#define N_ROWS 40

typedef struct {
  LtDataset *data;
  LtSnapshot *snapshot;
  LtWorkspace *ws;
} Trial;

static LtDataset *
data_new (void)
{
  const LtPreparation preparation = { .scaling = LT_SCALING_NONE };
  g_autoptr (GError) error = NULL;
  LtTable *table = g_new0 (LtTable, 1);
  LtDataset *data;
  LtRng rng;

  lt_rng_init (&rng, 5, 0);
  table->name = g_strdup ("bits");
  table->title = g_strdup ("Bits");
  table->n = N_ROWS;
  lt_shape_init (&table->shape, "features", LT_BINARY, 1, NV, 1);
  table->floats = g_new (float, N_ROWS *NV);
  lt_rng_fill_mask (&rng, 0.3f, N_ROWS * NV, table->floats);
  data = lt_dataset_new (table, &preparation, 1, &error);
  g_assert_no_error (error);
  return data;
}

/* A machine of `kind`, which is one of the RBM's, with parameters of some size. */
static void
trial_init (Trial *self, const LtModelKind *kind, const char *knobs)
{
  g_autoptr (LtModel) model = NULL;
  g_autoptr (GError) error = NULL;
  LtRbmSettings settings;
  float *params, *state;
  LtRng rng;

  self->data = data_new ();
  self->ws = lt_workspace_new (NULL);
  lt_model_kind_init_settings (kind, &settings);
  rbm_trial_set_knobs (kind, knobs, &settings);
  model = lt_model_new (kind, &settings, lt_dataset_shape (self->data), &error);
  g_assert_no_error (error);
  params = lt_block_new (model->params);
  state = model->state != NULL ? lt_block_new (model->state) : NULL;
  lt_rng_init (&rng, 3, 1);
  kind->init (model, &settings, lt_dataset_mean (self->data), &rng, params, state);
  lt_rng_fill_normal (&rng, NV * NH, params);
  self->snapshot = lt_snapshot_new (model, params, state, NULL, &settings);
  lt_block_free (params);
  g_clear_pointer (&state, lt_block_free);
}

static void
trial_clear (Trial *self)
{
  lt_snapshot_unref (self->snapshot);
  lt_dataset_unref (self->data);
  lt_workspace_free (self->ws);
}

static LtContrast *
contrast_new (const Trial *trial, const LtContrastOptions *options)
{
  LtContrast *contrast =
      lt_probe_contrast (trial->snapshot, trial->data, options, trial->ws);

  g_assert_nonnull (contrast);
  return contrast;
}

static const LtContrastOptions usual = { .n = N_ROWS,
                                         .n_shown = N_ROWS,
                                         .k = 2,
                                         .repeats = 1,
                                         .chain_steps = 20,
                                         .exact = TRUE,
                                         .seed = 1 };

/* The data's term is the mean of v⁰h⁰' over the rows kept, and CD-1's of v¹h¹'. */
static void
test_statistics (void)
{
  LtContrast *contrast;
  Trial trial;

  trial_init (&trial, &lt_rbm, "hidden=4 method=cd");
  contrast = contrast_new (&trial, &usual);
  g_assert_cmpint (contrast->n_visible, ==, NV);
  g_assert_cmpint (contrast->nh, ==, NH);
  for (int i = 0; i < NV; i++)
    for (int j = 0; j < NH; j++) {
      double data = 0, model = 0;

      for (int row = 0; row < N_ROWS; row++) {
        data += (double) (contrast->v0[row * NV + i] * contrast->h0_mean[row * NH + j]);
        model += (double) (contrast->v1[row * NV + i] * contrast->h1[row * NH + j]);
      }
      g_assert_cmpfloat_with_epsilon ((double) contrast->data[i * NH + j],
                                      data / N_ROWS, 1e-5);
      g_assert_cmpfloat_with_epsilon (
          (double) contrast->model[LT_MODEL_BY_CD_1].vh[i * NH + j], model / N_ROWS,
          1e-5);
    }
  for (int i = 0; i < N_ROWS * NH; i++)
    g_assert_true (contrast->h0[i] == 0 || contrast->h0[i] == 1);
  lt_contrast_free (contrast);
  trial_clear (&trial);
}

/* All ways lead to the exact term: 400 draws of 40 chains have a standard error below
 * 0.5/√16000 = 0.004 an entry, were all of them independent; a step farther from the data is
 * nearer to it. */
static void
test_methods_agree (void)
{
  LtContrastOptions options = usual;
  LtContrast *contrast;
  Trial trial;

  options.k = 100;
  options.repeats = 400;
  options.chain_steps = 500;
  trial_init (&trial, &lt_rbm, "hidden=4 method=cd");
  contrast = contrast_new (&trial, &options);
  g_assert_cmpint (contrast->reference, ==, LT_MODEL_BY_STATES);
  for (int i = 0; i < NV * NH; i++) {
    double exact = (double) contrast->model[LT_MODEL_BY_STATES].vh[i];

    g_assert_cmpfloat_with_epsilon ((double) contrast->model[LT_MODEL_BY_CD_K].vh[i],
                                    exact, 0.02);
    g_assert_cmpfloat_with_epsilon ((double) contrast->model[LT_MODEL_BY_CHAINS].vh[i],
                                    exact, 0.05);
  }
  g_assert_cmpfloat (contrast->model[LT_MODEL_BY_CD_K].error, <,
                     contrast->model[LT_MODEL_BY_CD_1].error);
  g_assert_cmpfloat (contrast->model[LT_MODEL_BY_CD_K].cosine, >, 0.99);
  g_assert_true (isnan (contrast->model[LT_MODEL_BY_STATES].cosine));
  lt_contrast_free (contrast);
  trial_clear (&trial);
}

/* Chains of the training where there are some, fresh ones else; without states the chains
 * are what the others are compared to. */
static void
test_chains (void)
{
  LtContrastOptions options = usual;
  LtContrast *contrast;
  Trial trial;

  options.exact = FALSE;
  trial_init (&trial, &lt_rbm, "hidden=4 method=pcd chains=30");
  contrast = contrast_new (&trial, &options);
  g_assert_true (contrast->model[LT_MODEL_BY_CHAINS].persistent);
  g_assert_cmpint (contrast->model[LT_MODEL_BY_CHAINS].n, ==, 30);
  g_assert_cmpint (contrast->model[LT_MODEL_BY_CHAINS].steps, ==, 1);
  g_assert_cmpint (contrast->reference, ==, LT_MODEL_BY_CHAINS);
  g_assert_null (contrast->model[LT_MODEL_BY_STATES].vh);
  lt_contrast_free (contrast);
  trial_clear (&trial);
  trial_init (&trial, &lt_rbm, "hidden=4 method=cd");
  contrast = contrast_new (&trial, &options);
  g_assert_false (contrast->model[LT_MODEL_BY_CHAINS].persistent);
  g_assert_cmpint (contrast->model[LT_MODEL_BY_CHAINS].steps, ==, 20);
  lt_contrast_free (contrast);
  trial_clear (&trial);
}

/* Minibatches follow each other and go round; one seed gives one result. */
static void
test_minibatches (void)
{
  LtContrastOptions options = usual;
  LtContrast *first, *again, *third;
  Trial trial;

  options.n = options.n_shown = 15;
  trial_init (&trial, &lt_rbm, "hidden=4 method=cd");
  first = contrast_new (&trial, &options);
  again = contrast_new (&trial, &options);
  options.minibatch = 3;
  third = contrast_new (&trial, &options);
  g_assert_cmpint ((int) third->first, ==, 45 % N_ROWS);
  g_assert_cmpmem (first->v1, 15 * NV * sizeof (float), again->v1,
                   15 * NV * sizeof (float));
  g_assert_cmpmem (first->v0 + 5 * NV, 10 * NV * sizeof (float), third->v0,
                   10 * NV * sizeof (float));
  lt_contrast_free (first);
  lt_contrast_free (again);
  lt_contrast_free (third);
  trial_clear (&trial);
}

/* Parameters that are no numbers give nothing. */
static void
test_not_finite (void)
{
  Trial trial;

  trial_init (&trial, &lt_rbm, "hidden=4 method=cd");
  trial.snapshot->params[2] = NAN;
  g_assert_null (lt_probe_contrast (trial.snapshot, trial.data, &usual, trial.ws));
  trial_clear (&trial);
}

/* ---- Settling --------------------------------------------------------------------------- */

/* Means that halve their distance to 1 with each sweep. */
static int
halve (const LtCall *call, const LtSettling *settling)
{
  gsize n = (gsize) settling->n * call->model->n_code;
  g_autofree float *h = g_new0 (float, n);
  const float *layers[1] = { h };
  double change = 1;
  int sweep = 0;

  settling->swept (settling->data, 0, layers, 1, -8);
  while (sweep < settling->most && change > settling->tolerance) {
    change /= 2;
    for (gsize i = 0; i < n; i++)
      h[i] += (float) change;
    sweep++;
    settling->swept (settling->data, sweep, layers, change, -8.0 / (sweep + 1));
  }
  return sweep;
}

/* What each sweep says is kept: the first ones' means and the last one's. */
static void
test_settling (void)
{
  LtModelKind kind = lt_rbm;
  LtSettlingOptions options = { .split = LT_TRAIN, .n = 20, .n_shown = 3, .most = 200 };
  LtSettlingTrace *trace;
  Trial trial;

  kind.settle = halve;
  trial_init (&trial, &kind, "hidden=4 method=cd");
  options.tolerance = 1e-3;
  trace = lt_probe_settling (trial.snapshot, trial.data, &options, trial.ws);
  g_assert_cmpint (trace->n_sweeps, ==, 10);
  g_assert_true (trace->settled);
  g_assert_cmpint (trace->n_kept, ==, 11);
  g_assert_cmpint ((int) trace->rows[1], ==, 2);
  g_assert_true (isnan (trace->change[0]));
  g_assert_cmpfloat (trace->change[3], ==, 0.125);
  g_assert_cmpfloat (trace->bound[1], ==, -4);
  g_assert_cmpfloat ((double) trace->means[2][0], ==, 0.75);
  lt_settling_trace_free (trace);
  options.tolerance = 1e-300;
  trace = lt_probe_settling (trial.snapshot, trial.data, &options, trial.ws);
  g_assert_cmpint (trace->n_sweeps, ==, 200);
  g_assert_false (trace->settled);
  g_assert_cmpint (trace->n_kept, ==, LT_SETTLING_KEPT);
  g_assert_cmpint (trace->kept[LT_SETTLING_KEPT - 2], ==, LT_SETTLING_KEPT - 2);
  g_assert_cmpint (trace->kept[LT_SETTLING_KEPT - 1], ==, 200);
  lt_settling_trace_free (trace);
  trial_clear (&trial);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/contrast/statistics", test_statistics);
  g_test_add_func ("/contrast/methods-agree", test_methods_agree);
  g_test_add_func ("/contrast/chains", test_chains);
  g_test_add_func ("/contrast/minibatches", test_minibatches);
  g_test_add_func ("/contrast/not-finite", test_not_finite);
  g_test_add_func ("/settling/kept", test_settling);
  return g_test_run ();
}

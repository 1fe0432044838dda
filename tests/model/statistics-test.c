/* Both phases of deep machines' gradients, one weight layer at a time: against what the
 * training computes, and against enumeration in double. */
#include "boltzmann/dbn-machine.h"
#include "support/dbm-trial.h"
#include "support/dbn-trial.h"

#include <math.h>
#include <string.h>

#define N    6
#define NV   4
#define MOST 16 /* units of a layer */

/* Memory for the phases of one layer. */
typedef struct {
  LtGibbsLayer info;
  LtGibbsChains phase;
} Phases;

static void
phases_init (Phases *self, const LtModel *model, int layer, int n)
{
  model->kind->gibbs->describe (model, layer, &self->info);
  self->phase = (LtGibbsChains){
    .layer = layer,
    .n = n,
    .chains = lt_floats_new ((gsize) n * self->info.width),
    .below = lt_floats_new ((gsize) n * self->info.n_below),
    .above = lt_floats_new ((gsize) n * self->info.n_above),
  };
}

static void
phases_clear (Phases *self)
{
  lt_block_free (self->phase.chains);
  lt_block_free (self->phase.below);
  lt_block_free (self->phase.above);
}

static double
product_of (const Phases *self, int i, int j)
{
  const LtGibbsChains *phase = &self->phase;
  double sum = 0;

  for (int row = 0; row < phase->n; row++)
    sum += (double) (phase->below[row * self->info.n_below + i] *
                     phase->above[row * self->info.n_above + j]);
  return sum / phase->n;
}

/* ---- Deep Boltzmann machines ---------------------------------------------------------- */

/* With the same chains and random numbers the difference of the phases is the gradient that
 * the training goes along. */
static void
test_dbm_gradient (gconstpointer knobs)
{
  DbmTrial trial;
  int first, last, usual;
  LtRng rng;

  dbm_trial_init (&trial, knobs, NV, N, 0.5);
  rng = trial.rng;
  lt_dbm.gibbs->layers (trial.model, &first, &last, &usual);
  g_assert_cmpint (first, ==, 0);
  g_assert_cmpint (usual, ==, 0);
  g_assert_cmpint (last, ==, trial.machine.top - 1);
  for (int layer = first; layer <= last; layer++) {
    double variance = layer == 0 ? trial.machine.variance : 1;
    LtCall call = dbm_trial_call (&trial);
    float *before = lt_block_dup (trial.model->state, trial.state);
    const float *d_w = trial.gradient + trial.machine.w[layer + 1];
    Phases data, model;

    phases_init (&data, trial.model, layer, N);
    phases_init (&model, trial.model, layer, trial.settings.chains);
    lt_dbm.gibbs->load (&call, &data.phase, trial.x, trial.labels);
    g_assert_cmpint (lt_dbm.gibbs->kept (&call, &model.phase), ==,
                     trial.settings.chains);
    trial.rng = rng;
    lt_dbm.gibbs->step (&call, &model.phase);
    trial.rng = rng;
    dbm_trial_gradient (&trial);
    for (int i = 0; i < data.info.n_below; i++)
      for (int j = 0; j < data.info.n_above; j++)
        g_assert_cmpfloat_with_epsilon (
            (product_of (&model, i, j) - product_of (&data, i, j)) / variance,
            (double) d_w[i * data.info.n_above + j], 1e-5);
    memcpy (trial.state, before, lt_layout_size (trial.model->state) * sizeof *before);
    lt_block_free (before);
    phases_clear (&data);
    phases_clear (&model);
  }
  dbm_trial_clear (&trial);
}

/* Adds the states of layers l … top to `sum` and to the moments of the layer. */
static void
add_states (const DbmTrial *trial,
            int l,
            int layer,
            DbmUnits *units,
            double *sum,
            double *moments)
{
  const LtDbmMachine *m = &trial->machine;
  gboolean labels = l > m->n_hidden;
  double p;

  if (l <= m->top) {
    for (int state = 0; state < (labels ? m->n[l] : 1 << m->n[l]); state++) {
      for (int i = 0; i < m->n[l]; i++)
        units->x[l][i] = labels ? i == state : state >> i & 1;
      add_states (trial, l + 1, layer, units, sum, moments);
    }
    return;
  }
  *sum += p = exp (-dbm_oracle_energy (trial, units));
  for (int i = 0; i < m->n[layer]; i++)
    for (int j = 0; j < m->n[layer + 1]; j++)
      moments[i * m->n[layer + 1] + j] +=
          p * units->x[layer][i] * units->x[layer + 1][j];
}

static void
test_dbm_moments (gconstpointer knobs)
{
  DbmTrial trial;

  dbm_trial_init (&trial, knobs, NV, N, 0.7);
  for (int layer = 0; layer < trial.machine.top; layer++) {
    int n = trial.machine.n[layer] * trial.machine.n[layer + 1];
    double exact[MOST * MOST] = { 0 }, sum = 0;
    LtCall call = dbm_trial_call (&trial);
    float moments[MOST * MOST];
    DbmUnits units = { 0 };

    add_states (&trial, 0, layer, &units, &sum, exact);
    g_assert_true (lt_dbm.gibbs->moments (&call, layer, moments));
    for (int i = 0; i < n; i++)
      g_assert_cmpfloat_with_epsilon ((double) moments[i], exact[i] / sum, 1e-5);
  }
  dbm_trial_clear (&trial);
}

/* Gaussian visible units: E[v h'] = E[(b + Wh) h'], the chains' own average over many steps.
 * 300 chains for 400 steps have a standard error below 0.02, were only every tenth step
 * independent of the one before. */
static void
test_dbm_gaussian (void)
{
  enum {
    CHAINS = 300,
    STEPS = 400
  };
  double mean[MOST * MOST] = { 0 };
  float moments[MOST * MOST];
  float *x = lt_floats_new (CHAINS * NV);
  DbmTrial trial;
  Phases phases;

  dbm_trial_init (&trial, "hidden=3,2 visible=gaussian visible-sigma=0.7", NV, N, 0.4);
  LtCall call = dbm_trial_call (&trial);
  phases_init (&phases, trial.model, 0, CHAINS);
  g_assert_true (lt_dbm.gibbs->moments (&call, 0, moments));
  lt_dbm.gibbs->load (&call, &phases.phase, x, NULL);
  lt_dbm.gibbs->draw (&call, &phases.phase);
  for (int step = 0; step < STEPS; step++) {
    lt_dbm.gibbs->step (&call, &phases.phase);
    for (int i = 0; i < NV; i++)
      for (int j = 0; j < 3; j++)
        mean[i * 3 + j] += product_of (&phases, i, j) / STEPS;
  }
  for (int i = 0; i < NV * 3; i++)
    g_assert_cmpfloat_with_epsilon (mean[i], (double) moments[i], 0.05);
  phases_clear (&phases);
  lt_block_free (x);
  dbm_trial_clear (&trial);
}

/* The smaller half's 18 binary units can still be listed, 19 cannot. */
static void
test_dbm_too_large (void)
{
  g_autofree float *product = g_new (float, 20 * 20);
  DbmTrial trial;

  dbm_trial_init (&trial, "hidden=18,1", 20, 1, 0.1);
  LtCall call = dbm_trial_call (&trial);
  g_assert_true (lt_dbm.gibbs->moments (&call, 0, product));
  dbm_trial_clear (&trial);
  dbm_trial_init (&trial, "hidden=19,1", 20, 1, 0.1);
  call = dbm_trial_call (&trial);
  g_assert_false (lt_dbm.gibbs->moments (&call, 0, product));
  dbm_trial_clear (&trial);
}

/* Chains begin at samples of the means, in which the data stay as they are. */
static void
test_dbm_draw (void)
{
  DbmTrial trial;
  Phases phases;

  dbm_trial_init (&trial, "hidden=5,4 label-units=3", NV, N, 0.7);
  LtCall call = dbm_trial_call (&trial);
  for (int layer = 0; layer < 3; layer++) {
    phases_init (&phases, trial.model, layer, N);
    lt_dbm.gibbs->load (&call, &phases.phase, trial.x, NULL);
    lt_dbm.gibbs->draw (&call, &phases.phase);
    for (int row = 0; row < N; row++) {
      const float *chain = phases.phase.chains + row * phases.info.width;
      float ones = 0;

      g_assert_cmpmem (chain, NV * sizeof *chain, trial.x + row * NV,
                       NV * sizeof *chain);
      for (int i = 0; i < phases.info.n_above; i++) {
        float h = phases.phase.above[row * phases.info.n_above + i];

        g_assert_true (h == 0 || h == 1);
        ones += h;
      }
      if (layer == 2)
        g_assert_cmpfloat ((double) ones, ==, 1);
    }
    g_assert_cmpint (phases.info.hidden_above, ==, layer == 2 ? -1 : layer);
    phases_clear (&phases);
  }
  dbm_trial_clear (&trial);
}

/* ---- Deep belief networks ------------------------------------------------------------- */

/* Each machine sees what the layers below make of the data, and is one like any other. */
static void
test_dbn_layers (gconstpointer knobs)
{
  int first, last, usual;
  DbnTrial trial;

  dbn_trial_init (&trial, knobs, NV, N);
  lt_dbn.gibbs->layers (trial.model, &first, &last, &usual);
  g_assert_cmpint (first, ==, 0);
  g_assert_cmpint (last, ==, 2);
  g_assert_cmpint (usual, ==, 2);
  for (int layer = 0; layer < 3; layer++) {
    LtCall call = dbn_trial_call (&trial);
    int units = lt_dbn_units (trial.model, layer);
    float seen[N * MOST], below[N * MOST], above[N * MOST];
    LtGibbsChains own;
    Phases phases;
    DbnTrial *t = &trial;
    LtDbnCall machine;
    LtRng rng;

    lt_dbn_call_init (&machine, &call, layer);
    phases_init (&phases, trial.model, layer, N);
    if (layer > 0)
      lt_dbn.activations (&call, layer - 1, t->x, N, seen);
    else
      memcpy (seen, t->x, (gsize) N * NV * sizeof *seen);
    own = phases.phase;
    own.layer = 0;
    own.below = below;
    own.above = above;
    lt_rbm.gibbs->load (&machine.call, &own, seen, t->labels);
    rng = trial.rng;
    lt_rbm.gibbs->draw (&machine.call, &own);
    lt_rbm.gibbs->step (&machine.call, &own);
    trial.rng = rng;
    lt_dbn.gibbs->load (&call, &phases.phase, t->x, t->labels);
    for (int row = 0; row < N; row++)
      for (int i = 0; i < units; i++)
        g_assert_cmpfloat ((double) phases.phase.below[row * phases.info.n_below + i],
                           ==, (double) seen[row * units + i]);
    lt_dbn.gibbs->draw (&call, &phases.phase);
    lt_dbn.gibbs->step (&call, &phases.phase);
    g_assert_cmpmem (phases.phase.below, N * phases.info.n_below * sizeof (float),
                     below, N * phases.info.n_below * sizeof (float));
    g_assert_cmpmem (phases.phase.above, N * phases.info.n_above * sizeof (float),
                     above, N * phases.info.n_above * sizeof (float));
    g_assert_cmpint (phases.info.hidden_below, ==, layer - 1);
    g_assert_cmpint (phases.info.hidden_above, ==, layer);
    phases_clear (&phases);
  }
  dbn_trial_clear (&trial);
}

/* Machines that have not learnt yet have nothing to look at, and after up-down fine-tuning
 * only the top one is a machine. */
static void
test_dbn_range (void)
{
  static const struct {
    const char *knobs;
    int first, last;
  } cases[] = {
    { "hidden=4,3,2 layer=1", 0, 0 },
    { "hidden=4,3,2 layer=2", 0, 1 },
    { "hidden=4,3,2 layer=0", 2, 2 },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    int first, last, usual;
    DbnTrial trial;

    dbn_trial_init (&trial, cases[i].knobs, NV, N);
    lt_dbn.gibbs->layers (trial.model, &first, &last, &usual);
    g_assert_cmpint (first, ==, cases[i].first);
    g_assert_cmpint (last, ==, cases[i].last);
    g_assert_cmpint (usual, ==, cases[i].last);
    dbn_trial_clear (&trial);
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_data_func ("/statistics/dbm/gradient/two",
                        "hidden=5,3 chains=7 gibbs-steps=1", test_dbm_gradient);
  g_test_add_data_func ("/statistics/dbm/gradient/labels",
                        "hidden=5,3,4 label-units=3 chains=4 gibbs-steps=1",
                        test_dbm_gradient);
  g_test_add_data_func (
      "/statistics/dbm/gradient/gaussian",
      "hidden=5,3 visible=gaussian visible-sigma=0.6 chains=5 gibbs-steps=1",
      test_dbm_gradient);
  g_test_add_data_func ("/statistics/dbm/moments/two", "hidden=3,4", test_dbm_moments);
  g_test_add_data_func ("/statistics/dbm/moments/labels", "hidden=3,3,2 label-units=3",
                        test_dbm_moments);
  g_test_add_func ("/statistics/dbm/gaussian", test_dbm_gaussian);
  g_test_add_func ("/statistics/dbm/too-large", test_dbm_too_large);
  g_test_add_func ("/statistics/dbm/draw", test_dbm_draw);
  g_test_add_data_func ("/statistics/dbn/layers", "hidden=5,4,3 layer=3",
                        test_dbn_layers);
  g_test_add_data_func ("/statistics/dbn/labels",
                        "hidden=5,4,3 layer=3 label-units=3 doubling=true",
                        test_dbn_layers);
  g_test_add_func ("/statistics/dbn/range", test_dbn_range);
  return g_test_run ();
}

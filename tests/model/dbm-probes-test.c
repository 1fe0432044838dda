/* What views ask a deep Boltzmann machine for: layers downwards, filters, particles, its
 * drawing, and what it takes over from a pretrained belief network. */
#include "boltzmann/dbn.h"
#include "core/kernels.h"
#include "support/dbm-trial.h"

#include <math.h>
#include <string.h>

static double
sigmoid (double a)
{
  return 1 / (1 + exp (-a));
}

static double
weight (const DbmTrial *trial, int l, int i, int j)
{
  return trial->exact[trial->machine.w[l] + (gsize) (i * trial->machine.n[l] + j)];
}

static double
bias (const DbmTrial *trial, int l, int i)
{
  return trial->exact[trial->machine.bias[l] + (gsize) i];
}

/* From the code downwards: hidden layers take what comes from above twice, visible units
 * once. */
static void
test_decode (void)
{
  const float z[3] = { 1, 0, 0.5f };
  DbmTrial trial;
  double h[4];
  float x[5];

  dbm_trial_init (&trial, "hidden=4,3", 5, 1, 0.7);
  LtCall call = dbm_trial_call (&trial);
  lt_dbm.decode (&call, z, 1, x);
  for (int i = 0; i < 4; i++) {
    h[i] = bias (&trial, 1, i);
    for (int j = 0; j < 3; j++)
      h[i] += 2 * weight (&trial, 2, i, j) * (double) z[j];
    h[i] = sigmoid (h[i]);
  }
  for (int i = 0; i < 5; i++) {
    double a = bias (&trial, 0, i);

    for (int j = 0; j < 4; j++)
      a += weight (&trial, 1, i, j) * h[j];
    g_assert_cmpfloat_with_epsilon ((double) x[i], sigmoid (a), 1e-6);
  }
  dbm_trial_clear (&trial);
}

/* Reconstructions are the visible means given the settled first layer; real-valued ones are
 * not divided by variances. */
static void
test_reconstruct (gconstpointer knobs)
{
  float r[3 * 5], h[3 * 4];
  DbmTrial trial;

  dbm_trial_init (&trial, knobs, 5, 3, 0.7);
  LtCall call = dbm_trial_call (&trial);
  lt_dbm.reconstruct (&call, trial.x, 3, r);
  lt_dbm.activations (&call, 0, trial.x, 3, h);
  for (int row = 0; row < 3; row++)
    for (int i = 0; i < 5; i++) {
      double a = bias (&trial, 0, i);

      for (int j = 0; j < 4; j++)
        a += weight (&trial, 1, i, j) * (double) h[row * 4 + j];
      g_assert_cmpfloat_with_epsilon ((double) r[row * 5 + i],
                                      trial.machine.gaussian ? a : sigmoid (a), 1e-5);
    }
  dbm_trial_clear (&trial);
}

/* Deeper filters are products of the weights. */
static void
test_filters (void)
{
  float first[4 * 5], second[3 * 5];
  DbmTrial trial;

  dbm_trial_init (&trial, "hidden=4,3", 5, 1, 0.7);
  LtCall call = dbm_trial_call (&trial);
  lt_dbm.filters (&call, 0, first);
  lt_dbm.filters (&call, 1, second);
  for (int i = 0; i < 5; i++) {
    for (int j = 0; j < 4; j++)
      g_assert_cmpfloat ((double) first[j * 5 + i], ==, weight (&trial, 1, i, j));
    for (int k = 0; k < 3; k++) {
      double sum = 0;

      for (int j = 0; j < 4; j++)
        sum += weight (&trial, 1, i, j) * weight (&trial, 2, j, k);
      g_assert_cmpfloat_with_epsilon ((double) second[k * 5 + i], sum, 1e-6);
    }
  }
  dbm_trial_clear (&trial);
}

/* The chains' visible means, given their first hidden layer. */
static void
test_particles (void)
{
  DbmTrial trial;
  float x[6 * 5];

  dbm_trial_init (&trial, "hidden=4,3 chains=6", 5, 1, 0.7);
  LtCall call = dbm_trial_call (&trial);
  g_assert_cmpint (lt_dbm.n_particles (trial.model), ==, 6);
  lt_dbm.particles (&call, x);
  for (int row = 0; row < 6; row++)
    for (int i = 0; i < 5; i++) {
      const float *h = trial.state + trial.machine.chain[1] + row * 4;
      double a = bias (&trial, 0, i);

      for (int j = 0; j < 4; j++)
        a += weight (&trial, 1, i, j) * (double) h[j];
      g_assert_cmpfloat_with_epsilon ((double) x[row * 5 + i], sigmoid (a), 1e-6);
    }
  dbm_trial_clear (&trial);
}

/* As it is drawn, each edge leads to the tensor that joins its layers, each layer to its
 * bias. */
static void
test_graph (void)
{
  LtGraph graph = { 0 };
  DbmTrial trial;

  dbm_trial_init (&trial, "hidden=4,3,2 label-units=6", 5, 1, 0.7);
  lt_model_graph (trial.model, &graph);
  g_assert_cmpint (graph.n_layers, ==, 5);
  g_assert_cmpint (graph.n_edges, ==, 4);
  for (int e = 0; e < graph.n_edges; e++) {
    const LtGraphEdge *edge = &graph.edges[e];
    const LtTensor *w = lt_layout_tensor (trial.model->params, edge->weights);

    g_assert_true (edge->undirected);
    g_assert_cmpint (w->dims[0], ==, graph.layers[edge->from].n_units);
    g_assert_cmpint (w->dims[1], ==, graph.layers[edge->to].n_units);
  }
  for (int l = 0; l < graph.n_layers; l++)
    g_assert_cmpint (
        lt_layout_tensor (trial.model->params, graph.layers[l].bias)->dims[0], ==,
        graph.layers[l].n_units);
  dbm_trial_clear (&trial);
}

/* A belief network that was pretrained by doubling becomes the machine. */
static void
test_adopt_network (void)
{
  LtDbnSettings settings;
  g_autoptr (GError) error = NULL;
  g_autoptr (LtModel) network = NULL;
  const LtLayout *layout;
  DbmTrial trial;
  float *params;

  dbm_trial_init (&trial, "hidden=4,3", 5, 1, 0.7);
  lt_model_kind_init_settings (&lt_dbn, &settings);
  settings.rbm.hidden = (LtList){ 2, { 4, 3 } };
  settings.doubling = TRUE;
  settings.layer = 2;
  network = lt_model_new (&lt_dbn, &settings, &trial.model->shape, &error);
  g_assert_no_error (error);
  layout = network->params;
  params = lt_block_new (layout);
  lt_rng_fill_normal (&trial.rng, lt_layout_size (layout), params);
  LtCall from = {
    .model = network, .params = params, .settings = &settings, .ws = trial.ws
  };
  LtCall call = dbm_trial_call (&trial);
  lt_model_adopt (&call, &from, trial.params, trial.state, &error);
  g_assert_no_error (error);
  for (int l = 1; l <= 2; l++)
    g_assert_cmpmem (trial.params + trial.machine.w[l],
                     (l == 1 ? 20 : 12) * sizeof (float),
                     params + lt_layout_find (layout, l == 1 ? "W1" : "W2")->offset,
                     (l == 1 ? 20 : 12) * sizeof (float));
  g_assert_cmpmem (trial.params + trial.machine.bias[0], 5 * sizeof (float),
                   params + lt_layout_find (layout, "b")->offset, 5 * sizeof (float));
  for (int i = 0; i < 4; i++)
    g_assert_cmpfloat (
        (double) trial.params[trial.machine.bias[1] + (gsize) i], ==,
        (double) (params[lt_layout_find (layout, "c1")->offset + (gsize) i] +
                  params[lt_layout_find (layout, "b2")->offset + (gsize) i]));
  lt_block_free (params);
  dbm_trial_clear (&trial);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/dbm-probes/decode", test_decode);
  g_test_add_data_func ("/dbm-probes/reconstruct/binary", "hidden=4,3",
                        test_reconstruct);
  g_test_add_data_func ("/dbm-probes/reconstruct/gaussian",
                        "hidden=4,3 visible=gaussian visible-sigma=0.5",
                        test_reconstruct);
  g_test_add_func ("/dbm-probes/filters", test_filters);
  g_test_add_func ("/dbm-probes/particles", test_particles);
  g_test_add_func ("/dbm-probes/graph", test_graph);
  g_test_add_func ("/dbm-probes/adopt-network", test_adopt_network);
  return g_test_run ();
}

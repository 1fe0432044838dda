/* A deep Boltzmann machine as a stack of layers, for models that begin with it, and how it
 * begins with a stack; and how it is drawn.
 *
 * Each machine of a pretrained stack stood in for two layers' input where its layer has two
 * neighbours, by doubling (Salakhutdinov & Hinton 2009, section 3.1). Put together, the
 * weights are taken as they are, and a layer shared by two machines has the sum of both
 * biases. The other way round a hidden layer's bias is given in two halves, and its
 * doubled input from one side makes up for the missing other one. */
#include "boltzmann/dbm-machine.h"

#include <string.h>

#include "core/kernels.h"

#define STREAM 0xdb

static const float *
half_of (const LtDbm *dbm, int l)
{
  int n = dbm->machine.n[l];
  float *half = lt_workspace_floats (dbm->ws, n);

  lt_axpby (0.5f, dbm->bias[l], 0, n, half);
  return half;
}

void
lt_dbm_stack (const LtCall *call, LtStack *stack)
{
  const float *below = NULL;
  LtDbmMachine *m;
  LtDbm dbm;

  lt_dbm_init (&dbm, call);
  m = &dbm.machine;
  *stack = (LtStack){ .n_layers = m->n_hidden };
  for (int l = 1; l <= m->n_hidden; l++) {
    gboolean first = l == 1, last = l == m->n_hidden;
    const float *up_bias = last ? dbm.bias[l] : half_of (&dbm, l);

    stack->layer[l - 1] = (LtStackLayer){
      .n_in = m->n[l - 1],
      .n_out = m->n[l],
      .up = dbm.w[l],
      .up_bias = up_bias,
      .down_bias = first ? dbm.bias[0] : below,
      .up_factor = last ? 1 : 2,
      .down_factor = first ? 1 : 2,
    };
    below = up_bias;
  }
  if (m->gaussian) {
    float *variance = lt_workspace_floats (dbm.ws, m->n[0]);

    lt_fill ((float) m->variance, m->n[0], variance);
    stack->variance = variance;
  }
  if (!m->labels)
    return;
  stack->n_classes = m->n[m->top];
  stack->label_weights = dbm.w[m->top];
  stack->label_bias = dbm.bias[m->top];
}

/* Hidden units take in Σ (x_i/σ_i²) W_ij, which stays the same when W_i is multiplied with
 * the ratio of σ_i². */
static void
adopt_scale (const LtDbmMachine *m, const float *variance, float *params)
{
  for (int i = 0; i < m->n[0]; i++) {
    double other = variance != NULL ? (double) variance[i] : 1;

    lt_scale ((float) (m->variance / other), m->n[1],
              params + m->w[1] + (gsize) i * m->n[1]);
  }
}

void
lt_dbm_adopt (const LtCall *call, const LtStack *from, float *params, float *state)
{
  int n_taken;
  LtDbmMachine m;
  LtRng rng; /* of the chains, which begin anew by the biases taken over */

  lt_dbm_machine_init (&m, call->model);
  n_taken = MIN (m.n_hidden, from->n_layers);
  if (from->layer[0].down_bias != NULL)
    memcpy (params + m.bias[0], from->layer[0].down_bias, m.n[0] * sizeof *params);
  for (int l = 1; l <= n_taken; l++) {
    const LtStackLayer *layer = &from->layer[l - 1];

    memcpy (params + m.w[l], layer->up,
            (gsize) layer->n_in * layer->n_out * sizeof *params);
    memcpy (params + m.bias[l], layer->up_bias, m.n[l] * sizeof *params);
    if (l < n_taken && layer[1].down_bias != NULL)
      lt_axpy (1, layer[1].down_bias, m.n[l], params + m.bias[l]);
  }
  if (m.gaussian || from->variance != NULL)
    adopt_scale (&m, from->variance, params);
  if (m.labels && n_taken == m.n_hidden && from->n_classes == m.n[m.top]) {
    memcpy (params + m.w[m.top], from->label_weights,
            (gsize) m.n[m.n_hidden] * m.n[m.top] * sizeof *params);
    memcpy (params + m.bias[m.top], from->label_bias, m.n[m.top] * sizeof *params);
  }
  lt_rng_init (&rng, 0, STREAM);
  lt_dbm_init_state (call->model, params, &rng, state);
}

/* ---- The drawing ----------------------------------------------------------------- */

/* Tensors are weights W_1 … first and then biases, each in the order of the layers. */
void
lt_dbm_graph (const LtModel *model, LtGraph *graph)
{
  LtDbmMachine m;
  int below;

  lt_dbm_machine_init (&m, model);
  below = lt_graph_add_layer (
      graph, &(LtGraphLayer){ .name = "visible",
                              .n_units = m.n[0],
                              .activation = m.gaussian ? "Gaussian" : "binary",
                              .hidden = -1,
                              .bias = m.top });
  for (int l = 1; l <= m.top; l++) {
    gboolean labels = l > m.n_hidden;
    LtGraphLayer layer = {
      .level = l,
      .n_units = m.n[l],
      .activation = labels ? "softmax" : "binary",
      .hidden = labels ? -1 : l - 1,
      .bias = m.top + l,
    };
    int index;

    g_snprintf (layer.name, sizeof layer.name, labels ? "labels" : "hidden %d", l);
    index = lt_graph_add_layer (graph, &layer);
    lt_graph_add_edge (
        graph, &(LtGraphEdge){
                   .from = below, .to = index, .undirected = TRUE, .weights = l - 1 });
    below = index;
  }
}

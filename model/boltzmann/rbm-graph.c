/* How a restricted Boltzmann machine is drawn: visible units, labels beside them, and the
 * hidden units over both, with edges that go both ways. */
#include "boltzmann/rbm-machine.h"

#include <string.h>

#include "core/activation.h"

/* Tensors, in the order in which they are added to the layout. */
#define WEIGHTS      0
#define VISIBLE_BIAS 1
#define HIDDEN_BIAS  2

static const char *
units_name (const LtRbmMachine *m)
{
  static const char *const names[] = { "",
                                       "binary",
                                       "Gaussian",
                                       "Gaussian and binary",
                                       "counts",
                                       "counts and binary",
                                       "counts and Gaussian",
                                       "several kinds" };

  return names[(m->n_binary > 0) + 2 * m->gaussian + 4 * (m->n_counts > 0)];
}

const char *
lt_rbm_hidden_kind (const LtModel *model)
{
  LtLayerInfo info;

  lt_rbm_layer (model, 0, &info);
  return strcmp (info.activation, lt_activation_names[LT_SIGMOID]) == 0
             ? "binary"
             : info.activation;
}

void
lt_rbm_graph (const LtModel *model, LtGraph *graph)
{
  LtRbmMachine m;
  LtLayerInfo info;
  LtGraphLayer visible = { .name = "visible", .hidden = -1, .bias = VISIBLE_BIAS };
  LtGraphLayer labels = {
    .name = "labels", .activation = "softmax", .hidden = -1, .bias = VISIBLE_BIAS
  };
  LtGraphLayer hidden = { .level = 1, .hidden = 0, .bias = HIDDEN_BIAS };
  LtGraphEdge edge = { .undirected = TRUE, .weights = WEIGHTS };

  lt_rbm_machine_init (&m, model);
  lt_rbm_layer (model, 0, &info);
  g_strlcpy (hidden.name, info.name, sizeof hidden.name);
  hidden.n_units = info.n_units;
  hidden.activation = lt_rbm_hidden_kind (model);
  visible.n_units = m.nv;
  visible.activation = units_name (&m);
  labels.n_units = m.nl;
  edge.to = lt_graph_add_layer (graph, &hidden);
  edge.from = lt_graph_add_layer (graph, &visible);
  lt_graph_add_edge (graph, &edge);
  if (m.nl == 0)
    return;
  edge.from = lt_graph_add_layer (graph, &labels);
  lt_graph_add_edge (graph, &edge);
}

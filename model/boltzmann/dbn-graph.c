/* How a deep belief network is drawn: the top machine's edges go both ways, those below
 * downwards, and where recognition has weights of its own these go upwards beside them. */
#include "boltzmann/dbn-machine.h"

/* From the machine's own drawing: its visible and label units' kinds, its hidden units. */
static int
add_seen (const LtModel *model, const LtGraph *own, LtGraph *graph, int labels)
{
  const LtDbnParts *parts = lt_dbn_parts (model);
  int l = labels ? parts->n_shown - 1 : 0, found = 0;

  for (int i = 0; i < own->n_layers; i++) {
    LtGraphLayer layer = own->layers[i];

    if (layer.level != 0 || found++ != labels)
      continue;
    layer.level = l;
    layer.bias = parts->weights[l] + layer.bias;
    return lt_graph_add_layer (graph, &layer);
  }
  return -1;
}

static int
add_hidden (const LtModel *model, int l, LtGraph *graph)
{
  LtGraphLayer layer = { .level = l + 1, .hidden = l };
  LtLayerInfo info;

  lt_dbn_layer (model, l, &info);
  g_strlcpy (layer.name, info.name, sizeof layer.name);
  layer.n_units = info.n_units;
  layer.activation = lt_rbm_hidden_kind (lt_dbn_parts (model)->rbm[l]);
  layer.bias = lt_dbn_parts (model)->weights[l] + 2;
  return lt_graph_add_layer (graph, &layer);
}

static void
add_edges (const LtModel *model, int l, int below, int above, LtGraph *graph)
{
  const LtDbnParts *parts = lt_dbn_parts (model);
  gboolean top = l == parts->n_shown - 1;
  LtGraphEdge edge = {
    .from = above,
    .to = below,
    .undirected = top,
    .weights = parts->weights[l],
    .frozen = lt_layout_tensor (model->params, parts->weights[l])->frozen,
    .part = parts->recognition[l] >= 0 ? "generation" : NULL,
  };

  lt_graph_add_edge (graph, &edge);
  if (parts->recognition[l] < 0)
    return;
  edge.from = below;
  edge.to = above;
  edge.weights = parts->recognition[l];
  edge.part = "recognition";
  lt_graph_add_edge (graph, &edge);
}

void
lt_dbn_graph (const LtModel *model, LtGraph *graph)
{
  const LtDbnParts *parts = lt_dbn_parts (model);
  int top = parts->n_shown - 1, below;
  LtGraph first, last;

  lt_model_graph (parts->rbm[0], &first);
  lt_model_graph (parts->rbm[top], &last);
  below = add_seen (model, &first, graph, FALSE);
  for (int l = 0; l <= top; l++) {
    int above = add_hidden (model, l, graph);

    add_edges (model, l, below, above, graph);
    if (l == top && parts->rbm[l]->n_classes > 0)
      add_edges (model, l, add_seen (model, &last, graph, TRUE), above, graph);
    below = above;
  }
}

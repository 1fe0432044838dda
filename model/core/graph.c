/* Drawing a model: what a family says about itself, or else what can be found out. */
#include "core/graph.h"

#include "core/model.h"

int
lt_graph_add_layer (LtGraph *self, const LtGraphLayer *layer)
{
  g_assert (self->n_layers < LT_GRAPH_MAX);
  self->layers[self->n_layers] = *layer;
  return self->n_layers++;
}

int
lt_graph_add_edge (LtGraph *self, const LtGraphEdge *edge)
{
  g_assert (self->n_edges < LT_GRAPH_MAX);
  self->edges[self->n_edges] = *edge;
  return self->n_edges++;
}

int
lt_graph_edge_below (const LtGraph *self, int hidden)
{
  for (int i = 0; i < self->n_edges; i++) {
    const LtGraphEdge *edge = &self->edges[i];
    const LtGraphLayer *from = &self->layers[edge->from];
    const LtGraphLayer *to = &self->layers[edge->to];
    const LtGraphLayer *upper = from->level > to->level ? from : to;

    if (upper->hidden == hidden)
      return i;
  }
  return -1;
}

int
lt_graph_twin (const LtGraph *self, int edge)
{
  const LtGraphEdge *one = &self->edges[edge];

  for (int i = 0; one->weights >= 0 && i < self->n_edges; i++)
    if (self->edges[i].weights == one->weights &&
        self->edges[i].transposed != one->transposed)
      return i;
  return -1;
}

/* The first tensor of that role and size from *next on, which moves behind it. */
static int
find_tensor (const LtLayout *layout, LtRole role, gsize size, int *next)
{
  for (int i = *next; i < lt_layout_n_tensors (layout); i++) {
    const LtTensor *tensor = lt_layout_tensor (layout, i);

    if (tensor->role != role || tensor->size != size)
      continue;
    *next = i + 1;
    return i;
  }
  return -1;
}

/* A family that says nothing about its edges is taken as a chain of hidden layers, which is
 * undirected where the model has an energy. */
static void
chain (const LtModel *model, LtGraph *graph)
{
  LtGraphLayer input = { .name = "input", .hidden = -1, .bias = -1 };
  int below, next_weights = 0, next_bias = 0;

  input.n_units = model->shape.nv;
  below = lt_graph_add_layer (graph, &input);
  for (int i = 0; i < model->n_layers; i++) {
    LtGraphLayer layer = { .level = i + 1, .hidden = i };
    LtGraphEdge edge = { .from = below,
                         .undirected = lt_model_can (model, LT_CAN_ENERGY) };
    LtLayerInfo info;

    model->kind->layer (model, i, &info);
    g_strlcpy (layer.name, info.name, sizeof layer.name);
    layer.n_units = info.n_units;
    layer.activation = info.activation;
    layer.bias = find_tensor (model->params, LT_ROLE_BIAS, layer.n_units, &next_bias);
    edge.weights = find_tensor (model->params, LT_ROLE_WEIGHT,
                                (gsize) graph->layers[below].n_units * layer.n_units,
                                &next_weights);
    below = edge.to = lt_graph_add_layer (graph, &layer);
    lt_graph_add_edge (graph, &edge);
  }
}

void
lt_model_graph (const LtModel *self, LtGraph *graph)
{
  *graph = (LtGraph){ 0 };
  if (self->kind->graph != NULL)
    self->kind->graph (self, graph);
  else
    chain (self, graph);
}

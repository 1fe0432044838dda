/* A dense network as it is drawn: all of it, with what does not learn frozen. */
#include "nets/dense-pass.h"

static void
name_layer (const LtModel *model, const LtDenseNet *net, int k, LtGraphLayer *layer)
{
  if (k == net->head && net->head > 0) {
    g_strlcpy (layer->name, "classes", sizeof layer->name);
  } else if (k >= 1 && k <= net->depth) {
    LtLayerInfo info;

    lt_dense_layer (model, k - 1, &info);
    g_strlcpy (layer->name, info.name, sizeof layer->name);
  } else if (k == 0 || k == net->n_nodes - 1) {
    g_strlcpy (layer->name, k == 0 ? "input" : "output", sizeof layer->name);
  } else {
    g_snprintf (layer->name, sizeof layer->name, "decoder %d", 2 * net->depth - k);
  }
}

static int
tensor_at (const LtLayout *layout, gsize offset)
{
  int i = 0;

  while (lt_layout_tensor (layout, i)->offset != offset)
    i++;
  return i;
}

static void
add_node (const LtModel *model, const LtDenseNet *net, int k, LtGraph *graph)
{
  gboolean classes = net->head > 0 && k == net->head;
  LtGraphLayer layer = { .level = classes ? net->depth + 1 : k,
                         .n_units = net->width[k],
                         .hidden = k >= 1 && k <= model->n_layers ? k - 1 : -1,
                         .bias = -1 };

  name_layer (model, net, k, &layer);
  if (k > 0) {
    layer.activation = classes ? "softmax" : lt_activation_names[net->layer[k].f];
    layer.bias = tensor_at (model->params, net->layer[k].b);
  }
  lt_graph_add_layer (graph, &layer);
}

static void
add_edge (const LtModel *model, const LtDenseNet *net, int k, LtGraph *graph)
{
  gboolean classes = net->head > 0 && k == net->head;
  LtGraphEdge edge = { .from = classes ? net->depth : k - 1,
                       .to = k,
                       .weights = tensor_at (model->params, net->layer[k].w),
                       .transposed = net->layer[k].mirrored };

  edge.frozen = lt_layout_tensor (model->params, edge.weights)->frozen;
  if (net->decodes && !classes)
    edge.part = k <= net->depth ? "encoder" : "decoder";
  lt_graph_add_edge (graph, &edge);
}

void
lt_dense_graph (const LtModel *model, LtGraph *graph)
{
  LtDenseNet net;
  int n_drawn;

  lt_dense_net_init (&net, model, LT_DENSE_WHOLE);
  n_drawn = net.head > 0 ? net.head + 1 : net.n_nodes;
  for (int k = 0; k < n_drawn; k++)
    add_node (model, &net, k, graph);
  for (int k = 1; k < n_drawn; k++)
    add_edge (model, &net, k, graph);
}

/* The structure of a dense network: all of it, or the part that learns, or that is shown.
 *
 * A part is a network in its own right, from one level up to another and back, whose
 * layers lie where they do in the whole one's parameters. So whatever works on a
 * network works on a part of it. */
#include "nets/dense-pass.h"

static LtActivation
node_activation (const LtDenseSettings *s, int k)
{
  int depth = s->hidden.n;

  if (k == 2 * depth)
    return s->output_activation;
  return k == depth ? s->code_activation : s->hidden_activation;
}

/* The classes' node, whose tensors are the last ones. */
static void
add_head (LtDenseNet *net, const LtModel *model)
{
  const LtDenseSettings *s = model->settings;
  int n_tensors = lt_layout_n_tensors (model->params);

  if (s->classes == 0)
    return;
  net->head = net->n_nodes;
  net->width[net->head] = s->classes;
  net->layer[net->head] = (LtDenseLayer){
    .n_in = net->width[net->depth],
    .n_out = s->classes,
    .f = LT_LINEAR,
    .w = lt_layout_tensor (model->params, n_tensors - 2)->offset,
    .b = lt_layout_tensor (model->params, n_tensors - 1)->offset,
  };
}

static void
init_size (LtDenseNet *net, int lowest, int depth, gboolean decodes)
{
  net->lowest = lowest;
  net->depth = depth;
  net->decodes = decodes;
  net->n_nodes = decodes ? 2 * depth + 1 : depth + 1;
  net->n_inner = decodes ? 2 * depth : depth + 1;
  net->head = 0;
}

static void
init_whole (LtDenseNet *net, const LtModel *model)
{
  const LtDenseSettings *s = model->settings;
  int depth = s->hidden.n;
  int tensor = 0;

  init_size (net, 0, depth, s->task == LT_TASK_RECONSTRUCT);
  net->loss = s->loss;
  net->output_scale = (float) s->output_scale;
  net->tied = s->tied && net->decodes;
  net->width[0] = net->width[2 * depth] = model->shape.nv;
  for (int l = 1; l <= depth; l++)
    net->width[l] = net->width[2 * depth - l] = (int) s->hidden.value[l - 1];
  for (int k = 1; k < net->n_nodes; k++) {
    LtDenseLayer *layer = &net->layer[k];
    layer->n_in = net->width[k - 1];
    layer->n_out = net->width[k];
    layer->f = node_activation (s, k);
    layer->mirrored = net->tied && k > depth;
    layer->w = layer->mirrored ? net->layer[2 * depth + 1 - k].w
                               : lt_layout_tensor (model->params, tensor++)->offset;
    layer->b = lt_layout_tensor (model->params, tensor++)->offset;
  }
}

/* From level `lowest` up to `highest`, and back where there is a way. A hidden level is
 * rebuilt as what it is: by its own activation, by cross-entropy where that is sigmoid. */
static void
init_part (LtDenseNet *net, const LtDenseNet *whole, int lowest, int highest)
{
  int depth = highest - lowest;

  init_size (net, lowest, depth, whole->decodes && depth > 0);
  net->tied = whole->tied && net->decodes;
  net->width[0] = whole->width[lowest];
  for (int k = 1; k < net->n_nodes; k++) {
    int of_whole = k <= depth ? lowest + k : 2 * whole->depth - highest + k - depth;

    net->width[k] = whole->width[of_whole];
    net->layer[k] = whole->layer[of_whole];
  }
  net->loss = whole->loss;
  net->output_scale = whole->output_scale;
  if (lowest == 0 || depth == 0)
    return;
  net->output_scale = 1;
  net->loss = net->layer[2 * depth].f == LT_SIGMOID ? LT_LOSS_CROSS_ENTROPY
                                                    : LT_LOSS_SQUARED_ERROR;
}

void
lt_dense_net_init (LtDenseNet *net, const LtModel *model, LtDensePart part)
{
  const LtDenseSettings *s = model->settings;
  gboolean learning = part == LT_DENSE_LEARNING;
  LtDenseNet whole;

  init_whole (&whole, model);
  if (part != LT_DENSE_WHOLE && s->layer > 0) {
    init_part (net, &whole, learning ? s->layer - 1 : 0, s->layer);
    return;
  }
  if (learning && s->learning == LT_LEARNING_TOP)
    init_part (net, &whole, whole.depth, whole.depth);
  else
    *net = whole;
  add_head (net, model);
}

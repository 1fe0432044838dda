/* Dense networks as stacks of layers: what others can begin with, and what they take over.
 * A stack of Boltzmann machines that is taken over is unrolled (Hinton & Salakhutdinov 2006). */
#include <string.h>

#include "nets/dense-pass.h"

static const LtDenseLayer *
decoder_layer (const LtDenseNet *net, int l)
{
  return &net->layer[2 * net->depth + 1 - l];
}

void
lt_dense_stack (const LtCall *call, LtStack *stack)
{
  const float *params = call->params;
  LtDenseNet net;

  lt_dense_net_init (&net, call->model, LT_DENSE_WHOLE);
  *stack = (LtStack){ .n_layers = net.depth };
  for (int l = 1; l <= net.depth; l++) {
    const LtDenseLayer *up = &net.layer[l], *down = decoder_layer (&net, l);

    stack->layer[l - 1] = (LtStackLayer){
      .n_in = up->n_in,
      .n_out = up->n_out,
      .up = params + up->w,
      .up_bias = params + up->b,
      .down = net.decodes && !net.tied ? params + down->w : NULL,
      .down_bias = net.decodes ? params + down->b : NULL,
      .up_factor = 1,
      .down_factor = 1,
    };
  }
  if (net.head == 0)
    return;
  stack->n_classes = net.width[net.head];
  stack->label_weights = params + net.layer[net.head].w;
  stack->label_bias = params + net.layer[net.head].b;
}

/* y = factor · x */
static void
copy_scaled (float factor, const float *x, gsize n, float *y)
{
  for (gsize i = 0; i < n; i++)
    y[i] = factor * x[i];
}

/* y [n_out, n_in] = factor · xᵀ, x [n_in, n_out]. */
static void
copy_transposed (float factor, const float *x, int n_in, int n_out, float *y)
{
  for (int j = 0; j < n_out; j++)
    for (int i = 0; i < n_in; i++)
      y[(gsize) j * n_in + i] = factor * x[(gsize) i * n_out + j];
}

/* variance: [n_in], which the input is divided by; or NULL. */
static void
take_up (const LtDenseLayer *layer,
         const LtStackLayer *from,
         const float *variance,
         float *params)
{
  float *w = params + layer->w;

  for (int i = 0; i < layer->n_in; i++)
    copy_scaled (variance != NULL ? from->up_factor / variance[i] : from->up_factor,
                 from->up + (gsize) i * layer->n_out, layer->n_out,
                 w + (gsize) i * layer->n_out);
  copy_scaled (from->up_factor, from->up_bias, layer->n_out, params + layer->b);
}

/* Where there is no way down, the way up turned round is the best start there is. */
static void
take_down (const LtDenseLayer *layer, const LtStackLayer *from, float *params)
{
  int n_in = from->n_in, n_out = from->n_out;
  float factor = from->down_bias != NULL ? from->down_factor : from->up_factor;

  if (!layer->mirrored && from->down != NULL)
    copy_scaled (factor, from->down, (gsize) n_out * n_in, params + layer->w);
  else if (!layer->mirrored)
    copy_transposed (factor, from->up, n_in, n_out, params + layer->w);
  if (from->down_bias != NULL)
    copy_scaled (factor, from->down_bias, n_in, params + layer->b);
}

void
lt_dense_adopt (const LtCall *call, const LtStack *from, float *params, float *state)
{
  LtDenseNet net;

  lt_dense_net_init (&net, call->model, LT_DENSE_WHOLE);
  for (int l = 1; l <= MIN (net.depth, from->n_layers); l++) {
    const LtStackLayer *layer = &from->layer[l - 1];

    take_up (&net.layer[l], layer, l == 1 ? from->variance : NULL, params);
    if (net.decodes)
      take_down (decoder_layer (&net, l), layer, params);
  }
  if (net.head == 0 || from->n_classes != net.width[net.head] ||
      from->n_layers != net.depth)
    return;
  copy_scaled (1, from->label_weights, (gsize) net.width[net.depth] * from->n_classes,
               params + net.layer[net.head].w);
  copy_scaled (1, from->label_bias, from->n_classes, params + net.layer[net.head].b);
}

/* ---- What the frozen layers below make of the data ------------------------------------- */

int
lt_dense_n_features (const LtModel *model)
{
  LtDenseNet net;

  lt_dense_net_init (&net, model, LT_DENSE_LEARNING);
  return net.lowest > 0 ? net.width[0] : 0;
}

void
lt_dense_features (const LtCall *call, const float *x, int n, float *features)
{
  LtDenseNet net;
  LtDenseSpan span = { .plain = TRUE };

  lt_dense_net_init (&net, call->model, LT_DENSE_LEARNING);
  span.last = net.lowest;
  lt_dense_infer (call, &span, x, n, features);
}

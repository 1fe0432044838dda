/* Dense networks: the products of a layer, forwards and backwards, and inference. */
#include <string.h>

#include "core/kernels.h"
#include "nets/dense-pass.h"

#define ROWS_AT_ONCE 512 /* inference on many rows goes in pieces: memory stays small */

typedef struct {
  LtActivation f;
  const float *b;
  int width;
  const float *mask;
  float *masked;
} Activation;

/* y = f (y + b) and masked = mask · y on a panel. */
static void
activate_panel (gpointer data,
                float *c,
                int ldc,
                int first_row,
                int n_rows,
                int first_column,
                int n_columns)
{
  const Activation *job = data;

  lt_bias_activate (job->f, job->b + first_column, n_rows, n_columns, ldc, c);
  if (job->mask == NULL)
    return;
  for (int i = 0; i < n_rows; i++) {
    gsize at = (gsize) (first_row + i) * job->width + first_column;
    memcpy (job->masked + at, c + (gsize) i * ldc, n_columns * sizeof *c);
    lt_multiply (job->mask + at, n_columns, job->masked + at);
  }
}

static LtProduct
forward_product (const LtDensePass *pass, const LtDenseLayer *layer)
{
  return (LtProduct){
    .trans_b = layer->mirrored ? LT_TRANSPOSED : LT_PLAIN,
    .m = pass->n,
    .n = layer->n_out,
    .k = layer->n_in,
    .alpha = 1,
    .lda = layer->n_in,
    .b = pass->params + layer->w,
    .ldb = layer->mirrored ? layer->n_in : layer->n_out,
    .ldc = layer->n_out,
  };
}

void
lt_dense_forward_layer (const LtDensePass *pass, int k, const LtDenseStep *step)
{
  const LtDenseLayer *layer = &pass->net->layer[k];
  LtProduct product = forward_product (pass, layer);
  Activation job = {
    layer->f, pass->params + layer->b, layer->n_out, step->mask, step->out,
  };

  product.a = step->x;
  product.c = step->y;
  lt_product (pass->team, &product, activate_panel, &job);
}

void
lt_dense_forward_product (const LtDensePass *pass, int k, const float *x, float *y)
{
  LtProduct product = forward_product (pass, &pass->net->layer[k]);

  product.a = x;
  product.c = y;
  lt_product (pass->team, &product, NULL, NULL);
}

/* The code's delta holds what the classes' layer gave when the decoder adds to it. */
void
lt_dense_backward_layer (const LtDensePass *pass,
                         int k,
                         const float *d,
                         LtEpilogue epilogue,
                         gpointer data,
                         float *dx)
{
  const LtDenseLayer *layer = &pass->net->layer[k];
  LtProduct product = {
    .trans_b = layer->mirrored ? LT_PLAIN : LT_TRANSPOSED,
    .m = pass->n,
    .n = layer->n_in,
    .k = layer->n_out,
    .alpha = 1,
    .beta = pass->net->head > 0 && pass->net->decodes && k == pass->net->depth + 1,
    .a = d,
    .lda = layer->n_out,
    .b = pass->params + layer->w,
    .ldb = layer->mirrored ? layer->n_in : layer->n_out,
    .c = dx,
    .ldc = layer->n_in,
  };

  lt_product (pass->team, &product, epilogue, data);
}

const float *
lt_dense_below (const LtDensePass *pass, int k)
{
  int below = k == pass->net->head ? pass->net->depth : k - 1;

  return below == 0 ? pass->input : pass->out[below];
}

void
lt_dense_forward (LtDensePass *pass)
{
  const LtDenseNet *net = pass->net;
  int output = net->decodes ? net->n_nodes - 1 : 0;

  if (net->depth == 0 && pass->competes)
    lt_dense_compete (pass);
  for (int k = 1; k < net->n_inner; k++) {
    LtDenseStep step = { lt_dense_below (pass, k), pass->y[k], pass->mask[k],
                         pass->out[k] };
    lt_dense_forward_layer (pass, k, &step);
    if (k == net->depth && pass->competes)
      lt_dense_compete (pass);
  }
  if (output > 0)
    lt_dense_forward_product (pass, output, pass->out[output - 1], pass->y[output]);
  if (net->head > 0)
    lt_dense_forward_product (pass, net->head, lt_dense_below (pass, net->head),
                              pass->y[net->head]);
}

/* ---- Inference ------------------------------------------------------------------- */

/* The span's last node, of at most ROWS_AT_ONCE rows, each node in memory of its own. */
static void
infer_rows (LtDensePass *pass, const LtDenseSpan *span, const float *x, float *y)
{
  const LtDenseNet *net = pass->net;
  gboolean competes = pass->settings->sparsity == LT_SPARSITY_TOP_K && !span->plain;

  if (span->first == span->last)
    memcpy (y, x, (gsize) pass->n * net->width[span->first] * sizeof *y);
  for (int k = span->first + 1; k <= span->last; k++) {
    gsize size = (gsize) pass->n * net->width[k];
    LtDenseStep step = { x,
                         k == span->last ? y : lt_workspace_floats (pass->ws, size) };

    lt_dense_forward_layer (pass, k, &step);
    if (k == net->depth && competes)
      lt_dense_keep_largest (pass->ws, pass->settings->sparsity_k, pass->n,
                             net->width[k], step.y);
    if (k == 2 * net->depth && net->output_scale != 1)
      lt_scale (net->output_scale, size, step.y);
    x = step.y;
  }
}

void
lt_dense_infer (const LtCall *call,
                const LtDenseSpan *span,
                const float *x,
                int n,
                float *y)
{
  LtDenseNet net;
  gsize mark = lt_workspace_mark (call->ws);

  lt_dense_net_init (&net, call->model, LT_DENSE_SHOWN);
  for (int row = 0; row < n; row += ROWS_AT_ONCE) {
    LtDensePass pass = {
      .call = call,
      .settings = call->settings,
      .net = &net,
      .params = call->params,
      .team = lt_workspace_team (call->ws),
      .ws = call->ws,
      .n = MIN (n - row, ROWS_AT_ONCE),
    };
    infer_rows (&pass, span, x + (gsize) row * net.width[span->first],
                y + (gsize) row * net.width[span->last]);
    lt_workspace_release (call->ws, mark);
  }
}

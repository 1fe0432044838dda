/* Telling classes apart: a softmax on the code.
 *
 *   p (y | x) = softmax (h_L U + d)_y,   loss −log p (y | x),   d loss / d a_j = p_j − [j = y]
 *
 * as a mean over the examples of the batch, of which those without a label count 0. */
#include <math.h>

#include "core/kernels.h"
#include "nets/dense-pass.h"

#define ROWS_AT_ONCE 512

/* log Σ eᵃ, without overflow. */
static double
log_sum_exp (const float *a, int n)
{
  float lowest, highest;
  double sum = 0;

  lt_range (a, n, &lowest, &highest);
  for (int j = 0; j < n; j++)
    sum += exp ((double) a[j] - (double) highest);
  return (double) highest + log (sum);
}

/* a [n]: the products, then d loss / d a of the batch's mean. Returns the loss. */
static double
head_row (const LtDensePass *pass, int label, float *a)
{
  const LtDenseLayer *layer = &pass->net->layer[pass->net->head];
  int n = layer->n_out;
  double loss;

  if (label < 0 || label >= n) {
    lt_fill (0, n, a);
    return 0;
  }
  lt_bias_activate (LT_LINEAR, pass->params + layer->b, 1, n, n, a);
  loss = log_sum_exp (a, n) - (double) a[label];
  lt_softmax (a, 1, n, a);
  a[label] -= 1;
  lt_scale (1 / (float) pass->n, n, a);
  return loss;
}

void
lt_dense_head_loss (LtDensePass *pass)
{
  int head = pass->net->head, n = pass->net->width[head];
  double sum = 0;

  for (int row = 0; row < pass->n; row++)
    sum += head_row (pass, pass->labels != NULL ? pass->labels[row] : -1,
                     pass->delta[head] + (gsize) row * n);
  pass->terms->value[LT_DENSE_CLASSIFICATION] = sum / pass->n;
}

void
lt_dense_classify (const LtCall *call, const float *x, int n, float *p)
{
  gsize mark = lt_workspace_mark (call->ws);
  int nv = call->model->shape.nv, n_classes = call->model->n_classes;
  LtDenseNet net;

  lt_dense_net_init (&net, call->model, LT_DENSE_SHOWN);
  for (int row = 0; row < n; row += ROWS_AT_ONCE) {
    LtDensePass pass = {
      .net = &net,
      .params = call->params,
      .team = lt_workspace_team (call->ws),
      .n = MIN (n - row, ROWS_AT_ONCE),
    };
    float *code = lt_workspace_floats (call->ws, (gsize) pass.n * net.width[net.depth]);
    LtDenseStep step = { code, p + (gsize) row * n_classes };

    lt_dense_encode (call, x + (gsize) row * nv, pass.n, code);
    lt_dense_forward_layer (&pass, net.head, &step);
    lt_softmax (step.y, pass.n, n_classes, step.y);
    lt_workspace_release (call->ws, mark);
  }
}

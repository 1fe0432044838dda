/* One minibatch through a dense network: the objective and its gradient.
 *
 * δ_k = d objective / d a_k of node k, from the output back:
 *
 *   d_W = hᵀ δ,  d_b = Σ_rows δ,  δ_{k−1} = (m ∘ δ_k Wᵀ + penalties) ∘ f'(a) + extra
 *
 * where m is the mask of dropout and winners, "penalties" those on the code's activations
 * and "extra" the Jacobian's penalties, which reach a through f'(a). Biases, masks and
 * derivatives are applied panel by panel, as the products finish. */
#include <string.h>

#include "core/kernels.h"
#include "nets/dense-pass.h"

/* Below this many activations in all, waking the others costs more than they save. */
#define LEAST_SHARED 32768

/* Floats of d_w that a member finishes at a time: half of a usual second-level cache. */
#define PANEL 131072

/* ---- Memory ---------------------------------------------------------------------- */

static gboolean
is_masked (const LtDensePass *pass, int k)
{
  return lt_dense_dropout (pass, k) > 0 || (k == pass->net->depth && pass->competes);
}

/* Two arrays [n, width]: one after the other when they are factors of tied weights. */
static void
take_pair (LtDensePass *pass, int width, float **first, float **second)
{
  gsize size = (gsize) pass->n * width;

  *first = lt_workspace_floats (pass->ws, 2 * size);
  *second = *first + size;
}

static void
take_input (LtDensePass *pass, gboolean copied)
{
  const LtDenseNet *net = pass->net;
  int output = net->n_nodes - 1;
  gsize size = (gsize) pass->n * net->width[0];

  if (net->decodes && (net->tied || copied))
    take_pair (pass, net->width[0], &pass->y[0], &pass->delta[output]);
  else if (copied)
    pass->y[0] = lt_workspace_floats (pass->ws, size);
  else if (net->decodes)
    pass->delta[output] = lt_workspace_floats (pass->ws, size);
  pass->out[0] = pass->y[0];
  pass->input = pass->y[0] != NULL ? pass->y[0] : pass->target;
  if (net->decodes)
    pass->y[output] = pass->delta[output];
}

static void
take_head (LtDensePass *pass)
{
  const LtDenseNet *net = pass->net;

  if (net->head == 0)
    return;
  pass->delta[net->head] =
      lt_workspace_floats (pass->ws, (gsize) pass->n * net->width[net->head]);
  pass->y[net->head] = pass->delta[net->head];
}

static void
take_nodes (LtDensePass *pass)
{
  const LtDenseNet *net = pass->net;
  int output = 2 * net->depth;

  for (int k = 1; k < net->depth && net->decodes; k++) {
    take_pair (pass, net->width[k], &pass->out[k], &pass->delta[output - k]);
    take_pair (pass, net->width[k], &pass->delta[k], &pass->out[output - k]);
  }
  for (int k = net->decodes ? net->depth : 1; k <= net->depth && k > 0; k++)
    take_pair (pass, net->width[k], &pass->delta[k], &pass->out[k]);
  for (int k = 0; k < net->n_inner; k++) {
    gsize size = (gsize) pass->n * net->width[k];
    if (is_masked (pass, k))
      pass->mask[k] = lt_workspace_floats (pass->ws, size);
    if (k > 0)
      pass->y[k] =
          pass->mask[k] != NULL ? lt_workspace_floats (pass->ws, size) : pass->out[k];
  }
}

static void
choose_helpers (LtDensePass *pass)
{
  gsize n_units = 0;

  for (int k = 0; k < pass->net->n_nodes; k++)
    n_units += pass->net->width[k];
  pass->helpers = pass->n * n_units < LEAST_SHARED ? NULL : pass->team;
}

/* Takes the memory; draws when there is anything to draw. */
static void
prepare (LtDensePass *pass)
{
  const LtDenseSettings *s = pass->settings;
  const LtDenseNet *net = pass->net;
  gsize n = pass->n;
  gboolean noisy = s->noise != LT_NOISE_NONE;
  gboolean perturbs = net->depth > 0 && s->higher_order > 0;
  gboolean random = noisy || perturbs;

  take_input (pass, noisy || is_masked (pass, 0));
  take_nodes (pass);
  take_head (pass);
  for (int k = 0; k < net->n_inner; k++)
    random = random || lt_dense_dropout (pass, k) > 0;
  if (noisy && net->decodes && (s->emphasis_corrupted != 1 || s->emphasis_rest != 1))
    pass->emphasis = lt_workspace_floats (pass->ws, n * net->width[0]);
  if (perturbs)
    pass->perturbed =
        lt_workspace_floats (pass->ws, s->higher_order_samples * n * net->width[0]);
  if (net->depth > 1 && (s->contraction > 0 || s->higher_order > 0) &&
      s->jacobian == LT_JACOBIAN_PROJECTIONS) {
    pass->projections = lt_workspace_floats (pass->ws, s->jacobian_projections * n *
                                                           net->width[net->depth]);
    random = TRUE;
  }
  if (random || pass->y[0] != NULL || pass->competes)
    lt_dense_draw (pass, random ? pass->call->rng : NULL);
}

/* ---- Weights and biases ---------------------------------------------------------- */

typedef struct {
  const float *w; /* the layer's weights [n_in, n_out] */
  int n_out;
  float decay;
  const float *factor; /* [n_out], in place of decay; NULL: decay */
  gboolean begun;      /* d_w holds something already */
  float *d_w;
  float *row; /* [n_in, n_out]: scratch, where begun */
} WeightPenalty;

/* d_w = w · (decay or factor) on rows of weights, for the product to be added to. Returns
 * Σ w². */
static double
penalise_rows (gpointer data, gsize first, gsize last)
{
  const WeightPenalty *penalty = data;
  gsize n = penalty->n_out;

  for (gsize i = first; i < last; i++) {
    const float *w = penalty->w + i * n;
    float *d_w = (penalty->begun ? penalty->row : penalty->d_w) + i * n;

    memcpy (d_w, w, n * sizeof *w);
    if (penalty->factor != NULL)
      lt_multiply (penalty->factor, n, d_w);
    else
      lt_scale (penalty->decay, n, d_w);
    if (penalty->begun)
      lt_axpy (1, d_w, n, penalty->d_w + i * n);
  }
  return lt_sum_squares (penalty->w + first * n, (last - first) * n);
}

/* aᵀ d, to be added where d_w holds something. */
static LtProduct
weight_product (const LtDensePass *pass,
                int k,
                const float *a,
                const float *d,
                int rows)
{
  const LtDenseLayer *layer = &pass->net->layer[k];

  return (LtProduct){
    .trans_a = LT_TRANSPOSED,
    .m = layer->n_in,
    .n = layer->n_out,
    .k = rows,
    .alpha = 1,
    .a = a,
    .lda = layer->n_in,
    .b = d,
    .ldb = layer->n_out,
    .beta = pass->begun[k] ? 1 : 0,
    .c = pass->d_params + layer->w,
    .ldc = layer->n_out,
  };
}

void
lt_dense_add_weight_gradient (LtDensePass *pass,
                              int k,
                              const float *a,
                              const float *d,
                              int rows)
{
  LtProduct product = weight_product (pass, k, a, d, rows);

  lt_product (pass->team, &product, NULL, NULL);
  pass->begun[k] = TRUE;
}

void
lt_dense_add_bias_gradient (LtDensePass *pass, int k, const float *d)
{
  int width = pass->net->width[k];
  gboolean first = pass->d_bias[k] == NULL;
  float *sums = lt_workspace_floats (pass->ws, width);

  lt_column_sums (pass->team, d, pass->n, width, sums);
  if (first)
    pass->d_bias[k] = sums;
  else
    lt_axpy (1, sums, width, pass->d_bias[k]);
}

/* What weight decay ½ λ Σ W² and the contraction's closed form add to layer k's d_w. They go
 * first: a product that is added to something spares clearing its result. */
static void
penalise_weights (LtDensePass *pass, int k)
{
  const LtDenseLayer *layer = &pass->net->layer[k];
  gsize size = (gsize) layer->n_in * layer->n_out;
  gsize mark = lt_workspace_mark (pass->ws);
  double decay = pass->settings->decay;
  WeightPenalty penalty = {
    .w = pass->params + layer->w,
    .n_out = layer->n_out,
    .decay = (float) decay,
    .factor = k == 1 ? pass->column_factor : NULL,
    .begun = pass->begun[k],
    .d_w = pass->d_params + layer->w,
  };
  double sum;

  if (decay <= 0 && penalty.factor == NULL)
    return;
  if (penalty.begun)
    penalty.row = lt_workspace_floats (pass->ws, size);
  sum = lt_dense_sum (pass, layer->n_in, 1, penalise_rows, &penalty);
  pass->terms->value[LT_DENSE_DECAY] += 0.5 * decay * sum;
  pass->begun[k] = TRUE;
  lt_workspace_release (pass->ws, mark);
}

typedef struct {
  const LtGradientSink *sink;
  gsize w; /* offset of the layer's weights */
} Stream;

static void
pass_on (gpointer data,
         float *c,
         int ldc,
         int first_row,
         int n_rows,
         int first_column,
         int n_columns)
{
  const Stream *stream = data;

  stream->sink->take (stream->sink->data, stream->w + (gsize) first_row * ldc, c,
                      (gsize) n_rows * ldc);
}

/* Layer k's d_w from the whole batch, after the last use of its weights. Tied weights are
 * done at the encoder's layer, with both pairs of factors at once. For a sink the gradient
 * is never written to memory, unless a penalty has begun it there. */
static void
weight_gradient (LtDensePass *pass, int k)
{
  const LtDenseNet *net = pass->net;
  int rows = net->tied && k != net->head ? 2 * pass->n : pass->n;
  int width = net->layer[k].n_out;
  gsize mark = lt_workspace_mark (pass->ws);
  Stream stream = { pass->sink, net->layer[k].w };
  LtPanels panels = { .rows = MAX (PANEL / width / 4, 1) * 4 };
  LtProduct product;

  if (net->layer[k].mirrored)
    return;
  penalise_weights (pass, k);
  product = weight_product (pass, k, lt_dense_below (pass, k), pass->delta[k], rows);
  if (pass->sink != NULL) {
    panels.done = pass_on;
    panels.data = &stream;
  }
  if (pass->sink != NULL && !pass->begun[k])
    panels.scratch = lt_workspace_floats (pass->ws, (gsize) lt_team_size (pass->team) *
                                                        panels.rows * width);
  product.packed = lt_product_pack (pass->ws, &product);
  lt_product_panels (pass->team, &product, &panels);
  lt_workspace_release (pass->ws, mark);
}

static void
bias_gradient (LtDensePass *pass, int k)
{
  gsize offset = pass->net->layer[k].b;
  int width = pass->net->width[k];
  float *d_b = pass->d_params + offset;

  lt_column_sums (pass->team, pass->delta[k], pass->n, width, d_b);
  if (pass->d_bias[k] != NULL)
    lt_axpy (1, pass->d_bias[k], width, d_b);
  if (pass->sink != NULL)
    pass->sink->take (pass->sink->data, offset, d_b, width);
}

/* ---- Backwards ------------------------------------------------------------------- */

typedef struct {
  LtActivation f;
  int width;
  const float *y, *mask, *extra;
  LtDenseCodeGradient code;
} Backward;

static void
add_signs (float weight, const float *y, int n, float *d)
{
  for (int i = 0; i < n; i++)
    d[i] += y[i] > 0 ? weight : y[i] < 0 ? -weight : 0;
}

/* From the gradient of a node's output to that of its pre-activation, on a panel. */
static void
backward_panel (gpointer data,
                float *c,
                int ldc,
                int first_row,
                int n_rows,
                int first_column,
                int n_columns)
{
  const Backward *job = data;

  for (int i = 0; i < n_rows; i++) {
    gsize at = (gsize) (first_row + i) * job->width + first_column;
    float *d = c + (gsize) i * ldc;

    if (job->mask != NULL)
      lt_multiply (job->mask + at, n_columns, d);
    if (job->code.row != NULL)
      lt_axpy (1, job->code.row + first_column, n_columns, d);
    if (job->code.sign != 0)
      add_signs (job->code.sign, job->y + at, n_columns, d);
    lt_activation_backward (job->f, job->y + at, n_columns, d);
    if (job->extra != NULL)
      lt_axpy (1, job->extra + at, n_columns, d);
  }
}

/* Layer k, and δ of the inner node `below` that it takes in. */
static void
backward_node (LtDensePass *pass, int k, int below, const LtDenseCodeGradient *code)
{
  const LtDenseNet *net = pass->net;
  gboolean last = !(k == net->head && net->decodes); /* to add to that δ */
  Backward job = {
    net->layer[below].f, net->width[below],  pass->y[below],
    pass->mask[below],   pass->extra[below],
  };

  if (below == net->depth)
    job.code = *code;
  if (below > 0)
    lt_dense_backward_layer (pass, k, pass->delta[k], last ? backward_panel : NULL,
                             &job, pass->delta[below]);
  weight_gradient (pass, k);
  bias_gradient (pass, k);
}

static void
backward (LtDensePass *pass, const LtDenseCodeGradient *code)
{
  const LtDenseNet *net = pass->net;

  if (net->head > 0)
    backward_node (pass, net->head, net->depth, code);
  for (int k = net->n_nodes - 1; k >= 1; k--)
    backward_node (pass, k, k - 1, code);
}

/* ---- The whole ------------------------------------------------------------------- */

/* What the part that learns takes in and rebuilds. */
static const float *
target_of (const LtCall *call, const LtDenseNet *net, const LtBatch *batch)
{
  float *features;

  if (net->lowest == 0)
    return batch->x;
  if (batch->features != NULL)
    return batch->features;
  features = lt_workspace_floats (call->ws, (gsize) batch->n * net->width[0]);
  lt_dense_features (call, batch->x, batch->n, features);
  return features;
}

static void
clear_frozen (const LtLayout *layout, float *d_params)
{
  for (int i = 0; i < lt_layout_n_tensors (layout); i++) {
    const LtTensor *tensor = lt_layout_tensor (layout, i);

    if (tensor->frozen)
      memset (d_params + tensor->offset, 0, tensor->size * sizeof *d_params);
  }
}

/* The terms, and what the penalties add to the gradient. */
static void
evaluate (LtDensePass *pass, LtDenseCodeGradient *code)
{
  const LtDenseSettings *s = pass->settings;
  const LtDenseNet *net = pass->net;

  if (net->decodes)
    lt_dense_loss (pass);
  if (net->head > 0)
    lt_dense_head_loss (pass);
  *code = (LtDenseCodeGradient){ 0 };
  if (net->depth == 0)
    return;
  lt_dense_sparsity (pass, code);
  if (s->contraction <= 0 && s->higher_order <= 0)
    return;
  if (net->depth == 1)
    lt_dense_contraction (pass);
  else
    lt_dense_jacobian (pass);
}

void
lt_dense_gradient (const LtCall *call,
                   const LtBatch *batch,
                   float *d_params,
                   float *state,
                   LtTerms *terms)
{
  const LtDenseSettings *s = call->settings;
  gsize mark = lt_workspace_mark (call->ws);
  LtDenseCodeGradient code;
  LtDenseNet net;
  LtDensePass pass = {
    .call = call,
    .settings = s,
    .net = &net,
    .params = call->params,
    .team = lt_workspace_team (call->ws),
    .ws = call->ws,
    .n = batch->n,
    .labels = batch->labels,
    .competes = s->sparsity == LT_SPARSITY_LIFETIME || s->sparsity == LT_SPARSITY_TOP_K,
    .d_params = d_params,
    .sink = call->sink,
    .terms = terms,
  };

  memset (terms, 0, sizeof *terms);
  lt_dense_net_init (&net, call->model, LT_DENSE_LEARNING);
  pass.target = target_of (call, &net, batch);
  choose_helpers (&pass);
  prepare (&pass);
  lt_dense_forward (&pass);
  evaluate (&pass, &code);
  backward (&pass, &code);
  if (call->sink == NULL)
    clear_frozen (call->model->params, d_params);
  lt_workspace_release (call->ws, mark);
}

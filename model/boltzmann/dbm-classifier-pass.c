/* Forwards and backwards through the classifier made of a deep Boltzmann machine.
 *
 * Rows without a label count 0. With dropout a kept unit is divided by the share that is
 * kept, so that its sigmoid is the value times that share. */
#include "boltzmann/dbm-classifier-machine.h"

#include <math.h>
#include <string.h>

#include "core/kernels.h"

typedef struct {
  const LtCall *call;
  LtTeam *team;
  LtDbmNet net;
  int n;
  double rate[LT_DBM_NET_NODES];    /* of dropout */
  const float *h[LT_DBM_NET_NODES]; /* [n, ·]: the data, and the hidden layers */
  float *hidden[LT_DBM_NET_NODES];  /* the same from 1 on, to be written */
  const float *q;                   /* [n, n_q] */
  float *p;                         /* [n, classes] */
} Pass;

static void
pass_init (Pass *self, const LtCall *call, const float *x, int n)
{
  *self = (Pass){ .call = call, .team = lt_workspace_team (call->ws), .n = n };
  lt_dbm_net_init (&self->net, call->model);
  self->h[0] = x;
  for (int l = 1; l <= self->net.depth; l++)
    self->h[l] = self->hidden[l] =
        lt_workspace_floats (call->ws, (gsize) n * self->net.n[l]);
  self->p = lt_workspace_floats (call->ws, (gsize) n * self->net.classes);
}

static const float *
param (const Pass *self, int tensor)
{
  return lt_dbm_classifier_param (self->call, tensor);
}

/* ---- Forwards -------------------------------------------------------------------- */

/* a [rows, n] = sigmoid (a + bias) in panels. */
typedef struct {
  const float *bias;
} Sigmoid;

static void
sigmoid_panel (gpointer data,
               float *c,
               int ldc,
               int first_row,
               int n_rows,
               int first_column,
               int n_columns)
{
  const Sigmoid *job = data;

  lt_bias_activate (LT_SIGMOID, job->bias + first_column, n_rows, n_columns, ldc, c);
}

/* h = mask · h/(1 − rate). */
static void
drop (const Pass *self, double rate, int width, float *h)
{
  gsize mark = lt_workspace_mark (self->call->ws), size = (gsize) self->n * width;
  float *mask;

  if (rate <= 0)
    return;
  mask = lt_workspace_floats (self->call->ws, size);
  lt_rng_fill_mask (self->call->rng, (float) (1 - rate), size, mask);
  lt_scale ((float) (1 / (1 - rate)), size, mask);
  lt_multiply (mask, size, h);
  lt_workspace_release (self->call->ws, mark);
}

/* The data with some of it left out, a copy; or as it is, where none is. */
static const float *
drop_data (const Pass *self, const float *x)
{
  gsize size = (gsize) self->n * self->net.n[0];
  float *kept;

  if (self->rate[0] <= 0)
    return x;
  kept = lt_workspace_floats (self->call->ws, size);
  memcpy (kept, x, size * sizeof *kept);
  drop (self, self->rate[0], self->net.n[0], kept);
  return kept;
}

/* The input of layer l from what was inferred of the one above it. */
static void
add_inferred (const Pass *self, int l)
{
  const LtDbmNet *net = &self->net;
  LtProduct product = { .m = self->n,
                        .n = net->n[l],
                        .k = net->n[l + 1],
                        .alpha = 1,
                        .a = self->q + net->q[l + 1],
                        .lda = net->n_q,
                        .b = param (self, net->inferred_w[l]),
                        .ldb = net->n[l],
                        .c = self->hidden[l],
                        .ldc = net->n[l] };

  lt_product (self->team, &product, NULL, NULL);
}

static void
hidden_layer (const Pass *self, int l)
{
  const LtDbmNet *net = &self->net;
  Sigmoid job = { param (self, net->bias[l]) };
  LtProduct product = { .m = self->n,
                        .n = net->n[l],
                        .k = net->n[l - 1],
                        .alpha = 1,
                        .a = self->h[l - 1],
                        .lda = net->n[l - 1],
                        .b = param (self, net->w[l]),
                        .ldb = net->n[l],
                        .beta = l < net->depth ? 1 : 0,
                        .c = self->hidden[l],
                        .ldc = net->n[l] };

  if (l < net->depth)
    add_inferred (self, l);
  lt_product (self->team, &product, sigmoid_panel, &job);
  drop (self, self->rate[l], net->n[l], self->hidden[l]);
}

/* Inputs of the softmax. */
static void
class_inputs (const Pass *self)
{
  const LtDbmNet *net = &self->net;
  LtProduct product = { .m = self->n,
                        .n = net->classes,
                        .k = net->n[net->depth],
                        .alpha = 1,
                        .a = self->h[net->depth],
                        .lda = net->n[net->depth],
                        .b = param (self, net->class_w),
                        .ldb = net->classes,
                        .c = self->p,
                        .ldc = net->classes };

  lt_product (self->team, &product, NULL, NULL);
  lt_bias_activate (LT_LINEAR, param (self, net->class_bias), self->n, net->classes,
                    net->classes, self->p);
}

static const float *
infer (const Pass *self, const float *x)
{
  float *q = lt_workspace_floats (self->call->ws, (gsize) self->n * self->net.n_q);

  lt_dbm_classifier_infer (self->call, x, self->n, q);
  return q;
}

/* Up to h_L, q included; features: q of all of the data, or NULL to infer it. */
static void
forward (Pass *self, const float *features)
{
  const LtDbmClassifierSettings *s = self->call->settings;
  const LtDbmNet *net = &self->net;
  const float *x = self->h[0];

  self->h[0] = drop_data (self, x);
  if (s->inferred_from == LT_DBM_INFERRED_FROM_KEPT)
    self->q = infer (self, self->h[0]);
  else
    self->q = features != NULL ? features : infer (self, x);
  for (int l = 1; l <= net->depth; l++)
    hidden_layer (self, l);
}

/* ---- Backwards ------------------------------------------------------------------- */

/* p becomes d loss/d input, of the mean over rows; returns the mean loss. */
static double
loss (const Pass *self, const int *labels)
{
  int classes = self->net.classes;
  double sum = 0;

  lt_softmax (self->p, self->n, classes, self->p);
  for (int row = 0; row < self->n; row++) {
    float *p = self->p + (gsize) row * classes;
    int label = labels != NULL ? labels[row] : -1;

    if (label < 0 || label >= classes) {
      lt_fill (0, classes, p);
      continue;
    }
    sum -= log (MAX ((double) p[label], 1e-30));
    p[label] -= 1;
    lt_scale (1 / (float) self->n, classes, p);
  }
  return sum / self->n;
}

/* d_w = below'delta + λ w. */
typedef struct {
  const float *below, *delta; /* [n, n_in] with `stride`, [n, n_out] */
  int n_in, n_out, stride;
  int weights;
} Edge;

static void
edge_gradient (const Pass *self, const Edge *edge, float *d_params, LtTerms *terms)
{
  const LtModel *model = self->call->model;
  const LtDbmClassifierSettings *s = self->call->settings;
  gsize size = (gsize) edge->n_in * edge->n_out;
  const float *w = param (self, edge->weights);
  float *d_w = lt_dbm_classifier_tensor (model, d_params, edge->weights);
  LtProduct product = { .trans_a = LT_TRANSPOSED,
                        .m = edge->n_in,
                        .n = edge->n_out,
                        .k = self->n,
                        .alpha = 1,
                        .a = edge->below,
                        .lda = edge->stride,
                        .b = edge->delta,
                        .ldb = edge->n_out,
                        .c = d_w,
                        .ldc = edge->n_out };

  lt_product (self->team, &product, NULL, NULL);
  if (s->decay <= 0)
    return;
  lt_axpy ((float) s->decay, w, size, d_w);
  terms->value[LT_DBM_CLASSIFIER_DECAY] += 0.5 * s->decay * lt_sum_squares (w, size);
}

/* g *= dh/da of h = s · mask/keep with s = σ (a), in panels. */
typedef struct {
  const float *h;
  int width;
  float keep;
} Slope;

static void
slope_panel (gpointer data,
             float *c,
             int ldc,
             int first_row,
             int n_rows,
             int first_column,
             int n_columns)
{
  const Slope *job = data;

  for (int i = 0; i < n_rows; i++) {
    const float *h = job->h + (gsize) (first_row + i) * job->width + first_column;
    float *g = c + (gsize) i * ldc;

    for (int j = 0; j < n_columns; j++)
      g[j] *= h[j] * (1 - h[j] * job->keep);
  }
}

/* Hidden layer l, below the edge: delta W', times its slope. */
static float *
back (const Pass *self, int l, const Edge *edge)
{
  float *delta = lt_workspace_floats (self->call->ws, (gsize) self->n * edge->n_in);
  Slope job = { edge->below, edge->n_in, (float) (1 - self->rate[l]) };
  LtProduct product = { .trans_b = LT_TRANSPOSED,
                        .m = self->n,
                        .n = edge->n_in,
                        .k = edge->n_out,
                        .alpha = 1,
                        .a = edge->delta,
                        .lda = edge->n_out,
                        .b = param (self, edge->weights),
                        .ldb = edge->n_out,
                        .c = delta,
                        .ldc = edge->n_in };

  lt_product (self->team, &product, slope_panel, &job);
  return delta;
}

/* d_bias = column sums of delta. */
static void
bias_gradient (const Pass *self, int bias, const Edge *edge, float *d_params)
{
  lt_column_sums (self->team, edge->delta, self->n, edge->n_out,
                  lt_dbm_classifier_tensor (self->call->model, d_params, bias));
}

/* All that leads into hidden layer l; edge: the one from below. */
static void
layer_gradient (const Pass *self,
                int l,
                const Edge *edge,
                float *d_params,
                LtTerms *terms)
{
  const LtDbmNet *net = &self->net;

  edge_gradient (self, edge, d_params, terms);
  bias_gradient (self, net->bias[l], edge, d_params);
  if (l < net->depth)
    edge_gradient (self,
                   &(Edge){ .below = self->q + net->q[l + 1],
                            .delta = edge->delta,
                            .n_in = net->n[l + 1],
                            .n_out = net->n[l],
                            .stride = net->n_q,
                            .weights = net->inferred_w[l] },
                   d_params, terms);
}

static void
backward (const Pass *self, gboolean all, float *d_params, LtTerms *terms)
{
  const LtDbmNet *net = &self->net;
  Edge edge = { .below = self->h[net->depth],
                .delta = self->p,
                .n_in = net->n[net->depth],
                .n_out = net->classes,
                .stride = net->n[net->depth],
                .weights = net->class_w };

  edge_gradient (self, &edge, d_params, terms);
  bias_gradient (self, net->class_bias, &edge, d_params);
  for (int l = all ? net->depth : 0; l >= 1; l--) {
    edge = (Edge){ .below = self->h[l - 1],
                   .delta = back (self, l, &edge),
                   .n_in = net->n[l - 1],
                   .n_out = net->n[l],
                   .stride = net->n[l - 1],
                   .weights = net->w[l] };
    layer_gradient (self, l, &edge, d_params, terms);
  }
}

void
lt_dbm_classifier_gradient (const LtCall *call,
                            const LtBatch *batch,
                            float *d_params,
                            float *state,
                            LtTerms *terms)
{
  const LtDbmClassifierSettings *s = call->settings;
  const LtDbmClassifierSettings *built = call->model->settings;
  gboolean all = built->learning == LT_DBM_LEARNING_ALL;
  gsize mark = lt_workspace_mark (call->ws);
  Pass pass;

  memset (terms, 0, sizeof *terms);
  memset (d_params, 0, lt_layout_size (call->model->params) * sizeof *d_params);
  pass_init (&pass, call, batch->x, batch->n);
  for (int node = 0; all && node <= pass.net.depth; node++)
    pass.rate[node] = lt_dbm_classifier_dropout (s, node);
  if (all || batch->features == NULL)
    forward (&pass, batch->features);
  else
    pass.h[pass.net.depth] = batch->features;
  class_inputs (&pass);
  terms->value[LT_DBM_CLASSIFICATION] = loss (&pass, batch->labels);
  backward (&pass, all, d_params, terms);
  lt_workspace_release (call->ws, mark);
}

/* ---- What can be asked ----------------------------------------------------------- */

void
lt_dbm_classifier_activations (const LtCall *call,
                               int layer,
                               const float *x,
                               int n,
                               float *h)
{
  gsize mark = lt_workspace_mark (call->ws);
  Pass pass;

  g_return_if_fail (layer >= 0 && layer < call->model->n_layers);
  pass_init (&pass, call, x, n);
  forward (&pass, NULL);
  memcpy (h, pass.h[layer + 1], (gsize) n * pass.net.n[layer + 1] * sizeof *h);
  lt_workspace_release (call->ws, mark);
}

void
lt_dbm_classifier_encode (const LtCall *call, const float *x, int n, float *z)
{
  lt_dbm_classifier_activations (call, call->model->n_layers - 1, x, n, z);
}

void
lt_dbm_classifier_classify (const LtCall *call, const float *x, int n, float *p)
{
  gsize mark = lt_workspace_mark (call->ws);
  Pass pass;

  pass_init (&pass, call, x, n);
  forward (&pass, NULL);
  class_inputs (&pass);
  lt_softmax (pass.p, n, pass.net.classes, p);
  lt_workspace_release (call->ws, mark);
}

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
  int n, nv, n1, n2, classes;
  double keep;        /* the share of hidden units that dropout leaves */
  const float *x, *q; /* [n, nv], [n, n2] */
  float *h1, *h2, *p; /* [n, n1], [n, n2], [n, classes] */
} Pass;

static void
pass_init (Pass *self, const LtCall *call, const float *x, int n)
{
  const LtDbmClassifierSettings *s = call->model->settings;
  LtWorkspace *ws = call->ws;

  *self = (Pass){
    .call = call,
    .team = lt_workspace_team (ws),
    .n = n,
    .nv = call->model->shape.nv,
    .n1 = (int) s->hidden.value[0],
    .n2 = (int) s->hidden.value[1],
    .classes = s->classes,
    .keep = 1,
    .x = x,
  };
  self->h1 = lt_workspace_floats (ws, (gsize) n * self->n1);
  self->h2 = lt_workspace_floats (ws, (gsize) n * self->n2);
  self->p = lt_workspace_floats (ws, (gsize) n * self->classes);
}

static const float *
param (const Pass *self, LtDbmTensor tensor)
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

/* h = σ (a W + bias), or added to what stands in h first. */
static void
layer (const Pass *self, LtProduct product, LtDbmTensor bias)
{
  Sigmoid job = { param (self, bias) };

  product.m = self->n;
  product.alpha = 1;
  product.lda = product.k;
  product.ldb = product.ldc = product.n;
  lt_product (self->team, &product, sigmoid_panel, &job);
}

static void
drop (const Pass *self, float *h, int width)
{
  gsize mark = lt_workspace_mark (self->call->ws), size = (gsize) self->n * width;
  float *mask;

  if (self->keep >= 1)
    return;
  mask = lt_workspace_floats (self->call->ws, size);
  lt_rng_fill_mask (self->call->rng, (float) self->keep, size, mask);
  lt_scale ((float) (1 / self->keep), size, mask);
  lt_multiply (mask, size, h);
  lt_workspace_release (self->call->ws, mark);
}

static void
hidden_layers (const Pass *self)
{
  LtProduct inferred = { .m = self->n,
                         .n = self->n1,
                         .k = self->n2,
                         .alpha = 1,
                         .a = self->q,
                         .lda = self->n2,
                         .b = param (self, LT_DBM_A),
                         .ldb = self->n1,
                         .c = self->h1,
                         .ldc = self->n1 };

  lt_product (self->team, &inferred, NULL, NULL);
  layer (self,
         (LtProduct){ .n = self->n1,
                      .k = self->nv,
                      .a = self->x,
                      .b = param (self, LT_DBM_W1),
                      .beta = 1,
                      .c = self->h1 },
         LT_DBM_C1);
  drop (self, self->h1, self->n1);
  layer (self,
         (LtProduct){ .n = self->n2,
                      .k = self->n1,
                      .a = self->h1,
                      .b = param (self, LT_DBM_W2),
                      .c = self->h2 },
         LT_DBM_C2);
  drop (self, self->h2, self->n2);
}

/* Inputs of the softmax. */
static void
class_inputs (const Pass *self)
{
  LtProduct product = { .m = self->n,
                        .n = self->classes,
                        .k = self->n2,
                        .alpha = 1,
                        .a = self->h2,
                        .lda = self->n2,
                        .b = param (self, LT_DBM_U),
                        .ldb = self->classes,
                        .c = self->p,
                        .ldc = self->classes };

  lt_product (self->team, &product, NULL, NULL);
  lt_bias_activate (LT_LINEAR, param (self, LT_DBM_D), self->n, self->classes,
                    self->classes, self->p);
}

/* Up to h_2, q included. */
static void
forward (Pass *self, const float *features)
{
  gsize size = (gsize) self->n * self->n2;

  if (features == NULL) {
    float *q = lt_workspace_floats (self->call->ws, size);

    lt_dbm_classifier_infer (self->call, self->x, self->n, q);
    features = q;
  }
  self->q = features;
  hidden_layers (self);
}

/* ---- Backwards ------------------------------------------------------------------- */

/* p becomes d loss/d input, of the mean over rows; returns the mean loss. */
static double
loss (const Pass *self, const int *labels)
{
  double sum = 0;

  lt_softmax (self->p, self->n, self->classes, self->p);
  for (int row = 0; row < self->n; row++) {
    float *p = self->p + (gsize) row * self->classes;
    int label = labels != NULL ? labels[row] : -1;

    if (label < 0 || label >= self->classes) {
      lt_fill (0, self->classes, p);
      continue;
    }
    sum -= log (MAX ((double) p[label], 1e-30));
    p[label] -= 1;
    lt_scale (1 / (float) self->n, self->classes, p);
  }
  return sum / self->n;
}

/* d_w = below'delta + λ w, d_bias = column sums of delta (NULL: none). */
typedef struct {
  const float *below, *delta;
  int n_in, n_out;
  LtDbmTensor weights, bias;
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
                        .lda = edge->n_in,
                        .b = edge->delta,
                        .ldb = edge->n_out,
                        .c = d_w,
                        .ldc = edge->n_out };

  lt_product (self->team, &product, NULL, NULL);
  if (edge->bias != LT_DBM_N_TENSORS)
    lt_column_sums (self->team, edge->delta, self->n, edge->n_out,
                    lt_dbm_classifier_tensor (model, d_params, edge->bias));
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

/* The layer below: delta W', times its slope. */
static float *
back (const Pass *self, const Edge *edge)
{
  float *delta = lt_workspace_floats (self->call->ws, (gsize) self->n * edge->n_in);
  Slope job = { edge->below, edge->n_in, (float) self->keep };
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

static void
backward (const Pass *self, gboolean all, float *d_params, LtTerms *terms)
{
  Edge classes = { self->h2, self->p, self->n2, self->classes, LT_DBM_U, LT_DBM_D };
  Edge second = { self->h1, NULL, self->n1, self->n2, LT_DBM_W2, LT_DBM_C2 };
  Edge first = { self->x, NULL, self->nv, self->n1, LT_DBM_W1, LT_DBM_C1 };
  Edge inferred = { self->q, NULL, self->n2, self->n1, LT_DBM_A, LT_DBM_N_TENSORS };

  edge_gradient (self, &classes, d_params, terms);
  if (!all)
    return;
  second.delta = back (self, &classes);
  edge_gradient (self, &second, d_params, terms);
  first.delta = inferred.delta = back (self, &second);
  edge_gradient (self, &first, d_params, terms);
  edge_gradient (self, &inferred, d_params, terms);
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
  if (all) {
    pass.keep = 1 - s->dropout;
    forward (&pass, batch->features);
  } else if (batch->features != NULL) {
    memcpy (pass.h2, batch->features, (gsize) batch->n * pass.n2 * sizeof *pass.h2);
  } else {
    forward (&pass, NULL);
  }
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

  g_return_if_fail (layer == 0 || layer == 1);
  pass_init (&pass, call, x, n);
  forward (&pass, NULL);
  memcpy (h, layer == 0 ? pass.h1 : pass.h2,
          (gsize) n * (layer == 0 ? pass.n1 : pass.n2) * sizeof *h);
  lt_workspace_release (call->ws, mark);
}

void
lt_dbm_classifier_encode (const LtCall *call, const float *x, int n, float *z)
{
  lt_dbm_classifier_activations (call, 1, x, n, z);
}

void
lt_dbm_classifier_classify (const LtCall *call, const float *x, int n, float *p)
{
  gsize mark = lt_workspace_mark (call->ws);
  Pass pass;

  pass_init (&pass, call, x, n);
  forward (&pass, NULL);
  class_inputs (&pass);
  lt_softmax (pass.p, n, pass.classes, p);
  lt_workspace_release (call->ws, mark);
}

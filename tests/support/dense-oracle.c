#include "support/dense-oracle.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define MAX_NODES (2 * LT_LIST_MAX + 1)

/* One example on its way through what learns of the network. Node 0 is its input, node
 * `depth` its code. */
typedef struct {
  float *x;         /* [width[0]]: a row of the data, or the frozen layers' code */
  float *corrupted; /* the same, in single precision as the model draws it */
  double *weight;   /* [nv]: emphasis */
  double *mask[MAX_NODES]; /* dropout */
  double *a[MAX_NODES], *y[MAX_NODES], *out[MAX_NODES];
  double *u;       /* [projections, nz] */
  double *epsilon; /* [samples, nv] */
} Example;

typedef struct {
  const DenseOracle *oracle;
  const LtDenseSettings *s;
  const double *params;
  int lowest; /* the level that is the input */
  int depth, n_nodes;
  gboolean decodes;
  int width[MAX_NODES];
  GPtrArray *memory;
  Example *examples;
} Run;

static double *
doubles (Run *run, gsize n)
{
  double *memory = g_new0 (double, n);

  g_ptr_array_add (run->memory, memory);
  return memory;
}

/* ---- The network ----------------------------------------------------------------- */

static double
apply (LtActivation f, double a)
{
  switch (f) {
  case LT_SIGMOID:
    return 1 / (1 + exp (-a));
  case LT_TANH:
    return tanh (a);
  case LT_RELU:
    return a > 0 ? a : 0;
  case LT_LEAKY_RELU:
    return a > 0 ? a : 0.01 * a;
  case LT_SOFTPLUS:
    return log1p (exp (a));
  case LT_LINEAR:
  default:
    return a;
  }
}

static double
slope (LtActivation f, double a)
{
  double s = 1 / (1 + exp (-a));

  switch (f) {
  case LT_SIGMOID:
    return s * (1 - s);
  case LT_TANH:
    return 1 - tanh (a) * tanh (a);
  case LT_RELU:
    return a > 0 ? 1 : 0;
  case LT_LEAKY_RELU:
    return a > 0 ? 1 : 0.01;
  case LT_SOFTPLUS:
    return s;
  case LT_LINEAR:
  default:
    return 1;
  }
}

static const double *
tensor (const Run *run, char letter, int level)
{
  char name[32];

  g_snprintf (name, sizeof name, "%c%d", letter, level);
  return run->params + lt_layout_find (run->oracle->layout, name)->offset;
}

static LtActivation
function_of (const Run *run, int node)
{
  int level = run->lowest + (node <= run->depth ? node : 2 * run->depth - node);

  if (level == run->s->hidden.n)
    return run->s->code_activation;
  return level == 0 ? run->s->output_activation : run->s->hidden_activation;
}

/* The weight from unit i of node − 1 to unit j of node. */
static double
weight (const Run *run, int node, int i, int j)
{
  int level = run->lowest + (node <= run->depth ? node : 2 * run->depth + 1 - node);

  if (node <= run->depth)
    return tensor (run, 'W', level)[i * run->width[node] + j];
  if (run->s->tied)
    return tensor (run, 'W', level)[j * run->width[node - 1] + i];
  return tensor (run, 'V', level)[i * run->width[node] + j];
}

static double
bias (const Run *run, int node, int j)
{
  if (node <= run->depth)
    return tensor (run, 'b', run->lowest + node)[j];
  return tensor (run, 'c', run->lowest + 2 * run->depth + 1 - node)[j];
}

static void
pre_activations (const Run *run, int node, const double *below, double *a)
{
  for (int j = 0; j < run->width[node]; j++) {
    a[j] = bias (run, node, j);
    for (int i = 0; i < run->width[node - 1]; i++)
      a[j] += below[i] * weight (run, node, i, j);
  }
}

static void
forward (Run *run, int node)
{
  for (int e = 0; e < run->oracle->n; e++) {
    Example *example = &run->examples[e];

    pre_activations (run, node, example->out[node - 1], example->a[node]);
    for (int j = 0; j < run->width[node]; j++) {
      example->y[node][j] = apply (function_of (run, node), example->a[node][j]);
      example->out[node][j] = example->y[node][j] * example->mask[node][j];
    }
  }
}

/* ---- Randomness ------------------------------------------------------------------ */

static void
draw_example (Run *run, Example *example, LtRng *rng)
{
  const float *x = example->x;
  int n_inner = run->decodes ? run->n_nodes - 1 : run->n_nodes;
  const LtDenseSettings *s = run->s;
  int nv = run->width[0], nz = run->width[run->depth];
  g_autofree float *draws = g_new0 (float, MAX (nv, 64 * 64));

  memcpy (example->corrupted, x, nv * sizeof *x);
  if (s->noise != LT_NOISE_NONE)
    lt_corrupt (s->noise, s->noise_level, x, nv, rng, example->corrupted, draws);
  for (int i = 0; i < nv; i++)
    example->weight[i] = s->noise == LT_NOISE_NONE ? 1
                         : draws[i] != 0           ? s->emphasis_corrupted
                                                   : s->emphasis_rest;
  for (int node = 0; node < run->n_nodes; node++) {
    int place = run->lowest + node;
    double rate = place < s->dropout.n && node < n_inner ? s->dropout.value[place] : 0;

    if (rate > 0)
      lt_rng_fill_mask (rng, (float) (1 - rate), run->width[node], draws);
    for (int j = 0; j < run->width[node]; j++)
      example->mask[node][j] = rate > 0 ? (double) draws[j] / (1 - rate) : 1;
  }
  for (int i = 0; i < nv; i++)
    example->y[0][i] = example->out[0][i] =
        (double) example->corrupted[i] * example->mask[0][i];
  if (run->depth > 1 && s->jacobian == LT_JACOBIAN_PROJECTIONS &&
      (s->contraction > 0 || s->higher_order > 0))
    for (int p = 0; p < s->jacobian_projections; p++) {
      lt_rng_fill_mask (rng, 0.5f, nz, draws);
      for (int j = 0; j < nz; j++)
        example->u[p * nz + j] = draws[j] != 0 ? 1 : -1;
    }
  for (int p = 0; s->higher_order > 0 && p < s->higher_order_samples; p++) {
    lt_rng_fill_normal (rng, nv, draws);
    for (int i = 0; i < nv; i++)
      example->epsilon[p * nv + i] = s->higher_order_sigma * (double) draws[i];
  }
}

/* ---- Competition ----------------------------------------------------------------- */

static double *
code_unit (Run *run, int e, int j)
{
  return &run->examples[e].y[run->depth][j];
}

/* How many of the rivals (over examples, or over units) come before unit j of example e. */
static int
rank_of (Run *run, int e, int j, gboolean over_examples)
{
  int n = over_examples ? run->oracle->n : run->width[run->depth];
  int here = over_examples ? e : j, rank = 0;

  for (int i = 0; i < n; i++) {
    double rival = over_examples ? *code_unit (run, i, j) : *code_unit (run, e, i);
    double own = *code_unit (run, e, j);
    rank += rival > own || (rival == own && i < here);
  }
  return rank;
}

static void
compete (Run *run)
{
  gboolean lifetime = run->s->sparsity == LT_SPARSITY_LIFETIME;
  int k = lifetime ? (int) ceil (run->s->sparsity_fraction * run->oracle->n)
                   : run->s->sparsity_k;

  if (!lifetime && run->s->sparsity != LT_SPARSITY_TOP_K)
    return;
  for (int e = 0; e < run->oracle->n; e++)
    for (int j = 0; j < run->width[run->depth]; j++)
      if (rank_of (run, e, j, lifetime) >= k)
        run->examples[e].out[run->depth][j] = 0;
}

/* ---- Terms ----------------------------------------------------------------------- */

static double
reconstruction (const Run *run)
{
  const LtDenseSettings *s = run->s;
  int output = 2 * run->depth, nv = run->width[0];
  gboolean crosses = run->lowest == 0 ? s->loss == LT_LOSS_CROSS_ENTROPY
                                      : s->hidden_activation == LT_SIGMOID;
  gboolean gaussian = s->reading == LT_READING_LIKELIHOOD && !crosses;
  double scale = run->lowest == 0 ? s->output_scale : 1;
  double sum = 0;

  for (int e = 0; e < run->oracle->n; e++)
    for (int i = 0; i < nv; i++) {
      const Example *example = &run->examples[e];
      double x = (double) example->x[i];
      double r = scale * example->y[output][i];
      double a = example->a[output][i];
      double loss = (x - r) * (x - r);

      if (crosses)
        loss = -x * log (1 / (1 + exp (-a))) - (1 - x) * log (1 / (1 + exp (a)));
      else if (gaussian)
        loss = -log (exp (-loss / (2 * s->sigma * s->sigma)) /
                     (s->sigma * sqrt (2 * G_PI)));
      sum += example->weight[i] * loss;
    }
  return sum / run->oracle->n;
}

/* −log p (label | x) of the labelled examples, over all. */
static double
classification (const Run *run)
{
  int n_classes = run->s->classes, nz = run->width[run->depth];
  const double *u, *d;
  double sum = 0;

  if (n_classes == 0 || run->s->layer > 0 || run->oracle->labels == NULL)
    return 0;
  u = run->params + lt_layout_find (run->oracle->layout, "U")->offset;
  d = run->params + lt_layout_find (run->oracle->layout, "d")->offset;
  for (int e = 0; e < run->oracle->n; e++) {
    int label = run->oracle->labels[e];
    double all = 0, own = 0;

    for (int c = 0; c < n_classes && label >= 0; c++) {
      double a = d[c];
      for (int j = 0; j < nz; j++)
        a += run->examples[e].out[run->depth][j] * u[j * n_classes + c];
      all += exp (a);
      if (c == label)
        own = exp (a);
    }
    if (label >= 0)
      sum -= log (own / all);
  }
  return sum / run->oracle->n;
}

/* Whether a weight learns, by its name: "W2" does when layer 2 does. */
static gboolean
learns (const LtDenseSettings *s, const LtTensor *weights)
{
  if (s->layer > 0)
    return weights->name[0] != 'U' && atoi (weights->name + 1) == s->layer;
  return s->learning == LT_LEARNING_ALL || weights->name[0] == 'U';
}

static double
decay (const Run *run)
{
  double sum = 0;

  for (int t = 0; t < lt_layout_n_tensors (run->oracle->layout); t++) {
    const LtTensor *tensor_t = lt_layout_tensor (run->oracle->layout, t);

    if (tensor_t->role != LT_ROLE_WEIGHT || !learns (run->s, tensor_t))
      continue;
    for (gsize i = 0; i < tensor_t->size; i++)
      sum += run->params[tensor_t->offset + i] * run->params[tensor_t->offset + i];
  }
  return run->s->decay * sum / 2;
}

static double
l1 (Run *run)
{
  int n = run->oracle->n, nz = run->width[run->depth];
  double weight_l1 = run->s->sparsity_weight, sum = 0;

  if (run->s->sparsity != LT_SPARSITY_L1)
    return 0;
  for (int e = 0; e < n; e++)
    for (int j = 0; j < nz; j++) {
      double size = weight_l1 * fabs (*code_unit (run, e, j));
      sum += run->s->reading == LT_READING_LIKELIHOOD
                 ? -log (weight_l1 / 2 * exp (-size))
                 : size;
    }
  return sum / n;
}

static double
kl (Run *run)
{
  double target = run->s->sparsity_target, sum = 0;

  if (run->s->sparsity != LT_SPARSITY_KL)
    return 0;
  for (int j = 0; j < run->width[run->depth]; j++) {
    double mean = 0;

    for (int e = 0; e < run->oracle->n; e++)
      mean += *code_unit (run, e, j) / run->oracle->n;
    sum +=
        target * log (target / mean) + (1 - target) * log ((1 - target) / (1 - mean));
  }
  return run->s->sparsity_weight * sum;
}

/* The Jacobian of the code's activations with respect to the input, at x, under the
 * example's masks: jacobian [nz, nv], one column at a time by the chain rule. */
static void
take_jacobian (Run *run, const Example *example, const double *x, double *jacobian)
{
  int nv = run->width[0], nz = run->width[run->depth];
  double h[64], a[64], d[64], d_below[64];

  for (int i = 0; i < nv; i++) {
    memcpy (h, x, nv * sizeof *x);
    memset (d_below, 0, sizeof d_below);
    d_below[i] = 1;
    for (int node = 1; node <= run->depth; node++) {
      pre_activations (run, node, h, a);
      for (int j = 0; j < run->width[node]; j++) {
        double mask = node < run->depth ? example->mask[node][j] : 1;
        d[j] = 0;
        for (int below = 0; below < run->width[node - 1]; below++)
          d[j] += d_below[below] * weight (run, node, below, j);
        d[j] *= mask * slope (function_of (run, node), a[j]);
        h[j] = mask * apply (function_of (run, node), a[j]);
      }
      memcpy (d_below, d, sizeof d);
    }
    for (int j = 0; j < nz; j++)
      jacobian[j * nv + i] = d[j];
  }
}

/* ‖J‖², or the mean of ‖uᵀJ‖² where the model projects. */
static double
squared_norm (const Run *run, const Example *example, const double *jacobian)
{
  int nv = run->width[0], nz = run->width[run->depth];
  int n = run->s->jacobian_projections;
  double sum = 0;

  if (run->depth == 1 || run->s->jacobian == LT_JACOBIAN_EXACT) {
    for (int i = 0; i < nz * nv; i++)
      sum += jacobian[i] * jacobian[i];
    return sum;
  }
  for (int p = 0; p < n; p++)
    for (int i = 0; i < nv; i++) {
      double projected = 0;
      for (int j = 0; j < nz; j++)
        projected += example->u[p * nz + j] * jacobian[j * nv + i];
      sum += projected * projected / n;
    }
  return sum;
}

static void
contraction (Run *run, double *first, double *higher)
{
  const LtDenseSettings *s = run->s;
  int n = run->oracle->n, nv = run->width[0], nz = run->width[run->depth];
  g_autofree double *here = g_new (double, nz *nv), *near = g_new (double, nz *nv);
  g_autofree double *x = g_new (double, nv);

  *first = *higher = 0;
  if (s->contraction <= 0 && s->higher_order <= 0)
    return;
  for (int e = 0; e < n; e++) {
    Example *example = &run->examples[e];

    take_jacobian (run, example, example->out[0], here);
    *first += s->contraction * squared_norm (run, example, here) / n;
    for (int p = 0; s->higher_order > 0 && p < s->higher_order_samples; p++) {
      for (int i = 0; i < nv; i++)
        x[i] = example->out[0][i] + example->epsilon[p * nv + i];
      take_jacobian (run, example, x, near);
      for (int i = 0; i < nz * nv; i++)
        near[i] -= here[i];
      *higher += s->higher_order * squared_norm (run, example, near) / n /
                 s->higher_order_samples;
    }
  }
}

/* ---- The whole ------------------------------------------------------------------- */

static int
level_width (const Run *run, int level)
{
  return level == 0 ? run->oracle->nv : (int) run->s->hidden.value[level - 1];
}

/* Which part of the network learns. */
static void
begin_network (Run *run)
{
  const LtDenseSettings *s = run->s;

  run->lowest = s->layer > 0                     ? s->layer - 1
                : s->learning == LT_LEARNING_TOP ? s->hidden.n
                                                 : 0;
  run->depth = s->layer > 0 ? 1 : s->hidden.n - run->lowest;
  run->decodes = s->task == LT_TASK_RECONSTRUCT && run->depth > 0;
  run->n_nodes = run->decodes ? 2 * run->depth + 1 : run->depth + 1;
  for (int node = 0; node <= run->depth; node++)
    run->width[node] = level_width (run, run->lowest + node);
  for (int node = run->depth + 1; node < run->n_nodes; node++)
    run->width[node] = run->width[2 * run->depth - node];
}

/* What the frozen layers make of a row, by formulas of their own. */
static void
take_input (const Run *run, const float *row, float *x)
{
  double below[64], h[64];

  for (int i = 0; i < run->oracle->nv; i++)
    h[i] = (double) row[i];
  for (int level = 1; level <= run->lowest; level++) {
    const double *w = tensor (run, 'W', level), *b = tensor (run, 'b', level);
    int n_in = level_width (run, level - 1), n_out = level_width (run, level);
    LtActivation f =
        level == run->s->hidden.n ? run->s->code_activation : run->s->hidden_activation;

    memcpy (below, h, sizeof below);
    for (int j = 0; j < n_out; j++) {
      double a = b[j];
      for (int i = 0; i < n_in; i++)
        a += below[i] * w[i * n_out + j];
      h[j] = apply (f, a);
    }
  }
  for (int i = 0; i < run->width[0]; i++)
    x[i] = (float) h[i];
}

static void
begin (Run *run)
{
  const LtDenseSettings *s = run->s;

  run->memory = g_ptr_array_new_with_free_func (g_free);
  begin_network (run);
  run->examples = g_new0 (Example, run->oracle->n);
  for (int e = 0; e < run->oracle->n; e++) {
    Example *example = &run->examples[e];

    example->x = (float *) doubles (run, run->width[0]);
    example->corrupted = (float *) doubles (run, run->width[0]);
    example->weight = doubles (run, run->width[0]);
    example->u = doubles (run, s->jacobian_projections * run->width[run->depth]);
    example->epsilon = doubles (run, s->higher_order_samples * run->width[0]);
    take_input (run, run->oracle->x + e * run->oracle->nv, example->x);
    for (int node = 0; node < run->n_nodes; node++) {
      example->mask[node] = doubles (run, run->width[node]);
      example->a[node] = doubles (run, run->width[node]);
      example->y[node] = doubles (run, run->width[node]);
      example->out[node] = doubles (run, run->width[node]);
    }
  }
}

double
dense_oracle_objective (const DenseOracle *self,
                        const double *params,
                        double terms[LT_DENSE_N_TERMS])
{
  Run run = { .oracle = self, .s = self->settings, .params = params };
  LtRng rng = self->rng;
  double sum = 0;

  begin (&run);
  for (int e = 0; e < self->n; e++) {
    LtRng own;
    lt_rng_split (&rng, &own);
    draw_example (&run, &run.examples[e], &own);
  }
  for (int node = 0; node < run.n_nodes; node++) {
    if (node > 0)
      forward (&run, node);
    if (node == run.depth)
      compete (&run);
  }
  memset (terms, 0, LT_DENSE_N_TERMS * sizeof *terms);
  if (run.decodes)
    terms[LT_DENSE_RECONSTRUCTION] = reconstruction (&run);
  terms[LT_DENSE_CLASSIFICATION] = classification (&run);
  terms[LT_DENSE_DECAY] = decay (&run);
  if (run.depth > 0) {
    terms[LT_DENSE_L1] = l1 (&run);
    terms[LT_DENSE_KL] = kl (&run);
    contraction (&run, &terms[LT_DENSE_CONTRACTION], &terms[LT_DENSE_HIGHER_ORDER]);
  }
  for (int t = 0; t < LT_DENSE_N_TERMS; t++)
    sum += terms[t];
  g_ptr_array_unref (run.memory);
  g_free (run.examples);
  return sum;
}

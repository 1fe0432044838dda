/* Both phases of the gradient of log p (v) with respect to W,
 *
 *   g = ⟨v h'⟩_data − ⟨v h'⟩_model,
 *
 * the second term by contrastive divergence (Hinton 2002), persistent chains (Tieleman 2008)
 * and enumeration. Where hidden layers lie above each other, data come to the weights looked at
 * by way of the layers below, or hidden units settle by mean field; chains then start at
 * samples of the means. */
#include "probes/contrast.h"

#include <math.h>
#include <string.h>

#include "core/kernels.h"
#include "core/matrix.h"

#define MAX_CHAINS   100 /* fresh ones */
#define CD_STREAM    0xcd
#define CHAIN_STREAM 0xcd1

/* Chains and the memory that they move in. */
typedef struct {
  const LtCall *call;
  const LtGibbs *gibbs;
  LtGibbsLayer info;
  LtGibbsChains phase;
} Chains;

static void
chains_init (Chains *self, const LtCall *call, int layer, int n)
{
  LtGibbsChains *phase = &self->phase;

  self->call = call;
  self->gibbs = call->model->kind->gibbs;
  self->gibbs->describe (call->model, layer, &self->info);
  *phase = (LtGibbsChains){ .layer = layer, .n = n };
  phase->chains = lt_workspace_floats (call->ws, (gsize) n * self->info.width);
  phase->below = lt_workspace_floats (call->ws, (gsize) n * self->info.n_below);
  phase->above = lt_workspace_floats (call->ws, (gsize) n * self->info.n_above);
}

static void
chains_run (Chains *self, int steps)
{
  for (int i = 0; i < steps; i++)
    self->gibbs->step (self->call, &self->phase);
}

/* Adds a share of the chains' ⟨v h'⟩ as they stand. */
static void
add_statistics (const Chains *self, double share, float *vh)
{
  const LtGibbsChains *phase = &self->phase;
  LtProduct product = { .trans_a = LT_TRANSPOSED,
                        .m = self->info.n_below,
                        .n = self->info.n_above,
                        .k = phase->n,
                        .alpha = (float) (share / phase->n),
                        .a = phase->below,
                        .lda = self->info.n_below,
                        .b = phase->above,
                        .ldb = self->info.n_above,
                        .beta = 1,
                        .c = vh,
                        .ldc = self->info.n_above };

  lt_product (lt_workspace_team (self->call->ws), &product, NULL, NULL);
}

/* ---- The minibatch -------------------------------------------------------------------- */

static float *
keep_rows (const LtContrast *self, const float *rows, int width)
{
  return g_memdup2 (rows, (gsize) self->n_shown * width * sizeof *rows);
}

/* Leaves the chains at the minibatch. */
static void
load_minibatch (LtContrast *self,
                Chains *chains,
                const LtDataset *data,
                const float *given)
{
  const LtCall *call = chains->call;
  gsize nv = (gsize) call->model->shape.nv;
  float *x = lt_workspace_floats (call->ws, self->n * nv);
  g_autofree int *labels = g_new (int, self->n);
  g_autofree guint32 *rows = g_new (guint32, self->n);

  for (int i = 0; i < self->n; i++)
    rows[i] = (guint32) ((self->first + i) % self->n_total);
  lt_dataset_gather (data, LT_TRAIN, rows, 0, self->n, x);
  lt_dataset_gather_labels (data, LT_TRAIN, rows, 0, self->n, labels);
  for (int i = 0; given != NULL && i < self->n; i++) {
    memcpy (x + (gsize) i * nv, given, nv * sizeof *x);
    labels[i] = -1;
  }
  chains->gibbs->load (call, &chains->phase, x, labels);
  self->labels = g_memdup2 (labels, self->n_shown * sizeof *labels);
}

static float *
statistics_new (const LtContrast *self)
{
  return g_new0 (float, (gsize) self->n_visible * self->nh);
}

/* Both steps of contrastive divergence come from one chain, which starts at v⁰ each time. */
static void
walk (LtContrast *self, Chains *chains, const LtContrastOptions *options)
{
  LtModelTerm *one = &self->model[LT_MODEL_BY_CD_1];
  LtModelTerm *many = &self->model[LT_MODEL_BY_CD_K];
  const LtGibbsChains *phase = &chains->phase;
  gsize size = (gsize) self->n * chains->info.width * sizeof (float);
  g_autofree float *start = g_memdup2 (phase->chains, size);

  self->v0 = keep_rows (self, phase->below, self->n_visible);
  self->h0_mean = keep_rows (self, phase->above, self->nh);
  self->data = statistics_new (self);
  add_statistics (chains, 1, self->data);
  one->vh = statistics_new (self);
  many->vh = statistics_new (self);
  for (int repeat = 0; repeat < options->repeats; repeat++) {
    memcpy (phase->chains, start, size);
    chains->gibbs->draw (chains->call, phase);
    if (repeat == 0)
      self->h0 = keep_rows (self, phase->above, self->nh);
    chains_run (chains, 1);
    if (repeat == 0) {
      self->v1 = keep_rows (self, phase->below, self->n_visible);
      self->h1 = keep_rows (self, phase->above, self->nh);
    }
    add_statistics (chains, 1.0 / options->repeats, one->vh);
    chains_run (chains, options->k - 1);
    add_statistics (chains, 1.0 / options->repeats, many->vh);
  }
  one->n = many->n = self->n;
  one->steps = 1;
  many->steps = options->k;
}

/* ---- Chains of the model's own --------------------------------------------------------- */

/* Fresh ones begin at training rows, evenly spaced over all of them. */
static void
begin_fresh (Chains *chains, const LtDataset *data)
{
  const LtCall *call = chains->call;
  gsize nv = (gsize) call->model->shape.nv, n_all = lt_dataset_n (data, LT_TRAIN);
  int n = chains->phase.n;
  float *x = lt_workspace_floats (call->ws, (gsize) n * nv);
  guint32 rows[MAX_CHAINS];

  for (int i = 0; i < n; i++)
    rows[i] = (guint32) ((gsize) i * n_all / (gsize) n);
  lt_dataset_gather (data, LT_TRAIN, rows, 0, n, x);
  chains->gibbs->load (call, &chains->phase, x, NULL);
  chains->gibbs->draw (call, &chains->phase);
}

static void
follow_chains (LtContrast *self,
               const LtCall *call,
               const LtDataset *data,
               const LtContrastOptions *options)
{
  const LtGibbs *gibbs = call->model->kind->gibbs;
  LtModelTerm *term = &self->model[LT_MODEL_BY_CHAINS];
  LtGibbsChains none = { .layer = self->layer };
  Chains chains;

  term->n = gibbs->kept (call, &none);
  term->persistent = term->n > 0;
  if (!term->persistent)
    term->n = MIN (MAX_CHAINS, (int) MIN (self->n_total, MAX_CHAINS));
  chains_init (&chains, call, self->layer, term->n);
  term->steps = term->persistent ? 1 : options->chain_steps;
  term->vh = statistics_new (self);
  for (int repeat = 0; repeat < options->repeats; repeat++) {
    if (term->persistent)
      gibbs->kept (call, &chains.phase);
    else if (repeat == 0)
      begin_fresh (&chains, data);
    chains_run (&chains, repeat == 0 ? term->steps : 1);
    add_statistics (&chains, 1.0 / options->repeats, term->vh);
  }
}

/* ---- Comparison ------------------------------------------------------------------------ */

static double
norm_of_difference (const float *a, const float *b, gsize n)
{
  return sqrt (lt_squared_error (a, b, n));
}

/* (data − a)·(data − b) */
static double
dot_of_gradients (const float *data, const float *a, const float *b, gsize n)
{
  double sum = 0;

  for (gsize i = 0; i < n; i++)
    sum += (double) (data[i] - a[i]) * (double) (data[i] - b[i]);
  return sum;
}

static void
compare (LtContrast *self)
{
  gsize n = (gsize) self->n_visible * self->nh;
  const LtModelTerm *best;

  self->reference = self->model[LT_MODEL_BY_STATES].vh != NULL ? LT_MODEL_BY_STATES
                                                               : LT_MODEL_BY_CHAINS;
  best = &self->model[self->reference];
  for (int i = 0; i < LT_N_MODEL_TERMS; i++)
    if (self->model[i].vh != NULL)
      self->model[i].norm = norm_of_difference (self->data, self->model[i].vh, n);
  for (int i = 0; i < LT_N_MODEL_TERMS; i++) {
    LtModelTerm *term = &self->model[i];

    term->cosine = term->error = (double) NAN;
    if (term->vh == NULL || i == self->reference || !(best->norm > 0))
      continue;
    term->error = norm_of_difference (term->vh, best->vh, n) / best->norm;
    if (term->norm > 0)
      term->cosine = dot_of_gradients (self->data, term->vh, best->vh, n) /
                     (term->norm * best->norm);
  }
}

static gboolean
is_finite (const LtContrast *self)
{
  gsize n = (gsize) self->n_visible * self->nh;
  gboolean finite = lt_all_finite (self->data, n);

  for (int i = 0; i < LT_N_MODEL_TERMS; i++)
    if (self->model[i].vh != NULL)
      finite = finite && lt_all_finite (self->model[i].vh, n);
  return finite;
}

static void
enumerate (LtContrast *self, const LtCall *call)
{
  LtModelTerm *term = &self->model[LT_MODEL_BY_STATES];

  term->vh = g_new (float, (gsize) self->n_visible * self->nh);
  if (!call->model->kind->gibbs->moments (call, self->layer, term->vh))
    g_clear_pointer (&term->vh, g_free);
}

static void
choose_layer (LtContrast *self, const LtModel *model, int layer)
{
  const LtGibbs *gibbs = model->kind->gibbs;
  int first, last, usual;

  gibbs->layers (model, &first, &last, &usual);
  self->layer = layer >= first && layer <= last ? layer : usual;
  self->mean_field = gibbs->mean_field;
  gibbs->describe (model, self->layer, &self->joins);
  self->n_visible = self->joins.n_below;
  self->nh = self->joins.n_above;
}

LtContrast *
lt_probe_contrast (const LtSnapshot *snapshot,
                   const LtDataset *data,
                   const LtContrastOptions *options,
                   LtWorkspace *ws)
{
  gsize mark = lt_workspace_mark (ws);
  LtRng rng;
  LtCall call = lt_snapshot_call (snapshot, ws, &rng);
  LtContrast *self;
  Chains chains;

  g_return_val_if_fail (snapshot->model->kind->gibbs != NULL, NULL);
  g_return_val_if_fail (options->n > 0 && options->k > 0 && options->repeats > 0, NULL);
  self = g_new0 (LtContrast, 1);
  self->n_total = lt_dataset_n (data, LT_TRAIN);
  self->n = (int) MIN ((gsize) options->n, self->n_total);
  self->n_shown = MIN (options->n_shown, self->n);
  self->first = (gsize) options->minibatch * self->n % self->n_total;
  lt_rng_init (&rng, options->seed, CD_STREAM);
  choose_layer (self, snapshot->model, options->layer);
  chains_init (&chains, &call, self->layer, self->n);
  load_minibatch (self, &chains, data, options->given);
  walk (self, &chains, options);
  lt_rng_init (&rng, options->seed, CHAIN_STREAM);
  follow_chains (self, &call, data, options);
  if (options->exact)
    enumerate (self, &call);
  lt_workspace_release (ws, mark);
  compare (self);
  if (is_finite (self))
    return self;
  lt_contrast_free (self);
  return NULL;
}

void
lt_contrast_free (LtContrast *self)
{
  if (self == NULL)
    return;
  for (int i = 0; i < LT_N_MODEL_TERMS; i++)
    g_free (self->model[i].vh);
  g_free (self->labels);
  g_free (self->v0);
  g_free (self->h0);
  g_free (self->h0_mean);
  g_free (self->v1);
  g_free (self->h1);
  g_free (self->data);
  g_free (self);
}

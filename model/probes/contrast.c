/* Both phases of the gradient of log p (v) with respect to W,
 *
 *   g = ⟨v h'⟩_data − ⟨v h'⟩_model,
 *
 * the second term by contrastive divergence (Hinton 2002), persistent chains (Tieleman 2008)
 * and enumeration. Like the training, all of them take samples of v and means of h. */
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
  int n, n_visible, nh;
  float *v, *h, *mean; /* [n, n_visible] and [n, nh]: samples; means of h given v */
  float *v_mean;
} Chains;

static void
chains_init (Chains *self, const LtCall *call, int n)
{
  self->call = call;
  self->gibbs = call->model->kind->gibbs;
  self->n = n;
  self->n_visible = self->gibbs->n_visible (call->model);
  self->nh = call->model->n_code;
  self->v = lt_workspace_floats (call->ws, (gsize) n * self->n_visible);
  self->v_mean = lt_workspace_floats (call->ws, (gsize) n * self->n_visible);
  self->h = lt_workspace_floats (call->ws, (gsize) n * self->nh);
  self->mean = lt_workspace_floats (call->ws, (gsize) n * self->nh);
}

/* From hidden samples down to visible ones, and up again. */
static void
chains_run (Chains *self, int steps)
{
  for (int i = 0; i < steps; i++) {
    self->gibbs->down (self->call, self->h, self->n, self->v_mean, self->v);
    self->gibbs->up (self->call, self->v, self->n, self->mean, self->h);
  }
}

/* Adds a share of the chains' ⟨v h'⟩ as they stand. */
static void
add_statistics (const Chains *self, double share, float *vh)
{
  LtProduct product = { .trans_a = LT_TRANSPOSED,
                        .m = self->n_visible,
                        .n = self->nh,
                        .k = self->n,
                        .alpha = (float) (share / self->n),
                        .a = self->v,
                        .lda = self->n_visible,
                        .b = self->mean,
                        .ldb = self->nh,
                        .beta = 1,
                        .c = vh,
                        .ldc = self->nh };

  lt_product (lt_workspace_team (self->call->ws), &product, NULL, NULL);
}

/* ---- The minibatch -------------------------------------------------------------------- */

static float *
keep_rows (const LtContrast *self, const float *rows, int width)
{
  return g_memdup2 (rows, (gsize) self->n_shown * width * sizeof *rows);
}

/* Rows of the minibatch as visible ones, which are samples already. */
static void
load_minibatch (LtContrast *self, Chains *chains, const LtDataset *data)
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
  chains->gibbs->load (call, x, labels, self->n, chains->v);
  chains->gibbs->up (call, chains->v, self->n, chains->mean, chains->h);
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
  gsize size = (gsize) self->n * self->n_visible * sizeof (float);
  g_autofree float *start = g_memdup2 (chains->v, size);

  self->v0 = keep_rows (self, chains->v, self->n_visible);
  self->h0 = keep_rows (self, chains->h, self->nh);
  self->h0_mean = keep_rows (self, chains->mean, self->nh);
  self->data = statistics_new (self);
  add_statistics (chains, 1, self->data);
  one->vh = statistics_new (self);
  many->vh = statistics_new (self);
  for (int repeat = 0; repeat < options->repeats; repeat++) {
    if (repeat > 0) {
      memcpy (chains->v, start, size);
      chains->gibbs->up (chains->call, chains->v, self->n, chains->mean, chains->h);
    }
    chains_run (chains, 1);
    if (repeat == 0) {
      self->v1 = keep_rows (self, chains->v, self->n_visible);
      self->h1 = keep_rows (self, chains->mean, self->nh);
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
  float *x = lt_workspace_floats (call->ws, chains->n * nv);
  guint32 rows[MAX_CHAINS];

  for (int i = 0; i < chains->n; i++)
    rows[i] = (guint32) ((gsize) i * n_all / (gsize) chains->n);
  lt_dataset_gather (data, LT_TRAIN, rows, 0, chains->n, x);
  chains->gibbs->load (call, x, NULL, chains->n, chains->v);
  chains->gibbs->up (call, chains->v, chains->n, chains->mean, chains->h);
}

static void
follow_chains (LtContrast *self,
               const LtCall *call,
               const LtDataset *data,
               const LtContrastOptions *options)
{
  const LtGibbs *gibbs = call->model->kind->gibbs;
  LtModelTerm *term = &self->model[LT_MODEL_BY_CHAINS];
  const float *kept = NULL;
  Chains chains;

  if (gibbs->chains != NULL && call->state != NULL)
    kept = gibbs->chains (call, &term->n);
  term->persistent = kept != NULL && term->n > 0;
  if (!term->persistent)
    term->n = MIN (MAX_CHAINS, (int) MIN (self->n_total, MAX_CHAINS));
  chains_init (&chains, call, term->n);
  term->steps = term->persistent ? 1 : options->chain_steps;
  term->vh = statistics_new (self);
  for (int repeat = 0; repeat < options->repeats; repeat++) {
    if (term->persistent)
      memcpy (chains.h, kept, (gsize) term->n * self->nh * sizeof *kept);
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
  if (!call->model->kind->gibbs->moments (call, term->vh))
    g_clear_pointer (&term->vh, g_free);
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
  chains_init (&chains, &call, self->n);
  self->n_visible = chains.n_visible;
  self->nh = chains.nh;
  load_minibatch (self, &chains, data);
  walk (self, &chains, options);
  lt_rng_init (&rng, options->seed, CHAIN_STREAM);
  follow_chains (self, &call, data, options);
  if (options->exact && snapshot->model->kind->gibbs->moments != NULL)
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

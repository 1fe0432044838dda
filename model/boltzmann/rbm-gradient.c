/* One minibatch of a restricted Boltzmann machine: the estimate of the gradient of
 * −log p (v), and the terms.
 *
 *   d_W = −⟨u h'⟩_data + ⟨u h'⟩_model + λ W
 *
 * Data and negative particles lie one after another, in memory [n + m, ·], the latter's
 * hidden means multiplied with −n/m: one product over n + m rows gives the difference.
 *
 * Centred (Melchior, Fischer & Wiskott 2016, eqs. 15 to 17), with offsets μ and λ:
 *
 *   ∇W = Δ⟨u h'⟩ − μ Δ⟨h⟩' − Δ⟨u⟩ λ',   ∇b = Δ⟨u⟩ − ∇W λ,   ∇c = Δ⟨h⟩ − ∇W' μ
 *
 * Enhanced (Cho, Raiko & Ilin 2011): μ and λ are the means of data and model together. */
#include <math.h>
#include <string.h>

#include "boltzmann/rbm-machine.h"
#include "core/kernels.h"

/* Keeps mean activations away from 0 and 1, where the divergence is infinite. */
#define MEAN_MARGIN 1e-6

typedef struct {
  LtRbm rbm;
  const LtBatch *batch;
  int n, m;      /* rows of data, of negative particles */
  float *u, *h;  /* [n + m, n_visible], [n + m, nh] */
  float *input;  /* [n, nh]; of the first rows only, where no more are needed */
  float *hidden; /* where chains start */
  float *mask;   /* [n + m, nh]; NULL without dropout */
  float *fast;
  float *swaps;       /* of a ladder, the state's */
  float *d_u, *d_h;   /* Δ⟨u⟩ [n_visible], Δ⟨h⟩ [nh]: data's less model's */
  float *mu, *lambda; /* the centring's offsets; NULL: none */
  float *square;      /* Gaussian: Δ⟨(v − b)²/2σ²⟩ [n_visible] */
  double *squares;    /* Σ_j W_ij² [n_visible], where weights decay */
  gboolean bits_data, bits_model; /* their visible units are zeros and ones */
  gboolean apart;                 /* the decay joins d_W later than the product */
  gboolean streams;               /* d_W is passed on panel by panel */
  float *d_params;
  LtTerms *terms;
} Gradient;

/* ---- Memory ---------------------------------------------------------------------- */

static void
take_memory (Gradient *self)
{
  const LtRbmMachine *m = &self->rbm.machine;
  LtWorkspace *ws = self->rbm.ws;
  gsize rows = (gsize) self->n + self->m;

  self->u = lt_workspace_floats (ws, rows * m->n);
  self->h = lt_workspace_floats (ws, rows * m->nh);
  self->input = lt_workspace_floats (ws, (gsize) self->n * m->nh);
  self->d_u = lt_workspace_floats (ws, m->n);
  self->d_h = lt_workspace_floats (ws, m->nh);
  self->squares = (gpointer) lt_workspace_floats (ws, 2 * (gsize) m->n);
  if (m->learns_sigma)
    self->square = lt_workspace_floats (ws, m->n);
  if (self->rbm.settings->centring != LT_RBM_PLAIN) {
    self->mu = lt_workspace_floats (ws, m->n);
    self->lambda = lt_workspace_floats (ws, m->nh);
  }
}

/* Contrastive divergence ends with means. */
static void
find_bits (Gradient *self)
{
  const LtRbmSettings *s = self->rbm.settings;
  gboolean binary = lt_rbm_visible_is_bits (&self->rbm.machine);

  self->bits_data = binary && s->binarise && self->rbm.machine.nl == 0;
  self->bits_model = binary && self->m > 0 && s->method != LT_RBM_CD;
}

/* Chains for this minibatch: the state's, or a copy of it that is forgotten where the state
 * must not change; those of CD begin as samples of the data's hidden units. */
static void
take_chains (Gradient *self, float *state)
{
  const LtModel *model = self->rbm.call->model;
  LtWorkspace *ws = self->rbm.ws;
  const LtTensor *chains, *fast, *swaps;

  if (self->rbm.settings->method == LT_RBM_CD)
    self->hidden = lt_workspace_floats (ws, (gsize) self->n * self->rbm.machine.nh);
  if (model->state == NULL)
    return;
  if (state == NULL) {
    state = lt_workspace_floats (ws, lt_layout_size (model->state));
    memcpy (state, self->rbm.call->state,
            lt_layout_size (model->state) * sizeof *state);
  }
  chains = lt_layout_find (model->state, "chain h1");
  if (chains != NULL)
    self->hidden = state + chains->offset;
  fast = lt_layout_find (model->state, "fast");
  if (fast != NULL)
    self->fast = state + fast->offset;
  swaps = lt_layout_find (model->state, "swaps");
  if (swaps != NULL)
    self->swaps = state + swaps->offset;
}

/* Contrastive divergence leaves out the same units in its chains as in the data. */
static void
draw_dropout (Gradient *self)
{
  const LtRbmSettings *s = self->rbm.settings;
  gsize nh = self->rbm.machine.nh, rows = (gsize) self->n + self->m;
  gboolean cd = s->method == LT_RBM_CD;

  if (s->dropout <= 0 || s->method == LT_RBM_EXACT)
    return;
  self->mask = lt_workspace_floats (self->rbm.ws, rows * nh);
  lt_rng_fill_mask (self->rbm.call->rng, (float) (1 - s->dropout),
                    (cd ? (gsize) self->n : rows) * nh, self->mask);
  if (cd)
    memcpy (self->mask + self->n * nh, self->mask, self->n * nh * sizeof (float));
}

/* ---- The data's side ------------------------------------------------------------- */

static void
positive_phase (Gradient *self)
{
  const LtRbmSettings *s = self->rbm.settings;
  LtRng *rng = self->rbm.call->rng;
  LtRng drawn;
  LtRbmData data = { self->batch->x, self->batch->labels, self->n, NULL };
  LtRbmPass up = {
    .n = self->n,
    .from = self->u,
    .mean = self->h,
    .sample = s->method == LT_RBM_CD ? self->hidden : NULL,
    .mask = self->mask,
    .bits = self->bits_data,
    .input = self->input,
    .n_input = s->method == LT_RBM_EXACT ? self->n : MIN (self->n, LT_RBM_MONITORED),
  };

  if (s->binarise) {
    lt_rng_split (rng, &drawn);
    data.rng = &drawn;
  }
  lt_rbm_load (&self->rbm, &data, self->u);
  if (up.sample != NULL)
    lt_rng_split (rng, &up.rng);
  lt_rbm_up (&self->rbm, &up);
}

static void
monitor (Gradient *self)
{
  LtRbmMonitored rows = {
    MIN (self->n, LT_RBM_MONITORED), self->u, self->h, self->input, self->batch->step,
  };

  lt_rbm_monitor (&self->rbm, &rows, self->terms);
}

/* The penalty's gradient reaches W and c through the data's hidden means. Subtracted from
 * them as g ρ'(a), it comes out of the same products. */
static void
sparsity (Gradient *self)
{
  const LtRbmSettings *s = self->rbm.settings;
  int nh = self->rbm.machine.nh;
  gsize mark = lt_workspace_mark (self->rbm.ws);
  float *g = lt_workspace_floats (self->rbm.ws, nh);
  double rho = s->sparsity_target, sum = 0;

  lt_column_sums (self->rbm.team, self->h, self->n, nh, g);
  for (int j = 0; j < nh; j++) {
    double q = CLAMP ((double) g[j] / self->n, MEAN_MARGIN, 1 - MEAN_MARGIN);

    if (s->sparsity == LT_RBM_SPARSITY_SQUARE) {
      sum += (rho - q) * (rho - q);
      g[j] = (float) (s->sparsity_weight * 2 * (q - rho));
    } else {
      sum += rho * log (rho / q) + (1 - rho) * log ((1 - rho) / (1 - q));
      g[j] = (float) (s->sparsity_weight * ((1 - rho) / (1 - q) - rho / q));
    }
  }
  lt_scale (self->rbm.machine.up_factor, nh, g);
  for (int i = 0; i < self->n; i++) {
    float *h = self->h + (gsize) i * nh;
    for (int j = 0; j < nh; j++)
      h[j] -= g[j] * h[j] * (1 - h[j]);
  }
  self->terms->value[LT_RBM_SPARSITY] = s->sparsity_weight * sum;
  lt_workspace_release (self->rbm.ws, mark);
}

/* ---- The model's side ------------------------------------------------------------ */

/* Chains imitate the minibatch's documents in length, one after another. */
static const float *
chain_lengths (const Gradient *self)
{
  const LtRbmMachine *m = &self->rbm.machine;
  gsize n = (gsize) MAX (self->n, self->m) * m->n_counts;
  float *lengths;

  if (m->n_counts == 0)
    return NULL;
  lengths = lt_workspace_floats (self->rbm.ws, n);
  lt_rbm_count (&self->rbm, self->u, self->n, lengths);
  for (gsize i = (gsize) self->n * m->n_counts; i < n; i++)
    lengths[i] = lengths[i - (gsize) self->n * m->n_counts];
  return lengths;
}

static void
negative_phase (Gradient *self)
{
  const LtRbmMachine *m = &self->rbm.machine;
  LtRbmNegative negative = {
    .n = self->m,
    .u = self->u + (gsize) self->n * m->n,
    .h = self->h + (gsize) self->n * m->nh,
    .scale = -(float) self->n / (float) self->m,
    .mask = self->mask != NULL ? self->mask + (gsize) self->n * m->nh : NULL,
    .hidden = self->hidden,
    .lengths = chain_lengths (self),
    .fast = self->fast,
    .swaps = self->swaps,
  };

  lt_rbm_negative (&self->rbm, &negative);
  if (self->swaps != NULL)
    self->terms->value[LT_RBM_SWAPS] = (double) self->swaps[LT_RBM_SWAPS_RATE];
}

static double
mean_square (const LtRbm *rbm, const float *u, int n, int unit)
{
  double variance = (double) rbm->variance[unit], sum = 0;

  for (int row = 0; row < n; row++) {
    double v = (double) u[(gsize) row * rbm->machine.n + unit] * variance;
    double d = v - (double) rbm->b[unit];

    sum += d * d;
  }
  return sum / (2 * variance * n);
}

/* Mean (v − b)²/2σ² of each Gaussian unit over the rows, times sign, added to y. */
static void
add_squares (const LtRbm *rbm, const float *u, int n, double sign, float *y)
{
  const LtRbmMachine *m = &rbm->machine;

  for (int g = 0; g < m->n_groups; g++) {
    const LtRbmGroup *group = &m->group[g];

    for (int i = group->first;
         group->units == LT_UNITS_GAUSSIAN && i < group->first + group->n; i++)
      y[i] += (float) (sign * mean_square (rbm, u, n, i));
  }
}

/* Means of both layers over rows first … first + n − 1. Hidden biases count D times in
 * documents of D words, and so do hidden means here. */
static void
take_means (const Gradient *self, gsize first, int n, float *u, float *h)
{
  const LtRbm *rbm = &self->rbm;
  const LtRbmMachine *m = &rbm->machine;
  gsize mark = lt_workspace_mark (rbm->ws);
  const float *from_u = self->u + first * m->n, *from_h = self->h + first * m->nh;
  const float *totals = lt_rbm_totals (rbm, from_u, n);

  lt_column_sums (rbm->team, from_u, n, m->n, u);
  lt_scale (1.0f / (float) n, m->n, u);
  if (totals == NULL)
    lt_column_sums (rbm->team, from_h, n, m->nh, h);
  else
    lt_fill (0, m->nh, h);
  for (int row = 0; totals != NULL && row < n; row++)
    lt_axpy (totals[row], from_h + (gsize) row * m->nh, m->nh, h);
  lt_scale (1.0f / (float) n, m->nh, h);
  lt_workspace_release (rbm->ws, mark);
}

/* Δ⟨u⟩, Δ⟨h⟩ and the offsets. The exact method's moments of the model are in d_u and d_h
 * already. */
static void
take_differences (Gradient *self)
{
  const LtRbmMachine *m = &self->rbm.machine;
  gsize mark = lt_workspace_mark (self->rbm.ws);
  float *u = lt_workspace_floats (self->rbm.ws, m->n);
  float *h = lt_workspace_floats (self->rbm.ws, m->nh);

  if (self->m > 0) {
    take_means (self, (gsize) self->n, self->m, self->d_u, self->d_h);
    lt_scale (-(float) self->m / (float) self->n, m->nh, self->d_h);
  }
  take_means (self, 0, self->n, u, h);
  if (self->mu != NULL) {
    gboolean both = self->rbm.settings->centring == LT_RBM_ENHANCED;
    for (int i = 0; i < m->n; i++)
      self->mu[i] = both ? 0.5f * (u[i] + self->d_u[i]) : u[i];
    for (int j = 0; j < m->nh; j++)
      self->lambda[j] = both ? 0.5f * (h[j] + self->d_h[j]) : h[j];
  }
  lt_axpby (1, u, -1, m->n, self->d_u);
  lt_axpby (1, h, -1, m->nh, self->d_h);
  lt_workspace_release (self->rbm.ws, mark);
}

/* ---- Weights and biases ---------------------------------------------------------- */

/* What a panel of the weights' gradient gets on top of the product that has just been
 * written there: μ Δ⟨h⟩' + Δ⟨u⟩ λ' where it is centred, else the decay. A panel that nobody
 * needs any more is passed on at once. */
static void
finish_panel (gpointer data,
              float *c,
              int ldc,
              int first_row,
              int n_rows,
              int first_column,
              int n_columns)
{
  const Gradient *self = data;
  const LtRbm *rbm = &self->rbm;
  gsize at = (gsize) first_row * ldc;
  float decay = (float) rbm->settings->decay;

  for (int i = 0; i < n_rows; i++) {
    int unit = first_row + i;
    const float *w = rbm->w + (gsize) unit * ldc;
    float *d_w = c + (gsize) i * ldc;

    if (decay > 0)
      self->squares[unit] = lt_sum_squares (w, n_columns);
    if (self->mu != NULL) {
      lt_axpy (self->mu[unit], self->d_h, n_columns, d_w);
      lt_axpy (self->d_u[unit], self->lambda, n_columns, d_w);
    } else if (decay > 0 && !self->apart) {
      lt_axpy (decay, w, n_columns, d_w);
    }
  }
  if (self->streams)
    rbm->call->sink->take (rbm->call->sink->data, rbm->machine.w + at, c,
                           (gsize) n_rows * ldc);
}

/* d (−log p)/d z_i = −Δ⟨(v_i − b_i)²/2σ_i²⟩ + W_i Δ⟨u_i h⟩, z = log σ²; before the decay
 * has joined d_W, and for the plain gradient, which centring changes by constants. */
static float
unit_variance_gradient (const Gradient *self, int unit)
{
  const LtRbmMachine *m = &self->rbm.machine;
  gsize at = (gsize) unit * m->nh;
  const float *w = self->rbm.w + at;
  double dot = -lt_dot (w, self->d_params + m->w + at, m->nh);

  if (self->mu != NULL)
    dot += (double) self->mu[unit] * lt_dot (w, self->d_h, m->nh) +
           (double) self->d_u[unit] * lt_dot (w, self->lambda, m->nh);
  return (float) (dot - (double) self->square[unit]);
}

/* Units that are not Gaussian have no variance to learn. */
static void
variance_gradient (Gradient *self)
{
  const LtRbmMachine *m = &self->rbm.machine;
  float *d_z = self->d_params + m->z;

  lt_fill (0, m->nv, d_z);
  for (int g = 0; g < m->n_groups; g++) {
    const LtRbmGroup *group = &m->group[g];

    for (int i = group->first;
         group->units == LT_UNITS_GAUSSIAN && i < group->first + group->n; i++)
      d_z[i] = unit_variance_gradient (self, i);
  }
}

static void
bias_gradients (Gradient *self)
{
  const LtRbmMachine *m = &self->rbm.machine;
  const float *d_w = self->d_params + m->w;
  float *d_b = self->d_params + m->b, *d_c = self->d_params + m->c;

  for (int i = 0; i < m->n; i++)
    d_b[i] = -self->d_u[i];
  for (int j = 0; j < m->nh; j++)
    d_c[j] = -self->d_h[j];
  if (self->mu == NULL)
    return;
  for (int i = 0; i < m->n; i++) {
    d_b[i] -= (float) lt_dot (d_w + (gsize) i * m->nh, self->lambda, m->nh);
    lt_axpy (-self->mu[i], d_w + (gsize) i * m->nh, m->nh, d_c);
  }
}

/* F ← αF − ε d: the fast weights take larger steps, and are soon forgotten (Tieleman &
 * Hinton 2009). */
static void
advance_fast (Gradient *self)
{
  const LtRbmSettings *s = self->rbm.settings;

  lt_axpby (-(float) s->fast_rate, self->d_params, (float) s->fast_decay,
            self->rbm.machine.size, self->fast);
}

static void
decay_term (Gradient *self)
{
  const LtRbmMachine *m = &self->rbm.machine;
  double decay = self->rbm.settings->decay, sum = 0;

  if (decay <= 0)
    return;
  for (int i = 0; i < m->n; i++)
    sum += self->squares[i];
  self->terms->value[LT_RBM_DECAY] = 0.5 * decay * sum;
  if (self->apart)
    lt_axpy ((float) decay, self->rbm.w, (gsize) m->n * m->nh, self->d_params + m->w);
}

#define PANEL 32768 /* floats: 128 kB, with what it steps from in a second cache */

/* Rows first … first + n − 1 of data and particles: −⟨u h'⟩, in memory for patterns where u
 * are zeros and ones. */
static LtProduct
moments (Gradient *self, int first, int n, gboolean bits)
{
  const LtRbmMachine *m = &self->rbm.machine;

  return (LtProduct){
    .trans_a = LT_TRANSPOSED,
    .m = m->n,
    .n = m->nh,
    .k = n,
    .alpha = -1.0f / (float) self->n,
    .a = self->u + (gsize) first * m->n,
    .lda = m->n,
    .b = self->h + (gsize) first * m->nh,
    .ldb = m->nh,
    .c = self->d_params + m->w,
    .ldc = m->nh,
    .bits = bits ? lt_product_bits (self->rbm.ws, m->n, n) : NULL,
  };
}

/* Without centring and the like nothing needs the weights' gradient as a whole: with a sink
 * it is never written to memory. */
static void
weight_gradient (Gradient *self)
{
  const LtRbmMachine *m = &self->rbm.machine;
  gsize mark = lt_workspace_mark (self->rbm.ws);
  gboolean mixed = self->m > 0 && self->bits_model != self->bits_data;
  gboolean looks_up = mixed || self->bits_data;
  int most = looks_up ? 2 * PANEL : PANEL; /* each panel has sums of its own */
  LtPanels panels = {
    .rows = MAX (most / m->nh / 4, 1) * 4,
    .done = finish_panel,
    .data = self,
  };
  LtProduct product =
      moments (self, 0, mixed ? self->n : self->n + self->m, self->bits_data);
  LtProduct model;

  if (self->m == 0)
    product.beta = 1; /* the exact method's moments of the model are there */
  if (mixed) {
    model = moments (self, self->n, self->m, self->bits_model);
    model.beta = 1;
    panels.added = &model;
  }
  if (self->streams)
    panels.scratch = lt_workspace_floats (
        self->rbm.ws, (gsize) lt_team_size (self->rbm.team) * panels.rows * m->nh);
  if (product.bits == NULL)
    product.packed = lt_product_pack (self->rbm.ws, &product);
  lt_product_panels (self->rbm.team, &product, &panels);
  lt_workspace_release (self->rbm.ws, mark);
}

typedef struct {
  const LtGradientSink *sink;
  gsize first, last; /* of the block */
  const float *d_params;
} Rest;

static void
take_share (gpointer data, int member, int n_members)
{
  const Rest *rest = data;
  gsize first, last;

  lt_team_share (rest->last - rest->first, 16, member, n_members, &first, &last);
  first += rest->first;
  last += rest->first;
  if (last > first)
    rest->sink->take (rest->sink->data, first, rest->d_params + first, last - first);
}

/* What has not been passed on yet: all tensors, or those after the weights. */
static void
take_rest (Gradient *self)
{
  const LtRbmMachine *m = &self->rbm.machine;
  const LtLayout *layout = self->rbm.call->model->params;

  for (int i = 0; i < lt_layout_n_tensors (layout); i++) {
    const LtTensor *tensor = lt_layout_tensor (layout, i);
    Rest rest = { self->rbm.call->sink, tensor->offset, tensor->offset + tensor->size,
                  self->d_params };

    if (!self->streams || tensor->offset != m->w)
      lt_team_run (self->rbm.team, take_share, &rest);
  }
}

static void
finish (Gradient *self)
{
  const LtGradientSink *sink = self->rbm.call->sink;

  self->apart = self->mu != NULL || self->square != NULL || self->fast != NULL;
  self->streams = sink != NULL && !self->apart && self->m > 0;
  take_differences (self);
  weight_gradient (self);
  bias_gradients (self);
  if (self->square != NULL)
    variance_gradient (self);
  if (self->fast != NULL)
    advance_fast (self);
  decay_term (self);
  if (sink != NULL)
    take_rest (self);
}

/* ---- The whole ------------------------------------------------------------------- */

/* −log p of the data, with the model's moments on the way. */
static void
exact_phase (Gradient *self)
{
  const LtRbmMachine *m = &self->rbm.machine;
  gsize mark = lt_workspace_mark (self->rbm.ws);
  float *energy = lt_workspace_floats (self->rbm.ws, self->n);
  LtRbmMoments moments = { self->d_params + m->w, self->d_u, self->d_h, self->square };
  double log_z = m->n_counts > 0
                     ? lt_rbm_enumerate_lengths (&self->rbm, chain_lengths (self),
                                                 self->n, &moments)
                     : lt_rbm_enumerate (&self->rbm, NULL, &moments);

  lt_rbm_free_energies (&self->rbm, self->u, self->input, self->n, energy);
  self->terms->value[LT_RBM_LIKELIHOOD] = log_z + lt_sum (energy, self->n) / self->n;
  if (self->square != NULL)
    lt_scale (-1, m->nv, self->square);
  lt_workspace_release (self->rbm.ws, mark);
}

/* The last step of contrastive divergence leaves visible means, and their squares lack the
 * units' own variance: σ²/2σ². */
static void
sampled_phase (Gradient *self)
{
  const LtRbmMachine *m = &self->rbm.machine;
  gboolean means = self->rbm.settings->method == LT_RBM_CD;

  negative_phase (self);
  if (self->square == NULL)
    return;
  lt_fill (means ? -0.5f : 0, m->n, self->square);
  add_squares (&self->rbm, self->u + (gsize) self->n * m->n, self->m, -1, self->square);
}

static int
n_negative (const LtRbmSettings *s, int n)
{
  if (s->method == LT_RBM_EXACT)
    return 0;
  return s->method == LT_RBM_CD ? n : s->chains;
}

void
lt_rbm_gradient (const LtCall *call,
                 const LtBatch *batch,
                 float *d_params,
                 float *state,
                 LtTerms *terms)
{
  gsize mark = lt_workspace_mark (call->ws);
  const LtRbmSettings *s = call->settings;
  gboolean exact = s->method == LT_RBM_EXACT;
  Gradient self = {
    .batch = batch,
    .n = batch->n,
    .m = n_negative (s, batch->n),
    .d_params = d_params,
    .terms = terms,
  };

  memset (terms, 0, sizeof *terms);
  lt_rbm_init (&self.rbm, call, call->params);
  if (!exact && lt_team_size (self.rbm.team) > 1)
    lt_rbm_pack (&self.rbm);
  find_bits (&self);
  take_memory (&self);
  take_chains (&self, state);
  draw_dropout (&self);
  positive_phase (&self);
  monitor (&self);
  if (s->sparsity != LT_RBM_SPARSITY_NONE && s->sparsity_weight > 0)
    sparsity (&self);
  if (exact)
    exact_phase (&self);
  else
    sampled_phase (&self);
  if (self.square != NULL)
    add_squares (&self.rbm, self.u, self.n, 1, self.square);
  finish (&self);
  lt_workspace_release (call->ws, mark);
}

/* The likelihood where it is known; else the reconstruction, which is no objective, but
 * shows when training leaves the road (rbm-monitors.c). So does a likelihood worse than
 * coins': whatever a binary machine has learnt, coins are what it would be without weights
 * and biases. */
double
lt_rbm_objective (const LtModel *model, const LtTerms *terms)
{
  const LtRbmSettings *s = model->settings;
  double first = terms->value[LT_RBM_RECONSTRUCTION];
  LtRbmMachine m;

  if (!isfinite (first))
    return HUGE_VAL;
  lt_rbm_machine_init (&m, model);
  if (s->method == LT_RBM_EXACT)
    first = terms->value[LT_RBM_LIKELIHOOD];
  if (s->method == LT_RBM_EXACT && m.n_binary == m.nv &&
      first > LT_RBM_HOPELESS * m.n * G_LN2)
    return HUGE_VAL;
  return first + terms->value[LT_RBM_DECAY] + terms->value[LT_RBM_SPARSITY];
}

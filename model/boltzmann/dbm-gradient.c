/* One minibatch of a deep Boltzmann machine: the estimate of the gradient of the negative
 * bound, and the terms.
 *
 *   d_W_l = −⟨μ_{l−1} μ_l'⟩_data + ⟨h_{l−1} h_l'⟩_model + λ W_l
 *
 * by mean field with the data's values, and by persistent chains (Salakhutdinov & Hinton
 * 2009, algorithm 1). Mean field leaves out what units of two layers have in common beyond
 * their means, which takes about Var (h_1|v) W_2/4 from the first term: small weights decay.
 * Samples given the data, as many Gibbs steps after mean field as are asked for, have it.
 *
 * The chains' odd layers enter as samples and the even ones as means
 * given these; each edge joins an odd layer to an even one. Data and chains lie one after
 * another, in memory [n + m, ·], the odd layers of the latter multiplied with −n/m: one
 * product over n + m rows gives each difference.
 *
 * Centred (Melchior, Fischer & Wiskott 2016, for deep machines), with offsets o:
 *
 *   ∇W_l = Δ⟨x_{l−1} x_l'⟩ − o_{l−1} Δ⟨x_l⟩' − Δ⟨x_{l−1}⟩ o_l'
 *   ∇c_l = Δ⟨x_l⟩ − ∇W_l' o_{l−1} − ∇W_{l+1} o_{l+1} */
#include "boltzmann/dbm-machine.h"

#include <math.h>
#include <string.h>

#include "core/kernels.h"

typedef struct {
  LtDbm dbm;
  const LtBatch *batch;
  LtDbmRows all;                 /* [n + m, ·] */
  LtDbmRows chains;              /* the state's */
  float *right[LT_DBM_LAYERS];   /* all.x, less the sparsity's gradient */
  float *delta[LT_DBM_LAYERS];   /* Δ⟨x_l⟩: data's less model's */
  float *d_right[LT_DBM_LAYERS]; /* the same of right */
  float *offset[LT_DBM_LAYERS];  /* NULL without centring */
  float *state;
  float *d_params;
  LtTerms *terms;
} Gradient;

/* ---- Memory ---------------------------------------------------------------------- */

static void
take_memory (Gradient *self, float *state)
{
  const LtDbmMachine *m = &self->dbm.machine;
  const LtDbmSettings *built = self->dbm.call->model->settings;
  const LtDbmSettings *s = self->dbm.settings;
  LtWorkspace *ws = self->dbm.ws;
  gboolean sparse = s->sparsity != LT_DBM_SPARSITY_NONE && s->sparsity_weight > 0;
  gsize size = lt_layout_size (self->dbm.call->model->state);

  if (state == NULL) { /* which must not change: a copy that is forgotten */
    state = lt_workspace_floats (ws, size);
    memcpy (state, self->dbm.call->state, size * sizeof *state);
  }
  self->state = state;
  lt_dbm_rows_of_state (&self->dbm, state, &self->chains);
  lt_dbm_rows_take (&self->dbm, self->batch->n + self->chains.n, &self->all);
  for (int l = 0; l <= m->top; l++) {
    gboolean own = sparse && l > 0 && l <= m->n_hidden;

    self->right[l] =
        own ? lt_workspace_floats (ws, (gsize) self->all.n * m->n[l]) : self->all.x[l];
    self->delta[l] = lt_workspace_floats (ws, m->n[l]);
    self->d_right[l] = own ? lt_workspace_floats (ws, m->n[l]) : self->delta[l];
    if (built->centring != LT_DBM_PLAIN)
      self->offset[l] = lt_workspace_floats (ws, m->n[l]);
  }
}

/* The same rows, from `first` on. */
static LtDbmRows
rows_from (const LtDbm *dbm, const LtDbmRows *rows, int first)
{
  LtDbmRows part = { .n = rows->n - first };

  for (int l = 0; l <= dbm->machine.top; l++)
    part.x[l] = rows->x[l] + (gsize) first * dbm->machine.n[l];
  return part;
}

/* ---- The data's side ------------------------------------------------------------- */

/* Samples given the data in place of means: as with the chains, odd layers are left as drawn
 * and the even ones as means given these. */
static void
sample_clamped (const LtDbm *dbm, const LtDbmField *field)
{
  int n_steps = dbm->settings->clamped_steps;

  for (int k = 1; k <= n_steps; k++) {
    LtDbmHalf odd = { .parity = 1, .held = -1 };
    LtDbmHalf even = { .held = 0, .bits = TRUE, .undrawn = k == n_steps };

    lt_dbm_draw_half (dbm, &odd, &field->rows);
    lt_dbm_set_labels (dbm, &field->rows, field->labels);
    lt_dbm_draw_half (dbm, &even, &field->rows);
    lt_dbm_set_labels (dbm, &field->rows, field->labels);
  }
}

static void
positive_phase (Gradient *self)
{
  const LtDbmSettings *s = self->dbm.settings;
  LtDbmField field = {
    .rows = self->all,
    .labels = self->dbm.machine.labels ? self->batch->labels : NULL,
    .most = s->sweeps,
    .tolerance = s->tolerance,
  };
  LtRng drawn;

  field.rows.n = self->batch->n;
  if (s->binarise)
    lt_rng_split (self->dbm.call->rng, &drawn);
  lt_dbm_load (&self->dbm, self->batch->x, self->batch->n, s->binarise ? &drawn : NULL,
               field.rows.x[0]);
  lt_dbm_settle (&self->dbm, &field);
  lt_dbm_monitor (&self->dbm, &field, self->terms);
  if (self->offset[0] != NULL)
    lt_dbm_offsets (&self->dbm, &field.rows, self->state, self->offset);
  sample_clamped (&self->dbm, &field);
}

/* ---- The model's side ------------------------------------------------------------ */

/* The last sweep's even layers leave their means for the statistics. */
static void
negative_phase (Gradient *self)
{
  const LtDbmMachine *m = &self->dbm.machine;
  LtDbmRows negative = rows_from (&self->dbm, &self->all, self->batch->n);
  float scale = -(float) self->batch->n / (float) self->chains.n;
  int n_steps = self->dbm.settings->steps;

  for (int k = 1; k <= n_steps; k++) {
    LtDbmHalf odd = { .parity = 1, .held = -1, .bits = TRUE };
    LtDbmHalf even = { .held = -1,
                       .bits = TRUE,
                       .means = k == n_steps ? &negative : NULL };

    lt_dbm_draw_half (&self->dbm, &odd, &self->chains);
    lt_dbm_draw_half (&self->dbm, &even, &self->chains);
  }
  for (int l = 1; l <= m->top; l += 2)
    lt_axpby (scale, self->chains.x[l], 0, (gsize) negative.n * m->n[l], negative.x[l]);
}

/* ---- Differences ----------------------------------------------------------------- */

static void
copy_right (Gradient *self)
{
  const LtDbmMachine *m = &self->dbm.machine;
  double penalty = 0;

  for (int l = 1; l <= m->n_hidden; l++) {
    if (self->right[l] == self->all.x[l])
      continue;
    memcpy (self->right[l], self->all.x[l],
            (gsize) self->all.n * m->n[l] * sizeof (float));
    penalty += lt_dbm_sparsity (&self->dbm, l, self->batch->n, self->right[l]);
  }
  self->terms->value[LT_DBM_SPARSITY] = penalty;
}

/* Δ⟨x⟩ of a layer. Odd layers of chains are scaled already. */
static void
take_delta (Gradient *self, int l, const float *x, float *delta)
{
  gsize mark = lt_workspace_mark (self->dbm.ws);
  int n = self->batch->n, m = self->chains.n, width = self->dbm.machine.n[l];
  float *model = lt_workspace_floats (self->dbm.ws, width);
  gboolean odd = l % 2 == 1;

  lt_column_sums (self->dbm.team, x, n, width, delta);
  lt_column_sums (self->dbm.team, x + (gsize) n * width, m, width, model);
  lt_axpby (odd ? 1.0f / (float) n : -1.0f / (float) m, model, 1.0f / (float) n, width,
            delta);
  lt_workspace_release (self->dbm.ws, mark);
}

static void
take_differences (Gradient *self)
{
  for (int l = 0; l <= self->dbm.machine.top; l++) {
    take_delta (self, l, self->all.x[l], self->delta[l]);
    if (self->right[l] != self->all.x[l])
      take_delta (self, l, self->right[l], self->d_right[l]);
  }
}

/* ---- Weights and biases ---------------------------------------------------------- */

typedef struct {
  const Gradient *gradient;
  int layer;
} Panel;

/* d_W += o Δ⟨x_l⟩' + Δ⟨x_{l−1}⟩ o' + λ W on a panel that the product has just written. With
 * offsets the decay waits until the biases have used d_W. */
static void
finish_panel (gpointer data,
              float *c,
              int ldc,
              int first_row,
              int n_rows,
              int first_column,
              int n_columns)
{
  const Panel *job = data;
  const Gradient *self = job->gradient;
  float decay = (float) self->dbm.settings->decay;
  int l = job->layer;

  for (int i = 0; i < n_rows; i++) {
    int unit = first_row + i;
    float *d_w = c + (gsize) i * ldc;

    if (self->offset[l] != NULL) {
      lt_axpy (self->offset[l - 1][unit], self->d_right[l] + first_column, n_columns,
               d_w);
      lt_axpy (self->delta[l - 1][unit], self->offset[l] + first_column, n_columns,
               d_w);
    } else if (decay > 0) {
      lt_axpy (decay, self->dbm.w[l] + (gsize) unit * ldc + first_column, n_columns,
               d_w);
    }
  }
}

static void
weight_gradient (const Gradient *self, int l)
{
  const LtDbmMachine *m = &self->dbm.machine;
  Panel job = { self, l };
  LtProduct product = {
    .trans_a = LT_TRANSPOSED,
    .m = m->n[l - 1],
    .n = m->n[l],
    .k = self->all.n,
    .alpha = -1.0f / (float) self->batch->n,
    .a = self->all.x[l - 1],
    .lda = m->n[l - 1],
    .b = self->right[l],
    .ldb = m->n[l],
    .c = self->d_params + m->w[l],
    .ldc = m->n[l],
  };

  lt_product (self->dbm.team, &product, finish_panel, &job);
}

static void
bias_gradient (const Gradient *self, int l)
{
  const LtDbmMachine *m = &self->dbm.machine;
  float *d_bias = self->d_params + m->bias[l];

  lt_axpby (-1, self->d_right[l], 0, m->n[l], d_bias);
  if (self->offset[l] == NULL)
    return;
  for (int i = 0; l > 0 && i < m->n[l - 1]; i++)
    lt_axpy (-self->offset[l - 1][i], self->d_params + m->w[l] + (gsize) i * m->n[l],
             m->n[l], d_bias);
  for (int i = 0; l < m->top && i < m->n[l]; i++)
    d_bias[i] -= (float) lt_dot (self->d_params + m->w[l + 1] + (gsize) i * m->n[l + 1],
                                 self->offset[l + 1], m->n[l + 1]);
}

static void
decay_term (const Gradient *self)
{
  const LtDbmMachine *m = &self->dbm.machine;
  double decay = self->dbm.settings->decay, sum = 0;

  for (int l = 1; l <= m->top && decay > 0; l++) {
    gsize size = (gsize) m->n[l - 1] * m->n[l];

    sum += lt_sum_squares (self->dbm.w[l], size);
    if (self->offset[l] != NULL)
      lt_axpy ((float) decay, self->dbm.w[l], size, self->d_params + m->w[l]);
  }
  self->terms->value[LT_DBM_DECAY] = 0.5 * decay * sum;
}

/* ---- The whole ------------------------------------------------------------------- */

void
lt_dbm_gradient (const LtCall *call,
                 const LtBatch *batch,
                 float *d_params,
                 float *state,
                 LtTerms *terms)
{
  gsize mark = lt_workspace_mark (call->ws);
  Gradient self = { .batch = batch, .d_params = d_params, .terms = terms };

  memset (terms, 0, sizeof *terms);
  lt_dbm_init (&self.dbm, call);
  take_memory (&self, state);
  positive_phase (&self);
  negative_phase (&self);
  copy_right (&self);
  take_differences (&self);
  for (int l = 1; l <= self.dbm.machine.top; l++)
    weight_gradient (&self, l);
  for (int l = 0; l <= self.dbm.machine.top; l++)
    bias_gradient (&self, l);
  decay_term (&self);
  lt_workspace_release (call->ws, mark);
}

/* So many times as bad as tossing coins for the units: no sound machine is. */
#define HOPELESS 3

/* The reconstruction is no objective, but shows when training leaves the road: a binary
 * machine's gradients are bounded, so that it would never run away to infinity. */
double
lt_dbm_objective (const LtModel *model, const LtTerms *terms)
{
  double first = terms->value[LT_DBM_RECONSTRUCTION];
  LtDbmMachine m;

  lt_dbm_machine_init (&m, model);
  if (!m.gaussian && first > HOPELESS * m.n[0] * G_LN2)
    return HUGE_VAL;
  return first + terms->value[LT_DBM_DECAY] + terms->value[LT_DBM_SPARSITY];
}

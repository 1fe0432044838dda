/* Mean field in a deep Boltzmann machine, and the bound that it makes.
 *
 *   μ_l ← σ (c_l + μ_{l−1}'W_l + W_{l+1} μ_{l+1}),  l = 1 … L in turn, and labels' softmax
 *   log p (v) + log Z ≥ −E (v, μ) + H (μ)
 *
 * (Salakhutdinov & Hinton 2009, eqs. 4 to 7). Units of one layer do not depend on each
 * other given the rest, so that each step is the best for its whole layer: the bound
 * rises with each. What the visible units give to the first layer, and known labels to the
 * last one, is the same in all sweeps and is computed once. */
#include "boltzmann/dbm-machine.h"

#include <math.h>
#include <string.h>

#include "core/kernels.h"

typedef struct {
  const LtDbm *dbm;
  LtDbmField *field;
  float *base[LT_DBM_LAYERS]; /* NULL: the bias */
  gboolean known;             /* all labels are given */
  float *scratch;
  _Atomic guint32 change;
} Field;

static gboolean
knows_all (const Field *self)
{
  gboolean known = self->dbm->machine.labels;

  for (int row = 0; known && row < self->field->rows.n; row++)
    known = lt_dbm_is_labelled (&self->dbm->machine, self->field->labels, row);
  return known;
}

/* Bias and input of `layer` from `below` or `above` alone. */
static float *
fixed_input (const LtDbm *dbm, int n, int layer, const float *below, const float *above)
{
  LtDbmPass pass = {
    .layer = layer,
    .n = n,
    .below = below,
    .above = above,
    .logits = TRUE,
    .mean = lt_workspace_floats (dbm->ws, (gsize) n * dbm->machine.n[layer]),
  };

  lt_dbm_layer (dbm, &pass);
  return pass.mean;
}

/* h_1 = σ (2 v'W_1 + c_1) from the base, without another product. */
static void
rise_from_base (const Field *self)
{
  const LtDbm *dbm = self->dbm;
  int n = dbm->machine.n[1];

  for (int row = 0; row < self->field->rows.n; row++) {
    float *h = self->field->rows.x[1] + (gsize) row * n;

    memcpy (h, self->base[1] + (gsize) row * n, n * sizeof *h);
    lt_axpby (-1, dbm->bias[1], 2, n, h);
  }
  lt_activate (LT_SIGMOID, self->field->rows.x[1], (gsize) self->field->rows.n * n,
               self->field->rows.x[1]);
}

static void
start (Field *self)
{
  const LtDbm *dbm = self->dbm;
  const LtDbmMachine *m = &dbm->machine;
  LtDbmRows *rows = &self->field->rows;

  self->base[1] = fixed_input (dbm, rows->n, 1, rows->x[0], NULL);
  if (self->known) {
    lt_dbm_set_labels (dbm, rows, self->field->labels);
    self->base[m->n_hidden] =
        fixed_input (dbm, rows->n, m->n_hidden, NULL, rows->x[m->top]);
  }
  rise_from_base (self);
  for (int l = 2; l <= m->top; l++) {
    LtDbmPass pass = {
      .layer = l,
      .n = rows->n,
      .below = rows->x[l - 1],
      .base = self->base[l],
      .factor = l < m->n_hidden ? 2 : 1,
      .mean = rows->x[l],
    };

    if (l <= m->n_hidden || !self->known)
      lt_dbm_layer (dbm, &pass);
  }
  lt_dbm_set_labels (dbm, rows, self->field->labels);
}

static void
sweep_layer (Field *self, int l)
{
  const LtDbmMachine *m = &self->dbm->machine;
  LtDbmRows *rows = &self->field->rows;
  gboolean has_above = l < m->top && !(l == m->n_hidden && self->known);
  LtDbmPass pass = {
    .layer = l,
    .n = rows->n,
    .below = l > 1 ? rows->x[l - 1] : NULL,
    .above = has_above ? rows->x[l + 1] : NULL,
    .base = self->base[l],
    .mean = rows->x[l],
  };

  if (self->field->tolerance > 0) {
    pass.mean = self->scratch;
    pass.kept = rows->x[l];
    pass.change = &self->change;
  }
  lt_dbm_layer (self->dbm, &pass);
}

static double
change_of (const Field *self)
{
  guint32 bits = atomic_load (&self->change);
  float change;

  memcpy (&change, &bits, sizeof change);
  return (double) change;
}

/* FALSE when it has settled. Rows with known labels among others without are set right
 * after the labels' softmax, so that only free ones count as changes. */
static gboolean
sweep (Field *self)
{
  const LtDbmMachine *m = &self->dbm->machine;
  LtDbmField *field = self->field;

  atomic_store (&self->change, 0);
  for (int l = 1; l <= m->n_hidden; l++)
    sweep_layer (self, l);
  field->change = change_of (self);
  if (m->labels && !self->known) {
    sweep_layer (self, m->top);
    lt_dbm_set_labels (self->dbm, &self->field->rows, self->field->labels);
    if (field->labels == NULL)
      field->change = change_of (self);
  }
  field->n_sweeps++;
  if (field->swept != NULL)
    field->swept (field->data, field->n_sweeps, field->change);
  return field->tolerance <= 0 || !(field->change <= field->tolerance);
}

/* Every sweep goes through the same weights, up and down. */
static void
pack_weights (LtDbm *dbm, const LtDbmField *field)
{
  const LtDbmMachine *m = &dbm->machine;

  for (int l = 2; l <= m->top && field->most > 1; l++) {
    int lower = m->n[l - 1], upper = m->n[l];
    LtProduct up = { .n = upper, .k = lower, .b = dbm->w[l], .ldb = upper };
    LtProduct down = {
      .trans_b = LT_TRANSPOSED, .n = lower, .k = upper, .b = dbm->w[l], .ldb = upper
    };

    dbm->w_up[l] = lt_product_pack (dbm->ws, &up);
    dbm->w_down[l] = lt_product_pack (dbm->ws, &down);
  }
}

void
lt_dbm_settle (const LtDbm *self, LtDbmField *field)
{
  gsize mark = lt_workspace_mark (self->ws);
  LtDbm dbm = *self;
  Field job = { .dbm = &dbm, .field = field };
  int widest = 0;

  pack_weights (&dbm, field);

  for (int l = 1; l <= self->machine.top; l++)
    widest = MAX (widest, self->machine.n[l]);
  job.known = knows_all (&job);
  job.scratch = lt_workspace_floats (self->ws, (gsize) field->rows.n * widest);
  field->n_sweeps = 0;
  field->change = 0;
  start (&job);
  if (field->swept != NULL)
    field->swept (field->data, 0, 0);
  while (field->n_sweeps < field->most && sweep (&job))
    ;
  lt_workspace_release (self->ws, mark);
}

void
lt_dbm_infer (const LtDbm *self,
              const float *x,
              int n,
              gboolean thoroughly,
              LtDbmRows *rows)
{
  const LtDbmSettings *s = self->settings;
  LtDbmField field = { .most = s->sweeps, .tolerance = s->tolerance };

  if (thoroughly) {
    field.most = MAX (field.most, LT_DBM_SETTLED_SWEEPS);
    field.tolerance = LT_DBM_SETTLED_TOLERANCE;
  }
  lt_dbm_rows_take (self, n, &field.rows);
  lt_dbm_load (self, x, n, NULL, field.rows.x[0]);
  lt_dbm_settle (self, &field);
  *rows = field.rows;
}

/* ---- The bound ------------------------------------------------------------------- */

double
lt_dbm_visible_part (const LtDbm *self, const float *u)
{
  const LtDbmMachine *m = &self->machine;
  double sum = 0;

  if (!m->gaussian)
    return lt_dot (self->bias[0], u, m->n[0]);
  for (int i = 0; i < m->n[0]; i++) {
    double d = (double) u[i] * m->variance - (double) self->bias[0][i];
    sum -= d * d / (2 * m->variance);
  }
  return sum;
}

/* −Σ p log p; 0 log 0 = 0. */
static double
entropy_of_labels (const float *p, int n)
{
  double sum = 0;

  for (int k = 0; k < n; k++)
    sum -= p[k] > 0 ? (double) p[k] * log ((double) p[k]) : 0;
  return sum;
}

typedef struct {
  const LtDbm *dbm;
  const LtDbmRows *rows;
  int layer;
  const float *input; /* of this layer from below, with the bias */
  double *bound;
} Part;

static void
add_parts (gpointer data, gsize first, gsize last)
{
  const Part *job = data;
  int l = job->layer, n = job->dbm->machine.n[l];

  for (gsize row = first; row < last; row++) {
    const float *mean = job->rows->x[l] + row * n;

    job->bound[row] += lt_dot (job->input + row * n, mean, n);
    job->bound[row] += l > job->dbm->machine.n_hidden
                           ? entropy_of_labels (mean, n)
                           : lt_cross_entropy (mean, mean, n);
  }
}

/* Every edge is counted once, with the layer above it. */
void
lt_dbm_bounds (const LtDbm *self, const LtDbmRows *rows, double *bound)
{
  gsize nv = self->machine.n[0];

  for (int row = 0; row < rows->n; row++)
    bound[row] = lt_dbm_visible_part (self, rows->x[0] + row * nv);
  for (int l = 1; l <= self->machine.top; l++) {
    gsize mark = lt_workspace_mark (self->ws);
    Part job = { self, rows, l, NULL, bound };

    job.input = fixed_input (self, rows->n, l, rows->x[l - 1], NULL);
    lt_dbm_each_row (self->team, rows->n, add_parts, &job);
    lt_workspace_release (self->ws, mark);
  }
}

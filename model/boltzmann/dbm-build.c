/* Deep Boltzmann machines: what goes together, the layout, the first parameters and what
 * bounds them.
 *
 * Visible biases begin at the log-odds of the data's mean, clamped to ±4 (Hinton 2010,
 * section 8.2); chains and running means begin as what the biases alone come to. */
#include "boltzmann/dbm-machine.h"

#include <math.h>
#include <string.h>

#include "core/error.h"
#include "core/kernels.h"

#define MAX_WEIGHTS  1e9
#define MAX_LOG_ODDS 4.0

/* ---- What goes together ---------------------------------------------------------- */

static gboolean
is_gaussian (const LtDbmSettings *s, const LtShape *shape)
{
  return s->visible == LT_DBM_AUTO ? shape->modality[0].kind == LT_REAL
                                   : s->visible == LT_DBM_GAUSSIAN;
}

static gboolean
check_modality (const LtShape *shape,
                const LtModality *m,
                gboolean gaussian,
                GError **error)
{
  const char *advice = NULL;

  if (m->kind == LT_COUNTS && !gaussian)
    advice = "take counts for probabilities, which they are not: choose scaling=range "
             "with visible=binary, or scaling=standard with visible=gaussian";
  else if (m->kind == LT_REAL && !gaussian)
    advice = "need values from 0 to 1: choose visible=gaussian with scaling=standard, "
             "or scaling=range";
  else if (gaussian && !m->standardised)
    advice = "need standardised values: choose scaling=standard, or visible=binary for "
             "values from 0 to 1";
  if (advice == NULL)
    return TRUE;
  if (shape->n_modalities > 1)
    advice =
        "are all that this machine has: choose the model rbm or dbn, or columns of "
        "one kind";
  g_set_error (error, LT_ERROR, LT_ERROR_UNSUPPORTED,
               "“%s” holds %s%s, but %s visible units %s.", m->name,
               lt_value_kind_name (m->kind), m->kind == LT_COUNTS ? "" : " values",
               gaussian ? "Gaussian" : "binary", advice);
  return FALSE;
}

static gboolean
check_size (const LtDbmSettings *s, const LtShape *shape, GError **error)
{
  double below = shape->nv, sum = 0;

  for (int l = 0; l < s->hidden.n; l++) {
    sum += below * s->hidden.value[l];
    below = s->hidden.value[l];
  }
  sum += below * s->label_units;
  if (sum <= MAX_WEIGHTS)
    return TRUE;
  g_set_error (error, LT_ERROR, LT_ERROR_MEMORY,
               "This machine would have %.3g weights, and at most %.3g are possible; "
               "choose smaller hidden layers.",
               sum, MAX_WEIGHTS);
  return FALSE;
}

static gboolean
check_sparsity (const LtDbmSettings *s, GError **error)
{
  if (s->sparsity != LT_DBM_SPARSITY_NONE && s->clamped_steps > 0) {
    g_set_error_literal (error, LT_ERROR, LT_ERROR_UNSUPPORTED,
                         "Sparsity draws the means of mean field to its target, but "
                         "with clamped-steps samples stand in their place; choose "
                         "clamped-steps=0, or sparsity=none.");
    return FALSE;
  }
  if (s->sparsity == LT_DBM_SPARSITY_NONE || s->sparsity_target.n > 0)
    return TRUE;
  g_set_error_literal (error, LT_ERROR, LT_ERROR_VALUE,
                       "Sparsity has no target; give sparsity-target one number for "
                       "each hidden layer, or one for all, or choose sparsity=none.");
  return FALSE;
}

gboolean
lt_dbm_check (gconstpointer settings, const LtShape *shape, GError **error)
{
  const LtDbmSettings *s = settings;
  gboolean gaussian = is_gaussian (s, shape);

  if (s->hidden.n < 2) {
    g_set_error (error, LT_ERROR, LT_ERROR_VALUE,
                 "A deep Boltzmann machine has two hidden layers or more, but hidden "
                 "lists %d; give the sizes, such as hidden=500 1000, or choose the "
                 "model rbm.",
                 s->hidden.n);
    return FALSE;
  }
  if (s->label_units == 1) {
    g_set_error_literal (error, LT_ERROR, LT_ERROR_VALUE,
                         "label-units is 1, but labels tell at least two classes "
                         "apart; give the number of classes, or 0 for no labels.");
    return FALSE;
  }
  for (int i = 0; i < shape->n_modalities; i++)
    if (!check_modality (shape, &shape->modality[i], gaussian, error))
      return FALSE;
  return check_size (s, shape, error) && check_sparsity (s, error);
}

/* ---- The layout ------------------------------------------------------------------ */

static void
layer_name (const LtDbmMachine *m, int l, const char *what, char *name)
{
  if (l == 0)
    g_snprintf (name, 32, "%s v", what);
  else if (l > m->n_hidden)
    g_snprintf (name, 32, "%s y", what);
  else
    g_snprintf (name, 32, "%s h%d", what, l);
}

static void
parameter_names (const LtDbmMachine *m, int l, char *weights, char *bias)
{
  gboolean labels = l > m->n_hidden;

  g_snprintf (weights, 32, labels ? "U" : "W%d", l);
  g_snprintf (bias, 32, labels ? "d" : l == 0 ? "b" : "c%d", l);
}

static void
find_offsets (LtDbmMachine *m, const LtModel *model)
{
  char weights[32], bias[32], name[32];

  for (int l = 0; l <= m->top; l++) {
    const LtTensor *mean;

    parameter_names (m, l, weights, bias);
    if (l > 0)
      m->w[l] = lt_layout_find (model->params, weights)->offset;
    m->bias[l] = lt_layout_find (model->params, bias)->offset;
    layer_name (m, l, "chain", name);
    m->chain[l] = lt_layout_find (model->state, name)->offset;
    layer_name (m, l, "mean", name);
    mean = lt_layout_find (model->state, name);
    m->mean[l] = mean != NULL ? mean->offset : 0;
  }
}

void
lt_dbm_machine_init (LtDbmMachine *m, const LtModel *model)
{
  const LtDbmSettings *s = model->settings;
  gboolean gaussian = is_gaussian (s, &model->shape);

  *m = (LtDbmMachine){
    .n_hidden = s->hidden.n,
    .top = s->hidden.n + (s->label_units > 0),
    .labels = s->label_units > 0,
    .gaussian = gaussian,
    .variance = gaussian ? s->sigma * s->sigma : 1,
  };
  m->n[0] = model->shape.nv;
  for (int l = 1; l <= m->n_hidden; l++)
    m->n[l] = (int) s->hidden.value[l - 1];
  if (m->labels)
    m->n[m->top] = s->label_units;
  if (model->params != NULL && model->state != NULL)
    find_offsets (m, model);
}

static void
add_parameters (LtModel *model, const LtDbmMachine *m)
{
  char weights[32], bias[32];

  model->params = lt_layout_new ();
  for (int l = 1; l <= m->top; l++) {
    parameter_names (m, l, weights, bias);
    lt_layout_add (model->params, weights, LT_ROLE_WEIGHT, 2, m->n[l - 1], m->n[l]);
  }
  for (int l = 0; l <= m->top; l++) {
    parameter_names (m, l, weights, bias);
    lt_layout_add (model->params, bias, LT_ROLE_BIAS, 1, m->n[l]);
  }
}

static void
add_state (LtModel *model, const LtDbmMachine *m)
{
  const LtDbmSettings *s = model->settings;
  char name[32];

  model->state = lt_layout_new ();
  for (int l = 0; l <= m->top; l++) {
    layer_name (m, l, "chain", name);
    lt_layout_add (model->state, name, LT_ROLE_STATE, 2, s->chains, m->n[l]);
  }
  for (int l = 0; s->centring == LT_DBM_CENTRED && l <= m->top; l++) {
    layer_name (m, l, "mean", name);
    lt_layout_add (model->state, name, LT_ROLE_STATE, 1, m->n[l]);
  }
}

void
lt_dbm_build (LtModel *model)
{
  LtDbmMachine m;

  lt_dbm_machine_init (&m, model);
  add_parameters (model, &m);
  add_state (model, &m);
  model->capabilities = LT_CAN_ENCODE | LT_CAN_DECODE | LT_CAN_RECONSTRUCT |
                        LT_CAN_FILTERS | LT_CAN_SAMPLE;
  if (m.labels)
    model->capabilities |= LT_CAN_CLASSIFY;
  if (!m.gaussian)
    model->capabilities |= LT_HAS_BINARY_STATES;
  if (lt_dbm_has_energy (&m))
    model->capabilities |= LT_CAN_ENERGY;
  model->n_classes = m.labels ? m.n[m.top] : 0;
  model->n_code = m.n[m.n_hidden];
  model->n_layers = m.n_hidden;
}

/* ---- First parameters ------------------------------------------------------------ */

void
lt_dbm_base_biases (const LtDbmMachine *m, const float *mean, float *a)
{
  for (int i = 0; i < m->n[0]; i++) {
    double p = mean != NULL ? (double) mean[i] : m->gaussian ? 0 : 0.5;

    a[i] = m->gaussian ? (float) p
                       : (float) CLAMP (log (p / (1 - p)), -MAX_LOG_ODDS, MAX_LOG_ODDS);
  }
}

/* What the units come to by their biases alone: [n_l]. */
static void
bias_means (const LtDbmMachine *m, const float *params, int l, float *y)
{
  const float *bias = params + m->bias[l];

  for (int i = 0; i < m->n[l]; i++)
    y[i] = bias[i];
  if (l > m->n_hidden)
    lt_softmax (y, 1, m->n[l], y);
  else if (l > 0 || !m->gaussian)
    lt_activate (LT_SIGMOID, y, m->n[l], y);
  else
    lt_scale ((float) (1 / m->variance), m->n[l], y);
}

/* A chain a row, of units that go by their biases. */
static void
init_chains (const LtDbmMachine *m, int l, int n_chains, LtRng *rng, float *chain)
{
  gsize n = m->n[l];

  for (int i = 1; i < n_chains; i++)
    memcpy (chain + i * n, chain, n * sizeof *chain);
  if (l > m->n_hidden)
    for (int i = 0; i < n_chains; i++)
      lt_dbm_draw_one (lt_rng_uniform (rng), chain + i * n, (int) n, chain + i * n);
  else if (l > 0 || !m->gaussian)
    lt_rng_fill_bernoulli (rng, chain, n_chains * n, chain);
}

void
lt_dbm_init_state (const LtModel *model, const float *params, LtRng *rng, float *state)
{
  const LtDbmSettings *s = model->settings;
  LtDbmMachine m;

  lt_dbm_machine_init (&m, model);
  for (int l = 0; l <= m.top; l++) {
    float *chain = state + m.chain[l];

    bias_means (&m, params, l, chain);
    if (s->centring == LT_DBM_CENTRED)
      memcpy (state + m.mean[l], chain, m.n[l] * sizeof *chain);
    init_chains (&m, l, s->chains, rng, chain);
  }
}

void
lt_dbm_init_params (const LtModel *model,
                    gconstpointer settings,
                    const float *mean,
                    LtRng *rng,
                    float *params,
                    float *state)
{
  const LtDbmSettings *s = settings;
  LtDbmMachine m;

  lt_dbm_machine_init (&m, model);
  for (int l = 1; l <= m.top; l++) {
    gsize size = (gsize) m.n[l - 1] * m.n[l];

    lt_rng_fill_normal (rng, size, params + m.w[l]);
    lt_scale ((float) s->weight_scale, size, params + m.w[l]);
    if (l <= m.n_hidden)
      lt_fill ((float) s->hidden_bias, m.n[l], params + m.bias[l]);
  }
  if (s->visible_bias && mean != NULL)
    lt_dbm_base_biases (&m, mean, params + m.bias[0]);
  lt_dbm_init_state (model, params, rng, state);
}

/* ---- Bounds ---------------------------------------------------------------------- */

#define COLUMNS 64 /* at a time: a few cache lines of each row */

/* ‖w_j‖ ≤ most for columns first … first + n − 1 of w [rows, width]. */
static void
shorten (float *w, int rows, int width, double most, int n)
{
  double sum[COLUMNS] = { 0 };
  float factor[COLUMNS];

  for (int i = 0; i < rows; i++) {
    const float *row = w + (gsize) i * width;
    for (int j = 0; j < n; j++)
      sum[j] += (double) row[j] * (double) row[j];
  }
  for (int j = 0; j < n; j++)
    factor[j] = sum[j] > most * most ? (float) (most / sqrt (sum[j])) : 1;
  for (int i = 0; i < rows; i++)
    lt_multiply (factor, n, w + (gsize) i * width);
}

/* Srivastava et al. 2014, section 5.1; each hidden unit's weights from the layer below. */
void
lt_dbm_constrain (const LtModel *model, gconstpointer settings, float *params)
{
  const LtDbmSettings *s = settings;
  LtDbmMachine m;

  if (s->max_norm <= 0)
    return;
  lt_dbm_machine_init (&m, model);
  for (int l = 1; l <= m.n_hidden; l++)
    for (int first = 0; first < m.n[l]; first += COLUMNS)
      shorten (params + m.w[l] + first, m.n[l - 1], m.n[l], s->max_norm,
               MIN (COLUMNS, m.n[l] - first));
}

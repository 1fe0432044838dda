/* Restricted Boltzmann machines: what goes together, the layout, the first parameters and
 * what bounds them.
 *
 * W ~ 0.01·N (0, 1) and visible biases at the log-odds of the data's mean: Hinton 2010,
 * sections 8.1 and 8.2, clamped to ±4 so that pixels which are always black can learn. Counts
 * have the logarithm of how often a word is there, compared with the mean word. */
#include <math.h>

#include "boltzmann/rbm-machine.h"
#include "core/error.h"
#include "core/kernels.h"

#define MAX_WEIGHTS  1e9
#define MAX_LOG_ODDS 4.0

/* ---- What goes together ---------------------------------------------------------- */

static gboolean
refuse (GError **error, const char *sentence)
{
  g_set_error_literal (error, LT_ERROR, LT_ERROR_UNSUPPORTED, sentence);
  return FALSE;
}

static LtUnits
units_for (const LtRbmSettings *s, const LtModality *modality)
{
  LtRbmVisible visible = s->visible;

  if (visible == LT_RBM_RECTIFIED)
    return LT_UNITS_RELU;
  if (visible == LT_RBM_COUNTS ||
      (visible == LT_RBM_AUTO && modality->kind == LT_COUNTS))
    return LT_UNITS_COUNTS;
  if (visible == LT_RBM_GAUSSIAN ||
      (visible == LT_RBM_AUTO && modality->kind == LT_REAL))
    return LT_UNITS_GAUSSIAN;
  return LT_UNITS_BINARY;
}

static gboolean
check_modality (const LtRbmSettings *s,
                const LtShape *shape,
                const LtModality *m,
                GError **error)
{
  static const char *const names[] = { "binary", "Gaussian", "softmax", "counting",
                                       "rectified" };
  LtUnits units = units_for (s, m);
  gboolean gaussian = units == LT_UNITS_GAUSSIAN;
  const char *advice = NULL;

  if (units == LT_UNITS_COUNTS && m->kind != LT_COUNTS)
    advice =
        "need whole numbers from 0, as they are: choose scaling=counts where the data "
        "are counts, else visible=auto";
  else if (units == LT_UNITS_COUNTS || units == LT_UNITS_RELU)
    return TRUE;
  else if (m->kind == LT_COUNTS && !gaussian)
    advice =
        "take counts for probabilities, which they are not: choose visible=counts, "
        "scaling=range with visible=binary, or scaling=standard with "
        "visible=gaussian";
  else if (m->kind == LT_REAL && !gaussian)
    advice = m->standardised
                 ? "need values from 0 to 1: choose visible=gaussian, or scaling=range "
                   "with whitening=none"
                 : "need values from 0 to 1: choose visible=gaussian with "
                   "scaling=standard, or scaling=range";
  else if (gaussian && !m->standardised)
    advice = "need standardised values: choose scaling=standard, or visible=binary for "
             "values from 0 to 1";
  if (advice == NULL)
    return TRUE;
  if (shape->n_modalities > 1)
    advice = "do not suit each of these groups: choose visible=auto";
  g_set_error (error, LT_ERROR, LT_ERROR_UNSUPPORTED,
               "“%s” holds %s%s, but %s visible units %s.", m->name,
               lt_value_kind_name (m->kind), m->kind == LT_COUNTS ? "" : " values",
               names[units], advice);
  return FALSE;
}

static gboolean
check_size (const LtRbmSettings *s, const LtShape *shape, GError **error)
{
  double n = (shape->nv + (double) s->label_units) * s->hidden.value[0];

  if (n <= MAX_WEIGHTS)
    return TRUE;
  g_set_error (error, LT_ERROR, LT_ERROR_MEMORY,
               "This machine would have %.3g weights, and at most %.3g are possible; "
               "choose fewer hidden units.",
               n, MAX_WEIGHTS);
  return FALSE;
}

/* Whether one layer's states can all be gone through. */
static gboolean
is_enumerable (const LtRbmSettings *s, const LtShape *shape, gboolean binary)
{
  if (s->hidden_units == LT_HIDDEN_BINARY && s->hidden.value[0] <= LT_RBM_MAX_EXACT)
    return TRUE;
  return binary && shape->nv + log2 (MAX (s->label_units, 1)) <= LT_RBM_MAX_EXACT;
}

static gboolean
is_doubled (double factor)
{
  return factor > 0 && factor != 1;
}

static gboolean
has_units (const LtRbmSettings *s, const LtShape *shape, LtUnits units)
{
  for (int i = 0; i < shape->n_modalities; i++)
    if (units_for (s, &shape->modality[i]) == units)
      return TRUE;
  return FALSE;
}

static gboolean
check_method (const LtRbmSettings *s, const LtShape *shape, GError **error)
{
  gboolean gaussian = has_units (s, shape, LT_UNITS_GAUSSIAN);
  gboolean counts = has_units (s, shape, LT_UNITS_COUNTS);
  gboolean binary = s->hidden_units == LT_HIDDEN_BINARY;
  gboolean rectified = s->visible == LT_RBM_RECTIFIED;

  if (counts && s->centring != LT_RBM_PLAIN)
    return refuse (error,
                   "Centring subtracts one mean from all rows, but documents of counts "
                   "differ in length; choose centring=none.");
  if (s->hidden_units == LT_HIDDEN_GAUSSIAN && gaussian)
    return refuse (
        error, "With Gaussian units in both layers the energy has no lowest value "
               "once weights grow; choose hidden-units=relu or hidden-units=binary.");
  if ((is_doubled (s->up_factor) || is_doubled (s->down_factor)) &&
      s->method != LT_RBM_CD && s->method != LT_RBM_PCD)
    return refuse (
        error, "A machine whose input is doubled has no energy that its chains could "
               "be tempered or enumerated with; choose method=cd or method=pcd.");
  if (s->method == LT_RBM_TEMPERING && (gaussian || counts || rectified || !binary))
    return refuse (error,
                   "Parallel tempering heats binary units only; choose method=pcd for "
                   "Gaussian, counting or rectified ones.");
  if (s->method == LT_RBM_EXACT && rectified)
    return refuse (error,
                   "The exact gradient goes through all states of one layer, and "
                   "sums or integrates over the other, which cannot be done "
                   "with rectified units; choose method=pcd.");
  if (s->method != LT_RBM_EXACT || is_enumerable (s, shape, !gaussian && !counts))
    return TRUE;
  g_set_error (error, LT_ERROR, LT_ERROR_UNSUPPORTED,
               "The exact gradient goes through all states of one layer, which must be "
               "binary and have at most %d units, but this machine has %d visible and "
               "%g hidden ones; choose hidden=%d or less with hidden-units=binary, or "
               "method=pcd.",
               LT_RBM_MAX_EXACT, shape->nv, s->hidden.value[0], LT_RBM_MAX_EXACT);
  return FALSE;
}

static gboolean
check_units (const LtRbmSettings *s, GError **error)
{
  if (s->label_units == 1)
    return refuse (error, "label-units is 1, but labels tell at least two classes "
                          "apart; give the number of classes, or 0 for no labels.");
  if (s->sparsity != LT_RBM_SPARSITY_NONE && s->hidden_units != LT_HIDDEN_BINARY)
    return refuse (error, "The sparsity target is a probability, so it needs "
                          "hidden-units=binary; or choose sparsity=none.");
  return TRUE;
}

gboolean
lt_rbm_check (gconstpointer settings, const LtShape *shape, GError **error)
{
  const LtRbmSettings *s = settings;

  if (s->hidden.n != 1) {
    g_set_error (
        error, LT_ERROR, LT_ERROR_VALUE,
        "A restricted Boltzmann machine has one hidden layer, but hidden lists "
        "%d; give one number, such as hidden=%g.",
        s->hidden.n, s->hidden.n > 0 ? s->hidden.value[0] : 500);
    return FALSE;
  }
  for (int i = 0; i < shape->n_modalities; i++)
    if (!check_modality (s, shape, &shape->modality[i], error))
      return FALSE;
  return check_units (s, error) && check_size (s, shape, error) &&
         check_method (s, shape, error);
}

/* ---- The layout ------------------------------------------------------------------ */

static void
add_groups (LtRbmMachine *m, const LtRbmSettings *s, const LtShape *shape)
{
  for (int i = 0; i < shape->n_modalities; i++) {
    const LtModality *modality = &shape->modality[i];
    LtUnits units = units_for (s, modality);

    m->group[m->n_groups++] = (LtRbmGroup){ units, modality->offset, modality->size };
    m->gaussian |= units == LT_UNITS_GAUSSIAN;
    m->rectified |= units == LT_UNITS_RELU;
    m->n_counts += units == LT_UNITS_COUNTS;
    if (units == LT_UNITS_BINARY)
      m->n_binary += modality->size;
  }
  if (m->nl > 0)
    m->group[m->n_groups++] = (LtRbmGroup){ LT_UNITS_SOFTMAX, m->nv, m->nl };
  m->learns_sigma = m->gaussian && s->learn_sigma;
}

void
lt_rbm_machine_init (LtRbmMachine *m, const LtModel *model)
{
  const LtRbmSettings *s = model->settings;

  *m = (LtRbmMachine){
    .nv = model->shape.nv,
    .nl = s->label_units,
    .n = model->shape.nv + s->label_units,
    .nh = (int) s->hidden.value[0],
    .hidden = s->hidden_units,
    .up_factor = s->up_factor > 0 ? (float) s->up_factor : 1,
    .down_factor = s->down_factor > 0 ? (float) s->down_factor : 1,
  };
  add_groups (m, s, &model->shape);
  if (model->params == NULL)
    return;
  m->size = lt_layout_size (model->params);
  m->w = lt_layout_find (model->params, "W1")->offset;
  m->b = lt_layout_find (model->params, "b")->offset;
  m->c = lt_layout_find (model->params, "c1")->offset;
  if (m->learns_sigma)
    m->z = lt_layout_find (model->params, "z")->offset;
}

int
lt_rbm_n_chains (const LtRbmSettings *s)
{
  if (s->method == LT_RBM_CD || s->method == LT_RBM_EXACT)
    return 0;
  return s->chains * (s->method == LT_RBM_TEMPERING ? s->temperatures : 1);
}

static void
build_state (LtModel *model, const LtRbmMachine *m)
{
  const LtRbmSettings *s = model->settings;
  int n_chains = lt_rbm_n_chains (s);

  if (n_chains == 0 && m->n_counts == 0)
    return;
  model->state = lt_layout_new ();
  if (n_chains > 0)
    lt_layout_add (model->state, "chain h1", LT_ROLE_STATE, 2, n_chains, m->nh);
  if (m->n_counts > 0)
    lt_layout_add (model->state, "length", LT_ROLE_STATE, 1, m->n_counts);
  if (s->method == LT_RBM_FAST_PCD)
    lt_layout_add (model->state, "fast", LT_ROLE_STATE, 1,
                   (int) lt_layout_size (model->params));
  if (s->method == LT_RBM_TEMPERING)
    lt_layout_add (model->state, "swaps", LT_ROLE_STATE, 1, LT_RBM_N_SWAPS);
}

void
lt_rbm_build (LtModel *model)
{
  LtRbmMachine m;

  lt_rbm_machine_init (&m, model);
  model->params = lt_layout_new ();
  lt_layout_add (model->params, "W1", LT_ROLE_WEIGHT, 2, m.n, m.nh);
  lt_layout_add (model->params, "b", LT_ROLE_BIAS, 1, m.n);
  lt_layout_add (model->params, "c1", LT_ROLE_BIAS, 1, m.nh);
  if (m.learns_sigma)
    lt_layout_add (model->params, "z", LT_ROLE_SCALE, 1, m.nv);
  build_state (model, &m);
  model->capabilities = LT_CAN_ENCODE | LT_CAN_DECODE | LT_CAN_RECONSTRUCT |
                        LT_CAN_FILTERS | LT_CAN_ENERGY | LT_CAN_SAMPLE;
  if (m.nl > 0)
    model->capabilities |= LT_CAN_CLASSIFY;
  if (m.n_binary == m.nv)
    model->capabilities |= LT_HAS_BINARY_STATES;
  model->n_classes = m.nl;
  model->n_code = m.nh;
  model->n_layers = 1;
}

/* ---- First parameters ------------------------------------------------------------ */

static void
init_visible (const LtRbmMachine *m, const float *mean, float *b)
{
  for (int g = 0; g < m->n_groups; g++) {
    const LtRbmGroup *group = &m->group[g];
    double share =
        group->first < m->nv ? lt_sum (mean + group->first, group->n) / group->n : 0;

    for (int i = group->first; i < group->first + group->n; i++) {
      double p = i < m->nv ? (double) mean[i] : 0.0;

      if (group->units == LT_UNITS_GAUSSIAN)
        b[i] = (float) p;
      else if (group->units == LT_UNITS_BINARY)
        b[i] = (float) CLAMP (log (p / (1 - p)), -MAX_LOG_ODDS, MAX_LOG_ODDS);
      else if (group->units == LT_UNITS_RELU && p > 0) /* softplus (b) = p */
        b[i] = (float) MAX (p + log1p (-exp (-p)), -MAX_LOG_ODDS);
      else if (group->units == LT_UNITS_COUNTS && share > 0)
        b[i] = (float) CLAMP (log (p / share), -MAX_LOG_ODDS, MAX_LOG_ODDS);
    }
  }
}

/* The mean length of documents; of 1 word where the data are not known. */
static void
init_lengths (const LtRbmMachine *m, const float *mean, float *lengths)
{
  for (int g = 0; g < m->n_groups; g++) {
    const LtRbmGroup *group = &m->group[g];

    if (group->units == LT_UNITS_COUNTS)
      *lengths++ = mean != NULL ? (float) lt_sum (mean + group->first, group->n) : 1.0f;
  }
}

void
lt_rbm_init_params (const LtModel *model,
                    gconstpointer settings,
                    const float *mean,
                    LtRng *rng,
                    float *params,
                    float *state)
{
  const LtRbmSettings *s = settings;
  gsize n_chains = lt_rbm_n_chains (s);
  LtRbmMachine m;

  lt_rbm_machine_init (&m, model);
  lt_rng_fill_normal (rng, (gsize) m.n * m.nh, params + m.w);
  lt_scale ((float) s->weight_scale, (gsize) m.n * m.nh, params + m.w);
  lt_fill ((float) s->hidden_bias, m.nh, params + m.c);
  if (s->visible_bias && mean != NULL)
    init_visible (&m, mean, params + m.b);
  if (m.learns_sigma)
    lt_fill ((float) (2 * log (s->sigma)), m.nv, params + m.z);
  if (m.n_counts > 0)
    init_lengths (&m, mean, state + lt_layout_find (model->state, "length")->offset);
  if (n_chains > 0 && m.hidden == LT_HIDDEN_BINARY)
    lt_rng_fill_mask (rng, 0.5f, n_chains * m.nh, state);
  else if (n_chains > 0)
    lt_rng_fill_uniform (rng, n_chains * m.nh, state);
}

/* ---- Bounds ---------------------------------------------------------------------- */

#define COLUMNS 64 /* at a time: a few cache lines of each row */

/* ‖W_j‖ ≤ most for the hidden units first … first + n − 1. */
static void
shorten (const LtRbmMachine *m, double most, int first, int n, float *w)
{
  double sum[COLUMNS] = { 0 };
  float factor[COLUMNS];

  for (int i = 0; i < m->n; i++) {
    const float *row = w + (gsize) i * m->nh + first;
    for (int j = 0; j < n; j++)
      sum[j] += (double) row[j] * (double) row[j];
  }
  for (int j = 0; j < n; j++)
    factor[j] = sum[j] > most * most ? (float) (most / sqrt (sum[j])) : 1;
  for (int i = 0; i < m->n; i++)
    lt_multiply (factor, n, w + (gsize) i * m->nh + first);
}

/* Srivastava et al. 2014, section 5.1. */
void
lt_rbm_constrain (const LtModel *model, gconstpointer settings, float *params)
{
  const LtRbmSettings *s = settings;
  LtRbmMachine m;

  if (s->max_norm <= 0)
    return;
  lt_rbm_machine_init (&m, model);
  for (int first = 0; first < m.nh; first += COLUMNS)
    shorten (&m, s->max_norm, first, MIN (COLUMNS, m.nh - first), params + m.w);
}

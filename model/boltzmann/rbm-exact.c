/* log Z and the model's moments, by going through all states of the smaller side.
 *
 *   Z = Σ_h exp (c'h) Π_i Σ_{v_i} exp (…) = Σ_h exp (c'h + L (Wh)),  and likewise over v,
 *
 * where L is log Σ exp of the other side given its input a = b + Wh: Σ softplus (a_i) of
 * binary units (rbm-hidden.c has the other hidden ones), log Σ exp (a_k) of labels, and for Gaussian units
 * Σ ½ (a_i² − b_i²)/σ_i² + ½ log (2π σ_i²); of D words D log Σ exp (a_k), with D c'h. Sums are in double; states come in blocks, so
 * that they go through the same products as everything else. */
#include <math.h>
#include <string.h>

#include "boltzmann/rbm-machine.h"
#include "core/kernels.h"

#define BLOCK 512

typedef struct {
  const LtRbm *rbm;
  gboolean hidden; /* the hidden side is enumerated */
  int n_side, n_other;
  gsize n_states;
  const float *lengths; /* of a document; NULL without counts */
  float *state;         /* [BLOCK, n_side] */
  float *other;         /* [BLOCK, n_other]: inputs, then means */
  float *scratch;       /* [n_other] */
  double log_z;
} Enumeration;

/* Base-2 logarithms of the numbers of states of both sides; HUGE_VAL of one that has other
 * than binary units and labels. */
static double
log_hidden_states (const LtRbmMachine *m)
{
  return m->hidden == LT_HIDDEN_BINARY ? m->nh : HUGE_VAL;
}

static double
log_visible_states (const LtRbmMachine *m)
{
  if (m->n_binary < m->nv)
    return HUGE_VAL;
  return m->nv + (m->nl > 0 ? log2 (m->nl) : 0);
}

gboolean
lt_rbm_can_enumerate (const LtRbmMachine *m, int most)
{
  if (m->up_factor != 1 || m->down_factor != 1 || m->rectified)
    return FALSE;
  return MIN (log_hidden_states (m), log_visible_states (m)) <= most;
}

static void
begin (Enumeration *self, const LtRbm *rbm, const float *lengths)
{
  const LtRbmMachine *m = &rbm->machine;

  self->rbm = rbm;
  self->lengths = lengths;
  self->hidden = log_hidden_states (m) <= log_visible_states (m);
  self->n_states = self->hidden ? (gsize) 1 << m->nh : (gsize) MAX (m->nl, 1) << m->nv;
  self->n_side = self->hidden ? m->nh : m->n;
  self->n_other = self->hidden ? m->n : m->nh;
  self->state = lt_workspace_floats (rbm->ws, (gsize) BLOCK * self->n_side);
  self->other = lt_workspace_floats (rbm->ws, (gsize) BLOCK * self->n_other);
  self->scratch = lt_workspace_floats (rbm->ws, self->n_other);
}

/* Bit j of the number is unit j; what is left of it is the label. */
static void
load_state (const Enumeration *self, gsize number, float *state)
{
  const LtRbmMachine *m = &self->rbm->machine;
  int n_bits = self->hidden ? m->nh : m->nv;

  for (int j = 0; j < n_bits; j++, number >>= 1)
    state[j] = (float) (number & 1);
  for (int k = n_bits; k < self->n_side; k++)
    state[k] = (float) (number == (gsize) (k - n_bits));
}

/* States first … first + n − 1, and the other side's inputs with their biases. */
static void
load_block (Enumeration *self, gsize first, int n)
{
  const LtRbm *rbm = self->rbm;
  const float *bias = self->hidden ? rbm->b : rbm->c;
  LtProduct product = {
    .trans_b = self->hidden ? LT_TRANSPOSED : LT_PLAIN,
    .m = n,
    .n = self->n_other,
    .k = self->n_side,
    .alpha = 1,
    .a = self->state,
    .lda = self->n_side,
    .b = rbm->w,
    .ldb = rbm->machine.nh,
    .beta = 1,
    .c = self->other,
    .ldc = self->n_other,
  };

  for (int i = 0; i < n; i++) {
    load_state (self, first + (gsize) i, self->state + (gsize) i * self->n_side);
    memcpy (self->other + (gsize) i * self->n_other, bias,
            self->n_other * sizeof (float));
  }
  lt_product (rbm->team, &product, NULL, NULL);
}

static double
log_sum_labels (const float *a, int n)
{
  double highest = -HUGE_VAL, sum = 0;

  for (int k = 0; k < n; k++)
    highest = MAX (highest, (double) a[k]);
  for (int k = 0; k < n; k++)
    sum += exp ((double) a[k] - highest);
  return highest + log (sum);
}

static double
log_sum_gaussian (const LtRbm *rbm, const LtRbmGroup *group, const float *a)
{
  double sum = 0;

  for (int i = group->first; i < group->first + group->n; i++) {
    double variance = (double) rbm->variance[i], b = (double) rbm->b[i];
    sum += 0.5 * (((double) a[i] - b) * ((double) a[i] + b) / variance +
                  log (2 * G_PI * variance));
  }
  return sum;
}

/* log Σ exp (−E) of a state, in parts: `rest` + Σ_g length_g (biases + words_g) of documents,
 * `rest` alone otherwise. */
typedef struct {
  double rest, biases;
  double words[LT_MAX_MODALITIES];
} Weight;

/* L of the visible side's inputs. */
static void
weigh_visible (const Enumeration *self, const float *a, Weight *weight)
{
  const LtRbmMachine *m = &self->rbm->machine;
  double *words = weight->words;

  for (int g = 0; g < m->n_groups; g++) {
    const LtRbmGroup *group = &m->group[g];

    if (group->units == LT_UNITS_GAUSSIAN) {
      weight->rest += log_sum_gaussian (self->rbm, group, a);
    } else if (group->units == LT_UNITS_SOFTMAX) {
      weight->rest += log_sum_labels (a + group->first, group->n);
    } else if (group->units == LT_UNITS_COUNTS) {
      *words++ = log_sum_labels (a + group->first, group->n);
    } else {
      lt_softplus (a + group->first, group->n, self->scratch);
      weight->rest += lt_sum (self->scratch, group->n);
    }
  }
}

static Weight
weigh (const Enumeration *self, int row)
{
  const LtRbm *rbm = self->rbm;
  const float *state = self->state + (gsize) row * self->n_side;
  const float *input = self->other + (gsize) row * self->n_other;
  double biases = lt_dot (self->hidden ? rbm->c : rbm->b, state, self->n_side);
  Weight weight = { 0 };

  if (rbm->machine.n_counts > 0)
    weight.biases = biases;
  else
    weight.rest = biases;
  if (self->hidden) {
    weigh_visible (self, input, &weight);
  } else {
    lt_rbm_hidden_parts (rbm, input, self->n_other, self->scratch);
    weight.rest += lt_sum (self->scratch, self->n_other);
  }
  return weight;
}

/* lengths: NULL without counts. */
static double
add_parts (const Enumeration *self, const Weight *weight, const float *lengths)
{
  double sum = weight->rest;

  for (int g = 0; lengths != NULL && g < self->rbm->machine.n_counts; g++)
    sum += (double) lengths[g] * (weight->biases + weight->words[g]);
  return sum;
}

static double
log_weight (const Enumeration *self, int row)
{
  Weight weight = weigh (self, row);

  return add_parts (self, &weight, self->lengths);
}

/* Of log (e^a + e^b). */
static double
log_add (double a, double b)
{
  return MAX (a, b) + log1p (exp (-fabs (a - b)));
}

/* ---- Moments --------------------------------------------------------------------- */

/* Means of the other side from its inputs; visible ones as u. Adds to the squares. */
static void
means_of_row (const Enumeration *self, double weight, float *a, float *square)
{
  const LtRbm *rbm = self->rbm;
  const LtRbmMachine *m = &rbm->machine;
  const float *length = self->lengths;

  if (!self->hidden) {
    lt_rbm_hidden_means (rbm, a, self->n_other, a);
    return;
  }
  for (int g = 0; g < m->n_groups; g++) {
    const LtRbmGroup *group = &m->group[g];
    float *here = a + group->first;

    if (group->units == LT_UNITS_BINARY)
      lt_activate (LT_SIGMOID, here, group->n, here);
    else if (group->units != LT_UNITS_GAUSSIAN)
      lt_softmax (here, 1, group->n, here);
    if (group->units == LT_UNITS_COUNTS)
      lt_scale (*length++, group->n, here);
    for (int i = group->first;
         group->units == LT_UNITS_GAUSSIAN && i < group->first + group->n; i++) {
      float d = a[i] - rbm->b[i];

      if (square != NULL)
        square[i] += (float) weight * 0.5f * (1 + d * d / rbm->variance[i]);
      a[i] /= rbm->variance[i];
    }
  }
}

/* Row by row: the side's states are multiplied with their probability, so that plain sums
 * and one product give the moments. */
static void
add_moments (Enumeration *self, int n, const LtRbmMoments *moments)
{
  const LtRbm *rbm = self->rbm;
  const LtRbmMachine *m = &rbm->machine;
  float *side_sum = self->hidden ? moments->h : moments->u;
  float *other_sum = self->hidden ? moments->u : moments->h;
  LtProduct product = {
    .trans_a = LT_TRANSPOSED,
    .m = m->n,
    .n = m->nh,
    .k = n,
    .alpha = 1,
    .a = self->hidden ? self->other : self->state,
    .lda = m->n,
    .b = self->hidden ? self->state : self->other,
    .ldb = m->nh,
    .beta = 1,
    .c = moments->uh,
    .ldc = m->nh,
  };

  for (int i = 0; i < n; i++) {
    float *state = self->state + (gsize) i * self->n_side;
    float *other = self->other + (gsize) i * self->n_other;
    double p = exp (log_weight (self, i) - self->log_z);

    means_of_row (self, p, other, moments->square);
    lt_scale ((float) p, self->n_side, state);
    lt_axpy (1, state, self->n_side, side_sum);
    lt_axpy ((float) p, other, self->n_other, other_sum);
  }
  lt_product (rbm->team, &product, NULL, NULL);
}

static void
clear_moments (const LtRbmMachine *m, const LtRbmMoments *moments)
{
  lt_fill (0, (gsize) m->n * m->nh, moments->uh);
  lt_fill (0, m->n, moments->u);
  lt_fill (0, m->nh, moments->h);
  if (moments->square != NULL)
    lt_fill (0, m->n, moments->square);
}

double
lt_rbm_enumerate (const LtRbm *self, const float *lengths, const LtRbmMoments *moments)
{
  const LtRbmMachine *m = &self->machine;
  gsize mark = lt_workspace_mark (self->ws);
  Enumeration all = { .log_z = -HUGE_VAL };

  begin (&all, self, lengths);
  for (gsize first = 0; first < all.n_states; first += BLOCK) {
    int n = (int) MIN (BLOCK, all.n_states - first);

    load_block (&all, first, n);
    for (int i = 0; i < n; i++)
      all.log_z = log_add (all.log_z, log_weight (&all, i));
  }
  if (moments != NULL)
    clear_moments (m, moments);
  for (gsize first = 0; moments != NULL && first < all.n_states; first += BLOCK) {
    int n = (int) MIN (BLOCK, all.n_states - first);

    load_block (&all, first, n);
    add_moments (&all, n, moments);
  }
  lt_workspace_release (self->ws, mark);
  return all.log_z;
}

/* ---- Documents ------------------------------------------------------------------- */

/* How many of n rows [width] are like this one; 0 when one before it is. */
static int
count_equal (const float *rows, int row, int n, int width)
{
  const float *own = rows + (gsize) row * width;
  int n_equal = 0;

  for (int i = 0; i < n; i++) {
    gboolean equal =
        memcmp (rows + (gsize) i * width, own, (gsize) width * sizeof *own) == 0;

    if (equal && i < row)
      return 0;
    n_equal += equal;
  }
  return n_equal;
}

/* Each length has a Z and moments of its own, which are worked out once. */
double
lt_rbm_enumerate_lengths (const LtRbm *self,
                          const float *lengths,
                          int n,
                          const LtRbmMoments *mean)
{
  const LtRbmMachine *m = &self->machine;
  gsize mark = lt_workspace_mark (self->ws), size = (gsize) m->n * m->nh;
  LtRbmMoments one = {
    .uh = lt_workspace_floats (self->ws, size),
    .u = lt_workspace_floats (self->ws, m->n),
    .h = lt_workspace_floats (self->ws, m->nh),
    .square = mean->square != NULL ? lt_workspace_floats (self->ws, m->n) : NULL,
  };
  double log_z = 0;

  clear_moments (m, mean);
  for (int row = 0; row < n; row++) {
    const float *length = lengths + (gsize) row * m->n_counts;
    float share = (float) count_equal (lengths, row, n, m->n_counts) / (float) n;

    if (share == 0)
      continue;
    log_z += (double) share * lt_rbm_enumerate (self, length, &one);
    lt_axpy (share, one.uh, size, mean->uh);
    lt_axpy (share, one.u, m->n, mean->u);
    lt_axpy (share * (float) lt_sum (length, m->n_counts), one.h, m->nh, mean->h);
    if (mean->square != NULL)
      lt_axpy (share, one.square, m->n, mean->square);
  }
  lt_workspace_release (self->ws, mark);
  return log_z;
}

/* ---- log Z ----------------------------------------------------------------------- */

double
lt_rbm_log_partition (const LtCall *call)
{
  gsize mark = lt_workspace_mark (call->ws);
  double log_z = (double) NAN;
  LtRbm rbm;

  lt_rbm_init (&rbm, call, NULL);
  if (lt_rbm_can_enumerate (&rbm.machine, LT_RBM_MAX_LOG_Z) &&
      rbm.machine.n_counts == 0)
    log_z = lt_rbm_enumerate (&rbm, NULL, NULL);
  lt_workspace_release (call->ws, mark);
  return log_z;
}

/* What a state weighs depends on the lengths by its parts' factors only, so one walk through
 * the states serves all of them. */
static void
log_partitions (const LtCall *call, const float *lengths, int n, double *log_z)
{
  gsize mark = lt_workspace_mark (call->ws);
  Enumeration all = { 0 };
  LtRbm rbm;
  gboolean possible;

  lt_rbm_init (&rbm, call, NULL);
  possible = lt_rbm_can_enumerate (&rbm.machine, LT_RBM_MAX_LOG_Z);
  for (int i = 0; i < n; i++)
    log_z[i] = possible ? -HUGE_VAL : (double) NAN;
  if (possible)
    begin (&all, &rbm, NULL);
  for (gsize first = 0; first < all.n_states; first += BLOCK) {
    int here = (int) MIN (BLOCK, all.n_states - first);

    load_block (&all, first, here);
    for (int row = 0; row < here; row++) {
      Weight weight = weigh (&all, row);

      for (int i = 0; i < n; i++)
        log_z[i] =
            log_add (log_z[i], add_parts (&all, &weight,
                                          lengths + (gsize) i * rbm.machine.n_counts));
    }
  }
  lt_workspace_release (call->ws, mark);
}

static int
n_lengths (const LtModel *model)
{
  LtRbmMachine m;

  lt_rbm_machine_init (&m, model);
  return m.n_counts;
}

static void
measure_lengths (const LtCall *call, const float *x, int n, float *lengths)
{
  const LtModel *model = call->model;
  LtRbmMachine m;

  lt_rbm_machine_init (&m, model);
  for (int row = 0; row < n; row++)
    for (int g = 0; g < m.n_groups; g++)
      if (m.group[g].units == LT_UNITS_COUNTS)
        *lengths++ =
            (float) lt_sum (x + (gsize) row * m.nv + m.group[g].first, m.group[g].n);
}

const LtDocuments lt_rbm_documents = { n_lengths, measure_lengths, log_partitions };

/* log Z, moments and free energies of small deep Boltzmann machines, by going through all states of
 * one half: the even layers or the odd ones.
 *
 *   Z = Σ_odd exp (Σ_odd bias'x) Π_even Σ_x exp (input'x),  and the other way round,
 *
 * since given one half the units of the other do not depend on each other. log Σ exp is
 * Σ softplus (a_i) of binary units, log Σ exp (a_k) of labels, and of Gaussian ones
 * Σ ½ (a_i² − b_i²)/σ² + ½ log (2π σ²). Sums are in double; states come in blocks, so that
 * they go through the same products as everything else. */
#include "boltzmann/dbm-machine.h"

#include <math.h>
#include <string.h>

#include "core/kernels.h"

#define BLOCK       512
#define MAX_MOMENTS 18 /* binary units of the half that is enumerated */

void
lt_dbm_inputs (const LtDbm *self,
               int parity,
               const LtDbmRows *rows,
               const LtDbmRows *input)
{
  int top = self->machine.top;

  for (int l = 1 - parity; l <= top; l += 2) {
    LtDbmPass pass = {
      .layer = l,
      .n = rows->n,
      .below = l > 0 ? rows->x[l - 1] : NULL,
      .above = l < top ? rows->x[l + 1] : NULL,
      .bits = parity == 1, /* else there are visible units, which may be given */
      .logits = TRUE,
      .mean = input->x[l],
    };

    lt_dbm_layer (self, &pass);
  }
}

static double
log_sum_labels (const float *a, int n, double beta)
{
  double highest = -HUGE_VAL, sum = 0;

  for (int k = 0; k < n; k++)
    highest = MAX (highest, beta * (double) a[k]);
  for (int k = 0; k < n; k++)
    sum += exp (beta * (double) a[k] - highest);
  return highest + log (sum);
}

/* Of −(1 − β) ‖v − base‖²/2σ² − β ‖v − b‖²/2σ² + β v'Wh/σ². */
static double
log_sum_gaussian (const LtDbm *self, const LtDbmSum *sum, const float *a)
{
  const LtDbmMachine *m = &self->machine;
  double total = 0;

  for (int i = 0; i < m->n[0]; i++) {
    double base = sum->base != NULL ? (double) sum->base[i] : 0;
    double b = (double) self->bias[0][i];
    double mean = (1 - sum->beta) * base + sum->beta * (double) a[i];

    total += (mean * mean - (1 - sum->beta) * base * base - sum->beta * b * b) /
                 (2 * m->variance) +
             0.5 * log (2 * G_PI * m->variance);
  }
  return total;
}

double
lt_dbm_log_sum (const LtDbm *self,
                const LtDbmSum *sum,
                const float *input,
                float *scratch)
{
  int n = self->machine.n[sum->layer];
  gboolean based = sum->layer == 0 && sum->base != NULL;

  if (sum->layer > self->machine.n_hidden)
    return log_sum_labels (input, n, sum->beta);
  if (sum->layer == 0 && self->machine.gaussian)
    return log_sum_gaussian (self, sum, input);
  memcpy (scratch, based ? sum->base : input, n * sizeof *scratch);
  if (based)
    lt_axpby ((float) sum->beta, input, (float) (1 - sum->beta), n, scratch);
  else
    lt_scale ((float) sum->beta, n, scratch);
  lt_softplus (scratch, n, scratch);
  return lt_sum (scratch, n);
}

/* ---- Enumeration ----------------------------------------------------------------- */

typedef struct {
  const LtDbm *dbm;
  int parity;     /* of the half whose states are gone through */
  const float *u; /* [nv]: the visible units are given; NULL: they are summed, too */
  LtDbmRows rows, input;
  float *scratch;
} Enumeration;

/* Base-2 logarithm of the number of states of a half; HUGE_VAL where it has Gaussian
 * units. */
static double
log_states (const LtDbmMachine *m, int parity, gboolean given)
{
  double sum = 0;

  for (int l = parity; l <= m->top; l += 2) {
    if (l == 0 && given)
      continue;
    if (l == 0 && m->gaussian)
      return HUGE_VAL;
    sum += l > m->n_hidden ? log2 (m->n[l]) : m->n[l];
  }
  return sum;
}

static int
smaller_half (const LtDbmMachine *m, gboolean given)
{
  return log_states (m, 0, given) < log_states (m, 1, given) ? 0 : 1;
}

static void
begin (Enumeration *self, const LtDbm *dbm, const float *u)
{
  int widest = 0;

  *self = (Enumeration){ .dbm = dbm,
                         .parity = smaller_half (&dbm->machine, u != NULL),
                         .u = u };
  lt_dbm_rows_take (dbm, BLOCK, &self->rows);
  lt_dbm_rows_take (dbm, BLOCK, &self->input);
  for (int l = 0; l <= dbm->machine.top; l++)
    widest = MAX (widest, dbm->machine.n[l]);
  self->scratch = lt_workspace_floats (dbm->ws, widest);
}

static gsize
n_states (const Enumeration *self)
{
  const LtDbmMachine *m = &self->dbm->machine;
  gsize n = 1;

  for (int l = self->parity; l <= m->top; l += 2) {
    if (l > m->n_hidden)
      n *= (gsize) m->n[l];
    else if (l > 0 || self->u == NULL)
      n <<= m->n[l];
  }
  return n;
}

/* State number `state` of the half: its bits are the units, its rest is the label. */
static void
load_state (Enumeration *self, gsize state, int row)
{
  const LtDbmMachine *m = &self->dbm->machine;

  for (int l = self->parity; l <= m->top; l += 2) {
    float *x = self->rows.x[l] + (gsize) row * m->n[l];

    if (l > m->n_hidden) {
      lt_dbm_set_label (self->dbm, &self->rows, row, (int) state);
    } else if (l == 0 && self->u != NULL) {
      memcpy (x, self->u, m->n[0] * sizeof *x);
    } else {
      for (int i = 0; i < m->n[l]; i++, state >>= 1)
        x[i] = (float) (state & 1);
    }
  }
}

/* Given visible units with the input b + Wh: b'v + v'Wh, or with −‖v − b‖²/2σ². */
static double
given_part (const Enumeration *self, const float *input)
{
  const LtDbm *dbm = self->dbm;
  int nv = dbm->machine.n[0];

  return lt_dbm_visible_part (dbm, self->u) + lt_dot (self->u, input, nv) -
         lt_dot (self->u, dbm->bias[0], nv);
}

static double
log_weight (const Enumeration *self, int row)
{
  const LtDbm *dbm = self->dbm;
  const LtDbmMachine *m = &dbm->machine;
  double sum = 0;

  for (int l = self->parity; l <= m->top; l += 2)
    sum +=
        l == 0 && self->u != NULL
            ? lt_dbm_visible_part (dbm, self->u)
            : lt_dot (dbm->bias[l], self->rows.x[l] + (gsize) row * m->n[l], m->n[l]);
  for (int l = 1 - self->parity; l <= m->top; l += 2) {
    const float *input = self->input.x[l] + (gsize) row * m->n[l];
    LtDbmSum all = { l, 1, NULL };

    sum += l == 0 && self->u != NULL ? given_part (self, input)
                                     : lt_dbm_log_sum (dbm, &all, input, self->scratch);
  }
  return sum;
}

/* Of log (e^a + e^b). */
static double
log_add (double a, double b)
{
  return MAX (a, b) + log1p (exp (-fabs (a - b)));
}

/* States from number `first` on, at most BLOCK of n, and the other half's input. */
static void
load_block (Enumeration *self, gsize first, gsize n)
{
  self->rows.n = (int) MIN (BLOCK, n - first);
  for (int row = 0; row < self->rows.n; row++)
    load_state (self, first + (gsize) row, row);
  lt_dbm_inputs (self->dbm, self->parity, &self->rows, &self->input);
}

/* log Σ exp (−E) over all states, or over those with visible units u. */
static double
enumerate (const LtDbm *dbm, const float *u)
{
  gsize mark = lt_workspace_mark (dbm->ws);
  double log_z = -HUGE_VAL;
  Enumeration all;
  gsize n;

  begin (&all, dbm, u);
  n = n_states (&all);
  for (gsize first = 0; first < n; first += BLOCK) {
    load_block (&all, first, n);
    for (int row = 0; row < all.rows.n; row++)
      log_z = log_add (log_z, log_weight (&all, row));
  }
  lt_workspace_release (dbm->ws, mark);
  return log_z;
}

/* ---- Moments --------------------------------------------------------------------- */

/* Adds the block's Σ p (state) x_{l−1} x_l': one side is part of the state, the other one is
 * the mean given it. */
static void
add_block (const Enumeration *all, double log_z, int l, float *product)
{
  const LtDbm *dbm = all->dbm;
  const LtDbmMachine *m = &dbm->machine;
  int listed = l % 2 == all->parity ? l : l - 1, other = 2 * l - 1 - listed;
  LtDbmPass mean = {
    .layer = other,
    .n = all->rows.n,
    .below = other > 0 ? all->rows.x[other - 1] : NULL,
    .above = other < m->top ? all->rows.x[other + 1] : NULL,
    .mean = all->rows.x[other],
  };
  LtProduct sum = { .trans_a = LT_TRANSPOSED,
                    .m = m->n[l - 1],
                    .n = m->n[l],
                    .k = all->rows.n,
                    .alpha = 1,
                    .a = all->rows.x[l - 1],
                    .lda = m->n[l - 1],
                    .b = all->rows.x[l],
                    .ldb = m->n[l],
                    .beta = 1,
                    .c = product,
                    .ldc = m->n[l] };

  lt_dbm_layer (dbm, &mean);
  for (int row = 0; row < all->rows.n; row++)
    lt_scale ((float) exp (log_weight (all, row) - log_z), m->n[other],
              all->rows.x[other] + (gsize) row * m->n[other]);
  lt_product (dbm->team, &sum, NULL, NULL);
}

gboolean
lt_dbm_moments (const LtDbm *self, int l, float *product)
{
  const LtDbmMachine *m = &self->machine;
  gsize mark = lt_workspace_mark (self->ws), n;
  Enumeration all;
  double log_z;

  if (MIN (log_states (m, 0, FALSE), log_states (m, 1, FALSE)) > MAX_MOMENTS)
    return FALSE;
  log_z = enumerate (self, NULL);
  memset (product, 0, (gsize) m->n[l - 1] * m->n[l] * sizeof *product);
  begin (&all, self, NULL);
  n = n_states (&all);
  for (gsize first = 0; first < n; first += BLOCK) {
    load_block (&all, first, n);
    add_block (&all, log_z, l, product);
  }
  lt_workspace_release (self->ws, mark);
  return TRUE;
}

/* ---- Figures --------------------------------------------------------------------- */

double
lt_dbm_log_partition (const LtCall *call)
{
  LtDbm dbm;

  lt_dbm_init (&dbm, call);
  if (MIN (log_states (&dbm.machine, 0, FALSE), log_states (&dbm.machine, 1, FALSE)) >
      LT_DBM_MAX_LOG_Z)
    return (double) NAN;
  return enumerate (&dbm, NULL);
}

gboolean
lt_dbm_has_energy (const LtDbmMachine *m)
{
  return MIN (log_states (m, 0, TRUE), log_states (m, 1, TRUE)) <= LT_DBM_MAX_ENERGY;
}

void
lt_dbm_energy (const LtCall *call, const float *x, int n, float *e)
{
  gsize mark = lt_workspace_mark (call->ws);
  LtDbm dbm;
  float *u;

  lt_dbm_init (&dbm, call);
  u = lt_workspace_floats (call->ws, (gsize) n * dbm.machine.n[0]);
  lt_dbm_load (&dbm, x, n, NULL, u);
  for (int row = 0; row < n; row++)
    e[row] = (float) -enumerate (&dbm, u + (gsize) row * dbm.machine.n[0]);
  lt_workspace_release (call->ws, mark);
}

#include "support/rbm-oracle.h"

#include <math.h>

#define MOST_VISIBLE 16
#define POINTS       4000 /* of a numeric integral over ±RANGE */
#define RANGE        40.0

static double
log_add (double a, double b)
{
  if (a == -HUGE_VAL)
    return b;
  return MAX (a, b) + log1p (exp (-fabs (a - b)));
}

static double
bit (int state, int i)
{
  return state >> i & 1;
}

static gboolean
is_gaussian (const RbmOracle *self, int i)
{
  return self->gaussian && i >= self->n_counts && i < self->nv - self->n_bits;
}

static double
visible_energy (const RbmOracle *self, int i, double v, int h)
{
  double input = 0, d = v - self->b[i];

  for (int j = 0; j < self->nh; j++)
    input += self->w[i * self->nh + j] * bit (h, j);
  if (!is_gaussian (self, i))
    return -v * (self->b[i] + input);
  return (d * d / 2 - v * input) / (self->sigma[i] * self->sigma[i]);
}

/* Hidden biases count once for each word. */
static double
bias_factor (const RbmOracle *self, const double *v)
{
  double length = 0;

  for (int i = 0; i < self->n_counts; i++)
    length += v[i];
  return self->n_counts > 0 ? length : 1;
}

double
rbm_oracle_energy (const RbmOracle *self, const double *v, int label, int h)
{
  double energy = 0, factor = bias_factor (self, v);

  for (int j = 0; j < self->nh; j++)
    energy -= factor * self->c[j] * bit (h, j);
  for (int i = 0; i < self->nv; i++)
    energy += visible_energy (self, i, v[i], h);
  if (label < 0)
    return energy;
  energy -= self->b[self->nv + label];
  for (int j = 0; j < self->nh; j++)
    energy -= self->w[(self->nv + label) * self->nh + j] * bit (h, j);
  return energy;
}

/* log ∫ exp (a h − h²/2) dh, and ∫ log (1 + e^t) dt up to a: numerically. */
static double
hidden_part (const RbmOracle *self, double a)
{
  double sum = 0, step = 2 * RANGE / POINTS;

  for (int k = 0; k <= POINTS && self->hidden == RBM_ORACLE_GAUSSIAN; k++) {
    double h = k * step - RANGE;
    sum += step * exp (a * h - h * h / 2);
  }
  if (self->hidden == RBM_ORACLE_GAUSSIAN)
    return log (sum);
  step = (a + RANGE) / POINTS;
  for (int k = 0; k < POINTS; k++) {
    double left = k * step - RANGE, right = left + step;
    sum += step / 6 *
           (log1p (exp (left)) + 4 * log1p (exp ((left + right) / 2)) +
            log1p (exp (right)));
  }
  return sum;
}

/* Hidden units do not depend on each other, so the sum over them is a product. */
static double
factorised_free_energy (const RbmOracle *self, const double *v)
{
  double energy = 0;

  for (int i = 0; i < self->nv; i++)
    energy += visible_energy (self, i, v[i], 0);
  for (int j = 0; j < self->nh; j++) {
    double a = bias_factor (self, v) * self->c[j];
    for (int i = 0; i < self->nv; i++)
      a += v[i] * self->w[i * self->nh + j];
    energy -= hidden_part (self, a);
  }
  return energy;
}

double
rbm_oracle_free_energy (const RbmOracle *self, const double *v, int label)
{
  double sum = -HUGE_VAL;

  if (self->hidden != RBM_ORACLE_BINARY)
    return factorised_free_energy (self, v);
  if (label < 0 && self->nl > 0) {
    for (int k = 0; k < self->nl; k++)
      sum = log_add (sum, -rbm_oracle_free_energy (self, v, k));
    return -sum;
  }
  for (int h = 0; h < 1 << self->nh; h++)
    sum = log_add (sum, -rbm_oracle_energy (self, v, label, h));
  return -sum;
}

void
rbm_oracle_visible (const RbmOracle *self, int state, double *v)
{
  for (int i = 0; i < self->nv; i++)
    v[i] = bit (state, i);
}

/* log ∫ exp (−E) dv of one Gaussian unit for one hidden state, by the trapezium rule, which
 * is exact for what decays like a Gaussian. */
static double
unit_integral (const RbmOracle *self, int i, int h)
{
  double step = 2 * RANGE / POINTS, integral = 0;

  for (int k = 0; k <= POINTS; k++)
    integral += step * exp (-visible_energy (self, i, k * step - RANGE, h));
  return log (integral);
}

/* Of all of them: units are independent, so it is a sum. */
static double
log_integral (const RbmOracle *self, int h)
{
  double zeros[MOST_VISIBLE] = { 0 };
  RbmOracle rest = *self;
  double sum;

  rest.nv = 0;
  sum = -rbm_oracle_energy (&rest, zeros, -1, h);
  for (int i = 0; i < self->nv; i++)
    sum += unit_integral (self, i, h);
  return sum;
}

double
rbm_oracle_log_hidden (const RbmOracle *self, int h)
{
  double sum = -HUGE_VAL, v[MOST_VISIBLE];

  if (self->gaussian)
    return log_integral (self, h);
  for (int state = 0; state < 1 << self->nv; state++) {
    rbm_oracle_visible (self, state, v);
    sum = log_add (sum, -rbm_oracle_energy (self, v, -1, h));
  }
  return sum;
}

/* The row number `state`: a sequence of words, and then bits; Gaussian units at 0. */
static void
discrete_row (const RbmOracle *self, int state, double *v)
{
  for (int i = 0; i < self->nv; i++)
    v[i] = 0;
  for (int i = self->nv - self->n_bits; i < self->nv; i++, state /= 2)
    v[i] = state % 2;
  for (int word = 0; self->n_counts > 0 && word < self->length; word++) {
    v[state % self->n_counts]++;
    state /= self->n_counts;
  }
}

/* log Σ exp (−E) for one hidden state: over every sequence of words with every state of the
 * bits and every label, the Gaussian units' energy left out; and their integrals. */
static double
log_hidden_of_groups (const RbmOracle *self, int h)
{
  double sum = -HUGE_VAL, integrals = 0, v[MOST_VISIBLE];
  int n_rows = 1 << self->n_bits;

  for (int word = 0; self->n_counts > 0 && word < self->length; word++)
    n_rows *= self->n_counts;
  for (int i = 0; i < self->nv; i++)
    if (is_gaussian (self, i))
      integrals += unit_integral (self, i, h) + visible_energy (self, i, 0, h);
  for (int row = 0; row < n_rows; row++) {
    discrete_row (self, row, v);
    for (int label = self->nl > 0 ? 0 : -1; label < self->nl; label++)
      sum = log_add (sum, -rbm_oracle_energy (self, v, label, h));
  }
  return sum + integrals;
}

double
rbm_oracle_log_z (const RbmOracle *self)
{
  double sum = -HUGE_VAL, v[MOST_VISIBLE];

  g_assert (self->nv <= MOST_VISIBLE);
  for (int h = 0; self->n_counts + self->n_bits > 0 && h < 1 << self->nh; h++)
    sum = log_add (sum, log_hidden_of_groups (self, h));
  if (self->n_counts + self->n_bits > 0)
    return sum;
  for (int h = 0; self->gaussian && h < 1 << self->nh; h++)
    sum = log_add (sum, log_integral (self, h));
  for (int state = 0; !self->gaussian && state < 1 << self->nv; state++) {
    rbm_oracle_visible (self, state, v);
    sum = log_add (sum, -rbm_oracle_free_energy (self, v, -1));
  }
  return sum;
}

double
rbm_oracle_hidden (const RbmOracle *self, const double *v, int label, int j)
{
  double on = -HUGE_VAL;

  for (int h = 0; h < 1 << self->nh; h++)
    if (bit (h, j) != 0)
      on = log_add (on, -rbm_oracle_energy (self, v, label, h));
  return exp (on + rbm_oracle_free_energy (self, v, label));
}

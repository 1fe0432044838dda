/* What a deep Boltzmann machine reports while it trains, of a minibatch's first rows.
 *
 * Reconstruction: −log p (v | h_1 = μ_1), from logits; labels: −log p (y | h_L = μ_L) of those
 * that are known. The variational free energy E (v, μ) − H (μ), which lies above
 * −log p (v) − log Z. Mean field's sweeps, and what its last one still changed. */
#include "boltzmann/dbm-machine.h"

#include <math.h>

#include "core/kernels.h"

#define MOST_ROWS 16

static double
reconstruction (const LtDbm *self, const LtDbmRows *rows)
{
  const LtDbmMachine *m = &self->machine;
  gsize mark = lt_workspace_mark (self->ws), size = (gsize) rows->n * m->n[0];
  LtDbmPass down = {
    .n = rows->n,
    .above = rows->x[1],
    .mean = lt_workspace_floats (self->ws, size),
    .logits = TRUE,
  };
  double sum;

  lt_dbm_layer (self, &down);
  if (m->gaussian) { /* r = b + Wh beside u = v/σ² */
    lt_axpby (-(float) m->variance, rows->x[0], 1, size, down.mean);
    sum = lt_sum_squares (down.mean, size) / (2 * m->variance) +
          0.5 * (double) size * log (2 * G_PI * m->variance);
  } else {
    sum = lt_cross_entropy_logits (rows->x[0], down.mean, size);
  }
  lt_workspace_release (self->ws, mark);
  return sum / rows->n;
}

/* 0 where no label is known. */
static double
label_loss (const LtDbm *self, const LtDbmRows *rows, const int *labels)
{
  const LtDbmMachine *m = &self->machine;
  int classes = m->n[m->top], n_known = 0;
  gsize mark = lt_workspace_mark (self->ws);
  LtDbmPass up = {
    .layer = m->top,
    .n = rows->n,
    .below = rows->x[m->n_hidden],
    .mean = lt_workspace_floats (self->ws, (gsize) rows->n * classes),
  };
  double sum = 0;

  lt_dbm_layer (self, &up);
  for (int row = 0; row < rows->n; row++) {
    if (labels[row] < 0 || labels[row] >= classes)
      continue;
    n_known++;
    sum -= log ((double) up.mean[(gsize) row * classes + labels[row]] + 1e-30);
  }
  lt_workspace_release (self->ws, mark);
  return n_known > 0 ? sum / n_known : 0;
}

static double
free_energy (const LtDbm *self, const LtDbmRows *rows)
{
  double bound[MOST_ROWS], sum = 0;

  lt_dbm_bounds (self, rows, bound);
  for (int row = 0; row < rows->n; row++)
    sum -= bound[row];
  return sum / rows->n;
}

void
lt_dbm_monitor (const LtDbm *self, const LtDbmField *field, LtTerms *terms)
{
  LtDbmRows rows = field->rows;

  rows.n = MIN (rows.n, MOST_ROWS);
  terms->value[LT_DBM_RECONSTRUCTION] = reconstruction (self, &rows);
  if (field->labels != NULL)
    terms->value[LT_DBM_LABELS] = label_loss (self, &rows, field->labels);
  terms->value[LT_DBM_FREE_ENERGY] = free_energy (self, &rows);
  terms->value[LT_DBM_SWEEPS] = field->n_sweeps;
  terms->value[LT_DBM_CHANGE] = field->change;
}

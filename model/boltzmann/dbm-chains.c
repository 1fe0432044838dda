/* Rows of all layers of a deep Boltzmann machine: where they lie, how they begin, and Gibbs
 * sampling by halves. Given the odd layers, the even ones do not depend on each other, and
 * the other way round, so that two draws are a whole sweep. */
#include "boltzmann/dbm-machine.h"

#include <string.h>

#include "core/kernels.h"

void
lt_dbm_rows_take (const LtDbm *self, int n, LtDbmRows *rows)
{
  *rows = (LtDbmRows){ .n = n };
  for (int l = 0; l <= self->machine.top; l++)
    rows->x[l] = lt_workspace_floats (self->ws, (gsize) n * self->machine.n[l]);
}

void
lt_dbm_rows_of_state (const LtDbm *self, float *state, LtDbmRows *rows)
{
  const LtDbmSettings *built = self->call->model->settings;

  *rows = (LtDbmRows){ .n = built->chains };
  for (int l = 0; l <= self->machine.top; l++)
    rows->x[l] = state + self->machine.chain[l];
}

int
lt_dbm_width (const LtDbmMachine *machine)
{
  int sum = 0;

  for (int l = 0; l <= machine->top; l++)
    sum += machine->n[l];
  return sum;
}

void
lt_dbm_exchange (const LtDbm *self, float *chains, const LtDbmRows *rows, gboolean out)
{
  const LtDbmMachine *m = &self->machine;
  float *chain = chains;

  for (int row = 0; row < rows->n; row++)
    for (int l = 0; l <= m->top; chain += m->n[l], l++) {
      float *x = rows->x[l] + (gsize) row * m->n[l];

      memcpy (out ? chain : x, out ? x : chain, m->n[l] * sizeof *x);
    }
}

/* ---- Data ------------------------------------------------------------------------ */

typedef struct {
  const LtDbmMachine *machine;
  const float *x;
  const LtRng *rng;
  float *u;
} Load;

static void
load_rows (gpointer data, gsize first, gsize last)
{
  const Load *job = data;
  int nv = job->machine->n[0];

  for (gsize row = first; row < last; row++) {
    LtRngPanel panel = { row, nv, 0, nv };
    float *u = job->u + row * nv;

    memcpy (u, job->x + row * nv, nv * sizeof *u);
    if (job->machine->gaussian)
      lt_scale ((float) (1 / job->machine->variance), nv, u);
    else if (job->rng != NULL)
      lt_rng_panel_bernoulli (job->rng, &panel, u, u);
  }
}

void
lt_dbm_load (const LtDbm *self, const float *x, int n, LtRng *rng, float *u)
{
  Load job = { &self->machine, x, rng, u };

  lt_dbm_each_row (self->team, n, load_rows, &job);
}

void
lt_dbm_unload (const LtDbm *self, const float *u, int n, float *x)
{
  gsize size = (gsize) n * self->machine.n[0];

  memmove (x, u, size * sizeof *x);
  if (self->machine.gaussian)
    lt_scale ((float) self->machine.variance, size, x);
}

void
lt_dbm_set_label (const LtDbm *self, const LtDbmRows *rows, int row, int label)
{
  int n = self->machine.n[self->machine.top];
  float *y = rows->x[self->machine.top] + (gsize) row * n;

  memset (y, 0, n * sizeof *y);
  y[label] = 1;
}

gboolean
lt_dbm_is_labelled (const LtDbmMachine *machine, const int *labels, int row)
{
  return machine->labels && labels != NULL && labels[row] >= 0 &&
         labels[row] < machine->n[machine->top];
}

void
lt_dbm_set_labels (const LtDbm *self, const LtDbmRows *rows, const int *labels)
{
  for (int row = 0; row < rows->n; row++)
    if (lt_dbm_is_labelled (&self->machine, labels, row))
      lt_dbm_set_label (self, rows, row, labels[row]);
}

/* ---- Upwards --------------------------------------------------------------------- */

/* Each layer but the last hidden one lacks its input from above, in whose place that from
 * below counts twice (section 3.1 of the paper). */
void
lt_dbm_rise (const LtDbm *self, const LtDbmRows *rows, gboolean sampled)
{
  for (int l = 1; l <= self->machine.top; l++) {
    LtDbmPass pass = {
      .layer = l,
      .n = rows->n,
      .below = rows->x[l - 1],
      .factor = l < self->machine.n_hidden ? 2 : 1,
      .mean = rows->x[l],
    };

    if (sampled) {
      pass.sample = pass.mean;
      lt_rng_split (self->call->rng, &pass.rng);
    }
    lt_dbm_layer (self, &pass);
  }
}

/* ---- Gibbs sampling -------------------------------------------------------------- */

void
lt_dbm_draw_half (const LtDbm *self, const LtDbmHalf *half, const LtDbmRows *rows)
{
  int top = self->machine.top;

  for (int l = half->parity; l <= top; l += 2) {
    LtDbmPass pass = {
      .layer = l,
      .n = rows->n,
      .below = l > 0 ? rows->x[l - 1] : NULL,
      .above = l < top ? rows->x[l + 1] : NULL,
      .beta = half->beta,
      .bits = half->bits,
      .mean = half->means != NULL ? half->means->x[l] : rows->x[l],
      .sample = half->undrawn ? NULL : rows->x[l],
    };

    if (l == half->held)
      continue;
    lt_rng_split (self->call->rng, &pass.rng);
    lt_dbm_layer (self, &pass);
  }
}

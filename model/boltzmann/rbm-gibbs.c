/* Sampling from a restricted Boltzmann machine while somebody watches: both conditionals
 * one by one, and chains that run free or with some of their units held.
 *
 * A chain is a row of visible units, u, labels included. A temperature T divides what units
 * take in, and multiplies the variance of Gaussian visible ones: the energy is divided by
 * T. Held units stay as they are given, so the others come from p (free | held), up to the
 * chain's length (Ackley, Hinton & Sejnowski 1985). */
#include <string.h>

#include "boltzmann/rbm-machine.h"
#include "core/kernels.h"

int
lt_rbm_gibbs_n_visible (const LtModel *model)
{
  LtRbmMachine m;

  lt_rbm_machine_init (&m, model);
  return m.n;
}

/* u → v, in place, or the other way round. */
static void
to_values (const LtRbm *rbm, int n, float *u)
{
  const LtRbmMachine *m = &rbm->machine;

  for (int row = 0; rbm->variance != NULL && row < n; row++)
    lt_multiply (rbm->variance, m->n, u + (gsize) row * m->n);
}

static void
from_values (const LtRbm *rbm, int n, float *v)
{
  const LtRbmMachine *m = &rbm->machine;

  for (int row = 0; rbm->variance != NULL && row < n; row++)
    for (int i = 0; i < m->n; i++)
      v[(gsize) row * m->n + i] /= rbm->variance[i];
}

/* ---- Step by step ---------------------------------------------------------------- */

void
lt_rbm_gibbs_load (const LtCall *call,
                   const float *x,
                   const int *labels,
                   int n,
                   float *v)
{
  gsize mark = lt_workspace_mark (call->ws);
  LtRbmData data = { x, labels, n, NULL };
  LtRbm rbm;

  lt_rbm_init (&rbm, call, NULL);
  lt_rbm_load (&rbm, &data, v);
  to_values (&rbm, n, v);
  lt_workspace_release (call->ws, mark);
}

void
lt_rbm_gibbs_up (const LtCall *call, const float *v, int n, float *mean, float *sample)
{
  gsize mark = lt_workspace_mark (call->ws);
  LtRbmPass pass = { .n = n, .mean = mean, .sample = sample };
  gsize size;
  float *u;
  LtRbm rbm;

  lt_rbm_init (&rbm, call, NULL);
  size = (gsize) n * rbm.machine.n;
  u = lt_workspace_floats (call->ws, size);
  memcpy (u, v, size * sizeof *u);
  from_values (&rbm, n, u);
  pass.from = u;
  if (sample != NULL)
    lt_rng_split (call->rng, &pass.rng);
  lt_rbm_up (&rbm, &pass);
  lt_workspace_release (call->ws, mark);
}

void
lt_rbm_gibbs_down (const LtCall *call,
                   const float *h,
                   int n,
                   float *mean,
                   float *sample)
{
  gsize mark = lt_workspace_mark (call->ws);
  LtRbmPass pass = { .n = n, .from = h, .mean = mean, .sample = sample };
  LtRbm rbm;

  lt_rbm_init (&rbm, call, NULL);
  if (sample != NULL)
    lt_rng_split (call->rng, &pass.rng);
  lt_rbm_down (&rbm, &pass);
  to_values (&rbm, n, mean);
  if (sample != NULL && sample != mean)
    to_values (&rbm, n, sample);
  lt_workspace_release (call->ws, mark);
}

const float *
lt_rbm_gibbs_chains (const LtCall *call, int *n)
{
  *n = lt_rbm_n_particles (call->model);
  if (*n == 0 || call->state == NULL)
    return NULL;
  return call->state + lt_layout_find (call->model->state, "chain h1")->offset;
}

gboolean
lt_rbm_gibbs_moments (const LtCall *call, float *vh)
{
  gsize mark = lt_workspace_mark (call->ws);
  LtRbm rbm;
  const LtRbmMachine *m = &rbm.machine;
  gboolean small;

  lt_rbm_init (&rbm, call, NULL);
  small = lt_rbm_can_enumerate (m, LT_RBM_MAX_EXACT) && m->n_counts == 0;
  if (small) {
    LtRbmMoments all = {
      .uh = vh,
      .u = lt_workspace_floats (call->ws, m->n),
      .h = lt_workspace_floats (call->ws, m->nh),
    };
    lt_rbm_enumerate (&rbm, NULL, &all);
    for (int i = 0; rbm.variance != NULL && i < m->n; i++)
      lt_scale (rbm.variance[i], m->nh, vh + (gsize) i * m->nh);
  }
  lt_workspace_release (call->ws, mark);
  return small;
}

/* ---- Dreaming -------------------------------------------------------------------- */

/* What is held, in every chain. */
static void
hold (const LtRbm *rbm, const LtDream *dream, float *u)
{
  const LtRbmMachine *m = &rbm->machine;

  for (int row = 0; row < dream->n; row++) {
    float *chain = u + (gsize) row * m->n;

    for (int i = 0; dream->clamped != NULL && i < m->nv; i++)
      if (dream->clamped[i] != 0) {
        float value = dream->given[(gsize) row * m->nv + i];
        chain[i] = rbm->variance != NULL ? value / rbm->variance[i] : value;
      }
    if (dream->label >= 0 && dream->label < m->nl) {
      memset (chain + m->nv, 0, m->nl * sizeof *chain);
      chain[m->nv + dream->label] = 1;
    }
  }
}

static void
start_dream (const LtCall *call, const LtDream *dream)
{
  gsize mark = lt_workspace_mark (call->ws);
  LtRbmData data = { dream->x, NULL, dream->n, NULL };
  LtRbm rbm;

  lt_rbm_init (&rbm, call, NULL);
  lt_rbm_load (&rbm, &data, dream->chains);
  hold (&rbm, dream, dream->chains);
  lt_workspace_release (call->ws, mark);
}

/* One Gibbs step of all chains; mean: the visible units' [n, n_visible]. */
static void
dream_step (const LtRbm *rbm, const LtDream *dream, const float *beta, float *mean)
{
  gsize mark = lt_workspace_mark (rbm->ws);
  float *h = lt_workspace_floats (rbm->ws, (gsize) dream->n * rbm->machine.nh);
  LtRbmPass rise = {
    .n = dream->n, .from = dream->chains, .mean = h, .sample = h, .beta = beta
  };
  float *lengths =
      lt_workspace_floats (rbm->ws, (gsize) dream->n * MAX (rbm->machine.n_counts, 1));
  LtRbmPass fall = { .n = dream->n,
                     .from = h,
                     .mean = mean,
                     .sample = dream->chains,
                     .beta = beta,
                     .bits = lt_rbm_hidden_is_bits (&rbm->machine),
                     .lengths = lengths };

  lt_rbm_count (rbm, dream->chains, dream->n, lengths);

  lt_rng_split (rbm->call->rng, &rise.rng);
  lt_rng_split (rbm->call->rng, &fall.rng);
  lt_rbm_up (rbm, &rise);
  lt_rbm_down (rbm, &fall);
  lt_workspace_release (rbm->ws, mark);
}

static void
run_dream (const LtCall *call, const LtDream *dream)
{
  gsize mark = lt_workspace_mark (call->ws);
  LtRbm rbm;
  float *mean, *beta;
  gsize size;

  lt_rbm_init (&rbm, call, NULL);
  size = (gsize) dream->n * rbm.machine.n;
  mean = lt_workspace_floats (call->ws, size);
  beta = lt_workspace_floats (call->ws, dream->n);
  lt_fill ((float) (1 / dream->temperature), dream->n, beta);
  hold (&rbm, dream, dream->chains);
  memcpy (mean, dream->chains, size * sizeof *mean);
  for (int i = 0; i < dream->steps; i++) {
    dream_step (&rbm, dream, beta, mean);
    hold (&rbm, dream, dream->chains);
  }
  hold (&rbm, dream, mean);
  lt_rbm_unload (&rbm, dream->samples ? dream->chains : mean, dream->n, dream->x);
  lt_workspace_release (call->ws, mark);
}

const LtDreaming lt_rbm_dreaming = { lt_rbm_gibbs_n_visible, start_dream, run_dream };

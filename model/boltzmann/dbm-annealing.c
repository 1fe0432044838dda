/* The way from independent units to a deep Boltzmann machine, for annealed importance
 * sampling (Salakhutdinov & Hinton 2009, section 3.2, for any depth): chains over the odd
 * layers, with the even ones summed out.
 *
 *   p*_β (odd) = exp (β Σ_odd bias'x) Π_i (1 + exp ((1 − β) a_i + β (b_i + W_1 h_1)))
 *                · Π_even hidden (1 + exp (β (c + W'h below + W h above)))
 *   log Z_0    = Σ_i log (1 + exp a_i) + log 2 · hidden units + log classes
 *
 * with a the base's biases. Labels are odd or even as their number says. */
#include "boltzmann/dbm-machine.h"

#include <math.h>
#include <string.h>

#include "core/kernels.h"

#define CHUNK 256 /* normals at a time */

static int
width (const LtModel *model)
{
  LtDbmMachine m;
  int sum = 0;

  lt_dbm_machine_init (&m, model);
  for (int l = 1; l <= m.top; l += 2)
    sum += m.n[l];
  return sum;
}

/* Odd layers lie in the chains, one after another; even ones in the workspace. */
static void
rows_of (const LtDbm *dbm, const LtAnnealing *annealing, LtDbmRows *rows)
{
  gsize at = 0, n = (gsize) annealing->n;

  *rows = (LtDbmRows){ .n = annealing->n };
  for (int l = 0; l <= dbm->machine.top; l++) {
    gsize size = n * dbm->machine.n[l];

    rows->x[l] =
        l % 2 == 1 ? annealing->chains + at : lt_workspace_floats (dbm->ws, size);
    at += l % 2 == 1 ? size : 0;
  }
}

static double
base_log_z (const LtDbm *dbm, const float *a)
{
  const LtDbmMachine *m = &dbm->machine;
  LtDbmSum alone = { 0, 0, a };
  gsize mark = lt_workspace_mark (dbm->ws);
  float *scratch = lt_workspace_floats (dbm->ws, m->n[0]);
  double sum = lt_dbm_log_sum (dbm, &alone, a, scratch);

  for (int l = 1; l <= m->n_hidden; l++)
    sum += m->n[l] * G_LN2;
  if (m->labels)
    sum += log (m->n[m->top]);
  lt_workspace_release (dbm->ws, mark);
  return sum;
}

static gboolean
check (const LtModel *model, GError **error)
{
  return TRUE;
}

static double
start (const LtCall *call, const LtAnnealing *annealing)
{
  gsize mark = lt_workspace_mark (call->ws);
  double log_z;
  LtDbmRows rows;
  LtDbm dbm;
  float *a;

  lt_dbm_init (&dbm, call);
  rows_of (&dbm, annealing, &rows);
  for (int l = 1; l <= dbm.machine.top; l += 2) {
    gsize size = (gsize) rows.n * dbm.machine.n[l];

    if (l <= dbm.machine.n_hidden)
      lt_rng_fill_mask (call->rng, 0.5f, size, rows.x[l]);
    for (int row = 0; l > dbm.machine.n_hidden && row < rows.n; row++)
      lt_dbm_set_label (&dbm, &rows, row,
                        (int) lt_rng_below (call->rng, (guint32) dbm.machine.n[l]));
  }
  a = lt_workspace_floats (call->ws, dbm.machine.n[0]);
  lt_dbm_base_biases (&dbm.machine, annealing->base, a);
  log_z = base_log_z (&dbm, a);
  lt_workspace_release (call->ws, mark);
  return log_z;
}

static void
stand (const LtCall *call, const LtAnnealing *annealing, const float *x)
{
  gsize mark = lt_workspace_mark (call->ws);
  LtDbmRows rows;
  LtDbm dbm;

  lt_dbm_init (&dbm, call);
  rows_of (&dbm, annealing, &rows);
  lt_dbm_load (&dbm, x, annealing->n, NULL, rows.x[0]);
  lt_dbm_rise (&dbm, &rows, TRUE);
  lt_workspace_release (call->ws, mark);
}

/* ---- A step ---------------------------------------------------------------------- */

typedef struct {
  const LtDbm *dbm;
  const LtDbmRows *rows; /* even layers hold inputs; replaced by samples */
  const float *a;
  const LtRng *rng; /* of each layer */
  float *scratch;   /* [n, widest] */
  int widest;
  double from, to;
  double *log_weights;
} Step;

/* v from (1 − β) a + β input, in place. */
static void
draw_visible (const Step *job, gsize row, float *v)
{
  const LtDbmMachine *m = &job->dbm->machine;
  int nv = m->n[0];
  float noise[CHUNK];
  LtRngPanel panel = { row, nv, 0, nv };

  lt_axpby ((float) (1 - job->to), job->a, (float) job->to, nv, v);
  if (!m->gaussian) {
    lt_activate (LT_SIGMOID, v, nv, v);
    lt_rng_panel_bernoulli (&job->rng[0], &panel, v, v);
    return;
  }
  lt_scale ((float) (1 / m->variance), nv, v);
  for (int at = 0; at < nv; at += CHUNK) {
    panel = (LtRngPanel){ row, nv, at, MIN (CHUNK, nv - at) };
    lt_rng_panel_normal (&job->rng[0], &panel, noise);
    lt_axpy ((float) (1 / sqrt (m->variance)), noise, panel.n, v + at);
  }
}

static void
draw_hidden (const Step *job, gsize row, int l, float *h)
{
  int n = job->dbm->machine.n[l];
  LtRngPanel panel = { row, n, 0, n };
  float uniform;

  lt_scale ((float) job->to, n, h);
  if (l > job->dbm->machine.n_hidden) {
    LtRng rng = job->rng[l];

    rng.counter += row;
    uniform = lt_rng_uniform (&rng);
    lt_softmax (h, 1, n, h);
    lt_dbm_draw_one (uniform, h, n, h);
    return;
  }
  lt_activate (LT_SIGMOID, h, n, h);
  lt_rng_panel_bernoulli (&job->rng[l], &panel, h, h);
}

static void
weigh_and_draw (gpointer data, gsize first, gsize last)
{
  const Step *job = data;
  const LtDbmMachine *m = &job->dbm->machine;

  for (gsize row = first; row < last; row++) {
    float *scratch = job->scratch + row * job->widest;
    double sum = 0;

    for (int l = 1; l <= m->top; l += 2)
      sum += (job->to - job->from) *
             lt_dot (job->dbm->bias[l], job->rows->x[l] + row * m->n[l], m->n[l]);
    for (int l = 0; l <= m->top; l += 2) {
      float *input = job->rows->x[l] + row * m->n[l];
      LtDbmSum from = { l, job->from, l == 0 ? job->a : NULL };
      LtDbmSum to = { l, job->to, from.base };

      sum += lt_dbm_log_sum (job->dbm, &to, input, scratch) -
             lt_dbm_log_sum (job->dbm, &from, input, scratch);
      if (l == 0)
        draw_visible (job, row, input);
      else
        draw_hidden (job, row, l, input);
    }
    job->log_weights[row] += sum;
  }
}

/* Inputs of the even layers; the weights; even layers and then odd ones at the new
 * temperature. */
static void
step (const LtCall *call, const LtAnnealing *annealing, double from, double to)
{
  gsize mark = lt_workspace_mark (call->ws);
  LtDbmHalf odd = { .parity = 1, .held = -1, .beta = (float) to, .bits = TRUE };
  LtRng rng[LT_DBM_LAYERS];
  LtDbmRows rows;
  LtDbm dbm;
  Step job = { &dbm,         &rows,    .rng = rng,
               .from = from, .to = to, .log_weights = annealing->log_weights };
  float *a;

  lt_dbm_init (&dbm, call);
  rows_of (&dbm, annealing, &rows);
  for (int l = 0; l <= dbm.machine.top; l++) {
    job.widest = MAX (job.widest, dbm.machine.n[l]);
    lt_rng_split (call->rng, &rng[l]);
  }
  a = lt_workspace_floats (call->ws, dbm.machine.n[0]);
  lt_dbm_base_biases (&dbm.machine, annealing->base, a);
  job.a = a;
  job.scratch = lt_workspace_floats (call->ws, (gsize) rows.n * job.widest);
  lt_dbm_inputs (&dbm, 1, &rows, &rows);
  lt_dbm_each_row (dbm.team, rows.n, weigh_and_draw, &job);
  lt_dbm_draw_half (&dbm, &odd, &rows);
  lt_workspace_release (call->ws, mark);
}

const LtAnnealed lt_dbm_annealed = { width, check, start, stand, step };

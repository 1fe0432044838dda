/* Both phases of a deep Boltzmann machine's gradient, one weight layer at a time: mean field
 * over the data, and sweeps of Gibbs sampling over chains of all layers. As in the training,
 * chains enter with samples of the odd layers and with means of the even ones given these.
 *
 * Chains are as in lt_dbm_exchange. */
#include "boltzmann/dbm-machine.h"

#include <string.h>

#include "core/kernels.h"

static void
layers (const LtModel *model, int *first, int *last, int *usual)
{
  LtDbmMachine m;

  lt_dbm_machine_init (&m, model);
  *first = *usual = 0;
  *last = m.top - 1;
}

static void
describe (const LtModel *model, int layer, LtGibbsLayer *info)
{
  LtDbmMachine m;

  lt_dbm_machine_init (&m, model);
  *info = (LtGibbsLayer){ .n_below = m.n[layer],
                          .n_above = m.n[layer + 1],
                          .width = lt_dbm_width (&m),
                          .hidden_below = layer - 1,
                          .hidden_above = layer < m.n_hidden ? layer : -1 };
}

/* Rows of one layer, visible units as values. */
static void
hand_out (const LtDbm *dbm, const LtDbmRows *rows, int l, float *x)
{
  if (l == 0)
    lt_dbm_unload (dbm, rows->x[0], rows->n, x);
  else
    memcpy (x, rows->x[l], (gsize) rows->n * dbm->machine.n[l] * sizeof *x);
}

static void
load (const LtCall *call, const LtGibbsChains *phase, const float *x, const int *labels)
{
  gsize mark = lt_workspace_mark (call->ws);
  LtDbmField field = { 0 };
  LtDbm dbm;

  lt_dbm_init (&dbm, call);
  lt_dbm_rows_take (&dbm, phase->n, &field.rows);
  lt_dbm_load (&dbm, x, phase->n, NULL, field.rows.x[0]);
  field.labels = dbm.machine.labels ? labels : NULL;
  field.most = dbm.settings->sweeps;
  field.tolerance = dbm.settings->tolerance;
  lt_dbm_settle (&dbm, &field);
  hand_out (&dbm, &field.rows, phase->layer, phase->below);
  hand_out (&dbm, &field.rows, phase->layer + 1, phase->above);
  lt_dbm_exchange (&dbm, phase->chains, &field.rows, TRUE);
  lt_workspace_release (call->ws, mark);
}

static void
draw_layer (const LtDbm *dbm, const LtDbmRows *rows, int l)
{
  int n = dbm->machine.n[l];

  if (l <= dbm->machine.n_hidden) {
    lt_rng_fill_bernoulli (dbm->call->rng, rows->x[l], (gsize) rows->n * n, rows->x[l]);
    return;
  }
  for (int row = 0; row < rows->n; row++) {
    float *y = rows->x[l] + (gsize) row * n;

    lt_dbm_draw_one (lt_rng_uniform (dbm->call->rng), y, n, y);
  }
}

static void
draw (const LtCall *call, const LtGibbsChains *phase)
{
  gsize mark = lt_workspace_mark (call->ws);
  LtDbmRows rows;
  LtDbm dbm;

  lt_dbm_init (&dbm, call);
  lt_dbm_rows_take (&dbm, phase->n, &rows);
  lt_dbm_exchange (&dbm, phase->chains, &rows, FALSE);
  for (int l = 1; l <= dbm.machine.top; l++)
    draw_layer (&dbm, &rows, l);
  hand_out (&dbm, &rows, phase->layer + 1, phase->above);
  lt_dbm_exchange (&dbm, phase->chains, &rows, TRUE);
  lt_workspace_release (call->ws, mark);
}

static void
step (const LtCall *call, const LtGibbsChains *phase)
{
  gsize mark = lt_workspace_mark (call->ws);
  LtDbmRows rows, means;
  LtDbmHalf odd = { .parity = 1, .held = -1 };
  LtDbmHalf even = { .held = -1, .means = &means };
  gboolean odd_below = phase->layer % 2 == 1;
  LtDbm dbm;

  lt_dbm_init (&dbm, call);
  lt_dbm_rows_take (&dbm, phase->n, &rows);
  lt_dbm_rows_take (&dbm, phase->n, &means);
  lt_dbm_exchange (&dbm, phase->chains, &rows, FALSE);
  lt_dbm_draw_half (&dbm, &odd, &rows);
  lt_dbm_draw_half (&dbm, &even, &rows);
  hand_out (&dbm, odd_below ? &rows : &means, phase->layer, phase->below);
  hand_out (&dbm, odd_below ? &means : &rows, phase->layer + 1, phase->above);
  lt_dbm_exchange (&dbm, phase->chains, &rows, TRUE);
  lt_workspace_release (call->ws, mark);
}

static int
kept (const LtCall *call, const LtGibbsChains *phase)
{
  const LtDbmSettings *built = call->model->settings;
  LtDbmRows rows;
  LtDbm dbm;

  if (call->state == NULL)
    return 0;
  if (phase->chains != NULL) {
    lt_dbm_init (&dbm, call);
    /* The rows are only read. */
    lt_dbm_rows_of_state (&dbm, (float *) call->state, &rows);
    lt_dbm_exchange (&dbm, phase->chains, &rows, TRUE);
  }
  return built->chains;
}

static gboolean
moments (const LtCall *call, int layer, float *product)
{
  gboolean small;
  LtDbm dbm;

  lt_dbm_init (&dbm, call);
  small = lt_dbm_moments (&dbm, layer + 1, product);
  if (small && layer == 0)
    lt_scale ((float) dbm.machine.variance, (gsize) dbm.machine.n[0] * dbm.machine.n[1],
              product);
  return small;
}

const LtGibbs lt_dbm_gibbs = {
  .mean_field = TRUE,
  .layers = layers,
  .describe = describe,
  .load = load,
  .draw = draw,
  .step = step,
  .kept = kept,
  .moments = moments,
};

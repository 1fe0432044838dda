/* Chains of a deep Boltzmann machine that somebody watches: free, or with pixels or the
 * label held, warmer or colder than the machine itself,
 *
 *   p_T (v, h) ∝ exp (−E (v, h)/T).
 *
 * A chain is a row of all layers' units, one layer after another. */
#include "boltzmann/dbm-machine.h"

#include <string.h>

static int
width (const LtModel *model)
{
  LtDbmMachine m;

  lt_dbm_machine_init (&m, model);
  return lt_dbm_width (&m);
}

/* Held pixels. u: [n, nv], divided by σ² as everywhere. */
static void
hold (const LtDbm *dbm, const LtDream *dream, float *u)
{
  gsize nv = dbm->machine.n[0], size = (gsize) dream->n * nv;
  float scale = (float) (1 / dbm->machine.variance);

  for (gsize i = 0; dream->clamped != NULL && i < size; i++)
    if (dream->clamped[i % nv] > 0)
      u[i] = dream->given[i] * scale;
}

static gboolean
holds_label (const LtDbm *dbm, const LtDream *dream)
{
  return dbm->machine.labels && dream->label >= 0 &&
         dream->label < dbm->machine.n[dbm->machine.top];
}

static void
hold_label (const LtDbm *dbm, const LtDream *dream, const LtDbmRows *rows)
{
  for (int row = 0; holds_label (dbm, dream) && row < dream->n; row++)
    lt_dbm_set_label (dbm, rows, row, dream->label);
}

static void
start (const LtCall *call, const LtDream *dream)
{
  gsize mark = lt_workspace_mark (call->ws);
  LtDbmRows rows;
  LtDbm dbm;

  lt_dbm_init (&dbm, call);
  lt_dbm_rows_take (&dbm, dream->n, &rows);
  lt_dbm_load (&dbm, dream->x, dream->n, NULL, rows.x[0]);
  hold (&dbm, dream, rows.x[0]);
  lt_dbm_rise (&dbm, &rows, TRUE);
  hold_label (&dbm, dream, &rows);
  lt_dbm_exchange (&dbm, dream->chains, &rows, TRUE);
  lt_workspace_release (call->ws, mark);
}

static void
run (const LtCall *call, const LtDream *dream)
{
  gsize mark = lt_workspace_mark (call->ws);
  LtDbmRows rows, means;
  LtDbm dbm;

  lt_dbm_init (&dbm, call);
  lt_dbm_rows_take (&dbm, dream->n, &rows);
  lt_dbm_rows_take (&dbm, dream->n, &means);
  lt_dbm_exchange (&dbm, dream->chains, &rows, FALSE);
  hold_label (&dbm, dream, &rows);
  hold (&dbm, dream, rows.x[0]);
  memcpy (means.x[0], rows.x[0], (gsize) dream->n * dbm.machine.n[0] * sizeof (float));
  for (int i = 0; i < dream->steps; i++) {
    LtDbmHalf odd = {
      .parity = 1,
      .held = holds_label (&dbm, dream) ? dbm.machine.top : -1,
      .beta = (float) (1 / dream->temperature),
    };
    LtDbmHalf even = { .held = odd.held, .beta = odd.beta, .means = &means };

    lt_dbm_draw_half (&dbm, &odd, &rows);
    lt_dbm_draw_half (&dbm, &even, &rows);
    hold (&dbm, dream, rows.x[0]);
  }
  hold (&dbm, dream, means.x[0]);
  lt_dbm_exchange (&dbm, dream->chains, &rows, TRUE);
  lt_dbm_unload (&dbm, dream->samples ? rows.x[0] : means.x[0], dream->n, dream->x);
  lt_workspace_release (call->ws, mark);
}

const LtDreaming lt_dbm_dreaming = { width, start, run };

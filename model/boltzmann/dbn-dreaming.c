/* A deep belief network's chains, while somebody watches: they run in the top machine, whose
 * visible row they hold, and each is looked at through an ancestral pass down.
 *
 * Labels are held by the top machine itself. Held data units are no conditional of the
 * network that could be sampled exactly: each step generates the data, puts in what is held,
 * and goes on in the top machine from what recognition makes of that. */
#include <string.h>

#include "boltzmann/dbn-machine.h"

static int
top_of (const LtModel *model)
{
  return lt_dbn_parts (model)->n_shown - 1;
}

static int
width (const LtModel *model)
{
  return lt_rbm_dreaming.width (lt_dbn_parts (model)->rbm[top_of (model)]);
}

static gsize
n_seen (const LtCall *call, const LtDream *dream)
{
  return (gsize) dream->n * lt_dbn_units (call->model, top_of (call->model));
}

/* The same chains as the top machine knows them. */
static LtDream
inner_dream (const LtDream *dream, float *seen)
{
  LtDream inner = *dream;

  inner.x = seen;
  inner.clamped = inner.given = NULL;
  inner.samples = TRUE;
  return inner;
}

static void
hold (const LtCall *call, const LtDream *dream, float *x)
{
  gsize nv = call->model->shape.nv;

  for (gsize row = 0; dream->clamped != NULL && row < (gsize) dream->n; row++)
    for (gsize i = 0; i < nv; i++)
      if (dream->clamped[i] != 0)
        x[row * nv + i] = dream->given[row * nv + i];
}

/* Chains begin at what recognition makes of x. */
static void
recognise (const LtCall *call, const LtDream *dream, const float *x, LtDream *inner)
{
  int top = top_of (call->model);
  LtDbnWalk up = { dream->n, 0, top, LT_DBN_SAMPLES };
  LtDbnCall own;

  lt_dbn_call_init (&own, call, top);
  lt_dbn_walk (call, &up, x, inner->x);
  lt_rbm_dreaming.start (&own.call, inner);
}

static void
start (const LtCall *call, const LtDream *dream)
{
  gsize mark = lt_workspace_mark (call->ws);
  gsize size = (gsize) dream->n * call->model->shape.nv;
  LtDream inner =
      inner_dream (dream, lt_workspace_floats (call->ws, n_seen (call, dream)));
  float *x = lt_workspace_floats (call->ws, size);

  memcpy (x, dream->x, size * sizeof *x);
  hold (call, dream, x);
  recognise (call, dream, x, &inner);
  lt_workspace_release (call->ws, mark);
}

static void
run_inner (const LtCall *call, const LtDream *inner)
{
  LtDbnCall own;

  lt_dbn_call_init (&own, call, top_of (call->model));
  lt_rbm_dreaming.run (&own.call, inner);
}

static void
generate (const LtCall *call, const LtDream *inner, gboolean samples, float *x)
{
  LtDbnWalk down = { inner->n, top_of (call->model), 0,
                     samples ? LT_DBN_SAMPLES : LT_DBN_MEANS_LAST };

  lt_dbn_walk (call, &down, inner->x, x);
}

static void
run (const LtCall *call, const LtDream *dream)
{
  gsize mark = lt_workspace_mark (call->ws);
  LtDream inner =
      inner_dream (dream, lt_workspace_floats (call->ws, n_seen (call, dream)));
  int turns = dream->clamped != NULL ? dream->steps : 0;

  if (turns > 0)
    inner.steps = 0;
  run_inner (call, &inner);
  inner.steps = 1;
  for (int i = 0; i < turns; i++) {
    generate (call, &inner, TRUE, dream->x);
    hold (call, dream, dream->x);
    recognise (call, dream, dream->x, &inner);
    run_inner (call, &inner);
  }
  generate (call, &inner, dream->samples, dream->x);
  hold (call, dream, dream->x);
  lt_workspace_release (call->ws, mark);
}

const LtDreaming lt_dbn_dreaming = { width, start, run };

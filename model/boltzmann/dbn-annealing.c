/* Annealing a deep belief network of one machine, which is that machine's. Of more, log Z is
 * the top machine's alone and says nothing of the data. */
#include <math.h>

#include "boltzmann/dbn-machine.h"

static const LtModel *
only_machine (const LtModel *model)
{
  return lt_dbn_parts (model)->rbm[0];
}

static int
width (const LtModel *model)
{
  return lt_rbm_annealed.width (only_machine (model));
}

static double
start (const LtCall *call, const LtAnnealing *annealing)
{
  LtDbnCall own;

  if (lt_dbn_parts (call->model)->n_shown > 1)
    return (double) NAN;
  lt_dbn_call_init (&own, call, 0);
  return lt_rbm_annealed.start (&own.call, annealing);
}

static void
stand (const LtCall *call, const LtAnnealing *annealing, const float *x)
{
  LtDbnCall own;

  lt_dbn_call_init (&own, call, 0);
  lt_rbm_annealed.stand (&own.call, annealing, x);
}

static void
step (const LtCall *call, const LtAnnealing *annealing, double from, double to)
{
  LtDbnCall own;

  lt_dbn_call_init (&own, call, 0);
  lt_rbm_annealed.step (&own.call, annealing, from, to);
}

const LtAnnealed lt_dbn_annealed = { width, start, stand, step };

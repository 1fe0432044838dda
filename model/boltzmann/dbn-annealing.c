/* Annealing a deep belief network of one machine, and log Z of its documents, which are that
 * machine's. Of more, log Z is the top machine's alone and says nothing of the data. */
#include "boltzmann/dbn-machine.h"
#include "core/error.h"

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

static gboolean
check (const LtModel *model, GError **error)
{
  int n = lt_dbn_parts (model)->n_shown;

  if (n == 1)
    return lt_rbm_annealed.check (only_machine (model), error);
  g_set_error (error, LT_ERROR, LT_ERROR_UNSUPPORTED,
               "A deep belief network of %d machines has no log Z that annealed "
               "importance sampling could estimate, because only its top one is "
               "undirected; judge its first machine alone (layer=1), or a deep "
               "Boltzmann machine.",
               n);
  return FALSE;
}

static double
start (const LtCall *call, const LtAnnealing *annealing)
{
  LtDbnCall own;

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

const LtAnnealed lt_dbn_annealed = { width, check, start, stand, step };

/* ---- Documents ------------------------------------------------------------------- */

static int
n_lengths (const LtModel *model)
{
  return lt_dbn_parts (model)->n_shown > 1
             ? 0
             : lt_rbm_documents.n_lengths (only_machine (model));
}

static void
measure_lengths (const LtCall *call, const float *x, int n, float *lengths)
{
  LtDbnCall own;

  lt_dbn_call_init (&own, call, 0);
  lt_rbm_documents.lengths (&own.call, x, n, lengths);
}

static void
log_partitions (const LtCall *call, const float *lengths, int n, double *log_z)
{
  LtDbnCall own;

  lt_dbn_call_init (&own, call, 0);
  lt_rbm_documents.log_partitions (&own.call, lengths, n, log_z);
}

const LtDocuments lt_dbn_documents = { n_lengths, measure_lengths, log_partitions };

/* How probable documents are, each among those of its length:
 *
 *   log p (x) = −F (x) − log Z_D,   D the number of words of x
 *
 * (Salakhutdinov & Hinton 2009, "Replicated softmax", section 3). Few lengths occur, so Z is
 * looked for once a length. */
#include <math.h>
#include <string.h>

#include "core/kernels.h"
#include "probes/likelihood.h"

typedef struct {
  gsize n;
  int width;        /* lengths a document */
  float *energies;  /* [n] */
  float *lengths;   /* [n, width] */
  guint *which;     /* [n]: of the distinct lengths */
  GArray *distinct; /* float: [n_distinct, width] */
  guint n_distinct;
} Documents;

static void
documents_clear (Documents *self)
{
  g_free (self->energies);
  g_free (self->lengths);
  g_free (self->which);
  g_clear_pointer (&self->distinct, g_array_unref);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Documents, documents_clear)

static void
find_distinct (Documents *self)
{
  g_autoptr (GHashTable) seen = g_hash_table_new_full (
      g_bytes_hash, g_bytes_equal, (GDestroyNotify) g_bytes_unref, NULL);

  self->which = g_new (guint, self->n);
  self->distinct = g_array_new (FALSE, FALSE, sizeof (float));
  for (gsize i = 0; i < self->n; i++) {
    const float *length = self->lengths + i * (gsize) self->width;
    GBytes *key = g_bytes_new_static (length, (gsize) self->width * sizeof *length);
    gpointer number;

    if (g_hash_table_lookup_extended (seen, key, NULL, &number)) {
      self->which[i] = GPOINTER_TO_UINT (number);
      g_bytes_unref (key);
      continue;
    }
    self->which[i] = self->n_distinct++;
    g_array_append_vals (self->distinct, length, (guint) self->width);
    g_hash_table_insert (seen, key, GUINT_TO_POINTER (self->which[i]));
  }
}

static void
documents_init (Documents *self,
                const LtSnapshot *snapshot,
                const LtDataset *data,
                const LtEnergyRows *rows,
                LtWorkspace *ws)
{
  *self = (Documents){ .width = lt_probe_n_lengths (snapshot->model) };
  self->energies = lt_probe_free_energies (snapshot, data, rows, ws, &self->n);
  self->lengths = lt_probe_lengths (snapshot, data, rows, ws, &self->n);
  find_distinct (self);
}

static const float *
distinct_length (const Documents *self, guint i)
{
  return (const float *) self->distinct->data + (gsize) i * (gsize) self->width;
}

/* ---- log Z ----------------------------------------------------------------------- */

/* Of each distinct length; NAN where not known. */
typedef struct {
  double *exact, *estimate, *low, *high, *downwards;
  double deviation;
} LogZ;

/* The i-th of n estimates. */
typedef struct {
  const LtAisOptions *options;
  guint i, n;
} Progress;

static gboolean
report (gpointer data, double part)
{
  const Progress *self = data;

  return self->options->progress (self->options->data, (self->i + part) / self->n);
}

/* From the other side. */
static gboolean
anneal_downwards (const LtSnapshot *snapshot,
                  const LtDataset *data,
                  const LtAisOptions *options,
                  LtWorkspace *ws,
                  double *log_z,
                  GError **error)
{
  LtAisOptions own = *options;
  g_autoptr (LtAis) ais = NULL;

  own.downwards = TRUE;
  ais = lt_probe_ais (snapshot, data, &own, ws, error);
  if (ais != NULL)
    *log_z = ais->log_z;
  return ais != NULL;
}

static gboolean
anneal (const Documents *documents,
        const LtSnapshot *snapshot,
        const LtDataset *data,
        const LtAisOptions *options,
        LtWorkspace *ws,
        LogZ *found,
        GError **error)
{
  guint ways = options->both_ways ? 2 : 1;
  Progress progress = { options, 0, ways * documents->n_distinct };
  LtAisOptions own = *options;

  own.progress = options->progress != NULL ? report : NULL;
  own.data = &progress;
  for (guint i = 0; i < documents->n_distinct; i++, own.seed++, progress.i++) {
    g_autoptr (LtAis) ais = NULL;

    own.lengths = distinct_length (documents, i);
    ais = lt_probe_ais (snapshot, data, &own, ws, error);
    if (ais == NULL)
      return FALSE;
    found->estimate[i] = ais->log_z;
    found->low[i] = ais->low;
    found->high[i] = ais->high;
    found->deviation = MAX (found->deviation, ais->deviation);
    if (!options->both_ways)
      continue;
    progress.i++;
    if (!anneal_downwards (snapshot, data, &own, ws, &found->downwards[i], error))
      return FALSE;
  }
  return TRUE;
}

/* ---- Together -------------------------------------------------------------------- */

static void
judge (const Documents *documents, const LogZ *found, LtDocumentsJudged *judged)
{
  double n = (double) documents->n;

  *judged = (LtDocumentsJudged){
    .n = documents->n,
    .n_words = lt_sum (documents->lengths, documents->n * (gsize) documents->width) / n,
    .energy = lt_sum (documents->energies, documents->n) / n,
    .deviation = found->deviation,
  };
  for (gsize i = 0; i < documents->n; i++) {
    guint which = documents->which[i];

    judged->log_z += found->exact[which] / n;
    judged->estimate += found->estimate[which] / n;
    judged->low += found->low[which] / n;
    judged->high += found->high[which] / n;
    judged->downwards += found->downwards[which] / n;
  }
}

gboolean
lt_probe_judge_documents (const LtSnapshot *snapshot,
                          const LtDataset *data,
                          LtSplit split,
                          const LtAisOptions *ais,
                          LtWorkspace *ws,
                          LtDocumentsJudged *judged,
                          GError **error)
{
  const LtEnergyRows rows = { .split = split,
                              .limit = ais != NULL ? LT_MAX_ANNEALED : 0 };
  LtCall call = lt_snapshot_call (snapshot, ws, NULL);
  g_autofree double *memory = NULL;
  g_auto (Documents) documents;
  LogZ found;
  guint n;

  documents_init (&documents, snapshot, data, &rows, ws);
  n = documents.n_distinct;
  memory = g_new (double, 5 * (gsize) n);
  for (guint i = 0; i < 5 * n; i++)
    memory[i] = (double) NAN;
  found =
      (LogZ){ memory, memory + n, memory + 2 * n, memory + 3 * n, memory + 4 * n, 0 };
  call.model->kind->documents->log_partitions (&call, distinct_length (&documents, 0),
                                               (int) n, found.exact);
  if (ais != NULL && !anneal (&documents, snapshot, data, ais, ws, &found, error))
    return FALSE;
  judge (&documents, &found, judged);
  return TRUE;
}

/* Replicated softmax: visible units that count words (Salakhutdinov & Hinton 2009,
 * "Replicated softmax: an undirected topic model", eqs. 4 to 7).
 *
 *   E (v, h) = −Σ_k b_k v_k − D c'h − v'W h,   D = Σ_k v_k
 *   p (h_j = 1 | v) = σ (D c_j + Σ_k v_k W_kj)
 *   p (v | h)       = D draws from softmax_k (b_k + Σ_j W_kj h_j)
 *
 * A document is D words in their order, so there is one machine, and one Z, for each length:
 *
 *   Z_D = Σ_h exp (D c'h) (Σ_k exp (b_k + W_k h))^D
 *
 * Several groups of counts each have a length of their own, and D is their sum. Where
 * nobody says how long a document should be, it is as long as the training data's are on
 * average, which init keeps in the state. */
#include <string.h>

#include "boltzmann/rbm-machine.h"
#include "core/kernels.h"

/* ---- Lengths ------------------------------------------------------------------------- */

void
lt_rbm_count (const LtRbm *self, const float *u, int n, float *lengths)
{
  const LtRbmMachine *m = &self->machine;

  for (int row = 0; row < n; row++)
    for (int g = 0; g < m->n_groups; g++) {
      const LtRbmGroup *group = &m->group[g];

      if (group->units == LT_UNITS_COUNTS)
        *lengths++ = (float) lt_sum (u + (gsize) row * m->n + group->first, group->n);
    }
}

const float *
lt_rbm_usual_lengths (const LtRbm *self, int n)
{
  const LtRbmMachine *m = &self->machine;
  const float *usual = self->call->state;
  float *lengths;

  if (m->n_counts == 0)
    return NULL;
  lengths = lt_workspace_floats (self->ws, (gsize) n * m->n_counts);
  if (usual == NULL) {
    lt_fill (1, (gsize) n * m->n_counts, lengths);
    return lengths;
  }
  usual += lt_layout_find (self->call->model->state, "length")->offset;
  for (int row = 0; row < n; row++)
    memcpy (lengths + (gsize) row * m->n_counts, usual, m->n_counts * sizeof *usual);
  return lengths;
}

const float *
lt_rbm_totals (const LtRbm *self, const float *u, int n)
{
  const LtRbmMachine *m = &self->machine;
  float *totals, *lengths;

  if (m->n_counts == 0)
    return NULL;
  totals = lt_workspace_floats (self->ws, n);
  lengths = lt_workspace_floats (self->ws, (gsize) n * m->n_counts);
  lt_rbm_count (self, u, n, lengths);
  for (int row = 0; row < n; row++)
    totals[row] = (float) lt_sum (lengths + (gsize) row * m->n_counts, m->n_counts);
  return totals;
}

/* ---- Down ---------------------------------------------------------------------------- */

typedef struct {
  const LtRbm *rbm;
  const LtRbmPass *pass;
  const float *lengths; /* [n, n_counts] */
  LtRng *rngs;          /* [n]; NULL: no samples */
  float *sums;          /* [n, n_visible], of probabilities up to each word */
} Words;

/* The first word whose running sum is above x. */
static int
find_word (const float *sums, int n, float x)
{
  int low = 0, high = n - 1;

  while (low < high) {
    int middle = (low + high) / 2;

    if (sums[middle] > x)
      high = middle;
    else
      low = middle + 1;
  }
  return low;
}

static void
draw_words (LtRng *rng, int length, const float *sums, int n, float *sample)
{
  memset (sample, 0, n * sizeof *sample);
  for (int word = 0; word < length; word++)
    sample[find_word (sums, n, lt_rng_uniform (rng) * sums[n - 1])]++;
}

/* One group of one row: logits p [n] → length · softmax. */
static void
count_group (const Words *job, gsize row, float length, gsize at, int n)
{
  const LtRbmPass *pass = job->pass;
  float *p = pass->mean + at;
  double sum = 0;

  if (pass->beta != NULL)
    lt_scale (pass->beta[row], n, p);
  lt_softmax (p, 1, n, p);
  for (int k = 0; job->rngs != NULL && k < n; k++)
    job->sums[at + k] = (float) (sum += (double) p[k]);
  lt_scale (length, n, p);
  if (job->rngs != NULL)
    draw_words (&job->rngs[row], (int) (length + 0.5f), job->sums + at, n,
                pass->sample + at);
}

static void
count_rows (gpointer data, gsize first, gsize last)
{
  const Words *job = data;
  const LtRbmMachine *m = &job->rbm->machine;

  for (gsize row = first; row < last; row++) {
    const float *length = job->lengths + row * m->n_counts;

    for (int g = 0; g < m->n_groups; g++)
      if (m->group[g].units == LT_UNITS_COUNTS)
        count_group (job, row, *length++, row * m->n + m->group[g].first,
                     m->group[g].n);
  }
}

/* A softmax needs all of its group's units, which panels do not have. Each row has random
 * numbers of its own, so the team does not matter. */
void
lt_rbm_down_counts (const LtRbm *self, const LtRbmPass *pass)
{
  const LtRbmMachine *m = &self->machine;
  gsize mark = lt_workspace_mark (self->ws), n = (gsize) pass->n;
  Words job = { self, pass, pass->lengths, NULL, NULL };

  if (job.lengths == NULL)
    job.lengths = lt_rbm_usual_lengths (self, pass->n);
  if (pass->sample != NULL) {
    LtRng rng = pass->rng;

    job.sums = lt_workspace_floats (self->ws, n * m->n);
    job.rngs =
        (gpointer) lt_workspace_floats (self->ws, n * sizeof (LtRng) / sizeof (float));
    for (gsize row = 0; row < n; row++)
      lt_rng_split (&rng, &job.rngs[row]);
  }
  lt_rbm_each_row (self, pass->n, count_rows, &job);
  lt_workspace_release (self->ws, mark);
}

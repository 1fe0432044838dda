/* Nearest neighbours by ½‖x − t‖² = ½‖x‖² − (x·t − ½‖t‖²): the largest closeness
 * x·t − ½‖t‖². */
#include "probes/neighbours.h"

#include "core/kernels.h"
#include "core/matrix.h"

LtNeighbours *
lt_neighbours_new (const LtDataset *data)
{
  LtNeighbours *self = g_new0 (LtNeighbours, 1);
  gsize n_all = lt_dataset_n (data, LT_TRAIN);
  guint32 at[LT_NEIGHBOURS];

  self->ref_count = 1;
  self->n = (int) MIN (n_all, LT_NEIGHBOURS);
  self->nv = lt_dataset_shape (data)->nv;
  self->rows = g_new (float, (gsize) self->n * self->nv);
  self->squares = g_new (float, self->n);
  self->labels = g_new (int, self->n);
  for (int i = 0; i < self->n; i++)
    at[i] = (guint32) ((gsize) i * n_all / self->n);
  lt_dataset_gather (data, LT_TRAIN, at, 0, self->n, self->rows);
  lt_dataset_gather_labels (data, LT_TRAIN, at, 0, self->n, self->labels);
  for (int i = 0; i < self->n; i++)
    self->squares[i] =
        (float) (0.5 * lt_sum_squares (self->rows + (gsize) i * self->nv, self->nv));
  return self;
}

LtNeighbours *
lt_neighbours_ref (LtNeighbours *self)
{
  g_atomic_int_inc (&self->ref_count);
  return self;
}

void
lt_neighbours_unref (LtNeighbours *self)
{
  if (self == NULL || !g_atomic_int_dec_and_test (&self->ref_count))
    return;
  g_free (self->rows);
  g_free (self->squares);
  g_free (self->labels);
  g_free (self);
}

/* The LT_VOTERS rows that are closest, the closest first; fewer where there are fewer. */
static int
find_voters (const LtNeighbours *self, const float *closeness, int *voters)
{
  int n = 0;

  for (int j = 0; j < self->n; j++) {
    int place = n;

    if (n == LT_VOTERS && !(closeness[j] > closeness[voters[n - 1]]))
      continue;
    if (n < LT_VOTERS)
      n++;
    else
      place = n - 1;
    for (; place > 0 && closeness[j] > closeness[voters[place - 1]]; place--)
      voters[place] = voters[place - 1];
    voters[place] = j;
  }
  return n;
}

static int
vote (const LtNeighbours *self, const int *voters, int n)
{
  int elected = -1, most = 0;

  for (int i = 0; i < n; i++) {
    int label = self->labels[voters[i]], votes = 0;

    for (int j = 0; j < n; j++)
      votes += self->labels[voters[j]] == label;
    if (label >= 0 && votes > most) {
      most = votes;
      elected = label;
    }
  }
  return elected;
}

void
lt_neighbours_find (const LtNeighbours *self,
                    const float *x,
                    int n,
                    LtWorkspace *ws,
                    int *nearest,
                    int *classes)
{
  gsize mark = lt_workspace_mark (ws);
  LtProduct product = { .trans_b = LT_TRANSPOSED,
                        .m = n,
                        .n = self->n,
                        .k = self->nv,
                        .alpha = 1,
                        .a = x,
                        .lda = self->nv,
                        .b = self->rows,
                        .ldb = self->nv,
                        .c = lt_workspace_floats (ws, (gsize) n * self->n),
                        .ldc = self->n };

  lt_product (lt_workspace_team (ws), &product, NULL, NULL);
  for (int i = 0; i < n; i++) {
    float *closeness = product.c + (gsize) i * self->n;
    int voters[LT_VOTERS] = { 0 }, n_voters;

    for (int j = 0; j < self->n; j++)
      closeness[j] -= self->squares[j];
    n_voters = find_voters (self, closeness, voters);
    nearest[i] = voters[0];
    classes[i] = vote (self, voters, n_voters);
  }
  lt_workspace_release (ws, mark);
}

int
lt_count_class_changes (const int *before, const int *after, int n, int *changes)
{
  int count = 0;

  for (int i = 0; i < n; i++) {
    int changed = before[i] >= 0 && after[i] >= 0 && before[i] != after[i];

    changes[i] += changed;
    count += changed;
  }
  return count;
}

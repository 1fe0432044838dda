/* Splitting elementwise work of a minibatch over the team. */
#include "nets/dense-pass.h"

/* A sum has as many parts whatever the team, so that it is the same to the bit. */
#define PIECES 64

typedef struct {
  gsize n, grain;
  LtDenseRangeFunc range;
  LtDenseSumFunc sum;
  gpointer job;
  double *sums;
} Split;

static void
run_share (gpointer data, int member, int n_members)
{
  const Split *split = data;
  gsize first, last;

  lt_team_share (split->n, split->grain, member, n_members, &first, &last);
  split->range (split->job, first, last);
}

static void
sum_share (gpointer data, int member, int n_members)
{
  const Split *split = data;
  gsize first_piece, last_piece, first, last;

  lt_team_share (PIECES, 1, member, n_members, &first_piece, &last_piece);
  for (gsize i = first_piece; i < last_piece; i++) {
    lt_team_share (split->n, split->grain, (int) i, PIECES, &first, &last);
    split->sums[i] = last > first ? split->sum (split->job, first, last) : 0;
  }
}

void
lt_dense_each (const LtDensePass *pass,
               gsize n,
               gsize grain,
               LtDenseRangeFunc func,
               gpointer job)
{
  Split split = { .n = n, .grain = grain, .range = func, .job = job };

  lt_team_run (pass->helpers, run_share, &split);
}

double
lt_dense_sum (const LtDensePass *pass,
              gsize n,
              gsize grain,
              LtDenseSumFunc func,
              gpointer job)
{
  double sums[PIECES], sum = 0;
  Split split = { .n = n, .grain = grain, .sum = func, .job = job, .sums = sums };

  lt_team_run (pass->helpers, sum_share, &split);
  for (int i = 0; i < PIECES; i++)
    sum += sums[i];
  return sum;
}

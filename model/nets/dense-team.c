/* Splitting elementwise work of a minibatch over the team. */
#include "nets/dense-pass.h"

/* Doubles apart: two members' sums never share a cache line. */
#define SPACING 8

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
  if (split->range != NULL)
    split->range (split->job, first, last);
  else
    split->sums[member * SPACING] = split->sum (split->job, first, last);
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
  int n_members = lt_team_size (pass->helpers);
  gsize floats = n_members * SPACING * sizeof (double) / sizeof (float);
  gsize mark = lt_workspace_mark (pass->ws);
  Split split = { .n = n, .grain = grain, .sum = func, .job = job };
  double sum = 0;

  split.sums = (gpointer) lt_workspace_floats (pass->ws, floats);
  lt_team_run (pass->helpers, run_share, &split);
  for (int i = 0; i < n_members; i++)
    sum += split.sums[i * SPACING];
  lt_workspace_release (pass->ws, mark);
  return sum;
}

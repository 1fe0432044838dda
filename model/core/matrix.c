/* Products of matrices, divided over a team.
 *
 * C is cut across its longer side, so that the matrix which every member must pack for
 * itself is the smaller one. Cuts are multiples of the micro-kernels' sizes. */
#include "core/matrix.h"

#include "core/kernels-table.h"

#include <cblas.h>
#include <pthread.h>

#define ROW_GRAIN    4
#define COLUMN_GRAIN 16

/* Below this many operations, waking the others costs more than they save. */
#define LEAST_SHARED 200000.0

typedef struct {
  const LtProduct *product;
  LtEpilogue epilogue;
  gpointer data;
} ProductJob;

static void
use_one_thread (void)
{
  openblas_set_num_threads (1);
}

static double *
flops_counter (void)
{
  static _Thread_local double flops;
  return &flops;
}

double
lt_product_flops (void)
{
  return *flops_counter ();
}

/* C [row, column] and on: m × n entries of it. */
static void
compute_panel (const ProductJob *job, int row, int column, int m, int n)
{
  const LtProduct *p = job->product;
  const float *a = p->a + (p->trans_a ? (gsize) row : (gsize) row * p->lda);
  const float *b = p->b + (p->trans_b ? (gsize) column * p->ldb : (gsize) column);
  float *c = p->c + (gsize) row * p->ldc + column;
  cblas_sgemm (CblasRowMajor, p->trans_a ? CblasTrans : CblasNoTrans,
               p->trans_b ? CblasTrans : CblasNoTrans, m, n, p->k, p->alpha, a, p->lda,
               b, p->ldb, p->beta, c, p->ldc);
  if (job->epilogue)
    job->epilogue (job->data, c, p->ldc, row, m, column, n);
}

static void
compute_share (gpointer data, int member, int n_members)
{
  const ProductJob *job = data;
  const LtProduct *p = job->product;
  gboolean by_rows = p->m > p->n;
  gsize first, last;
  lt_team_share (by_rows ? p->m : p->n, by_rows ? ROW_GRAIN : COLUMN_GRAIN, member,
                 n_members, &first, &last);
  int length = (int) (last - first);
  if (length == 0)
    return;
  if (by_rows)
    compute_panel (job, (int) first, 0, length, p->n);
  else
    compute_panel (job, 0, (int) first, p->m, length);
}

void
lt_product (LtTeam *team, const LtProduct *product, LtEpilogue epilogue, gpointer data)
{
  static pthread_once_t once = PTHREAD_ONCE_INIT;
  pthread_once (&once, use_one_thread);
  if (product->m <= 0 || product->n <= 0)
    return;
  ProductJob job = { product, epilogue, data };
  double flops = 2.0 * product->m * product->n * product->k;
  *flops_counter () += flops;
  lt_team_run (flops < LEAST_SHARED ? NULL : team, compute_share, &job);
}

typedef struct {
  const float *x;
  int rows, n;
  float *y;
} ColumnsJob;

static void
sum_share (gpointer data, int member, int n_members)
{
  const ColumnsJob *job = data;
  gsize first, last;
  lt_team_share (job->n, COLUMN_GRAIN, member, n_members, &first, &last);
  if (last > first)
    lt_kernels ()->reductions->column_sums (
        job->x + first, job->rows, (int) (last - first), job->n, job->y + first);
}

void
lt_column_sums (LtTeam *team, const float *x, int rows, int n, float *y)
{
  ColumnsJob job = { x, rows, n, y };
  lt_team_run ((double) rows * n < LEAST_SHARED / 2 ? NULL : team, sum_share, &job);
}

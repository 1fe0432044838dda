/* Products of matrices, divided over a team.
 *
 * C is cut across its longer side, so that the matrix which every member must pack for
 * itself is the smaller one. Members' shares are multiplied by kernels-product.c, which a
 * minibatch's few rows made worth while: OpenBLAS's products are as fast for large matrices,
 * but of a hundred rows its packing took a third of the time. Samples of binary units need no
 * multiplications at all: see kernels-lookup.c. */
#include "core/matrix.h"

#include "core/kernels-table.h"

#define ROW_GRAIN    4
#define COLUMN_GRAIN LT_PACKED_COLUMNS

/* Below this many operations, waking the others costs more than they save. */
#define LEAST_SHARED 200000.0

#define LEAST_LOOKED_UP 24

typedef struct {
  const LtProduct *product;
  int rows; /* of panels */
  float *scratch;
  LtEpilogue epilogue;
  gpointer data;
} ProductJob;

/* How far to go at once, so that equal steps, multiples of grain, of at most `most` cover n. */
static int
even_step (int n, int most, int grain)
{
  int n_steps = MAX (1, (n + most - 1) / most);
  int step = (n + n_steps - 1) / n_steps;

  return (step + grain - 1) / grain * grain;
}

static int
n_groups (int k)
{
  return (k + 3) / 4;
}

guint8 *
lt_product_bits (LtWorkspace *ws, int m, int k)
{
  gsize bytes = (gsize) LT_PATTERNS (m) * (gsize) n_groups (k);

  return (gpointer) lt_workspace_floats (ws, bytes / sizeof (float));
}

/* Working the sums out costs as much as looking them up for that many rows. */
static gboolean
is_looked_up (const LtProduct *p)
{
  return p->bits != NULL && p->m >= LEAST_LOOKED_UP && p->k > 0;
}

/* Of the whole product, or the result would depend on how it is cut. */
static gboolean
is_few (const LtProduct *p)
{
  return p->m <= LT_FEW_ROWS && !p->trans_a && p->trans_b && p->packed == NULL;
}

static void
find_patterns (gpointer data, int member, int n_members)
{
  const LtProduct *p = data;
  gsize first, last;

  lt_team_share ((gsize) n_groups (p->k), 1, member, n_members, &first, &last);
  lt_kernels ()->lookup->patterns (p, (int) first, (int) last,
                                   p->bits + first * (gsize) LT_PATTERNS (p->m));
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

/* kernels-lookup.c; of the whole product's rows those from first_row on. */
static void
look_up (const LtProduct *p, const LtProduct *whole, int first_row)
{
  LtLookup lookup = {
    .m = p->m,
    .n = p->n,
    .k = p->k,
    .patterns = whole->bits + first_row,
    .stride = LT_PATTERNS (whole->m),
    .alpha = p->alpha,
    .b = p->b,
    .ldb = p->ldb,
    .transposed = p->trans_b == LT_TRANSPOSED,
    .c = p->c,
    .ldc = p->ldc,
    .add = p->beta != 0,
  };

  lt_kernels ()->lookup->product (&lookup);
}

/* A panel of C: m rows from `row` on, n columns from `column` on, at c. */
typedef struct {
  int row, m;
  int column, n;
  float *c;
} Panel;

static void
compute_panel (const ProductJob *job, const Panel *panel)
{
  LtProduct p = *job->product;
  gsize row = (gsize) panel->row, column = (gsize) panel->column;

  p.m = panel->m;
  p.n = panel->n;
  p.a += p.trans_a ? row : row * (gsize) p.lda;
  if (p.b != NULL)
    p.b += p.trans_b ? column * (gsize) p.ldb : column;
  if (p.packed != NULL)
    p.packed += column * (gsize) p.k;
  p.c = panel->c;
  if (is_looked_up (job->product))
    look_up (&p, job->product, panel->row);
  else if (is_few (job->product))
    lt_kernels ()->product->multiply_few (&p);
  else
    lt_kernels ()->product->multiply (&p);
  if (job->epilogue)
    job->epilogue (job->data, p.c, p.ldc, panel->row, p.m, panel->column, p.n);
}

static void
compute_share (gpointer data, int member, int n_members)
{
  const ProductJob *job = data;
  const LtProduct *p = job->product;
  gboolean by_rows =
      p->m > p->n && !is_looked_up (p); /* each share has sums of its own */
  gsize first, last;

  lt_team_share (by_rows ? p->m : p->n, by_rows ? ROW_GRAIN : COLUMN_GRAIN, member,
                 n_members, &first, &last);
  int length = (int) (last - first);
  if (length == 0)
    return;
  if (by_rows)
    compute_panel (job, &(Panel){ .row = (int) first,
                                  .m = length,
                                  .n = p->n,
                                  .c = p->c + first * (gsize) p->ldc });
  else
    compute_panel (
        job,
        &(Panel){ .m = p->m, .column = (int) first, .n = length, .c = p->c + first });
}

static void
compute_panels (gpointer data, int member, int n_members)
{
  const ProductJob *job = data;
  const LtProduct *p = job->product;
  float *scratch = job->scratch;
  gsize first, last;

  lt_team_share (p->m, ROW_GRAIN, member, n_members, &first, &last);
  int step = even_step ((int) (last - first), job->rows, ROW_GRAIN);
  if (scratch != NULL)
    scratch += (gsize) member * job->rows * p->ldc;
  for (int row = (int) first; row < (int) last; row += step)
    compute_panel (job, &(Panel){ .row = row,
                                  .m = MIN (step, (int) last - row),
                                  .n = p->n,
                                  .c = scratch != NULL
                                           ? scratch
                                           : p->c + (gsize) row * (gsize) p->ldc });
}

static void
run_product (LtTeam *team, LtTeamFunc func, ProductJob *job)
{
  const LtProduct *p = job->product;
  g_return_if_fail (p->bits == NULL || p->beta == 0 || p->beta == 1);
  double flops = 2.0 * p->m * p->n * p->k;

  if (p->m <= 0 || p->n <= 0)
    return;
  *flops_counter () += flops;
  if (is_looked_up (p))
    lt_team_run (flops < LEAST_SHARED ? NULL : team, find_patterns, (gpointer) p);
  lt_team_run (flops < LEAST_SHARED ? NULL : team, func, job);
}

void
lt_product (LtTeam *team, const LtProduct *product, LtEpilogue epilogue, gpointer data)
{
  ProductJob job = { .product = product, .epilogue = epilogue, .data = data };

  run_product (team, compute_share, &job);
}

void
lt_product_panels (LtTeam *team, const LtProduct *product, const LtPanels *panels)
{
  ProductJob job = {
    .product = product,
    .rows = panels->rows,
    .scratch = panels->scratch,
    .epilogue = panels->done,
    .data = panels->data,
  };

  g_return_if_fail (panels->rows > 0 && panels->rows % ROW_GRAIN == 0);
  g_return_if_fail (panels->scratch == NULL ||
                    (product->beta == 0 && product->ldc == product->n));
  run_product (team, compute_panels, &job);
}

typedef struct {
  const LtProduct *product;
  float *packed;
} PackJob;

static void
pack_share (gpointer data, int member, int n_members)
{
  const PackJob *job = data;
  LtProduct p = *job->product;
  gsize first, last;

  lt_team_share ((gsize) p.n, COLUMN_GRAIN, member, n_members, &first, &last);
  p.b += p.trans_b ? first * (gsize) p.ldb : first;
  p.n = (int) (last - first);
  lt_kernels ()->product->pack (&p, job->packed + first * (gsize) p.k);
}

const float *
lt_product_pack (LtWorkspace *ws, const LtProduct *product)
{
  gsize grain = COLUMN_GRAIN, n = (gsize) product->n;
  gsize width = (n + grain - 1) / grain * grain;
  PackJob job = { product, lt_workspace_floats (ws, width * (gsize) product->k) };

  lt_team_run (lt_workspace_team (ws), pack_share, &job);
  return job.packed;
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
  lt_team_run ((double) rows * n < LEAST_SHARED / 5 ? NULL : team, sum_share, &job);
}

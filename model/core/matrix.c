/* Products of matrices, divided over a team.
 *
 * C is cut across its longer side, so that the matrix which every member must pack for
 * itself is the smaller one, and into pieces that whoever is free computes. They are
 * multiplied by kernels-product.c, which a
 * minibatch's few rows made worth while: OpenBLAS's products are as fast for large matrices,
 * but of a hundred rows its packing took a third of the time. Samples of binary units need no
 * multiplications at all: see kernels-lookup.c. */
#include "core/matrix.h"

#include "core/kernels-table.h"

#define ROW_GRAIN    4
#define COLUMN_GRAIN LT_PACKED_COLUMNS

/* Below this many operations, waking the others costs more than they save. */
#define LEAST_SHARED 200000.0

/* Rows for which working sums out and looking them up takes as long as multiplying. */
#define LEAST_LOOKED_UP 12

typedef struct {
  LtTeam *team;
  const LtProduct *product, *added;
  gboolean by_rows;
  int rows; /* of a piece, at most; 0: as it comes */
  int size; /* of a piece, rows or columns */
  gsize n_pieces;
  gboolean each;  /* the epilogue is for each piece */
  float *scratch; /* [members, size, ldc], or NULL */
  LtEpilogue epilogue;
  gpointer data;
} ProductJob;

/* How far to go at once, so that as many equal steps for each member, multiples of grain and, but
 * for that, of at most `most`, cover n. */
static int
even_step (int n, int most, int n_members, int grain)
{
  int n_steps = MAX (1, (n + most - 1) / most);
  int step;

  n_steps = (n_steps + n_members - 1) / n_members * n_members;
  step = (n + n_steps - 1) / n_steps;
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
    .packed = p->packed,
    .c = p->c,
    .ldc = p->ldc,
    .add = p->beta != 0,
  };

  lt_kernels ()->lookup->product (&lookup);
}

/* ---- Cutting --------------------------------------------------------------------- */

static gsize
length_to_cut (const ProductJob *job)
{
  return (gsize) (job->by_rows ? job->product->m : job->product->n);
}

/* Cut by columns, every member packs all of a small op(A) for itself. */
static gboolean
is_packed_once (const ProductJob *job)
{
  const LtProduct *p = job->product;

  return !job->by_rows && !is_looked_up (p) && !is_few (p) &&
         (gint64) p->m * p->k <= LT_ROWS_SIZE;
}

/* Pieces are as small as they can be without doing anything twice, and equally many for every
 * member. */
static void
cut (ProductJob *job)
{
  const LtProduct *p = job->product;
  int n = (int) length_to_cut (job), n_members = lt_team_size (job->team);
  int grain = job->by_rows ? ROW_GRAIN : COLUMN_GRAIN, most = job->rows;

  if (most == 0 && job->by_rows)
    most = MAX (LT_ROWS_SIZE / MAX (p->k, 1), ROW_GRAIN);
  else if (most == 0)
    most = is_packed_once (job) || is_looked_up (p) || is_few (p) ? COLUMN_GRAIN : n;
  if (n_members == 1 && !job->each)
    most = n;
  job->size = even_step (n, most, n_members, grain);
  if (job->rows > 0)
    job->size = MIN (job->size, job->rows);
  job->n_pieces = (gsize) ((n + job->size - 1) / job->size);
}

/* ---- Panels ---------------------------------------------------------------------- */

/* A panel of C: m rows from `row` on, n columns from `column` on, at c. */
typedef struct {
  int row, m;
  int column, n;
  float *c;
} Panel;

/* packed: all rows of op(A), for a panel that has them; or NULL. */
static void
compute_panel (const LtProduct *whole, const Panel *panel, LtPackedRows *packed)
{
  const LtProductKernels *kernels = lt_kernels ()->product;
  LtProduct p = *whole;
  gsize row = (gsize) panel->row, column = (gsize) panel->column;

  p.m = panel->m;
  p.n = panel->n;
  p.a += p.trans_a ? row : row * (gsize) p.lda;
  if (p.b != NULL)
    p.b += p.trans_b ? column * (gsize) p.ldb : column;
  if (p.packed != NULL)
    p.packed += column * (gsize) p.k;
  p.c = panel->c;
  if (is_looked_up (whole))
    look_up (&p, whole, panel->row);
  else if (is_few (whole))
    kernels->multiply_few (&p);
  else if (packed != NULL)
    kernels->multiply_packed (&p, packed);
  else
    kernels->multiply (&p);
}

/* ---- Pieces ---------------------------------------------------------------------- */

/* Pieces first … last − 1 as one panel. */
static Panel
panel_of (const ProductJob *job, gsize first, gsize last, int member)
{
  const LtProduct *p = job->product;
  gsize begin = first * (gsize) job->size;
  int length = (int) (MIN (last * (gsize) job->size, length_to_cut (job)) - begin);

  if (!job->by_rows)
    return (Panel){ .m = p->m, .column = (int) begin, .n = length, .c = p->c + begin };
  return (Panel){ .row = (int) begin,
                  .m = length,
                  .n = p->n,
                  .c = job->scratch != NULL
                           ? job->scratch + (gsize) member * job->size * p->ldc
                           : p->c + begin * (gsize) p->ldc };
}

static void
finish_pieces (const ProductJob *job, gsize first, gsize last, int member)
{
  Panel panel = panel_of (job, first, last, member);

  if (job->epilogue)
    job->epilogue (job->data, panel.c, job->product->ldc, panel.row, panel.m,
                   panel.column, panel.n);
}

/* The next piece of owner's; a single member has them all. */
static gboolean
take (const ProductJob *job, int owner, int member, gsize *next, gsize *piece)
{
  if (lt_team_size (job->team) > 1)
    return lt_team_take (job->team, owner, member, piece);
  *piece = (*next)++;
  return *piece < job->n_pieces;
}

/* What is left of owner's. The epilogue is called for each piece, or for pieces side by side
 * together. */
static void
compute_pieces_of (const ProductJob *job, int owner, int member, LtPackedRows *packed)
{
  gsize first = 0, last = 0, next = 0, piece;

  while (take (job, owner, member, &next, &piece)) {
    Panel panel = panel_of (job, piece, piece + 1, member);

    if (!job->each && last > first && piece == last) {
      last = piece + 1;
    } else if (!job->each && last > first && piece + 1 == first) {
      first = piece;
    } else {
      if (last > first)
        finish_pieces (job, first, last, member);
      first = piece;
      last = piece + 1;
    }
    compute_panel (job->product, &panel, packed);
    if (job->added != NULL)
      compute_panel (job->added, &panel, NULL);
  }
  if (last > first)
    finish_pieces (job, first, last, member);
}

static void
compute_pieces (gpointer data, int member, int n_members)
{
  const ProductJob *job = data;
  LtPackedRows packed;
  gboolean is_packed = is_packed_once (job);

  if (is_packed)
    lt_kernels ()->product->pack_rows (job->product, &packed);
  for (int i = 0; i < n_members; i++)
    compute_pieces_of (job, (member + i) % n_members, member,
                       is_packed ? &packed : NULL);
}

/* Counts the operations, and finds patterns. FALSE when there are too few to share. */
static gboolean
prepare (LtTeam *team, const LtProduct *p)
{
  double flops = 2.0 * p->m * p->n * p->k;

  *flops_counter () += flops;
  if (is_looked_up (p))
    lt_team_run (flops < LEAST_SHARED ? NULL : team, find_patterns, (gpointer) p);
  return flops >= LEAST_SHARED;
}

static void
run_product (LtTeam *team, ProductJob *job)
{
  const LtProduct *p = job->product, *added = job->added;
  gboolean shared;

  g_return_if_fail (p->bits == NULL || p->beta == 0 || p->beta == 1);
  g_return_if_fail (added == NULL || (added->beta == 1 && added->m == p->m &&
                                      added->n == p->n && added->ldc == p->ldc));
  if (p->m <= 0 || p->n <= 0)
    return;
  shared = prepare (team, p);
  if (added != NULL)
    shared = prepare (team, added) || shared;
  job->team = shared ? team : NULL;
  cut (job);
  lt_team_run_pieces (job->team, job->n_pieces, compute_pieces, job);
}

void
lt_product (LtTeam *team, const LtProduct *product, LtEpilogue epilogue, gpointer data)
{
  ProductJob job = { .product = product, .epilogue = epilogue, .data = data };

  /* Of samples each share would have sums of its own. */
  job.by_rows = product->m > product->n && !is_looked_up (product);
  run_product (team, &job);
}

void
lt_product_panels (LtTeam *team, const LtProduct *product, const LtPanels *panels)
{
  ProductJob job = {
    .product = product,
    .added = panels->added,
    .by_rows = TRUE,
    .rows = panels->rows,
    .each = TRUE,
    .scratch = panels->scratch,
    .epilogue = panels->done,
    .data = panels->data,
  };

  g_return_if_fail (panels->rows > 0 && panels->rows % ROW_GRAIN == 0);
  g_return_if_fail (panels->scratch == NULL ||
                    (product->beta == 0 && product->ldc == product->n));
  run_product (team, &job);
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

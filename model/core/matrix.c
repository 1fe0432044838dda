/* Products of matrices, divided over a team.
 *
 * C is cut across its longer side, so that the matrix which every member must pack for
 * itself is the smaller one. Cuts are multiples of the micro-kernels' sizes.
 *
 * Packing, that is copying A and B into the order in which a micro-kernel reads them, pays
 * off over many rows, which a minibatch does not have: with 20 to 250 of them it takes a
 * twentieth to a third of the time. OpenBLAS's kernels for AVX-512 can also read A and B
 * where they lie, and do so for products of at most 100³ multiplications. So there a member
 * works through its share in blocks of that size.
 *
 * Samples of binary units need no multiplications at all: see kernels-lookup.c. */
#include "core/matrix.h"

#include "core/kernels-table.h"

#include <cblas.h>
#include <pthread.h>
#include <string.h>

#define ROW_GRAIN    4
#define COLUMN_GRAIN 16

/* Below this many operations, waking the others costs more than they save. */
#define LEAST_SHARED 200000.0

#define LEAST_LOOKED_UP 24

static void
use_one_thread (void)
{
  openblas_set_num_threads (1);
}

/* The largest block m × n × k of a product. */
typedef struct {
  int m, n, k;
} Block;

#define UNLIMITED (1 << 30)

/* Measured on Zen 4 and Emerald Rapids with OpenBLAS 0.3.21. 64 columns are four vector
 * registers; more rows reuse them more often. With B transposed a block's entries are scalar
 * products, for which the library wants few of them (m n ≤ 1200) and which pay off when they
 * are long; with many rows on AMD's processors only. */
static const Block whole = { UNLIMITED, UNLIMITED, UNLIMITED };
static const Block direct = { 128, 64, 120 };
static const Block direct_transposed = { 28, 32, 1100 };

#define LEAST_DEPTH 200  /* of direct_transposed */
#define FEW_ROWS    32   /* up to which it pays off on all processors */
#define MOST_ROWS   1024 /* from which on packing is cheap */

typedef struct {
  const LtProduct *product;
  const Block *block;
  int rows; /* of panels */
  float *scratch;
  LtEpilogue epilogue;
  gpointer data;
} ProductJob;

static gboolean
has_direct_kernels (void)
{
  static const char *const cores[] = { "SkylakeX", "Cooperlake", "SapphireRapids" };
  const char *core = openblas_get_corename ();

  for (gsize i = 0; i < G_N_ELEMENTS (cores); i++) {
    if (strcmp (core, cores[i]) == 0)
      return TRUE;
  }
  return FALSE;
}

/* OpenBLAS knows processors by their numbers, and gives one that is newer than it is what a
 * processor of twenty years ago could do: a quarter of the speed. */
const char *
lt_product_fitting_core (void)
{
  static const char *const dated[] = { "Katmai", "Coppermine", "Northwood", "Prescott",
                                       "Banias", "Core2",      "Atom",      "Generic" };
  const char *own = lt_kernels_name (), *core = openblas_get_corename ();

  for (gsize i = 0; i < G_N_ELEMENTS (dated); i++) {
    if (g_ascii_strcasecmp (core, dated[i]) != 0)
      continue;
    if (strcmp (own, "avx512") == 0)
      return "SkylakeX";
    return strcmp (own, "avx2") == 0 ? "Haswell" : NULL;
  }
  return NULL;
}

const char *
lt_product_core (void)
{
  return openblas_get_corename ();
}

static gboolean
is_amd (void)
{
#ifdef __x86_64__
  return __builtin_cpu_is ("amd");
#else
  return FALSE;
#endif
}

static const Block *
choose_block (const LtProduct *p)
{
  if (MIN (p->m, p->k) >= MOST_ROWS || !has_direct_kernels ())
    return &whole;
  if (p->m > FEW_ROWS && !is_amd ())
    return &whole;
  if (!p->trans_b)
    return &direct;
  return p->trans_a || p->k < LEAST_DEPTH ? &whole : &direct_transposed;
}

/* How far to go at once, so that equal steps, multiples of grain, of at most `most` cover n. */
static int
even_step (int n, int most, int grain)
{
  int n_steps = MAX (1, (n + most - 1) / most);
  int step = (n + n_steps - 1) / n_steps;

  return (step + grain - 1) / grain * grain;
}

static int
pattern_length (const LtProduct *p)
{
  return (p->k + 3) / 4;
}

/* Working the sums out costs as much as looking them up for that many rows. */
static gboolean
is_looked_up (const LtProduct *p)
{
  return p->bits != NULL && p->m >= LEAST_LOOKED_UP && p->k > 0;
}

static void
find_patterns (gpointer data, int member, int n_members)
{
  const LtProduct *p = data;
  gsize first, last;

  lt_team_share (p->m, 1, member, n_members, &first, &last);
  for (gsize row = first; row < last; row++)
    lt_kernels ()->lookup->patterns (p->a + row * (gsize) p->lda, p->k,
                                     p->bits + row * (gsize) pattern_length (p));
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

/* c: where the block goes, instead of its place in p->c. */
static void
compute_block (const LtProduct *p, const Block *at, const Block *size, float *c)
{
  const float *a = p->a + (p->trans_a ? (gsize) at->k * p->lda + at->m
                                      : (gsize) at->m * p->lda + at->k);
  const float *b = p->b + (p->trans_b ? (gsize) at->n * p->ldb + at->k
                                      : (gsize) at->k * p->ldb + at->n);

  cblas_sgemm (CblasRowMajor, p->trans_a ? CblasTrans : CblasNoTrans,
               p->trans_b ? CblasTrans : CblasNoTrans, size->m, size->n, size->k,
               p->alpha, a, p->lda, b, p->ldb, at->k > 0 ? 1 : p->beta, c, p->ldc);
}

/* kernels-lookup.c */
static void
look_up_panel (const LtProduct *p, const Block *at, int m, int n, float *c)
{
  gsize stride = (gsize) pattern_length (p);
  LtLookup lookup = {
    .m = m,
    .n = n,
    .k = p->k,
    .patterns = p->bits + (gsize) at->m * stride,
    .stride = (int) stride,
    .alpha = p->alpha,
    .b = p->b + (p->trans_b ? (gsize) at->n * (gsize) p->ldb : (gsize) at->n),
    .ldb = p->ldb,
    .transposed = p->trans_b == LT_TRANSPOSED,
    .c = c,
    .ldc = p->ldc,
    .add = p->beta != 0,
  };

  lt_kernels ()->lookup->product (&lookup);
}

static void
multiply_panel (const ProductJob *job, const Block *at, int m, int n, float *c)
{
  const LtProduct *p = job->product;
  Block step = {
    even_step (m, job->block->m, ROW_GRAIN),
    MIN (n, job->block->n),
    MAX (1, even_step (p->k, job->block->k, 1)),
  };

  for (int j = 0; j < n; j += step.n) {
    for (int i = 0; i < m; i += step.m) {
      for (int k = 0; k == 0 || k < p->k; k += step.k)
        compute_block (p, &(Block){ at->m + i, at->n + j, k },
                       &(Block){ MIN (step.m, m - i), MIN (step.n, n - j),
                                 MIN (step.k, p->k - k) },
                       c + (gsize) i * p->ldc + j);
    }
  }
}

/* C [row, column] and on, m × n entries of it, to c. */
static void
compute_panel (const ProductJob *job, const Block *at, int m, int n, float *c)
{
  const LtProduct *p = job->product;

  if (is_looked_up (p))
    look_up_panel (p, at, m, n, c);
  else
    multiply_panel (job, at, m, n, c);
  if (job->epilogue)
    job->epilogue (job->data, c, p->ldc, at->m, m, at->n, n);
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
    compute_panel (job, &(Block){ .m = (int) first }, length, p->n,
                   p->c + first * p->ldc);
  else
    compute_panel (job, &(Block){ .n = (int) first }, p->m, length, p->c + first);
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
    compute_panel (job, &(Block){ .m = row }, MIN (step, (int) last - row), p->n,
                   scratch != NULL ? scratch : p->c + (gsize) row * p->ldc);
}

static void
run_product (LtTeam *team, LtTeamFunc func, ProductJob *job)
{
  static pthread_once_t once = PTHREAD_ONCE_INIT;
  const LtProduct *p = job->product;
  g_return_if_fail (p->bits == NULL ||
                    (p->trans_a == LT_PLAIN && (p->beta == 0 || p->beta == 1)));
  double flops = 2.0 * p->m * p->n * p->k;

  if (p->m <= 0 || p->n <= 0)
    return;
  pthread_once (&once, use_one_thread);
  job->block = choose_block (p);
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

#define TILE 16 /* a cache line each way */

typedef struct {
  const float *a;
  int rows, columns;
  float *b;
} Transposition;

static void
transpose_share (gpointer data, int member, int n_members)
{
  const Transposition *job = data;
  gsize first, last, rows = (gsize) job->rows, columns = (gsize) job->columns;

  lt_team_share (columns, TILE, member, n_members, &first, &last);
  for (gsize j0 = first; j0 < last; j0 += TILE)
    for (gsize i0 = 0; i0 < rows; i0 += TILE)
      for (gsize j = j0; j < MIN (j0 + TILE, last); j++)
        for (gsize i = i0; i < MIN (i0 + TILE, rows); i++)
          job->b[j * rows + i] = job->a[i * columns + j];
}

void
lt_transpose (LtTeam *team, const float *a, int rows, int columns, float *b)
{
  Transposition job = { a, rows, columns, b };

  lt_team_run (team, transpose_share, &job);
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

/* ---- Covariances ----------------------------------------------------------------- */

#define GRAM_TILE 96

typedef struct {
  const double *x;
  int rows, n;
  double *c;
} GramJob;

/* Tiles grow shorter towards the end, so members take them in turns. */
static void
add_gram_tiles (gpointer data, int member, int n_members)
{
  const GramJob *job = data;

  for (int first = member * GRAM_TILE; first < job->n; first += n_members * GRAM_TILE) {
    int size = MIN (GRAM_TILE, job->n - first);

    cblas_dgemm (CblasRowMajor, CblasTrans, CblasNoTrans, size, job->n - first,
                 job->rows, 1, job->x + first, job->n, job->x + first, job->n, 1,
                 job->c + (gsize) first * job->n + first, job->n);
  }
}

void
lt_add_gram (LtTeam *team, const double *x, int rows, int n, double *c)
{
  static pthread_once_t once = PTHREAD_ONCE_INIT;
  GramJob job = { x, rows, n, c };

  pthread_once (&once, use_one_thread);
  lt_team_run (team, add_gram_tiles, &job);
}

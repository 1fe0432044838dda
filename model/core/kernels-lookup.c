/* Products C = α op(A)·op(B) where A holds only zeros and ones, by looking up sums: four rows
 * of op(B) have sixteen sums, and four neighbouring entries of a row of op(A) say which of
 * them is wanted (the "method of four Russians": Arlazarov, Dinic, Kronrod & Faradžev 1970).
 * With the sums worked out once for all rows of op(A), four multiplications and additions
 * become one addition.
 *
 * Sums for 32 columns and 8 groups of four rows are 16 kB: they stay in the first cache, beside
 * the 32 columns of C that are added up. Columns do not depend on each other, nor do rows:
 * however they are cut, the results are the same. */
#include <string.h>

#include "core/kernels-math.h"
#include "core/kernels-table.h"
#include "core/kernels-transpose.h"

#ifdef __AVX512F__
#define VECTOR_BYTES 64
#define AT_ONCE      4 /* rows whose sums fill half of the registers */
#elif defined __AVX2__
#define VECTOR_BYTES 32
#define AT_ONCE      2
#else
#define VECTOR_BYTES 16
#define AT_ONCE      1
#endif

#define COLUMNS LT_PACKED_COLUMNS
#define LANES   (VECTOR_BYTES / 4)
#define VECTORS (COLUMNS / LANES)
#define GROUPS  8 /* at a time */
#define SUMS    16
#define ROWS    128 /* of C at a time, at most */

typedef float Vector
    __attribute__ ((vector_size (VECTOR_BYTES), aligned (4), may_alias));

/* Aligned, or every vector would lie in two cache lines. */
typedef struct {
  float sum[GROUPS][SUMS][COLUMNS];
  float b[4 * GROUPS][COLUMNS]; /* op(B), where it must be turned round or filled up */
  float c[ROWS][COLUMNS];
} __attribute__ ((aligned (64))) Tables;

/* ---- Patterns -------------------------------------------------------------------- */

/* In the upper half of a byte: an eighth of the way to its sum in bytes, a factor that
 * addresses can have. A one is 0x3f800000, whose bit 23 a zero does not have. */
static inline guint8
pattern (const float *a)
{
  guint64 low, high;

  memcpy (&low, a, sizeof low);
  memcpy (&high, a + 2, sizeof high);
  low = GUINT64_FROM_LE (low);
  high = GUINT64_FROM_LE (high);
  return (guint8) ((low >> 19 & 16) | (low >> 50 & 32) | (high >> 17 & 64) |
                   (high >> 48 & 128));
}

/* Of fewer than four columns of op(A); its next column is `next` further on, its next row
 * `step`. */
static void
last_patterns (const float *a, gsize next, gsize step, int n, int rows, guint8 *y)
{
  for (int i = 0; i < rows; i++, a += step) {
    y[i] = 0;
    for (int j = 0; j < n; j++)
      y[i] |= (guint8) ((a[(gsize) j * next] != 0) << (4 + j));
  }
}

/* Rows one after another, as they are stored: columns of op(A) one after another. */
static void
patterns_of_columns (const float *a,
                     gsize lda,
                     int n_groups,
                     int rows,
                     gsize stride,
                     guint8 *y)
{
  for (int i = 0; i < rows; i++, a += lda, y++)
    for (int group = 0; group < n_groups; group++)
      y[(gsize) group * stride] = pattern (a + 4 * group);
}

static void
patterns_of_rows (const float *restrict a,
                  gsize lda,
                  int n_groups,
                  int rows,
                  gsize stride,
                  guint8 *restrict y)
{
  for (int group = 0; group < n_groups; group++, a += 4 * lda, y += stride)
    for (gsize i = 0; i < (gsize) rows; i++)
      y[i] = (guint8) ((bits_of (a[i]) >> 19 & 16) | (bits_of (a[lda + i]) >> 18 & 32) |
                       (bits_of (a[2 * lda + i]) >> 17 & 64) |
                       (bits_of (a[3 * lda + i]) >> 16 & 128));
}

static void
patterns (const LtProduct *p, int first, int last, guint8 *y)
{
  gsize lda = (gsize) p->lda, next = p->trans_a ? lda : 1, step = p->trans_a ? 1 : lda;
  gsize stride = LT_PATTERNS (p->m);
  int n_whole = MAX (MIN (last, p->k / 4) - first, 0);
  const float *a = p->a + 4 * (gsize) first * next;

  (p->trans_a ? patterns_of_rows : patterns_of_columns) (a, lda, n_whole, p->m, stride,
                                                         y);
  if (first + n_whole < last)
    last_patterns (a + 4 * (gsize) n_whole * next, next, step, p->k % 4, p->m,
                   y + (gsize) n_whole * stride);
  for (int group = 0; group < last - first; group++)
    memset (y + (gsize) group * stride + p->m, 0, stride - (gsize) p->m);
}

/* ---- Sums ------------------------------------------------------------------------ */

/* A block of op(B): some columns from `column` on, four rows a group from `group` on. */
typedef struct {
  int column, n_columns;
  int group, n_groups;
  const float *b; /* its rows, ldb apart, filled up with zeros where they end */
  gsize ldb;
} Block;

/* n rows of op(B) [k, COLUMNS] for a block that cannot be read where it is. */
static void
copy_block (const LtLookup *self, const Block *block, int n, Tables *tables)
{
  gsize ldb = (gsize) self->ldb, first = 4 * (gsize) block->group;
  gsize column = (gsize) block->column;

  if (block->n_columns < COLUMNS || n < 4 * block->n_groups)
    memset (tables->b, 0, sizeof tables->b);
  if (self->packed != NULL)
    memcpy (tables->b, self->packed + column * (gsize) self->k + first * COLUMNS,
            sizeof tables->b[0] * (gsize) n);
  else if (self->transposed)
    lt_transpose_block (self->b + column * ldb + first, ldb, block->n_columns, n, 1,
                        tables->b[0], COLUMNS);
  else
    for (gsize i = 0; i < (gsize) n; i++)
      memcpy (tables->b[i], self->b + (first + i) * ldb + column,
              sizeof (float) * (gsize) block->n_columns);
}

static void
find_block (const LtLookup *self, Block *block, Tables *tables)
{
  gsize ldb = (gsize) self->ldb, first = 4 * (gsize) block->group;
  int n = MIN (4 * block->n_groups, self->k - (int) first);
  gboolean whole = n == 4 * block->n_groups;

  if (whole && self->packed != NULL) {
    block->b = self->packed + (gsize) block->column * (gsize) self->k + first * COLUMNS;
    block->ldb = COLUMNS;
  } else if (whole && !self->transposed && block->n_columns == COLUMNS) {
    block->b = self->b + first * ldb + (gsize) block->column;
    block->ldb = ldb;
  } else {
    copy_block (self, block, n, tables);
    block->b = tables->b[0];
    block->ldb = COLUMNS;
  }
}

/* Sums of a, b, c and d in the order of their patterns, COLUMNS apart. */
LT_INLINE void
fill_sums (Vector a, Vector b, Vector c, Vector d, float *y)
{
  Vector sum[SUMS] = { { 0 }, a, b, a + b };

  for (int i = 0; i < 4; i++)
    sum[4 + i] = sum[i] + c;
  for (int i = 0; i < 8; i++)
    sum[8 + i] = sum[i] + d;
  for (int i = 0; i < SUMS; i++)
    *(Vector *) (y + i * COLUMNS) = sum[i];
}

static void
fill_tables (const LtLookup *self, const Block *block, Tables *tables)
{
  const float *b = block->b;
  gsize ldb = block->ldb;

  for (int group = 0; group < block->n_groups; group++, b += 4 * ldb)
    for (int j = 0; j < COLUMNS; j += LANES)
      fill_sums (self->alpha * *(const Vector *) (b + j),
                 self->alpha * *(const Vector *) (b + ldb + (gsize) j),
                 self->alpha * *(const Vector *) (b + 2 * ldb + (gsize) j),
                 self->alpha * *(const Vector *) (b + 3 * ldb + (gsize) j),
                 &tables->sum[group][0][j]);
}

/* c [AT_ONCE, COLUMNS] += the sums that the rows' patterns ask for. These are read as one number,
 * because sums alone keep a processor's ports for reading busy. */
static inline void
add_sums (const Tables *tables,
          const guint8 *pattern,
          gsize stride,
          int n_groups,
          float (*c)[COLUMNS])
{
  Vector sum[AT_ONCE][VECTORS];

  for (int i = 0; i < AT_ONCE; i++)
    for (int v = 0; v < VECTORS; v++)
      sum[i][v] = *(const Vector *) &c[i][LANES * v];
  for (int group = 0; group < n_groups; group++, pattern += stride) {
    const char *sums = (const char *) tables->sum[group];
    guint32 rows = 0;

    memcpy (&rows, pattern, AT_ONCE);
    rows = GUINT32_FROM_LE (rows);
#pragma GCC unroll 4
    for (int i = 0; i < AT_ONCE; i++, rows >>= 8) {
      const Vector *looked_up = (const Vector *) (sums + 8 * (gsize) (rows & 0xff));

#pragma GCC unroll 8
      for (int v = 0; v < VECTORS; v++)
        sum[i][v] += looked_up[v];
    }
  }
  for (int i = 0; i < AT_ONCE; i++)
    for (int v = 0; v < VECTORS; v++)
      *(Vector *) &c[i][LANES * v] = sum[i][v];
}

/* ---- Products -------------------------------------------------------------------- */

/* Some columns of C, in rows first … first + n − 1: all of their sums. */
static void
add_columns (const LtLookup *self, int first, int n, int column, Tables *tables)
{
  gsize stride = (gsize) self->stride;
  int n_groups = (self->k + 3) / 4;
  Block block = { .column = column, .n_columns = MIN (COLUMNS, self->n - column) };
  gsize size = sizeof (float) * (gsize) block.n_columns;
  float *c = self->c + (gsize) first * (gsize) self->ldc + column;

  memset (tables->c, 0, sizeof tables->c[0] * (gsize) LT_PATTERNS (n));
  for (int i = 0; self->add && i < n; i++)
    memcpy (tables->c[i], c + (gsize) i * (gsize) self->ldc, size);
  for (; block.group < n_groups; block.group += GROUPS) {
    const guint8 *pattern =
        self->patterns + (gsize) block.group * stride + (gsize) first;

    block.n_groups = MIN (GROUPS, n_groups - block.group);
    find_block (self, &block, tables);
    fill_tables (self, &block, tables);
    for (int i = 0; i < n; i += AT_ONCE)
      add_sums (tables, pattern + i, stride, block.n_groups, tables->c + i);
  }
  for (int i = 0; i < n; i++)
    memcpy (c + (gsize) i * (gsize) self->ldc, tables->c[i], size);
}

static void
product (const LtLookup *self)
{
  Tables tables;

  for (int first = 0; first < self->m; first += ROWS)
    for (int column = 0; column < self->n; column += COLUMNS)
      add_columns (self, first, MIN (ROWS, self->m - first), column, &tables);
}

const LtLookupKernels LT_ISA_NAME (lt_lookup_kernels) = { patterns, product };

/* Products C = α op(A) op(B) + β C of dense matrices, in three steps that fit the caches (Goto &
 * van de Geijn 2008): a block of op(A) is copied into the order in which it is read, and
 * stays in the second cache; so is a panel of op(B), a few vectors wide, which stays in the
 * first; tiles of C are then summed up in registers. A minibatch has few rows, so that copying
 * must be cheap: it is a tenth of the time with a hundred rows.
 *
 * Each entry of C is one chain of fused multiply-adds for each step of k, and steps depend on
 * k alone. So however C is cut, its entries are the same to the bit. */
#include <string.h>

#include "core/kernels-table.h"
#include "core/kernels-transpose.h"

/* A tile has two vectors a row; its sums, a row of op(B) and one broadcast entry fill the
 * registers. */
#ifdef __AVX512F__
#define VECTOR_BYTES 64
#define TILE_ROWS    14
#elif defined __AVX2__
#define VECTOR_BYTES 32
#define TILE_ROWS    6
#else
#define VECTOR_BYTES 16
#define TILE_ROWS    6
#endif

#define LANES   (VECTOR_BYTES / 4)
#define COLUMNS (2 * LANES)

#define STEP  LT_STEP /* of k, at most: a panel of op(B) */
#define DEPTH 2       /* steps of a block of op(A) */

typedef float Vector
    __attribute__ ((vector_size (VECTOR_BYTES), aligned (4), may_alias));
typedef float Wide __attribute__ ((vector_size (64), aligned (4), may_alias));

/* ---- Tiles ----------------------------------------------------------------------- */

/* a [k, rows], b [k, COLUMNS], both packed; b's rows are ldb apart. */
typedef struct {
  int k;
  const float *a, *b;
  int ldb;
  float beta;
  float *c;
  int ldc;
} Tile;

static inline __attribute__ ((always_inline)) void
compute_tile (const Tile *self, int rows)
{
  const float *a = self->a, *b = self->b;
  Vector sum[TILE_ROWS][2] = { { { 0 } } };

  for (int p = 0; p < self->k; p++, a += rows, b += self->ldb) {
    Vector b0 = *(const Vector *) b, b1 = *(const Vector *) (b + LANES);

#pragma GCC unroll 16
    for (int i = 0; i < rows; i++) {
      sum[i][0] += a[i] * b0;
      sum[i][1] += a[i] * b1;
    }
  }
#pragma GCC unroll 16
  for (int i = 0; i < rows; i++) {
    Vector *c0 = (Vector *) (self->c + (gsize) i * (gsize) self->ldc);
    Vector *c1 = (Vector *) (self->c + (gsize) i * (gsize) self->ldc + LANES);

    if (self->beta != 0) {
      sum[i][0] += self->beta * *c0;
      sum[i][1] += self->beta * *c1;
    }
    *c0 = sum[i][0];
    *c1 = sum[i][1];
  }
}

#define DEFINE_TILE(rows)                    \
  static void tile_##rows (const Tile *self) \
  {                                          \
    compute_tile (self, rows);               \
  }

DEFINE_TILE (1)
DEFINE_TILE (2)
DEFINE_TILE (3)
DEFINE_TILE (4)
DEFINE_TILE (5)
DEFINE_TILE (6)
#if TILE_ROWS > 6
DEFINE_TILE (7)
DEFINE_TILE (8)
DEFINE_TILE (9)
DEFINE_TILE (10)
DEFINE_TILE (11)
DEFINE_TILE (12)
DEFINE_TILE (13)
DEFINE_TILE (14)
#endif

static void (*const tiles[TILE_ROWS + 1]) (const Tile *) = {
  NULL,   tile_1, tile_2, tile_3,  tile_4,  tile_5,  tile_6,
#if TILE_ROWS > 6
  tile_7, tile_8, tile_9, tile_10, tile_11, tile_12, tile_13, tile_14,
#endif
};

/* At C's right edge by way of rows that are long enough. */
static void
compute_edge_tile (const Tile *self, int rows, int columns)
{
  float edge[TILE_ROWS * COLUMNS] = { 0 };
  Tile tile = *self;
  gsize size = sizeof (float) * (gsize) columns;

  tile.c = edge;
  tile.ldc = COLUMNS;
  for (int i = 0; self->beta != 0 && i < rows; i++)
    memcpy (edge + i * COLUMNS, self->c + (gsize) i * (gsize) self->ldc, size);
  tiles[rows](&tile);
  for (int i = 0; i < rows; i++)
    memcpy (self->c + (gsize) i * (gsize) self->ldc, edge + i * COLUMNS, size);
}

/* ---- Packing --------------------------------------------------------------------- */

/* y [k, rows] = α op(A) [first_row and on, first and on]. */
static void
pack_a (const LtProduct *p, int first_row, int rows, int first, int k, float *y)
{
  gsize lda = (gsize) p->lda;

  if (!p->trans_a) {
    lt_transpose_block (p->a + (gsize) first_row * lda + first, lda, rows, k, p->alpha,
                        y, (gsize) rows);
    return;
  }
  const float *a = p->a + (gsize) first * lda + first_row;
  gboolean roomy =
      first_row + LT_ROWS_SLACK <= p->m; /* more may be read than is wanted */
  for (int i = 0; i < k; i++, a += lda, y += rows) {
    if (roomy)
      *(Wide *) y = p->alpha * *(const Wide *) a;
    else
      for (int j = 0; j < rows; j++)
        y[j] = p->alpha * a[j];
  }
}

/* y [k, COLUMNS], rows ldy apart, = op(B) [first and on, column and on], and zeros right of it. */
static void
pack_panel (const LtProduct *p, int column, int first, int k, float *y, int ldy)
{
  gsize ldb = (gsize) p->ldb;
  int n = CLAMP (p->n - column, 0, COLUMNS);

  for (int i = 0; n < COLUMNS && i < k; i++)
    memset (y + (gsize) i * (gsize) ldy, 0, sizeof (float) * COLUMNS);
  if (p->trans_b) {
    lt_transpose_block (p->b + (gsize) column * ldb + first, ldb, n, k, 1, y,
                        (gsize) ldy);
    return;
  }
  const float *b = p->b + (gsize) first * ldb + column;
  for (int i = 0; i < k; i++, b += ldb, y += ldy) {
    if (n == COLUMNS)
      memcpy (y, b, sizeof (float) * COLUMNS);
    else
      memcpy (y, b, sizeof (float) * (gsize) n);
  }
}

/* Where a column begins that is packed for several products. */
static gsize
packed_at (const LtProduct *p, int column)
{
  int within = column % LT_PACKED_COLUMNS;

  return (gsize) (column - within) * (gsize) p->k + (gsize) within;
}

/* Step by step, so that a panel is turned round within the first cache. */
static void
pack (const LtProduct *p, float *y)
{
  int width = (p->n + LT_PACKED_COLUMNS - 1) / LT_PACKED_COLUMNS * LT_PACKED_COLUMNS;

  for (int column = 0; column < width; column += COLUMNS)
    for (int first = 0; first < p->k; first += STEP)
      pack_panel (p, column, first, MIN (STEP, p->k - first),
                  y + packed_at (p, column) + (gsize) first * LT_PACKED_COLUMNS,
                  LT_PACKED_COLUMNS);
}

/* ---- Products -------------------------------------------------------------------- */

/* How far to go at once, so that equal steps of at most `most` cover n. */
static int
even_step (int n, int most)
{
  int n_steps = MAX (1, (n + most - 1) / most);

  return MAX (1, (n + n_steps - 1) / n_steps);
}

/* A block of op(A): rows, and k. Its tiles are as even as can be. */
typedef struct {
  int first_row, rows, n_tiles;
  int first, k, step;
} Block;

static Block
make_block (int first_row, int rows, int first, int k, int step)
{
  int n_tiles = (rows + TILE_ROWS - 1) / TILE_ROWS;

  return (Block){ first_row, rows, n_tiles, first, k, step };
}

static int
tile_begin (const Block *self, int tile)
{
  return (int) ((gint64) self->rows * tile / self->n_tiles);
}

/* Where the packed entries of a tile are, in the step of k that begins at `from`. */
static float *
tile_entries (const Block *self, LtPackedRows *packed, int tile, int from, int k)
{
  return packed->a + (gsize) from * (gsize) self->rows +
         (gsize) tile_begin (self, tile) * (gsize) k;
}

static void
pack_block (const LtProduct *p, const Block *self, LtPackedRows *packed)
{
  for (int from = 0; from < self->k; from += self->step) {
    int k = MIN (self->step, self->k - from);

    for (int tile = 0; tile < self->n_tiles; tile++) {
      int begin = tile_begin (self, tile), rows = tile_begin (self, tile + 1) - begin;

      pack_a (p, self->first_row + begin, rows, self->first + from, k,
              tile_entries (self, packed, tile, from, k));
    }
  }
}

/* COLUMNS columns of C, or what is left of them, in the rows of the block. */
static void
multiply_column (const LtProduct *p,
                 const Block *self,
                 LtPackedRows *packed,
                 int column)
{
  int columns = MIN (COLUMNS, p->n - column);

  for (int from = 0; from == 0 || from < self->k; from += self->step) {
    int k = MIN (self->step, self->k - from);
    const float *b = packed->b;

    if (p->packed != NULL)
      b = p->packed + packed_at (p, column) +
          (gsize) (self->first + from) * LT_PACKED_COLUMNS;
    else
      pack_panel (p, column, self->first + from, k, packed->b, COLUMNS);
    for (int t = 0; t < self->n_tiles; t++) {
      int begin = tile_begin (self, t), rows = tile_begin (self, t + 1) - begin;
      gsize row = (gsize) (self->first_row + begin);
      Tile tile = {
        .k = k,
        .a = tile_entries (self, packed, t, from, k),
        .b = b,
        .ldb = p->packed != NULL ? LT_PACKED_COLUMNS : COLUMNS,
        .beta = self->first + from == 0 ? p->beta : 1,
        .c = p->c + row * (gsize) p->ldc + column,
        .ldc = p->ldc,
      };

      if (columns == COLUMNS)
        tiles[rows](&tile);
      else
        compute_edge_tile (&tile, rows, columns);
    }
  }
}

static void
multiply (const LtProduct *p)
{
  int step = even_step (p->k, STEP), depth = DEPTH * step;
  int rows = even_step (p->m, LT_ROWS_SIZE / depth / TILE_ROWS * TILE_ROWS);
  LtPackedRows packed;

  for (int first = 0; first == 0 || first < p->k; first += depth)
    for (int row = 0; row < p->m; row += rows) {
      Block block = make_block (row, MIN (rows, p->m - row), first,
                                MIN (depth, p->k - first), step);

      pack_block (p, &block, &packed);
      for (int column = 0; column < p->n; column += COLUMNS)
        multiply_column (p, &block, &packed, column);
    }
}

static void
pack_rows (const LtProduct *p, LtPackedRows *packed)
{
  Block block = make_block (0, p->m, 0, p->k, even_step (p->k, STEP));

  pack_block (p, &block, packed);
}

static void
multiply_packed (const LtProduct *p, LtPackedRows *packed)
{
  Block block = make_block (0, p->m, 0, p->k, even_step (p->k, STEP));

  for (int column = 0; column < p->n; column += COLUMNS)
    multiply_column (p, &block, packed, column);
}

/* ---- Few rows -------------------------------------------------------------------- */

#define FEW_COLUMNS 3 /* so many pairs' sums fill the registers */

/* What is in memory is read once, and not by each multiplication. */
#ifdef __x86_64__
#define ONCE(x) __asm__("" : "+v"(x))
#else
#define ONCE(x)
#endif

static inline float
sum_lanes (Vector v)
{
  LtQuad sum = { 0 };

  for (int i = 0; i < LANES / 4; i++)
    sum += ((const LtQuad *) &v)[i];
  return (sum[0] + sum[2]) + (sum[1] + sum[3]);
}

/* a · b [k] of each row of A and of n rows of B, from `column` on. Where there are fewer than the
 * registers have room for, the last one counts more than once. */
static void
dot_rows (const LtProduct *p, int column, int n)
{
  Vector sum[LT_FEW_ROWS][FEW_COLUMNS] = { { { 0 } } };
  const float *a[LT_FEW_ROWS], *b[FEW_COLUMNS];
  int whole = p->k / LANES * LANES;

  for (int i = 0; i < LT_FEW_ROWS; i++)
    a[i] = p->a + (gsize) MIN (i, p->m - 1) * (gsize) p->lda;
  for (int j = 0; j < FEW_COLUMNS; j++)
    b[j] = p->b + (gsize) (column + MIN (j, n - 1)) * (gsize) p->ldb;
  for (int k = 0; k < whole; k += LANES) {
    for (int j = 0; j < FEW_COLUMNS; j++) /* the rows that come next */
      __builtin_prefetch (b[j] + k + FEW_COLUMNS * (gsize) p->ldb);
#pragma GCC unroll 8
    for (int i = 0; i < LT_FEW_ROWS; i++) {
      Vector here = *(const Vector *) (a[i] + k);

      ONCE (here);
#pragma GCC unroll 3
      for (int j = 0; j < FEW_COLUMNS; j++)
        sum[i][j] += here * *(const Vector *) (b[j] + k);
    }
  }
  for (int i = 0; i < p->m; i++)
    for (int j = 0; j < n; j++) {
      float *c = p->c + (gsize) i * (gsize) p->ldc + column + j;
      float dot = sum_lanes (sum[i][j]);

      for (int k = whole; k < p->k; k++)
        dot += a[i][k] * b[j][k];
      *c = p->alpha * dot + (p->beta != 0 ? p->beta * *c : 0);
    }
}

/* For a few rows packing would take longer than multiplying. */
static void
multiply_few (const LtProduct *p)
{
  for (int column = 0; column < p->n; column += FEW_COLUMNS)
    dot_rows (p, column, MIN (FEW_COLUMNS, p->n - column));
}

const LtProductKernels LT_ISA_NAME (lt_product_kernels) = {
  .pack = pack,
  .multiply = multiply,
  .pack_rows = pack_rows,
  .multiply_packed = multiply_packed,
  .multiply_few = multiply_few,
};

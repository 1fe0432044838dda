/* Products C = α A·op(B) where A holds only zeros and ones, by looking up sums: four rows of
 * op(B) have sixteen sums, and four neighbouring entries of a row of A say which of them
 * is wanted (the "method of four Russians": Arlazarov, Dinic, Kronrod & Faradžev 1970). With
 * the sums worked out once for all rows of A, four multiplications and additions
 * become one addition.
 *
 * Sums for 32 columns and 12 groups of four rows are 24 kB, so that they stay in the first
 * cache. Columns do not depend on each other: however they are cut, the results are the same. */
#include <string.h>

#include "core/kernels-table.h"

#define COLUMNS 32 /* two vectors */
#define GROUPS  12 /* at a time */
#define SUMS    16
#define LANES   16

typedef float Vector __attribute__ ((vector_size (64), aligned (4), may_alias));
typedef float Quad __attribute__ ((vector_size (16), aligned (4), may_alias));
typedef gint32 QuadIndex __attribute__ ((vector_size (16)));

/* Aligned, or every other vector would lie in two cache lines. */
typedef struct {
  float sum[GROUPS][SUMS][COLUMNS] __attribute__ ((aligned (64)));
} Table;

/* A one is 0x3f800000, whose bit 23 a zero does not have. */
static void
patterns (const float *a, int k, guint8 *y)
{
  int group = 0;

  for (; 4 * group + 4 <= k; group++) {
    guint64 low, high;

    memcpy (&low, a + 4 * group, sizeof low);
    memcpy (&high, a + 4 * group + 2, sizeof high);
    y[group] = (guint8) ((low >> 23 & 1) | (low >> 54 & 2) | (high >> 21 & 4) |
                         (high >> 52 & 8));
  }
  if (4 * group == k)
    return;
  y[group] = 0;
  for (int i = 4 * group; i < k; i++)
    y[group] |= (guint8) ((a[i] != 0) << (i - 4 * group));
}

/* Four rows of op(B) from `first` on, 4 × 4 entries at a time, where B is stored the other way
 * round. */
static void
load_transposed (const LtLookup *self, int first, int column, float (*row)[COLUMNS])
{
  for (int j = 0; j < COLUMNS; j += 4) {
    const float *b = self->b + (gsize) (column + j) * self->ldb + first;
    Quad b0 = *(const Quad *) b, b1 = *(const Quad *) (b + self->ldb);
    Quad b2 = *(const Quad *) (b + 2 * (gsize) self->ldb);
    Quad b3 = *(const Quad *) (b + 3 * (gsize) self->ldb);
    Quad low01 = __builtin_shuffle (b0, b1, (QuadIndex){ 0, 4, 1, 5 });
    Quad low23 = __builtin_shuffle (b2, b3, (QuadIndex){ 0, 4, 1, 5 });
    Quad high01 = __builtin_shuffle (b0, b1, (QuadIndex){ 2, 6, 3, 7 });
    Quad high23 = __builtin_shuffle (b2, b3, (QuadIndex){ 2, 6, 3, 7 });

    *(Quad *) &row[0][j] = __builtin_shuffle (low01, low23, (QuadIndex){ 0, 1, 4, 5 });
    *(Quad *) &row[1][j] = __builtin_shuffle (low01, low23, (QuadIndex){ 2, 3, 6, 7 });
    *(Quad *) &row[2][j] =
        __builtin_shuffle (high01, high23, (QuadIndex){ 0, 1, 4, 5 });
    *(Quad *) &row[3][j] =
        __builtin_shuffle (high01, high23, (QuadIndex){ 2, 3, 6, 7 });
  }
}

/* The same at the matrix's edges, where there are fewer rows and columns. */
static void
load_edge (const LtLookup *self, int first, int column, float (*row)[COLUMNS])
{
  memset (row, 0, 4 * sizeof *row);
  for (int i = 0; i < MIN (4, self->k - first); i++)
    for (int j = 0; j < MIN (COLUMNS, self->n - column); j++)
      row[i][j] = self->transposed
                      ? self->b[(gsize) (column + j) * self->ldb + first + i]
                      : self->b[(gsize) (first + i) * self->ldb + column + j];
}

static void
load_rows (const LtLookup *self, int first, int column, float (*row)[COLUMNS])
{
  if (first + 4 > self->k || column + COLUMNS > self->n)
    load_edge (self, first, column, row);
  else if (self->transposed)
    load_transposed (self, first, column, row);
  else
    for (int i = 0; i < 4; i++)
      memcpy (row[i], self->b + (gsize) (first + i) * self->ldb + column, sizeof *row);
}

static void
fill_table (const LtLookup *self,
            int first_group,
            int n_groups,
            int column,
            Table *table)
{
  float row[4][COLUMNS] __attribute__ ((aligned (64)));

  for (int g = 0; g < n_groups; g++) {
    load_rows (self, 4 * (first_group + g), column, row);
    for (int j = 0; j < COLUMNS; j += LANES) {
      Vector row0 = *(const Vector *) &row[0][j] * self->alpha;
      Vector row1 = *(const Vector *) &row[1][j] * self->alpha;
      Vector row2 = *(const Vector *) &row[2][j] * self->alpha;
      Vector row3 = *(const Vector *) &row[3][j] * self->alpha;
      Vector sum[SUMS] = { { 0 }, row0, row1, row0 + row1 };

      for (int s = 0; s < 4; s++)
        sum[4 + s] = sum[s] + row2;
      for (int s = 0; s < 8; s++)
        sum[8 + s] = sum[s] + row3;
      for (int s = 0; s < SUMS; s++)
        *(Vector *) &table->sum[g][s][j] = sum[s];
    }
  }
}

/* c [i] += the sums that row i's patterns ask for, or = from the first group on. */
static void
add_sums (const Table *table,
          const guint8 *const *pattern,
          int n_groups,
          gboolean begun,
          float *const *c)
{
  Vector sum[4][2] = { { { 0 } } };

  for (int i = 0; begun && i < 4; i++)
    for (int half = 0; half < 2; half++)
      sum[i][half] = *(const Vector *) (c[i] + LANES * half);
  for (int g = 0; g < n_groups; g++)
    for (int i = 0; i < 4; i++) {
      const float *looked_up = table->sum[g][pattern[i][g]];

      sum[i][0] += *(const Vector *) looked_up;
      sum[i][1] += *(const Vector *) (looked_up + LANES);
    }
  for (int i = 0; i < 4; i++)
    for (int half = 0; half < 2; half++)
      *(Vector *) (c[i] + LANES * half) = sum[i][half];
}

/* Four rows of C at a time; at the right edge by way of a row that is long enough. Where
 * fewer than four are left, the last one is done more than once. */
static void
add_rows (const LtLookup *self, const Table *table, int group, int n_groups, int column)
{
  int width = MIN (COLUMNS, self->n - column);
  float edge[4][COLUMNS];

  for (int first = 0; first < self->m; first += 4) {
    const guint8 *pattern[4];
    float *place[4], *c[4];

    for (int i = 0; i < 4; i++) {
      gsize row = (gsize) MIN (first + i, self->m - 1);

      pattern[i] = self->patterns + row * (gsize) self->stride + group;
      place[i] = self->c + row * (gsize) self->ldc + column;
      c[i] = width == COLUMNS ? place[i] : edge[i];
      if (width < COLUMNS)
        memcpy (c[i], place[i], (gsize) width * sizeof (float));
    }
    add_sums (table, pattern, n_groups, group > 0 || self->add, c);
    for (int i = 0; width < COLUMNS && i < 4; i++)
      memcpy (place[i], c[i], (gsize) width * sizeof (float));
  }
}

static void
product (const LtLookup *self)
{
  int n_groups = (self->k + 3) / 4;
  Table table;

  for (int column = 0; column < self->n; column += COLUMNS)
    for (int group = 0; group < n_groups; group += GROUPS) {
      int here = MIN (GROUPS, n_groups - group);

      fill_table (self, group, here, column, &table);
      add_rows (self, &table, group, here, column);
    }
}

const LtLookupKernels LT_ISA_NAME (lt_lookup_kernels) = { patterns, product };

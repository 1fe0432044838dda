/* Products over teams against three loops, and decompositions put together again. */
#include "core/matrix.h"

#include "core/kernels-table.h"
#include "core/rng.h"

#include <math.h>
#include <string.h>

#define MOST 4

typedef struct {
  int m, n, k;
} Size;

static const Size sizes[] = {
  { 1, 1, 1 },      { 1, 40, 7 },    { 33, 1, 5 },     { 2, 3, 0 },    { 17, 31, 13 },
  { 20, 130, 90 },  { 130, 20, 90 }, { 64, 64, 64 },   { 5, 500, 60 }, { 150, 100, 31 },
  { 100, 150, 31 }, { 3, 5, 20000 }, { 130, 70, 240 },
};

static float
at (const float *x, LtTranspose trans, int ld, int row, int column)
{
  return trans ? x[(gsize) column * ld + row] : x[(gsize) row * ld + column];
}

static double
naive (const LtProduct *p, const float *c, int row, int column)
{
  double sum = 0.0;
  for (int i = 0; i < p->k; i++)
    sum += (double) at (p->a, p->trans_a, p->lda, row, i) *
           (double) at (p->b, p->trans_b, p->ldb, i, column);
  sum *= (double) p->alpha;
  if (p->beta != 0.0f)
    sum += (double) p->beta * (double) c[(gsize) row * p->ldc + column];
  return sum;
}

/* Partial sums of k terms about 1 grow to √k and are rounded k times, at random: together
 * k · 6e-8. Five times that, and a little for k = 1. */
static void
check_product (const LtProduct *p, const float *before)
{
  double tolerance = 2e-5 + 3e-7 * p->k;
  for (int row = 0; row < p->m; row++) {
    for (int column = 0; column < p->ldc; column++) {
      gsize i = (gsize) row * p->ldc + column;
      if (column < p->n)
        g_assert_cmpfloat_with_epsilon ((double) p->c[i],
                                        naive (p, before, row, column), tolerance);
      else
        g_assert_cmpmem (&p->c[i], sizeof (float), &before[i], sizeof (float));
    }
  }
}

static float *
normals_new (LtRng *rng, gsize n)
{
  float *x = g_new (float, n + 1);
  lt_rng_fill_normal (rng, n, x);
  return x;
}

/* A's entries 0 or 1, and memory for their patterns: looked up in place of multiplied. */
static void
try_bits (LtTeam *team, const Size *size, int variant, LtRng *rng)
{
  LtTranspose trans_b = variant & 1 ? LT_TRANSPOSED : LT_PLAIN;
  LtTranspose trans_a = variant & 16 ? LT_TRANSPOSED : LT_PLAIN;
  int pad = variant & 2 ? 3 : 0;
  g_autoptr (LtWorkspace) ws = lt_workspace_new (NULL);
  LtProduct p = {
    .trans_a = trans_a,
    .trans_b = trans_b,
    .m = size->m,
    .n = size->n,
    .k = size->k,
    .alpha = variant & 4 ? -0.5f : 1.0f,
    .beta = variant & 8 ? 1.0f : 0.0f,
    .lda = MAX (1, (trans_a ? size->m : size->k) + pad),
    .ldb = MAX (1, (trans_b ? size->k : size->n) + pad),
    .ldc = size->n + pad,
  };
  gsize n_a = (gsize) (trans_a ? p.k : p.m) * (gsize) p.lda;
  g_autofree float *a = g_new (float, n_a + 1);
  g_autofree float *b =
      normals_new (rng, (gsize) MAX (1, trans_b ? p.n : p.k) * (gsize) p.ldb);
  g_autofree float *c = normals_new (rng, (gsize) p.m * (gsize) p.ldc);
  g_autofree float *before =
      g_memdup2 (c, sizeof (float) * (gsize) p.m * (gsize) p.ldc);

  lt_rng_fill_mask (rng, 0.4f, n_a, a);
  p.a = a;
  p.b = b;
  p.c = c;
  p.bits = lt_product_bits (ws, p.m, p.k);
  if (variant & 32) {
    p.packed = lt_product_pack (ws, &p);
    p.b = NULL;
  }
  lt_product (team, &p, NULL, NULL);
  p.b = b;
  check_product (&p, before);
}

static void
try_product (LtTeam *team, const Size *size, int variant, LtRng *rng)
{
  int pad = variant & 4 ? 3 : 0;
  LtProduct p = {
    .trans_a = variant & 1 ? LT_TRANSPOSED : LT_PLAIN,
    .trans_b = variant & 2 ? LT_TRANSPOSED : LT_PLAIN,
    .m = size->m,
    .n = size->n,
    .k = size->k,
    .alpha = variant & 8 ? -0.5f : 1.0f,
    .beta = variant & 16 ? 2.0f : 0.0f,
    .ldc = size->n + pad,
  };
  p.lda = MAX (1, (p.trans_a ? p.m : p.k) + pad);
  p.ldb = MAX (1, (p.trans_b ? p.k : p.n) + pad);
  gsize n_a = (gsize) (p.trans_a ? p.k : p.m) * p.lda;
  gsize n_b = (gsize) (p.trans_b ? p.n : p.k) * p.ldb;
  gsize n_c = (gsize) p.m * p.ldc;
  g_autofree float *a = normals_new (rng, n_a);
  g_autofree float *b = normals_new (rng, n_b);
  g_autofree float *c = normals_new (rng, n_c);
  if (p.beta == 0.0f)
    c[0] = NAN; /* what is not read cannot spoil the result */
  g_autofree float *before = g_memdup2 (c, n_c * sizeof (float));
  p.a = a;
  p.b = b;
  p.c = c;
  lt_product (team, &p, NULL, NULL);
  check_product (&p, before);
}

/* All transposes, strides, factors, on teams of one to four. */
static void
test_product (void)
{
  LtRng rng;
  lt_rng_init (&rng, 1, 0);
  for (int members = 0; members <= MOST; members++) {
    g_autoptr (LtTeam) team = members ? lt_team_new (members) : NULL;
    for (gsize i = 0; i < G_N_ELEMENTS (sizes); i++)
      for (int variant = 0; variant < 32; variant++)
        try_product (team, &sizes[i], variant, &rng);
  }
}

/* The same of zeros and ones. */
static void
test_bits (void)
{
  LtRng rng;

  lt_rng_init (&rng, 3, 0);
  for (int members = 0; members <= MOST; members++) {
    g_autoptr (LtTeam) team = members ? lt_team_new (members) : NULL;
    for (gsize i = 0; i < G_N_ELEMENTS (sizes); i++)
      for (int variant = 0; variant < 64; variant++)
        try_bits (team, &sizes[i], variant, &rng);
  }
}

/* Sums are looked up alike by every instruction set that this machine has. */
static void
test_lookup (void)
{
  enum {
    M = 26,
    N = 70,
    K = 51
  };
  LtRng rng;

  lt_rng_init (&rng, 4, 0);
  g_autofree float *a = g_new (float, M *K);
  g_autofree float *b = normals_new (&rng, N * K);
  lt_rng_fill_mask (&rng, 0.5f, M * K, a);
  for (int t = 0; lt_kernels_tables[t] != NULL; t++)
    for (int transposed = 0; transposed < 2; transposed++) {
      const LtLookupKernels *kernels = lt_kernels_tables[t]->lookup;
      guint8 patterns[LT_PATTERNS (M) * ((K + 3) / 4)];
      float c[M * N], packed[(N + LT_PACKED_COLUMNS) * K];
      LtLookup lookup = { .m = M,
                          .n = N,
                          .k = K,
                          .patterns = patterns,
                          .stride = LT_PATTERNS (M),
                          .alpha = 1,
                          .b = b,
                          .ldb = transposed ? K : N,
                          .transposed = transposed,
                          .c = c,
                          .ldc = N };
      LtProduct p = { .trans_b = transposed ? LT_TRANSPOSED : LT_PLAIN,
                      .m = M,
                      .n = N,
                      .k = K,
                      .alpha = 1,
                      .a = a,
                      .lda = K,
                      .b = b,
                      .ldb = lookup.ldb,
                      .c = c,
                      .ldc = N };

      if (!lt_kernels_tables[t]->supported ())
        continue;
      kernels->patterns (&p, 0, (K + 3) / 4, patterns);
      kernels->product (&lookup);
      check_product (&p, c);
      lt_kernels_tables[t]->product->pack (&p, packed);
      lookup.packed = packed;
      memset (c, 0, sizeof c);
      kernels->product (&lookup);
      check_product (&p, c);
    }
}

/* An empty result is no reason to call anything. */
static void
test_empty_product (void)
{
  float x = 1.0f;
  LtProduct p = { .a = &x, .b = &x, .c = &x, .k = 1, .lda = 1, .ldb = 1, .ldc = 1 };
  lt_product (NULL, &p, NULL, NULL);
  g_assert_true (x == 1.0f);
}

typedef struct {
  int m, n;
  float bias[600];
} Visit;

/* Adds to each entry what its place alone determines. */
static void
visit (gpointer data,
       float *c,
       int ldc,
       int first_row,
       int n_rows,
       int first_column,
       int n_columns)
{
  const Visit *self = data;
  g_assert_cmpint (first_row + n_rows, <=, self->m);
  g_assert_cmpint (first_column + n_columns, <=, self->n);
  for (int row = 0; row < n_rows; row++)
    for (int column = 0; column < n_columns; column++)
      c[(gsize) row * ldc + column] +=
          self->bias[first_column + column] + 1000.0f * (float) (first_row + row);
}

/* The epilogue sees every entry once, after the product, and knows where it is. */
static void
test_epilogue (void)
{
  LtRng rng;
  lt_rng_init (&rng, 2, 0);
  Visit v;
  for (int i = 0; i < 600; i++)
    v.bias[i] = (float) i;
  for (int members = 1; members <= MOST; members++) {
    g_autoptr (LtTeam) team = lt_team_new (members);
    for (gsize i = 0; i < G_N_ELEMENTS (sizes); i++) {
      const Size *size = &sizes[i];
      int ldc = size->n + 2;
      g_autofree float *a = normals_new (&rng, (gsize) size->m * size->k);
      g_autofree float *b = normals_new (&rng, (gsize) size->k * size->n);
      g_autofree float *c = g_new0 (float, (gsize) size->m *ldc);
      LtProduct p = { .m = size->m,
                      .n = size->n,
                      .k = size->k,
                      .alpha = 1.0f,
                      .a = a,
                      .lda = MAX (1, size->k),
                      .b = b,
                      .ldb = size->n,
                      .c = c,
                      .ldc = ldc };
      v.m = size->m;
      v.n = size->n;
      lt_product (team, &p, visit, &v);
      for (int row = 0; row < size->m; row++)
        for (int column = 0; column < ldc; column++) {
          double expected = column < size->n
                                ? naive (&p, NULL, row, column) + column + 1000.0 * row
                                : 0.0;
          g_assert_cmpfloat_with_epsilon ((double) c[row * ldc + column], expected,
                                          0.05);
        }
    }
  }
}

/* Copies panels to their places in the whole. */
static void
keep_panel (gpointer data,
            float *c,
            int ldc,
            int first_row,
            int n_rows,
            int first_column,
            int n_columns)
{
  float *kept = data;
  g_assert_cmpint (first_column, ==, 0);
  g_assert_cmpint (n_columns, ==, ldc);
  for (int i = 0; i < n_rows * ldc; i++)
    kept[first_row * ldc + i] += c[i];
}

/* Panels in scratch memory are those of the result itself, each seen once. */
static void
test_panels (void)
{
  const int m = 203, n = 130, k = 90, rows = 36;
  LtRng rng;
  lt_rng_init (&rng, 5, 0);
  g_autofree float *a = normals_new (&rng, m * k);
  g_autofree float *b = normals_new (&rng, k * n);
  for (int members = 1; members <= MOST; members++) {
    g_autoptr (LtTeam) team = lt_team_new (members);
    g_autofree float *whole = g_new0 (float, m *n);
    g_autofree float *kept = g_new0 (float, m *n);
    g_autofree float *scratch = g_new (float, members *rows *n);
    LtProduct p = { .trans_a = LT_TRANSPOSED,
                    .m = m,
                    .n = n,
                    .k = k,
                    .alpha = 1.0f,
                    .a = a,
                    .lda = m,
                    .b = b,
                    .ldb = n,
                    .c = whole,
                    .ldc = n };
    lt_product_panels (team, &p, &(LtPanels){ .rows = rows });
    for (int i = 0; i < m * n; i++)
      g_assert_cmpfloat_with_epsilon ((double) whole[i], naive (&p, NULL, i / n, i % n),
                                      5e-5);
    p.c = NULL;
    lt_product_panels (team, &p, &(LtPanels){ rows, scratch, keep_panel, kept, NULL });
    g_assert_cmpmem (kept, (gsize) m * n * sizeof (float), whole,
                     (gsize) m * n * sizeof (float));
  }
}

/* A second product is added before a panel is seen: here half of the first one's steps, with
 * zeros and ones. */
static void
test_added (void)
{
  const int m = 203, n = 130, k = 90, rows = 36;
  g_autoptr (LtWorkspace) ws = lt_workspace_new (NULL);
  LtRng rng;
  lt_rng_init (&rng, 8, 0);
  g_autofree float *a = normals_new (&rng, m * k);
  g_autofree float *b = normals_new (&rng, k * n);
  lt_rng_fill_mask (&rng, 0.4f, m * k / 2, a + m * k / 2);
  for (int members = 1; members <= MOST; members++) {
    g_autoptr (LtTeam) team = lt_team_new (members);
    g_autofree float *kept = g_new0 (float, m *n);
    g_autofree float *scratch = g_new (float, members *rows *n);
    LtProduct whole = { .trans_a = LT_TRANSPOSED,
                        .m = m,
                        .n = n,
                        .k = k,
                        .alpha = -0.5f,
                        .a = a,
                        .lda = m,
                        .b = b,
                        .ldb = n,
                        .ldc = n };
    LtProduct first = whole, second = whole;

    first.k = second.k = k / 2;
    second.a += m * k / 2;
    second.b += n * k / 2;
    second.beta = 1;
    second.bits = lt_product_bits (ws, m, k / 2);
    lt_product_panels (team, &first,
                       &(LtPanels){ rows, scratch, keep_panel, kept, &second });
    for (int i = 0; i < m * n; i++)
      g_assert_cmpfloat_with_epsilon ((double) kept[i],
                                      naive (&whole, NULL, i / n, i % n), 5e-5);
  }
}

/* Teams of any size give the same bytes, of shares cut either way and in steps of k. */
static void
test_any_team (void)
{
  static const Size some[] = { { 100, 230, 150 }, { 230, 100, 700 }, { 37, 41, 1100 } };
  LtRng rng;

  lt_rng_init (&rng, 3, 0);
  for (gsize i = 0; i < G_N_ELEMENTS (some); i++) {
    const Size *size = &some[i];
    gsize n_c = (gsize) size->m * (gsize) size->n;
    g_autofree float *a = normals_new (&rng, (gsize) size->m * (gsize) size->k);
    g_autofree float *b = normals_new (&rng, (gsize) size->k * (gsize) size->n);
    g_autofree float *before = normals_new (&rng, n_c);
    g_autofree float *first = g_memdup2 (before, n_c * sizeof (float));
    g_autofree float *c = g_new (float, n_c);
    LtProduct p = { .m = size->m,
                    .n = size->n,
                    .k = size->k,
                    .alpha = 0.3f,
                    .a = a,
                    .lda = size->k,
                    .b = b,
                    .ldb = size->n,
                    .beta = 0.7f,
                    .c = first,
                    .ldc = size->n };

    lt_product (NULL, &p, NULL, NULL);
    check_product (&p, before);
    p.c = c;
    for (int members = 1; members <= MOST; members++) {
      g_autoptr (LtTeam) team = lt_team_new (members);

      memcpy (c, before, n_c * sizeof (float));
      lt_product (team, &p, NULL, NULL);
      g_assert_cmpmem (c, n_c * sizeof (float), first, n_c * sizeof (float));
    }
  }
}

/* Every instruction set that this machine has multiplies, whatever the size: tiles of each number
 * of rows, columns that fill no panel, and blocks that do not hold all of A. */
static void
test_kernels (void)
{
  static const Size some[] = { { 1, 1, 0 },     { 3, 5, 2 },     { 4, 16, 8 },
                               { 5, 17, 9 },    { 6, 33, 257 },  { 7, 31, 11 },
                               { 27, 64, 600 }, { 300, 40, 520 } };
  LtRng rng;

  lt_rng_init (&rng, 6, 0);
  for (int t = 0; lt_kernels_tables[t] != NULL; t++) {
    if (!lt_kernels_tables[t]->supported ())
      continue;
    for (gsize i = 0; i < 4 * G_N_ELEMENTS (some); i++) {
      const Size *size = &some[i / 4];
      LtProduct p = { .trans_a = i & 1 ? LT_TRANSPOSED : LT_PLAIN,
                      .trans_b = i & 2 ? LT_TRANSPOSED : LT_PLAIN,
                      .m = size->m,
                      .n = size->n,
                      .k = size->k,
                      .alpha = -2,
                      .beta = 0.5f,
                      .lda = i & 1 ? size->m : MAX (1, size->k),
                      .ldb = i & 2 ? MAX (1, size->k) : size->n,
                      .ldc = size->n + 1 };
      gsize n_c = (gsize) p.m * (gsize) p.ldc;
      g_autofree float *a = normals_new (&rng, (gsize) p.m * (gsize) p.k);
      g_autofree float *b = normals_new (&rng, (gsize) p.n * (gsize) p.k);
      g_autofree float *before = normals_new (&rng, n_c);
      g_autofree float *c = g_memdup2 (before, n_c * sizeof (float));
      g_autofree float *packed =
          g_new (float, (gsize) (p.n + LT_PACKED_COLUMNS) * (gsize) (p.k + 1));

      p.a = a;
      p.b = b;
      p.c = c;
      lt_kernels_tables[t]->product->multiply (&p);
      check_product (&p, before);
      lt_kernels_tables[t]->product->pack (&p, packed);
      memcpy (c, before, n_c * sizeof (float));
      p.packed = packed;
      lt_kernels_tables[t]->product->multiply (&p);
      check_product (&p, before);
    }
  }
}

/* Operations are counted for the thread that asked. */
static void
test_flops (void)
{
  float a[6] = { 1, 2, 3, 4, 5, 6 }, b[12] = { 0 }, c[8];
  LtProduct p = { .m = 2,
                  .n = 4,
                  .k = 3,
                  .alpha = 1.0f,
                  .a = a,
                  .lda = 3,
                  .b = b,
                  .ldb = 4,
                  .c = c,
                  .ldc = 4 };
  double before = lt_product_flops ();
  lt_product (NULL, &p, NULL, NULL);
  g_assert_cmpfloat (lt_product_flops () - before, ==, 48.0);
}

/* Sums of columns, small and shared over a team. */
static void
test_column_sums (void)
{
  const int shapes[][2] = { { 0, 5 }, { 1, 3 }, { 7, 33 }, { 300, 500 }, { 3, 50000 } };
  LtRng rng;
  lt_rng_init (&rng, 4, 0);
  for (int members = 1; members <= MOST; members++) {
    g_autoptr (LtTeam) team = lt_team_new (members);
    for (gsize i = 0; i < G_N_ELEMENTS (shapes); i++) {
      int rows = shapes[i][0], n = shapes[i][1];
      g_autofree float *x = normals_new (&rng, (gsize) rows * n);
      g_autofree float *y = g_new (float, n + 1);
      y[n] = 7.0f;
      lt_column_sums (team, x, rows, n, y);
      g_assert_true (y[n] == 7.0f);
      for (int column = 0; column < n; column++) {
        double sum = 0.0;
        for (int row = 0; row < rows; row++)
          sum += (double) x[(gsize) row * n + column];
        g_assert_cmpfloat_with_epsilon ((double) y[column], sum, 1e-4);
      }
    }
  }
}

static double *
doubles_new (LtRng *rng, gsize n)
{
  double *x = g_new (double, n);
  for (gsize i = 0; i < n; i++)
    x[i] = (double) lt_rng_normal (rng);
  return x;
}

/* x xᵀ = 1 for the rows of x [rows, n]. */
static void
check_orthonormal_rows (const double *x, int rows, int n, int row_step, int step)
{
  for (int i = 0; i < rows; i++) {
    for (int j = 0; j <= i; j++) {
      double dot = 0.0;
      for (int l = 0; l < n; l++)
        dot += x[i * row_step + l * step] * x[j * row_step + l * step];
      g_assert_cmpfloat_with_epsilon (dot, i == j, 1e-12);
    }
  }
}

/* u s vᵀ is a again, its factors are orthonormal, the values descend. */
static void
test_svd (void)
{
  const int shapes[][2] = { { 1, 1 }, { 9, 4 }, { 4, 9 }, { 20, 20 }, { 50, 7 } };
  LtRng rng;
  lt_rng_init (&rng, 5, 0);
  for (gsize s = 0; s < G_N_ELEMENTS (shapes); s++) {
    int m = shapes[s][0], n = shapes[s][1], least = MIN (m, n);
    g_autofree double *a = doubles_new (&rng, m * n);
    g_autofree double *copy = g_memdup2 (a, m * n * sizeof (double));
    g_autofree double *u = g_new (double, m *least);
    g_autofree double *values = g_new (double, least);
    g_autofree double *vt = g_new (double, least *n);
    g_assert_true (lt_svd (a, m, n, u, values, vt));
    g_assert_cmpmem (a, m * n * sizeof (double), copy, m * n * sizeof (double));
    check_orthonormal_rows (vt, least, n, n, 1);
    check_orthonormal_rows (u, least, m, 1, least);
    for (int i = 1; i < least; i++)
      g_assert_cmpfloat (values[i - 1], >=, values[i]);
    g_assert_cmpfloat (values[least - 1], >=, 0.0);
    for (int i = 0; i < m; i++)
      for (int j = 0; j < n; j++) {
        double sum = 0.0;
        for (int l = 0; l < least; l++)
          sum += u[i * least + l] * values[l] * vt[l * n + j];
        g_assert_cmpfloat_with_epsilon (sum, a[i * n + j], 1e-12);
      }
  }
}

/* Each result can be left out, and the others stay what they were. */
static void
test_svd_parts (void)
{
  double u[12], s[3], vt[12], part[12];
  LtRng rng;
  lt_rng_init (&rng, 6, 0);
  g_autofree double *a = doubles_new (&rng, 12);
  g_assert_true (lt_svd (a, 4, 3, u, s, vt));
  g_assert_true (lt_svd (a, 4, 3, NULL, part, NULL));
  for (int i = 0; i < 3; i++)
    g_assert_cmpfloat_with_epsilon (part[i], s[i], 1e-12);
  g_assert_true (lt_svd (a, 4, 3, NULL, NULL, part));
  for (int i = 0; i < 9; i++)
    g_assert_cmpfloat_with_epsilon (part[i], vt[i], 1e-12);
  g_assert_true (lt_svd (a, 4, 3, part, NULL, NULL));
  for (int i = 0; i < 12; i++)
    g_assert_cmpfloat_with_epsilon (part[i], u[i], 1e-12);
}

/* a v = λ v for each row of v; the values descend. */
static void
test_eigen (void)
{
  LtRng rng;
  lt_rng_init (&rng, 7, 0);
  for (int n = 1; n <= 40; n += 13) {
    g_autofree double *a = doubles_new (&rng, n * n);
    g_autofree double *values = g_new (double, n);
    g_autofree double *v = g_new (double, n *n);
    for (int i = 0; i < n; i++)
      for (int j = 0; j < i; j++)
        a[i * n + j] = a[j * n + i];
    g_assert_true (lt_eigen (a, n, values, v));
    check_orthonormal_rows (v, n, n, n, 1);
    for (int i = 0; i < n; i++) {
      g_assert_true (i == 0 || values[i - 1] >= values[i]);
      for (int j = 0; j < n; j++) {
        double sum = 0.0;
        for (int l = 0; l < n; l++)
          sum += a[j * n + l] * v[i * n + l];
        g_assert_cmpfloat_with_epsilon (sum, values[i] * v[i * n + j], 1e-11);
      }
    }
  }
}

/* What is not finite has no decomposition. */
static void
test_not_finite (void)
{
  double a[4] = { 1.0, NAN, NAN, 1.0 }, values[2], v[4];
  g_assert_false (lt_svd (a, 2, 2, NULL, values, NULL));
  g_assert_false (lt_eigen (a, 2, values, v));
  a[1] = a[2] = INFINITY;
  g_assert_false (lt_svd (a, 2, 2, NULL, values, NULL));
  g_assert_false (lt_eigen (a, 2, values, v));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/matrix/product", test_product);
  g_test_add_func ("/matrix/bits", test_bits);
  g_test_add_func ("/matrix/kernels", test_kernels);
  g_test_add_func ("/matrix/lookup", test_lookup);
  g_test_add_func ("/matrix/empty-product", test_empty_product);
  g_test_add_func ("/matrix/epilogue", test_epilogue);
  g_test_add_func ("/matrix/panels", test_panels);
  g_test_add_func ("/matrix/added", test_added);
  g_test_add_func ("/matrix/any-team", test_any_team);
  g_test_add_func ("/matrix/flops", test_flops);
  g_test_add_func ("/matrix/column-sums", test_column_sums);
  g_test_add_func ("/matrix/svd", test_svd);
  g_test_add_func ("/matrix/svd-parts", test_svd_parts);
  g_test_add_func ("/matrix/eigen", test_eigen);
  g_test_add_func ("/matrix/not-finite", test_not_finite);
  return g_test_run ();
}

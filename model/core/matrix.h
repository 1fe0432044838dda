/* Dense float32 products, row-major, carried out by a team: each member computes a
 * panel of the result. The result is the same to the bit whatever the size of the team. */
#pragma once

#include "core/workspace.h"

G_BEGIN_DECLS

typedef enum {
  LT_PLAIN,
  LT_TRANSPOSED
} LtTranspose;

/* C [m, n] = alpha · op(A) [m, k] · op(B) [k, n] + beta · C.
 * lda, ldb, ldc: the rows' strides of A, B, C as stored. */
typedef struct {
  LtTranspose trans_a, trans_b;
  int m, n, k;
  float alpha;
  const float *a;
  int lda;
  const float *b;
  int ldb;
  float beta;
  float *c;
  int ldc;
  /* NULL, or memory from lt_product_bits where A holds only zeros and ones and beta is 0 or 1.
   * It then takes less than half the time, without multiplying. */
  guint8 *bits;
  /* NULL, or op(B) as lt_product_pack has written it; B may then be NULL. */
  const float *packed;
} LtProduct;

/* Scratch memory for the `bits` of a product of m rows, from the workspace. */
guint8 *lt_product_bits (LtWorkspace *ws, int m, int k);

/* op(B) in the order in which products read it, for `packed`: worth it where the same op(B) is
 * used more than once. Of the product only n, k, B and how it is stored count. By the workspace's
 * team, in memory from the workspace. */
const float *lt_product_pack (LtWorkspace *ws, const LtProduct *product);

/* Called by the member that has just finished the panel rows × columns of C, while it is
 * still in that member's cache: for a bias and an activation, for instance. */
typedef void (*LtEpilogue) (gpointer data,
                            float *c,
                            int ldc,
                            int first_row,
                            int n_rows,
                            int first_column,
                            int n_columns);

/* epilogue may be NULL. */
void lt_product (LtTeam *team,
                 const LtProduct *product,
                 LtEpilogue epilogue,
                 gpointer data);

/* How a product is used up while it is computed: each member works through its rows of C in
 * panels, and calls `done` after each. */
typedef struct {
  int rows;       /* of a panel, at most; a multiple of 4 */
  float *scratch; /* [lt_team_size, rows, n]: where a member's panels lie, each over the
                   * one before; NULL: in C */
  LtEpilogue done;
  gpointer data;
  const LtProduct
      *added; /* NULL, or a product that each panel gets as well: of the same
                           * size, beta 1; its C is left aside */
} LtPanels;

/* The entries are the same, to the bit, with scratch and without. */
void lt_product_panels (LtTeam *team, const LtProduct *product, const LtPanels *panels);

/* y [n] = sum of the rows of x [rows, n]. */
void lt_column_sums (LtTeam *team, const float *x, int rows, int n, float *y);

/* The upper triangle of C [n, n] += XᵀX, x [rows, n], in double: sums of squares and products for
 * covariances. The same to the bit whatever the team. Below the diagonal C is written
 * to, but means nothing. */
void lt_add_gram (LtTeam *team, const double *x, int rows, int n, double *c);

/* Floating-point operations (multiply and add are two) that lt_product has carried out
 * on the calling thread's behalf since the start, or saved by looking sums up; for the
 * benchmark. */
double lt_product_flops (void);

/* The processor that OpenBLAS computes for, in its own words. */
const char *lt_blas_core (void);

/* The one that it should be told to compute for, by OPENBLAS_CORETYPE before it is loaded, because
 * it does not know this one; NULL when its own choice will do. */
const char *lt_blas_fitting_core (void);

/* Singular values (descending) and right singular vectors (rows of vt [min, n]) of a
 * [m, n], through LAPACK in double; used by comparisons, never by training.
 * a is not changed; u [m, min], s [min] and vt [min, n] may be NULL. Returns FALSE when the
 * iteration does not converge or the input is not finite. */
gboolean lt_svd (const double *a, int m, int n, double *u, double *s, double *vt);

/* Eigenvalues (descending) and eigenvectors (rows of v [n, n]) of symmetric a [n, n]. */
gboolean lt_eigen (const double *a, int n, double *values, double *v);

G_END_DECLS

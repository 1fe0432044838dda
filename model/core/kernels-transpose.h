/* Matrices turned round, four rows and columns at a time. Internal to the kernels. */
#pragma once

#include <glib.h>

typedef float LtQuad __attribute__ ((vector_size (16), aligned (4), may_alias));

/* y's 4 × 4 entries, rows ldy apart, are those of x, rows ldx apart, transposed. */
static inline __attribute__ ((always_inline)) void
lt_transpose_quads (const float *x, gsize ldx, float alpha, float *y, gsize ldy)
{
  LtQuad x0 = *(const LtQuad *) x, x1 = *(const LtQuad *) (x + ldx);
  LtQuad x2 = *(const LtQuad *) (x + 2 * ldx), x3 = *(const LtQuad *) (x + 3 * ldx);
  LtQuad low01 = __builtin_shufflevector (x0, x1, 0, 4, 1, 5);
  LtQuad low23 = __builtin_shufflevector (x2, x3, 0, 4, 1, 5);
  LtQuad high01 = __builtin_shufflevector (x0, x1, 2, 6, 3, 7);
  LtQuad high23 = __builtin_shufflevector (x2, x3, 2, 6, 3, 7);

  *(LtQuad *) y = alpha * __builtin_shufflevector (low01, low23, 0, 1, 4, 5);
  *(LtQuad *) (y + ldy) = alpha * __builtin_shufflevector (low01, low23, 2, 3, 6, 7);
  *(LtQuad *) (y + 2 * ldy) =
      alpha * __builtin_shufflevector (high01, high23, 0, 1, 4, 5);
  *(LtQuad *) (y + 3 * ldy) =
      alpha * __builtin_shufflevector (high01, high23, 2, 3, 6, 7);
}

/* y [n, m], rows ldy apart, = α x [m, n], rows ldx apart. What is left at the edges is turned
 * round together with neighbours, once more. */
static inline void
lt_transpose_block (const float *x,
                    gsize ldx,
                    int m,
                    int n,
                    float alpha,
                    float *y,
                    gsize ldy)
{
  if (m < 4 || n < 4) {
    for (int i = 0; i < m; i++)
      for (int j = 0; j < n; j++)
        y[(gsize) j * ldy + (gsize) i] = alpha * x[(gsize) i * ldx + (gsize) j];
    return;
  }
  for (int row = 0; row < m; row += 4)
    for (int column = 0; column < n; column += 4) {
      gsize i = (gsize) MIN (row, m - 4), j = (gsize) MIN (column, n - 4);

      lt_transpose_quads (x + i * ldx + j, ldx, alpha, y + j * ldy + i, ldy);
    }
}

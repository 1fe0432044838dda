/* Whitening: the training rows' principal directions, each brought to the same variance.
 *
 *   C = (x − m)(x − m)' = U Λ U'      s = (Λ + ε λ̄)^(−1/2)
 *   PCA  y = g s U' (x − m)           ZCA  y = g U s U' (x − m)
 *
 * λ̄ is the mean variance of a value, so that ε does not depend on the values' unit, and g
 * makes the variance 1 on average over the kept directions; without ε it is 1. Of all
 * bases in which the data are white, ZCA's is the nearest to the data themselves (Bell & Sejnowski 1997;
 * Krizhevsky 2009, appendix A).
 *
 * Directions with the largest or the smallest variances can be left out. Without whitening
 * that smooths (or sharpens) the rows: x → m + U U' (x − m) over the kept directions. */
#pragma once

#include "data/dataset.h"

G_BEGIN_DECLS

typedef struct {
  LtWhitening how; /* NONE: directions are left out, and nothing else */
  double epsilon;
  int drop_leading, drop_trailing; /* the latter of those that vary at all */
} LtWhitenerOptions;

typedef struct {
  int nv, n_out;         /* values of a row before and after */
  int n_varying, n_kept; /* directions */
  LtWhitening how;
  float *mean;    /* [nv] */
  float *forward; /* [nv, n_out] */
  float *back;    /* ZCA: [nv, nv]; PCA: [n_out], the components' deviations; or NULL */
} LtWhitener;

/* Where rows come from: n of them from `first` on → x [n, nv]. Called from any thread. */
typedef struct {
  void (*read) (gconstpointer data, gsize first, gsize n, float *x);
  gconstpointer data;
  gsize n;
  int nv;
} LtRowReader;

/* Measures the rows. `name` stands in the sentence when no direction is left. */
LtWhitener *lt_whitener_new (const LtRowReader *rows,
                             const LtWhitenerOptions *options,
                             const char *name,
                             GError **error) G_GNUC_WARN_UNUSED_RESULT;
void lt_whitener_free (LtWhitener *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (LtWhitener, lt_whitener_free)

/* All rows, whitened → y [rows->n, n_out]. */
void lt_whitener_apply (const LtWhitener *self, const LtRowReader *rows, float *y);

/* Back to values before whitening, in place; components stay components. */
void lt_whitener_undo (const LtWhitener *self, gsize n, float *y);

/* "ZCA whitening, ε = 0.01, 580 of 588 directions", for people. */
char *lt_whitener_describe (const LtWhitener *self,
                            double epsilon) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS

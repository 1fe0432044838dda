/* Principal components of a data set's training rows: what a linear autoencoder must
 * arrive at (Baldi & Hornik 1989), and so the yardstick for all the others.
 *
 * An immutable, reference-counted value. Computing it takes about a second for MNIST, so
 * callers that need it more than once keep it with the data set. */
#pragma once

#include "probes/probes.h"

G_BEGIN_DECLS

/* The covariance matrix of more features than this is not decomposed. */
#define LT_PCA_MAX_FEATURES 4096

typedef struct {
  int ref_count; /* atomic */
  int nv;
  gsize n_rows;    /* training rows that it was fitted on */
  float *mean;     /* [nv] */
  double *values;  /* [nv]: variances along the components, descending */
  double *vectors; /* [nv, nv]: a component a row, orthonormal */
} LtPca;

/* Fitted on the training rows. NULL and a sentence when there are too many features, or
 * the values are not finite. */
LtPca *lt_pca_new (const LtDataset *data,
                   LtWorkspace *ws,
                   GError **error) G_GNUC_WARN_UNUSED_RESULT;
LtPca *lt_pca_ref (LtPca *self) G_GNUC_WARN_UNUSED_RESULT;
void lt_pca_unref (LtPca *self);

/* The mean over a split of ‖x − r‖², where r is x projected on the first k components. */
double lt_pca_squared_error (const LtPca *self,
                             const LtDataset *data,
                             LtSplit split,
                             int k,
                             LtWorkspace *ws);

/* The principal angles, in radians and ascending, between the spans of the rows of
 * a [na, n] and b [nb, n] (Björck & Golub 1973): angles [min (na, nb)]. Directions that
 * dependent rows do not span count as a right angle. FALSE when a number is not finite. */
gboolean lt_principal_angles (const double *a,
                              int na,
                              const double *b,
                              int nb,
                              int n,
                              double *angles);

/* The same between the first n_code components and what the snapshot's decoder spans:
 * decode (e_i) − decode (0), which for a linear decoder are the columns of its weights.
 * angles: [n_code], n_code ≤ nv. */
gboolean lt_pca_model_angles (const LtPca *self,
                              const LtSnapshot *snapshot,
                              LtWorkspace *ws,
                              double *angles);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (LtPca, lt_pca_unref)

G_END_DECLS

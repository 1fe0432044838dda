/* Restricted Boltzmann machines in double, by going through all states of both layers (of
 * real-valued visible units: by numeric integration). Slow, and independent of the model
 * library's own code. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef enum {
  RBM_ORACLE_BINARY,
  RBM_ORACLE_GAUSSIAN,
  RBM_ORACLE_RELU,
} RbmOracleHidden;

typedef struct {
  int nv, nl, nh;
  gboolean gaussian;
  RbmOracleHidden hidden; /* other than binary: free energies and log Z only */
  const double *w;        /* [nv + nl, nh] */
  const double *b, *c;
  const double *sigma; /* [nv], Gaussian units only */
  int n_counts; /* the first visible units count words, whatever the others are */
  int n_bits;   /* the last of them are binary, whatever the others are */
  int length;   /* how many words; for log Z */
} RbmOracle;

/* E (v, h): v [nv], label −1 where there are no label units, hidden units as bits. */
double rbm_oracle_energy (const RbmOracle *self, const double *v, int label, int h);

/* −log Σ_h exp (−E); of words in an order; label −1 sums over labels, too. */
double rbm_oracle_free_energy (const RbmOracle *self, const double *v, int label);

double rbm_oracle_log_z (const RbmOracle *self);

/* log Σ_v exp (−E), or the integral; without label units. */
double rbm_oracle_log_hidden (const RbmOracle *self, int h);

/* p (h_j = 1 | v) through the sum over all h. */
double rbm_oracle_hidden (const RbmOracle *self, const double *v, int label, int j);

/* Visible state number `state` of a binary machine: bit i is unit i. */
void rbm_oracle_visible (const RbmOracle *self, int state, double *v);

G_END_DECLS

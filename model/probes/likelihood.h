/* How probable a machine with an energy makes data: probes for models that can
 * LT_CAN_ENERGY, whose probabilities are exp (−F (x))/Z, or that have a variational bound.
 *
 * A model with LT_HAS_BINARY_STATES gives probabilities to rows of 0 and 1. Where its data
 * lie between, likelihoods are those of rows drawn with the values as probabilities, once,
 * from a generator of their own. */
#pragma once

#include "probes/probes.h"

G_BEGIN_DECLS

/* ---- Energies -------------------------------------------------------------------- */

typedef struct {
  LtSplit split;
  gsize limit;    /* rows at most, evenly spaced; 0: all */
  gboolean drawn; /* of rows drawn as said above, where the model has binary states */
} LtEnergyRows;

/* F of the rows: [*n], free with g_free. */
float *lt_probe_free_energies (const LtSnapshot *snapshot,
                               const LtDataset *data,
                               const LtEnergyRows *rows,
                               LtWorkspace *ws,
                               gsize *n) G_GNUC_WARN_UNUSED_RESULT;

/* The same of the rows' variational lower bounds, without log Z: models whose kind has a
 * `bound`. */
float *lt_probe_bounds (const LtSnapshot *snapshot,
                        const LtDataset *data,
                        const LtEnergyRows *rows,
                        LtWorkspace *ws,
                        gsize *n) G_GNUC_WARN_UNUSED_RESULT;

/* Σ_i log p (x_i | all others), each row's of its own, then their mean; rows as drawn. NAN
 * for models without binary states. Takes nv + 1 energies a row. */
double lt_probe_pseudo_likelihood (const LtSnapshot *snapshot,
                                   const LtDataset *data,
                                   LtSplit split,
                                   gsize limit,
                                   LtWorkspace *ws);

/* ---- log Z, estimated ------------------------------------------------------------ */

typedef enum {
  LT_LADDER_DENSE, /* nearly 70 % of the steps above 0.9: Salakhutdinov & Murray's */
  LT_LADDER_UNIFORM,
} LtLadder;
extern const char *const lt_ladder_names[];

typedef enum {
  LT_BASE_DATA,    /* units by themselves, with the training data's means */
  LT_BASE_UNIFORM, /* without biases: all binary states alike */
} LtAisBase;
extern const char *const lt_ais_base_names[];

typedef struct {
  int runs, temperatures;
  int ladder, base;   /* LtLadder, LtAisBase */
  gboolean downwards; /* from the model to the base, beginning at training rows */
  gboolean both_ways; /* lt_probe_measure_likelihood: once more, downwards */
  guint64 seed;
  gboolean (*progress) (gpointer data, double part); /* FALSE: stop here; or NULL */
  gpointer data;
} LtAisOptions;

typedef struct {
  int n;               /* runs */
  double *log_weights; /* [n]; with log Z of the base added, each estimates log Z */
  double log_z;        /* log of their mean */
  double low, high; /* log (Ẑ ± 3σ̂), σ̂ that mean's standard error; low may be −∞ */
  double deviation; /* of log_weights: large where the estimate is not to be trusted */
} LtAis;

/* The inverse temperatures: beta [n + 1], from 0 to 1. */
void lt_ais_ladder (LtLadder ladder, int n, double *beta);

/* A sentence when the model has no such path, it was stopped, or what came out is not a
 * number. */
LtAis *lt_probe_ais (const LtSnapshot *snapshot,
                     const LtDataset *data,
                     const LtAisOptions *options,
                     LtWorkspace *ws,
                     GError **error) G_GNUC_WARN_UNUSED_RESULT;
void lt_ais_free (LtAis *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (LtAis, lt_ais_free)

/* ---- All together ------------------------------------------------------------------ */

/* Appends to measures (LtMeasure), where the model can LT_CAN_ENERGY: free_energy_train,
 * _valid and _test, free_energy_gap (the judged split's less the training rows'),
 * pseudo_log_likelihood, log_z_exact where it can be had; with ais (or NULL) log_z_ais,
 * log_z_ais_low and _high, log_weight_deviation, and where it goes both ways log_z_ais_downwards;
 * and with either
 * log_likelihood_per_example, by the exact log Z where there is one. Of models with a bound,
 * log Z and log_likelihood_lower_bound_per_example. */
gboolean lt_probe_measure_likelihood (const LtSnapshot *snapshot,
                                      const LtDataset *data,
                                      LtSplit split,
                                      const LtAisOptions *ais,
                                      LtWorkspace *ws,
                                      GArray *measures,
                                      GError **error);

G_END_DECLS

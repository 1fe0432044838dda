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

/* How many documents a row holds, among those of whose lengths only it is probable; 0 where
 * one Z serves all rows. */
int lt_probe_n_lengths (const LtModel *model);

/* Their lengths, where there are any: [*n, lt_probe_n_lengths], free with g_free. */
float *lt_probe_lengths (const LtSnapshot *snapshot,
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
  const float *lengths; /* of the documents whose Z is wanted (LtAnnealing); or NULL */
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

/* A sentence when the model has no such path, or one for each length and none was given, it
 * was stopped, or what came out is not a number. */
LtAis *lt_probe_ais (const LtSnapshot *snapshot,
                     const LtDataset *data,
                     const LtAisOptions *options,
                     LtWorkspace *ws,
                     GError **error) G_GNUC_WARN_UNUSED_RESULT;
void lt_ais_free (LtAis *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (LtAis, lt_ais_free)

/* ---- Documents ------------------------------------------------------------------- */

#define LT_MAX_ANNEALED 50 /* documents, at most, that annealing judges */

/* What documents are judged by; means over them. */
typedef struct {
  gsize n;         /* documents: those of the split, or LT_MAX_ANNEALED evenly spaced */
  double n_words;  /* in a document */
  double energy;   /* F */
  double log_z;    /* of each one's length, exactly; NAN: too large to enumerate */
  double estimate; /* the same by annealing; NAN: not asked for */
  double low, high; /* of the estimates, like LtAis */
  double deviation; /* the largest of any length's log weights */
  double downwards; /* the estimate the other way; NAN: not asked for */
} LtDocumentsJudged;

/* Documents of the split among those of their length, for models with lt_probe_n_lengths:
 * −energy − log_z is the mean log p (x), of the words in one order, as in Salakhutdinov &
 * Hinton 2009, whose Z is a sum over ordered words. That of the counts, in whatever order,
 * is higher by log (D! / Π_k v_k!), which no parameter changes. Each length's log Z is found
 * once, with ais (else NULL) estimated as well. FALSE and a sentence as lt_probe_ais has
 * them. */
gboolean lt_probe_judge_documents (const LtSnapshot *snapshot,
                                   const LtDataset *data,
                                   LtSplit split,
                                   const LtAisOptions *ais,
                                   LtWorkspace *ws,
                                   LtDocumentsJudged *judged,
                                   GError **error);

/* ---- All together ------------------------------------------------------------------ */

/* Appends to measures (LtMeasure), where the model can LT_CAN_ENERGY: free_energy_train,
 * _valid and _test, free_energy_gap (the judged split's less the training rows'),
 * pseudo_log_likelihood, log_z_exact where it can be had; with ais (or NULL) log_z_ais,
 * log_z_ais_low and _high, log_weight_deviation, and where it goes both ways log_z_ais_downwards;
 * and with either
 * log_likelihood_per_example, by the exact log Z where there is one. Of models with a bound,
 * variational_free_energy_train, _valid, _test (of at most 10,000 rows, evenly spaced, of
 * splits other than the one that is judged) and _gap, which need no log Z; log Z, and with
 * it log_likelihood_lower_bound_per_example.
 *
 * Of documents log_z_… are means over them; with ais over those that were annealed, whose
 * number is annealed_documents. Where rows hold nothing but words there are log_likelihood_per_word,
 * that of all documents over all of their words, and perplexity_per_word, exp of its
 * negative (Blei, Ng & Jordan 2003, section 7.1; Salakhutdinov & Hinton 2009 average each
 * document's own log p/D before exp).
 *
 * FALSE and a sentence when annealing failed; all measures that do not need it are there. */
gboolean lt_probe_measure_likelihood (const LtSnapshot *snapshot,
                                      const LtDataset *data,
                                      LtSplit split,
                                      const LtAisOptions *ais,
                                      LtWorkspace *ws,
                                      GArray *measures,
                                      GError **error);

G_END_DECLS

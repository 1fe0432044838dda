/* The two phases of a Boltzmann machine's gradient, on one minibatch and step by step: what
 * the data hold together, and what the model does by each of the ways to find that out. */
#pragma once

#include "probes/probes.h"

G_BEGIN_DECLS

typedef enum {
  LT_MODEL_BY_CD_1,   /* chains one step away from the minibatch */
  LT_MODEL_BY_CD_K,   /* the same chains, k steps away */
  LT_MODEL_BY_CHAINS, /* persistent ones, or fresh ones that have gone far */
  LT_MODEL_BY_STATES, /* all of them: exactly */
  LT_N_MODEL_TERMS,
} LtModelTermId;

typedef struct {
  int layer; /* whose weights, from 0; −1, or none of the model's: the usual one */
  int minibatch;      /* from 0; they go round the training rows, in their order */
  int n;              /* rows of it */
  const float *given; /* [nv], in the place of all of them and without a label; NULL */
  int n_shown;        /* rows whose steps are kept, at most */
  int k;              /* of CD-k, ≥ 1 */
  int repeats;        /* how often chains are let go, ≥ 1: what is left is no noise */
  int chain_steps;    /* that fresh chains go where the state holds none */
  gboolean exact;     /* whether to go through all states where they can be listed */
  guint64 seed;
} LtContrastOptions;

/* ⟨v h'⟩ under the model, by one of the ways: v are the units below the weights, h those
 * above. */
typedef struct {
  float *vh;           /* [n_visible, nh]; NULL: not to be had */
  int n, steps;        /* chains, and Gibbs steps that they have gone for this */
  gboolean persistent; /* they are the ones that the training keeps */
  double norm;         /* ‖g‖, g = ⟨v h'⟩_data − ⟨v h'⟩_model */
  double cosine;       /* of g to the reference's; NAN: none */
  double error;        /* ‖g − g*‖/‖g*‖ to the reference's */
} LtModelTerm;

typedef struct {
  int layer; /* from 0 */
  LtGibbsLayer joins;
  gboolean
      mean_field; /* the data's hidden units have settled; else v⁰ is all they know */
  int n, n_visible, nh;
  gsize first, n_total; /* the minibatch's first row, and the training rows */
  int n_shown;
  int *labels;    /* [n_shown]; −1: none */
  float *v0, *h0; /* [n_shown, n_visible], [n_shown, nh]: data, and samples */
  float *h0_mean; /* [n_shown, nh] */
  float *v1, *h1; /* a step on: what the statistics are made of */
  float *data;    /* ⟨v⁰h⁰'⟩, [n_visible, nh] */
  int reference;  /* LtModelTermId: exact where there is such a thing, else chains */
  LtModelTerm model[LT_N_MODEL_TERMS];
} LtContrast;

/* For models with `gibbs`. NULL when a number is not finite. */
LtContrast *lt_probe_contrast (const LtSnapshot *snapshot,
                               const LtDataset *data,
                               const LtContrastOptions *options,
                               LtWorkspace *ws) G_GNUC_WARN_UNUSED_RESULT;
void lt_contrast_free (LtContrast *self);

G_END_DECLS

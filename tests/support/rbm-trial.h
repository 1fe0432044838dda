/* A restricted Boltzmann machine with data and random parameters of some size, and its twin
 * in double for the oracle: what the tests of these machines share. */
#pragma once

#include "boltzmann/rbm.h"
#include "support/rbm-oracle.h"

#define MOST_UNITS 16
#define STEP       1e-4

typedef struct {
  LtModel *model;
  LtRbmSettings settings;
  LtWorkspace *ws;
  float *params, *state, *gradient;
  LtRng rng;
  int nv, nl, nh, n;
  float *x;
  int *labels;
} RbmTrial;

/* knobs: "key=value key=value". */
void rbm_trial_set_knobs (const LtModelKind *kind,
                          const char *text,
                          LtRbmSettings *settings);

/* n examples of a shape, whose modalities are counts, real values and bits in this order, each
 * or some of them; documents have 2, 3 or 4 words in
 * turn. factors: up and down, or NULL. */
void rbm_trial_init_shaped (RbmTrial *self,
                            const char *knobs,
                            const double *factors,
                            const LtShape *shape,
                            int n);
void rbm_trial_init_doubled (RbmTrial *self,
                             const char *knobs,
                             const double *factors,
                             int nv,
                             int n);
void rbm_trial_init (RbmTrial *self, const char *knobs, int nv, int n);
void rbm_trial_clear (RbmTrial *self);

LtCall rbm_trial_call (RbmTrial *self);
LtTerms rbm_trial_gradient (RbmTrial *self);
gsize rbm_trial_offset (const RbmTrial *self, const char *tensor);
void rbm_trial_row (const RbmTrial *self, int row, double *v);

/* Steps down the gradient. */
void rbm_trial_descend (RbmTrial *self, int steps, float rate);

typedef struct {
  RbmOracle oracle;
  double *params; /* the block, in double */
  double sigma[MOST_UNITS];
} RbmTwin;

void rbm_twin_init (RbmTwin *self, const RbmTrial *trial);
void rbm_twin_clear (RbmTwin *self);

/* After a change of the parameters. */
void rbm_twin_update (RbmTwin *self, const RbmTrial *trial);

/* That the trial's gradient is that of an objective of the twin's parameters, by central
 * differences, each tensor to 1e-4 of its norm. only: a tensor's name, or NULL: all. */
typedef double (*RbmObjective) (const RbmTrial *trial, RbmTwin *twin);
void rbm_trial_assert_gradient (const RbmTrial *self,
                                RbmTwin *twin,
                                RbmObjective objective,
                                const char *only);

/* p (v) of every visible state of a binary machine. */
void rbm_twin_visible (const RbmTwin *self, double *p);

/* p (h) of every hidden state. */
void rbm_twin_hidden (const RbmTwin *self, double *p);

/* Bits as a number. */
int rbm_state_of (const float *bits, int n);

/* Pearson's χ² of counts against probabilities. */
double rbm_chi_squared (const int *counts, const double *p, int n_states, int n);

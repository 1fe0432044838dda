/* A small deep belief network with parameters of some size, and what it comes to by going
 * through all states in double. Slow, and independent of the model library's own code. */
#pragma once

#include "boltzmann/dbn.h"

typedef struct {
  LtModel *model;
  LtDbnSettings settings;
  LtWorkspace *ws;
  float *params, *state, *gradient;
  LtRng rng;
  int nv, n;
  float *x;    /* [n, nv] */
  int *labels; /* [n]: 0, 1, … in turn */
} DbnTrial;

/* knobs: "key=value key=value". Data are binary, or what visible= asks for. */
void dbn_trial_init (DbnTrial *self, const char *knobs, int nv, int n);
void dbn_trial_clear (DbnTrial *self);
LtCall dbn_trial_call (DbnTrial *self);
LtTerms dbn_trial_gradient (DbnTrial *self);

/* The tensor of that name in a block; it must be there. */
float *dbn_trial_tensor (const DbnTrial *self, const char *name, float *block);

/* p (v) of all 2^nv states, of a network of two binary layers; label −1: none, or summed
 * over; else p (v | label). p: [2^nv]; bit i of a state is unit i. */
void dbn_trial_distribution (const DbnTrial *self, int label, double *p);

/* How often each state occurs in binary rows x [n, nv]: [2^nv]. */
void dbn_trial_frequencies (const float *x, int n, int nv, double *p);

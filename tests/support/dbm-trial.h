/* A small deep Boltzmann machine with random parameters and data, and its twin in double, by
 * going through all states of all layers (of real-valued visible units: by numeric
 * integration). Slow, and independent of the model library's own code. */
#pragma once

#include "boltzmann/dbm-machine.h"

#define DBM_MOST_UNITS 16 /* of one layer */

typedef struct {
  LtModel *model;
  LtDbmSettings settings;
  LtWorkspace *ws;
  LtDbmMachine machine;
  float *params, *state, *gradient;
  LtRng rng;
  int n;
  float *x; /* [n, nv] */
  int *labels;
  double *exact; /* the parameters in double, for the functions below */
} DbmTrial;

/* knobs: "key=value key=value"; weights of deviation `scale`. */
void dbm_trial_init (DbmTrial *self, const char *knobs, int nv, int n, double scale);
void dbm_trial_clear (DbmTrial *self);
LtCall dbm_trial_call (DbmTrial *self);
LtTerms dbm_trial_gradient (DbmTrial *self);

/* A row of every layer's units; means will do where E is to be linear in them. */
typedef struct {
  double x[LT_DBM_LAYERS][DBM_MOST_UNITS];
} DbmUnits;

/* E of one row. */
double dbm_oracle_energy (const DbmTrial *self, const DbmUnits *units);

/* The input of unit i of a layer, bias included. */
double dbm_oracle_input (const DbmTrial *self, int layer, int i, const DbmUnits *units);

/* −log Σ exp (−E) over hidden units and labels, for the visible units of `units`. */
double dbm_oracle_free_energy (const DbmTrial *self, DbmUnits *units);
double dbm_oracle_log_z (const DbmTrial *self);

/* p (v) of every visible state of a binary machine. */
void dbm_oracle_visible (const DbmTrial *self, double *p);

void dbm_trial_row (const DbmTrial *self, int row, DbmUnits *units);

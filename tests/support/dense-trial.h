/* A dense network for one test: built, initialised, and what is needed to ask it. */
#pragma once

#include "nets/dense.h"

/* Pixels of an example: 3 by 4. */
#define DENSE_TRIAL_NV 12

typedef struct {
  LtModel *model;
  LtDenseSettings settings;
  LtTeam *team; /* NULL: none */
  LtWorkspace *ws;
  LtRng rng;
  float *params;
  LtCall call;
} DenseTrial;

/* The kind's defaults, with "key=value key=value" set. */
void dense_trial_set_knobs (const LtModelKind *kind,
                            const char *text,
                            LtDenseSettings *settings);

/* With first parameters of this seed, and some value in every bias. n_members: of a team, or
 * 0 for none. */
void dense_trial_init (DenseTrial *self,
                       const LtModelKind *kind,
                       const char *settings,
                       guint64 seed,
                       int n_members);
void dense_trial_clear (DenseTrial *self);

/* x [n, DENSE_TRIAL_NV], from 0 to 1, the same ones always. */
void dense_trial_fill_examples (int n, float *x);

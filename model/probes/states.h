/* Every state of a machine small enough to list: how probable it is, and how often the
 * data are in it. */
#pragma once

#include "probes/probes.h"

G_BEGIN_DECLS

#define LT_STATES_MAX_UNITS 12

typedef struct {
  int nv, n; /* n = 2^nv; unit i of state s is bit i */
  double *p; /* [n], exp (−F)/Z */
  double
      *frequency; /* [n], of the training rows; values between 0 and 1 count with both
                      * states, by their probabilities */
  double log_z;   /* exactly */
  double divergence; /* KL (frequency ‖ p), in nats */
} LtStates;

/* Whether they can be listed: LT_CAN_ENERGY, LT_HAS_BINARY_STATES, few enough units. */
gboolean lt_states_suit (const LtModel *model);

LtStates *lt_probe_states (const LtSnapshot *snapshot,
                           const LtDataset *data,
                           LtWorkspace *ws) G_GNUC_WARN_UNUSED_RESULT;
void lt_states_free (LtStates *self);

G_END_DECLS

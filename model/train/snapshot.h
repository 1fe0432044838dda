/* A snapshot: what a model was at one moment. Immutable, reference-counted atomically. */
#pragma once

#include "core/model.h"

G_BEGIN_DECLS

typedef struct {
  int ref_count; /* atomic */
  LtModel *model;
  float *params;
  float *state;  /* NULL when the model has none */
  float *update; /* the last minibatch's change of the parameters; NULL when not kept */
  gpointer settings; /* the model's settings at that moment */
  guint64 run;       /* which run it belongs to: results of another run are dropped */
  guint64 seed;
  int phase;       /* of the experiment, from 0 */
  int epoch;       /* epochs completed */
  gint64 step;     /* minibatches completed */
  double progress; /* epochs, with the fraction of the current one */
  LtTerms terms;   /* of the last minibatch */
  gboolean exact;  /* FALSE when it went through half precision */
} LtSnapshot;

/* Copies params, state, update and settings. update and state may be NULL. */
LtSnapshot *lt_snapshot_new (LtModel *model,
                             const float *params,
                             const float *state,
                             const float *update,
                             gconstpointer settings) G_GNUC_WARN_UNUSED_RESULT;
LtSnapshot *lt_snapshot_ref (LtSnapshot *self) G_GNUC_WARN_UNUSED_RESULT;
void lt_snapshot_unref (LtSnapshot *self);

/* A call on it: what probes start from. */
LtCall lt_snapshot_call (const LtSnapshot *self, LtWorkspace *ws, LtRng *rng);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (LtSnapshot, lt_snapshot_unref)

G_END_DECLS

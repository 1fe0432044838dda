/* The objective's terms and the figures beside it, as means over each epoch. */
#pragma once

#include "train/experiment.h"
#include "train/log.h"

G_BEGIN_DECLS

/* What a run's log held when it was read. */
typedef struct {
  GArray *rows, *epochs, *events; /* LtLogRow, LtLogEpoch, LtLogEvent */
} LtEpochLog;

typedef struct {
  const LtModelKind *kind;    /* of the phase that the epoch belongs to */
  double value[LT_MAX_TERMS]; /* in the order of the kind's terms; NAN where absent */
} LtEpochTerms;

/* Of epoch number `i` in the log, weighted by minibatches; none before training. */
LtEpochTerms lt_epoch_terms (const LtExperiment *experiment,
                             const LtEpochLog *log,
                             guint i);

/* "mean_field_sweeps" of a term called “mean-field sweeps”. */
char *lt_epoch_term_key (const LtTermInfo *info) G_GNUC_WARN_UNUSED_RESULT;

/* The keys of all phases' terms, each once, NULL-terminated. */
char **lt_epoch_term_keys (const LtExperiment *experiment) G_GNUC_WARN_UNUSED_RESULT;

/* The value under a key; NAN where the kind has no such term. */
double lt_epoch_terms_find (const LtEpochTerms *self, const char *key);

G_END_DECLS

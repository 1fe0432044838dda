/* A small restricted Boltzmann machine with data to be judged on, and its oracle in
 * double. */
#pragma once

#include "data/dataset.h"
#include "probes/likelihood.h"
#include "support/rbm-oracle.h"

typedef struct {
  LtDataset *data; /* 60 rows, a quarter of them for the test */
  LtSnapshot *snapshot;
  LtWorkspace *ws;
  RbmOracle oracle;
  double *w, *b, *c, *sigma;
} JudgedTrial;

/* A machine with parameters N (0, scale²), "key=value key=value" set. Rows of nv values: 0 or
 * 1 (LT_BINARY), between (LT_UNIT), standardised (LT_REAL), or documents of 2, 3 and 4 words
 * in turn (LT_COUNTS). */
void judged_trial_init (JudgedTrial *self,
                        const char *knobs,
                        LtValueKind kind,
                        int nv,
                        float scale);
void judged_trial_clear (JudgedTrial *self);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (JudgedTrial, judged_trial_clear)

/* A row's values [nv], freed with g_free(). */
double *judged_trial_row (const JudgedTrial *self,
                          LtSplit split,
                          gsize row) G_GNUC_WARN_UNUSED_RESULT;

/* All measures of the test rows (LtMeasure); ais: NULL: no estimates. */
GArray *judged_trial_measure (const JudgedTrial *self,
                              const LtAisOptions *ais) G_GNUC_WARN_UNUSED_RESULT;

/* A measure's value; NAN where there is none of that name. */
double judged_find (GArray *measures, const char *name);

/* How well a model reconstructs: the figures of the learning curves, of early stopping and
 * of `lantern eval`. */
#pragma once

#include "core/model.h"
#include "data/dataset.h"

#include <stdatomic.h>

G_BEGIN_DECLS

typedef struct {
  const LtCall *call;
  const LtDataset *data;
  LtSplit split;
  gsize limit; /* at most so many rows, evenly spaced over the split; 0: all */
  const atomic_bool *stop; /* gives up as soon as it is TRUE; NULL: never */
} LtEvaluation;

/* Mean errors over the rows, in the order of the split: squared error per example, summed
 * over its entries, and cross-entropy per entry. NAN where the split is empty, the model
 * cannot reconstruct, or the data are not in [0, 1] (cross-entropy). FALSE when it gave up. */
gboolean lt_evaluate (const LtEvaluation *evaluation,
                      double *squared_error,
                      double *cross_entropy);

/* The same, never giving up. */
void lt_evaluate_errors (const LtCall *call,
                         const LtDataset *data,
                         LtSplit split,
                         gsize limit,
                         double *squared_error,
                         double *cross_entropy);

G_END_DECLS

/* What a run has measured so far: written by the trainer, read by anybody.
 *
 * Append-only, guarded by one mutex; readers copy what they have not yet seen. */
#pragma once

#include "core/model.h"

G_BEGIN_DECLS

/* How many training rows the errors at the end of an epoch are taken over, at most. */
#define LT_LOG_TRAIN_ROWS 10000

/* A mean over the minibatches since the row before. About 50 rows an epoch. */
typedef struct {
  gint64 step;
  double progress; /* epochs */
  double objective;
  double terms[LT_MAX_TERMS];
  double learning_rate;
  double gradient_norm; /* before clipping, of the last of these minibatches; like the
                         * learning rate NAN for L-BFGS */
} LtLogRow;

/* At the end of an epoch (and before the first one, epoch 0). Errors of reconstruction are
 * those of all validation examples, and of at most LT_LOG_TRAIN_ROWS training examples,
 * evenly spaced and the same at each epoch. NAN where there is no such split or measure.
 * Summed scale: squared error an image; per-pixel scale: cross-entropy a pixel. */
typedef struct {
  int epoch;
  gint64 step;
  double seconds; /* of training since the run began, evaluation and pauses left out */
  double objective;                                /* mean over the epoch */
  double train_squared_error, valid_squared_error; /* per example, summed over nv */
  double train_cross_entropy, valid_cross_entropy; /* per entry */
  double learning_rate;
  double train_error,
      valid_error; /* the share of rows that are put into a wrong class */
} LtLogEpoch;

typedef struct {
  gint64 step;
  double progress;
  char key[48]; /* the knob turned, or "note", "diverged", "resumed", or "phase":
                 * `before` is its number, from 1, and `after` its title */
  char before[64], after[64];
} LtLogEvent;

typedef struct _LtLog LtLog;

LtLog *lt_log_new (void) G_GNUC_WARN_UNUSED_RESULT;
LtLog *lt_log_ref (LtLog *self) G_GNUC_WARN_UNUSED_RESULT;
void lt_log_unref (LtLog *self);

void lt_log_add_row (LtLog *self, const LtLogRow *row);
void lt_log_add_epoch (LtLog *self, const LtLogEpoch *epoch);
void lt_log_add_event (LtLog *self, const LtLogEvent *event);

/* Append what came after the array's present length: arrays of the three structs. Any
 * thread. Any array may be NULL. */
void lt_log_read (LtLog *self, GArray *rows, GArray *epochs, GArray *events);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (LtLog, lt_log_unref)

G_END_DECLS

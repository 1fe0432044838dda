/* The trainer: a thread that owns a live model and trains it.
 *
 * All functions are called from one other thread (the window's, or a command's). The
 * trainer never waits for them: knob turns are queued and applied between two minibatches,
 * display snapshots are made only when the last one has been taken. The same
 * experiment, seed and number of threads give the same bytes whatever is called meanwhile,
 * except for the knob turns themselves. */
#pragma once

#include "train/experiment.h"
#include "train/log.h"
#include "train/run-file.h"
#include "train/snapshot.h"

G_BEGIN_DECLS

typedef enum {
  LT_TRAINER_PAUSED, /* also before the first step */
  LT_TRAINER_RUNNING,
  LT_TRAINER_FINISHED, /* all epochs done, or stopped early */
  LT_TRAINER_DIVERGED, /* stands at its last good snapshot */
} LtTrainerState;

typedef enum {
  LT_STEP_BATCH,
  LT_STEP_EPOCH,
  LT_RUN
} LtAdvance;

typedef struct {
  LtTrainerState state;
  int epoch, n_epochs;    /* of all phases */
  int phase, phase_epoch; /* the present one, from 0, and the epoch that it began at */
  gint64 step;
  int steps_per_epoch;
  double progress;            /* epochs, fractional */
  double objective;           /* of the last log row */
  double examples_per_second; /* over the last second or so of training */
  double seconds_left;        /* an estimate; NAN when not known */
  char message
      [512]; /* why it stopped, or what went wrong while it goes on ("" when nothing) */
  gboolean recording; /* the run file is being written without trouble */
} LtTrainerStatus;

typedef struct _LtTrainer LtTrainer;

typedef struct {
  const LtExperiment *experiment; /* copied */
  LtDataset *dataset;             /* referenced */
  int n_threads;                  /* ≥ 1 */
  /* The run file to create; NULL: nothing is recorded. Where it cannot be created, training
   * goes on without it, and the status says why. */
  const char *path;
  const char
      *resume; /* a run file to go on with, in place of path and experiment; or NULL */
} LtTrainerOptions;

/* Paused, at epoch 0 or at the resume point. */
LtTrainer *lt_trainer_new (const LtTrainerOptions *options,
                           GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Stops within one minibatch, waits for the threads, closes the file. */
void lt_trainer_free (LtTrainer *self);

void lt_trainer_advance (LtTrainer *self, LtAdvance how);
void lt_trainer_pause (LtTrainer *self);

/* Waits until it is paused, finished or diverged; for commands and tests. */
void lt_trainer_wait (LtTrainer *self);

/* Checks on the spot, applies at the next minibatch. Live knobs only: of the present phase, or
 * with a key like "3:epochs" of one to come. */
gboolean lt_trainer_set_knob (LtTrainer *self,
                              const char *key,
                              const char *value,
                              GError **error);

/* The newest display snapshot, or NULL when there is none since the last call. Owned by
 * the caller. The first is there at once: the model before training. */
LtSnapshot *lt_trainer_take_snapshot (LtTrainer *self) G_GNUC_WARN_UNUSED_RESULT;

void lt_trainer_get_status (LtTrainer *self, LtTrainerStatus *status);
LtLog *lt_trainer_log (LtTrainer *self);     /* borrowed */
LtModel *lt_trainer_model (LtTrainer *self); /* borrowed */
guint64 lt_trainer_run (LtTrainer *self);    /* unique in this process */

/* What whoever starts the run should know before it trains: sentences about layers that are
 * taken over as another kind of units, or from other kinds of values. Borrowed; NULL where
 * all is well, and for a run that goes on. */
const char *lt_trainer_notice (LtTrainer *self);

/* The experiment with its knobs as they are now turned; owned by the caller. */
LtExperiment *lt_trainer_dup_experiment (LtTrainer *self) G_GNUC_WARN_UNUSED_RESULT;

/* The model as it was after an epoch: from memory when it is the newest, else from the run
 * file, through a connection of its own. Any thread. */
LtSnapshot *lt_trainer_load_epoch (LtTrainer *self,
                                   int epoch,
                                   GError **error) G_GNUC_WARN_UNUSED_RESULT;

G_DEFINE_AUTOPTR_CLEANUP_FUNC (LtTrainer, lt_trainer_free)

G_END_DECLS

/* The trainer's inside: what its thread and its callers share, and what the thread has for
 * itself. Included by train/trainer*.c only. */
#pragma once

#include "train/evaluate.h"
#include "train/optimiser.h"
#include "train/trainer.h"
#include "train/writer.h"

#include <pthread.h>
#include <stdatomic.h>

G_BEGIN_DECLS

/* Independent streams of the run's seed. */
#define LT_STREAM_INIT  1
#define LT_STREAM_ORDER 2
#define LT_STREAM_NOISE 3

typedef enum {
  LT_ORDER_PAUSE,
  LT_ORDER_BATCH,
  LT_ORDER_EPOCH,
  LT_ORDER_RUN,
} LtOrder;

/* A knob turn on its way to the thread. */
typedef struct {
  char *key, *value;
} LtTurn;

/* Sums of what a log row or an epoch averages. */
typedef struct {
  double objective;
  double terms[LT_MAX_TERMS];
  double n; /* examples */
} LtMeans;

/* What the next minibatch depends on besides parameters, state and moments. Saved as it
 * stands at the end of each epoch: every field is 8 bytes wide, so there is no padding. */
typedef struct {
  guint64 size; /* of this struct: other versions have others */
  LtRng order_rng, noise_rng;
  gint64 epoch, step;
  gint64 phase, phase_epoch; /* the present one, and the epoch that it began at */
  double seconds;
  double plateau_factor;
  gint64 plateau_epochs; /* without improvement, since the factor last changed */
  double best_loss;      /* of early stopping; infinite before the first epoch */
  gint64 best_epoch;
  double lowest, first; /* objectives since the last knob turn; NAN before the first */
  guint64 n_rows, n_epochs, n_events; /* log entries so far */
  guint64 n_train, nv, fingerprint;   /* of the data */
} LtProgress;

struct _LtTrainer {
  /* Fixed at creation. */
  GPtrArray *models; /* of all phases; set at creation */
  LtDataset *dataset;
  guint64 run;
  LtLog *log;
  LtWriter *writer; /* NULL: nothing is recorded */
  char *path;       /* the same */
  char *notice;     /* or NULL */
  pthread_t thread;

  /* Shared, under the lock. */
  LtModel *model; /* the present phase's */
  pthread_mutex_t lock;
  pthread_cond_t changed;
  LtOrder order;
  gboolean batch_done, epoch_done; /* since the order was given */
  GQueue turns;                    /* LtTurn */
  LtExperiment *wanted;            /* with all turns, also those not yet applied */
  LtTrainerStatus status;
  LtSnapshot *newest; /* of the last epoch's end */

  /* Shared without a lock. */
  _Atomic (LtSnapshot *) slot;
  atomic_bool stop;

  /* The thread's own. */
  gboolean resumed;
  LtExperiment *experiment;
  LtTeam *team;
  LtWorkspace *ws;
  LtOptimiser *optimiser;
  float *params, *state, *gradient;
  float *before; /* the parameters before the step, when a snapshot will be made */
  float *chunk_gradient;              /* L-BFGS only */
  float *good, *good_state;           /* the last that were seen to be sound */
  float *candidate, *candidate_state; /* the last row's, not yet judged */
  gboolean has_candidate;
  gint64 good_step, candidate_step;
  double good_progress, candidate_progress;
  LtProgress at;
  guint32 *rows; /* the epoch's order of the training rows */
  gsize n_rows, position;
  /* What the frozen layers make of each training row, in half precision: [n_rows,
   * n_features]; NULL until it is needed, or where nothing can be kept. */
  guint16 *features;
  float *batch_features;  /* of the minibatch */
  gsize feature_capacity; /* rows that fit into it */
  float *x;               /* the minibatch */
  int *labels;
  gsize capacity; /* rows that fit into x and labels */
  LtTerms terms;
  LtMeans row, epoch;
  double rate_examples, rate_seconds; /* the window over which the speed is measured */
  double evaluation_seconds;          /* of the last epoch's end */
  double next_show;                   /* when a display snapshot may be made again */
  gboolean shown; /* the model has not changed since the last display snapshot */
  gboolean will_show, want_update;
  gboolean has_update; /* `before` holds the change that led to the parameters */
};

/* ---- trainer-step.c: one minibatch ---- */

/* Seconds, of a clock that only goes forwards. */
double lt_trainer_now (void);
double lt_trainer_progress (const LtTrainer *self);

/* The same since the present phase began: what schedules go by. */
double lt_trainer_phase_progress (const LtTrainer *self);
double lt_trainer_rate (const LtTrainer *self);
void lt_trainer_begin_epoch (LtTrainer *self);

/* FALSE when the run diverged: `what` says how. */
gboolean lt_trainer_train_batch (LtTrainer *self, const char **what);

/* ---- trainer-epoch.c: what happens at an epoch's end, and when a run diverges ---- */

/* FALSE when it was stopped in the middle of it. */
gboolean lt_trainer_end_epoch (LtTrainer *self);
void lt_trainer_diverge (LtTrainer *self, const char *what);
LtSnapshot *lt_trainer_snapshot (const LtTrainer *self,
                                 const float *update) G_GNUC_WARN_UNUSED_RESULT;

/* Puts the present model into the slot, in place of what is there. */
void lt_trainer_show (LtTrainer *self, const float *update);
void lt_trainer_add_event (LtTrainer *self,
                           const char *key,
                           const char *before,
                           const char *after);

/* Whether patience has run out. */
gboolean lt_trainer_is_stuck (const LtTrainer *self);

/* ---- trainer-phase.c: from one phase to the next ---- */

/* Whether the present phase has had its epochs, or makes no progress any more. */
gboolean lt_trainer_phase_is_over (const LtTrainer *self);

/* The next phase's model, beginning with the present one's weights. There must be one. */
void lt_trainer_enter_next_phase (LtTrainer *self);

/* Computes the features that the present model can keep, once a phase. FALSE when it was
 * stopped in the middle of it. */
gboolean lt_trainer_prepare_features (LtTrainer *self);

/* Says in the log which phase begins. */
void lt_trainer_say_phase (LtTrainer *self);

/* The features of n training rows, into batch_features; NULL where none are kept. */
const float *lt_trainer_gather_features (LtTrainer *self, const guint32 *rows, gsize n);

/* ---- trainer-thread.c ---- */
gpointer lt_trainer_main (gpointer trainer);

/* ---- trainer-state.c: making and restoring the thread's state ---- */
void lt_trainer_init_state (LtTrainer *self, int n_threads);
void lt_trainer_clear_state (LtTrainer *self);

/* The parts of it that depend on the model: blocks, first parameters, optimiser. */
void lt_trainer_init_model (LtTrainer *self);
void lt_trainer_clear_model (LtTrainer *self);
void lt_trainer_remember_as_good (LtTrainer *self);
GBytes *lt_trainer_save (const LtTrainer *self) G_GNUC_WARN_UNUSED_RESULT;

/* Reads the experiment as it was turned, from a resume point. */
LtExperiment *lt_trainer_saved_experiment (GBytes *bytes,
                                           const char *origin,
                                           GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* The length of the rows that a run was trained on; 0 where the bytes do not tell. */
guint64 lt_trainer_saved_nv (GBytes *bytes);
gboolean lt_trainer_restore (LtTrainer *self,
                             const LtResumePoint *point,
                             GError **error);

G_END_DECLS

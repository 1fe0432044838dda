/* Follows a training to its end, with a line of figures an epoch. */
#pragma once

#include "train/trainer.h"

G_BEGIN_DECLS

typedef struct {
  const char *path; /* of the run file, NULL when none is kept */
  int n_threads;
  gboolean quiet, json;
} LtTrainWatch;

/* From here on, signals that ask the program to stop end lt_train_watch. Called on the main
 * thread, before the trainer starts its threads, which inherit what is blocked. */
void lt_train_catch_signals (void);

/* Trains to the end, to a signal or to trouble, and frees the trainer. TRUE when all epochs
 * are done and, where there is a run file, in it. */
gboolean lt_train_watch (LtTrainer *trainer, const LtTrainWatch *how, GError **error);

G_END_DECLS

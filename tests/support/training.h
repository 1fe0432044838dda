/* What the trainer's tests share: runs of the toy, or of any family that a test's table has,
 * on LT_TEST_ROWS rows of the toy's data. */
#pragma once

#include "train/trainer.h"

/* No multiple of a batch size. */
#define LT_TEST_ROWS 403

/* The default, with "key=value;key=value" set. */
LtExperiment *lt_test_experiment (const char *assignments);

/* Paused at epoch 0, with two threads. path may be NULL. */
LtTrainer *lt_test_start (const char *assignments, const char *path);

/* The recorded run at path, with the same data. */
LtTrainer *lt_test_resume (const char *path, GError **error);

/* Gives the order and waits until it has been carried out. */
void lt_test_advance (LtTrainer *trainer, LtAdvance how);

LtTrainerStatus lt_test_status (LtTrainer *trainer);

/* Of parameters and state, at the same place. */
void lt_test_assert_same_bytes (const LtSnapshot *a, const LtSnapshot *b);

LtSnapshot *lt_test_epoch (LtTrainer *trainer, int epoch);

/* What a run of n epochs comes to that nobody disturbs. */
LtSnapshot *lt_test_run_undisturbed (const char *assignments, int n);

/* That a run of four epochs that is closed amid its third and resumed comes to the bytes of
 * one that nobody disturbs, state included. */
void lt_test_assert_exact_resume (const char *assignments);

/* That chains of zeros and ones, the whole of the state of a run that has not begun, go on, as
 * many as they were, when the batch size changes in the middle of an epoch. */
void lt_test_assert_chains_survive (LtTrainer *trainer);

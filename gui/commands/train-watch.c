/* Follows a training to its end, with a line of figures an epoch.
 *
 * Ctrl-C is taken without a global variable: the signals that ask a program to stop are
 * blocked in this thread and in the trainer's, and this thread fetches them with sigtimedwait
 * between two looks at the log. OpenBLAS's threads exist before main does and block nothing;
 * where one of them is handed the signal, a handler passes it on to this thread. */
#define _GNU_SOURCE /* tgkill */

#include "commands/train-watch.h"

#include "commands/epoch-terms.h"
#include "commands/output.h"
#include "core/error.h"

#include <math.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

typedef struct {
  LtTrainer *trainer;
  const LtTrainWatch *how;
  LtExperiment *experiment;
  LtEpochLog log; /* epochs as far as printed */
  guint n_events; /* of its events, as far as printed */
  char *trouble;  /* why nothing is recorded at present; NULL while it is */
} Watch;

static void
add_epoch_json (JsonBuilder *json,
                const LtLogEpoch *epoch,
                const LtTrainerStatus *status)
{
  lt_json_integer (json, "epoch", epoch->epoch);
  lt_json_integer (json, "step", epoch->step);
  lt_json_number (json, "seconds", epoch->seconds);
  lt_json_number (json, "objective", epoch->objective);
  lt_json_number (json, "train_squared_error", epoch->train_squared_error);
  lt_json_number (json, "valid_squared_error", epoch->valid_squared_error);
  lt_json_number (json, "train_cross_entropy", epoch->train_cross_entropy);
  lt_json_number (json, "valid_cross_entropy", epoch->valid_cross_entropy);
  lt_json_number (json, "train_error", epoch->train_error);
  lt_json_number (json, "valid_error", epoch->valid_error);
  lt_json_number (json, "learning_rate", epoch->learning_rate);
  lt_json_number (json, "examples_per_second", status->examples_per_second);
  lt_json_number (json, "seconds_left", status->seconds_left);
}

static void
add_terms_json (JsonBuilder *json, const LtEpochTerms *terms)
{
  for (int term = 0; term < terms->kind->n_terms; term++) {
    g_autofree char *key = lt_epoch_term_key (&terms->kind->terms[term]);

    lt_json_number (json, key, terms->value[term]);
  }
}

/* Of epoch number i in the log. */
static void
print_epoch_json (const Watch *watch, guint i, const LtTrainerStatus *status)
{
  g_autoptr (JsonBuilder) json = json_builder_new ();
  LtEpochTerms terms = lt_epoch_terms (watch->experiment, &watch->log, i);

  json_builder_begin_object (json);
  add_epoch_json (json, &g_array_index (watch->log.epochs, LtLogEpoch, i), status);
  add_terms_json (json, &terms);
  json_builder_end_object (json);
  lt_print_json (json);
}

/* A column of figures; a dash where there is none. */
static void
print_figure (double value, int width)
{
  if (isfinite (value))
    printf ("  %*.6g", width, value);
  else
    printf ("  %*s", width, "-");
}

/* The share of rows in a wrong class, in per cent. */
static void
print_share (double share)
{
  if (isfinite (share))
    printf ("  %6.2f %%", 100 * share);
  else
    printf ("  %8s", "-");
}

static void
print_epoch (const LtLogEpoch *epoch, const LtTrainerStatus *status)
{
  g_autofree char *speed = lt_format_count (
      status->examples_per_second > 0 ? status->examples_per_second : (double) NAN);
  g_autofree char *left = lt_format_duration (status->seconds_left);

  printf ("%6d", epoch->epoch);
  print_figure (epoch->objective, 12);
  print_figure (epoch->train_squared_error, 12);
  print_figure (epoch->valid_squared_error, 12);
  print_share (isfinite (epoch->valid_error) ? epoch->valid_error : epoch->train_error);
  print_figure (epoch->learning_rate, 13);
  printf ("  %10s  %8s\n", speed, left);
  fflush (stdout);
}

static void
print_heading (const Watch *watch)
{
  const LtExperiment *experiment = watch->experiment;
  const char *path = watch->how->path;
  int n_threads = watch->how->n_threads;
  const char *title = experiment->lesson.title;

  printf ("%s%s%s on %s, seed %" G_GUINT64_FORMAT ", %d %s; %s%s\n",
          title != NULL ? title : "", title != NULL ? ": " : "",
          experiment->kind->title, lt_data_spec_name (experiment->data),
          experiment->seed, n_threads, n_threads == 1 ? "thread" : "threads",
          path != NULL ? "recorded in "
                       : "nothing is recorded (--out RUN.lantern keeps the run)",
          path != NULL ? path : "");
  printf ("%6s  %12s  %12s  %12s  %8s  %13s  %10s  %8s\n", "epoch", "objective",
          "train error", "valid error", "wrong", "learning rate", "examples/s", "left");
  fflush (stdout);
}

/* The run file's trouble is told when it begins; training goes on, and so may the file. */
static void
note_trouble (Watch *watch, const LtTrainerStatus *status)
{
  if (watch->how->path == NULL || status->state != LT_TRAINER_RUNNING)
    return;
  if (status->recording) {
    g_clear_pointer (&watch->trouble, g_free);
  } else if (watch->trouble == NULL) {
    watch->trouble = g_strdup (status->message);
    if (!watch->how->quiet && !watch->how->json) {
      printf ("  (%s)\n", watch->trouble);
      fflush (stdout);
    }
  }
}

/* Prints a line for each phase that began before `step`, or at the very beginning. */
static void
print_phases (Watch *watch, gint64 step)
{
  for (; watch->n_events < watch->log.events->len; watch->n_events++) {
    const LtLogEvent *event =
        &g_array_index (watch->log.events, LtLogEvent, watch->n_events);

    if (event->step > step || (event->step == step && step > 0))
      return;
    if (strcmp (event->key, "phase") == 0 && !watch->how->json)
      printf ("Phase %s: %s\n", event->before, event->after);
  }
}

/* Prints the epochs that have come since the last call. */
static void
print_news (Watch *watch, const LtTrainerStatus *status)
{
  guint first = watch->log.epochs->len;

  lt_log_read (lt_trainer_log (watch->trainer), watch->log.rows, watch->log.epochs,
               watch->log.events);
  if (watch->how->quiet)
    return;
  for (guint i = first; i < watch->log.epochs->len; i++) {
    const LtLogEpoch *epoch = &g_array_index (watch->log.epochs, LtLogEpoch, i);

    print_phases (watch, epoch->step);

    if (watch->how->json)
      print_epoch_json (watch, i, status);
    else
      print_epoch (epoch, status);
  }
}

/* The main thread's number is the process's. */
static void
pass_on_cb (int number)
{
  tgkill (getpid (), getpid (), number);
}

/* Those that ask a program to stop. */
static sigset_t
stop_signals (void)
{
  sigset_t signals;

  sigemptyset (&signals);
  sigaddset (&signals, SIGINT);
  sigaddset (&signals, SIGTERM);
  sigaddset (&signals, SIGHUP);
  return signals;
}

void
lt_train_catch_signals (void)
{
  const sigset_t signals = stop_signals ();
  const struct sigaction pass_on = { .sa_handler = pass_on_cb, .sa_flags = SA_RESTART };

  pthread_sigmask (SIG_BLOCK, &signals, NULL);
  sigaction (SIGINT, &pass_on, NULL);
  sigaction (SIGTERM, &pass_on, NULL);
  sigaction (SIGHUP, &pass_on, NULL);
}

/* Follows the training to its end. Returns FALSE when a signal asked it to stop. */
static gboolean
follow (Watch *watch)
{
  const sigset_t signals = stop_signals ();
  const struct timespec pause = { .tv_nsec = 50 * 1000 * 1000 };
  LtTrainerStatus status;

  lt_trainer_advance (watch->trainer, LT_RUN);
  do {
    if (sigtimedwait (&signals, NULL, &pause) > 0) {
      lt_trainer_pause (watch->trainer);
      lt_trainer_wait (watch->trainer);
      return FALSE;
    }
    lt_trainer_get_status (watch->trainer, &status);
    print_news (watch, &status);
    note_trouble (watch, &status);
  } while (status.state == LT_TRAINER_RUNNING);
  return TRUE;
}

static void
set_stopped (const Watch *watch, const LtTrainerStatus *status, GError **error)
{
  if (watch->how->path != NULL)
    g_set_error (
        error, LT_ERROR, LT_ERROR_CANCELLED,
        "Training was stopped with %d of %d epochs done; “lantern train --resume "
        "%s” goes on from there.",
        status->epoch, status->n_epochs, watch->how->path);
  else
    g_set_error (error, LT_ERROR, LT_ERROR_CANCELLED,
                 "Training was stopped with %d of %d epochs done, and nothing was kept "
                 "because --out was not given.",
                 status->epoch, status->n_epochs);
}

/* What is to be said about how it ended: an error unless all epochs are done and kept. */
static gboolean
judge_end (Watch *watch, gboolean completed, GError **error)
{
  LtTrainerStatus status;

  lt_trainer_get_status (watch->trainer, &status);
  print_news (watch, &status);
  if (status.state == LT_TRAINER_DIVERGED) {
    g_set_error_literal (error, LT_ERROR, LT_ERROR_DIVERGED, status.message);
    return FALSE;
  }
  if (!completed) {
    set_stopped (watch, &status, error);
    return FALSE;
  }
  if (status.epoch < status.n_epochs && !watch->how->quiet && !watch->how->json)
    printf ("%s\n", status.message);
  return TRUE;
}

/* The last epochs are written while the trainer is being freed, so the file itself is asked
 * whether it has them all. */
static gboolean
check_recorded (const Watch *watch, int n_epochs, GError **error)
{
  g_autoptr (LtRunFile) file = NULL;
  int last;

  if (watch->how->path == NULL)
    return TRUE;
  if (watch->trouble != NULL) {
    g_set_error_literal (error, LT_ERROR, LT_ERROR_FILE, watch->trouble);
    return FALSE;
  }
  file = lt_run_file_open (watch->how->path, FALSE, error);
  if (file == NULL)
    return FALSE;
  last = lt_run_file_last_epoch (file);
  if (last == n_epochs)
    return TRUE;
  g_set_error (error, LT_ERROR, LT_ERROR_FILE,
               "“%s” holds only %d of %d epochs, because the last ones could not be "
               "written; see that there is room, and go on with --resume.",
               watch->how->path, last, n_epochs);
  return FALSE;
}

gboolean
lt_train_watch (LtTrainer *trainer, const LtTrainWatch *how, GError **error)
{
  g_autoptr (GArray) rows = g_array_new (FALSE, FALSE, sizeof (LtLogRow));
  g_autoptr (GArray) epochs = g_array_new (FALSE, FALSE, sizeof (LtLogEpoch));
  g_autoptr (GArray) events = g_array_new (FALSE, FALSE, sizeof (LtLogEvent));
  g_autoptr (LtExperiment) experiment = lt_trainer_dup_experiment (trainer);
  Watch watch = { .trainer = trainer,
                  .how = how,
                  .experiment = experiment,
                  .log = { rows, epochs, events } };
  LtTrainerStatus status;
  gboolean good;

  /* The past of a run that goes on was printed when it happened. */
  lt_log_read (lt_trainer_log (trainer), rows, epochs, events);
  watch.n_events = events->len;
  if (epochs->len <= 1) {
    g_array_set_size (epochs, 0);
    watch.n_events = 0;
  }
  if (!how->quiet && !how->json)
    print_heading (&watch);

  good = judge_end (&watch, follow (&watch), error);
  lt_trainer_get_status (trainer, &status);
  lt_trainer_free (trainer);
  good = good && check_recorded (&watch, status.epoch, error);
  g_free (watch.trouble);
  return good;
}

/* lantern train: trains without a window, one line of figures an epoch.
 *
 * Ctrl-C is not a signal handler here: the signals are blocked before the trainer's thread
 * starts (which inherits the mask), and this thread takes them from sigtimedwait between
 * two looks at the log. */
#include "commands/command.h"
#include "commands/output.h"
#include "core/error.h"
#include "train/trainer.h"

#include <math.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>

static const LtOption options[] = {
  { "data", 0, "NAME|PATH", "the data set, instead of the experiment's own" },
  { "set", 0, "KEY=VALUE", "turns a knob (lantern list knobs); may be repeated" },
  { "epochs", 0, "N", "how many epochs to train in all" },
  { "seed", 0, "S", "the random seed: one seed gives one result" },
  { "threads", 0, "N", "processors to use; all of them otherwise" },
  { "out", 'o', "RUN.lantern",
    "the run file to write: every epoch's weights and figures" },
  { "resume", 0, "RUN.lantern", "goes on with an interrupted run, in its own file" },
  { "quiet", 'q', NULL, "prints nothing but errors" },
  { "json", 0, NULL, "prints one JSON object an epoch" },
  { NULL, 0, NULL, NULL },
};

typedef struct {
  LtTrainer *trainer;
  const char *path; /* of the run file, NULL when none is kept */
  gboolean quiet, json;
  GArray *epochs; /* LtLogEpoch, as far as printed */
  gboolean trouble_told;
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
  lt_json_number (json, "learning_rate", epoch->learning_rate);
  lt_json_number (json, "examples_per_second", status->examples_per_second);
  lt_json_number (json, "seconds_left", status->seconds_left);
}

static void
print_epoch_json (const LtLogEpoch *epoch, const LtTrainerStatus *status)
{
  g_autoptr (JsonBuilder) json = json_builder_new ();

  json_builder_begin_object (json);
  add_epoch_json (json, epoch, status);
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

static void
print_epoch (const LtLogEpoch *epoch, const LtTrainerStatus *status)
{
  g_autofree char *speed = lt_format_count (status->examples_per_second);
  g_autofree char *left = lt_format_duration (status->seconds_left);

  printf ("%6d", epoch->epoch);
  print_figure (epoch->objective, 12);
  print_figure (epoch->train_squared_error, 12);
  print_figure (epoch->valid_squared_error, 12);
  print_figure (epoch->learning_rate, 13);
  printf ("  %10s  %8s\n", speed, left);
  fflush (stdout);
}

static void
print_heading (LtTrainer *trainer, const char *path, int n_threads)
{
  g_autoptr (LtExperiment) experiment = lt_trainer_dup_experiment (trainer);
  const char *title = experiment->lesson.title;

  printf ("%s%s%s on %s, seed %" G_GUINT64_FORMAT ", %d %s; %s%s\n",
          title != NULL ? title : "", title != NULL ? ": " : "",
          experiment->kind->title, lt_data_spec_name (experiment->data),
          experiment->seed, n_threads, n_threads == 1 ? "thread" : "threads",
          path != NULL ? "recorded in "
                       : "nothing is recorded (--out RUN.lantern keeps the run)",
          path != NULL ? path : "");
  printf ("%6s  %12s  %12s  %12s  %13s  %10s  %8s\n", "epoch", "objective",
          "train error", "valid error", "learning rate", "examples/s", "left");
  fflush (stdout);
}

/* Prints the epochs that have come since the last call. */
static void
print_news (Watch *watch, const LtTrainerStatus *status)
{
  guint first = watch->epochs->len;

  lt_log_read (lt_trainer_log (watch->trainer), NULL, watch->epochs, NULL);
  if (watch->quiet)
    return;
  for (guint i = first; i < watch->epochs->len; i++) {
    const LtLogEpoch *epoch = &g_array_index (watch->epochs, LtLogEpoch, i);

    if (watch->json)
      print_epoch_json (epoch, status);
    else
      print_epoch (epoch, status);
  }
  if (watch->path != NULL && !status->recording && !watch->trouble_told &&
      !watch->json) {
    printf ("  (%s)\n", status->message);
    fflush (stdout);
    watch->trouble_told = TRUE;
  }
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
  } while (status.state == LT_TRAINER_RUNNING);
  return TRUE;
}

static void
set_stopped (const Watch *watch, const LtTrainerStatus *status, GError **error)
{
  if (watch->path != NULL)
    g_set_error (
        error, LT_ERROR, LT_ERROR_CANCELLED,
        "Training was stopped with %d of %d epochs done; “lantern train --resume "
        "%s” goes on from there.",
        status->epoch, status->n_epochs, watch->path);
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
  if (watch->path != NULL && !status.recording) {
    g_set_error_literal (error, LT_ERROR, LT_ERROR_FILE, status.message);
    return FALSE;
  }
  if (status.epoch < status.n_epochs && !watch->quiet && !watch->json)
    printf ("%s\n", status.message);
  return TRUE;
}

static gboolean
watch_training (LtTrainer *trainer, const LtArguments *arguments, GError **error)
{
  const char *resume = lt_arguments_get (arguments, "resume");
  Watch watch = {
    .trainer = trainer,
    .path = resume != NULL ? resume : lt_arguments_get (arguments, "out"),
    .quiet = lt_arguments_has (arguments, "quiet"),
    .json = lt_arguments_has (arguments, "json"),
  };
  g_autoptr (GArray) epochs = g_array_new (FALSE, FALSE, sizeof (LtLogEpoch));

  watch.epochs = epochs;
  return judge_end (&watch, follow (&watch), error);
}

/* --epochs and --seed are knobs too, so their messages are the knobs'. */
static gboolean
set_number (LtExperiment *experiment,
            const LtArguments *arguments,
            const char *key,
            GError **error)
{
  const char *value = lt_arguments_get (arguments, key);
  g_autofree char *assignment = NULL;

  if (value == NULL)
    return TRUE;
  assignment = g_strdup_printf ("%s=%s", key, value);
  return lt_experiment_set (experiment, assignment, error);
}

/* The experiment as the command line changes it. */
static LtExperiment *
read_experiment (const LtArguments *arguments, GError **error)
{
  g_autoptr (LtExperiment) experiment =
      lt_experiment_load (lt_arguments_operand (arguments, 0), error);
  const char *data = lt_arguments_get (arguments, "data");
  const char *assignment;

  if (experiment == NULL)
    return NULL;
  if (data != NULL) {
    LtDataSpec *spec = lt_data_spec_new (data, error);

    if (spec == NULL)
      return NULL;
    lt_experiment_set_data (experiment, spec);
  }
  for (int i = 0; (assignment = lt_arguments_nth (arguments, "set", i)) != NULL; i++) {
    if (!lt_experiment_set (experiment, assignment, error))
      return NULL;
  }
  if (!set_number (experiment, arguments, "epochs", error) ||
      !set_number (experiment, arguments, "seed", error))
    return NULL;
  return g_steal_pointer (&experiment);
}

static LtTrainer *
start_new (const LtArguments *arguments, int n_threads, GError **error)
{
  g_autoptr (LtExperiment) experiment = read_experiment (arguments, error);
  g_autoptr (LtDataset) data = NULL;

  if (experiment == NULL)
    return NULL;
  data = lt_data_spec_load (experiment->data, experiment->seed, error);
  if (data == NULL)
    return NULL;
  return lt_trainer_new (
      &(LtTrainerOptions){
          .experiment = experiment,
          .dataset = data,
          .n_threads = n_threads,
          .path = lt_arguments_get (arguments, "out"),
      },
      error);
}

/* The data that the run in the file was trained on. */
static LtDataset *
load_data_of (const char *path, GError **error)
{
  g_autoptr (LtRunFile) file = lt_run_file_open (path, FALSE, error);
  const LtExperiment *experiment;

  if (file == NULL)
    return NULL;
  experiment = lt_run_file_experiment (file);
  return lt_data_spec_load (experiment->data, experiment->seed, error);
}

/* Live knobs may be turned when a run goes on. */
static gboolean
turn_knobs (LtTrainer *trainer, const LtArguments *arguments, GError **error)
{
  const char *epochs = lt_arguments_get (arguments, "epochs");
  const char *assignment;

  for (int i = 0; (assignment = lt_arguments_nth (arguments, "set", i)) != NULL; i++) {
    g_auto (GStrv) parts = g_strsplit (assignment, "=", 2);

    if (g_strv_length (parts) != 2) {
      lt_usage_error_set (error, "--set takes key=value, not “%s”.", assignment);
      return FALSE;
    }
    if (!lt_trainer_set_knob (trainer, g_strstrip (parts[0]), g_strstrip (parts[1]),
                              error))
      return FALSE;
  }
  return epochs == NULL || lt_trainer_set_knob (trainer, "epochs", epochs, error);
}

static LtTrainer *
start_again (const LtArguments *arguments, int n_threads, GError **error)
{
  const char *path = lt_arguments_get (arguments, "resume");
  g_autoptr (LtDataset) data = load_data_of (path, error);
  g_autoptr (LtTrainer) trainer = NULL;

  if (data == NULL)
    return NULL;
  trainer = lt_trainer_new (
      &(LtTrainerOptions){ .dataset = data, .n_threads = n_threads, .resume = path },
      error);
  if (trainer == NULL || !turn_knobs (trainer, arguments, error))
    return NULL;
  return g_steal_pointer (&trainer);
}

/* What --resume leaves no choice about must not be given with it. */
static gboolean
check_combination (const LtArguments *arguments, GError **error)
{
  static const char *const fixed[] = { "data", "seed", "out" };
  gboolean resume = lt_arguments_has (arguments, "resume");

  if (resume == (lt_arguments_n_operands (arguments) == 1)) {
    lt_usage_error_set (error, resume
                                   ? "--resume takes the experiment from the run file, "
                                     "so none can be named beside it."
                                   : "Name an experiment (lantern list lessons), or a "
                                     "run to go on with: --resume RUN.lantern.");
    return FALSE;
  }
  for (guint i = 0; resume && i < G_N_ELEMENTS (fixed); i++) {
    if (lt_arguments_has (arguments, fixed[i])) {
      lt_usage_error_set (
          error, "--%s cannot be changed when a run goes on (--resume).", fixed[i]);
      return FALSE;
    }
  }
  return TRUE;
}

static gboolean
run (const LtArguments *arguments, GError **error)
{
  const char *resume = lt_arguments_get (arguments, "resume");
  int n_threads = lt_team_processors ();
  const sigset_t signals = stop_signals ();
  g_autoptr (LtTrainer) trainer = NULL;

  if (!check_combination (arguments, error) ||
      !lt_arguments_get_integer (arguments, "threads", 1, 1024, &n_threads, error))
    return FALSE;

  pthread_sigmask (SIG_BLOCK, &signals, NULL);
  trainer = resume != NULL ? start_again (arguments, n_threads, error)
                           : start_new (arguments, n_threads, error);
  if (trainer == NULL)
    return FALSE;

  if (!lt_arguments_has (arguments, "quiet") && !lt_arguments_has (arguments, "json"))
    print_heading (trainer,
                   resume != NULL ? resume : lt_arguments_get (arguments, "out"),
                   n_threads);
  return watch_training (trainer, arguments, error);
}

const LtCommand lt_command_train = {
  .name = "train",
  .operand = "EXPERIMENT",
  .max_operands = 1,
  .summary = "Trains a lesson or an experiment's JSON file.",
  .details = "EXPERIMENT is a lesson's name (lantern list lessons) or a JSON file. The "
             "errors\n"
             "printed are squared errors summed over an example's entries, mean over "
             "examples.\n"
             "Ctrl-C stops after the minibatch; --resume goes on to the same bytes as "
             "a run that\n"
             "was never stopped, with the same number of threads. With --resume, "
             "--epochs and\n"
             "--set turn live knobs.",
  .options = options,
  .run = run,
};

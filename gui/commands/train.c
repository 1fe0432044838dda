/* lantern train: trains without a window. */
#include "commands/command.h"
#include "commands/train-watch.h"
#include "core/error.h"

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
  { "from", 0, "RUN.lantern[@EPOCH]",
    "begins with the weights that another run ended with, or had after an epoch" },
  { "resume", 0, "RUN.lantern", "goes on with an interrupted run, in its own file" },
  { "quiet", 'q', NULL, "prints nothing but errors" },
  { "json", 0, NULL, "prints one JSON object an epoch" },
  { NULL, 0, NULL, NULL },
};

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
  const char *from = lt_arguments_get (arguments, "from");
  const char *assignment;

  if (experiment == NULL)
    return NULL;
  if (data != NULL) {
    LtDataSpec *spec = lt_data_spec_new (data, error);

    if (spec == NULL)
      return NULL;
    lt_experiment_set_data (experiment, spec);
  }
  if (from != NULL) {
    g_free (experiment->from);
    experiment->from = g_canonicalize_filename (from, NULL);
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

/* A window goes on without its run file; a command was told to write one. */
static gboolean
check_recording (LtTrainer *trainer, const LtArguments *arguments, GError **error)
{
  LtTrainerStatus status;

  lt_trainer_get_status (trainer, &status);
  if (!lt_arguments_has (arguments, "out") || status.recording)
    return TRUE;
  g_set_error_literal (error, LT_ERROR, LT_ERROR_FILE, status.message);
  return FALSE;
}

static LtTrainer *
start_new (const LtArguments *arguments, int n_threads, GError **error)
{
  g_autoptr (LtExperiment) experiment = read_experiment (arguments, error);
  g_autoptr (LtDataset) data = NULL;
  g_autoptr (LtTrainer) trainer = NULL;

  if (experiment == NULL)
    return NULL;
  data = lt_data_spec_load (experiment->data, experiment->seed, error);
  if (data == NULL)
    return NULL;
  trainer = lt_trainer_new (
      &(LtTrainerOptions){
          .experiment = experiment,
          .dataset = data,
          .n_threads = n_threads,
          .path = lt_arguments_get (arguments, "out"),
      },
      error);
  return trainer != NULL && check_recording (trainer, arguments, error)
             ? g_steal_pointer (&trainer)
             : NULL;
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
  static const char *const fixed[] = { "data", "seed", "out", "from" };
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
  g_autoptr (LtTrainer) trainer = NULL;

  if (!check_combination (arguments, error) ||
      !lt_arguments_get_integer (arguments, "threads", 1, 1024, &n_threads, error))
    return FALSE;

  lt_train_catch_signals ();
  trainer = resume != NULL ? start_again (arguments, n_threads, error)
                           : start_new (arguments, n_threads, error);
  if (trainer == NULL)
    return FALSE;
  if (lt_trainer_notice (trainer) != NULL && !lt_arguments_has (arguments, "quiet"))
    fprintf (stderr, "lantern: %s\n", lt_trainer_notice (trainer));

  return lt_train_watch (
      g_steal_pointer (&trainer),
      &(LtTrainWatch){
          .path = resume != NULL ? resume : lt_arguments_get (arguments, "out"),
          .n_threads = n_threads,
          .quiet = lt_arguments_has (arguments, "quiet"),
          .json = lt_arguments_has (arguments, "json"),
      },
      error);
}

const LtCommand lt_command_train = {
  .name = "train",
  .operand = "EXPERIMENT",
  .max_operands = 1,
  .summary = "Trains a lesson or an experiment's JSON file.",
  .details =
      "EXPERIMENT is a lesson's name (lantern list lessons) or a JSON file.\n"
      "The errors printed are squared errors summed over an example's entries,\n"
      "mean over the examples. Ctrl-C stops after the minibatch; --resume goes on\n"
      "to the same bytes as a run that was never stopped, on however many\n"
      "processors. With --resume, --epochs and --set turn live knobs.\n"
      "Where an experiment has phases, --epochs and --set hold in all of them;\n"
      "--set 2:epochs=5 only in the second one.",
  .options = options,
  .run = run,
};

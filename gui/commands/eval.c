/* lantern eval: how good a run's model is, as “name value” lines. */
#include "commands/command.h"
#include "commands/open-run.h"
#include "commands/output.h"
#include "probes/likelihood.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

static const LtOption options[] = {
  { "epoch", 0, "N",
    "the epoch, 0 being the model before training; the last otherwise" },
  { "split", 0, "SPLIT", "train, valid or test; test where there is one" },
  { "ais", 0, "RUNS", "estimates log Z by annealed importance sampling" },
  { "temperatures", 0, "N", "steps of each run of it; 3000 otherwise" },
  { "ladder", 0, "LADDER", "dense (near the model) or uniform; dense otherwise" },
  { "base", 0, "BASE", "where it starts: data (means of the pixels) or uniform" },
  { "both-ways", 0, NULL,
    "estimates log Z downwards, too, from the training examples" },
  { "seed", 0, "N", "of its random numbers; 1 otherwise" },
  { "json", 0, NULL, "prints one JSON object" },
  { NULL, 0, NULL, NULL },
};

static void
print_lines (GArray *measures)
{
  for (guint i = 0; i < measures->len; i++) {
    const LtMeasure *measure = &g_array_index (measures, LtMeasure, i);

    printf ("%s %.9g\n", measure->name, measure->value);
  }
}

static void
print_object (GArray *measures, int epoch, LtSplit split)
{
  g_autoptr (JsonBuilder) json = json_builder_new ();

  json_builder_begin_object (json);
  lt_json_integer (json, "epoch", epoch);
  lt_json_string (json, "split", lt_split_name (split));
  for (guint i = 0; i < measures->len; i++) {
    const LtMeasure *measure = &g_array_index (measures, LtMeasure, i);

    lt_json_number (json, measure->name, measure->value);
  }
  json_builder_end_object (json);
  lt_print_json (json);
}

/* --ladder and --base: the number of the name that was given. */
static gboolean
read_choice (const LtArguments *arguments,
             const char *option,
             const char *const *names,
             int *choice,
             GError **error)
{
  const char *text = lt_arguments_get (arguments, option);
  g_autofree char *list = NULL;

  if (text == NULL)
    return TRUE;
  for (*choice = 0; names[*choice] != NULL; ++*choice)
    if (strcmp (names[*choice], text) == 0)
      return TRUE;
  list = g_strjoinv (" or ", (char **) names);
  lt_usage_error_set (error, "--%s takes %s, not “%s”.", option, list, text);
  return FALSE;
}

/* Only where somebody watches: a line that is written over, and cleared at the end. */
static gboolean
show_progress (gpointer data, double part)
{
  if (part < 1)
    fprintf (stderr, "\rannealing, %2.0f %%", 100 * part);
  else
    fprintf (stderr, "\r%*s\r", 20, "");
  fflush (stderr);
  return TRUE;
}

static gboolean
read_ais (const LtArguments *arguments, LtAisOptions *ais, GError **error)
{
  static const char *const belong[] = { "temperatures", "ladder", "base", "both-ways",
                                        "seed" };
  int seed = 1;

  *ais = (LtAisOptions){ .temperatures = 3000 };
  for (gsize i = 0; i < G_N_ELEMENTS (belong); i++)
    if (lt_arguments_has (arguments, belong[i]) &&
        !lt_arguments_has (arguments, "ais")) {
      lt_usage_error_set (error,
                          "--%s is about annealed importance sampling; give "
                          "--ais RUNS, too.",
                          belong[i]);
      return FALSE;
    }
  if (!lt_arguments_get_integer (arguments, "ais", 2, 100000, &ais->runs, error) ||
      !lt_arguments_get_integer (arguments, "temperatures", 1, 10000000,
                                 &ais->temperatures, error) ||
      !lt_arguments_get_integer (arguments, "seed", 0, G_MAXINT, &seed, error) ||
      !read_choice (arguments, "ladder", lt_ladder_names, &ais->ladder, error) ||
      !read_choice (arguments, "base", lt_ais_base_names, &ais->base, error))
    return FALSE;
  ais->seed = (guint64) seed;
  ais->both_ways = lt_arguments_has (arguments, "both-ways");
  if (isatty (STDERR_FILENO))
    ais->progress = show_progress;
  return TRUE;
}

static gboolean
run (const LtArguments *arguments, GError **error)
{
  g_autoptr (LtOpenRun) open = NULL;
  g_autoptr (GArray) measures = NULL;
  LtAisOptions ais;
  gboolean judged;
  LtSplit split;

  if (!read_ais (arguments, &ais, error))
    return FALSE;
  open = lt_open_run_new (arguments, error);
  if (open == NULL || !lt_open_run_split (open, arguments, &split, error))
    return FALSE;
  measures =
      lt_probe_measure (open->snapshot, open->data, split, TRUE, open->ws, error);
  if (measures == NULL)
    return FALSE;
  judged = lt_probe_measure_likelihood (open->snapshot, open->data, split,
                                        ais.runs > 0 ? &ais : NULL, open->ws, measures,
                                        error);
  if (lt_arguments_has (arguments, "json"))
    print_object (measures, open->snapshot->epoch, split);
  else
    print_lines (measures);
  return judged;
}

const LtCommand lt_command_eval = {
  .name = "eval",
  .operand = "RUN",
  .min_operands = 1,
  .max_operands = 1,
  .summary = "Measures how good a run's model is.",
  .details =
      "“per_image” is the sum over an example's entries, “per_pixel” their mean;\n"
      "both are means over the examples of the split.\n\n"
      "Machines with an energy are judged by their probabilities, too, in nats: the\n"
      "free energies of all splits and their gap; the pseudo-log-likelihood of 100\n"
      "examples; log Z where one layer has few enough units to go through all states,\n"
      "or as --ais estimates it, with ±3 standard errors (upwards, too low when runs\n"
      "miss some of the machine's mass; --both-ways adds one that is too high then, "
      "so\n"
      "that where both meet they can be believed); and with either the mean\n"
      "log-likelihood. Of a deep machine, whose free energy is beyond reach, these "
      "are\n"
      "variational: free energies at most, and a “lower_bound” of the likelihood.\n"
      "Likelihoods of a binary machine are those of binary examples: values between 0\n"
      "and 1 are drawn as 0 or 1 once, with that probability.\n\n"
      "Documents are judged among those of their length, each of which has a log Z of\n"
      "its own; “log_z” is the mean over documents, with --ais over at most 50 of\n"
      "them, evenly spaced. “per_word” is over all words, in one order.\n\n"
      "Where --ais is not possible, all else is printed and the exit status is 1.",
  .options = options,
  .run = run,
};

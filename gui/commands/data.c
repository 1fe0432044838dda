/* lantern data info: what is in a file, and how it would be scaled and split. */
#include "commands/command.h"
#include "data/info.h"
#include "train/experiment.h"

#include <stdio.h>
#include <string.h>

static const LtOption options[] = {
  { "set", 0, "KEY=VALUE", "how to read, scale or split it (lantern list knobs)" },
  { NULL, 0, NULL, NULL },
};

/* An experiment about the data, because it knows how knobs are set. */
static LtExperiment *
read_specification (const LtArguments *arguments, GError **error)
{
  g_autoptr (LtExperiment) experiment = lt_experiment_new ();
  LtDataSpec *spec = lt_data_spec_new (lt_arguments_operand (arguments, 1), error);
  const char *assignment;

  if (spec == NULL)
    return NULL;
  lt_experiment_set_data (experiment, spec);
  for (int i = 0; (assignment = lt_arguments_nth (arguments, "set", i)) != NULL; i++) {
    g_autofree char *of_data = g_strconcat ("data.", assignment, NULL);

    if (!lt_experiment_set (experiment, of_data, error))
      return NULL;
  }
  return g_steal_pointer (&experiment);
}

static gboolean
run (const LtArguments *arguments, GError **error)
{
  g_autoptr (LtExperiment) experiment = NULL;
  g_autoptr (LtTable) table = NULL;
  g_autoptr (LtDataInfo) info = NULL;
  g_autofree char *text = NULL;

  if (strcmp (lt_arguments_operand (arguments, 0), "info") != 0) {
    lt_usage_error_set (error,
                        "“lantern data” can only do this: lantern data info PATH.");
    return FALSE;
  }
  experiment = read_specification (arguments, error);
  if (experiment == NULL)
    return FALSE;
  table = lt_data_spec_load_table (experiment->data, experiment->seed, error);
  if (table == NULL)
    return FALSE;
  info =
      lt_data_info_new (table, &experiment->data->preparation, experiment->seed, error);
  if (info == NULL)
    return FALSE;
  text = lt_data_info_describe (info);
  fputs (text, stdout);
  return TRUE;
}

const LtCommand lt_command_data = {
  .name = "data",
  .operand = "info PATH",
  .min_operands = 2,
  .max_operands = 2,
  .summary = "Says what is in a file or folder of data.",
  .details = "PATH may also be the name of a data set (lantern list data).",
  .options = options,
  .run = run,
};

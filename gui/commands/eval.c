/* lantern eval: how good a run's model is, as “name value” lines. */
#include "commands/command.h"
#include "commands/open-run.h"
#include "commands/output.h"
#include "probes/probes.h"

#include <stdio.h>

static const LtOption options[] = {
  { "epoch", 0, "N",
    "the epoch, 0 being the model before training; the last otherwise" },
  { "split", 0, "SPLIT", "train, valid or test; test where there is one" },
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

static gboolean
run (const LtArguments *arguments, GError **error)
{
  g_autoptr (LtOpenRun) open = lt_open_run_new (arguments, error);
  g_autoptr (GArray) measures = NULL;
  LtSplit split;

  if (open == NULL || !lt_open_run_split (open, arguments, &split, error))
    return FALSE;
  measures =
      lt_probe_measure (open->snapshot, open->data, split, TRUE, open->ws, error);
  if (measures == NULL)
    return FALSE;
  if (lt_arguments_has (arguments, "json"))
    print_object (measures, open->snapshot->epoch, split);
  else
    print_lines (measures);
  return TRUE;
}

const LtCommand lt_command_eval = {
  .name = "eval",
  .operand = "RUN",
  .min_operands = 1,
  .max_operands = 1,
  .summary = "Measures how good a run's model is.",
  .details =
      "“per_image” is the sum over an example's entries, “per_pixel” their mean;\n"
      "both are means over the examples of the split.",
  .options = options,
  .run = run,
};

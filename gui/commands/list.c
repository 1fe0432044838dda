/* lantern list: the tables of lessons, models, data sets, views and knobs. */
#include "commands/command.h"
#include "commands/output.h"
#include "core/nearest.h"
#include "train/experiment.h"
#include "views/view.h"

#include <stdio.h>
#include <string.h>

static const LtOption options[] = {
  { "markdown", 0, NULL, "knobs as a reference in Markdown" },
  { NULL, 0, NULL, NULL },
};

/* ---- Lessons, models, data, views ------------------------------------------------- */

static gboolean
list_lessons (const LtArguments *arguments, GError **error)
{
  g_auto (GStrv) names = lt_lesson_names ();

  for (int i = 0; names[i] != NULL; i++) {
    g_autoptr (LtExperiment) lesson = lt_experiment_load (names[i], error);

    if (lesson == NULL)
      return FALSE;
    printf ("%-28s %s\n", names[i],
            lesson->lesson.summary != NULL ? lesson->lesson.summary
                                           : lesson->lesson.title);
  }
  return TRUE;
}

static gboolean
list_models (const LtArguments *arguments, GError **error)
{
  for (int i = 0; lt_model_kinds[i] != NULL; i++)
    printf ("%-28s %s\n%-28s %s\n", lt_model_kinds[i]->name, lt_model_kinds[i]->summary,
            "", lt_model_kinds[i]->formula);
  return TRUE;
}

static gboolean
list_data (const LtArguments *arguments, GError **error)
{
  for (int i = 0; lt_sources[i] != NULL; i++) {
    const LtSource *source = lt_sources[i];
    gboolean available = source->available == NULL || source->available ();

    printf ("%-28s %s%s\n", source->name, source->summary,
            available ? "" : " (not installed here)");
  }
  printf ("%-28s %s\n", "PATH", lt_file_source.summary);
  return TRUE;
}

static gboolean
list_views (const LtArguments *arguments, GError **error)
{
  for (int i = 0; lt_views[i] != NULL; i++) {
    printf ("%-28s %s\n", lt_views[i]->name, lt_views[i]->summary);
    lt_print_knobs (&lt_views[i]->knobs, NULL);
  }
  return TRUE;
}

/* ---- Knobs ---------------------------------------------------------------------- */

typedef struct {
  gboolean markdown;
  gboolean any; /* something was printed before */
} KnobPrinter;

/* A table under a heading, with the defaults in settings (NULL: its fallbacks); nothing when
 * it has no knobs. */
static void
print_table (KnobPrinter *printer,
             const char *title,
             const char *text,
             const LtKnobTable *table,
             gconstpointer settings)
{
  if (table->n_knobs == 0)
    return;
  if (printer->any)
    putchar ('\n');
  printer->any = TRUE;
  if (printer->markdown) {
    printf ("## %s\n\n%s\n\n", title, text);
    lt_print_knobs_markdown (table, settings);
  } else {
    printf ("%s: %s\n", title, text);
    lt_print_knobs (table, settings);
  }
}

/* Families may share a table; it is printed once, with the families that use it. */
static gboolean
is_first_with_table (int index)
{
  for (int i = 0; i < index; i++) {
    if (lt_model_kinds[i]->knobs.knobs == lt_model_kinds[index]->knobs.knobs)
      return FALSE;
  }
  return TRUE;
}

/* "denoising: noise=masking, noise-level=0.3": where a family departs from its table. */
static void
describe_family (GString *text, const LtModelKind *kind, const char *bullet)
{
  g_string_append_printf (text, "%s%s", bullet, kind->name);
  for (int i = 0; kind->defaults != NULL && kind->defaults[i] != NULL; i++)
    g_string_append_printf (text, "%s%s", i == 0 ? ": " : ", ", kind->defaults[i]);
}

static void
print_model_table (KnobPrinter *printer, int index)
{
  g_autofree char *title = g_strconcat ("Model: ", lt_model_kinds[index]->name, NULL);
  g_autoptr (GString) text = g_string_new (
      "The families that have these knobs, each with the defaults of its own:\n");

  for (int i = index; lt_model_kinds[i] != NULL; i++) {
    if (lt_model_kinds[i]->knobs.knobs == lt_model_kinds[index]->knobs.knobs)
      describe_family (text, lt_model_kinds[i], printer->markdown ? "\n- " : "\n  - ");
  }
  print_table (printer, title, text->str, &lt_model_kinds[index]->knobs, NULL);
}

static void
print_shared_tables (KnobPrinter *printer)
{
  print_table (printer, "Training", "How a model is trained, whichever it is.",
               &lt_training_knobs, NULL);
  print_table (printer, "Preparation", "How any data set is scaled and split.",
               &lt_preparation_knobs, NULL);
}

static void
print_source (KnobPrinter *printer, const LtSource *source)
{
  g_autofree char *title = g_strconcat ("Data: ", source->name, NULL);

  print_table (printer, title, source->summary, &source->knobs, NULL);
}

static void
print_all_knobs (KnobPrinter *printer)
{
  for (int i = 0; lt_model_kinds[i] != NULL; i++) {
    if (is_first_with_table (i))
      print_model_table (printer, i);
  }
  print_shared_tables (printer);
  for (int i = 0; lt_sources[i] != NULL; i++)
    print_source (printer, lt_sources[i]);
  print_source (printer, &lt_file_source);
  for (int i = 0; lt_views[i] != NULL; i++) {
    g_autofree char *title = g_strconcat ("View: ", lt_views[i]->name, NULL);

    print_table (printer, title, lt_views[i]->summary, &lt_views[i]->knobs, NULL);
  }
}

static gboolean
list_knobs (const LtArguments *arguments, GError **error)
{
  const char *model = lt_arguments_operand (arguments, 1);
  KnobPrinter printer = { .markdown = lt_arguments_has (arguments, "markdown") };
  const LtModelKind *kind;
  g_autofree gpointer settings = NULL;

  if (model == NULL) {
    if (printer.markdown)
      puts (
          "# Knobs\n\nEverything that can be set, in an experiment's JSON, with `--set "
          "key=value`, or in the window.\nLive knobs take effect at the next "
          "minibatch; "
          "the others restart the run.\n\nWritten by `lantern list knobs "
          "--markdown`.\n");
    print_all_knobs (&printer);
    return TRUE;
  }

  kind = lt_model_kind_find (model, error);
  if (kind == NULL)
    return FALSE;
  settings = g_malloc0 (kind->knobs.settings_size);
  lt_model_kind_init_settings (kind, settings);
  print_table (&printer, kind->title, kind->summary, &kind->knobs, settings);
  print_shared_tables (&printer);
  return TRUE;
}

/* ---- The command ---------------------------------------------------------------- */

static const struct {
  const char *name;
  gboolean (*list) (const LtArguments *arguments, GError **error);
} lists[] = {
  { "lessons", list_lessons }, { "models", list_models }, { "data", list_data },
  { "views", list_views },     { "knobs", list_knobs },
};

static gboolean
run (const LtArguments *arguments, GError **error)
{
  const char *what = lt_arguments_operand (arguments, 0);
  gboolean knobs = strcmp (what, "knobs") == 0;

  if (!knobs && (lt_arguments_operand (arguments, 1) != NULL ||
                 lt_arguments_has (arguments, "markdown"))) {
    lt_usage_error_set (error,
                        "Only “lantern list knobs” takes a model or --markdown.");
    return FALSE;
  }
  for (guint i = 0; i < G_N_ELEMENTS (lists); i++) {
    if (strcmp (lists[i].name, what) == 0)
      return lists[i].list (arguments, error);
  }
  lt_usage_error_set (
      error, "“lantern list” lists lessons, models, data, views or knobs, not “%s”.",
      what);
  return FALSE;
}

const LtCommand lt_command_list = {
  .name = "list",
  .operand = "lessons|models|data|views|knobs [MODEL]",
  .min_operands = 1,
  .max_operands = 2,
  .summary = "Lists the lessons, models, data sets, views or knobs there are.",
  .details =
      "Live knobs take effect at the next minibatch; the others restart the run.",
  .options = options,
  .run = run,
};

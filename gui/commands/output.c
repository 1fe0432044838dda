/* What commands print: figures for people and JSON for programs. */
#include "commands/output.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

void
lt_print_json (JsonBuilder *builder)
{
  g_autoptr (JsonNode) root = json_builder_get_root (builder);
  g_autofree char *text = json_to_string (root, FALSE);

  puts (text);
  fflush (stdout);
}

void
lt_json_number (JsonBuilder *builder, const char *name, double value)
{
  json_builder_set_member_name (builder, name);
  if (isfinite (value))
    json_builder_add_double_value (builder, value);
  else
    json_builder_add_null_value (builder);
}

void
lt_json_integer (JsonBuilder *builder, const char *name, gint64 value)
{
  json_builder_set_member_name (builder, name);
  json_builder_add_int_value (builder, value);
}

void
lt_json_string (JsonBuilder *builder, const char *name, const char *value)
{
  json_builder_set_member_name (builder, name);
  json_builder_add_string_value (builder, value);
}

char *
lt_format_duration (double seconds)
{
  int whole;

  if (!isfinite (seconds) || seconds < 0 || seconds > 1e9)
    return g_strdup ("-");
  whole = (int) (seconds + 0.5);
  if (whole < 3600)
    return g_strdup_printf ("%d:%02d", whole / 60, whole % 60);
  return g_strdup_printf ("%d:%02d:%02d", whole / 3600, whole / 60 % 60, whole % 60);
}

char *
lt_format_count (double count)
{
  GString *text;

  if (!isfinite (count))
    return g_strdup ("-");
  text = g_string_new (NULL);
  g_string_printf (text, "%.0f", count);
  for (gssize at = (gssize) text->len - 3; at > (text->str[0] == '-' ? 1 : 0); at -= 3)
    g_string_insert_c (text, at, ',');
  return g_string_free (text, FALSE);
}

/* Whether it is worth saying which knobs are live: where all are, it is not. */
static gboolean
some_restart (const LtKnobTable *table)
{
  for (int i = 0; i < table->n_knobs; i++) {
    if (!table->knobs[i].live)
      return TRUE;
  }
  return FALSE;
}

static char *
default_of (const LtKnob *knob, gconstpointer settings)
{
  return settings != NULL ? lt_knob_format (knob, settings) : g_strdup (knob->fallback);
}

/* "a number from 0 to 1, in examples" */
static char *
describe_values (const LtKnob *knob)
{
  g_autofree char *range = lt_knob_describe_range (knob);

  return g_strconcat (range, knob->unit[0] != '\0' ? ", in " : "", knob->unit, NULL);
}

void
lt_print_knobs (const LtKnobTable *table, gconstpointer settings)
{
  gboolean mark_live = some_restart (table);

  for (int i = 0; i < table->n_knobs; i++) {
    const LtKnob *knob = &table->knobs[i];
    g_autofree char *values = describe_values (knob);
    g_autofree char *fallback = default_of (knob, settings);

    printf ("  %-22s default %-14s %s%s\n", knob->key,
            fallback[0] != '\0' ? fallback : "“”", values,
            mark_live && knob->live ? "; live" : "");
    printf ("  %-22s %s\n", "", knob->help);
  }
}

/* A cell must not end at a bar that belongs to its text. */
static char *
escape_cell (const char *text)
{
  g_auto (GStrv) parts = g_strsplit (text, "|", -1);

  return g_strjoinv ("\\|", parts);
}

void
lt_print_knobs_markdown (const LtKnobTable *table, gconstpointer settings)
{
  gboolean mark_live = some_restart (table);

  printf ("| key | takes | default |%s what it does |\n|---|---|---|%s---|\n",
          mark_live ? " live |" : "", mark_live ? "---|" : "");
  for (int i = 0; i < table->n_knobs; i++) {
    const LtKnob *knob = &table->knobs[i];
    g_autofree char *values = describe_values (knob);
    g_autofree char *takes = escape_cell (values);
    g_autofree char *help = escape_cell (knob->help);
    g_autofree char *fallback = default_of (knob, settings);
    const char *quote = fallback[0] != '\0' ? "`" : "";

    printf ("| `%s` | %s | %s%s%s |%s %s |\n", knob->key, takes, quote, fallback, quote,
            !mark_live   ? ""
            : knob->live ? " yes |"
                         : " no |",
            help);
  }
}

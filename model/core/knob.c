/* Knobs: reading, writing and describing the values in a settings struct. */
#include "core/knob.h"

#include "core/error.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static gpointer
field (const LtKnob *knob, gpointer settings)
{
  return (char *) settings + knob->offset;
}

static gconstpointer
const_field (const LtKnob *knob, gconstpointer settings)
{
  return (const char *) settings + knob->offset;
}

void
lt_knobs_init (const LtKnobTable *table, gpointer settings)
{
  if (table->settings_size > 0)
    memset (settings, 0, table->settings_size);
  for (int i = 0; i < table->n_knobs; i++) {
    gboolean parsed =
        lt_knob_parse (&table->knobs[i], table->knobs[i].fallback, settings, NULL);

    g_assert (parsed);
  }
}

const LtKnob *
lt_knobs_find (const LtKnobTable *table, const char *key)
{
  for (int i = 0; i < table->n_knobs; i++) {
    if (strcmp (table->knobs[i].key, key) == 0)
      return &table->knobs[i];
  }
  return NULL;
}

/* One condition of a `when`: "key=a|b" or "key!=a|b". */
static gboolean
condition_holds (const LtKnobTable *table,
                 const char *condition,
                 gconstpointer settings)
{
  g_auto (GStrv) halves = g_strsplit (condition, "=", 2);
  g_auto (GStrv) values = NULL;
  g_autofree char *value = NULL;
  const LtKnob *knob;
  gboolean negated;

  g_assert (halves[0] != NULL && halves[1] != NULL);
  negated = g_str_has_suffix (halves[0], "!");
  if (negated)
    halves[0][strlen (halves[0]) - 1] = '\0';
  knob = lt_knobs_find (table, halves[0]);
  g_assert (knob != NULL);
  value = lt_knob_format (knob, settings);
  values = g_strsplit (halves[1], "|", -1);
  return g_strv_contains ((const char *const *) values, value) != negated;
}

gboolean
lt_knob_matters (const LtKnobTable *table, const LtKnob *knob, gconstpointer settings)
{
  g_auto (GStrv) conditions = NULL;

  if (knob->when == NULL)
    return TRUE;
  conditions = g_strsplit (knob->when, "&", -1);
  for (int i = 0; conditions[i] != NULL; i++) {
    if (!condition_holds (table, conditions[i], settings))
      return FALSE;
  }
  return TRUE;
}

/* ---- Reading ----------------------------------------------------------------------- */

static gboolean
refuse (const LtKnob *knob, const char *text, GError **error)
{
  g_autofree char *range = lt_knob_describe_range (knob);

  g_set_error (error, LT_ERROR, LT_ERROR_VALUE,
               "“%s” is not a value for %s (%s): it takes %s.", text, knob->key,
               knob->title, range);
  return FALSE;
}

/* A number in the knob's range, whole where it must be. Ends at *end. */
static gboolean
read_number (const LtKnob *knob,
             gboolean whole,
             const char *text,
             char **end,
             double *number)
{
  *number = g_ascii_strtod (text, end);
  if (*end == text || !isfinite (*number))
    return FALSE;
  if (whole && *number != floor (*number))
    return FALSE;
  return *number >= knob->minimum && *number <= knob->maximum;
}

static gboolean
read_single (const LtKnob *knob, gboolean whole, const char *text, double *number)
{
  char *end;

  return read_number (knob, whole, text, &end, number) && *end == '\0';
}

static gboolean
is_separator (char c)
{
  return c == ' ' || c == ',' || c == ';' || c == '\t';
}

static gboolean
read_list (const LtKnob *knob, const char *text, LtList *list)
{
  memset (list, 0, sizeof *list);
  for (;;) {
    char *end;

    while (is_separator (*text))
      text++;
    if (*text == '\0')
      return knob->type == LT_KNOB_REALS || list->n > 0;
    if (list->n == LT_LIST_MAX)
      return FALSE;
    if (!read_number (knob, knob->type == LT_KNOB_SIZES, text, &end,
                      &list->value[list->n]))
      return FALSE;
    if (*end != '\0' && !is_separator (*end))
      return FALSE;
    list->n++;
    text = end;
  }
}

static int
choice_index (const LtKnob *knob, const char *text)
{
  for (int i = 0; knob->choices[i] != NULL; i++) {
    if (strcmp (knob->choices[i], text) == 0)
      return i;
  }
  return -1;
}

static gboolean
read_boolean (const char *text, gboolean *value)
{
  if (g_str_equal (text, "true") || g_str_equal (text, "1") ||
      g_str_equal (text, "yes"))
    *value = TRUE;
  else if (g_str_equal (text, "false") || g_str_equal (text, "0") ||
           g_str_equal (text, "no"))
    *value = FALSE;
  else
    return FALSE;
  return TRUE;
}

static gboolean
parse_text (const LtKnob *knob, const char *text, gpointer settings, GError **error)
{
  char *destination = field (knob, settings);

  if (strlen (text) >= LT_TEXT_MAX) {
    g_set_error (error, LT_ERROR, LT_ERROR_VALUE,
                 "The text for %s is %zu bytes long; at most %d fit.", knob->key,
                 strlen (text), LT_TEXT_MAX - 1);
    return FALSE;
  }
  memset (destination, 0, LT_TEXT_MAX);
  memcpy (destination, text, strlen (text));
  return TRUE;
}

gboolean
lt_knob_parse (const LtKnob *knob, const char *text, gpointer settings, GError **error)
{
  double number;
  LtList list;
  int index;

  switch (knob->type) {
  case LT_KNOB_REAL:
    if (!read_single (knob, FALSE, text, &number))
      return refuse (knob, text, error);
    *(double *) field (knob, settings) = number;
    return TRUE;
  case LT_KNOB_INTEGER:
    if (!read_single (knob, TRUE, text, &number))
      return refuse (knob, text, error);
    *(int *) field (knob, settings) = (int) number;
    return TRUE;
  case LT_KNOB_BOOLEAN:
    if (!read_boolean (text, field (knob, settings)))
      return refuse (knob, text, error);
    return TRUE;
  case LT_KNOB_CHOICE:
    index = choice_index (knob, text);
    if (index < 0)
      return refuse (knob, text, error);
    *(int *) field (knob, settings) = index;
    return TRUE;
  case LT_KNOB_SIZES:
  case LT_KNOB_REALS:
    if (!read_list (knob, text, &list))
      return refuse (knob, text, error);
    *(LtList *) field (knob, settings) = list;
    return TRUE;
  case LT_KNOB_TEXT:
    return parse_text (knob, text, settings, error);
  default:
    g_assert_not_reached ();
  }
}

/* ---- Writing ----------------------------------------------------------------------- */

/* The shortest decimal that reads back as the same double; whole numbers in full. */
static void
append_number (GString *text, double number)
{
  char buffer[G_ASCII_DTOSTR_BUF_SIZE];

  if (number == floor (number) && fabs (number) < 1e9) {
    g_string_append_printf (text, "%.0f", number);
    return;
  }
  for (int digits = 1; digits <= 17; digits++) {
    char format[8];

    g_snprintf (format, sizeof format, "%%.%dg", digits);
    g_ascii_formatd (buffer, sizeof buffer, format, number);
    if (g_ascii_strtod (buffer, NULL) == number)
      break;
  }
  g_string_append (text, buffer);
}

static void
append_list (GString *text, const LtList *list)
{
  for (int i = 0; i < list->n; i++) {
    if (i > 0)
      g_string_append_c (text, ' ');
    append_number (text, list->value[i]);
  }
}

char *
lt_knob_format (const LtKnob *knob, gconstpointer settings)
{
  gconstpointer value = const_field (knob, settings);
  GString *text = g_string_new (NULL);

  switch (knob->type) {
  case LT_KNOB_REAL:
    append_number (text, *(const double *) value);
    break;
  case LT_KNOB_INTEGER:
    g_string_append_printf (text, "%d", *(const int *) value);
    break;
  case LT_KNOB_BOOLEAN:
    g_string_append (text, *(const gboolean *) value ? "true" : "false");
    break;
  case LT_KNOB_CHOICE:
    g_string_append (text, knob->choices[*(const int *) value]);
    break;
  case LT_KNOB_SIZES:
  case LT_KNOB_REALS:
    append_list (text, value);
    break;
  case LT_KNOB_TEXT:
    g_string_append (text, value);
    break;
  default:
    g_assert_not_reached ();
  }
  return g_string_free (text, FALSE);
}

double
lt_knob_get_number (const LtKnob *knob, gconstpointer settings)
{
  gconstpointer value = const_field (knob, settings);

  if (knob->type == LT_KNOB_REAL)
    return *(const double *) value;
  g_return_val_if_fail (knob->type == LT_KNOB_INTEGER ||
                            knob->type == LT_KNOB_BOOLEAN ||
                            knob->type == LT_KNOB_CHOICE,
                        0);
  return *(const int *) value;
}

static int
n_choices (const LtKnob *knob)
{
  int n = 0;

  while (knob->choices[n] != NULL)
    n++;
  return n;
}

void
lt_knob_set_number (const LtKnob *knob, double value, gpointer settings)
{
  gpointer destination = field (knob, settings);

  if (isnan (value))
    return;
  if (knob->type == LT_KNOB_REAL) {
    *(double *) destination = CLAMP (value, knob->minimum, knob->maximum);
  } else if (knob->type == LT_KNOB_INTEGER) {
    *(int *) destination = (int) rint (CLAMP (value, knob->minimum, knob->maximum));
  } else if (knob->type == LT_KNOB_BOOLEAN) {
    *(gboolean *) destination = value != 0;
  } else {
    g_return_if_fail (knob->type == LT_KNOB_CHOICE);
    *(int *) destination = (int) CLAMP (value, 0, n_choices (knob) - 1);
  }
}

/* ---- Describing --------------------------------------------------------------------- */

static void
append_range (GString *text, const LtKnob *knob, const char *what)
{
  g_string_append (text, what);
  g_string_append (text, " from ");
  append_number (text, knob->minimum);
  g_string_append (text, " to ");
  append_number (text, knob->maximum);
}

char *
lt_knob_describe_range (const LtKnob *knob)
{
  GString *text = g_string_new (NULL);

  switch (knob->type) {
  case LT_KNOB_REAL:
    append_range (text, knob, "a number");
    break;
  case LT_KNOB_INTEGER:
    append_range (text, knob, "a whole number");
    break;
  case LT_KNOB_BOOLEAN:
    g_string_append (text, "true or false");
    break;
  case LT_KNOB_CHOICE:
    g_string_append (text, "one of ");
    for (int i = 0; knob->choices[i] != NULL; i++)
      g_string_append_printf (text, "%s%s", i > 0 ? ", " : "", knob->choices[i]);
    break;
  case LT_KNOB_SIZES:
    append_range (text, knob, "1 to 16 whole numbers, each");
    break;
  case LT_KNOB_REALS:
    append_range (text, knob, "up to 16 numbers, each");
    break;
  case LT_KNOB_TEXT:
    g_string_append_printf (text, "a text of up to %d bytes", LT_TEXT_MAX - 1);
    break;
  default:
    g_assert_not_reached ();
  }
  return g_string_free (text, FALSE);
}

const LtKnob **
lt_knobs_differences (const LtKnobTable *table, gconstpointer a, gconstpointer b)
{
  g_autoptr (GPtrArray) differences = g_ptr_array_new ();

  for (int i = 0; i < table->n_knobs; i++) {
    g_autofree char *left = lt_knob_format (&table->knobs[i], a);
    g_autofree char *right = lt_knob_format (&table->knobs[i], b);

    if (strcmp (left, right) != 0)
      g_ptr_array_add (differences, (gpointer) &table->knobs[i]);
  }
  g_ptr_array_add (differences, NULL);
  return (const LtKnob **) g_ptr_array_free (g_steal_pointer (&differences), FALSE);
}

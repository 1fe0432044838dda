/* Knobs: text in, text out, ranges, conditions. */
#include "core/error.h"
#include "core/knob.h"

#include <math.h>
#include <string.h>

typedef struct {
  double rate;
  int size;
  gboolean tied;
  int noise;
  LtList hidden, rates;
  char column[LT_TEXT_MAX];
} Settings;

static const char *const noises[] = { "none", "gaussian", "masking", NULL };

static const LtKnob knobs[] = {
  { .key = "rate",
    .title = "Learning rate",
    .type = LT_KNOB_REAL,
    .minimum = 0,
    .maximum = 10,
    .fallback = "0.1",
    .offset = G_STRUCT_OFFSET (Settings, rate) },
  { .key = "size",
    .title = "Batch size",
    .type = LT_KNOB_INTEGER,
    .minimum = 1,
    .maximum = 1000,
    .fallback = "20",
    .offset = G_STRUCT_OFFSET (Settings, size) },
  { .key = "tied",
    .title = "Tied",
    .type = LT_KNOB_BOOLEAN,
    .fallback = "true",
    .offset = G_STRUCT_OFFSET (Settings, tied) },
  { .key = "noise",
    .title = "Noise",
    .type = LT_KNOB_CHOICE,
    .fallback = "none",
    .choices = noises,
    .when = "tied=true",
    .offset = G_STRUCT_OFFSET (Settings, noise) },
  { .key = "hidden",
    .title = "Layers",
    .type = LT_KNOB_SIZES,
    .minimum = 1,
    .maximum = 5000,
    .fallback = "500 30",
    .when = "noise!=none&tied=true|false",
    .offset = G_STRUCT_OFFSET (Settings, hidden) },
  { .key = "rates",
    .title = "Dropout",
    .type = LT_KNOB_REALS,
    .minimum = 0,
    .maximum = 0.9,
    .fallback = "",
    .offset = G_STRUCT_OFFSET (Settings, rates) },
  { .key = "column",
    .title = "Label column",
    .type = LT_KNOB_TEXT,
    .fallback = "label",
    .offset = G_STRUCT_OFFSET (Settings, column) },
};

static const LtKnobTable table = { knobs, G_N_ELEMENTS (knobs), sizeof (Settings) };

static void
accept (Settings *settings, const char *key, const char *text, const char *expected)
{
  const LtKnob *knob = lt_knobs_find (&table, key);
  g_autoptr (GError) error = NULL;
  g_autofree char *written = NULL;
  gboolean parsed = lt_knob_parse (knob, text, settings, &error);

  g_assert_no_error (error);
  g_assert_true (parsed);
  written = lt_knob_format (knob, settings);
  g_assert_cmpstr (written, ==, expected);
}

static void
refuse (Settings *settings, const char *key, const char *text)
{
  Settings before = *settings;
  g_autoptr (GError) error = NULL;

  g_assert_false (lt_knob_parse (lt_knobs_find (&table, key), text, settings, &error));
  g_assert_error (error, LT_ERROR, LT_ERROR_VALUE);
  g_assert_nonnull (strstr (error->message, key));
  g_assert_cmpmem (&before, sizeof before, settings, sizeof *settings);
}

/* Fallbacks are read like a user's text, and every type round-trips. */
static void
test_round_trip (void)
{
  Settings settings;

  lt_knobs_init (&table, &settings);
  g_assert_cmpfloat (settings.rate, ==, 0.1);
  g_assert_cmpint (settings.hidden.n, ==, 2);
  g_assert_cmpstr (settings.column, ==, "label");

  accept (&settings, "rate", "0.30000000000000004", "0.30000000000000004");
  accept (&settings, "rate", "1e-3", "0.001");
  accept (&settings, "size", "128", "128");
  accept (&settings, "tied", "no", "false");
  accept (&settings, "noise", "masking", "masking");
  accept (&settings, "hidden", "1000, 500;250 30", "1000 500 250 30");
  accept (&settings, "rates", "", "");
  accept (&settings, "rates", "0.2 0.5", "0.2 0.5");
  accept (&settings, "column", "kind of wine", "kind of wine");
}

/* What is refused changes nothing and names the knob. */
static void
test_refusals (void)
{
  Settings settings;
  g_autofree char *long_text = g_strnfill (LT_TEXT_MAX, 'x');

  lt_knobs_init (&table, &settings);
  refuse (&settings, "rate", "fast");
  refuse (&settings, "rate", "");
  refuse (&settings, "rate", "nan");
  refuse (&settings, "rate", "inf");
  refuse (&settings, "rate", "-0.1");
  refuse (&settings, "rate", "0.1x");
  refuse (&settings, "size", "1.5");
  refuse (&settings, "size", "0");
  refuse (&settings, "size", "99999999999");
  refuse (&settings, "tied", "maybe");
  refuse (&settings, "noise", "Masking");
  refuse (&settings, "hidden", "");
  refuse (&settings, "hidden", "10 twenty");
  refuse (&settings, "hidden", "10x20");
  refuse (&settings, "hidden", "1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17");
  refuse (&settings, "rates", "0.95");
  refuse (&settings, "column", long_text);
}

/* A knob matters when all its conditions hold. */
static void
test_conditions (void)
{
  Settings settings;
  const LtKnob *noise = lt_knobs_find (&table, "noise");
  const LtKnob *hidden = lt_knobs_find (&table, "hidden");

  lt_knobs_init (&table, &settings);
  g_assert_true (lt_knob_matters (&table, noise, &settings));
  g_assert_false (lt_knob_matters (&table, hidden, &settings));
  settings.noise = 1;
  g_assert_true (lt_knob_matters (&table, hidden, &settings));
  settings.tied = FALSE;
  g_assert_false (lt_knob_matters (&table, noise, &settings));
  g_assert_true (lt_knob_matters (&table, hidden, &settings));
}

/* Numbers set by a slider stay in range. */
static void
test_numbers (void)
{
  Settings settings;

  lt_knobs_init (&table, &settings);
  lt_knob_set_number (lt_knobs_find (&table, "rate"), 99, &settings);
  g_assert_cmpfloat (settings.rate, ==, 10);
  lt_knob_set_number (lt_knobs_find (&table, "rate"), (double) NAN, &settings);
  g_assert_cmpfloat (settings.rate, ==, 10);
  lt_knob_set_number (lt_knobs_find (&table, "size"), 33.6, &settings);
  g_assert_cmpint (settings.size, ==, 34);
  lt_knob_set_number (lt_knobs_find (&table, "noise"), 7, &settings);
  g_assert_cmpint (settings.noise, ==, 2);
  g_assert_cmpfloat (lt_knob_get_number (lt_knobs_find (&table, "size"), &settings), ==,
                     34);
}

/* Differences are found by value. */
static void
test_differences (void)
{
  Settings a, b;
  g_autofree const LtKnob **differences = NULL;

  lt_knobs_init (&table, &a);
  lt_knobs_init (&table, &b);
  b.rate = 0.2;
  b.hidden.value[1] = 31;
  differences = lt_knobs_differences (&table, &a, &b);
  g_assert_cmpstr (differences[0]->key, ==, "rate");
  g_assert_cmpstr (differences[1]->key, ==, "hidden");
  g_assert_null (differences[2]);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/knob/round-trip", test_round_trip);
  g_test_add_func ("/knob/refusals", test_refusals);
  g_test_add_func ("/knob/conditions", test_conditions);
  g_test_add_func ("/knob/numbers", test_numbers);
  g_test_add_func ("/knob/differences", test_differences);
  return g_test_run ();
}

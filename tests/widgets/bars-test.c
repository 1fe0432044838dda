/* Rows of bars: golden pictures, and the height that they ask for. */
#include "paint/bars.h"
#include "support/golden.h"

static void
paint_bars (cairo_t *cr, gconstpointer data, const LtStyle *style, double w, double h)
{
  lt_bars_paint (cr, data, style, w);
}

static const char *const names[] = { "setosa", "versicolor",
                                     "a species with a name that is too long for a row",
                                     "none", "virginica" };
static const double values[] = { 50, 12, 700, 0, 1 };

/* Class colours and marks; a long name is cut, nothing has no bar, and one has a short one. */
static void
test_classes (void)
{
  const LtBarsData bars = { .n = 5, .names = names, .values = values, .max_rows = 5 };

  lt_golden_check ("bars-classes", paint_bars, &bars, 250, 110);
}

/* What does not fit is summed up. */
static void
test_many (void)
{
  const LtBarsData bars = { .n = 5, .names = names, .values = values, .max_rows = 3 };

  lt_golden_check ("bars-many", paint_bars, &bars, 250, 66);
}

/* Given colours. */
static void
test_colours (void)
{
  LtStyle style = lt_golden_style (FALSE);
  const LtColour colours[] = { style.accent, style.second, style.dim };
  const char *const splits[] = { "training", "validation", "test" };
  const double rows[] = { 54000, 6000, 10000 };
  const LtBarsData bars = {
    .n = 3, .names = splits, .values = rows, .colours = colours, .max_rows = 3
  };

  lt_golden_check ("bars-colours", paint_bars, &bars, 250, 66);
}

/* The height is that of the rows that are shown. */
static void
test_height (void)
{
  LtStyle style = lt_golden_style (FALSE);
  LtBarsData bars = { .n = 5, .names = names, .values = values, .max_rows = 3 };
  double three = lt_bars_height (&bars, &style);

  bars.max_rows = 6;
  g_assert_cmpfloat_with_epsilon (lt_bars_height (&bars, &style), three * 5 / 3, 1e-9);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/bars/classes", test_classes);
  g_test_add_func ("/bars/many", test_many);
  g_test_add_func ("/bars/colours", test_colours);
  g_test_add_func ("/bars/height", test_height);
  return g_test_run ();
}

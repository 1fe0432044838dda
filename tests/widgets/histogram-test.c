/* Histograms and tables of numbers: golden pictures, hits, odd numbers. */
#include "paint/histogram.h"

#include "paint/heat.h"
#include "support/golden.h"

#include <math.h>

#define UNITS    120
#define EXAMPLES 60

static void
paint_histogram (cairo_t *cr,
                 gconstpointer data_,
                 const LtStyle *style,
                 double w,
                 double h)
{
  LtHistogramData data = *(const LtHistogramData *) data_;

  data.colour = style->accent;
  lt_histogram_paint (cr, &data, style, w, h);
}

static void
paint_heat (cairo_t *cr, gconstpointer data, const LtStyle *style, double w, double h)
{
  lt_heat_paint (cr, data, style, w, h);
}

/* A bell of 40 bins from −1 to 1. */
static LtHistogramData
bell (gsize *counts)
{
  for (int i = 0; i < 40; i++)
    counts[i] = (gsize) (9000 * exp (-(i - 22.5) * (i - 22.5) / 60));
  return (LtHistogramData){ .title = "Weights W1",
                            .note = "μ 0.13, σ 0.27",
                            .x_title = "weight",
                            .y_title = "weights",
                            .n_bins = 40,
                            .lowest = -1,
                            .width = 0.05,
                            .counts = counts };
}

/* With titles, and without where it is small. */
static void
test_histogram (void)
{
  gsize counts[40];
  LtHistogramData data = bell (counts);

  lt_golden_check ("histogram-bell", paint_histogram, &data, 400, 250);
  lt_golden_check ("histogram-bell", paint_histogram, &data, 240, 130);
}

/* One bin alone is seen, and one value beside very many others. */
static void
test_histogram_odd (void)
{
  const gsize counts[] = { 1, 0, 40000, 1 };
  LtHistogramData data = { .title = "Mean activations",
                           .n_bins = 4,
                           .lowest = 0.2,
                           .width = 0.1,
                           .counts = counts };

  lt_golden_check ("histogram-odd", paint_histogram, &data, 320, 200);
  data.n_bins = 1;
  lt_golden_check ("histogram-single", paint_histogram, &data, 320, 200);
}

/* Where there is nothing to count, it says why. */
static void
test_histogram_empty (void)
{
  LtHistogramData data = { .title = "Last update ΔW1",
                           .message = "Only the live model knows its last update." };
  LtStyle style = lt_golden_style (FALSE);

  lt_golden_check ("histogram-empty", paint_histogram, &data, 320, 200);
  g_assert_cmpint (lt_histogram_hit (&data, &style, 320, 200, 160, 100), ==, -1);
}

/* From left to right the bins come in order, each of them, and none outside the plot. */
static void
test_histogram_hit (void)
{
  gsize counts[40];
  LtHistogramData data = bell (counts);
  LtStyle style = lt_golden_style (FALSE);
  int last = -1;

  for (double x = 0; x < 400; x++) {
    int bin = lt_histogram_hit (&data, &style, 400, 250, x, 120);

    if (bin < 0)
      continue;
    g_assert_true (bin == last || bin == last + 1);
    last = bin;
  }
  g_assert_cmpint (last, ==, 39);
  g_assert_cmpint (lt_histogram_hit (&data, &style, 400, 250, 200, 2), ==, -1);
  g_assert_cmpint (lt_histogram_hit (&data, &style, 400, 250, 200, 248), ==, -1);
}

typedef struct {
  float cells[EXAMPLES * UNITS];
  LtMark marks[UNITS];
  int groups[EXAMPLES];
  LtHeatData data;
} Heat;

static const char *const group_names[] = { "zero", "one", "two", "three" };

/* 20 units that never answer, 90 that do, more and more, to some groups, 10 that always
 * do. */
static void
heat_init (Heat *heat)
{
  for (int i = 0; i < EXAMPLES; i++) {
    heat->groups[i] = i * 4 / EXAMPLES;
    for (int j = 0; j < UNITS; j++) {
      double wave = 0.5 + 0.5 * sin (j * 1.7 + heat->groups[i] * (1 + j % 3));

      heat->cells[i * UNITS + j] = j < 20     ? 0
                                   : j >= 110 ? 1
                                              : (float) (wave * (j - 20) / 90);
    }
  }
  for (int j = 0; j < UNITS; j++)
    heat->marks[j] = j < 20     ? LT_MARK_WARNING
                     : j >= 110 ? LT_MARK_SECOND
                                : LT_MARK_NONE;
  heat->data = (LtHeatData){ .title = "Units × examples",
                             .width = UNITS,
                             .height = EXAMPLES,
                             .cells = heat->cells,
                             .colour = LT_TILES_SEQUENTIAL,
                             .lowest = 0,
                             .highest = 1,
                             .x_title = "units",
                             .y_title = "examples",
                             .footer = "→ 120 units, least active first  ↓ 60 examples",
                             .marks = heat->marks,
                             .warning_title = "20 dead",
                             .second_title = "10 saturated",
                             .groups = heat->groups,
                             .group_names = group_names };
}

/* Groups are named, dead and saturated columns marked and counted. */
static void
test_heat (void)
{
  Heat heat;

  heat_init (&heat);
  lt_golden_check ("heat-units", paint_heat, &heat.data, 560, 300);
  lt_golden_check ("heat-units", paint_heat, &heat.data, 240, 150);
}

/* Values of both signs, no groups, no marks, a scale that is exceeded, one that is not a
 * number. */
static void
test_heat_signed (void)
{
  Heat heat;

  heat_init (&heat);
  for (int i = 0; i < EXAMPLES * UNITS; i++)
    heat.cells[i] = 4 * heat.cells[i] - 2;
  heat.cells[30 * UNITS + 60] = NAN;
  heat.data.colour = LT_TILES_DIVERGING;
  heat.data.lowest = -1.5F;
  heat.data.highest = 1.5F;
  heat.data.clipped = TRUE;
  heat.data.groups = NULL;
  heat.data.marks = NULL;
  heat.data.warning_title = heat.data.second_title = NULL;
  lt_golden_check ("heat-signed", paint_heat, &heat.data, 400, 250);
}

/* Every cell is found where it is painted, and nothing beside the image. */
static void
test_heat_hit (void)
{
  LtStyle style = lt_golden_style (FALSE);
  gboolean columns[UNITS] = { FALSE }, rows[EXAMPLES] = { FALSE };
  int column, row;
  Heat heat;

  heat_init (&heat);
  for (double y = 0; y < 300; y += 2)
    for (double x = 0; x < 560; x += 4)
      if (lt_heat_hit (&heat.data, &style, 560, 300, x, y, &column, &row))
        columns[column] = rows[row] = TRUE;
  for (int i = 0; i < UNITS; i++)
    g_assert_true (columns[i]);
  for (int i = 0; i < EXAMPLES; i++)
    g_assert_true (rows[i]);
  g_assert_false (lt_heat_hit (&heat.data, &style, 560, 300, 2, 150, &column, &row));
  heat.data.width = 0;
  g_assert_false (lt_heat_hit (&heat.data, &style, 560, 300, 280, 150, &column, &row));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/histogram/bell", test_histogram);
  g_test_add_func ("/histogram/odd", test_histogram_odd);
  g_test_add_func ("/histogram/empty", test_histogram_empty);
  g_test_add_func ("/histogram/hit", test_histogram_hit);
  g_test_add_func ("/heat/units", test_heat);
  g_test_add_func ("/heat/signed", test_heat_signed);
  g_test_add_func ("/heat/hit", test_heat_hit);
  return g_test_run ();
}

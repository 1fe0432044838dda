/* Axes, curves and the timeline: ticks, mappings, golden pictures. */
#include "paint/curves.h"
#include "paint/timeline.h"
#include "support/golden.h"

#include <math.h>

static void
paint_curves (cairo_t *cr, gconstpointer data, const LtStyle *style, double w, double h)
{
  LtCurvesData themed = *(const LtCurvesData *) data;
  g_autofree LtSeries *series =
      g_memdup2 (themed.series, themed.n_series * sizeof *series);

  for (int i = 0; i < themed.n_series; i++)
    series[i].colour = lt_style_class_colour (style, i == 2 ? 3 : 0);
  themed.series = series;
  lt_curves_paint (cr, &themed, style, w, h);
}

static void
paint_timeline (cairo_t *cr,
                gconstpointer data,
                const LtStyle *style,
                double w,
                double h)
{
  lt_timeline_paint (cr, data, style, w, h);
}

/* Ticks are round, rising, inside the range, at most as many as asked for, and not one
 * when two would fit. */
static void
test_ticks (void)
{
  const double ranges[][2] = { { 0, 1 },       { -3.2, 7.9 }, { 0.2, 0.21 },
                               { 0, 60000 },   { -1e9, 1e9 }, { 99.9, 100.1 },
                               { 1e-7, 3e-7 }, { 0, 7 } };
  LtTicks ticks;

  for (guint i = 0; i < G_N_ELEMENTS (ranges); i++)
    for (int most = 2; most <= 12; most++) {
      LtAxis axis = { ranges[i][0], ranges[i][1] };
      double mantissa;

      lt_axis_ticks (&axis, most, &ticks);
      mantissa = ticks.step / pow (10, floor (log10 (ticks.step) + 1e-9));
      g_assert_true (fabs (mantissa - 1) < 1e-6 || fabs (mantissa - 2) < 1e-6 ||
                     fabs (mantissa - 5) < 1e-6);
      g_assert_cmpint (ticks.n, >=, 1);
      g_assert_cmpint (ticks.n, <=, most);
      if (most >= 6)
        g_assert_cmpint (ticks.n, >=, 3);
      for (int j = 0; j < ticks.n; j++) {
        g_assert_cmpfloat (ticks.at[j], >=, axis.lowest - ticks.step * 1e-5);
        g_assert_cmpfloat (ticks.at[j], <=, axis.highest + ticks.step * 1e-5);
        if (j > 0)
          g_assert_cmpfloat_with_epsilon (ticks.at[j] - ticks.at[j - 1], ticks.step,
                                          ticks.step * 1e-5);
      }
    }
}

/* A range that is empty or not a number has no ticks. */
static void
test_ticks_none (void)
{
  LtTicks ticks;

  lt_axis_ticks (&(LtAxis){ 1, 1 }, 5, &ticks);
  g_assert_cmpint (ticks.n, ==, 0);
  lt_axis_ticks (&(LtAxis){ 0, (double) NAN }, 5, &ticks);
  g_assert_cmpint (ticks.n, ==, 0);
  lt_axis_ticks (&(LtAxis){ 2, 1 }, 5, &ticks);
  g_assert_cmpint (ticks.n, ==, 0);
}

static void
assert_labels (double lowest, double highest, gboolean logarithmic, const char *wanted)
{
  LtAxis axis = { lowest, highest, logarithmic };
  g_autoptr (GString) labels = g_string_new (NULL);
  LtTicks ticks;

  lt_axis_ticks (&axis, 6, &ticks);
  for (int i = 0; i < ticks.n; i++) {
    char text[48];

    lt_ticks_label (&ticks, i, text, sizeof text);
    g_string_append_printf (labels, "%s%s", i > 0 ? " " : "", text);
  }
  g_assert_cmpstr (labels->str, ==, wanted);
}

/* Numbers have the digits that their step needs, and a real minus. */
static void
test_labels (void)
{
  assert_labels (0, 1, FALSE, "0 0.2 0.4 0.6 0.8 1.0");
  assert_labels (-40, 40, FALSE, "−40 −20 0 20 40");
  assert_labels (0.26, 0.27, FALSE, "0.260 0.262 0.264 0.266 0.268 0.270");
  assert_labels (0, 60000, FALSE, "0 20k 40k 60k");
  assert_labels (0, 5e6, FALSE, "0 1M 2M 3M 4M 5M");
  assert_labels (0.0001, 1, TRUE, "10⁻⁴ 10⁻³ 0.01 0.1 1");
  assert_labels (0.0004, 0.003, TRUE, "5·10⁻⁴ 10⁻³ 2·10⁻³");
  assert_labels (1, 10, TRUE, "1 2 5 10");
  assert_labels (0.01262, 0.01266, FALSE, "0.01262 0.01263 0.01264 0.01265 0.01266");
  assert_labels (7e15, 7.004e15, FALSE,
                 "7e+15 7.001e+15 7.002e+15 7.003e+15 7.004e+15");
}

/* Across a width there are as many as have room, and one alone only where two have none. */
static void
test_ticks_across (void)
{
  const double ranges[][2] = {
    { 83.2, 85.9 }, { -45, 45 }, { 0.3, 0.9 }, { 6, 14 }, { 179.44, 179.46 }
  };
  const LtStyle style = lt_golden_style (FALSE);
  LtTicks ticks;

  for (guint i = 0; i < G_N_ELEMENTS (ranges); i++) {
    LtAxis axis = { ranges[i][0], ranges[i][1] };

    for (int most = 2; most <= 6; most++) {
      lt_axis_ticks_across (&axis, &style, 520, most, &ticks);
      g_assert_cmpint (ticks.n, >=, 2);
    }
    lt_axis_ticks_across (&axis, &style, 65, 2, &ticks);
    g_assert_cmpint (ticks.n, <=, 2);
  }
}

/* Rounding widens a range to whole tenths of its size, and makes something of nothing. */
static void
test_round (void)
{
  LtAxis axis = { 0.013, 0.97 };

  lt_axis_round (&axis);
  g_assert_cmpfloat_with_epsilon (axis.lowest, 0, 1e-12);
  g_assert_cmpfloat_with_epsilon (axis.highest, 1, 1e-12);
  axis = (LtAxis){ 5, 5 };
  lt_axis_round (&axis);
  g_assert_cmpfloat (axis.lowest, <, 5);
  g_assert_cmpfloat (axis.highest, >, 5);
  axis = (LtAxis){ INFINITY, -INFINITY };
  lt_axis_round (&axis);
  g_assert_cmpfloat (axis.highest, >, axis.lowest);
  axis = (LtAxis){ 0.03, 40, TRUE };
  lt_axis_round (&axis);
  g_assert_cmpfloat_with_epsilon (axis.lowest, 0.01, 1e-12);
  g_assert_cmpfloat_with_epsilon (axis.highest, 100, 1e-9);
}

/* From values to pixels and back, linear, logarithmic and equal. */
static void
test_mapping (void)
{
  cairo_rectangle_t plot = { 30, 10, 300, 200 };
  LtAxes axes = { { -2, 5 }, { 0.01, 100, TRUE } };

  for (double value = 0.02; value < 5; value *= 1.7) {
    double x = lt_axes_x (&axes, &plot, value), y = lt_axes_y (&axes, &plot, value);

    g_assert_cmpfloat_with_epsilon (lt_axes_x_value (&axes, &plot, x), value, 1e-9);
    g_assert_cmpfloat_with_epsilon (lt_axes_y_value (&axes, &plot, y), value, 1e-9);
  }
  g_assert_cmpfloat_with_epsilon (lt_axes_x (&axes, &plot, -2), 30, 1e-9);
  g_assert_cmpfloat_with_epsilon (lt_axes_y (&axes, &plot, 100), 10, 1e-9);
  axes = (LtAxes){ { 0, 1 }, { 0, 1 }, TRUE };
  g_assert_cmpfloat_with_epsilon (
      lt_axes_x (&axes, &plot, 1) - lt_axes_x (&axes, &plot, 0),
      lt_axes_y (&axes, &plot, 0) - lt_axes_y (&axes, &plot, 1), 1e-9);
}

#define N_STEPS  4000
#define N_EPOCHS 20

typedef struct {
  double step[N_STEPS], step_loss[N_STEPS];
  double epoch[N_EPOCHS], train[N_EPOCHS], valid[N_EPOCHS];
  LtSeries series[3];
  LtLevel levels[2];
  LtFlag flags[2];
} Run;

/* A run of twenty epochs with two knob turns. */
static LtCurvesData
run (Run *self, const LtStyle *style)
{
  GRand *rand = g_rand_new_with_seed (11);

  for (int i = 0; i < N_STEPS; i++) {
    double at = (double) i * N_EPOCHS / N_STEPS;

    self->step[i] = at;
    self->step_loss[i] = 0.083 + 0.16 * exp (-at / 3) +
                         0.012 * (g_rand_double (rand) + g_rand_double (rand) - 1);
  }
  for (int i = 0; i < N_EPOCHS; i++) {
    self->epoch[i] = i + 1;
    self->train[i] = 0.083 + 0.16 * exp (-(i + 1) / 3.0);
    self->valid[i] = 0.088 + 0.155 * exp (-(i + 1) / 3.0);
  }
  g_rand_free (rand);
  self->series[0] = (LtSeries){ "minibatch",
                                N_STEPS,
                                self->step,
                                self->step_loss,
                                FALSE,
                                TRUE,
                                lt_style_class_colour (style, 0) };
  self->series[1] = (LtSeries){ "training",
                                N_EPOCHS,
                                self->epoch,
                                self->train,
                                TRUE,
                                FALSE,
                                lt_style_class_colour (style, 0) };
  self->series[2] = (LtSeries){ "validation",
                                N_EPOCHS,
                                self->epoch,
                                self->valid,
                                TRUE,
                                FALSE,
                                lt_style_class_colour (style, 3) };
  self->levels[0] = (LtLevel){ "mean image 0.2625", 0.2625, style->dim };
  self->levels[1] = (LtLevel){ "PCA, 2 units 0.206", 0.206, style->dim };
  self->flags[0] = (LtFlag){ 6, "learning rate 0.1 → 0.01" };
  self->flags[1] = (LtFlag){ 7.2, "noise 0 → 0.3" };
  return (
      LtCurvesData){ .axes = { { 0, 50, FALSE, "epoch" },
                               { 0.06, 0.28, FALSE, "cross-entropy (nats / pixel)" } },
                     .n_series = 3,
                     .series = self->series,
                     .n_levels = 2,
                     .levels = self->levels,
                     .n_flags = 2,
                     .flags = self->flags,
                     .cursor = 12 };
}

/* All there is in a plot of curves, small and large. */
static void
test_curves (void)
{
  g_autofree Run *arrays = g_new (Run, 1);
  LtStyle style = lt_golden_style (FALSE);
  LtCurvesData data = run (arrays, &style);

  lt_golden_check ("curves-run", paint_curves, &data, 400, 250);
  lt_golden_check ("curves-run", paint_curves, &data, 720, 440);
}

/* Bars around points: one with a line, one without, one that leaves the plot, one without
 * an end. */
static void
test_curves_bars (void)
{
  const double x[] = { 0, 1, 2, 3, 4 }, y[] = { 40, 41, 43, 42, 44 };
  const double low[] = { 39.5, 40.8, 42, (double) NAN, -HUGE_VAL };
  const double high[] = { 40.5, 41.2, 47, 43, 44.6 };
  LtStyle style = lt_golden_style (FALSE);
  LtSeries series[2] = {
    { "exact", 5, x, low, FALSE, FALSE, lt_style_class_colour (&style, 1) },
    { "AIS", 5, x, y, TRUE, FALSE, lt_style_class_colour (&style, 0), TRUE, low, high },
  };
  LtCurvesData data = { .axes = { { 0, 4, FALSE, "epochs" },
                                  { 39, 45, FALSE, "log Z (nats)" } },
                        .n_series = 2,
                        .series = series,
                        .cursor = (double) NAN };

  lt_golden_check ("curves-bars", paint_curves, &data, 320, 200);
}

/* A note that is too long to stand beside the x title has a row of its own. */
static void
test_curves_note (void)
{
  const double x[] = { 0, 1, 2, 3, 4 }, y[] = { 0.5, 0.1, 0.02, 0.004, 0.001 };
  const LtSeries series = { .title = "change", .n = 5, .x = x, .y = y };
  LtCurvesData data = { .axes = { { 0, 4, FALSE, "sweeps" },
                                  { 0, 0.5, FALSE, "largest change" } },
                        .n_series = 1,
                        .series = &series,
                        .cursor = (double) NAN,
                        .note = "from −105.20 to −101.30 nats" };

  lt_golden_check ("curves-note", paint_curves, &data, 215, 220);
}

/* A logarithmic axis, gaps, a lone point between gaps, levels that coincide, long names. */
static void
test_curves_odd (void)
{
  g_autofree Run *arrays = g_new (Run, 1);
  LtStyle style = lt_golden_style (FALSE);
  LtCurvesData data = run (arrays, &style);

  arrays->train[3] = arrays->train[5] = (double) NAN;
  arrays->valid[10] = -1;
  arrays->valid[11] = INFINITY;
  arrays->levels[1] =
      (LtLevel){ "the same level by another, longer name", 0.262, style.second };
  arrays->series[1].title = "a training loss with a name that is much too long";
  arrays->series[2].title = "a validation loss with a name that is too long as well";
  data.axes.x.highest = 20;
  data.axes.y = (LtAxis){ 0.05, 1, TRUE, "loss" };
  data.cursor = (double) NAN;
  data.note = "one of three restarts";
  lt_golden_check ("curves-odd", paint_curves, &data, 400, 250);
}

/* Whether one of the pixels around (x, y) of the painted curves is the series' colour. */
static gboolean
is_marked (const LtCurvesData *data, const LtStyle *style, double x, double y)
{
  cairo_surface_t *surface = cairo_image_surface_create (CAIRO_FORMAT_RGB24, 400, 250);
  cairo_t *cr = cairo_create (surface);
  int stride = cairo_image_surface_get_stride (surface) / 4;
  const guint32 *pixels;
  gboolean found = FALSE;

  lt_curves_paint (cr, data, style, 400, 250);
  cairo_surface_flush (surface);
  pixels = (const guint32 *) cairo_image_surface_get_data (surface);
  for (int i = (int) x - 2; i <= (int) x + 2; i++)
    for (int j = (int) y - 2; j <= (int) y + 2; j++)
      found |= (pixels[j * stride + i] & 0xffffff) == 0xff0000;
  cairo_destroy (cr);
  cairo_surface_destroy (surface);
  return found;
}

/* Where a curve leaves the plot or comes back there is an arrow head, wider than the line, at
 * that edge; two where none of it is inside. */
static void
test_curves_leave (void)
{
  const double x[] = { 0, 1, 2, 3, 4 };
  double y[] = { 9, 9, 3, 3, -7 };
  LtStyle style = lt_golden_style (FALSE);
  LtSeries series = { NULL, 5, x, y, FALSE, FALSE, { 1, 0, 0, 1 } };
  LtCurvesData data = { .axes = { { 0, 4 }, { 1, 5 } },
                        .n_series = 1,
                        .series = &series,
                        .cursor = (double) NAN };
  cairo_rectangle_t plot;
  double column, top, bottom;

  lt_curves_plot (&data, &style, 400, 250, &plot);
  column = plot.width / 4;
  top = plot.y + 0.5 * style.text_size;
  bottom = plot.y + plot.height - 0.5 * style.text_size;
  g_assert_false (is_marked (&data, &style, plot.x, top));
  g_assert_true (is_marked (&data, &style, plot.x + 5 * column / 3 - 4, top));
  g_assert_false (is_marked (&data, &style, plot.x + 3 * column, bottom));
  g_assert_true (is_marked (&data, &style, plot.x + 3.2 * column + 4, bottom));
  for (int i = 0; i < 5; i++)
    y[i] = 8;
  g_assert_true (is_marked (&data, &style, plot.x, top));
  g_assert_true (is_marked (&data, &style, plot.x + 4 * column, top));
  for (int i = 0; i < 5; i++)
    y[i] = 3;
  g_assert_false (is_marked (&data, &style, plot.x, top));
  data.axes.y.logarithmic = TRUE;
  y[2] = 0;
  g_assert_true (is_marked (&data, &style, plot.x + 2 * column, bottom));
}

/* No series, and one of one point. */
static void
test_curves_empty (void)
{
  const double one[] = { 1 };
  LtStyle style = lt_golden_style (FALSE);
  LtSeries single = { "training", 1, one, one, FALSE, FALSE, style.accent };
  LtCurvesData data = { .cursor = (double) NAN };

  lt_golden_check ("curves-none", paint_curves, &data, 320, 200);
  data.n_series = 1;
  data.series = &single;
  data.axes = (LtAxes){ { 0, 10, FALSE, "epoch" }, { 0, 2, FALSE, "loss" } };
  lt_golden_check ("curves-single", paint_curves, &data, 320, 200);
  lt_golden_check ("curves-single", paint_curves, &data, 120, 80);
}

/* Between two points a series has the value of its line, outside and in gaps none. */
static void
test_values_at (void)
{
  const double x[] = { 1, 2, 4, 5 }, y[] = { 10, 20, 40, (double) NAN };
  LtSeries series = { "a", 4, x, y };
  LtCurvesData data = { .n_series = 1, .series = &series };
  double value;

  lt_curves_values_at (&data, 2, &value);
  g_assert_cmpfloat (value, ==, 20);
  lt_curves_values_at (&data, 3, &value);
  g_assert_cmpfloat_with_epsilon (value, 30, 1e-12);
  lt_curves_values_at (&data, 4.5, &value);
  g_assert_true (isnan (value));
  lt_curves_values_at (&data, 0.5, &value);
  g_assert_true (isnan (value));
  lt_curves_values_at (&data, 6, &value);
  g_assert_true (isnan (value));
}

static LtTimelineData
timeline (const Run *arrays, double progress)
{
  static const double flags[] = { 3, 5.5 };

  return (LtTimelineData){ .n_epochs = 50,
                           .progress = progress,
                           .shown = -1,
                           .n = (int) MIN (progress * 200, N_STEPS),
                           .x = arrays->step,
                           .loss = arrays->step_loss,
                           .n_flags = 2,
                           .flags = flags,
                           .hover = -1 };
}

/* Live, scrubbed with the pointer over it, before the first step, and at the end. */
static void
test_timeline (void)
{
  g_autofree Run *arrays = g_new (Run, 1);
  LtStyle style = lt_golden_style (FALSE);
  LtTimelineData data;

  run (arrays, &style);
  data = timeline (arrays, 18.4);
  lt_golden_check ("timeline-live", paint_timeline, &data, 900, 64);
  data.shown = 9;
  data.hover = 14;
  lt_golden_check ("timeline-scrubbed", paint_timeline, &data, 900, 64);
  lt_golden_check ("timeline-scrubbed", paint_timeline, &data, 360, 64);
  data = timeline (arrays, 0);
  data.n_flags = 0;
  lt_golden_check ("timeline-start", paint_timeline, &data, 600, 64);
  data = timeline (arrays, 20);
  data.n_epochs = 20;
  arrays->step_loss[100] = (double) NAN;
  data.shown = 20;
  lt_golden_check ("timeline-end", paint_timeline, &data, 600, 64);
}

/* Every epoch done is under its own pixel; nothing beyond can be reached. */
static void
test_timeline_mapping (void)
{
  LtStyle style = lt_golden_style (FALSE);
  LtTimelineData data = { .n_epochs = 50, .progress = 18.4, .shown = -1, .hover = -1 };

  for (int epoch = 0; epoch <= 18; epoch++)
    g_assert_cmpint (lt_timeline_epoch_at (&data, &style, 700,
                                           lt_timeline_x (&data, &style, 700, epoch)),
                     ==, epoch);
  g_assert_cmpint (lt_timeline_epoch_at (&data, &style, 700, 690), ==, 18);
  g_assert_cmpint (lt_timeline_epoch_at (&data, &style, 700, -50), ==, 0);
  data.progress = 80;
  g_assert_cmpint (lt_timeline_epoch_at (&data, &style, 700, 700), ==, 80);
  data.progress = 0;
  g_assert_cmpint (lt_timeline_epoch_at (&data, &style, 700, 700), ==, 0);
}

/* The nearest flag within six pixels. */
static void
test_timeline_flags (void)
{
  const double flags[] = { 10, 10.5, 30 };
  LtStyle style = lt_golden_style (FALSE);
  LtTimelineData data = {
    .n_epochs = 50, .progress = 40, .n_flags = 3, .flags = flags
  };

  for (int i = 0; i < 3; i++) {
    double x = lt_timeline_x (&data, &style, 700, flags[i]);

    g_assert_cmpint (lt_timeline_flag_at (&data, &style, 700, x), ==, i);
  }
  g_assert_cmpint (
      lt_timeline_flag_at (&data, &style, 700, lt_timeline_x (&data, &style, 700, 20)),
      ==, -1);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/axes/ticks", test_ticks);
  g_test_add_func ("/axes/ticks-none", test_ticks_none);
  g_test_add_func ("/axes/ticks-across", test_ticks_across);
  g_test_add_func ("/axes/labels", test_labels);
  g_test_add_func ("/axes/round", test_round);
  g_test_add_func ("/axes/mapping", test_mapping);
  g_test_add_func ("/curves/run", test_curves);
  g_test_add_func ("/curves/bars", test_curves_bars);
  g_test_add_func ("/curves/note", test_curves_note);
  g_test_add_func ("/curves/odd", test_curves_odd);
  g_test_add_func ("/curves/leave", test_curves_leave);
  g_test_add_func ("/curves/empty", test_curves_empty);
  g_test_add_func ("/curves/values-at", test_values_at);
  g_test_add_func ("/timeline/states", test_timeline);
  g_test_add_func ("/timeline/mapping", test_timeline_mapping);
  g_test_add_func ("/timeline/flags", test_timeline_flags);
  return g_test_run ();
}

/* Scatter plots and fields over them: golden pictures, hits, odd numbers. */
#include "paint/field.h"
#include "support/golden.h"

#include <cairo-svg.h>
#include <math.h>

static const char *const digits[] = {
  "0", "1", "2", "3", "4", "5", "6", "7", "8", "9"
};

typedef struct {
  float *points;
  int *labels;
} Cloud;

/* n points in n_classes bells on a flower. */
static Cloud
cloud_new (int n, int n_classes)
{
  Cloud cloud = { g_new (float, 2 * MAX (n, 1)), g_new (int, MAX (n, 1)) };
  GRand *rand = g_rand_new_with_seed (3);

  for (int i = 0; i < n; i++) {
    int label = i % n_classes;
    double angle = 2 * G_PI * label / n_classes, r = 2.2 + label % 3;
    double a = g_rand_double (rand) + g_rand_double (rand) + g_rand_double (rand) - 1.5;
    double b = g_rand_double (rand) + g_rand_double (rand) + g_rand_double (rand) - 1.5;

    cloud.points[2 * i] = (float) ((r + 1.6 * a) * cos (angle + 0.45 * b));
    cloud.points[2 * i + 1] = (float) ((r + 1.6 * a) * sin (angle + 0.45 * b));
    cloud.labels[i] = label;
  }
  g_rand_free (rand);
  return cloud;
}

static void
cloud_free (Cloud *cloud)
{
  g_free (cloud->points);
  g_free (cloud->labels);
}

static LtScatterData
scatter (const Cloud *cloud, int n, int n_classes)
{
  return (LtScatterData){
    .n = n,
    .points = cloud->points,
    .labels = cloud->labels,
    .n_classes = n_classes,
    .class_names = digits,
    .axes = { { -6, 6, FALSE, "code 1" }, { -6, 6, FALSE, "code 2" }, FALSE },
    .emphasised = -1
  };
}

static void
paint_scatter (cairo_t *cr,
               gconstpointer data,
               const LtStyle *style,
               double w,
               double h)
{
  lt_scatter_paint (cr, data, style, w, h);
}

static void
paint_field (cairo_t *cr, gconstpointer data, const LtStyle *style, double w, double h)
{
  lt_field_paint (cr, data, style, w, h);
}

/* Ten classes, in a tile, wide and tall: the legend moves. */
static void
test_classes (void)
{
  Cloud cloud = cloud_new (3000, 10);
  LtScatterData data = scatter (&cloud, 3000, 10);

  data.note = "3,000 of 10,000 test examples";
  lt_golden_check ("scatter-classes", paint_scatter, &data, 400, 250);
  lt_golden_check ("scatter-classes", paint_scatter, &data, 640, 480);
  lt_golden_check ("scatter-classes", paint_scatter, &data, 320, 420);
  cloud_free (&cloud);
}

/* One class in full, the others faded. */
static void
test_emphasised (void)
{
  Cloud cloud = cloud_new (3000, 10);
  LtScatterData data = scatter (&cloud, 3000, 10);

  data.emphasised = 3;
  lt_golden_check ("scatter-emphasised", paint_scatter, &data, 640, 480);
  cloud_free (&cloud);
}

/* Few points without classes, some of them not numbers; equal axes. */
static void
test_few (void)
{
  Cloud cloud = cloud_new (12, 1);
  LtScatterData data = scatter (&cloud, 12, 0);

  data.labels = NULL;
  data.axes.equal = TRUE;
  cloud.points[0] = (float) NAN;
  cloud.points[3] = INFINITY;
  lt_golden_check ("scatter-few", paint_scatter, &data, 400, 250);
  cloud_free (&cloud);
}

/* One point, and none: axes all the same. */
static void
test_one_and_none (void)
{
  const float point[] = { 1, 2 };
  const int label[] = { 0 };
  LtScatterData data = { .n = 1,
                         .points = point,
                         .labels = label,
                         .n_classes = 1,
                         .class_names = digits,
                         .emphasised = -1 };

  data.axes.x = (LtAxis){ 1, 1, FALSE, NULL };
  data.axes.y = (LtAxis){ 2, 2, FALSE, NULL };
  lt_golden_check ("scatter-one", paint_scatter, &data, 320, 200);
  data.n = 0;
  data.points = NULL;
  data.labels = NULL;
  lt_golden_check ("scatter-none", paint_scatter, &data, 320, 200);
}

/* Three hundred classes: the legend counts what it cannot show. */
static void
test_many_classes (void)
{
  Cloud cloud = cloud_new (3000, 300);
  LtScatterData data = scatter (&cloud, 3000, 300);
  g_autoptr (GPtrArray) names = g_ptr_array_new_with_free_func (g_free);

  for (int i = 0; i < 300; i++)
    g_ptr_array_add (names, g_strdup_printf ("species %d", i));
  data.class_names = (const char *const *) (void *) names->pdata;
  lt_golden_check ("scatter-many", paint_scatter, &data, 400, 250);
  lt_golden_check ("scatter-many", paint_scatter, &data, 300, 400);
  cloud_free (&cloud);
}

/* Names longer than the plot is wide are cut. */
static void
test_long_names (void)
{
  const char *const names[] = {
    "a class whose name goes on and on and on without an end", "ankle boot",
    "T-shirt / top"
  };
  Cloud cloud = cloud_new (300, 3);
  LtScatterData data = scatter (&cloud, 300, 3);

  data.class_names = names;
  data.axes.x.title = "a horizontal title that is longer than the tile that it is in";
  data.axes.y.title = "a vertical title that is longer than the tile that it stands in";
  data.note = "a note that cannot fit here either, however one looks at it, no";
  lt_golden_check ("scatter-long", paint_scatter, &data, 400, 250);
  cloud_free (&cloud);
}

/* Every visible point, searched where it is painted, is found, or one that is as near. */
static void
test_hit (void)
{
  Cloud cloud = cloud_new (200, 10);
  LtScatterData data = scatter (&cloud, 200, 10);
  LtStyle style = lt_golden_style (FALSE);
  cairo_rectangle_t plot;

  cloud.points[6] = (float) NAN;
  lt_scatter_plot (&data, &style, 400, 250, &plot);
  for (int i = 0; i < 200; i++) {
    double x = lt_axes_x (&data.axes, &plot, (double) cloud.points[2 * i]);
    double y = lt_axes_y (&data.axes, &plot, (double) cloud.points[2 * i + 1]);
    int hit = lt_scatter_hit (&data, &style, 400, 250, x, y, 4);

    if (i == 3) {
      g_assert_cmpint (hit, ==, -1);
      continue;
    }
    g_assert_cmpint (hit, >=, 0);
    g_assert_cmpfloat (fabsf (cloud.points[2 * hit] - cloud.points[2 * i]), <, 1e-3F);
  }
  g_assert_cmpint (lt_scatter_hit (&data, &style, 400, 250, plot.x + 1, plot.y + 1, 4),
                   ==, -1);
  cloud_free (&cloud);
}

/* Each class has one place in the legend, in both of its forms, outside the plot. */
static void
test_legend_hit (void)
{
  Cloud cloud = cloud_new (10, 10);
  LtScatterData data = scatter (&cloud, 10, 10);
  LtStyle style = lt_golden_style (FALSE);
  double sizes[2][2] = { { 400, 250 }, { 300, 400 } };

  for (int form = 0; form < 2; form++) {
    double w = sizes[form][0], h = sizes[form][1];
    gboolean found[10] = { FALSE };
    cairo_rectangle_t plot;

    lt_scatter_plot (&data, &style, w, h, &plot);
    for (double y = 1; y < h; y += 8)
      for (double x = 1; x < w; x += 8) {
        int label = lt_scatter_legend_hit (&data, &style, w, h, x, y);

        if (label < 0)
          continue;
        found[label] = TRUE;
        g_assert_false (x > plot.x && x < plot.x + plot.width && y > plot.y &&
                        y < plot.y + plot.height);
      }
    for (int i = 0; i < 10; i++)
      g_assert_true (found[i]);
  }
  cloud_free (&cloud);
}

typedef struct {
  float field[2 * 20 * 20], reference[2 * 20 * 20];
  float points[2 * 400];
} Swirl;

/* Towards the unit circle, and to it with a twist; points on it. */
static LtFieldData
swirl (Swirl *self, int side)
{
  for (int i = 0; i < side * side; i++) {
    double x = -2 + 4.0 * (i % side) / MAX (side - 1, 1);
    double y = -2 + 4.0 * (i / side) / MAX (side - 1, 1);
    double r = MAX (hypot (x, y), 1e-6), pull = (1 - r) / r;

    self->reference[2 * i] = (float) (pull * x);
    self->reference[2 * i + 1] = (float) (pull * y);
    self->field[2 * i] = (float) (0.4 * (pull * x - 0.15 * y));
    self->field[2 * i + 1] = (float) (0.4 * (pull * y + 0.15 * x));
  }
  for (int i = 0; i < 400; i++) {
    self->points[2 * i] = (float) ((1 + 0.05 * sin (i * 7.7)) * cos (i * 0.31));
    self->points[2 * i + 1] = (float) ((1 + 0.05 * sin (i * 7.7)) * sin (i * 0.31));
  }
  return (LtFieldData){ .side = side,
                        .x0 = -2,
                        .x1 = 2,
                        .y0 = -2,
                        .y1 = 2,
                        .field = self->field,
                        .reference = self->reference,
                        .field_title = "r(x) − x",
                        .reference_title = "true score",
                        .points = { .n = 400,
                                    .points = self->points,
                                    .axes = { { -2.2, 2.2, FALSE, "x₁" },
                                              { -2.2, 2.2, FALSE, "x₂" },
                                              TRUE },
                                    .emphasised = -1 },
                        .note = "noise σ 0.1" };
}

/* Both fields over their points. */
static void
test_field (void)
{
  Swirl arrays;
  LtFieldData data = swirl (&arrays, 20);

  lt_golden_check ("field-both", paint_field, &data, 640, 480);
  data = swirl (&arrays, 14);
  lt_golden_check ("field-both", paint_field, &data, 400, 250);
}

/* One field at a given scale, with holes where it is not a number; and a single arrow. */
static void
test_field_odd (void)
{
  Swirl arrays;
  LtFieldData data = swirl (&arrays, 9);

  data.reference = NULL;
  data.scale = 1;
  data.field_title =
      "a field whose title is far too long for the tile that shows it here";
  for (int i = 0; i < 6; i++)
    arrays.field[2 * (40 + i)] = i % 2 == 0 ? (float) NAN : INFINITY;
  lt_golden_check ("field-odd", paint_field, &data, 320, 220);
  data = swirl (&arrays, 1);
  data.points.n = 0;
  lt_golden_check ("field-single", paint_field, &data, 320, 220);
  data.side = 0;
  lt_golden_check ("field-none", paint_field, &data, 320, 220);
}

static cairo_status_t
count_cb (void *closure, const unsigned char *bytes, unsigned int length)
{
  g_string_append_len (closure, (const char *) bytes, length);
  return CAIRO_STATUS_SUCCESS;
}

/* A file keeps points as shapes, not as a picture of them. */
static void
test_vector (void)
{
  Cloud cloud = cloud_new (50, 10);
  LtScatterData data = scatter (&cloud, 50, 10);
  LtStyle style = lt_golden_style (FALSE);
  g_autoptr (GString) svg = g_string_new (NULL);
  cairo_surface_t *surface =
      cairo_svg_surface_create_for_stream (count_cb, svg, 400, 250);
  cairo_t *cr = cairo_create (surface);

  lt_scatter_paint (cr, &data, &style, 400, 250);
  cairo_destroy (cr);
  cairo_surface_finish (surface);
  g_assert_cmpint (cairo_surface_status (surface), ==, CAIRO_STATUS_SUCCESS);
  cairo_surface_destroy (surface);
  g_assert_null (strstr (svg->str, "<image"));
  g_assert_nonnull (strstr (svg->str, "<path"));
  cloud_free (&cloud);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/scatter/classes", test_classes);
  g_test_add_func ("/scatter/emphasised", test_emphasised);
  g_test_add_func ("/scatter/few", test_few);
  g_test_add_func ("/scatter/one-and-none", test_one_and_none);
  g_test_add_func ("/scatter/many-classes", test_many_classes);
  g_test_add_func ("/scatter/long-names", test_long_names);
  g_test_add_func ("/scatter/hit", test_hit);
  g_test_add_func ("/scatter/legend-hit", test_legend_hit);
  g_test_add_func ("/scatter/vector", test_vector);
  g_test_add_func ("/field/both", test_field);
  g_test_add_func ("/field/odd", test_field_odd);
  return g_test_run ();
}

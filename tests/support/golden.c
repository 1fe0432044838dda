/* Golden pictures: painting, comparing, and keeping what differs for a look. */
#include "support/golden.h"

#include <stdlib.h>

/* Of 255. Hinting and antialiasing of letters may differ; a missing marker or label exceeds
 * what is allowed over a part, a square of PART pixels. */
#define MEAN_ALLOWED  1.0
#define PART_ALLOWED  10.0
#define PART          16
#define BYTES(row, x) ((row) + 4 * (x))

LtStyle
lt_golden_style (gboolean dark)
{
  LtStyle style;

  lt_style_init (&style, dark, 13);
  style.font = "DejaVu Sans";
  return style;
}

/* The summed difference of a rectangle's colour bytes. */
static double
difference (cairo_surface_t *a, cairo_surface_t *b, int x0, int y0, int w, int h)
{
  double sum = 0;

  for (int y = y0; y < y0 + h; y++) {
    const guchar *row_a = cairo_image_surface_get_data (a) +
                          (gsize) y * cairo_image_surface_get_stride (a);
    const guchar *row_b = cairo_image_surface_get_data (b) +
                          (gsize) y * cairo_image_surface_get_stride (b);

    for (int x = x0; x < x0 + w; x++)
      for (int c = 0; c < 3; c++)
        sum += abs (BYTES (row_a, x)[c] - BYTES (row_b, x)[c]);
  }
  return sum / 3;
}

static void
compare (cairo_surface_t *actual, cairo_surface_t *wanted, const char *name)
{
  int w = cairo_image_surface_get_width (actual);
  int h = cairo_image_surface_get_height (actual);
  double mean, worst = 0;

  g_assert_cmpint (cairo_surface_status (wanted), ==, CAIRO_STATUS_SUCCESS);
  g_assert_cmpint (cairo_image_surface_get_width (wanted), ==, w);
  g_assert_cmpint (cairo_image_surface_get_height (wanted), ==, h);
  mean = difference (actual, wanted, 0, 0, w, h) / w / h;
  for (int y = 0; y < h; y += PART)
    for (int x = 0; x < w; x += PART)
      worst = MAX (worst, difference (actual, wanted, x, y, MIN (PART, w - x),
                                      MIN (PART, h - y)) /
                              PART / PART);
  if (mean > MEAN_ALLOWED || worst > PART_ALLOWED) {
    g_autofree char *file = g_strdup_printf ("%s.failed.png", name);
    g_autofree char *path = g_test_build_filename (G_TEST_BUILT, file, NULL);

    cairo_surface_write_to_png (actual, path);
    g_test_message ("%s: mean difference %.2f, worst part %.2f; see %s", name, mean,
                    worst, path);
    g_test_fail ();
  }
}

static void
check_one (const char *name,
           LtGoldenPaint paint,
           gconstpointer data,
           int w,
           int h,
           gboolean dark)
{
  g_autofree char *file =
      g_strdup_printf ("%s-%dx%d-%s.png", name, w, h, dark ? "dark" : "light");
  g_autofree char *path = g_test_build_filename (G_TEST_DIST, "golden", file, NULL);
  LtStyle style = lt_golden_style (dark);
  cairo_surface_t *actual = cairo_image_surface_create (CAIRO_FORMAT_RGB24, w, h);
  cairo_t *cr = cairo_create (actual);

  lt_style_set (cr, style.background);
  cairo_paint (cr);
  paint (cr, data, &style, w, h);
  g_assert_cmpint (cairo_status (cr), ==, CAIRO_STATUS_SUCCESS);
  cairo_destroy (cr);
  cairo_surface_flush (actual);
  if (g_strcmp0 (g_getenv ("LT_GOLDEN_UPDATE"), "1") == 0) {
    g_assert_cmpint (cairo_surface_write_to_png (actual, path), ==,
                     CAIRO_STATUS_SUCCESS);
  } else {
    cairo_surface_t *wanted = cairo_image_surface_create_from_png (path);

    compare (actual, wanted, file);
    cairo_surface_destroy (wanted);
  }
  cairo_surface_destroy (actual);
}

void
lt_golden_check (const char *name,
                 LtGoldenPaint paint,
                 gconstpointer data,
                 int w,
                 int h)
{
  check_one (name, paint, data, w, h, FALSE);
  check_one (name, paint, data, w, h, TRUE);
}

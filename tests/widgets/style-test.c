/* Colours that can be told apart and read, maps with a neutral zero, markers of ten shapes. */
#include "paint/style.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* The relative luminance of WCAG 2. */
static double
linear (double channel)
{
  return channel <= 0.04045 ? channel / 12.92 : pow ((channel + 0.055) / 1.055, 2.4);
}

static double
luminance (LtColour colour)
{
  return 0.2126 * linear (colour.r) + 0.7152 * linear (colour.g) +
         0.0722 * linear (colour.b);
}

static double
contrast (LtColour a, LtColour b)
{
  double la = luminance (a), lb = luminance (b);

  return (MAX (la, lb) + 0.05) / (MIN (la, lb) + 0.05);
}

/* Text keeps WCAG's 4.5 to 1 everywhere, and 7 to 1 in high contrast. */
static void
test_text_contrast (void)
{
  for (int dark = 0; dark <= 1; dark++) {
    LtStyle style;

    lt_style_init (&style, dark, 13);
    g_assert_cmpfloat (contrast (style.foreground, style.background), >, 7);
    g_assert_cmpfloat (contrast (style.dim, style.background), >, 4.5);
    g_assert_cmpfloat (contrast (style.accent, style.background), >, 3);
    g_assert_cmpfloat (contrast (style.second, style.background), >, 3);
    lt_style_raise_contrast (&style);
    g_assert_true (style.high_contrast);
    g_assert_cmpfloat (contrast (style.foreground, style.background), >, 20);
    g_assert_cmpfloat (contrast (style.dim, style.background), >, 7);
    g_assert_cmpfloat (contrast (style.grid, style.background), >, 1.8);
  }
}

/* How a person without green (or red) cones sees a colour: the linear-light matrices of
 * Viénot, Brettel & Mollon 1999, from sRGB to sRGB. */
static void
seen_without (gboolean green, LtColour colour, double seen[3])
{
  static const double matrices[2][3][3] = {
    { { 0.11238, 0.88762, 0 }, { 0.11238, 0.88762, 0 }, { 0.00401, -0.00401, 1 } },
    { { 0.29275, 0.70725, 0 }, { 0.29275, 0.70725, 0 }, { -0.02234, 0.02234, 1 } },
  };
  double light[3] = { linear (colour.r), linear (colour.g), linear (colour.b) };

  for (int i = 0; i < 3; i++) {
    seen[i] = 0;
    for (int j = 0; j < 3; j++)
      seen[i] += matrices[green][i][j] * light[j];
    seen[i] = pow (CLAMP (seen[i], 0, 1), 1 / 2.2);
  }
}

/* No two class colours look alike, to eyes of three kinds. */
static void
test_class_colours (void)
{
  for (int dark = 0; dark <= 1; dark++) {
    LtStyle style;

    lt_style_init (&style, dark, 13);
    for (int i = 0; i < LT_N_CLASS_COLOURS; i++)
      for (int j = 0; j < i; j++)
        for (int kind = 0; kind <= 1; kind++) {
          double a[3], b[3], distance;

          seen_without (kind, lt_style_class_colour (&style, i), a);
          seen_without (kind, lt_style_class_colour (&style, j), b);
          distance =
              sqrt ((a[0] - b[0]) * (a[0] - b[0]) + (a[1] - b[1]) * (a[1] - b[1]) +
                    (a[2] - b[2]) * (a[2] - b[2]));
          g_assert_cmpfloat (distance, >, 0.1);
        }
  }
}

/* Class 10 has class 0's colour. */
static void
test_colours_repeat (void)
{
  LtStyle style;
  LtColour first, again;

  lt_style_init (&style, FALSE, 13);
  first = lt_style_class_colour (&style, 3);
  again = lt_style_class_colour (&style, 13);
  g_assert_cmpmem (&first, sizeof first, &again, sizeof again);
}

/* Zero is grey and near the background; away from it the map grows steadily more distant
 * from zero, to blue on the one side and to orange on the other. */
static void
test_diverging (void)
{
  for (int dark = 0; dark <= 1; dark++) {
    LtStyle style;
    LtColour zero, negative, positive, nothing;

    lt_style_init (&style, dark, 13);
    zero = lt_style_diverging (&style, 0);
    negative = lt_style_diverging (&style, -0.6);
    positive = lt_style_diverging (&style, 0.6);
    nothing = lt_style_diverging (&style, (double) NAN);
    g_assert_cmpfloat (fabs (zero.r - zero.b), <, 0.04);
    g_assert_cmpfloat (contrast (zero, style.background), <, 1.3);
    g_assert_cmpfloat (negative.b, >, negative.r + 0.2);
    g_assert_cmpfloat (positive.r, >, positive.b + 0.2);
    g_assert_cmpmem (&nothing, sizeof nothing, &style.warning, sizeof style.warning);
    for (int sign = -1; sign <= 1; sign += 2)
      for (double value = 0.1; value <= 1.01; value += 0.1)
        g_assert_cmpfloat (
            contrast (lt_style_diverging (&style, sign * value), zero), >,
            contrast (lt_style_diverging (&style, sign * (value - 0.1)), zero));
  }
}

/* The sequential map's lightness goes one way. */
static void
test_sequential (void)
{
  for (int dark = 0; dark <= 1; dark++) {
    LtStyle style;

    lt_style_init (&style, dark, 13);
    for (double value = 0.1; value <= 1.01; value += 0.1) {
      double step = luminance (lt_style_sequential (&style, value)) -
                    luminance (lt_style_sequential (&style, value - 0.1));

      g_assert_cmpfloat (dark ? step : -step, >, 0);
    }
  }
}

static void
draw_marker (int label, guchar mask[32 * 32])
{
  cairo_surface_t *surface =
      cairo_image_surface_create_for_data (mask, CAIRO_FORMAT_A8, 32, 32, 32);
  cairo_t *cr = cairo_create (surface);

  memset (mask, 0, 32 * 32);
  lt_marker_paint (cr, label, 16, 16, 9);
  cairo_destroy (cr);
  cairo_surface_destroy (surface);
}

/* The ten markers have ten shapes, of like weight; class 10 has another than class 0. */
static void
test_markers (void)
{
  static guchar masks[11][32 * 32];

  for (int label = 0; label <= 10; label++) {
    int ink = 0;

    draw_marker (label, masks[label]);
    for (int i = 0; i < 32 * 32; i++)
      ink += masks[label][i];
    g_assert_cmpint (ink, >, 0.6 * 255 * G_PI * 81);
    g_assert_cmpint (ink, <, 1.3 * 255 * G_PI * 81);
    for (int other = 0; other < label; other++) {
      int difference = 0;

      if (label == 10 && other == 1)
        continue; /* the shape of 1 in the colour of 0 */
      for (int i = 0; i < 32 * 32; i++)
        difference += abs (masks[label][i] - masks[other][i]);
      g_assert_cmpint (difference, >, 255 * 25);
    }
  }
}

/* What does not fit is left out clause by clause from the end, never within brackets, and a
 * clause that is too long by itself is left to the ellipsis. */
static void
test_text_fit (void)
{
  static const char text[] = "100 of 1,000 rows; error (a share, of one) 0.5, at most";
  static const struct {
    const char *room; /* it has the width of this */
    int n_lines;
    const char *expected;
  } cases[] = {
    { text, 1, text },
    { "100 of 1,000 rows; error (a share, of one) 0.5,", 1,
      "100 of 1,000 rows; error (a share, of one) 0.5" },
    { "100 of 1,000 rows; error (a share, of", 1, "100 of 1,000 rows" },
    { "100 of 1,000 rows; error (a", 2, text },
    { "100", 1, text },
  };
  LtStyle style;

  lt_style_init (&style, FALSE, 13);
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    double width = lt_text_width (NULL, &style, cases[i].room, 1, FALSE) + 2;
    g_autofree char *fit = lt_text_fit (&style, text, 1, cases[i].n_lines, width);

    g_assert_cmpstr (fit, ==, cases[i].expected);
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/style/text-contrast", test_text_contrast);
  g_test_add_func ("/style/class-colours", test_class_colours);
  g_test_add_func ("/style/colours-repeat", test_colours_repeat);
  g_test_add_func ("/style/diverging", test_diverging);
  g_test_add_func ("/style/sequential", test_sequential);
  g_test_add_func ("/style/markers", test_markers);
  g_test_add_func ("/style/text-fit", test_text_fit);
  return g_test_run ();
}

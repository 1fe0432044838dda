/* Grids of pictures: golden pictures, hits against painted places, odd numbers. */
#include "paint/tiles.h"
#include "support/golden.h"

#include <math.h>

#define SIDE 28

static void
paint_tiles (cairo_t *cr, gconstpointer data, const LtStyle *style, double w, double h)
{
  lt_tiles_paint (cr, data, style, w, h);
}

/* Something like a stroke filter: an oriented wave under a bell. */
static float *
filters_new (int n)
{
  float *pixels = g_new (float, n *SIDE *SIDE);
  GRand *rand = g_rand_new_with_seed (7);

  for (int i = 0; i < n; i++) {
    double angle = g_rand_double_range (rand, 0, G_PI);
    double wave = g_rand_double_range (rand, 0.4, 1.1);
    double cx = g_rand_double_range (rand, 8, 20),
           cy = g_rand_double_range (rand, 8, 20);

    for (int y = 0; y < SIDE; y++)
      for (int x = 0; x < SIDE; x++) {
        double u = (x - cx) * cos (angle) + (y - cy) * sin (angle);
        double r2 = (x - cx) * (x - cx) + (y - cy) * (y - cy);
        double value =
            cos (wave * u) * exp (-r2 / 50) + g_rand_double_range (rand, -0.05, 0.05);

        pixels[(i * SIDE + y) * SIDE + x] = (float) value;
      }
  }
  g_rand_free (rand);
  return pixels;
}

/* Rings of different width: enough like digits to judge grey tiles. */
static float *
rings_new (int n)
{
  float *pixels = g_new (float, n *SIDE *SIDE);

  for (int i = 0; i < n; i++)
    for (int y = 0; y < SIDE; y++)
      for (int x = 0; x < SIDE; x++) {
        double r = hypot ((x - 13.5) * (1 + 0.1 * (i % 5)), y - 13.5);
        double edge = 2.2 - fabs (r - 5 - i % 4);

        pixels[(i * SIDE + y) * SIDE + x] = (float) CLAMP (edge, 0, 1);
      }
  return pixels;
}

static LtTilesData
filters (const float *pixels, int n)
{
  return (LtTilesData){ .n = n,
                        .width = SIDE,
                        .height = SIDE,
                        .channels = 1,
                        .pixels = pixels,
                        .colour = LT_TILES_DIVERGING,
                        .selected = -1 };
}

/* A free grid of filters with a note and one selected. */
static void
test_filters (void)
{
  g_autofree float *pixels = filters_new (100);
  LtTilesData data = filters (pixels, 100);

  data.selected = 23;
  data.note = "100 of 500 filters, most active first";
  lt_golden_check ("tiles-filters", paint_tiles, &data, 400, 250);
  lt_golden_check ("tiles-filters", paint_tiles, &data, 760, 520);
}

/* Borders in the classes' colours, the same around all of a column; none without a class. */
static void
test_classes (void)
{
  g_autofree float *pixels = rings_new (12);
  const char *titles[] = { "particle", "nearest" };
  const int classes[] = { 0, 1, 2, -1, 4, 5 };
  LtTilesData data = { .n = 12,
                       .width = SIDE,
                       .height = SIDE,
                       .channels = 1,
                       .pixels = pixels,
                       .highest = 1,
                       .n_rows = 2,
                       .row_titles = titles,
                       .classes = classes,
                       .selected = -1 };

  lt_golden_check ("tiles-classes", paint_tiles, &data, 400, 200);
}

/* Rows with names, and captions under the pictures: long ones are cut before they touch. */
static void
test_rows (void)
{
  const char *titles[] = { "original", "corrupted", "reconstructed" };
  const char *captions[] = { "T-shirt/top", "Trouser", "Pullover",   "Dress",
                             "Coat",        "Sandal",  "Ankle boot", "Bag",
                             "7",           "2",       "1",          "0",
                             "4",           "1",       "4",          "9",
                             "7",           "2",       "1",          "0",
                             "4",           "1",       "4",          "error 12.3" };
  g_autofree float *pixels = rings_new (24);
  LtTilesData data = { .n = 24,
                       .width = SIDE,
                       .height = SIDE,
                       .channels = 1,
                       .pixels = pixels,
                       .highest = 1,
                       .n_rows = 3,
                       .row_titles = titles,
                       .captions = captions,
                       .selected = -1,
                       .note = "noise 30 %, test examples" };

  lt_golden_check ("tiles-rows", paint_tiles, &data, 400, 250);
  lt_golden_check ("tiles-rows", paint_tiles, &data, 760, 520);
}

/* Long rows go on in blocks below. */
static void
test_blocks (void)
{
  const char *titles[] = { "original", "reconstructed" };
  g_autofree float *pixels = rings_new (60);
  LtTilesData data = { .n = 60,
                       .width = SIDE,
                       .height = SIDE,
                       .channels = 1,
                       .pixels = pixels,
                       .highest = 1,
                       .n_rows = 2,
                       .row_titles = titles,
                       .selected = 31 };

  lt_golden_check ("tiles-blocks", paint_tiles, &data, 560, 300);
}

/* Long rows of values are no hairlines: they are high enough to be seen, and their titles do
 * not touch. */
static void
test_vectors (void)
{
  static const char *const titles[] = { "original", "reconstructed" };
  g_autofree float *pixels = g_new0 (float, 4 * 400);
  const LtStyle style = lt_golden_style (FALSE);
  LtTilesData data = { .n = 4,
                       .width = 400,
                       .height = 1,
                       .channels = 1,
                       .pixels = pixels,
                       .colour = LT_TILES_DIVERGING,
                       .n_rows = 2,
                       .row_titles = titles,
                       .selected = -1 };
  cairo_rectangle_t above, below;

  g_assert_true (lt_tiles_place (&data, &style, 480, 300, 0, &above));
  g_assert_true (lt_tiles_place (&data, &style, 480, 300, 2, &below));
  g_assert_cmpfloat (above.height, >=, 0.7 * style.text_size);
  g_assert_cmpfloat (below.y - above.y, >=, 0.92 * style.text_size);
  g_assert_true (lt_tiles_place (&data, &style, 480, 60, 2, &below));
  g_assert_cmpfloat (below.y + below.height, <=, 60);
}

/* Entries that are not numbers, infinities, a tile of zeros: marked, and no harm done. */
static void
test_not_numbers (void)
{
  g_autofree float *pixels = filters_new (6);
  LtTilesData data = filters (pixels, 6);

  for (int i = 0; i < SIDE * SIDE; i++)
    pixels[i] = (float) NAN;
  for (int i = 0; i < SIDE * 6; i++)
    pixels[SIDE * SIDE + i] = (float) NAN;
  for (int i = 0; i < SIDE * SIDE; i++)
    pixels[2 * SIDE * SIDE + i] = 0;
  pixels[3 * SIDE * SIDE] = INFINITY;
  pixels[3 * SIDE * SIDE + 1] = -INFINITY;
  lt_golden_check ("tiles-not-numbers", paint_tiles, &data, 400, 250);
}

/* A single colour picture of unusual shape. */
static void
test_single (void)
{
  float pixels[5 * 3 * 3];
  LtTilesData data = { .n = 1,
                       .width = 3,
                       .height = 5,
                       .channels = 3,
                       .pixels = pixels,
                       .colour = LT_TILES_COLOUR,
                       .highest = 1,
                       .selected = -1 };

  for (int i = 0; i < 15; i++) {
    pixels[3 * i] = (float) (i % 3) / 2;
    pixels[3 * i + 1] = (float) (i / 3) / 4;
    pixels[3 * i + 2] = 0.4F;
  }
  lt_golden_check ("tiles-single", paint_tiles, &data, 200, 120);
}

/* Nothing to show paints nothing and hits nothing. */
static void
test_empty (void)
{
  LtTilesData data = filters (NULL, 0);
  LtStyle style = lt_golden_style (FALSE);

  lt_golden_check ("tiles-empty", paint_tiles, &data, 200, 120);
  g_assert_cmpint (lt_tiles_hit (&data, &style, 200, 120, 100, 60, NULL), ==, -1);
}

/* The middle of every painted rectangle hits the picture that is painted there, and the
 * rectangles lie inside the area without touching. */
static void
test_hit (void)
{
  LtStyle style = lt_golden_style (FALSE);
  LtTilesData data = filters (NULL, 36);
  cairo_rectangle_t again, rect;

  for (int n_rows = 0; n_rows <= 3; n_rows++) {
    gboolean seen[36] = { FALSE };

    data.n_rows = n_rows;
    for (double y = 0.5; y < 250; y += 3)
      for (double x = 0.5; x < 400; x += 3) {
        int i = lt_tiles_hit (&data, &style, 400, 250, x, y, &rect);

        if (i < 0)
          continue;
        seen[i] = TRUE;
        g_assert_cmpfloat (rect.x, >=, 0);
        g_assert_cmpfloat (rect.y, >=, 0);
        g_assert_cmpfloat (rect.x + rect.width, <=, 400);
        g_assert_cmpfloat (rect.y + rect.height, <=, 250);
        g_assert_cmpint (lt_tiles_hit (&data, &style, 400, 250, rect.x + rect.width / 2,
                                       rect.y + rect.height / 2, &again),
                         ==, i);
        g_assert_cmpfloat (again.x, ==, rect.x);
        g_assert_cmpfloat (again.y, ==, rect.y);
      }
    for (int i = 0; i < 36; i++)
      g_assert_true (seen[i]);
  }
}

/* As many tiles as the capacity says are shown no smaller than readable. */
static void
test_capacity (void)
{
  LtStyle style = lt_golden_style (FALSE);
  double sizes[][2] = { { 300, 200 }, { 400, 250 }, { 800, 500 }, { 250, 700 } };

  for (guint i = 0; i < G_N_ELEMENTS (sizes); i++) {
    int n = lt_tiles_capacity (SIDE, SIDE, &style, sizes[i][0], sizes[i][1]);
    LtTilesData data = filters (NULL, n);
    cairo_rectangle_t rect = { 0 };

    g_assert_cmpint (n, >, 20);
    g_assert_cmpint (n, <, 400);
    for (double x = 0; x < sizes[i][0] && rect.width == 0; x++)
      lt_tiles_hit (&data, &style, sizes[i][0], sizes[i][1], x, sizes[i][1] / 2, &rect);
    g_assert_cmpfloat (rect.width, >=, SIDE);
  }
  g_assert_cmpint (lt_tiles_capacity (4000, 4000, &style, 300, 200), >=, 1);
}

/* An enlargement by a whole number repeats each pixel exactly. */
static void
test_nearest (void)
{
  const float pixels[4] = { 0, 1, 0.25F, 0.5F };
  const int wanted[4] = { 0, 255, 64, 128 };
  cairo_surface_t *surface = cairo_image_surface_create (CAIRO_FORMAT_RGB24, 10, 10);
  cairo_t *cr = cairo_create (surface);
  cairo_rectangle_t rect = { 2, 2, 6, 6 };

  lt_picture_paint (cr, pixels, 2, 2, 1, LT_TILES_GREY, 0, 1, &rect);
  cairo_destroy (cr);
  cairo_surface_flush (surface);
  for (int y = 0; y < 6; y++)
    for (int x = 0; x < 6; x++) {
      const guchar *row = cairo_image_surface_get_data (surface) +
                          (y + 2) * cairo_image_surface_get_stride (surface);

      g_assert_cmpint (row[4 * (x + 2)], ==, wanted[y / 3 * 2 + x / 3]);
    }
  cairo_surface_destroy (surface);
}

/* Whether there is something else than background beside a picture of one grey value. */
static gboolean
is_framed (const LtStyle *style, float value)
{
  cairo_surface_t *surface = cairo_image_surface_create (CAIRO_FORMAT_RGB24, 100, 100);
  cairo_t *cr = cairo_create (surface);
  int stride = cairo_image_surface_get_stride (surface) / 4;
  const float pixels[4] = { value, value, value, value };
  LtTilesData data = { .n = 1,
                       .width = 2,
                       .height = 2,
                       .channels = 1,
                       .pixels = pixels,
                       .colour = LT_TILES_GREY,
                       .highest = 1,
                       .selected = -1,
                       .n_rows = 1 };
  cairo_rectangle_t rect;
  const guint32 *row;
  gboolean framed;

  lt_style_set (cr, style->background);
  cairo_paint (cr);
  lt_tiles_paint (cr, &data, style, 100, 100);
  cairo_surface_flush (surface);
  g_assert_true (lt_tiles_place (&data, style, 100, 100, 0, &rect));
  row = (const guint32 *) cairo_image_surface_get_data (surface) + 50 * stride;
  framed = row[(int) rect.x - 1] != row[0];
  g_assert_cmpint (framed, ==, row[(int) (rect.x + rect.width)] != row[0]);
  cairo_destroy (cr);
  cairo_surface_destroy (surface);
  return framed;
}

/* Titles of rows that are much lower than letters do not run into each other. */
static void
test_low_rows (void)
{
  static const char *const titles[] = { "particle", "nearest" };
  LtStyle style = lt_golden_style (FALSE);
  const float pixels[2 * 40] = { 0 };
  LtTilesData data = { .n = 2,
                       .width = 40,
                       .height = 1,
                       .channels = 1,
                       .pixels = pixels,
                       .highest = 1,
                       .selected = -1,
                       .n_rows = 2,
                       .row_titles = titles };
  cairo_rectangle_t first, second;

  g_assert_true (lt_tiles_place (&data, &style, 200, 100, 0, &first));
  g_assert_true (lt_tiles_place (&data, &style, 200, 100, 1, &second));
  g_assert_cmpfloat (second.y - first.y, >=, lt_text_height (&style, 0.92));
}

/* Pictures in rows do not vanish on a white ground, nor on a dark one. */
static void
test_framed (void)
{
  LtStyle light = lt_golden_style (FALSE), dark = lt_golden_style (TRUE);

  g_assert_true (is_framed (&light, 1));
  g_assert_false (is_framed (&light, 0));
  g_assert_false (is_framed (&light, 0.5f));
  g_assert_false (is_framed (&dark, 1));
  g_assert_true (is_framed (&dark, (float) dark.background.g));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/tiles/filters", test_filters);
  g_test_add_func ("/tiles/classes", test_classes);
  g_test_add_func ("/tiles/rows", test_rows);
  g_test_add_func ("/tiles/blocks", test_blocks);
  g_test_add_func ("/tiles/vectors", test_vectors);
  g_test_add_func ("/tiles/not-numbers", test_not_numbers);
  g_test_add_func ("/tiles/single", test_single);
  g_test_add_func ("/tiles/empty", test_empty);
  g_test_add_func ("/tiles/hit", test_hit);
  g_test_add_func ("/tiles/capacity", test_capacity);
  g_test_add_func ("/tiles/nearest", test_nearest);
  g_test_add_func ("/tiles/low-rows", test_low_rows);
  g_test_add_func ("/tiles/framed", test_framed);
  return g_test_run ();
}

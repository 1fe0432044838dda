/* Chains as they dream: golden pictures, and what is under the pointer. */
#include "paint/dreams.h"
#include "support/golden.h"

#include <math.h>

#define SIDE 14
#define N    6

typedef struct {
  float pixels[2 * N * SIDE * SIDE];
  float drawn[SIDE * SIDE];
  float held[SIDE * SIDE];
  LtDreamsData data;
} Example;

static const char *const names[] = { "0", "1", "2", "3", "4" };
static const char *const titles[] = { "particle", "nearest" };
static const char *const caption_titles[] = { "class (changes)", "class" };
static const char *const captions[2 * N] = { "0 (3)", "1", "2 (12)", "",  "4", "0 (1)",
                                             "0",     "1", "2",      "3", "4", "0" };
static const int classes[2 * N] = { 0, 1, 2, -1, 4, 0, 0, 1, 3, 3, 4, 0 };

static void
paint (cairo_t *cr, gconstpointer data, const LtStyle *style, double w, double h)
{
  lt_dreams_paint (cr, data, style, w, h);
}

/* Rings; the surface shows a bar, of which the thickest part is held. */
static void
example_init (Example *self)
{
  for (int i = 0; i < 2 * N; i++)
    for (int at = 0; at < SIDE * SIDE; at++) {
      double r = hypot (at % SIDE - 6.5, at / SIDE - 6.5);

      self->pixels[i * SIDE * SIDE + at] = (float) CLAMP (2 - fabs (r - i % 6), 0, 1);
    }
  for (int at = 0; at < SIDE * SIDE; at++) {
    gboolean bar = at / SIDE >= 5 && at / SIDE < 8 && at % SIDE > 2 && at % SIDE < 11;

    self->drawn[at] = self->held[at] = bar ? 1 : 0;
  }
  self->data = (LtDreamsData){ .tiles = { .n = 2 * N,
                                          .width = SIDE,
                                          .height = SIDE,
                                          .channels = 1,
                                          .pixels = self->pixels,
                                          .highest = 1,
                                          .n_rows = 2,
                                          .row_titles = titles,
                                          .captions = captions,
                                          .caption_titles = caption_titles,
                                          .classes = classes,
                                          .own_classes = TRUE,
                                          .selected = -1,
                                          .note = "120 Gibbs steps from noise" },
                               .n_classes = G_N_ELEMENTS (names),
                               .class_names = names,
                               .emphasised = -1 };
}

/* Classes as borders, markers and names, each picture's own. */
static void
test_classes (void)
{
  Example example;

  example_init (&example);
  lt_golden_check ("dreams-classes", paint, &example.data, 400, 240);
  lt_golden_check ("dreams-classes", paint, &example.data, 640, 360);
}

/* A surface with a drawing, which the chains are held at, and a label that is held. */
static void
test_drawn (void)
{
  Example example;

  example_init (&example);
  example.data.drawn = example.drawn;
  example.data.held = example.held;
  example.data.n_held = N;
  example.data.emphasised = 2;
  lt_golden_check ("dreams-drawn", paint, &example.data, 480, 260);
}

/* A surface that waits, above it a legend in rows. */
static void
test_blank (void)
{
  Example example;

  example_init (&example);
  for (int at = 0; at < SIDE * SIDE; at++)
    example.drawn[at] = 0;
  example.data.drawn = example.drawn;
  example.data.blank = TRUE;
  lt_golden_check ("dreams-blank", paint, &example.data, 280, 400);
}

/* Every picture is found where it stands, the surface and the legend beside them, and nothing
 * twice. */
static void
test_hit (void)
{
  const LtStyle style = lt_golden_style (FALSE);
  gboolean found[2 * N] = { FALSE }, class_found[G_N_ELEMENTS (names)] = { FALSE };
  LtDreamsPlaces places;
  Example example;
  double room_w, room_h;

  example_init (&example);
  g_assert_false (lt_dreams_places (&example.data, &style, 480, 260, &places));
  example.data.drawn = example.drawn;
  g_assert_true (lt_dreams_places (&example.data, &style, 480, 260, &places));
  g_assert_cmpfloat (places.surface.width, >=, 60);
  g_assert_cmpfloat (places.clear.y, >=, places.surface.y + places.surface.height);
  g_assert_cmpfloat (places.clear.y + places.clear.height, <, 260);
  lt_dreams_room (&example.data, &style, 480, 260, &room_w, &room_h);
  g_assert_cmpfloat (room_w, <, 480 - places.surface.width);
  for (int y = 0; y < 260; y += 6)
    for (int x = 0; x < 480; x += 6) {
      cairo_rectangle_t rect;
      int i = lt_dreams_hit (&example.data, &style, 480, 260, x, y, &rect);
      int class = lt_dreams_legend_hit (&example.data, &style, 480, 260, x, y);

      if (i >= 0) {
        found[i] = TRUE;
        g_assert_cmpint (class, ==, -1);
        g_assert_cmpfloat (x, >, places.surface.x + places.surface.width);
        g_assert_cmpfloat (rect.x, <=, x);
      }
      if (class >= 0)
        class_found[class] = TRUE;
    }
  for (int i = 0; i < 2 * N; i++)
    g_assert_true (found[i]);
  for (gsize i = 0; i < G_N_ELEMENTS (names); i++)
    g_assert_true (class_found[i]);
}

/* An area without room paints nothing, and does not fail. */
static void
test_tiny (void)
{
  cairo_surface_t *surface = cairo_image_surface_create (CAIRO_FORMAT_RGB24, 12, 9);
  cairo_t *cr = cairo_create (surface);
  const LtStyle style = lt_golden_style (TRUE);
  Example example;

  example_init (&example);
  example.data.drawn = example.drawn;
  example.data.held = example.held;
  example.data.n_held = N;
  lt_dreams_paint (cr, &example.data, &style, 12, 9);
  g_assert_cmpint (cairo_status (cr), ==, CAIRO_STATUS_SUCCESS);
  cairo_destroy (cr);
  cairo_surface_destroy (surface);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/dreams/classes", test_classes);
  g_test_add_func ("/dreams/drawn", test_drawn);
  g_test_add_func ("/dreams/blank", test_blank);
  g_test_add_func ("/dreams/hit", test_hit);
  g_test_add_func ("/dreams/tiny", test_tiny);
  return g_test_run ();
}

/* Drawings: what a brush leaves, and what a rubber takes away. */
#include "views/drawing.h"

#define SIDE 28

static float
ink (const LtDrawing *drawing, int x, int y)
{
  return drawing->ink[y * drawing->width + x];
}

/* Ink is full along a stroke, soft at its edge, and nowhere else; the drawing before stays as
 * it was. */
static void
test_stroke (void)
{
  g_autoptr (LtDrawing) blank = lt_drawing_new (SIDE, SIDE);
  const LtStroke stroke = { 5, 10.5, 20, 10.5 };
  g_autoptr (LtDrawing) drawn = lt_drawing_add (blank, &stroke);
  gboolean soft = FALSE;

  g_assert_true (lt_drawing_is_empty (blank));
  g_assert_false (lt_drawing_is_empty (drawn));
  for (int x = 5; x < 20; x++)
    g_assert_cmpfloat (ink (drawn, x, 10), ==, 1);
  for (int x = 0; x < SIDE; x++) {
    g_assert_cmpfloat (ink (drawn, x, 5), ==, 0);
    g_assert_cmpfloat (ink (drawn, x, 16), ==, 0);
  }
  g_assert_cmpfloat (ink (drawn, 0, 10), ==, 0);
  g_assert_cmpfloat (ink (drawn, 26, 10), ==, 0);
  for (int y = 5; y < 16; y++)
    soft = soft || (ink (drawn, 12, y) > 0 && ink (drawn, 12, y) < 1);
  g_assert_true (soft);
}

/* A second stroke adds to the first; where they cross nothing is darker than ink. */
static void
test_cross (void)
{
  g_autoptr (LtDrawing) blank = lt_drawing_new (SIDE, SIDE);
  const LtStroke across = { 5, 14, 23, 14 }, down = { 14, 5, 14, 23 };
  g_autoptr (LtDrawing) one = lt_drawing_add (blank, &across);
  g_autoptr (LtDrawing) both = lt_drawing_add (one, &down);

  for (int i = 0; i < SIDE * SIDE; i++) {
    g_assert_cmpfloat (both->ink[i], >=, one->ink[i]);
    g_assert_cmpfloat (both->ink[i], <=, 1);
  }
  g_assert_cmpfloat (ink (both, 14, 7), ==, 1);
  g_assert_false (lt_drawing_equal (one, both));
}

/* A rubber along the stroke leaves nothing of it, on however coarse a grid. */
static void
test_rub (void)
{
  for (int side = 6; side <= 96; side *= 2) {
    g_autoptr (LtDrawing) blank = lt_drawing_new (side, side);
    LtStroke stroke = { 0.2 * side, 0.4 * side, 0.7 * side, 0.45 * side };
    g_autoptr (LtDrawing) drawn = lt_drawing_add (blank, &stroke);
    g_autoptr (LtDrawing) rubbed = NULL;

    stroke.rubs = TRUE;
    rubbed = lt_drawing_add (drawn, &stroke);
    g_assert_false (lt_drawing_is_empty (drawn));
    g_assert_true (lt_drawing_is_empty (rubbed));
    g_assert_true (lt_drawing_equal (rubbed, blank));
    g_assert_true (lt_drawing_equal (rubbed, NULL));
    g_assert_false (lt_drawing_equal (NULL, drawn));
  }
}

/* A pen pressed outside leaves ink where its stroke comes in. */
static void
test_outside (void)
{
  g_autoptr (LtDrawing) blank = lt_drawing_new (8, 4);
  const LtStroke stroke = { -30, 2, 2, 2 };
  g_autoptr (LtDrawing) drawn = lt_drawing_add (blank, &stroke);

  g_assert_cmpfloat (ink (drawn, 0, 2), >, 0.5f);
  g_assert_cmpfloat (ink (drawn, 7, 2), ==, 0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/drawing/stroke", test_stroke);
  g_test_add_func ("/drawing/cross", test_cross);
  g_test_add_func ("/drawing/rub", test_rub);
  g_test_add_func ("/drawing/outside", test_outside);
  return g_test_run ();
}

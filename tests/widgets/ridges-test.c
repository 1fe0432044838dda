/* Ridges and pairs of bars: golden pictures, hits, odd numbers. */
#include "paint/ridges.h"

#include "paint/pairs.h"
#include "support/golden.h"

#include <math.h>
#include <stdlib.h>

#define BINS   40
#define STATES 24

static void
paint_ridges (cairo_t *cr, gconstpointer data, const LtStyle *style, double w, double h)
{
  lt_ridges_paint (cr, data, style, w, h);
}

static void
paint_pairs (cairo_t *cr, gconstpointer data, const LtStyle *style, double w, double h)
{
  lt_pairs_paint (cr, data, style, w, h);
}

typedef struct {
  gsize near[BINS], far[BINS], none[BINS];
  LtRidge ridges[3];
  LtRidgeMark marks[2];
  LtRidgesData data;
} Ridges;

/* Two bells, one of which is seen in part, and values that all lie outside. */
static void
ridges_init (Ridges *self)
{
  const LtColour blue = { 0.1, 0.4, 0.8, 1 }, orange = { 0.9, 0.5, 0.1, 1 };

  *self = (Ridges){ 0 };
  for (int i = 0; i < BINS; i++) {
    self->near[i] = (gsize) (500 * exp (-(i - 12.0) * (i - 12.0) / 30));
    self->far[i] = (gsize) (9 * exp (-(i - 36.0) * (i - 36.0) / 60));
  }
  self->ridges[0] = (LtRidge){ "training, mean −28", self->near, 0, 0, -28, blue };
  self->ridges[1] = (LtRidge){ "held out, mean −4", self->far, 0, 12, -4, orange };
  self->ridges[2] = (LtRidge){ "noise, mean 900", self->none, 3, 500, 900, blue };
  self->marks[0] =
      (LtRidgeMark){ "exact −20", -20, (double) NAN, (double) NAN, orange };
  self->marks[1] = (LtRidgeMark){ "AIS −22", -22, -HUGE_VAL, -15, blue };
  self->data = (LtRidgesData){ .title = "Free energy",
                               .note = "held out − training: 24 nats",
                               .x_title = "F (nats)",
                               .n = 3,
                               .ridges = self->ridges,
                               .n_bins = BINS,
                               .lowest = -40,
                               .width = 1,
                               .message = "There is nothing to count." };
}

/* Large with an axis title, small without; with marks and a band that has no end. */
static void
test_ridges (void)
{
  Ridges ridges;

  ridges_init (&ridges);
  lt_golden_check ("ridges-rows", paint_ridges, &ridges.data, 400, 250);
  lt_golden_check ("ridges-rows", paint_ridges, &ridges.data, 240, 130);
  ridges.data.n = 1;
  ridges.data.n_marks = 2;
  ridges.data.marks = ridges.marks;
  lt_golden_check ("ridges-marks", paint_ridges, &ridges.data, 400, 250);
  /* A name gives way to a mark where it stands. */
  ridges.marks[0].value = -36;
  lt_golden_check ("ridges-gives-way", paint_ridges, &ridges.data, 300, 150);
  ridges.data.n = 0;
  lt_golden_check ("ridges-none", paint_ridges, &ridges.data, 240, 130);
}

/* Downwards the rows come in order, and none outside the plot; the one whose values all lie
 * outside takes less of it. */
static void
test_ridges_hit (void)
{
  LtStyle style = lt_golden_style (FALSE);
  Ridges ridges;
  int last = -1, heights[3] = { 0 }, ridge, bin;

  ridges_init (&ridges);
  for (double y = 0; y < 250; y++)
    if (lt_ridges_hit (&ridges.data, &style, 400, 250, 200, y, &ridge, &bin)) {
      heights[ridge]++;
      g_assert_true (ridge == last || ridge == last + 1);
      g_assert_cmpint (bin, ==, BINS / 2);
      last = ridge;
    }
  g_assert_cmpint (last, ==, 2);
  g_assert_cmpint (heights[0], >, 1.5 * heights[2]);
  g_assert_cmpint (abs (heights[0] - heights[1]), <=, 1);
  g_assert_false (
      lt_ridges_hit (&ridges.data, &style, 400, 250, 200, 248, &ridge, &bin));
}

typedef struct {
  double first[STATES], second[STATES];
  LtPairsData data;
} Pairs;

static void
pairs_init (Pairs *self)
{
  for (int i = 0; i < STATES; i++) {
    self->first[i] = i < 10 ? 0.1 - 0.004 * i : 0;
    self->second[i] = 0.09 * exp (-i / 8.0);
  }
  self->data = (LtPairsData){ .title = "States",
                              .note = "24 of 512",
                              .x_title = "states",
                              .y_title = "probability",
                              .n = STATES,
                              .first = self->first,
                              .second = self->second,
                              .first_title = "data",
                              .second_title = "model",
                              .first_colour = { 0.1, 0.4, 0.8, 1 },
                              .second_colour = { 0.9, 0.5, 0.1, 1 } };
}

/* Side by side where there is room, a line over the bars where there is not, names where
 * these fit. */
static void
test_pairs (void)
{
  static const char *const names[] = { "000", "111", "010", "101" };
  Pairs pairs;

  pairs_init (&pairs);
  lt_golden_check ("pairs-states", paint_pairs, &pairs.data, 400, 250);
  lt_golden_check ("pairs-states", paint_pairs, &pairs.data, 130, 110);
  pairs.data.n = 4;
  pairs.data.names = names;
  lt_golden_check ("pairs-named", paint_pairs, &pairs.data, 320, 200);
}

static void
test_pairs_hit (void)
{
  LtStyle style = lt_golden_style (FALSE);
  Pairs pairs;
  int last = -1;

  pairs_init (&pairs);
  for (double x = 0; x < 400; x++) {
    int i = lt_pairs_hit (&pairs.data, &style, 400, 250, x, 120);

    if (i < 0)
      continue;
    g_assert_true (i == last || i == last + 1);
    last = i;
  }
  g_assert_cmpint (last, ==, STATES - 1);
  g_assert_cmpint (lt_pairs_hit (&pairs.data, &style, 400, 250, 200, 2), ==, -1);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/ridges/paint", test_ridges);
  g_test_add_func ("/ridges/hit", test_ridges_hit);
  g_test_add_func ("/pairs/paint", test_pairs);
  g_test_add_func ("/pairs/hit", test_pairs_hit);
  return g_test_run ();
}

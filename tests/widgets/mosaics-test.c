/* Tables of mosaics: golden pictures, hits, odd numbers. */
#include "paint/mosaics.h"

#include "support/golden.h"

#include <math.h>

#define SIDE     6
#define PICTURES 7

static void
paint (cairo_t *cr, gconstpointer data, const LtStyle *style, double w, double h)
{
  lt_mosaics_paint (cr, data, style, w, h);
}

typedef struct {
  float pixels[PICTURES * SIDE * SIDE];
  LtMosaic cells[6];
  LtMosaicsData data;
} Table;

static const char *const columns[] = { "data", "CD-1", "exact" };
static const char *const rows[] = { "statistics", "difference" };
static const char *const signs[] = { "−", "=" };

/* Seven pictures a cell; one cell has a message, and one is empty. */
static void
table_init (Table *self)
{
  *self = (Table){ 0 };
  for (int i = 0; i < PICTURES * SIDE * SIDE; i++)
    self->pixels[i] =
        (float) sin (0.7 * i) * (float) (i / (SIDE * SIDE) + 1) / PICTURES;
  for (int i = 0; i < 6; i++)
    self->cells[i] = (LtMosaic){ .n = PICTURES,
                                 .width = SIDE,
                                 .height = SIDE,
                                 .channels = 1,
                                 .pixels = self->pixels,
                                 .colour = LT_TILES_DIVERGING,
                                 .lowest = -1,
                                 .highest = 1,
                                 .note = "cosine 0.98" };
  self->cells[3] = (LtMosaic){ .message = "differences × 5" };
  self->cells[4] = (LtMosaic){ .note = "" };
  self->data = (LtMosaicsData){ .n_rows = 2,
                                .n_columns = 3,
                                .cells = self->cells,
                                .column_titles = columns,
                                .row_titles = rows,
                                .emphasised = 1,
                                .note = "minibatch 1",
                                .scale = TRUE,
                                .scale_colour = LT_TILES_DIVERGING,
                                .scale_lowest = -1,
                                .scale_highest = 1 };
}

static void
test_pictures (void)
{
  Table table;

  table_init (&table);
  lt_golden_check ("mosaics-table", paint, &table.data, 480, 300);
  lt_golden_check ("mosaics-table", paint, &table.data, 240, 150);
}

/* One picture a cell, the last row of which is not full, and one that fills its cell. */
static void
test_single (void)
{
  Table table;

  table_init (&table);
  table.data.n_rows = 1;
  table.data.row_titles = NULL;
  table.data.signs = signs;
  table.data.scale = FALSE;
  for (int i = 0; i < 3; i++) {
    table.cells[i].n = 1;
    table.cells[i].note = NULL;
    table.cells[i].colour = LT_TILES_SEQUENTIAL;
    table.cells[i].missing = 2 * i;
    table.cells[i].stretched = i == 0;
  }
  lt_golden_check ("mosaics-single", paint, &table.data, 400, 150);
}

/* Every picture is found, at its own pixels; titles too, and what is missing is not. */
static void
test_hit (void)
{
  LtStyle style = lt_golden_style (FALSE);
  gboolean found[PICTURES] = { FALSE }, title = FALSE;
  Table table;

  table_init (&table);
  table.cells[0].missing = 3;
  for (double y = 0; y < 300; y += 2)
    for (double x = 0; x < 480; x += 2) {
      LtMosaicPlace place;

      if (!lt_mosaics_hit (&table.data, &style, 480, 300, x, y, &place))
        continue;
      g_assert_true (place.column >= 0 && place.column < 3);
      title = title || (place.row < 0 && place.column == 2);
      if (place.row != 0 || place.column != 0 || place.picture < 0)
        continue;
      found[place.picture] = TRUE;
      g_assert_true (place.x >= 0 && place.x < SIDE && place.y >= 0 && place.y < SIDE);
      g_assert_false (place.y == SIDE - 1 && place.x >= SIDE - 3);
    }
  g_assert_true (title);
  for (int i = 0; i < PICTURES; i++)
    g_assert_true (found[i]);
}

/* More fit where there is more room, and one always does. */
static void
test_capacity (void)
{
  LtStyle style = lt_golden_style (FALSE);
  Table table;
  int small, large;

  table_init (&table);
  small = lt_mosaics_capacity (&table.data, &style, 300, 200, 28, 28);
  large = lt_mosaics_capacity (&table.data, &style, 300, 800, 28, 28);
  g_assert_cmpint (small, >=, 2);
  g_assert_cmpint (large, >, small);
  g_assert_cmpint (lt_mosaics_capacity (&table.data, &style, 1, 1, 28, 28), ==, 1);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/mosaics/pictures", test_pictures);
  g_test_add_func ("/mosaics/single", test_single);
  g_test_add_func ("/mosaics/hit", test_hit);
  g_test_add_func ("/mosaics/capacity", test_capacity);
  return g_test_run ();
}

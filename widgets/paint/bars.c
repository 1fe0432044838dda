/* Rows of bars: mark, name, bar, number. The bars share one scale. */
#include "paint/bars.h"

#include "paint/detail.h"
#include <math.h>

#define NAME_SHARE 0.42 /* of the width, at most */
#define BAR_HEIGHT 0.52 /* of a row */

static double
row_height (const LtStyle *style)
{
  return ceil (1.55 * style->text_size);
}

static int
rows_shown (const LtBarsData *data)
{
  return data->n > data->max_rows ? data->max_rows - 1 : data->n;
}

double
lt_bars_height (const LtBarsData *data, const LtStyle *style)
{
  return row_height (style) * MIN (data->n, data->max_rows);
}

typedef struct {
  cairo_t *cr;
  const LtStyle *style;
  double name_x, name_w, bar_x, bar_w, number_x;
  double most; /* the value whose bar is bar_w long */
} Columns;

static char *
number_text (double value)
{
  return g_strdup_printf ("%.0f", value);
}

static void
plan_columns (Columns *self, const LtBarsData *data, double w)
{
  double size = self->style->text_size, widest = 0, number_w = 0;

  self->most = 1;
  for (int i = 0; i < rows_shown (data); i++) {
    g_autofree char *number = number_text (data->values[i]);

    widest =
        fmax (widest, lt_text_width (self->cr, self->style, data->names[i], 1, FALSE));
    number_w = fmax (number_w, lt_text_width (self->cr, self->style, number, 1, FALSE));
    self->most = fmax (self->most, data->values[i]);
  }
  self->name_x = 1.25 * size;
  self->name_w = fmin (ceil (widest) + 1, NAME_SHARE * w);
  self->bar_x = floor (self->name_x + self->name_w + 0.75 * size);
  self->number_x = w - 1;
  self->bar_w = fmax (0, floor (self->number_x - number_w - 0.75 * size - self->bar_x));
}

static void
paint_row (const Columns *self, const LtBarsData *data, int i)
{
  double size = self->style->text_size, height = row_height (self->style);
  double y = i * height, middle = y + height / 2;
  double length = self->bar_w * data->values[i] / self->most;
  LtColour colour =
      data->colours ? data->colours[i] : lt_style_class_colour (self->style, i);
  g_autofree char *number = number_text (data->values[i]);

  lt_style_set (self->cr, colour);
  lt_marker_paint (self->cr, data->colours ? 0 : i, 0.45 * size, middle, 0.3 * size);
  if (data->values[i] > 0) {
    const cairo_rectangle_t bar = { self->bar_x,
                                    floor (middle - BAR_HEIGHT * height / 2),
                                    fmax (2, round (length)),
                                    round (BAR_HEIGHT * height) };

    lt_style_set (self->cr, lt_colour_with_alpha (colour, 0.8));
    lt_round_rectangle (self->cr, &bar, fmin (3, bar.width / 2));
    cairo_fill (self->cr);
  }
  lt_style_set (self->cr, self->style->foreground);
  lt_text_paint (self->cr, self->style, data->names[i], self->name_x, middle,
                 LT_ALIGN_START, 1, FALSE, self->name_w);
  lt_text_paint (self->cr, self->style, number, self->number_x, middle, LT_ALIGN_END, 1,
                 FALSE, 0);
}

static void
paint_rest (const Columns *self, const LtBarsData *data)
{
  int shown = rows_shown (data);
  double rest = 0;
  g_autofree char *text = NULL;

  for (int i = shown; i < data->n; i++)
    rest += data->values[i];
  text = g_strdup_printf ("and %d more, with %.0f", data->n - shown, rest);
  lt_style_set (self->cr, self->style->dim);
  lt_text_paint (self->cr, self->style, text, self->name_x,
                 (shown + 0.5) * row_height (self->style), LT_ALIGN_START, 1, FALSE,
                 self->number_x - self->name_x);
}

void
lt_bars_paint (cairo_t *cr, const LtBarsData *data, const LtStyle *style, double w)
{
  Columns columns = { .cr = cr, .style = style };

  plan_columns (&columns, data, w);
  for (int i = 0; i < rows_shown (data); i++)
    paint_row (&columns, data, i);
  if (rows_shown (data) < data->n)
    paint_rest (&columns, data);
}

/* The legend of classes. One entry is a marker and a name; a column of them stands right of
 * a wide plot, rows of them above a narrow one. What does not fit is counted. */
#include "paint/legend.h"

#include <math.h>

#define NAME_SCALE 0.92

static double
widest_name (const LtLegend *self)
{
  double widest = 0;

  /* Of many classes few are shown: measuring the first hundred is enough. */
  for (int i = 0; i < MIN (self->n, 100); i++)
    widest = MAX (widest,
                  lt_text_width (NULL, self->style, self->names[i], NAME_SCALE, FALSE));
  return widest;
}

static void
plan_column (LtLegend *self, double w, double h)
{
  double text = self->style->text_size;
  double gap = text * 0.75;
  int fit = MAX ((int) floor ((h - text) / self->entry_h), 1);

  self->column = TRUE;
  self->shown = self->n <= fit ? self->n : MAX (fit - 1, 0);
  self->width = self->entry_w + gap;
  self->height = h;
  self->x = w - self->entry_w;
  self->y = text / 2;
  self->per_row = 1;
}

static void
plan_rows (LtLegend *self, double w, double h)
{
  int per_row = MAX ((int) floor (w / self->entry_w), 1);
  int rows = MIN ((self->n + per_row - 1) / per_row,
                  MAX ((int) floor (h / 4 / self->entry_h), 1));

  self->column = FALSE;
  self->per_row = per_row;
  self->shown = self->n <= rows * per_row ? self->n : MAX (rows * per_row - 1, 0);
  self->width = w;
  self->height = rows * self->entry_h + self->style->text_size / 4;
  self->x = self->y = 0;
}

void
lt_legend_plan (LtLegend *self, double w, double h)
{
  double text = self->style->text_size;
  double names;

  self->shown = 0;
  self->width = self->height = 0;
  if (self->n < 2 || self->names == NULL || h < 8 * text || w < 10 * text)
    return;
  names = MIN (ceil (widest_name (self)), MAX (w * 0.22, 4 * text));
  self->entry_h = lt_text_height (self->style, NAME_SCALE);
  self->entry_w = names + 1.5 * text;
  if (w - self->entry_w > 0.9 * h) {
    plan_column (self, w, h);
  } else {
    self->entry_w += text * 0.75;
    plan_rows (self, w, h);
  }
}

static void
entry_place (const LtLegend *self, int i, double *x, double *y)
{
  *x = self->x + i % self->per_row * self->entry_w;
  *y = self->y + i / self->per_row * self->entry_h + self->entry_h / 2;
}

void
lt_legend_paint (const LtLegend *self, cairo_t *cr, int emphasised)
{
  const LtStyle *style = self->style;
  double text = style->text_size, x, y;

  if (self->width <= 0)
    return;
  for (int i = 0; i < self->shown; i++) {
    double alpha = emphasised < 0 || emphasised == i ? 1 : 0.35;

    entry_place (self, i, &x, &y);
    lt_style_set (cr, lt_colour_with_alpha (lt_style_class_colour (style, i), alpha));
    lt_marker_paint (cr, i, x + text * 0.5, y, text * 0.3);
    lt_style_set (cr, lt_colour_with_alpha (style->foreground, alpha));
    lt_text_paint (cr, style, self->names[i], x + text * 1.2, y, LT_ALIGN_START,
                   NAME_SCALE, emphasised == i, self->entry_w - text * 1.2);
  }
  if (self->shown < self->n) {
    g_autofree char *more = g_strdup_printf ("+ %d more", self->n - self->shown);

    entry_place (self, self->shown, &x, &y);
    lt_style_set (cr, style->dim);
    lt_text_paint (cr, style, more, x, y, LT_ALIGN_START, 0.85, FALSE, self->entry_w);
  }
}

int
lt_legend_hit (const LtLegend *self, double x, double y)
{
  int column, row, i;

  if (self->shown == 0)
    return -1;
  column = (int) floor ((x - self->x) / self->entry_w);
  row = (int) floor ((y - self->y) / self->entry_h);
  if (column < 0 || column >= self->per_row || row < 0)
    return -1;
  i = row * self->per_row + column;
  return i < self->shown ? i : -1;
}

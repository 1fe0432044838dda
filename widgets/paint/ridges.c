/* Ridges: filled steps over their own base lines, names above them at the left, one axis at
 * the foot, marks from top to bottom. */
#include "paint/ridges.h"

#include "paint/detail.h"

#include <math.h>

#define SMALL 0.85

typedef struct {
  LtAxis axis;
  cairo_rectangle_t plot;
  double row;  /* height of one */
  double flat; /* of one whose values all lie outside */
  double name; /* of which its name takes */
} Layout;

static gboolean
is_flat (const LtRidgesData *data, int i)
{
  for (int bin = 0; bin < data->n_bins; bin++)
    if (data->ridges[i].counts[bin] > 0)
      return FALSE;
  return TRUE;
}

/* Rows without a hill leave their height to the others. */
static void
plan_rows (const LtRidgesData *data, const LtStyle *style, Layout *layout)
{
  double even = layout->plot.height / MAX (data->n, 1);
  int n_flat = 0;

  for (int i = 0; i < data->n; i++)
    n_flat += is_flat (data, i);
  layout->row = layout->flat = even;
  if (n_flat == data->n)
    return;
  layout->flat = MIN (even, 2.4 * lt_text_height (style, SMALL));
  layout->row =
      (layout->plot.height - n_flat * layout->flat) / MAX (data->n - n_flat, 1);
}

static double
row_height (const LtRidgesData *data, const Layout *layout, int i)
{
  return is_flat (data, i) ? layout->flat : layout->row;
}

static double
row_top (const LtRidgesData *data, const Layout *layout, int i)
{
  double top = layout->plot.y;

  for (int above = 0; above < i; above++)
    top += row_height (data, layout, above);
  return top;
}

static void
layout_plan (const LtRidgesData *data,
             const LtStyle *style,
             double w,
             double h,
             Layout *layout)
{
  double foot = lt_text_height (style, 0.88) + style->text_size / 4;
  double head = lt_heading_height (style);

  layout->axis = (LtAxis){ data->lowest, data->lowest + data->n_bins * data->width,
                           FALSE, h < 12 * style->text_size ? NULL : data->x_title };
  if (layout->axis.title != NULL)
    foot += lt_text_height (style, 0.92);
  if (data->n_marks > 0)
    head += lt_text_height (style, SMALL);
  layout->plot = (cairo_rectangle_t){ 0, head, MAX (floor (w), 1),
                                      MAX (floor (h - head - foot), 1) };
  plan_rows (data, style, layout);
  layout->name =
      MIN (lt_text_height (style, SMALL), MIN (layout->row, layout->flat) / 2);
}

static double
place (const Layout *layout, double value)
{
  const LtAxis *axis = &layout->axis;
  double share = (value - axis->lowest) / (axis->highest - axis->lowest);

  return layout->plot.x + layout->plot.width * CLAMP (share, 0, 1);
}

static void
axis_paint (cairo_t *cr, const LtStyle *style, const Layout *layout)
{
  const cairo_rectangle_t *plot = &layout->plot;
  double bottom = plot->y + plot->height, line = lt_text_height (style, 0.88);
  int most = CLAMP ((int) (plot->width / (5 * style->text_size)), 2, LT_MAX_TICKS);
  LtTicks ticks;

  lt_axis_ticks_across (&layout->axis, style, plot->width, most, &ticks);
  for (int i = 0; i < ticks.n; i++) {
    double x = place (layout, ticks.at[i]), half;
    char text[32];

    lt_style_set (cr, style->grid);
    lt_rule_vertical (cr, x, plot->y, bottom, style->text_size / 16);
    lt_ticks_label (&ticks, i, text, sizeof text);
    half = lt_text_width (cr, style, text, 0.88, FALSE) / 2;
    lt_style_set (cr, style->dim);
    lt_text_paint (cr, style, text, CLAMP (x, half, MAX (plot->width - half, half)),
                   bottom + style->text_size / 8 + line / 2, LT_ALIGN_MIDDLE, 0.88,
                   FALSE, 0);
  }
  if (layout->axis.title == NULL)
    return;
  lt_style_set (cr, style->foreground);
  lt_text_paint (cr, style, layout->axis.title, plot->width,
                 bottom + style->text_size / 8 + line +
                     lt_text_height (style, 0.92) / 2,
                 LT_ALIGN_END, 0.92, FALSE, plot->width);
}

static void
steps_path (cairo_t *cr,
            const LtRidgesData *data,
            const LtRidge *ridge,
            const Layout *l,
            double base)
{
  double bin = l->plot.width / data->n_bins, room = l->row - l->name;
  gsize most = 1;

  for (int i = 0; i < data->n_bins; i++)
    most = MAX (most, ridge->counts[i]);
  cairo_move_to (cr, l->plot.x, base);
  for (int i = 0; i < data->n_bins; i++) {
    double y = base - room * (double) ridge->counts[i] / (double) most;

    cairo_line_to (cr, l->plot.x + i * bin, y);
    cairo_line_to (cr, l->plot.x + (i + 1) * bin, y);
  }
  cairo_line_to (cr, l->plot.x + l->plot.width, base);
}

/* "← 12" and "900 →" for what lies outside, in words where that is all there is. */
static void
outside_paint (cairo_t *cr,
               const LtStyle *style,
               const LtRidge *ridge,
               const Layout *layout,
               double base,
               gboolean flat)
{
  double y = base - lt_text_height (style, SMALL) / 2;
  gboolean both = ridge->below > 0 && ridge->above > 0;
  double room = layout->plot.width * (both ? 0.5 : 1);
  const char *words = flat && room > 12 * style->text_size ? " beyond this scale" : "";
  char text[64];

  lt_style_set (cr, style->foreground);
  if (ridge->below > 0) {
    g_snprintf (text, sizeof text, "← %" G_GSIZE_FORMAT "%s", ridge->below, words);
    lt_text_paint (cr, style, text, layout->plot.x, y, LT_ALIGN_START, SMALL, FALSE,
                   room);
  }
  if (ridge->above > 0) {
    g_snprintf (text, sizeof text, "%" G_GSIZE_FORMAT "%s →", ridge->above, words);
    lt_text_paint (cr, style, text, layout->plot.x + layout->plot.width, y,
                   LT_ALIGN_END, SMALL, FALSE, room);
  }
}

static void
ridge_paint (cairo_t *cr,
             const LtRidgesData *data,
             const LtStyle *style,
             const Layout *layout,
             int i)
{
  const LtRidge *ridge = &data->ridges[i];
  double top = row_top (data, layout, i), height = row_height (data, layout, i);
  double base = top + height;

  steps_path (cr, data, ridge, layout, base);
  lt_style_set (cr, lt_colour_with_alpha (ridge->colour, 0.45));
  cairo_fill_preserve (cr);
  lt_style_set (cr, ridge->colour);
  cairo_set_line_width (cr, MAX (1, style->text_size / 12));
  cairo_stroke (cr);
  if (isfinite (ridge->mean) && ridge->mean >= layout->axis.lowest &&
      ridge->mean <= layout->axis.highest)
    lt_rule_vertical (cr, place (layout, ridge->mean), top + layout->name, base,
                      style->text_size / 8);
  lt_style_set (cr, lt_colour_with_alpha (style->foreground, 0.55));
  lt_rule_horizontal (cr, layout->plot.x, layout->plot.x + layout->plot.width, base,
                      style->text_size / 16);
  outside_paint (cr, style, ridge, layout, base, is_flat (data, i));
}

/* Whether a mark's line lies from x0 to x1. */
static gboolean
is_marked (const LtRidgesData *data, const Layout *layout, double x0, double x1)
{
  for (int i = 0; i < data->n_marks; i++) {
    double value = data->marks[i].value;

    if (!isnan (value) && place (layout, value) >= x0 && place (layout, value) <= x1)
      return TRUE;
  }
  return FALSE;
}

/* At the left, or at the right where only that is free of marks. */
static void
name_paint (cairo_t *cr,
            const LtRidgesData *data,
            const LtStyle *style,
            const Layout *layout,
            int i)
{
  double left = layout->plot.x, right = left + layout->plot.width;
  double width = lt_text_width (cr, style, data->ridges[i].name, SMALL, FALSE) +
                 style->text_size / 3;
  LtTextPlace name = {
    data->ridges[i].name, left,  row_top (data, layout, i) + layout->name / 2,
    LT_ALIGN_START,       SMALL, layout->plot.width
  };

  if (row_height (data, layout, i) < 1.6 * layout->name)
    return;
  if (is_marked (data, layout, left, left + width) &&
      !is_marked (data, layout, right - width, right)) {
    name.x = right;
    name.align = LT_ALIGN_END;
  }
  lt_style_set (cr, style->foreground);
  lt_text_halo_paint (cr, style, &name);
}

static void
band_paint (cairo_t *cr, const LtRidgeMark *mark, const Layout *layout)
{
  double x0, x1;

  if (isnan (mark->low) || isnan (mark->high))
    return;
  x0 = place (layout, mark->low);
  x1 = place (layout, mark->high);
  lt_style_set (cr, lt_colour_with_alpha (mark->colour, 0.22));
  cairo_rectangle (cr, x0, layout->plot.y, MAX (x1 - x0, 1), layout->plot.height);
  cairo_fill (cr);
}

/* Lines, and their legend in the row under the heading. */
static void
marks_paint (cairo_t *cr,
             const LtRidgesData *data,
             const LtStyle *style,
             const Layout *layout)
{
  double x = 0, y = layout->plot.y - lt_text_height (style, SMALL) / 2;
  double side = style->text_size * 0.55;

  for (int i = 0; i < data->n_marks; i++) {
    const LtRidgeMark *mark = &data->marks[i];

    if (isnan (mark->value))
      continue;
    lt_style_set (cr, mark->colour);
    lt_rule_vertical (cr, place (layout, mark->value), layout->plot.y,
                      layout->plot.y + layout->plot.height, style->text_size / 7);
    if (layout->plot.width - x < 3 * style->text_size)
      continue;
    cairo_rectangle (cr, x, y - side / 2, side, side);
    cairo_fill (cr);
    lt_style_set (cr, style->foreground);
    x += 1.4 * side;
    x += lt_text_paint (cr, style, mark->name, x, y, LT_ALIGN_START, SMALL, FALSE,
                        MAX (layout->plot.width - x, 1)) +
         style->text_size;
  }
}

void
lt_ridges_paint (cairo_t *cr,
                 const LtRidgesData *data,
                 const LtStyle *style,
                 double w,
                 double h)
{
  double inset = lt_inset (style);
  double inside_w = w - 2 * inset, inside_h = h - 2 * inset;
  Layout layout;

  cairo_save (cr);
  cairo_translate (cr, inset, inset);
  lt_heading_paint (cr, style, data->title, data->note, inside_w);
  if (data->n == 0 || data->n_bins == 0) {
    cairo_translate (cr, 0, lt_heading_height (style));
    lt_message_paint (cr, style, data->message, inside_w,
                      inside_h - lt_heading_height (style));
    cairo_restore (cr);
    return;
  }
  layout_plan (data, style, inside_w, inside_h, &layout);
  axis_paint (cr, style, &layout);
  for (int i = 0; i < data->n_marks; i++)
    band_paint (cr, &data->marks[i], &layout);
  for (int i = 0; i < data->n; i++)
    ridge_paint (cr, data, style, &layout, i);
  marks_paint (cr, data, style, &layout);
  for (int i = 0; i < data->n; i++)
    name_paint (cr, data, style, &layout, i);
  cairo_restore (cr);
}

gboolean
lt_ridges_hit (const LtRidgesData *data,
               const LtStyle *style,
               double w,
               double h,
               double x,
               double y,
               int *ridge,
               int *bin)
{
  double inset = lt_inset (style);
  Layout layout;

  if (data->n == 0 || data->n_bins == 0)
    return FALSE;
  layout_plan (data, style, w - 2 * inset, h - 2 * inset, &layout);
  x -= inset + layout.plot.x;
  y -= inset + layout.plot.y;
  if (x < 0 || x >= layout.plot.width || y < 0 || y >= layout.plot.height)
    return FALSE;
  for (*ridge = 0; *ridge + 1 < data->n; (*ridge)++)
    if (y + layout.plot.y < row_top (data, &layout, *ridge + 1))
      break;
  *bin = MIN ((int) (x / layout.plot.width * data->n_bins), data->n_bins - 1);
  return TRUE;
}

/* Curves over time: faint series behind, level lines dashed and named at the right, flags
 * in a row of their own above the plot, the shown epoch as one vertical line. Where a curve
 * leaves the plot an arrow head stands at the edge. */
#include "paint/curves.h"

#include "paint/detail.h"

#include <math.h>

#define NAME_SCALE  0.92
#define LEVEL_SCALE 0.85
#define NOTE_SCALE  0.88

typedef struct {
  LtAxes axes; /* without the y title, which shares the legend's row */
  cairo_rectangle_t plot;
  const char *title; /* of the y axis */
  double names_x;    /* where the legend starts, and in which row's middle */
  double names_y;
  double names_width; /* of its longest row; 0: no legend */
  gboolean names_cut; /* all in one row, though too long for it */
  int n_names;
  double flags; /* height of the row of flags */
  double note;  /* height of the note's own row; 0: it stands beside the x title */
} Layout;

static double
name_width (const LtStyle *style, const char *title)
{
  return 2.8 * style->text_size + lt_text_width (NULL, style, title, NAME_SCALE, FALSE);
}

/* The name's entry does not fit behind what is in its row. */
static gboolean
breaks (const LtStyle *style, double x, double name, double w)
{
  return x > 0 && x + name - 1.2 * style->text_size > w + 0.5;
}

static int
count_rows (const LtCurvesData *data, const LtStyle *style, double w)
{
  double x = 0;
  int rows = 1;

  for (int i = 0; i < data->n_series; i++) {
    double name;

    if (data->series[i].title == NULL)
      continue;
    name = name_width (style, data->series[i].title);
    if (breaks (style, x, name, w)) {
      rows++;
      x = 0;
    }
    x += name;
  }
  return rows;
}

/* The title left and the names right in one row when both fit; else the names below it, in
 * as many rows as they need. The height of both is returned. */
static double
layout_header (const LtCurvesData *data,
               const LtStyle *style,
               double w,
               double h,
               Layout *layout)
{
  double line = lt_text_height (style, NAME_SCALE), names = 0;
  double title = lt_text_width (NULL, style, layout->title, NAME_SCALE, FALSE);
  int rows;

  for (int i = 0; i < data->n_series; i++)
    if (data->series[i].title != NULL) {
      names += name_width (style, data->series[i].title);
      layout->n_names++;
    }
  if (layout->n_names == 0)
    return layout->title != NULL ? line : 0;
  names -= 1.2 * style->text_size;
  layout->names_width = MIN (names, w);
  layout->names_y = line / 2;
  if (title > 0 && title + 1.5 * style->text_size + names <= w) {
    layout->names_x = w - names;
    return line;
  }
  rows = count_rows (data, style, w);
  layout->names_cut = rows * line > h / 3;
  if (layout->names_cut)
    rows = 1;
  if (title == 0)
    return rows * line;
  layout->names_y += line;
  return (rows + 1) * line;
}

/* The note where it does not stand beside a heading. */
static const char *
note_below (const LtCurvesData *data)
{
  return data->heading == NULL ? data->note : NULL;
}

static void
layout_plan (const LtCurvesData *data,
             const LtStyle *style,
             double w,
             double h,
             Layout *layout)
{
  double header = 0;

  *layout =
      (Layout){ .axes = lt_axes_fitted (&data->axes, style, note_below (data), h) };
  layout->title = layout->axes.y.title;
  layout->axes.y.title = NULL;
  layout->flags = data->n_flags > 0 ? style->text_size : 0;
  if (data->heading != NULL)
    header = lt_heading_height (style);
  else if (h >= 8 * style->text_size)
    header = layout_header (data, style, w, h, layout);
  if (note_below (data) != NULL && h >= 12 * style->text_size &&
      !lt_note_fits (style, data->note, layout->axes.x.title, w))
    layout->note = lt_text_height (style, NOTE_SCALE);
  lt_axes_plan (&layout->axes, style, w, h - layout->note, header + layout->flags,
                &layout->plot);
}

static gboolean
drawable (const Layout *layout, double x, double y)
{
  return isfinite (x) && isfinite (y) && (!layout->axes.y.logarithmic || y > 0) &&
         (!layout->axes.x.logarithmic || x > 0);
}

/* Points that share a pixel column, gathered into one vertical stroke: a hundred thousand
 * minibatches then cost no more than the plot is wide, and no spike is lost. */
typedef struct {
  cairo_t *cr;
  double column; /* NaN: none yet */
  double first, lowest, highest, last;
} Column;

static void
column_flush (Column *self)
{
  if (isnan (self->column))
    return;
  cairo_line_to (self->cr, self->column, self->first);
  if (self->highest > self->lowest) {
    cairo_line_to (self->cr, self->column, self->lowest);
    cairo_line_to (self->cr, self->column, self->highest);
    cairo_line_to (self->cr, self->column, self->last);
  }
  self->column = (double) NAN;
}

static void
column_add (Column *self, double x, double y)
{
  if (isnan (self->column) || x >= self->column + 1 || x < self->column) {
    column_flush (self);
    *self = (Column){ self->cr, x, y, y, y, y };
    return;
  }
  self->lowest = MIN (self->lowest, y);
  self->highest = MAX (self->highest, y);
  self->last = y;
}

static void
series_path (cairo_t *cr, const LtSeries *series, const Layout *layout)
{
  gboolean dense = series->n > 2 * layout->plot.width;
  Column column = { .cr = cr, .column = (double) NAN };

  cairo_new_path (cr);
  for (int i = 0; i < series->n; i++) {
    double x, y;

    if (!drawable (layout, series->x[i], series->y[i])) {
      column_flush (&column);
      cairo_new_sub_path (cr);
      continue;
    }
    x = lt_axes_x (&layout->axes, &layout->plot, series->x[i]);
    y = lt_axes_y (&layout->axes, &layout->plot, series->y[i]);
    if (dense)
      column_add (&column, x, y);
    else
      cairo_line_to (cr, x, y);
  }
  column_flush (&column);
}

/* A point between two gaps is a line of no length: only its dot shows it. */
static gboolean
is_alone (const LtSeries *series, const Layout *layout, int i)
{
  gboolean before = i > 0 && drawable (layout, series->x[i - 1], series->y[i - 1]);
  gboolean after =
      i + 1 < series->n && drawable (layout, series->x[i + 1], series->y[i + 1]);

  return !before && !after;
}

static void
series_dots (cairo_t *cr,
             const LtSeries *series,
             const LtStyle *style,
             const Layout *layout)
{
  double radius = style->text_size * (series->faint ? 0.1 : 0.19);
  gboolean all = series->dots && series->n * 3 * radius < layout->plot.width;

  for (int i = 0; i < series->n; i++) {
    if (!drawable (layout, series->x[i], series->y[i]) ||
        !(all || is_alone (series, layout, i)))
      continue;
    cairo_new_path (cr);
    cairo_arc (cr, lt_axes_x (&layout->axes, &layout->plot, series->x[i]),
               lt_axes_y (&layout->axes, &layout->plot, series->y[i]), radius, 0,
               2 * G_PI);
    cairo_fill (cr);
  }
}

/* From low to high, with feet where they end inside the plot. */
static void
series_bars (cairo_t *cr,
             const LtSeries *series,
             const LtStyle *style,
             const Layout *layout)
{
  double foot = 0.25 * style->text_size;

  if (series->low == NULL)
    return;
  cairo_set_line_width (cr, style->text_size / 11);
  for (int i = 0; i < series->n; i++) {
    double x, low, high;

    if (isnan (series->low[i]) || isnan (series->high[i]) ||
        !drawable (layout, series->x[i], series->y[i]))
      continue;
    x = lt_axes_x (&layout->axes, &layout->plot, series->x[i]);
    low = lt_axes_y (&layout->axes, &layout->plot,
                     MAX (series->low[i], layout->axes.y.lowest));
    high = lt_axes_y (&layout->axes, &layout->plot,
                      MIN (series->high[i], layout->axes.y.highest));
    cairo_move_to (cr, x, low);
    cairo_line_to (cr, x, high);
    if (series->low[i] >= layout->axes.y.lowest) {
      cairo_move_to (cr, x - foot, low);
      cairo_rel_line_to (cr, 2 * foot, 0);
    }
    if (series->high[i] <= layout->axes.y.highest) {
      cairo_move_to (cr, x - foot, high);
      cairo_rel_line_to (cr, 2 * foot, 0);
    }
  }
  cairo_stroke (cr);
}

static void
series_paint (cairo_t *cr,
              const LtSeries *series,
              const LtStyle *style,
              const Layout *layout)
{
  LtColour colour = series->colour;

  lt_style_set (cr, series->faint ? lt_colour_with_alpha (colour, 0.38 * colour.a)
                                  : colour);
  cairo_set_line_width (cr, style->text_size / (series->faint ? 14 : 6.5));
  cairo_set_line_join (cr, CAIRO_LINE_JOIN_ROUND);
  cairo_set_line_cap (cr, CAIRO_LINE_CAP_ROUND);
  if (!series->unjoined) {
    series_path (cr, series, layout);
    cairo_stroke (cr);
  }
  series_dots (cr, series, style, layout);
  series_bars (cr, series, style, layout);
}

/* ---- Where curves leave the plot -------------------------------------------------- */

/* How far curves are drawn beyond it. */
static double
plot_margin (const LtStyle *style)
{
  return style->text_size / 4;
}

/* Arrow heads of one series, at the lower and the upper edge. */
typedef struct {
  cairo_t *cr;
  const LtSeries *series;
  const LtStyle *style;
  const Layout *layout;
  double last[2]; /* where the last one stands, in pixels */
} Exits;

/* 1 for a point above the plot, −1 below, 0 inside or nowhere. */
static int
exits_side (const Exits *self, int i)
{
  const LtAxis *axis = &self->layout->axes.y;
  double y = self->series->y[i], top = self->layout->plot.y, at;

  if (!isfinite (self->series->x[i]) || isnan (y))
    return 0;
  if (!isfinite (y) || (axis->logarithmic && y <= 0))
    return y > 0 ? 1 : -1;
  at = lt_axes_y (&self->layout->axes, &self->layout->plot, y);
  if (at < top - plot_margin (self->style))
    return 1;
  return at > top + self->layout->plot.height + plot_margin (self->style) ? -1 : 0;
}

/* A tip at the edge; the next one stands clear of it. */
static void
exits_mark (Exits *self, double x, int side)
{
  const cairo_rectangle_t *plot = &self->layout->plot;
  double size = 0.42 * self->style->text_size;
  double edge = side > 0 ? plot->y : plot->y + plot->height;
  double *last = &self->last[side > 0];

  if (x < plot->x - 1 || x > plot->x + plot->width + 1 || x - *last < 3 * size)
    return;
  *last = x;
  cairo_move_to (self->cr, x, edge);
  cairo_rel_line_to (self->cr, size, 1.5 * size * side);
  cairo_rel_line_to (self->cr, -2 * size, 0);
  cairo_close_path (self->cr);
}

/* Marks where the line from point i, which is outside, to its neighbour j crosses the edge. */
static gboolean
exits_cross (Exits *self, int i, int j, int side)
{
  const LtSeries *series = self->series;
  const LtAxes *axes = &self->layout->axes;
  const cairo_rectangle_t *plot = &self->layout->plot;
  double edge = side > 0 ? plot->y : plot->y + plot->height;
  double x, y, share;

  if (j < 0 || j >= series->n || !drawable (self->layout, series->x[i], series->y[i]) ||
      !drawable (self->layout, series->x[j], series->y[j]))
    return FALSE;
  x = lt_axes_x (axes, plot, series->x[i]);
  y = lt_axes_y (axes, plot, series->y[i]);
  share = (edge - y) / (lt_axes_y (axes, plot, series->y[j]) - y);
  exits_mark (self, x + share * (lt_axes_x (axes, plot, series->x[j]) - x), side);
  return TRUE;
}

/* A stretch outside that no line leads to is marked at its ends. */
static void
series_exits (cairo_t *cr,
              const LtSeries *series,
              const LtStyle *style,
              const Layout *layout)
{
  Exits self = { cr, series, style, layout, { -HUGE_VAL, -HUGE_VAL } };
  LtColour colour = series->colour;

  cairo_new_path (cr);
  for (int first = 0, last; first < series->n; first = last + 1) {
    int side = exits_side (&self, first);
    gboolean crosses;

    for (last = first; last + 1 < series->n; last++)
      if (exits_side (&self, last + 1) != side)
        break;
    if (side == 0)
      continue;
    crosses = exits_cross (&self, first, first - 1, side);
    crosses |= exits_cross (&self, last, last + 1, side);
    if (crosses)
      continue;
    exits_mark (&self, lt_axes_x (&layout->axes, &layout->plot, series->x[first]),
                side);
    exits_mark (&self, lt_axes_x (&layout->axes, &layout->plot, series->x[last]), side);
  }
  lt_style_set (cr,
                series->faint ? lt_colour_with_alpha (colour, 0.6 * colour.a) : colour);
  cairo_fill (cr);
}

static void
all_series_paint (cairo_t *cr,
                  const LtCurvesData *data,
                  const LtStyle *style,
                  const Layout *layout)
{
  double margin = plot_margin (style);

  cairo_save (cr);
  cairo_rectangle (cr, layout->plot.x - margin, layout->plot.y - margin,
                   layout->plot.width + 2 * margin, layout->plot.height + 2 * margin);
  cairo_clip (cr);
  for (int i = 0; i < data->n_series; i++)
    if (data->series[i].faint)
      series_paint (cr, &data->series[i], style, layout);
  for (int i = 0; i < data->n_series; i++)
    if (!data->series[i].faint)
      series_paint (cr, &data->series[i], style, layout);
  cairo_restore (cr);
  for (int i = 0; i < data->n_series; i++)
    series_exits (cr, &data->series[i], style, layout);
}

/* Where each level's name stands: above its line (below it at the top), or as far from there as it takes not to
 * run into another's. y: [n_levels], NaN for a level outside the plot. */
static void
level_places (const LtCurvesData *data,
              const LtStyle *style,
              const Layout *layout,
              double *y)
{
  double line = lt_text_height (style, LEVEL_SCALE);
  double top = layout->plot.y, bottom = top + layout->plot.height;

  for (int i = 0; i < data->n_levels; i++) {
    double at = lt_axes_y (&layout->axes, &layout->plot, data->levels[i].y);

    y[i] = at - 1.1 * line >= top ? at - 0.55 * line : at + 0.55 * line;
    if (!(at >= top && at <= bottom))
      y[i] = (double) NAN;
  }
  /* From the top downwards each is pushed below the one above; the last ones back up. */
  for (int pass = 0; pass < data->n_levels; pass++)
    for (int i = 0; i < data->n_levels; i++)
      for (int j = 0; j < data->n_levels; j++)
        if (i != j && (y[j] > y[i] || (y[j] == y[i] && j > i)) && y[j] - y[i] < line) {
          y[j] = y[i] + line;
          if (y[j] > bottom - line / 2) {
            y[j] = bottom - line / 2;
            y[i] = y[j] - line;
          }
        }
}

static void
level_lines (cairo_t *cr,
             const LtCurvesData *data,
             const LtStyle *style,
             const Layout *layout)
{
  double dash[2] = { style->text_size / 3, style->text_size / 3 };

  cairo_save (cr);
  cairo_set_dash (cr, dash, 2, 0);
  cairo_set_line_width (cr, style->text_size / 10);
  for (int i = 0; i < data->n_levels; i++) {
    double y = lt_axes_y (&layout->axes, &layout->plot, data->levels[i].y);

    if (!(y >= layout->plot.y && y <= layout->plot.y + layout->plot.height))
      continue;
    lt_style_set (cr, data->levels[i].colour);
    cairo_move_to (cr, layout->plot.x, y);
    cairo_line_to (cr, layout->plot.x + layout->plot.width, y);
    cairo_stroke (cr);
  }
  cairo_restore (cr);
}

static void
level_names (cairo_t *cr,
             const LtCurvesData *data,
             const LtStyle *style,
             const Layout *layout)
{
  double *y = g_new (double, MAX (data->n_levels, 1));

  level_places (data, style, layout, y);
  for (int i = 0; i < data->n_levels; i++) {
    LtTextPlace place = { data->levels[i].title,
                          layout->plot.x + layout->plot.width - style->text_size / 4,
                          y[i],
                          LT_ALIGN_END,
                          LEVEL_SCALE,
                          layout->plot.width * 0.7 };

    if (isnan (y[i]) || place.text == NULL)
      continue;
    lt_style_set (cr, lt_colour_mix (style->foreground, data->levels[i].colour, 0.6));
    lt_text_halo_paint (cr, style, &place);
  }
  g_free (y);
}

/* A flag's title is written beside it when the next flag leaves room for some of it. */
static void
flags_paint (cairo_t *cr,
             const LtCurvesData *data,
             const LtStyle *style,
             const Layout *layout)
{
  const cairo_rectangle_t *plot = &layout->plot;
  double row = plot->y - layout->flags - style->text_size / 4,
         right = plot->x + plot->width;

  for (int i = 0; i < data->n_flags; i++) {
    double x = lt_axes_x (&layout->axes, plot, data->flags[i].x);
    double next = right;

    if (!(x >= plot->x - 1 && x <= right + 1))
      continue;
    for (int j = 0; j < data->n_flags; j++) {
      double other = lt_axes_x (&layout->axes, plot, data->flags[j].x);

      if (j != i && other >= x && (other > x || j > i))
        next = MIN (next, other);
    }
    lt_pennant_paint (cr, style, x, row, plot->y + plot->height);
    if (next - x < 6 * style->text_size)
      continue;
    lt_style_set (cr, style->dim);
    lt_text_paint (cr, style, data->flags[i].title, x + style->text_size,
                   row + style->text_size * 0.3, LT_ALIGN_START, 0.8, FALSE,
                   next - x - 1.5 * style->text_size);
  }
}

static void
cursor_paint (cairo_t *cr,
              const LtCurvesData *data,
              const LtStyle *style,
              const Layout *layout)
{
  const cairo_rectangle_t *plot = &layout->plot;
  double x = lt_axes_x (&layout->axes, plot, data->cursor);

  if (!(x >= plot->x - 1 && x <= plot->x + plot->width + 1))
    return;
  lt_style_set (cr, lt_colour_with_alpha (style->foreground, 0.7));
  lt_rule_vertical (cr, x, plot->y, plot->y + plot->height, style->text_size / 12);
}

static void
legend_key (cairo_t *cr,
            const LtSeries *series,
            const LtStyle *style,
            double x,
            double y)
{
  double text = style->text_size;

  lt_style_set (cr, lt_colour_with_alpha (series->colour, series->faint ? 0.5 : 1));
  if (series->unjoined)
    lt_rule_vertical (cr, x + 0.6 * text, y - 0.5 * text, y + 0.5 * text, text / 11);
  else
    lt_rule_horizontal (cr, x, x + 1.2 * text, y, text / (series->faint ? 12 : 6.5));
  if (!series->dots)
    return;
  cairo_arc (cr, x + 0.6 * text, y, 0.22 * text, 0, 2 * G_PI);
  cairo_fill (cr);
}

/* Names that get only one row are cut, each to an even share of what the ones before it
 * left. */
static void
legend_paint (cairo_t *cr,
              const LtCurvesData *data,
              const LtStyle *style,
              const Layout *layout)
{
  double text = style->text_size, x = layout->names_x, y = layout->names_y;
  double room = layout->names_width + 1.2 * text;
  int left = layout->n_names;

  for (int i = 0; i < data->n_series; i++) {
    const LtSeries *series = &data->series[i];
    double width;

    if (series->title == NULL)
      continue;
    width = name_width (style, series->title);
    if (layout->names_cut) {
      width = MIN (width, room / left);
    } else if (breaks (style, x - layout->names_x, width, layout->names_width)) {
      x = layout->names_x;
      y += lt_text_height (style, NAME_SCALE);
    }
    width = MIN (width, layout->names_width + 1.2 * text);
    legend_key (cr, series, style, x, y);
    lt_style_set (cr, series->faint ? style->dim : style->foreground);
    lt_text_paint (cr, style, series->title, x + 1.6 * text, y, LT_ALIGN_START,
                   NAME_SCALE, FALSE, MAX (width - 2.7 * text, text));
    x += width;
    room -= width;
    left--;
  }
}

void
lt_curves_paint (cairo_t *cr,
                 const LtCurvesData *data,
                 const LtStyle *style,
                 double w,
                 double h)
{
  double inset = lt_inset (style), inside_w = w - 2 * inset, inside_h = h - 2 * inset;
  Layout layout;

  layout_plan (data, style, inside_w, inside_h, &layout);
  cairo_save (cr);
  cairo_translate (cr, inset, inset);
  lt_axes_paint (cr, &layout.axes, style, &layout.plot);
  level_lines (cr, data, style, &layout);
  all_series_paint (cr, data, style, &layout);
  flags_paint (cr, data, style, &layout);
  cursor_paint (cr, data, style, &layout);
  level_names (cr, data, style, &layout);
  if (layout.names_width > 0)
    legend_paint (cr, data, style, &layout);
  if (data->heading != NULL)
    lt_heading_paint (cr, style, data->heading, data->note, inside_w);
  lt_style_set (cr, style->dim);
  lt_text_paint (cr, style, layout.title, 0, lt_text_height (style, NAME_SCALE) / 2,
                 LT_ALIGN_START, NAME_SCALE, FALSE, inside_w);
  lt_note_paint (cr, style, note_below (data),
                 layout.note > 0 ? NULL : layout.axes.x.title, inside_w, inside_h);
  cairo_restore (cr);
}

void
lt_curves_plot (const LtCurvesData *data,
                const LtStyle *style,
                double w,
                double h,
                cairo_rectangle_t *plot)
{
  double inset = lt_inset (style);
  Layout layout;

  layout_plan (data, style, w - 2 * inset, h - 2 * inset, &layout);
  *plot = layout.plot;
  plot->x += inset;
  plot->y += inset;
}

static double
series_value_at (const LtSeries *series, double x)
{
  for (int i = 0; i < series->n; i++) {
    double span;

    if (series->x[i] == x)
      return series->y[i];
    if (i + 1 == series->n || !(series->x[i] < x && x < series->x[i + 1]))
      continue;
    span = series->x[i + 1] - series->x[i];
    return series->y[i] + (series->y[i + 1] - series->y[i]) * (x - series->x[i]) / span;
  }
  return (double) NAN;
}

void
lt_curves_values_at (const LtCurvesData *data, double x, double *y)
{
  for (int i = 0; i < data->n_series; i++)
    y[i] = series_value_at (&data->series[i], x);
}

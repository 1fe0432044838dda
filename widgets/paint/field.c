/* A vector field over points. With a scale of 0 the length of an arrow grows with a power
 * below one of its magnitude, the 95th percentile filling a cell: both the rush far from
 * the data and the drift close to it remain visible, and outliers do not shrink the rest. */
#include "paint/field.h"

#include "paint/arrow.h"
#include "paint/detail.h"
#include "paint/points.h"

#include <math.h>
#include <stdlib.h>

#define LEGEND_SCALE 0.92
#define LENGTH_POWER 0.4

typedef struct {
  LtAxes axes;
  cairo_rectangle_t plot;
} Layout;

/* From the numbers of a field to the lengths of its arrows. */
typedef struct {
  const LtFieldData *data;
  const LtAxes *axes;
  const cairo_rectangle_t *plot;
  const float *field;
  double typical; /* the magnitude of a full-length arrow */
  double cell;    /* pixels from arrow to arrow */
  double x0, y0, unit_x, unit_y;
} Mapping;

/* The legend stands at the right of the row that the y title begins. */
static void
layout_plan (const LtFieldData *data,
             const LtStyle *style,
             double w,
             double h,
             Layout *layout)
{
  gboolean named = data->field_title != NULL || data->reference_title != NULL;

  layout->axes = lt_axes_fitted (&data->points.axes, style, data->note, h);
  if (named && layout->axes.y.title == NULL)
    layout->axes.y.title = "";
  lt_axes_plan (&layout->axes, style, w, h, 0, &layout->plot);
}

static int
compare_doubles (const void *a, const void *b)
{
  double x = *(const double *) a, y = *(const double *) b;

  return (x > y) - (x < y);
}

/* The 95th percentile of the finite magnitudes; 0 when there is none. */
static double
typical_magnitude (const float *field, int n)
{
  double *magnitudes = g_new (double, MAX (n, 1));
  double result;
  int finite = 0;

  for (int i = 0; i < n; i++) {
    double magnitude = hypot ((double) field[2 * i], (double) field[2 * i + 1]);

    if (isfinite (magnitude))
      magnitudes[finite++] = magnitude;
  }
  qsort (magnitudes, finite, sizeof *magnitudes, compare_doubles);
  result = finite > 0 ? magnitudes[(int) (0.95 * (finite - 1))] : 0;
  g_free (magnitudes);
  return result;
}

static double
grid_x (const LtFieldData *data, int column)
{
  double place = data->side > 1 ? (double) column / (data->side - 1) : 0.5;

  return data->x0 + place * (data->x1 - data->x0);
}

static double
grid_y (const LtFieldData *data, int row)
{
  double place = data->side > 1 ? (double) row / (data->side - 1) : 0.5;

  return data->y0 + place * (data->y1 - data->y0);
}

/* The magnitudes of the true field, where it is known, set the length of all arrows: its own
 * stay as they are while the model's grow towards them. */
static void
mapping_init (Mapping *self,
              const LtFieldData *data,
              const Layout *layout,
              const float *field)
{
  const float *scaling = data->reference != NULL ? data->reference : data->field;

  *self = (Mapping){ data, &layout->axes, &layout->plot, field };
  self->typical = typical_magnitude (scaling, data->side * data->side);
  self->x0 = lt_axes_x (self->axes, self->plot, 0);
  self->y0 = lt_axes_y (self->axes, self->plot, 0);
  self->unit_x = lt_axes_x (self->axes, self->plot, 1) - self->x0;
  self->unit_y = lt_axes_y (self->axes, self->plot, 1) - self->y0;
  self->cell = MIN (fabs (self->unit_x * (data->x1 - data->x0)),
                    fabs (self->unit_y * (data->y1 - data->y0))) /
               MAX (data->side - 1, 1);
}

/* Arrow i, and its strength in [0, 1]; FALSE when the field is not finite there. */
static gboolean
arrow_at (const Mapping *self, int i, LtArrow *arrow, double *strength)
{
  double vx = (double) self->field[2 * i], vy = (double) self->field[2 * i + 1];
  double magnitude = hypot (vx, vy), length;
  double dx = vx * self->unit_x, dy = vy * self->unit_y, along = hypot (dx, dy);

  if (!isfinite (magnitude))
    return FALSE;
  *strength = self->typical > 0 ? MIN (magnitude / self->typical, 1) : 0;
  if (self->data->scale > 0)
    length = along * self->data->scale;
  else
    length = 0.95 * self->cell * pow (*strength, LENGTH_POWER);
  arrow->x = self->x0 + self->unit_x * grid_x (self->data, i % self->data->side);
  arrow->y = self->y0 + self->unit_y * grid_y (self->data, i / self->data->side);
  arrow->dx = along > 0 ? dx / along * length : 0;
  arrow->dy = along > 0 ? dy / along * length : 0;
  return TRUE;
}

static LtColour
arrow_colour (const LtStyle *style, double strength)
{
  LtColour weak = lt_colour_mix (style->background, style->accent, 0.55);

  return lt_colour_mix (weak, style->accent, sqrt (strength));
}

static double
shaft_width (const Mapping *self, const LtStyle *style)
{
  return CLAMP (self->cell / 10, 1, 0.16 * style->text_size);
}

static void
field_arrows (cairo_t *cr, const Mapping *self, const LtStyle *style)
{
  for (int i = 0; i < self->data->side * self->data->side; i++) {
    LtArrow arrow = { .width = shaft_width (self, style) };
    double strength;

    if (!arrow_at (self, i, &arrow, &strength))
      continue;
    lt_style_set (cr, arrow_colour (style, strength));
    lt_arrow_fill (cr, &arrow);
  }
}

static void
reference_arrows (cairo_t *cr, const Mapping *self, const LtStyle *style)
{
  lt_style_set (cr, lt_colour_with_alpha (style->second, 0.85));
  for (int i = 0; i < self->data->side * self->data->side; i++) {
    LtArrow arrow = { .width = 0.075 * style->text_size };
    double strength;

    if (arrow_at (self, i, &arrow, &strength))
      lt_arrow_line (cr, &arrow);
  }
}

/* A place where the field is not a number is a cross, never a gap. */
static void
field_holes (cairo_t *cr, const Mapping *self, const LtStyle *style)
{
  lt_style_set (cr, style->warning);
  for (int i = 0; i < self->data->side * self->data->side; i++) {
    LtArrow arrow;
    double strength;

    if (!arrow_at (self, i, &arrow, &strength))
      lt_marker_paint (
          cr, 6, self->x0 + self->unit_x * grid_x (self->data, i % self->data->side),
          self->y0 + self->unit_y * grid_y (self->data, i / self->data->side),
          MIN (self->cell / 5, style->text_size / 3));
  }
}

/* Key and title at the right end of the row; where the next one to the left ends. */
static double
legend_entry (cairo_t *cr,
              const LtStyle *style,
              const char *title,
              gboolean reference,
              const cairo_rectangle_t *row)
{
  double text = style->text_size, right = row->x + row->width;
  double room = row->width - 2.1 * text;
  double width = MIN (lt_text_width (cr, style, title, LEGEND_SCALE, FALSE), room);
  LtArrow arrow = { right - width - 2.1 * text, row->y, 1.6 * text, 0, 0.13 * text };

  if (title == NULL || room < 3 * text)
    return right;
  lt_style_set (cr, style->foreground);
  lt_text_paint (cr, style, title, right - width, row->y, LT_ALIGN_START, LEGEND_SCALE,
                 FALSE, width + 1);
  lt_style_set (cr, reference ? style->second : style->accent);
  if (reference) {
    arrow.width = 0.075 * text;
    lt_arrow_line (cr, &arrow);
  } else {
    lt_arrow_fill (cr, &arrow);
  }
  return arrow.x - 1.2 * text;
}

static void
legend_paint (cairo_t *cr,
              const LtFieldData *data,
              const LtStyle *style,
              const Layout *layout)
{
  double left = lt_text_width (cr, style, layout->axes.y.title, LEGEND_SCALE, FALSE);
  double right = layout->plot.x + layout->plot.width, half;
  cairo_rectangle_t row = { left + 1.5 * style->text_size };

  if (layout->axes.y.title == NULL)
    return;
  row.y = layout->plot.y - style->text_size / 4 - lt_text_height (style, 0.88) / 2;
  row.width = right - row.x;
  half = data->field_title != NULL ? row.width / 2 : 0;
  if (data->reference != NULL) {
    cairo_rectangle_t place = { row.x + half, row.y, row.width - half, 0 };

    right = legend_entry (cr, style, data->reference_title, TRUE, &place);
  }
  row.width = right - row.x;
  legend_entry (cr, style, data->field_title, FALSE, &row);
}

/* Points step back behind the arrows. */
static void
background_points (cairo_t *cr,
                   const LtFieldData *data,
                   const LtStyle *style,
                   const cairo_rectangle_t *plot)
{
  LtStyle quiet = *style;

  quiet.dim = lt_colour_mix (style->dim, style->background, 0.15);
  quiet.text_size = 0.55 * style->text_size;
  lt_points_paint (cr, &data->points, &quiet, plot);
}

static void
arrows_paint (cairo_t *cr,
              const LtFieldData *data,
              const LtStyle *style,
              const Layout *layout)
{
  Mapping mapping;

  cairo_save (cr);
  cairo_rectangle (cr, layout->plot.x, layout->plot.y, layout->plot.width,
                   layout->plot.height);
  cairo_clip (cr);
  if (data->side > 0 && data->reference != NULL) {
    mapping_init (&mapping, data, layout, data->reference);
    reference_arrows (cr, &mapping, style);
  }
  if (data->side > 0 && data->field != NULL) {
    mapping_init (&mapping, data, layout, data->field);
    field_arrows (cr, &mapping, style);
    field_holes (cr, &mapping, style);
  }
  cairo_restore (cr);
}

void
lt_field_paint (cairo_t *cr,
                const LtFieldData *data,
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
  background_points (cr, data, style, &layout.plot);
  arrows_paint (cr, data, style, &layout);
  legend_paint (cr, data, style, &layout);
  lt_note_paint (cr, style, data->note, layout.axes.x.title, inside_w, inside_h);
  cairo_restore (cr);
}

void
lt_field_plot (const LtFieldData *data,
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

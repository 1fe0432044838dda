/* A vector field over points. With a scale of 0 the length of an arrow grows with the root
 * of its magnitude, the 95th percentile filling its cell: both the rush far from the data
 * and the stillness on it remain visible, and a few outliers do not shrink the rest. */
#include "paint/field.h"

#include "paint/arrow.h"
#include "paint/detail.h"
#include "paint/points.h"

#include <math.h>
#include <stdlib.h>

typedef struct {
  LtAxes axes;
  cairo_rectangle_t plot;
  double header;
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

static void
layout_plan (const LtFieldData *data,
             const LtStyle *style,
             double w,
             double h,
             Layout *layout)
{
  gboolean named = data->field_title != NULL || data->reference_title != NULL;

  layout->axes = lt_axes_fitted (&data->points.axes, style, data->note, h);
  layout->header = named ? lt_text_height (style, 0.92) + style->text_size / 4 : 0;
  lt_axes_plan (&layout->axes, style, w, h, layout->header, &layout->plot);
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

static void
mapping_init (Mapping *self,
              const LtFieldData *data,
              const Layout *layout,
              const float *field)
{
  *self = (Mapping){ data, &layout->axes, &layout->plot, field };
  self->typical = typical_magnitude (field, data->side * data->side);
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
    length = 0.95 * self->cell * sqrt (*strength);
  arrow->x = self->x0 + self->unit_x * grid_x (self->data, i % self->data->side);
  arrow->y = self->y0 + self->unit_y * grid_y (self->data, i / self->data->side);
  arrow->dx = along > 0 ? dx / along * length : 0;
  arrow->dy = along > 0 ? dy / along * length : 0;
  return TRUE;
}

static LtColour
arrow_colour (const LtStyle *style, double strength)
{
  LtColour weak = lt_colour_mix (style->background, style->accent, 0.5);

  return lt_colour_mix (weak, style->accent, strength);
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
  lt_style_set (cr, style->second);
  for (int i = 0; i < self->data->side * self->data->side; i++) {
    LtArrow arrow = { .width = 1.5 * shaft_width (self, style) };
    double strength;

    if (arrow_at (self, i, &arrow, &strength))
      lt_arrow_outline (cr, &arrow, 0.07 * style->text_size);
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

static double
legend_entry (cairo_t *cr,
              const LtStyle *style,
              const char *title,
              gboolean outline,
              const cairo_rectangle_t *place)
{
  double text = style->text_size;
  LtArrow arrow = { place->x, place->y, 1.6 * text, 0, 0.14 * text };

  if (title == NULL)
    return place->x;
  lt_style_set (cr, outline ? style->second : style->accent);
  if (outline) {
    arrow.width *= 1.5;
    lt_arrow_outline (cr, &arrow, 0.07 * text);
  } else {
    lt_arrow_fill (cr, &arrow);
  }
  lt_style_set (cr, style->foreground);
  return place->x + 2.1 * text +
         lt_text_paint (cr, style, title, place->x + 2.1 * text, place->y,
                        LT_ALIGN_START, 0.92, FALSE, place->width - 2.2 * text) +
         1.5 * text;
}

static void
legend_paint (cairo_t *cr, const LtFieldData *data, const LtStyle *style, double w)
{
  double share = data->reference != NULL ? w / 2 : w;
  double y = lt_text_height (style, 0.92) / 2;
  cairo_rectangle_t place = { 0, y, share, 0 };

  place.x = legend_entry (cr, style, data->field_title, FALSE, &place);
  place.width = w - place.x;
  if (data->reference != NULL && place.width > 5 * style->text_size)
    legend_entry (cr, style, data->reference_title, TRUE, &place);
}

/* Points without classes step back behind the arrows. */
static void
background_points (cairo_t *cr,
                   const LtFieldData *data,
                   const LtStyle *style,
                   const cairo_rectangle_t *plot)
{
  LtStyle quiet = *style;

  quiet.dim = lt_colour_mix (style->dim, style->background, 0.35);
  lt_points_paint (cr, &data->points, &quiet, plot);
}

void
lt_field_paint (cairo_t *cr,
                const LtFieldData *data,
                const LtStyle *style,
                double w,
                double h)
{
  Layout layout;
  Mapping mapping;

  layout_plan (data, style, w, h, &layout);
  lt_axes_paint (cr, &layout.axes, style, &layout.plot);
  background_points (cr, data, style, &layout.plot);
  cairo_save (cr);
  cairo_rectangle (cr, layout.plot.x, layout.plot.y, layout.plot.width,
                   layout.plot.height);
  cairo_clip (cr);
  if (data->side > 0 && data->field != NULL) {
    mapping_init (&mapping, data, &layout, data->field);
    field_arrows (cr, &mapping, style);
    field_holes (cr, &mapping, style);
  }
  if (data->side > 0 && data->reference != NULL) {
    mapping_init (&mapping, data, &layout, data->reference);
    reference_arrows (cr, &mapping, style);
  }
  cairo_restore (cr);
  if (layout.header > 0)
    legend_paint (cr, data, style, w);
  lt_note_paint (cr, style, data->note, layout.axes.x.title, w, h);
}

void
lt_field_plot (const LtFieldData *data,
               const LtStyle *style,
               double w,
               double h,
               cairo_rectangle_t *plot)
{
  Layout layout;

  layout_plan (data, style, w, h, &layout);
  *plot = layout.plot;
}

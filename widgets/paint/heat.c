/* An image of a table: groups named at the left, marks over columns, the colours' scale
 * below. */
#include "paint/heat.h"

#include "paint/detail.h"
#include "paint/raster.h"

#include <math.h>

#define SMALL 0.85

typedef struct {
  cairo_rectangle_t image;
  double heading, marks, bottom; /* heights of the rows above and below */
} Layout;

static double
widest_name (const LtHeatData *data, const LtStyle *style)
{
  double widest = 0;

  for (int i = 0; data->groups != NULL && i < data->height; i++)
    if (data->groups[i] >= 0 && (i == 0 || data->groups[i] != data->groups[i - 1]))
      widest =
          MAX (widest, lt_text_width (NULL, style, data->group_names[data->groups[i]],
                                      SMALL, FALSE));
  return widest;
}

static void
layout_plan (const LtHeatData *data,
             const LtStyle *style,
             double w,
             double h,
             Layout *layout)
{
  double names = widest_name (data, style);
  double left = names > 0 ? ceil (MIN (names, w / 5) + style->text_size / 2) : 0;
  double top;

  layout->heading = lt_heading_height (style);
  layout->marks = data->marks != NULL ? ceil (style->text_size * 0.5) : 0;
  layout->bottom = lt_text_height (style, SMALL) + style->text_size / 4;
  top = layout->heading + layout->marks;
  layout->image = (cairo_rectangle_t){ left, top, MAX (floor (w - left), 1),
                                       MAX (floor (h - top - layout->bottom), 1) };
}

/* Ticks that touch the image, one for neighbours that are marked alike. */
static void
marks_paint (cairo_t *cr,
             const LtHeatData *data,
             const LtStyle *style,
             const Layout *layout)
{
  const cairo_rectangle_t *image = &layout->image;
  double column = image->width / data->width;

  for (int i = 0, end; data->marks != NULL && i < data->width; i = end) {
    for (end = i + 1; end < data->width && data->marks[end] == data->marks[i];)
      end++;
    if (data->marks[i] == LT_MARK_NONE)
      continue;
    lt_style_set (cr,
                  data->marks[i] == LT_MARK_WARNING ? style->warning : style->second);
    cairo_rectangle (cr, image->x + column * i, image->y - layout->marks,
                     MAX (column * (end - i), 1), layout->marks - 1);
    cairo_fill (cr);
  }
}

/* An image whose lowest colour is the background's has an edge all the same. */
static void
frame_paint (cairo_t *cr, const LtStyle *style, const cairo_rectangle_t *image)
{
  double right = image->x + image->width, bottom = image->y + image->height;

  lt_style_set (cr, style->grid);
  lt_rule_horizontal (cr, image->x, right, image->y, 1);
  lt_rule_horizontal (cr, image->x, right, bottom, 1);
  lt_rule_vertical (cr, image->x, image->y, bottom, 1);
  lt_rule_vertical (cr, right, image->y, bottom, 1);
}

/* Right-aligned in the heading's row, from the right: the two marks' titles. */
static double
mark_title_paint (cairo_t *cr,
                  const LtStyle *style,
                  const char *title,
                  LtColour colour,
                  double right)
{
  double y = lt_heading_height (style) / 2, side = style->text_size * 0.55, width;

  if (title == NULL)
    return right;
  lt_style_set (cr, style->foreground);
  width = lt_text_paint (cr, style, title, right, y, LT_ALIGN_END, SMALL, FALSE, 0);
  right -= width + 1.5 * side;
  lt_style_set (cr, colour);
  cairo_rectangle (cr, right, y - side / 2, side, side);
  cairo_fill (cr);
  return right - style->text_size;
}

static void
heading_paint (cairo_t *cr, const LtHeatData *data, const LtStyle *style, double w)
{
  double right = mark_title_paint (cr, style, data->second_title, style->second, w);

  right = mark_title_paint (cr, style, data->warning_title, style->warning, right);
  lt_heading_paint (cr, style, data->title, NULL, MAX (right, style->text_size));
}

static void
groups_paint (cairo_t *cr,
              const LtHeatData *data,
              const LtStyle *style,
              const Layout *layout)
{
  const cairo_rectangle_t *image = &layout->image;
  double row = image->height / data->height, last = -INFINITY;

  for (int first = 0, end; data->groups != NULL && first < data->height; first = end) {
    double y;

    for (end = first + 1;
         end < data->height && data->groups[end] == data->groups[first];)
      end++;
    y = image->y + row * (first + end) / 2;
    if (data->groups[first] < 0)
      continue;
    if (first > 0) {
      lt_style_set (cr, lt_colour_with_alpha (style->background, 0.6));
      lt_rule_horizontal (cr, image->x, image->x + image->width, image->y + row * first,
                          1);
    }
    if (y - last < lt_text_height (style, SMALL) * 0.85)
      continue;
    lt_style_set (cr, style->dim);
    lt_text_paint (cr, style, data->group_names[data->groups[first]],
                   image->x - style->text_size / 2, y, LT_ALIGN_END, SMALL, FALSE,
                   image->x - style->text_size / 2);
    last = y;
  }
}

static void
bottom_paint (cairo_t *cr,
              const LtHeatData *data,
              const LtStyle *style,
              const Layout *layout)
{
  const cairo_rectangle_t *image = &layout->image;
  double y =
      image->y + image->height + layout->bottom - lt_text_height (style, SMALL) / 2;
  double right = image->x + image->width;
  g_autofree char *titles =
      g_strdup_printf ("→ %s  ↓ %s", data->x_title, data->y_title);
  const LtRamp ramp = { data->colour, data->lowest, data->highest, data->clipped };
  const char *text = titles;

  if (image->width > 12 * style->text_size)
    right = lt_ramp_paint (cr, &ramp, style, right, y) - style->text_size;
  if (data->footer != NULL &&
      lt_text_width (cr, style, data->footer, SMALL, FALSE) <= right - image->x)
    text = data->footer;
  lt_style_set (cr, style->dim);
  lt_text_paint (cr, style, text, image->x, y, LT_ALIGN_START, SMALL, FALSE,
                 right - image->x);
}

void
lt_heat_paint (cairo_t *cr,
               const LtHeatData *data,
               const LtStyle *style,
               double w,
               double h)
{
  double inset = lt_inset (style), heading = lt_heading_height (style);
  LtPicture picture = { data->cells,  data->width,  data->height, 1,
                        data->colour, data->lowest, data->highest };
  Layout layout;

  cairo_save (cr);
  cairo_translate (cr, inset, inset);
  w -= 2 * inset;
  h -= 2 * inset;
  if (data->width == 0 || data->height == 0) {
    lt_heading_paint (cr, style, data->title, NULL, w);
    cairo_translate (cr, 0, heading);
    lt_message_paint (cr, style, data->message, w, h - heading);
  } else {
    layout_plan (data, style, w, h, &layout);
    heading_paint (cr, data, style, w);
    lt_raster_paint (cr, &picture, style, &layout.image);
    frame_paint (cr, style, &layout.image);
    marks_paint (cr, data, style, &layout);
    groups_paint (cr, data, style, &layout);
    bottom_paint (cr, data, style, &layout);
  }
  cairo_restore (cr);
}

gboolean
lt_heat_hit (const LtHeatData *data,
             const LtStyle *style,
             double w,
             double h,
             double x,
             double y,
             int *column,
             int *row)
{
  double inset = lt_inset (style);
  Layout layout;

  if (data->width == 0 || data->height == 0)
    return FALSE;
  layout_plan (data, style, w - 2 * inset, h - 2 * inset, &layout);
  x = (x - inset - layout.image.x) / layout.image.width;
  y = (y - inset - layout.image.y) / layout.image.height;
  if (x < 0 || x >= 1 || y < 0 || y >= 1)
    return FALSE;
  *column = MIN ((int) (x * data->width), data->width - 1);
  *row = MIN ((int) (y * data->height), data->height - 1);
  return TRUE;
}

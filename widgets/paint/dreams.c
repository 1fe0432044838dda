/* From left to right: the surface with its button, the pictures, the legend (above them where
 * the area is narrow); the note below. */
#include "paint/dreams.h"

#include "paint/detail.h"
#include "paint/legend.h"

#include <math.h>

#define SMALL_SCALE 0.85

typedef struct {
  LtLegend legend;
  double legend_x, legend_y;
  LtTilesData pictures; /* without the note */
  cairo_rectangle_t tiles;
  LtDreamsPlaces places;
} Layout;

/* The surface: large enough to draw on with a mouse, and never more than a third. */
static double
surface_column (const LtDreamsData *data, double w, double h, LtDreamsPlaces *places)
{
  const LtTilesData *tiles = &data->tiles;
  double longest = MAX (tiles->width, tiles->height);
  double side = floor (CLAMP (h * 0.62, 60, w * 0.32));

  places->surface = (cairo_rectangle_t){ 0, 0, floor (side * tiles->width / longest),
                                         floor (side * tiles->height / longest) };
  return places->surface.width;
}

static void
place_surface (const LtDreamsData *data,
               const LtStyle *style,
               double w,
               double h,
               Layout *layout)
{
  LtDreamsPlaces *places = &layout->places;
  double line = lt_text_height (style, SMALL_SCALE), gap = style->text_size;
  double button = lt_text_width (NULL, style, "Clear", SMALL_SCALE, FALSE) + gap;
  double width = surface_column (data, w, h, places);
  double below = gap / 2 + line + 4;

  places->surface.x = layout->tiles.x;
  places->surface.y =
      layout->tiles.y +
      floor (MAX (0, layout->tiles.height - places->surface.height - below) / 2);
  places->clear =
      (cairo_rectangle_t){ places->surface.x,
                           places->surface.y + places->surface.height + floor (gap / 2),
                           ceil (MIN (button, width)), ceil (line + 4) };
  layout->tiles.x += width + floor (gap);
  layout->tiles.width -= width + floor (gap);
}

static void
layout_plan (const LtDreamsData *data,
             const LtStyle *style,
             double w,
             double h,
             Layout *layout)
{
  double inset = lt_inset (style);
  double note = data->tiles.note != NULL
                    ? lt_foot_height (style, data->tiles.note, w - 2 * inset, h)
                    : 0;
  cairo_rectangle_t *tiles = &layout->tiles;

  *layout = (Layout){ .legend = { style, data->n_classes, data->class_names },
                      .pictures = data->tiles };
  layout->pictures.note = NULL;
  lt_legend_plan (&layout->legend, w - 2 * inset, h - 2 * inset - note);
  layout->legend_x = layout->legend_y = inset;
  *tiles = (cairo_rectangle_t){ inset, inset, w - 2 * inset, h - 2 * inset - note };
  if (layout->legend.column) {
    tiles->width -= ceil (layout->legend.width);
  } else {
    tiles->y += ceil (layout->legend.height);
    tiles->height -= ceil (layout->legend.height);
  }
  if (data->drawn != NULL)
    place_surface (data, style, w, h, layout);
}

/* ---- What is held ----------------------------------------------------------------- */

/* Lines between pixels that are held and such that are free. */
static void
trace_held (cairo_t *cr, const LtDreamsData *data, const cairo_rectangle_t *rect)
{
  int width = data->tiles.width, height = data->tiles.height;
  double dx = rect->width / width, dy = rect->height / height;

  for (int y = 0; y < height; y++)
    for (int x = 0; x < width; x++) {
      const float *at = data->held + y * width + x;

      if (x + 1 < width && (at[0] != 0) != (at[1] != 0)) {
        cairo_move_to (cr, rect->x + (x + 1) * dx, rect->y + y * dy);
        cairo_rel_line_to (cr, 0, dy);
      }
      if (y + 1 < height && (at[0] != 0) != (at[width] != 0)) {
        cairo_move_to (cr, rect->x + x * dx, rect->y + (y + 1) * dy);
        cairo_rel_line_to (cr, dx, 0);
      }
    }
}

static void
held_paint (cairo_t *cr,
            const LtDreamsData *data,
            const LtStyle *style,
            const Layout *layout)
{
  cairo_rectangle_t rect;

  if (data->held == NULL)
    return;
  lt_style_set (cr, lt_colour_with_alpha (style->accent, 0.9));
  cairo_set_line_width (cr, 1);
  cairo_set_line_cap (cr, CAIRO_LINE_CAP_SQUARE);
  for (int i = 0; i < MIN (data->n_held, data->tiles.n); i++) {
    if (!lt_tiles_place (&layout->pictures, style, layout->tiles.width,
                         layout->tiles.height, i, &rect))
      return;
    trace_held (cr, data, &rect);
    cairo_stroke (cr);
  }
}

/* ---- The surface ------------------------------------------------------------------ */

static void
button_paint (cairo_t *cr, const LtStyle *style, const cairo_rectangle_t *rect)
{
  lt_round_rectangle (cr, rect, 4);
  lt_style_set (cr, lt_colour_with_alpha (style->foreground, 0.08));
  cairo_fill_preserve (cr);
  lt_style_set (cr, style->grid);
  cairo_set_line_width (cr, 1);
  cairo_stroke (cr);
  lt_style_set (cr, style->foreground);
  lt_text_paint (cr, style, "Clear", rect->x + rect->width / 2,
                 rect->y + rect->height / 2, LT_ALIGN_MIDDLE, SMALL_SCALE, FALSE,
                 rect->width);
}

static void
surface_paint (cairo_t *cr,
               const LtDreamsData *data,
               const LtStyle *style,
               const LtDreamsPlaces *places)
{
  const cairo_rectangle_t *rect = &places->surface;
  cairo_rectangle_t frame = { rect->x - 1, rect->y - 1, rect->width + 2,
                              rect->height + 2 };
  LtTilesData picture = data->tiles;

  picture.n = 1;
  picture.pixels = data->drawn;
  lt_tile_paint (cr, &picture, style, 0, rect);
  lt_style_set (cr, style->accent);
  cairo_set_line_width (cr, 2);
  cairo_rectangle (cr, frame.x, frame.y, frame.width, frame.height);
  cairo_stroke (cr);
  if (!data->blank) {
    button_paint (cr, style, &places->clear);
    return;
  }
  lt_style_set (cr, style->dim);
  lt_text_paint (cr, style, "Draw here", rect->x,
                 places->clear.y + places->clear.height / 2, LT_ALIGN_START,
                 SMALL_SCALE, FALSE, rect->width);
}

/* ---- The whole -------------------------------------------------------------------- */

void
lt_dreams_paint (cairo_t *cr,
                 const LtDreamsData *data,
                 const LtStyle *style,
                 double w,
                 double h)
{
  double inset = lt_inset (style);
  Layout layout;

  layout_plan (data, style, w, h, &layout);
  if (layout.tiles.width < 1 || layout.tiles.height < 1)
    return;
  cairo_save (cr);
  cairo_translate (cr, layout.legend_x, layout.legend_y);
  lt_legend_paint (&layout.legend, cr, data->emphasised);
  cairo_restore (cr);
  cairo_save (cr);
  cairo_translate (cr, layout.tiles.x, layout.tiles.y);
  lt_tiles_paint (cr, &layout.pictures, style, layout.tiles.width, layout.tiles.height);
  held_paint (cr, data, style, &layout);
  cairo_restore (cr);
  if (data->drawn != NULL)
    surface_paint (cr, data, style, &layout.places);
  cairo_save (cr);
  cairo_translate (cr, inset, 0);
  if (h >= 12 * style->text_size)
    lt_foot_paint (cr, style, data->tiles.note, w - 2 * inset, h - inset);
  cairo_restore (cr);
}

gboolean
lt_dreams_places (const LtDreamsData *data,
                  const LtStyle *style,
                  double w,
                  double h,
                  LtDreamsPlaces *places)
{
  Layout layout;

  layout_plan (data, style, w, h, &layout);
  *places = layout.places;
  return data->drawn != NULL;
}

void
lt_dreams_room (const LtDreamsData *data,
                const LtStyle *style,
                double w,
                double h,
                double *tiles_w,
                double *tiles_h)
{
  Layout layout;

  layout_plan (data, style, w, h, &layout);
  *tiles_w = MAX (layout.tiles.width, 1);
  *tiles_h = MAX (layout.tiles.height, 1);
}

int
lt_dreams_hit (const LtDreamsData *data,
               const LtStyle *style,
               double w,
               double h,
               double x,
               double y,
               cairo_rectangle_t *rect)
{
  Layout layout;
  int i;

  layout_plan (data, style, w, h, &layout);
  i = lt_tiles_hit (&layout.pictures, style, layout.tiles.width, layout.tiles.height,
                    x - layout.tiles.x, y - layout.tiles.y, rect);
  if (i >= 0) {
    rect->x += layout.tiles.x;
    rect->y += layout.tiles.y;
  }
  return i;
}

int
lt_dreams_legend_hit (const LtDreamsData *data,
                      const LtStyle *style,
                      double w,
                      double h,
                      double x,
                      double y)
{
  Layout layout;

  layout_plan (data, style, w, h, &layout);
  return lt_legend_hit (&layout.legend, x - layout.legend_x, y - layout.legend_y);
}

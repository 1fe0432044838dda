/* Grids of small pictures. On screen every picture pixel becomes a whole number of device
 * pixels where that fills the area well; in a file it stays one pixel, enlarged by the
 * reader without smoothing. */
#include "paint/tiles.h"

#include "paint/detail.h"
#include "paint/raster.h"

#include <math.h>
#include <string.h>

#define CAPTION_SCALE 0.8

/* Rows of values that are no pictures: where there are many of them their cells become
 * narrow, but no lower than this many times the text's size, so that they can be seen. */
#define LINE_HEIGHT 0.8

/* Where everything stands: columns × rows of equal cells. Named rows that are too long to be
 * seen well go on in a second block below the first, and so on. */
typedef struct {
  int n; /* pictures that are laid out */
  int columns, rows;
  int block;             /* rows of a block; 0: a free grid */
  double block_gap;      /* between blocks */
  double zoom;           /* of a picture's pixel */
  double width, height;  /* of a picture */
  double gap;            /* between pictures */
  double step_x, step_y; /* from picture to picture */
  double x, y;           /* of the first picture */
} Layout;

/* Below forty letters' width the room is the pictures'. */
static gboolean
has_caption_titles (const LtTilesData *data, const LtStyle *style, double w)
{
  return data->n_rows > 0 && data->captions != NULL && data->caption_titles != NULL &&
         w > 40 * style->text_size;
}

static double
title_width (const LtTilesData *data, const LtStyle *style, double w)
{
  gboolean captions = has_caption_titles (data, style, w);
  double widest = 0;

  if (data->n_rows == 0 || data->row_titles == NULL)
    return 0;
  for (int i = 0; i < data->n_rows; i++) {
    widest =
        MAX (widest, lt_text_width (NULL, style, data->row_titles[i], 0.92, FALSE));
    if (captions)
      widest = MAX (widest, lt_text_width (NULL, style, data->caption_titles[i],
                                           CAPTION_SCALE, FALSE));
  }
  return widest > 0 ? ceil (MIN (widest, w * 0.28) + style->text_size * 0.75) : 0;
}

/* Numbers where all pictures have them in common, else words. */
static LtRamp
ramp_of (const LtTilesData *data)
{
  return (LtRamp){ .colour = data->colour,
                   .lowest = data->lowest,
                   .highest = data->highest,
                   .low = data->shared_scale ? NULL : "negative",
                   .high = data->shared_scale ? NULL : "positive" };
}

/* Where the width is short the note goes before the scale. */
static gboolean
has_scale (const LtTilesData *data, const LtStyle *style, double w)
{
  return data->scale && w > 26 * style->text_size;
}

static double
note_room (const LtTilesData *data, const LtStyle *style, double w)
{
  LtRamp ramp = ramp_of (data);

  w -= 2 * lt_inset (style);
  return has_scale (data, style, w)
             ? w - lt_ramp_width (&ramp, style) - style->text_size
             : w;
}

static double
note_height (const LtTilesData *data, const LtStyle *style, double w, double h)
{
  if (data->note == NULL)
    return 0;
  return lt_foot_height (style, data->note, note_room (data, style, w), h) +
         style->text_size / 4;
}

/* Whole enlargements while they waste little of the length. */
static double
whole_zoom (double zoom)
{
  double whole = floor (zoom);

  return whole >= 1 && whole >= 0.85 * zoom ? whole : zoom;
}

/* Whole pixels, so that all gaps are alike; not for specks. */
static double
whole_length (double length)
{
  return length >= 4 ? floor (length + 1e-6) : length;
}

static double
gap_of (const LtStyle *style, double tile)
{
  return CLAMP (round (tile * 0.08), 1, round (style->text_size / 2));
}

/* The layout with that many columns in w × h. */
static Layout
layout_columns (const LtTilesData *data,
                const LtStyle *style,
                int columns,
                double w,
                double h)
{
  double caption = data->captions != NULL ? lt_text_height (style, CAPTION_SCALE) : 0;
  Layout layout = { .n = data->n, .columns = columns, .block = data->n_rows };
  int blocks = 1;
  double cell_w, cell_h;

  layout.rows = (data->n + columns - 1) / columns;
  if (layout.block > 0) {
    blocks = (data->n / layout.block + columns - 1) / columns;
    layout.n -= layout.n % layout.block;
    layout.rows = blocks * layout.block;
    layout.block_gap = style->text_size;
  }
  cell_w = w / columns;
  cell_h = (h - (blocks - 1) * layout.block_gap) / layout.rows - caption;
  layout.gap = gap_of (style, MIN (cell_w, cell_h));
  if (data->classes != NULL)
    layout.gap = MAX (layout.gap, 4);
  layout.zoom =
      MIN ((cell_w - layout.gap) / data->width, (cell_h - layout.gap) / data->height);
  layout.zoom = MAX (whole_zoom (layout.zoom), 1e-3);
  layout.width = whole_length (data->width * layout.zoom);
  layout.height = whole_length (data->height * layout.zoom);
  if (data->height == 1)
    layout.height =
        MAX (layout.height,
             whole_length (MIN (cell_h - layout.gap, LINE_HEIGHT * style->text_size)));
  layout.step_x = layout.width + layout.gap;
  layout.step_y = layout.height + layout.gap + caption;
  /* Titles of low rows do not touch while there is room. */
  if (data->n_rows > 0 && data->row_titles != NULL)
    layout.step_y =
        MAX (layout.step_y, MIN (lt_text_height (style, 0.92), cell_h + caption));
  return layout;
}

/* The number of columns that makes the pictures largest. */
static Layout
layout_free (const LtTilesData *data, const LtStyle *style, double w, double h)
{
  Layout best = { .zoom = -1 };

  for (int columns = 1; columns <= data->n; columns++) {
    Layout layout = layout_columns (data, style, columns, w, h);
    int empty = layout.columns * layout.rows - data->n;
    int best_empty = best.columns * best.rows - data->n;

    if (layout.zoom > best.zoom || (layout.zoom == best.zoom && empty < best_empty))
      best = layout;
  }
  return best;
}

/* One block, or as many as make the pictures a good deal larger. */
static Layout
layout_blocks (const LtTilesData *data, const LtStyle *style, double w, double h)
{
  int length = MAX (data->n / data->n_rows, 1);
  Layout best = layout_columns (data, style, length, w, h);

  for (int blocks = 2; blocks <= length; blocks++) {
    int columns = (length + blocks - 1) / blocks;
    Layout layout = layout_columns (data, style, columns, w, h);

    if (layout.zoom > 1.2 * best.zoom)
      best = layout;
  }
  return best;
}

static double
row_y (const Layout *layout, int row)
{
  int block = layout->block > 0 ? row / layout->block : 0;

  return layout->y + row * layout->step_y + block * layout->block_gap;
}

static gboolean
layout_plan (const LtTilesData *data,
             const LtStyle *style,
             double w,
             double h,
             Layout *layout)
{
  double inset = lt_inset (style), left = inset + title_width (data, style, w);
  double room_w = w - left - inset,
         room_h = h - 2 * inset - note_height (data, style, w, h);
  double used_w, used_h;

  if (data->n <= 0 || data->width <= 0 || data->height <= 0 || room_w < 1 || room_h < 1)
    return FALSE;
  *layout = data->n_rows > 0 ? layout_blocks (data, style, room_w, room_h)
                             : layout_free (data, style, room_w, room_h);
  used_w = layout->columns * layout->step_x - layout->gap;
  used_h = row_y (layout, layout->rows - 1) + layout->step_y - layout->gap;
  layout->x = left + floor (MAX ((room_w - used_w) / 2, 0));
  layout->y = inset + floor (MAX ((room_h - used_h) / 2, 0));
  return TRUE;
}

/* Picture i's cell; and the picture in a cell, −1 for none. */
static void
cell_of (const Layout *layout, int i, int *column, int *row)
{
  int length = layout->block > 0 ? layout->n / layout->block : 0;

  *column = (length > 0 ? i % length : i) % layout->columns;
  *row = length > 0 ? i % length / layout->columns * layout->block + i / length
                    : i / layout->columns;
}

static int
picture_in (const Layout *layout, int column, int row)
{
  int length = layout->block > 0 ? layout->n / layout->block : 0;
  int i = row * layout->columns + column;

  if (length > 0) {
    int along = row / layout->block * layout->columns + column;

    i = along < length ? row % layout->block * length + along : -1;
  }
  return i < layout->n ? i : -1;
}

static cairo_rectangle_t
tile_rect (const Layout *layout, int i)
{
  int column, row;

  cell_of (layout, i, &column, &row);
  return (cairo_rectangle_t){ layout->x + column * layout->step_x, row_y (layout, row),
                              layout->width, layout->height };
}

/* The largest finite magnitude. */
static float
largest (const float *pixels, gsize n)
{
  float result = 0;

  for (gsize i = 0; i < n; i++)
    if (isfinite (pixels[i]))
      result = MAX (result, fabsf (pixels[i]));
  return result;
}

static gsize
picture_size (const LtTilesData *data)
{
  return (gsize) data->width * data->height * data->channels;
}

static LtPicture
picture_of (const LtTilesData *data, const LtStyle *style, int i, float scale)
{
  LtPicture picture = { data->pixels + i * picture_size (data),
                        data->width,
                        data->height,
                        data->channels,
                        data->colour,
                        data->lowest,
                        data->highest };

  if (data->colour == LT_TILES_DIVERGING) {
    float own = scale > 0 ? scale : largest (picture.pixels, picture_size (data));

    picture.lowest = -own;
    picture.highest = own;
  }
  return picture;
}

static float
shared_scale (const LtTilesData *data)
{
  if (data->colour != LT_TILES_DIVERGING || !data->shared_scale)
    return 0;
  return largest (data->pixels, data->n * picture_size (data));
}

static void
outline_paint (cairo_t *cr, const LtStyle *style, const cairo_rectangle_t *rect)
{
  double width = MAX (style->text_size / 6, 1.5);
  cairo_rectangle_t around = { rect->x - width / 2 - 0.5, rect->y - width / 2 - 0.5,
                               rect->width + width + 1, rect->height + width + 1 };

  lt_style_set (cr, style->accent);
  cairo_set_line_width (cr, width);
  lt_round_rectangle (cr, &around, width);
  cairo_stroke (cr);
}

static int
class_of (const LtTilesData *data, int i)
{
  int n = data->n_rows > 0 && !data->own_classes ? data->n / data->n_rows : data->n;

  return data->classes != NULL ? data->classes[i % n] : -1;
}

/* Whether what stands in named rows would not all be seen to be pictures. */
static gboolean
needs_frames (const LtTilesData *data,
              const LtStyle *style,
              const Layout *layout,
              float scale)
{
  if (data->n_rows == 0)
    return FALSE;
  for (int i = 0; i < layout->n; i++) {
    LtPicture picture = picture_of (data, style, i, scale);

    if (class_of (data, i) < 0 && lt_raster_melts (&picture, style))
      return TRUE;
  }
  return FALSE;
}

/* A hairline. */
static void
frame_paint (cairo_t *cr, const LtStyle *style, const cairo_rectangle_t *rect)
{
  lt_style_set (cr, lt_colour_with_alpha (style->dim, 0.6 * style->dim.a));
  lt_rule_horizontal (cr, rect->x - 1, rect->x + rect->width + 1, rect->y - 0.5, 1);
  lt_rule_horizontal (cr, rect->x - 1, rect->x + rect->width + 1,
                      rect->y + rect->height + 0.5, 1);
  lt_rule_vertical (cr, rect->x - 0.5, rect->y, rect->y + rect->height, 1);
  lt_rule_vertical (cr, rect->x + rect->width + 0.5, rect->y, rect->y + rect->height,
                    1);
}

/* Lines inside the gap between pictures. */
static void
borders_paint (cairo_t *cr,
               const LtTilesData *data,
               const LtStyle *style,
               const Layout *layout)
{
  double width = MAX (layout->gap / 2, 1);

  if (data->classes == NULL || layout->gap < 2)
    return;
  cairo_set_line_width (cr, width);
  for (int i = 0; i < layout->n; i++) {
    cairo_rectangle_t rect = tile_rect (layout, i);
    int class = class_of (data, i);

    if (class < 0)
      continue;
    lt_style_set (cr, lt_style_class_colour (style, class));
    cairo_rectangle (cr, rect.x - width / 2, rect.y - width / 2, rect.width + width,
                     rect.height + width);
    cairo_stroke (cr);
  }
}

static void
titles_paint (cairo_t *cr,
              const LtTilesData *data,
              const LtStyle *style,
              const Layout *layout)
{
  double gap = style->text_size * 0.75;

  if (data->n_rows == 0 || data->row_titles == NULL)
    return;
  lt_style_set (cr, style->foreground);
  for (int row = 0; row < layout->rows; row++)
    lt_text_paint (cr, style, data->row_titles[row % data->n_rows], layout->x - gap,
                   row_y (layout, row) + layout->height / 2, LT_ALIGN_END, 0.92, FALSE,
                   layout->x - gap);
}

/* The caption, or its first word where there is no room for more. */
static char *
caption_that_fits (const LtStyle *style, const char *caption, double room)
{
  const char *end = strchr (caption, ' ');

  if (end == NULL || lt_text_width (NULL, style, caption, CAPTION_SCALE, FALSE) <= room)
    return g_strdup (caption);
  return g_strndup (caption, end - caption);
}

/* The class's marker and the caption, together in the middle. */
static void
marked_caption_paint (cairo_t *cr,
                      const LtTilesData *data,
                      const LtStyle *style,
                      int i,
                      double x,
                      double y,
                      double room)
{
  double radius = 0.28 * style->text_size, marker = 2.9 * radius;
  g_autofree char *text = caption_that_fits (style, data->captions[i], room - marker);
  double width =
      MIN (lt_text_width (cr, style, text, CAPTION_SCALE, FALSE), room - marker);
  int class = class_of (data, i);

  x -= (marker + width) / 2;
  lt_style_set (cr, lt_style_class_colour (style, class));
  lt_marker_paint (cr, class, x + radius, y, radius);
  lt_style_set (cr, style->dim);
  lt_text_paint (cr, style, text, x + marker, y, LT_ALIGN_START, CAPTION_SCALE, FALSE,
                 room - marker);
}

static void
caption_titles_paint (cairo_t *cr,
                      const LtTilesData *data,
                      const LtStyle *style,
                      const Layout *layout)
{
  double line = lt_text_height (style, CAPTION_SCALE);

  lt_style_set (cr, style->dim);
  for (int row = 0; row < layout->rows; row++)
    lt_text_paint (cr, style, data->caption_titles[row % data->n_rows],
                   layout->x - style->text_size * 0.75,
                   row_y (layout, row) + layout->height + line / 2, LT_ALIGN_END,
                   CAPTION_SCALE, FALSE, layout->x);
}

static void
captions_paint (cairo_t *cr,
                const LtTilesData *data,
                const LtStyle *style,
                const Layout *layout)
{
  double line = lt_text_height (style, CAPTION_SCALE);
  double room = layout->step_x - style->text_size / 3; /* long ones do not touch */

  /* Below three letters' width a caption is noise. */
  if (data->captions == NULL || layout->step_x < 1.8 * style->text_size)
    return;
  lt_style_set (cr, style->dim);
  for (int i = 0; i < layout->n; i++) {
    cairo_rectangle_t rect = tile_rect (layout, i);
    double x = rect.x + rect.width / 2, y = rect.y + rect.height + line / 2;

    /* Below the border. */
    if (data->own_classes && class_of (data, i) >= 0)
      marked_caption_paint (cr, data, style, i, x, y + layout->gap / 2, room);
    else
      lt_text_paint (cr, style, data->captions[i], x, y, LT_ALIGN_MIDDLE, CAPTION_SCALE,
                     FALSE, room);
  }
}

/* The note, and the scale at its right. */
static void
foot_paint (cairo_t *cr,
            const LtTilesData *data,
            const LtStyle *style,
            double w,
            double h)
{
  double inset = lt_inset (style);
  LtRamp ramp = ramp_of (data);

  if (data->note == NULL || h < 12 * style->text_size)
    return;
  if (has_scale (data, style, w - 2 * inset))
    (void) lt_ramp_paint (cr, &ramp, style, w - inset,
                          h - inset - lt_text_height (style, 0.88) / 2);
  cairo_save (cr);
  cairo_translate (cr, inset, 0);
  lt_foot_paint (cr, style, data->note, note_room (data, style, w), h - inset);
  cairo_restore (cr);
}

void
lt_tiles_paint (cairo_t *cr,
                const LtTilesData *data,
                const LtStyle *style,
                double w,
                double h)
{
  float scale = shared_scale (data);
  gboolean framed;
  Layout layout;

  if (!layout_plan (data, style, w, h, &layout))
    return;
  framed = needs_frames (data, style, &layout, scale);
  for (int i = 0; i < layout.n; i++) {
    LtPicture picture = picture_of (data, style, i, scale);
    cairo_rectangle_t rect = tile_rect (&layout, i);

    lt_raster_paint (cr, &picture, style, &rect);
    if (framed && class_of (data, i) < 0)
      frame_paint (cr, style, &rect);
  }
  borders_paint (cr, data, style, &layout);
  titles_paint (cr, data, style, &layout);
  captions_paint (cr, data, style, &layout);
  if (has_caption_titles (data, style, w))
    caption_titles_paint (cr, data, style, &layout);
  if (data->selected >= 0 && data->selected < layout.n) {
    cairo_rectangle_t rect = tile_rect (&layout, data->selected);

    outline_paint (cr, style, &rect);
  }
  foot_paint (cr, data, style, w, h);
}

int
lt_tiles_capacity (int tile_width,
                   int tile_height,
                   const LtStyle *style,
                   double w,
                   double h)
{
  /* A tenth of the area's shorter side makes about a hundred, the number that fits a glance. */
  double side = MAX (2.2 * style->text_size, MIN (w, h) / 10);
  double room_w = w - 2 * lt_inset (style);
  double room_h =
      h - 2 * lt_inset (style) - lt_text_height (style, 0.88) - style->text_size / 4;
  int longest = MAX (MAX (tile_width, tile_height), 1);
  double zoom = side / longest, gap;
  double columns, rows;

  if (zoom > 0.75)
    zoom = MAX (round (zoom), 1);
  gap = gap_of (style, zoom * longest);
  columns = floor (room_w / (tile_width * zoom + gap));
  rows = floor (room_h / (tile_height * zoom + gap));
  return MAX ((int) (MAX (columns, 1) * MAX (rows, 1)), 1);
}

int
lt_tiles_hit (const LtTilesData *data,
              const LtStyle *style,
              double w,
              double h,
              double x,
              double y,
              cairo_rectangle_t *rect)
{
  Layout layout;
  int column, row = 0, i;

  if (!layout_plan (data, style, w, h, &layout))
    return -1;
  column = (int) floor ((x - layout.x) / layout.step_x);
  while (row + 1 < layout.rows && y >= row_y (&layout, row + 1))
    row++;
  if (column < 0 || column >= layout.columns || y < layout.y ||
      y >= row_y (&layout, row) + layout.step_y)
    return -1;
  i = picture_in (&layout, column, row);
  if (i >= 0 && rect != NULL)
    *rect = tile_rect (&layout, i);
  return i;
}

gboolean
lt_tiles_place (const LtTilesData *data,
                const LtStyle *style,
                double w,
                double h,
                int i,
                cairo_rectangle_t *rect)
{
  Layout layout;

  if (!layout_plan (data, style, w, h, &layout) || i < 0 || i >= layout.n)
    return FALSE;
  *rect = tile_rect (&layout, i);
  return TRUE;
}

void
lt_tile_paint (cairo_t *cr,
               const LtTilesData *data,
               const LtStyle *style,
               int i,
               const cairo_rectangle_t *rect)
{
  LtPicture picture;

  g_return_if_fail (i >= 0 && i < data->n);
  picture = picture_of (data, style, i, shared_scale (data));
  lt_raster_paint (cr, &picture, style, rect);
}

void
lt_picture_paint (cairo_t *cr,
                  const float *pixels,
                  int width,
                  int height,
                  int channels,
                  LtTileColour colour,
                  float lowest,
                  float highest,
                  const cairo_rectangle_t *rect)
{
  LtPicture picture = { pixels, width, height, channels, colour, lowest, highest };
  LtStyle style;

  lt_style_init (&style, FALSE, 13);
  lt_raster_paint (cr, &picture, &style, rect);
}

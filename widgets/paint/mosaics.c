/* Tables of mosaics. All cells are of one size, and a cell's pictures are as large as the
 * number of columns allows that suits them best. */
#include "paint/mosaics.h"

#include "paint/detail.h"
#include "paint/raster.h"

#include <math.h>

#define SMALL 0.85

typedef struct {
  double gutter, sign;   /* widths: of row titles, of a sign between columns */
  double header, note;   /* heights: of column titles, of a note below a cell */
  double cell_w, cell_h; /* of the pictures' place */
  double step_x, step_y, inset;
} Layout;

static gboolean
has_notes (const LtMosaicsData *data)
{
  for (int i = 0; i < data->n_rows * data->n_columns; i++)
    if (data->cells[i].note != NULL)
      return TRUE;
  return FALSE;
}

static LtRamp
ramp_of (const LtMosaicsData *data)
{
  return (LtRamp){ .colour = data->scale_colour,
                   .lowest = data->scale_lowest,
                   .highest = data->scale_highest,
                   .clipped = data->scale_clipped };
}

/* What the scale at the right leaves of the lowest rows. */
static double
note_room (const LtMosaicsData *data, const LtStyle *style, double w)
{
  LtRamp ramp = ramp_of (data);

  w -= 2 * lt_inset (style);
  return data->scale ? w - lt_ramp_width (&ramp, style) - style->text_size : w;
}

static void
layout_plan (const LtMosaicsData *data,
             const LtStyle *style,
             double w,
             double h,
             Layout *self)
{
  double line = lt_text_height (style, SMALL), text = style->text_size, bottom;

  self->inset = lt_inset (style);
  self->gutter = data->row_titles != NULL ? ceil (line) : 0;
  self->sign = data->signs != NULL ? ceil (1.3 * text) : ceil (0.6 * text);
  self->header = data->column_titles != NULL ? ceil (line * 1.1) : 0;
  self->note = has_notes (data) ? ceil (line) : 0;
  bottom =
      data->note != NULL || data->scale
          ? ceil (lt_foot_height (style, data->note, note_room (data, style, w), h) +
                  0.3 * text)
          : 0;
  w -= 2 * self->inset + self->gutter;
  h -= 2 * self->inset + self->header + bottom;
  self->step_x = (w + self->sign) / MAX (data->n_columns, 1);
  self->step_y = (h + 0.4 * text) / MAX (data->n_rows, 1);
  self->cell_w = MAX (self->step_x - self->sign, 1);
  self->cell_h = MAX (self->step_y - self->note - 0.4 * text, 1);
}

static cairo_rectangle_t
cell_rect (const Layout *self, int row, int column)
{
  return (cairo_rectangle_t){ self->inset + self->gutter + column * self->step_x,
                              self->inset + self->header + row * self->step_y,
                              self->cell_w, self->cell_h };
}

/* ---- Pictures in a cell ------------------------------------------------------------------ */

typedef struct {
  int columns, rows;
  double x, y, width, height, step_x, step_y;
} Grid;

static double
gap_between (double side)
{
  return CLAMP (round (0.06 * side), 1, 4);
}

static double
zoom_with (const LtMosaic *cell, int columns, const cairo_rectangle_t *rect)
{
  int rows = (cell->n + columns - 1) / columns;
  double w = rect->width / columns, h = rect->height / rows;
  double gap = cell->n > 1 ? gap_between (MIN (w, h)) : 0;

  return MIN ((w - gap) / cell->width, (h - gap) / cell->height);
}

/* Whole pixels where that loses little. */
static double
whole_zoom (double zoom)
{
  double whole = floor (zoom);

  return whole >= 1 && whole >= 0.8 * zoom ? whole : zoom;
}

static void
grid_plan (const LtMosaic *cell, const cairo_rectangle_t *rect, Grid *self)
{
  double best = -1, zoom, gap;

  if (cell->stretched) {
    *self =
        (Grid){ 1,           1,           rect->x, rect->y, rect->width, rect->height,
                rect->width, rect->height };
    return;
  }
  for (int columns = 1; columns <= cell->n; columns++) {
    zoom = zoom_with (cell, columns, rect);
    if (zoom > best) {
      best = zoom;
      self->columns = columns;
    }
  }
  self->rows = (cell->n + self->columns - 1) / self->columns;
  zoom = MAX (whole_zoom (best), 0.05);
  self->width = cell->width * zoom;
  self->height = cell->height * zoom;
  gap = cell->n > 1 ? gap_between (MIN (self->width, self->height)) : 0;
  self->step_x = self->width + gap;
  self->step_y = self->height + gap;
  self->x = rect->x + floor ((rect->width - self->columns * self->step_x + gap) / 2);
  self->y = rect->y;
  if (cell->n == 1)
    self->y += floor ((rect->height - self->step_y) / 2);
}

static cairo_rectangle_t
picture_rect (const Grid *self, int i)
{
  return (cairo_rectangle_t){ self->x + i % self->columns * self->step_x,
                              self->y +
                                  floor ((double) i / self->columns) * self->step_y,
                              self->width, self->height };
}

/* What a picture's last row has no units for is left to the background. */
static void
missing_paint (cairo_t *cr,
               const LtMosaic *cell,
               const LtStyle *style,
               const cairo_rectangle_t *rect)
{
  double side_x = rect->width / cell->width, side_y = rect->height / cell->height;

  if (cell->missing == 0)
    return;
  lt_style_set (cr, style->background);
  cairo_rectangle (cr, rect->x + (cell->width - cell->missing) * side_x,
                   rect->y + (cell->height - 1) * side_y, cell->missing * side_x + 1,
                   side_y + 1);
  cairo_fill (cr);
}

static void
frame_paint (cairo_t *cr, const LtStyle *style, const cairo_rectangle_t *rect)
{
  double right = rect->x + rect->width, bottom = rect->y + rect->height;

  lt_style_set (cr, style->grid);
  lt_rule_horizontal (cr, rect->x, right, rect->y, 1);
  lt_rule_horizontal (cr, rect->x, right, bottom, 1);
  lt_rule_vertical (cr, rect->x, rect->y, bottom, 1);
  lt_rule_vertical (cr, right, rect->y, bottom, 1);
}

static void
message_paint (cairo_t *cr,
               const LtStyle *style,
               const char *text,
               const cairo_rectangle_t *rect)
{
  LtStyle small = *style;

  if (text == NULL)
    return;
  small.text_size *= SMALL;
  cairo_save (cr);
  cairo_translate (cr, rect->x, rect->y);
  lt_message_paint (cr, &small, text, rect->width, rect->height);
  cairo_restore (cr);
}

/* Returns where the pictures end. */
static double
pictures_paint (cairo_t *cr,
                const LtMosaic *cell,
                const LtStyle *style,
                const cairo_rectangle_t *rect)
{
  gsize size = (gsize) cell->width * cell->height * cell->channels;
  Grid grid;

  grid_plan (cell, rect, &grid);
  for (int i = 0; i < cell->n; i++) {
    LtPicture picture = { cell->pixels + i * size,
                          cell->width,
                          cell->height,
                          cell->channels,
                          cell->colour,
                          cell->lowest,
                          cell->highest };
    cairo_rectangle_t place = picture_rect (&grid, i);

    lt_raster_paint (cr, &picture, style, &place);
    if (cell->n == 1)
      frame_paint (cr, style, &place);
    missing_paint (cr, cell, style, &place);
  }
  return grid.y + grid.rows * grid.step_y;
}

static void
cell_paint (cairo_t *cr,
            const LtMosaicsData *data,
            const LtStyle *style,
            const Layout *layout,
            int row,
            int column)
{
  const LtMosaic *cell = &data->cells[row * data->n_columns + column];
  cairo_rectangle_t rect = cell_rect (layout, row, column);
  double bottom = rect.y + rect.height;

  if (cell->n == 0)
    message_paint (cr, style, cell->message, &rect);
  else
    bottom = MIN (bottom, pictures_paint (cr, cell, style, &rect));
  if (cell->note == NULL)
    return;
  lt_style_set (cr, column == data->emphasised ? style->accent : style->dim);
  lt_text_paint (cr, style, cell->note, rect.x + rect.width / 2,
                 bottom + layout->note / 2, LT_ALIGN_MIDDLE, SMALL,
                 column == data->emphasised, layout->step_x - 2);
}

/* ---- Titles ------------------------------------------------------------------------------- */

static void
column_titles_paint (cairo_t *cr,
                     const LtMosaicsData *data,
                     const LtStyle *style,
                     const Layout *layout)
{
  for (int i = 0; data->column_titles != NULL && i < data->n_columns; i++) {
    cairo_rectangle_t rect = cell_rect (layout, 0, i);

    lt_style_set (cr, i == data->emphasised ? style->accent : style->foreground);
    lt_text_paint (cr, style, data->column_titles[i], rect.x + rect.width / 2,
                   layout->inset + layout->header / 2, LT_ALIGN_MIDDLE, SMALL, TRUE,
                   layout->step_x - 2);
  }
}

static void
row_titles_paint (cairo_t *cr,
                  const LtMosaicsData *data,
                  const LtStyle *style,
                  const Layout *layout)
{
  for (int i = 0; data->row_titles != NULL && i < data->n_rows; i++) {
    cairo_rectangle_t rect = cell_rect (layout, i, 0);

    cairo_save (cr);
    cairo_translate (cr, layout->inset + layout->gutter / 2 - style->text_size / 8,
                     rect.y + rect.height / 2);
    cairo_rotate (cr, -G_PI / 2);
    lt_style_set (cr, style->dim);
    lt_text_paint (cr, style, data->row_titles[i], 0, 0, LT_ALIGN_MIDDLE, SMALL, FALSE,
                   layout->step_y);
    cairo_restore (cr);
  }
}

static void
signs_paint (cairo_t *cr,
             const LtMosaicsData *data,
             const LtStyle *style,
             const Layout *layout)
{
  lt_style_set (cr, style->dim);
  for (int row = 0; data->signs != NULL && row < data->n_rows; row++)
    for (int i = 0; i + 1 < data->n_columns; i++) {
      cairo_rectangle_t rect = cell_rect (layout, row, i);

      lt_text_paint (cr, style, data->signs[i], rect.x + rect.width + layout->sign / 2,
                     rect.y + rect.height / 2, LT_ALIGN_MIDDLE, 1.1, TRUE, 0);
    }
}

/* The scale at the right, the note before it. */
static void
bottom_paint (cairo_t *cr,
              const LtMosaicsData *data,
              const LtStyle *style,
              double w,
              double h)
{
  double inset = lt_inset (style);
  LtRamp ramp = ramp_of (data);

  if (data->scale)
    (void) lt_ramp_paint (cr, &ramp, style, w - inset,
                          h - inset - lt_text_height (style, SMALL) / 2);
  cairo_translate (cr, inset, 0);
  lt_foot_paint (cr, style, data->note, note_room (data, style, w), h - inset);
}

void
lt_mosaics_paint (cairo_t *cr,
                  const LtMosaicsData *data,
                  const LtStyle *style,
                  double w,
                  double h)
{
  Layout layout;

  layout_plan (data, style, w, h, &layout);
  cairo_save (cr);
  column_titles_paint (cr, data, style, &layout);
  row_titles_paint (cr, data, style, &layout);
  signs_paint (cr, data, style, &layout);
  for (int row = 0; row < data->n_rows; row++)
    for (int column = 0; column < data->n_columns; column++)
      cell_paint (cr, data, style, &layout, row, column);
  bottom_paint (cr, data, style, w, h);
  cairo_restore (cr);
}

/* ---- Under the pointer ---------------------------------------------------------------------- */

static void
hit_picture (const LtMosaic *cell,
             const cairo_rectangle_t *rect,
             double x,
             double y,
             LtMosaicPlace *place)
{
  int column, row;
  Grid grid;

  if (cell->n == 0)
    return;
  grid_plan (cell, rect, &grid);
  column = (int) floor ((x - grid.x) / grid.step_x);
  row = (int) floor ((y - grid.y) / grid.step_y);
  if (column < 0 || column >= grid.columns || row < 0 || row >= grid.rows ||
      row * grid.columns + column >= cell->n)
    return;
  place->rect = picture_rect (&grid, row * grid.columns + column);
  x = (x - place->rect.x) / place->rect.width;
  y = (y - place->rect.y) / place->rect.height;
  if (x < 0 || x >= 1 || y < 0 || y >= 1)
    return;
  place->x = (int) (x * cell->width);
  place->y = (int) (y * cell->height);
  if (place->y == cell->height - 1 && place->x >= cell->width - cell->missing)
    return;
  place->picture = row * grid.columns + column;
}

gboolean
lt_mosaics_hit (const LtMosaicsData *data,
                const LtStyle *style,
                double w,
                double h,
                double x,
                double y,
                LtMosaicPlace *place)
{
  Layout layout;

  layout_plan (data, style, w, h, &layout);
  *place = (LtMosaicPlace){ .row = -1, .column = -1, .picture = -1 };
  for (int row = 0; row < data->n_rows; row++)
    for (int column = 0; column < data->n_columns; column++) {
      cairo_rectangle_t rect = cell_rect (&layout, row, column);

      if (x < rect.x || x >= rect.x + rect.width || y >= rect.y + rect.height ||
          y < (row == 0 ? layout.inset : rect.y))
        continue;
      place->row = y < rect.y ? -1 : row;
      place->column = column;
      if (place->row >= 0)
        hit_picture (&data->cells[row * data->n_columns + column], &rect, x, y, place);
      return TRUE;
    }
  return FALSE;
}

int
lt_mosaics_capacity (const LtMosaicsData *data,
                     const LtStyle *style,
                     double w,
                     double h,
                     int width,
                     int height)
{
  Layout layout;
  double side, zoom, gap;

  layout_plan (data, style, w, h, &layout);
  side = MAX (1.6 * style->text_size, MIN (layout.cell_w, layout.cell_h) / 5);
  zoom = side / MAX (MAX (width, height), 1);
  gap = gap_between (side);
  return MAX (1, (int) (layout.cell_w / (width * zoom + gap))) *
         MAX (1, (int) (layout.cell_h / (height * zoom + gap)));
}

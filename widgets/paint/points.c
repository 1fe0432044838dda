/* Ten thousand markers in a few milliseconds: each class's marker is drawn once by cairo at
 * every quarter of a pixel and then stamped into a layer, which lands on the target in one
 * piece. For vector targets every marker is a path. */
#include "paint/points.h"

#include "paint/detail.h"

#include <math.h>
#include <string.h>

#define PHASES 4 /* positions of a stamp within a pixel, along each axis */

typedef struct {
  int label;
  double alpha;
} Look;

typedef struct {
  cairo_surface_t *surface;
  guchar *data;
  int stride, w, h;
} Layer;

typedef struct {
  const LtScatterData *data;
  const LtStyle *style;
  LtAxes axes;
  cairo_rectangle_t plot;
  double x0, dx, y0, dy; /* pixel = x0 + dx · value, on linear axes */
  double radius;
} Points;

/* Stamps of one pass, by class and phase; made when first used. */
typedef struct {
  const Points *points;
  double scale;
  double alpha;
  int side;
  GHashTable *stamps; /* key → Layer */
} Stamps;

static Layer *
layer_new (int w, int h)
{
  Layer *layer = g_new0 (Layer, 1);

  layer->surface = cairo_image_surface_create (CAIRO_FORMAT_ARGB32, w, h);
  layer->data = cairo_image_surface_get_data (layer->surface);
  layer->stride = cairo_image_surface_get_stride (layer->surface);
  layer->w = layer->data != NULL ? w : 0;
  layer->h = layer->data != NULL ? h : 0;
  return layer;
}

static void
layer_free (gpointer layer)
{
  cairo_surface_destroy (((Layer *) layer)->surface);
  g_free (layer);
}

static int
label_of (const LtScatterData *data, int i)
{
  return data->labels != NULL ? data->labels[i] : -1;
}

/* Pixels of point i; FALSE when it lies outside or is not finite. */
static gboolean
point_place (const Points *self, int i, double *x, double *y)
{
  double px = (double) self->data->points[2 * i];
  double py = (double) self->data->points[2 * i + 1];
  double margin = self->radius * 2;

  if (!isfinite (px) || !isfinite (py))
    return FALSE;
  if (self->axes.x.logarithmic || self->axes.y.logarithmic) {
    *x = lt_axes_x (&self->axes, &self->plot, px);
    *y = lt_axes_y (&self->axes, &self->plot, py);
  } else {
    *x = self->x0 + self->dx * px;
    *y = self->y0 + self->dy * py;
  }
  return *x > self->plot.x - margin &&
         *x<self->plot.x + self->plot.width + margin && * y> self->plot.y - margin &&
         *y < self->plot.y + self->plot.height + margin;
}

/* The mapping, once for all points. */
static void
points_init (Points *self,
             const LtScatterData *data,
             const LtStyle *style,
             const cairo_rectangle_t *plot)
{
  const LtAxes *axes = &data->axes;

  *self = (Points){ .data = data, .style = style, .axes = *axes, .plot = *plot };
  self->x0 = lt_axes_x (axes, plot, 0);
  self->dx = lt_axes_x (axes, plot, 1) - self->x0;
  self->y0 = lt_axes_y (axes, plot, 0);
  self->dy = lt_axes_y (axes, plot, 1) - self->y0;
  self->radius = lt_points_radius (style, data->n, plot);
}

/* A marker with a rim of background, which keeps neighbours apart where they crowd. */
static void
marker_paint (const Points *self, cairo_t *cr, Look look, double x, double y)
{
  LtColour colour = lt_style_class_colour (self->style, look.label);

  if (self->radius > 2) {
    lt_style_set (cr, lt_colour_with_alpha (self->style->background, look.alpha * 0.7));
    lt_marker_paint (cr, look.label, x, y, self->radius + 0.6);
  }
  lt_style_set (cr, lt_colour_with_alpha (colour, look.alpha));
  lt_marker_paint (cr, look.label, x, y, self->radius);
}

static const Layer *
stamp_at (Stamps *stamps, int label, int phase_x, int phase_y)
{
  int key = ((label + 1) * PHASES + phase_x) * PHASES + phase_y;
  Layer *stamp = g_hash_table_lookup (stamps->stamps, GINT_TO_POINTER (key));
  double middle = floor (stamps->side / 2.0);
  cairo_t *cr;

  if (stamp != NULL)
    return stamp;
  stamp = layer_new (stamps->side, stamps->side);
  cr = cairo_create (stamp->surface);
  cairo_translate (cr, middle + (double) phase_x / PHASES,
                   middle + (double) phase_y / PHASES);
  cairo_scale (cr, stamps->scale, stamps->scale);
  marker_paint (stamps->points, cr, (Look){ label, stamps->alpha }, 0, 0);
  cairo_destroy (cr);
  cairo_surface_flush (stamp->surface);
  g_hash_table_insert (stamps->stamps, GINT_TO_POINTER (key), stamp);
  return stamp;
}

/* a · b / 255 for the four channels of a premultiplied pixel. */
static inline guint32
fade (guint32 pixel, guint32 by)
{
  guint32 low = (pixel & 0xff00ff) * by + 0x800080;
  guint32 high = (pixel >> 8 & 0xff00ff) * by + 0x800080;

  low = (low + (low >> 8 & 0xff00ff)) >> 8 & 0xff00ff;
  high = (high + (high >> 8 & 0xff00ff)) & 0xff00ff00;
  return low | high;
}

/* stamp OVER layer with its corner at (x, y). */
static void
stamp_blend (Layer *layer, const Layer *stamp, int x, int y)
{
  int first_x = MAX (0, -x), last_x = MIN (stamp->w, layer->w - x);
  int first_y = MAX (0, -y), last_y = MIN (stamp->h, layer->h - y);

  for (int row = first_y; row < last_y; row++) {
    const guint32 *from =
        (const guint32 *) (const void *) (stamp->data + (gsize) row * stamp->stride);
    guint32 *to =
        (guint32 *) (void *) (layer->data + (gsize) (y + row) * layer->stride) + x;

    for (int column = first_x; column < last_x; column++)
      if (from[column] != 0)
        to[column] = from[column] + fade (to[column], 255 - (from[column] >> 24));
  }
}

static gboolean
belongs (const Points *self, int i, gboolean emphasised)
{
  int wanted = self->data->emphasised;

  return wanted < 0 || (label_of (self->data, i) == wanted) == emphasised;
}

static void
pass_stamp (const Points *self, Layer *layer, double scale, Look pass)
{
  Stamps stamps = { self, scale, pass.alpha, 0, NULL };

  stamps.side = 2 * ((int) ceil ((1.6 * self->radius + 1) * scale) + 1) + 1;
  stamps.stamps = g_hash_table_new_full (NULL, NULL, NULL, layer_free);
  for (int i = 0; i < self->data->n; i++) {
    double x, y;
    int qx, qy;

    if (!belongs (self, i, pass.label) || !point_place (self, i, &x, &y))
      continue;
    qx = (int) floor ((x - self->plot.x) * scale * PHASES + 0.5);
    qy = (int) floor ((y - self->plot.y) * scale * PHASES + 0.5);
    stamp_blend (layer,
                 stamp_at (&stamps, label_of (self->data, i), qx & (PHASES - 1),
                           qy & (PHASES - 1)),
                 (qx >> 2) - stamps.side / 2, (qy >> 2) - stamps.side / 2);
  }
  g_hash_table_unref (stamps.stamps);
}

static void
pass_draw (const Points *self, cairo_t *cr, Look pass)
{
  for (int i = 0; i < self->data->n; i++) {
    double x, y;

    if (belongs (self, i, pass.label) && point_place (self, i, &x, &y))
      marker_paint (self, cr, (Look){ label_of (self->data, i), pass.alpha }, x, y);
  }
}

static void
points_stamp (const Points *self, cairo_t *cr, const Look *passes, int n_passes)
{
  double scale = lt_device_scale (cr);
  double x = self->plot.x, y = self->plot.y;
  Layer *layer = layer_new ((int) ceil (self->plot.width * scale) + 1,
                            (int) ceil (self->plot.height * scale) + 1);

  for (int i = 0; i < n_passes; i++)
    pass_stamp (self, layer, scale, passes[i]);
  cairo_surface_mark_dirty (layer->surface);
  cairo_save (cr);
  lt_snap (cr, &x, &y);
  cairo_translate (cr, x, y);
  cairo_scale (cr, 1 / scale, 1 / scale);
  cairo_set_source_surface (cr, layer->surface, 0, 0);
  cairo_pattern_set_filter (cairo_get_source (cr), CAIRO_FILTER_NEAREST);
  cairo_paint (cr);
  cairo_restore (cr);
  layer_free (layer);
}

double
lt_points_radius (const LtStyle *style, int n, const cairo_rectangle_t *plot)
{
  double share = sqrt (plot->width * plot->height / MAX (n, 1));

  return CLAMP (0.42 * share, 0.14 * style->text_size, 0.32 * style->text_size);
}

void
lt_points_paint (cairo_t *cr,
                 const LtScatterData *data,
                 const LtStyle *style,
                 const cairo_rectangle_t *plot)
{
  /* A pass's label says which points it takes: the emphasised class or the others. */
  double alpha = style->dark || data->n <= 2000 ? 0.88 : 0.78;
  Look all = { TRUE, alpha };
  Look emphasis[2] = { { FALSE, 0.14 }, { TRUE, 0.95 } };
  const Look *passes = data->emphasised >= 0 ? emphasis : &all;
  int n_passes = data->emphasised >= 0 ? 2 : 1;
  Points points;

  if (data->n <= 0 || data->points == NULL)
    return;
  points_init (&points, data, style, plot);
  cairo_save (cr);
  cairo_rectangle (cr, plot->x - points.radius, plot->y - points.radius,
                   plot->width + 2 * points.radius, plot->height + 2 * points.radius);
  cairo_clip (cr);
  if (lt_is_raster (cr))
    points_stamp (&points, cr, passes, n_passes);
  else
    for (int i = 0; i < n_passes; i++)
      pass_draw (&points, cr, passes[i]);
  cairo_restore (cr);
}

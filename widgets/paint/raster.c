/* Numbers to pixels. On a raster target the picture is resampled to exactly its device
 * pixels by area: a whole enlargement is then NEAREST to the bit, any other is as sharp as
 * pixels allow, and a reduction is a mean rather than a choice of rows. */
#include "paint/raster.h"

#include "paint/detail.h"

#include <math.h>

#define RAMP_SCALE 0.85

/* One source cell's share of the target pixels, for one direction: target pixel t averages
 * the source over [t, t + 1) · n_source / n_target. */
static void
resample_line (const float *from, int n_from, float *to, int n_to)
{
  double ratio = (double) n_from / n_to;

  for (int t = 0; t < n_to; t++) {
    double start = t * ratio, end = start + ratio;
    int first = (int) (start + 1e-9);
    int last = MIN ((int) ceil (end - 1e-9), n_from);
    float sum[3] = { 0, 0, 0 };
    float total = 0;

    for (int s = first; s < last; s++) {
      float share = (float) (MIN (end, s + 1) - MAX (start, s));

      for (int c = 0; c < 3; c++)
        sum[c] += share * from[3 * s + c];
      total += share;
    }
    for (int c = 0; c < 3; c++)
      to[3 * t + c] = sum[c] / total;
  }
}

static void
transpose (const float *from, int width, int height, float *to)
{
  for (int y = 0; y < height; y++)
    for (int x = 0; x < width; x++)
      for (int c = 0; c < 3; c++)
        to[3 * ((gsize) x * height + y) + c] = from[3 * ((gsize) y * width + x) + c];
}

/* colours: [height, width, 3] → [h, w, 3], for the caller. */
static float *
resample (const float *colours, int width, int height, int w, int h)
{
  gsize tall = MAX (height, h);
  float *wide = g_new (float, 3 * tall * w);
  float *turned = g_new (float, 3 * tall * w);

  for (int y = 0; y < height; y++)
    resample_line (colours + 3 * (gsize) y * width, width, wide + 3 * (gsize) y * w, w);
  transpose (wide, w, height, turned);
  for (int x = 0; x < w; x++)
    resample_line (turned + 3 * (gsize) x * height, height, wide + 3 * (gsize) x * h,
                   h);
  transpose (wide, h, w, turned);
  g_free (wide);
  return turned;
}

/* The colour of one pixel's numbers. */
static LtColour
colour_of (const LtPicture *picture, const LtStyle *style, const float *pixel)
{
  float range = picture->highest - picture->lowest;
  gboolean flat = !(range > 0) || isinf (range);
  double value[3];

  for (int c = 0; c < 3; c++) {
    float number = pixel[picture->channels >= 3 ? c : 0];

    value[c] = flat ? 0.5 : (double) ((number - picture->lowest) / range);
    value[c] = CLAMP (value[c], 0, 1);
  }
  if (picture->colour == LT_TILES_DIVERGING)
    return lt_style_diverging (style, 2 * value[0] - 1);
  if (picture->colour == LT_TILES_SEQUENTIAL)
    return lt_style_sequential (style, value[0]);
  return (LtColour){ value[0], value[1], value[2], 1 };
}

/* Colours nearer to each other than this cannot be told apart at a glance. */
#define MELTING 0.08

static gboolean
is_ground (const LtPicture *picture, const LtStyle *style, int x, int y)
{
  gsize i = (gsize) y * picture->width + x;
  LtColour colour = colour_of (picture, style, picture->pixels + i * picture->channels);
  LtColour ground = style->background;

  return fabs (colour.r - ground.r) < MELTING && fabs (colour.g - ground.g) < MELTING &&
         fabs (colour.b - ground.b) < MELTING;
}

gboolean
lt_raster_melts (const LtPicture *picture, const LtStyle *style)
{
  int w = picture->width, h = picture->height, n = 0;

  for (int x = 0; x < w; x++)
    n += is_ground (picture, style, x, 0) + is_ground (picture, style, x, h - 1);
  for (int y = 0; y < h; y++)
    n += is_ground (picture, style, 0, y) + is_ground (picture, style, w - 1, y);
  return n > w + h;
}

static gboolean
is_nan (const LtPicture *picture, const float *pixel)
{
  for (int c = 0; c < picture->channels; c++)
    if (isnan (pixel[c]))
      return TRUE;
  return FALSE;
}

/* [height, width, 3] for the caller. */
static float *
colours_new (const LtPicture *picture, const LtStyle *style)
{
  float *colours = g_new (float, (gsize) picture->width * picture->height * 3);
  LtColour stripe = style->warning;
  LtColour between = lt_colour_mix (style->warning, style->background, 0.75);

  for (int y = 0; y < picture->height; y++)
    for (int x = 0; x < picture->width; x++) {
      gsize i = (gsize) y * picture->width + x;
      const float *pixel = picture->pixels + i * picture->channels;
      LtColour colour = !is_nan (picture, pixel) ? colour_of (picture, style, pixel)
                        : (x + y) % 4 < 2        ? stripe
                                                 : between;

      colours[3 * i] = (float) colour.r;
      colours[3 * i + 1] = (float) colour.g;
      colours[3 * i + 2] = (float) colour.b;
    }
  return colours;
}

static cairo_surface_t *
surface_new (const float *colours, int w, int h)
{
  cairo_surface_t *surface = cairo_image_surface_create (CAIRO_FORMAT_RGB24, w, h);
  guchar *data = cairo_image_surface_get_data (surface);
  int stride = cairo_image_surface_get_stride (surface);

  for (int y = 0; y < h && data != NULL; y++)
    for (int x = 0; x < w; x++) {
      const float *colour = colours + 3 * ((gsize) y * w + x);
      guint32 *pixel = (guint32 *) (void *) (data + (gsize) y * stride) + x;

      *pixel = (guint32) (colour[0] * 255 + 0.5F) << 16 |
               (guint32) (colour[1] * 255 + 0.5F) << 8 |
               (guint32) (colour[2] * 255 + 0.5F);
    }
  cairo_surface_mark_dirty (surface);
  return surface;
}

static void
surface_paint (cairo_t *cr, cairo_surface_t *surface, const cairo_rectangle_t *rect)
{
  cairo_save (cr);
  cairo_translate (cr, rect->x, rect->y);
  cairo_scale (cr, rect->width / cairo_image_surface_get_width (surface),
               rect->height / cairo_image_surface_get_height (surface));
  cairo_set_source_surface (cr, surface, 0, 0);
  cairo_pattern_set_filter (cairo_get_source (cr), CAIRO_FILTER_NEAREST);
  cairo_paint (cr);
  cairo_restore (cr);
}

/* Moves the corners to device pixels; the size in those. */
static void
rect_snap (cairo_t *cr, cairo_rectangle_t *rect, int *w, int *h)
{
  double scale = lt_device_scale (cr);
  double x = rect->x, y = rect->y;
  double x1 = x + rect->width, y1 = y + rect->height;

  lt_snap (cr, &x, &y);
  lt_snap (cr, &x1, &y1);
  *w = MAX ((int) round ((x1 - x) * scale), 1);
  *h = MAX ((int) round ((y1 - y) * scale), 1);
  *rect = (cairo_rectangle_t){ x, y, *w / scale, *h / scale };
}

void
lt_raster_paint (cairo_t *cr,
                 const LtPicture *picture,
                 const LtStyle *style,
                 const cairo_rectangle_t *rect)
{
  cairo_rectangle_t place = *rect;
  cairo_surface_t *surface;
  float *colours;

  if (picture->width <= 0 || picture->height <= 0 || rect->width <= 0 ||
      rect->height <= 0)
    return;
  colours = colours_new (picture, style);
  if (lt_is_raster (cr)) {
    int w, h;
    float *fitted;

    rect_snap (cr, &place, &w, &h);
    fitted = resample (colours, picture->width, picture->height, w, h);
    surface = surface_new (fitted, w, h);
    g_free (fitted);
  } else {
    surface = surface_new (colours, picture->width, picture->height);
  }
  surface_paint (cr, surface, &place);
  cairo_surface_destroy (surface);
  g_free (colours);
}

static void
ramp_words (const LtRamp *ramp, char low[32], char high[32])
{
  g_snprintf (high, 32, "%s%.3g", ramp->clipped ? "≥ " : "", (double) ramp->highest);
  g_snprintf (low, 32,
              ramp->lowest >= 0 ? "%.3g"
              : ramp->clipped   ? "≤ −%.3g"
                                : "−%.3g",
              fabs ((double) ramp->lowest));
  if (ramp->low != NULL)
    g_strlcpy (low, ramp->low, 32);
  if (ramp->high != NULL)
    g_strlcpy (high, ramp->high, 32);
}

static double
ramp_bar (const LtStyle *style)
{
  return 3 * style->text_size;
}

static double
ramp_gap (const LtStyle *style)
{
  return 0.35 * style->text_size;
}

double
lt_ramp_width (const LtRamp *ramp, const LtStyle *style)
{
  char low[32], high[32];

  ramp_words (ramp, low, high);
  return lt_text_width (NULL, style, low, RAMP_SCALE, FALSE) + ramp_bar (style) +
         lt_text_width (NULL, style, high, RAMP_SCALE, FALSE) + 2 * ramp_gap (style);
}

double
lt_ramp_paint (cairo_t *cr,
               const LtRamp *ramp,
               const LtStyle *style,
               double right,
               double y)
{
  double bar = ramp_bar (style), gap = ramp_gap (style);
  double height = style->text_size * 0.6;
  float pixels[48];
  LtPicture picture = { pixels,       G_N_ELEMENTS (pixels), 1, 1, ramp->colour,
                        ramp->lowest, ramp->highest };
  char low[32], high[32];
  cairo_rectangle_t rect;

  ramp_words (ramp, low, high);
  for (int i = 0; i < picture.width; i++)
    pixels[i] = ramp->lowest + (ramp->highest - ramp->lowest) * (float) i /
                                   (float) (picture.width - 1);
  lt_style_set (cr, style->dim);
  right -=
      lt_text_paint (cr, style, high, right, y, LT_ALIGN_END, RAMP_SCALE, FALSE, 0) +
      gap;
  rect = (cairo_rectangle_t){ right - bar, y - height / 2, bar, height };
  lt_raster_paint (cr, &picture, style, &rect);
  right -= bar + gap;
  lt_style_set (cr, style->dim);
  return right -
         lt_text_paint (cr, style, low, right, y, LT_ALIGN_END, RAMP_SCALE, FALSE, 0);
}

/* Biases as pictures. */
#include "views/bias-picture.h"

#include <math.h>

#include "core/error.h"
#include "views/hidden-picture.h"

static void
arrange_visible (LtBiasPicture *self, const LtShape *shape)
{
  LtMosaic *cell = &self->cell;

  lt_view_picture_init (&self->picture, shape);
  cell->width = self->picture.width;
  cell->height = self->picture.height;
  cell->channels = self->picture.channels;
  cell->stretched = cell->height == 1;
  self->pixels = g_new (float, lt_view_picture_size (&self->picture));
  lt_view_picture_cut (&self->picture, self->biases->values, shape->nv, 1,
                       self->pixels);
}

static void
arrange_hidden (LtBiasPicture *self)
{
  LtMosaic *cell = &self->cell;
  LtHiddenPicture units;

  lt_hidden_picture_init (&units, self->biases->n);
  cell->width = units.width;
  cell->height = units.height;
  cell->channels = 1;
  cell->missing = units.missing;
  self->pixels =
      lt_hidden_picture_cut (&units, self->biases->values, 1, self->biases->n);
}

/* The colours of weights, on a scale that reaches as far downwards as upwards. */
static void
choose_scale (LtBiasPicture *self)
{
  float largest = 0;

  for (int i = 0; i < self->biases->n; i++)
    largest = MAX (largest, fabsf (self->biases->values[i]));
  self->cell.colour = self->cell.channels == 3 ? LT_TILES_COLOUR : LT_TILES_DIVERGING;
  self->cell.highest = MAX (largest, 1e-6f);
  self->cell.lowest = -self->cell.highest;
}

LtBiasPicture *
lt_bias_picture_new (const LtSnapshot *snapshot, int layer, GError **error)
{
  LtBiases *biases = lt_probe_biases (snapshot, layer);
  g_autofree char *n = NULL;
  LtBiasPicture *self;

  if (biases == NULL) {
    g_set_error (error, LT_ERROR, LT_ERROR_UNSUPPORTED,
                 "The %s units of this model have no biases; choose what=weights.",
                 layer < 0 ? "visible" : "hidden");
    return NULL;
  }
  self = g_new0 (LtBiasPicture, 1);
  self->biases = biases;
  self->visible = layer < 0;
  self->cell.n = 1;
  if (self->visible)
    arrange_visible (self, &snapshot->model->shape);
  else
    arrange_hidden (self);
  self->cell.pixels = self->pixels;
  choose_scale (self);
  n = lt_view_count (biases->n);
  self->note = g_strdup_printf ("biases %s of %s, %s units", biases->name,
                                self->visible ? "the data" : biases->layer.name, n);
  return self;
}

void
lt_bias_picture_free (LtBiasPicture *self)
{
  if (self == NULL)
    return;
  lt_biases_free (self->biases);
  g_free (self->pixels);
  g_free (self->note);
  g_free (self);
}

static LtMosaicsData
table_of (const LtBiasPicture *self)
{
  return (LtMosaicsData){ .n_rows = 1,
                          .n_columns = 1,
                          .cells = &self->cell,
                          .emphasised = -1,
                          .note = self->note,
                          .scale = TRUE,
                          .scale_colour = self->cell.colour,
                          .scale_lowest = self->cell.lowest,
                          .scale_highest = self->cell.highest };
}

void
lt_bias_picture_paint (const LtBiasPicture *self,
                       cairo_t *cr,
                       const LtStyle *style,
                       double w,
                       double h)
{
  LtMosaicsData data = table_of (self);

  lt_mosaics_paint (cr, &data, style, w, h);
}

gboolean
lt_bias_picture_hit (const LtBiasPicture *self,
                     const LtStyle *style,
                     double w,
                     double h,
                     LtViewHit *found)
{
  LtMosaicsData data = table_of (self);
  LtMosaicPlace place;
  int unit;

  if (!lt_mosaics_hit (&data, style, w, h, found->x, found->y, &place) ||
      place.picture < 0)
    return FALSE;
  unit = place.y * self->cell.width + place.x;
  if (self->visible)
    unit = self->picture.offset + unit * self->picture.stride;
  found->item = unit;
  found->rect = (cairo_rectangle_t){ found->x, found->y, 0, 0 };
  g_snprintf (found->text, sizeof found->text, "%s unit %d: bias %.4g",
              self->visible ? "visible" : self->biases->layer.name, unit,
              (double) self->biases->values[unit]);
  return TRUE;
}

char *
lt_bias_picture_to_csv (const LtBiasPicture *self)
{
  GString *csv = g_string_new ("unit,bias\n");

  for (int i = 0; i < self->biases->n; i++) {
    g_string_append_printf (csv, "%d,", i);
    lt_csv_number (csv, (double) self->biases->values[i]);
    g_string_append_c (csv, '\n');
  }
  return g_string_free (csv, FALSE);
}

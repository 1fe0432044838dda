/* What the views share: pictures cut out of rows, the card that shows what is under the
 * pointer, and how numbers are written. Not for the folders outside. */
#pragma once

#include "paint/tiles.h"
#include "views/view.h"

G_BEGIN_DECLS

/* ---- Words and numbers ---------------------------------------------------------- */

/* "epoch 12", or "epoch 3.4" in the middle of one. */
char *lt_view_moment (const LtSnapshot *snapshot) G_GNUC_WARN_UNUSED_RESULT;

/* "10,000". */
char *lt_view_count (gsize n) G_GNUC_WARN_UNUSED_RESULT;

/* The text, which is taken, with typographic minus signs before negative numbers: "−0.08". */
char *lt_view_minus (char *text) G_GNUC_WARN_UNUSED_RESULT;

/* Appends a number that reads back exactly as a float, with a point whatever the
 * language; and text, quoted where CSV needs it. */
void lt_csv_number (GString *csv, double value);
void lt_csv_text (GString *csv, const char *text);

/* The knob "split": "judge" is the split to judge on. */
extern const char *const lt_view_split_names[];
LtSplit lt_view_split (int choice, const LtDataset *data);

/* The classes' names, NULL-terminated and owned by the caller; NULL when there are none. */
char **lt_view_class_names (const LtDataset *data) G_GNUC_WARN_UNUSED_RESULT;

/* How far a computation that may take seconds has got; FALSE: it is to stop. */
gboolean lt_view_tell (const LtViewRequest *request, const char *what, double part);

/* ---- Pictures --------------------------------------------------------------------- */

/* How a row is seen: its first modality when that is a picture, else the row as a strip, in
 * the two colours of positive and negative where its values have a sign. */
typedef struct {
  int width, height, channels; /* as drawn: 1 or 3 channels */
  LtTileColour colour;
  int offset, stride; /* where the values lie in the row; between two pixels */
} LtViewPicture;

void lt_view_picture_init (LtViewPicture *self, const LtShape *shape);
gsize lt_view_picture_size (const LtViewPicture *self); /* in floats */

/* Cuts n pictures out of rows [n, nv]. */
void lt_view_picture_cut (const LtViewPicture *self,
                          const float *rows,
                          int nv,
                          int n,
                          float *pixels);

/* n of them on one scale, as tiles without names. */
LtTilesData lt_view_picture_tiles (const LtViewPicture *self,
                                   const float *pixels,
                                   int n,
                                   float lowest,
                                   float highest);

/* Brings rows of data [n, nv] to how they were before scaling, where that is what people
 * would recognise, in place: pictures, but not features, each of which has a unit of its own. */
void lt_view_unscale (const LtDataset *data, int n, float *rows);

/* What is shown as black and as white: [0, 1] where all values lie there, else the range of
 * these rows. */
void lt_view_range (const LtDataset *data,
                    const float *rows,
                    int n,
                    float *lowest,
                    float *highest);

/* What the share q of n finite values lies below; n > 0. */
float lt_view_quantile (const float *values, gsize n, double q);

gboolean lt_rect_contains (const cairo_rectangle_t *rect, double x, double y);

/* ---- The card under the pointer ----------------------------------------------------- */

#define LT_LENS_MAX 3

/* Up to three pictures side by side, each with its caption, beside the pointer. */
typedef struct {
  double x, y;   /* pixels: what it belongs to */
  gboolean mark; /* a ring there */
  int n;
  LtViewPicture picture;
  LtTileColour colour; /* DIVERGING: on one scale for all */
  float lowest, highest;
  float *pixels; /* [n, picture]; NULL: captions only */
  char *captions[LT_LENS_MAX];
  char *title; /* or NULL */
} LtLens;

/* A view's lens: a card with what was found and no picture. */
gpointer lt_lens_text (const LtViewRequest *request,
                       gconstpointer result,
                       const LtViewHit *found,
                       gboolean pressed) G_GNUC_WARN_UNUSED_RESULT;

/* The column of the tile that was found, enlarged: a picture a row, with the rows' titles.
 * NULL where there is none, or it is large enough. */
gpointer lt_lens_of_tiles (const LtTilesData *tiles,
                           const LtViewPicture *picture,
                           const LtViewHit *found) G_GNUC_WARN_UNUSED_RESULT;

void lt_lens_paint (gconstpointer lens,
                    gconstpointer result,
                    cairo_t *cr,
                    const LtStyle *style,
                    double w,
                    double h);
void lt_lens_free (gpointer lens);

/* ---- Export ----------------------------------------------------------------------- */

extern const LtView lt_filters_view;
extern const LtView lt_reconstructions_view;
extern const LtView lt_latent_map_view;
extern const LtView lt_vector_field_view;
extern const LtView lt_learning_curves_view;
extern const LtView lt_distributions_view;
extern const LtView lt_network_view;
extern const LtView lt_energy_view;
extern const LtView lt_particles_view;
extern const LtView lt_phase_microscope_view;
extern const LtView lt_mean_field_view;
extern const LtView lt_dashboard_view;

G_END_DECLS

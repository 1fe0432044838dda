/* Views: a table of ways to look at a model. A view is a probe and a painting: one table
 * entry and one file in this folder.
 *
 * compute and paint run on a worker thread in the window, and on the only thread in
 * `lantern show`; nothing here uses GTK. A view asks for capabilities, never for a family's
 * name, and never knows where its snapshot came from. */
#pragma once

#include "paint/style.h"
#include "probes/probes.h"
#include "train/log.h"
#include "views/drawing.h"

G_BEGIN_DECLS

typedef struct _LtView LtView;

/* The run's curves, copied: what the learning curves show. */
typedef struct {
  GArray *rows;   /* LtLogRow */
  GArray *epochs; /* LtLogEpoch */
  GArray *events; /* LtLogEvent */
} LtLogCopy;

/* What a view that can move (next_frame) is asked for. */
typedef enum {
  LT_VIEW_STILL,  /* a picture that stands by itself, the same each time */
  LT_VIEW_HELD,   /* it is to stand where `previous` stands */
  LT_VIEW_MOVING, /* the frame after `previous`, or the first one */
} LtViewMotion;

/* What a long computation tells those who wait for it, and they tell it. All atomic. */
typedef struct {
  const char *what; /* static: "estimating log Z"; NULL: nothing told yet */
  int part;         /* thousandths of it that are done */
  int stop;         /* be content with what there is */
} LtViewProgress;

typedef struct {
  const LtSnapshot *snapshot;
  const LtDataset *data;
  gconstpointer settings; /* the view's */
  const LtLogCopy *log;
  gconstpointer previous; /* this view's result before, of the same run; NULL */
  LtWorkspace *ws;
  guint64 seed;
  double w, h; /* the size that it will be painted at */
  const LtStyle *style;
  LtViewMotion motion;
  const LtDrawing *drawing; /* what the user has drawn on the view's surfaces; NULL */
  const char *run_file;     /* where the run's past is recorded; NULL: nowhere */
  LtViewProgress *progress; /* lt_view_tell; NULL: nobody waits */
} LtViewRequest;

/* What is under the pointer. */
typedef struct {
  int item;               /* a row of the result: tile, point; −1: none */
  double x, y;            /* data coordinates */
  cairo_rectangle_t rect; /* where to outline, in pixels */
  char text[160];         /* "test 4711: a 7, error 12.3" */
  char turn[64];          /* the setting that a click turns, "emphasise=3"; "": none */
  gboolean everywhere; /* it turns in all views on the stage that have such a setting */
  gboolean clears;     /* a click wipes the drawing out */
} LtViewHit;

/* A place that can be drawn on: a grid of pixels. */
typedef struct {
  cairo_rectangle_t rect;
  int width, height;
} LtViewSurface;

struct _LtView {
  const char *name;    /* "latent-map" */
  const char *title;   /* "Latent map" */
  const char *summary; /* one sentence: what it shows and what to look for */
  LtKnobTable knobs;
  gboolean costly; /* may take minutes, and so is not computed again for another size */

  /* Whether it can show this model on these data; else a sentence in *why. */
  gboolean (*suits) (const LtModel *model, const LtDataset *data, const char **why);

  /* The result; NULL and an error when it cannot be had. */
  gpointer (*compute) (const LtViewRequest *request, GError **error);
  void (*free) (gpointer result);
  void (*paint) (gconstpointer result,
                 cairo_t *cr,
                 const LtStyle *style,
                 double w,
                 double h);

  /* One line for the tile's header and for screen readers: "epoch 12, 100 of 500 filters". */
  char *(*describe) (gconstpointer result);

  /* Below: NULL where the view has no such thing. */

  /* Any thread, quick. FALSE when there is nothing under (x, y). */
  gboolean (*hit) (gconstpointer result,
                   const LtStyle *style,
                   double w,
                   double h,
                   double x,
                   double y,
                   LtViewHit *hit);

  /* What the pointer calls up (the picture of a point, the decoding of a place): computed on
   * a worker, painted over the view. `pressed`: the button is down. */
  gpointer (*lens) (const LtViewRequest *request,
                    gconstpointer result,
                    const LtViewHit *hit,
                    gboolean pressed);
  void (*lens_paint) (gconstpointer lens,
                      gconstpointer result,
                      cairo_t *cr,
                      const LtStyle *style,
                      double w,
                      double h);
  void (*lens_free) (gpointer lens);

  /* Seconds after which the frame that follows this result is wanted; 0: it stands still.
   * Frames are asked for while they can be seen, and left out when they take longer. */
  double (*next_frame) (gconstpointer result);

  /* The surface under (x, y) that the pointer draws on. Any thread, quick. */
  gboolean (*surface) (gconstpointer result,
                       const LtStyle *style,
                       double w,
                       double h,
                       double x,
                       double y,
                       LtViewSurface *surface);

  /* The figures behind the picture, as CSV. */
  char *(*to_csv) (gconstpointer result);
};

/* The table; NULL-terminated. */
extern const LtView *const lt_views[];

const LtView *lt_view_find (const char *name, GError **error);

/* "filters layer=1" → the view and its settings (a copy for the caller; NULL when it has no
 * knobs). */
const LtView *lt_view_parse (const char *text, gpointer *settings, GError **error);

/* What title line and margins leave for the view in a file of w × h: the size to compute
 * for. */
void lt_view_export_area (const LtStyle *style,
                          int w,
                          int h,
                          double *view_w,
                          double *view_h);

/* Paints to a file whose name ends in .png, .svg or .pdf: background, title line with run,
 * epoch and view, and the view. Written whole or not at all. */
gboolean lt_view_export (const LtView *view,
                         gconstpointer result,
                         const char *title,
                         const LtStyle *style,
                         int w,
                         int h,
                         const char *path,
                         GError **error);

G_END_DECLS

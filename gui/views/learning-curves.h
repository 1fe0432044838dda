/* The learning curves' result, between the file that makes it from a run's log and the
 * file that paints it. */
#pragma once

#include "paint/curves.h"
#include "probes/pca.h"
#include "views/common.h"
#include "views/panels.h"

G_BEGIN_DECLS

typedef enum {
  LT_CURVES_MEASURE_OWN, /* the loss that the model minimises */
  LT_CURVES_MEASURE_SQUARED,
  LT_CURVES_MEASURE_CROSS,
  LT_CURVES_MEASURE_OBJECTIVE,
  LT_CURVES_MEASURE_CLASSES, /* the share of rows in a wrong class */
} LtCurvesMeasure;

typedef enum {
  LT_CURVES_SCALE_USUAL, /* cross-entropy an entry, the rest an example */
  LT_CURVES_SCALE_EXAMPLE,
  LT_CURVES_SCALE_ENTRY,
} LtCurvesScale;

typedef struct {
  int measure;
  int scale;
  gboolean logarithmic;
  gboolean minibatches, terms, baselines, pca, flags;
} LtCurvesSettings;

/* A curve is coloured by what it is. */
typedef enum {
  LT_CURVE_MINIBATCH,
  LT_CURVE_TRAIN,
  LT_CURVE_VALID,
  LT_CURVE_TERM, /* of the minibatches */
  LT_CURVE_TERM_MEAN,
} LtCurveRole;

typedef struct {
  char *title;
  LtCurveRole role;
  int term;      /* −1: none */
  GArray *x, *y; /* double */
} LtCurve;

/* A term of the objective has a panel of its own, since it has a range of its own. */
typedef struct {
  int term;
  const LtTermInfo *info;
  LtAxes axes;
} LtCurvesTerm;

/* What does not change during a run; immutable. */
typedef struct {
  int ref_count; /* atomic */
  LtSplit split; /* that it was measured on */
  LtBaselines baselines;
  LtPca *pca; /* NULL where it was not asked for or does not exist */
  double pca_error;
} LtCurvesYardstick;

typedef enum {
  LT_LEVEL_MEAN,
  LT_LEVEL_PERFECT,
  LT_LEVEL_PCA,
  LT_N_LEVELS,
} LtCurvesLevel;

typedef struct {
  const LtPanels *panels;
  GPtrArray *curves; /* LtCurve */
  int n_terms;
  LtCurvesTerm terms[LT_MAX_TERMS];
  GPtrArray *flag_titles;
  GArray *flag_places;          /* double */
  LtCurvesYardstick *yardstick; /* NULL when nothing was asked of it */
  double levels[LT_N_LEVELS];   /* as drawn; NAN: not drawn */
  char *level_titles[LT_N_LEVELS];
  LtAxes axes;
  char *y_title;
  double cursor;
  int n_epochs;
  char *note, *summary;
} LtCurvesResult;

extern const LtPanels lt_curves_panels;

/* Taken over from request->previous where that has all that is needed. */
LtCurvesYardstick *lt_curves_yardstick_new (const LtViewRequest *request,
                                            gboolean with_pca)
    G_GNUC_WARN_UNUSED_RESULT;
LtCurvesYardstick *lt_curves_yardstick_ref (LtCurvesYardstick *self)
    G_GNUC_WARN_UNUSED_RESULT;
void lt_curves_yardstick_unref (LtCurvesYardstick *self);

/* The mean principal angle, in degrees, between what the snapshot's decoder spans and PCA's
 * subspace; NAN where there is none. */
double lt_curves_yardstick_angle (const LtCurvesYardstick *self,
                                  const LtViewRequest *request);

/* The choices of the knob "measure", and of a model's knob "loss". */
extern const char *const lt_curves_measure_names[];

/* request->previous: NULL, or the result before, of the same data. */
gpointer lt_curves_collect (const LtViewRequest *request, GError **error);
void lt_curves_result_free (gpointer result);

G_END_DECLS

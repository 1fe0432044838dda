/* The learning curves' result, between the file that makes it from a run's log and the
 * file that paints it. */
#pragma once

#include "paint/curves.h"
#include "views/common.h"

G_BEGIN_DECLS

typedef enum {
  LT_CURVES_MEASURE_OWN, /* the loss that the model minimises */
  LT_CURVES_MEASURE_SQUARED,
  LT_CURVES_MEASURE_CROSS,
  LT_CURVES_MEASURE_OBJECTIVE,
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
  gboolean minibatches, terms, baselines, flags;
} LtCurvesSettings;

/* A curve is coloured by what it is. */
typedef enum {
  LT_CURVE_MINIBATCH,
  LT_CURVE_TRAIN,
  LT_CURVE_VALID,
  LT_CURVE_TERM,
} LtCurveRole;

typedef struct {
  char *title;
  LtCurveRole role;
  int term;
  GArray *x, *y; /* double */
} LtCurve;

typedef struct {
  GPtrArray *curves; /* LtCurve */
  GPtrArray *flag_titles;
  GArray *flag_places;   /* double */
  LtBaselines baselines; /* where has_baselines */
  gboolean has_baselines;
  LtSplit baseline_split;
  double levels[2]; /* the mean's and the perfect one, as drawn; NAN: not drawn */
  char *level_titles[2];
  LtAxes axes;
  char *y_title;
  double cursor;
  int n_epochs;
  char *note, *summary;
} LtCurvesResult;

/* The choices of the knob "measure", and of a model's knob "loss". */
extern const char *const lt_curves_measure_names[];

/* request->previous: NULL, or the result before, of the same data. */
LtCurvesResult *lt_curves_collect (const LtViewRequest *request)
    G_GNUC_WARN_UNUSED_RESULT;
void lt_curves_result_free (LtCurvesResult *self);

G_END_DECLS

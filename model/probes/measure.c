/* How good a model is, in figures.
 *
 *   squared error an image   1/n Σ_n Σ_i (x_i − r_i)²                   (Hinton's scale)
 *   cross-entropy a pixel    1/(n nv) Σ_n Σ_i −x_i log r_i − (1−x_i) log (1−r_i)
 *   explained variance       1 − Σ‖x − r‖² / Σ‖x − m‖²,  m the training mean
 *
 * each on both scales, named, because they are confused all the time. */
#include <math.h>
#include <string.h>

#include "core/error.h"
#include "core/kernels.h"
#include "probes/pca.h"
#include "train/evaluate.h"

static void
add (GArray *measures, const char *name, double value)
{
  LtMeasure measure = { .value = value };

  if (isnan (value))
    return;
  g_strlcpy (measure.name, name, sizeof measure.name);
  g_array_append_val (measures, measure);
}

static void
add_errors (GArray *measures, double squared, double cross, double nv)
{
  add (measures, "squared_error_per_image", squared);
  add (measures, "squared_error_per_pixel", squared / nv);
  add (measures, "cross_entropy_per_image", cross * nv);
  add (measures, "cross_entropy_per_pixel", cross);
}

static void
add_baselines (GArray *measures, const LtBaselines *baselines)
{
  add (measures, "baseline_squared_error_per_image", baselines->mean_squared_error);
  add (measures, "baseline_cross_entropy_per_pixel", baselines->mean_cross_entropy);
  add (measures, "baseline_perfect_cross_entropy_per_pixel",
       baselines->perfect_cross_entropy);
}

static gboolean
add_pca (GArray *measures,
         const LtSnapshot *snapshot,
         const LtDataset *data,
         LtSplit split,
         double mean_error,
         LtWorkspace *ws,
         GError **error)
{
  int k = snapshot->model->n_code;
  g_autoptr (LtPca) pca = lt_pca_new (data, ws, error);
  g_autofree double *angles = g_new (double, k);
  double pca_error, sum = 0.0;

  if (pca == NULL)
    return FALSE;
  pca_error = lt_pca_squared_error (pca, data, split, k, ws);
  add (measures, "pca_squared_error_per_image", pca_error);
  add (measures, "pca_explained_variance", 1.0 - pca_error / mean_error);
  if (!lt_model_can (snapshot->model, LT_CAN_DECODE) ||
      !lt_pca_model_angles (pca, snapshot, ws, angles))
    return TRUE;
  for (int i = 0; i < k; i++)
    sum += angles[i] * 180.0 / G_PI;
  add (measures, "mean_principal_angle_degrees", sum / k);
  add (measures, "max_principal_angle_degrees", angles[k - 1] * 180.0 / G_PI);
  return TRUE;
}

static gboolean
check_measurable (const LtModel *model,
                  const LtDataset *data,
                  LtSplit split,
                  GError **error)
{
  if (!lt_model_can (model, LT_CAN_RECONSTRUCT) &&
      !lt_model_can (model, LT_CAN_CLASSIFY)) {
    g_set_error (error, LT_ERROR, LT_ERROR_UNSUPPORTED,
                 "The model “%s” neither reconstructs its input nor classifies it, so "
                 "there is no error to measure.",
                 model->kind->name);
    return FALSE;
  }
  if (!lt_shape_equal (&model->shape, lt_dataset_shape (data))) {
    g_autofree char *expected = lt_shape_describe (&model->shape);
    g_autofree char *found = lt_shape_describe (lt_dataset_shape (data));

    g_set_error (error, LT_ERROR, LT_ERROR_UNSUPPORTED,
                 "The model was built for rows of %s, but the data set “%s” has rows "
                 "of %s.",
                 expected, lt_dataset_name (data), found);
    return FALSE;
  }
  if (lt_dataset_n (data, split) == 0) {
    g_set_error (error, LT_ERROR, LT_ERROR_UNSUPPORTED,
                 "The data set “%s” has no %s rows to measure; choose another split.",
                 lt_dataset_name (data), lt_split_name (split));
    return FALSE;
  }
  return TRUE;
}

GArray *
lt_probe_measure (const LtSnapshot *snapshot,
                  const LtDataset *data,
                  LtSplit split,
                  gboolean compare_to_pca,
                  LtWorkspace *ws,
                  GError **error)
{
  const LtModel *model = snapshot->model;
  g_autoptr (GArray) measures = NULL;
  LtBaselines baselines;
  LtErrors errors;
  LtCall call = lt_snapshot_call (snapshot, ws, NULL);

  if (!check_measurable (model, data, split, error))
    return NULL;
  measures = g_array_new (FALSE, FALSE, sizeof (LtMeasure));
  lt_evaluate_split (&call, data, split, &errors);
  lt_probe_baselines (data, split, &baselines);
  add_errors (measures, errors.squared_error, errors.cross_entropy, model->shape.nv);
  add_baselines (measures, &baselines);
  add (measures, "explained_variance",
       1.0 - errors.squared_error / baselines.mean_squared_error);
  add (measures, "classification_error", errors.classification);
  if (compare_to_pca && model->n_code > 0 && model->n_code < model->shape.nv &&
      model->shape.nv <= LT_PCA_MAX_FEATURES &&
      !add_pca (measures, snapshot, data, split, baselines.mean_squared_error, ws,
                error))
    return NULL;
  return g_steal_pointer (&measures);
}

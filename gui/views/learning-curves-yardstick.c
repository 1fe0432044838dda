/* What the learning curves are judged against: the mean image, a perfect reconstruction, and
 * the principal components. None of it changes during a run, so it is worked out once
 * and handed from result to result. */
#include <math.h>

#include "views/learning-curves.h"

static LtCurvesYardstick *
yardstick_new (const LtDataset *data)
{
  LtCurvesYardstick *self = g_new0 (LtCurvesYardstick, 1);

  self->ref_count = 1;
  self->split = lt_dataset_judge (data);
  self->pca_error = (double) NAN;
  lt_probe_baselines (data, self->split, &self->baselines);
  return self;
}

LtCurvesYardstick *
lt_curves_yardstick_ref (LtCurvesYardstick *self)
{
  g_atomic_int_inc (&self->ref_count);
  return self;
}

void
lt_curves_yardstick_unref (LtCurvesYardstick *self)
{
  if (self == NULL || !g_atomic_int_dec_and_test (&self->ref_count))
    return;
  g_clear_pointer (&self->pca, lt_pca_unref);
  g_free (self);
}

/* PCA has as many components as the code has units; a code that leaves nothing out has no
 * PCA to be compared to. */
static gboolean
compares_to_pca (const LtModel *model)
{
  return model->n_code > 0 && model->n_code < model->shape.nv &&
         model->shape.nv <= LT_PCA_MAX_FEATURES;
}

LtCurvesYardstick *
lt_curves_yardstick_new (const LtViewRequest *request, gboolean with_pca)
{
  const LtCurvesResult *before = request->previous;
  const LtModel *model = request->snapshot->model;
  LtCurvesYardstick *known = before != NULL ? before->yardstick : NULL;
  LtCurvesYardstick *self;

  with_pca = with_pca && compares_to_pca (model);
  if (known != NULL && (!with_pca || known->pca != NULL))
    return lt_curves_yardstick_ref (known);
  self = yardstick_new (request->data);
  if (with_pca)
    self->pca = lt_pca_new (request->data, request->ws, NULL);
  if (self->pca != NULL)
    self->pca_error = lt_pca_squared_error (self->pca, request->data, self->split,
                                            model->n_code, request->ws);
  return self;
}

double
lt_curves_yardstick_angle (const LtCurvesYardstick *self, const LtViewRequest *request)
{
  const LtModel *model = request->snapshot->model;
  g_autofree double *angles = g_new (double, model->n_code + 1);
  double sum = 0.0;

  if (self->pca == NULL || !lt_model_can (model, LT_CAN_DECODE) ||
      !lt_pca_model_angles (self->pca, request->snapshot, request->ws, angles))
    return (double) NAN;
  for (int i = 0; i < model->n_code; i++)
    sum += angles[i] * 180.0 / G_PI;
  return sum / model->n_code;
}

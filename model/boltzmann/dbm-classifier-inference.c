/* What the classifier made of a deep Boltzmann machine is given beside the data: q (h_2 | v),
 * the mean-field means of the machine as it was. What never changes while a part of the
 * classifier is frozen is a feature of the example, computed once. */
#include "boltzmann/dbm-classifier-machine.h"

#include <string.h>

#include "boltzmann/dbm-machine.h"

/* The frozen copy as a machine without labels; its visible units are only ever given. */
void
lt_dbm_classifier_infer (const LtCall *call, const float *x, int n, float *q)
{
  const LtDbmClassifierSettings *s = call->settings;
  const LtDbmClassifierSettings *built = call->model->settings;
  gsize mark = lt_workspace_mark (call->ws), nv = (gsize) call->model->shape.nv;
  LtDbm dbm = {
    .call = call,
    .machine = { .n_hidden = 2,
                 .top = 2,
                 .variance = 1,
                 .n = { (int) nv, (int) built->hidden.value[0],
                        (int) built->hidden.value[1] } },
    .w = { NULL, lt_dbm_classifier_param (call, LT_DBM_M1),
           lt_dbm_classifier_param (call, LT_DBM_M2) },
    .bias = { NULL, lt_dbm_classifier_param (call, LT_DBM_BIAS1),
              lt_dbm_classifier_param (call, LT_DBM_BIAS2) },
    .team = lt_workspace_team (call->ws),
    .ws = call->ws,
  };
  LtDbmField field = { .most = s->sweeps, .tolerance = s->tolerance };

  lt_dbm_rows_take (&dbm, n, &field.rows);
  memcpy (field.rows.x[0], x, (gsize) n * nv * sizeof *x);
  lt_dbm_settle (&dbm, &field);
  memcpy (q, field.rows.x[2], (gsize) n * dbm.machine.n[2] * sizeof *q);
  lt_workspace_release (call->ws, mark);
}

int
lt_dbm_classifier_n_features (const LtModel *model)
{
  return model->n_code;
}

/* q, or h_2 where only the top learns. */
void
lt_dbm_classifier_features (const LtCall *call, const float *x, int n, float *features)
{
  const LtDbmClassifierSettings *built = call->model->settings;

  if (built->learning == LT_DBM_LEARNING_TOP)
    lt_dbm_classifier_encode (call, x, n, features);
  else
    lt_dbm_classifier_infer (call, x, n, features);
}

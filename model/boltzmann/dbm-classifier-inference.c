/* What the classifier made of a deep Boltzmann machine is given beside the data: the
 * mean-field means of the machine as it was, from its second hidden layer on. What never
 * changes while a part of the classifier is frozen is a feature of the example, computed
 * once. */
#include "boltzmann/dbm-classifier-machine.h"

#include <string.h>

#include "boltzmann/dbm-machine.h"

/* The frozen copy as a machine without labels; its visible units are only ever given. */
static void
machine_init (LtDbm *self, const LtDbmNet *net, const LtCall *call)
{
  *self = (LtDbm){
    .call = call,
    .machine = { .n_hidden = net->depth, .top = net->depth, .variance = 1 },
    .team = lt_workspace_team (call->ws),
    .ws = call->ws,
  };
  for (int l = 0; l <= net->depth; l++)
    self->machine.n[l] = net->n[l];
  for (int l = 1; l <= net->depth; l++) {
    self->w[l] = lt_dbm_classifier_param (call, net->machine_w[l]);
    self->bias[l] = lt_dbm_classifier_param (call, net->machine_bias[l]);
  }
}

void
lt_dbm_classifier_infer (const LtCall *call, const float *x, int n, float *q)
{
  const LtDbmClassifierSettings *s = call->settings;
  gsize mark = lt_workspace_mark (call->ws);
  LtDbmField field = { .most = s->sweeps, .tolerance = s->tolerance };
  LtDbmNet net;
  LtDbm dbm;

  lt_dbm_net_init (&net, call->model);
  machine_init (&dbm, &net, call);
  lt_dbm_rows_take (&dbm, n, &field.rows);
  memcpy (field.rows.x[0], x, (gsize) n * net.n[0] * sizeof *x);
  lt_dbm_settle (&dbm, &field);
  for (int l = 2; l <= net.depth; l++)
    for (int row = 0; row < n; row++)
      memcpy (q + (gsize) row * net.n_q + net.q[l],
              field.rows.x[l] + (gsize) row * net.n[l], net.n[l] * sizeof *q);
  lt_workspace_release (call->ws, mark);
}

static gboolean
learns_top (const LtModel *model)
{
  const LtDbmClassifierSettings *s = model->settings;

  return s->learning == LT_DBM_LEARNING_TOP;
}

int
lt_dbm_classifier_n_features (const LtModel *model)
{
  const LtDbmClassifierSettings *s = model->settings;
  LtDbmNet net;

  lt_dbm_net_init (&net, model);
  if (learns_top (model))
    return net.n[net.depth];
  return s->inferred_from == LT_DBM_INFERRED_FROM_KEPT ? 0 : net.n_q;
}

/* q, or h_L where only the top learns. */
void
lt_dbm_classifier_features (const LtCall *call, const float *x, int n, float *features)
{
  if (learns_top (call->model))
    lt_dbm_classifier_encode (call, x, n, features);
  else
    lt_dbm_classifier_infer (call, x, n, features);
}

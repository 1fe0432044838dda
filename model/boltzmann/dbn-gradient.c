/* One minibatch of a deep belief network whose machine l learns: that machine's own gradient,
 * on what the layers below make of the data. */
#include <math.h>
#include <string.h>

#include "boltzmann/dbn-machine.h"

/* What the learning machine sees; from the trainer's cache where that is there. */
static const float *
features_of (const LtCall *call, const LtBatch *batch)
{
  int width = lt_dbn_n_features (call->model);
  float *features;

  if (width == 0)
    return batch->x;
  if (batch->features != NULL)
    return batch->features;
  features = lt_workspace_floats (call->ws, (gsize) batch->n * width);
  lt_dbn_features (call, batch->x, batch->n, features);
  return features;
}

static void
clear_frozen (const LtLayout *layout, float *d_params)
{
  for (int i = 0; i < lt_layout_n_tensors (layout); i++) {
    const LtTensor *tensor = lt_layout_tensor (layout, i);

    if (tensor->frozen)
      memset (d_params + tensor->offset, 0, tensor->size * sizeof *d_params);
  }
}

/* ---- A step with what has been computed ---------------------------------------------- */

typedef struct {
  const LtGradientSink *sink;
  const LtTensor *tensor;
  const float *d_params;
} Stream;

#define GRAIN 16 /* floats: a cache line */

static void
take_share (gpointer data, int member, int n_members)
{
  const Stream *stream = data;
  gsize first, last, at = stream->tensor->offset;

  lt_team_share (stream->tensor->size, GRAIN, member, n_members, &first, &last);
  if (last > first)
    stream->sink->take (stream->sink->data, at + first, stream->d_params + at + first,
                        last - first);
}

static void
stream_all (const LtCall *call, const float *d_params)
{
  const LtLayout *layout = call->model->params;

  for (int i = 0; i < lt_layout_n_tensors (layout); i++) {
    Stream stream = { call->sink, lt_layout_tensor (layout, i), d_params };

    lt_team_run (lt_workspace_team (call->ws), take_share, &stream);
  }
}

/* One machine's parts, which lie further on in the network's block. */
typedef struct {
  const LtGradientSink *sink;
  gsize at;
} Shifted;

static void
take_shifted (gpointer data, gsize offset, const float *gradient, gsize n)
{
  const Shifted *shifted = data;

  shifted->sink->take (shifted->sink->data, shifted->at + offset, gradient, n);
}

/* ---- The whole --------------------------------------------------------------------- */

/* With a sink, frozen layers cost nothing, however large they are. */
static void
layer_gradient (const LtCall *call,
                const LtBatch *batch,
                float *d_params,
                float *state,
                LtTerms *terms)
{
  const LtDbnParts *parts = lt_dbn_parts (call->model);
  int l = parts->learning;
  Shifted shifted = { call->sink, parts->at[l] };
  LtGradientSink sink = { take_shifted, &shifted };
  LtBatch seen = *batch;
  LtDbnCall own;

  seen.x = features_of (call, batch);
  seen.features = NULL;
  lt_dbn_call_init (&own, call, l);
  if (call->sink != NULL)
    own.call.sink = &sink;
  lt_rbm_gradient (
      &own.call, &seen, d_params + parts->at[l],
      state != NULL && parts->rbm[l]->state != NULL ? state + parts->state_at[l] : NULL,
      terms);
}

void
lt_dbn_gradient (const LtCall *call,
                 const LtBatch *batch,
                 float *d_params,
                 float *state,
                 LtTerms *terms)
{
  gsize mark = lt_workspace_mark (call->ws);

  if (lt_dbn_parts (call->model)->learning < 0) {
    lt_dbn_updown (call, batch, d_params, state, terms);
    if (call->sink != NULL)
      stream_all (call, d_params);
  } else {
    layer_gradient (call, batch, d_params, state, terms);
    if (call->sink == NULL)
      clear_frozen (call->model->params, d_params);
  }
  lt_workspace_release (call->ws, mark);
}

/* Whether layers are made of the ones above so badly that training must have left the road,
 * which shows by nothing else: gradients of binary units are bounded. Those of other units are
 * not, and neither is what a sound network's cost. */
static gboolean
is_hopeless (const LtDbnParts *parts, const LtTerms *terms)
{
  double units = 0;
  gboolean binary = TRUE;
  LtRbmMachine m;

  for (int l = 1; l < parts->n; l++) {
    lt_rbm_machine_init (&m, parts->rbm[l]);
    units += m.n;
    binary &= m.n_binary == m.nv;
  }
  if (binary && terms->value[LT_DBN_GENERATIVE] > LT_RBM_HOPELESS * units * G_LN2)
    return TRUE;
  lt_rbm_machine_init (&m, parts->rbm[0]);
  return m.n_binary == m.nv &&
         terms->value[LT_RBM_RECONSTRUCTION] > LT_RBM_HOPELESS * m.n * G_LN2;
}

double
lt_dbn_objective (const LtModel *model, const LtTerms *terms)
{
  const LtDbnParts *parts = lt_dbn_parts (model);

  if (parts->learning >= 0)
    return lt_rbm_objective (parts->rbm[parts->learning], terms);
  if (is_hopeless (parts, terms))
    return HUGE_VAL;
  return terms->value[LT_RBM_RECONSTRUCTION] + terms->value[LT_DBN_GENERATIVE] +
         terms->value[LT_DBN_RECOGNITION] + terms->value[LT_RBM_DECAY] +
         terms->value[LT_RBM_SPARSITY];
}

void
lt_dbn_constrain (const LtModel *model, gconstpointer settings, float *params)
{
  const LtDbnParts *parts = lt_dbn_parts (model);
  int l = parts->learning >= 0 ? parts->learning : parts->n - 1;
  LtRbmSettings own;

  lt_dbn_rbm_settings (settings, l, &own);
  lt_rbm_constrain (parts->rbm[l], &own, params + parts->at[l]);
}

/* What can be asked of a dense network: of as much of it as is shown. */
#include <string.h>

#include "core/kernels.h"
#include "nets/dense-pass.h"

void
lt_dense_encode (const LtCall *call, const float *x, int n, float *z)
{
  lt_dense_infer (call, &(LtDenseSpan){ 0, call->model->n_layers }, x, n, z);
}

void
lt_dense_decode (const LtCall *call, const float *z, int n, float *x)
{
  int depth = call->model->n_layers;

  lt_dense_infer (call, &(LtDenseSpan){ depth, 2 * depth }, z, n, x);
}

void
lt_dense_reconstruct (const LtCall *call, const float *x, int n, float *r)
{
  lt_dense_infer (call, &(LtDenseSpan){ 0, 2 * call->model->n_layers }, x, n, r);
}

void
lt_dense_activations (const LtCall *call, int layer, const float *x, int n, float *h)
{
  lt_dense_infer (call, &(LtDenseSpan){ 0, layer + 1 }, x, n, h);
}

/* (W_1 … W_{layer+1})ᵀ. */
void
lt_dense_filters (const LtCall *call, int layer, float *filters)
{
  gsize mark = lt_workspace_mark (call->ws);
  LtDenseNet net;
  int nv = call->model->shape.nv;
  const float *below = NULL;

  lt_dense_net_init (&net, call->model, LT_DENSE_SHOWN);
  for (int k = 1; k <= layer + 1; k++) {
    const LtDenseLayer *l = &net.layer[k];
    const float *w = call->params + l->w;
    float *here = k == layer + 1
                      ? filters
                      : lt_workspace_floats (call->ws, (gsize) l->n_out * nv);
    LtProduct product = {
      .trans_a = LT_TRANSPOSED,
      .m = l->n_out,
      .n = nv,
      .k = l->n_in,
      .alpha = 1,
      .a = w,
      .lda = l->n_out,
      .b = below,
      .ldb = nv,
      .c = here,
      .ldc = nv,
    };

    if (k > 1)
      lt_product (lt_workspace_team (call->ws), &product, NULL, NULL);
    for (int j = 0; k == 1 && j < l->n_out; j++)
      for (int i = 0; i < nv; i++)
        here[(gsize) j * nv + i] = w[(gsize) i * l->n_out + j];
    below = here;
  }
  lt_workspace_release (call->ws, mark);
}

void
lt_dense_corrupt (const LtCall *call, const float *x, int n, float *y)
{
  const LtDenseSettings *s = call->settings;
  gsize size = (gsize) n * call->model->shape.nv;

  if (s->noise == LT_NOISE_NONE)
    memmove (y, x, size * sizeof *y);
  else
    lt_corrupt (s->noise, s->noise_level, x, size, call->rng, y, NULL);
}

void
lt_dense_layer (const LtModel *model, int layer, LtLayerInfo *info)
{
  const LtDenseSettings *s = model->settings;
  gboolean last = layer == s->hidden.n - 1;
  LtActivation f = last ? s->code_activation : s->hidden_activation;

  *info = (LtLayerInfo){
    .n_units = (int) s->hidden.value[layer],
    .activation = lt_activation_names[f],
  };
  lt_activation_range (f, &info->lowest, &info->highest);
  if (last && s->task == LT_TASK_RECONSTRUCT)
    g_strlcpy (info->name, "code", sizeof info->name);
  else
    g_snprintf (info->name, sizeof info->name, "hidden %d", layer + 1);
}

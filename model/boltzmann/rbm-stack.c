/* A restricted Boltzmann machine as a stack of one layer, and one that begins with the
 * first layer of another model.
 *
 * Weights are taken as they are, whatever factors the other model multiplied its input with
 * while it was pretrained. Only variances are made up for: hidden units take in
 * Σ (x_i/σ_i²) W_ij, which stays the same when W_i is multiplied with the ratio of σ_i². */
#include <math.h>
#include <string.h>

#include "boltzmann/rbm-machine.h"
#include "core/kernels.h"

/* Label units are the last rows of W: [nl, nh] → [nh, nl]. */
static const float *
label_weights (const LtRbm *rbm)
{
  const LtRbmMachine *m = &rbm->machine;
  float *weights = lt_workspace_floats (rbm->ws, (gsize) m->nh * m->nl);

  for (int k = 0; k < m->nl; k++)
    for (int j = 0; j < m->nh; j++)
      weights[(gsize) j * m->nl + k] = rbm->w[((gsize) m->nv + k) * m->nh + j];
  return weights;
}

void
lt_rbm_stack (const LtCall *call, LtStack *stack)
{
  LtRbm rbm;
  const LtRbmMachine *m = &rbm.machine;

  lt_rbm_init (&rbm, call, call->params);
  *stack = (LtStack){
    .n_layers = 1,
    .variance = rbm.variance,
    .n_classes = m->nl,
  };
  stack->layer[0] = (LtStackLayer){
    .n_in = m->nv,
    .n_out = m->nh,
    .up = rbm.w,
    .up_bias = rbm.c,
    .down_bias = rbm.b,
    .up_factor = m->up_factor,
    .down_factor = m->down_factor,
  };
  if (m->nl == 0)
    return;
  stack->label_weights = label_weights (&rbm);
  stack->label_bias = rbm.b + m->nv;
}

static void
adopt_labels (const LtRbmMachine *m, const LtStack *from, float *params)
{
  for (int k = 0; k < m->nl; k++) {
    float *w = params + m->w + ((gsize) m->nv + k) * m->nh;

    for (int j = 0; j < m->nh; j++)
      w[j] = from->label_weights[(gsize) j * m->nl + k];
  }
  memcpy (params + m->b + m->nv, from->label_bias, m->nl * sizeof *params);
}

/* The other model's variances, where this one learns its own. */
static void
adopt_variances (const LtRbmMachine *m, const float *variance, float *params)
{
  for (int g = 0; g < m->n_groups; g++) {
    const LtRbmGroup *group = &m->group[g];

    if (group->units == LT_UNITS_GAUSSIAN)
      lt_log (variance + group->first, group->n, params + m->z + group->first);
  }
}

/* The chains stay where init put them: none of the other model's fit. */
void
lt_rbm_adopt (const LtCall *call, const LtStack *from, float *params, float *state)
{
  gsize mark = lt_workspace_mark (call->ws);
  const LtStackLayer *layer = &from->layer[0];
  LtRbmMachine m;
  LtRbm rbm;

  lt_rbm_machine_init (&m, call->model);
  if (m.learns_sigma && from->variance != NULL)
    adopt_variances (&m, from->variance, params);
  lt_rbm_init (&rbm, call, params);
  memcpy (params + m.w, layer->up, (gsize) m.nv * m.nh * sizeof *params);
  for (int i = 0; i < m.nv; i++) {
    float own = rbm.variance != NULL ? rbm.variance[i] : 1;
    float other = from->variance != NULL ? from->variance[i] : 1;

    if (own != other)
      lt_scale (own / other, m.nh, params + m.w + (gsize) i * m.nh);
  }
  memcpy (params + m.c, layer->up_bias, m.nh * sizeof *params);
  if (layer->down_bias != NULL)
    memcpy (params + m.b, layer->down_bias, m.nv * sizeof *params);
  if (from->n_layers == 1 && m.nl > 0 && from->n_classes == m.nl)
    adopt_labels (&m, from, params);
  lt_workspace_release (call->ws, mark);
}

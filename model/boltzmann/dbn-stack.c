/* A deep belief network as a stack of layers, and one that begins with another model's. */
#include <string.h>

#include "boltzmann/dbn-machine.h"

/* ---- As a stack ----------------------------------------------------------------------- */

/* a [rows, columns] → [columns, rows], from the workspace. */
static float *
transposed (LtWorkspace *ws, const float *a, int rows, int columns)
{
  float *b = lt_workspace_floats (ws, (gsize) rows * columns);

  for (gsize i = 0; i < (gsize) rows; i++)
    for (gsize j = 0; j < (gsize) columns; j++)
      b[j * (gsize) rows + i] = a[i * (gsize) columns + j];
  return b;
}

void
lt_dbn_stack (const LtCall *call, LtStack *stack)
{
  const LtDbnParts *parts = lt_dbn_parts (call->model);

  *stack = (LtStack){ 0 };
  for (int l = 0; l < parts->n_shown; l++) {
    LtStackLayer *layer = &stack->layer[l];
    LtDbnCall own;
    LtStack one;

    lt_dbn_call_init (&own, call, l);
    lt_rbm_stack (&own.call, &one);
    *layer = one.layer[0];
    if (parts->recognition[l] >= 0) {
      layer->down = transposed (call->ws, layer->up, layer->n_in, layer->n_out);
      layer->up = call->params + lt_dbn_upward (call->model, l);
    }
    if (l == 0)
      stack->variance = one.variance;
    stack->n_classes = one.n_classes;
    stack->label_weights = one.label_weights;
    stack->label_bias = one.label_bias;
  }
  stack->n_layers = parts->n_shown;
}

/* ---- Beginning with one ----------------------------------------------------------------- */

/* Machine l takes a layer over: the way down is its own where the two differ and recognition
 * has weights for the way up; else the way up serves both. */
static void
adopt_layer (const LtCall *call, int l, const LtStack *one, float *params)
{
  const LtModel *model = call->model;
  const LtDbnParts *parts = lt_dbn_parts (model);
  const LtStackLayer *layer = &one->layer[0];
  gboolean untied = parts->recognition[l] >= 0;
  gsize size = (gsize) layer->n_in * layer->n_out * sizeof (float);
  gsize mark = lt_workspace_mark (call->ws);
  LtStack way = *one;
  LtDbnCall own;

  lt_dbn_call_init (&own, call, l);
  lt_rbm_adopt (&own.call, &way, params + parts->at[l], NULL);
  if (untied)
    memcpy (params + lt_dbn_upward (model, l), params + parts->at[l], size);
  if (untied && layer->down != NULL) {
    way.layer[0].up = transposed (call->ws, layer->down, layer->n_out, layer->n_in);
    lt_rbm_adopt (&own.call, &way, params + parts->at[l], NULL);
  }
  lt_workspace_release (call->ws, mark);
}

/* Labels come with the top machine, when all are taken; chains stay where init put them. */
void
lt_dbn_adopt (const LtCall *call, const LtStack *from, float *params, float *state)
{
  const LtDbnParts *parts = lt_dbn_parts (call->model);
  int n = MIN (parts->n_shown, from->n_layers);

  (void) state;
  for (int l = 0; l < n; l++) {
    gboolean top = l == parts->n - 1 && from->n_layers == parts->n;
    LtStack one = { .n_layers = 1 };

    one.layer[0] = from->layer[l];
    if (l == 0)
      one.variance = from->variance;
    if (top) {
      one.n_classes = from->n_classes;
      one.label_weights = from->label_weights;
      one.label_bias = from->label_bias;
    }
    adopt_layer (call, l, &one, params);
  }
}

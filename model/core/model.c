/* Building models from the table of families. The table itself belongs to whoever links
 * the families in, so that core depends on none of them. */
#include "core/model.h"

#include "core/error.h"

#include <string.h>

const LtModelKind *
lt_model_kind_find (const char *name, GError **error)
{
  g_autoptr (GString) names = g_string_new (NULL);

  for (int i = 0; lt_model_kinds[i] != NULL; i++) {
    if (strcmp (lt_model_kinds[i]->name, name) == 0)
      return lt_model_kinds[i];
    g_string_append_printf (names, "%s%s", i > 0 ? ", " : "", lt_model_kinds[i]->name);
  }
  g_set_error (error, LT_ERROR, LT_ERROR_UNKNOWN,
               "There is no model called “%s”; the models are %s.", name, names->str);
  return NULL;
}

void
lt_model_kind_init_settings (const LtModelKind *kind, gpointer settings)
{
  lt_knobs_init (&kind->knobs, settings);
  for (int i = 0; kind->defaults != NULL && kind->defaults[i] != NULL; i++) {
    g_autofree char *key = g_strdup (kind->defaults[i]);
    char *value = strchr (key, '=');
    const LtKnob *knob;
    gboolean parsed;

    g_assert (value != NULL);
    *value++ = '\0';
    knob = lt_knobs_find (&kind->knobs, key);
    g_assert (knob != NULL);
    parsed = lt_knob_parse (knob, value, settings, NULL);
    g_assert (parsed);
  }
}

LtModel *
lt_model_new (const LtModelKind *kind,
              gconstpointer settings,
              const LtShape *shape,
              GError **error)
{
  LtModel *self;

  if (!kind->check (settings, shape, error))
    return NULL;
  self = g_new0 (LtModel, 1);
  self->ref_count = 1;
  self->kind = kind;
  self->shape = *shape;
  self->settings = g_memdup2 (settings, kind->knobs.settings_size);
  kind->build (self);
  lt_layout_seal (self->params);
  if (self->state != NULL)
    lt_layout_seal (self->state);
  return self;
}

LtModel *
lt_model_ref (LtModel *self)
{
  g_atomic_int_inc (&self->ref_count);
  return self;
}

void
lt_model_unref (LtModel *self)
{
  if (!g_atomic_int_dec_and_test (&self->ref_count))
    return;
  if (self->kind->free_parts != NULL)
    self->kind->free_parts (self);
  lt_layout_unref (self->params);
  g_clear_pointer (&self->state, lt_layout_unref);
  g_free (self->settings);
  g_free (self);
}

gboolean
lt_model_can (const LtModel *self, LtCapability capability)
{
  return (self->capabilities & capability) == capability;
}

double
lt_model_objective (const LtModel *self, const LtTerms *terms)
{
  double sum = 0;

  if (self->kind->objective != NULL)
    return self->kind->objective (self, terms);
  for (int i = 0; i < self->kind->n_terms; i++)
    sum += terms->value[i];
  return sum;
}

/* ---- Beginning with another model ---------------------------------------------------- */

/* The same tensors under the same names: every parameter means the same in both. */
static gboolean
is_alike (const LtModel *a, const LtModel *b)
{
  return a->kind == b->kind && lt_layout_equal (a->params, b->params);
}

static void
copy_all (const LtCall *call, const LtCall *from, float *params, float *state)
{
  const LtModel *model = call->model;

  memcpy (params, from->params, lt_layout_size (model->params) * sizeof *params);
  if (state != NULL && from->state != NULL &&
      lt_layout_equal (model->state, from->model->state))
    memcpy (state, from->state, lt_layout_size (model->state) * sizeof *state);
}

/* The layers that both have are of the same sizes. */
static gboolean
check_layers (const LtModel *model,
              const LtStack *own,
              const LtModel *other,
              const LtStack *from,
              GError **error)
{
  for (int l = 0; l < MIN (own->n_layers, from->n_layers); l++) {
    const LtStackLayer *a = &own->layer[l], *b = &from->layer[l];

    if (a->n_in == b->n_in && a->n_out == b->n_out)
      continue;
    g_set_error (
        error, LT_ERROR, LT_ERROR_UNSUPPORTED,
        "“%s” cannot begin with the weights of “%s”: layer %d leads from %d to "
        "%d units here and from %d to %d there; give both the same sizes.",
        model->kind->title, other->kind->title, l + 1, a->n_in, a->n_out, b->n_in,
        b->n_out);
    return FALSE;
  }
  return TRUE;
}

gboolean
lt_model_adopt (const LtCall *call,
                const LtCall *from,
                float *params,
                float *state,
                GError **error)
{
  const LtModelKind *kind = call->model->kind, *other = from->model->kind;
  LtCall own_call = *call, from_call = *from;
  gsize mark = lt_workspace_mark (call->ws);
  LtStack own = { 0 }, stack = { 0 };
  gboolean fits;

  if (is_alike (call->model, from->model)) {
    copy_all (call, from, params, state);
    return TRUE;
  }
  if (kind->adopt == NULL || kind->stack == NULL || other->stack == NULL) {
    g_set_error (error, LT_ERROR, LT_ERROR_UNSUPPORTED,
                 "“%s” cannot begin with the weights of “%s”: they have no layers in "
                 "common.",
                 kind->title, other->title);
    return FALSE;
  }
  own_call.params = params;
  own_call.state = state;
  from_call.ws = call->ws;
  kind->stack (&own_call, &own);
  other->stack (&from_call, &stack);
  fits = check_layers (call->model, &own, from->model, &stack, error);
  if (fits)
    kind->adopt (&own_call, &stack, params, state);
  lt_workspace_release (call->ws, mark);
  return fits;
}

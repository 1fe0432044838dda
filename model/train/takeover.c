/* What becomes of units when a model begins with the layers of another one. */
#include "train/takeover.h"

/* The knob that decides on a hidden layer's function; NULL where that is always the same. */
static const LtKnob *
find_knob (const LtModel *model, int layer)
{
  static const char *const keys[] = { "code-activation", "code-units", "hidden-units" };
  const LtKnobTable *knobs = &model->kind->knobs;
  const LtKnob *knob = NULL;

  if (layer < model->n_layers - 1)
    return lt_knobs_find (knobs, "hidden-activation");
  for (guint i = 0; knob == NULL && i < G_N_ELEMENTS (keys); i++)
    knob = lt_knobs_find (knobs, keys[i]);
  return knob;
}

/* The knob's choice that means this activation: Boltzmann machines call units by their
 * distribution, of which the activation is the mean. NULL when there is none. */
static const char *
find_choice (const LtKnob *knob, const char *activation)
{
  static const char *const meanings[][2] = { { "binary", "sigmoid" },
                                             { "gaussian", "linear" },
                                             { "relu", "softplus" } };

  if (g_strv_contains (knob->choices, activation))
    return activation;
  for (guint i = 0; i < G_N_ELEMENTS (meanings); i++)
    if (g_str_equal (meanings[i][1], activation) &&
        g_strv_contains (knob->choices, meanings[i][0]))
      return meanings[i][0];
  return NULL;
}

/* Whether the layers below the top, which one knob decides on, are of one kind there. */
static gboolean
is_uniform (const LtModel *before, const LtModel *model, int layer)
{
  int n = MIN (before->n_layers, model->n_layers - 1);
  LtLayerInfo first, other;

  if (layer >= n)
    return TRUE;
  before->kind->layer (before, 0, &first);
  for (int l = 1; l < n; l++) {
    before->kind->layer (before, l, &other);
    if (!g_str_equal (first.activation, other.activation))
      return FALSE;
  }
  return TRUE;
}

static void
append_advice (GString *text, const LtKnob *knob, const char *activation, int phase)
{
  const char *choice = knob != NULL ? find_choice (knob, activation) : NULL;

  if (choice == NULL)
    g_string_append (text, "what they have learnt is lost in part.");
  else if (phase > 0)
    g_string_append_printf (text, "set %d:%s=%s to keep what they have learnt.", phase,
                            knob->key, choice);
  else
    g_string_append_printf (text, "set %s=%s to keep what they have learnt.", knob->key,
                            choice);
}

char *
lt_takeover_notice (const LtModel *before, const LtModel *model, int phase)
{
  int n = MIN (before->n_layers, model->n_layers);
  GString *text = g_string_new (NULL);
  const LtKnob *told = NULL;

  if (before->kind->layer == NULL || model->kind->layer == NULL)
    n = 0;
  for (int l = 0; l < n; l++) {
    const LtKnob *knob = find_knob (model, l);
    LtLayerInfo there, here;

    before->kind->layer (before, l, &there);
    model->kind->layer (model, l, &here);
    if (g_str_equal (there.activation, here.activation) ||
        (knob != NULL && knob == told))
      continue;
    told = knob;
    g_string_append_printf (text,
                            "%s“%s” takes over layer %d of “%s”, whose units are %s "
                            "there and %s here: ",
                            text->len > 0 ? " " : "", model->kind->title, l + 1,
                            before->kind->title, there.activation, here.activation);
    if (knob != NULL && !is_uniform (before, model, l))
      g_string_append_printf (text,
                              "%s is one for all layers below the top, which differ "
                              "there, so what some have learnt is lost in part.",
                              knob->key);
    else
      append_advice (text, knob, there.activation, phase);
  }
  return g_string_free (text, text->len == 0);
}

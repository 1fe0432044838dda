/* Models and data: the family says what does not go together; remedies are tried. */
#include "session/data-fit.h"

typedef struct {
  const char *title;
  const char *assignments[5]; /* NULL-terminated */
} Remedy;

/* Each is offered where its knobs exist and turning them helps. */
static const Remedy remedies[LT_N_REMEDIES] = {
  { "Squared error, _linear output",
    { "loss=squared-error", "output-activation=linear", NULL } },
  { "Scale _to 0…1",
    { "data.scaling=range", "data.whitening=none", "data.drop-leading=0",
      "data.drop-trailing=0", NULL } },
};

/* The bounded output that cannot reach values of any size. */
static gboolean
output_is_sigmoid (const LtExperiment *experiment)
{
  const LtKnobTable *table = &experiment->kind->knobs;
  const LtKnob *knob = lt_knobs_find (table, "output-activation");
  g_autofree char *value = NULL;

  if (!knob)
    return FALSE;
  value = lt_knob_format (knob, experiment->settings);
  return g_str_equal (value, "sigmoid");
}

static gboolean
has_real_values (const LtShape *shape)
{
  for (int m = 0; m < shape->n_modalities; m++)
    if (shape->modality[m].kind == LT_REAL)
      return TRUE;
  return FALSE;
}

static LtDataFit
fit (const LtExperiment *experiment, const LtShape *shape, char **sentence)
{
  g_autoptr (GError) error = NULL;

  *sentence = NULL;
  if (!experiment->kind->check (experiment->settings, shape, &error)) {
    *sentence = g_strdup (error->message);
    return LT_FIT_NOT_AT_ALL;
  }
  if (has_real_values (shape) && output_is_sigmoid (experiment)) {
    *sentence =
        g_strdup ("The model's output activation is sigmoid, which stays between "
                  "0 and 1 and cannot reach all of these values.");
    return LT_FIT_POORLY;
  }
  return LT_FIT_WELL;
}

LtDataFit
lt_data_fit (const LtExperiment *experiment, const LtDataInfo *info, char **sentence)
{
  return fit (experiment, &info->example_shape, sentence);
}

static LtExperiment *
try_remedy (const LtExperiment *experiment,
            const LtShape *shape_now,
            int remedy,
            const char **title)
{
  g_autoptr (LtExperiment) changed = lt_experiment_dup (experiment);
  g_autofree char *before = NULL;
  g_autofree char *after = NULL;
  LtShape shape = *shape_now;
  LtDataFit fit_before = fit (experiment, &shape, &before);

  for (int i = 0; remedies[remedy].assignments[i]; i++)
    if (!lt_experiment_set (changed, remedies[remedy].assignments[i], NULL))
      return NULL;
  if (changed->data->preparation.scaling == LT_SCALING_RANGE) {
    /* Groups of columns are scaled each as its kind needs. */
    if (shape.n_modalities > 1)
      return NULL;
    shape.modality[0].kind = LT_UNIT;
  }
  if (fit (changed, &shape, &after) >= fit_before)
    return NULL;
  *title = remedies[remedy].title;
  return g_steal_pointer (&changed);
}

LtExperiment *
lt_data_fit_remedy (const LtExperiment *experiment,
                    const LtDataInfo *info,
                    int remedy,
                    const char **title)
{
  return try_remedy (experiment, &info->example_shape, remedy, title);
}

LtExperiment *
lt_data_fit_first_remedy (const LtExperiment *experiment,
                          const LtShape *shape,
                          const char **title)
{
  g_autofree char *sentence = NULL;

  if (fit (experiment, shape, &sentence) != LT_FIT_NOT_AT_ALL)
    return NULL;
  for (int i = 0; i < LT_N_REMEDIES; i++) {
    LtExperiment *changed = try_remedy (experiment, shape, i, title);

    if (changed)
      return changed;
  }
  return NULL;
}

char *
lt_data_fit_changes (const LtExperiment *before, const LtExperiment *after)
{
  const LtKnobTable *table = &after->kind->knobs;
  g_autofree const LtKnob **differences = NULL;
  GString *text = NULL;

  if (before->kind != after->kind)
    return NULL;
  differences = lt_knobs_differences (table, before->settings, after->settings);
  for (int i = 0; differences[i]; i++) {
    g_autofree char *value = lt_knob_format (differences[i], after->settings);

    g_autofree char *title = g_utf8_strdown (differences[i]->title, -1);

    if (!text)
      text = g_string_new ("Changed for these data: ");
    else
      g_string_append (text, ", ");
    g_string_append_printf (text, "%s → %s", title, value);
  }
  return text ? g_string_free (g_string_append_c (text, '.'), FALSE) : NULL;
}

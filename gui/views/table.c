/* The table of views, and how a view with its settings is written: "filters layer=1". */
#include <string.h>

#include "core/error.h"
#include "views/common.h"

const LtView *const lt_views[] = {
  &lt_filters_view,
  &lt_reconstructions_view,
  &lt_latent_map_view,
  &lt_vector_field_view,
  &lt_learning_curves_view,
  &lt_distributions_view,
  &lt_network_view,
  &lt_energy_view,
  &lt_particles_view,
  &lt_phase_microscope_view,
  &lt_mean_field_view,
  &lt_dashboard_view,
  NULL,
};

const LtView *
lt_view_find (const char *name, GError **error)
{
  g_autoptr (GString) names = g_string_new (NULL);

  for (int i = 0; lt_views[i] != NULL; i++) {
    if (strcmp (lt_views[i]->name, name) == 0)
      return lt_views[i];
    g_string_append_printf (names, "%s%s", i == 0 ? "" : ", ", lt_views[i]->name);
  }
  g_set_error (error, LT_ERROR, LT_ERROR_UNKNOWN,
               "There is no view called “%s”; the views are %s.", name, names->str);
  return NULL;
}

static gboolean
set_unknown_knob (const LtView *view, const char *key, GError **error)
{
  g_autoptr (GString) keys = g_string_new (NULL);

  for (int i = 0; i < view->knobs.n_knobs; i++)
    g_string_append_printf (keys, "%s%s", i == 0 ? "" : ", ", view->knobs.knobs[i].key);
  g_set_error (error, LT_ERROR, LT_ERROR_UNKNOWN,
               "The view “%s” has no knob called “%s”; its knobs are %s.", view->name,
               key, keys->str);
  return FALSE;
}

static gboolean
apply_assignment (const LtView *view,
                  const char *assignment,
                  gpointer settings,
                  GError **error)
{
  const char *equals = strchr (assignment, '=');
  g_autofree char *key = NULL;
  const LtKnob *knob;

  if (equals == NULL) {
    g_set_error (error, LT_ERROR, LT_ERROR_VALUE,
                 "“%s” after the view “%s” is not of the form key=value.", assignment,
                 view->name);
    return FALSE;
  }
  key = g_strndup (assignment, equals - assignment);
  knob = lt_knobs_find (&view->knobs, key);
  if (knob == NULL)
    return set_unknown_knob (view, key, error);
  return lt_knob_parse (knob, equals + 1, settings, error);
}

const LtView *
lt_view_parse (const char *text, gpointer *settings, GError **error)
{
  g_auto (GStrv) words = NULL;
  g_autofree gpointer values = NULL;
  g_autoptr (GError) local = NULL;
  const LtView *view;

  if (!g_shell_parse_argv (text, NULL, &words, &local)) {
    g_set_error (
        error, LT_ERROR, LT_ERROR_VALUE,
        "“%s” does not name a view; a name is expected, and then key=value pairs "
        "with matching quotes, such as “filters layer=1”.",
        text);
    return NULL;
  }
  view = lt_view_find (words[0], error);
  if (view == NULL)
    return NULL;
  if (view->knobs.settings_size > 0) {
    values = g_malloc0 (view->knobs.settings_size);
    lt_knobs_init (&view->knobs, values);
  }
  for (int i = 1; words[i] != NULL; i++)
    if (!apply_assignment (view, words[i], values, error))
      return NULL;
  if (settings != NULL)
    *settings = g_steal_pointer (&values);
  return view;
}

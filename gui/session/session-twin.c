/* The twin: a second session that trains a lesson's variation beside it, from the same first
 * weights on the same rows. It is played, stepped, shown and turned with the session that it belongs to,
 * but for the knobs that make the difference. */
#include "session/session-private.h"

#include <string.h>

/* "noise-level=0; epochs=20" as assignments. */
static char **
assignments (const char *variation)
{
  char **parts = g_strsplit (variation, ";", -1);

  for (int i = 0; parts[i]; i++)
    g_strstrip (parts[i]);
  return parts;
}

/* The twin's experiment; NULL when the variation does not fit the knobs any more. */
static LtExperiment *
varied (const LtExperiment *experiment, const char *variation)
{
  g_auto (GStrv) parts = assignments (variation);
  g_autoptr (LtExperiment) twin = lt_experiment_dup (experiment);

  g_clear_pointer (&twin->lesson.twin, g_free);
  for (int i = 0; parts[i]; i++) {
    if (*parts[i] && !lt_experiment_set (twin, parts[i], NULL))
      return NULL;
  }
  return g_steal_pointer (&twin);
}

gboolean
lt_session_twin_differs_in (LtSession *self, const char *key)
{
  g_auto (GStrv) parts = NULL;

  if (!self->variation)
    return FALSE;
  parts = assignments (self->variation);
  for (int i = 0; parts[i]; i++) {
    gsize length = strcspn (parts[i], "=");

    if (length == strlen (key) && strncmp (parts[i], key, length) == 0)
      return TRUE;
  }
  return FALSE;
}

/* Only what needs the user; that both have finished is said once. */
static void
message_cb (LtSession *twin, int kind, const char *text, LtSession *self)
{
  g_autofree char *named = NULL;

  if (kind == LT_MESSAGE_NOTE)
    return;
  named = g_strdup_printf ("The twin (%s): %s", self->variation, text);
  lt_session_say (self, (LtMessageKind) kind, named);
}

/* Its knobs can be read from now on. */
static void
replaced_cb (LtSession *twin, LtSession *self)
{
  lt_session_tell (self, LT_KNOBS_CHANGED);
}

static void
drop_twin (LtSession *self)
{
  g_clear_pointer (&self->variation, g_free);
  if (!self->twin)
    return;
  lt_session_drop_run (g_steal_pointer (&self->twin->run), self);
  lt_session_close (self->twin);
  g_signal_handlers_disconnect_by_data (self->twin, self);
  g_clear_object (&self->twin);
  lt_session_tell (self, LT_TWIN_CHANGED);
}

void
lt_session_pair (LtSession *self)
{
  const char *variation = self->run->experiment->lesson.twin;
  LtExperiment *experiment = NULL;
  gboolean new_twin;

  if (variation && !self->run->resumed && self->status.step == 0)
    experiment = varied (self->run->experiment, variation);
  if (!experiment) {
    drop_twin (self);
    return;
  }
  if (self->twin && g_strcmp0 (variation, self->variation) != 0)
    drop_twin (self);
  new_twin = self->twin == NULL;
  if (new_twin) {
    self->twin = lt_session_new (lt_session_share (self, self->run->experiment));
    self->variation = g_strdup (variation);
    g_signal_connect_object (self->twin, "message", G_CALLBACK (message_cb), self, 0);
    g_signal_connect_object (self->twin, "experiment-replaced",
                             G_CALLBACK (replaced_cb), self, 0);
  }
  lt_session_open_on (self->twin, experiment, self->run->dataset, self->want_play);
  if (new_twin)
    lt_session_tell (self, LT_TWIN_CHANGED);
}

void
lt_session_unpair (LtSession *self)
{
  drop_twin (self);
}

int
lt_session_share (LtSession *self, const LtExperiment *experiment)
{
  gboolean two = experiment && experiment->lesson.twin;

  return two ? MAX (1, self->n_threads / 2) : self->n_threads;
}

LtSession *
lt_session_twin (LtSession *self)
{
  return self->twin;
}

/* What one side has for a key: "Autoencoder" for its model, else a knob's value, with its
 * title in *title; NULL: no such knob. */
static char *
dup_value (LtSession *side, const char *key, const char **title)
{
  LtExperiment *experiment = lt_session_experiment (side);
  const LtKnobTable *table;
  gpointer settings;
  const LtKnob *knob;

  if (strcmp (key, "model") == 0) {
    *title = "Model";
    return g_strdup (experiment->kind->title);
  }
  knob = lt_experiment_find_knob (experiment, key, &table, &settings);
  *title = knob ? knob->title : NULL;
  return knob ? lt_knob_format (knob, settings) : NULL;
}

/* Only where both have a value, and not the same. */
static void
append_difference (LtSession *self, gboolean of_twin, const char *key, GString *text)
{
  const char *title, *other_title;
  g_autofree char *own = dup_value (of_twin ? self->twin : self, key, &title);
  g_autofree char *other = dup_value (of_twin ? self : self->twin, key, &other_title);

  if (own && g_strcmp0 (own, other) != 0)
    g_string_append_printf (text, "%s%s (%s)", text->len ? ", " : "", own, title);
}

/* "0.3 (Noise level)": the value first. */
static char *
dup_difference (LtSession *self, gboolean of_twin, gboolean all)
{
  g_auto (GStrv) parts = NULL;
  GString *text;

  if (!self->variation || !self->twin || !lt_session_experiment (self) ||
      !lt_session_experiment (self->twin))
    return NULL;
  text = g_string_new (NULL);
  parts = assignments (self->variation);
  for (int i = 0; parts[i] && (all || text->len == 0); i++) {
    g_autofree char *key = g_strndup (parts[i], strcspn (parts[i], "="));

    append_difference (self, of_twin, key, text);
  }
  if (text->len == 0)
    g_string_append (text, "no difference");
  return g_string_free (text, FALSE);
}

char *
lt_session_dup_difference (LtSession *self, gboolean of_twin)
{
  return dup_difference (self, of_twin, TRUE);
}

char *
lt_session_dup_first_difference (LtSession *self, gboolean of_twin)
{
  return dup_difference (self, of_twin, FALSE);
}

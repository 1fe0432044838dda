/* Knobs: turned, staged for a restart, undone and redone. */
#include "session/session-private.h"

/* Turning several structural knobs in a row should restart the run once. */
#define RESTART_DELAY_MS 450

/* ---- Turning ------------------------------------------------------------------------ */

static gboolean
restart_cb (gpointer data)
{
  LtSession *self = data;

  self->restart_source = 0;
  lt_session_open (self, lt_experiment_dup (self->staged), self->want_play);
  return G_SOURCE_REMOVE;
}

static gboolean
set (LtExperiment *experiment, const char *key, const char *value, GError **error)
{
  g_autofree char *assignment = g_strconcat (key, "=", value, NULL);

  return lt_experiment_set (experiment, assignment, error);
}

/* "model" and "data" have no entry in a table; they always restart. A knob of a phase that is
 * still to come can be turned as it could be then. */
static gboolean
is_live (LtSession *self, const char *key, char **before)
{
  LtExperiment *experiment = self->run->experiment;
  int present = experiment->phase;
  const char *rest;
  int phase = lt_experiment_key_phase (experiment, key, &rest);
  const LtKnob *knob;
  gpointer settings;

  if (phase < present)
    return FALSE;
  lt_experiment_enter (experiment, phase);
  knob = lt_experiment_find_knob (experiment, rest, NULL, &settings);
  if (knob && knob->live)
    *before = lt_knob_format (knob, settings);
  lt_experiment_enter (experiment, present);
  return knob && knob->live;
}

static gboolean
turn_live (LtSession *self, const char *key, const char *value, GError **error)
{
  g_autofree char *assignment = NULL;

  if (!lt_trainer_set_knob (self->run->trainer, key, value, error))
    return FALSE;
  if (self->staged)
    (void) set (self->staged, key, value, NULL);
  if (self->twin && self->twin->run && !lt_session_twin_differs_in (self, key))
    (void) turn_live (self->twin, key, value, NULL);
  assignment = g_strconcat (key, "=", value, NULL);
  if (g_ascii_isdigit (*key))
    return lt_experiment_set (self->run->experiment, assignment, error);
  return lt_experiment_turn (self->run->experiment, assignment, error);
}

static gboolean
turn_structural (LtSession *self, const char *key, const char *value, GError **error)
{
  g_autoptr (LtExperiment) experiment =
      lt_experiment_dup (lt_session_experiment (self));

  if (!set (experiment, key, value, error))
    return FALSE;
  g_clear_pointer (&self->staged, lt_experiment_free);
  self->staged = g_steal_pointer (&experiment);
  g_clear_handle_id (&self->restart_source, g_source_remove);
  self->restart_source = g_timeout_add (RESTART_DELAY_MS, restart_cb, self);
  return TRUE;
}

gboolean
lt_session_turn (LtSession *self, const char *key, const char *value)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *before = NULL;
  gboolean live, done;

  if (!self->run)
    return FALSE;
  live = is_live (self, key, &before);
  if (live && g_str_equal (before, value))
    return TRUE;
  done = live ? turn_live (self, key, value, &error)
              : turn_structural (self, key, value, &error);
  if (live && done)
    lt_undo_add_turn (self->undo, key, before, value, g_get_monotonic_time ());
  lt_session_tell (self, LT_KNOBS_CHANGED);
  if (!done)
    lt_session_say (self, LT_MESSAGE_TROUBLE, error->message);
  return done;
}

gboolean
lt_session_can_undo (LtSession *self)
{
  return self->staged || lt_undo_can_go_back (self->undo);
}

gboolean
lt_session_can_redo (LtSession *self)
{
  return lt_undo_can_go_forth (self->undo);
}

static void
say_undone (LtSession *self, const LtUndoEntry *entry, const char *value)
{
  g_autofree char *text = NULL;

  if (entry->other)
    text = g_strdup ("The run before is back, as it stood.");
  else
    text = g_strdup_printf ("%s is %s again.", entry->key, value);
  lt_session_say (self, LT_MESSAGE_NOTE, text);
}

static void
apply (LtSession *self, LtUndoEntry *entry, const char *value)
{
  g_autoptr (GError) error = NULL;

  lt_session_abandon_opening (self);
  if (entry->other)
    entry->other = lt_session_install (self, entry->other);
  else if (!turn_live (self, entry->key, value, &error))
    lt_session_say (self, LT_MESSAGE_TROUBLE, error->message);
  if (!error)
    say_undone (self, entry, value);
  lt_session_tell (self, LT_KNOBS_CHANGED);
}

/* Knobs that have been turned but have not restarted the run yet simply go back. */
static gboolean
unstage (LtSession *self)
{
  if (!self->staged)
    return FALSE;
  lt_session_abandon_opening (self);
  g_clear_handle_id (&self->restart_source, g_source_remove);
  g_clear_pointer (&self->staged, lt_experiment_free);
  lt_session_tell (self, LT_KNOBS_CHANGED);
  return TRUE;
}

void
lt_session_undo (LtSession *self)
{
  LtUndoEntry *entry;

  if (unstage (self))
    return;
  entry = lt_undo_back (self->undo);
  if (entry)
    apply (self, entry, entry->before);
}

void
lt_session_redo (LtSession *self)
{
  LtUndoEntry *entry;

  (void) unstage (self);
  entry = lt_undo_forth (self->undo);
  if (entry)
    apply (self, entry, entry->after);
}

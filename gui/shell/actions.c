/* Every command of the window is an action. Those with Ctrl or a function key are the
 * application's accelerators; single keys (Space, ".", "l" …) are offered to the focused widget
 * first, so that they can be typed. */
#include "shell/actions.h"

#include "shell/compat.h"

typedef struct {
  const char *action;
  const char *keys[3];
} Keys;

static const Keys accelerators[] = {
  { "win.open", { "<Control>o" } },
  { "win.save", { "<Control>s" } },
  { "win.save-as", { "<Control><Shift>s" } },
  { "win.undo", { "<Control>z" } },
  { "win.redo", { "<Control><Shift>z", "<Control>y" } },
  { "win.reset", { "<Control>r" } },
  { "win.show-panel", { "F9" } },
  { "win.fullscreen", { "F11" } },
  { "win.lesson-text", { "F1" } },
  { "win.shortcuts", { "<Control>question" } },
  { "win.maximise-tile(0)", { "<Control>1" } },
  { "win.maximise-tile(1)", { "<Control>2" } },
  { "win.maximise-tile(2)", { "<Control>3" } },
  { "win.maximise-tile(3)", { "<Control>4" } },
  { "win.dashboard", { "<Control>d" } },
  { "window.close", { "<Control>w" } },
  { "app.quit", { "<Control>q" } },
  { "app.text-larger", { "<Control>plus", "<Control>equal" } },
  { "app.text-smaller", { "<Control>minus" } },
  { "app.text-normal", { "<Control>0" } },
  { "app.preferences", { "<Control>comma" } },
};

static const Keys single_keys[] = {
  { "win.play", { "space" } },
  { "win.step-batch", { "period" } },
  { "win.step-epoch", { "greater" } },
  { "win.live", { "l" } },
  { "win.epoch-back", { "bracketleft" } },
  { "win.epoch-forward", { "bracketright" } },
  { "win.epoch-first", { "Home" } },
  { "win.live", { "End" } },
  { "win.hide-message", { "Escape" } },
};

void
lt_application_set_keys (GtkApplication *application)
{
  for (gsize i = 0; i < G_N_ELEMENTS (accelerators); i++) {
    const char *keys[] = { accelerators[i].keys[0], accelerators[i].keys[1], NULL };

    gtk_application_set_accels_for_action (application, accelerators[i].action, keys);
  }
}

static void
add_single_keys (LtWindow *self)
{
  GtkEventController *controller = gtk_shortcut_controller_new ();

  for (gsize i = 0; i < G_N_ELEMENTS (single_keys); i++) {
    GtkShortcut *shortcut =
        gtk_shortcut_new (gtk_shortcut_trigger_parse_string (single_keys[i].keys[0]),
                          gtk_named_action_new (single_keys[i].action));

    gtk_shortcut_controller_add_shortcut (GTK_SHORTCUT_CONTROLLER (controller),
                                          shortcut);
  }
  gtk_event_controller_set_propagation_phase (controller, GTK_PHASE_BUBBLE);
  gtk_widget_add_controller (GTK_WIDGET (self), controller);
}

/* ---- Training and time ------------------------------------------------------------ */

static void
play (GSimpleAction *action, GVariant *parameter, gpointer window)
{
  LtSession *session = lt_window_session (window);

  if (lt_session_status (session)->state == LT_TRAINER_RUNNING)
    lt_session_pause (session);
  else
    lt_session_play (session);
}

static void
step_batch (GSimpleAction *action, GVariant *parameter, gpointer window)
{
  lt_session_step (lt_window_session (window), LT_STEP_BATCH);
}

static void
step_epoch (GSimpleAction *action, GVariant *parameter, gpointer window)
{
  lt_session_step (lt_window_session (window), LT_STEP_EPOCH);
}

static void
reset (GSimpleAction *action, GVariant *parameter, gpointer window)
{
  lt_session_reset (lt_window_session (window));
}

static void
new_seed (GSimpleAction *action, GVariant *parameter, gpointer window)
{
  g_autofree char *seed = g_strdup_printf ("%d", g_random_int_range (1, G_MAXINT));

  lt_session_turn (lt_window_session (window), "seed", seed);
}

static void
live (GSimpleAction *action, GVariant *parameter, gpointer window)
{
  lt_session_show (lt_window_session (window), LT_SHOW_LIVE);
}

static void
epoch_first (GSimpleAction *action, GVariant *parameter, gpointer window)
{
  lt_session_show (lt_window_session (window), 0);
}

static void
move_epoch (gpointer window, int by)
{
  LtSession *session = lt_window_session (window);
  int newest = lt_session_status (session)->epoch;
  int shown = lt_session_shown (session);
  int to = (shown == LT_SHOW_LIVE ? newest + 1 : shown) + by;

  lt_session_show (session, to > newest ? LT_SHOW_LIVE : MAX (to, 0));
}

static void
epoch_back (GSimpleAction *action, GVariant *parameter, gpointer window)
{
  move_epoch (window, -1);
}

static void
epoch_forward (GSimpleAction *action, GVariant *parameter, gpointer window)
{
  if (lt_session_shown (lt_window_session (window)) != LT_SHOW_LIVE)
    move_epoch (window, 1);
}

/* ---- Experiment ------------------------------------------------------------------- */

static void
undo (GSimpleAction *action, GVariant *parameter, gpointer window)
{
  lt_session_undo (lt_window_session (window));
}

static void
redo (GSimpleAction *action, GVariant *parameter, gpointer window)
{
  lt_session_redo (lt_window_session (window));
}

static void
take_remedy (GSimpleAction *action, GVariant *parameter, gpointer window)
{
  lt_session_take_remedy (lt_window_session (window));
  lt_window_hide_message (window);
}

static void
open_file (GSimpleAction *action, GVariant *parameter, gpointer window)
{
  lt_window_ask_open (window, FALSE);
}

static void
open_folder (GSimpleAction *action, GVariant *parameter, gpointer window)
{
  lt_window_ask_open (window, TRUE);
}

static void
begin_from (GSimpleAction *action, GVariant *parameter, gpointer window)
{
  lt_window_ask_from (window);
}

static void
save (GSimpleAction *action, GVariant *parameter, gpointer window)
{
  lt_window_save (window, FALSE);
}

static void
save_as (GSimpleAction *action, GVariant *parameter, gpointer window)
{
  lt_window_save (window, TRUE);
}

/* ---- Window ----------------------------------------------------------------------- */

static void
show_panel (GSimpleAction *action, GVariant *parameter, gpointer window)
{
  gboolean show = !lt_window_shows_panel (window);

  lt_window_show_panel (window, show);
  g_simple_action_set_state (action, g_variant_new_boolean (show));
}

static void
fullscreen (GSimpleAction *action, GVariant *parameter, gpointer window)
{
  if (gtk_window_is_fullscreen (window))
    gtk_window_unfullscreen (window);
  else
    gtk_window_fullscreen (window);
}

static void
lesson_text (GSimpleAction *action, GVariant *parameter, gpointer window)
{
  lt_window_show_lesson (window);
  lt_window_update_actions (window);
}

static void
shortcuts (GSimpleAction *action, GVariant *parameter, gpointer window)
{
  lt_compat_show_shortcuts (window);
}

static void
maximise_tile (GSimpleAction *action, GVariant *parameter, gpointer window)
{
  lt_window_maximise_tile (window, g_variant_get_int32 (parameter));
}

static void
dashboard (GSimpleAction *action, GVariant *parameter, gpointer window)
{
  lt_window_toggle_dashboard (window);
}

static void
hide_message (GSimpleAction *action, GVariant *parameter, gpointer window)
{
  lt_window_hide_message (window);
}

static const GActionEntry entries[] = {
  { .name = "play", .activate = play },
  { .name = "step-batch", .activate = step_batch },
  { .name = "step-epoch", .activate = step_epoch },
  { .name = "reset", .activate = reset },
  { .name = "new-seed", .activate = new_seed },
  { .name = "live", .activate = live },
  { .name = "epoch-first", .activate = epoch_first },
  { .name = "epoch-back", .activate = epoch_back },
  { .name = "epoch-forward", .activate = epoch_forward },
  { .name = "undo", .activate = undo },
  { .name = "redo", .activate = redo },
  { .name = "take-remedy", .activate = take_remedy },
  { .name = "open", .activate = open_file },
  { .name = "open-folder", .activate = open_folder },
  { .name = "begin-from", .activate = begin_from },
  { .name = "save", .activate = save },
  { .name = "save-as", .activate = save_as },
  { .name = "show-panel", .activate = show_panel, .state = "true" },
  { .name = "fullscreen", .activate = fullscreen },
  { .name = "lesson-text", .activate = lesson_text },
  { .name = "shortcuts", .activate = shortcuts },
  { .name = "maximise-tile", .activate = maximise_tile, .parameter_type = "i" },
  { .name = "dashboard", .activate = dashboard },
  { .name = "hide-message", .activate = hide_message },
};

static void
enable (LtWindow *self, const char *name, gboolean enabled)
{
  GAction *action = g_action_map_lookup_action (G_ACTION_MAP (self), name);

  g_simple_action_set_enabled (G_SIMPLE_ACTION (action), enabled);
}

void
lt_window_update_actions (LtWindow *self)
{
  LtSession *session = lt_window_session (self);
  const LtTrainerStatus *status = lt_session_status (session);
  gboolean there = lt_session_run (session) != NULL;
  gboolean past = lt_session_shown (session) != LT_SHOW_LIVE;
  gboolean can_step = there && status->state != LT_TRAINER_RUNNING;
  GAction *panel = g_action_map_lookup_action (G_ACTION_MAP (self), "show-panel");

  enable (self, "play", there);
  enable (self, "step-batch", can_step);
  enable (self, "step-epoch", can_step);
  enable (self, "reset", there);
  enable (self, "new-seed", there);
  enable (self, "dashboard", there);
  enable (self, "begin-from", there);
  enable (self, "save", there);
  enable (self, "save-as", there);
  enable (self, "live", past);
  enable (self, "epoch-first", there);
  enable (self, "epoch-back", there);
  enable (self, "epoch-forward", past);
  enable (self, "undo", lt_session_can_undo (session));
  enable (self, "redo", lt_session_can_redo (session));
  g_simple_action_set_state (G_SIMPLE_ACTION (panel),
                             g_variant_new_boolean (lt_window_shows_panel (self)));
}

void
lt_window_add_actions (LtWindow *self)
{
  g_action_map_add_action_entries (G_ACTION_MAP (self), entries, G_N_ELEMENTS (entries),
                                   self);
  add_single_keys (self);
}

/* The whole window on a display: what a user does in the first minutes. */
#include "shell/window.h"

#include "config.h"
#include "panels/message-strip.h"
#include "panels/panel.h"
#include "shell/actions.h"
#include "shell/resources.h"
#include "support/display.h"
#include <string.h>

typedef struct {
  LtLook *look;
  LtPreferences *preferences;
  LtWindow *window;
} Fixture;

#define wait_until(condition) \
  while (!(condition))        \
  g_main_context_iteration (NULL, TRUE)

static LtSession *
session (Fixture *fixture)
{
  return lt_window_session (fixture->window);
}

static void
open_small (Fixture *fixture, int epochs)
{
  LtExperiment *experiment = lt_experiment_new ();
  g_autofree char *planned = g_strdup_printf ("epochs=%d", epochs);
  const char *const assignments[] = { "data=moons", "hidden=8 2", "loss=squared-error",
                                      "output-activation=linear", planned };

  for (gsize i = 0; i < G_N_ELEMENTS (assignments); i++)
    g_assert_true (lt_experiment_set (experiment, assignments[i], NULL));
  lt_session_open (session (fixture), experiment, TRUE);
  lt_test_wait_for (!lt_session_loading (session (fixture)));
  g_assert_nonnull (lt_session_run (session (fixture)));
}

static void
set_up (Fixture *fixture, gconstpointer application)
{
  fixture->look = lt_look_new ();
  fixture->preferences = lt_preferences_new (fixture->look);
  fixture->window = lt_window_new (GTK_APPLICATION (application), fixture->look,
                                   fixture->preferences);
  g_object_add_weak_pointer (G_OBJECT (fixture->window), (gpointer *) &fixture->window);
  gtk_window_present (GTK_WINDOW (fixture->window));
}

/* Closing leaves nothing behind that still holds the window. */
static void
tear_down (Fixture *fixture, gconstpointer data)
{
  gtk_window_close (GTK_WINDOW (fixture->window));
  lt_test_wait_for (!fixture->window);
  lt_preferences_free (fixture->preferences);
  g_assert_finalize_object (fixture->look);
}

static gboolean
all_tiles_show_something (Fixture *fixture)
{
  for (int i = 0; i < LT_N_TILES; i++)
    if (!lt_tile_texture (lt_window_tile (fixture->window, i)))
      return FALSE;
  return TRUE;
}

static int
epoch_shown (Fixture *fixture, int tile)
{
  LtViewResult *result = lt_tile_result (lt_window_tile (fixture->window, tile));

  return result ? result->snapshot->epoch : -1;
}

static void
act (Fixture *fixture, const char *action)
{
  g_action_group_activate_action (G_ACTION_GROUP (fixture->window), action, NULL);
}

/* A run trains to its end, and every tile shows a view that goes with it. */
static void
test_trains (Fixture *fixture, gconstpointer data)
{
  open_small (fixture, 5);
  lt_test_wait_for (lt_session_status (session (fixture))->state ==
                    LT_TRAINER_FINISHED);
  lt_test_wait_for (all_tiles_show_something (fixture));
}

/* Space's action plays and pauses. */
static void
test_play (Fixture *fixture, gconstpointer data)
{
  open_small (fixture, 100000);
  g_assert_cmpint (lt_session_status (session (fixture))->state, ==,
                   LT_TRAINER_RUNNING);
  act (fixture, "play");
  lt_test_wait_for (lt_session_status (session (fixture))->state == LT_TRAINER_PAUSED);
  act (fixture, "play");
  lt_test_wait_for (lt_session_status (session (fixture))->state == LT_TRAINER_RUNNING);
}

/* However long a tile has to rest, a pause shows where training stands. */
static void
test_pause_wakes (Fixture *fixture, gconstpointer data)
{
  open_small (fixture, 100000);
  lt_test_wait_for (all_tiles_show_something (fixture));
  act (fixture, "play");
  for (int i = 0; i < LT_N_TILES; i++) {
    LtTile *tile = lt_window_tile (fixture->window, i);

    lt_test_wait_for (lt_tile_result (tile) &&
                      lt_tile_result (tile)->snapshot ==
                          lt_session_snapshot (session (fixture)));
  }
}

/* Scrubbing re-evaluates every tile with that epoch's weights; "live" comes back. */
static void
test_scrub (Fixture *fixture, gconstpointer data)
{
  open_small (fixture, 5);
  lt_test_wait_for (lt_session_status (session (fixture))->state ==
                    LT_TRAINER_FINISHED);
  lt_session_show (session (fixture), 2);
  for (int i = 0; i < LT_N_TILES; i++)
    lt_test_wait_for (epoch_shown (fixture, i) == 2);
  act (fixture, "epoch-back");
  lt_test_wait_for (epoch_shown (fixture, 0) == 1);
  act (fixture, "live");
  lt_test_wait_for (epoch_shown (fixture, 0) == 5);
}

/* Turning a knob enables undo, and undo turns it back. */
static void
test_knob (Fixture *fixture, gconstpointer data)
{
  GActionGroup *actions = G_ACTION_GROUP (fixture->window);

  open_small (fixture, 100000);
  g_assert_false (g_action_group_get_action_enabled (actions, "undo"));
  lt_session_turn (session (fixture), "learning-rate", "0.0625");
  g_assert_true (g_action_group_get_action_enabled (actions, "undo"));
  act (fixture, "undo");
  g_assert_false (g_action_group_get_action_enabled (actions, "undo"));
  g_assert_true (g_action_group_get_action_enabled (actions, "redo"));
}

/* Any view in any tile. */
static void
test_change_view (Fixture *fixture, gconstpointer data)
{
  LtTile *tile = lt_window_tile (fixture->window, 0);

  open_small (fixture, 3);
  for (int i = 0; lt_views[i]; i++) {
    lt_tile_set_view (tile, lt_views[i]->name);
    g_assert_true (lt_tile_view (tile) == lt_views[i]);
    lt_test_wait_for (lt_tile_texture (tile) || lt_tile_message (tile));
    g_assert_true (!lt_tile_result (tile) ||
                   lt_tile_result (tile)->view == lt_views[i]);
  }
}

/* A view that goes with a later phase's model says which; with none it does not. */
static void
test_phase_to_come (Fixture *fixture, gconstpointer data)
{
  static const char json[] =
      "{ \"format\": 1, \"data\": { \"source\": \"digits\" },"
      "  \"model\": { \"kind\": \"dbn\", \"hidden\": [6, 5] },"
      "  \"training\": { \"epochs\": 1 },"
      "  \"phases\": [ { \"title\": \"First\", \"model\": { \"layer\": 1 } },"
      "                { \"title\": \"Second\", \"model\": { \"layer\": 2 } },"
      "                { \"title\": \"Together\","
      "                  \"model\": { \"kind\": \"dbm\", \"hidden\": [6, 5] } } ] }";
  LtTile *tile = lt_window_tile (fixture->window, 0);
  LtExperiment *experiment = lt_experiment_from_json (json, -1, "test", NULL);

  g_assert_nonnull (experiment);
  lt_session_open (session (fixture), experiment, FALSE);
  lt_test_wait_for (!lt_session_loading (session (fixture)));
  lt_tile_set_view (tile, "mean-field");
  lt_test_wait_for (lt_tile_message (tile));
  g_assert_true (g_str_has_suffix (lt_tile_message (tile),
                                   " It begins with phase 3, “Together”."));
  lt_tile_set_view (tile, "vector-field");
  lt_test_wait_for (lt_tile_message (tile));
  g_assert_null (strstr (lt_tile_message (tile), "It begins with"));
}

/* Layers that go on as other units are told about in the strip, with the knob that keeps them;
 * with that turned the next run says nothing. */
static void
test_takeover (Fixture *fixture, gconstpointer data)
{
  static const char json[] =
      "{ \"format\": 1, \"data\": { \"source\": \"digits\" },"
      "  \"model\": { \"kind\": \"rbm\", \"hidden\": [6] },"
      "  \"training\": { \"epochs\": 1 },"
      "  \"phases\": [ { \"title\": \"First\" },"
      "                { \"title\": \"Second\","
      "                  \"model\": { \"kind\": \"autoencoder\", \"hidden\": [6],"
      "                             \"code-activation\": \"relu\" } } ] }";
  LtExperiment *experiment = lt_experiment_from_json (json, -1, "test", NULL);
  const char *told;
  LtRun *run;

  g_assert_nonnull (experiment);
  lt_session_open (session (fixture), experiment, FALSE);
  lt_test_wait_for (!lt_session_loading (session (fixture)));
  told = lt_window_message (fixture->window);
  g_assert_nonnull (told);
  g_assert_nonnull (strstr (told, "sigmoid there and relu here"));
  g_assert_nonnull (strstr (told, "set 2:code-activation=sigmoid"));
  act (fixture, "hide-message");
  run = lt_session_run (session (fixture));
  g_assert_true (lt_session_turn (session (fixture), "2:code-activation", "sigmoid"));
  lt_test_wait_for (lt_session_run (session (fixture)) != run);
  g_assert_null (lt_window_message (fixture->window));
}

/* A note stays for as long as it takes to read it; letters count, not bytes. */
static void
test_reading_time (Fixture *fixture, gconstpointer data)
{
  g_autofree char *page = g_strnfill (500, 'a');
  guint shortest = lt_message_strip_reading_time ("");

  g_assert_cmpuint (shortest, >=, 5000);
  g_assert_cmpuint (lt_message_strip_reading_time (page), >=, shortest + 500 * 40);
  g_assert_cmpuint (lt_message_strip_reading_time ("−−"), ==,
                    lt_message_strip_reading_time ("--"));
}

/* A view with settings in its name; one that there is not changes nothing. */
static void
test_view_settings (Fixture *fixture, gconstpointer data)
{
  LtTile *tile = lt_window_tile (fixture->window, 1);

  open_small (fixture, 3);
  lt_tile_set_view (tile, "learning-curves");
  lt_tile_set_view (tile, "no-such-view");
  g_assert_cmpstr (lt_tile_view (tile)->name, ==, "learning-curves");
  lt_test_wait_for (lt_tile_texture (tile));
}

/* A fingerprint of the picture. */
static guint
picture (GdkTexture *texture)
{
  g_autoptr (GBytes) bytes = gdk_texture_save_to_png_bytes (texture);

  return g_bytes_hash (bytes);
}

/* A place that turns a setting when it is clicked. */
static gboolean
click_somewhere (LtTile *tile, double *x, double *y)
{
  GdkTexture *texture = lt_tile_texture (tile);

  for (*y = 0; *y < gdk_texture_get_height (texture); *y += 4)
    for (*x = 0; *x < gdk_texture_get_width (texture); *x += 4)
      if (lt_tile_click (tile, *x, *y))
        return TRUE;
  return FALSE;
}

/* A class of the map's legend is emphasised by a click, and no longer by another one. */
static void
test_legend (Fixture *fixture, gconstpointer data)
{
  LtTile *tile = lt_window_tile (fixture->window, 0);
  guint plain;
  double x = 0, y = 0;

  open_small (fixture, 2);
  lt_tile_set_view (tile, "latent-map");
  lt_test_wait_for (lt_session_status (session (fixture))->state ==
                    LT_TRAINER_FINISHED);
  lt_test_wait_for (lt_tile_result (tile) && epoch_shown (fixture, 0) == 2);
  plain = picture (lt_tile_texture (tile));
  g_assert_true (click_somewhere (tile, &x, &y));
  lt_test_wait_for (lt_tile_result (tile));
  g_assert_cmpuint (picture (lt_tile_texture (tile)), !=, plain);
  g_assert_true (lt_tile_click (tile, x, y));
  lt_test_wait_for (lt_tile_result (tile));
  g_assert_cmpuint (picture (lt_tile_texture (tile)), ==, plain);
}

/* A layer that is clicked in the network is the one that other tiles show, where their views
 * show one, and it stands out in the network. */
static void
test_select_layer (Fixture *fixture, gconstpointer data)
{
  LtTile *network = lt_window_tile (fixture->window, 0),
         *units = lt_window_tile (fixture->window, 1);
  guint plain, second;
  double x = 0, y = 0;

  open_small (fixture, 1);
  lt_tile_set_view (network, "network");
  lt_tile_set_view (units, "distributions layer=2");
  lt_test_wait_for (lt_session_status (session (fixture))->state ==
                    LT_TRAINER_FINISHED);
  lt_test_wait_for (lt_tile_result (network) && epoch_shown (fixture, 0) == 1);
  lt_test_wait_for (lt_tile_result (units) && epoch_shown (fixture, 1) == 1);
  second = picture (lt_tile_texture (units));
  lt_tile_turn (units, "layer", "1");
  lt_test_wait_for (lt_tile_result (units));
  g_assert_cmpuint (picture (lt_tile_texture (units)), !=, second);
  plain = picture (lt_tile_texture (network));
  g_assert_true (click_somewhere (network, &x, &y));
  lt_test_wait_for (lt_tile_result (network) && lt_tile_result (units));
  g_assert_cmpuint (picture (lt_tile_texture (network)), !=, plain);
  g_assert_cmpuint (picture (lt_tile_texture (units)), ==, second);
  lt_tile_turn (units, "no-such-setting", "1");
  lt_tile_turn (units, "layer", "no number");
  g_assert_nonnull (lt_tile_result (units));
}

/* The dashboard fills the window; afterwards the tile shows what it did, settings included. */
static void
test_dashboard (Fixture *fixture, gconstpointer data)
{
  LtTile *tile = lt_window_tile (fixture->window, 0),
         *other = lt_window_tile (fixture->window, 1);
  g_autofree char *before = NULL, *after = NULL;

  open_small (fixture, 1);
  lt_tile_set_view (tile, "distributions layer=2 show=means");
  before = lt_tile_dup_text (tile);
  g_action_group_activate_action (G_ACTION_GROUP (fixture->window), "dashboard", NULL);
  g_assert_cmpstr (lt_tile_view (tile)->name, ==, "dashboard");
  g_assert_false (gtk_widget_get_visible (GTK_WIDGET (other)));
  lt_test_wait_for (lt_tile_result (tile));
  g_action_group_activate_action (G_ACTION_GROUP (fixture->window), "dashboard", NULL);
  after = lt_tile_dup_text (tile);
  g_assert_cmpstr (after, ==, before);
  g_assert_true (gtk_widget_get_visible (GTK_WIDGET (other)));
  lt_test_wait_for (lt_tile_result (tile));
}

/* One tile fills the window and is painted larger, then all come back. */
static void
test_maximise (Fixture *fixture, gconstpointer data)
{
  LtTile *tile = lt_window_tile (fixture->window, 2);
  int small;

  open_small (fixture, 3);
  lt_test_wait_for (all_tiles_show_something (fixture));
  small = gdk_texture_get_width (lt_tile_texture (tile));
  lt_window_maximise_tile (fixture->window, 2);
  lt_test_wait_for (gdk_texture_get_width (lt_tile_texture (tile)) > 3 * small / 2);
  g_assert_false (
      gtk_widget_get_visible (GTK_WIDGET (lt_window_tile (fixture->window, 0))));
  lt_window_maximise_tile (fixture->window, 2);
  lt_test_wait_for (gdk_texture_get_width (lt_tile_texture (tile)) < 3 * small / 2);
}

/* Dark repaints the tiles in other colours. */
static void
test_dark (Fixture *fixture, gconstpointer data)
{
  LtTile *tile = lt_window_tile (fixture->window, 0);
  guint light;

  open_small (fixture, 3);
  lt_look_set_scheme (fixture->look, "force-light");
  lt_test_wait_for (lt_session_status (session (fixture))->state ==
                    LT_TRAINER_FINISHED);
  lt_tile_set_view (tile, "learning-curves");
  lt_test_wait_for (lt_tile_texture (tile));
  light = picture (lt_tile_texture (tile));
  g_assert_false (lt_look_style (fixture->look)->dark);
  lt_look_set_scheme (fixture->look, "force-dark");
  g_assert_true (lt_look_style (fixture->look)->dark);
  lt_test_wait_for (picture (lt_tile_texture (tile)) != light);
}

/* What a new window would look like. */
static char *
dup_remembered_scheme (void)
{
  g_autoptr (LtLook) look = lt_look_new ();
  LtPreferences *preferences = lt_preferences_new (look);
  char *scheme = g_strdup (lt_look_scheme (look));

  lt_preferences_free (preferences);
  return scheme;
}

/* A scheme from the command line lasts, but only for this time, whatever else is set meanwhile;
 * one that is chosen is remembered. */
static void
test_scheme_override (Fixture *fixture, gconstpointer data)
{
  g_autofree char *before = NULL, *after = NULL, *chosen = NULL;

  lt_look_set_scheme (fixture->look, "default");
  before = dup_remembered_scheme ();
  lt_preferences_override_scheme (fixture->preferences, "force-dark");
  lt_look_set_text_size (fixture->look, lt_look_text_size (fixture->look) + 1);
  g_assert_cmpstr (lt_look_scheme (fixture->look), ==, "force-dark");
  after = dup_remembered_scheme ();
  g_assert_cmpstr (after, ==, before);
  lt_look_set_scheme (fixture->look, "force-light");
  chosen = dup_remembered_scheme ();
  g_assert_cmpstr (chosen, ==, "force-light");
  lt_look_set_scheme (fixture->look, "default");
  lt_look_set_text_size (fixture->look, lt_look_text_size (fixture->look) - 1);
}

/* A file that is no data set is told about in a sentence; the run goes on. */
static void
test_bad_file (Fixture *fixture, gconstpointer data)
{
  g_autofree char *folder = g_dir_make_tmp ("lantern-window-XXXXXX", NULL);
  g_autofree char *path = g_build_filename (folder, "noise.lantern", NULL);
  LtRun *run;

  open_small (fixture, 100000);
  run = lt_session_run (session (fixture));
  g_assert_true (g_file_set_contents (path, "not a run", -1, NULL));
  lt_window_open (fixture->window, path, TRUE);
  lt_test_wait_for (lt_window_message (fixture->window));
  g_assert_nonnull (strstr (lt_window_message (fixture->window), "noise.lantern"));
  g_assert_true (lt_session_run (session (fixture)) == run);
  g_assert_cmpint (lt_session_status (session (fixture))->state, ==,
                   LT_TRAINER_RUNNING);
  act (fixture, "hide-message");
  g_assert_null (lt_window_message (fixture->window));
}

/* A file dropped onto the window is opened like any other. */
static void
test_drop (Fixture *fixture, gconstpointer data)
{
  GtkEventController *target =
      lt_test_controller (GTK_WIDGET (fixture->window), GTK_TYPE_DROP_TARGET);
  GSList files = { g_file_new_for_path ("/dropped.lantern"), NULL };
  g_auto (GValue) value = G_VALUE_INIT;
  gboolean taken = FALSE;

  g_value_init (&value, GDK_TYPE_FILE_LIST);
  g_value_set_boxed (&value, &files);
  g_signal_emit_by_name (target, "drop", &value, 10.0, 10.0, &taken);
  g_assert_true (taken);
  lt_test_wait_for (lt_window_message (fixture->window));
  g_assert_nonnull (strstr (lt_window_message (fixture->window), "dropped.lantern"));
  g_object_unref (files.data);
}

/* Data that the loss does not go with are offered with another one, by a button. */
static void
test_remedy (Fixture *fixture, gconstpointer data)
{
  LtRun *run;

  lt_window_open (fixture->window, LT_FIRST_LESSON, FALSE);
  lt_test_wait_for (lt_session_run (session (fixture)));
  run = lt_session_run (session (fixture));
  lt_session_turn (session (fixture), "data", "moons");
  lt_test_wait_for (lt_window_message (fixture->window));
  g_assert_true (lt_session_run (session (fixture)) == run);
  g_assert_nonnull (lt_session_remedy (session (fixture)));
  act (fixture, "take-remedy");
  lt_test_wait_for (lt_session_run (session (fixture)) != run);
  g_assert_cmpstr (lt_session_run (session (fixture))->experiment->data->source->name,
                   ==, "moons");
  g_assert_null (lt_session_remedy (session (fixture)));
  g_assert_null (lt_window_message (fixture->window));
}

/* What cannot be opened at the start gives way to the first lesson, with the reason shown. */
static void
test_bad_start (Fixture *fixture, gconstpointer data)
{
  lt_window_open (fixture->window, "no-such-lesson", TRUE);
  lt_test_wait_for (lt_session_run (session (fixture)));
  g_assert_nonnull (strstr (lt_window_message (fixture->window), "no-such-lesson"));
  g_assert_cmpstr (lt_session_run (session (fixture))->experiment->lesson.name, ==,
                   LT_FIRST_LESSON);
}

static GtkDropDown *
lesson_chooser (Fixture *fixture)
{
  GObject *panel = gtk_widget_get_template_child (GTK_WIDGET (fixture->window),
                                                  LT_TYPE_WINDOW, "panel");

  return GTK_DROP_DOWN (gtk_widget_get_template_child (
      GTK_WIDGET (panel), LT_TYPE_PANEL, "lesson_chooser"));
}

/* What the chooser says is chosen. */
static const char *
chosen_lesson (Fixture *fixture)
{
  return gtk_string_object_get_string (
      gtk_drop_down_get_selected_item (lesson_chooser (fixture)));
}

/* Space is the window's: at the start nothing has the focus, and after a lesson was chosen
 * the chooser has not. */
static void
test_focus (Fixture *fixture, gconstpointer data)
{
  GtkWindow *window = GTK_WINDOW (fixture->window);
  GtkDropDown *chooser = lesson_chooser (fixture);
  guint other = gtk_drop_down_get_selected (chooser) == 1 ? 2 : 1;

  lt_test_wait_for (gtk_widget_get_mapped (GTK_WIDGET (window)));
  g_assert_null (gtk_window_get_focus (window));
  g_assert_true (gtk_widget_grab_focus (GTK_WIDGET (chooser)));
  g_assert_nonnull (gtk_window_get_focus (window));
  gtk_drop_down_set_selected (chooser, other);
  lt_test_wait_for (lt_session_run (session (fixture)));
  g_assert_null (gtk_window_get_focus (window));
}

/* While a lesson loads the chooser names it already; one that cannot be opened gives way to the
 * one that stays, and so does one that is called off. */
static void
test_chooser (Fixture *fixture, gconstpointer data)
{
  g_autoptr (LtExperiment) first = lt_experiment_load ("spiral", NULL),
                           second = lt_experiment_load ("linear-pca", NULL);
  LtExperiment *refused = lt_experiment_dup (second);

  lt_window_open (fixture->window, "spiral", FALSE);
  g_assert_true (lt_session_loading (session (fixture)));
  g_assert_cmpstr (chosen_lesson (fixture), ==, first->lesson.title);
  lt_test_wait_for (!lt_session_loading (session (fixture)));
  lt_window_open (fixture->window, "linear-pca", FALSE);
  g_assert_cmpstr (lt_session_run (session (fixture))->experiment->lesson.name, ==,
                   "spiral");
  g_assert_cmpstr (chosen_lesson (fixture), ==, second->lesson.title);
  lt_test_wait_for (!lt_session_loading (session (fixture)));
  g_assert_cmpstr (chosen_lesson (fixture), ==, second->lesson.title);
  lt_window_open (fixture->window, "spiral", FALSE);
  act (fixture, "undo");
  lt_test_wait_for (!lt_session_loading (session (fixture)));
  g_assert_cmpstr (chosen_lesson (fixture), ==, first->lesson.title);
  g_assert_true (lt_experiment_set (refused, "data=moons", NULL));
  g_assert_true (lt_experiment_set (refused, "loss=cross-entropy", NULL));
  lt_session_open (session (fixture), refused, FALSE);
  g_assert_cmpstr (chosen_lesson (fixture), ==, second->lesson.title);
  lt_test_wait_for (!lt_session_loading (session (fixture)));
  g_assert_cmpstr (chosen_lesson (fixture), ==, first->lesson.title);
}

static gboolean
twin_stands (LtSession *session)
{
  LtSession *twin = lt_session_twin (session);

  return !lt_session_experiment (session)->lesson.twin ||
         (twin && lt_session_run (twin));
}

/* Every lesson's text becomes widgets, with no complaint of Pango's about mark-up, and the
 * window still fits a projector, also with what two runs differ in written on its tiles. */
static void
test_lessons (Fixture *fixture, gconstpointer data)
{
  g_auto (GStrv) names = lt_lesson_names ();

  for (int i = 0; names[i]; i++) {
    LtRun *before = lt_session_run (session (fixture));
    int width;

    lt_window_open (fixture->window, names[i], FALSE);
    lt_test_wait_for (lt_session_run (session (fixture)) != before);
    lt_test_wait_for (twin_stands (session (fixture)));
    gtk_widget_measure (GTK_WIDGET (fixture->window), GTK_ORIENTATION_HORIZONTAL, -1,
                        &width, NULL, NULL, NULL);
    g_test_message ("%s: %d", names[i], width);
    g_assert_cmpint (width, <=, 1280);
    g_assert_null (lt_window_message (fixture->window));
    lt_window_show_lesson (fixture->window);
  }
}

/* ---- Notifications ---------------------------------------------------------------- */

static const char notifications_xml[] =
    "<node><interface name='org.freedesktop.Notifications'>"
    "<method name='Notify'>"
    "<arg type='s' direction='in'/><arg type='u' direction='in'/>"
    "<arg type='s' direction='in'/><arg type='s' direction='in'/>"
    "<arg type='s' direction='in'/><arg type='as' direction='in'/>"
    "<arg type='a{sv}' direction='in'/><arg type='i' direction='in'/>"
    "<arg type='u' direction='out'/></method>"
    "<method name='CloseNotification'><arg type='u' direction='in'/></method>"
    "</interface></node>";

static void
notified (GDBusConnection *bus,
          const char *sender,
          const char *path,
          const char *interface,
          const char *method,
          GVariant *parameters,
          GDBusMethodInvocation *call,
          gpointer data)
{
  gboolean notify = g_str_equal (method, "Notify");

  g_dbus_method_invocation_return_value (call,
                                         notify ? g_variant_new ("(u)", 1) : NULL);
}

/* A run that ends while the window is not active is told to the desktop: here there is one that
 * listens. */
static void
serve_notifications (void)
{
  static const GDBusInterfaceVTable table = { .method_call = notified };
  g_autoptr (GDBusConnection) bus = g_bus_get_sync (G_BUS_TYPE_SESSION, NULL, NULL);
  g_autoptr (GDBusNodeInfo) node =
      g_dbus_node_info_new_for_xml (notifications_xml, NULL);

  if (!bus)
    return;
  g_assert_cmpuint (
      g_dbus_connection_register_object (bus, "/org/freedesktop/Notifications",
                                         node->interfaces[0], &table, NULL, NULL, NULL),
      >, 0);
  g_bus_own_name_on_connection (bus, "org.freedesktop.Notifications", 0, NULL, NULL,
                                NULL, NULL);
}

int
main (int argc, char **argv)
{
  g_autofree char *cache = g_dir_make_tmp ("lantern-window-XXXXXX", NULL);

  g_autoptr (GtkApplication) application = NULL;
  int status;

  g_setenv ("XDG_CACHE_HOME", cache, TRUE);
  if (!lt_test_init_display (&argc, &argv, &status))
    return status;
  lt_resources_register ();
  serve_notifications ();
  application = gtk_application_new (LT_APP_ID, G_APPLICATION_NON_UNIQUE);
  g_assert_true (g_application_register (G_APPLICATION (application), NULL, NULL));
#define add(path, func) g_test_add (path, Fixture, application, set_up, func, tear_down)
  add ("/window/trains", test_trains);
  add ("/window/play", test_play);
  add ("/window/pause-wakes", test_pause_wakes);
  add ("/window/scrub", test_scrub);
  add ("/window/knob", test_knob);
  add ("/window/change-view", test_change_view);
  add ("/window/phase-to-come", test_phase_to_come);
  add ("/window/takeover", test_takeover);
  add ("/window/view-settings", test_view_settings);
  add ("/window/legend", test_legend);
  add ("/window/reading-time", test_reading_time);
  add ("/window/select-layer", test_select_layer);
  add ("/window/dashboard", test_dashboard);
  add ("/window/maximise", test_maximise);
  add ("/window/dark", test_dark);
  add ("/window/scheme-override", test_scheme_override);
  add ("/window/bad-file", test_bad_file);
  add ("/window/bad-start", test_bad_start);
  add ("/window/drop", test_drop);
  add ("/window/remedy", test_remedy);
  add ("/window/chooser", test_chooser);
  add ("/window/focus", test_focus);
  add ("/window/lessons", test_lessons);
  return g_test_run ();
}

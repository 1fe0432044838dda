/* Views that move, take long or can be drawn on, in a window: frames go on while they can be
 * seen, and what takes long can be stopped. */
#include "panels/tile-private.h"

#include "config.h"
#include "shell/resources.h"
#include "shell/window.h"
#include "support/display.h"
#include "views/energy.h"
#include "views/particles.h"

typedef struct {
  LtLook *look;
  LtPreferences *preferences;
  LtWindow *window;
  LtTile *tile;
} Fixture;

static LtSession *
session (Fixture *self)
{
  return lt_window_session (self->window);
}

/* A small machine, trained for one epoch. */
static void
open_machine (Fixture *self)
{
  static const char *const assignments[] = { "data=digits", "model=rbm", "hidden=16",
                                             "epochs=1" };
  LtExperiment *experiment = lt_experiment_new ();
  g_autoptr (GError) error = NULL;

  for (gsize i = 0; i < G_N_ELEMENTS (assignments); i++) {
    lt_experiment_set (experiment, assignments[i], &error);
    g_assert_no_error (error);
  }
  lt_session_open (session (self), experiment, TRUE);
  lt_test_wait_for (!lt_session_loading (session (self)));
  lt_test_wait_for (lt_session_status (session (self))->state == LT_TRAINER_FINISHED);
}

static void
set_up (Fixture *self, gconstpointer application)
{
  g_object_set (gtk_settings_get_default (), "gtk-enable-animations", TRUE, NULL);
  self->look = lt_look_new ();
  self->preferences = lt_preferences_new (self->look);
  self->window =
      lt_window_new (GTK_APPLICATION (application), self->look, self->preferences);
  g_object_add_weak_pointer (G_OBJECT (self->window), (gpointer *) &self->window);
  gtk_window_present (GTK_WINDOW (self->window));
  open_machine (self);
  self->tile = lt_window_tile (self->window, 0);
}

static void
tear_down (Fixture *self, gconstpointer data)
{
  gtk_window_close (GTK_WINDOW (self->window));
  lt_test_wait_for (!self->window);
  lt_preferences_free (self->preferences);
  g_assert_finalize_object (self->look);
}

static const LtParticlesResult *
shown (LtTile *tile)
{
  LtViewResult *result = lt_tile_result (tile);

  return result && result->view == &lt_particles_view ? result->value : NULL;
}

/* −1: there are none yet. */
static gint64
steps (LtTile *tile)
{
  const LtParticlesResult *result = shown (tile);

  return result ? result->particles->steps : -1;
}

static int
chains (LtTile *tile)
{
  const LtParticlesResult *result = shown (tile);

  return result ? result->particles->n : 0;
}

static gboolean
is_held (LtTile *tile)
{
  const LtParticlesResult *result = shown (tile);

  return result && result->held;
}

static gboolean
is_blank (LtTile *tile)
{
  const LtParticlesResult *result = shown (tile);

  return result && !result->drawing;
}

static void
act (Fixture *self, const char *action)
{
  g_assert_true (gtk_widget_activate_action (GTK_WIDGET (self->tile), action, NULL));
}

/* Frame follows frame, each a stride of steps farther. */
static void
test_frames (Fixture *self, gconstpointer data)
{
  lt_tile_set_view (self->tile, "particles start=noise stride=3 speed=30");
  lt_test_wait_for (steps (self->tile) >= 12);
  g_assert_cmpint (steps (self->tile) % 3, ==, 0);
  g_assert_true (gtk_widget_get_visible (self->tile->motion_button));
}

/* A pause holds the chains where they are, also when the view is asked for again; and they
 * go on from there. */
static void
test_pause (Fixture *self, gconstpointer data)
{
  LtViewResult *before;
  gint64 stood;

  lt_tile_set_view (self->tile, "particles start=noise speed=30");
  lt_test_wait_for (steps (self->tile) >= 3);
  act (self, "tile.pause");
  g_assert_false (lt_tile_awaits_frame (self->tile));
  for (int i = 0; i < 3; i++) {
    before = lt_tile_result (self->tile);
    stood = steps (self->tile);
    lt_tile_ask (self->tile, LT_PROBE_VIEW, TRUE);
    lt_test_wait_for (lt_tile_result (self->tile) != before);
    /* A frame may have been on its way when the pause came. */
    g_assert_cmpint (steps (self->tile), <=, stood + (i == 0));
    g_assert_false (lt_tile_awaits_frame (self->tile));
  }
  act (self, "tile.pause");
  lt_test_wait_for (steps (self->tile) > stood);
}

/* A picture that stands by itself is not only painted larger when its tile grows: as many
 * chains come as fit. */
static void
test_grown (Fixture *self, gconstpointer data)
{
  int few;

  lt_tile_set_view (self->tile, "particles start=noise animate=false steps=2");
  lt_test_wait_for (chains (self->tile) > 0);
  few = chains (self->tile);
  lt_window_maximise_tile (self->window, 0);
  lt_test_wait_for (chains (self->tile) > 2 * few);
}

/* A tile that cannot be seen stands, while another one moves on; seen again, it goes on. */
static void
test_hidden (Fixture *self, gconstpointer data)
{
  LtTile *other = lt_window_tile (self->window, 1);
  gint64 stood, there;

  lt_tile_set_view (self->tile, "particles start=noise speed=30");
  lt_tile_set_view (other, "particles start=noise speed=30");
  lt_test_wait_for (steps (self->tile) >= 2);
  gtk_widget_set_visible (GTK_WIDGET (self->tile), FALSE);
  g_assert_false (lt_tile_awaits_frame (self->tile));
  there = steps (other);
  lt_test_wait_for (steps (other) >= there + 4);
  stood = steps (self->tile);
  lt_test_wait_for (steps (other) >= there + 8);
  g_assert_cmpint (steps (self->tile), ==, stood);
  g_assert_false (lt_tile_awaits_frame (self->tile));
  gtk_widget_set_visible (GTK_WIDGET (self->tile), TRUE);
  lt_test_wait_for (steps (self->tile) > stood);
}

/* Who has asked the desktop for no animations sees a picture that stands. */
static void
test_still (Fixture *self, gconstpointer data)
{
  g_object_set (gtk_settings_get_default (), "gtk-enable-animations", FALSE, NULL);
  lt_tile_set_view (self->tile, "particles start=noise steps=7");
  lt_test_wait_for (steps (self->tile) >= 0);
  g_assert_cmpint (steps (self->tile), ==, 7);
  g_assert_false (lt_tile_awaits_frame (self->tile));
  g_assert_false (gtk_widget_get_visible (self->tile->motion_button));
}

/* Starting over is at the start again. */
static void
test_restart (Fixture *self, gconstpointer data)
{
  gint64 stood;

  lt_tile_set_view (self->tile, "particles start=noise speed=30 stride=50");
  lt_test_wait_for (steps (self->tile) >= 500);
  act (self, "tile.pause");
  stood = steps (self->tile);
  act (self, "tile.restart");
  lt_test_wait_for (steps (self->tile) >= 0);
  g_assert_cmpint (steps (self->tile), <, stood);
}

/* Another view in the tile neither moves nor is paused. */
static void
test_other_view (Fixture *self, gconstpointer data)
{
  lt_tile_set_view (self->tile, "particles start=noise speed=30");
  lt_test_wait_for (steps (self->tile) >= 2);
  act (self, "tile.pause");
  lt_tile_set_view (self->tile, "filters");
  lt_test_wait_for (lt_tile_result (self->tile));
  g_assert_false (lt_tile_awaits_frame (self->tile));
  g_assert_false (gtk_widget_get_visible (self->tile->motion_button));
  lt_tile_set_view (self->tile, "particles start=noise speed=30");
  lt_test_wait_for (steps (self->tile) >= 2);
}

static gboolean
find_surface (LtTile *tile, double *x, double *y)
{
  for (*y = 0; *y < gtk_widget_get_height (tile->canvas); *y += 5)
    for (*x = 0; *x < gtk_widget_get_width (tile->canvas); *x += 5)
      if (lt_tile_has_surface (tile, *x, *y))
        return TRUE;
  return FALSE;
}

/* The pointer draws on the surface, and the chains are held at what is drawn; a rubber takes
 * it away, and so does clearing. */
static void
test_drawing (Fixture *self, gconstpointer data)
{
  GtkWidget *canvas = self->tile->canvas;
  double x = 0, y = 0;

  lt_tile_set_view (self->tile, "particles start=noise clamp=drawn speed=30");
  lt_test_wait_for (shown (self->tile) != NULL);
  g_assert_true (find_surface (self->tile, &x, &y));
  g_assert_false (is_held (self->tile));
  g_signal_emit_by_name (canvas, "press", x + 10, y + 20, GDK_BUTTON_PRIMARY);
  for (int i = 0; i < 6; i++)
    g_signal_emit_by_name (canvas, "drag", x + 10 + 5 * i, y + 20);
  lt_test_wait_for (is_held (self->tile));
  g_signal_emit_by_name (canvas, "release", x + 40, y + 20);
  g_assert_false (self->tile->stroking);
  g_assert_true (lt_tile_begin_stroke (self->tile, x + 10, y + 20, TRUE));
  lt_tile_stroke_to (self->tile, x + 60, y + 20);
  g_signal_emit_by_name (canvas, "release", x + 60, y + 20);
  lt_test_wait_for (is_blank (self->tile));
  g_signal_emit_by_name (canvas, "press", x + 10, y + 20, GDK_BUTTON_PRIMARY);
  g_signal_emit_by_name (canvas, "release", x + 10, y + 20);
  lt_test_wait_for (shown (self->tile) && !is_blank (self->tile));
  act (self, "tile.clear-drawing");
  lt_test_wait_for (is_blank (self->tile));
}

/* A computation of minutes shows how far it has got, until it is stopped; then the tile does
 * without it. One that is under way when a setting is turned or the window is closed does
 * not keep them waiting. */
static void
test_long (Fixture *self, gconstpointer data)
{
  static const char *const slow = "energy runs=5000 temperatures=100000";
  LtViewResult *before;
  const LtEnergyResult *energy;

  lt_tile_set_view (self->tile, slow);
  lt_test_wait_for (gtk_widget_get_visible (self->tile->stop_button));
  lt_test_wait_for (g_str_has_prefix (
      gtk_label_get_text (GTK_LABEL (self->tile->caption)), "estimating log Z, "));
  act (self, "tile.stop");
  lt_test_wait_for (lt_tile_result (self->tile) != NULL);
  g_assert_false (gtk_widget_get_visible (self->tile->stop_button));
  before = lt_tile_result (self->tile);
  lt_tile_ask (self->tile, LT_PROBE_VIEW, TRUE);
  lt_test_wait_for (lt_tile_result (self->tile) != before);
  energy = lt_tile_result (self->tile)->value;
  g_assert_null (energy->ais);
  lt_tile_turn (self->tile, "view-seed", "2");
  lt_test_wait_for (gtk_widget_get_visible (self->tile->stop_button));
  lt_tile_set_view (self->tile, "energy runs=2 temperatures=1");
  lt_test_wait_for (lt_tile_result (self->tile) != NULL);
  energy = lt_tile_result (self->tile)->value;
  g_assert_nonnull (energy->ais);
  lt_tile_set_view (self->tile, slow);
  lt_test_wait_for (gtk_widget_get_visible (self->tile->stop_button));
}

/* A run goes on and ends although its window is not to be seen, and draws no frames. */
static void
test_out_of_sight (Fixture *self, gconstpointer application)
{
  LtExperiment *experiment = lt_experiment_new ();
  g_autoptr (GError) error = NULL;

  lt_experiment_set (experiment, "data=digits", &error);
  g_assert_no_error (error);
  lt_experiment_set (experiment, "epochs=100", &error);
  g_assert_no_error (error);
  lt_session_open (session (self), experiment, TRUE);
  lt_test_wait_for (!lt_session_loading (session (self)));
  lt_test_wait_for (lt_session_status (session (self))->state == LT_TRAINER_RUNNING);
  gtk_widget_set_visible (GTK_WIDGET (self->window), FALSE);
  lt_test_wait_for (lt_session_status (session (self))->state == LT_TRAINER_FINISHED);
  gtk_window_present (GTK_WINDOW (self->window));
}

/* Without a bus nobody can be told that a run has ended behind another window. */
static void
test_no_bus (Fixture *self, gconstpointer application)
{
  GtkWidget *other = gtk_window_new ();

  g_assert_null (g_application_get_dbus_connection (G_APPLICATION (application)));
  gtk_window_present (GTK_WINDOW (other));
  lt_test_wait_for (!gtk_window_is_active (GTK_WINDOW (self->window)));
  open_machine (self);
  gtk_window_destroy (GTK_WINDOW (other));
}

int
main (int argc, char **argv)
{
  g_autofree char *cache = g_dir_make_tmp ("lantern-motion-XXXXXX", NULL);
  g_autoptr (GtkApplication) application = NULL;
  int status;

  g_setenv ("XDG_CACHE_HOME", cache, TRUE);
  g_setenv ("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nowhere", TRUE);
  if (!lt_test_init_display (&argc, &argv, &status))
    return status;
  lt_resources_register ();
  application = gtk_application_new (LT_APP_ID, G_APPLICATION_NON_UNIQUE);
  g_assert_true (g_application_register (G_APPLICATION (application), NULL, NULL));
#define add(path, func) g_test_add (path, Fixture, application, set_up, func, tear_down)
  add ("/motion/frames", test_frames);
  add ("/motion/pause", test_pause);
  add ("/motion/grown", test_grown);
  add ("/motion/hidden", test_hidden);
  add ("/motion/still", test_still);
  add ("/motion/restart", test_restart);
  add ("/motion/other-view", test_other_view);
  add ("/motion/drawing", test_drawing);
  add ("/motion/long", test_long);
  add ("/motion/out-of-sight", test_out_of_sight);
  add ("/motion/no-bus", test_no_bus);
  return g_test_run ();
}

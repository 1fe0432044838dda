/* The window: puts the panels together, carries the session's news to the header bar, and
 * closes everything in order. */
#include "shell/window.h"

#include "core/team.h"
#include "panels/message-strip.h"
#include "panels/panel.h"
#include "panels/transport.h"
#include "shell/actions.h"
#include "shell/export.h"
#include "shell/open.h"
#include <math.h>
#include <string.h>

/* The header's figures change as often as they can be read; without a frame to tick in
 * (nothing is training, or the window is hidden) the session is asked as often. */
#define HEADER_MS 120

struct _LtWindow {
  GtkApplicationWindow parent_instance;

  LtLook *look;
  LtPreferences *preferences;
  LtSession *session;
  LtProbeQueue *queue;
  LtTile *tiles[LT_N_TILES];
  char *before_dashboard; /* what the first tile showed; NULL */
  int maximised;

  GtkWidget *title_label, *status_label, *spinner, *strip, *paned, *panel, *grid;
  GtkWidget *transport, *menu_button;
  guint tick, header_source;
  gboolean header_stale, fell_back;
  LtTrainerState last_state;
};

G_DEFINE_FINAL_TYPE (LtWindow, lt_window, GTK_TYPE_APPLICATION_WINDOW)

/* ---- The header ------------------------------------------------------------------- */

static void
append_time_left (GString *text, double seconds)
{
  if (!isfinite (seconds) || seconds < 0)
    return;
  if (seconds < 90)
    g_string_append_printf (text, "  ·  %d s left", (int) ceil (seconds));
  else if (seconds < 5400)
    g_string_append_printf (text, "  ·  %d min left", (int) ceil (seconds / 60));
  else
    g_string_append_printf (text, "  ·  %.1f h left", seconds / 3600);
}

static void
append_phase (GString *text, const LtExperiment *experiment)
{
  g_autofree char *title =
      lt_experiment_dup_phase_title (experiment, experiment->phase);

  if (experiment->n_phases > 0)
    g_string_append_printf (text, "%s (%d of %d)  ·  ", title, experiment->phase + 1,
                            experiment->n_phases);
}

static char *
status_text (LtWindow *self)
{
  const LtTrainerStatus *status = lt_session_status (self->session);
  GString *text = g_string_new (NULL);

  if (!lt_session_run (self->session))
    return g_string_free (g_string_append (text, "Reading the data…"), FALSE);
  append_phase (text, lt_session_experiment (self->session));
  g_string_append_printf (text, "Epoch %d of %d", status->epoch, status->n_epochs);
  if (status->step > 0 && isfinite (status->objective))
    g_string_append_printf (text, "  ·  loss %.4g", status->objective);
  if (status->state == LT_TRAINER_RUNNING && status->examples_per_second > 0)
    g_string_append_printf (text, "  ·  %'d examples/s",
                            (int) status->examples_per_second);
  if (status->state == LT_TRAINER_RUNNING)
    append_time_left (text, status->seconds_left);
  else if (status->state == LT_TRAINER_FINISHED)
    g_string_append (text, "  ·  finished");
  else if (status->state == LT_TRAINER_DIVERGED)
    g_string_append (text, "  ·  diverged");
  else
    g_string_append (text, "  ·  paused");
  return g_string_free (text, FALSE);
}

static void
show_header (LtWindow *self)
{
  g_autofree char *text = status_text (self);
  LtRun *run = lt_session_run (self->session);
  gboolean loading = lt_session_loading (self->session);

  self->header_stale = FALSE;
  gtk_label_set_text (GTK_LABEL (self->status_label), text);
  gtk_spinner_set_spinning (GTK_SPINNER (self->spinner), loading);
  gtk_widget_set_visible (self->spinner, loading);
  if (run) {
    g_autofree char *title = lt_run_dup_title (run);
    g_autofree char *full = g_strdup_printf ("%s – Lantern", title);

    gtk_label_set_text (GTK_LABEL (self->title_label), title);
    gtk_window_set_title (GTK_WINDOW (self), full);
  }
}

/* ---- News ------------------------------------------------------------------------- */

static gboolean
is_training (LtWindow *self)
{
  return lt_session_status (self->session)->state == LT_TRAINER_RUNNING;
}

/* A run that ends while nobody looks is told to the desktop, where there is one to tell. */
static void
notify (LtWindow *self)
{
  GApplication *application =
      G_APPLICATION (gtk_window_get_application (GTK_WINDOW (self)));
  g_autoptr (GNotification) notification = NULL;
  g_autofree char *text = status_text (self);

  if (gtk_window_is_active (GTK_WINDOW (self)) ||
      g_application_get_dbus_connection (application) == NULL)
    return;
  notification =
      g_notification_new (gtk_label_get_text (GTK_LABEL (self->title_label)));
  g_notification_set_body (notification, text);
  g_application_send_notification (application, "run-ended", notification);
}

static gboolean
tick_cb (GtkWidget *widget, GdkFrameClock *clock, gpointer data)
{
  LtWindow *self = LT_WINDOW (widget);

  lt_session_poll (self->session);
  if (is_training (self))
    return G_SOURCE_CONTINUE;
  self->tick = 0;
  return G_SOURCE_REMOVE;
}

static gboolean
header_cb (gpointer data)
{
  LtWindow *self = data;

  /* Also while there are ticks: they stop where no frame is asked for, out of sight. */
  lt_session_poll (self->session);
  if (self->header_stale)
    show_header (self);
  return G_SOURCE_CONTINUE;
}

static void
status_cb (LtSession *session, LtWindow *self)
{
  LtTrainerState state = lt_session_status (session)->state;
  gboolean mapped = gtk_widget_get_mapped (GTK_WIDGET (self));

  if (is_training (self) && !self->tick && mapped)
    self->tick = gtk_widget_add_tick_callback (GTK_WIDGET (self), tick_cb, NULL, NULL);
  if (self->last_state == LT_TRAINER_RUNNING &&
      (state == LT_TRAINER_FINISHED || state == LT_TRAINER_DIVERGED))
    notify (self);
  self->header_stale = TRUE;
  if (state != self->last_state || lt_session_loading (session))
    show_header (self);
  self->last_state = state;
  lt_window_update_actions (self);
}

static void
knobs_cb (LtSession *session, LtWindow *self)
{
  lt_window_update_actions (self);
}

static void
message_cb (LtSession *session, int kind, const char *text, LtWindow *self)
{
  lt_message_strip_show (LT_MESSAGE_STRIP (self->strip), (LtMessageKind) kind, text);
  lt_message_strip_offer (LT_MESSAGE_STRIP (self->strip), lt_session_remedy (session));
  /* What was asked for at the start cannot be opened: never an empty window. */
  if (kind == LT_MESSAGE_TROUBLE && !lt_session_run (session) &&
      !lt_session_loading (session) && !self->fell_back) {
    self->fell_back = TRUE;
    lt_session_open_argument (session, LT_FIRST_LESSON, FALSE);
  }
}

const char *
lt_window_message (LtWindow *self)
{
  return lt_message_strip_text (LT_MESSAGE_STRIP (self->strip));
}

void
lt_window_say (LtWindow *self, LtMessageKind kind, const char *text)
{
  lt_message_strip_show (LT_MESSAGE_STRIP (self->strip), kind, text);
  lt_message_strip_offer (LT_MESSAGE_STRIP (self->strip), NULL);
}

void
lt_window_hide_message (LtWindow *self)
{
  lt_message_strip_hide (LT_MESSAGE_STRIP (self->strip));
}

/* ---- Tiles ------------------------------------------------------------------------ */

static gboolean
is_shown (LtWindow *self, const LtView *view, int n)
{
  for (int i = 0; i < n; i++)
    if (lt_tile_view (self->tiles[i]) == view)
      return TRUE;
  return FALSE;
}

/* The first view that can show this run and is in none of the first n tiles; when there are
 * not that many, one of them again. */
static const LtView *
choose_view (LtWindow *self, int n)
{
  LtRun *run = lt_session_run (self->session);
  LtModel *model = lt_trainer_model (run->trainer);
  const LtView *again = NULL;
  const char *why;

  for (int i = 0; lt_views[i]; i++) {
    if (!lt_views[i]->suits (model, run->dataset, &why))
      continue;
    if (!is_shown (self, lt_views[i], n))
      return lt_views[i];
    if (!again)
      again = lt_views[i];
  }
  return again ? again : lt_views[0];
}

/* A lesson says what to look at; otherwise every tile keeps its view while that has something
 * to show. */
static void
replaced_cb (LtSession *session, LtWindow *self)
{
  LtRun *run = lt_session_run (session);
  LtModel *model = lt_trainer_model (run->trainer);
  char **views = run->experiment->lesson.views;
  gboolean new_lesson =
      views && g_strcmp0 (run->experiment->lesson.name,
                          g_object_get_data (G_OBJECT (self), "lesson"));
  const char *why;
  int n_named = new_lesson ? (int) g_strv_length (views) : 0;

  g_object_set_data_full (G_OBJECT (self), "lesson",
                          g_strdup (run->experiment->lesson.name), g_free);
  for (int i = 0; i < LT_N_TILES; i++) {
    const LtView *view = lt_tile_view (self->tiles[i]);

    if (i < n_named)
      lt_tile_set_lesson_view (self->tiles[i], views[i]);
    else if (!view || !view->suits (model, run->dataset, &why))
      lt_tile_set_view (self->tiles[i], choose_view (self, i)->name);
  }
}

void
lt_window_maximise_tile (LtWindow *self, int index)
{
  self->maximised = index == self->maximised ? -1 : index;
  for (int i = 0; i < LT_N_TILES; i++) {
    gboolean alone = i == self->maximised;

    gtk_widget_set_visible (GTK_WIDGET (self->tiles[i]), alone || self->maximised < 0);
    lt_tile_set_maximised (self->tiles[i], alone);
  }
}

void
lt_window_toggle_dashboard (LtWindow *self)
{
  LtTile *tile = self->tiles[0];
  const LtView *view = lt_tile_view (tile);
  gboolean shown = view && g_str_equal (view->name, "dashboard");

  if (shown && self->maximised == 0) {
    g_autofree char *before = g_steal_pointer (&self->before_dashboard);

    lt_window_maximise_tile (self, 0);
    if (before)
      lt_tile_set_view (tile, before);
    return;
  }
  if (self->maximised != 0)
    lt_window_maximise_tile (self, 0);
  if (shown)
    return;
  g_free (self->before_dashboard);
  self->before_dashboard = view ? lt_tile_dup_text (tile) : NULL;
  lt_tile_set_view (tile, "dashboard");
}

static void
maximise_cb (LtTile *tile, LtWindow *self)
{
  for (int i = 0; i < LT_N_TILES; i++)
    if (self->tiles[i] == tile)
      lt_window_maximise_tile (self, i);
}

static void
export_cb (LtTile *tile, const char *format, LtWindow *self)
{
  lt_window_export (self, tile, format);
}

static void
turn_everywhere_cb (LtTile *tile, const char *key, const char *value, LtWindow *self)
{
  for (int i = 0; i < LT_N_TILES; i++)
    if (self->tiles[i] != tile)
      lt_tile_turn (self->tiles[i], key, value);
}

static void
add_tiles (LtWindow *self)
{
  for (int i = 0; i < LT_N_TILES; i++) {
    GtkWidget *tile = lt_tile_new (self->session, self->look, self->queue);

    self->tiles[i] = LT_TILE (tile);
    g_signal_connect (tile, "maximise", G_CALLBACK (maximise_cb), self);
    g_signal_connect (tile, "export", G_CALLBACK (export_cb), self);
    g_signal_connect (tile, "turn-everywhere", G_CALLBACK (turn_everywhere_cb), self);
    gtk_grid_attach (GTK_GRID (self->grid), tile, i % 2, i / 2, 1, 1);
  }
}

/* ---- What others ask of it -------------------------------------------------------- */

LtSession *
lt_window_session (LtWindow *self)
{
  return self->session;
}

LtLook *
lt_window_look (LtWindow *self)
{
  return self->look;
}

LtTile *
lt_window_tile (LtWindow *self, int index)
{
  g_return_val_if_fail (index >= 0 && index < LT_N_TILES, NULL);
  return self->tiles[index];
}

void
lt_window_show_panel (LtWindow *self, gboolean show)
{
  gtk_widget_set_visible (self->panel, show);
  lt_preferences_set_show_panel (self->preferences, show);
}

gboolean
lt_window_shows_panel (LtWindow *self)
{
  return gtk_widget_get_visible (self->panel);
}

void
lt_window_show_lesson (LtWindow *self)
{
  LtPanel *panel = LT_PANEL (self->panel);
  gboolean turn_back = lt_window_shows_panel (self) && lt_panel_shows_lesson (panel);

  gtk_widget_set_visible (self->panel, TRUE);
  lt_panel_show_lesson (panel, !turn_back);
}

/* ---- Life ------------------------------------------------------------------------- */

static void
look_cb (LtLook *look, LtWindow *self)
{
  if (lt_look_style (look)->dark)
    gtk_widget_add_css_class (GTK_WIDGET (self), "dark");
  else
    gtk_widget_remove_css_class (GTK_WIDGET (self), "dark");
}

/* A window that is shown focuses its first widget, which would keep single keys for itself. */
static void
show_cb (GtkWidget *widget, gpointer data)
{
  gtk_window_set_focus (GTK_WINDOW (widget), NULL);
}

static void
map_cb (GtkWidget *widget, LtWindow *self)
{
  status_cb (self->session, self);
}

static void
threads_cb (gpointer data)
{
  LtWindow *self = data;

  lt_session_set_threads (self->session, lt_preferences_threads (self->preferences));
}

static void
build (LtWindow *self)
{
  /* While one is at something long, others go on. */
  int n_workers = MAX (2, lt_team_processors () - 1);

  self->session = lt_session_new (lt_preferences_threads (self->preferences));
  self->queue = lt_probe_queue_new (n_workers);
  lt_preferences_watch_threads (self->preferences, threads_cb, self);
  add_tiles (self);
  lt_window_add_actions (self);
  lt_window_accept_drops (self);
  lt_panel_set_session (LT_PANEL (self->panel), self->session);
  lt_transport_set_session (LT_TRANSPORT (self->transport), self->session, self->look);
  g_signal_connect_object (self->session, "status-changed", G_CALLBACK (status_cb),
                           self, 0);
  g_signal_connect_object (self->session, "knobs-changed", G_CALLBACK (knobs_cb), self,
                           0);
  g_signal_connect_object (self->session, "message", G_CALLBACK (message_cb), self, 0);
  g_signal_connect_object (self->session, "experiment-replaced",
                           G_CALLBACK (replaced_cb), self, 0);
  g_signal_connect_object (self->look, "changed", G_CALLBACK (look_cb), self, 0);
  g_signal_connect (self, "show", G_CALLBACK (show_cb), NULL);
  g_signal_connect (self, "map", G_CALLBACK (map_cb), self);
  self->header_source = g_timeout_add (HEADER_MS, header_cb, self);
  gtk_widget_set_visible (self->panel, lt_preferences_show_panel (self->preferences));
  look_cb (self->look, self);
  show_header (self);
  lt_window_update_actions (self);
}

LtWindow *
lt_window_new (GtkApplication *application, LtLook *look, LtPreferences *preferences)
{
  LtWindow *self = g_object_new (LT_TYPE_WINDOW, "application", application, NULL);

  self->look = g_object_ref (look);
  self->preferences = preferences;
  lt_preferences_restore_size (preferences, GTK_WINDOW (self));
  build (self);
  return self;
}

static gboolean
lt_window_close_request (GtkWindow *window)
{
  LtWindow *self = LT_WINDOW (window);

  lt_preferences_remember_size (self->preferences, window);
  return GTK_WINDOW_CLASS (lt_window_parent_class)->close_request (window);
}

/* Tiles go before the queue that their lanes belong to; the session last. */
static void
lt_window_dispose (GObject *object)
{
  LtWindow *self = LT_WINDOW (object);

  g_clear_handle_id (&self->header_source, g_source_remove);
  for (int i = 0; i < LT_N_TILES && self->grid; i++)
    if (self->tiles[i]) {
      gtk_grid_remove (GTK_GRID (self->grid), GTK_WIDGET (self->tiles[i]));
      self->tiles[i] = NULL;
    }
  g_clear_pointer (&self->queue, lt_probe_queue_free);
  if (self->preferences)
    lt_preferences_watch_threads (g_steal_pointer (&self->preferences), NULL, NULL);
  if (self->session)
    lt_session_close (self->session);
  g_clear_object (&self->session);
  g_clear_object (&self->look);
  g_clear_pointer (&self->before_dashboard, g_free);
  G_OBJECT_CLASS (lt_window_parent_class)->dispose (object);
}

static void
lt_window_class_init (LtWindowClass *class)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (class);

  G_OBJECT_CLASS (class)->dispose = lt_window_dispose;
  GTK_WINDOW_CLASS (class)->close_request = lt_window_close_request;
  g_type_ensure (LT_TYPE_MESSAGE_STRIP);
  g_type_ensure (LT_TYPE_PANEL);
  g_type_ensure (LT_TYPE_TRANSPORT);
  gtk_widget_class_set_template_from_resource (
      widget_class, "/org/lantern_workbench/Lantern/ui/window.ui");
  gtk_widget_class_bind_template_child (widget_class, LtWindow, title_label);
  gtk_widget_class_bind_template_child (widget_class, LtWindow, status_label);
  gtk_widget_class_bind_template_child (widget_class, LtWindow, spinner);
  gtk_widget_class_bind_template_child (widget_class, LtWindow, menu_button);
  gtk_widget_class_bind_template_child (widget_class, LtWindow, strip);
  gtk_widget_class_bind_template_child (widget_class, LtWindow, paned);
  gtk_widget_class_bind_template_child (widget_class, LtWindow, panel);
  gtk_widget_class_bind_template_child (widget_class, LtWindow, grid);
  gtk_widget_class_bind_template_child (widget_class, LtWindow, transport);
}

static void
lt_window_init (LtWindow *self)
{
  self->maximised = -1;
  gtk_widget_init_template (GTK_WIDGET (self));
}

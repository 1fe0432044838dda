/* A tile asks for its picture whenever the snapshot, the settings, the size or the look
 * change, and shows what comes. It computes nothing itself. */
#include "panels/tile-private.h"

#include "panels/twin-switch.h"
#include "views/canvas.h"
#include <math.h>
#include <string.h>

/* A tile of a window of 1280 × 720. */
#define SMALL_W 460.0
#define SMALL_H 240.0

G_DEFINE_FINAL_TYPE (LtTile, lt_tile, GTK_TYPE_WIDGET)

enum {
  MAXIMISE,
  EXPORT,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

/* ---- Asking ----------------------------------------------------------------------- */

/* Text grows with the tile, by less than the tile does: a full screen is looked at from
 * farther away. */
void
lt_tile_fill_style (LtTile *self, LtStyle *style)
{
  int w, h, scale;
  double growth;

  lt_canvas_get_device_size (LT_CANVAS (self->canvas), &w, &h, &scale);
  growth = sqrt (MIN (w / (SMALL_W * scale), h / (SMALL_H * scale)));
  *style = *lt_look_style (self->look);
  style->text_size *= 0.92 * CLAMP (growth, 1, 1.7);
  style->text_size = MAX (LT_TEXT_SMALLEST, round (style->text_size));
}

gboolean
lt_tile_fill_size (LtTile *self, LtProbeJob *job)
{
  int w, h, scale;

  lt_canvas_get_device_size (LT_CANVAS (self->canvas), &w, &h, &scale);
  job->scale = scale;
  job->w = (double) w / scale;
  job->h = (double) h / scale;
  return w > 0 && h > 0;
}

static LtProbeJob *
job_new (LtTile *self, LtProbeKind kind)
{
  LtProbeJob *job = lt_probe_job_new (kind, self->view);
  LtRun *run = lt_session_run (self->source);
  const LtLogCopy *log = lt_session_curves (self->source);

  if (self->settings)
    job->settings = g_memdup2 (self->settings, self->view->knobs.settings_size);
  job->snapshot = lt_snapshot_ref (lt_session_snapshot (self->source));
  job->data = lt_dataset_ref (run->dataset);
  job->log.rows = g_array_ref (log->rows);
  job->log.epochs = g_array_ref (log->epochs);
  job->log.events = g_array_ref (log->events);
  /* After a setting has been turned too: a map holds still. */
  if (self->result &&
      (self->current || self->result->snapshot->run == job->snapshot->run))
    job->result = lt_view_result_ref (self->result);
  job->run_file = g_strdup (run->path);
  job->seed = run->experiment->seed;
  job->motion = lt_tile_motion (self);
  job->progress.stop = self->stopped;
  if (self->drawing)
    job->drawing = lt_drawing_ref (self->drawing);
  lt_tile_fill_style (self, &job->style);
  return job;
}

static void
show_message (LtTile *self, const char *message)
{
  if (self->message != message) {
    g_free (self->message);
    self->message = g_strdup (message);
  }
  lt_canvas_set_message (LT_CANVAS (self->canvas), message);
  if (message) {
    lt_canvas_set_texture (LT_CANVAS (self->canvas), NULL);
    gtk_label_set_text (GTK_LABEL (self->caption), "");
  }
}

/* Why there is nothing to see, and the phase in which there will be something. */
static char *
explain (LtTile *self, const LtRun *run, const char *why)
{
  const LtExperiment *experiment = run->experiment;
  int phase = lt_session_snapshot (self->source)->phase;

  if (!why)
    why = "This view does not go with this model and these data.";
  for (int i = phase + 1; i < experiment->n_phases; i++) {
    gboolean present = i == experiment->phase;
    const LtModelKind *kind = present ? experiment->kind : experiment->phases[i].kind;
    g_autoptr (LtModel) model = lt_model_new (
        kind, present ? experiment->settings : experiment->phases[i].settings,
        lt_dataset_shape (run->dataset), NULL);
    g_autofree char *title = lt_experiment_dup_phase_title (experiment, i);
    const char *ignored;

    if (model && self->view->suits (model, run->dataset, &ignored))
      return g_strdup_printf ("%s It begins with phase %d, “%s”.", why, i + 1, title);
  }
  return g_strdup (why);
}

static gboolean
can_show (LtTile *self)
{
  LtSnapshot *snapshot = lt_session_snapshot (self->source);
  LtRun *run = lt_session_run (self->source);
  g_autofree char *message = NULL;
  const char *why = NULL;

  if (!snapshot || !run)
    return FALSE;
  if (self->view->suits (snapshot->model, run->dataset, &why))
    return TRUE;
  message = explain (self, run, why);
  show_message (self, message);
  return FALSE;
}

void
lt_tile_ask (LtTile *self, LtProbeKind kind, gboolean urgent)
{
  LtProbeJob *job;

  if (!self->view || !gtk_widget_get_mapped (self->canvas))
    return;
  if (!can_show (self)) {
    lt_probe_lane_invalidate (self->lane);
    lt_canvas_set_busy (LT_CANVAS (self->canvas), FALSE);
    self->current = FALSE;
    return;
  }
  job = job_new (self, kind);
  job->urgent = urgent;
  if (!lt_tile_fill_size (self, job)) {
    lt_probe_job_free (job);
    return;
  }
  lt_probe_lane_submit (self->lane, job);
  lt_tile_watch (self);
}

/* Another size or look: the figures that there are come first, since painting is quick; newer
 * ones follow, or as many as fit the size (see view_answer). */
static void
ask_again (LtTile *self)
{
  lt_tile_ask (self, self->current && self->result ? LT_PROBE_PAINT : LT_PROBE_VIEW,
               TRUE);
}

void
lt_tile_renew (LtTile *self)
{
  lt_probe_lane_invalidate (self->lane);
  lt_probe_lane_invalidate (self->lens_lane);
  self->current = self->stopped = FALSE;
  g_clear_pointer (&self->lens, cairo_surface_destroy);
  lt_canvas_queue_overlay (LT_CANVAS (self->canvas));
  lt_canvas_set_busy (LT_CANVAS (self->canvas), TRUE);
  lt_tile_ask (self, LT_PROBE_VIEW, TRUE);
}

/* ---- The lens --------------------------------------------------------------------- */

static void
drop_lens (LtTile *self)
{
  lt_probe_lane_invalidate (self->lens_lane);
  g_clear_pointer (&self->lens, cairo_surface_destroy);
  lt_canvas_queue_overlay (LT_CANVAS (self->canvas));
}

/* What is under the pointer now, if anything. */
static void
ask_lens (LtTile *self)
{
  LtProbeJob *job;
  LtViewHit hit = { .item = -1 };
  double x, y;

  if (!self->current || !self->result || !self->view->hit || !self->view->lens ||
      !lt_canvas_get_pointer (LT_CANVAS (self->canvas), &x, &y) ||
      !lt_session_snapshot (self->source)) {
    drop_lens (self);
    return;
  }
  job = job_new (self, LT_PROBE_LENS);
  if (!lt_tile_fill_size (self, job) ||
      !self->view->hit (self->result->value, &job->style, job->w, job->h, x, y, &hit) ||
      (*hit.turn && !hit.everywhere)) {
    lt_probe_job_free (job);
    drop_lens (self);
    return;
  }
  /* The picture is of the weights that the figures are of. */
  lt_snapshot_unref (job->snapshot);
  job->snapshot = lt_snapshot_ref (self->result->snapshot);
  job->hit = hit;
  job->pressed = self->pressed;
  job->urgent = TRUE;
  lt_probe_lane_submit (self->lens_lane, job);
}

static void
lens_answer (const LtProbeAnswer *answer, gpointer data)
{
  LtTile *self = data;

  g_clear_pointer (&self->lens, cairo_surface_destroy);
  if (answer->surface)
    self->lens = cairo_surface_reference (answer->surface);
  self->lens_w = answer->job->w;
  self->lens_h = answer->job->h;
  lt_canvas_queue_overlay (LT_CANVAS (self->canvas));
}

static void
paint_overlay (cairo_t *cr, double w, double h, gpointer data)
{
  LtTile *self = data;

  lt_tile_paint_stroke (self, cr);
  lt_tile_paint_progress (self, cr, w);
  /* One of another size is on its way to be replaced. */
  if (!self->lens || fabs (w - self->lens_w) > 1 || fabs (h - self->lens_h) > 1)
    return;
  cairo_set_source_surface (cr, self->lens, 0, 0);
  cairo_paint (cr);
}

/* ---- Showing ---------------------------------------------------------------------- */

void
lt_tile_describe (LtTile *self)
{
  g_autofree char *text = self->view->describe (self->result->value);

  gtk_label_set_text (GTK_LABEL (self->caption), text);
  gtk_widget_set_tooltip_text (self->caption, text);
  lt_canvas_set_label (LT_CANVAS (self->canvas), self->view->title, text);
}

/* Painted at another size than it was computed for? Other figures may fit there. */
static gboolean
has_outgrown (const LtTile *self, const LtProbeJob *job)
{
  return !self->view->costly && (self->result_w != job->w || self->result_h != job->h);
}

static void
view_answer (const LtProbeAnswer *answer, gpointer data)
{
  LtTile *self = data;
  g_autoptr (GdkTexture) texture = NULL;

  self->computing = NULL;
  gtk_widget_set_visible (self->stop_button, FALSE);
  lt_canvas_set_busy (LT_CANVAS (self->canvas), FALSE);
  if (answer->error) {
    self->current = FALSE;
    show_message (self, answer->error->message);
    lt_tile_await_frame (self);
    return;
  }
  g_clear_pointer (&self->result, lt_view_result_unref);
  self->result = lt_view_result_ref (answer->result);
  self->current = TRUE;
  texture = lt_texture_new_from_surface (answer->surface);
  show_message (self, NULL);
  lt_canvas_set_texture (LT_CANVAS (self->canvas), texture);
  lt_tile_describe (self);
  if (self->lens || self->pressed)
    ask_lens (self);
  if (answer->job->kind == LT_PROBE_VIEW) {
    self->result_w = answer->job->w;
    self->result_h = answer->job->h;
  } else if (self->result->snapshot != lt_session_snapshot (self->source) ||
             has_outgrown (self, answer->job)) {
    lt_tile_ask (self, LT_PROBE_VIEW, TRUE);
  }
  lt_tile_await_frame (self);
}

/* ---- Session and look ------------------------------------------------------------- */

static void
snapshot_cb (LtSession *session, LtTile *self)
{
  gboolean training = lt_session_status (session)->state == LT_TRAINER_RUNNING &&
                      lt_session_shown (session) == LT_SHOW_LIVE;

  lt_tile_ask (self, LT_PROBE_VIEW, !training);
}

/* A tile may rest when training stops: then nothing else would wake it. */
static void
status_cb (LtSession *session, LtTile *self)
{
  if (lt_session_status (session)->state != LT_TRAINER_RUNNING && self->current &&
      self->result && self->result->snapshot != lt_session_snapshot (session))
    lt_tile_ask (self, LT_PROBE_VIEW, TRUE);
}

static void
replaced_cb (LtSession *session, LtTile *self)
{
  lt_tile_renew (self);
}

/* Another of the two runs is to be shown from now on. */
static void
switched_cb (LtTwinSwitch *twin_switch, LtTile *self)
{
  LtSession *source = lt_twin_switch_source (twin_switch);

  if (self->source) {
    g_signal_handlers_disconnect_by_func (self->source, snapshot_cb, self);
    g_signal_handlers_disconnect_by_func (self->source, status_cb, self);
    g_signal_handlers_disconnect_by_func (self->source, replaced_cb, self);
  }
  g_set_object (&self->source, source);
  g_signal_connect_object (source, "snapshot-changed", G_CALLBACK (snapshot_cb), self,
                           0);
  g_signal_connect_object (source, "status-changed", G_CALLBACK (status_cb), self, 0);
  g_signal_connect_object (source, "experiment-replaced", G_CALLBACK (replaced_cb),
                           self, 0);
  lt_tile_renew (self);
}

static void
look_cb (LtLook *look, LtTile *self)
{
  LtStyle style;

  lt_tile_fill_style (self, &style);
  lt_canvas_set_style (LT_CANVAS (self->canvas), &style);
  ask_again (self);
}

/* ---- The view and its settings ---------------------------------------------------- */

static void
show_chosen (LtTile *self)
{
  self->quiet = TRUE;
  for (guint i = 0; lt_views[i]; i++)
    if (lt_views[i] == self->view)
      gtk_drop_down_set_selected (GTK_DROP_DOWN (self->chooser), i);
  self->quiet = FALSE;
}

/* Takes settings. */
static void
set_view (LtTile *self, const LtView *view, gpointer settings)
{
  g_free (self->settings);
  self->view = view;
  self->settings = settings;
  g_clear_pointer (&self->result, lt_view_result_unref);
  g_clear_pointer (&self->drawing, lt_drawing_unref);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "tile.clear-drawing", FALSE);
  self->paused = FALSE;
  lt_tile_await_frame (self);
  lt_canvas_set_texture (LT_CANVAS (self->canvas), NULL);
  gtk_label_set_text (GTK_LABEL (self->caption), "");
  gtk_widget_set_tooltip_text (self->chooser, view->summary);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "tile.export", TRUE);
  show_message (self, NULL);
  show_chosen (self);
  lt_tile_drop_settings (self);
  lt_tile_renew (self);
}

void
lt_tile_set_view (LtTile *self, const char *text)
{
  gpointer settings = NULL;
  const LtView *view = lt_view_parse (text, &settings, NULL);

  if (view)
    set_view (self, view, settings);
}

void
lt_tile_set_lesson_view (LtTile *self, const char *text)
{
  gboolean twin = g_str_has_prefix (text, "twin ");

  lt_twin_switch_set_twin (LT_TWIN_SWITCH (self->twin_switch), twin);
  lt_tile_set_view (self, twin ? text + strlen ("twin ") : text);
}

static void
chosen_cb (GtkDropDown *chooser, GParamSpec *property, LtTile *self)
{
  guint chosen = gtk_drop_down_get_selected (chooser);

  if (!self->quiet && chosen != GTK_INVALID_LIST_POSITION)
    lt_tile_set_view (self, lt_views[chosen]->name);
}

const LtView *
lt_tile_view (LtTile *self)
{
  return self->view;
}

LtViewResult *
lt_tile_result (LtTile *self)
{
  return self->current ? self->result : NULL;
}

GdkTexture *
lt_tile_texture (LtTile *self)
{
  return lt_canvas_get_texture (LT_CANVAS (self->canvas));
}

const char *
lt_tile_message (LtTile *self)
{
  return self->message;
}

/* ---- The canvas ------------------------------------------------------------------- */

static void
size_cb (LtCanvas *canvas, int w, int h, int scale, LtTile *self)
{
  ask_again (self);
}

static void
map_cb (GtkWidget *canvas, LtTile *self)
{
  ask_again (self);
}

static void
motion_cb (LtCanvas *canvas, double x, double y, LtTile *self)
{
  if (self->stroking)
    lt_tile_stroke_to (self, x, y);
  else
    ask_lens (self);
}

static void
press_cb (LtCanvas *canvas, double x, double y, guint button, LtTile *self)
{
  if (button == GDK_BUTTON_PRIMARY && lt_tile_begin_stroke (self, x, y, FALSE)) {
    drop_lens (self);
    return;
  }
  self->pressed = button != GDK_BUTTON_PRIMARY || !lt_tile_click (self, x, y);
  ask_lens (self);
}

static void
release_cb (LtCanvas *canvas, double x, double y, LtTile *self)
{
  gboolean drawn = self->stroking;

  self->pressed = self->stroking = FALSE;
  if (drawn)
    lt_canvas_queue_overlay (canvas);
  else
    ask_lens (self);
}

static void
leave_cb (LtCanvas *canvas, LtTile *self)
{
  drop_lens (self);
}

static void
context_menu_cb (LtCanvas *canvas, double x, double y, LtTile *self)
{
  GdkRectangle place = { (int) x, (int) y, 1, 1 };

  /* On a surface the second button is a rubber. */
  if (lt_tile_has_surface (self, x, y) && lt_canvas_take_press (canvas)) {
    (void) lt_tile_begin_stroke (self, x, y, TRUE);
    drop_lens (self);
    return;
  }
  gtk_popover_set_pointing_to (GTK_POPOVER (self->context_menu), &place);
  gtk_popover_popup (GTK_POPOVER (self->context_menu));
}

static void
connect_canvas (LtTile *self)
{
  GMenuModel *menu =
      gtk_menu_button_get_menu_model (GTK_MENU_BUTTON (self->menu_button));

  g_signal_connect (self->canvas, "size-changed", G_CALLBACK (size_cb), self);
  g_signal_connect_after (self->canvas, "map", G_CALLBACK (map_cb), self);
  g_signal_connect_swapped (self->canvas, "unmap", G_CALLBACK (lt_tile_stop_frames),
                            self);
  g_signal_connect (self->canvas, "motion", G_CALLBACK (motion_cb), self);
  g_signal_connect (self->canvas, "drag", G_CALLBACK (motion_cb), self);
  g_signal_connect (self->canvas, "press", G_CALLBACK (press_cb), self);
  g_signal_connect (self->canvas, "release", G_CALLBACK (release_cb), self);
  g_signal_connect (self->canvas, "leave", G_CALLBACK (leave_cb), self);
  g_signal_connect (self->canvas, "context-menu", G_CALLBACK (context_menu_cb), self);
  lt_canvas_set_overlay (LT_CANVAS (self->canvas), paint_overlay, self, NULL);
  self->context_menu = gtk_popover_menu_new_from_model (menu);
  gtk_popover_set_has_arrow (GTK_POPOVER (self->context_menu), FALSE);
  gtk_widget_set_halign (self->context_menu, GTK_ALIGN_START);
  gtk_widget_set_parent (self->context_menu, GTK_WIDGET (self));
}

/* ---- Actions ---------------------------------------------------------------------- */

static void
maximise (GtkWidget *widget, const char *action, GVariant *parameter)
{
  g_signal_emit (widget, signals[MAXIMISE], 0);
}

static void export(GtkWidget *widget, const char *action, GVariant *parameter)
{
  g_signal_emit (widget, signals[EXPORT], 0, g_variant_get_string (parameter, NULL));
}

static void
copy (GtkWidget *widget, const char *action, GVariant *parameter)
{
  GdkTexture *texture = lt_tile_texture (LT_TILE (widget));

  if (texture)
    gdk_clipboard_set_texture (gtk_widget_get_clipboard (widget), texture);
}

void
lt_tile_set_maximised (LtTile *self, gboolean maximised)
{
  const char *tip = maximised ? "Show all tiles" : "Fill the window with this tile";

  gtk_button_set_icon_name (GTK_BUTTON (self->maximise_button),
                            maximised ? "view-restore-symbolic"
                                      : "view-fullscreen-symbolic");
  gtk_widget_set_tooltip_text (self->maximise_button, tip);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->maximise_button),
                                  GTK_ACCESSIBLE_PROPERTY_LABEL, tip, -1);
}

/* ---- Life ------------------------------------------------------------------------- */

GtkWidget *
lt_tile_new (LtSession *session, LtLook *look, LtProbeQueue *queue)
{
  LtTile *self = g_object_new (LT_TYPE_TILE, NULL);

  self->look = g_object_ref (look);
  self->lane = lt_probe_lane_new (queue, view_answer, self);
  self->lens_lane = lt_probe_lane_new (queue, lens_answer, self);
  g_signal_connect (self->twin_switch, "switched", G_CALLBACK (switched_cb), self);
  lt_twin_switch_set_session (LT_TWIN_SWITCH (self->twin_switch), session);
  g_signal_connect_object (look, "changed", G_CALLBACK (look_cb), self, 0);
  look_cb (look, self);
  show_message (self, "Reading the data…");
  return GTK_WIDGET (self);
}

static void
lt_tile_dispose (GObject *object)
{
  LtTile *self = LT_TILE (object);
  GtkWidget *child;

  g_clear_handle_id (&self->watch, g_source_remove);
  g_clear_pointer (&self->lane, lt_probe_lane_free);
  g_clear_pointer (&self->lens_lane, lt_probe_lane_free);
  if (self->canvas)
    lt_tile_stop_frames (self);
  while ((child = gtk_widget_get_first_child (GTK_WIDGET (self))))
    gtk_widget_unparent (child);
  g_clear_pointer (&self->result, lt_view_result_unref);
  g_clear_pointer (&self->lens, cairo_surface_destroy);
  g_clear_pointer (&self->drawing, lt_drawing_unref);
  g_clear_pointer (&self->settings, g_free);
  g_clear_pointer (&self->message, g_free);
  g_clear_pointer (&self->knob_rows, g_ptr_array_unref);
  g_clear_object (&self->source);
  g_clear_object (&self->look);
  G_OBJECT_CLASS (lt_tile_parent_class)->dispose (object);
}

static void
lt_tile_class_init (LtTileClass *class)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (class);

  G_OBJECT_CLASS (class)->dispose = lt_tile_dispose;
  g_type_ensure (LT_TYPE_CANVAS);
  g_type_ensure (LT_TYPE_TWIN_SWITCH);
  gtk_widget_class_set_template_from_resource (
      widget_class, "/org/lantern_workbench/Lantern/ui/tile.ui");
  gtk_widget_class_bind_template_child (widget_class, LtTile, header);
  gtk_widget_class_bind_template_child (widget_class, LtTile, chooser);
  gtk_widget_class_bind_template_child (widget_class, LtTile, caption);
  gtk_widget_class_bind_template_child (widget_class, LtTile, twin_switch);
  gtk_widget_class_bind_template_child (widget_class, LtTile, motion_button);
  gtk_widget_class_bind_template_child (widget_class, LtTile, stop_button);
  gtk_widget_class_bind_template_child (widget_class, LtTile, settings_button);
  gtk_widget_class_bind_template_child (widget_class, LtTile, menu_button);
  gtk_widget_class_bind_template_child (widget_class, LtTile, maximise_button);
  gtk_widget_class_bind_template_child (widget_class, LtTile, canvas);
  gtk_widget_class_install_action (widget_class, "tile.maximise", NULL, maximise);
  gtk_widget_class_install_action (widget_class, "tile.export", "s", export);
  gtk_widget_class_install_action (widget_class, "tile.copy", NULL, copy);
  lt_tile_install_motion (widget_class);
  lt_tile_install_progress (widget_class);
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BOX_LAYOUT);
  signals[MAXIMISE] = g_signal_new ("maximise", LT_TYPE_TILE, G_SIGNAL_RUN_LAST, 0,
                                    NULL, NULL, NULL, G_TYPE_NONE, 0);
  g_signal_new ("turn-everywhere", LT_TYPE_TILE, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                G_TYPE_NONE, 2, G_TYPE_STRING, G_TYPE_STRING);
  signals[EXPORT] = g_signal_new ("export", LT_TYPE_TILE, G_SIGNAL_RUN_LAST, 0, NULL,
                                  NULL, NULL, G_TYPE_NONE, 1, G_TYPE_STRING);
}

static void
fill_chooser (LtTile *self)
{
  g_autoptr (GtkStringList) titles = gtk_string_list_new (NULL);

  for (int i = 0; lt_views[i]; i++)
    gtk_string_list_append (titles, lt_views[i]->title);
  gtk_drop_down_set_model (GTK_DROP_DOWN (self->chooser), G_LIST_MODEL (titles));
  gtk_drop_down_set_selected (GTK_DROP_DOWN (self->chooser), GTK_INVALID_LIST_POSITION);
}

static void
lt_tile_init (LtTile *self)
{
  GtkLayoutManager *layout;

  gtk_widget_init_template (GTK_WIDGET (self));
  layout = gtk_widget_get_layout_manager (GTK_WIDGET (self));
  gtk_orientable_set_orientation (GTK_ORIENTABLE (layout), GTK_ORIENTATION_VERTICAL);
  self->knob_rows = g_ptr_array_new ();
  fill_chooser (self);
  g_signal_connect (self->chooser, "notify::selected", G_CALLBACK (chosen_cb), self);
  gtk_menu_button_set_create_popup_func (GTK_MENU_BUTTON (self->settings_button),
                                         lt_tile_build_settings, self, NULL);
  connect_canvas (self);
}

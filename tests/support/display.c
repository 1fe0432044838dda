/* Widgets on a display, for tests. */
#include "support/display.h"

gboolean
lt_test_init_display (int *argc, char ***argv, int *status)
{
  /* GTK's own recorder of accessible states, in place of a bus. */
  g_setenv ("GTK_A11Y", "test", TRUE);
  if (!gtk_init_check ()) {
    gboolean needed = g_getenv ("LT_NEED_DISPLAY") != NULL;

    g_print ("1..%d\n%s no display\n", needed ? 1 : 0,
             needed ? "not ok 1 -" : "# SKIP");
    *status = needed ? 1 : 0;
    return FALSE;
  }
  g_test_init (argc, argv, NULL);
  return TRUE;
}

GtkWidget *
lt_test_window_new (GtkWidget *widget, int width, int height)
{
  GtkWidget *window = gtk_window_new ();

  gtk_widget_set_halign (widget, GTK_ALIGN_START);
  gtk_widget_set_valign (widget, GTK_ALIGN_START);
  gtk_widget_set_size_request (widget, width, height);
  gtk_window_set_child (GTK_WINDOW (window), widget);
  gtk_window_present (GTK_WINDOW (window));
  lt_test_wait_for (gtk_widget_get_mapped (widget) &&
                    gtk_widget_get_width (widget) > 0);
  return window;
}

void
lt_test_window_free (GtkWidget *window, GtkWidget *widget)
{
  g_object_ref (widget);
  gtk_window_destroy (GTK_WINDOW (window));
  /* The renderer lets go of the last frame when the loop comes round. */
  while (g_main_context_iteration (NULL, FALSE))
    continue;
  g_assert_finalize_object (widget);
}

GtkEventController *
lt_test_controller (GtkWidget *widget, GType type)
{
  g_autoptr (GListModel) controllers = gtk_widget_observe_controllers (widget);

  for (guint i = 0; i < g_list_model_get_n_items (controllers); i++) {
    g_autoptr (GtkEventController) controller = g_list_model_get_item (controllers, i);

    if (G_TYPE_CHECK_INSTANCE_TYPE (controller, type))
      return controller;
  }
  g_assert_not_reached ();
}

gboolean
lt_test_key (GtkWidget *widget, guint key, GdkModifierType state)
{
  gboolean taken = FALSE;

  g_signal_emit_by_name (lt_test_controller (widget, GTK_TYPE_EVENT_CONTROLLER_KEY),
                         "key-pressed", key, 0, state, &taken);
  return taken;
}

guint32
lt_test_pixel (GtkWidget *widget, int x, int y)
{
  GtkSnapshot *snapshot = gtk_snapshot_new ();
  int w = gtk_widget_get_width (widget), h = gtk_widget_get_height (widget);
  g_autofree guint32 *pixels = g_new0 (guint32, (gsize) w * h);
  g_autoptr (GdkTexture) texture = NULL;
  GskRenderNode *node;

  GTK_WIDGET_GET_CLASS (widget)->snapshot (widget, snapshot);
  node = gtk_snapshot_free_to_node (snapshot);
  if (node == NULL)
    return 0;
  texture = gsk_renderer_render_texture (
      gtk_native_get_renderer (gtk_widget_get_native (widget)), node,
      &GRAPHENE_RECT_INIT (0, 0, w, h));
  gdk_texture_download (texture, (guchar *) pixels, (gsize) w * 4);
  gsk_render_node_unref (node);
  return pixels[(gsize) y * w + x] & 0xffffff;
}

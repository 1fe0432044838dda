/* What tests of widgets share: a display, a window, a main loop that runs until something is
 * so, and a way to the widget's event controllers. */
#pragma once

#include <gtk/gtk.h>

/* Before any test. FALSE: there is no display, and *status is the program's exit status: a
 * skip for a developer, a failure where LT_NEED_DISPLAY says that there must be one. */
gboolean lt_test_init_display (int *argc, char ***argv, int *status);

/* A window of the size with the widget in it, mapped and allocated. */
GtkWidget *lt_test_window_new (GtkWidget *widget, int width, int height);

/* Destroys the window, and asserts that the widget goes with it. */
void lt_test_window_free (GtkWidget *window, GtkWidget *widget);

/* Runs the main loop until the condition holds. */
#define lt_test_wait_for(condition)          \
  G_STMT_START                               \
  {                                          \
    while (!(condition))                     \
      g_main_context_iteration (NULL, TRUE); \
  }                                          \
  G_STMT_END

/* The widget's controller of the type. */
GtkEventController *lt_test_controller (GtkWidget *widget, GType type);

/* Presses a key as the widget's key controller would tell; whether it was taken. */
gboolean lt_test_key (GtkWidget *widget, guint key, GdkModifierType state);

/* The colour of one of the widget's pixels, as it would be drawn now: 0xRRGGBB. */
guint32 lt_test_pixel (GtkWidget *widget, int x, int y);

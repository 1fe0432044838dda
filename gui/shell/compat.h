/* What later versions of GTK deprecate, in one place. */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* path: the file system's encoding. Not called when the user thinks better of it. */
typedef void (*LtFileFunc) (GtkWindow *parent, const char *path, gpointer data);

typedef struct {
  const char *title, *accept;
  GtkFileChooserAction action;
  const char *suggestion; /* a name for the new file; NULL */
  const char *filter;     /* "Runs", of the pattern below; NULL: everything */
  const char *pattern;    /* "*.lantern" */
} LtFileRequest;

/* func is called with the parent still there, later; data is not freed. */
void lt_compat_choose_file (GtkWindow *parent,
                            const LtFileRequest *request,
                            LtFileFunc func,
                            gpointer data);

void lt_compat_show_shortcuts (GtkWindow *parent);

G_END_DECLS

/* The data dialog: what was found in a file or folder, and how it will be scaled and split,
 * before it is used. The running experiment is untouched until "data.use".
 *
 * Actions: "data.use", "data.another", "data.remedy" (int), "window.close".
 * Signal: "another": the user wants to choose another file. */
#pragma once

#include "data/info.h"
#include "panels/look.h"
#include "session/session.h"
#include <gtk/gtk.h>

G_BEGIN_DECLS

#define LT_TYPE_DATA_DIALOG (lt_data_dialog_get_type ())
G_DECLARE_FINAL_TYPE (LtDataDialog, lt_data_dialog, LT, DATA_DIALOG, GtkWindow)

/* play: training begins as soon as the data are used; so it does when it was under way. */
LtDataDialog *lt_data_dialog_new (GtkWindow *parent,
                                  LtSession *session,
                                  LtLook *look,
                                  gboolean play);

/* Reads another file or folder, with the knobs as the session has them. */
void lt_data_dialog_set_path (LtDataDialog *self, const char *path);

/* Borrowed; NULL before the first is set. */
const char *lt_data_dialog_path (LtDataDialog *self);

/* A knob of the file or of the preparation, as its row turns it. */
gboolean lt_data_dialog_turn (LtDataDialog *self, const char *key, const char *value);

/* Something is still being read. */
gboolean lt_data_dialog_busy (LtDataDialog *self);

/* What was found; NULL when nothing could be. Borrowed until the next reading. */
const LtDataInfo *lt_data_dialog_info (LtDataDialog *self);

/* The sentence that says why these data cannot be used, or not with this model, or what must
 * change; NULL when all is well. Borrowed. */
const char *lt_data_dialog_trouble (LtDataDialog *self);

G_END_DECLS

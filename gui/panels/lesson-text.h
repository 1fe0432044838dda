/* A lesson's text (a small part of Markdown, see resources/lessons) as widgets. */
#pragma once

#include "train/experiment.h"
#include <gtk/gtk.h>

G_BEGIN_DECLS

/* Fills an empty box. Names of knobs become links "knob:KEY": connect "activate-link" of the
 * labels through link_cb. */
typedef gboolean (*LtLinkFunc) (GtkLabel *label, const char *uri, gpointer data);

void lt_lesson_text_fill (GtkBox *box,
                          LtExperiment *experiment,
                          LtLinkFunc link_cb,
                          gpointer data);

/* A line's **strong**, *emphasis* and `code` as Pango mark-up; a knob's key in `code` becomes
 * a link that shows its title. */
char *lt_lesson_text_markup (const char *text,
                             LtExperiment *experiment) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS

/* One knob as a row: a mark (live or restart), its title, its value, and a slider where it has
 * a range. Everything comes from the knob's table entry. */
#pragma once

#include "core/knob.h"
#include <gtk/gtk.h>

G_BEGIN_DECLS

#define LT_TYPE_KNOB_ROW (lt_knob_row_get_type ())
G_DECLARE_FINAL_TYPE (LtKnobRow, lt_knob_row, LT, KNOB_ROW, GtkWidget)

/* table and knob must outlive the row. marked: whether to say that it is live or restarts.
 *
 * Signal "turned" (text): the user has set it to text, which lt_knob_parse has accepted. */
GtkWidget *lt_knob_row_new (const LtKnobTable *table,
                            const LtKnob *knob,
                            gboolean marked);
const LtKnob *lt_knob_row_knob (LtKnobRow *self);

/* As lt_knob_format writes it. Emits nothing; leaves alone what is being typed. */
void lt_knob_row_set_value (LtKnobRow *self, const char *text);

G_END_DECLS

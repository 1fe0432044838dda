/* The timeline as a widget: drag it, or use the arrow keys, to look at an earlier epoch.
 *
 * Signal: scrub (int epoch), −1: back to live. It is emitted when the user asks, not by
 * lt_timeline_set_shown, and `shown` has then changed already.
 *
 * Keyboard: ← → an epoch, Page Up and Page Down a tenth of the run, Home the first epoch,
 * End live. */
#pragma once

#include "paint/curves.h"
#include "paint/timeline.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define LT_TYPE_TIMELINE (lt_timeline_get_type ())
G_DECLARE_FINAL_TYPE (LtTimeline, lt_timeline, LT, TIMELINE, GtkWidget)

GtkWidget *lt_timeline_new (void);

void lt_timeline_set_style (LtTimeline *self, const LtStyle *style);

/* n_epochs: planned. progress: how far training is, in epochs. */
void lt_timeline_set_progress (LtTimeline *self, int n_epochs, double progress);

/* Copied, and averaged down to what a timeline can show. x rises. */
void lt_timeline_set_losses (LtTimeline *self,
                             const double *x,
                             const double *loss,
                             int n);

/* Knob turns; copied, titles too. */
void lt_timeline_set_flags (LtTimeline *self, const LtFlag *flags, int n);

/* The run's phases; copied, titles too. */
void lt_timeline_set_phases (LtTimeline *self, const LtTimelinePhase *phases, int n);

/* The epoch that the views show; −1: live. Clamped to what has been done. */
void lt_timeline_set_shown (LtTimeline *self, int epoch);
int lt_timeline_get_shown (LtTimeline *self);

G_END_DECLS

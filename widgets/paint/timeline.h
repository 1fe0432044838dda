/* The timeline: epochs along, the loss drawn in it, flags where knobs were turned. */
#pragma once

#include "paint/style.h"

G_BEGIN_DECLS

/* A stretch of the run with a model and a training of its own. */
typedef struct {
  double begin; /* progress */
  const char *title;
} LtTimelinePhase;

typedef struct {
  int n_epochs;    /* planned: the right end, unless more were done */
  double progress; /* how far training is, in epochs */
  int shown;       /* the epoch that the views show; −1: live */
  int n;
  const double *x, *loss; /* [n]: progress and objective */
  int n_flags;
  const double *flags; /* [n_flags]: progress */
  int n_phases;
  const LtTimelinePhase
      *phases; /* in order; losses are drawn to each one's own scale */
  int hover;   /* epoch under the pointer; −1 */
} LtTimelineData;

void lt_timeline_paint (cairo_t *cr,
                        const LtTimelineData *data,
                        const LtStyle *style,
                        double w,
                        double h);

/* The epoch at pixel x, clamped to what has been done; and back. */
int lt_timeline_epoch_at (const LtTimelineData *data,
                          const LtStyle *style,
                          double w,
                          double x);
double lt_timeline_x (const LtTimelineData *data,
                      const LtStyle *style,
                      double w,
                      double progress);

/* The flag within 6 pixels of x, −1 for none. */
int lt_timeline_flag_at (const LtTimelineData *data,
                         const LtStyle *style,
                         double w,
                         double x);

G_END_DECLS

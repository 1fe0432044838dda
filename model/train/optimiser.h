/* Optimisers: one step from a gradient. */
#pragma once

#include "core/kernels.h"
#include "core/layout.h"
#include "core/team.h"
#include "train/training.h"

G_BEGIN_DECLS

/* The moments, as blocks of the parameters' layout, and the step counter. */
typedef struct _LtOptimiser LtOptimiser;

/* kind, and lbfgs_memory for L-BFGS, are fixed at creation. */
LtOptimiser *lt_optimiser_new (const LtLayout *layout,
                               const LtTraining *training) G_GNUC_WARN_UNUSED_RESULT;
void lt_optimiser_free (LtOptimiser *self);

/* params change by one step along gradient (which is clipped in place when training->clip
 * says so). rate: the learning rate after the schedule. Not for L-BFGS. */
void lt_optimiser_step (LtOptimiser *self,
                        LtTeam *team,
                        const LtTraining *training,
                        double rate,
                        float *gradient,
                        float *params);

/* The same in parts, without clipping: for a gradient that is never there as a whole. */
typedef struct {
  const LtOptimiser *self;
  const LtTraining *training; /* borrowed */
  float rate;
  LtAdam adam;
  float *params;
} LtOptimiserStep;

void lt_optimiser_begin_step (LtOptimiser *self,
                              const LtTraining *training,
                              double rate,
                              float *params,
                              LtOptimiserStep *step);

/* Steps with n entries of the gradient that belong at `offset` of the block. On any thread;
 * parts that are disjoint may be taken at the same time. */
void lt_optimiser_step_part (const LtOptimiserStep *step,
                             gsize offset,
                             const float *gradient,
                             gsize n);

/* The objective and its gradient over the whole training set, at params. */
typedef double (*LtObjectiveFunc) (gpointer data, const float *params, float *gradient);

/* ‖g‖, summed in an order that depends on the team's size only. */
double lt_gradient_norm (LtTeam *team, const float *gradient, gsize n);

/* One L-BFGS iteration (Nocedal & Wright 2006, algorithm 7.5) with a line search that
 * meets the strong Wolfe conditions. Returns the objective at the new params. */
double lt_optimiser_lbfgs_step (LtOptimiser *self,
                                LtTeam *team,
                                LtObjectiveFunc objective,
                                gpointer data,
                                float *params);

/* L-BFGS only: the objective is another one from here on (a penalty was turned), so the
 * curvature remembered from the old one is dropped. */
void lt_optimiser_forget (LtOptimiser *self);

/* Everything it remembers as bytes, for a resume point; equal state gives equal bytes. */
GBytes *lt_optimiser_save (const LtOptimiser *self) G_GNUC_WARN_UNUSED_RESULT;
gboolean lt_optimiser_restore (LtOptimiser *self, GBytes *bytes, GError **error);

/* The learning rate at `epoch` (fractional), without the plateau's own factor. Not used by
 * L-BFGS, whose line search finds its own steps. */
double lt_schedule_rate (const LtTraining *training, double epoch);

/* The momentum at `epoch`: low while the gradients are large, then full (Hinton 2010,
 * section 9.1). */
double lt_schedule_momentum (const LtTraining *training, double epoch);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (LtOptimiser, lt_optimiser_free)

G_END_DECLS

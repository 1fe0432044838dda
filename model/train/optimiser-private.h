/* What the optimiser's two files share. */
#pragma once

#include "train/optimiser.h"

G_BEGIN_DECLS

/* The last `n` of at most `memory` steps s = Δx and changes of the gradient y = Δg,
 * newest at `newest`, and the objective where the last line search ended. */
typedef struct {
  int memory, n, newest;
  float **s, **y;
  double *rho; /* 1 / s·y */
  gboolean known;
  double value;    /* f (x), if known */
  float *gradient; /* ∇f (x), if known */
  float *direction, *start, *trial_gradient;
} LtLbfgs;

struct _LtOptimiser {
  LtLayout *layout;
  LtOptimiserKind kind;
  gint64 n_steps;
  float *m, *v; /* first and second moments; NULL where the kind has none */
  LtLbfgs *lbfgs;
};

LtLbfgs *lt_lbfgs_new (const LtLayout *layout, int memory) G_GNUC_WARN_UNUSED_RESULT;
void lt_lbfgs_free (LtLbfgs *self);

/* x·y in double, in an order that depends on the team's size only. */
double lt_team_dot (LtTeam *team, const float *x, const float *y, gsize n);

G_END_DECLS

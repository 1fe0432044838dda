/* L-BFGS: Nocedal & Wright 2006, "Numerical Optimization", algorithms 7.4 (the two-loop
 * recursion) and 7.5, with the line search of algorithms 3.5 and 3.6.
 *
 *   H_k ∇f ≈ the product of the inverse Hessian that the last pairs (s, y) suggest
 *   x_{k+1} = x_k − α_k H_k ∇f(x_k), α_k meeting the strong Wolfe conditions
 *     f(x + αd) ≤ f(x) + c₁ α ∇f·d      |∇f(x + αd)·d| ≤ c₂ |∇f·d|
 *
 * The objective comes from float32, so "≤" allows for its rounding. */
#include "train/optimiser-private.h"

#include "core/kernels.h"

#include <math.h>
#include <string.h>

#define C1               1e-4
#define C2               0.9
#define ROUNDING         1e-7 /* of the objective, relative */
#define MAX_EVALUATIONS  20
#define GRAIN            1024
#define LARGEST_STEP     1e10
#define SMALLEST_BRACKET 1e-9 /* relative */

LtLbfgs *
lt_lbfgs_new (const LtLayout *layout, int memory)
{
  LtLbfgs *self = g_new0 (LtLbfgs, 1);

  self->memory = memory;
  self->s = g_new0 (float *, memory);
  self->y = g_new0 (float *, memory);
  self->rho = g_new0 (double, memory);
  for (int i = 0; i < memory; i++) {
    self->s[i] = lt_block_new (layout);
    self->y[i] = lt_block_new (layout);
  }
  self->gradient = lt_block_new (layout);
  self->trial_gradient = lt_block_new (layout);
  self->direction = lt_block_new (layout);
  self->start = lt_block_new (layout);
  return self;
}

void
lt_lbfgs_free (LtLbfgs *self)
{
  for (int i = 0; i < self->memory; i++) {
    lt_block_free (self->s[i]);
    lt_block_free (self->y[i]);
  }
  g_free (self->s);
  g_free (self->y);
  g_free (self->rho);
  lt_block_free (self->gradient);
  lt_block_free (self->trial_gradient);
  lt_block_free (self->direction);
  lt_block_free (self->start);
  g_free (self);
}

/* ---- Vectors, by the team --------------------------------------------------------------- */

typedef struct {
  float alpha;
  const float *x, *base;
  gsize n;
  float *y;
} SumJob;

static void
sum_share (gpointer data, int member, int n_members)
{
  const SumJob *job = data;
  gsize first, last;

  lt_team_share (job->n, GRAIN, member, n_members, &first, &last);
  if (job->base != job->y)
    memcpy (job->y + first, job->base + first, (last - first) * sizeof (float));
  lt_axpy (job->alpha, job->x + first, last - first, job->y + first);
}

/* y = base + alpha x; y may be base. */
static void
add_scaled (LtTeam *team, double alpha, const float *x, const float *base, SumJob job)
{
  job.alpha = (float) alpha;
  job.x = x;
  job.base = base;
  lt_team_run (team, sum_share, &job);
}

/* ---- Line search ------------------------------------------------------------------------- */

/* φ(α) = f (x + αd) and its slope. */
typedef struct {
  double a, value, slope;
} Point;

typedef struct {
  LtLbfgs *lbfgs;
  LtTeam *team;
  gsize n;
  LtObjectiveFunc objective;
  gpointer data;
  float *params;
  Point origin;
  int n_evaluations;
} Search;

static Point
evaluate (Search *self, double a)
{
  LtLbfgs *lbfgs = self->lbfgs;
  Point point = { .a = a };

  add_scaled (self->team, a, lbfgs->direction, lbfgs->start,
              (SumJob){ .n = self->n, .y = self->params });
  point.value = self->objective (self->data, self->params, lbfgs->trial_gradient);
  point.slope =
      lt_team_dot (self->team, lbfgs->trial_gradient, lbfgs->direction, self->n);
  self->n_evaluations++;
  if (!isfinite (point.value) || !isfinite (point.slope))
    point.value = HUGE_VAL;
  return point;
}

static gboolean
decreases (const Search *self, const Point *point)
{
  const Point *origin = &self->origin;

  return point->value <= origin->value + C1 * point->a * origin->slope +
                             ROUNDING * fabs (origin->value);
}

static gboolean
is_flat (const Search *self, const Point *point)
{
  return fabs (point->slope) <= -C2 * self->origin.slope;
}

/* The minimum of the cubic through two points and their slopes (Nocedal & Wright, eq.
 * 3.59), kept away from the ends; the middle where there is no such minimum. */
static double
between (const Point *lo, const Point *hi)
{
  double width = hi->a - lo->a;
  double d1, d2, square, a;

  if (!isfinite (hi->value))
    return lo->a + 0.1 * width;
  d1 = lo->slope + hi->slope - 3 * (lo->value - hi->value) / (lo->a - hi->a);
  square = d1 * d1 - lo->slope * hi->slope;
  if (!(square >= 0))
    return lo->a + 0.5 * width;
  d2 = copysign (sqrt (square), width);
  a = hi->a - width * (hi->slope + d2 - d1) / (hi->slope - lo->slope + 2 * d2);
  if (!isfinite (a))
    return lo->a + 0.5 * width;
  return lo->a + CLAMP ((a - lo->a) / width, 0.1, 0.9) * width;
}

/* Algorithm 3.6. The last evaluated point is the answer where TRUE is returned; else *lo is
 * the best that was found. */
static gboolean
zoom (Search *self, Point *lo, Point hi)
{
  while (self->n_evaluations < MAX_EVALUATIONS &&
         fabs (hi.a - lo->a) > SMALLEST_BRACKET * fabs (hi.a)) {
    Point point = evaluate (self, between (lo, &hi));

    if (!decreases (self, &point) || point.value >= lo->value) {
      hi = point;
      continue;
    }
    if (is_flat (self, &point)) {
      *lo = point;
      return TRUE;
    }
    if (point.slope * (hi.a - lo->a) >= 0)
      hi = *lo;
    *lo = point;
  }
  return FALSE;
}

/* Algorithm 3.5. Returns whether *best is a step worth taking; params and trial_gradient
 * are then those of *best. */
static gboolean
search (Search *self, double first, Point *best)
{
  Point before = self->origin;
  double a = first;
  gboolean found = FALSE;

  while (self->n_evaluations < MAX_EVALUATIONS && a < LARGEST_STEP) {
    Point point = evaluate (self, a);

    if (!decreases (self, &point) || (point.value >= before.value && before.a > 0)) {
      found = zoom (self, &before, point);
      break;
    }
    if (is_flat (self, &point)) {
      before = point;
      found = TRUE;
      break;
    }
    if (point.slope >= 0) {
      Point lo = point;

      found = zoom (self, &lo, before);
      before = lo;
      break;
    }
    before = point;
    a *= 2;
  }
  *best = before;
  if (!found && best->a > 0)
    *best = evaluate (self, best->a);
  return best->a > 0 && isfinite (best->value);
}

/* ---- Iteration --------------------------------------------------------------------------- */

/* direction = −H ∇f: the two-loop recursion, algorithm 7.4. */
static void
find_direction (LtLbfgs *self, LtTeam *team, gsize n)
{
  float *d = self->direction;
  SumJob into = { .n = n, .y = d };
  double *alpha = g_newa (double, self->memory);

  memcpy (d, self->gradient, n * sizeof (float));
  for (int age = 0; age < self->n; age++) {
    int i = (self->newest - age + self->memory) % self->memory;

    alpha[i] = self->rho[i] * lt_team_dot (team, self->s[i], d, n);
    add_scaled (team, -alpha[i], self->y[i], d, into);
  }
  if (self->n > 0) {
    const float *y = self->y[self->newest];

    lt_scale ((float) (1 / (self->rho[self->newest] * lt_team_dot (team, y, y, n))), n,
              d);
  }
  for (int age = self->n - 1; age >= 0; age--) {
    int i = (self->newest - age + self->memory) % self->memory;
    double beta = self->rho[i] * lt_team_dot (team, self->y[i], d, n);

    add_scaled (team, alpha[i] - beta, self->s[i], d, into);
  }
  lt_scale (-1, n, d);
}

/* Remembers s = params − start and y = trial_gradient − gradient, where their product says
 * that the objective curves upwards. */
static void
remember (LtLbfgs *self, LtTeam *team, const float *params, gsize n)
{
  int i = (self->newest + 1) % self->memory;
  double product, y_squared;

  add_scaled (team, -1, self->start, params, (SumJob){ .n = n, .y = self->s[i] });
  add_scaled (team, -1, self->gradient, self->trial_gradient,
              (SumJob){ .n = n, .y = self->y[i] });
  product = lt_team_dot (team, self->s[i], self->y[i], n);
  y_squared = lt_team_dot (team, self->y[i], self->y[i], n);
  if (!(product > 1e-10 * y_squared)) {
    /* With a full memory the oldest pair lay there. */
    self->n = MIN (self->n, self->memory - 1);
    return;
  }
  self->rho[i] = 1 / product;
  self->newest = i;
  self->n = MIN (self->n + 1, self->memory);
}

double
lt_optimiser_lbfgs_step (LtOptimiser *self,
                         LtTeam *team,
                         LtObjectiveFunc objective,
                         gpointer data,
                         float *params)
{
  LtLbfgs *lbfgs = self->lbfgs;
  gsize n = lt_layout_size (self->layout);
  Search job = { .lbfgs = lbfgs,
                 .team = team,
                 .n = n,
                 .objective = objective,
                 .data = data,
                 .params = params };
  double first = 1;
  Point best;

  g_return_val_if_fail (lbfgs != NULL, NAN);
  self->n_steps++;
  if (!lbfgs->known)
    lbfgs->value = objective (data, params, lbfgs->gradient);
  lbfgs->known = TRUE;
  find_direction (lbfgs, team, n);
  job.origin.value = lbfgs->value;
  job.origin.slope = lt_team_dot (team, lbfgs->gradient, lbfgs->direction, n);
  if (lbfgs->n == 0)
    first = MIN (1, 1 / lt_gradient_norm (team, lbfgs->gradient, n));
  if (!isfinite (lbfgs->value) || !(job.origin.slope < 0)) {
    lbfgs->n = 0; /* at a minimum, or nothing to go by: the next one starts afresh */
    return lbfgs->value;
  }
  memcpy (lbfgs->start, params, n * sizeof (float));
  if (!search (&job, first, &best)) {
    memcpy (params, lbfgs->start, n * sizeof (float));
    lbfgs->n = 0;
    return lbfgs->value;
  }
  remember (lbfgs, team, params, n);
  lbfgs->value = best.value;
  memcpy (lbfgs->gradient, lbfgs->trial_gradient, n * sizeof (float));
  return lbfgs->value;
}

/* Optimisers against their formulas in double; L-BFGS on known functions; schedules. */
#include "core/error.h"
#include "train/optimiser.h"

#include <math.h>
#include <string.h>

#define N       37
#define N_STEPS 25

/* A weight and a bias, so that decoupled decay can tell them apart. */
static LtLayout *
layout_new (void)
{
  LtLayout *layout = lt_layout_new ();

  lt_layout_add (layout, "W", LT_ROLE_WEIGHT, 1, N);
  lt_layout_add (layout, "b", LT_ROLE_BIAS, 1, 5);
  lt_layout_seal (layout);
  return layout;
}

static LtTraining
training_with (const char *optimiser)
{
  LtTraining training;

  lt_knobs_init (&lt_training_knobs, &training);
  g_assert_true (lt_knob_parse (lt_knobs_find (&lt_training_knobs, "optimiser"),
                                optimiser, &training, NULL));
  return training;
}

/* A gradient that depends on the place and the time. */
static double
slope (double w, int i, int t)
{
  return (1 + i % 5) * w + sin (0.7 * i + t);
}

/* The same step in double. t from 1. */
static void
naive_step (const LtTraining *training,
            gboolean is_weight,
            double rate,
            double g,
            int t,
            double state[3])
{
  double *w = &state[0], *m = &state[1], *v = &state[2];

  switch ((LtOptimiserKind) training->optimiser) {
  case LT_SGD:
    *w -= rate * g;
    break;
  case LT_MOMENTUM:
    *m = training->momentum * *m + g;
    *w -= rate * *m;
    break;
  case LT_NESTEROV:
    *m = training->momentum * *m + g;
    *w -= rate * (g + training->momentum * *m);
    break;
  case LT_RMSPROP:
    *v = training->rms_decay * *v + (1 - training->rms_decay) * g * g;
    *w -= rate * g / (sqrt (*v) + training->epsilon);
    break;
  case LT_ADAMW:
    if (is_weight)
      *w -= rate * training->decoupled_decay * *w;
    G_GNUC_FALLTHROUGH;
  case LT_ADAM:
    *m = training->beta1 * *m + (1 - training->beta1) * g;
    *v = training->beta2 * *v + (1 - training->beta2) * g * g;
    *w -= rate * (*m / (1 - pow (training->beta1, t))) /
          (sqrt (*v / (1 - pow (training->beta2, t))) + training->epsilon);
    break;
  case LT_LBFGS:
  default:
    g_assert_not_reached ();
  }
}

static void
compare_to_naive (const char *name, LtTeam *team)
{
  g_autoptr (LtLayout) layout = layout_new ();
  LtTraining training = training_with (name);
  g_autoptr (LtOptimiser) optimiser = NULL;
  float *params = lt_block_new (layout), *gradient = lt_block_new (layout);
  double state[N + 5][3] = { 0 };

  training.decoupled_decay = 0.3;
  optimiser = lt_optimiser_new (layout, &training);
  for (int i = 0; i < N + 5; i++) {
    const LtTensor *tensor = lt_layout_tensor (layout, i < N ? 0 : 1);

    state[i][0] = cos (i);
    params[tensor->offset + (gsize) (i < N ? i : i - N)] = (float) state[i][0];
  }
  for (int t = 1; t <= N_STEPS; t++) {
    double rate = 0.02 / t;

    for (int i = 0; i < N + 5; i++) {
      const LtTensor *tensor = lt_layout_tensor (layout, i < N ? 0 : 1);
      gsize at = tensor->offset + (gsize) (i < N ? i : i - N);

      gradient[at] = (float) slope ((double) params[at], i, t);
      naive_step (&training, i < N, rate, slope (state[i][0], i, t), t, state[i]);
    }
    lt_optimiser_step (optimiser, team, &training, rate, gradient, params);
  }
  for (int i = 0; i < N + 5; i++) {
    const LtTensor *tensor = lt_layout_tensor (layout, i < N ? 0 : 1);

    g_assert_cmpfloat_with_epsilon (
        (double) params[tensor->offset + (gsize) (i < N ? i : i - N)], state[i][0],
        2e-5);
  }
  lt_block_free (params);
  lt_block_free (gradient);
}

/* Each optimiser does what its formula says, alone and with a team. */
static void
test_formulas (void)
{
  static const char *const names[] = { "sgd",     "momentum", "nesterov",
                                       "rmsprop", "adam",     "adamw" };
  g_autoptr (LtTeam) team = lt_team_new (2);

  for (guint i = 0; i < G_N_ELEMENTS (names); i++) {
    compare_to_naive (names[i], NULL);
    compare_to_naive (names[i], team);
  }
}

/* A step in parts, cut anywhere, is the step. */
static void
test_parts (void)
{
  g_autoptr (LtLayout) layout = layout_new ();
  LtTraining training = training_with ("adamw");
  gsize size = lt_layout_size (layout), cut = 0;
  g_autoptr (LtOptimiser) whole = lt_optimiser_new (layout, &training);
  g_autoptr (LtOptimiser) parts = lt_optimiser_new (layout, &training);
  float *params = lt_block_new (layout), *gradient = lt_block_new (layout);
  float *in_parts = lt_block_new (layout);

  training.decoupled_decay = 0.3;
  for (int t = 0; t < N_STEPS; t++) {
    LtOptimiserStep step;

    for (gsize i = 0; i < size; i++)
      gradient[i] = (float) sin ((double) i + t);
    lt_optimiser_step (whole, NULL, &training, 0.1, gradient, params);
    lt_optimiser_begin_step (parts, &training, 0.1, in_parts, &step);
    cut = (cut + 17) % size;
    lt_optimiser_step_part (&step, cut, gradient + cut, size - cut);
    lt_optimiser_step_part (&step, 0, gradient, cut);
    g_assert_cmpmem (params, size * sizeof (float), in_parts, size * sizeof (float));
  }
  lt_block_free (params);
  lt_block_free (in_parts);
  lt_block_free (gradient);
}

/* Clipping shortens a long gradient to the norm asked for and leaves a short one alone. */
static void
test_clip (void)
{
  g_autoptr (LtLayout) layout = layout_new ();
  LtTraining training = training_with ("sgd");
  g_autoptr (LtOptimiser) optimiser = lt_optimiser_new (layout, &training);
  float *params = lt_block_new (layout), *gradient = lt_block_new (layout);

  training.clip = 2;
  gradient[0] = 30;
  gradient[1] = -40;
  lt_optimiser_step (optimiser, NULL, &training, 1, gradient, params);
  g_assert_cmpfloat_with_epsilon ((double) params[0], -1.2, 1e-6);
  g_assert_cmpfloat_with_epsilon ((double) params[1], 1.6, 1e-6);
  memset (params, 0, 2 * sizeof *params);
  gradient[0] = 0.3f;
  gradient[1] = -0.4f;
  lt_optimiser_step (optimiser, NULL, &training, 1, gradient, params);
  g_assert_cmpfloat ((double) params[0], ==, (double) -0.3f);
  lt_block_free (params);
  lt_block_free (gradient);
}

/* ---- L-BFGS --------------------------------------------------------------------------- */

typedef struct {
  int n_calls;
  double scale;
} Count;

/* Rosenbrock 1960: 100 (y − x²)² + (1 − x)², minimum 0 at (1, 1). */
static double
rosenbrock (gpointer data, const float *params, float *gradient)
{
  double x = (double) params[0], y = (double) params[1];

  ((Count *) data)->n_calls++;
  gradient[0] = (float) (-400 * x * (y - x * x) - 2 * (1 - x));
  gradient[1] = (float) (200 * (y - x * x));
  return 100 * (y - x * x) * (y - x * x) + (1 - x) * (1 - x);
}

static void
test_rosenbrock (void)
{
  g_autoptr (LtLayout) layout = layout_new ();
  LtTraining training = training_with ("lbfgs");
  g_autoptr (LtOptimiser) optimiser = lt_optimiser_new (layout, &training);
  float *params = lt_block_new (layout);
  Count count = { 0 };
  double value = HUGE_VAL;

  params[0] = -1.2f;
  params[1] = 1;
  for (int i = 0; i < 60; i++) {
    double next = lt_optimiser_lbfgs_step (optimiser, NULL, rosenbrock, &count, params);

    /* Up to the rounding that the line search allows for. */
    if (i > 0)
      g_assert_cmpfloat (next, <=, value + 2e-7 * fabs (value));
    value = next;
  }
  g_assert_cmpfloat_with_epsilon ((double) params[0], 1, 1e-3);
  g_assert_cmpfloat_with_epsilon ((double) params[1], 1, 1e-3);
  /* The value and gradient of the last line search are used again: about one call a step
   * where the step 1 is good, and never more than the line search's 20. */
  g_assert_cmpint (count.n_calls, <, 60 * 3);
  lt_block_free (params);
}

/* scale · Σ (i + 1) (w_i − cos i)². */
static double
quadratic (gpointer data, const float *params, float *gradient)
{
  Count *count = data;
  double sum = 0;

  count->n_calls++;
  for (int i = 0; i < N; i++) {
    double d = (double) params[i] - cos (i);

    sum += count->scale * (i + 1) * d * d;
    gradient[i] = (float) (count->scale * 2 * (i + 1) * d);
  }
  return sum;
}

static void
test_quadratic (void)
{
  g_autoptr (LtLayout) layout = layout_new ();
  LtTraining training = training_with ("lbfgs");
  g_autoptr (LtOptimiser) optimiser = lt_optimiser_new (layout, &training);
  float *params = lt_block_new (layout);
  Count count = { .scale = 1 };

  for (int i = 0; i < 60; i++)
    lt_optimiser_lbfgs_step (optimiser, NULL, quadratic, &count, params);
  for (int i = 0; i < N; i++)
    g_assert_cmpfloat_with_epsilon ((double) params[i], cos (i), 1e-4);
  /* Another objective: what is remembered must not mislead it. */
  count.scale = 0.01;
  lt_optimiser_forget (optimiser);
  g_assert_cmpfloat (
      lt_optimiser_lbfgs_step (optimiser, NULL, quadratic, &count, params), <, 1e-6);
  lt_block_free (params);
}

/* ---- Save and restore ------------------------------------------------------------------ */

static void
advance (LtOptimiser *optimiser,
         const LtTraining *training,
         const LtLayout *layout,
         int first,
         int last,
         float *params)
{
  float *gradient = lt_block_new (layout);

  for (int t = first; t < last; t++) {
    Count count = { .scale = 1 };

    if (training->optimiser == LT_LBFGS) {
      lt_optimiser_lbfgs_step (optimiser, NULL, quadratic, &count, params);
      continue;
    }
    for (int i = 0; i < N; i++)
      gradient[i] = (float) slope ((double) params[i], i, t);
    lt_optimiser_step (optimiser, NULL, training, 0.01, gradient, params);
  }
  lt_block_free (gradient);
}

/* A restored optimiser goes on with the same bytes, and refuses what is not its own. */
static void
test_restore (void)
{
  static const char *const names[] = { "sgd",  "momentum", "nesterov", "rmsprop",
                                       "adam", "adamw",    "lbfgs" };
  g_autoptr (LtLayout) layout = layout_new ();

  for (guint i = 0; i < G_N_ELEMENTS (names); i++) {
    LtTraining training = training_with (names[i]);
    g_autoptr (LtOptimiser) whole = NULL, second = NULL;
    float *params = lt_block_new (layout), *copy;
    g_autoptr (GBytes) saved = NULL, again = NULL, cut = NULL;
    g_autoptr (GError) error = NULL;

    training.lbfgs_memory = 3; /* fewer than steps: the oldest pairs are dropped */
    whole = lt_optimiser_new (layout, &training);
    second = lt_optimiser_new (layout, &training);
    advance (whole, &training, layout, 0, 7, params);
    saved = lt_optimiser_save (whole);
    copy = lt_block_dup (layout, params);
    g_assert_true (lt_optimiser_restore (second, saved, &error));
    g_assert_no_error (error);
    again = lt_optimiser_save (second);
    g_assert_true (g_bytes_equal (saved, again));
    advance (whole, &training, layout, 7, 12, params);
    advance (second, &training, layout, 7, 12, copy);
    g_assert_cmpmem (params, lt_layout_size (layout) * sizeof (float), copy,
                     lt_layout_size (layout) * sizeof (float));
    cut = g_bytes_new_from_bytes (saved, 0, g_bytes_get_size (saved) - 1);
    g_assert_false (lt_optimiser_restore (second, cut, &error));
    g_assert_error (error, LT_ERROR, LT_ERROR_FORMAT);
    lt_block_free (params);
    lt_block_free (copy);
  }
}

/* ---- Schedules -------------------------------------------------------------------------- */

/* The first momentum holds for as many epochs as it says, and not at all for 0. */
static void
test_momentum_schedule (void)
{
  LtTraining training = { .momentum = 0.9, .first_momentum = 0.5 };

  g_assert_cmpfloat (lt_schedule_momentum (&training, 0), ==, 0.9);
  training.momentum_epochs = 5;
  g_assert_cmpfloat (lt_schedule_momentum (&training, 4.99), ==, 0.5);
  g_assert_cmpfloat (lt_schedule_momentum (&training, 5), ==, 0.9);
}

static void
test_schedules (void)
{
  LtTraining training = training_with ("sgd");

  training.learning_rate = 0.8;
  training.epochs = 40;
  training.schedule_factor = 0.5;
  training.schedule_epochs = 10;
  training.schedule = LT_SCHEDULE_CONSTANT;
  g_assert_cmpfloat (lt_schedule_rate (&training, 17), ==, 0.8);
  training.schedule = LT_SCHEDULE_STEP;
  g_assert_cmpfloat (lt_schedule_rate (&training, 9.99), ==, 0.8);
  g_assert_cmpfloat (lt_schedule_rate (&training, 10), ==, 0.4);
  g_assert_cmpfloat (lt_schedule_rate (&training, 29.5), ==, 0.2);
  training.schedule = LT_SCHEDULE_EXPONENTIAL;
  g_assert_cmpfloat_with_epsilon (lt_schedule_rate (&training, 5), 0.8 * sqrt (0.5),
                                  1e-12);
  g_assert_cmpfloat_with_epsilon (lt_schedule_rate (&training, 20), 0.2, 1e-12);
  training.schedule = LT_SCHEDULE_COSINE;
  g_assert_cmpfloat (lt_schedule_rate (&training, 0), ==, 0.8);
  g_assert_cmpfloat_with_epsilon (lt_schedule_rate (&training, 20), 0.4, 1e-12);
  g_assert_cmpfloat_with_epsilon (lt_schedule_rate (&training, 40), 0, 1e-12);
  g_assert_cmpfloat_with_epsilon (lt_schedule_rate (&training, 50), 0, 1e-12);
  training.schedule = LT_SCHEDULE_PLATEAU;
  g_assert_cmpfloat (lt_schedule_rate (&training, 30), ==, 0.8);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/optimiser/formulas", test_formulas);
  g_test_add_func ("/optimiser/parts", test_parts);
  g_test_add_func ("/optimiser/clip", test_clip);
  g_test_add_func ("/optimiser/lbfgs/rosenbrock", test_rosenbrock);
  g_test_add_func ("/optimiser/lbfgs/quadratic", test_quadratic);
  g_test_add_func ("/optimiser/restore", test_restore);
  g_test_add_func ("/optimiser/schedules", test_schedules);
  g_test_add_func ("/optimiser/momentum-schedule", test_momentum_schedule);
  return g_test_run ();
}

/* Everything random of a minibatch: corruption, dropout, and what the Jacobian's
 * penalties draw.
 *
 * Each row has a generator of its own, split off the call's one in the rows' order. So
 * rows can be drawn by all members of the team, and the numbers do not depend on how many
 * they are. A row draws, in this order: its corruption; the dropout of the nodes that have a
 * rate, from the input on; the signs u of the projections; the perturbations ε. */
#include <math.h>
#include <string.h>

#include "core/kernels.h"
#include "nets/dense-pass.h"

typedef struct {
  const LtDensePass *pass;
  LtRng *rngs; /* [n] */
} Draw;

double
lt_dense_dropout (const LtDensePass *pass, int k)
{
  const LtList *dropout = &pass->settings->dropout;

  k += pass->net->lowest;
  return k < dropout->n ? dropout->value[k] : 0;
}

/* Keeps units with probability 1 − rate and scales them up, so that the mean is as it is
 * without dropout (Srivastava et al. 2014, section 10). */
static void
draw_mask (double rate, int n, LtRng *rng, float *mask)
{
  lt_rng_fill_mask (rng, (float) (1 - rate), n, mask);
  lt_scale ((float) (1 / (1 - rate)), n, mask);
}

static void
draw_input (const Draw *draw, int row, LtRng *rng)
{
  const LtDensePass *pass = draw->pass;
  const LtDenseSettings *s = pass->settings;
  int nv = pass->net->width[0];
  gsize at = (gsize) row * nv;
  float *input = pass->y[0] + at;
  float *corrupted = pass->emphasis != NULL ? pass->emphasis + at : NULL;

  if (s->noise == LT_NOISE_NONE) {
    memcpy (input, pass->target + at, nv * sizeof (float));
    return;
  }
  lt_corrupt (s->noise, s->noise_level, pass->target + at, nv, rng, input, corrupted);
  for (int i = 0; corrupted != NULL && i < nv; i++)
    corrupted[i] =
        (float) (corrupted[i] != 0 ? s->emphasis_corrupted : s->emphasis_rest);
}

static void
draw_masks (const Draw *draw, int row, LtRng *rng)
{
  const LtDensePass *pass = draw->pass;

  for (int k = 0; k < pass->net->n_inner; k++) {
    int width = pass->net->width[k];
    gsize at = (gsize) row * width;
    double rate = lt_dense_dropout (pass, k);

    if (pass->mask[k] == NULL)
      continue;
    if (rate > 0)
      draw_mask (rate, width, rng, pass->mask[k] + at);
    else
      lt_fill (1, width, pass->mask[k] + at);
  }
  if (pass->mask[0] != NULL) {
    gsize at = (gsize) row * pass->net->width[0];
    lt_multiply (pass->mask[0] + at, pass->net->width[0], pass->y[0] + at);
  }
}

static void
draw_penalties (const Draw *draw, int row, LtRng *rng)
{
  const LtDensePass *pass = draw->pass;
  const LtDenseSettings *s = pass->settings;
  int nz = pass->net->width[pass->net->depth];
  int nv = pass->net->width[0];

  for (int i = 0; pass->projections != NULL && i < s->jacobian_projections; i++) {
    float *u = pass->projections + ((gsize) i * pass->n + row) * nz;
    lt_rng_fill_mask (rng, 0.5f, nz, u);
    for (int j = 0; j < nz; j++)
      u[j] = 2 * u[j] - 1;
  }
  for (int i = 0; pass->perturbed != NULL && i < s->higher_order_samples; i++) {
    float *x = pass->perturbed + ((gsize) i * pass->n + row) * nv;
    lt_rng_fill_normal (rng, nv, x);
    lt_axpby (1, pass->input + (gsize) row * nv, (float) s->higher_order_sigma, nv, x);
  }
}

static void
draw_rows (gpointer job, int member, int n_members)
{
  const Draw *draw = job;
  gsize first, last;

  lt_team_share (draw->pass->n, 1, member, n_members, &first, &last);
  for (gsize row = first; row < last; row++) {
    LtRng *rng = &draw->rngs[row];
    if (draw->pass->y[0] != NULL)
      draw_input (draw, (int) row, rng);
    draw_masks (draw, (int) row, rng);
    draw_penalties (draw, (int) row, rng);
  }
}

void
lt_dense_draw (LtDensePass *pass, LtRng *rng)
{
  Draw draw = { pass };
  gsize floats = (pass->n * sizeof *draw.rngs + sizeof (float) - 1) / sizeof (float);

  draw.rngs = (gpointer) lt_workspace_floats (pass->ws, floats);
  for (int row = 0; rng != NULL && row < pass->n; row++)
    lt_rng_split (rng, &draw.rngs[row]);
  lt_team_run (pass->helpers, draw_rows, &draw);
}

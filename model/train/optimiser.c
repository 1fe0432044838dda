/* First-order optimisers, carried out by the team, each member on its share of the block.
 *
 * Momentum and Nesterov as in Sutskever et al. 2013; RMSProp after Tieleman & Hinton 2012;
 * Adam: Kingma & Ba 2015, algorithm 1; AdamW: Loshchilov & Hutter 2019, algorithm 2, on weights only. */
#include "train/optimiser-private.h"

#include "core/error.h"
#include "core/kernels.h"

#include <math.h>
#include <string.h>

#define PIECES 64   /* of a sum, whatever the team, so that it is the same to the bit */
#define GRAIN  1024 /* floats: no cache line is written by two members */

/* ---- Sums over the team ---------------------------------------------------------------- */

typedef struct {
  const float *x, *y;
  gsize n;
  double part[PIECES];
} DotJob;

static void
dot_share (gpointer data, int member, int n_members)
{
  DotJob *job = data;
  gsize first_piece, last_piece, first, last;

  lt_team_share (PIECES, 1, member, n_members, &first_piece, &last_piece);
  for (gsize i = first_piece; i < last_piece; i++) {
    lt_team_share (job->n, GRAIN, (int) i, PIECES, &first, &last);
    job->part[i] = lt_dot (job->x + first, job->y + first, last - first);
  }
}

double
lt_team_dot (LtTeam *team, const float *x, const float *y, gsize n)
{
  DotJob job = { .x = x, .y = y, .n = n };
  double sum = 0;

  lt_team_run (team, dot_share, &job);
  for (int i = 0; i < PIECES; i++)
    sum += job.part[i];
  return sum;
}

double
lt_gradient_norm (LtTeam *team, const float *gradient, gsize n)
{
  return sqrt (lt_team_dot (team, gradient, gradient, n));
}

/* ---- One step --------------------------------------------------------------------------- */

/* AdamW on [offset, offset + n) of the block: decay for weights, none for biases. */
static void
adam_by_role (const LtOptimiserStep *step, gsize offset, const float *gradient, gsize n)
{
  const LtOptimiser *self = step->self;

  for (int i = 0; i < lt_layout_n_tensors (self->layout); i++) {
    const LtTensor *tensor = lt_layout_tensor (self->layout, i);
    gsize from = MAX (offset, tensor->offset);
    gsize to = MIN (offset + n, tensor->offset + tensor->size);
    LtAdam adam = step->adam;

    if (from >= to)
      continue;
    if (tensor->role == LT_ROLE_WEIGHT)
      adam.decay = (float) step->training->decoupled_decay;
    lt_adam_update (&adam, gradient + (from - offset), to - from, self->m + from,
                    self->v + from, step->params + from);
  }
}

void
lt_optimiser_begin_step (LtOptimiser *self,
                         const LtTraining *training,
                         double rate,
                         float *params,
                         LtOptimiserStep *step)
{
  double t = (double) ++self->n_steps;

  *step = (LtOptimiserStep){
    .self = self,
    .training = training,
    .rate = (float) rate,
    .adam = { .rate = (float) rate,
              .beta1 = (float) training->beta1,
              .beta2 = (float) training->beta2,
              .epsilon = (float) training->epsilon,
              .correction1 = (float) (1 - pow (training->beta1, t)),
              .correction2 = (float) (1 - pow (training->beta2, t)) },
    .params = params,
  };
}

void
lt_optimiser_step_part (const LtOptimiserStep *step,
                        gsize offset,
                        const float *gradient,
                        gsize n)
{
  const LtTraining *training = step->training;
  const LtOptimiser *self = step->self;
  float *w = step->params + offset;

  switch (self->kind) {
  case LT_SGD:
    lt_sgd_update (step->rate, gradient, n, w);
    break;
  case LT_MOMENTUM:
  case LT_NESTEROV:
    lt_momentum_update (step->rate, (float) training->momentum,
                        self->kind == LT_NESTEROV, gradient, n, self->m + offset, w);
    break;
  case LT_RMSPROP:
    lt_rmsprop_update (step->rate, (float) training->rms_decay,
                       (float) training->epsilon, gradient, n, self->v + offset, w);
    break;
  case LT_ADAM:
    lt_adam_update (&step->adam, gradient, n, self->m + offset, self->v + offset, w);
    break;
  case LT_ADAMW:
    adam_by_role (step, offset, gradient, n);
    break;
  case LT_LBFGS:
  default:
    g_assert_not_reached ();
  }
}

typedef struct {
  LtOptimiserStep step;
  float shrink; /* what clipping multiplies the gradient with */
  float *gradient;
} StepJob;

/* What learns of [first, last), in stretches as long as possible: elementwise rules do not
 * mind where they are cut. */
static void
step_stretches (const StepJob *job, gsize first, gsize last)
{
  const LtLayout *layout = job->step.self->layout;
  gsize begin = first;

  for (int i = 0; i < lt_layout_n_tensors (layout); i++) {
    const LtTensor *tensor = lt_layout_tensor (layout, i);
    gsize end = tensor->offset + tensor->size;

    if (!tensor->frozen || end <= first || tensor->offset >= last)
      continue;
    if (tensor->offset > begin)
      lt_optimiser_step_part (&job->step, begin, job->gradient + begin,
                              tensor->offset - begin);
    begin = end;
  }
  if (begin < last)
    lt_optimiser_step_part (&job->step, begin, job->gradient + begin, last - begin);
}

static void
step_share (gpointer data, int member, int n_members)
{
  const StepJob *job = data;
  gsize first, last;

  lt_team_share (lt_layout_size (job->step.self->layout), GRAIN, member, n_members,
                 &first, &last);
  if (job->shrink < 1)
    lt_scale (job->shrink, last - first, job->gradient + first);
  step_stretches (job, first, last);
}

/* 1 when the gradient is short enough, or when it is not finite: then the trainer sees a
 * diverged run as it is. */
static float
clip_factor (LtTeam *team, double clip, const float *gradient, gsize n)
{
  double norm;

  if (clip <= 0)
    return 1;
  norm = lt_gradient_norm (team, gradient, n);
  return isfinite (norm) && norm > clip ? (float) (clip / norm) : 1;
}

void
lt_optimiser_step (LtOptimiser *self,
                   LtTeam *team,
                   const LtTraining *training,
                   double rate,
                   float *gradient,
                   float *params)
{
  gsize n = lt_layout_size (self->layout);
  StepJob job = {
    .shrink = clip_factor (team, training->clip, gradient, n),
    .gradient = gradient,
  };

  g_return_if_fail (self->kind != LT_LBFGS);
  lt_optimiser_begin_step (self, training, rate, params, &job.step);
  lt_team_run (team, step_share, &job);
}

/* ---- Life ------------------------------------------------------------------------------- */

LtOptimiser *
lt_optimiser_new (const LtLayout *layout, const LtTraining *training)
{
  LtOptimiser *self = g_new0 (LtOptimiser, 1);

  self->layout = lt_layout_ref ((LtLayout *) layout);
  self->kind = (LtOptimiserKind) training->optimiser;
  switch (self->kind) {
  case LT_SGD:
    break;
  case LT_MOMENTUM:
  case LT_NESTEROV:
    self->m = lt_block_new (layout);
    break;
  case LT_RMSPROP:
    self->v = lt_block_new (layout);
    break;
  case LT_ADAM:
  case LT_ADAMW:
    self->m = lt_block_new (layout);
    self->v = lt_block_new (layout);
    break;
  case LT_LBFGS:
    self->lbfgs = lt_lbfgs_new (layout, training->lbfgs_memory);
    break;
  default:
    g_assert_not_reached ();
  }
  return self;
}

void
lt_optimiser_free (LtOptimiser *self)
{
  if (self->m != NULL)
    lt_block_free (self->m);
  if (self->v != NULL)
    lt_block_free (self->v);
  g_clear_pointer (&self->lbfgs, lt_lbfgs_free);
  lt_layout_unref (self->layout);
  g_free (self);
}

void
lt_optimiser_forget (LtOptimiser *self)
{
  if (self->lbfgs == NULL)
    return;
  self->lbfgs->n = 0;
  self->lbfgs->known = FALSE;
}

/* ---- Bytes ------------------------------------------------------------------------------ */

/* What stands first; then 1 / s·y of each pair, then the blocks. All fields are 8 bytes
 * wide, so there is no padding. */
typedef struct {
  guint64 kind;
  guint64 block_size; /* floats */
  gint64 n_steps;
  gint64 n_pairs; /* L-BFGS: remembered steps, oldest first in the bytes */
  gint64 known;
  double value;
} Header;

/* The size of the whole, in bytes. */
static gsize
saved_size (const LtOptimiser *self, const Header *header)
{
  gsize n_blocks = (self->m != NULL) + (self->v != NULL);

  if (self->lbfgs != NULL)
    n_blocks += 2 * (gsize) header->n_pairs + (header->known != 0);
  return sizeof *header + (gsize) header->n_pairs * sizeof (double) +
         n_blocks * header->block_size * sizeof (float);
}

static guint8 *
put (guint8 *to, gconstpointer from, gsize size)
{
  memcpy (to, from, size);
  return to + size;
}

static const guint8 *
take (const guint8 *from, gpointer to, gsize size)
{
  memcpy (to, from, size);
  return from + size;
}

static guint8 *
put_lbfgs (const LtLbfgs *lbfgs, gsize block, guint8 *to)
{
  int oldest = lbfgs->newest - (lbfgs->n - 1) + lbfgs->memory;

  for (int age = 0; age < lbfgs->n; age++)
    to = put (to, &lbfgs->rho[(oldest + age) % lbfgs->memory], sizeof (double));
  for (int age = 0; age < lbfgs->n; age++) {
    to = put (to, lbfgs->s[(oldest + age) % lbfgs->memory], block);
    to = put (to, lbfgs->y[(oldest + age) % lbfgs->memory], block);
  }
  return lbfgs->known ? put (to, lbfgs->gradient, block) : to;
}

static void
take_lbfgs (LtLbfgs *lbfgs, gsize block, const Header *header, const guint8 *from)
{
  lbfgs->n = (int) header->n_pairs;
  lbfgs->newest = MAX (0, lbfgs->n - 1);
  lbfgs->known = header->known != 0;
  lbfgs->value = header->value;
  from = take (from, lbfgs->rho, (gsize) lbfgs->n * sizeof (double));
  for (int i = 0; i < lbfgs->n; i++) {
    from = take (from, lbfgs->s[i], block);
    from = take (from, lbfgs->y[i], block);
  }
  if (lbfgs->known)
    take (from, lbfgs->gradient, block);
}

GBytes *
lt_optimiser_save (const LtOptimiser *self)
{
  const LtLbfgs *lbfgs = self->lbfgs;
  gsize block = lt_layout_size (self->layout) * sizeof (float);
  Header header = { .kind = self->kind,
                    .block_size = lt_layout_size (self->layout),
                    .n_steps = self->n_steps };
  guint8 *bytes, *to;
  gsize size;

  if (lbfgs != NULL) {
    header.n_pairs = lbfgs->n;
    header.known = lbfgs->known;
    header.value = lbfgs->known ? lbfgs->value : 0;
  }
  size = saved_size (self, &header);
  bytes = g_malloc (size);
  to = put (bytes, &header, sizeof header);
  if (self->m != NULL)
    to = put (to, self->m, block);
  if (self->v != NULL)
    to = put (to, self->v, block);
  if (lbfgs != NULL)
    to = put_lbfgs (lbfgs, block, to);
  g_assert (to == bytes + size);
  return g_bytes_new_take (bytes, size);
}

static gboolean
header_fits (const LtOptimiser *self, const Header *header, gsize size)
{
  gint64 most = self->lbfgs != NULL ? self->lbfgs->memory : 0;

  return header->kind == self->kind &&
         header->block_size == lt_layout_size (self->layout) && header->n_steps >= 0 &&
         header->n_pairs >= 0 && header->n_pairs <= most &&
         size == saved_size (self, header);
}

gboolean
lt_optimiser_restore (LtOptimiser *self, GBytes *bytes, GError **error)
{
  gsize size, block = lt_layout_size (self->layout) * sizeof (float);
  const guint8 *from = g_bytes_get_data (bytes, &size);
  Header header = { 0 };

  if (size >= sizeof header)
    memcpy (&header, from, sizeof header);
  if (size < sizeof header || !header_fits (self, &header, size)) {
    g_set_error (error, LT_ERROR, LT_ERROR_FORMAT,
                 "The optimiser's state (%zu bytes) does not fit this model and "
                 "optimiser; start the run anew, or resume it as it was recorded.",
                 size);
    return FALSE;
  }
  from += sizeof header;
  self->n_steps = header.n_steps;
  if (self->m != NULL)
    from = take (from, self->m, block);
  if (self->v != NULL)
    from = take (from, self->v, block);
  if (self->lbfgs != NULL)
    take_lbfgs (self->lbfgs, block, &header, from);
  return TRUE;
}

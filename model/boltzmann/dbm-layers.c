/* One layer of a deep Boltzmann machine given its neighbours.
 *
 *   p (h_l = 1 | h_{l−1}, h_{l+1}) = σ (c_l + h_{l−1}'W_l + W_{l+1} h_{l+1})
 *   p (v = 1 | h_1) = σ (b + W_1 h_1),   or   N (b + W_1 h_1, σ²)
 *   p (label | h_L) = softmax (d + h_L'U)
 *
 * (Salakhutdinov & Hinton 2009, eqs. 10 to 12). Biases, functions and samples are applied
 * to each panel as its product finishes; the numbers of a sample depend on the place in the
 * matrix only. */
#include "boltzmann/dbm-machine.h"

#include <math.h>
#include <string.h>

#include "core/kernels.h"

#define CHUNK 256 /* floats at a time */

void
lt_dbm_init (LtDbm *self, const LtCall *call)
{
  *self = (LtDbm){
    .call = call,
    .settings = call->settings,
    .team = lt_workspace_team (call->ws),
    .ws = call->ws,
  };
  lt_dbm_machine_init (&self->machine, call->model);
  for (int l = 0; l <= self->machine.top; l++) {
    self->bias[l] = call->params + self->machine.bias[l];
    if (l > 0)
      self->w[l] = call->params + self->machine.w[l];
  }
}

typedef struct {
  int n;
  LtDbmRowsFunc func;
  gpointer job;
} Rows;

static void
run_rows (gpointer data, int member, int n_members)
{
  const Rows *rows = data;
  gsize first, last;

  lt_team_share (rows->n, 1, member, n_members, &first, &last);
  if (last > first)
    rows->func (rows->job, first, last);
}

void
lt_dbm_each_row (LtTeam *team, int n, LtDbmRowsFunc func, gpointer job)
{
  Rows rows = { n, func, job };

  lt_team_run (team, run_rows, &rows);
}

/* ---- A panel --------------------------------------------------------------------- */

typedef struct {
  const LtDbm *dbm;
  const LtDbmPass *pass;
  int width;
} Job;

/* u = (b + Wh)/σ², and samples with deviation 1/σ around it; colder, less of that. */
static void
finish_gaussian (const Job *job, int row, int first, int n, float *u)
{
  const LtDbmPass *pass = job->pass;
  double variance = job->dbm->machine.variance;
  double beta = pass->beta > 0 ? (double) pass->beta : 1;
  float noise[CHUNK];

  lt_scale ((float) (1 / variance), n, u);
  for (int at = 0; at < n && pass->sample != NULL; at += CHUNK) {
    LtRngPanel panel = { (gsize) row, job->width, first + at, MIN (CHUNK, n - at) };
    float *sample = pass->sample + (gsize) row * job->width + first + at;

    lt_rng_panel_normal (&pass->rng, &panel, noise);
    lt_scale ((float) (1 / sqrt (variance * beta)), panel.n, noise);
    lt_axpy (1, u + at, panel.n, noise);
    memcpy (sample, noise, panel.n * sizeof *noise);
  }
}

static void
finish_binary (const Job *job, int row, int first, int n, float *h)
{
  const LtDbmPass *pass = job->pass;
  LtRngPanel panel = { (gsize) row, job->width, first, n };

  if (pass->beta > 0)
    lt_scale (pass->beta, n, h);
  lt_activate (LT_SIGMOID, h, n, h);
  if (pass->sample != NULL)
    lt_rng_panel_bernoulli (&pass->rng, &panel, h,
                            pass->sample + (gsize) row * job->width + first);
}

/* The bits of floats from 0 upwards are in the same order as the floats; those of −0 come
 * after all of them. */
static void
note_change (_Atomic guint32 *most, float value)
{
  float change = fabsf (value);
  guint32 bits, before = atomic_load_explicit (most, memory_order_relaxed);

  memcpy (&bits, &change, sizeof bits);
  while (bits > before && !atomic_compare_exchange_weak (most, &before, bits))
    ;
}

/* Takes h over into kept, and notes how far it was from there. */
static void
keep (const Job *job, int row, int first, int n, const float *h)
{
  const LtDbmPass *pass = job->pass;
  float *kept = pass->kept + (gsize) row * job->width + first;
  float difference[CHUNK], lowest, highest, most = 0;

  for (int at = 0; at < n && pass->change != NULL; at += CHUNK) {
    int m = MIN (CHUNK, n - at);

    memcpy (difference, kept + at, m * sizeof *kept);
    lt_axpy (-1, h + at, m, difference);
    lt_range (difference, m, &lowest, &highest);
    most = MAX (most, MAX (highest, -lowest));
  }
  memcpy (kept, h, n * sizeof *h);
  if (pass->change != NULL)
    note_change (pass->change, most);
}

static void
finish_panel (gpointer data,
              float *c,
              int ldc,
              int first_row,
              int n_rows,
              int first_column,
              int n_columns)
{
  const Job *job = data;
  const LtDbmPass *pass = job->pass;
  const LtDbmMachine *m = &job->dbm->machine;

  for (int i = 0; i < n_rows; i++) {
    int row = first_row + i;
    float *h = c + (gsize) i * ldc;
    const float *base = pass->base != NULL ? pass->base + (gsize) row * job->width
                                           : job->dbm->bias[pass->layer];

    lt_axpy (1, base + first_column, n_columns, h);
    if (pass->logits || pass->layer > m->n_hidden)
      continue;
    if (pass->layer == 0 && m->gaussian)
      finish_gaussian (job, row, first_column, n_columns, h);
    else
      finish_binary (job, row, first_column, n_columns, h);
    if (pass->kept != NULL)
      keep (job, row, first_column, n_columns, h);
  }
}

/* ---- Labels ---------------------------------------------------------------------- */

void
lt_dbm_draw_one (float uniform, const float *p, int n, float *sample)
{
  double sum = 0;
  int k = 0;

  for (; k < n - 1; k++) {
    sum += (double) p[k];
    if ((double) uniform < sum)
      break;
  }
  memset (sample, 0, n * sizeof *sample);
  sample[k] = 1;
}

/* The softmax needs all of a row's units, which panels do not have. */
static void
finish_labels (const Job *job)
{
  const LtDbmPass *pass = job->pass;
  LtRng rng = pass->rng;
  int n = job->width;

  if (pass->beta > 0)
    lt_scale (pass->beta, (gsize) pass->n * n, pass->mean);
  lt_softmax (pass->mean, pass->n, n, pass->mean);
  for (int row = 0; row < pass->n; row++) {
    gsize at = (gsize) row * n;

    if (pass->sample != NULL)
      lt_dbm_draw_one (lt_rng_uniform (&rng), pass->mean + at, n, pass->sample + at);
    if (pass->kept != NULL)
      keep (job, row, 0, n, pass->mean + at);
  }
}

/* ---- A layer --------------------------------------------------------------------- */

/* For a product from layer `from`, where that holds samples. */
static guint8 *
take_bits (const LtDbm *self, const LtDbmPass *pass, int from)
{
  if (!pass->bits || (from == 0 && self->machine.gaussian))
    return NULL;
  return lt_product_bits (self->ws, pass->n, self->machine.n[from]);
}

static LtProduct
product_below (const LtDbm *self, const LtDbmPass *pass)
{
  const int *n = self->machine.n;
  int l = pass->layer;

  return (LtProduct){ .m = pass->n,
                      .n = n[l],
                      .k = n[l - 1],
                      .alpha = pass->factor > 0 ? pass->factor : 1,
                      .a = pass->below,
                      .lda = n[l - 1],
                      .b = self->w[l],
                      .ldb = n[l],
                      .c = pass->mean,
                      .ldc = n[l],
                      .bits = take_bits (self, pass, l - 1),
                      .packed = self->w_up[l] };
}

static LtProduct
product_above (const LtDbm *self, const LtDbmPass *pass)
{
  const int *n = self->machine.n;
  int l = pass->layer;

  return (LtProduct){ .trans_b = LT_TRANSPOSED,
                      .m = pass->n,
                      .n = n[l],
                      .k = n[l + 1],
                      .alpha = pass->factor > 0 ? pass->factor : 1,
                      .a = pass->above,
                      .lda = n[l + 1],
                      .b = self->w[l + 1],
                      .ldb = n[l + 1],
                      .c = pass->mean,
                      .ldc = n[l],
                      .bits = take_bits (self, pass, l + 1),
                      .packed = self->w_down[l + 1] };
}

/* The product that comes last is the one whose panels are finished. */
void
lt_dbm_layer (const LtDbm *self, LtDbmPass *pass)
{
  Job job = { self, pass, self->machine.n[pass->layer] };
  gsize mark = lt_workspace_mark (self->ws);
  LtProduct last;

  g_assert (pass->below != NULL || pass->above != NULL);
  if (pass->below != NULL && pass->above != NULL) {
    LtProduct first = product_above (self, pass);

    lt_product (self->team, &first, NULL, NULL);
    last = product_below (self, pass);
    last.beta = 1;
  } else {
    last =
        pass->below != NULL ? product_below (self, pass) : product_above (self, pass);
  }
  lt_product (self->team, &last, finish_panel, &job);
  if (pass->layer > self->machine.n_hidden && !pass->logits)
    finish_labels (&job);
  lt_workspace_release (self->ws, mark);
}

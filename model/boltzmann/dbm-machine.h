/* Inside the deep Boltzmann machines. Included by boltzmann/dbm*.c and their tests only.
 *
 * Layers are numbered from the visible units, 0, over the hidden ones, 1 … L, to the labels,
 * L + 1 (if there are any). Even layers do not depend on each other given the odd ones, and
 * the other way round. Gaussian visible values go about divided by σ² (u = v/σ²), which is
 * what hidden units take in and what the gradient of W1 needs. */
#pragma once

#include "boltzmann/dbm.h"
#include "core/matrix.h"

#include <stdatomic.h>

G_BEGIN_DECLS

#define LT_DBM_LAYERS (LT_LIST_MAX + 2)

typedef struct {
  int n_hidden; /* L */
  int top;      /* the last layer: L, or L + 1 with labels */
  gboolean labels, gaussian;
  double variance;            /* σ², 1 where not Gaussian */
  int n[LT_DBM_LAYERS];       /* units */
  gsize w[LT_DBM_LAYERS];     /* offsets: of W_l [n_{l−1}, n_l], from 1 */
  gsize bias[LT_DBM_LAYERS];  /* from 0 */
  gsize chain[LT_DBM_LAYERS]; /* in the state: [chains, n_l] */
  gsize mean[LT_DBM_LAYERS];  /* in the state: [n_l], with running means only */
} LtDbmMachine;

void lt_dbm_machine_init (LtDbmMachine *machine, const LtModel *model);

/* A machine with its parameters, for the length of a call. */
typedef struct {
  const LtCall *call;
  const LtDbmSettings *settings; /* live */
  LtDbmMachine machine;
  const float *w[LT_DBM_LAYERS], *bias[LT_DBM_LAYERS];
  const float *w_up[LT_DBM_LAYERS];   /* NULL, or W_l packed for input from below */
  const float *w_down[LT_DBM_LAYERS]; /* the same from above */
  LtTeam *team;
  LtWorkspace *ws;
} LtDbm;

void lt_dbm_init (LtDbm *self, const LtCall *call);

/* Work on rows first … last − 1, split over the team. */
typedef void (*LtDbmRowsFunc) (gpointer job, gsize first, gsize last);
void lt_dbm_each_row (LtTeam *team, int n, LtDbmRowsFunc func, gpointer job);

/* ---- dbm-layers.c: one layer given its neighbours ---- */

typedef struct {
  int layer, n;               /* rows */
  const float *below, *above; /* [n, ·]; NULL: no input from there */
  gboolean bits;     /* these hold only zeros and ones, but for u of Gaussian units */
  const float *base; /* [n, n_l]: bias and what was added to it; NULL: the bias */
  float factor;      /* of the input from below and above; 0: 1 */
  float beta;        /* of input and bias, an inverse temperature; 0: 1 */
  gboolean logits;   /* leave the input as it is */
  float *mean;       /* [n, n_l], written; u of Gaussian units */
  float *sample;     /* NULL: no samples; may be mean */
  LtRng rng;         /* of this draw alone */
  float *kept;       /* NULL, or takes the means over, and `change` becomes the largest
                       * difference to what it held */
  _Atomic guint32 *change; /* the bits of a float ≥ 0 */
} LtDbmPass;

void lt_dbm_layer (const LtDbm *self, LtDbmPass *pass);

/* Rows of all layers, each [n, n_l]. */
typedef struct {
  int n;
  float *x[LT_DBM_LAYERS];
} LtDbmRows;

/* Draws the even (0) or odd (1) layers given the others. means: NULL, or takes their means.
 * beta: 0 for 1. Layers whose number is `held` stay as they are; −1: none. */
typedef struct {
  int parity, held;
  float beta;
  gboolean bits; /* as in a pass */
  const LtDbmRows *means;
  gboolean undrawn; /* leaves means, not samples */
} LtDbmHalf;
void lt_dbm_draw_half (const LtDbm *self, const LtDbmHalf *half, const LtDbmRows *rows);

/* Memory for all layers from the workspace, and the state's own. */
void lt_dbm_rows_take (const LtDbm *self, int n, LtDbmRows *rows);
void lt_dbm_rows_of_state (const LtDbm *self, float *state, LtDbmRows *rows);

/* Between rows and chains [n, units of all layers], in which a row is one layer after
 * another; out: to the chains. */
int lt_dbm_width (const LtDbmMachine *machine);
void lt_dbm_exchange (const LtDbm *self,
                      float *chains,
                      const LtDbmRows *rows,
                      gboolean out);

/* x [n, nv] → u; rng: NULL, or binary units are drawn with x as probabilities. And back. */
void lt_dbm_load (const LtDbm *self, const float *x, int n, LtRng *rng, float *u);
void lt_dbm_unload (const LtDbm *self, const float *u, int n, float *x);

/* Hidden layers and free labels from the visible ones, by one doubled pass upwards
 * comment); sampled at every layer, or means. */
void lt_dbm_rise (const LtDbm *self, const LtDbmRows *rows, gboolean sampled);

/* y = one-hot of `label` in rows first … first + n − 1. */
void lt_dbm_set_label (const LtDbm *self, const LtDbmRows *rows, int row, int label);

/* Whether the machine has label units and the row's label is one of theirs. labels: NULL:
 * none is known. */
gboolean lt_dbm_is_labelled (const LtDbmMachine *machine, const int *labels, int row);

/* The label units of all rows whose label is known. */
void lt_dbm_set_labels (const LtDbm *self, const LtDbmRows *rows, const int *labels);

/* ---- dbm-mean-field.c ---- */

#define LT_DBM_SETTLED_SWEEPS    50 /* for bounds, which are not in a hurry */
#define LT_DBM_SETTLED_TOLERANCE 1e-5

typedef struct {
  LtDbmRows rows;    /* x[0]: given; the others are written */
  const int *labels; /* [n], or NULL: free; −1: free */
  int most;
  double tolerance; /* 0: `most` sweeps, whatever they do */
  void (*swept) (gpointer data, int sweep, double change); /* or NULL */
  gpointer data;
  /* Written: */
  int n_sweeps;
  double change; /* of the last sweep; 0 where the tolerance is 0 */
} LtDbmField;

void lt_dbm_settle (const LtDbm *self, LtDbmField *field);

/* −E (v, μ) + H (μ) of rows first … first + n − 1, each, where μ are the layers above 0. */
void lt_dbm_bounds (const LtDbm *self, const LtDbmRows *rows, double *bound);

/* The means of n rows of data with labels free; as far as the knobs say, or further. Memory
 * from the workspace. */
void lt_dbm_infer (const LtDbm *self,
                   const float *x,
                   int n,
                   gboolean thoroughly,
                   LtDbmRows *rows);

/* b'v, or −‖v − b‖²/2σ². u: [nv]. */
double lt_dbm_visible_part (const LtDbm *self, const float *u);

/* ---- dbm-offsets.c: centring and sparsity ---- */

/* The layers' offsets for this minibatch, into offset[l] [n_l]; running means move first. */
void lt_dbm_offsets (const LtDbm *self,
                     const LtDbmRows *data,
                     float *state,
                     float **offset);

/* right [n, n_l]: means of a hidden layer, from which the penalty's gradient is subtracted.
 * Returns the penalty. */
double lt_dbm_sparsity (const LtDbm *self, int layer, int n, float *right);

/* ---- dbm-monitors.c ---- */
void lt_dbm_monitor (const LtDbm *self, const LtDbmField *field, LtTerms *terms);

/* ---- dbm-exact.c, dbm-annealing.c, dbm-dreaming.c ---- */

/* The biases that give visible units by themselves the mean (NULL: 0): [nv]. */
void lt_dbm_base_biases (const LtDbmMachine *machine, const float *mean, float *a);

/* One of n is 1, the k-th with probability p_k. sample may be p. */
void lt_dbm_draw_one (float uniform, const float *p, int n, float *sample);

/* The input (bias included) of every layer of the other parity, given the layers of
 * `parity` in rows, samples but for visible units; into input->x. */
void lt_dbm_inputs (const LtDbm *self,
                    int parity,
                    const LtDbmRows *rows,
                    const LtDbmRows *input);

/* log Σ exp (β input'x) over the states x of one row of a layer. base: [nv] biases with
 * weight 1 − β of visible units, or NULL. scratch: [n_l]. */
typedef struct {
  int layer;
  double beta;
  const float *base;
} LtDbmSum;
double lt_dbm_log_sum (const LtDbm *self,
                       const LtDbmSum *sum,
                       const float *input,
                       float *scratch);

double lt_dbm_log_partition (const LtCall *call);

/* ⟨x_{l−1} x_l'⟩ of the machine itself, [n_{l−1}, n_l], with visible units as u; FALSE when
 * it is too large. */
gboolean lt_dbm_moments (const LtDbm *self, int l, float *product);
gboolean lt_dbm_has_energy (const LtDbmMachine *machine);
void lt_dbm_energy (const LtCall *call, const float *x, int n, float *e);

extern const LtAnnealed lt_dbm_annealed;
extern const LtDreaming lt_dbm_dreaming;

/* ---- dbm-statistics.c ---- */
extern const LtGibbs lt_dbm_gibbs;

/* ---- The kind's functions ---- */
gboolean lt_dbm_check (gconstpointer settings, const LtShape *shape, GError **error);
void lt_dbm_build (LtModel *model);
void lt_dbm_init_params (const LtModel *model,
                         gconstpointer settings,
                         const float *mean,
                         LtRng *rng,
                         float *params,
                         float *state);
void lt_dbm_init_state (const LtModel *model,
                        const float *params,
                        LtRng *rng,
                        float *state);
void lt_dbm_constrain (const LtModel *model, gconstpointer settings, float *params);
void lt_dbm_stack (const LtCall *call, LtStack *stack);
void lt_dbm_adopt (const LtCall *call,
                   const LtStack *from,
                   float *params,
                   float *state);
void lt_dbm_gradient (const LtCall *call,
                      const LtBatch *batch,
                      float *d_params,
                      float *state,
                      LtTerms *terms);
double lt_dbm_objective (const LtModel *model, const LtTerms *terms);
void lt_dbm_encode (const LtCall *call, const float *x, int n, float *z);
void lt_dbm_decode (const LtCall *call, const float *z, int n, float *x);
void lt_dbm_reconstruct (const LtCall *call, const float *x, int n, float *r);
void lt_dbm_activations (const LtCall *call,
                         int layer,
                         const float *x,
                         int n,
                         float *h);
void lt_dbm_filters (const LtCall *call, int layer, float *filters);
int lt_dbm_settle_watched (const LtCall *call, const LtSettling *settling);
void lt_dbm_bound (const LtCall *call, const float *x, int n, float *bound);
void lt_dbm_sample (const LtCall *call, int n, int steps, float *x);
int lt_dbm_n_particles (const LtModel *model);
void lt_dbm_particles (const LtCall *call, float *x);
void lt_dbm_classify (const LtCall *call, const float *x, int n, float *p);
void lt_dbm_layer_info (const LtModel *model, int layer, LtLayerInfo *info);
void lt_dbm_graph (const LtModel *model, LtGraph *graph);

G_END_DECLS

/* Inside the deep belief networks. Included by boltzmann/dbn-*.c and their tests only.
 *
 * Machines are counted from 0, and so are levels of units: machine l joins level l, which
 * it sees, and level l + 1. Level 0 is the data's. */
#pragma once

#include "boltzmann/dbn.h"
#include "boltzmann/rbm-machine.h"

G_BEGIN_DECLS

/* What model->parts points to. */
typedef struct {
  int n;
  int n_shown;  /* that have learnt by now: up to the one that learns */
  int learning; /* −1: all */
  LtModel *rbm[LT_LIST_MAX];
  gsize at[LT_LIST_MAX];        /* where their parameters begin */
  gsize state_at[LT_LIST_MAX];  /* and their state, where they have one */
  int weights[LT_LIST_MAX];     /* W_l as a tensor of the layout; b_l and c_l follow */
  int recognition[LT_LIST_MAX]; /* R_l; −1: W_l serves both ways */
} LtDbnParts;

const LtDbnParts *lt_dbn_parts (const LtModel *model);

/* Units of a level: labels are not among them. */
int lt_dbn_units (const LtModel *model, int level);

/* The offset of R_l, or of W_l where it serves both ways. */
gsize lt_dbn_upward (const LtModel *model, int l);

/* Of what kind the hidden units above machine l are; settings passed check. */
LtRbmHidden lt_dbn_kind_of (const LtDbnSettings *settings, int l);

/* Settings of machine l, as they are now. */
void lt_dbn_rbm_settings (const LtDbnSettings *settings, int l, LtRbmSettings *own);

/* A call of machine l, good as long as the struct stays where it is. */
typedef struct {
  LtRbmSettings settings;
  LtCall call;
} LtDbnCall;
void lt_dbn_call_init (LtDbnCall *self, const LtCall *call, int l);

/* ---- dbn-walk.c: from level to level ---- */

typedef enum {
  LT_DBN_MEANS,
  LT_DBN_SAMPLES,
  LT_DBN_MEANS_LAST, /* samples on the way, means at its end */
} LtDbnValues;

typedef struct {
  int n;        /* rows */
  int from, to; /* levels */
  LtDbnValues values;
} LtDbnWalk;

/* x [n, units of `from`] → y [n, units of `to`], upwards or downwards. */
void lt_dbn_walk (const LtCall *call, const LtDbnWalk *walk, const float *x, float *y);

/* ---- dbn-directed.c: one layer, for given values of its units ---- */

/* −log p (below | above) of machine l's directed weights, a mean over n rows, and its
 * gradient: d_params' W_l and b_l are written. below: [n, units of l], above: [n, of l + 1]. */
typedef struct {
  int l, n;
  const float *below, *above;
} LtDbnPair;
double lt_dbn_wake (const LtCall *call, const LtDbnPair *pair, float *d_params);

/* −log q (above | below) of the way up, and its gradient: R_l and c_l are written. */
double lt_dbn_sleep (const LtCall *call, const LtDbnPair *pair, float *d_params);

/* ---- dbn-updown.c: wake and sleep ---- */
void lt_dbn_updown (const LtCall *call,
                    const LtBatch *batch,
                    float *d_params,
                    float *state,
                    LtTerms *terms);

/* ---- The kind's functions ---- */
gboolean lt_dbn_check (gconstpointer settings, const LtShape *shape, GError **error);
void lt_dbn_build (LtModel *model);
void lt_dbn_free_parts (LtModel *model);
void lt_dbn_init (const LtModel *model,
                  gconstpointer settings,
                  const float *mean,
                  LtRng *rng,
                  float *params,
                  float *state);
void lt_dbn_stack (const LtCall *call, LtStack *stack);
void lt_dbn_adopt (const LtCall *call,
                   const LtStack *from,
                   float *params,
                   float *state);
int lt_dbn_n_features (const LtModel *model);
void lt_dbn_features (const LtCall *call, const float *x, int n, float *features);
void lt_dbn_gradient (const LtCall *call,
                      const LtBatch *batch,
                      float *d_params,
                      float *state,
                      LtTerms *terms);
double lt_dbn_objective (const LtModel *model, const LtTerms *terms);
void lt_dbn_constrain (const LtModel *model, gconstpointer settings, float *params);
void lt_dbn_encode (const LtCall *call, const float *x, int n, float *z);
void lt_dbn_decode (const LtCall *call, const float *z, int n, float *x);
void lt_dbn_reconstruct (const LtCall *call, const float *x, int n, float *r);
void lt_dbn_activations (const LtCall *call,
                         int layer,
                         const float *x,
                         int n,
                         float *h);
void lt_dbn_filters (const LtCall *call, int layer, float *filters);
void lt_dbn_energy (const LtCall *call, const float *x, int n, float *e);
double lt_dbn_log_partition (const LtCall *call);
void lt_dbn_sample (const LtCall *call, int n, int steps, float *x);
int lt_dbn_n_particles (const LtModel *model);
void lt_dbn_particles (const LtCall *call, float *x);
void lt_dbn_classify (const LtCall *call, const float *x, int n, float *p);
void lt_dbn_layer (const LtModel *model, int layer, LtLayerInfo *info);
void lt_dbn_graph (const LtModel *model, LtGraph *graph);

/* dbn-annealing.c */
extern const LtDocuments lt_dbn_documents;
extern const LtAnnealed lt_dbn_annealed;

extern const LtDreaming lt_dbn_dreaming;
extern const LtGibbs lt_dbn_gibbs;

G_END_DECLS

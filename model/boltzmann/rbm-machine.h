/* Inside the restricted Boltzmann machines. Included by boltzmann/ only.
 *
 * Visible values go about divided by σ² (u = v/σ²; u = v where units are not Gaussian):
 * that is what hidden units take in, and what the gradient of W needs. */
#pragma once

#include "boltzmann/rbm.h"
#include "core/matrix.h"

G_BEGIN_DECLS

typedef enum {
  LT_UNITS_BINARY,
  LT_UNITS_GAUSSIAN,
  LT_UNITS_SOFTMAX, /* one of them is 1: labels */
  LT_UNITS_COUNTS,  /* rbm-counts.c */
  LT_UNITS_RELU,    /* hidden units of another machine, −v b + v²/2 in the energy */
} LtUnits;

/* Visible units of one kind, side by side. */
typedef struct {
  LtUnits units;
  int first, n;
} LtRbmGroup;

typedef struct {
  int nv;       /* the data's */
  int nl;       /* label units, after them */
  int n, nh;    /* n = nv + nl */
  int n_binary; /* among the data's */
  int n_counts; /* groups of counts */
  LtRbmHidden hidden;
  float up_factor, down_factor;
  gboolean gaussian, learns_sigma;
  gboolean rectified; /* LT_UNITS_RELU among the visible units */
  int n_groups;
  LtRbmGroup group[LT_MAX_MODALITIES + 1];
  gsize size;       /* of the parameter block */
  gsize w, b, c, z; /* offsets in it */
} LtRbmMachine;

void lt_rbm_machine_init (LtRbmMachine *machine, const LtModel *model);

/* ---- rbm-kinds.c: what families made of these machines share; rbm-knobs.inc, too ---- */

/* Choices of knobs, NULL-terminated. */
extern const char *const lt_rbm_visible_names[];
extern const char *const lt_rbm_hidden_names[];
extern const char *const lt_rbm_method_names[];
extern const char *const lt_rbm_centring_names[];
extern const char *const lt_rbm_sparsity_names[];

/* What an array of LtTermInfo begins with. */
#define LT_RBM_TERMS                                                              \
  [LT_RBM_RECONSTRUCTION] = { "reconstruction",                                   \
                              "−log p(v|E[h|v]), not what is minimised" },        \
  [LT_RBM_DECAY] = { "weight decay", "½λ ΣW²" },                                  \
  [LT_RBM_SPARSITY] = { "sparsity", "λ Σⱼ (ρ − ρ̂ⱼ)², or λ Σⱼ KL(ρ‖ρ̂ⱼ)" },         \
  [LT_RBM_PSEUDO_LIKELIHOOD] = { "pseudo-likelihood",                             \
                                 "−Σᵢ log p(vᵢ|others), estimated" },             \
  [LT_RBM_LIKELIHOOD] = { "likelihood", "−log p(v), exact method only" },         \
  [LT_RBM_SWAPS] = { "lowest swap rate", "of neighbouring rungs, tempering only", \
                     TRUE, TRUE }

/* A machine with its parameters, for the length of a call. */
typedef struct {
  const LtCall *call;
  const LtRbmSettings *settings; /* live */
  LtRbmMachine machine;
  const float *params, *w, *b, *c;
  const float *w_up;     /* NULL, or w packed for products upwards */
  const float *variance; /* [n], σ² or 1; NULL without Gaussian units */
  LtTeam *team;
  LtWorkspace *ws;
} LtRbm;

/* Takes memory from the workspace, which the caller gives back. params are taken as they are,
 * which is what training and other models that begin with them need; NULL: the call's, and
 * with dropout those of the mean network, which is the machine that is judged (rbm-units.c). */
void lt_rbm_init (LtRbm *self, const LtCall *call, const float *params);

/* Packs w for products upwards, in memory from the workspace: for a team, in which members read
 * weights that another one has just changed, and so do it only once. */
void lt_rbm_pack (LtRbm *self);

/* Another set of parameters for the same machine. */
void lt_rbm_use (LtRbm *self, const float *params);

/* ---- rbm-units.c: one layer given the other ---- */

typedef struct {
  int n;             /* rows */
  const float *from; /* u [n, n_visible] or h [n, nh] */
  float *mean;       /* the other layer's: u or h */
  float *sample;     /* NULL: no samples; may be mean */
  LtRng rng;         /* of this draw alone */
  const float *beta; /* [n], inverse temperatures; NULL: all 1 */
  gboolean bits;     /* `from` holds only zeros and ones, which saves time */
  /* Downwards only. */
  gboolean logits;      /* leave all but Gaussian units without functions */
  const float *lengths; /* [n, n_counts], of documents; NULL: the usual ones */
  float factor;         /* what `from` is multiplied with; 0: nothing */
  /* Upwards only. */
  const float *mask; /* [n, nh], dropout; NULL: none */
  float *
      input; /* [n_input, nh], up_factor (c + W'u), Dc of counts, of the first rows; NULL: not
                      * kept */
  int n_input;
  float scale; /* what mean is multiplied with at last; 0: nothing */
} LtRbmPass;

/* Whether samples of a layer are zeros and ones. */
gboolean lt_rbm_visible_is_bits (const LtRbmMachine *machine);
gboolean lt_rbm_hidden_is_bits (const LtRbmMachine *machine);

void lt_rbm_up (const LtRbm *self, LtRbmPass *pass);
void lt_rbm_down (const LtRbm *self, LtRbmPass *pass);

/* ---- rbm-counts.c ---- */

/* How long the documents in u are: [n, n_counts]. */
void lt_rbm_count (const LtRbm *self, const float *u, int n, float *lengths);

/* What hidden biases are multiplied with, [n] from the workspace; NULL without counts. */
const float *lt_rbm_totals (const LtRbm *self, const float *u, int n);

/* The training data's mean lengths, [n, n_counts] from the workspace; NULL without counts. */
const float *lt_rbm_usual_lengths (const LtRbm *self, int n);

/* Counts from their logits in pass->mean. */
void lt_rbm_down_counts (const LtRbm *self, const LtRbmPass *pass);

/* ---- rbm-hidden.c ---- */

/* h = E[h | a], and y = log Σ_h exp (a h − …), for inputs a [n]; a may be h or y. */
void lt_rbm_hidden_means (const LtRbm *self, const float *a, gsize n, float *h);
void lt_rbm_hidden_parts (const LtRbm *self, const float *a, gsize n, float *y);

/* h [panel->n]: inputs, replaced by means; sample, which may be h: written. */
void lt_rbm_hidden_draw (const LtRbm *self,
                         const LtRng *rng,
                         const LtRngPanel *panel,
                         float *h,
                         float *sample);

/* What rectified units of either layer do with inputs a [n]: log Σ exp, y may be a; and
 * means, in place, with sample, which may be a: written. */
void lt_rbm_relu_parts (const float *a, gsize n, float *y);
void lt_rbm_relu_draw (const LtRng *rng,
                       const LtRngPanel *panel,
                       float *a,
                       float *sample);

/* Work on rows first … last − 1, split over the team. */
typedef void (*LtRbmRowsFunc) (gpointer job, gsize first, gsize last);
void lt_rbm_each_row (const LtRbm *self, int n, LtRbmRowsFunc func, gpointer job);

/* x [n, nv] → u [n, n_visible]; labels NULL or −1: their posterior, which is exact.
 * rng: NULL, or binary units are drawn with x as probabilities. */
typedef struct {
  const float *x;
  const int *labels;
  int n;
  LtRng *rng;
} LtRbmData;
void lt_rbm_load (const LtRbm *self, const LtRbmData *data, float *u);

/* u → x, the data's units only. */
void lt_rbm_unload (const LtRbm *self, const float *u, int n, float *x);

/* F: [n]. u: [n, n_visible], input: [n, nh], up_factor (c + W'u). With factors it counts
 * each layer's copies, which all have the same values. */
void lt_rbm_free_energies (const LtRbm *self,
                           const float *u,
                           const float *input,
                           int n,
                           float *energy);

/* −b'u, or Σ(v − b)²/2σ², or −b'u + Σv²/2 of rectified ones, of a row's units first …
 * last − 1: the part of the energy without hidden units. */
double lt_rbm_bias_energy (const LtRbm *self, const float *u, int first, int last);

/* log p (label, x) + log Z for every label: [n, nl]. x: [n, nv]. */
void lt_rbm_label_energies (const LtRbm *self, const float *x, int n, float *log_p);

/* ---- rbm-negative.c ---- */

/* What the state keeps of a ladder's swaps between updates. */
enum {
  LT_RBM_SWAPS_WAITING, /* Gibbs steps until rungs try next, that one included; 0: now */
  LT_RBM_SWAPS_RATE,    /* the lowest of any two rungs', when they last tried */
  LT_RBM_N_SWAPS,
};

/* The negative phase of a minibatch. */
typedef struct {
  int n;    /* rows */
  float *u; /* [n, n_visible] */
  float *h; /* [n, nh], means, multiplied with scale */
  float scale;
  const float *mask;
  float *hidden; /* where chains start: CD, samples of the data's hidden units; else
                     * the state. [n_chains, nh], advanced in place */
  const float *lengths; /* [n, n_counts], of documents; NULL without counts */
  float *fast;          /* fast PCD: a block of the parameters' layout; else NULL */
  float *swaps;         /* tempering: [LT_RBM_N_SWAPS], advanced in place; else NULL */
} LtRbmNegative;
void lt_rbm_negative (const LtRbm *self, LtRbmNegative *negative);

/* Rows of chains that a method keeps. */
int lt_rbm_n_chains (const LtRbmSettings *settings);

/* ---- rbm-exact.c ---- */

/* ⟨u h'⟩, ⟨u⟩, ⟨h⟩ and the Gaussian units' ⟨(v − b)²/2σ²⟩ under the model. Any may be NULL. */
typedef struct {
  float *uh, *u, *h, *square;
} LtRbmMoments;

/* Whether one side has at most 2^most states, of binary units and labels. Never with
 * factors, which leave no joint distribution of one v and one h, nor with rectified visible
 * units. */
gboolean lt_rbm_can_enumerate (const LtRbmMachine *machine, int most);

/* log Z; moments: NULL, or overwritten. lengths: [n_counts], of a document; NULL without
 * counts. */
double lt_rbm_enumerate (const LtRbm *self,
                         const float *lengths,
                         const LtRbmMoments *moments);

/* The mean of log Z over n documents, lengths [n, n_counts], and of the moments, where ⟨h⟩
 * counts as many times as hidden biases do. */
double lt_rbm_enumerate_lengths (const LtRbm *self,
                                 const float *lengths,
                                 int n,
                                 const LtRbmMoments *mean);

extern const LtDocuments lt_rbm_documents;

/* ---- rbm-monitors.c ---- */

#define LT_RBM_MONITORED 8 /* rows of a minibatch, at most: they come in random order */

/* Reconstruction by one mean-field step down, and −log pseudo-likelihood. */
typedef struct {
  int n;
  const float *u, *h; /* [n, n_visible], [n, nh]: data, and hidden means */
  const float *input; /* [n, nh] */
  gint64 step;
} LtRbmMonitored;
/* Σ −log p (v | h) over n rows u, from r [n, n_visible], what lt_rbm_down leaves as logits. */
double lt_rbm_losses (const LtRbm *self, const float *u, const float *r, int n);
void lt_rbm_monitor (const LtRbm *self, const LtRbmMonitored *rows, LtTerms *terms);

/* ---- rbm-particles.c ---- */
int lt_rbm_n_particles (const LtModel *model);
void lt_rbm_particles (const LtCall *call, float *x);

/* ---- rbm-stack.c ---- */
void lt_rbm_stack (const LtCall *call, LtStack *stack);
void lt_rbm_adopt (const LtCall *call,
                   const LtStack *from,
                   float *params,
                   float *state);

/* So many times as bad as tossing coins for the units: no sound machine is, since one
 * without any weights would reconstruct better. */
#define LT_RBM_HOPELESS 3

/* So many times as far from standardised values as their mean is, in squares. */
#define LT_RBM_FAR 10

/* ---- rbm-gibbs.c ---- */

/* Visible rows, as values, are the data's units and then the label units. */
int lt_rbm_gibbs_n_visible (const LtModel *model);

/* Data as visible rows [n, n_visible]; labels NULL or −1: their posterior. */
void lt_rbm_gibbs_load (const LtCall *call,
                        const float *x,
                        const int *labels,
                        int n,
                        float *v);

/* Means [n, nh] or [n, n_visible] of one layer given the other, and samples; sample may be
 * NULL, and then nothing is drawn. */
void lt_rbm_gibbs_up (const LtCall *call,
                      const float *v,
                      int n,
                      float *mean,
                      float *sample);
void lt_rbm_gibbs_down (const LtCall *call,
                        const float *h,
                        int n,
                        float *mean,
                        float *sample);

/* The hidden units of the persistent chains, [*n, nh]; NULL where there are none. */
const float *lt_rbm_gibbs_chains (const LtCall *call, int *n);

/* The model's own E[v h'], [n_visible, nh], by enumeration; FALSE when it is too large. */
gboolean lt_rbm_gibbs_moments (const LtCall *call, float *vh);

/* ---- rbm-statistics.c ---- */
extern const LtGibbs lt_rbm_gibbs;
extern const LtDreaming lt_rbm_dreaming;

/* ---- rbm-annealing.c ---- */
extern const LtAnnealed lt_rbm_annealed;

/* ---- The kind's functions ---- */
gboolean lt_rbm_check (gconstpointer settings, const LtShape *shape, GError **error);
void lt_rbm_build (LtModel *model);
void lt_rbm_init_params (const LtModel *model,
                         gconstpointer settings,
                         const float *mean,
                         LtRng *rng,
                         float *params,
                         float *state);
void lt_rbm_gradient (const LtCall *call,
                      const LtBatch *batch,
                      float *d_params,
                      float *state,
                      LtTerms *terms);
double lt_rbm_objective (const LtModel *model, const LtTerms *terms);
void lt_rbm_constrain (const LtModel *model, gconstpointer settings, float *params);
void lt_rbm_encode (const LtCall *call, const float *x, int n, float *z);
void lt_rbm_decode (const LtCall *call, const float *z, int n, float *x);
void lt_rbm_reconstruct (const LtCall *call, const float *x, int n, float *r);
void lt_rbm_activations (const LtCall *call,
                         int layer,
                         const float *x,
                         int n,
                         float *h);
void lt_rbm_filters (const LtCall *call, int layer, float *filters);
void lt_rbm_energy (const LtCall *call, const float *x, int n, float *e);
void lt_rbm_sample (const LtCall *call, int n, int steps, float *x);
void lt_rbm_classify (const LtCall *call, const float *x, int n, float *p);
void lt_rbm_layer (const LtModel *model, int layer, LtLayerInfo *info);

/* rbm-graph.c */
/* How its hidden units are drawn: by what they are, "binary", not by their mean's function. */
const char *lt_rbm_hidden_kind (const LtModel *model);

void lt_rbm_graph (const LtModel *model, LtGraph *graph);

G_END_DECLS

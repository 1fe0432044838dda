/* Models: a table of families, and what every family can be asked.
 *
 * A family (LtModelKind) is one table entry. A model (LtModel) is a family built for
 * given structural settings and a data shape: immutable, reference-counted, without
 * parameters. Parameters, state, live settings, random numbers and scratch memory come
 * with each call, so the same code serves the trainer and any number of probes
 * on older snapshots. Callers ask for capabilities, never for a family's name. */
#pragma once

#include "core/graph.h"
#include "core/knob.h"
#include "core/layout.h"
#include "core/rng.h"
#include "core/shape.h"
#include "core/workspace.h"

G_BEGIN_DECLS

typedef enum {
  LT_CAN_ENCODE = 1 << 0,
  LT_CAN_DECODE = 1 << 1,
  LT_CAN_RECONSTRUCT = 1 << 2,
  LT_CAN_SAMPLE = 1 << 3,
  LT_CAN_ENERGY = 1 << 4,
  LT_CAN_CLASSIFY = 1 << 5,
  LT_CAN_FILTERS = 1 << 6,
  LT_CAN_CORRUPT = 1 << 7,       /* trains on corrupted input, and can show it */
  LT_HAS_BINARY_STATES = 1 << 8, /* its distribution is over rows of 0 and 1 only */
} LtCapability;

typedef struct _LtModelKind LtModelKind;

typedef struct {
  int ref_count; /* atomic */
  const LtModelKind *kind;
  LtShape shape; /* of a data row */
  LtLayout *params;
  LtLayout *state;   /* persistent chains and the like; NULL when it has none */
  gpointer settings; /* as built; settings_size bytes */
  LtCapability capabilities;
  int n_code;     /* units in the code, 0 without LT_CAN_ENCODE */
  int n_classes;  /* that it tells apart, 0 without LT_CAN_CLASSIFY */
  int n_layers;   /* hidden layers from the input to the code */
  gpointer parts; /* what the family keeps with it: the machines of a stack; or NULL */
} LtModel;

/* Takes a gradient in parts: n entries of it, which belong at `offset` of the block. Called
 * by any member of the team as soon as a part is final and the computation reads its
 * parameters no more, so that a step can be made while the part is in that member's
 * cache. Parts do not overlap, and together they are all tensors that are not frozen. */
typedef struct {
  void (*take) (gpointer data, gsize offset, const float *gradient, gsize n);
  gpointer data;
} LtGradientSink;

/* What every computation on a model needs. All pointers are borrowed. */
typedef struct {
  const LtModel *model;
  const float *params;
  const float *state;     /* NULL when the model has none */
  gconstpointer settings; /* current values, live knobs included */
  LtWorkspace *ws;
  LtRng *rng;                 /* may be NULL where the call draws nothing */
  const LtGradientSink *sink; /* for the kind's gradient, if it can; or NULL */
} LtCall;

typedef struct {
  const float *x;        /* [n, nv] */
  const int *labels;     /* [n]; NULL when the data have none; −1 unknown */
  const float *features; /* [n, n_features] of x; NULL: not computed yet */
  int n;
  int epoch;   /* from 0 */
  gint64 step; /* from 0 */
} LtBatch;

#define LT_MAX_TERMS 8

/* The objective, term by term, each a mean over the examples of the batch. */
typedef struct {
  const char *name;    /* "reconstruction", "weight decay", … */
  const char *formula; /* "‖x − r‖²" */
  gboolean bare;       /* not in nats: a count, a share; no part of the objective */
  gboolean share;      /* between 0 and 1 */
} LtTermInfo;

typedef struct {
  double value[LT_MAX_TERMS]; /* in the order of the kind's terms; 0 where absent */
} LtTerms;

typedef struct {
  char name[32]; /* "hidden 1", "code" */
  int n_units;
  const char *activation;
  double lowest, highest; /* what an activation lies between, maybe infinite; equal
                           * where that is not known */
} LtLayerInfo;

/* Rows that are documents, which a model makes probable among those of their length only:
 * p (x) = exp (−F (x)) / Z (lengths). A row may hold several documents side by side. */
typedef struct {
  /* Documents in a row; 0: one Z serves all rows. */
  int (*n_lengths) (const LtModel *model);

  /* How many words the rows' documents have: [n, n_lengths]. */
  void (*lengths) (const LtCall *call, const float *x, int n, float *lengths);

  /* log Z of each of n rows of lengths, exactly; NAN where the machine is too large for
   * that. */
  void (*log_partitions) (const LtCall *call,
                          const float *lengths,
                          int n,
                          double *log_z);
} LtDocuments;

/* Chains on their way from a simple distribution to the model's own. */
typedef struct {
  int n;
  const float *base;    /* [nv], the simple one's mean; NULL: biases of 0 */
  const float *lengths; /* [n_lengths], whole: whose Z is wanted; NULL: no documents */
  float *chains;        /* [n, width] */
  double *log_weights;  /* [n] */
} LtAnnealing;

/* Distributions p_β (x) = p*_β (x)/Z_β between one whose Z is known, at β = 0, and the
 * model's own at β = 1: what annealed importance sampling goes along (Neal 2001). What a
 * chain holds is the family's affair. */
typedef struct {
  int (*width) (const LtModel *model); /* floats a chain */

  /* Whether this model has such a path; a whole sentence when not. */
  gboolean (*check) (const LtModel *model, GError **error);

  /* Draws the chains from p_0; log Z_0. */
  double (*start) (const LtCall *call, const LtAnnealing *annealing);

  /* Puts the chains at rows x [n, nv], as the model itself would draw the rest. */
  void (*stand) (const LtCall *call, const LtAnnealing *annealing, const float *x);

  /* Adds log p*_to (x) − log p*_from (x) to each weight, then moves the chains by one
   * Gibbs step that leaves p_to as it is; upwards, downwards, or on the spot. */
  void (*step) (const LtCall *call,
                const LtAnnealing *annealing,
                double from,
                double to);
} LtAnnealed;

/* One of a model's weight layers, and chains that run through the model: what the gradient
 * with respect to these weights is made of, ⟨below above'⟩ over the data less that of the
 * model itself. */
typedef struct {
  int layer;            /* from 0: the data's weights */
  int n;                /* rows */
  float *chains;        /* n · width floats */
  float *below, *above; /* [n, n_below], [n, n_above]: written */
} LtGibbsChains;

/* What such a layer joins. */
typedef struct {
  int n_below, n_above; /* units; with the data's, labels come after them */
  int width;            /* floats a chain */
  int hidden_below;     /* numbers as hidden layers; −1: the data */
  int hidden_above;     /* −1: labels */
} LtGibbsLayer;

/* Both phases of a gradient, for whoever walks through them. What a chain holds is the
 * family's affair. */
typedef struct {
  gboolean mean_field; /* the data's hidden units are means that have settled */

  /* Those whose gradient has two phases, and among them the one to look at first. */
  void (*layers) (const LtModel *model, int *first, int *last, int *usual);
  void (*describe) (const LtModel *model, int layer, LtGibbsLayer *info);

  /* The data's side: both sides' units as they enter ⟨below above'⟩. The chains begin there.
   * x [n, nv]; labels NULL or −1: unknown. */
  void (*load) (const LtCall *call,
                const LtGibbsChains *phase,
                const float *x,
                const int *labels);

  /* Draws the hidden units of chains that are where load has left them; above: samples. */
  void (*draw) (const LtCall *call, const LtGibbsChains *phase);

  /* One step of Gibbs sampling, and what of it enters ⟨below above'⟩ of the model. */
  void (*step) (const LtCall *call, const LtGibbsChains *phase);

  /* How many persistent chains there are, and with phase->chains not NULL, of that many,
   * a copy of them. */
  int (*kept) (const LtCall *call, const LtGibbsChains *phase);

  /* The model's own ⟨below above'⟩, [n_below, n_above], by enumeration; FALSE when it is too
   * large. */
  gboolean (*moments) (const LtCall *call, int layer, float *product);
} LtGibbs;

/* Chains that run free, or with some of their units held. */
typedef struct {
  int n;
  float *chains; /* [n, width] */
  float
      *x; /* [n, nv]: in: where they start; out: the visible units' means, or samples */
  const float *clamped; /* [nv], 1 where `given` holds the unit; NULL: all are free */
  const float *given;   /* [n, nv] */
  int label;            /* the label units' class; −1: free */
  double temperature;   /* 1: the model's own */
  int steps;            /* of Gibbs sampling */
  gboolean samples;     /* x: samples in place of means */
} LtDream;

/* Starting and moving them; draws from the call's generator. What a chain holds is the
 * family's affair. */
typedef struct {
  int (*width) (const LtModel *model);
  void (*start) (const LtCall *call, const LtDream *dream);
  void (*run) (const LtCall *call, const LtDream *dream);
} LtDreaming;

/* Mean field on its way to a fixed point, for n rows. */
typedef struct {
  const float *x; /* [n, nv] */
  int n;
  int most;         /* sweeps, at most */
  double tolerance; /* stops when no mean changes by more */

  /* After each sweep, from 1; sweep 0 is the start. layers: of each hidden layer the means
   * [n, n_units]; change: the largest of any mean; bound: the rows' mean of
   * −E (x, μ) + H (μ), without log Z. */
  void (*swept) (gpointer data,
                 int sweep,
                 const float *const *layers,
                 double change,
                 double bound);
  gpointer data;
} LtSettling;

/* One layer of a model, as another model may begin with it:
 *
 *   above = f (up_factor (x·up + up_bias)),   below = f (down_factor (y·down + down_bias))
 *
 * The factors are 1, or 2 where one machine of a stack stood in for two layers' input. */
typedef struct {
  int n_in, n_out;
  const float *up;        /* [n_in, n_out] */
  const float *up_bias;   /* [n_out] */
  const float *down;      /* [n_out, n_in]; NULL: `up`, transposed */
  const float *down_bias; /* [n_in]; NULL: it has no way down */
  float up_factor, down_factor;
} LtStackLayer;

/* A model as a stack of layers. Pointers into the parameters, or into the workspace. */
typedef struct {
  int n_layers;
  LtStackLayer layer[LT_LIST_MAX];
  const float *variance; /* [n_in of the first]: x is divided by it; NULL: it is not */
  int n_classes;         /* of label units or a classifier on the top layer; 0: none */
  const float *label_weights; /* [n_out of the last, n_classes] */
  const float *label_bias;    /* [n_classes] */
} LtStack;

struct _LtModelKind {
  const char *name;       /* "denoising" */
  const char *title;      /* "Denoising autoencoder" */
  const char *summary;    /* one sentence */
  const char *formula;    /* what it minimises, in plain Unicode */
  const char *references; /* papers, one a line */

  LtKnobTable knobs;
  const char *const
      *defaults; /* "key=value", NULL-terminated, where this family differs
                                * from its table's fallbacks; or NULL */

  const LtTermInfo *terms;
  int n_terms; /* the objective is their sum; terms[0] is the reconstruction */

  /* What a run is judged by while it trains, where that is not the sum of the terms: a
   * model that cannot compute what it minimises reports stand-ins. NULL: the sum. */
  double (*objective) (const LtModel *model, const LtTerms *terms);

  /* Whether settings and shape go together; a whole sentence when not. */
  gboolean (*check) (gconstpointer settings, const LtShape *shape, GError **error);

  /* Fills in layouts, capabilities, n_code and n_layers; settings passed check. */
  void (*build) (LtModel *model);

  /* Frees model->parts; NULL where there never are any. */
  void (*free_parts) (LtModel *model);

  /* First parameters (zeroed on entry) and state. mean: [nv], the training data's. */
  void (*init) (const LtModel *model,
                gconstpointer settings,
                const float *mean,
                LtRng *rng,
                float *params,
                float *state);

  /* The model as layers that another one can begin with; pointers are good as long as the
   * call's parameters and its workspace's mark. NULL: it is no stack. */
  void (*stack) (const LtCall *call, LtStack *stack);

  /* Takes the layers over into parameters and state that init has filled: as many layers as
   * both have, all known to fit; labels where both have the same number of classes and all of this
   * model's layers are taken. NULL: it takes none. */
  void (*adopt) (const LtCall *call, const LtStack *from, float *params, float *state);

  /* What of a row stays the same while this model trains, because the layers below are
   * frozen: computed once, kept, and given with each batch. 0 features: nothing. Both may be
   * NULL. */
  int (*n_features) (const LtModel *model);
  void (*features) (const LtCall *call, const float *x, int n, float *features);

  /* d_params (not zeroed on entry) = the gradient of the objective's mean over the batch,
   * 0 for frozen tensors; state is advanced in place. terms written. */
  void (*gradient) (const LtCall *call,
                    const LtBatch *batch,
                    float *d_params,
                    float *state,
                    LtTerms *terms);

  /* Whether gradient serves call->sink. With a sink d_params is scratch memory: what is
   * left in it is not the gradient. */
  gboolean streams_gradient;

  /* Without sampling (means), for n rows. Each may be NULL where the capability is absent. */
  void (*encode) (const LtCall *call,
                  const float *x,
                  int n,
                  float *z); /* [n, n_code] */
  void (*decode) (const LtCall *call, const float *z, int n, float *x);
  void (*reconstruct) (const LtCall *call, const float *x, int n, float *r);

  /* Mean activation of hidden layer `layer` (from 0): [n, n_units]. */
  void (*activations) (const LtCall *call, int layer, const float *x, int n, float *h);

  /* What each unit of a hidden layer looks for in the input: [n_units, nv]. Layer 0: the
   * weights themselves; deeper ones: products of the weights. */
  void (*filters) (const LtCall *call, int layer, float *filters);

  /* The corrupted input that training would see. Draws from rng. */
  void (*corrupt) (const LtCall *call, const float *x, int n, float *y);

  /* E (x), the free energy for machines with hidden units: [n]. */
  void (*energy) (const LtCall *call, const float *x, int n, float *e);

  /* log Z, exactly; NAN where the machine is too large for that. */
  double (*log_partition) (const LtCall *call);

  /* For rows whose lengths their Z depends on: log_partition is NAN of such models. NULL
   * where there never are any. */
  const LtDocuments *documents;

  /* For an estimate of log Z where the exact one cannot be had; or NULL. */
  const LtAnnealed *annealed;

  /* For walking through the two phases of its gradient; or NULL. */
  const LtGibbs *gibbs;

  /* For chains that run while somebody watches; or NULL. */
  const LtDreaming *dreaming;

  /* Lets mean field settle, and returns the number of sweeps. NULL: it has none. */
  int (*settle) (const LtCall *call, const LtSettling *settling);

  /* The rows' variational lower bounds of log p (x), without log Z: [n]. NULL where the
   * energy is exact or there is none. */
  void (*bound) (const LtCall *call, const float *x, int n, float *bound);

  /* n samples after `steps` steps from x [n, nv] (in: where the chains start). */
  void (*sample) (const LtCall *call, int n, int steps, float *x);

  /* How many persistent chains the state holds, and what they see: the visible units'
   * means given the hidden ones, [n_particles, nv]. Only chains at the model's own
   * temperature. NULL where there never are any. */
  int (*n_particles) (const LtModel *model);
  void (*particles) (const LtCall *call, float *x);

  /* p (class | x): [n, n_classes]. */
  void (*classify) (const LtCall *call, const float *x, int n, float *p);

  /* Called after each step of the optimiser: what bounds the parameters themselves. May be
   * NULL. */
  void (*constrain) (const LtModel *model, gconstpointer settings, float *params);

  void (*layer) (const LtModel *model, int layer, LtLayerInfo *info);

  /* The model as it is drawn, into an empty graph. NULL: a chain of its hidden layers. */
  void (*graph) (const LtModel *model, LtGraph *graph);
};

/* The table of families; NULL-terminated. */
extern const LtModelKind *const lt_model_kinds[];

/* NULL and a sentence that lists the names when there is none. */
const LtModelKind *lt_model_kind_find (const char *name, GError **error);

/* settings: the table's fallbacks with the family's defaults. */
void lt_model_kind_init_settings (const LtModelKind *kind, gpointer settings);

LtModel *lt_model_new (const LtModelKind *kind,
                       gconstpointer settings,
                       const LtShape *shape,
                       GError **error) G_GNUC_WARN_UNUSED_RESULT;
LtModel *lt_model_ref (LtModel *self) G_GNUC_WARN_UNUSED_RESULT;
void lt_model_unref (LtModel *self);

/* Begins `self` with what it can take over from another model: everything, where both have the
 * same tensors; else the layers that both have. call: of `self`, its params not used; params,
 * state: filled by init. from: a call of the other model. A sentence when it takes none, or
 * when layers' sizes differ. */
gboolean lt_model_adopt (const LtCall *call,
                         const LtCall *from,
                         float *params,
                         float *state,
                         GError **error);

gboolean lt_model_can (const LtModel *self, LtCapability capability);
double lt_model_objective (const LtModel *self, const LtTerms *terms);
void lt_model_graph (const LtModel *self, LtGraph *graph);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (LtModel, lt_model_unref)

G_END_DECLS

/* Inside the dense networks: the network unrolled into layers, and one pass of a
 * minibatch through it. Included by nets/dense-*.c only.
 *
 * Unrolled, encoder and decoder are one chain of nodes 0 … 2L: node k ≤ L is level k of
 * the encoder, node k > L is level 2L − k of the decoder. Layer k leads to node k. The
 * classes are a node of their own after these, which hangs off the code. */
#pragma once

#include "core/activation.h"
#include "core/matrix.h"
#include "nets/dense.h"

#define LT_DENSE_MAX_NODES (2 * LT_LIST_MAX + 2)

typedef struct {
  int n_in, n_out;
  LtActivation f;
  gboolean mirrored; /* stored as the encoder's [n_out, n_in], because it is tied */
  gsize w, b;        /* offsets in the parameter block */
} LtDenseLayer;

typedef struct {
  int lowest; /* the level that is the input: above 0 where only an upper part is meant */
  int depth;   /* L: levels from there to the code */
  int n_nodes; /* 2L + 1; without a decoder L + 1 */
  int n_inner; /* nodes that another layer takes in: all but the output */
  int head;    /* the classes' node, n_nodes; 0: there are none */
  int width[LT_DENSE_MAX_NODES];          /* of each node */
  LtDenseLayer layer[LT_DENSE_MAX_NODES]; /* [0] is not used */
  gboolean decodes;
  LtDenseLoss loss; /* of the output */
  float output_scale;
  gboolean tied;
} LtDenseNet;

typedef enum {
  LT_DENSE_WHOLE,
  LT_DENSE_LEARNING, /* what is not frozen */
  LT_DENSE_SHOWN,    /* from the data up to what is learning, and back */
} LtDensePart;

/* The structure of a built model, or a part of it; cheap enough for every call. */
void lt_dense_net_init (LtDenseNet *net, const LtModel *model, LtDensePart part);

/* One minibatch on its way. All arrays lie in the workspace.
 *
 * Tied weights receive two gradients, h_{l−1}ᵀ δ_l and δ_{2L−l+1}ᵀ g_l. So the two
 * factors' rows are laid one after another, in memory [2n, width], and one product over
 * 2n rows gives their sum. */
typedef struct {
  const LtCall *call;
  const LtDenseSettings *settings;
  const LtDenseNet *net;
  const float *params;
  LtTeam *team;
  LtTeam *helpers; /* the team, or NULL where elementwise work is too little to share */
  LtWorkspace *ws;
  int n;
  const float *target; /* x [n, nv], or what the frozen layers make of it */
  const float *input;  /* x̃ [n, nv]: y[0], or x where it is taken as it is */
  const int *labels;   /* [n]; −1: unknown; NULL: all are */
  gboolean competes;   /* the code goes through a winner-take-all rule */

  /* Of each node: the activations f (a), the mask on them (NULL: all ones) and their
   * product, which the next layer takes in; y and out are the same where mask is NULL.
   * The output's and the classes' y receive the products alone and are the same as
   * their delta. */
  float *y[LT_DENSE_MAX_NODES];
  float *mask[LT_DENSE_MAX_NODES];
  float *out[LT_DENSE_MAX_NODES];
  float *delta[LT_DENSE_MAX_NODES]; /* d objective / d pre-activation */
  float *extra[LT_DENSE_MAX_NODES]; /* what penalties add to delta; NULL: nothing */

  float *emphasis;    /* [n, nv]: the entries' weights; NULL: all count alike */
  float *projections; /* [projections, n, nz]: the u of the Jacobian's penalties */
  float *perturbed;   /* [samples, n, nv]: x̃ + ε */

  float *d_params;
  const LtGradientSink *sink;         /* NULL: the gradient stays in d_params */
  gboolean begun[LT_DENSE_MAX_NODES]; /* layer k's d_w holds a penalty's gradient */
  float *d_bias[LT_DENSE_MAX_NODES];  /* a penalty's gradient of b; NULL: none */
  float *column_factor; /* [s_1]: d_W1 += W1 · diag (column_factor), weight decay
                         * included; NULL: weight decay alone */
  LtTerms *terms;
} LtDensePass;

/* ---- dense-forward.c ---- */

/* y [n, n_out] = f (x w + b); where mask is not NULL also out = mask · y. */
typedef struct {
  const float *x;
  float *y;
  const float *mask;
  float *out;
} LtDenseStep;
void lt_dense_forward_layer (const LtDensePass *pass, int k, const LtDenseStep *step);

/* y [n, n_out] = x w: without bias and activation. */
void lt_dense_forward_product (const LtDensePass *pass,
                               int k,
                               const float *x,
                               float *y);

/* dx [n, n_in] = d wᵀ, the gradient of a layer's input. */
void lt_dense_backward_layer (const LtDensePass *pass,
                              int k,
                              const float *d,
                              LtEpilogue epilogue,
                              gpointer data,
                              float *dx);

/* What layer k takes in. */
const float *lt_dense_below (const LtDensePass *pass, int k);

/* All inner nodes from the input; output and classes receive the products without bias. */
void lt_dense_forward (LtDensePass *pass);

/* Nodes of what is shown. */
typedef struct {
  int first, last;
  gboolean plain; /* the code before its winner-take-all rule */
} LtDenseSpan;

/* Without randomness, from one node to another, for any number of rows. */
void lt_dense_infer (const LtCall *call,
                     const LtDenseSpan *span,
                     const float *x,
                     int n,
                     float *y);

/* ---- dense-head.c ---- */

/* The classes' loss into terms, its gradient into delta[head]. */
void lt_dense_head_loss (LtDensePass *pass);

/* ---- dense-draw.c ---- */

/* The dropout rate of node k. Rates are counted from the data, whatever part learns. */
double lt_dense_dropout (const LtDensePass *pass, int k);

/* Everything random of a minibatch, and y[0]. rng: NULL when nothing is random. */
void lt_dense_draw (LtDensePass *pass, LtRng *rng);

/* ---- dense-loss.c ---- */

/* The reconstruction's loss into terms, its gradient into delta[2L]. */
void lt_dense_loss (LtDensePass *pass);

/* ---- sparsity.c ---- */

/* Keeps the winners among the code's activations: mask and out become 0 elsewhere. */
void lt_dense_compete (LtDensePass *pass);

/* The winner-take-all rule of inference: the k largest of each row of y [n, nz] stay. */
void lt_dense_keep_largest (LtWorkspace *ws, int k, int n, int nz, float *y);

/* L1 and KL: their terms and gradients with respect to the code. */
typedef struct {
  float sign;       /* the weight of sign (h) */
  const float *row; /* [nz], added for every example; NULL: nothing */
} LtDenseCodeGradient;
void lt_dense_sparsity (LtDensePass *pass, LtDenseCodeGradient *gradient);

/* ---- penalty-contractive.c (one layer, closed form), penalty-jacobian.c (deep) ---- */
void lt_dense_contraction (LtDensePass *pass);
void lt_dense_jacobian (LtDensePass *pass);

/* ---- dense-gradient.c ---- */

/* Layer k's d_w = aᵀ d, added where a penalty's gradient is there already.
 * a: [rows, n_in]   d: [rows, n_out] */
void lt_dense_add_weight_gradient (LtDensePass *pass,
                                   int k,
                                   const float *a,
                                   const float *d,
                                   int rows);

/* Layer k's d_b += the column sums of d [n, n_out], for penalties. */
void lt_dense_add_bias_gradient (LtDensePass *pass, int k, const float *d);

/* ---- dense-team.c ---- */

/* Work on items first … last − 1. */
typedef void (*LtDenseRangeFunc) (gpointer job, gsize first, gsize last);
typedef double (*LtDenseSumFunc) (gpointer job, gsize first, gsize last);

/* func on n items, split over the team at multiples of grain. */
void lt_dense_each (const LtDensePass *pass,
                    gsize n,
                    gsize grain,
                    LtDenseRangeFunc func,
                    gpointer job);

/* The same, with the parts' sums added in the members' order. */
double lt_dense_sum (const LtDensePass *pass,
                     gsize n,
                     gsize grain,
                     LtDenseSumFunc func,
                     gpointer job);

/* ---- the kind's functions, one file or the other ---- */
gboolean lt_dense_check (gconstpointer settings, const LtShape *shape, GError **error);
void lt_dense_build (LtModel *model);
void lt_dense_init (const LtModel *model,
                    gconstpointer settings,
                    const float *mean,
                    LtRng *rng,
                    float *params,
                    float *state);
void lt_dense_gradient (const LtCall *call,
                        const LtBatch *batch,
                        float *d_params,
                        float *state,
                        LtTerms *terms);
void lt_dense_encode (const LtCall *call, const float *x, int n, float *z);
void lt_dense_decode (const LtCall *call, const float *z, int n, float *x);
void lt_dense_reconstruct (const LtCall *call, const float *x, int n, float *r);
void lt_dense_activations (const LtCall *call,
                           int layer,
                           const float *x,
                           int n,
                           float *h);
void lt_dense_filters (const LtCall *call, int layer, float *filters);
void lt_dense_classify (const LtCall *call, const float *x, int n, float *p);
void lt_dense_stack (const LtCall *call, LtStack *stack);
void lt_dense_adopt (const LtCall *call,
                     const LtStack *from,
                     float *params,
                     float *state);
int lt_dense_n_features (const LtModel *model);
void lt_dense_features (const LtCall *call, const float *x, int n, float *features);
void lt_dense_corrupt (const LtCall *call, const float *x, int n, float *y);
void lt_dense_layer (const LtModel *model, int layer, LtLayerInfo *info);
void lt_dense_graph (const LtModel *model, LtGraph *graph);

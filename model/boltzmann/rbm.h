/* Restricted Boltzmann machines: a layer of visible and a layer of hidden units, joined by
 * undirected edges.
 *
 *   E (v, h) = −b'v − c'h − v'W h           p (v, h) = exp (−E) / Z
 *   F (v)    = −log Σ_h exp (−E)  = −b'v − Σ_j softplus (c_j + v'W_j)
 *   ∂(−log p (v)) / ∂W = −⟨v h'⟩_data + ⟨v h'⟩_model
 *
 * (Smolensky 1986; Hinton 2002; Hinton 2010, "A practical guide to training restricted
 * Boltzmann machines"). Real-valued units have −v b replaced by (v − b)²/2σ² and v'W h by
 * (v/σ²)'W h, with log σ² as the parameter (Cho, Ilin & Raiko 2011). Label units are a softmax group of visible units
 * after the data's own (Larochelle & Bengio 2008). Units that count words have the energy of
 * the replicated softmax (Salakhutdinov & Hinton 2009; rbm-counts.c).
 *
 * The state has persistent chains of hidden units, the mean length of documents, and how
 * far tempered chains are from their next swap.
 *
 * Tensors: W1 [visible, hidden], b [visible], c1 [hidden], z [data's units]: log σ², of
 * Gaussian machines that learn it. */
#pragma once

#include "core/model.h"

G_BEGIN_DECLS

typedef enum {
  LT_RBM_AUTO,
  LT_RBM_BINARY,
  LT_RBM_GAUSSIAN,
  LT_RBM_COUNTS,
  LT_RBM_RECTIFIED, /* no choice of the knob: of machines on a layer of relu units */
} LtRbmVisible;

typedef enum {
  LT_RBM_CD,
  LT_RBM_PCD,
  LT_RBM_FAST_PCD,
  LT_RBM_TEMPERING,
  LT_RBM_EXACT,
} LtRbmMethod;

typedef enum {
  LT_RBM_PLAIN,
  LT_RBM_CENTRED,
  LT_RBM_ENHANCED,
} LtRbmCentring;

typedef enum {
  LT_RBM_SPARSITY_NONE,
  LT_RBM_SPARSITY_SQUARE,
  LT_RBM_SPARSITY_KL,
} LtRbmSparsity;

typedef enum {
  LT_HIDDEN_BINARY,
  LT_HIDDEN_GAUSSIAN,
  LT_HIDDEN_RELU,
} LtRbmHidden;

#define LT_RBM_MAX_EXACT        20 /* units on the side that is enumerated, all binary */
#define LT_RBM_MAX_LOG_Z        22 /* the same for log Z, which is wanted once */
#define LT_RBM_MAX_TEMPERATURES 64

/* What the knobs turn. Enumerations are kept as int. */
typedef struct {
  LtList hidden;    /* one layer */
  int hidden_units; /* LtRbmHidden */
  int visible;      /* LtRbmVisible */
  double sigma;
  gboolean learn_sigma;
  int label_units;
  double weight_scale, hidden_bias;
  int visible_bias;

  int method; /* LtRbmMethod */
  int steps, chains;
  double fast_rate, fast_decay;
  int temperatures, swap_interval;
  double hottest;
  gboolean binarise;
  int centring; /* LtRbmCentring */

  double decay, max_norm;
  int sparsity; /* LtRbmSparsity */
  double sparsity_weight, sparsity_target;
  double dropout;

  /* No knobs, but what a stack sets when it builds its machines; 0 means 1. A machine that
   * stands in for one layer of two, as in the pretraining of deep Boltzmann machines, takes
   * in everything twice from the side where its neighbour will be:
   *
   *   p (h = 1 | v) = σ (up_factor (c + W'u)),   p (v = 1 | h) = σ (down_factor (b + W h))
   *
   * (Salakhutdinov & Hinton 2009, section 3.1), label units excepted. For cd and pcd. */
  double up_factor, down_factor;
} LtRbmSettings;

typedef enum {
  LT_RBM_RECONSTRUCTION,
  LT_RBM_DECAY,
  LT_RBM_SPARSITY,
  LT_RBM_PSEUDO_LIKELIHOOD,
  LT_RBM_LIKELIHOOD,
  LT_RBM_SWAPS,
  LT_RBM_N_TERMS,
} LtRbmTerm;

extern const LtModelKind lt_rbm;
extern const LtModelKind lt_rbm_gaussian;
extern const LtModelKind lt_rbm_counts;
extern const LtModelKind lt_rbm_labelled;

/* log Z by enumeration of the side with fewer states, labels being as many as there are
 * classes; NAN when these are more than 2^LT_RBM_MAX_LOG_Z, and of machines of counts, where
 * each length has a Z of its own (kind->documents). call: of a model of one of these
 * families. */
double lt_rbm_log_partition (const LtCall *call);

G_END_DECLS

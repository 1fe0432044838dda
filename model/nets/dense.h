/* The dense networks: one implementation of linear, deep, tied, sparse, denoising,
 * contractive, dropout and stacked autoencoders and of classifiers, which are settings of
 * each other and combine.
 *
 * Levels are numbered from the input, 0, to the code, L; s_l is the width of level l.
 *
 *   encoder   h_0 = x̃,  h_l = f_l (h_{l−1} W_l + b_l)                      l = 1 … L
 *   decoder   g_L = h_L,  g_{l−1} = f (g_l V_l + c_{l−1}),  r = scale · g_0  l = L … 1
 *
 *   classes   p (y | x) = softmax (h_L U + d)
 *
 * with V_l = W_lᵀ when tied. x̃ is the input after corruption and dropout; hidden layers
 * are followed by dropout, the code also by the winner-take-all rule.
 *
 * A part of the network may learn alone, while the rest is frozen. Greedily, layer l is
 * an autoencoder of one layer (Bengio et al. 2007; Vincent et al. 2010), whose input and target is h_{l−1}:
 * h̃_{l−1} → h_l → r_{l−1}. Or the classes' layer learns on top of everything.
 *
 * Tensors, in the order of the block: W1 [s0, s1], b1 [s1], W2, b2, … WL, bL, then the decoder
 * from the code outwards: VL [sL, sL−1], cL [sL−1], … V1 [s1, s0], c1 [s0]; no V when tied,
 * no decoder in a classifier; then U [sL, classes], d [classes].
 * Weights are stored [inputs, outputs]: all forward products are then plain ones, and
 * so is the first layer's whole pass, whose input needs no gradient. */
#pragma once

#include "core/model.h"
#include "data/corruption.h"

G_BEGIN_DECLS

typedef enum {
  LT_LOSS_SQUARED_ERROR,
  LT_LOSS_CROSS_ENTROPY,
} LtDenseLoss;

typedef enum {
  LT_READING_ERROR,
  LT_READING_LIKELIHOOD,
} LtDenseReading;

typedef enum {
  LT_SPARSITY_NONE,
  LT_SPARSITY_L1,
  LT_SPARSITY_KL,
  LT_SPARSITY_LIFETIME,
  LT_SPARSITY_TOP_K,
} LtDenseSparsity;

typedef enum {
  LT_JACOBIAN_EXACT,
  LT_JACOBIAN_PROJECTIONS,
} LtDenseJacobian;

typedef enum {
  LT_INIT_AUTO,
  LT_INIT_SIGMOID_GLOROT,
  LT_INIT_GLOROT,
  LT_INIT_HE,
  LT_INIT_GAUSSIAN,
} LtDenseInit;

typedef enum {
  LT_OUTPUT_BIAS_MEAN,
  LT_OUTPUT_BIAS_ZERO,
} LtDenseOutputBias;

typedef enum {
  LT_TASK_RECONSTRUCT,
  LT_TASK_CLASSIFY,
} LtDenseTask;

typedef enum {
  LT_LEARNING_ALL,
  LT_LEARNING_TOP,
} LtDenseLearning;

#define LT_DENSE_MAX_SAMPLES 32 /* of ε in the higher-order term */

/* What the knobs turn. Enumerations are kept as int. */
typedef struct {
  LtList hidden;
  gboolean tied;
  int hidden_activation, code_activation, output_activation; /* LtActivation */
  double output_scale;
  int init;        /* LtDenseInit */
  int output_bias; /* LtDenseOutputBias */

  int task;     /* LtDenseTask */
  int classes;  /* 0: none */
  int layer;    /* the one that learns greedily, from 1; 0: all of them */
  int learning; /* LtDenseLearning */

  int loss;    /* LtDenseLoss */
  int reading; /* LtDenseReading */
  double sigma;
  double decay;

  int sparsity; /* LtDenseSparsity */
  double sparsity_weight, sparsity_target, sparsity_fraction;
  int sparsity_k;

  int noise; /* LtNoise */
  double noise_level, emphasis_corrupted, emphasis_rest;
  LtList dropout;

  double contraction;
  int jacobian; /* LtDenseJacobian */
  int jacobian_projections;
  double higher_order, higher_order_sigma;
  int higher_order_samples;
} LtDenseSettings;

/* The objective's terms, in this order. */
typedef enum {
  LT_DENSE_RECONSTRUCTION,
  LT_DENSE_DECAY,
  LT_DENSE_L1,
  LT_DENSE_KL,
  LT_DENSE_CONTRACTION,
  LT_DENSE_HIGHER_ORDER,
  LT_DENSE_CLASSIFICATION,
  LT_DENSE_N_TERMS,
} LtDenseTerm;

/* The families: the same implementation with defaults of their own. */
extern const LtModelKind lt_dense_autoencoder;
extern const LtModelKind lt_dense_linear;
extern const LtModelKind lt_dense_sparse;
extern const LtModelKind lt_dense_denoising;
extern const LtModelKind lt_dense_contractive;
extern const LtModelKind lt_dense_deep;
extern const LtModelKind lt_dense_stacked;
extern const LtModelKind lt_dense_classifier;

G_END_DECLS

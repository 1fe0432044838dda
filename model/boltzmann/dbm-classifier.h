/* A classifier made of a deep Boltzmann machine, with what the machine itself thinks of its
 * upper layers as further inputs (Salakhutdinov & Hinton 2009, section 3.3):
 *
 *   h_l = σ (h_{l−1}'W_l + q_{l+1}'A_l + c_l),  h_0 = v,  h_L without a q
 *   p (y | v) = softmax (h_L'U + d)
 *
 * where q_l = q (h_l | v) are the mean-field means of the machine as it was, which stays as it
 * is, and A_l begins as W_{l+1}'. Then each layer begins as one mean-field step, and learning
 * by backpropagation may use the data alone, or what was inferred, or both.
 *
 * Tensors: W1 [nv, h1], A1 [h2, h1], c1, … WL, cL, U [hL, classes], d, and the machine that q
 * comes from, frozen: M1 [nv, h1] … ML, m1 … mL. */
#pragma once

#include "core/model.h"

G_BEGIN_DECLS

typedef enum {
  LT_DBM_LEARNING_ALL,
  LT_DBM_LEARNING_TOP,
} LtDbmLearning;

typedef enum {
  LT_DBM_INFERRED_FROM_ALL,
  LT_DBM_INFERRED_FROM_KEPT,
} LtDbmInferredFrom;

typedef struct {
  LtList hidden;
  int classes;
  int learning;      /* LtDbmLearning */
  int inferred_from; /* LtDbmInferredFrom */
  double weight_scale;
  double decay;
  LtList dropout; /* data, h_1, h_2 …; one rate alone: of all hidden layers */
  int sweeps;
  double tolerance;
} LtDbmClassifierSettings;

typedef enum {
  LT_DBM_CLASSIFICATION,
  LT_DBM_CLASSIFIER_DECAY,
  LT_DBM_CLASSIFIER_N_TERMS,
} LtDbmClassifierTerm;

extern const LtModelKind lt_dbm_classifier;

G_END_DECLS

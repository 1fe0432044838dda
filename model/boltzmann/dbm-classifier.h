/* A classifier made of a deep Boltzmann machine of two hidden layers, with what the machine
 * itself thinks of the top layer as a second input (Salakhutdinov & Hinton 2009, section 3.3):
 *
 *   h_1 = σ (v'W_1 + q'A + c_1),  h_2 = σ (h_1'W_2 + c_2),  p (y | v) = softmax (h_2'U + d)
 *
 * where q = q (h_2 | v) are the mean-field means of the machine as it was, which stays as it
 * is, and A begins as W_2'. Then h_1 begins as one mean-field step, and learning by
 * backpropagation may use the data alone, or what was inferred, or both.
 *
 * Tensors: W1 [nv, h1], A [h2, h1], c1, W2 [h1, h2], c2, U [h2, classes], d, and the machine
 * that q comes from, frozen: M1 [nv, h1], M2 [h1, h2], m1, m2. */
#pragma once

#include "core/model.h"

G_BEGIN_DECLS

typedef enum {
  LT_DBM_LEARNING_ALL,
  LT_DBM_LEARNING_TOP,
} LtDbmLearning;

typedef struct {
  LtList hidden;
  int classes;
  int learning; /* LtDbmLearning */
  double weight_scale;
  double decay;
  double dropout;
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

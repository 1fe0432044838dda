/* The table of families. */
#include "boltzmann/dbm-classifier.h"
#include "boltzmann/dbm.h"
#include "boltzmann/dbn.h"
#include "boltzmann/rbm.h"
#include "nets/dense.h"

/* clang-format off */
const LtModelKind *const lt_model_kinds[] = {
  &lt_dense_autoencoder,
  &lt_dense_linear,
  &lt_dense_sparse,
  &lt_dense_denoising,
  &lt_dense_contractive,
  &lt_dense_deep,
  &lt_dense_stacked,
  &lt_dense_classifier,
  &lt_rbm,
  &lt_rbm_gaussian,
  &lt_rbm_labelled,
  &lt_dbn,
  &lt_dbm,
  &lt_dbm_classifier,
  &lt_rbm_counts,
  NULL,
};
/* clang-format on */

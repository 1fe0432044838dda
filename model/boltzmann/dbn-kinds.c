/* The deep belief networks' knobs, and the family. */
#include "boltzmann/dbn-machine.h"

#define DBN_KNOB_AT(field) .offset = G_STRUCT_OFFSET (LtDbnSettings, field)
#define KNOB_AT(field)     DBN_KNOB_AT (rbm.field)

static const LtKnob knobs[] = {
  /* ---- Architecture ---- */
  { "hidden", "Hidden layers", "units", "Architecture",
    "The sizes of the hidden layers, from the data upwards: one machine each.",
    LT_KNOB_SIZES, .minimum = 1, .maximum = 65536, .fallback = "500 500 2000",
    KNOB_AT (hidden) },
  { "layer", "Learning layer", "", "Architecture",
    "The hidden layer, from 1, whose machine learns on what the frozen ones below it "
    "make "
    "of the data; 0 fine-tunes the whole by the up-down algorithm.",
    LT_KNOB_INTEGER, .minimum = 0, .maximum = LT_LIST_MAX, .fallback = "1",
    DBN_KNOB_AT (layer) },
  { "hidden-units", "Kinds of hidden units", "", "Architecture",
    "The units of the hidden layers below the top: binary, gaussian or relu for all of "
    "them, or a word for each, such as “relu binary”, from the data upwards. The "
    "machine "
    "above takes them for what they are.",
    LT_KNOB_TEXT, .fallback = "binary", DBN_KNOB_AT (kinds) },
  { "code-units", "Kind of top units", "", "Architecture",
    "The top layer's units: binary; gaussian for a linear code with unit variance; "
    "relu "
    "for sums of many binary copies.",
    LT_KNOB_CHOICE, .fallback = "binary", .choices = lt_rbm_hidden_names,
    KNOB_AT (hidden_units) },
  { "doubling", "Doubling", "", "Architecture",
    "Pretrain for a deep Boltzmann machine: each machine takes in twice what comes "
    "from a "
    "side where it will have a neighbour on both.",
    LT_KNOB_BOOLEAN, .maximum = 1, .fallback = "false", DBN_KNOB_AT (doubling) },
#include "boltzmann/rbm-knobs.inc"
};

static const LtTermInfo terms[LT_DBN_N_TERMS] = {
  LT_RBM_TERMS,
  [LT_DBN_GENERATIVE] = { "generation",
                          "−log p(hˡ⁻¹|hˡ) between hidden layers, up-down only" },
  [LT_DBN_RECOGNITION] = { "recognition", "−log q(hˡ|hˡ⁻¹) of dreams, up-down only" },
};

const LtModelKind lt_dbn = {
  .name = "dbn",
  .title = "Deep belief network",
  .summary =
      "Restricted Boltzmann machines stacked one by one: the top one dreams, and "
      "the layers below turn its dreams into data.",
  .formula = "p(v,h¹…hᴸ) = p(v|h¹) ⋯ p(hᴸ⁻²|hᴸ⁻¹) p(hᴸ⁻¹,hᴸ)",
  .references =
      "Hinton, Osindero & Teh 2006, A fast learning algorithm for deep belief nets\n"
      "Hinton & Salakhutdinov 2006, Reducing the dimensionality of data with neural "
      "networks\n"
      "Bengio et al. 2007, Greedy layer-wise training of deep networks\n"
      "Salakhutdinov & Hinton 2009, Deep Boltzmann machines",
  .knobs = { knobs, G_N_ELEMENTS (knobs), sizeof (LtDbnSettings) },
  .terms = terms,
  .n_terms = LT_DBN_N_TERMS,
  .objective = lt_dbn_objective,
  .check = lt_dbn_check,
  .build = lt_dbn_build,
  .free_parts = lt_dbn_free_parts,
  .init = lt_dbn_init,
  .stack = lt_dbn_stack,
  .adopt = lt_dbn_adopt,
  .n_features = lt_dbn_n_features,
  .features = lt_dbn_features,
  .gradient = lt_dbn_gradient,
  .streams_gradient = TRUE,
  .constrain = lt_dbn_constrain,
  .encode = lt_dbn_encode,
  .decode = lt_dbn_decode,
  .reconstruct = lt_dbn_reconstruct,
  .activations = lt_dbn_activations,
  .filters = lt_dbn_filters,
  .energy = lt_dbn_energy,
  .log_partition = lt_dbn_log_partition,
  .documents = &lt_dbn_documents,
  .annealed = &lt_dbn_annealed,
  .gibbs = &lt_dbn_gibbs,
  .dreaming = &lt_dbn_dreaming,
  .n_particles = lt_dbn_n_particles,
  .particles = lt_dbn_particles,
  .sample = lt_dbn_sample,
  .classify = lt_dbn_classify,
  .layer = lt_dbn_layer,
  .graph = lt_dbn_graph,
};

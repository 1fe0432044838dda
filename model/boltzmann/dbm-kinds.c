/* The deep Boltzmann machine's knobs, and the family. */
#include "boltzmann/dbm-machine.h"

#define KNOB_AT(field) .offset = G_STRUCT_OFFSET (LtDbmSettings, field)

static const char *const visible_names[] = { "auto", "binary", "gaussian", NULL };
static const char *const centring_names[] = { "none", "centred", "biases", NULL };
static const char *const sparsity_names[] = { "none", "square", "kl", NULL };

static const LtKnob knobs[] = {
  /* ---- Architecture ---- */
  { "hidden", "Hidden layers", "units", "Architecture",
    "The sizes of the hidden layers, from the data upwards; two or more.",
    LT_KNOB_SIZES, .minimum = 1, .maximum = 65536, .fallback = "500 1000",
    KNOB_AT (hidden) },
  { "visible", "Visible units", "", "Architecture",
    "Binary for values from 0 to 1, gaussian for standardised ones; auto takes what "
    "the data are.",
    LT_KNOB_CHOICE, .fallback = "auto", .choices = visible_names, KNOB_AT (visible) },
  { "visible-sigma", "Visible deviation σ", "", "Architecture",
    "The standard deviation of Gaussian visible units given the hidden ones.",
    LT_KNOB_REAL, .log_scale = TRUE, .minimum = 0.01, .maximum = 10, .fallback = "1",
    .when = "visible!=binary", KNOB_AT (sigma) },
  { "label-units", "Label units", "classes", "Architecture",
    "How many classes a softmax group over the top layer stands for; with it the "
    "machine classifies. 0 leaves the labels aside.",
    LT_KNOB_INTEGER, .minimum = 0, .maximum = 1000, .fallback = "0",
    KNOB_AT (label_units) },
  { "weight-scale", "First weights", "", "Architecture",
    "The standard deviation of the normal distribution that first weights are drawn "
    "from.",
    LT_KNOB_REAL, .log_scale = TRUE, .minimum = 0, .maximum = 1, .fallback = "0.01",
    KNOB_AT (weight_scale) },
  { "visible-bias", "Visible biases from data", "", "Architecture",
    "First visible biases are the log-odds of the training data's mean, within ±4 (the "
    "mean itself for Gaussian units), rather than 0.",
    LT_KNOB_BOOLEAN, .maximum = 1, .fallback = "true", KNOB_AT (visible_bias) },
  { "hidden-bias", "First hidden bias", "", "Architecture",
    "Where hidden biases start: negative values make a sparse code.", LT_KNOB_REAL,
    .minimum = -20, .maximum = 20, .fallback = "0", KNOB_AT (hidden_bias) },

  /* ---- Positive phase ---- */
  { "mean-field-sweeps", "Mean-field sweeps", "", "Positive phase",
    "How often, at most, mean field goes through the hidden layers for each minibatch.",
    LT_KNOB_INTEGER, .live = TRUE, .log_scale = TRUE, .minimum = 1, .maximum = 1000,
    .fallback = "10", KNOB_AT (sweeps) },
  { "mean-field-tolerance", "Mean-field tolerance", "", "Positive phase",
    "Mean field stops when no unit's mean changes by more than this; 0 takes all "
    "sweeps.",
    LT_KNOB_REAL, .live = TRUE, .log_scale = TRUE, .minimum = 0, .maximum = 1,
    .fallback = "0.001", KNOB_AT (tolerance) },
  { "clamped-steps", "Clamped Gibbs steps", "", "Positive phase",
    "Gibbs steps with the data held, from where mean field settled, whose samples then "
    "stand for the data in the gradient; 0 takes mean field's means. Without "
    "pretraining a second layer needs them: means alone say nothing of how two layers' "
    "units vary together.",
    LT_KNOB_INTEGER, .live = TRUE, .minimum = 0, .maximum = 1000, .fallback = "0",
    KNOB_AT (clamped_steps) },
  { "binarise", "Binarise the data", "", "Positive phase",
    "Draw binary data anew for each minibatch, with the values from 0 to 1 as "
    "probabilities; otherwise these stand for the units themselves.",
    LT_KNOB_BOOLEAN, .live = TRUE, .maximum = 1, .fallback = "false",
    KNOB_AT (binarise) },

  /* ---- Negative phase ---- */
  { "chains", "Chains", "", "Negative phase",
    "How many persistent chains there are, whatever the batch size.", LT_KNOB_INTEGER,
    .log_scale = TRUE, .minimum = 1, .maximum = 10000, .fallback = "100",
    KNOB_AT (chains) },
  { "gibbs-steps", "Gibbs steps", "", "Negative phase",
    "How many times chains go through all layers for each update.", LT_KNOB_INTEGER,
    .live = TRUE, .log_scale = TRUE, .minimum = 1, .maximum = 1000, .fallback = "5",
    KNOB_AT (steps) },

  /* ---- Objective ---- */
  { "centring", "Centring", "", "Objective",
    "Subtract offsets from all layers' values, which keeps learning stable: running "
    "means of the data's side (centred), or what the biases alone come to (biases). "
    "With clamped-steps a machine then learns without pretraining.",
    LT_KNOB_CHOICE, .fallback = "none", .choices = centring_names, KNOB_AT (centring) },
  { "centring-rate", "Centring rate", "", "Objective",
    "How much of each minibatch's mean goes into the running means.", LT_KNOB_REAL,
    .live = TRUE, .log_scale = TRUE, .minimum = 0.0001, .maximum = 1,
    .fallback = "0.01", .when = "centring=centred", KNOB_AT (centring_rate) },
  { "weight-decay", "Weight decay", "", "Objective",
    "The weight λ of the penalty ½λΣW² on all weights; biases are left alone.",
    LT_KNOB_REAL, .live = TRUE, .log_scale = TRUE, .minimum = 0, .maximum = 10,
    .fallback = "0", KNOB_AT (decay) },
  { "max-norm", "Largest weight norm", "", "Objective",
    "A hidden unit's weights from the layer below are shortened to this norm after "
    "each step; 0 leaves them.",
    LT_KNOB_REAL, .live = TRUE, .minimum = 0, .maximum = 1000, .fallback = "0",
    KNOB_AT (max_norm) },

  /* ---- Sparsity ---- */
  { "sparsity", "Sparsity", "", "Sparsity",
    "How the mean activation of hidden units is drawn to the target: by its square "
    "distance or its KL divergence.",
    LT_KNOB_CHOICE, .live = TRUE, .fallback = "none", .choices = sparsity_names,
    KNOB_AT (sparsity) },
  { "sparsity-weight", "Sparsity weight", "", "Sparsity",
    "The weight of the sparsity penalty.", LT_KNOB_REAL, .live = TRUE,
    .log_scale = TRUE, .minimum = 0, .maximum = 1000, .fallback = "0.001",
    .when = "sparsity!=none", KNOB_AT (sparsity_weight) },
  { "sparsity-target", "Target activations ρ", "", "Sparsity",
    "The mean activation that units are drawn to, of each hidden layer; the last one "
    "holds for those that are left.",
    LT_KNOB_REALS, .live = TRUE, .minimum = 0.001, .maximum = 0.999,
    .fallback = "0.2 0.1", .when = "sparsity!=none", KNOB_AT (sparsity_target) },
};

static const LtTermInfo terms[LT_DBM_N_TERMS] = {
  [LT_DBM_RECONSTRUCTION] = { "reconstruction",
                              "−log p(v|h₁ = μ₁), not what is minimised" },
  [LT_DBM_DECAY] = { "weight decay", "½λ ΣW²" },
  [LT_DBM_SPARSITY] = { "sparsity", "λ Σⱼ (ρ − ρ̂ⱼ)², or λ Σⱼ KL(ρ‖ρ̂ⱼ)" },
  [LT_DBM_LABELS] = { "labels", "−log p(y|h_L = μ_L)" },
  [LT_DBM_FREE_ENERGY] = { "variational free energy", "E(v,μ) − H(μ)" },
  [LT_DBM_SWEEPS] = { "mean-field sweeps", "that the minibatch took", TRUE },
  [LT_DBM_CHANGE] = { "last change", "largest |Δμ| of the last sweep", TRUE },
};

const LtModelKind lt_dbm = {
  .name = "dbm",
  .title = "Deep Boltzmann machine",
  .summary = "Several hidden layers joined by undirected edges: each unit listens to "
             "the layers below and above, and inference settles by mean field.",
  .formula = "max E[−E(v,μ) + H(μ)] − log Z,  μₗ = σ(cₗ + μₗ₋₁Wₗ + Wₗ₊₁μₗ₊₁)",
  .references =
      "Salakhutdinov & Hinton 2009, Deep Boltzmann machines\n"
      "Salakhutdinov & Hinton 2012, An efficient learning procedure for deep Boltzmann "
      "machines\n"
      "Montavon & Müller 2012, Deep Boltzmann machines and the centering trick\n"
      "Melchior, Fischer & Wiskott 2016, How to center deep Boltzmann machines",
  .knobs = { knobs, G_N_ELEMENTS (knobs), sizeof (LtDbmSettings) },
  .terms = terms,
  .n_terms = LT_DBM_N_TERMS,
  .objective = lt_dbm_objective,
  .check = lt_dbm_check,
  .build = lt_dbm_build,
  .init = lt_dbm_init_params,
  .stack = lt_dbm_stack,
  .adopt = lt_dbm_adopt,
  .gradient = lt_dbm_gradient,
  .constrain = lt_dbm_constrain,
  .encode = lt_dbm_encode,
  .decode = lt_dbm_decode,
  .reconstruct = lt_dbm_reconstruct,
  .activations = lt_dbm_activations,
  .filters = lt_dbm_filters,
  .energy = lt_dbm_energy,
  .log_partition = lt_dbm_log_partition,
  .annealed = &lt_dbm_annealed,
  .gibbs = &lt_dbm_gibbs,
  .dreaming = &lt_dbm_dreaming,
  .settle = lt_dbm_settle_watched,
  .bound = lt_dbm_bound,
  .sample = lt_dbm_sample,
  .n_particles = lt_dbm_n_particles,
  .particles = lt_dbm_particles,
  .classify = lt_dbm_classify,
  .layer = lt_dbm_layer_info,
  .graph = lt_dbm_graph,
};

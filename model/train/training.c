/* The trainer's knobs. */
#include "train/training.h"

static const char *const optimiser_names[] = { "sgd",     "momentum", "nesterov",
                                               "rmsprop", "adam",     "adamw",
                                               "lbfgs",   NULL };

static const char *const schedule_names[] = { "constant", "step",    "exponential",
                                              "cosine",   "plateau", NULL };

/* clang-format off */
#define AT(field) .offset = G_STRUCT_OFFSET (LtTraining, field)

static const LtKnob knobs[] = {
  { .key = "epochs", .title = "Epochs", .unit = "", .group = "Training",
    .help = "How many times the training goes through all training examples.",
    .type = LT_KNOB_INTEGER, .live = TRUE, .log_scale = TRUE,
    .minimum = 1, .maximum = 100000, .fallback = "20", AT (epochs) },
  { .key = "batch-size", .title = "Batch size", .unit = "examples", .group = "Training",
    .help = "How many examples each step averages its gradient over.",
    .type = LT_KNOB_INTEGER, .live = TRUE, .log_scale = TRUE,
    .minimum = 1, .maximum = 100000, .fallback = "100",
    .when = "optimiser!=lbfgs", AT (batch_size) },
  { .key = "optimiser", .title = "Optimiser", .unit = "", .group = "Training",
    .help = "The rule that turns gradients into steps; L-BFGS uses the whole training set "
            "for each step.",
    .type = LT_KNOB_CHOICE, .choices = optimiser_names, .fallback = "adam",
    AT (optimiser) },
  { .key = "learning-rate", .title = "Learning rate", .unit = "", .group = "Training",
    .help = "The length of a step: too small is slow, too large diverges.",
    .type = LT_KNOB_REAL, .live = TRUE, .log_scale = TRUE,
    .minimum = 1e-6, .maximum = 100, .fallback = "0.001",
    .when = "optimiser!=lbfgs", AT (learning_rate) },
  { .key = "momentum", .title = "Momentum", .unit = "", .group = "Optimiser",
    .help = "The share of the last step that is carried into the next one.",
    .type = LT_KNOB_REAL, .live = TRUE, .minimum = 0, .maximum = 0.999,
    .fallback = "0.9", .when = "optimiser=momentum|nesterov", AT (momentum) },
  { .key = "momentum-epochs", .title = "Careful epochs", .unit = "epochs",
    .group = "Optimiser",
    .help = "For how many epochs the first momentum holds, while steps still point all "
            "over the place; 0 takes the full momentum from the start.",
    .type = LT_KNOB_INTEGER, .live = TRUE, .minimum = 0, .maximum = 10000,
    .fallback = "0", .when = "optimiser=momentum|nesterov", AT (momentum_epochs) },
  { .key = "first-momentum", .title = "First momentum", .unit = "", .group = "Optimiser",
    .help = "The momentum over the careful epochs.",
    .type = LT_KNOB_REAL, .live = TRUE, .minimum = 0, .maximum = 0.999,
    .fallback = "0.5", .when = "optimiser=momentum|nesterov&momentum-epochs!=0",
    AT (first_momentum) },
  { .key = "beta1", .title = "β₁", .unit = "", .group = "Optimiser",
    .help = "How slowly Adam's mean of the gradients forgets.",
    .type = LT_KNOB_REAL, .live = TRUE, .minimum = 0, .maximum = 0.9999,
    .fallback = "0.9", .when = "optimiser=adam|adamw", AT (beta1) },
  { .key = "beta2", .title = "β₂", .unit = "", .group = "Optimiser",
    .help = "How slowly Adam's mean of the squared gradients forgets.",
    .type = LT_KNOB_REAL, .live = TRUE, .minimum = 0, .maximum = 0.99999,
    .fallback = "0.999", .when = "optimiser=adam|adamw", AT (beta2) },
  { .key = "epsilon", .title = "ε", .unit = "", .group = "Optimiser",
    .help = "Added to the root of the squared gradients, so that nothing is divided by 0.",
    .type = LT_KNOB_REAL, .live = TRUE, .log_scale = TRUE,
    .minimum = 1e-12, .maximum = 1, .fallback = "1e-08",
    .when = "optimiser=rmsprop|adam|adamw", AT (epsilon) },
  { .key = "rms-decay", .title = "RMS decay", .unit = "", .group = "Optimiser",
    .help = "How slowly RMSProp's mean of the squared gradients forgets.",
    .type = LT_KNOB_REAL, .live = TRUE, .minimum = 0, .maximum = 0.9999,
    .fallback = "0.9", .when = "optimiser=rmsprop", AT (rms_decay) },
  { .key = "decoupled-decay", .title = "Decoupled weight decay", .unit = "",
    .group = "Optimiser",
    .help = "AdamW shrinks each weight by this times the learning rate at each step, "
            "outside the objective.",
    .type = LT_KNOB_REAL, .live = TRUE, .minimum = 0, .maximum = 10,
    .fallback = "0.01", .when = "optimiser=adamw", AT (decoupled_decay) },
  { .key = "lbfgs-memory", .title = "L-BFGS memory", .unit = "steps", .group = "Optimiser",
    .help = "How many past steps L-BFGS remembers the curvature of.",
    .type = LT_KNOB_INTEGER, .minimum = 1, .maximum = 100, .fallback = "10",
    .when = "optimiser=lbfgs", AT (lbfgs_memory) },
  { .key = "schedule", .title = "Schedule", .unit = "", .group = "Schedule",
    .help = "How the learning rate changes over the epochs.",
    .type = LT_KNOB_CHOICE, .live = TRUE, .choices = schedule_names,
    .fallback = "constant", .when = "optimiser!=lbfgs", AT (schedule) },
  { .key = "schedule-factor", .title = "Factor", .unit = "", .group = "Schedule",
    .help = "What the learning rate is multiplied with, each time.",
    .type = LT_KNOB_REAL, .live = TRUE, .minimum = 0.01, .maximum = 1, .fallback = "0.5",
    .when = "optimiser!=lbfgs&schedule=step|exponential|plateau", AT (schedule_factor) },
  { .key = "schedule-epochs", .title = "Every", .unit = "epochs", .group = "Schedule",
    .help = "After how many epochs the factor applies: for plateau, epochs without "
            "improvement.",
    .type = LT_KNOB_INTEGER, .live = TRUE, .log_scale = TRUE,
    .minimum = 1, .maximum = 10000, .fallback = "10",
    .when = "optimiser!=lbfgs&schedule=step|exponential|plateau", AT (schedule_epochs) },
  { .key = "clip", .title = "Clip gradient at", .unit = "", .group = "Optimiser",
    .help = "Longer gradients are shortened to this norm; 0 leaves them as they are.",
    .type = LT_KNOB_REAL, .live = TRUE, .minimum = 0, .maximum = 1e6, .fallback = "0",
    .when = "optimiser!=lbfgs", AT (clip) },
  { .key = "patience", .title = "Patience", .unit = "epochs", .group = "Schedule",
    .help = "Stop after this many epochs without a better reconstruction of the validation "
            "examples (of the training examples, where none are set aside); 0 never stops.",
    .type = LT_KNOB_INTEGER, .live = TRUE, .minimum = 0, .maximum = 10000,
    .fallback = "0", AT (patience) },
};
/* clang-format on */

const LtKnobTable lt_training_knobs = {
  .knobs = knobs,
  .n_knobs = G_N_ELEMENTS (knobs),
  .settings_size = sizeof (LtTraining),
};

/* How a model is trained: the trainer's own knobs. */
#pragma once

#include "core/knob.h"

G_BEGIN_DECLS

typedef enum {
  LT_SGD,
  LT_MOMENTUM,
  LT_NESTEROV,
  LT_RMSPROP,
  LT_ADAM,
  LT_ADAMW,
  LT_LBFGS,
} LtOptimiserKind;

typedef enum {
  LT_SCHEDULE_CONSTANT,
  LT_SCHEDULE_STEP,        /* × factor every `schedule_epochs` epochs */
  LT_SCHEDULE_EXPONENTIAL, /* the same, but smoothly */
  LT_SCHEDULE_COSINE,      /* to 0 at the last epoch */
  LT_SCHEDULE_PLATEAU, /* × factor after `schedule_epochs` epochs without improvement */
} LtSchedule;

typedef struct {
  int epochs;
  int batch_size;
  int optimiser; /* LtOptimiserKind */
  double learning_rate;
  double momentum, beta1, beta2, epsilon, rms_decay, decoupled_decay;
  double first_momentum; /* over the first momentum_epochs epochs */
  int momentum_epochs;   /* 0: momentum from the start */
  int lbfgs_memory;
  int schedule; /* LtSchedule */
  double schedule_factor;
  int schedule_epochs;
  double clip;  /* largest norm of the gradient; 0: none */
  int patience; /* epochs without a better validation loss before it stops; 0: never */
} LtTraining;

extern const LtKnobTable lt_training_knobs;

G_END_DECLS

/* Learning-rate schedules. Cosine: Loshchilov & Hutter 2017, "SGDR", eq. 5, one cycle
 * down to 0. */
#include "train/optimiser.h"

#include <math.h>

double
lt_schedule_rate (const LtTraining *training, double epoch)
{
  const double every = training->schedule_epochs;
  double part;

  switch ((LtSchedule) training->schedule) {
  case LT_SCHEDULE_STEP:
    return training->learning_rate *
           pow (training->schedule_factor, floor (epoch / every));
  case LT_SCHEDULE_EXPONENTIAL:
    return training->learning_rate * pow (training->schedule_factor, epoch / every);
  case LT_SCHEDULE_COSINE:
    part = CLAMP (epoch / training->epochs, 0, 1);
    return training->learning_rate * 0.5 * (1 + cos (G_PI * part));
  case LT_SCHEDULE_CONSTANT:
  case LT_SCHEDULE_PLATEAU:
  default:
    return training->learning_rate;
  }
}

double
lt_schedule_momentum (const LtTraining *training, double epoch)
{
  return epoch < training->momentum_epochs ? training->first_momentum
                                           : training->momentum;
}

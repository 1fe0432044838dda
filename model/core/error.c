/* The error domain of the model library. */
#include "core/error.h"

G_DEFINE_QUARK (lt - error - quark, lt_error)

/* The error domain of the model library.
 *
 * Every failure that a user can cause is one of these, with a message that is one
 * whole sentence: what went wrong, where, what was expected, what to do. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define LT_ERROR (lt_error_quark ())

typedef enum {
  LT_ERROR_FILE,        /* a file cannot be opened, read or written */
  LT_ERROR_FORMAT,      /* a file's content is not what its format demands */
  LT_ERROR_VALUE,       /* a setting is out of range or not of its type */
  LT_ERROR_UNKNOWN,     /* nothing has that name */
  LT_ERROR_UNSUPPORTED, /* what was asked for does not go together */
  LT_ERROR_MEMORY,      /* it would need more memory than there is */
  LT_ERROR_DIVERGED,    /* training left the finite numbers */
  LT_ERROR_CANCELLED,   /* somebody asked for it to stop */
} LtErrorCode;

GQuark lt_error_quark (void);

G_END_DECLS

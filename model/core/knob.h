/* Knobs: everything that a user can turn, each declared once.
 *
 * A family, a data source, the trainer and a view each have a table of knobs over a plain
 * settings struct (no pointers in it, so it is copied with memcpy). The knob panel,
 * `--set key=value`, the JSON of an experiment with its error messages and the reference
 * in the docs all come from the table. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define LT_LIST_MAX 16
#define LT_TEXT_MAX 256

/* A short list: layer sizes (whole numbers) or rates a layer. Written "1000 500 30". */
typedef struct {
  int n;
  double value[LT_LIST_MAX];
} LtList;

/* What stands at the knob's offset in the settings struct. */
typedef enum {
  LT_KNOB_REAL,    /* double */
  LT_KNOB_INTEGER, /* int */
  LT_KNOB_BOOLEAN, /* gboolean; written "true" or "false" */
  LT_KNOB_CHOICE,  /* int, an index into choices; written as the choice's name */
  LT_KNOB_SIZES,   /* LtList of whole numbers */
  LT_KNOB_REALS,   /* LtList */
  LT_KNOB_TEXT,    /* char[LT_TEXT_MAX] */
} LtKnobType;

typedef struct {
  const char *key; /* "learning-rate": lower case and hyphens, one meaning everywhere */
  const char *title; /* "Learning rate" */
  const char *unit;  /* "" when it has none */
  const char *group; /* the panel's heading: "Objective", "Noise", … */
  const char *help;  /* one sentence */
  LtKnobType type;
  gboolean live; /* takes effect at the next minibatch; otherwise it restarts the run */
  gboolean log_scale;         /* a slider moves over its logarithm */
  double minimum, maximum;    /* of each number; inclusive */
  const char *fallback;       /* the default, written as the user would */
  const char *const *choices; /* names, NULL-terminated; CHOICE only */
  const char
      *when; /* NULL, or the knob that makes this one matter: "optimiser=adam|adamw";
                     * several conditions, all needed, are separated by "&";
                     * "key!=value" is true for every other value */
  gsize offset;
} LtKnob;

typedef struct {
  const LtKnob *knobs;
  int n_knobs;
  gsize settings_size;
} LtKnobTable;

/* Sets every knob to its fallback. settings: settings_size bytes, padding zeroed. */
void lt_knobs_init (const LtKnobTable *table, gpointer settings);

/* NULL when there is none. */
const LtKnob *lt_knobs_find (const LtKnobTable *table, const char *key);

/* Whether the knob matters with these settings (its `when`). */
gboolean lt_knob_matters (const LtKnobTable *table,
                          const LtKnob *knob,
                          gconstpointer settings);

/* Reads text into settings. On failure (not of the type, out of range, no such choice)
 * settings are unchanged and the sentence names the knob, the text, and what is allowed. */
gboolean lt_knob_parse (const LtKnob *knob,
                        const char *text,
                        gpointer settings,
                        GError **error);

/* The value as lt_knob_parse reads it; numbers round-trip exactly. */
char *lt_knob_format (const LtKnob *knob,
                      gconstpointer settings) G_GNUC_WARN_UNUSED_RESULT;

/* REAL, INTEGER, BOOLEAN and CHOICE as a number. Setting clamps to the range. */
double lt_knob_get_number (const LtKnob *knob, gconstpointer settings);
void lt_knob_set_number (const LtKnob *knob, double value, gpointer settings);

/* "from 0 to 1", "one of sgd, momentum, …": what the knob takes, for messages and docs. */
char *lt_knob_describe_range (const LtKnob *knob) G_GNUC_WARN_UNUSED_RESULT;

/* The keys whose values differ, NULL-terminated; owned by the caller, strings borrowed. */
const LtKnob **lt_knobs_differences (const LtKnobTable *table,
                                     gconstpointer a,
                                     gconstpointer b) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS

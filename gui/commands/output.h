/* What commands print: figures for people and JSON for programs. */
#pragma once

#include "core/knob.h"

#include <json-glib/json-glib.h>

G_BEGIN_DECLS

/* Prints what was built as one line. */
void lt_print_json (JsonBuilder *builder);

/* A member of the object being built; null where the number is not finite. */
void lt_json_number (JsonBuilder *builder, const char *name, double value);
void lt_json_integer (JsonBuilder *builder, const char *name, gint64 value);
void lt_json_string (JsonBuilder *builder, const char *name, const char *value);

/* "1:05", "2:00:03"; "-" when it is not known. */
char *lt_format_duration (double seconds) G_GNUC_WARN_UNUSED_RESULT;

/* "12,345": a whole number with its thousands marked. */
char *lt_format_count (double count) G_GNUC_WARN_UNUSED_RESULT;

/* Two lines for each knob. settings hold the defaults; NULL: the table's fallbacks. */
void lt_print_knobs (const LtKnobTable *table, gconstpointer settings);

/* The same as a table in Markdown. */
void lt_print_knobs_markdown (const LtKnobTable *table, gconstpointer settings);

G_END_DECLS

/* Experiments to JSON: all knobs, in the order of their tables. */
#include "train/experiment.h"

static void
write_string (GString *json, const char *string)
{
  g_autofree char *valid = g_utf8_make_valid (string, -1);

  g_string_append_c (json, '"');
  for (const char *c = valid; *c != '\0'; c++) {
    if (*c == '"' || *c == '\\')
      g_string_append_printf (json, "\\%c", *c);
    else if (*c == '\n')
      g_string_append (json, "\\n");
    else if ((guchar) *c < 0x20 || *c == 0x7f)
      g_string_append_printf (json, "\\u%04x", (guint) (guchar) *c);
    else
      g_string_append_c (json, *c);
  }
  g_string_append_c (json, '"');
}

static void
write_knob (GString *json, const LtKnob *knob, gconstpointer settings)
{
  g_autofree char *text = lt_knob_format (knob, settings);

  if (knob->type == LT_KNOB_CHOICE || knob->type == LT_KNOB_TEXT) {
    write_string (json, text);
  } else if (knob->type == LT_KNOB_SIZES || knob->type == LT_KNOB_REALS) {
    g_auto (GStrv) items = g_strsplit (text, " ", -1);
    g_autofree char *list = g_strjoinv (", ", items);

    g_string_append_printf (json, "[%s]", list);
  } else {
    g_string_append (json, text);
  }
}

/* One a line, each after a comma unless nothing stands before it. */
static void
write_knobs (GString *json,
             const LtKnobTable *table,
             gconstpointer settings,
             gboolean first)
{
  for (int i = 0; i < table->n_knobs; i++) {
    g_string_append_printf (json, "%s\n    \"%s\": ", first && i == 0 ? "" : ",",
                            table->knobs[i].key);
    write_knob (json, &table->knobs[i], settings);
  }
}

/* ",\n    "key": "string"", nothing for NULL. */
static void
write_member (GString *json, const char *key, const char *string)
{
  if (string == NULL)
    return;
  g_string_append_printf (json, ",\n    \"%s\": ", key);
  write_string (json, string);
}

static void
write_lesson (GString *json, const LtLesson *lesson)
{
  if (lesson->name == NULL && lesson->summary == NULL && lesson->text == NULL &&
      lesson->views == NULL && lesson->twin == NULL && lesson->order == 0)
    return;
  g_string_append_printf (json, ",\n  \"lesson\": {\n    \"order\": %d", lesson->order);
  write_member (json, "name", lesson->name);
  write_member (json, "summary", lesson->summary);
  write_member (json, "text", lesson->text);
  write_member (json, "twin", lesson->twin);
  if (lesson->views != NULL) {
    g_string_append (json, ",\n    \"views\": [");
    for (int i = 0; lesson->views[i] != NULL; i++) {
      g_string_append (json, i > 0 ? ", " : "");
      write_string (json, lesson->views[i]);
    }
    g_string_append_c (json, ']');
  }
  g_string_append (json, "\n  }");
}

static void
write_model (GString *json,
             const LtModelKind *kind,
             gconstpointer settings,
             const LtTraining *training)
{
  g_string_append (json, "\"model\": {\n    \"kind\": ");
  write_string (json, kind->name);
  write_knobs (json, &kind->knobs, settings, FALSE);
  g_string_append (json, "\n  },\n  \"training\": {");
  write_knobs (json, &lt_training_knobs, training, TRUE);
  g_string_append (json, "\n  }");
}

static void
write_phases (GString *json, const LtExperiment *self)
{
  for (int i = 0; i < self->n_phases; i++) {
    const LtPhase *phase = &self->phases[i];
    gboolean present = i == self->phase;

    g_string_append (json, i > 0 ? ", {\n  " : ",\n  \"phases\": [{\n  ");
    if (phase->title != NULL) {
      g_string_append (json, "\"title\": ");
      write_string (json, phase->title);
      g_string_append (json, ",\n  ");
    }
    write_model (json, present ? self->kind : phase->kind,
                 present ? self->settings : phase->settings,
                 present ? &self->training : &phase->training);
    g_string_append (json, i + 1 < self->n_phases ? "\n  }" : "\n  }]");
  }
}

char *
lt_experiment_to_json (const LtExperiment *self)
{
  GString *json = g_string_new (NULL);
  const LtDataSpec *data = self->data;

  g_string_append_printf (json, "{\n  \"format\": %d", LT_EXPERIMENT_FORMAT);
  if (self->lesson.title != NULL) {
    g_string_append (json, ",\n  \"title\": ");
    write_string (json, self->lesson.title);
  }
  g_string_append_printf (
      json, ",\n  \"data\": {\n    \"%s\": ", data->path != NULL ? "path" : "source");
  write_string (json, lt_data_spec_name (data));
  write_knobs (json, &data->source->knobs, data->settings, FALSE);
  write_knobs (json, &lt_preparation_knobs, &data->preparation, FALSE);
  g_string_append (json, "\n  },\n  ");
  write_model (json, self->kind, self->settings, &self->training);
  write_phases (json, self);
  if (self->from != NULL) {
    g_string_append (json, ",\n  \"from\": ");
    write_string (json, self->from);
  }
  g_string_append_printf (json, ",\n  \"seed\": %" G_GUINT64_FORMAT, self->seed);
  write_lesson (json, &self->lesson);
  g_string_append (json, "\n}\n");
  return g_string_free (json, FALSE);
}

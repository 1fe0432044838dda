/* Experiments from JSON. The format is described in resources/lessons/README.md. */
#include "train/experiment.h"

#include "core/error.h"
#include "core/nearest.h"

#include <json-glib/json-glib.h>
#include <string.h>

#define LARGEST_SEED 9007199254740992.0 /* 2⁵³: exact as a number in JSON */
#define MAX_VIEWS    4

typedef struct {
  const char *origin; /* the file's name, for messages */
  LtExperiment *experiment;
  JsonObject *root;
} Reader;

/* A value as it would stand in the file, shortened for a message. */
static char *
quote (JsonNode *node)
{
  g_autofree char *text = json_to_string (node, FALSE);
  const char *end;

  if (g_utf8_strlen (text, -1) <= 60)
    return g_steal_pointer (&text);
  end = g_utf8_offset_to_pointer (text, 57);
  return g_strdup_printf ("%.*s…", (int) (end - text), text);
}

static gboolean
refuse_value (const Reader *self,
              const char *part,
              const char *key,
              JsonNode *node,
              GError **error,
              const char *expected)
{
  g_autofree char *value = quote (node);

  g_set_error (error, LT_ERROR, LT_ERROR_VALUE,
               "In “%s”, “%s” of %s is %s: it takes %s.", self->origin, key, part,
               value, expected);
  return FALSE;
}

/* A key that is not among `names` (NULL-terminated). */
static gboolean
refuse_key (const Reader *self,
            const char *part,
            const char *key,
            const char *const *names,
            GError **error)
{
  const char *nearest = lt_nearest_name (key, names);
  g_autofree char *all = g_strjoinv (", ", (char **) names);

  if (nearest != NULL)
    g_set_error (error, LT_ERROR, LT_ERROR_UNKNOWN,
                 "In “%s”, %s has no “%s”; did you mean “%s”?", self->origin, part, key,
                 nearest);
  else
    g_set_error (error, LT_ERROR, LT_ERROR_UNKNOWN,
                 "In “%s”, %s has no “%s”; it has %s.", self->origin, part, key, all);
  return FALSE;
}

static gboolean
is_number (JsonNode *node)
{
  return JSON_NODE_HOLDS_VALUE (node) &&
         (json_node_get_value_type (node) == G_TYPE_INT64 ||
          json_node_get_value_type (node) == G_TYPE_DOUBLE);
}

static char *
number_text (JsonNode *node)
{
  char number[G_ASCII_DTOSTR_BUF_SIZE];

  return g_strdup (g_ascii_dtostr (number, sizeof number, json_node_get_double (node)));
}

/* "1000 500 30" from [1000, 500, 30]; NULL when something else than a number is in it. */
static char *
list_text (JsonNode *node)
{
  JsonArray *array = json_node_get_array (node);
  g_autoptr (GString) text = g_string_new (NULL);

  for (guint i = 0; i < json_array_get_length (array); i++) {
    JsonNode *item = json_array_get_element (array, i);
    g_autofree char *number = is_number (item) ? number_text (item) : NULL;

    if (number == NULL)
      return NULL;
    g_string_append_printf (text, "%s%s", i > 0 ? " " : "", number);
  }
  return g_string_free (g_steal_pointer (&text), FALSE);
}

/* The value as lt_knob_parse reads it; NULL when it is not of the knob's type. */
static char *
knob_text (const LtKnob *knob, JsonNode *node)
{
  GType type =
      JSON_NODE_HOLDS_VALUE (node) ? json_node_get_value_type (node) : G_TYPE_INVALID;

  switch (knob->type) {
  case LT_KNOB_REAL:
  case LT_KNOB_INTEGER:
    return is_number (node) ? number_text (node) : NULL;
  case LT_KNOB_BOOLEAN:
    if (type != G_TYPE_BOOLEAN)
      return NULL;
    return g_strdup (json_node_get_boolean (node) ? "true" : "false");
  case LT_KNOB_CHOICE:
  case LT_KNOB_TEXT:
    return type == G_TYPE_STRING ? json_node_dup_string (node) : NULL;
  case LT_KNOB_SIZES:
  case LT_KNOB_REALS:
    if (is_number (node))
      return number_text (node); /* a list of one */
    return JSON_NODE_HOLDS_ARRAY (node) ? list_text (node) : NULL;
  default:
    g_assert_not_reached ();
  }
}

static gboolean
read_knob (const Reader *self,
           const char *part,
           const LtKnob *knob,
           gpointer settings,
           GError **error)
{
  JsonNode *node = json_object_get_member (
      json_object_get_object_member (self->root, part), knob->key);
  g_autofree char *text = knob_text (knob, node);
  g_autofree char *range = NULL;

  if (text != NULL && lt_knob_parse (knob, text, settings, NULL))
    return TRUE;
  range = lt_knob_describe_range (knob);
  return refuse_value (self, part, knob->key, node, error, range);
}

/* Up to two tables, their settings, and the keys of a part that are no knobs. */
typedef struct {
  const char *name;
  const char *const *others;
  const LtKnobTable *tables[2];
  gpointer settings[2];
} Part;

static gboolean
refuse_part_key (const Reader *self, const Part *part, const char *key, GError **error)
{
  g_autoptr (GPtrArray) names = g_ptr_array_new ();

  for (int i = 0; part->others[i] != NULL; i++)
    g_ptr_array_add (names, (gpointer) part->others[i]);
  for (int i = 0; i < 2 && part->tables[i] != NULL; i++) {
    for (int k = 0; k < part->tables[i]->n_knobs; k++)
      g_ptr_array_add (names, (gpointer) part->tables[i]->knobs[k].key);
  }
  g_ptr_array_add (names, NULL);
  return refuse_key (self, part->name, key, (const char *const *) names->pdata, error);
}

/* Every member of a part: a knob, or one of the other keys, which are read elsewhere. */
static gboolean
read_part (const Reader *self, const Part *part, GError **error)
{
  g_autoptr (GList) keys = NULL;

  if (!json_object_has_member (self->root, part->name))
    return TRUE;
  keys =
      json_object_get_members (json_object_get_object_member (self->root, part->name));
  for (GList *l = keys; l != NULL; l = l->next) {
    const LtKnob *knob = NULL;
    int i;

    if (g_strv_contains (part->others, l->data))
      continue;
    for (i = 0; i < 2 && part->tables[i] != NULL; i++) {
      knob = lt_knobs_find (part->tables[i], l->data);
      if (knob != NULL)
        break;
    }
    if (knob == NULL)
      return refuse_part_key (self, part, l->data, error);
    if (!read_knob (self, part->name, knob, part->settings[i], error))
      return FALSE;
  }
  return TRUE;
}

/* A member that is a string, NULL when it is absent or null. FALSE when something else. */
static gboolean
read_string (const Reader *self,
             const char *part,
             const char *key,
             char **string,
             GError **error)
{
  JsonObject *object = self->root;
  JsonNode *node;

  if (part != NULL && !json_object_has_member (self->root, part))
    return TRUE;
  if (part != NULL)
    object = json_object_get_object_member (self->root, part);
  node = json_object_get_member (object, key);
  if (node == NULL || JSON_NODE_HOLDS_NULL (node))
    return TRUE;
  if (!JSON_NODE_HOLDS_VALUE (node) || json_node_get_value_type (node) != G_TYPE_STRING)
    return refuse_value (self, part != NULL ? part : "the experiment", key, node, error,
                         "a text in quotation marks");
  g_free (*string);
  *string = json_node_dup_string (node);
  return TRUE;
}

/* A file that need not be there: a run can be looked at without its data. Relative to
 * the folder of the experiment's file. */
static LtDataSpec *
file_spec_new (const Reader *self, const char *path)
{
  LtDataSpec *spec = g_new0 (LtDataSpec, 1);
  g_autofree char *folder = g_path_get_dirname (self->origin);
  g_autofree char *base = g_canonicalize_filename (folder, NULL);

  spec->source = &lt_file_source;
  spec->path = g_canonicalize_filename (path, base);
  if (lt_file_source.knobs.settings_size > 0) {
    spec->settings = g_malloc0 (lt_file_source.knobs.settings_size);
    lt_knobs_init (&lt_file_source.knobs, spec->settings);
  }
  lt_knobs_init (&lt_preparation_knobs, &spec->preparation);
  return spec;
}

static gboolean
read_data (Reader *self, GError **error)
{
  static const char *const others[] = { "source", "path", NULL };
  g_autofree char *source = NULL, *path = NULL;
  LtExperiment *experiment = self->experiment;
  Part part = { .name = "data", .others = others };
  LtDataSpec *data;

  if (!read_string (self, "data", "source", &source, error) ||
      !read_string (self, "data", "path", &path, error))
    return FALSE;
  if (source != NULL && path != NULL) {
    g_set_error (error, LT_ERROR, LT_ERROR_VALUE,
                 "In “%s”, data has both a “source” and a “path”; keep one of them.",
                 self->origin);
    return FALSE;
  }
  if (source != NULL || path != NULL) {
    data = path != NULL ? file_spec_new (self, path) : lt_data_spec_new (source, error);
    if (data == NULL) {
      g_prefix_error (error, "In “%s”, data: ", self->origin);
      return FALSE;
    }
    lt_data_spec_free (experiment->data);
    experiment->data = data;
  }
  part.tables[0] = &experiment->data->source->knobs;
  part.settings[0] = experiment->data->settings;
  part.tables[1] = &lt_preparation_knobs;
  part.settings[1] = &experiment->data->preparation;
  return read_part (self, &part, error);
}

static gboolean
read_model (Reader *self, GError **error)
{
  static const char *const others[] = { "kind", NULL };
  g_autofree char *name = NULL;
  LtExperiment *experiment = self->experiment;
  Part part = { .name = "model", .others = others };
  const LtModelKind *kind;

  if (!read_string (self, "model", "kind", &name, error))
    return FALSE;
  kind = name != NULL ? lt_model_kind_find (name, error) : experiment->kind;
  if (kind == NULL) {
    g_prefix_error (error, "In “%s”, model: ", self->origin);
    return FALSE;
  }
  if (kind != experiment->kind) {
    g_free (experiment->settings);
    experiment->kind = kind;
    experiment->settings = g_malloc0 (kind->knobs.settings_size);
    lt_model_kind_init_settings (kind, experiment->settings);
  }
  part.tables[0] = &kind->knobs;
  part.settings[0] = experiment->settings;
  return read_part (self, &part, error);
}

static gboolean
read_training (Reader *self, GError **error)
{
  static const char *const others[] = { NULL };
  Part part = { .name = "training",
                .others = others,
                .tables = { &lt_training_knobs },
                .settings = { &self->experiment->training } };

  return read_part (self, &part, error);
}

/* A whole number from 0 to `largest`; *value is kept when there is no such key. */
static gboolean
read_whole (const Reader *self,
            JsonObject *object,
            const char *key,
            double largest,
            gint64 *value,
            GError **error)
{
  JsonNode *node = json_object_get_member (object, key);
  g_autofree char *expected = NULL;

  if (node == NULL)
    return TRUE;
  if (JSON_NODE_HOLDS_VALUE (node) && json_node_get_value_type (node) == G_TYPE_INT64 &&
      json_node_get_int (node) >= 0 && (double) json_node_get_int (node) <= largest) {
    *value = json_node_get_int (node);
    return TRUE;
  }
  expected = g_strdup_printf ("a whole number from 0 to %.0f", largest);
  return refuse_value (self, object == self->root ? "the experiment" : "lesson", key,
                       node, error, expected);
}

static gboolean
read_views (Reader *self, JsonObject *lesson, GError **error)
{
  JsonNode *node = json_object_get_member (lesson, "views");
  g_autoptr (GStrvBuilder) views = g_strv_builder_new ();
  gboolean good = node != NULL && JSON_NODE_HOLDS_ARRAY (node);
  guint n = good ? json_array_get_length (json_node_get_array (node)) : 0;

  if (node == NULL || JSON_NODE_HOLDS_NULL (node))
    return TRUE;
  good = good && n <= MAX_VIEWS;
  for (guint i = 0; good && i < n; i++) {
    JsonNode *view = json_array_get_element (json_node_get_array (node), i);

    good = JSON_NODE_HOLDS_VALUE (view) &&
           json_node_get_value_type (view) == G_TYPE_STRING;
    if (good)
      g_strv_builder_add (views, json_node_get_string (view));
  }
  if (!good)
    return refuse_value (self, "lesson", "views", node, error,
                         "a list of up to 4 view names");
  self->experiment->lesson.views = g_strv_builder_end (views);
  return TRUE;
}

static gboolean
read_lesson (Reader *self, GError **error)
{
  static const char *const keys[] = { "order", "name", "summary", "text",
                                      "views", "twin", NULL };
  LtLesson *lesson = &self->experiment->lesson;
  g_autoptr (GList) members = NULL;
  JsonObject *object;
  gint64 order = 0;

  if (!json_object_has_member (self->root, "lesson"))
    return TRUE;
  object = json_object_get_object_member (self->root, "lesson");
  members = json_object_get_members (object);
  for (GList *l = members; l != NULL; l = l->next) {
    if (!g_strv_contains (keys, l->data))
      return refuse_key (self, "lesson", l->data, keys, error);
  }
  if (!read_string (self, "lesson", "name", &lesson->name, error) ||
      !read_string (self, "lesson", "summary", &lesson->summary, error) ||
      !read_string (self, "lesson", "text", &lesson->text, error) ||
      !read_string (self, "lesson", "twin", &lesson->twin, error) ||
      !read_whole (self, object, "order", 1e6, &order, error))
    return FALSE;
  lesson->order = (int) order;
  return read_views (self, object, error);
}

/* ---- Phases ------------------------------------------------------------------------------ */

/* One phase: the experiment, with what the object says in place of it. */
static gboolean
read_phase (Reader *self, LtPhase *phase, GError **error)
{
  static const char *const keys[] = { "title", "model", "training", NULL };
  g_autoptr (GList) members = json_object_get_members (self->root);
  LtExperiment *experiment = self->experiment;

  for (GList *l = members; l != NULL; l = l->next) {
    JsonNode *node = json_object_get_member (self->root, l->data);

    if (!g_strv_contains (keys, l->data))
      return refuse_key (self, "the phase", l->data, keys, error);
    if (strcmp (l->data, "title") != 0 && !JSON_NODE_HOLDS_OBJECT (node))
      return refuse_value (self, "the phase", l->data, node, error,
                           "an object in braces");
  }
  if (!read_string (self, NULL, "title", &phase->title, error) ||
      !read_model (self, error) || !read_training (self, error))
    return FALSE;
  phase->kind = experiment->kind;
  phase->settings =
      g_memdup2 (experiment->settings, experiment->kind->knobs.settings_size);
  phase->training = experiment->training;
  return TRUE;
}

/* The next one, as a change of `plain`; its number is in the messages. */
static gboolean
read_numbered_phase (const Reader *self,
                     const LtExperiment *plain,
                     JsonNode *node,
                     GError **error)
{
  LtExperiment *experiment = self->experiment;
  g_autoptr (LtExperiment) changed = lt_experiment_dup (plain);
  g_autofree char *origin =
      g_strdup_printf ("%s, phase %d", self->origin, experiment->n_phases + 1);
  Reader reader = { .origin = origin, .experiment = changed };
  LtPhase phase = { 0 };

  if (!JSON_NODE_HOLDS_OBJECT (node))
    return refuse_value (self, "the experiment", "phases", node, error,
                         "a list of objects in braces");
  reader.root = json_node_get_object (node);
  if (!read_phase (&reader, &phase, error)) {
    g_free (phase.title);
    return FALSE;
  }
  lt_experiment_add_phase (experiment, &phase);
  return TRUE;
}

static gboolean
read_phases (Reader *self, GError **error)
{
  JsonNode *node = json_object_get_member (self->root, "phases");
  g_autoptr (LtExperiment) base = lt_experiment_dup (self->experiment);
  g_autofree char *expected = NULL;
  JsonArray *list;
  guint n;

  if (node == NULL)
    return TRUE;
  expected = g_strdup_printf ("a list of 1 to %d phases", LT_MAX_PHASES);
  if (!JSON_NODE_HOLDS_ARRAY (node))
    return refuse_value (self, "the experiment", "phases", node, error, expected);
  list = json_node_get_array (node);
  n = json_array_get_length (list);
  if (n == 0 || n > LT_MAX_PHASES)
    return refuse_value (self, "the experiment", "phases", node, error, expected);
  for (guint i = 0; i < n; i++) {
    if (!read_numbered_phase (self, base, json_array_get_element (list, i), error))
      return FALSE;
  }
  return TRUE;
}

/* The format's number first: a newer file may mean other things by the same keys. */
static gboolean
check_format (const Reader *self, GError **error)
{
  JsonNode *node = json_object_get_member (self->root, "format");

  if (node != NULL && JSON_NODE_HOLDS_VALUE (node) &&
      json_node_get_value_type (node) == G_TYPE_INT64) {
    gint64 format = json_node_get_int (node);

    if (format == LT_EXPERIMENT_FORMAT)
      return TRUE;
    if (format > LT_EXPERIMENT_FORMAT) {
      g_set_error (error, LT_ERROR, LT_ERROR_FORMAT,
                   "“%s” has format %" G_GINT64_FORMAT ", from a newer version of "
                   "Lantern; this one reads format %d.",
                   self->origin, format, LT_EXPERIMENT_FORMAT);
      return FALSE;
    }
  }
  g_set_error (error, LT_ERROR, LT_ERROR_FORMAT,
               "“%s” is no experiment: it should say “\"format\": %d”.", self->origin,
               LT_EXPERIMENT_FORMAT);
  return FALSE;
}

static gboolean
check_keys (const Reader *self, GError **error)
{
  static const char *const parts[] = { "data", "model", "training", "lesson", NULL };
  static const char *const keys[] = { "format", "title", "data", "model",  "training",
                                      "phases", "from",  "seed", "lesson", NULL };
  g_autoptr (GList) members = json_object_get_members (self->root);

  for (GList *l = members; l != NULL; l = l->next) {
    JsonNode *node = json_object_get_member (self->root, l->data);

    if (!g_strv_contains (keys, l->data))
      return refuse_key (self, "the experiment", l->data, keys, error);
    if (g_strv_contains (parts, l->data) && !JSON_NODE_HOLDS_OBJECT (node))
      return refuse_value (self, "the experiment", l->data, node, error,
                           "an object in braces");
  }
  return TRUE;
}

static gboolean
read_all (Reader *self, GError **error)
{
  LtExperiment *experiment = self->experiment;
  gint64 seed = (gint64) experiment->seed;

  if (!check_format (self, error) || !check_keys (self, error) ||
      !read_string (self, NULL, "title", &experiment->lesson.title, error) ||
      !read_data (self, error) || !read_model (self, error) ||
      !read_training (self, error) ||
      !read_string (self, NULL, "from", &experiment->from, error) ||
      !read_phases (self, error) ||
      !read_whole (self, self->root, "seed", LARGEST_SEED, &seed, error) ||
      !read_lesson (self, error))
    return FALSE;
  experiment->seed = (guint64) seed;
  return TRUE;
}

LtExperiment *
lt_experiment_from_json (const char *json,
                         gssize length,
                         const char *origin,
                         GError **error)
{
  g_autoptr (JsonParser) parser = json_parser_new ();
  g_autoptr (LtExperiment) experiment = NULL;
  g_autoptr (GError) reason = NULL;
  Reader reader = { .origin = origin };
  JsonNode *root;

  if (length < 0)
    length = (gssize) strlen (json);
  if (!g_utf8_validate (json, length, NULL)) {
    g_set_error (error, LT_ERROR, LT_ERROR_FORMAT,
                 "“%s” is not a text in UTF-8, so it is no experiment.", origin);
    return NULL;
  }
  if (!json_parser_load_from_data (parser, json, length, &reason)) {
    g_set_error (error, LT_ERROR, LT_ERROR_FORMAT, "“%s” is not valid JSON: %s.",
                 origin, reason->message);
    return NULL;
  }
  root = json_parser_get_root (parser);
  if (root == NULL || !JSON_NODE_HOLDS_OBJECT (root)) {
    g_set_error (error, LT_ERROR, LT_ERROR_FORMAT,
                 "“%s” is no experiment: it should be one JSON object in braces.",
                 origin);
    return NULL;
  }
  reader.root = json_node_get_object (root);
  reader.experiment = experiment = lt_experiment_new ();
  if (!read_all (&reader, error))
    return NULL;
  return g_steal_pointer (&experiment);
}

/* Experiments: making, changing and comparing them. */
#include "train/experiment.h"

#include "core/error.h"
#include "core/nearest.h"

#include <string.h>

#define LARGEST_SEED (G_GUINT64_CONSTANT (1) << 53) /* exact as a number in JSON */

LtExperiment *
lt_experiment_new (void)
{
  LtExperiment *self = g_new0 (LtExperiment, 1);

  self->data = lt_data_spec_new ("mnist", NULL);
  g_assert (self->data != NULL);
  self->kind = lt_model_kinds[0];
  self->settings = g_malloc0 (self->kind->knobs.settings_size);
  lt_model_kind_init_settings (self->kind, self->settings);
  lt_knobs_init (&lt_training_knobs, &self->training);
  self->seed = 1;
  return self;
}

static void
copy_phases (const LtExperiment *self, LtExperiment *copy)
{
  copy->n_phases = self->n_phases;
  copy->phase = self->phase;
  copy->phases = g_memdup2 (self->phases, (gsize) self->n_phases * sizeof (LtPhase));
  for (int i = 0; i < self->n_phases; i++) {
    LtPhase *phase = &copy->phases[i];

    phase->title = g_strdup (phase->title);
    phase->settings = g_memdup2 (phase->settings, phase->kind->knobs.settings_size);
  }
}

static void
clear_phases (LtExperiment *self)
{
  for (int i = 0; i < self->n_phases; i++) {
    g_free (self->phases[i].title);
    g_free (self->phases[i].settings);
  }
  g_clear_pointer (&self->phases, g_free);
  self->n_phases = self->phase = 0;
}

LtExperiment *
lt_experiment_dup (const LtExperiment *self)
{
  LtExperiment *copy = g_new0 (LtExperiment, 1);

  copy->data = lt_data_spec_dup (self->data);
  copy->kind = self->kind;
  copy->settings = g_memdup2 (self->settings, self->kind->knobs.settings_size);
  copy->training = self->training;
  copy->seed = self->seed;
  copy->from = g_strdup (self->from);
  copy_phases (self, copy);
  copy->lesson.name = g_strdup (self->lesson.name);
  copy->lesson.title = g_strdup (self->lesson.title);
  copy->lesson.summary = g_strdup (self->lesson.summary);
  copy->lesson.text = g_strdup (self->lesson.text);
  copy->lesson.views = g_strdupv (self->lesson.views);
  copy->lesson.twin = g_strdup (self->lesson.twin);
  copy->lesson.order = self->lesson.order;
  return copy;
}

void
lt_experiment_free (LtExperiment *self)
{
  lt_data_spec_free (self->data);
  g_free (self->settings);
  g_free (self->from);
  clear_phases (self);
  g_free (self->lesson.name);
  g_free (self->lesson.title);
  g_free (self->lesson.summary);
  g_free (self->lesson.text);
  g_strfreev (self->lesson.views);
  g_free (self->lesson.twin);
  g_free (self);
}

/* ---- Finding knobs ----------------------------------------------------------------------- */

/* One of the tables that an experiment's knobs come from. */
typedef struct {
  const char *part; /* what stands before the dot */
  const LtKnobTable *table;
  gpointer settings;
} Part;

#define N_PARTS 4

static void
list_parts (LtExperiment *self, Part parts[N_PARTS])
{
  parts[0] = (Part){ "model", &self->kind->knobs, self->settings };
  parts[1] = (Part){ "training", &lt_training_knobs, &self->training };
  parts[2] = (Part){ "data", &self->data->source->knobs, self->data->settings };
  parts[3] = (Part){ "data", &lt_preparation_knobs, &self->data->preparation };
}

const LtKnob *
lt_experiment_find_knob (LtExperiment *self,
                         const char *key,
                         const LtKnobTable **table,
                         gpointer *settings)
{
  const char *dot = strchr (key, '.');
  Part parts[N_PARTS];

  list_parts (self, parts);
  for (int i = 0; i < N_PARTS; i++) {
    const LtKnob *knob;

    if (dot != NULL && (strlen (parts[i].part) != (gsize) (dot - key) ||
                        !g_str_has_prefix (key, parts[i].part)))
      continue;
    knob = lt_knobs_find (parts[i].table, dot != NULL ? dot + 1 : key);
    if (knob == NULL)
      continue;
    if (table != NULL)
      *table = parts[i].table;
    if (settings != NULL)
      *settings = parts[i].settings;
    return knob;
  }
  return NULL;
}

static gboolean
refuse_key (LtExperiment *self, const char *key, GError **error)
{
  g_autoptr (GPtrArray) names = g_ptr_array_new ();
  const char *nearest;
  Part parts[N_PARTS];

  list_parts (self, parts);
  for (int i = 0; i < N_PARTS; i++) {
    for (int k = 0; k < parts[i].table->n_knobs; k++)
      g_ptr_array_add (names, (gpointer) parts[i].table->knobs[k].key);
  }
  g_ptr_array_add (names, (gpointer) "model");
  g_ptr_array_add (names, (gpointer) "data");
  g_ptr_array_add (names, (gpointer) "seed");
  g_ptr_array_add (names, NULL);
  nearest = lt_nearest_name (key, (const char *const *) names->pdata);
  if (nearest != NULL)
    g_set_error (error, LT_ERROR, LT_ERROR_UNKNOWN,
                 "There is no knob called “%s” here; did you mean “%s”?", key, nearest);
  else
    g_set_error (
        error, LT_ERROR, LT_ERROR_UNKNOWN,
        "There is no knob called “%s” here; “lantern list knobs %s” lists those "
        "that there are.",
        key, self->kind->name);
  return FALSE;
}

/* ---- Setting --------------------------------------------------------------------------- */

static gboolean
set_seed (LtExperiment *self, const char *text, GError **error)
{
  guint64 seed;

  if (!g_ascii_string_to_unsigned (text, 10, 0, LARGEST_SEED, &seed, NULL)) {
    g_set_error (error, LT_ERROR, LT_ERROR_VALUE,
                 "“%s” is not a seed: it takes a whole number from 0 to "
                 "%" G_GUINT64_FORMAT ".",
                 text, LARGEST_SEED);
    return FALSE;
  }
  self->seed = seed;
  return TRUE;
}

static gboolean
set_kind_by_name (LtExperiment *self, const char *name, GError **error)
{
  const LtModelKind *kind = lt_model_kind_find (name, error);

  if (kind != NULL)
    lt_experiment_set_kind (self, kind);
  return kind != NULL;
}

static gboolean
set_data_by_name (LtExperiment *self, const char *name, GError **error)
{
  LtDataSpec *data = lt_data_spec_new (name, error);

  if (data != NULL)
    lt_experiment_set_data (self, data);
  return data != NULL;
}

gboolean
lt_experiment_turn (LtExperiment *self, const char *assignment, GError **error)
{
  g_auto (GStrv) halves = g_strsplit (assignment, "=", 2);
  const char *key, *value;
  const LtKnob *knob;
  gpointer settings;

  if (halves[0] == NULL || halves[1] == NULL) {
    g_set_error (
        error, LT_ERROR, LT_ERROR_VALUE,
        "“%s” sets nothing: write a knob's key, “=” and its value, for instance "
        "“learning-rate=0.01”.",
        assignment);
    return FALSE;
  }
  key = g_strstrip (halves[0]);
  value = g_strstrip (halves[1]);
  if (strcmp (key, "model") == 0) {
    if (!set_kind_by_name (self, value, error))
      return FALSE;
    clear_phases (self);
    return TRUE;
  }
  if (strcmp (key, "data") == 0)
    return set_data_by_name (self, value, error);
  if (strcmp (key, "seed") == 0)
    return set_seed (self, value, error);
  knob = lt_experiment_find_knob (self, key, NULL, &settings);
  if (knob == NULL)
    return refuse_key (self, key, error);
  return lt_knob_parse (knob, value, settings, error);
}

/* ---- Phases ------------------------------------------------------------------------------ */

static gboolean
refuse_phase (const LtExperiment *self, const char *assignment, GError **error)
{
  if (self->n_phases == 0)
    g_set_error (error, LT_ERROR, LT_ERROR_VALUE,
                 "“%s” means a phase, but this experiment has none; leave the number "
                 "away.",
                 assignment);
  else
    g_set_error (
        error, LT_ERROR, LT_ERROR_VALUE,
        "“%s” means a phase that is not there; they are numbered from 1 to %d.",
        assignment, self->n_phases);
  return FALSE;
}

/* In one phase alone; rest: the assignment without its number. */
static gboolean
set_in_phase (LtExperiment *self, int phase, const char *rest, GError **error)
{
  int present = self->phase;
  gboolean done;

  lt_experiment_enter (self, phase);
  done = lt_experiment_turn (self, rest, error);
  if (self->n_phases > 0)
    lt_experiment_enter (self, present);
  return done;
}

/* In every phase that has the knob. */
static gboolean
set_in_all (LtExperiment *self, const char *assignment, GError **error)
{
  g_auto (GStrv) halves = g_strsplit (assignment, "=", 2);
  g_autoptr (LtExperiment) changed = lt_experiment_dup (self);
  LtExperiment before = *self;
  gboolean found = FALSE;

  g_strstrip (halves[0]);
  for (int i = 0; i < self->n_phases; i++) {
    lt_experiment_enter (changed, i);
    if (lt_experiment_find_knob (changed, halves[0], NULL, NULL) == NULL)
      continue;
    found = TRUE;
    if (!lt_experiment_turn (changed, assignment, error))
      return FALSE;
  }
  if (!found)
    return refuse_key (self, halves[0], error);
  lt_experiment_enter (changed, self->phase);
  *self = *changed;
  *changed = before;
  return TRUE;
}

gboolean
lt_experiment_set (LtExperiment *self, const char *assignment, GError **error)
{
  const char *rest;
  int phase = lt_experiment_key_phase (self, assignment, &rest);
  g_autofree char *key = g_strndup (rest, strcspn (rest, "="));

  g_strstrip (key);
  if (phase < 0)
    return refuse_phase (self, assignment, error);
  if (rest != assignment)
    return set_in_phase (self, phase, rest, error);
  if (self->n_phases == 0 || strchr (assignment, '=') == NULL ||
      strcmp (key, "model") == 0 || strcmp (key, "data") == 0 ||
      strcmp (key, "seed") == 0)
    return lt_experiment_turn (self, assignment, error);
  return set_in_all (self, assignment, error);
}

/* ---- Changing family or data ------------------------------------------------------------- */

/* Copies into `settings` what was turned away from `defaults` in `turned`, as far as the
 * new table has such knobs. */
static void
keep_turned (const LtKnobTable *old_table,
             gconstpointer turned,
             gconstpointer defaults,
             const LtKnobTable *table,
             gpointer settings)
{
  g_autofree const LtKnob **differences =
      lt_knobs_differences (old_table, turned, defaults);

  for (int i = 0; differences[i] != NULL; i++) {
    const LtKnob *knob = lt_knobs_find (table, differences[i]->key);
    g_autofree char *value = lt_knob_format (differences[i], turned);

    if (knob != NULL && knob->type == differences[i]->type)
      lt_knob_parse (knob, value, settings, NULL);
  }
}

void
lt_experiment_set_kind (LtExperiment *self, const LtModelKind *kind)
{
  g_autofree gpointer defaults = g_malloc0 (self->kind->knobs.settings_size);
  gpointer settings = g_malloc0 (kind->knobs.settings_size);

  lt_model_kind_init_settings (self->kind, defaults);
  lt_model_kind_init_settings (kind, settings);
  keep_turned (&self->kind->knobs, self->settings, defaults, &kind->knobs, settings);
  g_free (self->settings);
  self->settings = settings;
  self->kind = kind;
}

void
lt_experiment_set_data (LtExperiment *self, LtDataSpec *data)
{
  LtDataSpec *old = self->data;

  if (old->settings != NULL && data->settings != NULL) {
    g_autofree gpointer defaults = g_malloc0 (old->source->knobs.settings_size);

    lt_knobs_init (&old->source->knobs, defaults);
    keep_turned (&old->source->knobs, old->settings, defaults, &data->source->knobs,
                 data->settings);
  }
  {
    LtPreparation defaults;

    lt_knobs_init (&lt_preparation_knobs, &defaults);
    keep_turned (&lt_preparation_knobs, &old->preparation, &defaults,
                 &lt_preparation_knobs, &data->preparation);
  }
  self->data = data;
  lt_data_spec_free (old);
}

/* ---- Comparing --------------------------------------------------------------------------- */

static gboolean
same_knobs (const LtKnobTable *table,
            gconstpointer a,
            gconstpointer b,
            gboolean live_may_differ)
{
  g_autofree const LtKnob **differences = NULL;

  if (table->n_knobs == 0)
    return TRUE;
  differences = lt_knobs_differences (table, a, b);
  for (int i = 0; differences[i] != NULL; i++) {
    if (!live_may_differ || !differences[i]->live)
      return FALSE;
  }
  return TRUE;
}

static gboolean
same_data (const LtDataSpec *a, const LtDataSpec *b)
{
  return a->source == b->source && g_strcmp0 (a->path, b->path) == 0 &&
         same_knobs (&a->source->knobs, a->settings, b->settings, FALSE) &&
         same_knobs (&lt_preparation_knobs, &a->preparation, &b->preparation, FALSE);
}

/* Phases other than the present one have not been turned. */
static gboolean
same_phases (const LtExperiment *self, const LtExperiment *other)
{
  if (self->n_phases != other->n_phases || self->phase != other->phase)
    return FALSE;
  for (int i = 0; i < self->n_phases; i++) {
    const LtPhase *a = &self->phases[i], *b = &other->phases[i];

    if (i != self->phase &&
        (a->kind != b->kind ||
         !same_knobs (&a->kind->knobs, a->settings, b->settings, FALSE) ||
         !same_knobs (&lt_training_knobs, &a->training, &b->training, FALSE)))
      return FALSE;
  }
  return TRUE;
}

gboolean
lt_experiment_same_structure (const LtExperiment *self, const LtExperiment *other)
{
  return same_phases (self, other) && g_strcmp0 (self->from, other->from) == 0 &&
         self->kind == other->kind && self->seed == other->seed &&
         same_data (self->data, other->data) &&
         same_knobs (&self->kind->knobs, self->settings, other->settings, TRUE) &&
         same_knobs (&lt_training_knobs, &self->training, &other->training, TRUE);
}

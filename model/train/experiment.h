/* An experiment: data, model, training and seed: all that determines a run. As JSON it is
 * what lessons, `--set` and run files carry. */
#pragma once

#include "core/model.h"
#include "data/source.h"
#include "train/training.h"

G_BEGIN_DECLS

/* What a lesson adds; all strings may be NULL. */
typedef struct {
  char *name; /* the file's name without .json */
  char *title;
  char *summary; /* one sentence */
  char *
      text; /* the lesson itself, in paragraphs; light mark-up (see resources/lessons) */
  char **
      views; /* up to four view names, maybe with settings "filters layer=1"; NULL-terminated */
  char *twin; /* a "key=value; key=value" variation to train beside it; NULL */
  int order;  /* among the lessons; 0 when it is none */
} LtLesson;

/* A part of a run with a model and a training of its own: the first layer, the second one,
 * the whole. It begins with the weights that the phase before it ended with. */
typedef struct {
  char *title; /* NULL: it has none */
  const LtModelKind *kind;
  gpointer settings;
  LtTraining training; /* its epochs are the phase's */
} LtPhase;

#define LT_MAX_PHASES 32

/* Where there are phases, kind, settings and training are those of phase number `phase`, as
 * turned since; `phases` holds the others. */
typedef struct {
  LtDataSpec *data;
  const LtModelKind *kind;
  gpointer settings; /* the model's, kind->knobs.settings_size bytes */
  LtTraining training;
  guint64 seed;
  char *
      from; /* a run file whose last weights it begins with, or "RUN.lantern@110" for those
               * of an epoch; NULL */
  LtPhase *phases;
  int n_phases; /* 0: it is all one */
  int phase;
  LtLesson lesson;
} LtExperiment;

/* The default: MNIST and an autoencoder with a code of two units. */
LtExperiment *lt_experiment_new (void) G_GNUC_WARN_UNUSED_RESULT;
LtExperiment *lt_experiment_dup (const LtExperiment *self) G_GNUC_WARN_UNUSED_RESULT;
void lt_experiment_free (LtExperiment *self);

/* The number of the JSON's format; see resources/lessons/README.md. */
#define LT_EXPERIMENT_FORMAT 1

/* JSON, both ways. Messages name `origin` (a file's name), the key, the value, and what was
 * expected; unknown keys are errors. */
LtExperiment *lt_experiment_from_json (const char *json,
                                       gssize length,
                                       const char *origin,
                                       GError **error) G_GNUC_WARN_UNUSED_RESULT;
char *lt_experiment_to_json (const LtExperiment *self) G_GNUC_WARN_UNUSED_RESULT;

/* A lesson's name, or the path of a JSON file. */
LtExperiment *lt_experiment_load (const char *name_or_path,
                                  GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* "key=value", where key is a knob of the model, the training, the data source or the
 * preparation, or "model", "data" or "seed". Where two tables have the key, the first of
 * these has it; "model.noise", "training.…" and "data.noise" say which is meant. Where there
 * are phases it is set in every one that has such a knob, "2:key=value" only in the second;
 * another model ends them. The message for an unknown key has the nearest name. On failure
 * nothing is changed. */
gboolean lt_experiment_set (LtExperiment *self, const char *assignment, GError **error);

/* The phase that a key like "2:epochs" means, from 0, and the knob's own key in *rest; the
 * present one for a key without a number; −1 where there is no such phase. */
int lt_experiment_key_phase (const LtExperiment *self,
                             const char *key,
                             const char **rest);

/* The same for the present phase alone. */
gboolean lt_experiment_turn (LtExperiment *self,
                             const char *assignment,
                             GError **error);

/* Adds a phase at the end, and takes its title and settings. The first one is the present. */
void lt_experiment_add_phase (LtExperiment *self, const LtPhase *phase);

/* Makes phase number `phase`, from 0, the present one. */
void lt_experiment_enter (LtExperiment *self, int phase);

/* The title of a phase, "Phase 2" where it has none; "" where there are no phases. Owned by
 * the caller. */
char *lt_experiment_dup_phase_title (const LtExperiment *self,
                                     int phase) G_GNUC_WARN_UNUSED_RESULT;

/* All phases' epochs, the present ones' as they are turned; `before`: the epochs that the
 * phases before the present one took. */
int lt_experiment_total_epochs (const LtExperiment *self, int before);

/* The models of all phases (or the only one) for data of this shape, in an array of LtModel
 * that owns them. Also sees to it that each can begin with the one before. */
GPtrArray *lt_experiment_build (const LtExperiment *self,
                                const LtShape *shape,
                                GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Finds a knob by key, written as for lt_experiment_set: its table and the settings that it lies in. NULL when there is none. */
const LtKnob *lt_experiment_find_knob (LtExperiment *self,
                                       const char *key,
                                       const LtKnobTable **table,
                                       gpointer *settings);

/* Changes family (of the present phase) or data. Knobs that were turned away from the old one's defaults are kept
 * where the new one has a knob of that key, type and range; the others get the new one's
 * defaults. */
void lt_experiment_set_kind (LtExperiment *self, const LtModelKind *kind);
void lt_experiment_set_data (LtExperiment *self, LtDataSpec *data); /* takes data */

/* TRUE when a run of `self` could go on as `other` by turning live knobs only. */
gboolean lt_experiment_same_structure (const LtExperiment *self,
                                       const LtExperiment *other);

/* Names of the shipped lessons in teaching order; NULL-terminated, owned by the caller. */
char **lt_lesson_names (void) G_GNUC_WARN_UNUSED_RESULT;

G_DEFINE_AUTOPTR_CLEANUP_FUNC (LtExperiment, lt_experiment_free)

G_END_DECLS

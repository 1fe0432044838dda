/* Where data sets come from: a table of named sources, and files.
 *
 * A source is one table entry and one file. Its knobs (a generator's count and noise) come
 * before the preparation's (scaling, splits), which every source has. */
#pragma once

#include "core/knob.h"
#include "data/dataset.h"

G_BEGIN_DECLS

typedef struct _LtSource LtSource;

struct _LtSource {
  const char *name; /* "mnist", "spiral" */
  const char *title;
  const char *summary; /* one sentence */
  LtKnobTable knobs;   /* the source's own; may be empty */

  /* Whether it can be loaded here and now (an optional package's files are present). NULL: always. */
  gboolean (*available) (void);

  /* rng: for generators. path: for the file source only, else NULL. */
  LtTable *(*load) (gconstpointer settings,
                    const char *path,
                    LtRng *rng,
                    GError **error);

  /* The noisy density's score; NULL where unknown. See lt_dataset_score. */
  void (*score) (gconstpointer settings,
                 double sigma,
                 const float *x,
                 gsize n,
                 float *score);
};

/* The table of sources; NULL-terminated. The file source is not in it. */
extern const LtSource *const lt_sources[];

/* A user's own file or folder: knobs for the CSV header and the label column. */
extern const LtSource lt_file_source;

extern const LtKnobTable lt_preparation_knobs;

/* What identifies a data set: what an experiment stores. */
typedef struct {
  const LtSource *source;
  char *path;        /* the file source's; NULL for the others */
  gpointer settings; /* source->knobs.settings_size bytes, NULL when it has no knobs */
  LtPreparation preparation;
} LtDataSpec;

/* name_or_path: a source's name, or a path to an existing file or folder (names win; a
 * path may also be written ./name). Settings are the fallbacks. A sentence when it is neither. */
LtDataSpec *lt_data_spec_new (const char *name_or_path,
                              GError **error) G_GNUC_WARN_UNUSED_RESULT;
LtDataSpec *lt_data_spec_dup (const LtDataSpec *self) G_GNUC_WARN_UNUSED_RESULT;
void lt_data_spec_free (LtDataSpec *self);

/* The name or the path. */
const char *lt_data_spec_name (const LtDataSpec *self);

/* Loads the raw table: what the data dialog and `lantern data info` show. Any thread. */
LtTable *lt_data_spec_load_table (const LtDataSpec *self,
                                  guint64 seed,
                                  GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Loads, scales and splits. Any thread. */
LtDataset *lt_data_spec_load (const LtDataSpec *self,
                              guint64 seed,
                              GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Where shipped data are: $LANTERN_DATA_DIR, else the build tree's or the installed folder.
 * Borrowed. */
const char *lt_data_dir (void);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (LtDataSpec, lt_data_spec_free)

G_END_DECLS

/* The table of sources, and the specification of a data set. */
#include "data/source.h"

#include <string.h>

#include "core/error.h"
#include "data/dataset-private.h"
#include "data/sources.h"

/* The stream that generators draw from: nothing else does. */
#define DATA_STREAM G_GUINT64_CONSTANT (0x64617461)

const LtSource *const lt_sources[] = {
  &lt_mnist_source,      &lt_fashion_mnist_source, &lt_digits_source,
  &lt_iris_source,       &lt_wine_source,          &lt_patches_source,
  &lt_spiral_source,     &lt_moons_source,         &lt_circle_source,
  &lt_swiss_roll_source, &lt_mixture_source,       &lt_line_source,
  &lt_topics_source,     &lt_uniform_noise_source, NULL,
};

static const char *const scaling_names[] = { "auto",     "none",   "range",
                                             "standard", "counts", NULL };

static const char *const whitening_names[] = { "auto", "none", "pca", "zca", NULL };

static const LtKnob preparation_knobs[] = {
  { .key = "scaling",
    .title = "Scaling",
    .unit = "",
    .group = "Preparation",
    .help =
        "How values are scaled: bytes to [0, 1] and other values to mean 0 and "
        "variance 1 (auto), not at all, smallest to largest onto [0, 1] (range), "
        "each feature to mean 0 and variance 1 (standard), or not at all because they "
        "count something (counts).",
    .type = LT_KNOB_CHOICE,
    .fallback = "auto",
    .choices = scaling_names,
    .offset = offsetof (LtPreparation, scaling) },
  { .key = "valid-fraction",
    .title = "Validation",
    .unit = "",
    .group = "Preparation",
    .help = "The fraction of the training rows that is kept for validation.",
    .type = LT_KNOB_REAL,
    .minimum = 0,
    .maximum = 0.9,
    .fallback = "0.1",
    .offset = offsetof (LtPreparation, valid) },
  { .key = "test-fraction",
    .title = "Test",
    .unit = "",
    .group = "Preparation",
    .help = "The fraction of all rows that is kept for testing, where the data have no "
            "test set of their own.",
    .type = LT_KNOB_REAL,
    .minimum = 0,
    .maximum = 0.9,
    .fallback = "0.2",
    .offset = offsetof (LtPreparation, test) },
  { .key = "train-limit",
    .title = "Training rows",
    .unit = "",
    .group = "Preparation",
    .help = "Uses only so many training rows, chosen by the seed; 0 uses all.",
    .type = LT_KNOB_INTEGER,
    .minimum = 0,
    .maximum = 1e9,
    .fallback = "0",
    .offset = offsetof (LtPreparation, limit) },
  { .key = "contrast",
    .title = "Equal contrast",
    .unit = "",
    .group = "Preparation",
    .help =
        "Brings each row by itself to mean 0 and variance 1 before it is scaled: local "
        "contrast normalisation, for pictures.",
    .type = LT_KNOB_BOOLEAN,
    .fallback = "false",
    .offset = offsetof (LtPreparation, contrast) },
  { .key = "whitening",
    .title = "Whitening",
    .unit = "",
    .group = "Preparation",
    .help =
        "Makes scaled values uncorrelated, along the training rows' principal "
        "directions: as principal components (pca), or turned back so that a picture "
        "stays one (zca); auto whitens patches of photographs only.",
    .type = LT_KNOB_CHOICE,
    .fallback = "auto",
    .choices = whitening_names,
    .offset = offsetof (LtPreparation, whitening) },
  { .key = "whitening-epsilon",
    .title = "Whitening ε",
    .unit = "",
    .group = "Preparation",
    .help = "Is added to the variance of each principal direction before it is divided "
            "by, in units of a value's mean variance: keeps faint directions faint, "
            "which are mostly noise.",
    .type = LT_KNOB_REAL,
    .log_scale = TRUE,
    .minimum = 0,
    .maximum = 10,
    .fallback = "0.01",
    .when = "whitening!=none",
    .offset = offsetof (LtPreparation, epsilon) },
  { .key = "drop-leading",
    .title = "Leave out first",
    .unit = "",
    .group = "Preparation",
    .help = "So many principal directions with the largest variances are taken out of "
            "the data, whitened or not: brightness and its slopes, in pictures.",
    .type = LT_KNOB_INTEGER,
    .minimum = 0,
    .maximum = 100000,
    .fallback = "0",
    .offset = offsetof (LtPreparation, drop_leading) },
  { .key = "drop-trailing",
    .title = "Leave out last",
    .unit = "",
    .group = "Preparation",
    .help =
        "So many principal directions with the smallest variances, of those that vary "
        "at all, are taken out of the data, whitened or not: smooths pictures.",
    .type = LT_KNOB_INTEGER,
    .minimum = 0,
    .maximum = 100000,
    .fallback = "0",
    .offset = offsetof (LtPreparation, drop_trailing) },
};

const LtKnobTable lt_preparation_knobs = { preparation_knobs,
                                           G_N_ELEMENTS (preparation_knobs),
                                           sizeof (LtPreparation) };

static const LtSource *
find_source (const char *name)
{
  for (int i = 0; lt_sources[i] != NULL; i++)
    if (strcmp (lt_sources[i]->name, name) == 0)
      return lt_sources[i];
  return NULL;
}

static void
set_unknown (const char *name, GError **error)
{
  g_autoptr (GString) names = g_string_new (NULL);
  g_autofree char *shown = g_filename_display_name (name);

  for (int i = 0; lt_sources[i] != NULL; i++)
    g_string_append_printf (names, "%s%s", i > 0 ? ", " : "", lt_sources[i]->name);
  g_set_error (error, LT_ERROR, LT_ERROR_UNKNOWN,
               "There is no data set and no file called “%s”; the data sets are %s.",
               shown, names->str);
}

LtDataSpec *
lt_data_spec_new (const char *name_or_path, GError **error)
{
  const LtSource *source = find_source (name_or_path);
  LtDataSpec *self;

  if (source == NULL && !g_file_test (name_or_path, G_FILE_TEST_EXISTS)) {
    set_unknown (name_or_path, error);
    return NULL;
  }
  self = g_new0 (LtDataSpec, 1);
  self->source = source != NULL ? source : &lt_file_source;
  if (source == NULL)
    self->path = g_canonicalize_filename (name_or_path, NULL);
  if (self->source->knobs.settings_size > 0) {
    self->settings = g_malloc0 (self->source->knobs.settings_size);
    lt_knobs_init (&self->source->knobs, self->settings);
  }
  lt_knobs_init (&lt_preparation_knobs, &self->preparation);
  return self;
}

LtDataSpec *
lt_data_spec_dup (const LtDataSpec *self)
{
  LtDataSpec *copy = g_memdup2 (self, sizeof *self);

  copy->path = g_strdup (self->path);
  copy->settings = g_memdup2 (self->settings, self->source->knobs.settings_size);
  return copy;
}

void
lt_data_spec_free (LtDataSpec *self)
{
  if (self == NULL)
    return;
  g_free (self->path);
  g_free (self->settings);
  g_free (self);
}

const char *
lt_data_spec_name (const LtDataSpec *self)
{
  return self->path != NULL ? self->path : self->source->name;
}

LtTable *
lt_data_spec_load_table (const LtDataSpec *self, guint64 seed, GError **error)
{
  LtRng rng;

  lt_rng_init (&rng, seed, DATA_STREAM);
  return self->source->load (self->settings, self->path, &rng, error);
}

LtDataset *
lt_data_spec_load (const LtDataSpec *self, guint64 seed, GError **error)
{
  LtTable *table = lt_data_spec_load_table (self, seed, error);
  LtDataset *dataset;

  if (table == NULL)
    return NULL;
  dataset = lt_dataset_new (table, &self->preparation, seed, error);
  if (dataset != NULL && self->source->score != NULL)
    lt_dataset_set_score (dataset, self->source, self->settings);
  return dataset;
}

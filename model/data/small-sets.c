/* Three small classics, shipped as tables of text: 8 × 8 digits, iris and wine. */
#include "data/loader.h"
#include "data/sources.h"

static LtTable *
load_csv (const LtSource *source, const char *file, const char *origin, GError **error)
{
  g_autofree char *path = g_build_filename (lt_data_dir (), "small", file, NULL);
  LtFileSettings settings;
  LtTable *table;

  lt_knobs_init (&lt_file_source.knobs, &settings);
  g_strlcpy (settings.picture, "none", sizeof settings.picture);
  table = lt_csv_loader.load (path, &settings, error);
  if (table == NULL)
    return NULL;
  g_free (table->name);
  table->name = g_strdup (source->name);
  lt_table_describe (table, source->title, origin, "CC BY 4.0");
  return table;
}

/* Pixels count from 0 to 16: 16 is white. */
static LtTable *
load_digits (gconstpointer settings, const char *path, LtRng *rng, GError **error)
{
  LtTable *table = load_csv (&lt_digits_source, "digits.csv.gz",
                             "E. Alpaydin & C. Kaynak 1998, UCI repository", error);

  if (table == NULL || !lt_loader_shape_picture (table, "8x8", error)) {
    lt_table_free (table);
    return NULL;
  }
  return table;
}

static LtTable *
load_iris (gconstpointer settings, const char *path, LtRng *rng, GError **error)
{
  return load_csv (&lt_iris_source, "iris.csv", "R. A. Fisher 1936, UCI repository",
                   error);
}

static LtTable *
load_wine (gconstpointer settings, const char *path, LtRng *rng, GError **error)
{
  return load_csv (&lt_wine_source, "wine.csv", "M. Forina et al. 1991, UCI repository",
                   error);
}

const LtSource lt_digits_source = {
  .name = "digits",
  .title = "Small digits",
  .summary = "1,797 handwritten digits of 8 × 8 grey pixels: learnt in seconds.",
  .load = load_digits,
};

const LtSource lt_iris_source = {
  .name = "iris",
  .title = "Iris",
  .summary = "150 irises of three species, four lengths each.",
  .load = load_iris,
};

const LtSource lt_wine_source = {
  .name = "wine",
  .title = "Wine",
  .summary = "178 wines of three cultivars, 13 chemical measurements each.",
  .load = load_wine,
};

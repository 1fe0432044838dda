/* MNIST, shipped, and Fashion-MNIST, from Debian's package: both are two pairs of IDX files
 * under the same names. */
#include "data/loader.h"
#include "data/sources.h"

#include "core/error.h"

#define FASHION_FOLDER "/usr/share/datasets/fashion-mnist"

static LtTable *
load_folder (const char *folder,
             const LtSource *source,
             const char *licence,
             GError **error)
{
  g_autofree char *path = g_build_filename (folder, "train-images-idx3-ubyte.gz", NULL);
  LtTable *table = lt_idx_load (path, error);

  if (table == NULL)
    return NULL;
  g_free (table->name);
  table->name = g_strdup (source->name);
  lt_table_describe (table, source->title, folder, licence);
  return table;
}

static LtTable *
load_mnist (gconstpointer settings, const char *path, LtRng *rng, GError **error)
{
  g_autofree char *folder = g_build_filename (lt_data_dir (), "mnist", NULL);

  return load_folder (folder, &lt_mnist_source, "CC BY-SA 3.0", error);
}

static gboolean
fashion_available (void)
{
  return g_file_test (FASHION_FOLDER "/train-images-idx3-ubyte.gz",
                      G_FILE_TEST_IS_REGULAR);
}

static LtTable *
load_fashion (gconstpointer settings, const char *path, LtRng *rng, GError **error)
{
  static const char *const classes[] = { "T-shirt", "trouser",    "pullover", "dress",
                                         "coat",    "sandal",     "shirt",    "sneaker",
                                         "bag",     "ankle boot", NULL };
  LtTable *table;

  if (!fashion_available ()) {
    g_set_error (error, LT_ERROR, LT_ERROR_FILE,
                 "Fashion-MNIST is not installed: " FASHION_FOLDER
                 " is missing; install Debian's package dataset-fashion-mnist.");
    return NULL;
  }
  table = load_folder (FASHION_FOLDER, &lt_fashion_mnist_source, "MIT", error);
  if (table != NULL && table->label_names != NULL &&
      g_strv_length (table->label_names) == G_N_ELEMENTS (classes) - 1) {
    g_strfreev (table->label_names);
    table->label_names = g_strdupv ((char **) classes);
  }
  return table;
}

const LtSource lt_mnist_source = {
  .name = "mnist",
  .title = "MNIST digits",
  .summary =
      "70,000 handwritten digits of 28 × 28 grey pixels, 10,000 of them for testing.",
  .load = load_mnist,
};

const LtSource lt_fashion_mnist_source = {
  .name = "fashion-mnist",
  .title = "Fashion-MNIST",
  .summary =
      "70,000 pictures of clothes of 28 × 28 grey pixels, 10,000 of them for testing; "
      "from Debian's package dataset-fashion-mnist.",
  .available = fashion_available,
  .load = load_fashion,
};

/* Damaged files: whatever bytes are changed in a good one, it is read or refused with a
 * sentence. Under sanitizers this is where a loader's mistakes show. */
#include <string.h>

#include "data/source.h"
#include "support/sample-files.h"

static LtTable *
load (const char *path, GError **error)
{
  g_autoptr (LtDataSpec) spec = lt_data_spec_new (path, error);

  return spec != NULL ? lt_data_spec_load_table (spec, 1, error) : NULL;
}

static void
check_mutations (const char *name, const char *data, gsize n, int n_times)
{
  LtRng rng;

  lt_rng_init (&rng, 2024, n);
  for (int i = 0; i < n_times; i++) {
    g_auto (LtFolder) folder = { NULL };
    g_autofree char *copy = g_memdup2 (data, n);
    gsize length = n;
    g_autofree char *path = NULL;
    g_autoptr (GError) error = NULL;
    g_autoptr (LtTable) table = NULL;

    /* Half of the changes lie at the beginning, where headers are. */
    for (guint32 k = 0, n_changes = 1 + lt_rng_below (&rng, 4); k < n_changes; k++) {
      guint32 end = lt_rng_below (&rng, 2) == 0 ? (guint32) n : (guint32) MIN (n, 160);

      copy[lt_rng_below (&rng, end)] = (char) lt_rng_below (&rng, 256);
    }
    if (lt_rng_below (&rng, 4) == 0)
      length = lt_rng_below (&rng, (guint32) n);
    lt_folder_init (&folder);
    path = lt_folder_write (&folder, name, copy, length);
    table = load (g_str_has_suffix (name, ".png") ? folder.path : path, &error);
    g_assert_true ((table == NULL) == (error != NULL));
    if (table != NULL)
      g_assert_cmpuint (table->n, >, 0);
  }
}

static void
test_mutations (gconstpointer data)
{
  char *(*write) (LtFolder * folder) = data;
  g_auto (LtFolder) folder = { NULL };
  g_autofree char *path = NULL, *name = NULL, *content = NULL;
  gsize n;

  lt_folder_init (&folder);
  path = write (&folder);
  name = g_path_get_basename (path);
  g_assert_true (g_file_get_contents (path, &content, &n, NULL));
  check_mutations (name, content, n, 300);
}

/* ---- Files to be damaged ------------------------------------------------------------- */

static char *
write_good_idx (LtFolder *folder)
{
  return lt_folder_write_array (folder, "x.idx", lt_sample_pictures ());
}

static char *
write_good_gzip (LtFolder *folder)
{
  g_autoptr (GByteArray) array = lt_sample_pictures ();

  return lt_folder_write_gzip (folder, "x.idx.gz", array->data, array->len);
}

static char *
write_good_npy (LtFolder *folder)
{
  return lt_folder_write_array (
      folder, "x.npy", lt_sample_npy ("<f2", TRUE, "(3, 2)", "123456789012", 12));
}

static char *
write_good_npz (LtFolder *folder)
{
  static const char *const names[] = { "x", "y", NULL };
  GByteArray *arrays[] = {
    lt_sample_npy ("|u1", FALSE, "(2, 1)", "ab", 2),
    lt_sample_npy ("|u1", FALSE, "(2,)", "ab", 2),
  };

  return lt_folder_write_npz (folder, "x.npz", names, arrays);
}

static char *
write_good_csv (LtFolder *folder)
{
  return lt_folder_write_text (folder, "x.csv", "width,height\n1,2\n3,4.5\n");
}

static char *
write_good_mat (LtFolder *folder)
{
  static const double x[400] = { 1, 2, 3, 4 };
  matvar_t *variables[] = {
    lt_sample_variable ("X", MAT_C_DOUBLE, (const size_t[]){ 20, 20, 0 }, x), NULL
  };

  return lt_folder_write_mat (folder, "x.mat", variables);
}

static char *
write_good_picture (LtFolder *folder)
{
  return lt_folder_write_picture (folder, "a.png", 4, 3, 0, FALSE);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_data_func ("/damaged-files/idx", write_good_idx, test_mutations);
  g_test_add_data_func ("/damaged-files/gzip", write_good_gzip, test_mutations);
  g_test_add_data_func ("/damaged-files/npy", write_good_npy, test_mutations);
  g_test_add_data_func ("/damaged-files/npz", write_good_npz, test_mutations);
  g_test_add_data_func ("/damaged-files/csv", write_good_csv, test_mutations);
  g_test_add_data_func ("/damaged-files/mat", write_good_mat, test_mutations);
  g_test_add_data_func ("/damaged-files/picture", write_good_picture, test_mutations);
  return g_test_run ();
}

/* CIFAR-10's binary files: good ones, whose pixels are known, and bad ones. With --verbose the
 * sentences are printed: docs/data-files.md quotes them. */
#include <locale.h>
#include <string.h>

#include "core/error.h"
#include "data/source.h"
#include "support/sample-files.h"

#define ROW 3073

/* Channel c of pixel i in row r of a batch that begins with `first`. */
static guint8
value (int first, int r, int c, int i)
{
  return (guint8) (first + 7 * r + 80 * c + i);
}

/* n rows, labelled first + r modulo 10. */
static char *
write_batch (LtFolder *folder, const char *name, int first, int n)
{
  g_autofree guint8 *bytes = g_malloc ((gsize) n * ROW);
  guint8 *to = bytes;

  for (int r = 0; r < n; r++) {
    *to++ = (guint8) ((first + r) % 10);
    for (int c = 0; c < 3; c++)
      for (int i = 0; i < 1024; i++)
        *to++ = value (first, r, c, i);
  }
  return lt_folder_write (folder, name, bytes, (gsize) n * ROW);
}

static LtTable *
load (const char *path, GError **error)
{
  g_autoptr (LtDataSpec) spec = lt_data_spec_new (path, error);

  return spec != NULL ? lt_data_spec_load_table (spec, 1, error) : NULL;
}

static void
assert_row (const LtTable *table, gsize row, int first, int r)
{
  const guint8 *pixels = table->bytes + row * table->shape.nv;

  g_assert_cmpint (table->labels[row], ==, (first + r) % 10);
  for (int i = 0; i < 1024; i++)
    for (int c = 0; c < 3; c++)
      g_assert_cmpint (pixels[3 * i + c], ==, value (first, r, c, i));
}

/* ---- Good files ------------------------------------------------------------------- */

/* Planes of one colour become pixels of three. */
static void
test_one_batch (void)
{
  g_auto (LtFolder) folder = { NULL };
  g_autoptr (GError) error = NULL;
  g_autoptr (LtTable) table = NULL;
  g_autofree char *path = NULL;

  lt_folder_init (&folder);
  path = write_batch (&folder, "data_batch_3.bin", 5, 4);
  table = load (path, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (table->n, ==, 4);
  g_assert_cmpuint (table->n_test, ==, 0);
  g_assert_cmpint (table->shape.modality[0].channels, ==, 3);
  g_assert_cmpint (table->shape.modality[0].height, ==, 32);
  for (int r = 0; r < 4; r++)
    assert_row (table, r, 5, r);
  g_assert_cmpstr (table->label_names[3], ==, "cat");
}

/* Under another name, too. */
static void
test_other_name (void)
{
  g_auto (LtFolder) folder = { NULL };
  g_autoptr (GError) error = NULL;
  g_autoptr (LtTable) table = NULL;
  g_autofree char *path = NULL;

  lt_folder_init (&folder);
  path = write_batch (&folder, "animals.bin", 5, 4);
  table = load (path, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (table->n, ==, 4);
  assert_row (table, 3, 5, 3);
}

/* A folder's batches come in order, the test batch last, with the names beside them. */
static void
test_folder (void)
{
  g_auto (LtFolder) folder = { NULL };
  g_autoptr (GError) error = NULL;
  g_autoptr (LtTable) table = NULL;
  g_autofree char *a = NULL, *b = NULL, *c = NULL, *names = NULL;

  lt_folder_init (&folder);
  b = write_batch (&folder, "data_batch_2.bin", 20, 2);
  c = write_batch (&folder, "test_batch.bin", 30, 1);
  a = write_batch (&folder, "data_batch_1.bin", 10, 3);
  names = lt_folder_write_text (&folder, "batches.meta.txt",
                                "zero\none\ntwo\nthree\nfour\nfive\nsix\nseven\neight\n"
                                "nine\n\n");
  table = load (folder.path, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (table->n, ==, 6);
  g_assert_cmpuint (table->n_test, ==, 1);
  assert_row (table, 0, 10, 0);
  assert_row (table, 2, 10, 2);
  assert_row (table, 3, 20, 0);
  assert_row (table, 5, 30, 0);
  g_assert_cmpstr (table->label_names[9], ==, "nine");
  g_assert_null (table->label_names[10]);
}

/* A training file brings the test file beside it along; the test file comes alone. */
static void
test_test_batch (void)
{
  g_auto (LtFolder) folder = { NULL };
  g_autoptr (LtTable) both = NULL, alone = NULL;
  g_autofree char *train = NULL, *test = NULL;

  lt_folder_init (&folder);
  train = write_batch (&folder, "data_batch_1.bin", 10, 3);
  test = write_batch (&folder, "test_batch.bin", 30, 2);
  both = load (train, NULL);
  alone = load (test, NULL);
  g_assert_cmpuint (both->n, ==, 5);
  g_assert_cmpuint (both->n_test, ==, 2);
  g_assert_cmpuint (alone->n, ==, 2);
  g_assert_cmpuint (alone->n_test, ==, 0);
}

/* ---- Bad files -------------------------------------------------------------------- */

typedef struct {
  const char *what;
  char *(*write) (LtFolder *folder);
  const char *expected;
} Case;

static char *
write_cut (LtFolder *folder)
{
  g_autofree char *whole = write_batch (folder, "whole", 0, 3);
  g_autofree char *data = NULL;
  gsize n;

  g_assert_true (g_file_get_contents (whole, &data, &n, NULL));
  return lt_folder_write (folder, "data_batch_1.bin", data, n - 100);
}

/* Rows of CIFAR-100 have two labels. */
static char *
write_two_labels (LtFolder *folder)
{
  g_autofree guint8 *bytes = g_malloc0 (2 * (ROW + 1));

  return lt_folder_write (folder, "data_batch_1.bin", bytes, 2 * (ROW + 1));
}

static char *
write_other (LtFolder *folder)
{
  return lt_folder_write_text (folder, "something.bin", "too short");
}

static char *
write_label_of_10 (LtFolder *folder)
{
  g_autofree guint8 *bytes = g_malloc0 (2 * ROW);

  bytes[ROW] = 10;
  return lt_folder_write (folder, "data_batch_1.bin", bytes, 2 * ROW);
}

static char *
write_empty (LtFolder *folder)
{
  return lt_folder_write_text (folder, "data_batch_1.bin", "");
}

static char *
write_compressed (LtFolder *folder)
{
  g_autofree guint8 *bytes = g_malloc0 (ROW);

  return lt_folder_write_gzip (folder, "data_batch_1.bin", bytes, ROW);
}

/* The folder is refused for one of its files. */
static char *
write_bad_test_batch (LtFolder *folder)
{
  g_autofree char *good = write_batch (folder, "data_batch_1.bin", 0, 2);
  g_autofree char *bad = lt_folder_write_text (folder, "test_batch.bin", "too short");

  return g_strdup (folder->path);
}

static const Case cases[] = {
  { "CIFAR-10, cut short", write_cut, "has 9119 bytes, which is no multiple of 3073" },
  { "CIFAR-10, other rows", write_two_labels, "has rows of 3074 bytes" },
  { "CIFAR-10, another file", write_other,
    "has 9 bytes, which is no multiple of 3073" },
  { "CIFAR-10, label of 10", write_label_of_10, "the label 10 in row 2" },
  { "CIFAR-10, empty", write_empty, "is empty (0 bytes)" },
  { "CIFAR-10, compressed", write_compressed, "is compressed" },
  { "CIFAR-10, folder with a bad file", write_bad_test_batch,
    "test_batch.bin has 9 bytes" },
};

static void
test_bad_file (gconstpointer data)
{
  const Case *bad = data;
  g_auto (LtFolder) folder = { NULL };
  g_autofree char *path = NULL, *prefix = NULL;
  g_auto (GStrv) parts = NULL;
  g_autofree char *sentence = NULL;
  g_autoptr (GError) error = NULL;

  lt_folder_init (&folder);
  path = bad->write (&folder);
  g_assert_null (load (path, &error));
  g_assert_nonnull (error);
  g_assert_true (error->domain == LT_ERROR);
  prefix = g_strconcat (folder.path, "/", NULL);
  parts = g_strsplit (error->message, prefix, -1);
  sentence = g_strjoinv ("", parts);
  if (g_test_verbose ())
    g_test_message ("| %s | %s |", bad->what, sentence);
  if (strstr (sentence, bad->expected) == NULL)
    g_error ("“%s” should contain “%s”", sentence, bad->expected);
  g_assert_null (strchr (sentence, '\n'));
  g_assert_true (g_str_has_suffix (sentence, "."));
}

int
main (int argc, char **argv)
{
  setlocale (LC_ALL, "");
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/cifar/one-batch", test_one_batch);
  g_test_add_func ("/cifar/other-name", test_other_name);
  g_test_add_func ("/cifar/folder", test_folder);
  g_test_add_func ("/cifar/test-batch", test_test_batch);
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autofree char *name = g_strdup_printf ("/cifar/bad/%s", cases[i].what);

    g_test_add_data_func (name, &cases[i], test_bad_file);
  }
  return g_test_run ();
}

/* Bad files: each gets one sentence that says what is wrong, where, and what was expected.
 * With --verbose the sentences are printed: docs/data-files.md quotes them. */
#include <locale.h>
#include <math.h>
#include <string.h>

#include "core/error.h"
#include "data/memory.h"
#include "data/source.h"
#include "support/sample-files.h"

typedef struct {
  const char *what;                  /* what is wrong with it */
  char *(*write) (LtFolder *folder); /* returns the path to open */
  const char *settings;              /* "header=no" */
  const char *expected;              /* in the sentence */
} Case;

/* ---- IDX -------------------------------------------------------------------------- */

/* Compressed, then cut to a share of its length or with a byte flipped in the middle. */
static char *
write_damaged_gzip (LtFolder *folder, double share, gboolean flip)
{
  g_autoptr (GByteArray) array = lt_sample_pictures ();
  g_autofree char *whole =
      lt_folder_write_gzip (folder, "whole.gz", array->data, array->len);
  g_autofree char *data = NULL;
  gsize n;

  g_assert_true (g_file_get_contents (whole, &data, &n, NULL));
  if (flip)
    memset (data + n / 2, 0xff, 64);
  return lt_folder_write (folder, "digits-idx3-ubyte.gz", data,
                          (gsize) (share * (double) n));
}

static char *
write_truncated_gzip (LtFolder *folder)
{
  return write_damaged_gzip (folder, 0.6, FALSE);
}

static char *
write_damaged (LtFolder *folder)
{
  return write_damaged_gzip (folder, 1.0, TRUE);
}

static char *
write_wrong_magic (LtFolder *folder)
{
  return lt_folder_write (folder, "digits-idx3-ubyte", "\x08\x03\x00\x00 digits", 11);
}

static char *
write_too_many_dimensions (LtFolder *folder)
{
  static const guint32 dimensions[] = { 1, 1, 1, 1, 1, 0 };

  return lt_folder_write_array (folder, "digits.idx",
                                lt_sample_idx (8, dimensions, "x", 1));
}

static char *
write_no_rows (LtFolder *folder)
{
  return lt_folder_write (folder, "digits.idx", "\0\0\x08\x02\0\0\0\0\0\0\0\x05", 12);
}

static char *
write_short_header (LtFolder *folder)
{
  return lt_folder_write (folder, "digits.idx", "\0\0\x08\x03\0\0\0\x05", 8);
}

static char *
write_short (LtFolder *folder)
{
  GByteArray *array = lt_sample_pictures ();

  g_byte_array_set_size (array, array->len - 100);
  return lt_folder_write_array (folder, "digits-idx3-ubyte", array);
}

static char *
write_long (LtFolder *folder)
{
  GByteArray *array = lt_sample_pictures ();

  g_byte_array_append (array, (const guint8 *) "more", 4);
  return lt_folder_write_array (folder, "digits-idx3-ubyte", array);
}

static char *
write_long_gzip (LtFolder *folder)
{
  g_autoptr (GByteArray) array = lt_sample_pictures ();

  g_byte_array_append (array, (const guint8 *) "more", 4);
  return lt_folder_write_gzip (folder, "digits-idx3-ubyte.gz", array->data, array->len);
}

static char *
write_overflow (LtFolder *folder)
{
  static const guint32 dimensions[] = { 0xffffffff, 0xffffffff, 0xffffffff, 0 };

  return lt_folder_write_array (folder, "digits.idx",
                                lt_sample_idx (8, dimensions, NULL, 0));
}

static char *
write_product_overflow (LtFolder *folder)
{
  static const guint32 dimensions[] = { 0xffffffff, 16384, 16383, 0 };

  return lt_folder_write_array (folder, "digits.idx",
                                lt_sample_idx (14, dimensions, NULL, 0));
}

/* Compressed, so that the size is known from the header only. */
static char *
write_huge (LtFolder *folder)
{
  static const guint32 dimensions[] = { 2000000000, 1000, 1000, 0 };
  g_autoptr (GByteArray) array = lt_sample_idx (8, dimensions, NULL, 0);

  return lt_folder_write_gzip (folder, "digits.idx.gz", array->data, array->len);
}

static char *
write_too_many_rows (LtFolder *folder)
{
  static const guint32 dimensions[] = { 4000000000U, 1, 0 };
  g_autoptr (GByteArray) array = lt_sample_idx (8, dimensions, NULL, 0);

  return lt_folder_write_gzip (folder, "digits.idx.gz", array->data, array->len);
}

static char *
write_other_labels (LtFolder *folder)
{
  static const guint32 dimensions[] = { 3, 0 };
  g_autofree char *labels = lt_folder_write_array (
      folder, "labels-idx1-ubyte", lt_sample_idx (8, dimensions, "abc", 3));

  return lt_folder_write_array (folder, "images-idx3-ubyte", lt_sample_pictures ());
}

static char *
write_labels_alone (LtFolder *folder)
{
  static const guint32 dimensions[] = { 3, 0 };

  return lt_folder_write_array (folder, "labels-idx1-ubyte",
                                lt_sample_idx (8, dimensions, "abc", 3));
}

static char *
write_other_test_set (LtFolder *folder)
{
  static const guint32 dimensions[] = { 1, 2, 3, 0 };
  g_autofree char *test = lt_folder_write_array (
      folder, "t10k-images-idx3-ubyte", lt_sample_idx (8, dimensions, "abcdef", 6));

  return lt_folder_write_array (folder, "train-images-idx3-ubyte",
                                lt_sample_pictures ());
}

static char *
write_idx_nan (LtFolder *folder)
{
  static const guint32 dimensions[] = { 2, 1, 0 };

  return lt_folder_write_array (
      folder, "x.idx",
      lt_sample_idx (13, dimensions, "\x3f\x80\x00\x00\x7f\xc0\x00\x00", 8));
}

/* ---- NumPy ------------------------------------------------------------------------ */

static char *
write_npy_magic (LtFolder *folder)
{
  return lt_folder_write_text (folder, "x.npy", "x = array ([1, 2, 3])");
}

static char *
write_npy_objects (LtFolder *folder)
{
  return lt_folder_write_array (folder, "x.npy",
                                lt_sample_npy ("|O", FALSE, "(2, 2)", "12345678", 8));
}

static char *
write_npy_text (LtFolder *folder)
{
  return lt_folder_write_array (folder, "x.npy",
                                lt_sample_npy ("<U1", FALSE, "(2, 1)", "12345678", 8));
}

static char *
write_npy_no_shape (LtFolder *folder)
{
  return lt_folder_write_array (folder, "x.npy",
                                lt_sample_npy ("<f4", FALSE, "None", "1234", 4));
}

static char *
write_npy_negative_shape (LtFolder *folder)
{
  return lt_folder_write_array (folder, "x.npy",
                                lt_sample_npy ("<f4", FALSE, "(-1, 2)", "1234", 4));
}

static char *
write_npy_short (LtFolder *folder)
{
  return lt_folder_write_array (folder, "x.npy",
                                lt_sample_npy ("<f4", FALSE, "(3, 2)", "12345678", 8));
}

static char *
write_npy_overflow (LtFolder *folder)
{
  return lt_folder_write_array (
      folder, "x.npy",
      lt_sample_npy ("<f4", FALSE, "(4294967296, 4294967296)", "12345678", 8));
}

static char *
write_npy_no_rows (LtFolder *folder)
{
  return lt_folder_write_array (folder, "x.npy",
                                lt_sample_npy ("<f4", FALSE, "(0, 5)", NULL, 0));
}

static char *
write_npy_one_dimension (LtFolder *folder)
{
  return lt_folder_write_array (folder, "x.npy",
                                lt_sample_npy ("|u1", FALSE, "(3,)", "abc", 3));
}

static char *
write_npy_five_dimensions (LtFolder *folder)
{
  return lt_folder_write_array (
      folder, "x.npy", lt_sample_npy ("|u1", FALSE, "(3, 1, 1, 1, 1)", "abc", 3));
}

static char *
write_npy_infinity (LtFolder *folder)
{
  return lt_folder_write_array (
      folder, "x.npy",
      lt_sample_npy ("<f4", FALSE, "(2, 1)", "\x00\x00\x80\x3f\x00\x00\x80\x7f", 8));
}

static char *
write_npz_no_zip (LtFolder *folder)
{
  return lt_folder_write_text (folder, "x.npz", "this is no archive at all");
}

static char *
write_npz_two (LtFolder *folder)
{
  static const char *const names[] = { "left", "right", NULL };
  GByteArray *arrays[] = {
    lt_sample_npy ("|u1", FALSE, "(2, 1)", "ab", 2),
    lt_sample_npy ("|u1", FALSE, "(2, 1)", "ab", 2),
  };

  return lt_folder_write_npz (folder, "x.npz", names, arrays);
}

static char *
write_npz_labels (LtFolder *folder)
{
  static const char *const names[] = { "x", "y", NULL };
  GByteArray *arrays[] = {
    lt_sample_npy ("|u1", FALSE, "(2, 1)", "ab", 2),
    lt_sample_npy ("|u1", FALSE, "(3,)", "abc", 3),
  };

  return lt_folder_write_npz (folder, "x.npz", names, arrays);
}

static char *
write_npz_fractions (LtFolder *folder)
{
  static const char *const names[] = { "x", "y", NULL };
  GByteArray *arrays[] = {
    lt_sample_npy ("|u1", FALSE, "(2, 1)", "ab", 2),
    lt_sample_npy ("<f4", FALSE, "(2,)", "\x00\x00\x80\x3f\x00\x00\xc0\x3f", 8),
  };

  return lt_folder_write_npz (folder, "x.npz", names, arrays);
}

/* ---- CSV -------------------------------------------------------------------------- */

static char *
write_nothing (LtFolder *folder)
{
  return lt_folder_write_text (folder, "x.csv", "");
}

static char *
write_comments (LtFolder *folder)
{
  return lt_folder_write_text (folder, "x.csv", "# nothing\n\n# here\n");
}

static char *
write_header_only (LtFolder *folder)
{
  return lt_folder_write_text (folder, "x.csv", "width,height\n");
}

static char *
write_ragged (LtFolder *folder)
{
  return lt_folder_write_text (folder, "x.csv", "1,2,3\n4,5,6\n7,8\n");
}

static char *
write_long_header (LtFolder *folder)
{
  return lt_folder_write_text (folder, "x.csv", "width,height,depth\n1,2\n");
}

static char *
write_letters (LtFolder *folder)
{
  return lt_folder_write_text (folder, "x.csv", "width,height\n1,2\n3,tall\n");
}

static char *
write_hole (LtFolder *folder)
{
  return lt_folder_write_text (folder, "x.csv", "width,height\n1,2\n3,\n");
}

static char *
write_csv_nan (LtFolder *folder)
{
  return lt_folder_write_text (folder, "x.csv", "width,height\n1,2\nnan,4\n");
}

static char *
write_csv_large (LtFolder *folder)
{
  return lt_folder_write_text (folder, "x.csv", "1,2\n1e300,4\n");
}

static char *
write_labels_only (LtFolder *folder)
{
  return lt_folder_write_text (folder, "x.csv", "cat\ndog\ncat\n");
}

static char *
write_plain (LtFolder *folder)
{
  return lt_folder_write_text (folder, "x.csv", "width,height\n1,2\n3,4\n");
}

static char *
write_many_labels (LtFolder *folder)
{
  g_autoptr (GString) text = g_string_new ("name,width\n");

  for (int i = 0; i < 1500; i++)
    g_string_append_printf (text, "n%d,%d\n", i, i);
  return lt_folder_write_text (folder, "x.csv", text->str);
}

/* ---- Folders ---------------------------------------------------------------------- */

static char *
write_empty_folder (LtFolder *folder)
{
  g_autofree char *note = lt_folder_write_text (folder, "pictures/notes.txt", "none");

  return g_path_get_dirname (note);
}

static char *
write_two_sizes (LtFolder *folder)
{
  g_autofree char *a =
      lt_folder_write_picture (folder, "pictures/a.png", 4, 3, 0, FALSE);
  g_autofree char *b =
      lt_folder_write_picture (folder, "pictures/b.png", 5, 3, 0, FALSE);

  return g_path_get_dirname (a);
}

static char *
write_false_picture (LtFolder *folder)
{
  g_autofree char *a = lt_folder_write_text (folder, "pictures/a.png", "not a picture");

  return g_path_get_dirname (a);
}

static char *
write_cut_picture (LtFolder *folder)
{
  g_autofree char *a =
      lt_folder_write_picture (folder, "pictures/a.png", 99, 99, 0, TRUE);
  g_autofree char *data = NULL;
  gsize n;

  g_assert_true (g_file_get_contents (a, &data, &n, NULL));
  g_assert_true (g_file_set_contents (a, data, (gssize) n / 2, NULL));
  return g_path_get_dirname (a);
}

/* The beginning of one that announces 500,000 × 500,000 pixels. */
static char *
write_huge_picture (LtFolder *folder)
{
  static const guint8 signature[] = { 0x89, 'P', 'N', 'G', '\r', '\n', 0x1a, '\n' };
  static const guint8 header[] = { 0, 0,    0,    13,   'I',  'H',  'D',  'R', 0,
                                   7, 0xa1, 0x20, 0,    7,    0xa1, 0x20, 8,   0,
                                   0, 0,    0,    0xf9, 0x63, 0x78, 0xec };
  static const guint8 data[] = { 0, 0, 0x10, 0, 'I', 'D', 'A', 'T', 0x78, 0x9c };
  GByteArray *array = g_byte_array_new ();
  g_autofree char *a = NULL;

  g_byte_array_append (array, signature, sizeof signature);
  g_byte_array_append (array, header, sizeof header);
  g_byte_array_append (array, data, sizeof data);
  a = lt_folder_write_array (folder, "pictures/a.png", array);
  return g_path_get_dirname (a);
}

static char *
write_half_labelled (LtFolder *folder)
{
  g_autofree char *a =
      lt_folder_write_picture (folder, "pictures/a.png", 4, 3, 0, FALSE);
  g_autofree char *b =
      lt_folder_write_picture (folder, "pictures/cats/b.png", 4, 3, 0, FALSE);

  return g_path_get_dirname (a);
}

static char *
write_one_picture (LtFolder *folder)
{
  return lt_folder_write_picture (folder, "a.png", 4, 3, 0, FALSE);
}

/* ---- MATLAB ----------------------------------------------------------------------- */

static char *
write_mat_magic (LtFolder *folder)
{
  return lt_folder_write_text (folder, "x.mat", "x = [1 2 3];");
}

static char *
write_mat (LtFolder *folder)
{
  static const double x[400] = { 1, 2, 3, 4 };
  matvar_t *variables[] = {
    lt_sample_variable ("X", MAT_C_DOUBLE, (const size_t[]){ 20, 20, 0 }, x), NULL
  };

  return lt_folder_write_mat (folder, "x.mat", variables);
}

static char *
write_mat_cut (LtFolder *folder)
{
  char *path = write_mat (folder);
  g_autofree char *data = NULL;
  gsize n;

  g_assert_true (g_file_get_contents (path, &data, &n, NULL));
  g_assert_true (g_file_set_contents (path, data, (gssize) n / 2, NULL));
  return path;
}

static char *
write_mat_text (LtFolder *folder)
{
  matvar_t *variables[] = { lt_sample_variable ("greeting", MAT_C_CHAR,
                                                (const size_t[]){ 1, 5, 0 }, "hello"),
                            NULL };

  return lt_folder_write_mat (folder, "x.mat", variables);
}

static char *
write_mat_nan (LtFolder *folder)
{
  double x[] = { 1, 2, 3, 0 };
  matvar_t *variables[2] = { NULL };

  x[3] = (double) NAN;
  variables[0] = lt_sample_variable ("X", MAT_C_DOUBLE, (const size_t[]){ 2, 2, 0 }, x);
  return lt_folder_write_mat (folder, "x.mat", variables);
}

/* ---- Others ----------------------------------------------------------------------- */

static char *
write_missing (LtFolder *folder)
{
  return g_build_filename (folder->path, "missing.csv", NULL);
}

static char *
write_unknown_format (LtFolder *folder)
{
  return lt_folder_write_text (folder, "letter.odt", "Dear Sir or Madam");
}

static const Case cases[] = {
  { "missing", write_missing, "", "no file called" },
  { "of a format that is not known", write_unknown_format, "", "of no format" },
  { "empty", write_nothing, "", "is empty (0 bytes)" },
  { "gzip, cut short", write_truncated_gzip, "", "cut short" },
  { "gzip, damaged", write_damaged, "", "is damaged" },
  { "IDX, wrong magic", write_wrong_magic, "", "begins with the bytes 08 03 00 00" },
  { "IDX, five dimensions", write_too_many_dimensions, "", "5 dimensions" },
  { "IDX, no rows", write_no_rows, "", "dimension 1 is 0" },
  { "IDX, header cut short", write_short_header, "", "ends after 8 bytes" },
  { "IDX, too few values", write_short, "", "announces 20 × 28 × 28 values" },
  { "IDX, too many values", write_long, "", "announces 20 × 28 × 28 values" },
  { "IDX, compressed, too many values", write_long_gzip, "",
    "goes on after byte 15696" },
  { "IDX, rows of impossible length", write_overflow, "", "rows of more than" },
  { "IDX, sizes that overflow", write_product_overflow, "",
    "which make 9222809084754001936 bytes" },
  { "IDX, larger than memory", write_huge, "", "GB of memory" },
  { "IDX, too many rows", write_too_many_rows, "", "4000000000 rows" },
  { "IDX, labels of another set", write_other_labels, "", "3 labels" },
  { "IDX, labels without pictures", write_labels_alone, "", "which are labels" },
  { "IDX, test set of another shape", write_other_test_set, "",
    "the two must be alike" },
  { "IDX, not a number", write_idx_nan, "", "NaN in row 2, value 1" },
  { "NumPy, wrong magic", write_npy_magic, "", "begins with the bytes 78 20 3d 20" },
  { "NumPy, Python objects", write_npy_objects, "", "the type '|O'" },
  { "NumPy, text", write_npy_text, "", "the type '<U1'" },
  { "NumPy, no shape", write_npy_no_shape, "", "without a shape" },
  { "NumPy, negative shape", write_npy_negative_shape, "", "no list of numbers" },
  { "NumPy, too few values", write_npy_short, "", "announces 3 × 2 values" },
  { "NumPy, sizes that overflow", write_npy_overflow, "", "more than any memory" },
  { "NumPy, no rows", write_npy_no_rows, "", "array of 0 × 5 values" },
  { "NumPy, one dimension", write_npy_one_dimension, "", "fewer than 2 dimensions" },
  { "NumPy, five dimensions", write_npy_five_dimensions, "", "more than 4 dimensions" },
  { "NumPy, infinity", write_npy_infinity, "", "infinity in row 2, value 1" },
  { "NumPy archive, no zip file", write_npz_no_zip, "", "cannot be opened" },
  { "NumPy archive, which array?", write_npz_two, "", "holds the arrays left, right" },
  { "NumPy archive, no such array", write_npz_two, "variable=top", "no array “top”" },
  { "NumPy archive, other labels", write_npz_labels, "", "holds 3 labels for 2 rows" },
  { "NumPy archive, labels 1.5", write_npz_fractions, "", "label 1.5 in row 2" },
  { "CSV, only comments", write_comments, "", "holds no values" },
  { "CSV, only a header", write_header_only, "", "0 rows" },
  { "CSV, ragged", write_ragged, "", "2 values in line 3" },
  { "CSV, header too long", write_long_header, "", "names 3 columns" },
  { "CSV, letters among numbers", write_letters, "",
    "“tall” in line 3, column 2 (height)" },
  { "CSV, a hole", write_hole, "", "no value in line 3, column 2 (height)" },
  { "CSV, not a number", write_csv_nan, "", "“nan” in line 3, column 1 (width)" },
  { "CSV, too large a number", write_csv_large, "", "“1e300” in line 2, column 1" },
  { "CSV, labels only", write_labels_only, "", "one column only" },
  { "CSV, no such label column", write_plain, "label-column=age", "no column “age”" },
  { "CSV, label column too far", write_plain, "label-column=3", "no column “3”" },
  { "CSV, too many labels", write_many_labels, "", "more than 1000 different" },
  { "picture size that does not fit", write_plain, "picture-size=3x3",
    "2 values a row" },
  { "picture size not understood", write_plain, "picture-size=big", "“big”" },
  { "folder without pictures", write_empty_folder, "", "has no pictures" },
  { "folder, pictures of two sizes", write_two_sizes, "", "is 3 × 5 pixels" },
  { "folder, no picture at all", write_false_picture, "", "not a picture" },
  { "folder, picture cut short", write_cut_picture, "", "is cut short or damaged" },
  { "folder, picture larger than memory", write_huge_picture, "", "GB of memory" },
  { "folder, some labelled", write_half_labelled, "", "1 pictures beside" },
  { "a single picture", write_one_picture, "", "is a single picture" },
  { "MATLAB, no such file", write_mat_magic, "", "not a MATLAB file" },
  { "MATLAB, cut short", write_mat_cut, "", "cut short" },
  { "MATLAB, no numbers", write_mat_text, "", "its variables are: greeting" },
  { "MATLAB, no such variable", write_mat, "variable=Y", "no variable “Y”" },
  { "MATLAB, not a number", write_mat_nan, "", "NaN in row 2, value 2" },
};

/* ---- The tests -------------------------------------------------------------------- */

static gboolean
apply_settings (LtDataSpec *spec, const char *settings, GError **error)
{
  g_auto (GStrv) pair = g_strsplit (settings, "=", 2);

  if (*settings == '\0')
    return TRUE;
  return lt_knob_parse (lt_knobs_find (&spec->source->knobs, pair[0]), pair[1],
                        spec->settings, error);
}

static LtTable *
try_load (const char *path, const char *settings, GError **error)
{
  g_autoptr (LtDataSpec) spec = lt_data_spec_new (path, error);

  if (spec == NULL || !apply_settings (spec, settings, error))
    return NULL;
  return lt_data_spec_load_table (spec, 1, error);
}

/* The sentence without the test's own folder in it. */
static char *
without_folder (const char *sentence, const LtFolder *folder)
{
  g_autofree char *prefix = g_strconcat (folder->path, "/", NULL);
  g_auto (GStrv) parts = g_strsplit (sentence, prefix, -1);

  return g_strjoinv ("", parts);
}

static void
test_bad_file (gconstpointer data)
{
  const Case *bad = data;
  g_auto (LtFolder) folder = { NULL };
  g_autofree char *path = NULL, *sentence = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (LtTable) table = NULL;

  lt_folder_init (&folder);
  path = bad->write (&folder);
  table = try_load (path, bad->settings, &error);
  g_assert_null (table);
  g_assert_nonnull (error);
  g_assert_true (error->domain == LT_ERROR);
  sentence = without_folder (error->message, &folder);
  if (g_test_verbose ())
    g_test_message ("| %s | %s |", bad->what, sentence);
  if (strstr (sentence, bad->expected) == NULL)
    g_error ("“%s” should contain “%s”", sentence, bad->expected);
  /* One whole sentence. */
  g_assert_true (g_utf8_validate (sentence, -1, NULL));
  g_assert_null (strchr (sentence, '\n'));
  g_assert_true (g_str_has_suffix (sentence, "."));
}

/* A product that does not fit into 64 bits, and one that does but not into memory. */
static void
test_memory_check (void)
{
  g_autoptr (GError) overflow = NULL, large = NULL;

  g_assert_true (lt_memory_check ("x", 10, 10, 4, NULL));
  g_assert_false (lt_memory_check ("x", G_MAXUINT64, 2, 4, &overflow));
  g_assert_error (overflow, LT_ERROR, LT_ERROR_MEMORY);
  g_assert_false (lt_memory_check ("x", G_MAXINT64 / 8, 1, 4, &large));
  g_assert_error (large, LT_ERROR, LT_ERROR_MEMORY);
  g_assert_cmpuint (lt_memory_available (), >, 0);
}

int
main (int argc, char **argv)
{
  setlocale (LC_ALL, "");
  g_test_init (&argc, &argv, NULL);
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autofree char *name = g_strdup_printf ("/bad-files/%s", cases[i].what);

    g_test_add_data_func (name, &cases[i], test_bad_file);
  }
  g_test_add_func ("/bad-files/memory", test_memory_check);
  return g_test_run ();
}

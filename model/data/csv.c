/* Tables of text: values separated by commas, semicolons, tabs or blanks, with or without a
 * first line of names, one column perhaps with labels. Between semicolons a comma is read as
 * a decimal point, as spreadsheets write it in half of Europe. */
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/error.h"
#include "data/loader.h"
#include "data/memory.h"
#include "data/reader.h"

#define NO_COLUMN (-1)

/* Column names that mean labels. */
static const char *const label_names[] = { "label", "labels", "class",   "target",
                                           "y",     "digit",  "species", NULL };

typedef struct {
  LtReader *reader;
  const char *name; /* the file's, for people */
  char separator;
  guint64 line;      /* number of the last one read, from 1 */
  GPtrArray *fields; /* of that line: borrowed strings */
  char **header;     /* NULL when there is none */
  char **classes; /* names of the labels 0, 1, … where the first line has them; NULL */
  int n_columns;
  int label_column;
  float *values; /* [n_rows, n_columns − label column] */
  gsize n_values, capacity, n_rows;
  GStringChunk *strings;
  GPtrArray *labels; /* borrowed from strings */
} Csv;

static void
csv_clear (Csv *self)
{
  g_clear_pointer (&self->reader, lt_reader_close);
  g_clear_pointer (&self->fields, g_ptr_array_unref);
  g_clear_pointer (&self->header, g_strfreev);
  g_clear_pointer (&self->classes, g_strfreev);
  g_clear_pointer (&self->values, free);
  g_clear_pointer (&self->strings, g_string_chunk_free);
  g_clear_pointer (&self->labels, g_ptr_array_unref);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Csv, csv_clear)

/* ---- Lines and fields ------------------------------------------------------------- */

/* Tabs and semicolons are rare inside values, commas are not, blanks separate only where
 * nothing else does. */
static char
find_separator (const char *line)
{
  if (strchr (line, '\t') != NULL)
    return '\t';
  if (strchr (line, ';') != NULL)
    return ';';
  if (strchr (line, ',') != NULL)
    return ',';
  return ' ';
}

/* Ends the field that begins at `at`, unquoting it in place; returns where the next one
 * begins, NULL after the last. */
static char *
split_field (char *at, char separator, char **field)
{
  char *end;

  *field = at;
  if (*at != '"') {
    end = strchr (at, separator);
  } else {
    char *to = at;

    for (end = at + 1; *end != '\0' && (*end != '"' || end[1] == '"'); end++) {
      if (*end == '"')
        end++;
      *to++ = *end;
    }
    end = *end == '"' ? strchr (end, separator) : NULL;
    *to = '\0';
  }
  if (end == NULL)
    return NULL;
  *end = '\0';
  return end + 1;
}

static void
split_line (Csv *self, char *line)
{
  g_ptr_array_set_size (self->fields, 0);
  g_strstrip (line);
  while (line != NULL) {
    char *field;

    if (self->separator == ' ')
      line += strspn (line, " ");
    line = split_field (line, self->separator, &field);
    g_ptr_array_add (self->fields, g_strstrip (field));
  }
}

/* Reads the next line that is neither blank nor a comment into fields. FALSE at the end,
 * and with an error. */
static gboolean
next_line (Csv *self, GError **error)
{
  char *line;

  while ((line = lt_reader_line (self->reader, error)) != NULL) {
    self->line++;
    if (self->line == 1 && g_str_has_prefix (line, "\xef\xbb\xbf"))
      line += 3;
    if (line[strspn (line, " \t")] == '\0' || *line == '#')
      continue;
    if (self->separator == '\0')
      self->separator = find_separator (line);
    split_line (self, line);
    return TRUE;
  }
  return FALSE;
}

/* Decimal commas are turned into points in place. */
static gboolean
read_number (const Csv *self, char *text, double *value)
{
  char *end, *comma;

  if (self->separator == ';' && (comma = strchr (text, ',')) != NULL)
    *comma = '.';
  *value = g_ascii_strtod (text, &end);
  return end != text && *end == '\0';
}

/* ---- What the columns are --------------------------------------------------------- */

static gboolean
any_number (const Csv *self)
{
  double value;

  for (guint i = 0; i < self->fields->len; i++)
    if (read_number (self, self->fields->pdata[i], &value))
      return TRUE;
  return FALSE;
}

/* The line's fields from `first` on. */
static char **
copy_fields (const Csv *self, guint first)
{
  char **copies = g_new0 (char *, self->fields->len - first + 1);

  for (guint i = first; i < self->fields->len; i++)
    copies[i - first] = g_utf8_make_valid (self->fields->pdata[i], -1);
  return copies;
}

static gboolean
read_count (const Csv *self, guint column, double *count)
{
  return column < self->fields->len &&
         read_number (self, self->fields->pdata[column], count) && *count >= 1 &&
         *count == floor (*count);
}

/* “150,4,setosa,versicolor,virginica”, as scikit-learn writes its tables: how many rows and
 * features, then the classes' names; the last column holds their numbers. No other table
 * with such a line could be read, since it has two columns of text. */
static gboolean
is_count_line (const Csv *self, double *n_features)
{
  double value;

  if (self->fields->len < 4 || !read_count (self, 0, &value) ||
      !read_count (self, 1, n_features))
    return FALSE;
  for (guint i = 2; i < self->fields->len; i++) {
    char *field = self->fields->pdata[i];

    if (*field == '\0' || read_number (self, field, &value))
      return FALSE;
  }
  return TRUE;
}

static gboolean
read_class_names (Csv *self, double n_features, GError **error)
{
  GError *problem = NULL;

  self->classes = copy_fields (self, 2);
  if (next_line (self, &problem) && (double) self->fields->len == n_features + 1)
    return TRUE;
  if (problem != NULL)
    g_propagate_error (error, problem);
  else
    g_set_error (
        error, LT_ERROR, LT_ERROR_FORMAT,
        "%s has “%s” in line 1, column 3, where a number was expected; if that "
        "column holds the labels, choose it as the label column.",
        self->name, self->classes[0]);
  return FALSE;
}

/* The first line is a header when it holds no number at all; a first line of text before
 * lines of text is one too. */
static gboolean
read_header (Csv *self, LtHeader header, GError **error)
{
  GError *problem = NULL;
  double n_features;

  if (!next_line (self, &problem)) {
    if (problem != NULL)
      g_propagate_error (error, problem);
    else
      g_set_error (error, LT_ERROR, LT_ERROR_FORMAT,
                   "%s holds no values: every line is blank or a comment.", self->name);
    return FALSE;
  }
  if (header == LT_HEADER_AUTO && is_count_line (self, &n_features))
    return read_class_names (self, n_features, error);
  if (header == LT_HEADER_NO || (header == LT_HEADER_AUTO && any_number (self)))
    return TRUE;
  self->header = copy_fields (self, 0);
  if (next_line (self, &problem))
    return TRUE;
  if (problem != NULL)
    g_propagate_error (error, problem);
  else
    g_set_error (error, LT_ERROR, LT_ERROR_FORMAT,
                 "%s holds 0 rows: only a line of column names.", self->name);
  return FALSE;
}

/* “width”, or “3” where there are no names: for sentences. */
static const char *
column_name (const Csv *self, int column)
{
  if (self->header == NULL || (guint) column >= g_strv_length (self->header))
    return "";
  return self->header[column];
}

static gboolean
is_label_name (const char *name)
{
  for (int i = 0; label_names[i] != NULL; i++)
    if (g_ascii_strcasecmp (label_names[i], name) == 0)
      return TRUE;
  return FALSE;
}

/* Looks at the first row: a column called so whose value is no fraction, else the first
 * column of text. */
static int
guess_label_column (Csv *self)
{
  int text_column = NO_COLUMN;

  if (self->classes != NULL)
    return self->n_columns - 1;
  for (int i = 0; i < self->n_columns; i++) {
    char *field = self->fields->pdata[i];
    double value;
    gboolean number = read_number (self, field, &value);

    if (is_label_name (column_name (self, i)) && (!number || value == floor (value)))
      return i;
    if (!number && *field != '\0' && text_column == NO_COLUMN)
      text_column = i;
  }
  return text_column;
}

static gboolean
find_label_column (Csv *self, const char *wanted, GError **error)
{
  g_autofree char *names = NULL;
  char *end;
  gint64 number = g_ascii_strtoll (wanted, &end, 10);

  self->label_column = NO_COLUMN;
  if (strcmp (wanted, "none") == 0)
    return TRUE;
  if (strcmp (wanted, "auto") == 0 || *wanted == '\0') {
    self->label_column = guess_label_column (self);
    return TRUE;
  }
  for (int i = 0; i < self->n_columns; i++)
    if (strcmp (column_name (self, i), wanted) == 0)
      self->label_column = i;
  if (self->label_column != NO_COLUMN)
    return TRUE;
  if (end != wanted && *end == '\0' && number >= 1 && number <= self->n_columns) {
    self->label_column = (int) number - 1;
    return TRUE;
  }
  names = self->header != NULL ? g_strjoinv (", ", self->header)
                               : g_strdup_printf ("1 to %d", self->n_columns);
  g_set_error (error, LT_ERROR, LT_ERROR_UNKNOWN,
               "%s has no column “%s” for the labels; its columns are %s.", self->name,
               wanted, names);
  return FALSE;
}

static gboolean
find_columns (Csv *self, const LtFileSettings *settings, GError **error)
{
  self->n_columns = (int) self->fields->len;
  if (self->header != NULL && g_strv_length (self->header) != self->fields->len) {
    g_set_error (error, LT_ERROR, LT_ERROR_FORMAT,
                 "%s names %u columns in its first line, but has %d values in line "
                 "%" G_GUINT64_FORMAT "; every line needs the same number.",
                 self->name, g_strv_length (self->header), self->n_columns, self->line);
    return FALSE;
  }
  if (!find_label_column (self, settings->label_column, error))
    return FALSE;
  if (self->n_columns == 1 && self->label_column == 0) {
    g_set_error (error, LT_ERROR, LT_ERROR_FORMAT,
                 "%s has one column only, which holds labels; columns of numbers were "
                 "expected.",
                 self->name);
    return FALSE;
  }
  return TRUE;
}

/* ---- Rows ------------------------------------------------------------------------- */

static gboolean
grow (Csv *self, GError **error)
{
  gsize capacity = MAX (2 * self->capacity, 65536);
  float *grown;

  if (!lt_memory_check (self->name, capacity, 1, sizeof (float), error))
    return FALSE;
  grown = realloc (self->values, capacity * sizeof (float));
  if (grown == NULL) {
    g_set_error (error, LT_ERROR, LT_ERROR_MEMORY,
                 "%s does not fit into memory: it was read up to line "
                 "%" G_GUINT64_FORMAT ".",
                 self->name, self->line);
    return FALSE;
  }
  self->values = grown;
  self->capacity = capacity;
  return TRUE;
}

/* “line 3, column 2 (width)” */
static char *
place (const Csv *self, int column)
{
  const char *name = column_name (self, column);

  if (*name == '\0')
    return g_strdup_printf ("line %" G_GUINT64_FORMAT ", column %d", self->line,
                            column + 1);
  return g_strdup_printf ("line %" G_GUINT64_FORMAT ", column %d (%s)", self->line,
                          column + 1, name);
}

static gboolean
set_bad_value (const Csv *self, int column, gboolean number, GError **error)
{
  g_autofree char *where = place (self, column);
  g_autofree char *start = g_strndup (self->fields->pdata[column], 40);
  g_autofree char *text = g_utf8_make_valid (start, -1);

  if (*text == '\0')
    g_set_error (error, LT_ERROR, LT_ERROR_FORMAT,
                 "%s has no value in %s; a number was expected.", self->name, where);
  else if (number)
    g_set_error (error, LT_ERROR, LT_ERROR_FORMAT,
                 "%s has the value “%s” in %s; every value must be a finite number.",
                 self->name, text, where);
  else
    g_set_error (error, LT_ERROR, LT_ERROR_FORMAT,
                 "%s has “%s” in %s, where a number was expected; if that column holds "
                 "the labels, choose it as the label column.",
                 self->name, text, where);
  return FALSE;
}

static gboolean
add_row (Csv *self, GError **error)
{
  if (self->fields->len != (guint) self->n_columns) {
    g_set_error (error, LT_ERROR, LT_ERROR_FORMAT,
                 "%s has %u values in line %" G_GUINT64_FORMAT
                 ", where the lines before have %d; every line needs the same number.",
                 self->name, self->fields->len, self->line, self->n_columns);
    return FALSE;
  }
  if (self->capacity - self->n_values < (gsize) self->n_columns && !grow (self, error))
    return FALSE;
  for (int i = 0; i < self->n_columns; i++) {
    char *field = self->fields->pdata[i];
    double value;
    gboolean number;

    if (i == self->label_column) {
      g_ptr_array_add (self->labels,
                       g_string_chunk_insert_const (self->strings, field));
      continue;
    }
    number = read_number (self, field, &value);
    if (!number || !(fabs (value) <= (double) G_MAXFLOAT))
      return set_bad_value (self, i, number, error);
    self->values[self->n_values++] = (float) value;
  }
  self->n_rows++;
  return TRUE;
}

static gboolean
read_rows (Csv *self, GError **error)
{
  GError *problem = NULL;

  do {
    if (!add_row (self, error))
      return FALSE;
  } while (next_line (self, &problem));
  if (problem != NULL)
    g_propagate_error (error, problem);
  return problem == NULL;
}

/* ---- The table -------------------------------------------------------------------- */

/* Labels that count the names of the first line get them. */
static void
name_classes (const Csv *self, LtTable *table)
{
  guint n = self->classes != NULL ? g_strv_length (self->classes) : 0;

  for (int k = 0; n > 0 && table->label_names[k] != NULL; k++) {
    guint64 number;

    if (!g_ascii_string_to_unsigned (table->label_names[k], 10, 0, n - 1, &number,
                                     NULL))
      continue;
    g_free (table->label_names[k]);
    table->label_names[k] = g_strdup (self->classes[number]);
  }
}

/* The header without the label column's name. */
static void
name_features (const Csv *self, LtTable *table)
{
  int n = 0;

  if (self->header == NULL)
    return;
  table->feature_names = g_new0 (char *, self->n_columns + 1);
  for (int i = 0; i < self->n_columns; i++)
    if (i != self->label_column)
      table->feature_names[n++] = g_strdup (self->header[i]);
}

/* Labels that are all whole numbers are sorted as numbers: 2 before 10. */
static gboolean
label_table (Csv *self, LtTable *table, GError **error)
{
  g_autofree gint64 *numbers = g_new (gint64, MAX (self->labels->len, 1));
  g_autofree char *what =
      g_strdup_printf ("%s, column %d,", self->name, self->label_column + 1);

  for (guint i = 0; i < self->labels->len; i++) {
    double value;

    if (!read_number (self, self->labels->pdata[i], &value) || value != floor (value) ||
        fabs (value) > 1e15)
      return lt_table_label_strings (table, (const char *const *) self->labels->pdata,
                                     what, error);
    numbers[i] = (gint64) value;
  }
  if (!lt_table_label_numbers (table, numbers, what, error))
    return FALSE;
  name_classes (self, table);
  return TRUE;
}

static LtTable *
make_table (Csv *self, const LtFileSettings *settings, GError **error)
{
  g_autoptr (LtTable) table = NULL;
  LtShape shape;
  int nv = self->n_columns - (self->label_column != NO_COLUMN);

  lt_shape_init (&shape, "features", LT_REAL, 1, nv, 1);
  table = lt_table_new (self->name, &shape, self->n_rows, LT_TABLE_FLOATS, error);
  if (table == NULL)
    return NULL;
  memcpy (table->floats, self->values, self->n_values * sizeof (float));
  g_clear_pointer (&self->values, free);
  name_features (self, table);
  if (self->label_column != NO_COLUMN && !label_table (self, table, error))
    return NULL;
  if (!lt_loader_shape (table, settings, self->label_column + 1, error))
    return NULL;
  return g_steal_pointer (&table);
}

static LtTable *
load (const char *path, const LtFileSettings *settings, GError **error)
{
  g_auto (Csv) csv = { .reader = lt_reader_open (path, error) };

  if (csv.reader == NULL)
    return NULL;
  csv.name = lt_reader_name (csv.reader);
  csv.fields = g_ptr_array_new ();
  csv.strings = g_string_chunk_new (4096);
  csv.labels = g_ptr_array_new ();
  if (!read_header (&csv, settings->header, error) ||
      !find_columns (&csv, settings, error) || !read_rows (&csv, error))
    return NULL;
  return make_table (&csv, settings, error);
}

/* Any text might be a table: the name decides. */
static gboolean
recognises (const LtFileHead *head)
{
  return FALSE;
}

static const char *const extensions[] = { "csv", "tsv", "txt", "data", NULL };

static const char *const heeded[] = { "label-column", "header", "picture-size",
                                      "groups", NULL };

const LtLoader lt_csv_loader = {
  .title = "table of text (.csv, .tsv, .txt, .data, also .gz)",
  .extensions = extensions,
  .knobs = heeded,
  .recognises = recognises,
  .load = load,
};

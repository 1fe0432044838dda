/* Reconstructions: chosen examples, as they are, as the model sees them, and as it makes
 * them again. */
#include <math.h>
#include <string.h>

#include "core/error.h"
#include "views/common.h"

#define MAX_EXAMPLES 60
#define SCAN_ROWS    4096

typedef enum {
  CHOOSE_CLASSES,
  CHOOSE_FIRST,
} Choose;

typedef struct {
  int choose;
  int first;
  int count; /* 0: as many as fit */
  int split;
  int seed;
} Settings;

typedef struct {
  LtReconstructions *examples;
  guint32 *rows; /* [n] */
  LtSplit split;
  LtViewPicture picture;
  int kinds;     /* of pictures: 2, or 3 with the corrupted ones */
  float *pixels; /* [kinds, n, picture] */
  float lowest, highest;
  char **captions; /* [kinds · n] */
  char **classes;
  char *note, *moment;
} Result;

static const char *const choose_names[] = { "classes", "first", NULL };

static const LtKnob knobs[] = {
  { "examples", "Examples", "", "Examples",
    "Classes takes one example of each class in turn, first the rows as they come.",
    LT_KNOB_CHOICE, .live = TRUE, .fallback = "classes", .choices = choose_names,
    .offset = G_STRUCT_OFFSET (Settings, choose) },
  { "first", "From row", "", "Examples",
    "The row of the split where the search for examples begins.", LT_KNOB_INTEGER,
    .live = TRUE, .minimum = 0, .maximum = 999999, .fallback = "0",
    .offset = G_STRUCT_OFFSET (Settings, first) },
  { "count", "How many", "", "Examples",
    "How many examples are shown; 0 for as many as can be recognised at this size.",
    LT_KNOB_INTEGER, .live = TRUE, .minimum = 0, .maximum = MAX_EXAMPLES,
    .fallback = "0", .offset = G_STRUCT_OFFSET (Settings, count) },
  { "split", "Rows of", "", "Examples",
    "The split that examples are taken from; judge is the test set where there is one.",
    LT_KNOB_CHOICE, .live = TRUE, .fallback = "judge", .choices = lt_view_split_names,
    .offset = G_STRUCT_OFFSET (Settings, split) },
  { "noise-seed", "Noise seed", "", "Examples",
    "The same seed corrupts the examples in the same way at every epoch.",
    LT_KNOB_INTEGER, .live = TRUE, .minimum = 0, .maximum = 999999, .fallback = "1",
    .offset = G_STRUCT_OFFSET (Settings, seed) },
};

static gboolean
suits (const LtModel *model, const LtDataset *data, const char **why)
{
  if (!lt_model_can (model, LT_CAN_RECONSTRUCT)) {
    *why = "This model does not reconstruct its input.";
    return FALSE;
  }
  if (model->shape.nv < 3) {
    *why = "Reconstructions are shown for pictures and for rows of three features and "
           "more; for points in the plane see the vector field.";
    return FALSE;
  }
  return TRUE;
}

/* One example of each class in turn, from `first` on; rows without a class are passed over.
 * Returns how many were found. */
static int
choose_by_class (const LtDataset *data,
                 LtSplit split,
                 gsize first,
                 int n,
                 guint32 *rows)
{
  int n_classes = lt_dataset_n_classes (data);
  gsize n_total = lt_dataset_n (data, split);
  gsize n_scan = MIN (SCAN_ROWS, n_total);
  g_autofree guint32 *order = g_new (guint32, n_scan);
  g_autofree int *labels = g_new (int, n_scan);
  g_autofree gboolean *used = g_new0 (gboolean, n_scan);
  int found = 0, misses = 0;

  for (gsize i = 0; i < n_scan; i++)
    order[i] = (guint32) ((first + i) % n_total);
  lt_dataset_gather_labels (data, split, order, 0, n_scan, labels);
  for (int label = 0; found < n && misses < n_classes;
       label = (label + 1) % n_classes) {
    gsize i = 0;

    while (i < n_scan && (used[i] || labels[i] != label))
      i++;
    if (i == n_scan) {
      misses++;
      continue;
    }
    misses = 0;
    used[i] = TRUE;
    rows[found++] = order[i];
  }
  return found;
}

/* [*n] rows of the split. */
static guint32 *
choose_rows (const LtDataset *data, LtSplit split, const Settings *settings, int *n)
{
  gsize n_total = lt_dataset_n (data, split);
  gsize first = (gsize) settings->first % n_total;
  guint32 *rows;

  *n = MIN ((gsize) *n, n_total);
  rows = g_new (guint32, *n);
  if (settings->choose == CHOOSE_CLASSES && lt_dataset_n_classes (data) > 0) {
    int found = choose_by_class (data, split, first, *n, rows);

    if (found > 0) {
      *n = found;
      return rows;
    }
  }
  for (int i = 0; i < *n; i++)
    rows[i] = (guint32) ((first + i) % n_total);
  return rows;
}

/* How many examples fill the area. Rows are broken into blocks below each other, a block being
 * originals, corrupted and reconstructed ones: ten a block, or one of each class, are easily
 * compared; more where a block is wide and low, fewer where they could not be recognised. */
static int
count_examples (const LtViewPicture *picture, const LtViewRequest *request, int kinds)
{
  double line = lt_text_height (request->style, 1.0);
  double w = MAX (1.0, request->w - 8.0 * line), h = MAX (1.0, request->h - 1.5 * line);
  double ratio = (double) picture->width / picture->height;
  int classes = lt_dataset_n_classes (request->data);
  int usual = picture->height == 1            ? MAX (1, (int) (w / (9.0 * line)))
              : classes >= 4 && classes <= 16 ? classes
                                              : 10;
  double widest = MAX (1.0, (h / kinds - 1.2 * line) * ratio), tile;
  int columns, blocks;

  columns = CLAMP ((int) (w / widest), usual, MAX (usual, MAX_EXAMPLES / 2));
  columns = MAX (1, MIN (columns, (int) (w / MAX (1.5 * line, 16.0))));
  tile = MAX (line / 2.0, w / columns / ratio);
  blocks = (int) ((h + line) / (kinds * (tile + line) + line));
  return columns * CLAMP (blocks, 1, MAX (1, MAX_EXAMPLES / columns));
}

/* One kind of picture after another, [kinds, n]. */
static void
cut_pictures (Result *self, const LtDataset *data)
{
  const LtReconstructions *e = self->examples;
  const float *blocks[3] = { e->original, e->corrupted, e->reconstruction };
  gsize size = lt_view_picture_size (&self->picture) * e->n;
  float *to = self->pixels = g_new (float, self->kinds *size);

  for (int block = 0; block < 3; block++) {
    g_autofree float *rows = NULL;

    if (blocks[block] == NULL)
      continue;
    rows = g_memdup2 (blocks[block], (gsize) e->n * e->shape.nv * sizeof *rows);
    lt_view_unscale (data, e->n, rows);
    if (block == 0)
      lt_view_range (data, rows, e->n, &self->lowest, &self->highest);
    lt_view_picture_cut (&self->picture, rows, e->shape.nv, e->n, to);
    to += size;
  }
}

/* Two figures, for the room below a small picture. */
static char *
short_number (double value)
{
  return g_strdup_printf (value < 9.95 ? "%.2g" : "%.0f", value);
}

/* Classes under the originals, errors under the reconstructions. */
static void
write_captions (Result *self)
{
  int n = self->examples->n, last = (self->kinds - 1) * n;

  self->captions = g_new0 (char *, self->kinds *n + 1);
  for (int i = 0; i < self->kinds * n; i++) {
    int label = self->examples->labels[i % n];

    if (i >= last)
      self->captions[i] = short_number ((double) self->examples->errors[i % n]);
    else if (i < n && self->classes != NULL && label >= 0)
      self->captions[i] = g_strdup (self->classes[label]);
    else
      self->captions[i] = g_strdup ("");
  }
}

static char *
make_note (const Result *self, const LtDataset *data)
{
  g_autofree char *total = lt_view_count (lt_dataset_n (data, self->split));
  gboolean white = lt_dataset_is_whitened (data) && self->picture.height > 1;
  double sum = 0.0;

  for (int i = 0; i < self->examples->n; i++)
    sum += (double) self->examples->errors[i];
  return g_strdup_printf (
      "%d of %s %s examples%s; squared error%s below each, mean %.3g",
      self->examples->n, total, lt_split_name (self->split),
      white ? ", whitening undone" : "", white ? " of white values" : "",
      sum / MAX (1, self->examples->n));
}

/* Whether there will be corrupted pictures: one example tells. */
static int
count_kinds (const LtViewRequest *request, LtSplit split, const Settings *settings)
{
  const guint32 row = 0;
  LtReconstructions *trial =
      lt_probe_reconstructions (request->snapshot, request->data, split, &row, 1,
                                (guint64) settings->seed, request->ws);
  int kinds = trial->corrupted != NULL ? 3 : 2;

  lt_reconstructions_free (trial);
  return kinds;
}

static gpointer
compute (const LtViewRequest *request, GError **error)
{
  const Settings *settings = request->settings;
  const LtDataset *data = request->data;
  LtSplit split = lt_view_split (settings->split, data);
  int n = settings->count;
  Result *self;

  if (lt_dataset_n (data, split) == 0) {
    g_set_error (error, LT_ERROR, LT_ERROR_VALUE,
                 "The data set “%s” has no %s rows; choose examples of another split.",
                 lt_dataset_title (data), lt_split_name (split));
    return NULL;
  }
  self = g_new0 (Result, 1);
  self->split = split;
  lt_view_picture_init (&self->picture, &request->snapshot->model->shape);
  if (n == 0)
    n = count_examples (&self->picture, request,
                        count_kinds (request, split, settings));
  self->rows = choose_rows (data, split, settings, &n);
  self->examples = lt_probe_reconstructions (request->snapshot, data, split, self->rows,
                                             n, (guint64) settings->seed, request->ws);
  self->kinds = self->examples->corrupted != NULL ? 3 : 2;
  self->classes = lt_view_class_names (data);
  cut_pictures (self, data);
  write_captions (self);
  self->note = make_note (self, data);
  self->moment = lt_view_moment (request->snapshot);
  return self;
}

static void
free_result (gpointer result)
{
  Result *self = result;

  lt_reconstructions_free (self->examples);
  g_free (self->rows);
  g_free (self->pixels);
  g_strfreev (self->captions);
  g_strfreev (self->classes);
  g_free (self->note);
  g_free (self->moment);
  g_free (self);
}

static const char *const two_titles[] = { "original", "reconstructed" };
static const char *const three_titles[] = { "original", "corrupted", "reconstructed" };

static LtTilesData
tiles (const Result *self)
{
  LtTilesData data = lt_view_picture_tiles (&self->picture, self->pixels,
                                            self->kinds * self->examples->n,
                                            self->lowest, self->highest);

  data.n_rows = self->kinds;
  data.row_titles = self->kinds == 3 ? three_titles : two_titles;
  data.captions = (const char *const *) self->captions;
  data.note = self->note;
  return data;
}

static void
paint (gconstpointer result, cairo_t *cr, const LtStyle *style, double w, double h)
{
  LtTilesData data = tiles (result);

  lt_tiles_paint (cr, &data, style, w, h);
}

static char *
describe (gconstpointer result)
{
  const Result *self = result;

  return g_strdup_printf ("%s, %s", self->moment, self->note);
}

/* "test 4711, class 7". */
static char *
name_example (const Result *self, int i)
{
  int label = self->examples->labels[i];
  const char *split = lt_split_name (self->split);

  if (self->classes == NULL || label < 0)
    return g_strdup_printf ("%s %u", split, self->rows[i]);
  return g_strdup_printf ("%s %u, class %s", split, self->rows[i],
                          self->classes[label]);
}

static gboolean
hit (gconstpointer result,
     const LtStyle *style,
     double w,
     double h,
     double x,
     double y,
     LtViewHit *found)
{
  const Result *self = result;
  LtTilesData data = tiles (self);
  int tile = lt_tiles_hit (&data, style, w, h, x, y, &found->rect);
  g_autofree char *name = NULL;

  if (tile < 0)
    return FALSE;
  found->item = tile % self->examples->n;
  found->x = found->y = 0.0;
  name = name_example (self, found->item);
  g_snprintf (found->text, sizeof found->text, "%s: squared error %.4g", name,
              (double) self->examples->errors[found->item]);
  return TRUE;
}

/* The example's column, enlarged. */
static gpointer
lens (const LtViewRequest *request,
      gconstpointer result,
      const LtViewHit *found,
      gboolean pressed)
{
  const Result *self = result;
  LtTilesData data = tiles (self);
  LtLens *card = lt_lens_of_tiles (&data, &self->picture, found);
  char **last;

  if (card == NULL)
    return NULL;
  card->title = name_example (self, found->item);
  last = &card->captions[self->kinds - 1];
  g_free (*last);
  *last = g_strdup_printf ("error %.4g", (double) self->examples->errors[found->item]);
  return card;
}

static void
append_values (GString *csv, const char *kind, const float *values, int n)
{
  g_string_append_printf (csv, ",%s", kind);
  for (int j = 0; j < n; j++) {
    g_string_append_c (csv, ',');
    lt_csv_number (csv, (double) values[j]);
  }
  g_string_append_c (csv, '\n');
}

static char *
to_csv (gconstpointer result)
{
  const Result *self = result;
  const LtReconstructions *e = self->examples;
  const float *blocks[3] = { e->original, e->corrupted, e->reconstruction };
  GString *csv = g_string_new ("row,class,squared_error,kind");

  for (int j = 0; j < e->shape.nv; j++)
    g_string_append_printf (csv, ",x%d", j);
  g_string_append_c (csv, '\n');
  for (int i = 0; i < e->n; i++)
    for (int kind = 0; kind < 3; kind++) {
      if (blocks[kind] == NULL)
        continue;
      g_string_append_printf (csv, "%u,", self->rows[i]);
      if (self->classes != NULL && e->labels[i] >= 0)
        lt_csv_text (csv, self->classes[e->labels[i]]);
      g_string_append_c (csv, ',');
      lt_csv_number (csv, (double) e->errors[i]);
      append_values (csv, three_titles[kind], blocks[kind] + (gsize) i * e->shape.nv,
                     e->shape.nv);
    }
  return g_string_free (csv, FALSE);
}

const LtView lt_reconstructions_view = {
  .name = "reconstructions",
  .title = "Reconstructions",
  .summary = "Examples that the model has not been trained on, as they are and as it "
             "makes them again from its code: what is missing did not fit through.",
  .knobs = { knobs, G_N_ELEMENTS (knobs), sizeof (Settings) },
  .suits = suits,
  .compute = compute,
  .free = free_result,
  .paint = paint,
  .describe = describe,
  .hit = hit,
  .lens = lens,
  .lens_paint = lt_lens_paint,
  .lens_free = lt_lens_free,
  .to_csv = to_csv,
};

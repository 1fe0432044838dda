/* Fantasy particles, computed: where the chains start or go on, what of them is held, and
 * what stands beside them. */
#include <math.h>
#include <string.h>

#include "core/error.h"
#include "views/drawn.h"
#include "views/particles.h"

/* Ink that holds a unit: less is a stroke's soft edge. */
#define HOLDING 0.3f

/* Looks at chains that are let go in one piece: classes cost more than steps. */
#define MOST_LOOKS 100

/* Chains beside each other that pictures do not grow beyond. */
#define FEWEST 6

const char *const lt_particles_row_titles[] = { "particle", "nearest" };

/* ---- The drawing as a row -------------------------------------------------------- */

static gboolean
wants_drawing (const LtParticlesSettings *settings)
{
  return settings->start == LT_START_DRAWN || settings->clamp == LT_CLAMP_DRAWN;
}

/* A file stands for what is drawn only where that is asked for. */
static gboolean
take_drawing (LtParticlesResult *self, const LtViewRequest *request, GError **error)
{
  const char *path = wants_drawing (&self->settings) ? self->settings.drawing : "";

  if (!lt_view_take_drawing (request, &self->picture, path, &self->drawing, error))
    return FALSE;
  self->from_file = self->drawing != NULL && self->drawing != request->drawing;
  return TRUE;
}

/* ---- What is held ------------------------------------------------------------------ */

static gboolean
is_held (const LtParticlesResult *self, int x, int y)
{
  const LtViewPicture *picture = &self->picture;

  switch ((LtParticlesClamp) self->settings.clamp) {
  case LT_CLAMP_TOP:
    return y < picture->height / 2;
  case LT_CLAMP_BOTTOM:
    return y >= (picture->height + 1) / 2;
  case LT_CLAMP_LEFT:
    return x < picture->width / 2;
  case LT_CLAMP_RIGHT:
    return x >= (picture->width + 1) / 2;
  case LT_CLAMP_DRAWN:
    return self->drawing != NULL &&
           self->drawing->ink[y * picture->width + x] > HOLDING;
  case LT_CLAMP_NONE:
  default:
    return FALSE;
  }
}

/* Fills self->held and clamped [nv]; FALSE when nothing is held. */
static gboolean
hold (LtParticlesResult *self, float *clamped)
{
  const LtViewPicture *picture = &self->picture;
  int n = picture->width * picture->height, n_held = 0;

  self->held = g_new0 (float, n);
  for (int i = 0; i < n; i++) {
    if (!is_held (self, i % picture->width, i / picture->width))
      continue;
    self->held[i] = 1;
    n_held++;
    for (int c = 0; c < picture->stride; c++)
      clamped[picture->offset + (gsize) i * picture->stride + c] = 1;
  }
  if (n_held == 0)
    g_clear_pointer (&self->held, g_free);
  return n_held > 0;
}

/* ---- Checks ------------------------------------------------------------------------ */

static gboolean
check_label (const LtParticlesResult *self, const LtModel *model, GError **error)
{
  int label = self->settings.label;

  if (label < model->n_classes)
    return TRUE;
  g_set_error (error, LT_ERROR, LT_ERROR_VALUE,
               "There is no class %d to hold the label at; the classes go from 0 to "
               "%d, and −1 leaves the label free.",
               label, model->n_classes - 1);
  return FALSE;
}

static gboolean
check (const LtParticlesResult *self, const LtModel *model, GError **error)
{
  gboolean upright =
      self->settings.clamp == LT_CLAMP_TOP || self->settings.clamp == LT_CLAMP_BOTTOM;

  if (!check_label (self, model, error))
    return FALSE;
  if (lt_shape_is_picture (&model->shape) ||
      (!wants_drawing (&self->settings) && !upright))
    return TRUE;
  g_set_error (error, LT_ERROR, LT_ERROR_UNSUPPORTED,
               "These data are not pictures, so there is nothing to draw on and no top "
               "or bottom; hold left or right, and start chains from noise, data or "
               "held-out.");
  return FALSE;
}

/* ---- Running ----------------------------------------------------------------------- */

/* As many as can be recognised: blocks of rows as low as that allows, which then grow to fill
 * the height as long as enough of them stand beside each other. */
static int
count_particles (const LtParticlesResult *self, const LtViewRequest *request)
{
  const LtViewPicture *picture = &self->picture;
  const double line = lt_text_height (request->style, 1);
  double ratio = (double) picture->width / picture->height;
  int rows = self->n_rows, columns, blocks;
  double below = (self->names != NULL ? 1.25 : picture->height == 1 ? 0.9 : 0.4) * line;
  double w, h, side, tile_h;
  LtDreamsData data = {
    .tiles = { .width = picture->width, .height = picture->height, .note = "" },
    .n_classes = self->names != NULL ? (int) g_strv_length (self->names) : 0,
    .class_names = (const char *const *) self->names,
    .drawn = wants_drawing (&self->settings) ? &self->lowest : NULL
  };

  lt_dreams_room (&data, request->style, request->w, request->h, &w, &h);
  w = MAX (1, w - 6 * line);
  side = MAX (2.2 * line, MIN (w, h) / 8);
  tile_h = picture->height == 1 ? line / 2 : side * MAX (1, 1 / ratio);
  /* A block more where that makes them only a little smaller. */
  blocks = MAX (1, (int) ((h + line) / (rows * (tile_h + below) + line) + 0.2));
  if (picture->height > 1)
    tile_h = CLAMP (((h + line) / blocks - line) / rows - below, 0.8 * tile_h,
                    MAX (tile_h, w / FEWEST / ratio));
  columns = (int) (w / (picture->height == 1 ? 6 * line : tile_h * ratio));
  return MIN (MAX (1, columns) * blocks, LT_PARTICLES_MAX);
}

/* Whether so many chains have been running. Those of a tile that has grown go on, larger; when
 * the user asks for another number, so many begin. */
static gboolean
are_as_many (const LtParticlesResult *before, const LtParticlesSettings *now, int n)
{
  const LtParticles *particles = before->particles;

  if (particles->start == LT_START_CHAINS)
    return MIN (n, particles->n_total) == particles->n;
  return n == particles->n ||
         (n > particles->n && now->count == before->settings.count);
}

/* Whether the chains of the result before are those that these settings ask for. */
static gboolean
goes_on (const LtParticlesResult *self, const LtViewRequest *request, int n)
{
  const LtParticlesResult *before = request->previous;
  const LtParticlesSettings *a = &self->settings, *b;

  if (before == NULL || before->run != self->run)
    return FALSE;
  b = &before->settings;
  return a->start == b->start && a->example == b->example && a->seed == b->seed &&
         are_as_many (before, a, n) &&
         (a->start != LT_START_DRAWN ||
          lt_drawing_equal (self->drawing, before->drawing)) &&
         lt_particles_go_on (before->particles, request->snapshot);
}

/* In a picture that stands by itself all steps are taken; in one that moves, a frame's. */
static gboolean
run (LtParticlesResult *self,
     const LtViewRequest *request,
     LtParticlesOptions *options,
     GError **error)
{
  const LtParticlesResult *before = request->previous;
  gboolean still = request->motion == LT_VIEW_STILL || !self->settings.animate;
  gboolean on = goes_on (self, request, options->n);

  options->stride = self->settings.stride;
  if (on && (!still || before->particles->start == LT_START_CHAINS)) {
    options->steps = request->motion == LT_VIEW_MOVING ? options->stride : 0;
    self->particles = lt_probe_particles_on (request->snapshot, request->data, options,
                                             before->particles, request->ws, error);
  } else {
    int looks = self->settings.steps / options->stride;

    options->steps = still ? self->settings.steps : 0;
    options->stride *= MAX (1, (looks + MOST_LOOKS - 1) / MOST_LOOKS);
    self->particles = lt_probe_particles (request->snapshot, request->data, options,
                                          request->ws, error);
  }
  if (self->particles == NULL)
    return FALSE;
  self->moving = !still && self->particles->start != LT_START_CHAINS;
  return TRUE;
}

static gboolean
let_dream (LtParticlesResult *self, const LtViewRequest *request, GError **error)
{
  const LtParticlesSettings *s = &self->settings;
  gsize nv = (gsize) request->snapshot->model->shape.nv;
  g_autofree float *drawn = g_new0 (float, nv);
  g_autofree float *clamped = g_new0 (float, nv);
  LtParticlesOptions options = {
    .start = s->start,
    .example = s->example,
    .drawn = drawn,
    .n = s->count > 0 ? s->count : count_particles (self, request),
    .seed = (guint64) s->seed,
    .temperature = s->temperature,
    .label = s->label,
    .given = s->clamp == LT_CLAMP_DRAWN ? drawn : NULL,
    .samples = s->show == LT_SHOW_SAMPLES,
    .nearest = TRUE,
  };

  if (wants_drawing (s))
    lt_view_row_from_drawing (&self->picture, self->drawing, request->data, drawn);
  if (hold (self, clamped))
    options.clamped = clamped;
  return run (self, request, &options, error);
}

/* ---- Pictures ---------------------------------------------------------------------- */

static void
cut (const LtParticlesResult *self,
     const LtDataset *data,
     float *rows,
     int n,
     float *pixels)
{
  lt_view_unscale (data, n, rows);
  lt_view_picture_cut (&self->picture, rows, lt_dataset_shape (data)->nv, n, pixels);
}

/* Of values without bounds, such as natural pictures', the extremes are so rare that all
 * else would be grey. */
#define RARE 0.02

/* A hardly trained machine's pictures are nearly alike; their contrast is no stronger than
 * makes this share of the data's range all of the colours. */
#define FAINTEST    0.1f
#define SCALED_ROWS 20 /* of the data */

static float
range_of_data (const LtParticlesResult *self, const LtDataset *data)
{
  gsize n = MIN (SCALED_ROWS, lt_dataset_n (data, LT_TRAIN));
  gsize nv = (gsize) lt_dataset_shape (data)->nv;
  gsize size = n * lt_view_picture_size (&self->picture);
  g_autofree float *rows = g_new (float, n *nv);
  g_autofree float *pixels = g_new (float, size);
  guint32 picked[SCALED_ROWS];

  for (gsize i = 0; i < n; i++)
    picked[i] = (guint32) (i * lt_dataset_n (data, LT_TRAIN) / n);
  lt_dataset_gather (data, LT_TRAIN, picked, 0, n, rows);
  cut (self, data, rows, (int) n, pixels);
  return lt_view_quantile (pixels, size, 1 - RARE) -
         lt_view_quantile (pixels, size, RARE);
}

/* What is black and what is white: where values have bounds, those, from frame to frame;
 * else what nearly all of the pictures shown keep to, as a machine's may be much fainter than
 * the data's. */
static void
choose_range (LtParticlesResult *self, const LtDataset *data)
{
  gsize n =
      (gsize) self->n_rows * self->particles->n * lt_view_picture_size (&self->picture);
  LtValueKind kind = lt_dataset_shape (data)->modality[0].kind;
  float widen;

  self->lowest = 0;
  self->highest = 1;
  if (kind == LT_UNIT || kind == LT_BINARY)
    return;
  self->lowest = lt_view_quantile (self->pixels, n, RARE);
  self->highest = lt_view_quantile (self->pixels, n, 1 - RARE);
  widen = (FAINTEST * range_of_data (self, data) - (self->highest - self->lowest)) / 2;
  if (widen > 0) {
    self->lowest -= widen;
    self->highest += widen;
  }
  if (!(self->highest > self->lowest))
    self->highest = self->lowest + 1;
}

static void
cut_pictures (LtParticlesResult *self, const LtDataset *data)
{
  const LtParticles *particles = self->particles;
  int n = particles->n, nv = lt_dataset_shape (data)->nv;
  gsize size = lt_view_picture_size (&self->picture), all = (gsize) n * nv;
  g_autofree float *rows = g_memdup2 (particles->x, all * sizeof *rows);

  self->pixels = g_new (float, self->n_rows *size *n);
  cut (self, data, rows, n, self->pixels);
  if (self->n_rows == 2) {
    gboolean origin =
        self->settings.beside == LT_BESIDE_START && particles->origin != NULL;

    for (int i = 0; i < n; i++)
      memcpy (rows + (gsize) i * nv,
              origin ? particles->origin + (gsize) i * nv
                     : lt_particles_nearest (particles, i),
              nv * sizeof *rows);
    cut (self, data, rows, n, self->pixels + n * size);
  }
  if (wants_drawing (&self->settings)) {
    self->drawn = g_new (float, size);
    lt_view_row_from_drawing (&self->picture, self->drawing, data, rows);
    cut (self, data, rows, 1, self->drawn);
  }
}

/* ---- Words ------------------------------------------------------------------------- */

/* What the machine's own label units say of each. */
static void
read_labels (LtParticlesResult *self, const LtViewRequest *request)
{
  const LtModel *model = request->snapshot->model;
  LtCall call = lt_snapshot_call (request->snapshot, request->ws, NULL);
  int n = self->particles->n, k = model->n_classes;
  g_autofree float *p = g_new (float, n *k);

  self->labels = g_new0 (int, n);
  model->kind->classify (&call, self->particles->x, n, p);
  for (int i = 0; i < n; i++)
    for (int j = 1; j < k; j++)
      if (p[i * k + j] > p[i * k + self->labels[i]])
        self->labels[i] = j;
}

/* Whether names have room under pictures; else the classes' markers must do. */
static gboolean
are_short (char **names)
{
  for (; *names != NULL; names++)
    if (g_utf8_strlen (*names, -1) > 4)
      return FALSE;
  return TRUE;
}

/* Under a particle the class of those that it looks like, and how often that has changed; under
 * its neighbour that one's class. */
static void
write_captions (LtParticlesResult *self)
{
  const LtParticles *particles = self->particles;
  int n = particles->n;
  gboolean named;

  if (self->names == NULL)
    return;
  named = are_short (self->names);
  self->captions = g_new0 (char *, self->n_rows *n + 1);
  self->classes = g_new (int, self->n_rows *n);
  for (int i = 0; i < self->n_rows * n; i++) {
    int at = i % n;
    int class = i < n ? particles->classes[at]
                : self->settings.beside == LT_BESIDE_START
                    ? -1
                    : particles->neighbours->labels[particles->nearest[at]];
    const char *name = named && class >= 0 ? self->names[class] : "";

    self->classes[i] = class;
    self->captions[i] = i < n && particles->changes[at] > 0
                            ? g_strdup_printf ("%s%s(%d)", name, *name ? " " : "",
                                               particles->changes[at])
                            : g_strdup (name);
  }
}

static char *
name_start (const LtParticlesResult *self)
{
  const LtParticles *p = self->particles;
  g_autofree char *steps = lt_view_count ((gsize) p->steps);
  g_autofree char *from = NULL;
  const char *split = p->start == LT_START_DATA ? "train" : lt_split_name (self->judge);

  if (p->start == LT_START_CHAINS)
    return g_strdup_printf ("%d of %d persistent chains", p->n, p->n_total);
  if (p->start == LT_START_NOISE)
    from = g_strdup ("noise");
  else if (p->start == LT_START_DRAWN)
    from = g_strdup ("the drawing");
  else if (self->settings.example >= 0)
    from = g_strdup_printf ("%s %d", split, self->settings.example);
  else
    from = g_strdup_printf ("%s examples", split);
  return g_strdup_printf ("%s Gibbs step%s from %s", steps, p->steps == 1 ? "" : "s",
                          from);
}

/* How well the chains mix: the rate tells machines apart that have run differently long. */
static char *
name_mixing (const LtParticlesResult *self)
{
  const LtParticles *p = self->particles;
  g_autofree char *changes = lt_view_count ((gsize) p->n_changes);

  if (self->names == NULL || p->n_looks < 2)
    return g_strdup ("");
  if (p->start == LT_START_CHAINS)
    return g_strdup_printf ("; %s class changes in %d looks", changes, p->n_looks);
  return g_strdup_printf ("; %s class changes (%.2g per chain in 100 steps)", changes,
                          100.0 * p->n_changes / p->n / MAX (p->steps, 1));
}

static char *
name_held (const LtParticlesResult *self)
{
  static const char *const held[] = {
    [LT_CLAMP_TOP] = "top half",   [LT_CLAMP_BOTTOM] = "bottom half",
    [LT_CLAMP_LEFT] = "left half", [LT_CLAMP_RIGHT] = "right half",
    [LT_CLAMP_DRAWN] = "drawing",
  };
  const LtParticlesSettings *s = &self->settings;
  GString *text = g_string_new (NULL);

  if (self->particles->start == LT_START_CHAINS)
    return g_string_free (text, FALSE);
  if (s->label >= 0)
    g_string_append_printf (text, "; label held at %s",
                            self->names != NULL ? self->names[s->label] : "a class");
  else if (self->unheld)
    g_string_append (text, "; there are no label units to hold");
  if (self->held != NULL)
    g_string_append_printf (text, "; %s held", held[s->clamp]);
  if (s->temperature != 1)
    g_string_append_printf (text, "; temperature %.3g", s->temperature);
  return g_string_free (text, FALSE);
}

static void
write_notes (LtParticlesResult *self, const LtViewRequest *request)
{
  g_autofree char *start = name_start (self);
  g_autofree char *mixing = name_mixing (self);
  g_autofree char *held = name_held (self);
  g_autofree char *rows = lt_view_count (self->particles->neighbours->n);

  self->note = g_strconcat (start, held, mixing, NULL);
  self->judged =
      self->names != NULL
          ? g_strdup_printf ("class: most of the %d nearest of %s training examples; "
                             "in brackets: how often it has changed",
                             LT_VOTERS, rows)
          : g_strdup_printf ("nearest of %s training examples", rows);
  self->moment = lt_view_moment (request->snapshot);
}

/* ---- The whole --------------------------------------------------------------------- */

gpointer
lt_particles_compute (const LtViewRequest *request, GError **error)
{
  const LtModel *model = request->snapshot->model;
  LtParticlesResult *self = g_new0 (LtParticlesResult, 1);

  self->settings = *(const LtParticlesSettings *) request->settings;
  self->run = request->snapshot->run;
  self->labelled = lt_model_can (model, LT_CAN_CLASSIFY);
  self->unheld = !self->labelled && self->settings.label >= 0;
  if (self->unheld)
    self->settings.label = -1;
  self->judge = lt_dataset_judge (request->data);
  self->names = lt_view_class_names (request->data);
  self->n_rows = self->settings.beside == LT_BESIDE_NOTHING ? 1 : 2;
  lt_view_picture_init (&self->picture, &model->shape);
  if (!check (self, model, error) || !take_drawing (self, request, error) ||
      !let_dream (self, request, error)) {
    lt_particles_result_free (self);
    return NULL;
  }
  if (self->labelled)
    read_labels (self, request);
  cut_pictures (self, request->data);
  choose_range (self, request->data);
  write_captions (self);
  write_notes (self, request);
  return self;
}

void
lt_particles_result_free (gpointer result)
{
  LtParticlesResult *self = result;

  g_clear_pointer (&self->particles, lt_particles_free);
  g_clear_pointer (&self->drawing, lt_drawing_unref);
  g_free (self->pixels);
  g_free (self->drawn);
  g_free (self->held);
  g_strfreev (self->captions);
  g_free (self->classes);
  g_free (self->labels);
  g_strfreev (self->names);
  g_free (self->note);
  g_free (self->moment);
  g_free (self->judged);
  g_free (self);
}

/* Particles: what the machine dreams of, beside the training examples that this resembles
 * most. */
#include <math.h>
#include <string.h>

#include "core/error.h"
#include "probes/particles.h"
#include "views/common.h"

#define MAX_PARTICLES 500

typedef struct {
  int start, steps;
  int count; /* 0: as many as fit */
  int show;
  int seed;
} Settings;

enum {
  SHOW_PROBABILITIES,
  SHOW_SAMPLES,
};

typedef struct {
  LtParticles *particles;
  LtViewPicture picture;
  LtSplit judge;
  float *pixels; /* [2, n, picture]: particles, and their neighbours */
  float lowest, highest;
  char **captions, **classes;
  char *note, *moment;
} Result;

static const char *const show_names[] = { "probabilities", "samples", NULL };

#define AT(field) .offset = G_STRUCT_OFFSET (Settings, field)

static const LtKnob knobs[] = {
  { "start", "Start", "", "Particles",
    "The persistent chains as they are, or chains that are let go from noise, from "
    "training examples (data) or from held-out ones; auto takes persistent chains "
    "where "
    "there are any, else data.",
    LT_KNOB_CHOICE, .live = TRUE, .fallback = "auto",
    .choices = lt_particle_start_names, AT (start) },
  { "steps", "Gibbs steps", "", "Particles",
    "How far chains that are let go have gone; persistent ones have come as far as the "
    "training has.",
    LT_KNOB_INTEGER, .live = TRUE, .log_scale = TRUE, .minimum = 0, .maximum = 100000,
    .fallback = "100", .when = "start!=chains", AT (steps) },
  { "show", "Show", "", "Particles",
    "Visible units as they are drawn (samples), or their means in the last step.",
    LT_KNOB_CHOICE, .live = TRUE, .fallback = "probabilities", .choices = show_names,
    AT (show) },
  { "count", "How many", "", "Particles",
    "How many particles are shown; 0 for as many as can be recognised at this size.",
    LT_KNOB_INTEGER, .live = TRUE, .minimum = 0, .maximum = MAX_PARTICLES,
    .fallback = "0", AT (count) },
  { "view-seed", "Seed", "", "Particles",
    "Of the random numbers that chains are let go with.", LT_KNOB_INTEGER, .live = TRUE,
    .minimum = 0, .maximum = 1e6, .fallback = "1", AT (seed) },
};

static gboolean
suits (const LtModel *model, const LtDataset *data, const char **why)
{
  if (!lt_model_can (model, LT_CAN_SAMPLE)) {
    *why = "This model cannot draw examples of its own; Boltzmann machines can.";
    return FALSE;
  }
  if (model->shape.nv >= 3)
    return TRUE;
  *why = "Particles are shown as pictures, or as rows of three features and more.";
  return FALSE;
}

/* Pairs of a particle and its neighbour, in blocks. */
static int
count_particles (const LtViewPicture *picture, const LtViewRequest *request)
{
  const double line = lt_text_height (request->style, 1);
  double w = MAX (1, request->w - 5 * line), h = MAX (1, request->h - 1.5 * line);
  double ratio = (double) picture->width / picture->height;
  double side = MAX (1.9 * line, MIN (w, h) / 8);
  double tile_w = picture->height == 1 ? 6 * line : side * MAX (ratio, 1);
  double tile_h = MAX (tile_w / ratio, line / 2);
  int columns = MAX (1, (int) (w / tile_w));
  int blocks = MAX (1, (int) ((h + line) / (2 * (tile_h + line) + line)));

  return MIN (columns * blocks, MAX_PARTICLES);
}

static void
cut_pictures (Result *self, const LtDataset *data)
{
  const LtParticles *particles = self->particles;
  const float *blocks[2] = { particles->x, particles->nearest };
  int n = particles->n, nv = lt_dataset_shape (data)->nv;
  gsize size = lt_view_picture_size (&self->picture) * n;

  self->pixels = g_new (float, 2 * size);
  for (int block = 0; block < 2; block++) {
    g_autofree float *rows = g_memdup2 (blocks[block], (gsize) n * nv * sizeof *rows);

    lt_view_unscale (data, n, rows);
    if (block == 0)
      lt_view_range (data, rows, n, &self->lowest, &self->highest);
    lt_view_picture_cut (&self->picture, rows, nv, n, self->pixels + block * size);
  }
}

static void
write_captions (Result *self)
{
  int n = self->particles->n;

  if (self->classes == NULL)
    return;
  self->captions = g_new0 (char *, 2 * n + 1);
  for (int i = 0; i < 2 * n; i++) {
    int label = self->particles->labels[i % n];

    self->captions[i] = g_strdup (i >= n && label >= 0 ? self->classes[label] : "");
  }
}

static char *
name_start (const Result *self)
{
  const LtParticles *p = self->particles;
  static const char *const from[] = {
    [LT_START_NOISE] = "noise", [LT_START_DATA] = "training examples"
  };

  if (p->start == LT_START_CHAINS)
    return g_strdup_printf ("%d of %d persistent chains", p->n, p->n_total);
  return g_strdup_printf ("%d chains, %d Gibbs steps from %s", p->n, p->steps,
                          p->start == LT_START_HELD_OUT ? lt_split_name (self->judge)
                                                        : from[p->start]);
}

static char *
make_note (const Result *self)
{
  const LtParticles *p = self->particles;
  g_autofree char *start = name_start (self);
  g_autofree char *neighbours = lt_view_count (p->n_neighbours);
  g_autofree char *mixing =
      p->n_changes >= 0
          ? g_strdup_printf ("; %.2g class changes a chain, looked at %d times",
                             (double) p->n_changes / p->n, p->n_looks)
          : g_strdup ("");

  return g_strdup_printf ("%s%s; nearest of %s training examples", start, mixing,
                          neighbours);
}

static gpointer
compute (const LtViewRequest *request, GError **error)
{
  const Settings *settings = request->settings;
  LtParticlesOptions options = { .start = settings->start,
                                 .steps = settings->steps,
                                 .samples = settings->show == SHOW_SAMPLES,
                                 .nearest = TRUE,
                                 .seed = (guint64) settings->seed };
  Result *self = g_new0 (Result, 1);

  lt_view_picture_init (&self->picture, &request->snapshot->model->shape);
  options.n =
      settings->count > 0 ? settings->count : count_particles (&self->picture, request);
  self->particles = lt_probe_particles (request->snapshot, request->data, &options,
                                        request->ws, error);
  if (self->particles == NULL) {
    g_free (self);
    return NULL;
  }
  self->judge = lt_dataset_judge (request->data);
  self->classes = lt_view_class_names (request->data);
  cut_pictures (self, request->data);
  write_captions (self);
  self->note = make_note (self);
  self->moment = lt_view_moment (request->snapshot);
  return self;
}

static void
free_result (gpointer result)
{
  Result *self = result;

  lt_particles_free (self->particles);
  g_free (self->pixels);
  g_strfreev (self->captions);
  g_strfreev (self->classes);
  g_free (self->note);
  g_free (self->moment);
  g_free (self);
}

static const char *const row_titles[] = { "particle", "nearest" };

static LtTilesData
tiles (const Result *self)
{
  return (LtTilesData){ .n = 2 * self->particles->n,
                        .width = self->picture.width,
                        .height = self->picture.height,
                        .channels = self->picture.channels,
                        .pixels = self->pixels,
                        .colour = self->picture.colour,
                        .shared_scale = TRUE,
                        .lowest = self->lowest,
                        .highest = self->highest,
                        .n_rows = 2,
                        .row_titles = row_titles,
                        .captions = (const char *const *) self->captions,
                        .classes =
                            self->classes != NULL ? self->particles->labels : NULL,
                        .selected = -1,
                        .note = self->note };
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
  int tile = lt_tiles_hit (&data, style, w, h, x, y, &found->rect), label;

  if (tile < 0)
    return FALSE;
  found->item = tile % self->particles->n;
  found->x = found->y = 0;
  label = self->classes != NULL ? self->particles->labels[found->item] : -1;
  g_snprintf (found->text, sizeof found->text, "particle %d%s%s", found->item + 1,
              label >= 0 ? ": nearest to class " : "",
              label >= 0 ? self->classes[label] : "");
  return TRUE;
}

/* Both, enlarged. */
static gpointer
lens (const LtViewRequest *request,
      gconstpointer result,
      const LtViewHit *found,
      gboolean pressed)
{
  const Result *self = result;
  gsize size = lt_view_picture_size (&self->picture);
  int n = self->particles->n;
  LtLens *card;

  if (found->item < 0 || found->item >= n || found->rect.width >= LT_LENS_ENOUGH)
    return NULL;
  card = g_new0 (LtLens, 1);
  card->x = found->rect.x + found->rect.width / 2;
  card->y = found->rect.y + found->rect.height / 2;
  card->n = 2;
  card->picture = self->picture;
  card->colour = self->picture.colour;
  card->lowest = self->lowest;
  card->highest = self->highest;
  card->pixels = g_new (float, 2 * size);
  card->title = g_strdup (found->text);
  for (int row = 0; row < 2; row++) {
    memcpy (card->pixels + row * size,
            self->pixels + ((gsize) row * n + found->item) * size,
            size * sizeof (float));
    card->captions[row] = g_strdup (row_titles[row]);
  }
  return card;
}

static char *
to_csv (gconstpointer result)
{
  const Result *self = result;
  const LtParticles *p = self->particles;
  gsize size = lt_view_picture_size (&self->picture);
  GString *csv = g_string_new ("particle,nearest_class,kind");

  for (gsize j = 0; j < size; j++)
    g_string_append_printf (csv, ",x%" G_GSIZE_FORMAT, j);
  g_string_append_c (csv, '\n');
  for (int i = 0; i < p->n; i++)
    for (int row = 0; row < 2; row++) {
      g_string_append_printf (csv, "%d,", i);
      if (self->classes != NULL && p->labels[i] >= 0)
        lt_csv_text (csv, self->classes[p->labels[i]]);
      g_string_append_printf (csv, ",%s", row_titles[row]);
      for (gsize j = 0; j < size; j++) {
        g_string_append_c (csv, ',');
        lt_csv_number (csv, (double) self->pixels[((gsize) row * p->n + i) * size + j]);
      }
      g_string_append_c (csv, '\n');
    }
  return g_string_free (csv, FALSE);
}

const LtView lt_particles_view = {
  .name = "particles",
  .title = "Fantasy particles",
  .summary =
      "What the model dreams of, beside the training example that each dream is "
      "nearest to: dreams should be as varied as the data, without being copies; "
      "borders have the colour of that example's class.",
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

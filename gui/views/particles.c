/* Fantasy particles: what the machine dreams of, beside the training examples that this
 * resembles most. Chains move on frame by frame, with a part of them held if one likes. */
#include "views/particles.h"

#include <math.h>
#include <string.h>

static const char *const show_names[] = { "probabilities", "samples", NULL };
static const char *const beside_names[] = { "nearest", "start", "nothing", NULL };
static const char *const clamp_names[] = { "none",  "top",   "bottom", "left",
                                           "right", "drawn", NULL };

#define AT(field) .offset = G_STRUCT_OFFSET (LtParticlesSettings, field)

static const LtKnob knobs[] = {
  { "start", "Start", "", "Particles",
    "The persistent chains as they are, or chains that run free from noise, from "
    "training examples (data), from held-out ones, or from what you draw; auto takes "
    "persistent chains where there are any, else data.",
    LT_KNOB_CHOICE, .live = TRUE, .fallback = "auto",
    .choices = lt_particle_start_names, AT (start) },
  { "example", "Example", "", "Particles",
    "The number of the example that all chains start from; −1: each from its own.",
    LT_KNOB_INTEGER, .live = TRUE, .minimum = -1, .maximum = 1e9, .fallback = "-1",
    .when = "start=data|held-out", AT (example) },
  { "clamp", "Hold", "", "Particles",
    "The part of the picture that is held as each chain started with, or at what you "
    "draw, while the machine fills in the rest.",
    LT_KNOB_CHOICE, .live = TRUE, .fallback = "none", .choices = clamp_names,
    .when = "start!=chains", AT (clamp) },
  { "drawing", "Drawing", "file", "Particles",
    "A PNG or JPEG picture that stands for what you draw, white on black and as large "
    "as "
    "the data's pictures, where start or hold is drawn; strokes of your own replace "
    "it.",
    LT_KNOB_TEXT, .live = TRUE, .fallback = "", AT (drawing) },
  { "label", "Label", "", "Particles",
    "The number of the class that label units are held at; −1 leaves them free. A "
    "machine without label units has nothing to hold.",
    LT_KNOB_INTEGER, .live = TRUE, .minimum = -1, .maximum = 65535, .fallback = "-1",
    .when = "start!=chains", AT (label) },
  { "temperature", "Temperature", "", "Particles",
    "Above 1 chains wander more freely between what the machine believes, below 1 they "
    "freeze at it.",
    LT_KNOB_REAL, .live = TRUE, .log_scale = TRUE, .minimum = 0.1, .maximum = 10,
    .fallback = "1", .when = "start!=chains", AT (temperature) },
  { "show", "Show", "", "Particles",
    "Visible units as they are drawn (samples), or their means in the last step.",
    LT_KNOB_CHOICE, .live = TRUE, .fallback = "probabilities", .choices = show_names,
    AT (show) },
  { "beside", "Beside them", "", "Particles",
    "The training example that each is nearest to, what each started with, or nothing.",
    LT_KNOB_CHOICE, .live = TRUE, .fallback = "nearest", .choices = beside_names,
    AT (beside) },
  { "animate", "Keep running", "", "Motion",
    "In the window chains go on, frame by frame; otherwise they stand where so many "
    "Gibbs steps have brought them.",
    LT_KNOB_BOOLEAN, .live = TRUE, .fallback = "true", .when = "start!=chains",
    AT (animate) },
  { "speed", "Speed", "frames/s", "Motion",
    "How often they move; fewer frames are shown where they take longer.", LT_KNOB_REAL,
    .live = TRUE, .log_scale = TRUE, .minimum = 0.5, .maximum = 30, .fallback = "8",
    .when = "start!=chains&animate=true", AT (speed) },
  { "stride", "Steps a frame", "Gibbs steps", "Motion",
    "How far chains go from frame to frame, and from one look at their classes to the "
    "next.",
    LT_KNOB_INTEGER, .live = TRUE, .log_scale = TRUE, .minimum = 1, .maximum = 1000,
    .fallback = "1", .when = "start!=chains", AT (stride) },
  { "steps", "Gibbs steps", "", "Motion",
    "How far chains have gone where they do not move: in files, and when they are not "
    "to "
    "keep running.",
    LT_KNOB_INTEGER, .live = TRUE, .log_scale = TRUE, .minimum = 0, .maximum = 100000,
    .fallback = "100", .when = "start!=chains&animate=false", AT (steps) },
  { "count", "How many", "", "Particles",
    "How many particles are shown; 0 for as many as can be recognised at this size.",
    LT_KNOB_INTEGER, .live = TRUE, .minimum = 0, .maximum = LT_PARTICLES_MAX,
    .fallback = "0", AT (count) },
  { "view-seed", "Seed", "", "Particles",
    "Of the random numbers that chains start and run with.", LT_KNOB_INTEGER,
    .live = TRUE, .minimum = 0, .maximum = 1e6, .fallback = "1", AT (seed) },
};

static gboolean
suits (const LtModel *model, const LtDataset *data, const char **why)
{
  if (!lt_particles_suit (model, why))
    return FALSE;
  if (model->shape.nv >= 3)
    return TRUE;
  *why = "Particles are shown as pictures, or as rows of three features and more.";
  return FALSE;
}

static double
next_frame (gconstpointer result)
{
  const LtParticlesResult *self = result;

  return self->moving ? 1 / self->settings.speed : 0;
}

/* ---- Painting ---------------------------------------------------------------------- */

static const char *const start_titles[] = { "particle", "start" };

static const char *const *
row_titles (const LtParticlesResult *self)
{
  return self->settings.beside == LT_BESIDE_START && self->particles->origin != NULL
             ? start_titles
             : lt_particles_row_titles;
}

/* What captions say; a row of starts has none. */
static const char *const *
caption_titles (const LtParticlesResult *self)
{
  static const char *const titles[2][2] = { { "looks like (changes)", "class" },
                                            { "looks like (changes)", "" } };

  return titles[row_titles (self) == start_titles];
}

LtDreamsData
lt_particles_picture (const LtParticlesResult *self)
{
  int n = self->particles->n;

  LtTilesData tiles = lt_view_picture_tiles (
      &self->picture, self->pixels, self->n_rows * n, self->lowest, self->highest);

  tiles.n_rows = self->n_rows;
  tiles.row_titles = row_titles (self);
  tiles.captions = (const char *const *) self->captions;
  tiles.caption_titles = caption_titles (self);
  tiles.classes = self->classes;
  tiles.own_classes = TRUE;
  tiles.note = self->note;
  return (LtDreamsData){
    .tiles = tiles,
    .n_classes = self->names != NULL ? (int) g_strv_length (self->names) : 0,
    .class_names = (const char *const *) self->names,
    .emphasised = self->particles->start != LT_START_CHAINS ? self->settings.label : -1,
    .held = self->held,
    .n_held = n,
    .drawn = self->drawn,
    .blank = self->drawing == NULL || self->from_file,
  };
}

static void
paint (gconstpointer result, cairo_t *cr, const LtStyle *style, double w, double h)
{
  LtDreamsData data = lt_particles_picture (result);

  lt_dreams_paint (cr, &data, style, w, h);
}

static char *
describe (gconstpointer result)
{
  const LtParticlesResult *self = result;
  int n = self->particles->n;

  if (self->particles->start == LT_START_CHAINS)
    return g_strdup_printf ("%s, %s; %s", self->moment, self->note, self->judged);
  return g_strdup_printf ("%s, %s; %d chain%s; %s", self->moment, self->note, n,
                          n == 1 ? "" : "s", self->judged);
}

/* ---- Under the pointer ------------------------------------------------------------- */

static gboolean
surface (gconstpointer result,
         const LtStyle *style,
         double w,
         double h,
         double x,
         double y,
         LtViewSurface *found)
{
  const LtParticlesResult *self = result;
  LtDreamsData data = lt_particles_picture (self);
  LtDreamsPlaces places;
  int tile;

  if (!lt_dreams_places (&data, style, w, h, &places))
    return FALSE;
  found->width = self->picture.width;
  found->height = self->picture.height;
  found->rect = places.surface;
  if (lt_rect_contains (&places.surface, x, y))
    return TRUE;
  tile = lt_dreams_hit (&data, style, w, h, x, y, &found->rect);
  return tile >= 0 && tile < self->particles->n &&
         lt_rect_contains (&found->rect, x, y);
}

/* A click on a class holds the label units there, and another one lets them go. */
static gboolean
hit_legend (const LtParticlesResult *self, int class, LtViewHit *found)
{
  gboolean held = class == self->settings.label;

  if (class < 0 || !self->labelled || self->particles->start == LT_START_CHAINS)
    return FALSE;
  g_snprintf (found->text, sizeof found->text,
              held ? "let the label go" : "hold the label at %s", self->names[class]);
  g_snprintf (found->turn, sizeof found->turn, "label=%d", held ? -1 : class);
  return TRUE;
}

static void
name_particle (const LtParticlesResult *self, int i, char *text, gsize size)
{
  const LtParticles *p = self->particles;
  int class = self->names != NULL ? p->classes[i] : -1;
  int n = g_snprintf (text, size, "particle %d", i + 1);

  if (class >= 0)
    n += g_snprintf (text + n, size - n, ": looks like %s", self->names[class]);
  if (self->labels != NULL && self->names != NULL)
    n += g_snprintf (text + n, size - n, ", the machine says %s",
                     self->names[self->labels[i]]);
  if (p->n_looks > 1 && self->names != NULL)
    g_snprintf (text + n, size - n, ", %d changes", p->changes[i]);
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
  const LtParticlesResult *self = result;
  LtDreamsData data = lt_particles_picture (self);
  LtDreamsPlaces places;
  int tile;

  found->item = -1;
  found->x = found->y = 0;
  if (!data.blank && lt_dreams_places (&data, style, w, h, &places) &&
      lt_rect_contains (&places.clear, x, y)) {
    found->clears = TRUE;
    g_strlcpy (found->text, "wipe the drawing out", sizeof found->text);
    return TRUE;
  }
  if (hit_legend (self, lt_dreams_legend_hit (&data, style, w, h, x, y), found))
    return TRUE;
  tile = lt_dreams_hit (&data, style, w, h, x, y, &found->rect);
  if (tile < 0)
    return FALSE;
  found->item = tile % self->particles->n;
  name_particle (self, found->item, found->text, sizeof found->text);
  return TRUE;
}

/* Both, enlarged. */
static gpointer
lens (const LtViewRequest *request,
      gconstpointer result,
      const LtViewHit *found,
      gboolean pressed)
{
  const LtParticlesResult *self = result;
  LtDreamsData data = lt_particles_picture (self);
  LtLens *card = lt_lens_of_tiles (&data.tiles, &self->picture, found);

  if (card != NULL)
    card->title = g_strdup (found->text);
  return card;
}

/* ---- Figures ----------------------------------------------------------------------- */

static char *
to_csv (gconstpointer result)
{
  const LtParticlesResult *self = result;
  const LtParticles *p = self->particles;
  gsize size = lt_view_picture_size (&self->picture);
  GString *csv = g_string_new ("particle,class,changes,kind");

  for (gsize j = 0; j < size; j++)
    g_string_append_printf (csv, ",x%" G_GSIZE_FORMAT, j);
  g_string_append_c (csv, '\n');
  for (int i = 0; i < p->n; i++)
    for (int row = 0; row < self->n_rows; row++) {
      int class = self->classes != NULL ? self->classes[row * p->n + i] : -1;

      g_string_append_printf (csv, "%d,", i);
      if (class >= 0)
        lt_csv_text (csv, self->names[class]);
      g_string_append_printf (csv, ",%d,%s", p->changes[i], row_titles (self)[row]);
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
      "nearest to: dreams should be as varied as the data, without being copies. "
      "Borders have the colour of the class that most of the nearest examples belong "
      "to; how often it changes tells how well the chains mix.",
  .knobs = { knobs, G_N_ELEMENTS (knobs), sizeof (LtParticlesSettings) },
  .suits = suits,
  .compute = lt_particles_compute,
  .free = lt_particles_result_free,
  .paint = paint,
  .describe = describe,
  .hit = hit,
  .lens = lens,
  .lens_paint = lt_lens_paint,
  .lens_free = lt_lens_free,
  .next_frame = next_frame,
  .surface = surface,
  .to_csv = to_csv,
};

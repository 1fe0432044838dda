/* The view of fantasy particles: frames, what is held, drawn and clicked. */
#include "views/particles.h"

#include "support/sample-files.h"
#include "support/view-run.h"

#include <string.h>

#define W 480.0
#define H 300.0

static void
init_machine (LtViewRun *run, const char *family)
{
  static const char *const settings[] = { "hidden", "12", "weight-scale",
                                          "0.1",    NULL, NULL };

  lt_view_run_init (run, lt_test_data ("digits"), family, settings);
}

typedef struct {
  LtViewMotion motion;
  const LtDrawing *drawing;
  const LtParticlesResult *previous;
} Asked;

static LtParticlesResult *
show (const LtViewRun *run, const char *text, const Asked *asked)
{
  g_autoptr (GError) error = NULL;
  g_autofree gpointer settings = NULL;
  const LtView *view = lt_view_parse (text, &settings, &error);
  LtViewRequest request = { .snapshot = run->snapshot,
                            .data = run->data,
                            .settings = settings,
                            .log = &run->log,
                            .previous = asked->previous,
                            .ws = run->ws,
                            .seed = 1,
                            .w = W,
                            .h = H,
                            .style = &run->style,
                            .motion = asked->motion,
                            .drawing = asked->drawing };
  LtParticlesResult *result;

  g_assert_no_error (error);
  result = view->compute (&request, &error);
  g_assert_no_error (error);
  return result;
}

/* The frame after a result, which is freed. */
static LtParticlesResult *
follow (const LtViewRun *run,
        const char *text,
        LtViewMotion motion,
        LtParticlesResult *before)
{
  const Asked asked = { .motion = motion, .previous = before };
  LtParticlesResult *result = show (run, text, &asked);

  lt_particles_result_free (before);
  return result;
}

static gboolean
same_pictures (const LtParticlesResult *a, const LtParticlesResult *b)
{
  gsize size = lt_view_picture_size (&a->picture) * (gsize) a->particles->n;

  g_assert_cmpint (a->particles->n, ==, b->particles->n);
  return memcmp (a->pixels, b->pixels, size * sizeof (float)) == 0;
}

/* Three frames of four steps are the picture after twelve; the first frame is the start, and
 * a picture that stands wants no other. */
static void
test_frames (void)
{
  const char *text = "particles start=noise count=6 stride=4 steps=12 view-seed=3";
  const Asked still = { .motion = LT_VIEW_STILL },
              moving = { .motion = LT_VIEW_MOVING };
  LtParticlesResult *stands, *moves;
  g_auto (LtViewRun) run;

  init_machine (&run, "rbm");
  stands = show (&run, text, &still);
  g_assert_cmpfloat (lt_particles_view.next_frame (stands), ==, 0);
  moves = show (&run, text, &moving);
  g_assert_cmpint (moves->particles->steps, ==, 0);
  for (int i = 1; i <= 3; i++) {
    moves = follow (&run, text, LT_VIEW_MOVING, moves);
    g_assert_cmpint (moves->particles->steps, ==, 4 * i);
    g_assert_cmpfloat (lt_particles_view.next_frame (moves), ==, 1.0 / 8);
  }
  g_assert_true (same_pictures (stands, moves));
  g_assert_cmpint (stands->particles->n_changes, ==, moves->particles->n_changes);
  lt_particles_result_free (moves);
  lt_particles_result_free (stands);
}

/* Numbers get a minus; words and powers keep their hyphens. */
static void
test_minus (void)
{
  g_autofree char *text =
      lt_view_minus (g_strdup ("-0.5, (-2, CD-1) held-out 1e-05 from -3"));

  g_assert_cmpstr (text, ==, "−0.5, (−2, CD-1) held-out 1e-05 from −3");
}

/* What a machine without weights makes of real values is not stretched to all colours. */
static void
test_faint (void)
{
  static const char *const settings[] = { "hidden", "12", "weight-scale",
                                          "1e-5",   NULL, NULL };
  const Asked still = { .motion = LT_VIEW_STILL };
  LtParticlesResult *result;
  g_auto (LtViewRun) run;

  lt_view_run_init (&run, lt_test_data ("wine"), "gaussian-rbm", settings);
  result = show (&run, "particles start=noise count=6 steps=5 beside=nothing", &still);
  g_assert_cmpfloat (result->highest - result->lowest, >, 0.2f);
  lt_particles_result_free (result);
}

/* Held, it stands where it is, but could move on. */
static void
test_paused (void)
{
  const char *text = "particles start=noise count=6";
  const Asked moving = { .motion = LT_VIEW_MOVING };
  LtParticlesResult *result, *held;
  g_auto (LtViewRun) run;
  Asked hold = { .motion = LT_VIEW_HELD };

  init_machine (&run, "rbm");
  result = follow (&run, text, LT_VIEW_MOVING, show (&run, text, &moving));
  hold.previous = result;
  held = show (&run, text, &hold);
  g_assert_cmpint (held->particles->steps, ==, 1);
  g_assert_true (same_pictures (result, held));
  g_assert_cmpfloat (lt_particles_view.next_frame (held), >, 0);
  lt_particles_result_free (held);
  lt_particles_result_free (result);
}

/* Temperature and what is held may be turned under way; another start begins anew, and so
 * does another run. */
static void
test_turned (void)
{
  const Asked moving = { .motion = LT_VIEW_MOVING };
  const char *text = "particles start=data count=6";
  LtParticlesResult *result;
  g_auto (LtViewRun) run;

  init_machine (&run, "rbm");
  result = follow (&run, text, LT_VIEW_MOVING, show (&run, text, &moving));
  result = follow (&run, "particles start=data count=6 temperature=2 clamp=top",
                   LT_VIEW_MOVING, result);
  g_assert_cmpint (result->particles->steps, ==, 2);
  run.snapshot->run = 7;
  result = follow (&run, text, LT_VIEW_MOVING, result);
  g_assert_cmpint (result->particles->steps, ==, 0);
  result = follow (&run, text, LT_VIEW_MOVING, result);
  result = follow (&run, "particles start=noise count=6", LT_VIEW_MOVING, result);
  g_assert_cmpint (result->particles->steps, ==, 0);
  lt_particles_result_free (result);
}

/* Asked for more of them, or for fewer, as many chains begin; those of a tile that only grows
 * go on. */
static void
test_counted (void)
{
  const Asked moving = { .motion = LT_VIEW_MOVING };
  const char *text = "particles start=noise count=6";
  LtParticlesResult *result;
  g_auto (LtViewRun) run;

  init_machine (&run, "rbm");
  result = follow (&run, text, LT_VIEW_MOVING, show (&run, text, &moving));
  g_assert_cmpint (result->particles->steps, ==, 1);
  result = follow (&run, "particles start=noise count=20", LT_VIEW_MOVING, result);
  g_assert_cmpint (result->particles->n, ==, 20);
  g_assert_cmpint (result->particles->steps, ==, 0);
  result = follow (&run, "particles start=noise count=3", LT_VIEW_MOVING, result);
  g_assert_cmpint (result->particles->n, ==, 3);
  result->settings.count = 0;
  result = follow (&run, "particles start=noise", LT_VIEW_MOVING, result);
  g_assert_cmpint (result->particles->n, ==, 3);
  g_assert_cmpint (result->particles->steps, ==, 1);
  lt_particles_result_free (result);
}

/* A scale between quantiles is that of nearly all values: a few that lie far out, wherever
 * they stand, do not stretch it. */
static void
test_quantile (void)
{
  float values[101];

  for (int i = 0; i <= 100; i++)
    values[i] = (float) (i * 37 % 101);
  for (int i = 0; i <= 100; i++)
    if (values[i] > 98)
      values[i] = 1e6f;
  g_assert_cmpfloat (lt_view_quantile (values, 101, 0.02), ==, 2);
  g_assert_cmpfloat (lt_view_quantile (values, 101, 0.98), ==, 98);
  g_assert_cmpfloat (lt_view_quantile (values, 101, 1), ==, 1e6);
  g_assert_cmpfloat (lt_view_quantile (values, 1, 0.98), ==, values[0]);
}

/* Half of a held-out example stays as it is in every chain, and stands beside it. */
static void
test_half (void)
{
  static const struct {
    const char *clamp;
    int x, y, free_x, free_y;
  } halves[] = { { "top", 3, 0, 3, 7 },
                 { "bottom", 3, 7, 3, 0 },
                 { "left", 0, 3, 7, 3 },
                 { "right", 7, 3, 0, 3 } };
  g_auto (LtViewRun) run;

  init_machine (&run, "rbm");
  for (int k = 0; k < 4; k++) {
    g_autofree char *text =
        g_strdup_printf ("particles start=held-out example=5 count=6 steps=9 "
                         "beside=start show=samples clamp=%s",
                         halves[k].clamp);
    LtParticlesResult *result = lt_view_run_show (&run, text, W, H, NULL);
    gsize size = lt_view_picture_size (&result->picture);

    g_assert_cmpint (size, ==, 64);
    g_assert_cmpfloat (result->held[halves[k].y * 8 + halves[k].x], ==, 1);
    g_assert_cmpfloat (result->held[halves[k].free_y * 8 + halves[k].free_x], ==, 0);
    for (int i = 0; i < 6; i++)
      for (gsize j = 0; j < size; j++) {
        float beside = result->pixels[(6 + i) * size + j];

        g_assert_cmpfloat (beside, ==, result->pixels[6 * size + j]);
        if (result->held[j] != 0)
          g_assert_cmpfloat (result->pixels[i * size + j], ==, beside);
      }
    lt_test_assert_description (&lt_particles_view, result, "half held");
    lt_particles_result_free (result);
  }
}

static LtDrawing *
bar_new (int side)
{
  g_autoptr (LtDrawing) blank = lt_drawing_new (side, side);
  const LtStroke stroke = { 2, side / 2.0, side - 2.0, side / 2.0 };

  return lt_drawing_add (blank, &stroke);
}

/* Chains start from what is drawn, and another stroke begins anew. */
static void
test_drawn_start (void)
{
  const char *text = "particles start=drawn count=4";
  g_autoptr (LtDrawing) bar = bar_new (8);
  LtParticlesResult *blank, *drawn, *next;
  g_auto (LtViewRun) run;
  Asked asked = { .motion = LT_VIEW_MOVING };

  init_machine (&run, "rbm");
  blank = show (&run, text, &asked);
  g_assert_null (blank->drawing);
  asked.previous = blank;
  asked.drawing = bar;
  drawn = show (&run, text, &asked);
  g_assert_cmpint (drawn->particles->steps, ==, 0);
  for (int i = 0; i < 4; i++)
    g_assert_cmpmem (drawn->pixels + 64 * i, 64 * sizeof (float), bar->ink,
                     64 * sizeof (float));
  asked.previous = drawn;
  next = show (&run, text, &asked);
  g_assert_cmpint (next->particles->steps, ==, 1);
  lt_particles_result_free (blank);
  lt_particles_result_free (drawn);
  lt_particles_result_free (next);
}

/* A file stands for what is drawn, as a start and held: the same ink, the same picture. Strokes
 * of one's own replace it. */
static void
test_drawn_file (gconstpointer text)
{
  g_auto (LtFolder) folder = { NULL };
  g_autofree char *path = NULL, *with_file = NULL;
  g_autoptr (LtDrawing) ink = lt_drawing_new (8, 8);
  g_autoptr (LtDrawing) bar = bar_new (8);
  LtParticlesResult *file, *drawn, *own;
  Asked asked = { .motion = LT_VIEW_STILL };
  g_auto (LtViewRun) run;

  lt_folder_init (&folder);
  path = lt_folder_write_picture (&folder, "ink.png", 8, 8, 90, FALSE);
  with_file = g_strdup_printf ("%s drawing=%s", (const char *) text, path);
  for (int i = 0; i < 64; i++)
    ink->ink[i] = (float) (90 + i % 8 + i / 8) / 255;
  init_machine (&run, "rbm");
  file = show (&run, with_file, &asked);
  asked.drawing = ink;
  drawn = show (&run, text, &asked);
  asked.drawing = bar;
  own = show (&run, with_file, &asked);
  g_assert_true (lt_drawing_equal (file->drawing, ink));
  g_assert_true (lt_drawing_equal (own->drawing, bar));
  g_assert_cmpmem (file->pixels, 2 * 4 * 64 * sizeof (float), drawn->pixels,
                   2 * 4 * 64 * sizeof (float));
  g_assert_cmpmem (file->drawn, 64 * sizeof (float), drawn->drawn, 64 * sizeof (float));
  g_assert_true (lt_particles_picture (file).blank); /* nothing to wipe out */
  g_assert_false (lt_particles_picture (own).blank);
  lt_particles_result_free (file);
  lt_particles_result_free (drawn);
  lt_particles_result_free (own);
}

static void
test_drawn_file_refused (void)
{
  g_auto (LtFolder) folder = { NULL };
  g_autofree char *large = NULL, *text = NULL;
  g_auto (LtViewRun) run;

  lt_folder_init (&folder);
  g_free (lt_folder_write_picture (&folder, "large.png", 9, 8, 0, FALSE));
  g_free (lt_folder_write_text (&folder, "text.png", "no picture"));
  large = g_strdup_printf ("particles start=drawn drawing=%s/large.png", folder.path);
  text = g_strdup_printf ("particles start=drawn drawing=%s/text.png", folder.path);
  init_machine (&run, "rbm");
  lt_view_run_refuse (&run, large, "9 × 8 pixels");
  lt_view_run_refuse (&run, text, "not a picture");
  lt_view_run_refuse (&run, "particles clamp=drawn drawing=/nowhere.png", "no file");
}

/* Ink is held while chains go on, wherever they started. */
static void
test_drawn_held (void)
{
  g_autoptr (LtDrawing) bar = bar_new (8);
  const Asked asked = { .motion = LT_VIEW_STILL, .drawing = bar };
  LtParticlesResult *result;
  g_auto (LtViewRun) run;
  int n_held = 0;

  init_machine (&run, "rbm");
  result = show (&run, "particles start=noise clamp=drawn count=4 steps=9", &asked);
  for (int i = 0; i < 4 * 64; i++)
    if (result->held[i % 64] != 0) {
      g_assert_cmpfloat (result->pixels[i], ==, bar->ink[i % 64]);
      n_held++;
    }
  g_assert_cmpint (n_held, >, 0);
  g_assert_cmpint (n_held, <, 4 * 64);
  lt_particles_result_free (result);
}

/* The surface and each chain's picture can be drawn on, what stands beside them cannot; the
 * button wipes out. */
static void
test_surface (void)
{
  g_autoptr (LtDrawing) bar = bar_new (8);
  const Asked asked = { .drawing = bar };
  LtParticlesResult *result;
  g_auto (LtViewRun) run;
  int surfaces = 0, buttons = 0;

  init_machine (&run, "rbm");
  result = show (&run, "particles clamp=drawn count=4 steps=2", &asked);
  for (int y = 0; y < H; y += 4)
    for (int x = 0; x < W; x += 4) {
      LtViewSurface surface;
      LtViewHit found = { 0 };
      gboolean hit = lt_particles_view.hit (result, &run.style, W, H, x, y, &found);

      if (hit && found.clears)
        buttons++;
      if (!lt_particles_view.surface (result, &run.style, W, H, x, y, &surface))
        continue;
      g_assert_cmpint (surface.width, ==, 8);
      g_assert_cmpfloat (surface.rect.x, <=, x);
      g_assert_cmpfloat (surface.rect.x + surface.rect.width, >=, x);
      surfaces++;
    }
  g_assert_cmpint (surfaces, >, 100);
  g_assert_cmpint (buttons, >, 5);
  lt_particles_result_free (result);
  result = show (&run, "particles count=4 steps=2", &asked);
  for (int y = 0; y < H; y += 4)
    for (int x = 0; x < W; x += 4) {
      LtViewSurface surface;

      g_assert_false (
          lt_particles_view.surface (result, &run.style, W, H, x, y, &surface));
    }
  lt_particles_result_free (result);
}

/* The legend's turns: what a sweep over the view finds, comma by comma. */
static char *
legend_turns (const LtViewRun *run, const LtParticlesResult *result)
{
  GString *turns = g_string_new (NULL);

  for (int y = 0; y < H; y += 6)
    for (int x = 0; x < W; x += 6) {
      LtViewHit found = { 0 };

      if (lt_particles_view.hit (result, &run->style, W, H, x, y, &found) &&
          *found.turn != '\0' && strstr (turns->str, found.turn) == NULL)
        g_string_append_printf (turns, "%s,", found.turn);
    }
  return g_string_free (turns, FALSE);
}

/* A class of the legend holds the label units of a machine that has some; the one that holds
 * them lets them go. Others dream without, and say what they lack. */
static void
test_label (void)
{
  LtParticlesResult *result;
  g_autofree char *turns = NULL;
  g_auto (LtViewRun) labelled;
  g_auto (LtViewRun) plain;

  init_machine (&labelled, "classification-rbm");
  init_machine (&plain, "rbm");
  result = lt_view_run_show (&labelled, "particles label=3 steps=20", W, H, NULL);
  lt_test_assert_description (&lt_particles_view, result, "label held at 3");
  turns = legend_turns (&labelled, result);
  g_assert_nonnull (strstr (turns, "label=2,"));
  g_assert_nonnull (strstr (turns, "label=-1,"));
  g_assert_null (strstr (turns, "label=3,"));
  lt_particles_result_free (result);
  lt_view_run_refuse (&labelled, "particles label=10", "from 0 to 9");
  result = lt_view_run_show (&plain, "particles label=3 steps=2", W, H, NULL);
  lt_test_assert_description (&lt_particles_view, result, "no label units to hold");
  g_assert_cmpint (lt_particles_picture (result).emphasised, ==, -1);
  g_clear_pointer (&turns, g_free);
  turns = legend_turns (&plain, result);
  g_assert_cmpstr (turns, ==, "");
  lt_particles_result_free (result);
}

/* Under each picture stands the name of the class whose marker stands there, held label or
 * not. */
static void
test_captions (void)
{
  static const char *const texts[] = { "particles start=noise steps=20",
                                       "particles start=noise steps=20 label=3" };
  g_auto (LtViewRun) run;

  init_machine (&run, "classification-rbm");
  for (gsize k = 0; k < G_N_ELEMENTS (texts); k++) {
    LtParticlesResult *result = lt_view_run_show (&run, texts[k], W, H, NULL);
    LtDreamsData data = lt_particles_picture (result);

    g_assert_cmpstr (data.tiles.caption_titles[0], ==, "looks like (changes)");
    for (int i = 0; i < data.tiles.n; i++) {
      g_autofree char *first = g_strdup (data.tiles.captions[i]);

      first[strcspn (first, " ")] = '\0';
      g_assert_cmpstr (first, ==, data.class_names[data.tiles.classes[i]]);
    }
    lt_particles_result_free (result);
  }
}

/* Rows that are not pictures: a half is held, but there is nothing to draw on. */
static void
test_rows (void)
{
  static const char *const settings[] = { "hidden", "6", NULL, NULL };
  LtParticlesResult *result;
  g_auto (LtViewRun) run;

  lt_view_run_init (&run, lt_test_data ("wine"), "gaussian-rbm", settings);
  result = lt_view_run_show (&run, "particles steps=5 clamp=left count=5", W, H, NULL);
  g_assert_nonnull (result->held);
  g_assert_cmpfloat (
      lt_test_painted_share (&lt_particles_view, result, FALSE, (int) W, (int) H), >,
      0.02);
  lt_particles_result_free (result);
  lt_view_run_refuse (&run, "particles start=drawn", "not pictures");
  lt_view_run_refuse (&run, "particles clamp=top", "not pictures");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/particles-view/minus", test_minus);
  g_test_add_func ("/particles-view/faint", test_faint);
  g_test_add_func ("/particles-view/frames", test_frames);
  g_test_add_func ("/particles-view/paused", test_paused);
  g_test_add_func ("/particles-view/turned", test_turned);
  g_test_add_func ("/particles-view/counted", test_counted);
  g_test_add_func ("/particles-view/half", test_half);
  g_test_add_func ("/particles-view/quantile", test_quantile);
  g_test_add_func ("/particles-view/drawn-start", test_drawn_start);
  g_test_add_data_func ("/particles-view/drawn-file/start",
                        "particles start=drawn count=4 steps=5", test_drawn_file);
  g_test_add_data_func ("/particles-view/drawn-file/held",
                        "particles start=noise clamp=drawn count=4 steps=5",
                        test_drawn_file);
  g_test_add_func ("/particles-view/drawn-file/refused", test_drawn_file_refused);
  g_test_add_func ("/particles-view/drawn-held", test_drawn_held);
  g_test_add_func ("/particles-view/surface", test_surface);
  g_test_add_func ("/particles-view/label", test_label);
  g_test_add_func ("/particles-view/captions", test_captions);
  g_test_add_func ("/particles-view/rows", test_rows);
  return g_test_run ();
}

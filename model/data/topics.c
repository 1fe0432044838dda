/* Documents that mix topics, as latent Dirichlet allocation has it (Blei, Ng & Jordan 2003):
 *
 *   θ ~ Dirichlet (α, …, α),   each word: a topic from θ, then one of the topic's words
 *
 * The vocabulary is a grid, and the topics are its rows and columns, each with all of its
 * words alike: so both documents and what a model makes of them are pictures (Griffiths & Steyvers
 * 2004, figure 1). */
#include <math.h>

#include "data/generator.h"
#include "data/sources.h"

typedef struct {
  int count, grid, words;
  double spread, concentration;
} TopicsSettings;

static const LtKnob knobs[] = {
  { .key = "count",
    .title = "Documents",
    .unit = "",
    .group = "Data",
    .help = "How many documents are drawn.",
    .type = LT_KNOB_INTEGER,
    .log_scale = TRUE,
    .minimum = 10,
    .maximum = 1e6,
    .fallback = "5000",
    .offset = offsetof (TopicsSettings, count) },
  { .key = "grid",
    .title = "Grid",
    .unit = "words",
    .group = "Data",
    .help = "The side of the square in which the vocabulary lies; each row and each "
            "column is a topic.",
    .type = LT_KNOB_INTEGER,
    .minimum = 2,
    .maximum = 32,
    .fallback = "5",
    .offset = offsetof (TopicsSettings, grid) },
  { .key = "words",
    .title = "Length",
    .unit = "words",
    .group = "Data",
    .help = "How many words a document has on average.",
    .type = LT_KNOB_INTEGER,
    .log_scale = TRUE,
    .minimum = 1,
    .maximum = 10000,
    .fallback = "100",
    .offset = offsetof (TopicsSettings, words) },
  { .key = "length-spread",
    .title = "Length's spread",
    .unit = "",
    .group = "Data",
    .help = "Lengths are even between the average minus and plus this fraction of it.",
    .type = LT_KNOB_REAL,
    .minimum = 0,
    .maximum = 1,
    .fallback = "0.5",
    .offset = offsetof (TopicsSettings, spread) },
  { .key = "concentration",
    .title = "Concentration",
    .unit = "",
    .group = "Data",
    .help =
        "The α of the Dirichlet distribution: small, and a document is about a single "
        "topic; large, and it is about all of them.",
    .type = LT_KNOB_REAL,
    .log_scale = TRUE,
    .minimum = 0.05,
    .maximum = 10,
    .fallback = "0.3",
    .offset = offsetof (TopicsSettings, concentration) },
};

/* Never 0. */
static double
uniform (LtRng *rng)
{
  return 1.0 - (double) lt_rng_uniform (rng);
}

/* Gamma (shape, 1) by rejection (Marsaglia & Tsang 2000), with their trick below 1. */
static double
draw_gamma (double shape, LtRng *rng)
{
  double factor = shape < 1 ? pow (uniform (rng), 1 / shape) : 1;
  double d = (shape < 1 ? shape + 1 : shape) - 1.0 / 3.0, c = 1 / sqrt (9 * d);

  for (;;) {
    double x = (double) lt_rng_normal (rng), v = pow (1 + c * x, 3);

    if (1 + c * x > 0 && log (uniform (rng)) < x * x / 2 + d - d * v + d * log (v))
      return factor * d * v;
  }
}

/* Cumulative shares of the n topics, the last one 1; returns the largest share's topic. */
static int
draw_mixture (double concentration, int n, LtRng *rng, double *cumulative)
{
  int dominant = 0;
  double largest = 0, total = 0;

  for (int k = 0; k < n; k++) {
    double share = draw_gamma (concentration, rng);

    if (share > largest) {
      largest = share;
      dominant = k;
    }
    total += share;
    cumulative[k] = total;
  }
  for (int k = 0; k < n; k++)
    cumulative[k] /= total;
  return dominant;
}

/* Topics 0 … grid − 1 are the rows, then come the columns. */
static int
draw_word (int grid, const double *cumulative, LtRng *rng)
{
  double u = (double) lt_rng_uniform (rng);
  int topic = 0, along = (int) lt_rng_below (rng, (guint32) grid);

  while (topic < 2 * grid - 1 && u >= cumulative[topic])
    topic++;
  return topic < grid ? topic * grid + along : along * grid + topic - grid;
}

static int
draw_length (const TopicsSettings *settings, LtRng *rng)
{
  double around = 2 * (double) lt_rng_uniform (rng) - 1;
  double length = settings->words * (1 + settings->spread * around);

  return MAX (1, (int) round (length));
}

static void
name_topics (LtTable *table, int grid)
{
  table->labels = g_new (int, table->n);
  table->label_names = g_new0 (char *, 2 * grid + 1);
  for (int k = 0; k < 2 * grid; k++)
    table->label_names[k] =
        g_strdup_printf ("%s %d", k < grid ? "row" : "column", k % grid + 1);
}

static LtTable *
load (gconstpointer data, const char *path, LtRng *rng, GError **error)
{
  const TopicsSettings *settings = data;
  int grid = settings->grid, nv = grid * grid;
  g_autofree double *cumulative = g_new (double, 2 * grid);
  LtTable *table;
  LtShape shape;

  lt_shape_init (&shape, "words", LT_COUNTS, grid, grid, 1);
  table = lt_table_new (lt_topics_source.name, &shape, settings->count, LT_TABLE_FLOATS,
                        error);
  if (table == NULL)
    return NULL;
  lt_table_describe (table, lt_topics_source.title, "generated", "");
  name_topics (table, grid);
  for (gsize i = 0; i < table->n; i++) {
    float *counts = table->floats + i * nv;
    int length = draw_length (settings, rng);

    for (int j = 0; j < nv; j++)
      counts[j] = 0;
    table->labels[i] =
        draw_mixture (settings->concentration, 2 * grid, rng, cumulative);
    for (int k = 0; k < length; k++)
      counts[draw_word (grid, cumulative, rng)]++;
  }
  return table;
}

const LtSource lt_topics_source = {
  .name = "topics",
  .title = "Bars of words",
  .summary =
      "Documents as counts of words in a grid, whose topics are the grid's rows and "
      "columns: what the replicated softmax finds again.",
  .knobs = { knobs, G_N_ELEMENTS (knobs), sizeof (TopicsSettings) },
  .load = load,
};

/* log Z over a run: of past epochs, read from the run's file when somebody asks for them,
 * and estimated once. */
#include <math.h>

#include "core/error.h"
#include "train/run-file.h"
#include "views/energy.h"

#define WHAT "log Z of past epochs"

/* ---- What is known already ---------------------------------------------------------- */

static gboolean
same_options (const LtAisOptions *a, const LtAisOptions *b)
{
  return a->runs == b->runs && a->temperatures == b->temperatures &&
         a->ladder == b->ladder && a->base == b->base && a->seed == b->seed;
}

static const LtEnergyPoint *
find_kept (const LtEnergyHistory *before, const LtAisOptions *options, int epoch)
{
  if (before == NULL || !same_options (&before->options, options))
    return NULL;
  for (guint i = 0; i < before->kept->len; i++) {
    const LtEnergyPoint *point = &g_array_index (before->kept, LtEnergyPoint, i);

    if (point->epoch == epoch)
      return point;
  }
  return NULL;
}

/* ---- Past epochs --------------------------------------------------------------------- */

/* The file is opened when the first epoch is wanted of it. */
typedef struct {
  const LtViewRequest *request;
  LtEnergyEstimate estimate;
  LtRunFile *file;
  GPtrArray *models;
  gboolean tried;
} Past;

static gboolean
past_open (Past *self)
{
  const LtViewRequest *request = self->request;

  if (!self->tried && request->run_file != NULL) {
    self->file = lt_run_file_open (request->run_file, FALSE, NULL);
    if (self->file != NULL)
      self->models = lt_experiment_build (lt_run_file_experiment (self->file),
                                          lt_dataset_shape (request->data), NULL);
  }
  self->tried = TRUE;
  return self->models != NULL;
}

static void
past_close (Past *self)
{
  g_clear_pointer (&self->models, g_ptr_array_unref);
  g_clear_pointer (&self->file, lt_run_file_close);
}

/* FALSE when the file has no such epoch, or not yet, or the estimate was stopped. */
static gboolean
past_estimate (Past *self, int epoch, LtEnergyPoint *point)
{
  g_autoptr (LtSnapshot) snapshot = NULL;
  g_autoptr (LtAis) ais = NULL;
  g_autoptr (GError) error = NULL;

  if (past_open (self))
    snapshot = lt_run_file_load_epoch (self->file, self->models, epoch, NULL);
  if (snapshot == NULL)
    return FALSE;
  *point = (LtEnergyPoint){ snapshot->progress, snapshot->epoch, snapshot->phase,
                            (double) NAN,       (double) NAN,    (double) NAN,
                            (double) NAN };
  point->exact =
      lt_energy_exact (snapshot, self->estimate.options.lengths, self->request->ws);
  if (self->estimate.options.runs > 0)
    ais = lt_energy_estimate (&self->estimate, snapshot, &error);
  if (ais != NULL) {
    point->estimate = ais->log_z;
    point->low = ais->low;
    point->high = ais->high;
  }
  return !g_error_matches (error, LT_ERROR, LT_ERROR_CANCELLED);
}

/* Every epoch, or every 2nd, 5th, 10th, …: so that what was estimated stays of use while the
 * run grows longer. */
static int
choose_stride (int n_epochs, int most)
{
  for (int power = 1;; power *= 10)
    for (int digit = 1; digit <= 5; digit = 2 * digit + (digit == 2))
      if (n_epochs / (power * digit) + 1 <= most || power >= 100000)
        return power * digit;
}

static void
collect_past (LtEnergyHistory *self,
              const LtViewRequest *request,
              int most,
              const LtEnergyHistory *before)
{
  const GArray *epochs = request->log->epochs;
  Past past = { .request = request,
                .estimate = { request, self->options, WHAT, 0, 0 } };

  if (most == 0 || epochs->len == 0)
    return;
  self->n_epochs = g_array_index (epochs, LtLogEpoch, epochs->len - 1).epoch;
  self->stride = choose_stride (self->n_epochs, most);
  past.estimate.n = self->n_epochs / self->stride + 1;
  for (int epoch = 0; epoch <= self->n_epochs; epoch += self->stride) {
    const LtEnergyPoint *known = find_kept (before, &self->options, epoch);
    LtEnergyPoint point;

    if (known != NULL)
      g_array_append_val (self->kept, *known);
    else if (lt_view_tell (request, WHAT, (double) past.estimate.i / past.estimate.n) &&
             past_estimate (&past, epoch, &point))
      g_array_append_val (self->kept, point);
    past.estimate.i++;
  }
  past_close (&past);
}

/* ---- As it is drawn ------------------------------------------------------------------ */

static int
compare_points (gconstpointer a, gconstpointer b)
{
  double x = ((const LtEnergyPoint *) a)->progress;
  double y = ((const LtEnergyPoint *) b)->progress;

  return (x > y) - (x < y);
}

/* Lines do not join phases, whose models differ. */
static void
join_points (LtEnergyHistory *self, const LtEnergyPoint *now)
{
  g_autoptr (GArray) all = g_array_copy (self->kept);
  gboolean there = FALSE;

  for (guint i = 0; i < all->len; i++)
    there = there || g_array_index (all, LtEnergyPoint, i).progress == now->progress;
  if (!there)
    g_array_append_val (all, *now);
  g_array_sort (all, compare_points);
  for (guint i = 0; i < all->len; i++) {
    LtEnergyPoint point = g_array_index (all, LtEnergyPoint, i), gap = point;

    if (i > 0 && g_array_index (all, LtEnergyPoint, i - 1).phase != point.phase) {
      gap.estimate = gap.low = gap.high = gap.exact = (double) NAN;
      g_array_append_val (self->points, gap);
    }
    g_array_append_val (self->points, point);
  }
}

static void
fill_columns (LtEnergyHistory *self)
{
  guint n = self->points->len;

  self->x = g_new (double, n);
  self->estimate = g_new (double, n);
  self->low = g_new (double, n);
  self->high = g_new (double, n);
  self->exacts = g_new (double, n);
  for (guint i = 0; i < n; i++) {
    const LtEnergyPoint *point = &g_array_index (self->points, LtEnergyPoint, i);

    self->x[i] = point->progress;
    self->estimate[i] = point->estimate;
    self->low[i] = point->low;
    self->high[i] = point->high;
    self->exacts[i] = point->exact;
    self->exact = self->exact || !isnan (point->exact);
  }
}

static char *
make_note (const LtEnergyHistory *self)
{
  GString *text = g_string_new (NULL);

  if (self->options.runs > 0)
    g_string_append_printf (text, "AIS ±3σ, %d runs of %d temperatures; ",
                            self->options.runs, self->options.temperatures);
  g_string_append_printf (text, "%u of %d epochs", self->kept->len, self->n_epochs + 1);
  if (self->stride > 1)
    g_string_append_printf (text, ", every %dth", self->stride);
  return g_string_free (text, FALSE);
}

LtEnergyHistory *
lt_energy_history_new (const LtViewRequest *request,
                       const float *lengths,
                       const LtEnergyPoint *now,
                       const LtEnergyHistory *before)
{
  const LtEnergySettings *settings = request->settings;
  int n_past = lt_energy_n_past (settings);
  LtEnergyHistory *self = g_new0 (LtEnergyHistory, 1);

  self->options = lt_energy_options (settings, lengths);
  self->kept = g_array_new (FALSE, FALSE, sizeof (LtEnergyPoint));
  self->points = g_array_new (FALSE, FALSE, sizeof (LtEnergyPoint));
  self->shown = now->progress;
  collect_past (self, request, n_past, before);
  join_points (self, now);
  fill_columns (self);
  if (self->kept->len > 0)
    self->note = make_note (self);
  else if (n_past == 0)
    self->message = g_strdup (
        "Set Past epochs above 0 to estimate log Z of epochs before this one.");
  else if (!lt_view_tell (request, WHAT, 1))
    self->message = g_strdup ("The estimates of log Z were stopped; they begin again "
                              "when a setting is turned.");
  else
    self->message = g_strdup ("No past epoch can be read: this run is not recorded.");
  return self;
}

void
lt_energy_history_free (LtEnergyHistory *self)
{
  if (self == NULL)
    return;
  g_array_unref (self->kept);
  g_array_unref (self->points);
  g_free (self->x);
  g_free (self->estimate);
  g_free (self->low);
  g_free (self->high);
  g_free (self->exacts);
  g_free (self->note);
  g_free (self->message);
  g_free (self);
}

/* lantern export: a run's weights, codes, reconstructions or figures, for other programs. */
#include "commands/command.h"
#include "commands/epoch-terms.h"
#include "commands/open-run.h"
#include "core/error.h"
#include "data/npy-writer.h"
#include "train/weights-file.h"

#include <math.h>
#include <string.h>

#define ROWS_AT_ONCE 1000

/* What every export is given. */
typedef struct {
  const LtOpenRun *open;
  LtSplit split;
  const char *path;
} Job;

static const LtOption options[] = {
  { "weights", 0, "FILE", "the tensors, to a file ending in .npz or .safetensors" },
  { "codes", 0, "FILE.npy", "the code of every example" },
  { "reconstructions", 0, "FILE.npy", "the reconstruction of every example" },
  { "metrics", 0, "FILE.csv", "every epoch's figures" },
  { "epoch", 0, "N",
    "the epoch, 0 being the model before training; the last otherwise" },
  { "split", 0, "SPLIT", "train, valid or test examples; test where there are any" },
  { NULL, 0, NULL, NULL },
};

/* ---- Weights -------------------------------------------------------------------- */

static gboolean
export_weights (const Job *job, GError **error)
{
  if (g_str_has_suffix (job->path, ".npz"))
    return lt_weights_write_npz (job->open->snapshot, job->path, error);
  if (g_str_has_suffix (job->path, ".safetensors"))
    return lt_weights_write_safetensors (job->open->snapshot, job->path, error);
  lt_usage_error_set (
      error, "Weights go to a file whose name ends in .npz or .safetensors, not “%s”.",
      job->path);
  return FALSE;
}

/* ---- One row an example ---------------------------------------------------------- */

typedef void (*MapRows) (const LtCall *call, const float *x, int n, float *y);

/* Writes map (x) for every row x of the split, a few rows at a time. */
static gboolean
write_rows (const Job *job, MapRows map, int n_columns, GError **error)
{
  const LtOpenRun *open = job->open;
  const int nv = open->model->shape.nv;
  const LtCall call = lt_snapshot_call (open->snapshot, open->ws, NULL);
  g_autofree float *x = g_new (float, (gsize) ROWS_AT_ONCE *nv);
  g_autofree float *y = g_new (float, (gsize) ROWS_AT_ONCE *n_columns);
  g_autoptr (LtFileWriter) file = NULL;
  gsize n_rows;

  n_rows = lt_dataset_n (open->data, job->split);
  file = lt_file_writer_new (job->path, error);
  if (file == NULL || !lt_npy_begin (file, n_rows, (gsize) n_columns, error))
    return FALSE;

  for (gsize first = 0; first < n_rows; first += ROWS_AT_ONCE) {
    gsize n = MIN (n_rows - first, ROWS_AT_ONCE);

    lt_dataset_gather (open->data, job->split, NULL, first, n, x);
    map (&call, x, (int) n, y);
    if (map == open->model->kind->reconstruct)
      lt_dataset_unscale (open->data, n, y);
    if (!lt_file_writer_put (file, y, n * (gsize) n_columns * sizeof (float), error))
      return FALSE;
  }
  return lt_file_writer_commit (file, error);
}

static gboolean
export_codes (const Job *job, GError **error)
{
  const LtOpenRun *open = job->open;
  if (!lt_model_can (open->model, LT_CAN_ENCODE)) {
    g_set_error (error, LT_ERROR, LT_ERROR_UNSUPPORTED,
                 "A model of the family %s has no code to export.",
                 open->model->kind->name);
    return FALSE;
  }
  return write_rows (job, open->model->kind->encode, open->model->n_code, error);
}

static gboolean
export_reconstructions (const Job *job, GError **error)
{
  const LtOpenRun *open = job->open;
  if (!lt_model_can (open->model, LT_CAN_RECONSTRUCT)) {
    g_set_error (error, LT_ERROR, LT_ERROR_UNSUPPORTED,
                 "A model of the family %s does not reconstruct.",
                 open->model->kind->name);
    return FALSE;
  }
  return write_rows (job, open->model->kind->reconstruct, open->model->shape.nv, error);
}

/* ---- Figures -------------------------------------------------------------------- */

/* An empty field where there is no figure. */
static void
append_field (GString *line, double value)
{
  char text[G_ASCII_DTOSTR_BUF_SIZE];

  g_string_append_c (line, ',');
  if (isfinite (value))
    g_string_append (line, g_ascii_dtostr (text, sizeof text, value));
}

static void
append_epoch (GString *line, const LtLogEpoch *epoch)
{
  g_string_append_printf (line, "%d,%" G_GINT64_FORMAT, epoch->epoch, epoch->step);
  append_field (line, epoch->seconds);
  append_field (line, epoch->objective);
  append_field (line, epoch->train_squared_error);
  append_field (line, epoch->valid_squared_error);
  append_field (line, epoch->train_cross_entropy);
  append_field (line, epoch->valid_cross_entropy);
  append_field (line, epoch->learning_rate);
  append_field (line, epoch->train_error);
  append_field (line, epoch->valid_error);
}

static gboolean
export_metrics (const Job *job, GError **error)
{
  g_autoptr (LtLog) log = lt_log_new ();
  g_autoptr (GArray) rows = g_array_new (FALSE, FALSE, sizeof (LtLogRow));
  g_autoptr (GArray) epochs = g_array_new (FALSE, FALSE, sizeof (LtLogEpoch));
  g_autoptr (GArray) events = g_array_new (FALSE, FALSE, sizeof (LtLogEvent));
  const LtEpochLog all = { rows, epochs, events };
  g_auto (GStrv) keys = lt_epoch_term_keys (job->open->experiment);
  g_autoptr (GString) text = g_string_new (
      "epoch,step,seconds,objective,train_squared_error,valid_squared_error,"
      "train_cross_entropy,valid_cross_entropy,learning_rate,train_error,valid_"
      "error");
  g_autoptr (LtFileWriter) file = NULL;

  if (!lt_run_file_read_log (job->open->file, log, error))
    return FALSE;
  lt_log_read (log, rows, epochs, events);
  for (int key = 0; keys[key] != NULL; key++)
    g_string_append_printf (text, ",%s", keys[key]);
  g_string_append_c (text, '\n');
  for (guint i = 0; i < epochs->len; i++) {
    LtEpochTerms terms = lt_epoch_terms (job->open->experiment, &all, i);

    append_epoch (text, &g_array_index (epochs, LtLogEpoch, i));
    for (int key = 0; keys[key] != NULL; key++)
      append_field (text, lt_epoch_terms_find (&terms, keys[key]));
    g_string_append_c (text, '\n');
  }

  file = lt_file_writer_new (job->path, error);
  return file != NULL && lt_file_writer_put (file, text->str, text->len, error) &&
         lt_file_writer_commit (file, error);
}

/* ---- The command ---------------------------------------------------------------- */

typedef gboolean (*Export) (const Job *job, GError **error);

static const struct {
  const char *option;
  Export write;
} exports[] = {
  { "weights", export_weights },
  { "codes", export_codes },
  { "reconstructions", export_reconstructions },
  { "metrics", export_metrics },
};

static gboolean
run (const LtArguments *arguments, GError **error)
{
  g_autoptr (LtOpenRun) open = NULL;
  Job job;
  int n_asked = 0;

  for (guint i = 0; i < G_N_ELEMENTS (exports); i++)
    n_asked += lt_arguments_has (arguments, exports[i].option);
  if (n_asked == 0) {
    lt_usage_error_set (error,
                        "Say what to export: --weights, --codes, --reconstructions "
                        "or --metrics, each with a file's name.");
    return FALSE;
  }

  open = lt_open_run_new (arguments, error);
  if (open == NULL || !lt_open_run_split (open, arguments, &job.split, error))
    return FALSE;
  job.open = open;
  for (guint i = 0; i < G_N_ELEMENTS (exports); i++) {
    job.path = lt_arguments_get (arguments, exports[i].option);
    if (job.path != NULL && !exports[i].write (&job, error))
      return FALSE;
  }
  return TRUE;
}

const LtCommand lt_command_export = {
  .name = "export",
  .operand = "RUN",
  .min_operands = 1,
  .max_operands = 1,
  .summary =
      "Writes a run's weights, codes, reconstructions or figures for other programs.",
  .details =
      "NPZ files hold one float32 array a tensor, under the tensor's name, and\n"
      "open with numpy.load. NPY files hold one row an example, reconstructions in\n"
      "the data's own units. Figures end with the objective's terms and what is\n"
      "told beside them, means over the epoch's minibatches. Several may be asked for "
      "at once. Files are written\n"
      "whole or not at all.",
  .options = options,
  .run = run,
};

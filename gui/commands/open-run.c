/* A run file opened at one epoch, with its data. */
#include "commands/open-run.h"

#include "core/error.h"

#include <limits.h>
#include <string.h>

void
lt_open_run_free (LtOpenRun *self)
{
  g_clear_pointer (&self->ws, lt_workspace_free);
  g_clear_pointer (&self->team, lt_team_free);
  g_clear_pointer (&self->snapshot, lt_snapshot_unref);
  g_clear_pointer (&self->models, g_ptr_array_unref);
  g_clear_pointer (&self->data, lt_dataset_unref);
  g_clear_pointer (&self->file, lt_run_file_close);
  g_free (self);
}

/* The newest epoch stands in the resume point exactly; the history may hold it in half
 * precision. */
static LtSnapshot *
load_epoch (const LtOpenRun *self, int epoch, GError **error)
{
  LtResumePoint point = { 0 };
  LtSnapshot *snapshot = NULL;

  if (epoch == lt_run_file_last_epoch (self->file) &&
      lt_run_file_load_resume (self->file, self->models, &point, NULL)) {
    if (point.snapshot->epoch == epoch && point.snapshot->progress == epoch)
      snapshot = lt_snapshot_ref (point.snapshot);
    lt_resume_point_clear (&point);
  }
  return snapshot != NULL
             ? snapshot
             : lt_run_file_load_epoch (self->file, self->models, epoch, error);
}

static gboolean
open_model (LtOpenRun *self, int epoch, GError **error)
{
  const LtExperiment *experiment = self->experiment;

  self->data = lt_data_spec_load (experiment->data, experiment->seed, error);
  if (self->data == NULL)
    return FALSE;
  self->models = lt_experiment_build (experiment, lt_dataset_shape (self->data), error);
  if (self->models == NULL)
    return FALSE;
  if (epoch < 0)
    epoch = lt_run_file_last_epoch (self->file);
  if (epoch < 0) {
    g_set_error (error, LT_ERROR, LT_ERROR_UNKNOWN,
                 "“%s” holds no epoch yet, so there is nothing to look at.",
                 lt_run_file_path (self->file));
    return FALSE;
  }
  self->snapshot = load_epoch (self, epoch, error);
  if (self->snapshot == NULL)
    return FALSE;
  self->model = self->snapshot->model;
  return TRUE;
}

LtOpenRun *
lt_open_run_new (const LtArguments *arguments, GError **error)
{
  g_autoptr (LtOpenRun) self = g_new0 (LtOpenRun, 1);
  int epoch = -1;

  if (!lt_arguments_get_integer (arguments, "epoch", 0, INT_MAX, &epoch, error))
    return NULL;
  self->file = lt_run_file_open (lt_arguments_operand (arguments, 0), FALSE, error);
  if (self->file == NULL)
    return NULL;
  self->experiment = lt_run_file_experiment (self->file);
  if (!open_model (self, epoch, error))
    return NULL;
  self->team = lt_team_new (lt_team_processors ());
  self->ws = lt_workspace_new (self->team);
  return g_steal_pointer (&self);
}

gboolean
lt_open_run_split (const LtOpenRun *self,
                   const LtArguments *arguments,
                   LtSplit *split,
                   GError **error)
{
  const char *name = lt_arguments_get (arguments, "split");

  *split = lt_dataset_judge (self->data);
  if (name == NULL)
    return TRUE;
  for (int i = 0; i < LT_N_SPLITS; i++) {
    if (strcmp (name, lt_split_name ((LtSplit) i)) != 0)
      continue;
    *split = (LtSplit) i;
    if (lt_dataset_n (self->data, *split) > 0)
      return TRUE;
    g_set_error (error, LT_ERROR, LT_ERROR_UNSUPPORTED,
                 "The data set %s has no %s examples; --split takes one that it has.",
                 lt_dataset_name (self->data), name);
    return FALSE;
  }
  lt_usage_error_set (error, "--split is train, valid or test, not “%s”.", name);
  return FALSE;
}

/* The scheduler of views: probes and paintings on a small pool of workers.
 *
 * Each tile has a lane. A lane carries out one job at a time and remembers only the
 * latest that was asked for, so nothing queues up; between two jobs that the training
 * called for it rests, in proportion to what the last one cost, so that watching
 * costs training little. Jobs that the user called for (scrubbing, a setting, a resize) do
 * not rest. An answer that is not wanted any more is dropped when it reaches the UI
 * thread, and a computation that tells of its progress is stopped. The workers run at low priority and have a workspace each. */
#pragma once

#include "views/view.h"

G_BEGIN_DECLS

/* What a view has computed, shared by the tile (for hits), the next job (to align to), and
 * exports. Immutable; reference counted atomically. */
typedef struct {
  int ref_count;
  const LtView *view;
  gpointer value;
  LtSnapshot *snapshot;
} LtViewResult;

LtViewResult *lt_view_result_ref (LtViewResult *self) G_GNUC_WARN_UNUSED_RESULT;
void lt_view_result_unref (LtViewResult *self);

typedef enum {
  LT_PROBE_VIEW,  /* compute and paint */
  LT_PROBE_PAINT, /* paint `result` again: another size or theme */
  LT_PROBE_LENS,  /* what the pointer calls up over `result` */
} LtProbeKind;

/* All references are the job's own; see lt_probe_job_new. */
typedef struct {
  LtProbeKind kind;
  gboolean urgent; /* the user waits for it */
  const LtView *view;
  gpointer settings;
  gsize settings_size;
  LtSnapshot *snapshot;
  LtDataset *data;
  LtLogCopy log;
  char *run_file;       /* or NULL */
  LtViewResult *result; /* PAINT, LENS: of what; VIEW: the one before, or NULL */
  guint64 seed;
  double w, h, scale; /* logical size; device pixels a logical one */
  LtStyle style;
  LtViewMotion motion;
  LtDrawing *drawing; /* or NULL */
  LtViewHit hit;
  gboolean pressed;
  guint64 serial; /* the lane's, when it was submitted */
  LtViewProgress progress;
} LtProbeJob;

LtProbeJob *lt_probe_job_new (LtProbeKind kind,
                              const LtView *view) G_GNUC_WARN_UNUSED_RESULT;
void lt_probe_job_free (LtProbeJob *self);

/* Borrowed during the call. error is set, or the others are; surface, at the job's size and
 * scale, is NULL for a lens with nothing to show. */
typedef struct {
  const LtProbeJob *job;
  LtViewResult *result;
  cairo_surface_t *surface;
  const GError *error;
} LtProbeAnswer;

typedef void (*LtProbeFunc) (const LtProbeAnswer *answer, gpointer data);

typedef struct _LtProbeQueue LtProbeQueue;
typedef struct _LtProbeLane LtProbeLane;

LtProbeQueue *lt_probe_queue_new (int n_workers) G_GNUC_WARN_UNUSED_RESULT;

/* Waits for the jobs that are being carried out. Free the lanes first. */
void lt_probe_queue_free (LtProbeQueue *self);

/* func is called on the thread that runs the default main context. */
LtProbeLane *lt_probe_lane_new (LtProbeQueue *queue,
                                LtProbeFunc func,
                                gpointer data) G_GNUC_WARN_UNUSED_RESULT;

/* func is not called any more. */
void lt_probe_lane_free (LtProbeLane *self);

/* Takes the job. */
void lt_probe_lane_submit (LtProbeLane *self, LtProbeJob *job);

/* Whatever has been submitted until now is of no interest any more. */
void lt_probe_lane_invalidate (LtProbeLane *self);

/* What the job under way has told, and for how long it has been. */
typedef struct {
  const char *what; /* NULL: nothing */
  double part;      /* 0 to 1 */
  double seconds;
} LtProbeProgress;

/* FALSE when no job waits or is under way. */
gboolean lt_probe_lane_get_progress (LtProbeLane *self, LtProbeProgress *progress);

/* The job under way and the one that waits are to answer with what needs no long computation. */
void lt_probe_lane_stop (LtProbeLane *self);

G_END_DECLS

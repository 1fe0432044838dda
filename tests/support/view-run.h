/* Runs for views to look at, and what the views' tests ask of the results. */
#pragma once

#include "views/common.h"

/* A model as it is before training, its data, and a log of two epochs. */
typedef struct {
  LtDataset *data;
  LtSnapshot *snapshot;
  LtLogCopy log;
  LtWorkspace *ws;
  LtStyle style;
} LtViewRun;

extern const char *const lt_test_small_digits[], *const lt_test_noisy_digits[],
                                                     *const lt_test_noisy_points[];

LtDataset *lt_test_data (const char *source);

/* Takes the data. settings: keys and values in turn, NULL-terminated. */
void lt_view_run_init (LtViewRun *run,
                       LtDataset *data,
                       const char *family,
                       const char *const *settings);
void lt_view_run_init_digits (LtViewRun *run);
void lt_view_run_init_spiral (LtViewRun *run);
void lt_view_run_clear (LtViewRun *run);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (LtViewRun, lt_view_run_clear)

/* The result of a view written with its settings; it must be had. */
gpointer lt_view_run_show (const LtViewRun *run,
                           const char *text,
                           double w,
                           double h,
                           gconstpointer previous);

/* It must not be had, and the sentence contains what is expected. */
void lt_view_run_refuse (const LtViewRun *run, const char *text, const char *expected);

/* The lens over a place of a result. */
LtLens *lt_view_run_look (const LtViewRun *run,
                          const LtView *view,
                          gconstpointer result,
                          const LtViewHit *found,
                          gboolean pressed);

/* Paints on a background of its own; the share of pixels that are something else. */
double lt_test_painted_share (const LtView *view,
                              gconstpointer result,
                              gboolean dark,
                              int w,
                              int h);

void lt_test_assert_description (const LtView *view,
                                 gconstpointer result,
                                 const char *expected);
int lt_test_count_lines (const char *text);

/* The rows of a CSV text: field `column` of each, as numbers. */
double *lt_test_csv_column (const char *csv, int column, int *n);

/* The first item that the pointer finds when it sweeps over a view of 480 × 300. */
gboolean lt_test_find_item (const LtView *view,
                            gconstpointer result,
                            const LtStyle *style,
                            LtViewHit *found);

/* That a view paints something, in small tiles, large ones and upright ones, in light and in
 * dark. */
void lt_view_run_assert_painted (const LtViewRun *run, const char *text);

/* What was found in data, in words and bars, filled into the data dialog's parts. Nothing is kept
 * of what is passed. */
#pragma once

#include "data/info.h"
#include "data/loader.h"
#include "paint/style.h"
#include <gtk/gtk.h>

G_BEGIN_DECLS

/* "150 rows of 4 features, labelled in 3 classes." and the note. */
char *lt_data_facts_sentence (const LtDataInfo *info) G_GNUC_WARN_UNUSED_RESULT;

/* Fill a grid with titles and values, in place of what it holds. loader: NULL if unknown. */
void lt_data_facts_show_found (GtkGrid *grid,
                               const LtDataInfo *info,
                               const LtLoader *loader);
void lt_data_facts_show_used (GtkGrid *grid, const LtDataInfo *info);

/* How many rows each class has, and each split; also as the area's label for readers. */
void lt_data_facts_show_labels (GtkDrawingArea *area,
                                const LtDataInfo *info,
                                const LtStyle *style);
void lt_data_facts_show_splits (GtkDrawingArea *area,
                                const LtDataInfo *info,
                                const LtStyle *style);

G_END_DECLS

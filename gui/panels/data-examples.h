/* Sixteen example rows: pictures, or a table of their values. */
#pragma once

#include "data/info.h"
#include "paint/style.h"
#include <gtk/gtk.h>

G_BEGIN_DECLS

#define LT_TYPE_DATA_EXAMPLES (lt_data_examples_get_type ())
G_DECLARE_FINAL_TYPE (LtDataExamples, lt_data_examples, LT, DATA_EXAMPLES, GtkWidget)

/* Copied. */
void lt_data_examples_set_style (LtDataExamples *self, const LtStyle *style);

/* Keeps nothing of info. scaled: as the model will see them, else as they were found. */
void lt_data_examples_show (LtDataExamples *self,
                            const LtDataInfo *info,
                            gboolean scaled);

/* Four figures, with a minus sign as it is set. */
char *lt_data_number_text (double value) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS

/* The distributions view in two halves: what its four panels show, and how they lie in the
 * tile. Not for the folders outside. */
#pragma once

#include "paint/heat.h"
#include "probes/distributions.h"
#include "views/common.h"
#include "views/panels.h"

G_BEGIN_DECLS

#define LT_ROWS_MODEL 4 /* after the splits: what the model itself dreams of */

typedef enum {
  LT_PANEL_WEIGHTS,
  LT_PANEL_UPDATE,
  LT_PANEL_MEANS,
  LT_PANEL_EXAMPLES,
  LT_N_PANELS,
} LtDistributionPanel;

typedef struct {
  int panels; /* 0: all where there is room; else the panel + 1 */
  int layer;  /* from 1 */
  int order;  /* of units: by mean activation, or by number */
  int n_examples;
  int rows; /* as lt_view_split's choice, or LT_ROWS_MODEL */
} LtDistributionSettings;

typedef struct {
  const LtPanels *panels;
  int show;
  LtHistogram *weights, *update,
      *means;           /* NULL: there is none, and the message says why */
  LtActivity *activity; /* NULL: not finite */
  const char *rows;     /* what the units answer to: "test", "sampled" */
  char *tensor;         /* "W1"; NULL */
  const char *update_message;
  char **classes;
  LtMark *marks;         /* [n_units], by column */
  float lowest, highest; /* of the picture's scale */
  LtTileColour colour;
  gboolean clipped;
  char *notes[LT_N_PANELS]; /* beside the titles; may be NULL */
  char *titles[LT_N_PANELS];
  char *dead, *saturated; /* "12 dead"; NULL: none */
  char *footer;
  char *caption, *moment;
} LtDistributionResult;

extern const LtPanels lt_distribution_panels;

gpointer lt_distribution_compute (const LtViewRequest *request, GError **error);
void lt_distribution_free (gpointer result);

G_END_DECLS

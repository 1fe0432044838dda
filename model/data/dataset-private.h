/* What sources add to a data set before anybody else sees it. */
#pragma once

#include "data/source.h"

G_BEGIN_DECLS

/* Attaches the source's score, with a copy of its settings. */
void lt_dataset_set_score (LtDataset *self,
                           const LtSource *source,
                           gconstpointer settings);

G_END_DECLS

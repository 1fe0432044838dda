/* What becomes of units when a model begins with the layers of another one. */
#pragma once

#include "core/model.h"

G_BEGIN_DECLS

/* Weights mean something only with the function that they were learnt with. Where layers that
 * `model` takes over from `before` have another one here, a sentence for each knob that
 * decides on it, with the value that would keep what was learnt; NULL where nothing changes.
 * phase: model's, from 1, which goes before the knob's key; 0: the experiment has none. */
char *lt_takeover_notice (const LtModel *before,
                          const LtModel *model,
                          int phase) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS

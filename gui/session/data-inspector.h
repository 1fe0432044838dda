/* Looks into data before they are used: reads, scales and splits them on a worker. One question
 * at a time; of those asked meanwhile only the last is answered. Rows once read serve all
 * questions that differ only in how they are prepared. UI thread only. */
#pragma once

#include "data/info.h"
#include "data/loader.h"
#include "data/source.h"
#include <gio/gio.h>

G_BEGIN_DECLS

typedef struct _LtDataInspector LtDataInspector;

/* info is given away; NULL where there is an error. loader: what reads the file; NULL where that
 * is not known. */
typedef void (*LtDataInspectorFunc) (LtDataInfo *info,
                                     const LtLoader *loader,
                                     const GError *error,
                                     gpointer data);

LtDataInspector *lt_data_inspector_new (LtDataInspectorFunc done,
                                        gpointer data) G_GNUC_WARN_UNUSED_RESULT;

/* done is not called any more. What is being read is dropped when it has been. */
void lt_data_inspector_free (LtDataInspector *self);

void lt_data_inspector_ask (LtDataInspector *self,
                            const LtDataSpec *spec,
                            guint64 seed);

/* Not every question has been answered. */
gboolean lt_data_inspector_busy (LtDataInspector *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (LtDataInspector, lt_data_inspector_free)

G_END_DECLS

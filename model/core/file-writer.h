/* A file that is written whole or not at all: what is put goes to a temporary file in the
 * same folder, which takes the name only when it is complete and on the disk. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef struct _LtFileWriter LtFileWriter;

LtFileWriter *lt_file_writer_new (const char *path,
                                  GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Without a commit before, what was there stays as it was. */
void lt_file_writer_free (LtFileWriter *self);

gboolean lt_file_writer_put (LtFileWriter *self,
                             gconstpointer data,
                             gsize size,
                             GError **error);
gboolean lt_file_writer_commit (LtFileWriter *self, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (LtFileWriter, lt_file_writer_free)

G_END_DECLS

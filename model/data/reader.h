/* Reading a file, plain, gzip-compressed or in a zip archive alike, with sentences that say where. */
#pragma once

#include <glib.h>
#include <zip.h>

G_BEGIN_DECLS

typedef struct _LtReader LtReader;

/* Fails on a missing, unreadable or empty file and on a folder. */
LtReader *lt_reader_open (const char *path, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* One file of an archive. Takes the entry; `name` stands in the sentences. */
LtReader *lt_reader_open_entry (zip_file_t *entry,
                                const char *name,
                                guint64 size) G_GNUC_WARN_UNUSED_RESULT;
void lt_reader_close (LtReader *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (LtReader, lt_reader_close)

/* The path as a person may read it. Borrowed. */
const char *lt_reader_name (const LtReader *self);

/* The size of the content, where it is known beforehand: FALSE for gzip files. */
gboolean lt_reader_content_size (const LtReader *self, guint64 *size);

/* The offset in the content reached so far. */
guint64 lt_reader_offset (const LtReader *self);

/* Exactly n bytes; fewer are an error that names `what` is missing. */
gboolean lt_reader_read (LtReader *self,
                         gpointer buffer,
                         gsize n,
                         const char *what,
                         GError **error);

/* The next line without its end, NUL-terminated and borrowed until the next call; NULL at
 * the end, and with an error when the file is damaged or a line is endless. */
char *lt_reader_line (LtReader *self, GError **error);

/* Fails when anything follows; `expected` says how much there should be. */
gboolean lt_reader_expect_end (LtReader *self, const char *expected, GError **error);

G_END_DECLS

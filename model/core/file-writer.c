/* A file that is written whole or not at all. */
#include "core/file-writer.h"

#include "core/error.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <stdio.h>
#include <unistd.h>

struct _LtFileWriter {
  char *path, *temporary;
  FILE *file;
};

static gboolean
set_error (const LtFileWriter *self, GError **error)
{
  int saved_errno = errno;

  g_set_error (error, LT_ERROR, LT_ERROR_FILE, "“%s” could not be written: %s.",
               self->path, g_strerror (saved_errno));
  return FALSE;
}

LtFileWriter *
lt_file_writer_new (const char *path, GError **error)
{
  g_autoptr (LtFileWriter) self = g_new0 (LtFileWriter, 1);
  int descriptor;

  self->path = g_strdup (path);
  if (g_file_test (path, G_FILE_TEST_IS_DIR)) {
    errno = EISDIR;
    set_error (self, error);
    return NULL;
  }
  self->temporary = g_strdup_printf ("%s.XXXXXX", path);
  descriptor = g_mkstemp_full (self->temporary, O_WRONLY | O_CLOEXEC, 0666);
  if (descriptor < 0) {
    set_error (self, error);
    g_clear_pointer (&self->temporary, g_free);
    return NULL;
  }
  self->file = fdopen (descriptor, "wb");
  return g_steal_pointer (&self);
}

void
lt_file_writer_free (LtFileWriter *self)
{
  if (self->file != NULL)
    fclose (self->file);
  if (self->temporary != NULL)
    g_unlink (self->temporary);
  g_free (self->temporary);
  g_free (self->path);
  g_free (self);
}

gboolean
lt_file_writer_put (LtFileWriter *self, gconstpointer data, gsize size, GError **error)
{
  if (fwrite (data, 1, size, self->file) != size)
    return set_error (self, error);
  return TRUE;
}

gboolean
lt_file_writer_commit (LtFileWriter *self, GError **error)
{
  int closed;

  if (fflush (self->file) != 0 || fsync (fileno (self->file)) != 0)
    return set_error (self, error);
  closed = fclose (self->file);
  self->file = NULL;
  if (closed != 0 || g_rename (self->temporary, self->path) != 0)
    return set_error (self, error);
  g_clear_pointer (&self->temporary, g_free);
  return TRUE;
}

/* Reading files through zlib, which passes plain files on unchanged, and through libzip. */
#include "data/reader.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <zlib.h>

#include "core/error.h"

/* A line longer than this is no table. */
#define MAX_LINE (64 * 1024 * 1024)
#define CHUNK    (1 << 17)

struct _LtReader {
  gzFile file;       /* or else … */
  zip_file_t *entry; /* … of an archive */
  char *name;
  guint64 size;
  guint64 offset; /* of the next byte handed out */
  gboolean compressed;
  GString *line;
  char chunk[CHUNK]; /* read ahead by lt_reader_line only */
  gsize chunk_at, chunk_end;
};

static gboolean
check_file (const char *path, const char *name, guint64 *size, GError **error)
{
  struct stat info;

  if (stat (path, &info) != 0) {
    g_set_error (error, LT_ERROR, LT_ERROR_FILE, "%s cannot be opened: %s.", name,
                 g_strerror (errno));
    return FALSE;
  }
  if (!S_ISREG (info.st_mode)) {
    g_set_error (error, LT_ERROR, LT_ERROR_FILE,
                 "%s is not a file; a file with data was expected here.", name);
    return FALSE;
  }
  if (info.st_size == 0) {
    g_set_error (error, LT_ERROR, LT_ERROR_FORMAT,
                 "%s is empty (0 bytes); it should hold data.", name);
    return FALSE;
  }
  *size = (guint64) info.st_size;
  return TRUE;
}

LtReader *
lt_reader_open (const char *path, GError **error)
{
  g_autofree char *name = g_filename_display_name (path);
  guint64 size;
  gzFile file;
  LtReader *self;

  if (!check_file (path, name, &size, error))
    return NULL;
  file = gzopen (path, "rbe");
  if (file == NULL) {
    g_set_error (error, LT_ERROR, LT_ERROR_FILE, "%s cannot be opened: %s.", name,
                 g_strerror (errno));
    return NULL;
  }
  gzbuffer (file, CHUNK);
  self = g_new0 (LtReader, 1);
  self->file = file;
  self->name = g_steal_pointer (&name);
  self->size = size;
  self->compressed = !gzdirect (file);
  self->line = g_string_new (NULL);
  return self;
}

LtReader *
lt_reader_open_entry (zip_file_t *entry, const char *name, guint64 size)
{
  LtReader *self = g_new0 (LtReader, 1);

  self->entry = entry;
  self->name = g_strdup (name);
  self->size = size;
  self->line = g_string_new (NULL);
  return self;
}

void
lt_reader_close (LtReader *self)
{
  if (self == NULL)
    return;
  if (self->file != NULL)
    gzclose (self->file);
  if (self->entry != NULL)
    zip_fclose (self->entry);
  g_string_free (self->line, TRUE);
  g_free (self->name);
  g_free (self);
}

const char *
lt_reader_name (const LtReader *self)
{
  return self->name;
}

gboolean
lt_reader_content_size (const LtReader *self, guint64 *size)
{
  *size = self->size;
  return !self->compressed;
}

guint64
lt_reader_offset (const LtReader *self)
{
  return self->offset;
}

/* After a short read: what the library says about it. TRUE when the file simply ended. */
static gboolean
ended_well (LtReader *self, guint64 at, GError **error)
{
  int code = Z_OK;

  if (self->entry != NULL) {
    if (zip_error_code_zip (zip_file_get_error (self->entry)) != ZIP_ER_OK)
      code = Z_DATA_ERROR;
  } else {
    gzerror (self->file, &code);
  }
  if (code == Z_OK || code == Z_STREAM_END)
    return TRUE;
  if (code == Z_BUF_ERROR)
    g_set_error (
        error, LT_ERROR, LT_ERROR_FORMAT,
        "%s is cut short: its compressed data end after byte %" G_GUINT64_FORMAT
        " of the content; copy or download it again.",
        self->name, at);
  else if (code == Z_ERRNO)
    g_set_error (error, LT_ERROR, LT_ERROR_FILE, "%s cannot be read: %s.", self->name,
                 g_strerror (errno));
  else
    g_set_error (
        error, LT_ERROR, LT_ERROR_FORMAT,
        "%s is damaged: its compressed data make no sense somewhere before byte "
        "%" G_GINT64_FORMAT "; copy or download it again.",
        self->name,
        (gint64) (self->file != NULL ? gzoffset (self->file) : (z_off_t) at));
  return FALSE;
}

/* Reads up to n bytes. Returns how many; fewer only at the file's end. −1: an error. */
static gssize
read_some (LtReader *self, gpointer buffer, gsize n, GError **error)
{
  gsize got = 0;

  while (got < n) {
    gsize want = MIN (n - got, (gsize) 1 << 30);
    char *to = (char *) buffer + got;
    gssize now = self->entry != NULL ? (gssize) zip_fread (self->entry, to, want)
                                     : gzread (self->file, to, (unsigned) want);

    if (now > 0)
      got += (gsize) now;
    if (now <= 0 || (self->entry == NULL && now < (gssize) want)) {
      if (!ended_well (self, self->offset + got, error))
        return -1;
      break;
    }
  }
  return (gssize) got;
}

gboolean
lt_reader_read (LtReader *self,
                gpointer buffer,
                gsize n,
                const char *what,
                GError **error)
{
  gssize got = read_some (self, buffer, n, error);

  if (got < 0)
    return FALSE;
  if ((gsize) got < n) {
    g_set_error (error, LT_ERROR, LT_ERROR_FORMAT,
                 "%s ends after %" G_GUINT64_FORMAT " bytes, where %s would need "
                 "%" G_GUINT64_FORMAT "; it is cut short, or its sizes are wrong.",
                 self->name, self->offset + (guint64) got, what,
                 self->offset + (guint64) n);
    return FALSE;
  }
  self->offset += (guint64) n;
  return TRUE;
}

/* FALSE at the end of the file or on an error. */
static gboolean
refill (LtReader *self, GError **error)
{
  gssize got = read_some (self, self->chunk, CHUNK, error);

  if (got <= 0)
    return FALSE;
  self->chunk_at = 0;
  self->chunk_end = (gsize) got;
  return TRUE;
}

char *
lt_reader_line (LtReader *self, GError **error)
{
  GError *problem = NULL;

  g_string_truncate (self->line, 0);
  for (;;) {
    const char *from, *end;
    gsize n;

    if (self->chunk_at == self->chunk_end && !refill (self, &problem)) {
      if (problem == NULL && self->line->len > 0)
        return self->line->str;
      if (problem != NULL)
        g_propagate_error (error, problem);
      return NULL;
    }
    from = self->chunk + self->chunk_at;
    end = memchr (from, '\n', self->chunk_end - self->chunk_at);
    n = end != NULL ? (gsize) (end - from) : self->chunk_end - self->chunk_at;
    g_string_append_len (self->line, from, (gssize) n);
    self->chunk_at += n + (end != NULL);
    self->offset += n + (end != NULL);
    if (end != NULL) {
      if (self->line->len > 0 && self->line->str[self->line->len - 1] == '\r')
        g_string_truncate (self->line, self->line->len - 1);
      return self->line->str;
    }
    if (self->line->len > MAX_LINE) {
      g_set_error (error, LT_ERROR, LT_ERROR_FORMAT,
                   "%s has a line longer than %d million bytes; it is not a table of "
                   "text.",
                   self->name, MAX_LINE / 1000000);
      return NULL;
    }
  }
}

gboolean
lt_reader_expect_end (LtReader *self, const char *expected, GError **error)
{
  char extra;
  gssize got = read_some (self, &extra, 1, error);

  if (got > 0)
    g_set_error (error, LT_ERROR, LT_ERROR_FORMAT,
                 "%s goes on after byte %" G_GUINT64_FORMAT
                 ", where %s should end; its "
                 "sizes are wrong, or it is not one file.",
                 self->name, self->offset, expected);
  return got == 0;
}

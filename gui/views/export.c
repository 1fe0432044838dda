/* A view as a file: PNG, SVG or PDF, whole or not at all. */
#include <cairo-pdf.h>
#include <cairo-svg.h>
#include <math.h>
#include <string.h>

#include "core/error.h"
#include "views/common.h"

#define SMALLEST 64
#define LARGEST  16384
#define MARGIN   12.0

static cairo_status_t
append_bytes (void *closure, const unsigned char *data, unsigned int length)
{
  g_byte_array_append (closure, data, length);
  return CAIRO_STATUS_SUCCESS;
}

static double
title_height (const LtStyle *style)
{
  return ceil (lt_text_height (style, 1.15) + MARGIN);
}

void
lt_view_export_area (const LtStyle *style, int w, int h, double *view_w, double *view_h)
{
  *view_w = w - 2.0 * MARGIN;
  *view_h = h - title_height (style) - MARGIN / 2.0;
}

static void
paint_page (const LtView *view,
            gconstpointer result,
            const char *title,
            const LtStyle *style,
            cairo_t *cr,
            int w,
            int h)
{
  double header = title_height (style), view_w, view_h;

  lt_view_export_area (style, w, h, &view_w, &view_h);
  lt_style_set (cr, style->background);
  cairo_paint (cr);
  lt_style_set (cr, style->foreground);
  lt_text_paint (cr, style, title, MARGIN, header / 2.0 + 2.0, LT_ALIGN_START, 1.15,
                 TRUE, view_w);
  cairo_translate (cr, MARGIN, header);
  view->paint (result, cr, style, view_w, view_h);
}

/* The surface for a file's extension, which writes to bytes when it is finished (PNG: an
 * image, which is written afterwards). NULL: no such extension. */
static cairo_surface_t *
surface_for (const char *path, int w, int h, GByteArray *bytes)
{
  g_autofree char *lower = g_ascii_strdown (path, -1);

  if (g_str_has_suffix (lower, ".png"))
    return cairo_image_surface_create (CAIRO_FORMAT_RGB24, w, h);
  if (g_str_has_suffix (lower, ".svg")) {
    cairo_surface_t *surface =
        cairo_svg_surface_create_for_stream (append_bytes, bytes, w, h);

    cairo_svg_surface_set_document_unit (surface, CAIRO_SVG_UNIT_PX);
    return surface;
  }
  if (g_str_has_suffix (lower, ".pdf"))
    return cairo_pdf_surface_create_for_stream (append_bytes, bytes, w, h);
  return NULL;
}

static gboolean
finish_surface (cairo_surface_t *surface,
                const char *path,
                GByteArray *bytes,
                GError **error)
{
  cairo_status_t status = CAIRO_STATUS_SUCCESS;

  if (cairo_surface_get_type (surface) == CAIRO_SURFACE_TYPE_IMAGE)
    status = cairo_surface_write_to_png_stream (surface, append_bytes, bytes);
  cairo_surface_finish (surface);
  if (status == CAIRO_STATUS_SUCCESS)
    status = cairo_surface_status (surface);
  if (status == CAIRO_STATUS_SUCCESS)
    return TRUE;
  g_set_error (error, LT_ERROR, LT_ERROR_MEMORY,
               "The picture for “%s” could not be drawn (%s); try a smaller size.",
               path, cairo_status_to_string (status));
  return FALSE;
}

static const char *
explain_file_error (const GError *error)
{
  switch (error->code) {
  case G_FILE_ERROR_NOENT:
  case G_FILE_ERROR_NOTDIR:
    return "its folder does not exist";
  case G_FILE_ERROR_ACCES:
  case G_FILE_ERROR_PERM:
    return "writing in its folder is not permitted";
  case G_FILE_ERROR_ROFS:
    return "its folder cannot be written to";
  case G_FILE_ERROR_NOSPC:
    return "the disk is full";
  case G_FILE_ERROR_ISDIR:
    return "there is a folder of that name";
  default:
    return error->message;
  }
}

/* g_file_set_contents_full writes beside the file and renames, so a picture that was there
 * stays until the new one is whole. */
static gboolean
write_file (const char *path, const GByteArray *bytes, GError **error)
{
  g_autoptr (GError) local = NULL;

  if (g_file_set_contents_full (path, (const char *) bytes->data, bytes->len,
                                G_FILE_SET_CONTENTS_CONSISTENT, 0666, &local))
    return TRUE;
  g_set_error (error, LT_ERROR, LT_ERROR_FILE,
               "The picture “%s” cannot be written: %s.", path,
               explain_file_error (local));
  return FALSE;
}

gboolean
lt_view_export (const LtView *view,
                gconstpointer result,
                const char *title,
                const LtStyle *style,
                int w,
                int h,
                const char *path,
                GError **error)
{
  g_autoptr (GByteArray) bytes = g_byte_array_new ();
  cairo_surface_t *surface;
  cairo_t *cr;
  gboolean done;

  if (MIN (w, h) < SMALLEST || MAX (w, h) > LARGEST) {
    g_set_error (
        error, LT_ERROR, LT_ERROR_VALUE,
        "A picture of %d × %d cannot be drawn; its sides must be from %d to %d "
        "pixels.",
        w, h, SMALLEST, LARGEST);
    return FALSE;
  }
  surface = surface_for (path, w, h, bytes);
  if (surface == NULL) {
    g_set_error (error, LT_ERROR, LT_ERROR_UNSUPPORTED,
                 "The kind of picture is not clear from the name “%s”; it must end in "
                 ".png, .svg or .pdf.",
                 path);
    return FALSE;
  }
  cr = cairo_create (surface);
  paint_page (view, result, title, style, cr, w, h);
  cairo_destroy (cr);
  done =
      finish_surface (surface, path, bytes, error) && write_file (path, bytes, error);
  cairo_surface_destroy (surface);
  return done;
}

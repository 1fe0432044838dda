/* The shape of a row of data, built one modality at a time. */
#include "core/shape.h"

#include <string.h>

void
lt_shape_init (LtShape *self,
               const char *name,
               LtValueKind kind,
               int height,
               int width,
               int channels)
{
  memset (self, 0, sizeof *self);
  lt_shape_add (self, name, kind, height, width, channels);
}

void
lt_shape_add (LtShape *self,
              const char *name,
              LtValueKind kind,
              int height,
              int width,
              int channels)
{
  LtModality *modality;

  g_return_if_fail (self->n_modalities < LT_MAX_MODALITIES);
  g_return_if_fail (height > 0 && width > 0 && channels > 0);

  modality = &self->modality[self->n_modalities++];
  g_strlcpy (modality->name, name, sizeof modality->name);
  modality->kind = kind;
  modality->height = height;
  modality->width = width;
  modality->channels = channels;
  modality->offset = self->nv;
  modality->size = height * width * channels;
  self->nv += modality->size;
}

gboolean
lt_shape_equal (const LtShape *a, const LtShape *b)
{
  if (a->n_modalities != b->n_modalities || a->nv != b->nv)
    return FALSE;
  for (int i = 0; i < a->n_modalities; i++) {
    const LtModality *p = &a->modality[i], *q = &b->modality[i];

    if (p->kind != q->kind || p->height != q->height || p->width != q->width ||
        p->channels != q->channels)
      return FALSE;
  }
  return TRUE;
}

gboolean
lt_shape_is_picture (const LtShape *self)
{
  return self->n_modalities > 0 && self->modality[0].height > 1 &&
         self->modality[0].width > 1;
}

static void
describe_modality (const LtModality *modality, GString *text)
{
  const char *colour = "";

  if (modality->channels == 1)
    colour = " grey";
  else if (modality->channels == 3)
    colour = " colour";
  if (modality->height > 1 && modality->width > 1) {
    g_string_append_printf (text, "%d × %d%s", modality->height, modality->width,
                            colour);
    if (modality->channels != 1 && modality->channels != 3)
      g_string_append_printf (text, " × %d", modality->channels);
  } else {
    g_string_append_printf (
        text, "%d %s%s", modality->size, modality->name,
        modality->size == 1 || g_str_has_suffix (modality->name, "s") ? "" : "s");
  }
}

char *
lt_shape_describe (const LtShape *self)
{
  GString *text = g_string_new (NULL);

  for (int i = 0; i < self->n_modalities; i++) {
    if (i > 0)
      g_string_append (text, " + ");
    describe_modality (&self->modality[i], text);
  }
  return g_string_free (text, FALSE);
}

const char *
lt_value_kind_name (LtValueKind kind)
{
  static const char *const names[] = { "binary", "[0, 1]", "real", "counts" };

  g_return_val_if_fail ((unsigned) kind < G_N_ELEMENTS (names), "");
  return names[kind];
}

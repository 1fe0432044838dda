/* Colours of the light and the dark style, and the colour maps. */
#include "paint/detail.h"

#include <math.h>

#define RGB(hex)                                                                       \
  {                                                                                    \
    ((hex) >> 16 & 255) / 255.0, ((hex) >> 8 & 255) / 255.0, ((hex) &255) / 255.0, 1.0 \
  }

/* Okabe and Ito's eight, then Tol's wine, indigo and olive for those of theirs that vanish
 * on the background. Neighbouring classes differ in lightness as well as in hue. */
static const LtColour light_classes[LT_N_CLASS_COLOURS] = {
  RGB (0x0072b2), RGB (0xe69f00), RGB (0x009e73), RGB (0xd55e00), RGB (0xcc79a7),
  RGB (0x56b4e9), RGB (0x8f8b1c), RGB (0x882255), RGB (0x332288), RGB (0x5f636b),
};
static const LtColour dark_classes[LT_N_CLASS_COLOURS] = {
  RGB (0x4a9bea), RGB (0xf5b62e), RGB (0x1fc598), RGB (0xff7d3d), RGB (0xeb9bcb),
  RGB (0x93d8ff), RGB (0xece45a), RGB (0xd8587f), RGB (0x7a5fe0), RGB (0x8d9299),
};

static const LtColour light_diverging[] = {
  RGB (0x0b3c78), RGB (0x3f86c4), RGB (0xb3d2ea), RGB (0xf1f2f4),
  RGB (0xfbd0a1), RGB (0xe8822a), RGB (0x8f3a06),
};
static const LtColour dark_diverging[] = {
  RGB (0xa8dcff), RGB (0x3f97df), RGB (0x26507a), RGB (0x2a2c31),
  RGB (0x7b4318), RGB (0xe5862e), RGB (0xffd49a),
};
static const LtColour light_sequential[] = {
  RGB (0xf4f5f7), RGB (0xc3daec), RGB (0x76b0d8), RGB (0x2c78b5), RGB (0x0a2f63),
};
static const LtColour dark_sequential[] = {
  RGB (0x26282d), RGB (0x1f4a73), RGB (0x2f86cf), RGB (0x8fcbf5), RGB (0xf7fbff),
};

static const LtStyle light_style = {
  .background = RGB (0xffffff),
  .foreground = RGB (0x24272c),
  .dim = RGB (0x676c74),
  .grid = RGB (0xe4e6e9),
  .accent = RGB (0x1c71d8),
  .second = RGB (0xd55e00),
  .warning = RGB (0xc01c60),
};
static const LtStyle dark_style = {
  .dark = TRUE,
  .background = RGB (0x1e1f23),
  .foreground = RGB (0xeceef1),
  .dim = RGB (0xa3a8b0),
  .grid = RGB (0x36383e),
  .accent = RGB (0x62a0ea),
  .second = RGB (0xff9a4d),
  .warning = RGB (0xff6ea8),
};

void
lt_style_init (LtStyle *self, gboolean dark, double text_size)
{
  g_return_if_fail (self != NULL && text_size > 0);
  *self = dark ? dark_style : light_style;
  self->text_size = text_size;
  self->font = "Cantarell, Inter, DejaVu Sans, sans";
}

void
lt_style_raise_contrast (LtStyle *self)
{
  double ink = self->dark ? 1 : 0;

  self->high_contrast = TRUE;
  self->foreground = (LtColour){ ink, ink, ink, 1 };
  self->background = (LtColour){ 1 - ink, 1 - ink, 1 - ink, 1 };
  self->dim = lt_colour_mix (self->foreground, self->background, 0.15);
  self->grid = lt_colour_mix (self->background, self->foreground, 0.4);
  self->accent = lt_colour_mix (self->accent, self->foreground, 0.3);
}

void
lt_style_set (cairo_t *cr, LtColour colour)
{
  cairo_set_source_rgba (cr, colour.r, colour.g, colour.b, colour.a);
}

LtColour
lt_colour_with_alpha (LtColour colour, double alpha)
{
  colour.a = alpha;
  return colour;
}

LtColour
lt_colour_mix (LtColour from, LtColour to, double t)
{
  return (LtColour){ from.r + t * (to.r - from.r), from.g + t * (to.g - from.g),
                     from.b + t * (to.b - from.b), from.a + t * (to.a - from.a) };
}

LtColour
lt_style_class_colour (const LtStyle *self, int label)
{
  if (label < 0)
    return lt_colour_mix (self->dim, self->background, 0.25);
  return (self->dark ? dark_classes : light_classes)[label % LT_N_CLASS_COLOURS];
}

/* Linear between n stops; value in [0, 1]. */
static LtColour
stops_at (const LtColour *stops, int n, double value)
{
  double place = CLAMP (value, 0, 1) * (n - 1);
  int below = MIN ((int) place, n - 2);

  return lt_colour_mix (stops[below], stops[below + 1], place - below);
}

LtColour
lt_style_diverging (const LtStyle *self, double value)
{
  if (isnan (value))
    return self->warning;
  return stops_at (self->dark ? dark_diverging : light_diverging,
                   G_N_ELEMENTS (light_diverging), (value + 1) / 2);
}

LtColour
lt_style_sequential (const LtStyle *self, double value)
{
  if (isnan (value))
    return self->warning;
  return stops_at (self->dark ? dark_sequential : light_sequential,
                   G_N_ELEMENTS (light_sequential), value);
}

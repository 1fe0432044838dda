/* Text, laid out by Pango with metrics that do not depend on the target, so that a label is
 * as wide when a layout is planned as when it is painted, on screen and in a file. */
#include "paint/detail.h"

#include <math.h>
#include <pango/pangocairo.h>
#include <string.h>

static PangoLayout *
layout_new (const LtStyle *style, const char *text, double scale, gboolean bold)
{
  PangoContext *context =
      pango_font_map_create_context (pango_cairo_font_map_get_default ());
  cairo_font_options_t *options = cairo_font_options_create ();
  PangoFontDescription *font = pango_font_description_from_string (style->font);
  PangoLayout *layout;

  cairo_font_options_set_antialias (options, CAIRO_ANTIALIAS_GRAY);
  cairo_font_options_set_hint_style (options, CAIRO_HINT_STYLE_SLIGHT);
  cairo_font_options_set_hint_metrics (options, CAIRO_HINT_METRICS_OFF);
  pango_cairo_context_set_font_options (context, options);
  pango_context_set_round_glyph_positions (context, FALSE);
  cairo_font_options_destroy (options);

  layout = pango_layout_new (context);
  g_object_unref (context);
  pango_font_description_set_absolute_size (font,
                                            style->text_size * scale * PANGO_SCALE);
  pango_font_description_set_weight (font,
                                     bold ? PANGO_WEIGHT_BOLD : PANGO_WEIGHT_NORMAL);
  pango_layout_set_font_description (layout, font);
  pango_font_description_free (font);
  pango_layout_set_text (layout, text, -1);
  return layout;
}

static double
layout_width (PangoLayout *layout)
{
  int width;

  pango_layout_get_size (layout, &width, NULL);
  return (double) width / PANGO_SCALE;
}

/* One line of text, ellipsised. */
static PangoLayout *
line_new (const LtStyle *style,
          const char *text,
          double scale,
          gboolean bold,
          double max_width)
{
  PangoLayout *layout = layout_new (style, text, scale, bold);

  pango_layout_set_single_paragraph_mode (layout, TRUE);
  if (max_width > 0 && layout_width (layout) > max_width) {
    pango_layout_set_width (layout, (int) (max_width * PANGO_SCALE));
    pango_layout_set_ellipsize (layout, PANGO_ELLIPSIZE_END);
  }
  return layout;
}

/* Puts the middle of digits and capitals, not that of the line, at place->y: labels then sit
 * level with the lines and markers beside them. */
static void
line_move_to (cairo_t *cr,
              PangoLayout *layout,
              const LtStyle *style,
              double scale,
              cairo_rectangle_t *place)
{
  double baseline = (double) pango_layout_get_baseline (layout) / PANGO_SCALE;
  double capital = 0.7 * style->text_size * scale;
  double x = place->x, y = place->y + capital / 2;

  /* The baseline lies on a whole pixel: hinted letters stay sharp. */
  lt_snap (cr, &x, &y);
  cairo_move_to (cr, place->x, y - baseline);
}

double
lt_text_paint (cairo_t *cr,
               const LtStyle *style,
               const char *text,
               double x,
               double y,
               LtAlign align,
               double scale,
               gboolean bold,
               double max_width)
{
  g_autoptr (PangoLayout) layout = NULL;
  cairo_rectangle_t place;
  double width;

  if (text == NULL || text[0] == '\0')
    return 0;
  layout = line_new (style, text, scale, bold, max_width);
  width = layout_width (layout);
  place = (cairo_rectangle_t){ .x = x - width * (double) align / 2, .y = y };
  line_move_to (cr, layout, style, scale, &place);
  pango_cairo_show_layout (cr, layout);
  cairo_new_path (cr);
  return width;
}

void
lt_text_halo_paint (cairo_t *cr, const LtStyle *style, const LtTextPlace *place)
{
  g_autoptr (PangoLayout) layout = NULL;
  cairo_rectangle_t at;
  double width;

  layout = line_new (style, place->text, place->scale, FALSE, place->max_width);
  width = layout_width (layout);
  at = (cairo_rectangle_t){ .x = place->x - width * (double) place->align / 2,
                            place->y };
  cairo_save (cr);
  line_move_to (cr, layout, style, place->scale, &at);
  pango_cairo_layout_path (cr, layout);
  lt_style_set (cr, lt_colour_with_alpha (style->background, 0.85));
  cairo_set_line_width (cr, style->text_size / 4);
  cairo_set_line_join (cr, CAIRO_LINE_JOIN_ROUND);
  cairo_stroke (cr);
  cairo_restore (cr);
  line_move_to (cr, layout, style, place->scale, &at);
  pango_cairo_show_layout (cr, layout);
  cairo_new_path (cr);
}

double
lt_text_width (cairo_t *cr,
               const LtStyle *style,
               const char *text,
               double scale,
               gboolean bold)
{
  g_autoptr (PangoLayout) layout = NULL;

  if (text == NULL || text[0] == '\0')
    return 0;
  layout = line_new (style, text, scale, bold, 0);
  return layout_width (layout);
}

double
lt_text_height (const LtStyle *style, double scale)
{
  return ceil (1.4 * style->text_size * scale);
}

/* Words in n_lines, the last ellipsised. */
static PangoLayout *
block_new (const LtStyle *style,
           const char *text,
           double scale,
           int n_lines,
           double width)
{
  PangoLayout *layout = layout_new (style, text, scale, FALSE);

  pango_layout_set_width (layout, (int) (MAX (width, 1) * PANGO_SCALE));
  pango_layout_set_height (layout, -n_lines);
  pango_layout_set_wrap (layout, PANGO_WRAP_WORD_CHAR);
  pango_layout_set_ellipsize (layout, PANGO_ELLIPSIZE_END);
  return layout;
}

/* Where the last clause of the first n bytes begins, with the mark before it; 0: there is
 * only one. */
static gsize
last_clause (const char *text, gsize n)
{
  gsize found = 0;
  int depth = 0;

  for (gsize i = 0; i + 1 < n; i++) {
    depth += (text[i] == '(') - (text[i] == ')');
    if (depth == 0 && (text[i] == ';' || text[i] == ',') && text[i + 1] == ' ')
      found = i;
  }
  return found;
}

char *
lt_text_fit (const LtStyle *style,
             const char *text,
             double scale,
             int n_lines,
             double width)
{
  for (gsize n = strlen (text); n > 0; n = last_clause (text, n)) {
    g_autofree char *part = g_strndup (text, n);
    g_autoptr (PangoLayout) layout = block_new (style, part, scale, n_lines, width);

    if (pango_layout_get_line_count (layout) <= n_lines &&
        !pango_layout_is_ellipsized (layout))
      return g_steal_pointer (&part);
  }
  return g_strdup (text);
}

void
lt_text_block_paint (cairo_t *cr,
                     const LtStyle *style,
                     const LtTextPlace *place,
                     int n_lines)
{
  double line = lt_text_height (style, place->scale), x = place->x, y = place->y;
  g_autofree char *text =
      lt_text_fit (style, place->text, place->scale, n_lines, place->max_width);
  g_autoptr (PangoLayout) layout =
      block_new (style, text, place->scale, n_lines, place->max_width);
  double capital = 0.7 * style->text_size * place->scale;

  for (int i = 0; i < pango_layout_get_line_count (layout); i++) {
    double baseline = y + i * line + capital / 2;

    lt_snap (cr, &x, &baseline);
    cairo_move_to (cr, place->x, baseline);
    pango_cairo_show_layout_line (cr, pango_layout_get_line_readonly (layout, i));
  }
  cairo_new_path (cr);
}

void
lt_message_paint (cairo_t *cr,
                  const LtStyle *style,
                  const char *text,
                  double w,
                  double h)
{
  g_autoptr (PangoLayout) layout = NULL;
  double inset = MIN (w / 10, 2 * style->text_size);
  double width = MIN (w - 2 * inset, 32 * style->text_size);
  int height;

  if (text == NULL || text[0] == '\0' || width <= 0)
    return;
  layout = layout_new (style, text, 1.1, FALSE);
  pango_layout_set_width (layout, (int) (width * PANGO_SCALE));
  pango_layout_set_height (layout, (int) (h * PANGO_SCALE));
  pango_layout_set_ellipsize (layout, PANGO_ELLIPSIZE_END);
  pango_layout_set_wrap (layout, PANGO_WRAP_WORD_CHAR);
  pango_layout_set_alignment (layout, PANGO_ALIGN_CENTER);
  pango_layout_set_line_spacing (layout, 1.25F);
  pango_layout_get_size (layout, NULL, &height);
  lt_style_set (cr, style->dim);
  cairo_move_to (cr, (w - width) / 2, (h - (double) height / PANGO_SCALE) / 2);
  pango_cairo_show_layout (cr, layout);
  cairo_new_path (cr);
}

/* What was found in data, in words and bars. */
#include "panels/data-facts.h"

#include "paint/bars.h"
#include "panels/data-examples.h"

#define MAX_LABEL_ROWS 10

/* ---- Bars ------------------------------------------------------------------------- */

/* What a drawing area draws: its own copy. */
typedef struct {
  LtBarsData data;
  LtStyle style;
  char **names;
  double *values;
  LtColour *colours;
} Bars;

static void
bars_free (gpointer data)
{
  Bars *bars = data;

  g_strfreev (bars->names);
  g_free (bars->values);
  g_free (bars->colours);
  g_free (bars);
}

static void
draw (GtkDrawingArea *area, cairo_t *cr, int w, int h, gpointer data)
{
  Bars *bars = data;

  lt_bars_paint (cr, &bars->data, &bars->style, w);
}

/* Takes names; colours: NULL or [n]. */
static void
show_bars (GtkDrawingArea *area,
           char **names,
           const gsize *counts,
           const LtColour *colours,
           const LtStyle *style)
{
  Bars *bars = g_new0 (Bars, 1);
  g_autoptr (GString) text = g_string_new (NULL);
  int n = (int) g_strv_length (names);

  bars->style = *style;
  bars->names = names;
  bars->values = g_new (double, n + 1);
  bars->colours = colours ? g_memdup2 (colours, n * sizeof *colours) : NULL;
  for (int i = 0; i < n; i++) {
    bars->values[i] = (double) counts[i];
    g_string_append_printf (text, "%s%s %" G_GSIZE_FORMAT, i ? ", " : "", names[i],
                            counts[i]);
  }
  bars->data = (LtBarsData){ .n = n,
                             .names = (const char *const *) names,
                             .values = bars->values,
                             .colours = bars->colours,
                             .max_rows = MAX_LABEL_ROWS };
  gtk_drawing_area_set_content_height (area, (int) lt_bars_height (&bars->data, style));
  gtk_drawing_area_set_draw_func (area, draw, bars, bars_free);
  gtk_accessible_update_property (GTK_ACCESSIBLE (area), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  text->str, -1);
}

void
lt_data_facts_show_labels (GtkDrawingArea *area,
                           const LtDataInfo *info,
                           const LtStyle *style)
{
  gtk_widget_set_visible (GTK_WIDGET (area), info->n_classes > 0);
  if (info->n_classes > 0)
    show_bars (area, g_strdupv (info->class_names), info->class_counts, NULL, style);
}

void
lt_data_facts_show_splits (GtkDrawingArea *area,
                           const LtDataInfo *info,
                           const LtStyle *style)
{
  const LtColour colours[] = { style->accent, style->second, style->dim };
  const char *const names[] = { "training", "validation",
                                info->own_test ? "test (its own)" : "test", NULL };

  show_bars (area, g_strdupv ((char **) names), info->n_split, colours, style);
}

/* ---- Words ------------------------------------------------------------------------ */

static void
clear (GtkGrid *grid)
{
  GtkWidget *child;

  while ((child = gtk_widget_get_first_child (GTK_WIDGET (grid))))
    gtk_grid_remove (grid, child);
}

static void
add_fact (GtkGrid *grid, int row, const char *title, const char *text)
{
  GtkWidget *name = gtk_label_new (title), *value = gtk_label_new (text);

  gtk_label_set_xalign (GTK_LABEL (name), 0);
  gtk_label_set_yalign (GTK_LABEL (name), 0);
  gtk_widget_set_size_request (name, 52, -1);
  gtk_widget_add_css_class (name, "dim-label");
  gtk_label_set_xalign (GTK_LABEL (value), 0);
  gtk_label_set_wrap (GTK_LABEL (value), TRUE);
  gtk_label_set_wrap_mode (GTK_LABEL (value), PANGO_WRAP_WORD_CHAR);
  gtk_label_set_max_width_chars (GTK_LABEL (value), 24);
  gtk_widget_set_hexpand (value, TRUE);
  gtk_grid_attach (grid, name, 0, row, 1, 1);
  gtk_grid_attach (grid, value, 1, row, 1, 1);
}

static char *
range_text (float lowest, float highest)
{
  g_autofree char *from = lt_data_number_text (lowest);
  g_autofree char *to = lt_data_number_text (highest);

  return g_strdup_printf ("%s to %s", from, to);
}

/* The loader's title without its file names' endings. */
static char *
format_text (const LtLoader *loader)
{
  g_auto (GStrv) parts = g_strsplit (loader ? loader->title : "", " (", 2);

  return g_strdup (parts[0] ? parts[0] : "");
}

void
lt_data_facts_show_found (GtkGrid *grid, const LtDataInfo *info, const LtLoader *loader)
{
  g_autofree char *format = format_text (loader);
  g_autofree char *rows = g_strdup_printf ("%" G_GSIZE_FORMAT, info->n);
  g_autofree char *range = range_text (info->lowest, info->highest);
  g_autofree char *values =
      g_strconcat (range, info->whole ? ", whole numbers" : "", NULL);

  clear (grid);
  add_fact (grid, 0, "Format", format);
  add_fact (grid, 1, "Rows", rows);
  add_fact (grid, 2, "Shape", info->shape);
  add_fact (grid, 3, "Values", values);
}

void
lt_data_facts_show_used (GtkGrid *grid, const LtDataInfo *info)
{
  g_autofree char *range = range_text (info->scaled_lowest, info->scaled_highest);

  clear (grid);
  add_fact (grid, 0, "Scaled", info->scaling);
  add_fact (grid, 1, "Values", range);
}

char *
lt_data_facts_sentence (const LtDataInfo *info)
{
  gboolean pictures = lt_shape_is_picture (&info->example_shape);
  const char *one = pictures ? "picture" : "row",
             *many = pictures ? "pictures" : "rows";
  GString *text = g_string_new (NULL);

  g_string_printf (text, "%" G_GSIZE_FORMAT " %s of %s, ", info->n,
                   info->n == 1 ? one : many, info->shape);
  if (info->n_classes == 0)
    g_string_append (text, "without labels.");
  else
    g_string_append_printf (text, "labelled in %d class%s.", info->n_classes,
                            info->n_classes == 1 ? "" : "es");
  if (info->note)
    g_string_append_printf (text, " %s", info->note);
  return g_string_free (text, FALSE);
}

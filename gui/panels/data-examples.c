/* Example rows. Pictures are painted as a grid of tiles; other rows become a table of labels,
 * which can be read aloud. */
#include "panels/data-examples.h"

#include "paint/tiles.h"
#include "views/common.h"
#include <math.h>

/* Longer rows are cut: who wants to see more than the beginning of them? */
#define MAX_COLUMNS 24
#define MAX_CHARS   16

struct _LtDataExamples {
  GtkWidget parent_instance;

  GtkWidget *pictures, *table; /* a drawing area; a scrolled grid */
  LtStyle style;
  LtTilesData tiles;
  float *pixels;
  char **captions;
};

G_DEFINE_FINAL_TYPE (LtDataExamples, lt_data_examples, GTK_TYPE_WIDGET)

/* ---- Pictures --------------------------------------------------------------------- */

static void
draw_pictures (GtkDrawingArea *area, cairo_t *cr, int w, int h, gpointer data)
{
  LtDataExamples *self = data;

  if (self->pixels)
    lt_tiles_paint (cr, &self->tiles, &self->style, w, h);
}

static void
forget_pictures (LtDataExamples *self)
{
  g_clear_pointer (&self->pixels, g_free);
  g_clear_pointer (&self->captions, g_strfreev);
}

static char **
dup_captions (const LtDataInfo *info)
{
  char **captions = g_new0 (char *, info->n_examples + 1);

  for (int i = 0; i < info->n_examples; i++) {
    int label = info->example_labels[i];

    captions[i] = g_strdup (
        label >= 0 && label < info->n_classes ? info->class_names[label] : "");
  }
  return captions;
}

/* Standardised and whitened pictures: 0 is the middle, and nothing that is not shown, an
 * outlier least of all, takes the contrast away. */
static void
centre_range (const float *pixels, gsize n, float *lowest, float *highest)
{
  *highest = 0;
  for (gsize i = 0; i < n; i++)
    *highest = MAX (*highest, fabsf (pixels[i]));
  *lowest = -*highest;
}

static void
show_pictures (LtDataExamples *self, const LtDataInfo *info, gboolean scaled)
{
  LtViewPicture picture;
  float lowest = scaled ? info->scaled_lowest : info->lowest;
  float highest = scaled ? info->scaled_highest : info->highest;
  const LtShape *shape = scaled ? &info->example_shape : &info->found_shape;

  lt_view_picture_init (&picture, shape);
  self->pixels = g_new (float, info->n_examples *lt_view_picture_size (&picture));
  lt_view_picture_cut (&picture, scaled ? info->examples : info->found, shape->nv,
                       info->n_examples, self->pixels);
  if (scaled && shape->modality[0].kind == LT_REAL)
    centre_range (self->pixels, info->n_examples * lt_view_picture_size (&picture),
                  &lowest, &highest);
  if (info->n_classes > 0)
    self->captions = dup_captions (info);
  self->tiles =
      (LtTilesData){ .n = info->n_examples,
                     .width = picture.width,
                     .height = picture.height,
                     .channels = picture.channels,
                     .pixels = self->pixels,
                     .colour = picture.channels == 3 ? LT_TILES_COLOUR : LT_TILES_GREY,
                     .lowest = lowest,
                     .highest = highest > lowest ? highest : lowest + 1,
                     .captions = (const char *const *) self->captions,
                     .selected = -1 };
  gtk_widget_queue_draw (self->pictures);
}

char *
lt_data_number_text (double value)
{
  gboolean plain = fabs (value) >= 1000 && fabs (value) < 1e7;
  g_autofree char *text = g_strdup_printf (plain ? "%.0f" : "%.4g", value);
  g_auto (GStrv) parts = g_strsplit (text, "-", -1);

  return g_strjoinv ("−", parts);
}

/* ---- The table -------------------------------------------------------------------- */

typedef struct {
  GtkGrid *grid;
  const LtDataInfo *info;
  const LtShape *shape;
  const float *values; /* [n_examples, nv] */
  char **names;        /* of the values; NULL: they go by number */
  int n_columns;
} Table;

static void
attach (const Table *table, const char *text, int column, int row, const char *class)
{
  GtkWidget *label = gtk_label_new (text);

  gtk_label_set_xalign (GTK_LABEL (label), column == 1 ? 0 : 1);
  if (g_utf8_strlen (text, -1) > MAX_CHARS) {
    gtk_label_set_ellipsize (GTK_LABEL (label), PANGO_ELLIPSIZE_END);
    gtk_label_set_width_chars (GTK_LABEL (label), MAX_CHARS);
    gtk_label_set_max_width_chars (GTK_LABEL (label), MAX_CHARS);
    gtk_widget_set_tooltip_text (label, text);
  }
  if (class)
    gtk_widget_add_css_class (label, class);
  if (row == 0)
    gtk_widget_add_css_class (label, "names");
  else if (row % 2 == 0)
    gtk_widget_add_css_class (label, "even");
  gtk_widget_set_hexpand (label, column > 1);
  gtk_grid_attach (table->grid, label, column, row, 1, 1);
}

static void
attach_names (const Table *table)
{
  const LtDataInfo *info = table->info;

  attach (table, "row", 0, 0, "dim-label");
  if (info->n_classes > 0)
    attach (table, "label", 1, 0, "dim-label");
  for (int j = 0; j < table->n_columns; j++) {
    g_autofree char *number = g_strdup_printf ("%d", j + 1);

    attach (table, table->names ? table->names[j] : number, j + 2, 0, NULL);
  }
  if (table->n_columns < table->shape->nv) {
    g_autofree char *more =
        g_strdup_printf ("and %d more", table->shape->nv - table->n_columns);

    attach (table, more, table->n_columns + 2, 0, "dim-label");
  }
}

static void
attach_row (const Table *table, int i)
{
  const LtDataInfo *info = table->info;
  const float *values = table->values + (gsize) i * table->shape->nv;
  int label = info->example_labels[i];
  g_autofree char *number = g_strdup_printf ("%u", info->example_rows[i] + 1);

  attach (table, number, 0, i + 1, "dim-label");
  if (info->n_classes > 0)
    attach (table, label >= 0 ? info->class_names[label] : "", 1, i + 1, NULL);
  for (int j = 0; j < table->n_columns; j++) {
    g_autofree char *text = lt_data_number_text (values[j]);

    attach (table, text, j + 2, i + 1, NULL);
  }
}

static void
show_table (LtDataExamples *self, const LtDataInfo *info, gboolean scaled)
{
  GtkWidget *grid = gtk_grid_new ();
  const LtShape *shape = scaled ? &info->example_shape : &info->found_shape;
  Table table = { .grid = GTK_GRID (grid),
                  .info = info,
                  .shape = shape,
                  .values = scaled ? info->examples : info->found,
                  .n_columns = MIN (shape->nv, MAX_COLUMNS) };

  /* Principal components are none of the features. */
  if (g_str_equal (shape->modality[0].name, info->found_shape.modality[0].name))
    table.names = info->feature_names;

  gtk_widget_add_css_class (grid, "examples");
  gtk_widget_set_valign (grid, GTK_ALIGN_START);
  attach_names (&table);
  for (int i = 0; i < info->n_examples; i++)
    attach_row (&table, i);
  gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (self->table), grid);
}

/* ---- Both ------------------------------------------------------------------------- */

void
lt_data_examples_show (LtDataExamples *self, const LtDataInfo *info, gboolean scaled)
{
  gboolean pictures =
      lt_shape_is_picture (scaled ? &info->example_shape : &info->found_shape);
  g_autofree char *label =
      g_strdup_printf ("%d examples, %s", info->n_examples, info->shape);

  forget_pictures (self);
  gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (self->table), NULL);
  gtk_widget_set_visible (self->pictures, pictures);
  gtk_widget_set_visible (self->table, !pictures);
  if (pictures)
    show_pictures (self, info, scaled);
  else
    show_table (self, info, scaled);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->pictures),
                                  GTK_ACCESSIBLE_PROPERTY_LABEL, label, -1);
}

void
lt_data_examples_set_style (LtDataExamples *self, const LtStyle *style)
{
  self->style = *style;
  gtk_widget_queue_draw (self->pictures);
}

static void
lt_data_examples_dispose (GObject *object)
{
  LtDataExamples *self = LT_DATA_EXAMPLES (object);

  forget_pictures (self);
  g_clear_pointer (&self->pictures, gtk_widget_unparent);
  g_clear_pointer (&self->table, gtk_widget_unparent);
  G_OBJECT_CLASS (lt_data_examples_parent_class)->dispose (object);
}

static void
lt_data_examples_class_init (LtDataExamplesClass *class)
{
  G_OBJECT_CLASS (class)->dispose = lt_data_examples_dispose;
  gtk_widget_class_set_layout_manager_type (GTK_WIDGET_CLASS (class),
                                            GTK_TYPE_BIN_LAYOUT);
}

static void
lt_data_examples_init (LtDataExamples *self)
{
  self->pictures = g_object_new (GTK_TYPE_DRAWING_AREA, "accessible-role",
                                 GTK_ACCESSIBLE_ROLE_IMG, NULL);
  self->table = gtk_scrolled_window_new ();
  gtk_scrolled_window_set_overlay_scrolling (GTK_SCROLLED_WINDOW (self->table), FALSE);
  gtk_drawing_area_set_draw_func (GTK_DRAWING_AREA (self->pictures), draw_pictures,
                                  self, NULL);
  gtk_widget_set_parent (self->pictures, GTK_WIDGET (self));
  gtk_widget_set_parent (self->table, GTK_WIDGET (self));
}

/* The knob panel. Built anew when the model's or the data's table is another one; otherwise
 * only the values and what matters are brought up to date. A knob's row takes the better part of a
 * millisecond to make, so a few are made each frame, and those of a closed group when it is
 * opened. */
#include "panels/knob-panel.h"
#include "panels/chooser.h"

#include "panels/chooser.h"
#include "panels/knob-row.h"

/* How long rows are made in a frame. */
#define STEP_US 2000

/* A knob and where its row stands. */
typedef struct {
  const LtKnobTable *table;
  const LtKnob *knob;
  GtkWidget *group; /* GtkExpander */
  LtKnobRow *row;   /* NULL: not made yet */
} Place;

struct _LtKnobPanel {
  GtkWidget parent_instance;

  LtSession *session;
  GtkWidget *body;
  GtkWidget *data, *model, *formula; /* the two choosers; what is minimised */
  LtExperiment *shown;     /* the session's, at the phase whose knobs are shown */
  gboolean follows;        /* the phase that is present */
  GPtrArray *source_names; /* in the order of the data chooser */
  GArray *places;          /* Place */
  guint row_tick;          /* makes rows */
  GPtrArray *groups;       /* GtkExpander */
  GHashTable *closed;      /* titles of the groups that the user has closed */
  GHashTable *opened;
  const LtModelKind *kind; /* what it has been built for */
  const LtSource *source;
  char *path;
  gboolean quiet;
};

G_DEFINE_FINAL_TYPE (LtKnobPanel, lt_knob_panel, GTK_TYPE_WIDGET)

/* The seed belongs to no table, since it is the experiment's own. */
typedef struct {
  int seed;
} SeedSettings;

static const LtKnob seed_knobs[] = {
  { .key = "seed",
    .title = "Seed",
    .unit = "",
    .group = "Random numbers",
    .help = "The same seed gives the same run, to the last byte.",
    .type = LT_KNOB_INTEGER,
    .minimum = 0,
    .maximum = G_MAXINT,
    .fallback = "1",
    .offset = G_STRUCT_OFFSET (SeedSettings, seed) },
};
static const LtKnobTable seed_table = { seed_knobs, G_N_ELEMENTS (seed_knobs),
                                        sizeof (SeedSettings) };

/* ---- Values ----------------------------------------------------------------------- */

static char *
value_of (LtKnobPanel *self, const LtKnob *knob, gboolean *matters)
{
  LtExperiment *experiment = self->shown;
  const LtKnobTable *table;
  gpointer settings;

  *matters = TRUE;
  if (knob == seed_knobs)
    return g_strdup_printf ("%" G_GUINT64_FORMAT, experiment->seed);
  if (!lt_experiment_find_knob (experiment, knob->key, &table, &settings))
    return NULL;
  *matters = lt_knob_matters (table, knob, settings);
  return lt_knob_format (knob, settings);
}

static Place *
place_at (LtKnobPanel *self, guint i)
{
  return &g_array_index (self->places, Place, i);
}

/* Whether the knob is of any use as the others stand. */
static gboolean
show_place (LtKnobPanel *self, const Place *place)
{
  gboolean matters;
  g_autofree char *value = value_of (self, place->knob, &matters);

  matters &= value != NULL;
  if (place->row && value)
    lt_knob_row_set_value (place->row, value);
  if (place->row)
    gtk_widget_set_visible (GTK_WIDGET (place->row), matters);
  return matters;
}

/* A group none of whose knobs matter is not shown either. */
static void
show_places (LtKnobPanel *self)
{
  for (guint g = 0; g < self->groups->len; g++) {
    GtkWidget *group = self->groups->pdata[g];
    gboolean any = FALSE;

    for (guint i = 0; i < self->places->len; i++)
      if (place_at (self, i)->group == group)
        any |= show_place (self, place_at (self, i));
    gtk_widget_set_visible (group, any);
  }
}

static void
show_choosers (LtKnobPanel *self)
{
  LtExperiment *experiment = self->shown;
  const char *name = lt_data_spec_name (experiment->data);

  for (guint i = 0; i < self->source_names->len; i++)
    if (!g_strcmp0 (self->source_names->pdata[i], name))
      gtk_drop_down_set_selected (GTK_DROP_DOWN (self->data), i);
  for (guint i = 0; lt_model_kinds[i]; i++)
    if (lt_model_kinds[i] == experiment->kind)
      gtk_drop_down_set_selected (GTK_DROP_DOWN (self->model), i);
}

static void
show_values (LtKnobPanel *self)
{
  self->quiet = TRUE;
  show_choosers (self);
  show_places (self);
  self->quiet = FALSE;
}

/* ---- Turning ---------------------------------------------------------------------- */

static void
turned_cb (LtKnobRow *row, const char *text, LtKnobPanel *self)
{
  const char *key = lt_knob_row_knob (row)->key;
  g_autofree char *numbered = NULL;

  if (self->shown->phase != lt_session_experiment (self->session)->phase) {
    numbered = g_strdup_printf ("%d:%s", self->shown->phase + 1, key);
    key = numbered;
  }
  lt_session_turn (self->session, key, text);
}

static void
data_chosen_cb (GtkDropDown *chooser, GParamSpec *property, LtKnobPanel *self)
{
  guint chosen = gtk_drop_down_get_selected (chooser);
  const char *name;

  if (self->quiet || chosen >= self->source_names->len)
    return;
  name = self->source_names->pdata[chosen];
  if (name)
    lt_session_turn (self->session, "data", name);
  else
    gtk_widget_activate_action (GTK_WIDGET (self), "win.open", NULL);
  show_values (self);
}

static void
model_chosen_cb (GtkDropDown *chooser, GParamSpec *property, LtKnobPanel *self)
{
  guint chosen = gtk_drop_down_get_selected (chooser);

  if (!self->quiet && chosen != GTK_INVALID_LIST_POSITION)
    lt_session_turn (self->session, "model", lt_model_kinds[chosen]->name);
}

/* ---- Making rows ------------------------------------------------------------------ */

static void
make_row (LtKnobPanel *self, Place *place)
{
  GtkWidget *row = lt_knob_row_new (place->table, place->knob, TRUE);
  GtkWidget *box = gtk_expander_get_child (GTK_EXPANDER (place->group));

  place->row = LT_KNOB_ROW (row);
  (void) show_place (self, place);
  g_signal_connect (row, "turned", G_CALLBACK (turned_cb), self);
  gtk_box_append (GTK_BOX (box), row);
}

/* Every knob of an open group has its row in the end, in the tables' order. */
static gboolean
make_rows_cb (GtkWidget *widget, GdkFrameClock *clock, gpointer data)
{
  LtKnobPanel *self = LT_KNOB_PANEL (widget);
  gint64 until = g_get_monotonic_time () + STEP_US;

  /* A session that has been closed has no values to show. */
  for (guint i = 0; lt_session_experiment (self->session) && i < self->places->len;
       i++) {
    Place *place = place_at (self, i);

    if (place->row || !gtk_expander_get_expanded (GTK_EXPANDER (place->group)))
      continue;
    if (g_get_monotonic_time () >= until)
      return G_SOURCE_CONTINUE;
    make_row (self, place);
  }
  self->row_tick = 0;
  return G_SOURCE_REMOVE;
}

static void
make_rows (LtKnobPanel *self)
{
  if (!self->row_tick)
    self->row_tick =
        gtk_widget_add_tick_callback (GTK_WIDGET (self), make_rows_cb, NULL, NULL);
}

/* ---- Building --------------------------------------------------------------------- */

static void
remember_cb (GtkExpander *group, GParamSpec *property, LtKnobPanel *self)
{
  char *title = g_strdup (gtk_widget_get_name (GTK_WIDGET (group)));
  gboolean open = gtk_expander_get_expanded (group);

  g_hash_table_remove (open ? self->closed : self->opened, title);
  g_hash_table_add (open ? self->opened : self->closed, title);
  make_rows (self);
}

static GtkWidget *
find_group (LtKnobPanel *self, const char *title)
{
  for (guint i = 0; i < self->groups->len; i++)
    if (g_str_equal (gtk_widget_get_name (self->groups->pdata[i]), title))
      return self->groups->pdata[i];
  return NULL;
}

static GtkWidget *
add_group (LtKnobPanel *self, const char *title, gboolean open)
{
  GtkWidget *group = gtk_expander_new (title);
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);

  open |= g_hash_table_contains (self->opened, title);
  open &= !g_hash_table_contains (self->closed, title);
  gtk_widget_set_name (group, title);
  gtk_widget_add_css_class (group, "group");
  gtk_widget_set_margin_start (box, 4);
  gtk_expander_set_child (GTK_EXPANDER (group), box);
  gtk_expander_set_expanded (GTK_EXPANDER (group), open);
  g_signal_connect (group, "notify::expanded", G_CALLBACK (remember_cb), self);
  gtk_box_append (GTK_BOX (self->body), group);
  g_ptr_array_add (self->groups, group);
  return group;
}

/* What a lesson has set, or a family is about, should not have to be looked for. */
static gboolean
is_telling (LtKnobPanel *self, const LtKnobTable *table, const char *group)
{
  LtExperiment *experiment = self->shown;
  g_autofree gpointer fallbacks = NULL;
  g_autofree const LtKnob **differences = NULL;
  gboolean telling = FALSE;

  if (table != &experiment->kind->knobs)
    return FALSE;
  fallbacks = g_malloc0 (table->settings_size);
  lt_knobs_init (table, fallbacks);
  differences = lt_knobs_differences (table, fallbacks, experiment->settings);
  for (int i = 0; differences[i]; i++)
    telling |= g_str_equal (differences[i]->group, group) &&
               lt_knob_matters (table, differences[i], experiment->settings);
  return telling;
}

/* n_open: how many of this table's groups are open from the start. */
static void
add_table (LtKnobPanel *self, const LtKnobTable *table, int n_open)
{
  for (int i = 0; i < table->n_knobs; i++) {
    const LtKnob *knob = &table->knobs[i];
    Place place = { table, knob, find_group (self, knob->group), NULL };

    if (!place.group)
      place.group = add_group (self, knob->group,
                               n_open-- > 0 || is_telling (self, table, knob->group));
    g_array_append_val (self->places, place);
  }
}

static GtkWidget *
label_new (const char *text, const char *class)
{
  GtkWidget *label = gtk_label_new (text);

  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_label_set_wrap (GTK_LABEL (label), TRUE);
  gtk_label_set_wrap_mode (GTK_LABEL (label), PANGO_WRAP_WORD_CHAR);
  gtk_label_set_max_width_chars (GTK_LABEL (label), 30);
  if (class)
    gtk_widget_add_css_class (label, class);
  return label;
}

static void
add_chooser (LtKnobPanel *self, const char *title, GtkWidget *chooser)
{
  GtkWidget *line = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 8);
  GtkWidget *label = gtk_label_new (title);

  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_widget_set_size_request (label, 42, -1);
  gtk_widget_set_hexpand (chooser, TRUE);
  gtk_accessible_update_property (GTK_ACCESSIBLE (chooser),
                                  GTK_ACCESSIBLE_PROPERTY_LABEL, title, -1);
  gtk_box_append (GTK_BOX (line), label);
  gtk_box_append (GTK_BOX (line), chooser);
  gtk_widget_set_margin_top (line, 4);
  gtk_box_append (GTK_BOX (self->body), line);
}

static GtkWidget *
chooser_new (GtkStringList *titles)
{
  GtkWidget *chooser = gtk_drop_down_new (G_LIST_MODEL (titles), NULL);

  lt_chooser_make_narrow (GTK_DROP_DOWN (chooser));
  gtk_widget_set_size_request (chooser, 180, -1);
  return chooser;
}

static void
add_data_chooser (LtKnobPanel *self)
{
  LtExperiment *experiment = self->shown;
  GtkStringList *titles = gtk_string_list_new (NULL);

  g_ptr_array_set_size (self->source_names, 0);
  for (guint i = 0; lt_sources[i]; i++)
    if (!lt_sources[i]->available || lt_sources[i]->available ()) {
      gtk_string_list_append (titles, lt_sources[i]->title);
      g_ptr_array_add (self->source_names, g_strdup (lt_sources[i]->name));
    }
  if (experiment->data->path) {
    g_autofree char *name = g_path_get_basename (experiment->data->path);

    gtk_string_list_append (titles, name);
    g_ptr_array_add (self->source_names,
                     g_strdup (lt_data_spec_name (experiment->data)));
  }
  gtk_string_list_append (titles, "A file of your own…");
  g_ptr_array_add (self->source_names, NULL);
  self->data = chooser_new (titles);
  g_signal_connect (self->data, "notify::selected", G_CALLBACK (data_chosen_cb), self);
  add_chooser (self, "Data", self->data);
}

static void
add_model_chooser (LtKnobPanel *self)
{
  GtkStringList *titles = gtk_string_list_new (NULL);

  for (guint i = 0; lt_model_kinds[i]; i++)
    gtk_string_list_append (titles, lt_model_kinds[i]->title);
  self->model = chooser_new (titles);
  gtk_widget_set_tooltip_text (self->model, self->kind->summary);
  g_signal_connect (self->model, "notify::selected", G_CALLBACK (model_chosen_cb),
                    self);
  add_chooser (self, "Model", self->model);
}

static void
add_legend (LtKnobPanel *self)
{
  GtkWidget *line = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6);
  const char *const texts[] = { "takes effect at once", "restarts the run" };

  for (int i = 0; i < 2; i++) {
    GtkWidget *dot = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 0);
    GtkWidget *label = gtk_label_new (texts[i]);

    gtk_widget_add_css_class (dot, "dot");
    gtk_widget_add_css_class (dot, i ? "restart" : "live");
    gtk_widget_set_valign (dot, GTK_ALIGN_CENTER);
    gtk_widget_set_margin_start (dot, i ? 8 : 2);
    gtk_widget_add_css_class (label, "caption");
    gtk_widget_add_css_class (label, "dim-label");
    gtk_box_append (GTK_BOX (line), dot);
    gtk_box_append (GTK_BOX (line), label);
  }
  gtk_widget_set_margin_top (line, 6);
  gtk_box_append (GTK_BOX (self->body), line);
}

static void
clear (LtKnobPanel *self)
{
  GtkWidget *child;

  g_array_set_size (self->places, 0);
  g_ptr_array_set_size (self->groups, 0);
  while ((child = gtk_widget_get_first_child (self->body)))
    gtk_box_remove (GTK_BOX (self->body), child);
}

static void phase_chosen_cb (GtkDropDown *chooser,
                             GParamSpec *property,
                             LtKnobPanel *self);

/* Which phase the knobs below are those of. */
static void
add_phase_chooser (LtKnobPanel *self)
{
  GtkStringList *titles;
  GtkWidget *chooser;

  if (self->shown->n_phases == 0)
    return;
  titles = gtk_string_list_new (NULL);
  for (int i = 0; i < self->shown->n_phases; i++) {
    g_autofree char *title = lt_experiment_dup_phase_title (self->shown, i);
    g_autofree char *text = g_strdup_printf ("%d  %s", i + 1, title);

    gtk_string_list_append (titles, text);
  }
  chooser = chooser_new (titles);
  gtk_drop_down_set_selected (GTK_DROP_DOWN (chooser), (guint) self->shown->phase);
  gtk_widget_set_tooltip_text (
      chooser, "The phase whose model and training stand below. Phases to come can be "
               "turned while another one trains.");
  g_signal_connect (chooser, "notify::selected", G_CALLBACK (phase_chosen_cb), self);
  add_chooser (self, "Phase", chooser);
}

static void
build (LtKnobPanel *self)
{
  const LtExperiment *experiment = self->shown;

  self->quiet = TRUE;
  clear (self);
  self->kind = experiment->kind;
  self->source = experiment->data->source;
  g_free (self->path);
  self->path = g_strdup (experiment->data->path);
  add_data_chooser (self);
  add_phase_chooser (self);
  add_model_chooser (self);
  self->formula = label_new (self->kind->formula, "formula");
  gtk_label_set_selectable (GTK_LABEL (self->formula), TRUE);
  gtk_widget_set_focusable (self->formula, FALSE);
  gtk_widget_set_tooltip_text (self->formula, self->kind->references);
  gtk_widget_set_margin_top (self->formula, 6);
  gtk_box_append (GTK_BOX (self->body), self->formula);
  add_legend (self);
  add_table (self, &lt_training_knobs, 1);
  add_table (self, &self->kind->knobs, 1);
  add_table (self, &self->source->knobs, 0);
  add_table (self, &lt_preparation_knobs, 0);
  add_table (self, &seed_table, 0);
  make_rows (self);
  self->quiet = FALSE;
}

/* Whether what has been built is for another model, other data or another phase. */
static gboolean
is_stale (LtKnobPanel *self, const LtExperiment *before)
{
  return !before || self->shown->kind != self->kind ||
         self->shown->data->source != self->source ||
         g_strcmp0 (self->shown->data->path, self->path) ||
         self->shown->n_phases != before->n_phases ||
         self->shown->phase != before->phase;
}

static void
show_phase (LtKnobPanel *self, int phase)
{
  g_autoptr (LtExperiment) before = g_steal_pointer (&self->shown);

  self->shown = lt_experiment_dup (lt_session_experiment (self->session));
  lt_experiment_enter (self->shown, phase);
  if (is_stale (self, before))
    build (self);
  show_values (self);
}

static void
phase_chosen_cb (GtkDropDown *chooser, GParamSpec *property, LtKnobPanel *self)
{
  int chosen = (int) gtk_drop_down_get_selected (chooser);

  if (self->quiet || chosen >= self->shown->n_phases)
    return;
  self->follows = chosen == lt_session_experiment (self->session)->phase;
  g_object_ref (chooser); /* it is among what is built anew */
  show_phase (self, chosen);
  g_object_unref (chooser);
}

static void
knobs_changed_cb (LtSession *session, LtKnobPanel *self)
{
  LtExperiment *experiment = lt_session_experiment (session);

  if (!experiment)
    return;
  self->follows |= !self->shown || self->shown->phase >= experiment->n_phases;
  show_phase (self, self->follows ? experiment->phase : self->shown->phase);
}

void
lt_knob_panel_set_session (LtKnobPanel *self, LtSession *session)
{
  g_set_object (&self->session, session);
  g_signal_connect_object (session, "knobs-changed", G_CALLBACK (knobs_changed_cb),
                           self, 0);
  knobs_changed_cb (session, self);
}

gboolean
lt_knob_panel_focus (LtKnobPanel *self, const char *key)
{
  for (guint i = 0; i < self->places->len; i++) {
    Place *place = place_at (self, i);

    if (!g_str_equal (place->knob->key, key))
      continue;
    gtk_expander_set_expanded (GTK_EXPANDER (place->group), TRUE);
    for (guint j = 0; j <= i; j++)
      if (place_at (self, j)->group == place->group && !place_at (self, j)->row)
        make_row (self, place_at (self, j));
    return gtk_widget_get_visible (GTK_WIDGET (place->row)) &&
           gtk_widget_child_focus (GTK_WIDGET (place->row), GTK_DIR_TAB_FORWARD);
  }
  return FALSE;
}

static void
lt_knob_panel_dispose (GObject *object)
{
  LtKnobPanel *self = LT_KNOB_PANEL (object);

  g_clear_pointer (&self->body, gtk_widget_unparent);
  g_clear_object (&self->session);
  G_OBJECT_CLASS (lt_knob_panel_parent_class)->dispose (object);
}

static void
lt_knob_panel_finalize (GObject *object)
{
  LtKnobPanel *self = LT_KNOB_PANEL (object);

  g_free (self->path);
  g_clear_pointer (&self->shown, lt_experiment_free);
  g_ptr_array_unref (self->source_names);
  g_array_unref (self->places);
  g_ptr_array_unref (self->groups);
  g_hash_table_unref (self->opened);
  g_hash_table_unref (self->closed);
  G_OBJECT_CLASS (lt_knob_panel_parent_class)->finalize (object);
}

static void
lt_knob_panel_class_init (LtKnobPanelClass *class)
{
  G_OBJECT_CLASS (class)->dispose = lt_knob_panel_dispose;
  G_OBJECT_CLASS (class)->finalize = lt_knob_panel_finalize;
  gtk_widget_class_set_layout_manager_type (GTK_WIDGET_CLASS (class),
                                            GTK_TYPE_BIN_LAYOUT);
}

static void
lt_knob_panel_init (LtKnobPanel *self)
{
  self->body = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);
  gtk_widget_add_css_class (self->body, "panel-body");
  gtk_widget_set_parent (self->body, GTK_WIDGET (self));
  self->source_names = g_ptr_array_new_with_free_func (g_free);
  self->places = g_array_new (FALSE, TRUE, sizeof (Place));
  self->groups = g_ptr_array_new ();
  self->opened = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  self->closed = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
}

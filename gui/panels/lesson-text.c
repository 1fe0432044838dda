/* Lines are gathered into blocks (paragraph, heading, item, formula); each is a label. */
#include "panels/lesson-text.h"

#include <string.h>

typedef struct {
  GtkBox *box;
  LtExperiment *experiment;
  LtLinkFunc link_cb;
  gpointer data;
  GString *block;    /* what has been gathered */
  const char *class; /* of the block: NULL, "formula" or "item" */
} Filler;

/* ---- Inside a line ---------------------------------------------------------------- */

static void
append_escaped (GString *out, const char *text, gsize length)
{
  g_autofree char *escaped = g_markup_escape_text (text, (gssize) length);

  g_string_append (out, escaped);
}

static void
append_code (GString *out, const char *text, gsize length, LtExperiment *experiment)
{
  g_autofree char *key = g_strndup (text, length);
  const LtKnobTable *table;
  gpointer settings;
  const LtKnob *knob = lt_experiment_find_knob (experiment, key, &table, &settings);
  g_autofree char *markup =
      knob ? g_markup_printf_escaped ("<a href=\"knob:%s\">%s</a>", key, knob->title)
           : g_markup_printf_escaped ("<tt>%s</tt>", key);

  g_string_append (out, markup);
}

typedef struct {
  const char *mark, *open, *close; /* close NULL: code */
} Span;

static const Span spans[] = {
  { "**", "<b>", "</b>" },
  { "*", "<i>", "</i>" },
  { "`", NULL, NULL },
};

/* The span that begins at text and ends somewhere later; NULL when there is none. */
static const Span *
span_at (const char *text, const char **end)
{
  for (gsize i = 0; i < G_N_ELEMENTS (spans); i++)
    if (g_str_has_prefix (text, spans[i].mark)) {
      const char *first = text + strlen (spans[i].mark);

      *end = strstr (first, spans[i].mark);
      if (*end && *end > first && !g_ascii_isspace (*first))
        return &spans[i];
    }
  return NULL;
}

char *
lt_lesson_text_markup (const char *text, LtExperiment *experiment)
{
  GString *out = g_string_new (NULL);

  while (*text) {
    const char *end;
    const Span *span = span_at (text, &end);
    gsize length;

    if (!span) {
      length = strcspn (text + 1, "*`") + 1;
      append_escaped (out, text, length);
      text += length;
      continue;
    }
    text += strlen (span->mark);
    length = (gsize) (end - text);
    if (span->open) {
      g_autofree char *inside = g_strndup (text, length);
      g_autofree char *markup = lt_lesson_text_markup (inside, experiment);

      g_string_append_printf (out, "%s%s%s", span->open, markup, span->close);
    } else {
      append_code (out, text, length, experiment);
    }
    text = end + strlen (span->mark);
  }
  return g_string_free (out, FALSE);
}

/* ---- Blocks ----------------------------------------------------------------------- */

static GtkWidget *
label_new (const Filler *self, const char *markup)
{
  GtkWidget *label = gtk_label_new (NULL);

  gtk_label_set_markup (GTK_LABEL (label), markup);
  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_label_set_yalign (GTK_LABEL (label), 0);
  gtk_label_set_wrap (GTK_LABEL (label), TRUE);
  gtk_label_set_wrap_mode (GTK_LABEL (label), PANGO_WRAP_WORD_CHAR);
  gtk_label_set_max_width_chars (GTK_LABEL (label), 34);
  g_signal_connect (label, "activate-link", G_CALLBACK (self->link_cb), self->data);
  return label;
}

static void
add_item (const Filler *self, GtkWidget *label)
{
  GtkWidget *line = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6);
  GtkWidget *bullet = gtk_label_new ("•");

  gtk_widget_set_valign (bullet, GTK_ALIGN_START);
  gtk_widget_set_hexpand (label, TRUE);
  gtk_box_append (GTK_BOX (line), bullet);
  gtk_box_append (GTK_BOX (line), label);
  gtk_box_append (self->box, line);
}

static void
end_block (Filler *self)
{
  g_autofree char *markup = NULL;
  GtkWidget *label;

  if (!self->block->len)
    return;
  markup = g_strcmp0 (self->class, "formula")
               ? lt_lesson_text_markup (self->block->str, self->experiment)
               : g_markup_escape_text (self->block->str, -1);
  label = label_new (self, markup);
  if (!g_strcmp0 (self->class, "item")) {
    add_item (self, label);
  } else {
    if (self->class)
      gtk_widget_add_css_class (label, self->class);
    gtk_box_append (self->box, label);
  }
  g_string_truncate (self->block, 0);
  self->class = NULL;
}

static void
begin_block (Filler *self, const char *class, const char *text)
{
  end_block (self);
  self->class = class;
  g_string_append (self->block, text);
}

/* Several formulas on one line stand under each other: the panel is narrow. */
static void
add_formula (Filler *self, const char *line)
{
  g_auto (GStrv) parts = g_strsplit (line, "      ", -1);

  if (g_strcmp0 (self->class, "formula"))
    begin_block (self, "formula", "");
  for (int i = 0; parts[i]; i++) {
    const char *part = g_strstrip (parts[i]);

    if (*part)
      g_string_append_printf (self->block, "%s%s", self->block->len ? "\n" : "", part);
  }
}

static void
add_line (Filler *self, const char *line)
{
  if (g_str_has_prefix (line, "    ")) {
    add_formula (self, line + 4);
  } else if (g_str_has_prefix (line, "## ")) {
    begin_block (self, "lesson-heading", line + 3);
    end_block (self);
  } else if (g_str_has_prefix (line, "- ")) {
    begin_block (self, "item", line + 2);
  } else if (!*line) {
    end_block (self);
  } else {
    while (g_ascii_isspace (*line))
      line++;
    if (self->block->len)
      g_string_append_c (self->block, ' ');
    g_string_append (self->block, line);
  }
}

void
lt_lesson_text_fill (GtkBox *box,
                     LtExperiment *experiment,
                     LtLinkFunc link_cb,
                     gpointer data)
{
  const LtLesson *lesson = &experiment->lesson;
  g_auto (GStrv) lines =
      g_strsplit (lesson->text ? lesson->text
                               : "This experiment has no text. Choose a lesson above.",
                  "\n", -1);
  Filler self = { .box = box,
                  .experiment = experiment,
                  .link_cb = link_cb,
                  .data = data,
                  .block = g_string_new (NULL) };

  if (lesson->summary) {
    begin_block (&self, "lesson-summary", lesson->summary);
    end_block (&self);
  }
  for (int i = 0; lines[i]; i++)
    add_line (&self, lines[i]);
  end_block (&self);
  g_string_free (self.block, TRUE);
}

/* Drop-down lists in the side panel. */
#include "panels/chooser.h"

static void
setup_cb (GtkSignalListItemFactory *factory, GtkListItem *item)
{
  GtkWidget *label = gtk_label_new (NULL);

  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_label_set_ellipsize (GTK_LABEL (label), PANGO_ELLIPSIZE_END);
  gtk_list_item_set_child (item, label);
}

static void
bind_cb (GtkSignalListItemFactory *factory, GtkListItem *item)
{
  GtkStringObject *title = gtk_list_item_get_item (item);

  gtk_label_set_text (GTK_LABEL (gtk_list_item_get_child (item)),
                      gtk_string_object_get_string (title));
}

void
lt_chooser_make_narrow (GtkDropDown *chooser)
{
  GtkListItemFactory *list = gtk_drop_down_get_factory (chooser);
  GtkListItemFactory *button = gtk_signal_list_item_factory_new ();

  g_signal_connect (button, "setup", G_CALLBACK (setup_cb), NULL);
  g_signal_connect (button, "bind", G_CALLBACK (bind_cb), NULL);
  gtk_drop_down_set_list_factory (chooser, list);
  gtk_drop_down_set_factory (chooser, button);
  g_object_unref (button);
}

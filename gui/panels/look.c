/* Light, dark, text size: GTK's own dark preference, our colours, and the paintings' style
 * always change together. */
#include "panels/look.h"

#include <string.h>

#define RESOURCES "/org/lantern_workbench/Lantern/"
#define PORTAL    "org.freedesktop.portal.Desktop"

struct _LtLook {
  GObject parent_instance;

  char *scheme;
  double text_size;
  gboolean desktop_dark;
  GtkCssProvider *base, *colours, *text;
  GDBusProxy *portal;
  GCancellable *cancellable;
  LtStyle style;
};

G_DEFINE_FINAL_TYPE (LtLook, lt_look, G_TYPE_OBJECT)

static guint changed_signal;

static gboolean
is_dark (LtLook *self)
{
  if (g_str_equal (self->scheme, "default"))
    return self->desktop_dark;
  return g_str_equal (self->scheme, "force-dark");
}

static gboolean
theme_has_high_contrast (GtkSettings *settings)
{
  g_autofree char *theme = NULL;

  g_object_get (settings, "gtk-theme-name", &theme, NULL);
  return theme && strstr (theme, "HighContrast");
}

static void
update (LtLook *self)
{
  GtkSettings *settings = gtk_settings_get_default ();
  gboolean dark = is_dark (self);
  g_autofree char *css =
      g_strdup_printf ("window.lantern { font-size: %dpx; }", (int) self->text_size);

  g_object_set (settings, "gtk-application-prefer-dark-theme", dark, NULL);
  gtk_css_provider_load_from_resource (self->colours,
                                       dark ? RESOURCES "colours-dark.css"
                                            : RESOURCES "colours-light.css");
  gtk_css_provider_load_from_data (self->text, css, -1);
  lt_style_init (&self->style, dark, self->text_size);
  if (theme_has_high_contrast (settings))
    lt_style_raise_contrast (&self->style);
  g_signal_emit (self, changed_signal, 0);
}

/* ---- The desktop's preference ----------------------------------------------------- */

static void
take_desktop_scheme (LtLook *self, GVariant *value)
{
  g_autoptr (GVariant) inner = g_variant_ref (value);
  gboolean dark;

  while (g_variant_is_of_type (inner, G_VARIANT_TYPE_VARIANT)) {
    GVariant *next = g_variant_get_variant (inner);

    g_variant_unref (inner);
    inner = next;
  }
  if (!g_variant_is_of_type (inner, G_VARIANT_TYPE_UINT32))
    return;
  /* 0: no preference, 1: dark, 2: light. */
  dark = g_variant_get_uint32 (inner) == 1;
  if (dark == self->desktop_dark)
    return;
  self->desktop_dark = dark;
  update (self);
}

static void
portal_signal_cb (GDBusProxy *proxy,
                  const char *sender,
                  const char *name,
                  GVariant *parameters,
                  LtLook *self)
{
  const char *space, *key;
  g_autoptr (GVariant) value = NULL;

  if (g_strcmp0 (name, "SettingChanged") ||
      !g_variant_is_of_type (parameters, G_VARIANT_TYPE ("(ssv)")))
    return;
  g_variant_get (parameters, "(&s&sv)", &space, &key, &value);
  if (g_str_equal (space, "org.freedesktop.appearance") &&
      g_str_equal (key, "color-scheme"))
    take_desktop_scheme (self, value);
}

static void
scheme_read_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GVariant) answer =
      g_dbus_proxy_call_finish (G_DBUS_PROXY (source), result, NULL);
  g_autoptr (GVariant) value = NULL;

  /* No portal, no such setting, or the look is gone: light, as GTK has it. */
  if (!answer)
    return;
  value = g_variant_get_child_value (answer, 0);
  take_desktop_scheme (data, value);
}

static void
portal_ready_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  GDBusProxy *portal = g_dbus_proxy_new_for_bus_finish (result, NULL);
  LtLook *self = data;

  if (!portal)
    return;
  self->portal = portal;
  g_signal_connect_object (portal, "g-signal", G_CALLBACK (portal_signal_cb), self, 0);
  g_dbus_proxy_call (
      portal, "Read",
      g_variant_new ("(ss)", "org.freedesktop.appearance", "color-scheme"),
      G_DBUS_CALL_FLAGS_NONE, -1, self->cancellable, scheme_read_cb, self);
}

static void
watch_desktop (LtLook *self)
{
  g_dbus_proxy_new_for_bus (G_BUS_TYPE_SESSION, G_DBUS_PROXY_FLAGS_NONE, NULL, PORTAL,
                            "/org/freedesktop/portal/desktop",
                            "org.freedesktop.portal.Settings", self->cancellable,
                            portal_ready_cb, self);
}

/* ---- Setting and asking ----------------------------------------------------------- */

void
lt_look_set_scheme (LtLook *self, const char *scheme)
{
  if (!g_strcmp0 (scheme, self->scheme))
    return;
  g_free (self->scheme);
  self->scheme = g_strdup (scheme);
  update (self);
}

const char *
lt_look_scheme (LtLook *self)
{
  return self->scheme;
}

void
lt_look_set_text_size (LtLook *self, double size)
{
  size = CLAMP (size, LT_TEXT_SMALLEST, LT_TEXT_LARGEST);
  if (size == self->text_size)
    return;
  self->text_size = size;
  update (self);
}

double
lt_look_text_size (LtLook *self)
{
  return self->text_size;
}

const LtStyle *
lt_look_style (LtLook *self)
{
  return &self->style;
}

/* ---- Life ------------------------------------------------------------------------- */

LtLook *
lt_look_new (void)
{
  return g_object_new (LT_TYPE_LOOK, NULL);
}

static void
remove_provider (GtkCssProvider **provider)
{
  if (*provider)
    gtk_style_context_remove_provider_for_display (gdk_display_get_default (),
                                                   GTK_STYLE_PROVIDER (*provider));
  g_clear_object (provider);
}

static void
lt_look_dispose (GObject *object)
{
  LtLook *self = LT_LOOK (object);

  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  g_clear_object (&self->portal);
  remove_provider (&self->base);
  remove_provider (&self->colours);
  remove_provider (&self->text);
  g_clear_pointer (&self->scheme, g_free);
  G_OBJECT_CLASS (lt_look_parent_class)->dispose (object);
}

static void
lt_look_class_init (LtLookClass *class)
{
  G_OBJECT_CLASS (class)->dispose = lt_look_dispose;
  changed_signal = g_signal_new ("changed", LT_TYPE_LOOK, G_SIGNAL_RUN_LAST, 0, NULL,
                                 NULL, NULL, G_TYPE_NONE, 0);
}

static GtkCssProvider *
add_provider (void)
{
  GtkCssProvider *provider = gtk_css_provider_new ();

  gtk_style_context_add_provider_for_display (gdk_display_get_default (),
                                              GTK_STYLE_PROVIDER (provider),
                                              GTK_STYLE_PROVIDER_PRIORITY_APPLICATION);
  return provider;
}

static void
lt_look_init (LtLook *self)
{
  self->scheme = g_strdup ("default");
  self->text_size = LT_TEXT_NORMAL;
  self->cancellable = g_cancellable_new ();
  self->colours = add_provider ();
  self->base = add_provider ();
  self->text = add_provider ();
  update (self);
  gtk_css_provider_load_from_resource (self->base, RESOURCES "style.css");
  watch_desktop (self);
}

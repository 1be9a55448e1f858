// librsvg draws SVG documents with cairo. With all that they need they are thirty libraries, 7 ms of each start and 10 MiB: they are loaded when
// the first picture is drawn, so that nobody else pays. What is used of them is declared here (librsvg 2.52 or later; the shared object's
// version 2 keeps it), because their headers would come with an order to link them.
#pragma once
#include <dlfcn.h>
#include <stddef.h>
#include <stdint.h>

typedef struct {
  double x, y, width, height;
} svg_rectangle;

typedef struct {
  void *(*rsvg_handle_new_from_data)(const uint8_t *data, size_t length, void **error);
  int (*rsvg_handle_get_intrinsic_size_in_pixels)(void *handle, double *width, double *height);
  int (*rsvg_handle_render_document)(void *handle, void *context, const svg_rectangle *viewport, void **error);
  void (*g_object_unref)(void *object);
  void *(*cairo_image_surface_create_for_data)(uint8_t *pixels, int format, int width, int height, int stride);
  void *(*cairo_create)(void *surface);
  int (*cairo_status)(void *context);
  void (*cairo_surface_flush)(void *surface);
  void (*cairo_destroy)(void *context);
  void (*cairo_surface_destroy)(void *surface);
} svg_library;

/// Loads what draws, for the rest of the process.
///
/// Returns NULL, or why it cannot be loaded.
static inline const char *svg_load(svg_library *library)
{
  // The symbols of cairo and GObject are found through it as well: it is linked with them.
  void *object = dlopen("librsvg-2.so.2", RTLD_NOW | RTLD_LOCAL);
  if (object == NULL) return dlerror();
#define SVG_FIND(name) \
  if ((library->name = (__typeof__(library->name))dlsym(object, #name)) == NULL) return "librsvg-2.so.2 has no " #name
  SVG_FIND(rsvg_handle_new_from_data);
  SVG_FIND(rsvg_handle_get_intrinsic_size_in_pixels);
  SVG_FIND(rsvg_handle_render_document);
  SVG_FIND(g_object_unref);
  SVG_FIND(cairo_image_surface_create_for_data);
  SVG_FIND(cairo_create);
  SVG_FIND(cairo_status);
  SVG_FIND(cairo_surface_flush);
  SVG_FIND(cairo_destroy);
  SVG_FIND(cairo_surface_destroy);
#undef SVG_FIND
  return NULL;
}

/// Draws a document over all of a picture: in its middle, as large as it needs to be to leave no edge free, what is too much cut off.
///
/// `pixels` are 32 bits each, blue, green, red and one that means nothing, without gaps between rows. Returns 1; 0 when the document cannot be read or has
/// no size in pixels.
static inline int svg_draw(const svg_library *library, const uint8_t *document, size_t length, uint8_t *pixels, int width, int height)
{
  void *handle = library->rsvg_handle_new_from_data(document, length, NULL);
  if (handle == NULL) return 0;
  int is_drawn = 0;
  double natural_width = 0, natural_height = 0;
  if (library->rsvg_handle_get_intrinsic_size_in_pixels(handle, &natural_width, &natural_height) && natural_width > 0 && natural_height > 0) {
    double across = width / natural_width, down = height / natural_height;
    double scale = across > down ? across : down;
    svg_rectangle viewport = {
      (width - natural_width * scale) / 2, (height - natural_height * scale) / 2, natural_width * scale, natural_height * scale};
    const int without_transparency = 1;
    void *surface = library->cairo_image_surface_create_for_data(pixels, without_transparency, width, height, width * 4);
    void *context = library->cairo_create(surface);
    is_drawn = library->rsvg_handle_render_document(handle, context, &viewport, NULL) && library->cairo_status(context) == 0;
    library->cairo_surface_flush(surface);
    library->cairo_destroy(context);
    library->cairo_surface_destroy(surface);
  }
  library->g_object_unref(handle);
  return is_drawn;
}

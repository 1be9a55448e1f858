// zlib, whose starting functions are macros that Swift cannot call.
#pragma once
#include <zlib.h>

/// Unpacks gzip and zlib data, whichever the header says.
static inline int zlib_start_inflating(z_streamp stream) { return inflateInit2(stream, 15 + 32); }

/// Packs into gzip's format.
static inline int zlib_start_gzipping(z_streamp stream)
{
  return deflateInit2(stream, Z_DEFAULT_COMPRESSION, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY);
}

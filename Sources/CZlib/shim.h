#ifndef LEASTWISE_CZLIB_H
#define LEASTWISE_CZLIB_H

#include <zlib.h>

/// `inflateInit2` is a macro; this is it for gzip members (window of 32 KiB, gzip header).
static inline int lw_inflate_init(z_streamp stream) { return inflateInit2(stream, 15 + 16); }

#endif

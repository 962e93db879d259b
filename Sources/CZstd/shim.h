#ifndef LEASTWISE_CZSTD_H
#define LEASTWISE_CZSTD_H

#include <zstd.h>
#include <zstd_errors.h>

#endif

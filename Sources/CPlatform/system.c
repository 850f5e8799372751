#define _GNU_SOURCE
#include "CPlatform.h"
#include <errno.h>
#include <fcntl.h>

int grouse_reserve(int file, int64_t position, int64_t bytes) {
#ifdef __linux__
  return fallocate(file, FALLOC_FL_KEEP_SIZE, (off_t)position, (off_t)bytes);
#else
  (void)file, (void)position, (void)bytes;
  errno = ENOTSUP;
  return -1;
#endif
}

#include "CLogFloor.h"
#include "CCRC32C.h"
#include <fcntl.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

static double now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return time.tv_sec + time.tv_nsec / 1e9;
}

static int sync_data(int file) {
#ifdef __APPLE__
  return fcntl(file, F_FULLFSYNC);
#else
  return fdatasync(file);
#endif
}

static double write_blocks(const char *path, const void *block, size_t size, long count, int sync) {
  int file = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);
  if (file < 0) return -1;
  double start = now();
  for (long i = 0; i < count; i++) {
    if (write(file, block, size) != (ssize_t)size || (sync && sync_data(file) != 0)) {
      close(file);
      return -1;
    }
  }
  double seconds = now() - start;
  close(file);
  return seconds;
}

double grouse_floor_write(const char *path, const void *block, size_t size, long count) {
  return write_blocks(path, block, size, count, 0);
}

double grouse_floor_sync(const char *path, const void *block, size_t size, long count) {
  return write_blocks(path, block, size, count, 1);
}

double grouse_floor_scan(const char *path, size_t piece, uint32_t *sum) {
  int file = open(path, O_RDONLY);
  void *buffer = malloc(piece);
  if (file < 0 || !buffer) return -1;
  double start = now();
  off_t position = 0;
  ssize_t count;
  while ((count = pread(file, buffer, piece, position)) > 0) {
    *sum = grouse_crc32c(*sum, buffer, (size_t)count);
    position += count;
  }
  double seconds = now() - start;
  free(buffer);
  close(file);
  return count < 0 ? -1 : seconds;
}

#include "CLogFloor.h"
#include "CCRC32C.h"
#include <fcntl.h>
#include <pthread.h>
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

struct group {
  pthread_mutex_t appending, syncing;
  pthread_cond_t synced;
  int file, is_syncing, has_failed;
  const void *block;
  size_t size;
  long count, written, durable, syncs;
};

static void *append_and_wait(void *argument) {
  struct group *group = argument;
  for (long i = 0; i < group->count && !group->has_failed; i++) {
    pthread_mutex_lock(&group->appending);
    off_t place = (off_t)group->written * (off_t)group->size;
    if (pwrite(group->file, group->block, group->size, place) != (ssize_t)group->size)
      group->has_failed = 1;
    long mine = __atomic_add_fetch(&group->written, 1, __ATOMIC_SEQ_CST);
    pthread_mutex_unlock(&group->appending);
    pthread_mutex_lock(&group->syncing);
    while (group->durable < mine && !group->has_failed) {
      if (group->is_syncing) {
        pthread_cond_wait(&group->synced, &group->syncing);
        continue;
      }
      group->is_syncing = 1;
      pthread_mutex_unlock(&group->syncing);
      long reached = __atomic_load_n(&group->written, __ATOMIC_SEQ_CST);
      int failed = sync_data(group->file) != 0;
      pthread_mutex_lock(&group->syncing);
      group->has_failed |= failed;
      group->durable = reached;
      group->is_syncing = 0;
      group->syncs++;
      pthread_cond_broadcast(&group->synced);
    }
    pthread_mutex_unlock(&group->syncing);
  }
  return NULL;
}

double grouse_floor_group(const char *path, const void *block, size_t size, long count,
                          int threads, long *syncs) {
  struct group group = {PTHREAD_MUTEX_INITIALIZER, PTHREAD_MUTEX_INITIALIZER,
                        PTHREAD_COND_INITIALIZER};
  pthread_t workers[64];
  if (threads > 64) return -1;
  group.file = open(path, O_RDWR | O_CREAT | O_TRUNC, 0600);
  if (group.file < 0) return -1;
  group.block = block;
  group.size = size;
  group.count = count;
  double start = now();
  int running = 0;
  while (running < threads &&
         pthread_create(&workers[running], NULL, append_and_wait, &group) == 0)
    running++;
  for (int i = 0; i < running; i++) pthread_join(workers[i], NULL);
  double seconds = now() - start;
  close(group.file);
  *syncs = group.syncs;
  return group.has_failed || running < threads ? -1 : seconds;
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

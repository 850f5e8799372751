#ifndef GROUSE_LOG_FLOOR_H
#define GROUSE_LOG_FLOOR_H

#include <stddef.h>
#include <stdint.h>

// What a C program does with the disk when it does nothing else: the floors that the log's own
// figures are compared with, in the same process and run. Each returns seconds, negative where the
// system refused something.

/// Writes `count` blocks of `size` bytes to a new file with write(2).
double grouse_floor_write(const char *path, const void *block, size_t size, long count);

/// Appends blocks to a new file, each made durable with fdatasync(2) before the next.
double grouse_floor_sync(const char *path, const void *block, size_t size, long count);

/// Lets `threads` threads append `count` blocks each to one file, each waiting until fdatasync(2) has
/// made its block durable; those who wait together share one. `syncs` gets how many there were.
double grouse_floor_group(const char *path, const void *block, size_t size, long count,
                          int threads, long *syncs);

/// Reads a file with pread(2) in pieces and sums each with CRC-32C.
double grouse_floor_scan(const char *path, size_t piece, uint32_t *sum);

#endif

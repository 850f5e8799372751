#ifndef GROUSE_SYSTEM_H
#define GROUSE_SYSTEM_H

#include <stdint.h>

/// Sets `bytes` of disk aside from `position` of an open file on, without changing its size, so
/// that writing there is faster (fallocate(2), which Swift's view of glibc leaves out). -1 with
/// errno where the system or the file system cannot do it.
int grouse_reserve(int file, int64_t position, int64_t bytes);

/// From now on a memory fault or an abort in this thread writes `message` to the standard error
/// and ends the process with code 1; NULL: it does what it did before. Returns the message that
/// was in force, to be put back. It must live as long as it is in force.
const char *grouse_guard_faults(const char *message);

/// Has the processor fetch the memory at `address`, which will be read soon.
static inline void grouse_prefetch(const void *address) { __builtin_prefetch(address); }

#endif

#ifndef GROUSE_ALLOCATION_COUNT_H
#define GROUSE_ALLOCATION_COUNT_H

/// How often this thread has asked for memory so far; -1 where that cannot be counted.
long grouse_allocation_count(void);

#endif

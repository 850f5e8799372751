#ifndef GROUSE_TABLE_FLOOR_H
#define GROUSE_TABLE_FLOOR_H

#include <stddef.h>

// What a C program does with LMDB when it does nothing else: the floors that the tables' figures
// are compared with, in the same process and run.

/// Puts everything that is in the named databases of the file `source` under the same keys into the
/// new file `target`, a part of each database in each of `transactions` transactions, all of them
/// synced or none. Databases named in `backwards` (names parted by spaces) are put from the last key
/// to the first. Returns the seconds that the putting took, negative where LMDB refused something;
/// `entries` gets how many were put.
double grouse_floor_put(const char *source, const char *target, const char *backwards,
                        long transactions, int syncs, long *entries);

/// Makes `commits` synced commits of `puts` small puts each to a new file: each put of a commit
/// behind the last one of all, or, where `scattered`, behind those of its own number. Returns
/// seconds, negative where LMDB refused something.
double grouse_floor_commit(const char *target, long commits, int puts, int scattered);

/// Looks up keys of the database `name`, each `stride`th of its order, `count` times, each in a read
/// transaction of its own. Returns seconds.
double grouse_floor_get(const char *source, const char *name, long stride, long count);

/// Puts `rows` new rows in each of `commits` synced transactions beside random rows of the table in
/// the database `rows` whose size is nearest to `size`. Returns seconds.
double grouse_floor_scatter(const char *target, long size, long commits, long rows);

/// Walks over the rows of the largest table in the database `rows`, which has the columns (p int,
/// c int, v int, PRIMARY KEY (p, c)), and writes their values into pages as the native protocol
/// sends them. Returns seconds; `rows` gets how many there were.
double grouse_floor_decode(const char *source, long page, long *rows);

#endif

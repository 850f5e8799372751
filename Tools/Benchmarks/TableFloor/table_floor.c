#include <arpa/inet.h>
#include "CTableFloor.h"
#include <limits.h>
#include <lmdb.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { database_count_max = 32, map_size_log2 = 38 };

static double now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return time.tv_sec + time.tv_nsec / 1e9;
}

static MDB_env *open_file(const char *path, unsigned flags) {
  MDB_env *environment;
  if (mdb_env_create(&environment)) return NULL;
  if (mdb_env_set_mapsize(environment, (size_t)1 << map_size_log2) ||
      mdb_env_set_maxdbs(environment, database_count_max) ||
      mdb_env_open(environment, path, MDB_NOSUBDIR | MDB_NOTLS | MDB_NORDAHEAD | flags, 0600)) {
    mdb_env_close(environment);
    return NULL;
  }
  return environment;
}

static void remove_file(const char *path) {
  char lock[4096];
  snprintf(lock, sizeof lock, "%s-lock", path);
  unlink(path);
  unlink(lock);
}

/// The keys and values of one database, copied out, in the order in which they are to be put.
struct contents {
  char name[64];
  long count, done;
  MDB_val *keys, *values;
};

static int is_named(const char *names, const char *name) {
  size_t length = strlen(name);
  for (const char *at = names; (at = strstr(at, name)); at += length)
    if ((at == names || at[-1] == ' ') && (at[length] == ' ' || !at[length])) return 1;
  return 0;
}

static MDB_val copied(MDB_val value) {
  void *bytes = malloc(value.mv_size + 1);
  memcpy(bytes, value.mv_data, value.mv_size);
  value.mv_data = bytes;
  return value;
}

static int load(MDB_txn *transaction, struct contents *contents, int backwards) {
  MDB_dbi database;
  MDB_stat statistics;
  MDB_cursor *cursor;
  if (mdb_dbi_open(transaction, contents->name, 0, &database) ||
      mdb_stat(transaction, database, &statistics) ||
      mdb_cursor_open(transaction, database, &cursor))
    return 1;
  contents->keys = calloc(statistics.ms_entries + 1, sizeof(MDB_val));
  contents->values = calloc(statistics.ms_entries + 1, sizeof(MDB_val));
  contents->count = contents->done = 0;
  MDB_val key, value;
  while (!mdb_cursor_get(cursor, &key, &value, backwards ? MDB_PREV : MDB_NEXT)) {
    contents->keys[contents->count] = copied(key);
    contents->values[contents->count++] = copied(value);
  }
  mdb_cursor_close(cursor);
  return 0;
}

/// Copies every named database out of a file; returns how many, or -1.
static int load_all(const char *source, const char *backwards, struct contents *all) {
  MDB_env *environment = open_file(source, MDB_RDONLY);
  MDB_txn *transaction;
  MDB_dbi names;
  MDB_cursor *cursor;
  if (!environment) return -1;
  int count = -1;
  if (!mdb_txn_begin(environment, NULL, MDB_RDONLY, &transaction) &&
      !mdb_dbi_open(transaction, NULL, 0, &names) &&
      !mdb_cursor_open(transaction, names, &cursor)) {
    count = 0;
    MDB_val key, value;
    while (count < database_count_max && !mdb_cursor_get(cursor, &key, &value, MDB_NEXT))
      snprintf(all[count++].name, sizeof all->name, "%.*s", (int)key.mv_size, (char *)key.mv_data);
    mdb_cursor_close(cursor);
    for (int i = 0; i < count; i++)
      if (load(transaction, &all[i], is_named(backwards, all[i].name))) return -1;
    mdb_txn_abort(transaction);
  }
  mdb_env_close(environment);
  return count;
}

static int put_part(MDB_txn *transaction, MDB_dbi database, struct contents *contents, long end) {
  for (; contents->done < end; contents->done++)
    if (mdb_put(transaction, database, &contents->keys[contents->done],
                &contents->values[contents->done], 0))
      return 1;
  return 0;
}

double grouse_floor_put(const char *source, const char *target, const char *backwards,
                        long transactions, int syncs, long *entries) {
  struct contents all[database_count_max];
  MDB_dbi databases[database_count_max];
  int count = load_all(source, backwards, all);
  remove_file(target);
  MDB_env *environment = open_file(target, syncs ? 0 : MDB_NOSYNC);
  MDB_txn *transaction;
  double seconds = -1;
  *entries = 0;
  if (count < 0 || !environment || mdb_txn_begin(environment, NULL, 0, &transaction)) return -1;
  for (int i = 0; i < count; i++)
    if (mdb_dbi_open(transaction, all[i].name, MDB_CREATE, &databases[i])) return -1;
  if (mdb_txn_commit(transaction)) return -1;
  double start = now();
  for (long part = 1; part <= transactions; part++) {
    if (mdb_txn_begin(environment, NULL, 0, &transaction)) return -1;
    for (int i = 0; i < count; i++)
      if (put_part(transaction, databases[i], &all[i], all[i].count * part / transactions))
        return -1;
    if (mdb_txn_commit(transaction)) return -1;
  }
  seconds = now() - start;
  mdb_env_close(environment);
  for (int i = 0; i < count; i++) {
    *entries += all[i].count;
    for (long entry = 0; entry < all[i].count; entry++) {
      free(all[i].keys[entry].mv_data);
      free(all[i].values[entry].mv_data);
    }
    free(all[i].keys);
    free(all[i].values);
  }
  return seconds;
}

double grouse_floor_commit(const char *target, long commits, int puts, int scattered) {
  remove_file(target);
  MDB_env *environment = open_file(target, 0);
  if (!environment) return -1;
  double start = now();
  for (long number = 0; number < commits; number++) {
    MDB_txn *transaction;
    MDB_dbi database;
    if (mdb_txn_begin(environment, NULL, 0, &transaction) ||
        mdb_dbi_open(transaction, "rows", MDB_CREATE, &database))
      return -1;
    for (int put = 0; put < puts; put++) {
      unsigned key[2] = {htonl(scattered ? put : 0), htonl(number * puts + put)};
      char bytes[100] = {0};
      MDB_val name = {sizeof key, key}, value = {sizeof bytes, bytes};
      if (mdb_put(transaction, database, &name, &value, 0)) return -1;
    }
    if (mdb_txn_commit(transaction)) return -1;
  }
  double seconds = now() - start;
  mdb_env_close(environment);
  return seconds;
}

double grouse_floor_get(const char *source, const char *name, long stride, long count) {
  struct contents contents;
  MDB_env *environment = open_file(source, MDB_RDONLY);
  MDB_txn *transaction;
  MDB_dbi database;
  if (!environment || mdb_txn_begin(environment, NULL, MDB_RDONLY, &transaction)) return -1;
  snprintf(contents.name, sizeof contents.name, "%s", name);
  if (load(transaction, &contents, 0) || mdb_dbi_open(transaction, name, 0, &database)) return -1;
  mdb_txn_commit(transaction);
  long at = 0;
  volatile size_t sum = 0;
  double start = now();
  for (long number = 0; number < count; number++) {
    MDB_val value;
    at = (at + stride) % contents.count;
    if (mdb_txn_begin(environment, NULL, MDB_RDONLY, &transaction) ||
        mdb_get(transaction, database, &contents.keys[at], &value))
      return -1;
    sum += value.mv_size;
    mdb_txn_abort(transaction);
  }
  double seconds = now() - start;
  mdb_env_close(environment);
  for (long entry = 0; entry < contents.count; entry++) {
    free(contents.keys[entry].mv_data);
    free(contents.values[entry].mv_data);
  }
  free(contents.keys);
  free(contents.values);
  return seconds;
}

/// A varint's value, past which `at` is moved.
static uint64_t varint(const uint8_t **at) {
  uint64_t value = 0;
  for (int shift = 0;; shift += 7) {
    uint8_t byte = *(*at)++;
    value |= (uint64_t)(byte & 0x7F) << shift;
    if (byte < 0x80) return value;
  }
}

static int64_t zigzag(const uint8_t **at) {
  uint64_t raw = varint(at);
  return (int64_t)(raw >> 1) ^ -(int64_t)(raw & 1);
}

/// Appends a value of four bytes as the native protocol sends it.
static uint8_t *append_int(uint8_t *to, const uint8_t *bytes) {
  memcpy(to, "\0\0\0\4", 4);
  memcpy(to + 4, bytes, 4);
  return to + 8;
}

/// Takes a row of (p int, c int, v int, PRIMARY KEY (p, c)) apart; returns where its values end.
static uint8_t *decode_row(const MDB_val *key, const MDB_val *value, uint8_t *to) {
  const uint8_t *at = (const uint8_t *)key->mv_data + 12;
  uint8_t part[4];
  for (int i = 0; i < 4; i++) {
    part[i] = *at++;
    if (!part[i]) at++;
  }
  at++;
  if (*at++ != 2) return to;
  to = append_int(to, part);
  memcpy(part, at, 4);
  part[0] ^= 0x80;
  to = append_int(to, part);
  at = (const uint8_t *)value->mv_data + 1;
  uint8_t flags = *at++;
  int64_t base = zigzag(&at), youngest = INT64_MIN;
  if (flags & 1) youngest = base + zigzag(&at);
  for (uint64_t cells = varint(&at); cells > 0; cells--) {
    varint(&at);
    at++;
    int64_t time = base + zigzag(&at);
    if (time > youngest) youngest = time;
    uint64_t count = varint(&at);
    if (count == 4) to = append_int(to, at);
    at += count;
  }
  return youngest > 0 ? to : to - 24;
}

/// The table that has most nearly so many rows.
static uint32_t table_of_size(MDB_cursor *cursor, long size) {
  MDB_val key, value;
  uint32_t last = 0, best = 0;
  long rows = 0, nearest = LONG_MAX;
  int code;
  do {
    uint32_t table = 0;
    code = mdb_cursor_get(cursor, &key, &value, MDB_NEXT);
    if (!code) memcpy(&table, key.mv_data, 4);
    if (table != last) {
      if (labs(rows - size) < nearest) {
        nearest = labs(rows - size);
        best = last;
      }
      rows = 0;
    }
    last = table;
    rows++;
  } while (!code);
  return best;
}

double grouse_floor_decode(const char *source, long page, long *rows) {
  MDB_env *environment = open_file(source, MDB_RDONLY);
  MDB_txn *transaction;
  MDB_dbi database;
  MDB_cursor *cursor;
  if (!environment || mdb_txn_begin(environment, NULL, MDB_RDONLY, &transaction) ||
      mdb_dbi_open(transaction, "rows", 0, &database) ||
      mdb_cursor_open(transaction, database, &cursor))
    return -1;
  uint32_t table = table_of_size(cursor, LONG_MAX);
  uint8_t *content = malloc(24 * (page + 1)), *end = content;
  MDB_val key = {sizeof table, &table}, value;
  volatile uint8_t sum = 0;
  *rows = 0;
  double start = now();
  int code = mdb_cursor_get(cursor, &key, &value, MDB_SET_RANGE);
  while (!code && !memcmp(key.mv_data, &table, sizeof table)) {
    uint8_t *next = decode_row(&key, &value, end);
    *rows += next != end;
    end = next;
    if (end - content >= 24 * page) {
      sum += end[-1];
      end = content;
    }
    code = mdb_cursor_get(cursor, &key, &value, MDB_NEXT);
  }
  double seconds = now() - start;
  free(content);
  mdb_cursor_close(cursor);
  mdb_txn_abort(transaction);
  mdb_env_close(environment);
  return seconds;
}

enum { key_size_max = 511 };

/// A key beside a random one of the table: that one with another end.
static size_t random_key(MDB_cursor *cursor, uint32_t table, uint64_t *seed, uint8_t *bytes) {
  uint8_t target[12];
  MDB_val key = {sizeof target, target}, value;
  *seed = *seed * 6364136223846793005u + 1442695040888963407u;
  memcpy(target, &table, 4);
  memcpy(target + 4, seed, 8);
  if (mdb_cursor_get(cursor, &key, &value, MDB_SET_RANGE) ||
      memcmp(key.mv_data, &table, 4) || key.mv_size > key_size_max)
    return 0;
  memcpy(bytes, key.mv_data, key.mv_size);
  memcpy(bytes + key.mv_size - 3, (uint8_t *)seed + 3, 3);
  return key.mv_size;
}

double grouse_floor_scatter(const char *target, long size, long commits, long rows) {
  MDB_env *environment = open_file(target, 0);
  MDB_txn *transaction;
  MDB_dbi database;
  MDB_cursor *cursor;
  long count = commits * rows;
  uint8_t(*keys)[key_size_max] = malloc(count * sizeof *keys);
  size_t *sizes = malloc(count * sizeof *sizes);
  uint64_t seed = 9;
  if (!environment || mdb_txn_begin(environment, NULL, MDB_RDONLY, &transaction) ||
      mdb_dbi_open(transaction, "rows", 0, &database) ||
      mdb_cursor_open(transaction, database, &cursor))
    return -1;
  uint32_t table = table_of_size(cursor, size);
  for (long at = 0; at < count;)
    if ((sizes[at] = random_key(cursor, table, &seed, keys[at]))) at++;
  mdb_cursor_close(cursor);
  mdb_txn_commit(transaction);
  double start = now();
  for (long commit = 0; commit < commits; commit++) {
    if (mdb_txn_begin(environment, NULL, 0, &transaction)) return -1;
    for (long at = commit * rows; at < (commit + 1) * rows; at++) {
      char bytes[24] = {0};
      MDB_val key = {sizes[at], keys[at]}, value = {sizeof bytes, bytes};
      if (mdb_put(transaction, database, &key, &value, 0)) return -1;
    }
    if (mdb_txn_commit(transaction)) return -1;
  }
  double seconds = now() - start;
  mdb_env_close(environment);
  free(keys);
  free(sizes);
  return seconds;
}

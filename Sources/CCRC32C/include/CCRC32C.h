#ifndef GROUSE_CRC32C_H
#define GROUSE_CRC32C_H

#include <stddef.h>
#include <stdint.h>

/// CRC-32C (Castagnoli, RFC 3720 appendix B.4) of `length` bytes, continuing from `crc`
/// (0 for a new sum). Uses the processor's own instruction where there is one.
uint32_t grouse_crc32c(uint32_t crc, const void *bytes, size_t length);

/// The same by table alone: what `grouse_crc32c` falls back to, here so that both can be compared.
uint32_t grouse_crc32c_table(uint32_t crc, const void *bytes, size_t length);

#endif

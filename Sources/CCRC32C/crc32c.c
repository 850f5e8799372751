// CRC-32C in hardware where the processor has the instruction (SSE 4.2, ARMv8 CRC), by a
// slicing-by-8 table elsewhere. C, because Swift has no way to ask for one function's target
// features, and the instruction is ten times the table's speed, three streams of it twenty-five.

#include "CCRC32C.h"
#include <pthread.h>
#include <string.h>

static uint32_t table[8][256];
static pthread_once_t table_once = PTHREAD_ONCE_INIT;

static void fill_table(void) {
  for (uint32_t i = 0; i < 256; i++) {
    uint32_t crc = i;
    for (int bit = 0; bit < 8; bit++) crc = (crc >> 1) ^ (0x82F63B78u & (0u - (crc & 1)));
    table[0][i] = crc;
  }
  for (uint32_t i = 0; i < 256; i++)
    for (int slice = 1; slice < 8; slice++)
      table[slice][i] = (table[slice - 1][i] >> 8) ^ table[0][table[slice - 1][i] & 0xFF];
}

uint32_t grouse_crc32c_table(uint32_t crc, const void *bytes, size_t length) {
  pthread_once(&table_once, fill_table);
  const uint8_t *p = bytes;
  crc = ~crc;
  while (length >= 8) {
    uint32_t low = crc ^ ((uint32_t)p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 |
                          (uint32_t)p[3] << 24);
    crc = table[7][low & 0xFF] ^ table[6][(low >> 8) & 0xFF] ^ table[5][(low >> 16) & 0xFF] ^
          table[4][low >> 24] ^ table[3][p[4]] ^ table[2][p[5]] ^ table[1][p[6]] ^ table[0][p[7]];
    p += 8;
    length -= 8;
  }
  while (length--) crc = (crc >> 8) ^ table[0][(crc ^ *p++) & 0xFF];
  return ~crc;
}

#if defined(__x86_64__)
#include <nmmintrin.h>
#include <wmmintrin.h>

// The instruction gives a result every cycle but each takes three, so three runs of a block are
// summed side by side. A sum is moved over n words that follow it by one carry-less multiplication
// with x^(64 n - 33) mod P, which lies in shift[n], and the instruction's own reduction.
enum { LONGEST_RUN = 256, SHORTEST_RUN = 5 };  // in words of 8 bytes

static uint32_t shift[2 * LONGEST_RUN + 1];
static int has_instruction;
static size_t fewest_for_three = SIZE_MAX;

__attribute__((target("sse4.2"))) static void fill_shift(void) {
  shift[1] = 1;  // x^31, as the lowest bit is the highest power
  for (int n = 2; n <= 2 * LONGEST_RUN; n++) shift[n] = (uint32_t)_mm_crc32_u64(shift[n - 1], 0);
}

__attribute__((constructor)) static void choose(void) {
  __builtin_cpu_init();
  if (!__builtin_cpu_supports("sse4.2")) return;
  has_instruction = 1;
  if (!__builtin_cpu_supports("pclmul")) return;
  fill_shift();
  fewest_for_three = 24 * SHORTEST_RUN;
}

static inline uint64_t word(const uint8_t *p) {
  uint64_t word;
  memcpy(&word, p, 8);
  return word;
}

__attribute__((target("sse4.2"))) static uint32_t one_stream(uint32_t crc, const uint8_t *p,
                                                             size_t length) {
  uint64_t state = ~crc;
  for (; length >= 8; p += 8, length -= 8) state = _mm_crc32_u64(state, word(p));
  if (length == 0) return ~(uint32_t)state;
  if (length & 4) {
    uint32_t half;
    memcpy(&half, p, 4);
    state = _mm_crc32_u32((uint32_t)state, half);
    p += 4;
  }
  for (length &= 3; length; p++, length--) state = _mm_crc32_u8((uint32_t)state, *p);
  return ~(uint32_t)state;
}

__attribute__((target("sse4.2,pclmul"))) static inline __m128i moved(uint64_t state, size_t words) {
  return _mm_clmulepi64_si128(_mm_cvtsi32_si128((int)state), _mm_cvtsi32_si128((int)shift[words]),
                              0);
}

__attribute__((target("sse4.2,pclmul"))) static uint32_t
three_streams(uint32_t crc, const uint8_t *p, size_t length) {
  uint64_t a = ~crc;
  while (length >= 24 * SHORTEST_RUN) {
    size_t words = length / 24 < LONGEST_RUN ? length / 24 : LONGEST_RUN;
    size_t run = 8 * words;
    uint64_t b = 0, c = 0;
    for (const uint8_t *end = p + run; p < end; p += 8) {
      a = _mm_crc32_u64(a, word(p));
      b = _mm_crc32_u64(b, word(p + run));
      c = _mm_crc32_u64(c, word(p + 2 * run));
    }
    __m128i both = _mm_xor_si128(moved(a, 2 * words), moved(b, words));
    a = _mm_crc32_u64(0, (uint64_t)_mm_cvtsi128_si64(both)) ^ c;
    p += 2 * run;
    length -= 3 * run;
  }
  return one_stream(~(uint32_t)a, p, length);
}

uint32_t grouse_crc32c(uint32_t crc, const void *bytes, size_t length) {
  if (length >= fewest_for_three) return three_streams(crc, bytes, length);
  return has_instruction ? one_stream(crc, bytes, length) : grouse_crc32c_table(crc, bytes, length);
}

#elif defined(__ARM_FEATURE_CRC32)
#include <arm_acle.h>

uint32_t grouse_crc32c(uint32_t crc, const void *bytes, size_t length) {
  const uint8_t *p = bytes;
  uint32_t state = ~crc;
  for (; length >= 8; p += 8, length -= 8) {
    uint64_t word;
    memcpy(&word, p, 8);
    state = __crc32cd(state, word);
  }
  for (; length; p++, length--) state = __crc32cb(state, *p);
  return ~state;
}

#else

uint32_t grouse_crc32c(uint32_t crc, const void *bytes, size_t length) {
  return grouse_crc32c_table(crc, bytes, length);
}

#endif

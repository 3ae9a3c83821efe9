/* SHA-256 (FIPS 180-4) and CRC-32 by table, both in plain C. */
#include "row.h"

static uint32_t k[64];

static uint32_t rotate(uint32_t x, int n) { return x >> n | x << (32 - n); }

/* The fractional parts of the cube roots of the first primes, by integers: no constants to mistype. */
static void constants(void) {
  int found = 0;
  for (uint64_t p = 2; found < 64; p++) {
    int prime = 1;
    for (uint64_t d = 2; d * d <= p; d++) prime &= p % d != 0;
    if (!prime) continue;
    /* The largest r with r^3 <= p * 2^96; its low 32 bits are the fraction. */
    unsigned __int128 r = 0;
    for (int bit = 35; bit >= 0; bit--) {
      unsigned __int128 t = r | (unsigned __int128)1 << bit, square = t * t;
      if ((square >> 64) < (uint64_t)1 << 63 && square * t <= (unsigned __int128)p << 96) r = t;
    }
    k[found++] = (uint32_t)r;
  }
}

static void sha256(uint32_t h[8], const uint8_t *p, long blocks) {
  for (; blocks > 0; blocks--, p += 64) {
    uint32_t w[64], s[8];
    for (int i = 0; i < 16; i++) w[i] = (uint32_t)p[i * 4] << 24 | p[i * 4 + 1] << 16 | p[i * 4 + 2] << 8 | p[i * 4 + 3];
    for (int i = 16; i < 64; i++)
      w[i] = w[i - 16] + w[i - 7] + (rotate(w[i - 15], 7) ^ rotate(w[i - 15], 18) ^ w[i - 15] >> 3)
          + (rotate(w[i - 2], 17) ^ rotate(w[i - 2], 19) ^ w[i - 2] >> 10);
    memcpy(s, h, sizeof s);
    for (int i = 0; i < 64; i++) {
      uint32_t t1 = s[7] + (rotate(s[4], 6) ^ rotate(s[4], 11) ^ rotate(s[4], 25)) + ((s[4] & s[5]) ^ (~s[4] & s[6])) + k[i] + w[i];
      uint32_t t2 = (rotate(s[0], 2) ^ rotate(s[0], 13) ^ rotate(s[0], 22)) + ((s[0] & s[1]) ^ (s[0] & s[2]) ^ (s[1] & s[2]));
      memmove(s + 1, s, 28);
      s[0] = t1 + t2, s[4] += t1;
    }
    for (int i = 0; i < 8; i++) h[i] += s[i];
  }
}

int main(int argc, char **argv) {
  begin(argc, argv);
  constants();
  static uint8_t data[1 << 16];
  uint64_t seed = 7;
  for (size_t i = 0; i < sizeof data; i++) data[i] = (uint8_t)next(&seed);
  uint32_t h[8] = {0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19};
  double start = now();
  for (long i = work(1200); i > 0; i--) sha256(h, data, sizeof data / 64);
  row("sha256", start, (uint64_t)h[0] << 32 | h[1]);

  uint32_t table[256], crc = ~0u;
  for (uint32_t i = 0; i < 256; i++) {
    table[i] = i;
    for (int b = 0; b < 8; b++) table[i] = table[i] >> 1 ^ (table[i] & 1 ? 0xedb88320 : 0);
  }
  start = now();
  for (long i = work(2000); i > 0; i--)
    for (size_t j = 0; j < sizeof data; j++) crc = crc >> 8 ^ table[(crc ^ data[j]) & 0xff];
  row("crc32", start, crc);
}

/* Floating point by scalars, and vectors by intrinsics. AVX2 only where CPUID has it. */
#include "row.h"

#include <immintrin.h>
#include <math.h>

enum { N = 4096 };
static float fa[N] __attribute__((aligned(32))), fb[N] __attribute__((aligned(32)));
static double da[N], db[N];
static long double la[N], lb[N];
static uint8_t ba[N] __attribute__((aligned(32))), bb[N] __attribute__((aligned(32)));

__attribute__((noinline, optimize("no-tree-vectorize"))) static float float_loop(long n) {
  float sum = 0;
  for (long r = 0; r < n; r++)
    for (int i = 1; i < N; i++) {
      fa[i] = fa[i] * 0.5f + fb[i] * fa[i - 1] * 0.5f + 0.1f;
      sum += fa[i] / (1.0f + fb[i]);
    }
  return sum;
}

__attribute__((noinline, optimize("no-tree-vectorize"))) static double double_loop(long n) {
  double sum = 0;
  for (long r = 0; r < n; r++)
    for (int i = 1; i < N; i++) {
      da[i] = da[i] * 0.5 + db[i] * da[i - 1] * 0.5 + 0.1;
      sum += sqrt(da[i]) / (1.0 + db[i]);
    }
  return sum;
}

/* The x87 unit. */
__attribute__((noinline)) static long double long_double_loop(long n) {
  long double sum = 0;
  for (long r = 0; r < n; r++)
    for (int i = 1; i < N; i++) {
      la[i] = la[i] * 0.5L + lb[i] * la[i - 1] * 0.5L + 0.1L;
      sum += la[i] / (1.0L + lb[i]);
    }
  return sum;
}

__attribute__((noinline)) static uint32_t sse2_loop(long n) {
  __m128 sum = _mm_setzero_ps(), factor = _mm_set1_ps(0.9995f);
  __m128i bits = _mm_setzero_si128();
  for (long r = 0; r < n; r++)
    for (int i = 0; i < N; i += 4) {
      __m128 x = _mm_load_ps(fa + i), y = _mm_load_ps(fb + i);
      x = _mm_add_ps(_mm_mul_ps(x, factor), _mm_mul_ps(y, y));
      _mm_store_ps(fa + i, x);
      sum = _mm_add_ps(sum, _mm_min_ps(x, y));
      bits = _mm_add_epi32(_mm_slli_epi32(bits, 1), _mm_xor_si128(_mm_castps_si128(x), _mm_srli_epi32(bits, 31)));
    }
  uint32_t out[4];
  float first[4];
  _mm_storeu_si128((__m128i *)out, bits);
  _mm_storeu_ps(first, sum);
  return out[0] ^ out[1] ^ out[2] ^ out[3] ^ (uint32_t)first[0];
}

__attribute__((noinline, target("sse4.1"))) static uint32_t sse4_loop(long n) {
  __m128i sum = _mm_setzero_si128(), order = _mm_set_epi8(0, 2, 4, 6, 8, 10, 12, 14, 1, 3, 5, 7, 9, 11, 13, 15);
  for (long r = 0; r < n; r++)
    for (int i = 0; i < N; i += 16) {
      __m128i x = _mm_load_si128((__m128i *)(ba + i)), y = _mm_load_si128((__m128i *)(bb + i));
      x = _mm_shuffle_epi8(x, order);
      __m128i z = _mm_maddubs_epi16(x, y);
      z = _mm_max_epi32(_mm_mullo_epi32(z, y), _mm_cvtepu8_epi32(x));
      sum = _mm_add_epi32(sum, _mm_blendv_epi8(z, x, y));
      _mm_store_si128((__m128i *)(ba + i), x);
    }
  return _mm_extract_epi32(sum, 0) ^ _mm_extract_epi32(sum, 3);
}

__attribute__((noinline, target("avx2"))) static uint32_t avx2_loop(long n) {
  __m256i sum = _mm256_setzero_si256(), order = _mm256_set_epi8(
      0, 2, 4, 6, 8, 10, 12, 14, 1, 3, 5, 7, 9, 11, 13, 15, 0, 2, 4, 6, 8, 10, 12, 14, 1, 3, 5, 7, 9, 11, 13, 15);
  __m256 f = _mm256_setzero_ps(), factor = _mm256_set1_ps(0.9995f);
  for (long r = 0; r < n; r++)
    for (int i = 0; i < N; i += 32) {
      __m256i x = _mm256_load_si256((__m256i *)(ba + i)), y = _mm256_load_si256((__m256i *)(bb + i));
      x = _mm256_shuffle_epi8(x, order);
      sum = _mm256_add_epi32(sum, _mm256_max_epi32(_mm256_mullo_epi32(_mm256_maddubs_epi16(x, y), y), x));
      _mm256_store_si256((__m256i *)(ba + i), x);
      f = _mm256_add_ps(_mm256_mul_ps(f, factor), _mm256_load_ps(fa + i / 2));
    }
  return _mm256_extract_epi32(sum, 0) ^ _mm256_extract_epi32(sum, 7) ^ (uint32_t)_mm256_cvtss_f32(f);
}

static void fill(void) {
  uint64_t seed = 11;
  for (int i = 0; i < N; i++) {
    fa[i] = next(&seed) % 1000 / 1000.0f, fb[i] = next(&seed) % 1000 / 2000.0f;
    da[i] = fa[i], db[i] = fb[i];
    la[i] = fa[i], lb[i] = fb[i];
    ba[i] = (uint8_t)next(&seed), bb[i] = (uint8_t)next(&seed);
  }
}

int main(int argc, char **argv) {
  begin(argc, argv);
  fill();
  double start = now();
  float f = float_loop(work(8000));
  uint32_t bits;
  memcpy(&bits, &f, 4);
  row("float", start, bits);
  start = now();
  double d = double_loop(work(6000));
  uint64_t wide;
  memcpy(&wide, &d, 8);
  row("double", start, wide);
  start = now();
  long double l = long_double_loop(work(3000));
  memcpy(&wide, &l, 8);
  row("long-double", start, wide);
  fill();
  start = now();
  row("sse2", start, sse2_loop(work(60000)));
  fill();
  if (__builtin_cpu_supports("sse4.1")) {
    start = now();
    row("sse4", start, sse4_loop(work(600000)));
  }
  fill();
  if (__builtin_cpu_supports("avx2")) {
    start = now();
    row("avx2", start, avx2_loop(work(300000)));
  }
}

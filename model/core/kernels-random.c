/* Philox4x32-10 (Salmon et al. 2011, section 3.3) for many counters at once, and the
 * distributions made of its words.
 *
 * Compiled without contraction to fused multiply-adds, which only some processors have:
 * all instruction sets give the same numbers. */
#include "core/kernels-math.h"
#include "core/kernels-table.h"

#ifdef __x86_64__
#include <immintrin.h>
#endif

#if defined __AVX512F__
#define VECTOR_BYTES 64
#elif defined __AVX2__
#define VECTOR_BYTES 32
#else
#define VECTOR_BYTES 16
#endif
#define LANES (VECTOR_BYTES / 4)

typedef guint64 Wide __attribute__ ((vector_size (VECTOR_BYTES)));
typedef guint32 Words __attribute__ ((vector_size (VECTOR_BYTES), aligned (4)));

/* One word of the state of every second block, in the low halves of the elements: there
 * the product of two words has room. The high halves are left to fill with rubbish. */
typedef struct {
  Wide word[4];
} State;

/* The low 32 bits of each element times a constant. GCC 12 does not find the one
 * instruction that does it. */
LT_INLINE Wide
multiply_low (Wide x, guint32 by)
{
#if defined __AVX512F__
  return (Wide) _mm512_mul_epu32 ((__m512i) x, _mm512_set1_epi64 (by));
#elif defined __AVX2__
  return (Wide) _mm256_mul_epu32 ((__m256i) x, _mm256_set1_epi64x (by));
#elif defined __SSE2__
  return (Wide) _mm_mul_epu32 ((__m128i) x, _mm_set1_epi64x (by));
#else
  return (x & 0xffffffff) * by;
#endif
}

LT_INLINE Wide
broadcast (guint64 value)
{
  return (Wide){ 0 } + value;
}

/* The counters of blocks first, first + 2, first + 4, … */
LT_INLINE State
counters (const LtRng *rng, guint64 first)
{
  Wide counter = broadcast (first);
  for (int i = 0; i < LANES / 2; i++)
    counter[i] += 2 * i;
  return (State){ { counter, counter >> 32, broadcast (rng->stream),
                    broadcast (rng->stream >> 32) } };
}

LT_INLINE State
philox_round (State x, guint32 key0, guint32 key1)
{
  Wide a = multiply_low (x.word[0], 0xD2511F53u);
  Wide b = multiply_low (x.word[2], 0xCD9E8D57u);
  return (State){ { (b >> 32) ^ x.word[1] ^ broadcast (key0), b,
                    (a >> 32) ^ x.word[3] ^ broadcast (key1), a } };
}

/* Word j of block first + l to words[16 j + l], for l < LANES. */
LT_INLINE void
philox (const LtRng *rng, guint64 first, guint32 *words)
{
  State even = counters (rng, first);
  State odd = counters (rng, first + 1);
  guint32 key0 = (guint32) rng->seed;
  guint32 key1 = (guint32) (rng->seed >> 32);
#pragma GCC unroll 10
  for (int i = 0; i < 10; i++) {
    even = philox_round (even, key0, key1);
    odd = philox_round (odd, key0, key1);
    key0 += 0x9E3779B9u;
    key1 += 0xBB67AE85u;
  }
  for (int j = 0; j < 4; j++) {
    Wide both = (even.word[j] & 0xffffffff) | (odd.word[j] << 32);
#if G_BYTE_ORDER == G_BIG_ENDIAN
    both = (both << 32) | (both >> 32);
#endif
    *(Words *) (words + LT_RANDOM_BLOCKS * j) = (Words) both;
  }
}

LT_INLINE void
philox_group (const LtRng *rng, gsize group, guint32 words[LT_RANDOM_GROUP])
{
  guint64 first = rng->counter + group * LT_RANDOM_BLOCKS;
  for (int l = 0; l < LT_RANDOM_BLOCKS; l += LANES)
    philox (rng, first + l, words + l);
}

LT_INLINE float
uniform_of (guint32 word)
{
  return (float) (gint32) (word >> 8) * 0x1p-24f;
}

static void
fill_words (const LtRng *rng, gsize n_groups, guint32 *y)
{
  for (gsize group = 0; group < n_groups; group++)
    philox_group (rng, group, y + group * LT_RANDOM_GROUP);
}

static void
fill_uniform (const LtRng *rng, gsize n_groups, float *y)
{
  guint32 words[LT_RANDOM_GROUP];
  for (gsize group = 0; group < n_groups; group++, y += LT_RANDOM_GROUP) {
    philox_group (rng, group, words);
#pragma omp simd
    for (int i = 0; i < LT_RANDOM_GROUP; i++)
      y[i] = uniform_of (words[i]);
  }
}

static void
fill_bernoulli (const LtRng *rng, const float *p, gsize n_groups, float *y)
{
  guint32 words[LT_RANDOM_GROUP];
  for (gsize group = 0; group < n_groups; group++) {
    philox_group (rng, group, words);
#pragma omp simd
    for (int i = 0; i < LT_RANDOM_GROUP; i++)
      y[i] = uniform_of (words[i]) < p[i] ? 1.0f : 0.0f;
    y += LT_RANDOM_GROUP;
    p += LT_RANDOM_GROUP;
  }
}

static void
fill_mask (const LtRng *rng, float p, gsize n_groups, float *y)
{
  guint32 words[LT_RANDOM_GROUP];
  for (gsize group = 0; group < n_groups; group++, y += LT_RANDOM_GROUP) {
    philox_group (rng, group, words);
#pragma omp simd
    for (int i = 0; i < LT_RANDOM_GROUP; i++)
      y[i] = uniform_of (words[i]) < p ? 1.0f : 0.0f;
  }
}

/* Box & Muller 1958: √(−2 ln u) (cos θ, sin θ) is a pair of normals when u is uniform on
 * (0, 1] and θ on the circle. Thirty bits of `turn` are an angle within ±π/4, where short
 * polynomials are exact; the other two choose the quarter that it is turned to. */
LT_INLINE void
normal_pair (guint32 radius, guint32 turn, float *first, float *second)
{
  float u = (float) (gint32) (radius >> 1) * 0x1p-31f + 0x1p-32f;
  float r = sqrtf (-2.0f * log_normal (u));
  float angle = (float) ((gint32) (turn << 2) >> 2) * (float) (G_PI * 0x1p-31);
  float square = angle * angle;
  float s = -1.951528309e-04f;
  s = s * square + 8.332160761e-03f;
  s = s * square + -1.666665461e-01f;
  s = s * (square * angle) + angle;
  float c = 2.443315688e-05f;
  c = c * square + -1.388731625e-03f;
  c = c * square + 4.166664568e-02f;
  c = c * (square * square) - 0.5f * square + 1.0f;
  c = float_of (bits_of (c) ^ (turn & 0x80000000u));
  guint32 swap = -((turn >> 30) & 1u);
  guint32 difference = (bits_of (c) ^ bits_of (s)) & swap;
  *first = r * float_of (bits_of (c) ^ difference);
  *second = r * float_of (bits_of (s) ^ difference);
}

static void
fill_normal (const LtRng *rng, gsize n_groups, float *y)
{
  guint32 words[LT_RANDOM_GROUP];
  for (gsize group = 0; group < n_groups; group++, y += LT_RANDOM_GROUP) {
    philox_group (rng, group, words);
#pragma omp simd
    for (int i = 0; i < LT_RANDOM_GROUP / 2; i++)
      normal_pair (words[i], words[i + 32], &y[i], &y[i + 32]);
  }
}

const LtRandomKernels LT_ISA_NAME (lt_random_kernels) = {
  .words = fill_words,
  .uniform = fill_uniform,
  .normal = fill_normal,
  .bernoulli = fill_bernoulli,
  .mask = fill_mask,
};

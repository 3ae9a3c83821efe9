#!/bin/sh
# Prints what many programs compute; on any x86-64 with the same packages it is the same. See debian-workloads.
export LC_ALL=C HOME=/tmp/wl PATH=/usr/sbin:/usr/bin:/sbin:/bin
rm -rf /tmp/wl; mkdir -p /tmp/wl; cd /tmp/wl
echo "== python"; python3 - <<'P'
import json, hashlib, decimal, threading, math, random, zlib, struct
random.seed(42)
data = bytes(random.getrandbits(8) for _ in range(1000)) * 10486
data = data[:10*1024*1024]
for a in sorted(hashlib.algorithms_guaranteed):
    h = hashlib.new(a); h.update(data); print(a, h.hexdigest(32) if a.startswith('shake') else h.hexdigest())
print(json.dumps(json.loads('{"a":[1,2.5,-3e10,"\u00e9",null,true],"b":{"c":1e-7}}'), sort_keys=True))
print([repr(x) for x in (0.1, 1/3, 2**0.5, math.pi*1e100, 5e-324, 1.7976931348623157e308, float('inf'), -0.0)])
print([repr(f(x)) for f in (math.sin, math.cos, math.tan, math.exp, math.log, math.atan, math.sinh, math.gamma) for x in (0.1, 1.0, 2.5, 10.25)])
decimal.getcontext().prec = 60
print(decimal.Decimal(2).sqrt(), decimal.Decimal(1)/7, decimal.Decimal(10).ln())
res = [0]*4
def work(i):
    s = 0
    for k in range(100000): s = (s*31 + k*i) % 1000003
    res[i] = s
ts = [threading.Thread(target=work, args=(i,)) for i in range(4)]
[t.start() for t in ts]; [t.join() for t in ts]; print(res)
print(pow(3, 10**5, 10**50+7), math.factorial(200) % (10**40+7), zlib.crc32(data), zlib.adler32(data))
print(sum(random.gauss(0,1) for _ in range(20000)), sorted(random.random() for _ in range(10000))[1234])
print(struct.pack('<fdq', 1.1, 2.2, -5).hex(), '%.20g %a' % (0.1, 0.3), float.fromhex('0x1.8p-1070'), round(2.675, 2), 7 // -2, divmod(-7.5, 2))
print(2**1000 // 3**300, hash((1,2,3)), ''.join(chr(97+(i*i)%26) for i in range(50)))
P
echo "== perl"; perl -e 'my $s=0; for my $i (1..200000){ $s += sqrt($i)*sin($i) } printf "%.15g\n",$s; print join(",", map { sprintf "%.17g", $_ } (1/3, 2**0.5, exp(1), atan2(1,1)*4)), "\n"; my %h; $h{$_ % 97} .= chr(65+$_%26) for 1..5000; print length(join "", map {$h{$_}} sort {$a<=>$b} keys %h), "\n"; print unpack("%32C*", "x" x 100000), "\n"; $_ = "aXbXc" x 1000; print scalar(s/X/yy/g), "\n";'
echo "== gcc"; cat > t.c <<'C'
#include <stdio.h>
#include <math.h>
#include <emmintrin.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#ifdef __SIZEOF_INT128__
#define MULH(a, b) ((uint64_t)((__uint128_t)(a) * (b) >> 64))
#else
#define MULH(a, b) ((a) / ((b) % 1000 + 1))
#endif
int main(void) {
  double s = 0; long double ls = 0; float fs = 0;
  for (int i = 1; i < 200000; i++) { s += sin(i) / i; ls += 1.0L / i; fs += 1.0f / i; }
  printf("%.17g %.21Lg %.9g\n", s, ls, fs);
  printf("%.21Lg %.21Lg %.21Lg\n", sqrtl(2.0L), strtold("3.14159265358979323846264338", 0), 1e4000L / 3);
  __m128i a = _mm_set_epi32(1, -2, 3, -4), b = _mm_set1_epi32(7);
  __m128d d = _mm_div_pd(_mm_set_pd(1.0, 2.0), _mm_set_pd(3.0, 7.0));
  int r[4]; double q[2];
  _mm_storeu_si128((__m128i *)r, _mm_add_epi32(_mm_slli_epi32(a, 3), b)); _mm_storeu_pd(q, d);
  printf("%d %d %d %d %.17g %.17g\n", r[0], r[1], r[2], r[3], q[0], q[1]);
  uint64_t x = 88172645463325252ull, h = 0;
  for (int i = 0; i < 3000000; i++) { x ^= x << 13; x ^= x >> 7; x ^= x << 17; h = h * 31 + (x % 1000003) + MULH(x, h); }
  printf("%llu\n", (unsigned long long)h);
  printf("%d %ld %a %g\n", (int)3.99, lrint(2.5), 0.1, fmod(10.5, 3.2));
  char *p = malloc(1 << 20); memset(p, 5, 1 << 20); memmove(p + 3, p, 100000); int c = 0; for (int i = 0; i < 1 << 20; i++) c += p[i]; printf("%d\n", c);
  return 0;
}
C
gcc -O2 -o t t.c -lm && ./t; gcc -O0 -mfpmath=387 -o t387 t.c -lm && ./t387; gcc -O3 -msse4.2 -o t4 t.c -lm && ./t4; echo "exit $?"
gcc -m32 -O2 -msse2 -static -o t32 t.c -lm && ./t32; echo "exit $?"
md5sum t t32 t.c | cut -c1-32
echo "== openssl"; head -c 3000000 /usr/bin/perl > blob; for a in $(openssl list -digest-commands | tr -s ' ' '\n' | sort); do echo "$a $(openssl dgst -$a blob 2>/dev/null | sed 's/.*= //')"; done
openssl enc -aes-256-cbc -K 00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff -iv 000102030405060708090a0b0c0d0e0f -in blob | openssl dgst -sha256
openssl enc -chacha20 -K 00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff -iv 000102030405060708090a0b0c0d0e0f -in blob | openssl dgst -sha256
echo "== gzip"; gzip -9 < blob | gunzip | cmp - blob && echo same; gzip -9 -n < blob | md5sum
echo "== sort"; python3 -c "
import random; random.seed(7)
for _ in range(1000000): print(random.randrange(10**9))" > nums; sort -n nums | md5sum; sort nums | uniq -c | md5sum; wc -l nums
echo "== git"; git init -q -b main r; cd r; git config user.name a; git config user.email a@b.c; export GIT_AUTHOR_DATE='2026-01-01T00:00:00Z' GIT_COMMITTER_DATE='2026-01-01T00:00:00Z'; for i in 1 2 3; do echo $i > f$i; git add .; git commit -qm "c $i"; done; git log --format='%H %s'; git gc -q; git fsck 2>&1; cd ..
echo "== awk bc"; awk 'BEGIN{for(i=1;i<100000;i++)s+=1/i; printf "%.15g\n", s}'; echo 'scale=100; 4*a(1)' | bc -l; dd if=blob bs=1000 count=500 2>/dev/null | sha1sum

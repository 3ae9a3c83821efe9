#!/bin/sh
# All rows, one after the other, in whatever this runs in: guest.sh SCALE BLOCK-DEVICE-OR-FILE. See run.
scale=$1 block=$2
export LC_ALL=C PATH=/usr/sbin:/usr/bin:/sbin:/bin TMPDIR=/tmp HOME=/tmp
cd /compute || exit 1
for program in integer memory hash sort vector kernel; do
  ./$program "$scale"
done
./block "$scale" "$block"
./timed gzip sh -c "head -c $(awk -v s="$scale" 'BEGIN { printf "%d", 4000000 * s }') text | gzip -9"
# What speed counts in its seconds, as the seconds that a fixed amount takes.
openssl speed -elapsed -seconds 1 -bytes 16384 -evp aes-128-cbc 2>/dev/null | awk '/AES-128-CBC/ { printf "ROW openssl-aes-100MB %.6f 0\n", 1e5 / $NF }'
openssl speed -elapsed -seconds 1 -bytes 16384 -evp sha256 2>/dev/null | awk '/^sha256/ { printf "ROW openssl-sha256-100MB %.6f 0\n", 1e5 / $NF }'
openssl speed -elapsed -seconds 1 rsa2048 2>/dev/null | awk '/^rsa 2048/ { printf "ROW openssl-rsa2048-100-signs %.6f 0\n", 100 / $(NF - 1) }'
python3 pystone.py "$scale"
./timed java-version java -XX:-UsePerfData -XX:TieredStopAtLevel=1 -XX:+UseSerialGC -version 2>/dev/null
java -XX:-UsePerfData -XX:+UseSerialGC -cp . Loop "$scale"
./timed gcc-2000-lines gcc -O2 -c 2000.c -o /dev/null

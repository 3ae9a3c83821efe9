# What the benchmarks in bash share; they source it.

# One entry of a cpio archive in the "newc" format: NAME MODE FILE [MAJOR MINOR].
entry() {
  local name=$1 mode=$2 file=$3 major=${4:-0} minor=${5:-0} size
  size=$(stat -c %s "$file")
  printf '070701%08X%08X%08X%08X%08X%08X%08X%08X%08X%08X%08X%08X%08X' \
    0 "$mode" 0 0 1 0 "$size" 0 0 "$major" "$minor" $((${#name} + 1)) 0
  printf '%s\0' "$name"
  pad $((110 + ${#name} + 1))
  cat "$file"
  pad "$size"
}

pad() {
  local n=$(((4 - $1 % 4) % 4))
  [ $n -eq 0 ] || head -c $n /dev/zero
}

# The median of the numbers on stdin.
median() {
  sort -g | awk '{ v[NR] = $1 } END { print NR % 2 ? v[(NR + 1) / 2] : (v[NR / 2] + v[NR / 2 + 1]) / 2 }'
}

# What "portfire run --kernel" puts on the command line by itself, given to QEMU too.
base="console=ttyS0 reboot=k panic=-1 pci=off i8042.noaux i8042.nomux i8042.dumbkbd 8250.nr_uarts=1 tsc=reliable no_timer_check"
base+=" random.trust_cpu=on cryptomgr.notests mitigations=off"

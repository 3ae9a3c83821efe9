#!/bin/busybox sh
# Process 1 of Portfire's default guest. What to do stands in /portfire/task, written by the host for this one boot:
#   mode     command: run "$@" with the host's stdin, stdout and stderr
#            terminal: run "$@" (a login shell if there is none) on the terminal hvc0
#            init: hand over to the root file system's own init on that terminal
#   root     the device of the root file system, empty for none; rootflags: ro or rw
#   modules  what to load
#   $@       the command
# Ports of the virtio console, found by name: portfire.stdin, .stdout, .stderr, .symbols if there is to be a profile, and, added
# last by the host, .control.
# On .control goes "ready" once the ports are found, and then "exit STATUS", or "fail MESSAGE" if the command could not
# even be tried.
# A fork and exec costs tens of milliseconds on a software CPU: built-ins are preferred throughout.
export PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin HOME=/root
mount -a
cp -a /portfire/dev/. /dev/
mount -t devpts devpts /dev/pts
. /portfire/task
echo portfire >/proc/sys/kernel/hostname
[ -z "$modules" ] || modprobe -qa $modules

in='' out='' err='' symbols='' control='' again=''
tries=0
while [ -z "$again" ]; do
  # The control port is the last to get its name, perhaps behind a look at a port that had none yet: with it found, all are
  # looked at once more.
  again=$control
  for port in /sys/class/virtio-ports/*; do
    name=
    [ -e "$port/name" ] && read -r name <"$port/name"
    case $name in
      portfire.stdin) in=/dev/${port##*/} ;;
      portfire.stdout) out=/dev/${port##*/} ;;
      portfire.stderr) err=/dev/${port##*/} ;;
      portfire.symbols) symbols=/dev/${port##*/} ;;
      portfire.control) control=/dev/${port##*/} ;;
    esac
  done
  tries=$((tries + 1))
  # The driver finds the ports in a kernel thread: look often at first, then leave it the CPU.
  [ $tries -lt 50 ] || sleep 0.02
  if [ $tries -gt 500 ]; then
    echo "portfire: the guest kernel shows no portfire.control port: has it virtio_mmio and virtio_console?" >/dev/console
    exec poweroff -f
  fi
done
exec 3>"$control"
# The host resolves a profile's addresses with it.
[ -z "$symbols" ] || cat /proc/kallsyms >"$symbols"
echo ready >&3

finish() {
  echo "$1" >&3
  # The host stops the machine when it has read that; this is for one that does not.
  exec poweroff -f
}

if [ "$mode" = terminal ] && [ $# -eq 0 ]; then
  set -- /bin/sh -l
fi
if [ -n "$root" ]; then
  tries=0
  while [ ! -e "$root" ] && [ $tries -lt 250 ]; do
    tries=$((tries + 1))
    sleep 0.02
  done
  mkdir -p /newroot
  if ! message=$(mount -o "$rootflags" "$root" /newroot 2>&1); then
    finish "fail cannot mount the root file system: $message"
  fi
  # A link is good enough: an absolute one points nowhere from here.
  if [ "$mode" = init ] && [ ! -e /newroot/sbin/init ] && [ ! -L /newroot/sbin/init ]; then
    mode=terminal
    set -- /bin/sh -l
  fi
  if [ "$mode" = init ]; then
    for directory in dev proc sys; do
      mount -o move /$directory /newroot/$directory
    done
    exec 3>&-
    exec switch_root /newroot /sbin/init </newroot/dev/console >/newroot/dev/console 2>&1
  fi
  for directory in dev proc sys; do
    mount -o rbind /$directory /newroot/$directory
  done
  mount -t tmpfs -o mode=755 tmpfs /newroot/run
  # Through the file system's own shell: busybox would run its own applets in place of the commands found there.
  set -- chroot /newroot /bin/sh -c 'exec "$@"' sh "$@"
fi

if [ "$mode" = command ]; then
  # Pipes between the command and the ports: a port can be opened only once, and /dev/stderr opens it again.
  # This shell opens both ends of each, and before them a third that never waits and lets the others not wait either: an
  # open that waits is ended by the death of a child (SIGCHLD, EINTR), as that of a cat whose input is empty.
  mkfifo /run/in /run/out /run/err
  exec 4<>/run/in 5</run/in 6>/run/in 4>&-
  cat <"$in" >&6 3>&- 5<&- 6>&- &
  exec 6>&-
  exec 4<>/run/out 6</run/out 7>/run/out 4>&-
  cat <&6 >"$out" 3>&- 5<&- 6<&- 7>&- &
  pumps=$!
  exec 6<&-
  exec 4<>/run/err 6</run/err 8>/run/err 4>&-
  cat <&6 >"$err" 3>&- 5<&- 6<&- 7>&- 8>&- &
  pumps="$pumps $!"
  exec 6<&-
  "$@" <&5 >&7 2>&8 3>&- 5<&- 7>&- 8>&-
  status=$?
  exec 5<&- 7>&- 8>&-
  wait $pumps
else
  export PS1='portfire:\w\$ '
  setsid -c "$@" </dev/hvc0 >/dev/hvc0 2>&1 3>&-
  status=$?
fi

if [ -n "$root" ]; then
  kill -9 -1 2>/dev/null
  umount -l /newroot/dev /newroot/proc /newroot/sys /newroot/run
  umount /newroot || mount -o remount,ro /newroot
  sync
fi
finish "exit $status"

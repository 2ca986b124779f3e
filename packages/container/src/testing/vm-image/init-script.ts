/** What the first program of the guest has to know. */
export interface InitOptions {
  /** The directory of the modules. */
  readonly modules: string;
  /** Those that are loaded at once, in this order. */
  readonly eager: readonly string[];
}

/**
 * The first program of the guest, for the shell of busybox. The power button is read from its input device, so that no
 * other program is needed for it.
 */
export function initScript({ modules, eager }: InitOptions): string {
  return `#!/bin/sh
export PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root
mount -t proc proc /proc; mount -t sysfs sys /sys; mount -t devtmpfs dev /dev 2>/dev/null
mkdir -p /dev/pts; mount -t devpts pts /dev/pts
exec </dev/console >/dev/console 2>&1

word() { case " $(cat /proc/cmdline) " in *" $1 "*) return 0;; *) return 1;; esac; }
value() { sed -n "s/^\\(.* \\)\\?$1=\\([^ ]*\\).*/\\2/p" /proc/cmdline; }
has_virtio() { grep -q "$1" /sys/bus/virtio/devices/*/device 2>/dev/null; }
load() { [ ! -e "${modules}/$1.ko" ] || [ -e "/sys/module/$1" ] || insmod "${modules}/$1.ko"; }

for module in ${eager.join(' ')}; do load $module; done
hostname testvm
ip link set lo up

start_network() {
  card=$(ls /sys/class/net | grep -v '^lo$' | head -n 1)
  [ -n "$card" ] || return
  ip link set "$card" up
  if word vm.dhcp; then udhcpc -q -n -i "$card" -s /etc/udhcpc.sh; return; fi
  ip addr add 10.0.2.15/24 dev "$card"
  ip route add default via 10.0.2.2
  echo 'nameserver 10.0.2.3' >/etc/resolv.conf
}

start_ssh() {
  key=/etc/dropbear/dropbear_ed25519_host_key
  if word vm.newhostkey; then rm -f $key; dropbearkey -t ed25519 -f $key >/dev/null 2>&1; fi
  dropbear -s -j -k -p 22 -r $key
}

mount_data() {
  has_virtio 0x0002 && load virtio_blk
  for disk in /dev/vd? /dev/sd?; do
    [ -b "$disk" ] || continue
    [ "$(dd if="$disk" bs=1 skip=32769 count=5 2>/dev/null)" != CD001 ] || continue
    if [ -z "$(dd if="$disk" bs=64k count=1 2>/dev/null | tr -d '\\000')" ]; then /usr/sbin/mke2fs -q -t ext4 "$disk"; fi
    mkdir -p /data
    mount -t ext4 "$disk" /data && echo "init: $disk is on /data" && return
  done
}

start_agent() {
  has_virtio 0x0003 || return
  load virtio_console
  while :; do core-agent; sleep 1; done &
}

watch_power_button() {
  for event in /sys/class/input/event*; do
    [ "$(cat "$event/device/name" 2>/dev/null)" = 'Power Button' ] || continue
    ( dd if="/dev/input/\${event##*/}" bs=24 count=1 of=/dev/null 2>/dev/null
      echo 'init: power button'
      word vm.ignorepower || kill -USR2 1 ) &
  done
}

shut_down() {
  trap '' USR2 TERM
  echo 'init: shutting down'
  kill -TERM -1; usleep 50000; kill -KILL -1
  sync
  umount -a -r 2>/dev/null
  stty cs8 # waits until the console has shown all of it
  poweroff -f
}
trap shut_down USR2 TERM

watch_power_button
start_network
mount_data
word vm.noagent || start_agent
httpd -p 80 -h /www
delay=$(value vm.sshdelay)
if [ -n "$delay" ]; then ( sleep "$delay"; start_ssh; echo "READY ssh" ) &
else start_ssh; echo "READY ssh uptime=$(cut -d' ' -f1 /proc/uptime)"; fi
has_virtio 0x0005 && load virtio_balloon
if word vm.shell; then ( while :; do setsid cttyhack sh; done ) & fi
while :; do sleep 3600 & wait $!; done
`;
}

/** What busybox's DHCP client does with an answer. */
export const DHCP_SCRIPT = `#!/bin/sh
case $1 in
bound | renew)
  ip addr flush dev "$interface"
  ip addr add "$ip/$mask" dev "$interface"
  [ -z "$router" ] || ip route add default via "$router"
  [ -z "$dns" ] || echo "nameserver $dns" >/etc/resolv.conf
  ;;
esac
`;

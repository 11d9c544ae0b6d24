#!/bin/bash
# The first process of the RAM system that copies disk images (hakube image --type ram). It knows nothing about a cluster: it brings up
# the network given on the kernel command line, fetches its script from hakube's server, and runs it until it succeeds.
#
#   hakube.install=URL       the script
#   hakube.card=MAC          the network interface
#   hakube.address=A/MASK    its address, or dhcp
#   hakube.gateway=A  hakube.resolvers=A,B
#   hakube.rescue            a shell on the console instead of a script (pxe/menu.ipxe.ejs)
set -u
export PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin LC_ALL=C HOME=/root
mount -t proc -o nosuid,noexec,nodev proc /proc
mount -t sysfs -o nosuid,noexec,nodev sysfs /sys
mountpoint -q /dev || mount -t devtmpfs -o mode=0755,nosuid devtmpfs /dev
mkdir -p /dev/pts /run
mount -t devpts -o gid=5,mode=620 devpts /dev/pts
mount -t tmpfs -o mode=0755,nosuid,nodev tmpfs /run
ln -sfn /proc/self/fd /dev/fd
# /dev/console is the last console on the command line. Show the same output on the screen.
if [[ $(</sys/class/tty/console/active) == *' '* ]]; then
  exec > >(exec tee /dev/tty0 >/dev/console 2>/dev/null) 2>&1 </dev/null
else
  exec >/dev/console 2>&1 </dev/null
fi
dmesg --console-level err 2>/dev/null || true
say() { printf 'hakube: %s\n' "$*"; }
say 'the RAM system is starting'

# NAME: prints its value on the kernel command line.
argument() { tr ' ' '\n' </proc/cmdline | sed -n "s/^$1=//p" | tail -n 1; }
script=$(argument hakube.install)
card=$(argument hakube.card)
address=$(argument hakube.address)
gateway=$(argument hakube.gateway)
resolvers=$(argument hakube.resolvers)

/lib/systemd/systemd-udevd --daemon --resolve-names=never
udevadm trigger --type=subsystems --action=add
udevadm trigger --type=devices --action=add
udevadm settle --timeout=60 || true
# udev does not load these: no device needs them.
modprobe -a loop efivarfs ext4 xfs btrfs vfat nls_iso8859-1 nls_ascii 2>/dev/null || true

# Puts the name of the network interface in $interface.
find_card() {
  local path own
  interface=
  for path in /sys/class/net/*; do
    [[ -e $path/device ]] || continue
    own=$(<"$path/address")
    if [[ ${own,,} == "${card,,}" ]]; then interface=${path##*/}; fi
  done
  [[ -n $interface ]]
}

connect() {
  if ! find_card; then
    say "this machine has no network interface $card, or its driver or firmware is missing. Interfaces:"
    ip -brief link
    return 1
  fi
  ip link set lo up
  ip link set "$interface" up
  local wait
  for ((wait = 0; wait < 30; wait++)); do
    if [[ $(cat "/sys/class/net/$interface/carrier" 2>/dev/null) == 1 ]]; then break; fi
    sleep 1
  done
  ((wait < 30)) || say "the network interface $interface ($card) has no link"
  if [[ $address == dhcp ]]; then
    busybox udhcpc -i "$interface" -s /etc/udhcpc.script -t 10 -n -q || { say "no DHCP server responds on $interface"; return 1; }
  else
    ip address replace "$address" dev "$interface"
    if [[ -n $gateway ]]; then ip route replace default via "$gateway" dev "$interface"; fi
    : >/etc/resolv.conf
    for server in ${resolvers//,/ }; do echo "nameserver $server" >>/etc/resolv.conf; done
  fi
  say "$interface has the address $(ip -brief address show dev "$interface" | awk '{ print $3 }')"
}

# A shell on the console, in its own session, so that Ctrl-C works. It needs no network, but tries to connect.
if tr ' ' '\n' </proc/cmdline | grep -qx hakube.rescue; then
  connect || say 'no network'
  console=$(</sys/class/tty/console/active)
  say "rescue: a shell on ${console##* }. No disk was changed. Type exit to restart the machine."
  setsid --ctty bash --login <"/dev/${console##* }" >"/dev/${console##* }" 2>&1
  say 'restarting the machine'
  sync
  echo b >/proc/sysrq-trigger
fi

until connect; do
  say 'next try in 15 s'
  sleep 15
  udevadm settle --timeout=15 || true
done

while :; do
  if code=$(curl --silent --show-error --fail --noproxy '*' --connect-timeout 10 --max-time 60 --output /run/install \
    --write-out '%{http_code}' "$script" 2>/run/install.error); then
    status=0
    bash /run/install || status=$?
    rm -f /run/install
    if ((status == 0)); then break; fi
    say "the installation failed with status $status; it starts over in 60 s"
    sleep 60
  else
    if [[ $code == 403 ]]; then
      say 'this machine is not armed: restarting from its disk'
      sleep 10
      break
    fi
    say "$(</run/install.error)"
    say "cannot fetch $script, trying again"
    sleep 10
  fi
done
sync
sleep 2
# There is no init system to ask for a reboot.
echo b >/proc/sysrq-trigger
busybox reboot -f

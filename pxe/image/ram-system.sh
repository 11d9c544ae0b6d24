#!/usr/bin/env bash
# Builds the RAM system that copies disk images: a kernel and an initrd from Debian packages, with init.sh as the first process.
#
#   ram-system.sh DIRECTORY [amd64|arm64]      as root on Debian, with mmdebstrap, cpio and zstd
#
# Writes DIRECTORY/ram-system-ARCHITECTURE/{vmlinuz,initrd.img}. The same packages produce the same bytes.
#
#   HAKUBE_RAM_SUITE      Debian release (trixie)
#   HAKUBE_RAM_MIRROR     its mirror (http://deb.debian.org/debian)
#   HAKUBE_RAM_PACKAGES   more packages, e.g. firmware for network interfaces: "firmware-bnx2x firmware-qlogic"
set -euo pipefail
export LC_ALL=C SOURCE_DATE_EPOCH=${SOURCE_DATE_EPOCH:-1735689600}
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
out=$1
architecture=${2:-$(dpkg --print-architecture)}
suite=${HAKUBE_RAM_SUITE:-trixie}
mirror=${HAKUBE_RAM_MIRROR:-http://deb.debian.org/debian}
packages=(
  bash udev kmod busybox iproute2 curl ca-certificates
  zstd xz-utils gzip util-linux mount fdisk gdisk lvm2 mdadm e2fsprogs xfsprogs btrfs-progs dosfstools attr mawk
)
[[ $architecture != amd64 && $architecture != arm64 ]] || packages+=(efibootmgr)
read -ra more <<<"${HAKUBE_RAM_PACKAGES-}"
packages+=(${more[@]+"${more[@]}"})

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
root=$work/root
{
  include=$(IFS=,; printf '%s' "${packages[*]}")
  # shellcheck disable=SC2054 # mmdebstrap uses commas.
  options=(
    --architectures="$architecture" --variant=essential --components=main,non-free-firmware --include="$include"
    --dpkgopt=force-unsafe-io
    --dpkgopt='path-exclude=/usr/share/doc/*' --dpkgopt='path-exclude=/usr/share/man/*'
    --dpkgopt='path-exclude=/usr/share/locale/*' --dpkgopt='path-exclude=/usr/share/info/*'
    --dpkgopt='path-exclude=/usr/share/zoneinfo/*'
  )
  # Unpack these without their dependencies: the kernel depends on initramfs-tools, growpart on Python.
  cat >"$work/unpack" <<'END'
#!/bin/bash
set -euo pipefail
export APT_CONFIG=$MMDEBSTRAP_APT_CONFIG
cd "$1/tmp"
kernel=$(apt-cache show "$2" | sed -n 's/^Depends: \(linux-image-[^ ,]*\).*/\1/p' | head -n 1)
apt-get --quiet --option APT::Sandbox::User=root download "$kernel" cloud-guest-utils
dpkg-deb --fsys-tarfile linux-image-*.deb | tar --extract --keep-directory-symlink --directory="$1" ./boot --wildcards './*lib/modules'
dpkg-deb --fsys-tarfile cloud-guest-utils_*.deb | tar --extract --keep-directory-symlink --directory="$1" ./usr/bin/growpart
rm ./*.deb
END
  chmod 0755 "$work/unpack"
  mmdebstrap "${options[@]}" --customize-hook="$work/unpack \"\$1\" linux-image-$architecture" \
    "$suite" "$root" "$mirror"
  kernel=("$root"/boot/vmlinuz-*)
  version=${kernel[0]##*/vmlinuz-}
  mkdir -p "$work/out"
  cp "${kernel[0]}" "$work/out/vmlinuz"

  # Remove drivers that an installation does not need, unless others depend on them: ice needs gnss, ixgbe needs xfrm_algo.
  modules=$root/usr/lib/modules/$version
  depmod --basedir "$root" "$version"
  unneeded='^kernel/(sound|samples|virt)/
^kernel/drivers/(accel|accessibility|bluetooth|comedi|counter|cpufreq|crypto|devfreq|gnss|gpu|greybus|hwmon|iio|infiniband|isdn|leds|macintosh|media|memstick|mtd|most|parport|pcmcia|power|rtc|siox|soundwire|staging|thermal|uio|video|w1|watchdog)/
^kernel/drivers/input/(joystick|tablet|touchscreen)/
^kernel/drivers/net/(can|hamradio|ieee802154|ppp|usb|vxlan|wireguard|wireless|wwan)/
^kernel/drivers/usb/(atm|dwc2|dwc3|gadget|misc|serial)/
^kernel/net/(6lowpan|appletalk|ax25|batman-adv|bluetooth|can|ceph|ieee802154|lapb|mac80211|mac802154|mpls|mptcp|netfilter|netrom|nfc|openvswitch|phonet|rds|rose|rxrpc|sched|sctp|smc|sunrpc|tipc|vmw_vsock|wireless|x25|xfrm)/
^kernel/net/(ipv4|ipv6|bridge)/netfilter/
^kernel/fs/(9p|adfs|affs|afs|bcachefs|befs|bfs|ceph|coda|dlm|ecryptfs|efs|erofs|exfat|f2fs|freevxfs|fuse|gfs2|hfs|hfsplus|hpfs|isofs|jffs2|jfs|lockd|minix|netfs|nfs|nfs_common|nfsd|nilfs2|ntfs3|ocfs2|omfs|orangefs|overlayfs|qnx4|qnx6|quota|reiserfs|romfs|smb|squashfs|sysv|ubifs|udf|ufs|vboxsf|zonefs)/'
  grep -vE "$unneeded" "$modules/modules.dep" | tr -d : | tr ' ' '\n' | sort -u >"$work/needed"
  (cd "$modules" && find kernel -name '*.ko*' | sort | comm -23 - "$work/needed" | xargs --no-run-if-empty rm)
  depmod --basedir "$root" "$version"
  rm -rf "${root:?}"/boot/* "$root"/var/{cache,log,lib/apt,lib/dpkg} "$root"/usr/share/{bash-completion,bug,common-licenses,debconf,doc,doc-base,gcc,gdb,icons,initramfs-tools,keyrings,lintian,locale,man,menu,perl5,pixmaps,polkit-1,zsh} \
    "$root"/usr/lib/{python3*,systemd/system,systemd/user,x86_64-linux-gnu/perl*,aarch64-linux-gnu/perl*} \
    "$root"/usr/bin/{perl*,btrfs-convert} "${root:?}"/tmp/* "${root:?}"/dev/* "${root:?}"/run/*
  install -m 0755 "$here/init.sh" "$root/init"
  cat >"$root/etc/udhcpc.script" <<'END'
#!/bin/sh
# Applies the lease of busybox's DHCP client.
[ "$1" = bound ] || [ "$1" = renew ] || exit 0
ip address replace "$ip/$mask" dev "$interface"
for each in $router; do ip route replace default via "$each" dev "$interface"; break; done
: >/etc/resolv.conf
for each in $dns; do echo "nameserver $each" >>/etc/resolv.conf; done
END
  chmod 0755 "$root/etc/udhcpc.script"
  rm -f "$root/etc/resolv.conf"
  printf 'hakube-ram\n' >"$root/etc/hostname"
  find "$root" -newermt "@$SOURCE_DATE_EPOCH" -print0 | xargs -0r touch --no-dereference --date="@$SOURCE_DATE_EPOCH"
  (cd "$root" && find . -print0 | sort -z | cpio --null --create --format=newc --reproducible --owner=0:0 --quiet) |
    zstd -q -15 -T0 >"$work/out/initrd.img"
  mkdir -p "$out/ram-system-$architecture"
  chmod 0644 "$work/out"/*
  mv "$work/out"/* "$out/ram-system-$architecture/"
} >&2
printf '%s\n' "$out/ram-system-$architecture"

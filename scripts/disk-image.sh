#!/usr/bin/env bash
# Builds an image of a whole disk with a Debian 12 that starts by BIOS, for the test of the install method `image`: what a cloud image has, and
# the packages that hakube's components ask for already in it, so that a rack without a package mirror comes up.
#
#   scripts/disk-image.sh          prints the directory with disk.raw.zst; builds only when this script changed
#
# It is kept in $XDG_CACHE_HOME/hakube (default ~/.cache/hakube).
set -euo pipefail

packages=(
  systemd-sysv systemd-timesyncd- dbus udev linux-image-cloud-amd64 initramfs-tools grub-pc-bin cloud-init netplan.io
  netbase ca-certificates curl iproute2 iputils-ping procps kmod nftables sudo openssh-server
  haproxy keepalived conntrackd conntrack chrony cloud-guest-utils e2fsprogs zstd
)
options=(
  --dpkgopt=force-unsafe-io
  --dpkgopt='path-exclude=/usr/share/doc/*' --dpkgopt='path-exclude=/usr/share/man/*'
  --dpkgopt='path-exclude=/usr/share/locale/*' --dpkgopt='path-exclude=/usr/share/info/*'
)

hash=$(sha256sum "$0" | cut -c1-16)
cache=${XDG_CACHE_HOME:-$HOME/.cache}/hakube
directory=$cache/disk-image-$hash
mkdir -p "$cache"
exec 9>"$cache/disk-image.lock"
flock 9
if [[ -e $directory/complete ]]; then
  printf '%s\n' "$directory"
  exit 0
fi

work=$(mktemp -d "$cache/disk-image.XXXXXX")
trap 'rm -rf "$work"' EXIT
mkdir "$work/out"
root=$work/root

# FILE OFFSET NUMBER: eight bytes, the lowest first.
patch() {
  local number=$3 text=''
  for _ in 1 2 3 4 5 6 7 8; do
    text+=$(printf '\\x%02x' $((number & 255)))
    number=$((number >> 8))
  done
  # shellcheck disable=SC2059 # They are escapes.
  printf "$text" | dd of="$1" bs=1 seek="$2" conv=notrunc status=none
}

{
  include=$(IFS=,; printf '%s' "${packages[*]}")
  # shellcheck disable=SC2016 # mmdebstrap's own shell expands "$1" to the new root.
  mmdebstrap --variant=minbase --components=main --include="$include" "${options[@]}" \
    --customize-hook='rm -rf "$1"/var/lib/apt/lists/* "$1"/var/cache/apt/*' \
    --customize-hook='systemctl --root="$1" disable haproxy keepalived conntrackd || true' \
    --customize-hook='systemctl --root="$1" enable systemd-networkd' \
    --customize-hook='rm -f "$1"/etc/ssh/ssh_host_* "$1"/etc/machine-id && touch "$1"/etc/machine-id' \
    bookworm "$root"
  echo 'LABEL=root / ext4 errors=remount-ro 0 1' >"$root/etc/fstab"
  kernel=$(basename "$root"/boot/vmlinuz-*)
  initrd=$(basename "$root"/boot/initrd.img-*)
  mkdir -p "$root/boot/grub"
  cat >"$root/boot/grub/grub.cfg" <<END
serial --unit=0 --speed=115200
terminal_output console serial
linux /boot/$kernel root=LABEL=root ro console=tty0 console=ttyS0,115200 net.ifnames=0
initrd /boot/$initrd
boot
END
  # The machine has no update-grub: the profile wants no kernel arguments.
  cat >"$root/tmp/early.cfg" <<'END'
search --no-floppy --label root --set=root
set prefix=($root)/boot/grub
END
  chroot "$root" grub-mkimage --format=i386-pc --output=/tmp/core.img --prefix=/boot/grub --config=/tmp/early.cfg \
    biosdisk part_gpt ext2 normal configfile linux search search_label serial boot
  mv "$root/tmp/core.img" "$work/core.img"
  cp "$root/usr/lib/grub/i386-pc/boot.img" "$work/boot.img"
  rm -rf "$root"/tmp/* "$root/usr/lib/grub"

  # 1 MiB for the table, 1 MiB for GRUB, the system, 1 MiB for the copy of the table.
  size=1280
  truncate --size=$((size - 3))M "$work/system"
  mke2fs -q -t ext4 -L root -d "$root" "$work/system"
  disk=$work/disk.raw
  truncate --size=${size}M "$disk"
  sfdisk --quiet "$disk" <<END
label: gpt
start=1MiB, size=1MiB, type=21686148-6449-6E6F-744E-656564454649
start=2MiB, size=$((size - 3))MiB, type=0FC63DAF-8483-4772-8E79-3D69D8477DE4
END
  dd if="$work/system" of="$disk" bs=1M seek=2 conv=notrunc,sparse status=none
  # As grub-bios-setup does: the sector of the rest goes to 0x5c of the first, and that of what follows to 0x1f4 of the rest
  # (include/grub/i386/pc/boot.h, GRUB_BOOT_MACHINE_KERNEL_SECTOR; struct grub_pc_bios_boot_blocklist).
  patch "$work/boot.img" $((0x5c)) 2048
  patch "$work/core.img" $((0x1f4)) 2049
  dd if="$work/boot.img" of="$disk" bs=440 count=1 conv=notrunc status=none
  dd if="$work/core.img" of="$disk" bs=512 seek=2048 conv=notrunc status=none
  zstd -q -3 -T0 "$disk" -o "$work/out/disk.raw.zst"
} >&2
touch "$work/out/complete"
rm -rf "$directory"
mv "$work/out" "$directory"
printf '%s\n' "$directory"

#!/usr/bin/env bash
# Builds the diskless Debian 12 that the rack test boots: kernel, initrd and root image, with the packages that hakube's
# components ask for already in it, so that a rack without a package mirror comes up.
#
#   scripts/rack-image.sh          prints the directory; builds only when this script or the package list changed
#
# The directory has the layout of `hakube serve --assets DIR`. It is kept in $XDG_CACHE_HOME/hakube (default ~/.cache/hakube).
set -euo pipefail

packages=(
  systemd-sysv systemd-timesyncd- dbus udev linux-image-cloud-amd64 live-boot cloud-init ifupdown isc-dhcp-client
  netbase ca-certificates curl iproute2 iputils-ping procps kmod nftables sudo openssh-server
  haproxy keepalived conntrackd conntrack chrony
)
# An image that a power cut spoils is built again: dpkg need not wait for the disk after each file.
options=(
  --dpkgopt=force-unsafe-io
  --dpkgopt='path-exclude=/usr/share/doc/*' --dpkgopt='path-exclude=/usr/share/man/*'
  --dpkgopt='path-exclude=/usr/share/locale/*' --dpkgopt='path-exclude=/usr/share/info/*'
)

hash=$(sha256sum "$0" | cut -c1-16)
cache=${XDG_CACHE_HOME:-$HOME/.cache}/hakube
directory=$cache/rack-image-$hash
assets=debian-12-amd64
if [[ -e $directory/complete ]]; then
  printf '%s\n' "$directory"
  exit 0
fi
mkdir -p "$cache"
exec 9>"$cache/rack-image.lock"
flock 9
if [[ -e $directory/complete ]]; then
  printf '%s\n' "$directory"
  exit 0
fi

work=$(mktemp -d "$cache/rack-image.XXXXXX")
trap 'rm -rf "$work"' EXIT
mkdir -p "$work/root" "$work/out/$assets"
# shellcheck disable=SC2016 # mmdebstrap's own shell expands "$1" to the new root.
{
  include=$(IFS=,; printf '%s' "${packages[*]}")
  mmdebstrap --variant=minbase --components=main --include="$include" "${options[@]}" \
    --customize-hook='rm -rf "$1"/var/lib/apt/lists/* "$1"/var/cache/apt/*.bin' \
    --customize-hook='systemctl --root="$1" disable haproxy keepalived conntrackd || true' \
    --customize-hook='rm -f "$1"/etc/ssh/ssh_host_* "$1"/etc/machine-id && touch "$1"/etc/machine-id' \
    bookworm "$work/root"
  cp "$work"/root/boot/vmlinuz-* "$work/out/$assets/vmlinuz"
  cp "$work"/root/boot/initrd.img-* "$work/out/$assets/initrd.img"
  rm -rf "$work"/root/boot/*
  mksquashfs "$work/root" "$work/out/$assets/root.squashfs" -comp zstd -Xcompression-level 3 -no-xattrs -quiet -no-progress -noappend
} >&2
touch "$work/out/complete"
rm -rf "$directory"
mv "$work/out" "$directory"
printf '%s\n' "$directory"

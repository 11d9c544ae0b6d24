#!/usr/bin/env bash
# Fetches what the boot loader tests boot with, by apt, which verifies it by Debian's signatures: a kernel and a busybox of each
# architecture, and the boot loaders of later releases of Debian.
#
#   scripts/boot-loaders.sh          prints the directory; fetches only when this script changed
#
# It is kept in $XDG_CACHE_HOME/hakube (default ~/.cache/hakube). Nothing is installed.
set -euo pipefail

hash=$(sha256sum "$0" | cut -c1-16)
cache=${XDG_CACHE_HOME:-$HOME/.cache}/hakube
directory=$cache/boot-loaders-$hash
mkdir -p "$cache"
exec 9>"$cache/boot-loaders.lock"
flock 9
if [[ ! -e $directory/complete ]]; then
  work=$(mktemp -d "$cache/boot-loaders.XXXXXX")
  trap 'rm -rf "$work"' EXIT
  {
    mkdir -p "$work"/apt/{state/lists/partial,cache/archives/partial,etc} "$work/packages" "$work/out"
    key=/usr/share/keyrings/debian-archive-keyring.gpg
    for suite in bookworm trixie sid; do
      printf 'deb [signed-by=%s] http://deb.debian.org/debian %s main\n' "$key" "$suite"
    done >"$work/apt/etc/sources.list"
    options=(
      -q -o "Dir::State=$work/apt/state" -o "Dir::Cache=$work/apt/cache" -o "Dir::Etc::SourceList=$work/apt/etc/sources.list"
      -o Dir::Etc::SourceParts=/dev/null -o Acquire::Languages=none -o APT::Architectures::=amd64 -o APT::Architectures::=arm64
      -o APT::Sandbox::User=root
    )
    apt-get "${options[@]}" update
    cd "$work/packages"
    # fetch NAME PACKAGE: its files below NAME/.
    fetch() {
      apt-get "${options[@]}" download "$2"
      dpkg-deb --extract ./*.deb "$work/packages/$1"
      rm ./*.deb
    }
    for architecture in amd64 arm64; do
      kernel=$(apt-cache "${options[@]}" show "linux-image-cloud-$architecture:$architecture/bookworm" |
        sed -n 's/^Depends: \(linux-image-[^ ,]*\).*/\1/p' | head -n 1)
      fetch "kernel-$architecture" "$kernel:$architecture/bookworm"
      cp "kernel-$architecture"/boot/vmlinuz-* "$work/out/vmlinuz-$architecture"
      fetch "busybox-$architecture" "busybox-static:$architecture/bookworm"
      # It prints the kernel's command line on each serial port, and switches the machine off.
      root=$work/packages/root-$architecture
      mkdir -p "$root"/{bin,proc,dev}
      cp "busybox-$architecture/bin/busybox" "$root/bin/"
      cat >"$root/init" <<'INIT'
#!/bin/busybox sh
/bin/busybox mount -t proc proc /proc
/bin/busybox mount -t devtmpfs dev /dev
for port in ttyS0 ttyAMA0; do
  [ -c /dev/$port ] && { printf '\nhakube-test: '; /bin/busybox cat /proc/cmdline; printf '\nhakube-test-end\n'; } >/dev/$port
done
/bin/busybox poweroff -f
INIT
      chmod 755 "$root/init"
      (cd "$root" && find . | cpio --create --format=newc --quiet | gzip -n) >"$work/out/initrd-$architecture"
    done
    for suite in bookworm trixie sid; do
      fetch "ipxe-$suite" "ipxe/$suite"
      mkdir "$work/out/ipxe-$suite"
      cp "ipxe-$suite/usr/lib/ipxe/"{undionly.kpxe,ipxe.iso} "$work/out/ipxe-$suite/"
      if [[ $suite == bookworm ]]; then
        cp "ipxe-$suite/boot/"ipxe.{efi,lkrn} "$work/out/ipxe-$suite/"
      else
        cp "ipxe-$suite/usr/lib/ipxe/ipxe.lkrn" "$work/out/ipxe-$suite/"
        cp "ipxe-$suite/usr/lib/ipxe/ipxe-amd64.efi" "$work/out/ipxe-$suite/ipxe.efi"
        cp "ipxe-$suite/usr/lib/ipxe/ipxe-arm64.efi" "$work/out/ipxe-$suite/ipxe-arm64.efi"
      fi
    done
    for suite in bookworm trixie; do
      fetch "grub-$suite" "grub-efi-amd64-signed/$suite"
      cp "grub-$suite/usr/lib/grub/x86_64-efi-signed/grubnetx64.efi.signed" "$work/out/grubnetx64-$suite.efi"
    done
    fetch shim shim-signed:amd64/bookworm
    cp shim/usr/lib/shim/shimx64.efi.signed "$work/out/shimx64.efi"
    chmod -R a+rX "$work/out"
  } >&2
  touch "$work/out/complete"
  rm -rf "$directory"
  mv "$work/out" "$directory"
fi
printf '%s\n' "$directory"

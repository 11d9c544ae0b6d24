#!/usr/bin/env bash
# Unpacks the haproxy and keepalived of another release of Debian, with all that they need to run, into a directory of their own:
# for tests of what hakube writes against releases that this machine does not have.
#
#   scripts/load-balancers-image.sh bullseye|trixie|sid|experimental
#
# Prints the directory. It is kept in $XDG_CACHE_HOME/hakube (default ~/.cache/hakube) and made again only when this script changed.
set -euo pipefail

suite=$1
# `haproxy=3.*` is the highest that there is, though apt takes nothing from experimental by itself.
case $suite in
  bullseye | trixie) haproxy=haproxy suites=("$suite") ;;
  sid) haproxy=haproxy suites=(sid) ;;
  experimental) haproxy='haproxy=3.*' suites=(sid experimental) ;;
  *)
    echo "no release ${suite@Q}" >&2
    exit 2
    ;;
esac
# Without packages of the rest of a system. setpriv (util-linux) stands for what a container runtime does to capabilities.
packages=("$haproxy" keepalived iproute2 base-files bash dash coreutils grep libc-bin sed util-linux)
# Signatures are checked; a mirror or cache that is some weeks behind does no harm here.
options=(--aptopt='Acquire::Check-Valid-Until "false"')
for directory in doc man locale info; do options+=(--dpkgopt="path-exclude=/usr/share/$directory/*"); done
sources=()
for each in "${suites[@]}"; do sources+=("deb http://deb.debian.org/debian $each main"); done

hash=$(sha256sum "$0" | cut -c1-16)
cache=${XDG_CACHE_HOME:-$HOME/.cache}/hakube
directory=$cache/load-balancers-$suite-$hash
mkdir -p "$cache"
exec 9>"$cache/load-balancers.lock"
flock 9
if [[ ! -e $directory ]]; then
  work=$(mktemp -d "$cache/load-balancers.XXXXXX")
  trap 'rm -rf "$work"' EXIT
  include=$(IFS=,; printf '%s' "${packages[*]}")
  mmdebstrap --variant=extract --include="$include" "${options[@]}" "${suites[0]}" "$work/root" "${sources[@]}" >&2
  # Nothing was configured: the users of the distribution, and those that the packages make for themselves.
  printf '%s:x:%s:%s::/:/usr/sbin/nologin\n' root 0 0 haproxy 999 999 nobody 65534 65534 >"$work/root/etc/passwd"
  printf '%s:x:%s:\n' root 0 haproxy 999 nogroup 65534 >"$work/root/etc/group"
  mkdir -p "$work"/root/{proc,sys,dev,run,tmp,mnt,var/lib/haproxy}
  chmod 0755 "$work/root"
  mv "$work/root" "$directory"
fi
printf '%s\n' "$directory"

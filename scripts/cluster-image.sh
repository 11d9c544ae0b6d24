#!/usr/bin/env bash
# Builds what the machines of the cluster test start from: a Debian (12, or that of another suite) with the packages that hakube's components ask for
# already in it, Kubernetes 1.20.2 as packages, and containerd's directory with the images that kubeadm wants. So the `packages`
# step finds all of them at their version, and nothing is fetched while the cluster comes up.
#
#   scripts/cluster-image.sh DIRECTORY [SUITE]     DIRECTORY holds binaries.tar.xz, make-image.py and pause.c
#
# Prints the directory of the image: root/ is the system, containerd/ what becomes /var/lib/containerd. It is kept in
# $XDG_CACHE_HOME/hakube (default ~/.cache/hakube) and built again only when this script or its inputs changed.
set -euo pipefail

version=1.20.2
given=$(realpath "$1")
suite=${2:-bookworm}
packages=(
  systemd-sysv systemd-timesyncd- dbus libpam-systemd udev cloud-init ifupdown isc-dhcp-client
  netbase ca-certificates curl iproute2 iputils-ping procps psmisc kmod nftables sudo openssh-server
  haproxy keepalived conntrackd conntrack chrony
  containerd runc containernetworking-plugins iptables ethtool socat ebtables etcd-server etcd-client
)
# An image that a power cut spoils is built again: dpkg need not wait for the disk after each file.
options=(
  --dpkgopt=force-unsafe-io
  --dpkgopt='path-exclude=/usr/share/doc/*' --dpkgopt='path-exclude=/usr/share/man/*'
  --dpkgopt='path-exclude=/usr/share/locale/*' --dpkgopt='path-exclude=/usr/share/info/*'
)

inputs=("$given"/{binaries.tar.xz,make-image.py,pause.c})
hash=$(sha256sum "$0" "${inputs[@]}" | cut -d' ' -f1 | sha256sum | cut -c1-16)
cache=${XDG_CACHE_HOME:-$HOME/.cache}/hakube
directory=$cache/cluster-image-$suite-$hash
if [[ -e $directory/complete ]]; then
  printf '%s\n' "$directory"
  exit 0
fi
mkdir -p "$cache"
exec 9>"$cache/cluster-image.lock"
flock 9
if [[ -e $directory/complete ]]; then
  printf '%s\n' "$directory"
  exit 0
fi

work=$(mktemp -d "$cache/cluster-image.XXXXXX")
trap 'rm -rf "$work"' EXIT
chmod 0755 "$work"
root=$work/out/root
mkdir -p "$root" "$work/out/containerd" "$work/programs" "$work/debs" "$work/images"

# package NAME DEPENDS: a Debian package of the files under packages/NAME.
package() {
  mkdir -p "$work/packages/$1/DEBIAN"
  cat >"$work/packages/$1/DEBIAN/control" <<END
Package: $1
Version: $version-1.1
Architecture: amd64
Maintainer: hakube's tests <root@localhost>
Depends: $2
Description: $1 $version for hakube's tests
END
  dpkg-deb --root-owner-group -Znone --build "$work/packages/$1" "$work/debs/$1.deb"
}

# The unit and its drop-in as in the packages of the Kubernetes project:
# https://github.com/kubernetes/release/tree/v0.7.0/packages/deb
kubelet_files() {
  local to=$work/packages/kubelet
  install -D -m 0755 "$work/programs/kubelet" "$to/usr/bin/kubelet"
  install -D -m 0644 /dev/stdin "$to/lib/systemd/system/kubelet.service" <<'END'
[Unit]
Description=kubelet: The Kubernetes Node Agent
Documentation=https://kubernetes.io/docs/home/
Wants=network-online.target
After=network-online.target

[Service]
ExecStart=/usr/bin/kubelet
Restart=always
StartLimitInterval=0
RestartSec=10

[Install]
WantedBy=multi-user.target
END
}

kubeadm_files() {
  local to=$work/packages/kubeadm
  install -D -m 0755 "$work/programs/kubeadm" "$to/usr/bin/kubeadm"
  install -D -m 0644 /dev/stdin "$to/etc/systemd/system/kubelet.service.d/10-kubeadm.conf" <<'END'
[Service]
Environment="KUBELET_KUBECONFIG_ARGS=--bootstrap-kubeconfig=/etc/kubernetes/bootstrap-kubelet.conf --kubeconfig=/etc/kubernetes/kubelet.conf"
Environment="KUBELET_CONFIG_ARGS=--config=/var/lib/kubelet/config.yaml"
EnvironmentFile=-/var/lib/kubelet/kubeadm-flags.env
EnvironmentFile=-/etc/default/kubelet
ExecStart=
ExecStart=/usr/bin/kubelet $KUBELET_KUBECONFIG_ARGS $KUBELET_CONFIG_ARGS $KUBELET_KUBEADM_ARGS $KUBELET_EXTRA_ARGS
END
}

image() {
  ROOT=$root python3 "$given/make-image.py" "$work/images/${1//[:\/]/_}.tar" "$@"
}

{
  tar -xJf "$given/binaries.tar.xz" -C "$work/programs" --wildcards --transform 's,.*/,,' '*kube*'
  include=$(IFS=,; printf '%s' "${packages[*]}")
  mmdebstrap --variant=minbase --components=main --include="$include" "${options[@]}" "$suite" "$root"

  kubelet_files
  package kubelet 'kubernetes-cni, iptables, iproute2, socat, util-linux, mount, ebtables, ethtool, conntrack'
  kubeadm_files
  package kubeadm 'kubelet, kubectl, cri-tools'
  install -D -m 0755 "$work/programs/kubectl" "$work/packages/kubectl/usr/bin/kubectl"
  package kubectl libc6
  install -D -m 0755 /dev/stdin "$work/packages/cri-tools/usr/bin/crictl" <<'END'
#!/bin/bash
# Stands for crictl, which is in no package of Debian: what kubeadm 1.20 asks it, by containerd's own ctr.
set -euo pipefail
while [[ ${1-} == -* ]]; do case $1 in -r | --runtime-endpoint) shift 2 ;; *) shift ;; esac done
ask() { ctr --namespace k8s.io "$@"; }
remove_pod() {
  local uid id
  uid=$(ask containers info "$1" | sed -n 's/.*"io.kubernetes.pod.uid": "\(.*\)".*/\1/p' | head -n 1)
  # The containers of the pod, then the one that holds its namespaces.
  for id in $(ask containers ls -q "labels.\"io.kubernetes.pod.uid\"==$uid,labels.\"io.cri-containerd.kind\"==container") "$1"; do
    ask tasks kill --signal KILL "$id" 2>/dev/null || true
    ask tasks rm --force "$id" 2>/dev/null || true
    ask containers rm "$id" || true
  done
}
command=$1
shift
case $command in
  info) ask version >/dev/null && echo '{}' ;;
  inspecti) [[ -n $(ask images ls -q "name==$1") ]] && echo "$1" ;;
  pods) ask containers ls -q 'labels."io.cri-containerd.kind"==sandbox' ;;
  # kubeadm stops each pod and then removes it: all at once here.
  stopp) remove_pod "$1" ;;
  rmp) ;;
  *)
    echo "crictl of the test cannot $command $*" >&2
    exit 1
    ;;
esac
END
  package cri-tools containerd
  mkdir -p "$work/packages/kubernetes-cni/opt/cni/bin"
  cp "$root"/usr/lib/cni/* "$work/packages/kubernetes-cni/opt/cni/bin/"
  package kubernetes-cni libc6
  mkdir "$root/debs"
  cp "$work"/debs/*.deb "$root/debs/"
  chroot "$root" sh -c 'dpkg --install /debs/*.deb'
  rm -rf "$root/debs"

  # What starts is what hakube's steps enable.
  systemctl --root="$root" disable haproxy keepalived conntrackd etcd containerd chrony kubelet
  rm -rf "$root"/var/lib/apt/lists/* "$root"/var/cache/apt/*.bin "$root"/etc/ssh/ssh_host_* "$root"/var/lib/etcd/*
  : >"$root/etc/machine-id"

  registry=k8s.gcr.io
  for name in kube-apiserver kube-controller-manager kube-scheduler; do
    image "$registry/$name:v$version" "$work/programs/$name=/usr/local/bin/$name"
  done
  libraries=()
  for name in iptables iptables-save iptables-restore ip6tables ip6tables-save ip6tables-restore conntrack; do
    libraries+=("lib:/usr/sbin/$name")
  done
  image "$registry/kube-proxy:v$version" "$work/programs/kube-proxy=/usr/local/bin/kube-proxy" "${libraries[@]}" \
    lib:/bin/sh lib:/bin/cat dir:/usr/lib/x86_64-linux-gnu/xtables
  image "$registry/etcd:3.4.13-0" lib:/usr/bin/etcd lib:/usr/bin/etcdctl
  # Load balancing in static pods. Without curl and wget in the image, its check has to do with bash.
  names=("$root/etc/passwd=/etc/passwd" "$root/etc/group=/etc/group")
  image docker.io/library/haproxy:3.2.6 lib:/usr/sbin/haproxy "${names[@]}"
  image registry.example.com/keepalived:2.2.7 lib:/usr/sbin/keepalived lib:/bin/sh lib:/bin/bash "${names[@]}"
  gcc -static -Os -o "$work/pause" "$given/pause.c"
  image "$registry/pause:3.2" "$work/pause=/pause"
  # No name service in the cluster: what stands for it answers the probes of the kubelet and no more.
  gcc -static -Os -x c -o "$work/coredns" - <<'END'
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>
static int at(int port) {
  struct sockaddr_in a = {.sin_family = AF_INET, .sin_port = htons(port)};
  int one = 1, s = socket(AF_INET, SOCK_STREAM, 0);
  setsockopt(s, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
  return bind(s, (void *)&a, sizeof a) || listen(s, 9) ? -1 : s;
}
int main() {
  int s = at(fork() ? 8080 : 8181), c;
  char b[4096];
  while ((c = accept(s, 0, 0)) >= 0) {
    read(c, b, sizeof b);
    write(c, "HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\nOK", 40);
    close(c);
  }
  return 1;
}
END
  image "$registry/coredns:1.7.0" "$work/coredns=/coredns"

  # containerd itself unpacks them, in namespaces that end with it.
  # shellcheck disable=SC2016 # The inner shells expand these.
  unshare --mount --pid --fork --kill-child bash -euc '
    mkdir -p "$1/var/lib/containerd"
    mount --bind "$2/containerd" "$1/var/lib/containerd"
    mount --bind "$3" "$1/mnt"
    mount -t proc proc "$1/proc"
    mount --rbind /sys "$1/sys"
    mount --rbind /dev "$1/dev"
    mount -t tmpfs tmpfs "$1/run"
    chroot "$1" bash -euc "
      containerd >/run/containerd.log 2>&1 &
      for ((try = 0; try < 100; try++)); do ctr version >/dev/null 2>&1 && break; sleep 0.1; done
      for file in /mnt/*.tar; do ctr -n k8s.io images import \$file; done
      kill %1
      wait || true
    "
  ' - "$root" "$work/out" "$work/images"
} >&2
touch "$work/out/complete"
rm -rf "$directory"
mv "$work/out" "$directory"
printf '%s\n' "$directory"

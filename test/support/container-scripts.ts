/*
 * Machines as systemd containers: a complete system from its init on, with a network interface, a disk that survives a power
 * cut, and cloud-init. A machine knows only what is on its command line. The image is not changed: `shim`, the first process,
 * makes up for what a container lacks, and then becomes systemd. It handles:
 *
 * - /sys/fs/cgroup and /proc/sys/net are read-only in systemd's containers. Writable again: both are the machine's own.
 * - Kernel settings that belong to no namespace are files of the machine's own. What is written can be read again, and the
 *   kernel of the test's machine stays as it is. nf_conntrack_max is one of them: only the first network namespace can write it.
 * - Kernel modules: the kernel's, which have to be there. /lib/modules says that they are built in, so that modprobe agrees.
 * - The clock: chronyd measures and leaves it alone (-x).
 * - /dev/kmsg, which the kubelet reads, is a null device: not a link to /dev/null, over which ProtectKernelLogs= would put its lock.
 * - Where even root may not lower oom_score_adj (no CAP_SYS_RESOURCE), runc would die of it. A runc before runc asks for 0. And it
 *   kills a container's first process, with which all others end, in place of all that are in its control group: of control groups
 *   v1, systemd takes the one that runc looks into away from a container when the next pod starts.
 *
 * All processes of a machine live in a PID namespace that ends with the process of the test, and its mounts and network with
 * them. Only its directory and its empty control groups outlive a kill of the test; the next `openContainers` removes both.
 */

export const shim = String.raw`#!/bin/sh
for d in /sys/fs/cgroup /sys/fs/cgroup/*; do [ -L "$d" ] || mount -o remount,rw,bind "$d" || true; done
mount --bind /proc/sys/net /proc/sys/net
mount -o remount,rw,bind /proc/sys/net
own() {
  mkdir -p /run/own-sysctls
  f=/run/own-sysctls/$(echo "$1" | tr / _)
  cat "/proc/sys/$1" >"$f"
  mount --bind "$f" "/proc/sys/$1"
}
own vm/overcommit_memory
own vm/panic_on_oom
own kernel/panic
own kernel/panic_on_oops
own kernel/keys/root_maxkeys
own kernel/keys/root_maxbytes
own fs/inotify/max_user_instances
own net/netfilter/nf_conntrack_max
[ -e /dev/kmsg ] || mknod -m 0600 /dev/kmsg c 1 3
mount --make-rshared /
exec /sbin/init "$@"
`

export const runc = String.raw`#!/bin/bash
set -eu
words=() last= kills=
for word; do
  case $last in --bundle | -b) sed -i 's/"oomScoreAdj":-[0-9]*/"oomScoreAdj":0/' "$word/config.json" ;; esac
  if [[ $word == kill ]]; then kills=yes; fi
  if [[ -z $kills || $word != --all ]]; then words+=("$word"); fi
  last=$word
done
exec /usr/sbin/runc "\${words[@]}"
`.replaceAll('\\${', '${')

/** Modules that the machines need; `path` is there when the kernel has them. */
export const modules = [
  { name: 'br_netfilter', file: 'kernel/net/bridge/br_netfilter.ko', path: '/proc/sys/net/bridge' },
  { name: 'nf_conntrack', file: 'kernel/net/netfilter/nf_conntrack.ko', path: '/proc/sys/net/netfilter' },
  { name: 'overlay', file: 'kernel/fs/overlayfs/overlay.ko', path: '/sys/module/overlay' },
]

/** Starts a machine in its own namespaces. Once it is ready, it gets its network interface, and then its init starts. */
export const boot = String.raw`#!/bin/bash
set -eu
directory=$1 name=$2 image=$3 support=$4 group=$5
shift 5
mount --make-rprivate /
mount -t overlay "$name" -o "lowerdir=$image/root,upperdir=$directory/upper,workdir=$directory/work" "$directory/root"
hierarchy() {
  case $1 in
    '') if [ -d /sys/fs/cgroup/unified ]; then echo /sys/fs/cgroup/unified; else echo /sys/fs/cgroup; fi ;;
    name=*) echo "/sys/fs/cgroup/\${1#name=}" ;;
    *) echo "/sys/fs/cgroup/$1" ;;
  esac
}
groups=$(cat /proc/self/cgroup)
while IFS=: read -r _ controllers path; do
  into=$(hierarchy "$controllers")\${path%/}/$group
  mkdir -p "$into"
  if [ -e "$into/cpuset.cpus" ]; then
    cat "$into/../cpuset.cpus" >"$into/cpuset.cpus"
    cat "$into/../cpuset.mems" >"$into/cpuset.mems"
    echo 1 >"$into/cgroup.clone_children" || true
  fi
  echo "$into" >>"$directory/control-groups"
  echo 0 >"$into/cgroup.procs"
done <<END
$groups
END
echo namespaces-are-there
until [ -e /sys/class/net/eth0 ] || ip link show eth0 >/dev/null 2>&1; do sleep 0.05; done
cd /
export SYSTEMD_SECCOMP=0
systemd-nspawn --quiet --keep-unit --register=no --kill-signal=SIGRTMIN+3 --private-users=no --capability=all \
  --machine="$name" --hostname=localhost --directory="$directory/root" --network-namespace-path=/proc/self/ns/net \
  --resolv-conf=off --timezone=off --link-journal=no --console=pipe \
  --bind="$directory/containerd:/var/lib/containerd" --bind="$directory/kubelet:/var/lib/kubelet" --bind="$directory/etcd:/var/lib/etcd" \
  --bind-ro="$support/lib/modules:/lib/modules" --bind-ro="$support/chrony:/etc/default/chrony" \
  --bind="$directory.console:/dev/console" --bind-ro="$support/runc:/usr/local/sbin/runc" --bind-ro="$support/shim:/run/host/shim" /run/host/shim "$@" </dev/null &
wait $!
`.replaceAll('\\${', '${')

/** Puts a new disk into a machine, without data of an earlier installation, but with container images, as on a copied disk. */
export const format = String.raw`
set -eu
directory=$1 image=$2
rm -rf "$directory"
mkdir -p "$directory"/upper "$directory"/work "$directory"/root "$directory"/kubelet "$directory"/etcd
chmod 0755 "$directory"
# Hard links, as containerd never writes to a layer again. Its lists of them it does write.
cp -al "$image/containerd" "$directory/containerd" 2>/dev/null || cp -a "$image/containerd" "$directory/"
find "$directory/containerd" -name '*.db' | while read -r file; do cp -a "$file" "$file.own" && mv "$file.own" "$file"; done
`

/** Removes control groups with all below them. runc freezes processes for a moment, and of those that are frozen none dies. */
export const removeGroups = String.raw`
for ((try = 0; try < 200; try++)); do
  left=
  for group; do
    [[ -e $group ]] || continue
    find "$group" -name freezer.state | while read -r state; do echo THAWED >"$state" || true; done 2>/dev/null
    find "$group" -depth -type d -exec rmdir {} + 2>/dev/null
    [[ ! -e $group ]] || left+=" $group"
  done
  [[ -n $left ]] || exit 0
  sleep 0.1
done
echo "not removed:$left" >&2
exit 1
`

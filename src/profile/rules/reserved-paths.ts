/*
 * Files that hakube writes itself. Two owners of one file would overwrite each other's changes. A test compares this list with what the
 * components write.
 */

/** Files. */
export const reservedPaths: ReadonlySet<string> = new Set([
  '/etc/chrony.conf',
  '/etc/chrony/chrony.conf',
  '/etc/conntrackd/conntrackd.conf',
  '/etc/containerd/config.toml',
  '/etc/crictl.yaml',
  '/etc/default/grub.d/hakube.cfg',
  '/etc/haproxy/haproxy.cfg',
  '/etc/haproxy/kubernetes-ca.crt',
  '/etc/hostname',
  '/etc/hosts',
  '/etc/keepalived/keepalived.conf',
  '/etc/kubernetes/admin.conf',
  '/etc/kubernetes/bootstrap-kubelet.conf',
  '/etc/kubernetes/controller-manager.conf',
  '/etc/kubernetes/kubelet.conf',
  '/etc/kubernetes/scheduler.conf',
  '/etc/kubernetes/super-admin.conf',
  '/etc/modules-load.d/hakube.conf',
  '/etc/netplan/50-cloud-init.yaml',
  '/etc/security/limits.d/95-hakube.conf',
  '/etc/ssh/sshd_config.d/10-hakube.conf',
  '/etc/sysctl.d/95-hakube.conf',
  '/etc/systemd/system.conf.d/95-hakube.conf',
  '/etc/systemd/system/cri-docker.service',
  '/etc/systemd/system/cri-docker.socket',
  '/etc/systemd/system/etcd.service',
  '/etc/systemd/system/flanneld.service',
  '/etc/systemd/zram-generator.conf',
  '/usr/sbin/hakube-apply',
  '/usr/sbin/hakube-verify',
])

/** Directories, including everything in them. */
const reservedDirectories: readonly string[] = [
  '/etc/containerd/certs.d/',
  '/etc/etcd/',
  '/etc/flanneld/',
  '/etc/hakube/',
  '/etc/kubernetes/audit/',
  '/etc/kubernetes/encryption/',
  '/etc/kubernetes/kubeadm/',
  '/etc/kubernetes/manifests/',
  '/etc/kubernetes/pki/',
  '/etc/kubernetes/tmp/',
  '/run/hakube/',
  '/usr/libexec/hakube/',
  '/usr/libexec/keepalived/',
  '/var/lib/cloud/',
  '/var/lib/etcd/',
  '/var/lib/hakube/',
  '/var/lib/kubelet/',
  '/var/log/hakube/',
]

/** Units and drop-ins of hakube have its name, in any directory. */
const named = /\/(?:\d+-)?hakube[^/]*$/

/** Whether hakube writes the file itself. */
export const isReserved = (path: string): boolean =>
  reservedPaths.has(path) ||
  reservedDirectories.some((directory) => path.startsWith(directory)) ||
  named.test(path)

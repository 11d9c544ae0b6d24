/*
 * Names of systemd units that several files use: those of packages, and those of hakube that wait for each other. The name of a unit that
 * only one component knows is in its file.
 */

export const chronyUnit = 'chrony.service'
export const chronydUnit = 'chronyd.service'
export const conntrackdUnit = 'conntrackd.service'
export const containerdUnit = 'containerd.service'
export const criDockerUnit = 'cri-docker.service'
export const crioUnit = 'crio.service'
export const dockerUnit = 'docker.service'
export const etcdUnit = 'etcd.service'
export const firewalldUnit = 'firewalld.service'
/** hakube's unit that loads its own rules, on distributions with nftables instead of firewalld. */
export const firewallUnit = 'hakube-firewall.service'
export const flannelUnit = 'flanneld.service'
export const haproxyUnit = 'haproxy.service'
export const keepalivedUnit = 'keepalived.service'
export const kubeletUnit = 'kubelet.service'
export const networkManagerUnit = 'NetworkManager.service'
export const modulesLoadUnit = 'systemd-modules-load.service'
export const networkdUnit = 'systemd-networkd.service'
/** OpenSSH on Debian and Ubuntu. */
export const sshUnit = 'ssh.service'
/** OpenSSH elsewhere; an alias on Debian and Ubuntu. */
export const sshdUnit = 'sshd.service'
export const systemdSysctlUnit = 'systemd-sysctl.service'

/*
 * Names of systemd units that more than one file speaks of, each once: those that packages bring, and those of hakube that wait for each
 * other. The name of a unit that a single component knows stays in its file.
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
/** Of hakube: loads its own rules, where the distribution has nftables and not firewalld. */
export const firewallUnit = 'hakube-firewall.service'
export const flannelUnit = 'flanneld.service'
export const haproxyUnit = 'haproxy.service'
export const keepalivedUnit = 'keepalived.service'
export const kubeletUnit = 'kubelet.service'
export const networkManagerUnit = 'NetworkManager.service'
export const modulesLoadUnit = 'systemd-modules-load.service'
export const networkdUnit = 'systemd-networkd.service'
/** Of OpenSSH, on Debian and Ubuntu. */
export const sshUnit = 'ssh.service'
/** Of OpenSSH elsewhere; on Debian and Ubuntu an alias. */
export const sshdUnit = 'sshd.service'
export const systemdSysctlUnit = 'systemd-sysctl.service'

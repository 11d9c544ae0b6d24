/** Old advice that a profile cannot follow, as hakube does the thing itself or another rule refuses it. */
export const byItself: readonly { old: string; instead: string; where: string }[] = [
  {
    old: 'A limit of connection tracking by sysctl, which kube-proxy overwrites',
    instead: '`conntrack.maxPerCore: 0` for kube-proxy where the profile sets the maximum, so that it stays',
    where: '`src/components/kubeadm/component-configuration.ts`',
  },
  {
    old: '`net.bridge.*` set before `br_netfilter` is loaded',
    instead: '`/etc/modules-load.d/hakube.conf`, which systemd reads before `/etc/sysctl.d/95-hakube.conf`',
    where: '`src/components/kernel.ts`, `src/components/sysctl.ts`',
  },
  {
    old: '`bridge-nf-call-iptables` as a need of kubeadm',
    instead:
      'Set for network plug-ins with a bridge; kubeadm stopped asking in 1.30, and asks for `ip_forward`',
    where: '`src/components/kubeadm.ts`',
  },
  {
    old: 'Virtual addresses by multicast, one `MASTER`, a password, `killall -0`, router id 51',
    instead:
      'Unicast, `BACKUP` on all, no password, a check that asks haproxy, a weight above every gap, a router id derived from the name',
    where: '`src/components/keepalived.ts`, `cloud-init/keepalived/`',
  },
  {
    old: 'keepalived and haproxy from images of strangers',
    instead: "The distribution's own packages",
    where: '`src/components/keepalived.ts`, `src/components/haproxy.ts`',
  },
  {
    old: 'TCP or SSL 3 checks of API servers, `verify none`, `/healthz`, timeouts of seconds, HTTP defaults',
    instead: 'GET `/readyz` by TLS with the authority of the cluster, timeouts of hours, `mode tcp`',
    where: '`src/components/haproxy.ts`, `cloud-init/haproxy/haproxy.cfg.ejs`',
  },
  {
    old: 'conntrackd so that connections through haproxy survive',
    instead:
      'Only with `sourceAddress`, where connections are translated: rule `load-balancing/sync-without-source`',
    where: '`src/components/conntrackd.ts`, `src/profile/rules/load-balancing.ts`',
  },
  {
    old: 'Files by here-documents that the shell expands',
    instead: 'Files are data of cloud-init, and every value in a script is quoted',
    where: '`src/seeds/`, `src/text/quote.ts`',
  },
  {
    old: 'Pod network 172.168.0.0/12',
    instead:
      'Rules `network/host-bits`, `network/not-private`, `network/overlap`, `network/pod-network-size`',
    where: '`src/profile/rules/networks.ts`',
  },
  {
    old: 'containerd with the cgroupfs driver, and another pause image than kubeadm has',
    instead: "`SystemdCgroup = true` and kubeadm's image, in the format of the containerd that is installed",
    where: '`src/components/containerd.ts`, `src/components/container-runtime.ts`',
  },
  {
    old: 'Flags of the kubelet',
    instead: 'KubeletConfiguration',
    where: '`src/components/kubeadm/component-configuration.ts`',
  },
  {
    old: 'Kernel 3.10, control groups v1',
    instead: 'Rules `kubernetes/distribution`, `kubernetes/cgroup-v1`',
    where: '`src/profile/rules/kubernetes.ts`',
  },
  {
    old: '`proxyMode: ipvs`',
    instead:
      'nftables where both can do it, otherwise iptables; rules `kubernetes/ipvs`, `kubernetes/nftables`',
    where: '`src/cluster/`, `src/profile/rules/kubernetes.ts`',
  },
  {
    old: 'Repositories and distributions that have ended',
    instead:
      '`pkgs.k8s.io`, one repository for each minor; rules `kubernetes/no-packages`, `distribution/end-of-life`',
    where: '`src/distributions/`, `src/profile/rules/distribution.ts`',
  },
  {
    old: 'Joining without a check of the authority',
    instead: '`caCertHashes`, computed from the key itself, of whatever kind it is',
    where: '`src/components/kubeadm/`, `src/secrets/`',
  },
  {
    old: '`swapoff -a` alone',
    instead: 'Swap is taken out of `/etc/fstab`, zram and systemd, and off',
    where: '`src/components/swap.ts`',
  },
  {
    old: 'SELinux and firewall off',
    instead:
      'SELinux enforcing, the ports that are needed open; `selinux` and `firewall` to choose otherwise',
    where: '`src/components/selinux-firewall.ts`',
  },
  {
    old: '`ntpdate`',
    instead: 'chrony, before anything else that needs the time',
    where: '`src/components/time.ts`',
  },
  {
    old: 'Passwords and tokens in files',
    instead:
      'The secrets bundle; rules `secrets/password-in-clear`, `secrets/token-in-clear`, `secrets/key-in-clear`',
    where: '`src/secrets/`, `src/profile/rules/secrets-in-clear.ts`',
  },
  {
    old: 'A pod network that somebody chose for all',
    instead: 'None by default; `networkPlugin` prepares the nodes for the one that the profile names',
    where: '`src/components/network-plugin.ts`',
  },
]

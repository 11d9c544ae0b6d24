/** Old advice that cannot occur in a profile, because hakube does it itself or another rule rejects it. */
export const byItself: readonly { old: string; instead: string; where: string }[] = [
  {
    old: 'A sysctl for the limit of connection tracking, which kube-proxy overwrites',
    instead:
      '`conntrack.maxPerCore: 0` for kube-proxy where the profile sets the maximum, so that it is kept',
    where: '`src/components/kubeadm/component-configuration.ts`',
  },
  {
    old: '`net.bridge.*` set before `br_netfilter` is loaded',
    instead: '`/etc/modules-load.d/hakube.conf`, which systemd reads before `/etc/sysctl.d/95-hakube.conf`',
    where: '`src/components/kernel.ts`, `src/components/sysctl.ts`',
  },
  {
    old: '`bridge-nf-call-iptables` as a requirement of kubeadm',
    instead: 'Set for network plugins with a bridge; since 1.30 kubeadm checks `ip_forward` instead',
    where: '`src/components/kubeadm.ts`',
  },
  {
    old: 'Virtual addresses with multicast, one `MASTER`, a password, `killall -0`, router ID 51',
    instead:
      'Unicast, `BACKUP` on all machines, no password, a check that queries haproxy, a weight above every priority gap, a router ID derived from the cluster name',
    where: '`src/components/keepalived.ts`, `cloud-init/keepalived/`',
  },
  {
    old: 'keepalived and haproxy from third-party images',
    instead: "The distribution's own packages",
    where: '`src/components/keepalived.ts`, `src/components/haproxy.ts`',
  },
  {
    old: 'TCP or SSL 3 checks of API servers, `verify none`, `/healthz`, timeouts of seconds, HTTP defaults',
    instead: "GET `/readyz` over TLS with the cluster's CA, timeouts of hours, `mode tcp`",
    where: '`src/components/haproxy.ts`, `cloud-init/haproxy/haproxy.cfg.ejs`',
  },
  {
    old: 'conntrackd so that connections through haproxy survive',
    instead:
      'Only with `sourceAddress`, where connections are translated: rule `load-balancing/sync-without-source`',
    where: '`src/components/conntrackd.ts`, `src/profile/rules/load-balancing.ts`',
  },
  {
    old: 'Files written by here-documents that the shell expands',
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
    old: "containerd with the cgroupfs driver, and a pause image other than kubeadm's",
    instead:
      "`SystemdCgroup = true` and kubeadm's image, in the configuration format of the installed containerd",
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
      'nftables where kernel and Kubernetes support it, otherwise iptables; rules `kubernetes/ipvs`, `kubernetes/nftables`',
    where: '`src/cluster/`, `src/profile/rules/kubernetes.ts`',
  },
  {
    old: 'Discontinued repositories and distributions',
    instead:
      '`pkgs.k8s.io`, one repository per minor release; rules `kubernetes/no-packages`, `distribution/end-of-life`',
    where: '`src/distributions/`, `src/profile/rules/distribution.ts`',
  },
  {
    old: 'Joining without verifying the CA',
    instead: '`caCertHashes`, computed from the key itself, for any key type',
    where: '`src/components/kubeadm/`, `src/secrets/`',
  },
  {
    old: '`swapoff -a` alone',
    instead: 'Swap is turned off, and removed from `/etc/fstab`, zram and systemd',
    where: '`src/components/swap.ts`',
  },
  {
    old: 'SELinux and firewall off',
    instead: 'SELinux enforcing, and only the required ports open; `selinux` and `firewall` change that',
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
    old: 'A network plugin that the guide chose for everyone',
    instead: 'None by default; `networkPlugin` prepares the nodes for the one in the profile',
    where: '`src/components/network-plugin.ts`',
  },
]

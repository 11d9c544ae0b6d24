import type { CodeSection } from './section.ts'

export const kubernetesCodes = {
  title: 'Distribution and Kubernetes',
  codes: {
    'distribution/unknown': {
      severity: 'error',
      what: 'A distribution that hakube does not know',
      remedy: 'The message lists them',
    },
    'distribution/unknown-version': {
      severity: 'error',
      what: 'A release that hakube does not know',
      remedy: 'The message lists them',
    },
    'distribution/unsupported': {
      severity: 'error',
      what: 'A release that is known, and why hakube does not install it: no security updates, or updates for nine months only',
      remedy: 'A newer release: [distributions.md](distributions.md)',
    },
    'distribution/no-mirror': {
      severity: 'error',
      what: 'Red Hat Enterprise Linux without `mirrors.distribution`: its packages take a subscription',
      remedy: 'A mirror of your own: [distributions.md](distributions.md#red-hat-enterprise-linux)',
    },
    'distribution/install': {
      severity: 'error',
      what: 'An install method that the distribution has not',
      remedy: 'Remove `install`',
    },
    'distribution/architecture': {
      severity: 'error',
      what: 'A public archive that has no packages for the architecture of a machine',
      remedy: 'Remove the address, or write one for each architecture',
      source: 'Ubuntu wiki, Ports',
    },
    'distribution/end-of-life': {
      severity: 'warning',
      what: 'No security updates any more',
      remedy: 'A newer one',
    },
    'distribution/no-selinux': {
      severity: 'warning',
      what: '`selinux` where there is none',
      remedy: 'Remove it',
    },
    'kubernetes/malformed-version': {
      severity: 'error',
      what: 'Not a version',
      remedy: 'Three numbers, quoted',
    },
    'kubernetes/no-such-version': {
      severity: 'error',
      what: 'A version that does not exist',
      remedy: 'The message says the newest',
      source: 'kubernetes.io/releases',
    },
    'kubernetes/newer': {
      severity: 'warning',
      what: 'A version that is newer than hakube',
      remedy: 'A known one',
      source: 'kubernetes.io/releases',
    },
    'network-plugin/none': {
      severity: 'warning',
      what: 'No network plugin is named, so nodes stay NotReady until somebody brings one (`check` only)',
      remedy: '`networkPlugin` with a manifest, or `name: other`',
      source: 'Kubernetes, network plugins',
    },
    'network-plugin/no-manifest': {
      severity: 'warning',
      what: 'Calico, Cilium or flannel without a manifest',
      remedy: '`manifest`, or apply it yourself',
    },
    'network-plugin/no-archive': {
      severity: 'error',
      what: 'flannel as a service without an archive',
      remedy: '`archive` with path and sha256 of a release',
    },
    'network-plugin/unused': {
      severity: 'error',
      what: 'A manifest or an archive that the plug-in does not use',
      remedy: 'An item of `manifests`; or remove it',
    },
    'network-plugin/stacked-etcd': {
      severity: 'error',
      what: 'flannel as a service where kubeadm runs etcd',
      remedy: '`etcd.placement: control-plane`, or machines of role etcd',
    },
    'network-plugin/reverse-path': {
      severity: 'error',
      what: '`net.ipv4.conf.all.rp_filter: 2` with Calico',
      remedy: '0 or 1',
      source: 'Calico, FelixConfiguration',
    },
    'manifests/name': {
      severity: 'error',
      what: 'Not a name for a manifest, or one that hakube uses',
      remedy: 'Lower case, digits and dashes',
    },
    'manifests/duplicate': { severity: 'error', what: 'Two manifests with one name', remedy: 'Another name' },
    'kubernetes/no-packages': {
      severity: 'error',
      what: "A version whose packages are gone, and no mirror of one's own",
      remedy: 'A newer one, or `mirrors.kubernetes`',
      source: 'Kubernetes blog, 2023-08-31',
    },
    'kubernetes/signature': {
      severity: 'warning',
      what: 'Packages of Kubernetes up to 1.31 on Debian 13, whose apt refuses OpenPGP signatures of version 3',
      remedy: 'A newer one, or a mirror that signs by itself',
      source: 'kubernetes/release#3869',
    },
    'kubernetes/end-of-life': {
      severity: 'warning',
      what: 'A minor that gets no patches any more',
      remedy: 'A newer one',
      source: 'kubernetes.io/releases',
    },
    'kubernetes/distribution': {
      severity: 'error',
      what: 'The distribution cannot run this version',
      remedy: 'A newer distribution, or an older Kubernetes',
    },
    'kubernetes/cgroup-v1': {
      severity: 'error',
      what: 'Control groups v1 with Kubernetes 1.35 or later',
      remedy: 'A newer distribution',
      source: 'KEP-5573',
    },
    'kubernetes/ipvs': {
      severity: 'warning',
      what: '`proxyMode: ipvs` from 1.35',
      remedy: 'nftables',
      source: 'KEP-5495',
    },
    'kubernetes/initializes': {
      severity: 'error',
      what: '`initializes` names no control plane',
      remedy: 'The name of one',
    },
    'kubernetes/certificate-name': {
      severity: 'error',
      what: 'Neither an address nor a name that a certificate can have',
      remedy: 'e.g. `api.example.com`, without scheme and port',
      source: 'kubeadm, ValidateCertSANs',
    },
    'kubernetes/image-repository': {
      severity: 'error',
      what: 'Not the beginning of names of images',
      remedy: 'Registry and path, e.g. `registry.example.com/kubernetes`',
      source: 'Kubernetes, image names',
    },
    'kubernetes/feature-gate': {
      severity: 'error',
      what: 'Not the name of a feature gate; whether the release has it is not checked',
      remedy: 'A name as Kubernetes has it',
      source: 'Kubernetes, feature gates',
    },
    'kubernetes/node-swap': {
      severity: 'warning',
      what: 'NodeSwap on nodes whose swap hakube turns off',
      remedy: '`kubeletArguments: {fail-swap-on: "false"}`',
      source: 'Kubernetes, swap memory management',
    },
    'kubernetes/audit-policy': {
      severity: 'error',
      what: '`audit.source` is no audit policy: with it no API server starts',
      remedy: 'See the message; without `source` hakube takes its own',
      source: 'Kubernetes, auditing',
    },
    'kubernetes/encryption-resource': {
      severity: 'error',
      what: 'Not the name of a resource, a pattern before Kubernetes 1.27, or one twice',
      remedy: 'As `kubectl api-resources` has it, e.g. `secrets`',
      source: 'Kubernetes, encrypt data',
    },
    'labels/key': {
      severity: 'error',
      what: 'Not the key of a label',
      remedy: '`name` or `example.com/name`',
      source: 'Kubernetes, labels',
    },
    'labels/value': {
      severity: 'error',
      what: 'Not the value of a label',
      remedy: 'At most 63 letters, digits, dots, dashes, underscores',
      source: 'Kubernetes, labels',
    },
    'labels/restricted': {
      severity: 'error',
      what: 'A label of `kubernetes.io` or `k8s.io` that a kubelet may not give itself',
      remedy: 'A prefix of your own, or `kubectl label node`',
      source: 'Kubernetes, NodeRestriction',
    },
    'taints/syntax': {
      severity: 'error',
      what: 'Not a taint',
      remedy: '`key=value:Effect` or `key:Effect`',
      source: 'Kubernetes, taints',
    },
    'nodes/unused': {
      severity: 'warning',
      what: 'Labels, taints or arguments of the kubelet for machines without one',
      remedy: 'Remove them',
    },
    'kubernetes/nftables': {
      severity: 'error',
      what: '`proxyMode: nftables` on a kernel before 5.13 or Kubernetes before 1.33',
      remedy: 'iptables',
      source: 'Kubernetes, virtual IPs',
    },
  },
} as const satisfies CodeSection

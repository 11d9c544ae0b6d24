import { error, warning } from '../../../diagnostics/diagnostic.ts'
import { everywhere, type Text } from './texts.ts'
import { flags, kubernetesFrom, says, type Family, type TextPattern } from './advice.ts'

/** cri-dockerd, the adapter between kubelet and Docker, has flags of the same names. */
const isAdapter = ({ bare }: Text): boolean => /\bcri-dockerd\b/.test(bare)

const kubeletFlags = (names: string): TextPattern[] => flags(names, isAdapter)

/** kubeadm, the kubelet, kube-proxy, and what is applied to a cluster. */
export const kubernetesAdvice: Family = {
  title: 'Kubernetes',
  advice: [
    {
      what: '`--network-plugin`, `--cni-bin-dir`, `--cni-conf-dir` of the kubelet',
      says: says(
        error(
          'old-advice/kubelet-network-flags',
          'since Kubernetes 1.24, the kubelet does not start with {}',
          {
            hint: 'remove it: the container runtime finds network plugins itself',
            source: 'https://github.com/kubernetes/kubernetes/pull/106907',
          },
        ),
      ),
      holds: kubernetesFrom('1.24'),
      texts: kubeletFlags(
        'network-plugin|network-plugin-mtu|cni-bin-dir|cni-conf-dir|cni-cache-dir|docker-endpoint|image-pull-progress-deadline',
      ),
    },
    {
      what: '`--container-runtime=remote` of the kubelet',
      says: says(
        error(
          'old-advice/kubelet-runtime-flag',
          'since Kubernetes 1.27, the kubelet does not start with {}',
          {
            hint: 'remove it; the socket is containerRuntimeEndpoint in KubeletConfiguration',
            source: 'https://kubernetes.io/blog/2023/03/17/upcoming-changes-in-kubernetes-v1-27/',
          },
        ),
      ),
      holds: kubernetesFrom('1.27'),
      texts: kubeletFlags('container-runtime'),
    },
    {
      what: '`--pod-infra-container-image` of the kubelet',
      says: says(
        error('old-advice/kubelet-pause-flag', 'since Kubernetes 1.35, the kubelet does not start with {}', {
          hint: 'remove it: hakube sets the image in the configuration of containerd',
          source: 'https://github.com/kubernetes/kubernetes/pull/133779',
        }),
      ),
      holds: kubernetesFrom('1.35'),
      texts: kubeletFlags('pod-infra-container-image'),
    },
    {
      what: '`--cgroup-driver` of the kubelet',
      says: says(
        warning('old-advice/kubelet-cgroup-driver', '{} is deprecated, and overrides what hakube sets', {
          hint: 'remove it: hakube sets cgroupDriver: systemd in KubeletConfiguration',
          source: 'https://kubernetes.io/docs/reference/command-line-tools-reference/kubelet/',
        }),
      ),
      texts: kubeletFlags('cgroup-driver'),
    },
    {
      what: '`--node-labels=node-role.kubernetes.io/…` of the kubelet',
      says: says(
        error(
          'old-advice/kubelet-role-label',
          'a kubelet that sets a label of node-role.kubernetes.io on itself does not start',
          {
            hint: 'label the node with a command on a control plane: kubectl label node …',
            source:
              'https://kubernetes.io/docs/reference/access-authn-authz/admission-controllers/#noderestriction',
          },
        ),
      ),
      texts: [
        {
          kinds: ['shell', 'unit', 'environment', 'kubernetes'],
          find: /\bnode-labels["']?(?:=|:\s*|\s+value:\s*)["']?[^\s"']*node-role\.kubernetes\.io\/[\w-]*/g,
        },
      ],
    },
    {
      what: '`node-role.kubernetes.io/master`',
      says: says(
        warning('old-advice/role-master', 'since Kubernetes 1.25, no node has the label or taint {}', {
          hint: 'write node-role.kubernetes.io/control-plane',
          source: 'https://github.com/kubernetes/kubernetes/pull/114759',
        }),
      ),
      holds: kubernetesFrom('1.25'),
      texts: [
        {
          kinds: ['shell', 'unit', 'environment', 'kubernetes'],
          find: /\bnode-role\.kubernetes\.io\/master\b/g,
          // Manifests for old and new clusters contain both.
          unless: ({ bare }) => /\bnode-role\.kubernetes\.io\/control-plane\b/.test(bare),
        },
      ],
    },
    {
      what: '`SupportIPVSProxyMode`',
      says: says(
        error(
          'old-advice/ipvs-gate',
          'since Kubernetes 1.20, kube-proxy does not start with the feature gate {}',
          {
            hint: 'remove it, and write kubernetes.proxyMode if the default is not right',
            source: 'https://github.com/kubernetes/kubernetes/pull/94514',
          },
        ),
      ),
      texts: [{ kinds: ['kubernetes', 'shell', 'unit', 'environment'], find: /\bSupportIPVSProxyMode\b/g }],
    },
    {
      what: '`mode: ipvs` of kube-proxy',
      says: says(
        warning(
          'old-advice/ipvs-mode',
          'the ipvs mode of kube-proxy has been deprecated since Kubernetes 1.35',
          {
            hint: 'remove it: hakube uses nftables where kernel and Kubernetes support it, otherwise iptables',
            source: 'https://github.com/kubernetes/enhancements/issues/5495',
          },
        ),
      ),
      holds: kubernetesFrom('1.35'),
      texts: [
        { kinds: ['kubernetes'], find: /^[ \t]*(?<name>mode:[ \t]*["']?ipvs\b)/gm },
        { kinds: ['shell', 'unit', 'environment'], find: /--proxy-mode[= ]ipvs\b/g },
      ],
    },
    {
      what: '`unsafeSkipCAVerification: true`',
      says: says(
        warning(
          'old-advice/unsafe-discovery',
          'a machine would join any server that responds at the address of the API',
          {
            hint: 'remove it: hakube pins the CA with caCertHashes; on the command line, use --discovery-token-ca-cert-hash',
            source: 'https://kubernetes.io/docs/reference/setup-tools/kubeadm/kubeadm-join/',
          },
        ),
      ),
      texts: [
        { kinds: ['kubernetes'], find: /\bunsafeSkipCAVerification:\s*true\b/g },
        { kinds: ['shell', 'unit'], find: /--discovery-token-unsafe-skip-ca-verification\b(?!=false)/g },
      ],
    },
    {
      what: 'A bootstrap token with `ttl: "0"`',
      says: says(
        warning('old-advice/eternal-token', 'anyone who finds this token can join the cluster forever', {
          hint: 'remove it: hakube deletes the token when all machines have joined',
          source: 'https://kubernetes.io/docs/reference/access-authn-authz/bootstrap-tokens/',
        }),
      ),
      texts: [
        {
          kinds: ['kubernetes'],
          find: /^[ \t]*(?:-[ \t]+)?(?<name>ttl:[ \t]*["']?0(?:[hms]\w*)?["']?)[ \t]*$/gm,
        },
        {
          kinds: ['shell', 'unit'],
          find: /\bkubeadm\s[^\n;|&]{0,400}(?<name>--(?:token-)?ttl[= ]["']?0(?:[hms]\w*)?)(?=["'\s;|&)]|$)/gm,
        },
      ],
    },
    {
      what: '`openssl rsa -pubin` for the hash of the CA',
      says: says(
        warning(
          'old-advice/ca-hash-by-rsa',
          'this prints a wrong hash, without an error, if the CA has no RSA key',
          {
            hint: 'write openssl pkey -pubin -outform der; hakube computes the hash itself',
            source: 'openssl-pkey(1)',
          },
        ),
      ),
      texts: [
        {
          kinds: ['shell'],
          find: /\bopenssl\s+x509\s(?=[^\n|]{0,200}-pubkey\b)[^\n|]{0,300}\|\s*openssl\s+rsa\s+-pubin\b/g,
        },
      ],
    },
    {
      what: '`kubeadm alpha certs`',
      says: says(
        error('old-advice/kubeadm-alpha-certs', 'kubeadm has had no command "alpha certs" since 1.21', {
          hint: 'write kubeadm certs',
          source: 'https://github.com/kubernetes/kubernetes/pull/97706',
        }),
      ),
      holds: kubernetesFrom('1.21'),
      texts: [{ kinds: ['shell', 'unit'], find: /\bkubeadm\s+alpha\s+certs\b/g }],
    },
    {
      what: '`--experimental-control-plane`, `--experimental-upload-certs`',
      says: says(
        error('old-advice/kubeadm-experimental', '{} was removed in kubeadm 1.16', {
          hint: 'write --control-plane, --upload-certs; hakube joins machines itself',
          source: 'https://github.com/kubernetes/kubernetes/pull/79327',
        }),
      ),
      texts: [{ kinds: ['shell', 'unit'], find: /--experimental-(?:control-plane|upload-certs)\b/g }],
    },
    {
      what: 'Weave Net from `cloud.weave.works`',
      says: says(
        error('old-advice/weave', '{} no longer exists: Weave Net was discontinued', {
          hint: 'use another network plugin, e.g. Calico, Cilium or flannel',
          source: 'https://github.com/weaveworks/weave/issues/3960',
        }),
      ),
      texts: [
        {
          kinds: ['kubernetes', 'shell', 'unit'],
          find: /\b(?:cloud\.weave\.works|git\.io\/weave-kube)\b|\bweaveworks\/weave-(?:kube|npc)\b/g,
        },
      ],
    },
    {
      what: '`k8s.gcr.io`, `gcr.io/google_containers`',
      says: says(
        warning('old-advice/old-registry', '{} has received no new images since April 2023', {
          hint: 'write registry.k8s.io',
          source: 'https://kubernetes.io/blog/2023/02/06/k8s-gcr-io-freeze-announcement/',
        }),
      ),
      // kubeadm before 1.25 pulls its own images from there.
      holds: kubernetesFrom('1.25'),
      mirror: /^k8s\.gcr\.io$/,
      texts: [{ kinds: everywhere, find: /\bk8s\.gcr\.io\b|\bgcr\.io\/google[_-]containers\b/g }],
    },
  ],
}

import type { Program } from '../../distributions/arguments/index.ts'
import { apiServerPort } from '../defaults.ts'

const certificates = 'the CAs are in the secrets bundle; add names with kubernetes.certificateNames'
const kubeconfigs = {
  'authentication-kubeconfig': 'kubeadm sets it',
  'authorization-kubeconfig': 'kubeadm sets it',
  kubeconfig: 'kubeadm sets it',
  master: 'kubeadm sets it in the kubeconfig',
}
const gates = 'write kubernetes.featureGates'

/** Arguments that hakube sets itself, from other fields of the profile; with two values, one would be lost. */
export const ownArguments: Readonly<Record<Program, Readonly<Record<string, string>>>> = {
  'kube-apiserver': {
    'advertise-address': 'it is the address of the machine',
    'audit-log-path': 'write kubernetes.audit',
    'audit-policy-file': 'write kubernetes.audit',
    'client-ca-file': certificates,
    'encryption-provider-config': 'write kubernetes.encryptionAtRest',
    'etcd-cafile': certificates,
    'etcd-certfile': certificates,
    'etcd-keyfile': certificates,
    'etcd-servers': 'it is derived from etcd.placement',
    'enable-bootstrap-token-auth': 'machines join by token',
    'feature-gates': gates,
    'kubelet-client-certificate': certificates,
    'kubelet-client-key': certificates,
    'proxy-client-cert-file': certificates,
    'proxy-client-key-file': certificates,
    'requestheader-client-ca-file': certificates,
    'service-account-key-file': certificates,
    'service-account-signing-key-file': certificates,
    'secure-port': `it is always ${apiServerPort}; the port for clients is loadBalancing.api.port`,
    'service-cluster-ip-range': 'write kubernetes.serviceNetwork',
    'tls-cert-file': certificates,
    'tls-private-key-file': certificates,
  },
  'kube-controller-manager': {
    ...kubeconfigs,
    'client-ca-file': certificates,
    'cluster-signing-cert-file': certificates,
    'cluster-signing-key-file': certificates,
    'requestheader-client-ca-file': certificates,
    'root-ca-file': certificates,
    'secure-port': 'the probe of the static pod uses port 10257',
    'service-account-private-key-file': certificates,
    'cluster-cidr': 'write kubernetes.podNetwork',
    'cluster-name': 'it is the name of the profile',
    'feature-gates': gates,
    'service-cluster-ip-range': 'write kubernetes.serviceNetwork',
  },
  'kube-scheduler': {
    ...kubeconfigs,
    'feature-gates': gates,
    'secure-port': 'the probe of the static pod uses port 10259',
  },
  kubelet: {
    'bootstrap-kubeconfig': 'kubeadm sets it',
    'cert-dir': 'kubeadm expects the certificate in /var/lib/kubelet/pki',
    'client-ca-file': 'kubeadm sets it',
    'cluster-dns': 'it is the tenth address of kubernetes.serviceNetwork',
    'cluster-domain': 'write kubernetes.domain',
    config: 'kubeadm sets it',
    'container-runtime': 'write containerRuntime.name',
    'container-runtime-endpoint': 'write containerRuntime.name',
    'feature-gates': gates,
    'healthz-port': 'kubeadm waits for the kubelet on port 10248',
    'hostname-override': 'it is the name of the machine; for full names write kubernetes.nodeNames: full',
    kubeconfig: 'kubeadm sets it',
    'node-ip': 'it is the address of the machine',
    'node-labels': 'write labels',
    'pod-infra-container-image': 'it is derived from kubernetes.version and kubernetes.imageRepository',
    'pod-manifest-path':
      'the control plane and the load balancer are static pods in /etc/kubernetes/manifests',
    'register-with-taints': 'write taints',
    'root-dir': 'kubeadm writes the configuration of the kubelet to /var/lib/kubelet',
  },
}

/** Whether hakube sets an argument itself. */
export const isOwnArgument = (program: Program, name: string): boolean =>
  Object.hasOwn(ownArguments[program], name)

/** A certificate and its private key, both PEM. */
export type KeyPair = { certificate: string; key: string }

/** All that is secret in a cluster. The encrypted bundle holds it; machines get only the parts that they need. */
export type Secrets = {
  /** True when made for one run by `--throw-away-secrets`: whatever is rendered from it must not reach a real rack. */
  throwAway: boolean
  authorities: { kubernetes: KeyPair; frontProxy: KeyPair; etcd: KeyPair }
  /** PEM; signs service-account tokens on all control planes. */
  serviceAccount: { publicKey: string; privateKey: string }
  /** `abcdef.0123456789abcdef`, kubeadm's bootstrap token. */
  bootstrapToken: string
  /** 64 hexadecimal digits: encrypts the certificates that `kubeadm init --upload-certs` uploads. */
  certificateKey: string
}

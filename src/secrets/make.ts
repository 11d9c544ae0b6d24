import { X509Certificate } from 'node:crypto'
import { certifyAuthority } from './authority.ts'
import type { CertificateKind, CertificateNeed, ServerNeed } from './certificate-need.ts'
import { certifyLeaf, selfIssuer } from './leaf.ts'
import {
  type Enrolment,
  machineRecord,
  type KeyPair,
  type MachineCertificates,
  type Secrets,
} from './secrets.ts'
import { readIssuer } from './sign.ts'
import type { SecretSources } from './sources.ts'

/*
 * Makes single secrets. Other modules decide which ones, and when. Sources are used in a fixed order, so that deterministic sources give
 * the same secrets.
 */

export type MakePolicy = { keyBits: number; certificateDays: number }

/** Secrets that a cluster has once, independent of its machines. */
export type Basis = Omit<Secrets, 'ephemeral' | 'machines' | 'server' | 'enrolment' | 'encryptionKeys'>

export const authorityNames = ['kubernetes', 'frontProxy', 'etcd'] as const
export type AuthorityName = (typeof authorityNames)[number]

/** kubeadm's names: cmd/kubeadm/app/phases/certs/certlist.go in kubernetes/kubernetes. */
const commonNames: Record<AuthorityName, string> = {
  kubernetes: 'kubernetes',
  frontProxy: 'front-proxy-ca',
  etcd: 'etcd-ca',
}

export async function makeAuthority(
  name: AuthorityName,
  sources: SecretSources,
  { keyBits }: Pick<MakePolicy, 'keyBits'>,
): Promise<KeyPair> {
  const serialNumber = sources.random(16)
  const { publicKey, privateKey } = await sources.rsaKeyPair(keyBits)
  const request = { commonName: commonNames[name], serialNumber, publicKey, privateKey, now: sources.now() }
  return { certificate: certifyAuthority(request), key: privateKey }
}

/** Everything but the machines' certificates and what sync makes if it is missing. */
export async function makeBasis(
  sources: SecretSources,
  policy: Pick<MakePolicy, 'keyBits'>,
  given: Partial<Pick<Secrets, 'authorities' | 'serviceAccount'>> = {},
): Promise<Basis> {
  const authority = (name: AuthorityName) => given.authorities?.[name] ?? makeAuthority(name, sources, policy)
  const [kubernetes, frontProxy, etcd, serviceAccount] = await Promise.all([
    authority('kubernetes'),
    authority('frontProxy'),
    authority('etcd'),
    given.serviceAccount ?? sources.rsaKeyPair(policy.keyBits),
  ])
  return {
    authorities: { kubernetes, frontProxy, etcd },
    serviceAccount,
    bootstrapToken: makeBootstrapToken(sources),
    certificateKey: makeKey(sources),
    keepalivedPassword: makePassword(sources),
    conntrackdKey: makeKey(sources),
  }
}

/** The secrets of a new bundle; sync adds the rest. */
export const makeSecrets = async (...parameters: Parameters<typeof makeBasis>): Promise<Secrets> => ({
  ephemeral: false,
  ...(await makeBasis(...parameters)),
  encryptionKeys: [],
  machines: machineRecord(),
  server: null,
  enrolment: null,
})

/** P-256 is about as strong as RSA with 3072 bits; a profile that wants larger keys gets those. */
export const usesP256 = (
  { keyType }: Pick<CertificateNeed, 'keyType'>,
  { keyBits }: Pick<MakePolicy, 'keyBits'>,
): boolean => keyType === 'p256' && keyBits <= 2048

export type Issued = { need: CertificateNeed; pair: KeyPair }

/**
 * Makes a key and a certificate for each need.
 *
 * @param authority the CA of etcd, which signs all existing kinds
 * @param made is called after each key
 */
export async function issueAll(
  needs: readonly CertificateNeed[],
  authority: KeyPair,
  sources: SecretSources,
  policy: MakePolicy,
  made: () => void = () => undefined,
): Promise<Issued[]> {
  if (needs.length === 0) return []
  const issuer = readIssuer(authority)
  const notAfter = new Date(new X509Certificate(authority.certificate).validTo)
  const now = sources.now()
  return Promise.all(
    needs.map(async (need) => {
      const serialNumber = sources.random(16)
      const { publicKey, privateKey } = await (usesP256(need, policy)
        ? sources.p256KeyPair()
        : sources.rsaKeyPair(policy.keyBits))
      const request = { ...need, serialNumber, publicKey, now, days: policy.certificateDays, notAfter }
      const certificate = certifyLeaf(request, issuer)
      made()
      return { need, pair: { certificate, key: privateKey } }
    }),
  )
}

/**
 * The certificate of hakube's own server. It is independent of the cluster's CAs, so that trusting one does not mean trusting the other.
 * With enrolment it is valid from 1970, because machines verify it before anything has set their clocks.
 *
 * @param authority the issuer; null: self-signed
 */
export async function issueServer(
  need: ServerNeed,
  sources: SecretSources,
  policy: MakePolicy,
  authority: KeyPair | null = null,
): Promise<KeyPair> {
  const serialNumber = sources.random(16)
  const { publicKey, privateKey } = await sources.rsaKeyPair(policy.keyBits)
  const now = sources.now()
  const notAfter = authority
    ? new Date(new X509Certificate(authority.certificate).validTo)
    : new Date(8.64e15)
  const request = { ...need, serialNumber, publicKey, now, days: policy.certificateDays, notAfter }
  const certificate = authority
    ? certifyLeaf({ ...request, notBefore: new Date(0) }, readIssuer(authority))
    : certifyLeaf(request, selfIssuer(privateKey))
  return { certificate, key: privateKey }
}

/** The CAs of {@link Enrolment}. */
export async function makeEnrolment(
  sources: SecretSources,
  { keyBits }: Pick<MakePolicy, 'keyBits'>,
): Promise<Enrolment> {
  const authority = async (commonName: string, notBefore?: Date): Promise<KeyPair> => {
    const serialNumber = sources.random(16)
    const { publicKey, privateKey } = await sources.rsaKeyPair(keyBits)
    const request = { commonName, serialNumber, publicKey, privateKey, now: sources.now() }
    const certificate = certifyAuthority(notBefore ? { ...request, notBefore } : request)
    return { certificate, key: privateKey }
  }
  const [serverAuthority, machineAuthority] = await Promise.all([
    authority('hakube-server-ca', new Date(0)),
    authority('hakube-machine-ca'),
  ])
  return { serverAuthority, machineAuthority }
}

/** A record with some certificates replaced; all others are the same objects. */
export function withCertificates(
  machines: Secrets['machines'],
  issued: readonly Issued[],
): Record<string, MachineCertificates> {
  const result = machineRecord(Object.entries(machines))
  for (const { need, pair } of issued) {
    const certificates: Partial<Record<CertificateKind, KeyPair>> = { ...result[need.machine] }
    certificates[need.kind] = pair
    result[need.machine] = certificates
  }
  return result
}

/** `abcdef.0123456789abcdef` */
export const makeBootstrapToken = (sources: SecretSources): string =>
  `${randomText(sources, 6)}.${randomText(sources, 16)}`

/** 64 hexadecimal digits. */
export const makeKey = (sources: SecretSources): string => sources.random(32).toString('hex')

export const makePassword = (sources: SecretSources): string => randomText(sources, 8)

const tokenCharacters = '0123456789abcdefghijklmnopqrstuvwxyz'

/** Bytes from here on are skipped, because with them some characters would be more likely than others. */
const fairBytes = 256 - (256 % tokenCharacters.length)

/** A text of the characters of kubeadm's bootstrap tokens, all equally likely. */
function randomText({ random }: SecretSources, length: number): string {
  let text = ''
  while (text.length < length) {
    for (const byte of random(length - text.length))
      if (byte < fairBytes) text += tokenCharacters[byte % tokenCharacters.length]
  }
  return text
}

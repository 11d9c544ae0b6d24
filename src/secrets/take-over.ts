import { Refusal } from '../diagnostics/refusal.ts'
import { createPrivateKey, createPublicKey, type KeyObject, X509Certificate } from 'node:crypto'
import { join } from 'node:path'
import { type Diagnostic, error } from '../diagnostics/diagnostic.ts'
import { readWhole, workTree } from '../files/reader.ts'
import { type AuthorityName, authorityNames } from './make.ts'
import type { KeyPair, Secrets } from './secrets.ts'
import { reasonOf } from './system-refusal.ts'

export type TakenOver = Pick<Secrets, 'authorities' | 'serviceAccount'>

/** Relative to /etc/kubernetes/pki, without .crt and .key. */
const places: Record<AuthorityName, string> = {
  kubernetes: 'ca',
  frontProxy: 'front-proxy-ca',
  etcd: 'etcd/ca',
}

/**
 * Reads the CAs and the service-account key of a cluster that kubeadm made.
 *
 * @param directory a copy of a control plane's /etc/kubernetes/pki
 * @throws Refusal that lists everything that is wrong
 */
export async function takeOver(directory: string, now: Date): Promise<TakenOver> {
  const problems: Diagnostic[] = []
  const read = (name: string) => readOrReport(join(directory, name), problems)
  const pairs = new Map<AuthorityName, KeyPair>()
  for (const name of authorityNames) {
    const place = join(directory, places[name])
    const certificate = await read(`${places[name]}.crt`)
    const key = await read(`${places[name]}.key`)
    if (certificate === null || key === null) continue
    const wrong = authorityProblem(certificate, key, now)
    if (wrong === null) pairs.set(name, { certificate: cleanCertificate(certificate), key: clean(key) })
    else problems.push(error('secrets/import', `${place}.crt: ${wrong}`))
  }
  const serviceAccount = await takeServiceAccount(read, join(directory, 'sa.key'), problems)
  const [kubernetes, frontProxy, etcd] = authorityNames.map((name) => pairs.get(name))
  if (problems.length > 0 || !kubernetes || !frontProxy || !etcd || !serviceAccount)
    throw new Refusal(problems)
  return { authorities: { kubernetes, frontProxy, etcd }, serviceAccount }
}

async function takeServiceAccount(
  read: (name: string) => Promise<string | null>,
  file: string,
  problems: Diagnostic[],
): Promise<Secrets['serviceAccount'] | null> {
  const [privateText, publicText] = [await read('sa.key'), await read('sa.pub')]
  if (privateText === null || publicText === null) return null
  const key = parseKey(privateText)
  if (!key) {
    problems.push(error('secrets/import', `${file}: this ${whyNoKey(privateText)}`))
    return null
  }
  const publicKey = createPublicKey(key)
  if (!parsePublic(publicText)?.equals(publicKey)) {
    problems.push(error('secrets/import', `${file} and sa.pub do not match`))
    return null
  }
  // Old versions of kubeadm may have written sa.pub as PKCS #1.
  return {
    privateKey: clean(privateText),
    publicKey: publicKey.export({ type: 'spki', format: 'pem' }).toString(),
  }
}

function authorityProblem(certificateText: string, keyText: string, now: Date): string | null {
  const certificate = parseCertificate(certificateText)
  if (!certificate) return 'this is not a certificate'
  const others = certificateText.split('-----BEGIN CERTIFICATE-----').length - 2
  // Machines with a certificate of an omitted CA would no longer be trusted.
  if (others > 0)
    return 'it contains more than one certificate, as during a CA rotation: finish that first, and keep only the one that matches the .key'
  const key = parseKey(keyText)
  if (!key) return `its .key ${whyNoKey(keyText)}`
  if (!certificate.checkPrivateKey(key)) return 'the certificate and the key do not match'
  if (!certificate.ca) return 'this is not a CA certificate'
  if (key.asymmetricKeyType !== 'rsa' && key.asymmetricKeyType !== 'ec')
    return `keys of type ${key.asymmetricKeyType} are not supported; use RSA or ECDSA`
  const end = new Date(certificate.validTo)
  if (end <= now) return `it expired on ${end.toISOString().slice(0, 10)}`
  return null
}

/** PKCS #8, and OpenSSL's older format. */
const whyNoKey = (text: string): string =>
  /ENCRYPTED PRIVATE KEY|^Proc-Type: 4,ENCRYPTED/m.test(text)
    ? 'has a passphrase: remove it with openssl pkey -in KEY -out COPY, in a directory that only you can read'
    : 'is not a private key'

async function readOrReport(file: string, problems: Diagnostic[]): Promise<string | null> {
  try {
    return Buffer.from(await readWhole(workTree, file)).toString('utf8')
  } catch (fault) {
    const reason = reasonOf(fault)
    if (reason === null) throw fault
    const hint = file.endsWith('.key')
      ? 'hakube needs the keys of the CAs: copy them from where they are stored'
      : 'copy the directory /etc/kubernetes/pki of a control plane, with etcd/'
    problems.push(error('secrets/import', `cannot read ${file}: ${reason}`, { hint }))
    return null
  }
}

/** Only the PEM block: the text around it is for people. */
const clean = (text: string): string =>
  `${/-----BEGIN ([A-Z ]*PRIVATE KEY)-----[\s\S]*?-----END \1-----/.exec(text)?.[0].replaceAll('\r\n', '\n') ?? ''}\n`

const cleanCertificate = (text: string): string => new X509Certificate(text).toString()

function attempt<Result>(parse: () => Result): Result | null {
  try {
    return parse()
  } catch {
    // OpenSSL's message does not help a user who named the wrong file.
    return null
  }
}

const parseCertificate = (text: string): X509Certificate | null => attempt(() => new X509Certificate(text))
const parseKey = (text: string): KeyObject | null => attempt(() => createPrivateKey(text))
const parsePublic = (text: string): KeyObject | null => attempt(() => createPublicKey(text))

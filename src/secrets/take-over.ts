import { createPrivateKey, createPublicKey, type KeyObject, X509Certificate } from 'node:crypto'
import { join } from 'node:path'
import { type Diagnostic, error } from '../diagnostics/diagnostic.ts'
import { readWhole, workTree } from '../files/reader.ts'
import { type AuthorityName, authorityNames } from './make.ts'
import type { KeyPair, Secrets } from './secrets.ts'
import { reasonOf, SecretsError } from './secrets-error.ts'

export type TakenOver = Pick<Secrets, 'authorities' | 'serviceAccount'>

/** Below /etc/kubernetes/pki, without .crt and .key. */
const places: Record<AuthorityName, string> = {
  kubernetes: 'ca',
  frontProxy: 'front-proxy-ca',
  etcd: 'etcd/ca',
}

/**
 * Reads the authorities and the service-account key of a cluster that kubeadm made.
 *
 * @param folder a copy of /etc/kubernetes/pki of a control plane
 * @throws SecretsError with all that is wrong with it
 */
export async function takeOver(folder: string, now: Date): Promise<TakenOver> {
  const problems: Diagnostic[] = []
  const read = (name: string) => readOrReport(join(folder, name), problems)
  const pairs = new Map<AuthorityName, KeyPair>()
  for (const name of authorityNames) {
    const place = join(folder, places[name])
    const certificate = await read(`${places[name]}.crt`)
    const key = await read(`${places[name]}.key`)
    if (certificate === null || key === null) continue
    const wrong = authorityProblem(certificate, key, now)
    if (wrong === null) pairs.set(name, { certificate: cleanCertificate(certificate), key: clean(key) })
    else problems.push(error('secrets/import', `${place}.crt: ${wrong}`))
  }
  const serviceAccount = await takeServiceAccount(read, join(folder, 'sa.key'), problems)
  const [kubernetes, frontProxy, etcd] = authorityNames.map((name) => pairs.get(name))
  if (problems.length > 0 || !kubernetes || !frontProxy || !etcd || !serviceAccount)
    throw new SecretsError(problems)
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
    problems.push(error('secrets/import', `${file} and sa.pub do not belong together`))
    return null
  }
  // sa.pub of old kubeadm versions may be PKCS #1.
  return {
    privateKey: clean(privateText),
    publicKey: publicKey.export({ type: 'spki', format: 'pem' }).toString(),
  }
}

function authorityProblem(certificateText: string, keyText: string, now: Date): string | null {
  const certificate = parseCertificate(certificateText)
  if (!certificate) return 'this is no certificate'
  const others = certificateText.split('-----BEGIN CERTIFICATE-----').length - 2
  // Who has a certificate of the one that is left out would be a stranger from then on.
  if (others > 0)
    return 'there is more than one certificate in it, as while an authority is replaced: finish that first, and leave only the one that the .key belongs to'
  const key = parseKey(keyText)
  if (!key) return `its .key ${whyNoKey(keyText)}`
  if (!certificate.checkPrivateKey(key)) return 'certificate and key do not belong together'
  if (!certificate.ca) return 'this is not the certificate of an authority'
  if (key.asymmetricKeyType !== 'rsa' && key.asymmetricKeyType !== 'ec')
    return `keys of the kind ${key.asymmetricKeyType} cannot be used; RSA and ECDSA can`
  const end = new Date(certificate.validTo)
  if (end <= now) return `it expired on ${end.toISOString().slice(0, 10)}`
  return null
}

/** PKCS #8, and the older form of OpenSSL. */
const whyNoKey = (text: string): string =>
  /ENCRYPTED PRIVATE KEY|^Proc-Type: 4,ENCRYPTED/m.test(text)
    ? 'has a passphrase: openssl pkey -in KEY -out COPY takes it off, in a folder that nobody else reads'
    : 'is no private key'

async function readOrReport(file: string, problems: Diagnostic[]): Promise<string | null> {
  try {
    return Buffer.from(await readWhole(workTree, file)).toString('utf8')
  } catch (fault) {
    const reason = reasonOf(fault)
    if (reason === null) throw fault
    const hint = file.endsWith('.key')
      ? 'hakube needs the keys of the authorities: copy them from where they are kept'
      : 'copy the folder /etc/kubernetes/pki of a control plane, with etcd/'
    problems.push(error('secrets/import', `cannot read ${file}: ${reason}`, { hint }))
    return null
  }
}

/** Only the PEM block: what stands around it is for people. */
const clean = (text: string): string =>
  `${/-----BEGIN ([A-Z ]*PRIVATE KEY)-----[\s\S]*?-----END \1-----/.exec(text)?.[0].replaceAll('\r\n', '\n') ?? ''}\n`

const cleanCertificate = (text: string): string => new X509Certificate(text).toString()

function attempt<Result>(parse: () => Result): Result | null {
  try {
    return parse()
  } catch {
    // What OpenSSL says about it means nothing to the one who named the wrong file.
    return null
  }
}

const parseCertificate = (text: string): X509Certificate | null => attempt(() => new X509Certificate(text))
const parseKey = (text: string): KeyObject | null => attempt(() => createPrivateKey(text))
const parsePublic = (text: string): KeyObject | null => attempt(() => createPublicKey(text))

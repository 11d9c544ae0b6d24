import { refusal } from '../diagnostics/refusal.ts'
import { createPrivateKey, createPublicKey, X509Certificate } from 'node:crypto'
import { z } from 'zod'
import { formatPath } from '../diagnostics/diagnostic.ts'
import { isRecipient } from './age.ts'
import { certificateKinds } from './certificate-need.ts'
import { isOwnName } from '../text/own-name.ts'
import { machineRecord, type KeyPair, type Secrets } from './secrets.ts'

/** The contents of the encrypted file. */
export type Bundle = {
  /** Name of the cluster that it belongs to. */
  cluster: string
  /** age public keys of its recipients, because the encrypted file itself does not contain them. */
  recipients: readonly string[]
  secrets: Secrets
}

const format = 'hakube-secrets'
const version = 1

const pem = (labels: string) =>
  z.string().regex(new RegExp(`^-----BEGIN (${labels})-----\n[A-Za-z0-9+/=\n]+-----END \\1-----\n$`))

/** Checks that Node can parse a text, on which everything else relies. */
const readable = (read: (text: string) => unknown) => (text: string) => {
  try {
    read(text)
    return true
  } catch {
    // OpenSSL's messages do not help the user.
    return false
  }
}

const Certificate = pem('CERTIFICATE').refine(readable((text) => new X509Certificate(text)))
const keyText = pem('RSA PRIVATE KEY|EC PRIVATE KEY|PRIVATE KEY')
/** Parsing a key takes a millisecond. Keys of machines are parsed only when they are compared with their certificates. */
const Pair = z.strictObject({ certificate: Certificate, key: keyText })
const PrivateKey = keyText.refine(readable(createPrivateKey))
const PublicKey = pem('PUBLIC KEY').refine(readable(createPublicKey))
const Authority = Pair.extend({ key: PrivateKey })
const kinds = {
  'etcd-server': Pair.optional(),
  'etcd-peer': Pair.optional(),
  'etcd-client': Pair.optional(),
  'apiserver-etcd-client': Pair.optional(),
} satisfies Record<(typeof certificateKinds)[number], unknown>
const bytes32 = z.string().regex(/^[A-Za-z0-9+/]{43}=$/)
const hexadecimal = z.string().regex(/^[0-9a-f]{64}$/)

const Document = z.strictObject({
  format: z.literal(format),
  version: z.literal(version),
  cluster: z.string().min(1),
  recipients: z.array(z.string().refine(isRecipient)).min(1),
  authorities: z.strictObject({ kubernetes: Authority, frontProxy: Authority, etcd: Authority }),
  serviceAccount: z.strictObject({ publicKey: PublicKey, privateKey: PrivateKey }),
  bootstrapToken: z.string().regex(/^[a-z0-9]{6}\.[a-z0-9]{16}$/),
  certificateKey: hexadecimal,
  keepalivedPassword: z.string().regex(/^[a-z0-9]{8}$/),
  conntrackdKey: hexadecimal,
  // Bundles older than encryption at rest contain none.
  encryptionKeys: z.array(bytes32).default([]),
  server: Pair.nullable(),
  // Absent if empty, so that an older hakube can still read bundles without any.
  own: z.record(z.string().refine(isOwnName), z.string().min(1)).optional(),
  enrolment: z.strictObject({ serverAuthority: Authority, machineAuthority: Authority }).exactOptional(),
  machines: z.record(z.string().regex(/^[a-z0-9]([a-z0-9-]*[a-z0-9])?$/), z.strictObject(kinds)),
})
type Document = z.infer<typeof Document>

/** In this order. */
const pair = ({ certificate, key }: KeyPair): KeyPair => ({ certificate, key })

function ownOf({ own = {} }: Secrets): Pick<Document, 'own'> {
  const names = Object.keys(own).toSorted()
  return names.length === 0 ? {} : { own: machineRecord(names.map((name) => [name, own[name] ?? ''])) }
}

/** The text to encrypt: JSON in a fixed order, so that equal bundles give equal texts. */
export function serializeBundle({ cluster, recipients, secrets }: Bundle): string {
  if (secrets.ephemeral) throw new Error('ephemeral secrets must not be saved')
  const { authorities, serviceAccount, machines } = secrets
  const names = Object.keys(machines).toSorted()
  const document: Document = {
    format,
    version,
    cluster,
    recipients: [...recipients],
    authorities: {
      kubernetes: pair(authorities.kubernetes),
      frontProxy: pair(authorities.frontProxy),
      etcd: pair(authorities.etcd),
    },
    serviceAccount: { publicKey: serviceAccount.publicKey, privateKey: serviceAccount.privateKey },
    bootstrapToken: secrets.bootstrapToken,
    certificateKey: secrets.certificateKey,
    keepalivedPassword: secrets.keepalivedPassword,
    conntrackdKey: secrets.conntrackdKey,
    encryptionKeys: [...secrets.encryptionKeys],
    server: secrets.server && pair(secrets.server),
    ...ownOf(secrets),
    ...(secrets.enrolment === null
      ? {}
      : {
          enrolment: {
            serverAuthority: pair(secrets.enrolment.serverAuthority),
            machineAuthority: pair(secrets.enrolment.machineAuthority),
          },
        }),
    machines: machineRecord(
      names.map((name) => {
        const certificates = machines[name] ?? {}
        const entries = certificateKinds.flatMap((kind) => {
          const each = certificates[kind]
          return each ? [[kind, pair(each)] as const] : []
        })
        return [name, Object.fromEntries(entries)] as const
      }),
    ),
  }
  return `${JSON.stringify(document, null, 2)}\n`
}

/**
 * Parses the decrypted text.
 *
 * @param file for messages
 * @throws Refusal when it is not a bundle that this version can read; the message names fields, but never contents
 */
export function parseBundle(text: string, file: string): Bundle {
  const value = parseJson(text, file)
  if (typeof value === 'object' && value !== null && 'version' in value && 'format' in value) {
    const { version: found } = value
    if (value.format === format && typeof found === 'number' && found > version)
      throw refusal(
        'secrets/version',
        `${file} has format ${found}, but this hakube reads format ${version}`,
        {
          hint: 'use a newer hakube',
        },
      )
  }
  const result = Document.safeParse(value)
  if (!result.success) {
    const places = result.error.issues.map((issue) =>
      formatPath(issue.path.map((part) => (typeof part === 'symbol' ? part.toString() : part))),
    )
    const shown = [...new Set(places)].slice(0, 5).join(', ')
    throw refusal('secrets/content', `${file} can be decrypted, but is not a secrets bundle: see ${shown}`, {
      hint: 'restore the last good one from git',
    })
  }
  const {
    cluster,
    recipients,
    machines,
    own,
    enrolment = null,
    format: _format,
    version: _version,
    ...rest
  } = result.data
  return {
    cluster,
    recipients,
    secrets: {
      ephemeral: false,
      ...rest,
      enrolment,
      machines: machineRecord(machineEntries(machines)),
      ...(own === undefined ? {} : { own: machineRecord(Object.entries(own)) }),
    },
  }
}

/** Omits keys that are undefined. */
const machineEntries = (machines: Document['machines']) =>
  Object.entries(machines).map(([name, certificates]) => {
    const given = certificateKinds.flatMap((kind) => {
      const pair = certificates[kind]
      return pair ? [[kind, pair] as const] : []
    })
    return [name, Object.fromEntries(given)] as const
  })

function parseJson(text: string, file: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    // The message of JSON.parse would quote the text.
    throw refusal('secrets/content', `${file} can be decrypted, but its content is not JSON`, {
      hint: 'restore the last good one from git',
    })
  }
}

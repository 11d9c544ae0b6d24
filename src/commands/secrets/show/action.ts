import { X509Certificate } from 'node:crypto'
import { authorityHash } from '../../../secrets/authority-hash.ts'
import { type Bundle, serializeBundle } from '../../../secrets/bundle.ts'
import { encryptionKeyName } from '../../../secrets/encryption-key.ts'
import { certificateKinds } from '../../../secrets/certificate-need.ts'
import { alternativeNames, usagesOf } from '../../../secrets/examine.ts'
import { authorityNames } from '../../../secrets/make.ts'
import { authorityWords } from '../../../secrets/rotate.ts'
import type { KeyPair } from '../../../secrets/secrets.ts'
import { choiceOf, type Command, exit } from '../../context.ts'
import { readBundle, withProfile } from '../bundle.ts'

/** The public parts of a certificate. */
type Shown = {
  name: string
  subject: string
  names: string[]
  addresses: string[]
  usages: string[]
  authority: boolean
  keyBits: number | null
  from: string
  until: string
  /** SHA-256 of the certificate. */
  fingerprint: string
}

/** `hakube secrets show PROFILE` */
export const action: Command = (context) =>
  withProfile(context, async (subject) => {
    const { options, stdout } = context
    const bundle = await readBundle(context, subject)
    if (options.flag('reveal')) stdout.write(serializeBundle(bundle))
    else if (choiceOf(options, 'format', ['text', 'json']) === 'json') stdout.write(asJson(bundle))
    else stdout.write(asText(bundle, subject.wanted.policy.recipients ?? null))
    return exit.success
  })

function certificatesOf({ secrets }: Bundle): Shown[] {
  const { authorities, machines, server, enrolment } = secrets
  return [
    ...authorityNames.map((name) => describe(authorityWords[name], authorities[name])),
    ...(enrolment
      ? [
          describe('enrolment server', enrolment.serverAuthority),
          describe('enrolment machines', enrolment.machineAuthority),
        ]
      : []),
    ...(server ? [describe('server', server)] : []),
    ...Object.entries(machines).flatMap(([machine, certificates]) =>
      certificateKinds.flatMap((kind) => {
        const pair = certificates[kind]
        return pair ? [describe(`${machine} ${kind}`, pair)] : []
      }),
    ),
  ]
}

function describe(name: string, pair: KeyPair): Shown {
  const certificate = new X509Certificate(pair.certificate)
  return {
    name,
    subject: certificate.subject.replaceAll('\n', ', '),
    ...alternativeNames(certificate),
    usages: usagesOf(certificate),
    authority: certificate.ca,
    keyBits: certificate.publicKey.asymmetricKeyDetails?.modulusLength ?? null,
    from: new Date(certificate.validFrom).toISOString(),
    until: new Date(certificate.validTo).toISOString(),
    fingerprint: certificate.fingerprint256,
  }
}

/** The first half of the token is its public ID (kubernetes.io/docs/reference/access-authn-authz/bootstrap-tokens). */
const tokenId = (bundle: Bundle): string => bundle.secrets.bootstrapToken.slice(0, 6)

/** The names of keys as they precede objects in etcd; the first one encrypts. */
function encryptionText({ secrets }: Bundle): string {
  const [first, ...others] = secrets.encryptionKeys.map(encryptionKeyName)
  if (first === undefined) return 'no key yet: hakube secrets sync creates one'
  return others.length === 0 ? first : `${first}, old: ${others.join(', ')}`
}

function asJson(bundle: Bundle): string {
  const shown = {
    cluster: bundle.cluster,
    recipients: bundle.recipients,
    authorityHash: authorityHash(bundle.secrets.authorities.kubernetes.certificate),
    bootstrapTokenId: tokenId(bundle),
    encryptionKeys: bundle.secrets.encryptionKeys.map(encryptionKeyName),
    certificates: certificatesOf(bundle),
  }
  return `${JSON.stringify(shown, null, 2)}\n`
}

/** The recipients of the bundle, and how they differ from those of the profile. */
function recipientLines(has: readonly string[], wanted: readonly string[] | null): string[] {
  const rows = has.map((each) =>
    wanted && !wanted.includes(each) ? `${each}  (the profile no longer lists it)` : each,
  )
  const missing = (wanted ?? []).filter((each) => !has.includes(each))
  rows.push(...missing.map((each) => `${each}  (in the profile only: hakube secrets sync adds it)`))
  return rows.map((row, index) => (index === 0 ? 'recipients' : '').padEnd(16) + row)
}

function asText(bundle: Bundle, wanted: readonly string[] | null): string {
  const lines = [
    `cluster         ${bundle.cluster}`,
    ...recipientLines(bundle.recipients, wanted),
    `authority hash  ${authorityHash(bundle.secrets.authorities.kubernetes.certificate)}`,
    `token id        ${tokenId(bundle)}`,
    `encryption      ${encryptionText(bundle)}`,
    'hidden          service-account key, bootstrap token, certificate key, encryption keys, keepalived password, conntrackd key',
  ]
  for (const each of certificatesOf(bundle)) {
    const names = [...each.names, ...each.addresses].join(', ')
    const size = each.keyBits === null ? '' : `, ${each.keyBits} bits`
    lines.push(
      '',
      each.name,
      `  subject       ${each.subject}`,
      ...(names === '' || each.authority ? [] : [`  for           ${names}`]),
      `  may           ${each.authority ? 'sign certificates' : each.usages.join(' and ')}${size}`,
      `  until         ${each.until.slice(0, 10)}`,
      `  fingerprint   ${each.fingerprint}`,
    )
  }
  return `${lines.join('\n')}\n`
}

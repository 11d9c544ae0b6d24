import { error, warning } from '../../diagnostics/diagnostic.ts'
import type { Diagnostic, Path, Related } from '../../diagnostics/diagnostic.ts'
import type { Distribution } from '../../distributions/distribution.ts'
import { isFipsArgument } from '../fips.ts'
import { kernelArgumentsOf, type ProfileKernelArgument } from '../kernel-arguments.ts'
import { fileTexts } from './file-texts.ts'
import { onEach, knownSystemsAt } from './of-systems.ts'
import { settingsPlaces } from './rule.ts'
import type { Rule, RuleContext } from './rule.ts'

/*
 * Machines that boot with fips=1. What they reject: the policy FIPS of crypto-policies, policies/FIPS.pol
 * (https://gitlab.com/redhat-crypto/fedora-crypto-policies): SSH keys must be RSA with at least 2048 bits, or ECDSA without a security
 * key; and https://access.redhat.com/solutions/3643252.
 */
const policy = 'https://access.redhat.com/solutions/3643252'

/** Settings of the profile that FIPS mode rejects. */
export const fipsRules: Rule = (context) => {
  const [first] = [...settingsPlaces(context.profile)].flatMap(({ path, settings }) =>
    kernelArgumentsOf(settings, path).filter(
      ({ argument, appliesTo }) => isFipsArgument(argument) && appliesTo !== 'installer',
    ),
  )
  if (!first) return []
  const related: Related[] = [{ path: first.path, message: 'enabled here' }]
  return [
    ...checkSystem(context),
    ...checkUsers(context, related),
    ...checkModules(context, related),
    ...checkFiles(context, related),
  ]
}

/** Whether the distribution supports it, and where the argument is set. */
function checkSystem({ profile }: RuleContext): Diagnostic[] {
  return [...settingsPlaces(profile)].flatMap(({ path, settings }) => [
    ...kernelArgumentsOf(settings, path)
      .filter(({ argument }) => isFipsArgument(argument))
      .flatMap((given) =>
        onEach(profile, knownSystemsAt(profile, path), ({ distribution }) =>
          checkArgument(given, distribution),
        ),
      ),
    ...(settings.kernel?.package === undefined || settings.kernel.package === 'distribution'
      ? []
      : [
          error('fips/kernel', `ELRepo kernels are not validated modules, but machines start with fips=1`, {
            hint: 'remove kernel.package, or fips=1',
            path: [...path, 'kernel', 'package'],
          }),
        ]),
  ])
}

function checkArgument(
  { argument, appliesTo, path: at }: ProfileKernelArgument,
  distribution: Distribution,
): Diagnostic[] {
  if (distribution.family === 'debian')
    return [
      warning(
        'fips/distribution',
        `the packages of ${distribution.title} contain no validated modules: ${argument} alone does not enable FIPS mode`,
        {
          hint:
            distribution.name === 'ubuntu'
              ? 'install the packages of Ubuntu Pro with a command of your own, or use another distribution'
              : 'use a distribution of the Red Hat family, or remove it',
          path: at,
          source: 'https://ubuntu.com/security/certifications/docs/fips',
        },
      ),
    ]
  if (appliesTo === 'both') return []
  return [
    error(
      'fips/installer',
      `${argument} must be on the command line of both the installer and the installed system`,
      {
        hint: 'remove appliesTo: with fips=1, the installer creates suitable keys, initrd and crypto policy',
        path: [...at.slice(0, -1), 'appliesTo'],
        source:
          'https://docs.redhat.com/en/documentation/red_hat_enterprise_linux/9/html/security_hardening/switching-rhel-to-fips-mode_security-hardening',
      },
    ),
  ]
}

function checkUsers({ profile }: RuleContext, related: Related[]): Diagnostic[] {
  return profile.users.flatMap(({ name, sshKeys = [], passwordHash }, index) => [
    ...sshKeys.flatMap((key, position) => {
      const problem = keyProblem(key)
      if (problem === null) return []
      return [
        error('fips/ssh-key', `${name} cannot log in with this key in FIPS mode: ${problem}`, {
          hint: 'write an RSA key of 3072 bits (ssh-keygen -t rsa -b 3072) or an ECDSA key (ssh-keygen -t ecdsa -b 384)',
          path: ['users', index, 'sshKeys', position],
          related,
          source: policy,
        }),
      ]
    }),
    ...(passwordHash === undefined || /^\$[56]\$/.test(passwordHash)
      ? []
      : [
          warning(
            'fips/password',
            `the password of ${name} is hashed with a method that FIPS does not approve`,
            {
              hint: 'write the output of mkpasswd -m sha-512, in quotes',
              path: ['users', index, 'passwordHash'],
              related,
              source: 'FIPS 180-4',
            },
          ),
        ]),
  ])
}

const typesOfKeys = /(?:^|\s)((?:sk-)?(?:ssh|ecdsa)-[a-z0-9-]+(?:@openssh\.com)?)\s+([A-Za-z0-9+/]+=*)/

/** Why FIPS mode rejects an SSH key, as the end of a sentence; null for an acceptable key, and for an invalid one. */
export function keyProblem(line: string): string | null {
  const [, type, body = ''] = typesOfKeys.exec(line) ?? []
  if (type === undefined) return null
  if (type === 'ssh-rsa') {
    const bits = bitsOfRsa(Buffer.from(body, 'base64'))
    return bits !== null && bits < 2048 ? `a ${bits}-bit RSA key is too short` : null
  }
  if (/^ecdsa-sha2-nistp(?:256|384|521)$/.test(type)) return null
  return `${type} is not allowed`
}

/** The fields of a key begin with their length: type, exponent, modulus (RFC 4253, 6.6). */
function bitsOfRsa(bytes: Buffer): number | null {
  let offset = 0
  let field = bytes.subarray(0, 0)
  for (let count = 0; count < 3; count += 1) {
    if (offset + 4 > bytes.length) return null
    const length = bytes.readUInt32BE(offset)
    field = bytes.subarray(offset + 4, offset + 4 + length)
    offset += 4 + length
  }
  return field.length === 0 ? null : BigInt(`0x${field.toString('hex')}`).toString(2).length
}

function checkModules({ profile }: RuleContext, related: Related[]): Diagnostic[] {
  return [...settingsPlaces(profile)].flatMap(({ path, settings }) =>
    (settings.kernel?.modules ?? []).flatMap((name, index) =>
      name === 'wireguard'
        ? [
            error('fips/module', 'wireguard does not load in FIPS mode: its ciphers are not allowed', {
              hint: 'remove it, or fips=1',
              path: [...path, 'kernel', 'modules', index],
              related,
              source: 'https://gitlab.com/cki-project/kernel-ark/-/merge_requests/994',
            }),
          ]
        : [],
    ),
  )
}

const sshConfiguration = /^\/etc\/ssh\/sshd_config(?:\.d\/[^/]+)?$/
const hostKey = /^\/etc\/ssh\/ssh_host_(ed25519|dsa)_key(?:\.pub)?$/
/** Settings of sshd_config(5) that list keys and algorithms, and names that FIPS.pol does not allow. */
const sshSetting =
  /^[ \t]*(?:HostKey|HostKeyAlgorithms|PubkeyAccepted\w+|CASignatureAlgorithms|Ciphers|MACs|KexAlgorithms)\b[^\n]*/gim
const rejected = /ed25519|chacha20|curve25519|sntrup761|umac|hmac-md5|3des|arcfour|blowfish|cast128|ssh-dss/i

/** The user's own files: host keys, authorized keys, and configurations of sshd. */
function checkFiles(context: RuleContext, related: Related[]): Diagnostic[] {
  return fileTexts(context).flatMap(({ path, file, text, key }): Diagnostic[] => {
    const [, type] = hostKey.exec(file.path) ?? []
    if (type !== undefined)
      return [
        error('fips/host-key', `sshd does not use a host key of type ${type} in FIPS mode`, {
          hint: 'remove the file: the machine creates its own RSA and ECDSA keys',
          path: [...path, 'path'],
          related,
          source: policy,
        }),
      ]
    const at: Path = [...path, key]
    if (sshConfiguration.test(file.path))
      return [...text.matchAll(sshSetting)].flatMap(({ 0: line, index }) => {
        // A list that begins with a dash is removed from the defaults (sshd_config(5)).
        const word = /[\s=]-/.test(line)
          ? undefined
          : line.split(/[\s,=]+/).find((each) => rejected.test(each))
        if (word === undefined) return []
        return [
          error('fips/ssh-algorithm', `FIPS mode does not allow ${word} in sshd`, {
            hint: 'remove it: the crypto policy determines what sshd uses',
            path: at,
            part: { start: index + line.indexOf(word), length: word.length },
            related,
            source: policy,
          }),
        ]
      })
    if (!/\/authorized_keys2?$/.test(file.path)) return []
    return text.split('\n').flatMap((line) => {
      const problem = line.trimStart().startsWith('#') ? null : keyProblem(line)
      if (problem === null) return []
      return [
        error('fips/ssh-key', `this key cannot log in in FIPS mode: ${problem}`, {
          hint: 'write an RSA key of 3072 bits or an ECDSA key',
          path: at,
          part: { start: text.indexOf(line), length: line.length },
          related,
          source: policy,
        }),
      ]
    })
  })
}

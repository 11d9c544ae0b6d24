import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { assemble } from '../../src/assembly/assemble.ts'
import { assetsToBoot } from '../../src/boot/booted-files.ts'
import type { Machine } from '../../src/cluster/cluster.ts'
import { components } from '../../src/components/index.ts'
import { distributions } from '../../src/distributions/index.ts'
import type { Profile } from '../../src/profile/schema.ts'
import { machineSite } from '../../src/site/build.ts'
import { textOf } from '../../src/templates/template.ts'
import { changedCluster, fileText } from '../components/host.ts'
import { readPreseed } from '../schemas/preseed.ts'

type Given = Profile['mirrors']

/** What an installer and the installed system of a machine with each architecture are told of mirrors. */
function render(name: string, version: string, mirrors: Given) {
  const cluster = changedCluster((profile) => {
    profile.distribution = { name, version }
    profile.hardware = { disk: '/dev/sda' }
    profile.machines[0]!.architecture = 'amd64'
    profile.machines[1]!.architecture = 'arm64'
    if (mirrors) profile.mirrors = mirrors
  })
  const of = (machine: Machine) => {
    const assembly = assemble(components, cluster, machine)
    const files = machineSite(cluster, assembly)
    const text = (pattern: RegExp): string =>
      files.find(({ path }) => pattern.test(path))?.body.toString('utf8') ?? ''
    const sources = assembly.files
      .filter(({ path }) => /hakube-distribution/.test(path))
      .map(({ content }) => textOf(content).match(/(?:URIs:|baseurl=).*|Suites:.*/g))
    return {
      assembly,
      text,
      assets: assetsToBoot(cluster, machine),
      sources: sources.flatMap((lines) => [...(lines ?? [])]),
    }
  }
  const [amd64, arm64] = cluster.machines
  return {
    amd64: of(amd64!),
    arm64: of(arm64!),
    facts: amd64!.system.facts.filter(({ name: fact }) => /^mirrors.(?:distribution|security)/.test(fact)),
  }
}

/** Lines of sources.list that the installer writes. */
const lateCommand = (text: string): string[] =>
  readPreseed(text)
    .answers.get('preseed/late_command')
    ?.match(/deb http[^']*/g) ?? []

const answers = (text: string) =>
  [...readPreseed(text).answers].filter(([question]) => /^mirror\/https?\//.test(question))

const places = (text: string) => new Set(text.match(/http:\/\/10\.10\.10\.5\/[ab]/g))

type Autoinstall = { autoinstall: { apt: { primary: unknown; security: unknown } } }
const apt = (text: string) => (parse(text) as Autoinstall).autoinstall.apt

describe('Ubuntu', () => {
  it('has a separate archive for arm64 until 25.04: the installer gets both, with their architectures', () => {
    const { amd64, arm64, facts } = render('ubuntu', '24.04', undefined)
    const expected = {
      primary: [
        { arches: ['amd64'], uri: 'http://archive.ubuntu.com/ubuntu' },
        { arches: ['arm64'], uri: 'http://ports.ubuntu.com/ubuntu-ports' },
      ],
      security: [
        { arches: ['amd64'], uri: 'http://security.ubuntu.com/ubuntu' },
        { arches: ['arm64'], uri: 'http://ports.ubuntu.com/ubuntu-ports' },
      ],
    }
    expect(apt(amd64.text(/user-data$/))).toEqual({ ...expected, fallback: 'offline-install', geoip: false })
    expect(apt(arm64.text(/user-data$/))).toMatchObject(expected)
    // The lists that the installer writes are right: hakube leaves them.
    expect([amd64.sources, arm64.sources]).toEqual([[], []])
    expect(facts).toMatchInlineSnapshot(`
      [
        {
          "name": "mirrors.distribution",
          "reason": "the mirror of Ubuntu 24.04",
          "value": "amd64 = http://archive.ubuntu.com/ubuntu, arm64 = http://ports.ubuntu.com/ubuntu-ports",
        },
        {
          "name": "mirrors.security",
          "reason": "the mirror of Ubuntu 24.04",
          "value": "amd64 = http://security.ubuntu.com/ubuntu, arm64 = http://ports.ubuntu.com/ubuntu-ports",
        },
      ]
    `)
  })

  it('uses the mirror of the profile for security updates, in the installer and on the machine', () => {
    const { amd64, arm64, facts } = render('ubuntu', '22.04', {
      distribution: { amd64: 'http://10.10.10.5/ubuntu/', arm64: 'http://10.10.10.5/ubuntu-ports' },
    })
    const both = [
      { arches: ['amd64'], uri: 'http://10.10.10.5/ubuntu' },
      { arches: ['arm64'], uri: 'http://10.10.10.5/ubuntu-ports' },
    ]
    expect(apt(arm64.text(/user-data$/))).toMatchObject({ primary: both, security: both })
    expect(amd64.sources).toMatchInlineSnapshot(`
      [
        "URIs: http://10.10.10.5/ubuntu",
        "Suites: jammy jammy-updates",
        "URIs: http://10.10.10.5/ubuntu",
        "Suites: jammy-security",
      ]
    `)
    expect(arm64.sources).toMatchInlineSnapshot(`
      [
        "URIs: http://10.10.10.5/ubuntu-ports",
        "Suites: jammy jammy-updates",
        "URIs: http://10.10.10.5/ubuntu-ports",
        "Suites: jammy-security",
      ]
    `)
    expect(facts).toMatchInlineSnapshot(`
      [
        {
          "from": [
            "mirrors",
            "distribution",
          ],
          "name": "mirrors.distribution",
          "value": "amd64 = http://10.10.10.5/ubuntu, arm64 = http://10.10.10.5/ubuntu-ports",
        },
        {
          "name": "mirrors.security",
          "reason": "mirrors.distribution contains them too",
          "value": "amd64 = http://10.10.10.5/ubuntu, arm64 = http://10.10.10.5/ubuntu-ports",
        },
      ]
    `)
  })

  it('uses a separate address for them', () => {
    const { amd64 } = render('ubuntu', '24.04', {
      distribution: { amd64: 'http://10.10.10.5/ubuntu' },
      security: { amd64: 'http://10.10.10.5/security' },
    })
    expect(apt(amd64.text(/user-data$/))).toMatchObject({
      primary: [
        { arches: ['amd64'], uri: 'http://10.10.10.5/ubuntu' },
        { arches: ['arm64'], uri: 'http://ports.ubuntu.com/ubuntu-ports' },
      ],
      security: [
        { arches: ['amd64'], uri: 'http://10.10.10.5/security' },
        { arches: ['arm64'], uri: 'http://ports.ubuntu.com/ubuntu-ports' },
      ],
    })
    expect(amd64.sources).toMatchInlineSnapshot(`
      [
        "URIs: http://10.10.10.5/ubuntu",
        "Suites: noble noble-updates",
        "URIs: http://10.10.10.5/security",
        "Suites: noble-security",
      ]
    `)
  })

  it('has one entry for one address', () => {
    const { amd64 } = render('ubuntu', '22.04', { distribution: 'http://10.10.10.5/ubuntu' })
    expect(apt(amd64.text(/user-data$/))).toMatchObject({
      primary: [{ arches: ['default'], uri: 'http://10.10.10.5/ubuntu' }],
      security: [{ arches: ['default'], uri: 'http://10.10.10.5/ubuntu' }],
    })
  })
})

describe('Debian', () => {
  it('has security updates beside the mirror, or at the address in the profile', () => {
    const own = render('debian', '13', undefined)
    expect(lateCommand(own.amd64.text(/^preseed/))).toMatchInlineSnapshot(`
      [
        "deb https://deb.debian.org/debian trixie main",
        "deb https://deb.debian.org/debian trixie-updates main",
        "deb https://deb.debian.org/debian-security trixie-security main",
      ]
    `)
    expect(own.amd64.sources).toEqual([])
    const mirrored = render('debian', '13', { distribution: 'http://10.10.10.5/debian' })
    expect(lateCommand(mirrored.amd64.text(/^preseed/))).toMatchInlineSnapshot(`
      [
        "deb http://10.10.10.5/debian trixie main",
        "deb http://10.10.10.5/debian trixie-updates main",
        "deb http://10.10.10.5/debian-security trixie-security main",
      ]
    `)
    expect(mirrored.amd64.sources).toMatchInlineSnapshot(`
      [
        "URIs: http://10.10.10.5/debian",
        "Suites: trixie trixie-updates",
        "URIs: http://10.10.10.5/debian-security",
        "Suites: trixie-security",
      ]
    `)
    const apart = render('debian', '13', { security: 'http://10.10.10.5/updates/' })
    expect(lateCommand(apart.amd64.text(/^preseed/))).toMatchInlineSnapshot(`
      [
        "deb https://deb.debian.org/debian trixie main",
        "deb https://deb.debian.org/debian trixie-updates main",
        "deb http://10.10.10.5/updates trixie-security main",
      ]
    `)
    expect(apart.amd64.sources).toMatchInlineSnapshot(`
      [
        "URIs: https://deb.debian.org/debian",
        "Suites: trixie trixie-updates",
        "URIs: http://10.10.10.5/updates",
        "Suites: trixie-security",
      ]
    `)
  })

  it('installs each architecture from its mirror', () => {
    const { amd64, arm64 } = render('debian', '12', {
      distribution: { amd64: 'http://10.10.10.5/a', arm64: 'https://10.10.10.6/b' },
    })
    expect([answers(amd64.text(/^preseed/)), answers(arm64.text(/^preseed/))]).toMatchInlineSnapshot(`
      [
        [
          [
            "mirror/http/hostname",
            "10.10.10.5",
          ],
          [
            "mirror/http/directory",
            "/a",
          ],
          [
            "mirror/http/proxy",
            "",
          ],
        ],
        [
          [
            "mirror/https/hostname",
            "10.10.10.6",
          ],
          [
            "mirror/https/directory",
            "/b",
          ],
          [
            "mirror/https/proxy",
            "",
          ],
        ],
      ]
    `)
    expect(arm64.assets[0]?.source).toBe(
      'https://10.10.10.6/b/dists/bookworm/main/installer-arm64/current/images/netboot/debian-installer/arm64/linux',
    )
  })
})

describe('the family of Red Hat', () => {
  it.each(
    distributions
      .filter(({ family }) => family === 'rhel')
      .map(({ name, version, title }) => [title, name, version] as const),
  )('installs each architecture from its mirror: %s', (_, name, version) => {
    const { amd64, arm64, facts } = render(name, version, {
      distribution: { amd64: 'http://10.10.10.5/a', arm64: 'http://10.10.10.5/b' },
    })
    expect([places(amd64.text(/^kickstart/)), places(arm64.text(/^kickstart/))]).toEqual([
      new Set(['http://10.10.10.5/a']),
      new Set(['http://10.10.10.5/b']),
    ])
    expect(amd64.sources.every((line) => line.includes('5/a/'))).toBe(true)
    expect(arm64.sources.every((line) => line.includes('5/b/'))).toBe(true)
    expect(facts.map((fact) => fact.name)).toEqual(['mirrors.distribution'])
  })
})

describe('files of the profile', () => {
  it('do not contain the mirrors', () => {
    const { amd64 } = render('ubuntu', '24.04', { distribution: 'http://10.10.10.5/ubuntu' })
    expect(fileText(amd64.assembly, '/etc/apt/sources.list.d/hakube-distribution.sources'))
      .toMatchInlineSnapshot(`
      "# Written by hakube (sources.list(5), deb822 format).

      Types: deb
      URIs: http://10.10.10.5/ubuntu
      Suites: noble noble-updates
      Components: main universe
      Signed-By: /usr/share/keyrings/ubuntu-archive-keyring.gpg

      Types: deb
      URIs: http://10.10.10.5/ubuntu
      Suites: noble-security
      Components: main universe
      Signed-By: /usr/share/keyrings/ubuntu-archive-keyring.gpg
      "
    `)
  })
})

import { describe, expect, it } from 'vitest'
import { good, mistakesIn, replace } from '../mistakes.ts'

type Rack = 'amd64' | 'arm64' | 'both'

/** The good profile on Ubuntu with machines of these architectures and these lines at its end. */
const on = (rack: Rack, lines: string, system = 'ubuntu\n  version: "24.04"'): string =>
  mistakesIn(
    replace(
      `${good}${lines}`,
      ['rocky\n  version: "9"', system],
      ['  disk: /dev/sda', `  disk: /dev/sda\n  architecture: ${rack === 'arm64' ? 'arm64' : 'amd64'}`],
      ['  - name: worker-1', `  - name: worker-1\n    architecture: ${rack === 'amd64' ? 'amd64' : 'arm64'}`],
    ),
  )

describe('mirrors of machines with two architectures', () => {
  it.each(['amd64', 'arm64', 'both'] as const)(
    'need not be set: each architecture has its own archive, %s',
    (rack) => {
      expect(on(rack, '')).toBe('')
    },
  )

  it('can be set one by one', () => {
    const own =
      'mirrors:\n  distribution: {amd64: http://10.10.10.5/ubuntu, arm64: http://10.10.10.5/ubuntu-ports}\n'
    expect(on('both', own)).toBe('')
    expect(on('both', 'mirrors: {distribution: {arm64: http://10.10.10.5/ubuntu-ports}}\n')).toBe('')
    expect(
      on(
        'both',
        `${own}  security: {amd64: http://10.10.10.5/security, arm64: http://10.10.10.5/ubuntu-ports}\n`,
      ),
    ).toBe('')
  })

  const archive = 'http://archive.ubuntu.com/ubuntu'
  const ports = 'http://ports.ubuntu.com/ubuntu-ports'
  const own = 'http://10.10.10.5/ubuntu'
  it.each<[Rack, string, string[]]>([
    ['amd64', archive, []],
    ['amd64', 'http://de.archive.ubuntu.com/ubuntu', []],
    ['amd64', ports, ['error[distribution/architecture]']],
    ['amd64', own, []],
    ['arm64', archive, ['error[distribution/architecture]']],
    ['arm64', 'https://us.archive.ubuntu.com/ubuntu/', ['error[distribution/architecture]']],
    ['arm64', ports, []],
    ['arm64', own, []],
    ['both', archive, ['error[distribution/architecture]']],
    ['both', ports, ['error[distribution/architecture]']],
    ['both', own, ['warning[mirrors/one-for-two]']],
    ['both', `{amd64: ${archive}, arm64: ${ports}}`, []],
    ['both', `{amd64: ${ports}, arm64: ${own}}`, ['error[distribution/architecture]']],
    ['both', `{amd64: ${own}, arm64: ${archive}}`, ['error[distribution/architecture]']],
    ['both', `{amd64: ${own}}`, []],
  ])('%s with %s', (rack, address, codes) => {
    const found = on(rack, `mirrors: {distribution: ${address.startsWith('{') ? address : `"${address}"`}}\n`)
    expect([...found.matchAll(/(?:error|warning)\[[^\]]+\]/g)].map(([code]) => code)).toEqual(codes)
  })

  it('are reported with what to write', () => {
    expect(on('both', `mirrors: {distribution: "${archive}", security: "${own}"}\n`)).toMatchInlineSnapshot(`
      "profile.yaml:51:25: error[distribution/architecture]: archive.ubuntu.com has no Ubuntu 24.04 packages for arm64, the architecture of worker-1 [$.mirrors.distribution]
         51 | mirrors: {distribution: "http://archive.ubuntu.com/ubuntu", security: "http://10.10.10.5/ubuntu"}
            |                         ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
        hint: remove it to use the right archive for each architecture, or write mirrors.distribution: and below it amd64 and arm64
        source: https://wiki.ubuntu.com/UbuntuDevelopment/Ports

      profile.yaml:51:71: warning[mirrors/one-for-two]: Ubuntu 24.04 keeps amd64 and arm64 in two archives, but this address is used for both [$.mirrors.security]
         51 | mirrors: {distribution: "http://archive.ubuntu.com/ubuntu", security: "http://10.10.10.5/ubuntu"}
            |                                                                       ^^^^^^^^^^^^^^^^^^^^^^^^^^
        hint: write mirrors.security: and below it amd64 and arm64, unless this mirror has both
        source: https://wiki.ubuntu.com/UbuntuDevelopment/Ports
      "
    `)
  })

  it('are in one archive for Debian and for the Red Hat family', () => {
    for (const system of ['debian\n  version: "13"', 'rocky\n  version: "9"', 'almalinux\n  version: "10"'])
      expect(on('both', 'mirrors: {distribution: http://10.10.10.5/all}\n', system)).toBe('')
  })

  it('are all required if the distribution has no public one', () => {
    const rhel = 'rhel\n  version: "9"'
    const one = 'mirrors: {distribution: {amd64: http://10.10.10.5/rhel}}\n'
    expect(on('both', one, rhel)).toContain('error[distribution/no-mirror]')
    expect(on('amd64', one, rhel)).toBe('')
  })

  it('are reported with a wrong address below an architecture', () => {
    expect(on('both', 'mirrors: {distribution: {amd64: mirror, arm64: "http://x/?y", i386: "http://x"}}\n'))
      .toMatchInlineSnapshot(`
        "profile.yaml:51:33: error[mirrors/malformed]: "mirror" is not a web address [$.mirrors.distribution.amd64]
           51 | mirrors: {distribution: {amd64: mirror, arm64: "http://x/?y", i386: "http://x"}}
              |                                 ^^^^^^
          hint: write http://mirror or https://mirror

        profile.yaml:51:48: error[mirrors/malformed]: "http://x/?y" has a query, a fragment or credentials [$.mirrors.distribution.arm64]
           51 | mirrors: {distribution: {amd64: mirror, arm64: "http://x/?y", i386: "http://x"}}
              |                                                ^^^^^^^^^^^^^
          hint: write http://x/

        profile.yaml:51:63: error[mirrors/key-of-address]: "i386" is not an architecture or a distribution [$.mirrors.distribution.i386]
           51 | mirrors: {distribution: {amd64: mirror, arm64: "http://x/?y", i386: "http://x"}}
              |                                                               ^^^^
          hint: write amd64 or arm64, or a distribution as in distribution.name
        "
      `)
  })
})

describe('mirrors.security', () => {
  it('is only for Debian and Ubuntu', () => {
    expect(on('amd64', 'mirrors: {security: http://10.10.10.5/security}\n')).toBe('')
    expect(on('amd64', 'mirrors: {security: http://10.10.10.5/security}\n', 'debian\n  version: "12"')).toBe(
      '',
    )
    expect(on('amd64', 'mirrors: {security: http://10.10.10.5/security}\n', 'rocky\n  version: "9"'))
      .toMatchInlineSnapshot(`
      "profile.yaml:51:11: error[mirrors/security]: Rocky Linux 9 has no separate archive of security updates [$.mirrors.security]
         51 | mirrors: {security: http://10.10.10.5/security}
            |           ^^^^^^^^
        hint: remove security: mirrors.distribution contains them
      "
    `)
  })
})

import { describe, expect, it } from 'vitest'
import { assemble } from '../../src/assembly/assemble.ts'
import { memberMark, type Part } from '../../src/assembly/component.ts'
import { components } from '../../src/components/index.ts'
import { exampleCluster, type ExampleName, exampleNames } from '../example.ts'
import { mistakesWith } from '../profile/mistakes.ts'
import { assembleHost, changedCluster, checkText, fileText, stepText } from './host.ts'
import { forReview } from '../support/shared-text.ts'

const docker = {
  name: 'docker-ce-stable',
  url: 'https://download.docker.com/linux/ubuntu noble stable',
  key: '-----BEGIN PGP PUBLIC KEY BLOCK-----\n\nabc\n-----END PGP PUBLIC KEY BLOCK-----',
}
const ubuntu: ExampleName = 'load-balancers-on-control-planes'

const assembleWith = (part: Part, example: ExampleName, mirror?: string) =>
  assembleHost(
    changedCluster((profile) => {
      if (mirror) profile.mirrors = { distribution: mirror }
    }, example),
    part,
  )

const paths = (assembly: ReturnType<typeof assembleWith>) =>
  assembly.files.filter(({ component }) => component === 'packages').map(({ path }) => path)

describe('packages', () => {
  it('writes a key that is text into a file beside the apt source', () => {
    const assembly = assembleWith({ repositories: [docker] }, ubuntu)
    expect(paths(assembly)).toEqual([
      '/etc/apt/keyrings/hakube-docker-ce-stable.asc',
      '/etc/apt/sources.list.d/hakube-docker-ce-stable.sources',
    ])
    expect(fileText(assembly, '/etc/apt/sources.list.d/hakube-docker-ce-stable.sources'))
      .toMatchInlineSnapshot(`
      "# Written by hakube (sources.list(5), deb822 format).

      Types: deb
      URIs: https://download.docker.com/linux/ubuntu
      Suites: noble
      Components: stable
      Signed-By: /etc/apt/keyrings/hakube-docker-ce-stable.asc
      "
    `)
    expect(fileText(assembly, '/etc/apt/keyrings/hakube-docker-ce-stable.asc')).toBe(`${docker.key}\n`)
    expect(stepText(assembly, 'packages')).not.toContain('apt-helper')
  })

  it('writes a key that is text into a file beside the dnf repository', () => {
    const assembly = assembleWith(
      { repositories: [{ ...docker, url: 'https://example.com/el9' }] },
      'external-load-balancers',
    )
    expect(paths(assembly)).toEqual([
      '/etc/pki/rpm-gpg/RPM-GPG-KEY-hakube-docker-ce-stable',
      '/etc/yum.repos.d/hakube-docker-ce-stable.repo',
    ])
    expect(fileText(assembly, '/etc/yum.repos.d/hakube-docker-ce-stable.repo')).toMatchInlineSnapshot(`
      "# Written by hakube (dnf.conf(5), yum.conf(5)).
      [hakube-docker-ce-stable]
      name=hakube docker-ce-stable
      baseurl=https://example.com/el9
      enabled=1
      gpgcheck=1
      gpgkey=file:///etc/pki/rpm-gpg/RPM-GPG-KEY-hakube-docker-ce-stable
      "
    `)
  })

  it('accepts a key that is fetched from an address only with its fingerprint, before the repository is used', () => {
    const fetched = { ...docker, key: 'https://example.com/gpg', fingerprints: ['AB', 'CD'] }
    for (const example of ['external-load-balancers', ubuntu] as const) {
      const assembly = assembleWith({ repositories: [fetched] }, example)
      const script = stepText(assembly, 'packages')
      const isApt = example === ubuntu
      const path = isApt
        ? '/etc/apt/keyrings/hakube-docker-ce-stable.asc'
        : '/etc/pki/rpm-gpg/RPM-GPG-KEY-hakube-docker-ce-stable'
      const take = `\n  /usr/libexec/hakube/take-key ${path} https://example.com/gpg AB CD\n`
      expect(script).toContain(take)
      expect(script.indexOf(take)).toBeLessThan(script.indexOf(isApt ? 'apt-get update' : 'dnf --assumeyes'))
      expect(paths(assembly)).toContain('/usr/libexec/hakube/take-key')
    }
  })

  it('gives dnf the key as a file, wherever it comes from', () => {
    const assembly = assembleWith(
      { repositories: [{ ...docker, key: 'https://example.com/gpg' }] },
      'external-load-balancers',
    )
    expect(fileText(assembly, '/etc/yum.repos.d/hakube-docker-ce-stable.repo')).toContain(
      '\ngpgcheck=1\ngpgkey=file:///etc/pki/rpm-gpg/RPM-GPG-KEY-hakube-docker-ce-stable\n',
    )
  })

  it('replaces the apt sources by a mirror', async () => {
    const assembly = assembleWith({}, ubuntu, 'http://mirror.example.com/ubuntu')
    expect(fileText(assembly, '/etc/apt/sources.list.d/hakube-distribution.sources')).toMatchInlineSnapshot(`
      "# Written by hakube (sources.list(5), deb822 format).

      Types: deb
      URIs: http://mirror.example.com/ubuntu
      Suites: noble noble-updates
      Components: main universe
      Signed-By: /usr/share/keyrings/ubuntu-archive-keyring.gpg

      Types: deb
      URIs: http://mirror.example.com/ubuntu
      Suites: noble-security
      Components: main universe
      Signed-By: /usr/share/keyrings/ubuntu-archive-keyring.gpg
      "
    `)
    await expect(await forReview(stepText(assembly, 'packages'))).toMatchFileSnapshot(
      '../fixtures/host/expected/packages-apt-mirror.sh',
    )
  })

  it("keeps Debian's security archive beside its mirror", () => {
    const assembly = assembleWith({}, 'rack-test', 'http://mirror.example.com/debian')
    expect(fileText(assembly, '/etc/apt/sources.list.d/hakube-distribution.sources')).toMatchInlineSnapshot(`
      "# Written by hakube (sources.list(5), deb822 format).

      Types: deb
      URIs: http://mirror.example.com/debian
      Suites: bookworm bookworm-updates
      Components: main
      Signed-By: /usr/share/keyrings/debian-archive-keyring.gpg

      Types: deb
      URIs: http://mirror.example.com/debian-security
      Suites: bookworm-security
      Components: main
      Signed-By: /usr/share/keyrings/debian-archive-keyring.gpg
      "
    `)
  })

  it('replaces the dnf repositories by a mirror', async () => {
    const assembly = assembleWith({}, 'external-load-balancers', 'http://mirror.example.com/rocky')
    expect(
      paths(assembly)
        .map((path) => fileText(assembly, path))
        .join('\n'),
    ).toMatchInlineSnapshot(`
      "# Written by hakube (dnf.conf(5), yum.conf(5)).
      [hakube-distribution-appstream]
      name=hakube distribution-appstream
      baseurl=http://mirror.example.com/rocky/9/AppStream/x86_64/os
      enabled=1
      gpgcheck=1
      gpgkey=file:///etc/pki/rpm-gpg/RPM-GPG-KEY-Rocky-9

      # Written by hakube (dnf.conf(5), yum.conf(5)).
      [hakube-distribution-base]
      name=hakube distribution-base
      baseurl=http://mirror.example.com/rocky/9/BaseOS/x86_64/os
      enabled=1
      gpgcheck=1
      gpgkey=file:///etc/pki/rpm-gpg/RPM-GPG-KEY-Rocky-9
      "
    `)
    await expect(await forReview(stepText(assembly, 'packages'))).toMatchFileSnapshot(
      '../fixtures/host/expected/packages-dnf-mirror.sh',
    )
  })

  const own = [
    { path: '/etc/yum.repos.d/rocky-own.repo', content: '[own]\n' },
    { path: '/etc/yum.repos.d/internal.repo', content: '[internal]\n' },
    { path: '/etc/apt/sources.list', content: 'deb http://10.0.0.1/ ./\n' },
    { path: '/etc/motd', content: 'hello\n' },
  ]

  it.each<[ExampleName, string[]]>([
    [
      'external-load-balancers',
      [
        "lists=(/etc/yum.repos.d/rocky.repo '/etc/yum.repos.d/rocky-*.repo')",
        'for list in "${lists[@]}"; do',
        '  for file in $list; do',
        '    case $file in',
        '      /etc/apt/sources.list | /etc/yum.repos.d/internal.repo | /etc/yum.repos.d/rocky-own.repo) continue ;;',
        '    esac',
        '    [[ -e $file ]] || continue',
      ],
    ],
    [
      'load-balancers-on-control-planes',
      [
        'lists=(/etc/apt/sources.list /etc/apt/sources.list.d/ubuntu.sources)',
        'for list in "${lists[@]}"; do',
        '  case $list in',
        '    /etc/apt/sources.list | /etc/yum.repos.d/internal.repo | /etc/yum.repos.d/rocky-own.repo) continue ;;',
        '  esac',
        '  [[ ! -s $list ]] || mv -- "$list" "$list.disabled"',
      ],
    ],
  ])('%s: replaces no list that is a file of the profile', (example, lines) => {
    const cluster = changedCluster((profile) => {
      profile.mirrors = { distribution: 'http://mirror.example.com/own' }
      profile.files = own
    }, example)
    const script = stepText(assembleHost(cluster), 'packages')
    expect(script.slice(script.indexOf('lists=('))).toContain(`${lines.join('\n')}\n`)
  })

  it("accepts the user's own repository on the mirror's host", () => {
    expect(
      mistakesWith(`mirrors:
  distribution: http://mirror.example.com/rocky
files:
  - path: /etc/yum.repos.d/internal.repo
    content: |
      [internal]
      name=internal
      baseurl=http://mirror.example.com/internal/$releasever
      enabled=1
      gpgcheck=0
`),
    ).toBe('')
  })

  it('leaves the lists unchanged if there is no mirror', () => {
    for (const example of ['external-load-balancers', ubuntu] as const)
      expect(stepText(assembleWith({}, example), 'packages')).not.toContain('for list in')
  })

  it('always names the mirror of a release that has ended, because its own lists no longer answer', () => {
    const cluster = changedCluster((profile) => {
      profile.distribution = { name: 'centos', version: '7' }
      profile.kubernetes.version = '1.31.14'
    })
    const assembly = assembleHost(cluster)
    expect(paths(assembly)).toEqual([
      '/etc/yum.repos.d/hakube-distribution-base.repo',
      '/etc/yum.repos.d/hakube-distribution-extras.repo',
      '/etc/yum.repos.d/hakube-distribution-updates.repo',
    ])
    expect(stepText(assembly, 'packages')).toContain('\n  yum --assumeyes --disableexcludes=all install ')
  })

  it.each<[string, Part, string]>([
    [
      'two versions of one package',
      {
        packages: [
          { name: 'kubelet', version: '1.36.4' },
          { name: 'kubelet', version: '1.35.2' },
        ],
      },
      'package kubelet has two versions: 1.36.4, 1.35.2',
    ],
    [
      'two repositories of one name',
      { repositories: [docker, { ...docker, url: 'https://example.com/ /' }] },
      'two repositories have the name docker-ce-stable',
    ],
    [
      'a repository whose name is a path',
      { repositories: [{ ...docker, name: '../../cron.d/x' }] },
      '../../cron.d/x is not a repository name',
    ],
  ])('refuses %s', (_what, part, message) => {
    expect(() => assembleWith(part, ubuntu)).toThrow(message)
  })

  it('keeps packages on members that are declared so, whichever component declares them', () => {
    const assembly = assembleWith(
      {
        packages: [
          { name: 'kubelet', version: '1.36.4', keptByMembers: true },
          { name: 'kubelet' },
          { name: "it's", keptByMembers: true },
          { name: 'htop' },
        ],
      },
      ubuntu,
    )
    const line = String.raw`kept=('it'\''s' kubelet)`
    expect(stepText(assembly, 'packages').split('\n')).toContain(line)
    expect(checkText(assembly, 'packages').split('\n')).toContain(line)
  })

  it.each(exampleNames)(
    'keeps Kubernetes and the container runtime on the nodes of %s, and knows their package names',
    (name) => {
      const cluster = exampleCluster(name)
      for (const machine of cluster.machines) {
        const assembly = assemble(components, cluster, machine)
        const step = stepText(assembly, 'packages')
        const kept = /^kept=\((.*)\)$/m.exec(step)?.[1]?.split(' ')
        const isNode = machine.role !== 'load-balancer' && machine.role !== 'etcd'
        const expected = [
          'kubeadm',
          'kubectl',
          'kubelet',
          ...machine.system.containerRuntime.installs,
        ].toSorted()
        expect(kept).toEqual(isNode ? expected : undefined)
        if (!isNode) continue
        expect(step).toContain(`\nmember=${memberMark}\n`)
        // What kubeadm's step leaves behind.
        expect(stepText(assembly, 'kubeadm')).toContain(
          `\nstate=${memberMark.replace(/\/member$/, '')}\n# Records that kubeadm has finished on this machine.\nmember=$state/member\n`,
        )
      }
    },
  )

  it('quotes names and versions', () => {
    const assembly = assembleWith({ packages: [{ name: "g++ 'x'", version: '$(id)' }] }, ubuntu)
    expect(stepText(assembly, 'packages').split('\n')).toContain(
      String.raw`wanted=(chrony '' curl '' 'g++ '\''x'\''' '$(id)' nftables '' openssh-server '' sudo '')`,
    )
  })
})

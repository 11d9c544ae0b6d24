import { describe, expect, it } from 'vitest'
import { packageAccounts, systemAccount } from '../../../src/distributions/accounts.ts'
import type { Distribution } from '../../../src/distributions/distribution.ts'
import { distributions } from '../../../src/distributions/index.ts'
import { components } from '../../../src/components/index.ts'
import { parseProfile } from '../../../src/profile/load.ts'
import { placeholderKey, sshKeyProblem } from '../../../src/profile/ssh-key.ts'
import { installedPackages } from '../../../src/profile/rules/taken-logins.ts'
import { exampleNames, exampleProfile, testCluster, writeUpNames, systemOf } from '../../example.ts'
import { good, mistakes, mistakesWith, replace } from '../mistakes.ts'
import { pemBlock } from '../../support/pem.ts'

const named = (login: string, distribution: Distribution, ...more: [string, string][]) =>
  parseProfile(
    replace(
      good,
      ['name: ops', `name: ${login}`],
      ['name: rocky', `name: ${distribution.name}`],
      ['version: "9"', `version: "${distribution.version}"`],
      ...more,
    ),
    'profile.yaml',
  ).diagnostics.filter((each) => each.code.startsWith('users/'))

/** A whole hash of each kind, as mkpasswd prints them. */
const hashes: Readonly<Record<string, string>> = {
  5: `$5$salt$${'a'.repeat(43)}`,
  6: `$6$salt$${'a'.repeat(86)}`,
  '2b': `$2b$12$${'a'.repeat(53)}`,
  '2a': `$2a$12$${'a'.repeat(53)}`,
  '2y': `$2y$12$${'a'.repeat(53)}`,
  y: '$y$j9T$F5Jx5fExrKuPp53xLKQ..1$X3DX6M94c7o.9agCG9G317fhZg9SqC.5i5rd.RhAtQ7',
  7: '$7$CU..../....salt$hash',
  gy: '$gy$j9T$salt$hash',
}

const unknownTo = ({ name, version }: Distribution): string[] =>
  Object.keys(hashes).filter((kind) =>
    parseProfile(
      replace(
        `${good}    passwordHash: ${hashes[kind]}\n`,
        ['name: rocky', `name: ${name}`],
        ['version: "9"', `version: "${version}"`],
      ),
      'profile.yaml',
    ).diagnostics.some(({ code }) => code === 'users/hash-kind'),
  )

describe('kinds of password hashes', () => {
  it('are accepted if crypt(3) of the distribution supports them', () => {
    const all = distributions.map((each) => [each.title, unknownTo(each).toSorted()] as const)
    expect(all.filter(([, unknown]) => unknown.length > 0)).toEqual([
      ['Rocky Linux 8', ['7', 'gy', 'y']],
      ['AlmaLinux 8', ['7', 'gy', 'y']],
      ['Red Hat Enterprise Linux 8', ['7', 'gy', 'y']],
      ['CentOS 7', ['2a', '2b', '2y', '7', 'gy', 'y']],
    ])
  })

  it('are reported with what to write instead', () => {
    const text = parseProfile(
      replace(
        `${good}    passwordHash: ${hashes['y']}\n`,
        ['name: rocky', 'name: centos'],
        ['version: "9"', 'version: "7"'],
      ),
      'profile.yaml',
    ).diagnostics.find(({ code }) => code === 'users/hash-kind')
    expect(text).toMatchInlineSnapshot(`
      {
        "code": "users/hash-kind",
        "hint": "write the output of mkpasswd -m sha-512, in quotes",
        "message": "crypt(3) of CentOS 7 does not support yescrypt ($y$), so ops could not log in with the password",
        "path": [
          "users",
          0,
          "passwordHash",
        ],
        "position": {
          "column": 19,
          "file": "profile.yaml",
          "length": 73,
          "line": 49,
        },
        "severity": "error",
        "source": "crypt(5), https://github.com/besser82/libxcrypt",
      }
    `)
  })
})

describe('users', () => {
  it('reports malformed user names', () => {
    expect(mistakes(['name: ops\n', 'name: root\n']) + mistakes(['name: ops\n', 'name: Ops\n']))
      .toMatchInlineSnapshot(`
        "profile.yaml:46:11: error[users/root]: root cannot be a login user [$.users[0].name]
           46 |   - name: root
              |           ^^^^
          hint: add another user, who has sudo by default; root has neither a password nor a key
        profile.yaml:46:11: error[users/name]: "Ops" is not a login name [$.users[0].name]
           46 |   - name: Ops
              |           ^^^
          hint: use at most 32 characters of a-z, 0-9, dot, _ and -, beginning with a letter
          source: useradd(8)
        "
      `)
  })
  it('reports a duplicate user', () => {
    expect(
      mistakesWith(
        '  - name: ops\n    sshKeys: ["ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAINtODLLcxnxUAPxj6q1T6K2l46ecNNiL1HXgI/4LlunW ops@example.com"]\n',
      ),
    ).toMatchInlineSnapshot(`
      "profile.yaml:49:11: error[users/duplicate]: the user ops is listed twice [$.users[1].name]
         49 |   - name: ops
            |           ^^^
        hint: write all keys of a user in one list
        profile.yaml:46:11: first used here
      "
    `)
  })
  it('reports a user who has no way to log in', () => {
    expect(mistakesWith('  - name: guest\n')).toMatchInlineSnapshot(`
      "profile.yaml:49:11: warning[users/no-login]: guest has neither an SSH key nor a password, so this user cannot log in [$.users[1].name]
         49 |   - name: guest
            |           ^^^^^
        hint: add sshKeys with a line of ~/.ssh/id_ed25519.pub
      "
    `)
  })
  it('reports a truncated key', () => {
    expect(
      mistakes([
        'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAINtODLLcxnxUAPxj6q1T6K2l46ecNNiL1HXgI/4LlunW ops@example.com',
        'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAINtODLLcxnxUAPxj6q1T6K2l',
      ]),
    ).toMatchInlineSnapshot(`
      "profile.yaml:48:9: error[users/ssh-key]: this is not a public key: it is truncated [$.users[0].sshKeys[0]]
         48 |       - ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAINtODLLcxnxUAPxj6q1T6K2l
            |         ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
        hint: write one line of ~/.ssh/id_ed25519.pub, e.g. ssh-ed25519 AAAA… name@host
        source: sshd(8), AUTHORIZED_KEYS FILE FORMAT
      "
    `)
  })
  it('reports a key of another type', () => {
    expect(mistakes(['ssh-ed25519 AAAA', 'ssh-rsa AAAA'])).toMatchInlineSnapshot(`
      "profile.yaml:48:9: error[users/ssh-key]: this is not a public key: its content is not a key of type ssh-rsa [$.users[0].sshKeys[0]]
         48 |       - ssh-rsa AAAAC3NzaC1lZDI1NTE5AAAAINtODLLcxnxUAPxj6q1T6K2l46ecNNiL1HXgI/4LlunW ops@example.com
            |         ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
        hint: write one line of ~/.ssh/id_ed25519.pub, e.g. ssh-ed25519 AAAA… name@host
        source: sshd(8), AUTHORIZED_KEYS FILE FORMAT
      "
    `)
  })
  it('reports what is not a key', () => {
    expect(
      mistakes([
        'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAINtODLLcxnxUAPxj6q1T6K2l46ecNNiL1HXgI/4LlunW ops@example.com',
        'my key',
      ]),
    ).toMatchInlineSnapshot(`
      "profile.yaml:48:9: error[users/ssh-key]: this is not a public key: its type is none of ssh-ed25519, ssh-rsa, ecdsa-sha2-nistp256, … [$.users[0].sshKeys[0]]
         48 |       - my key
            |         ^^^^^^
        hint: write one line of ~/.ssh/id_ed25519.pub, e.g. ssh-ed25519 AAAA… name@host
        source: sshd(8), AUTHORIZED_KEYS FILE FORMAT
      "
    `)
  })
  it('reports a private key', () => {
    expect(
      mistakes([
        '      - ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAINtODLLcxnxUAPxj6q1T6K2l46ecNNiL1HXgI/4LlunW ops@example.com',
        `      - |\n        ${pemBlock('OPENSSH PRIVATE KEY', 'b3BlbnNzaC1rZXktdjEAAAAABG5vbmUAAAAEbm9uZQAAAAAAAAABAAAAMwAAAAtzc2gtZW').replaceAll('\n', '\n        ')}`,
      ]),
    ).toMatchInlineSnapshot(`
      "profile.yaml:48:9: error[users/private-key]: this is a private key, which must not leave its machine [$.users[0].sshKeys[0]]
         48 |       - |
            |         ^
        hint: write the line of the .pub file; create a new pair if this one is already in git
      "
    `)
  })
  it('reports the placeholder key of hakube init', () => {
    expect(
      mistakes([
        'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAINtODLLcxnxUAPxj6q1T6K2l46ecNNiL1HXgI/4LlunW ops@example.com',
        placeholderKey.replace('replace-this-key', 'me@desk'),
      ]),
    ).toMatchInlineSnapshot(`
      "profile.yaml:48:9: warning[users/placeholder-key]: this is the placeholder key of hakube init; nobody has its private key [$.users[0].sshKeys[0]]
         48 |       - ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIGhha3ViZSBpbml0IHBsYWNlaG9sZGVyOiByZXBsYWNl me@desk
            |         ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
        hint: write the line of your own ~/.ssh/id_ed25519.pub
      "
    `)
    expect(sshKeyProblem(placeholderKey)).toBeNull()
    expect(
      Buffer.from(placeholderKey.split(' ')[1] ?? '', 'base64')
        .subarray(-32)
        .toString(),
    ).toBe('hakube init placeholder: replace')
  })
  it('reports a password in clear text', () => {
    expect(mistakesWith('    passwordHash: correct horse\n')).toMatchInlineSnapshot(`
      "profile.yaml:49:19: error[users/password]: this is not a crypt(3) hash; if it is the password itself, it is compromised [$.users[0].passwordHash]
         49 |     passwordHash: ********
            |                   ^^^^^^^^
        hint: write the output of mkpasswd -m sha-512, in quotes
        source: crypt(5)
      "
    `)
  })
  it('reports an MD5 hash', () => {
    expect(mistakesWith('    passwordHash: $1$abcdefgh$0123456789012345678901\n')).toMatchInlineSnapshot(`
      "profile.yaml:49:19: error[users/weak-password]: the password is hashed with MD5, which is broken [$.users[0].passwordHash]
         49 |     passwordHash: ********
            |                   ^^^^^^^^
        hint: write the output of mkpasswd -m sha-512, in quotes
        source: crypt(5)
      "
    `)
  })
  it('reports a truncated hash', () => {
    expect(mistakesWith('    passwordHash: $6$abcdefgh$0123456789\n')).toMatchInlineSnapshot(`
      "profile.yaml:49:19: error[users/password]: this is not a complete crypt(3) hash [$.users[0].passwordHash]
         49 |     passwordHash: ********
            |                   ^^^^^^^^
        hint: write the output of mkpasswd -m sha-512, in quotes
        source: crypt(5)
      "
    `)
  })
  it('accepts yescrypt', () => {
    expect(
      mistakesWith(
        '    passwordHash: $y$j9T$F5Jx5fExrKuPp53xLKQ..1$X3DX6M94c7o.9agCG9G317fhZg9SqC.5i5rd.RhAtQ7\n',
      ),
    ).toMatchInlineSnapshot(`""`)
  })

  it('reports names that the distribution or a package uses', () => {
    const debian: [string, string][] = [
      ['name: rocky', 'name: debian'],
      ['version: "9"', 'version: "12"'],
    ]
    expect(
      mistakes(['name: ops\n', 'name: haproxy\n']) +
        mistakes(['name: ops\n', 'name: staff\n'], ...debian) +
        mistakes(['name: ops\n', 'name: games\n'], ...debian),
    ).toMatchInlineSnapshot(`
      "profile.yaml:46:11: error[users/taken]: haproxy is a user or group of the package haproxy, which would take over this login [$.users[0].name]
         46 |   - name: haproxy
            |           ^^^^^^^
        hint: write another name, e.g. haproxy-admin
        source: package haproxy
      profile.yaml:46:11: error[users/taken]: staff is a group of Debian 12, so useradd refuses to create a user with that name [$.users[0].name]
         46 |   - name: staff
            |           ^^^^^
        hint: write another name, e.g. staff-admin
        source: package base-passwd; useradd(8)
      profile.yaml:46:11: error[users/taken]: games is a system user of Debian 12 [$.users[0].name]
         46 |   - name: games
            |           ^^^^^
        hint: write another name, e.g. games-admin
        source: package base-passwd; useradd(8)
      "
    `)
  })

  describe.each(distributions.map((distribution) => [distribution.title, distribution] as const))(
    '%s',
    (_, distribution) => {
      const always = ['daemon', 'bin', 'games', 'users', 'nobody', 'sshd', 'tty', 'systemd-network']
      it.each([...always, distribution.adminGroup, 'haproxy', 'keepalived_script'])(
        'reserves %s',
        (login) => {
          expect(named(login, distribution).map((each) => each.code)).toEqual(['users/taken'])
        },
      )

      it.each(['ops', 'admin', 'ubuntu', 'rocky', 'git', 'j.doe', 'backup-admin', 'haproxy.ops', '_ops'])(
        'accepts the name %s',
        (login) => {
          expect(named(login, distribution)).toEqual([])
        },
      )

      it.each(['haproxy', 'docker', 'etcd', 'tcpdump', '_chrony', 'staff', 'wheel', 'users', 'sudo'])(
        'suggests a free name for %s',
        (login) => {
          for (const { hint } of named(login, distribution)) {
            const other = hint?.replace('write another name, e.g. ', '') ?? ''
            expect(named(other, distribution)).toEqual([])
          }
        },
      )
    },
  )

  it.each([
    // login, what the profile has, on which distribution
    ['docker', [['kubernetes:\n', 'containerRuntime:\n  name: docker\nkubernetes:\n']], 'rocky', '9'],
    ['docker', [['kubernetes:\n', 'containerRuntime:\n  name: docker\nkubernetes:\n']], 'debian', '12'],
    ['etcd', [['kubernetes:\n', 'etcd:\n  placement: control-plane\nkubernetes:\n']], 'debian', '12'],
    ['postgres', [['users:\n', 'packages: [postgresql-15]\nusers:\n']], 'debian', '12'],
    ['postgres', [['users:\n', 'packages: [postgresql-server]\nusers:\n']], 'rocky', '9'],
    ['tcpdump', [['role: worker', 'role: worker\n    packages: [tcpdump]']], 'rocky', '9'],
    ['frrvty', [['users:\n', 'roles:\n  worker:\n    packages: [frr]\nusers:\n']], 'ubuntu', '22.04'],
  ] as [string, [string, string][], string, string][])(
    'the login %s is taken with %j on %s %s, and free without',
    (login, changes, name, version) => {
      const distribution = distributions.find((each) => each.name === name && each.version === version)
      if (!distribution) throw new Error(`no ${name} ${version}`)
      expect(named(login, distribution, ...changes).map((each) => each.code)).toEqual(['users/taken'])
      expect(named(login, distribution).map((each) => each.code)).toEqual(
        systemAccount(distribution, login) === null ? [] : ['users/taken'],
      )
    },
  )

  it.each([...exampleNames, ...writeUpNames])(
    'knows the packages of %s that create accounts',
    async (name) => {
      const cluster = await testCluster(exampleProfile(name))
      const { distribution } = systemOf(cluster)
      const predicted = installedPackages(exampleProfile(name), distribution)
      const missed = cluster.machines
        .flatMap((machine) =>
          components
            .filter((component) => component.appliesTo(cluster, machine))
            .flatMap((component) => component.contribute?.(cluster, machine).packages ?? [])
            .map((each) => each.name),
        )
        .filter((each) =>
          packageAccounts(distribution, each).some(
            (account) => systemAccount(distribution, account) === null,
          ),
        )
        .filter((each) => !predicted.includes(each))
      expect(missed).toEqual([])
    },
  )

  it.each([
    ['j.doe', true],
    ['j.', true],
    ['a..b', true],
    ['_backup', true],
    ['a'.repeat(32), true],
    ['a'.repeat(33), false],
    ['.doe', false],
    ['..', false],
    ['-doe', false],
    ['doe$', false],
    ['J.Doe', false],
    ['1doe', false],
    ['j/doe', false],
    ['j:doe', false],
    ['j doe', false],
  ])('judges the login %j: %s', (login, right) => {
    const [rocky] = distributions
    if (!rocky) throw new Error('there is none')
    const codes = named(JSON.stringify(login), rocky).map((each) => each.code)
    expect(codes).toEqual(right ? [] : ['users/name'])
  })
})

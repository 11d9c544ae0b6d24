import { readdirSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import type { Machine } from '../../src/cluster/cluster.ts'
import { checkWithPrograms, type ProgramChoice, type ProgramReport } from '../../src/check/run.ts'
import { temporaryTop } from '../../src/check/temporary.ts'
import type { MachineOutput } from '../../src/check/reader.ts'
import { installMethod } from '../../src/distributions/install-methods.ts'
import { describeWith } from '../prerequisites.ts'
import { cluster, output, siteFile, templated } from './subjects.ts'

const environment = { PATH: process.env['PATH'] }
const [first, second] = cluster.balancers as [Machine, Machine]
const [worker] = cluster.workers as [Machine]

const check = (
  outputs: Iterable<MachineOutput>,
  profile: object | null = null,
  programs: ProgramChoice = 'auto',
) =>
  checkWithPrograms(cluster, outputs, {
    programs,
    environment,
    repository: null,
    profile: profile && { profile },
  })

const leftDirectories = () =>
  readdirSync(temporaryTop(environment)).filter(
    (name) => name.startsWith('hakube-check-') && name.includes(`-${process.pid}-`),
  )

const haproxyConfiguration = (word: string) =>
  templated(
    '/etc/haproxy/haproxy.cfg',
    [
      'global',
      '  user haproxy-is-not-here',
      '  chroot /var/lib/nowhere',
      'defaults',
      '  mode tcp',
      '  timeout connect 5s',
      '  timeout client 1h',
      '  timeout server 1h',
      'frontend api',
      '  bind 203.0.113.19:6443',
      '  default_backend api',
      'backend api',
      `  ${word} httpchk`,
      '  server one 203.0.113.11:6443 check check-ssl verify required ca-file /etc/haproxy/ca.pem',
      '',
    ].join('\n'),
    'cloud-init/haproxy/haproxy.cfg.ejs',
    'haproxy',
  )

const keepalivedConfiguration = (id: number, script = '/usr/libexec/keepalived/check-haproxy') =>
  templated(
    '/etc/keepalived/keepalived.conf',
    [
      'global_defs {',
      '  enable_script_security',
      '  script_user keepalived_script',
      '}',
      'include /run/hakube/interface.conf',
      'vrrp_script haproxy {',
      `  script "${script}"`,
      '  interval 2',
      '  weight 50',
      '}',
      'vrrp_instance sample {',
      '  state BACKUP',
      '  interface $INTERFACE',
      `  virtual_router_id ${id}`,
      '  priority 100',
      '  virtual_ipaddress {',
      '    203.0.113.19/32',
      '  }',
      '  track_script {',
      '    haproxy',
      '  }',
      '}',
      '',
    ].join('\n'),
    'cloud-init/keepalived/keepalived.conf.ejs',
    'keepalived',
  )

const userData = (lines: string[]) => `#cloud-config\n${lines.join('\n')}\n`

describeWith({ linux: true, programs: ['haproxy'] }, 'haproxy reads its configuration', () => {
  const authority = {
    path: '/etc/haproxy/ca.pem',
    mode: '0644',
    component: 'haproxy',
    content: cluster.secrets.authorities.kubernetes.certificate,
  }

  it('accepts a valid one, whose user, certificate and chroot exist only on the machine', async () => {
    const report = await check([output(first, [authority, haproxyConfiguration('option')])])
    expect(report).toEqual<ProgramReport>({
      diagnostics: [],
      read: [{ program: 'haproxy', texts: 1 }],
      notRun: [],
      machines: 1,
      files: 2,
    })
    expect(leftDirectories()).toEqual([])
  })

  it('reports machines, file, line and template line of a mistake, once for all machines', async () => {
    const files = [authority, haproxyConfiguration('optoin')]
    const report = await check([output(first, files), output(second, files)])
    expect(report.read).toEqual([{ program: 'haproxy', texts: 1 }])
    expect(report.diagnostics).toMatchInlineSnapshot(`
      [
        {
          "code": "program/haproxy",
          "hint": "line 23 of cloud-init/haproxy/haproxy.cfg.ejs generates it (component haproxy); if the profile is right, please report this",
          "message": "sample-haproxy-001, sample-haproxy-002: /etc/haproxy/haproxy.cfg line 13: haproxy says: unknown keyword 'optoin' in 'backend' section; did you mean 'option' maybe ?",
          "position": {
            "column": 1,
            "file": "cloud-init/haproxy/haproxy.cfg.ejs",
            "length": 1,
            "line": 23,
          },
          "severity": "error",
        },
      ]
    `)
  })

  it('reports an invalid certificate', async () => {
    const report = await check([
      output(first, [{ ...authority, content: 'no certificate\n' }, haproxyConfiguration('option')]),
    ])
    expect(report.diagnostics.map(({ message }) => message)).toMatchInlineSnapshot(`
      [
        "sample-haproxy-001: /etc/haproxy/haproxy.cfg line 14: haproxy says: 'server api/one' : Couldn't open the ca-file '/etc/haproxy/ca.pem' (no certificate or crl found).",
        "sample-haproxy-001: /etc/haproxy/haproxy.cfg: haproxy says: 'ca-file' : unable to load /etc/haproxy/ca.pem.",
      ]
    `)
  })
})

describeWith({ linux: true, programs: ['keepalived'] }, 'keepalived reads its configuration', () => {
  const script = {
    path: '/usr/libexec/keepalived/check-haproxy',
    mode: '0755',
    component: 'keepalived',
    content: '#!/bin/bash\ntrue\n',
  }

  it('accepts a valid one, whose card, script and user exist only on the machine', async () => {
    const report = await check([output(first, [keepalivedConfiguration(51), script])])
    expect(report.diagnostics).toEqual([])
    expect(report.read.map(({ program }) => program)).toContain('keepalived')
  })

  it('names the template line of a mistake', async () => {
    const report = await check([output(first, [keepalivedConfiguration(300), script])])
    expect(report.diagnostics).toMatchInlineSnapshot(`
      [
        {
          "code": "program/keepalived",
          "hint": "line 24 of cloud-init/keepalived/keepalived.conf.ejs generates it (component keepalived); if the profile is right, please report this",
          "message": "sample-haproxy-001: /etc/keepalived/keepalived.conf line 14: keepalived says: number '300' outside range [1, 255]",
          "position": {
            "column": 1,
            "file": "cloud-init/keepalived/keepalived.conf.ejs",
            "length": 1,
            "line": 24,
          },
          "severity": "error",
        },
        {
          "code": "program/keepalived",
          "hint": "line 24 of cloud-init/keepalived/keepalived.conf.ejs generates it (component keepalived); if the profile is right, please report this",
          "message": "sample-haproxy-001: /etc/keepalived/keepalived.conf line 14: keepalived says: (sample): VRID '300' not valid - must be between 1 & 255",
          "position": {
            "column": 1,
            "file": "cloud-init/keepalived/keepalived.conf.ejs",
            "length": 1,
            "line": 24,
          },
          "severity": "error",
        },
        {
          "code": "program/keepalived",
          "hint": "cloud-init/keepalived/keepalived.conf.ejs generates it (component keepalived); if the profile is right, please report this",
          "message": "sample-haproxy-001: /etc/keepalived/keepalived.conf: keepalived says: (sample) the virtual router id must be set",
          "severity": "error",
        },
      ]
    `)
  })

  it('reports a script that it runs and no component provides', async () => {
    const report = await check([
      output(first, [keepalivedConfiguration(51, '/usr/libexec/keepalived/missing')]),
    ])
    expect(report.diagnostics.map(({ message }) => message)).toMatchInlineSnapshot(`
      [
        "sample-haproxy-001: /etc/keepalived/keepalived.conf: keepalived says: Disabling track script haproxy since not found/accessible",
      ]
    `)
  })
})

describeWith({ linux: true, programs: ['cloud-init'] }, 'cloud-init reads user-data', () => {
  it('reads files that differ only in names and contents once', async () => {
    const outputs = cluster.workers.map((machine) =>
      output(
        machine,
        [],
        [
          siteFile(
            `seed/${machine.macs[0]}/user-data`,
            userData([
              `hostname: "${machine.name}"`,
              'write_files:',
              '  - path: "/etc/motd"',
              '    content: |',
              `      This is ${machine.name}, number ${machine.index}.`,
              '',
              '      Enjoy.',
            ]),
            machine,
          ),
        ],
      ),
    )
    const report = await check(outputs)
    expect(report.diagnostics).toEqual([])
    expect(report.read).toEqual([{ program: 'cloud-init', texts: 1 }])
  })

  it('reports the file on the machine that a mistake concerns, once', async () => {
    const motd = templated('/etc/motd', 'hello\n', 'cloud-init/files/motd.ejs', 'files')
    const text = userData([
      'hostname: 5',
      'write_files:',
      '- path: "/etc/motd"',
      '  contents: "hello, world, and: all"',
    ])
    const report = await check([output(worker, [motd], [siteFile('seed/x/user-data', text, worker)])])
    expect(report.diagnostics).toMatchInlineSnapshot(`
      [
        {
          "code": "program/cloud-init",
          "hint": "hakube generates this file from the whole profile; if the profile is right, please report this",
          "message": "sample-kube-worker-001: seed/x/user-data: cloud-init says: hostname: 5 is not of type 'string'",
          "severity": "error",
        },
        {
          "code": "program/cloud-init",
          "hint": "cloud-init/files/motd.ejs generates it (component files); if the profile is right, please report this",
          "message": "sample-kube-worker-001: seed/x/user-data (/etc/motd): cloud-init says: write_files.0: Additional properties are not allowed ('contents' was unexpected)",
          "severity": "error",
        },
      ]
    `)
  })

  it('checks the cloud-config inside the answers for an installer', async () => {
    const text = userData(['autoinstall:', '  version: 1', '  user-data:', '    runcmd: "reboot"'])
    const install = installMethod('autoinstall')
    const byAutoinstall = { ...worker, system: { ...worker.system, install } }
    const report = await check([
      output(byAutoinstall, [], [siteFile('seed/x/user-data', text, byAutoinstall)]),
    ])
    expect(report.diagnostics.map(({ message }) => message)).toMatchInlineSnapshot(`
      [
        "sample-kube-worker-001: seed/x/user-data: cloud-init says: autoinstall.user-data.runcmd: 'reboot' is not of type 'array'",
      ]
    `)
  })

  it('reports deprecated keys as warnings, and invalid YAML with its line', async () => {
    const old = siteFile('seed/x/user-data', userData(['apt_update: true']), worker)
    const broken = siteFile('seed/y/user-data', userData(['hostname: "a']), first)
    const report = await check([output(worker, [], [old]), output(first, [], [broken])])
    expect(report.diagnostics.map(({ severity, message }) => `${severity}: ${message}`))
      .toMatchInlineSnapshot(`
      [
        "warning: sample-kube-worker-001: seed/x/user-data: cloud-init says: apt_update: DEPRECATED: Dropped after April 2027. Use \`\`package_update\`\`. Default: \`\`false\`\`",
        "error: sample-haproxy-001: seed/y/user-data line 2: cloud-init says: format-l2.c11: not valid YAML: while scanning a quoted scalar found unexpected end of stream",
      ]
    `)
  })
})

describeWith({ linux: true, programs: ['bash', 'shellcheck'] }, 'bash and shellcheck read scripts', () => {
  it('names the template line', async () => {
    const text = '#!/bin/bash\nset -e\nif true; then\n  cd $1\n'
    const script = templated(
      '/usr/libexec/hakube/steps/01-kernel',
      text,
      'cloud-init/kernel/step.ejs',
      'kernel',
    )
    const report = await check([output(first, [script])])
    expect(report.diagnostics).toMatchInlineSnapshot(`
      [
        {
          "code": "program/bash",
          "hint": "line 15 of cloud-init/kernel/step.ejs generates it (component kernel); if the profile is right, please report this",
          "message": "sample-haproxy-001: /usr/libexec/hakube/steps/01-kernel line 5: bash says: syntax error: unexpected end of file",
          "position": {
            "column": 1,
            "file": "cloud-init/kernel/step.ejs",
            "length": 1,
            "line": 15,
          },
          "severity": "error",
        },
      ]
    `)
  })

  it("points to the line of a user's text in the profile, and checks each user's text", async () => {
    const command = { name: 'register', run: 'cd /tmp\nfor i in $*; do rm -r "$i/"*; done\n' }
    const profile = { commands: [command] }
    const script = (name: string) => ({
      path: '/usr/libexec/hakube/steps/09-register',
      mode: '0700',
      component: 'commands',
      from: ['commands', 0],
      content: `#!/bin/bash\nset -euo pipefail\n${command.run}echo ${name}\n`,
    })
    const report = await check(
      [output(first, [script(first.name)]), output(second, [script(second.name)])],
      profile,
    )
    expect(report.read).toEqual([
      { program: 'bash', texts: 2 },
      { program: 'shellcheck', texts: 2 },
    ])
    expect(report.diagnostics[0]).toMatchInlineSnapshot(`
      {
        "code": "program/shellcheck",
        "message": "sample-haproxy-001: /usr/libexec/hakube/steps/09-register line 4: shellcheck says: SC2048: Use "$@" (with quotes) to prevent whitespace problems.",
        "part": {
          "length": 34,
          "start": 8,
        },
        "path": [
          "commands",
          0,
          "run",
        ],
        "severity": "warning",
        "source": "https://www.shellcheck.net/wiki/SC2048",
      }
    `)
  })

  it("finds the line of a user's file beside the profile, and checks sh scripts as sh", async () => {
    const profile = { files: [{ path: '/usr/local/bin/x', source: 'files/x' }] }
    const text = '#!/bin/sh\necho <(date)\n'
    const file = {
      path: '/usr/local/bin/x',
      mode: '0755',
      component: 'files',
      from: ['files', 0],
      content: text,
    }
    const report = await check([output(first, [file])], profile)
    expect(report.diagnostics).toMatchInlineSnapshot(`
      [
        {
          "code": "program/shellcheck",
          "message": "sample-haproxy-001: /usr/local/bin/x line 2: shellcheck says: SC3001: In POSIX sh, process substitution is undefined.",
          "part": {
            "length": 12,
            "start": 10,
          },
          "path": [
            "files",
            0,
            "source",
          ],
          "severity": "warning",
          "source": "https://www.shellcheck.net/wiki/SC3001",
        },
      ]
    `)
  })
})

const answers = (machine: Machine, ...lines: readonly string[]) => {
  const text = ['#_preseed_V1', `d-i netcfg/get_hostname string ${machine.name}`, ...lines, ''].join('\n')
  return output(machine, [], [siteFile(`preseed/${machine.macs[0]}.cfg`, text, machine)])
}

describeWith(
  { linux: true, programs: ['debconf-set-selections'] },
  'debconf reads answers for an installer',
  () => {
    it('reads answers that differ only in the names of machines once, and leaves no database behind', async () => {
      const report = await check(cluster.workers.map((machine) => answers(machine)))
      expect(report.diagnostics).toEqual([])
      expect(report.read).toEqual([{ program: 'debconf-set-selections', texts: 1 }])
    })

    it('can run several times concurrently', async () => {
      const texts = Array.from({ length: 12 }, (_, index) => `d-i time/zone string Zone/${index}`)
      const report = await check(texts.map((line) => answers(worker, line)))
      expect(report.diagnostics).toEqual([])
      expect(report.read).toEqual([{ program: 'debconf-set-selections', texts: 12 }])
    })

    it('reports the line that the installer would ignore', async () => {
      const lines = ['d-i preseed/late_command string true; \\', '  true', 'd-i', 'd-i time/zone word UTC']
      const report = await check([answers(worker, ...lines)])
      expect(report.diagnostics.map(({ message }) => message)).toMatchInlineSnapshot(`
      [
        "sample-kube-worker-001: preseed/52-54-00-aa-bb-06.cfg line 5: debconf-set-selections says: parse error on line 5",
        "sample-kube-worker-001: preseed/52-54-00-aa-bb-06.cfg line 6: debconf-set-selections says: Unknown type word, skipping line 6",
      ]
    `)
    })
  },
)

describeWith({ linux: true, root: true, programs: ['nft'] }, 'nft reads rules', () => {
  it('names the template line', async () => {
    const rules = templated(
      '/etc/nftables.conf',
      '#!/usr/sbin/nft -f\nflush ruleset\ntable inet hakube {\n  chain input {\n    bogus\n  }\n}\n',
      'cloud-init/selinux-firewall/nftables.conf.ejs',
      'selinux-firewall',
    )
    const report = await check([output(first, [rules])])
    expect(report.diagnostics).toMatchInlineSnapshot(`
      [
        {
          "code": "program/nft",
          "hint": "line 15 of cloud-init/selinux-firewall/nftables.conf.ejs generates it (component selinux-firewall); if the profile is right, please report this",
          "message": "sample-haproxy-001: /etc/nftables.conf line 5: nft says: syntax error, unexpected newline",
          "position": {
            "column": 1,
            "file": "cloud-init/selinux-firewall/nftables.conf.ejs",
            "length": 1,
            "line": 15,
          },
          "severity": "error",
        },
      ]
    `)
  })
})

describe('programs that are not installed', () => {
  const script = templated('/usr/bin/x', '#!/bin/bash\ntrue\n', 'cloud-init/x.ejs', 'x')

  it('runs none if none are selected, and still examines everything', async () => {
    const report = await check([output(first, [script])], null, 'none')
    expect(report).toEqual<ProgramReport>({ diagnostics: [], read: [], notRun: [], machines: 1, files: 1 })
  })

  it('stops when the user aborts it', async () => {
    const options = {
      programs: 'auto',
      environment,
      repository: null,
      profile: null,
      signal: AbortSignal.abort(),
    } as const
    await expect(checkWithPrograms(cluster, [output(first, [script])], options)).rejects.toThrow('aborted')
    expect(leftDirectories()).toEqual([])
  })
})

import { describe, expect, it } from 'vitest'
import { compareClusters, compareMachine, type MachineDifference } from '../../src/diff/compare.ts'
import { takesText } from '../../src/diff/report.ts'
import { sideOf } from '../../src/diff/side.ts'
import { table } from '../../src/diff/table.ts'
import { changedCluster, machineOf } from '../components/host.ts'
import { exampleProfile, installedBy, testCluster, type ExampleName } from '../example.ts'
import {
  type Change,
  difference as differenceOf,
  everyJudgement,
  judgement,
  nothingChanged,
  settings,
} from './change.ts'
import { withoutNumbers } from '../support/shared-text.ts'

const difference = (machine: string, change: Change, profile?: ExampleName, from?: Change) =>
  differenceOf({ machine, change, ...(profile ? { profile } : {}), ...(from ? { from } : {}) })

const summary = (found: MachineDifference | null) =>
  found && {
    takes: takesText(found),
    changes: [
      ...found.facts.map(({ name }) => name),
      ...found.files.map(({ change, path }) => `${change} ${path}`),
    ].map((text) => withoutNumbers(text.replace(/(?:01-)?[0-9a-f]{2}(?:-[0-9a-f]{2}){5}/, '<mac>'))),
  }

const balancer = 'sample-haproxy-001'
const control = 'sample-kube-master-001'
const worker = 'sample-kube-worker-001'

const live: Change = (profile) => {
  profile.distribution = { name: 'debian', version: '12', install: 'live' }
}

/** Another one. */
const key: Change = ({ users }) =>
  Object.assign(users[0] ?? {}, { sshKeys: [`ssh-ed25519 ${'A'.repeat(68)} x`] })

const keyAndReports: Change = (profile) => {
  key(profile)
  profile.syslogPort = 514
}

const byPreseed: Change = (profile) => {
  profile.distribution = { name: 'debian', version: '13', install: 'preseed' }
}

const byAutoinstall: Change = (profile) => {
  profile.distribution = { name: 'ubuntu', version: '24.04', install: 'autoinstall' }
}

const byImage: Change = (profile) => {
  profile.distribution = installedBy({ name: 'debian', version: '13' }, 'image')
}

const rows: [what: string, machine: string, takes: string, change: Change, from?: Change][] = [
  ['a user’s own file', worker, 'files', settings({ files: [{ path: '/etc/motd', content: 'other\n' }] })],
  [
    'an audit log begins',
    'sample-kube-master-002',
    'files',
    ({ kubernetes }) => Object.assign(kubernetes, { audit: {} }),
  ],
  [
    'objects in etcd are encrypted',
    'sample-kube-master-002',
    'files',
    ({ kubernetes }) => Object.assign(kubernetes, { encryptionAtRest: {} }),
  ],
  [
    'a command',
    worker,
    'files and restart of hakube-firstboot.service',
    settings({ commands: [{ name: 'x', run: 'true' }] }),
  ],
  [
    'a command is gone',
    worker,
    'files',
    settings({ commands: [] }),
    settings({ commands: [{ name: 'x', run: 'true' }] }),
  ],
  ['a package', worker, 'files and restart of hakube-firstboot.service', settings({ packages: ['htop'] })],
  ['a kernel argument', worker, 'reboot', settings({ kernel: { arguments: ['quiet'] } })],
  [
    'a kernel argument of the installer',
    worker,
    'nothing',
    settings({ kernel: { arguments: [{ argument: 'quiet', appliesTo: 'installer' }] } }),
  ],
  [
    'a kernel argument, with the answers of a preseed file',
    worker,
    'reboot',
    settings({ kernel: { arguments: ['quiet'] } }),
    byPreseed,
  ],
  [
    'a kernel argument, with the answers of autoinstall',
    worker,
    'reboot',
    settings({ kernel: { arguments: ['quiet'] } }),
    byAutoinstall,
  ],
  [
    'fips=1, by which the installer makes the system',
    worker,
    'reinstall',
    settings({ kernel: { arguments: ['fips=1'] } }),
  ],
  ['a newer kernel', worker, 'reboot', settings({ kernel: { package: 'elrepo-ml' } })],
  [
    "the distribution's kernel again",
    worker,
    'files',
    settings({ kernel: { package: 'distribution' } }),
    settings({ kernel: { package: 'elrepo-ml' } }),
  ],
  [
    'another package of haproxy',
    balancer,
    'files and restart of hakube-firstboot.service, haproxy.service',
    ({ loadBalancing }) => Object.assign(loadBalancing!.haproxyPackage!, { version: '3.2.1' }),
    ({ loadBalancing }) =>
      Object.assign(loadBalancing!, {
        haproxyPackage: { path: 'haproxy.rpm', sha256: 'a'.repeat(64), version: '3.2.0' },
      }),
  ],
  [
    'a kernel module',
    worker,
    'files and restart of hakube-firstboot.service',
    settings({ kernel: { modules: ['dummy'] } }),
  ],
  [
    'a kernel module is gone',
    worker,
    'reboot',
    settings({ kernel: {} }),
    settings({ kernel: { modules: ['dummy'] } }),
  ],
  [
    'a kernel setting',
    worker,
    'files and restart of systemd-sysctl.service',
    settings({ sysctls: { 'vm.swappiness': 1 } }),
    settings({ sysctls: { 'vm.swappiness': 2 } }),
  ],
  [
    'a kernel setting is gone',
    worker,
    'reboot',
    settings({ sysctls: {} }),
    settings({ sysctls: { 'vm.swappiness': 2 } }),
  ],
  [
    'the port of the ingress',
    balancer,
    'files and restart of firewalld.service, haproxy.service',
    ({ loadBalancing }) => Object.assign(loadBalancing?.ingress ?? {}, { httpPort: 81 }),
  ],
  ['a disk', worker, 'reinstall', settings({ hardware: { disk: '/dev/sdb' } })],
  [
    'the layout of the disk',
    worker,
    'reinstall',
    settings({ hardware: { disk: '/dev/sda', rootSize: '64GiB' } }),
    settings({ hardware: { disk: '/dev/sda' } }),
  ],
  [
    'a data disk',
    worker,
    'files and restart of hakube-firstboot.service',
    settings({ hardware: { disk: '/dev/sda', dataDisks: [{ disk: '/dev/sdb', mount: '/srv' }] } }),
    settings({ hardware: { disk: '/dev/sda' } }),
  ],
  [
    'the firmware',
    worker,
    'reinstall',
    settings({ hardware: { disk: '/dev/sda', firmware: 'bios' } }),
    settings({ hardware: { disk: '/dev/sda', firmware: 'uefi' } }),
  ],
  ['the distribution', worker, 'reinstall', settings({ distribution: { name: 'almalinux', version: '9' } })],
  [
    'the version of Kubernetes',
    worker,
    'files and restart of hakube-firstboot.service',
    ({ kubernetes }) => Object.assign(kubernetes, { version: '1.36.5' }),
  ],
  [
    'the version of Kubernetes on a load balancer',
    balancer,
    'no difference',
    ({ kubernetes }) => Object.assign(kubernetes, { version: '1.35.2' }),
  ],
  [
    'an SSH key',
    worker,
    'files and restart of hakube-firstboot.service',
    ({ users }) =>
      Object.assign(users[0] ?? {}, {
        sshKeys: ['ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAINtODLLcxnxUAPxj6q1T6K2l46ecNNiL1HXgI/4LlunW x'],
      }),
  ],
  [
    'the name server',
    worker,
    'files',
    ({ network }) => Object.assign(network, { nameServers: ['10.10.10.2'] }),
  ],
  [
    'the time server',
    control,
    'files and restart of chronyd.service',
    ({ network }) => Object.assign(network, { timeServers: ['10.10.10.2'] }),
  ],
  [
    'the card',
    worker,
    'reinstall',
    ({ machines }) =>
      Object.assign(machines.find(({ name }) => name === worker) ?? {}, { mac: '52:54:00:aa:bb:99' }),
  ],
  [
    'a second card',
    balancer,
    'nothing',
    ({ machines }) => Object.assign(machines[0] ?? {}, { mac: ['52:54:00:aa:bb:01', '52:54:00:aa:bb:99'] }),
  ],
  [
    'the pod network',
    control,
    'reinstall',
    ({ kubernetes }) => Object.assign(kubernetes, { podNetwork: '10.200.0.0/16' }),
  ],
  [
    'a limit',
    worker,
    'reboot',
    settings({ limits: [{ domain: '*', type: '-', item: 'nofile', value: 5000 }] }),
  ],
  [
    'a limit of logins only',
    worker,
    'files',
    settings({ limits: [{ domain: '*', type: 'soft', item: 'nproc', value: 5000 }] }),
    settings({ limits: [] }),
  ],
  ['nothing', worker, 'no difference', nothingChanged],
]

describe('what a change requires', () => {
  it.each(rows)('%s, %s: %s', (_, machine, takes, change, from) => {
    const found = difference(machine, change, undefined, from)
    expect(found ? takesText(found) : 'no difference').toBe(takes)
  })

  it('is reported for every fact and file that differs, with the reason', async () => {
    const text = rows.map(([what, machine, , change, from]) => {
      const lines = everyJudgement(difference(machine, change, undefined, from))
      return [`${what}, ${machine}:`, ...lines.map((line) => `  ${line}`), ''].join('\n')
    })
    await expect(withoutNumbers(text.join('\n'))).toMatchFileSnapshot('../fixtures/diff/judgements.txt')
  })

  it('is nothing on members for another join token', () => {
    const cluster = changedCluster(() => undefined)
    const secrets = {
      ...cluster.secrets,
      bootstrapToken: 'abcdef.0123456789abcdef',
      certificateKey: '0'.repeat(64),
    }
    const found = [worker, control].map((machine) =>
      compareMachine(
        sideOf(cluster, machineOf(cluster, machine)),
        sideOf({ ...cluster, secrets }, machineOf(cluster, machine)),
        null,
      ),
    )
    expect(found.map(summary)).toMatchInlineSnapshot(`
      [
        {
          "changes": [
            "changed /etc/kubernetes/kubeadm/join.yaml",
            "changed /usr/libexec/hakube/steps/NN-kubeadm",
          ],
          "takes": "files",
        },
        {
          "changes": [
            "changed /etc/hakube/admission",
            "changed /etc/kubernetes/kubeadm/init.yaml",
            "changed /etc/kubernetes/kubeadm/join.yaml",
            "changed /usr/libexec/hakube/steps/NN-kubeadm",
          ],
          "takes": "files",
        },
      ]
    `)
  })

  it('is a step for an SSH key, even if the machine runs from memory', () => {
    expect([judgement(difference(worker, key)), judgement(difference(worker, key, undefined, live))])
      .toMatchInlineSnapshot(`
        [
          [
            "files and restart of hakube-firstboot.service",
          ],
          [
            "files and restart of hakube-firstboot.service",
          ],
        ]
      `)
  })

  it('is reported for removed machines: what still lists them', async () => {
    const profile = exampleProfile()
    profile.etcd = { placement: 'control-plane' }
    const before = await testCluster(profile)
    const gone = new Set([balancer, worker, 'sample-kube-master-003'])
    const machines = before.machines.filter(({ name }) => !gone.has(name))
    const { machines: found } = compareClusters(before, { ...before, machines }, { full: false })
    const removed = found.filter(({ kind }) => kind === 'removed')
    expect(removed.map(({ machine, facts }) => [machine, ...facts.map(({ takes }) => takes.reason)]))
      .toMatchInlineSnapshot(`
      [
        [
          "sample-haproxy-001",
        ],
        [
          "sample-kube-master-003",
          "it remains a node of the cluster: kubectl drain NODE, kubeadm reset on the machine, kubectl delete node NODE",
          "it remains a member of etcd: docs/etcd.md describes how to remove one",
        ],
        [
          "sample-kube-worker-001",
          "it remains a node of the cluster: kubectl drain NODE, kubeadm reset on the machine, kubectl delete node NODE",
        ],
      ]
    `)
  })

  it.each(['external-load-balancers', 'external-etcd', 'flannel-service'] as const)(
    'is an order of manual steps for rotated CAs, %s',
    async (name) => {
      const before = await testCluster(exampleProfile(name))
      const { authorities } = before.secrets
      // One in the place of another: new ones, as far as this goes.
      const rotated = {
        kubernetes: authorities.etcd,
        frontProxy: authorities.etcd,
        etcd: authorities.kubernetes,
      }
      const after = { ...before, secrets: { ...before.secrets, authorities: rotated } }
      const judgements = before.machines.map((machine) => {
        const [old, now] = [sideOf(before, machine), sideOf(after, machineOf(after, machine.name))]
        return `${machine.role}: ${judgement(compareMachine(old, now, null)).join('; ')}`
      })
      expect([...new Set(judgements)]).toMatchSnapshot()
    },
  )

  it('is reported for members of etcd and for certificates', async () => {
    const profile = exampleProfile()
    profile.etcd = { placement: 'control-plane' }
    const before = await testCluster(profile)
    const { machines } = before.secrets
    const other = machines['sample-kube-master-002'] ?? {}
    const secrets = { ...before.secrets, machines: { ...machines, [control]: other } }
    const certificates = compareMachine(
      sideOf(before, machineOf(before, control)),
      sideOf({ ...before, secrets }, machineOf(before, control)),
      null,
    )
    expect(summary(certificates)).toMatchInlineSnapshot(`
      {
        "changes": [
          "changed /etc/etcd/pki/peer.crt",
          "changed /etc/etcd/pki/peer.key",
          "changed /etc/etcd/pki/server.crt",
          "changed /etc/etcd/pki/server.key",
          "changed /etc/hakube/authorities/apiserver-etcd-client.crt",
          "changed /etc/hakube/authorities/apiserver-etcd-client.key",
        ],
        "takes": "files, rerun of step etcd and restart of etcd.service",
      }
    `)
    const fewer = { ...before, etcd: { ...before.etcd, members: before.etcd.members.slice(0, 2) } }
    const members = compareMachine(
      sideOf(before, machineOf(before, control)),
      sideOf(fewer, machineOf(fewer, control)),
      null,
    )
    expect(members?.files.find(({ path }) => path === '/etc/etcd/etcd.env')?.takes).toMatchInlineSnapshot(`
      {
        "byHand": true,
        "level": "files",
        "reason": "etcd reads the list of members only at its first start: add and remove members with etcdctl member",
        "units": [],
      }
    `)
  })

  it('is nothing if only the address of the server changes, from which the seed comes', () => {
    const found = difference(balancer, (profile) => {
      profile.server = 'http://10.10.10.6:8080'
    })
    expect(summary(found)).toMatchInlineSnapshot(`
      {
        "changes": [
          "changed /etc/hakube/enrolment",
          "changed /etc/hakube/report",
          "changed /usr/libexec/hakube/steps/NN-release",
          "changed grub/grub.cfg-<mac>",
          "changed ipxe/<mac>",
          "changed kickstart/<mac>.ks",
          "changed pxelinux.cfg/<mac>",
        ],
        "takes": "files",
      }
    `)
  })

  it.each<[string, Change]>([
    ['kickstart', nothingChanged],
    ['preseed', byPreseed],
    ['autoinstall', byAutoinstall],
    ['image', byImage],
  ])(
    'is no reinstallation if only the address of reports changes, on a machine that %s installed',
    (_, install) => {
      const reports: Change = (profile) => {
        install(profile)
        profile.syslogPort = 514
      }
      const begins = summary(difference(balancer, settings({ syslogPort: 514 }), undefined, install))
      expect(begins?.takes).toBe('files')
      expect(begins?.changes).toContain('changed /usr/libexec/hakube/library')
      expect(begins?.changes).toContain('changed seed/<mac>/user-data')
      const moves = settings({ server: 'http://10.10.10.6:8080' })
      expect(summary(difference(balancer, moves, undefined, reports))?.takes).toBe('files')
      expect(summary(difference(balancer, keyAndReports, undefined, install))?.takes).toBe(
        'files and restart of hakube-firstboot.service',
      )
    },
  )

  it.each<[what: string, takes: string, change: Change]>([
    ['the disk', 'reinstall', settings({ hardware: { disk: '/dev/vda' } })],
    [
      'the server',
      'files',
      (profile) => {
        profile.server = 'http://10.10.10.6:8080'
      },
    ],
  ])('is right for %s of a machine that is installed by preseed', (_, takes, change) => {
    const found = summary(difference(worker, change, undefined, byPreseed))
    expect(found?.takes).toBe(takes)
    expect(found?.changes).toContain('changed preseed/<mac>.cfg')
  })

  it.each<[string, Change]>([
    ['kickstart', nothingChanged],
    ['preseed', byPreseed],
    ['autoinstall', byAutoinstall],
    ['image', byImage],
  ])('is no reinstallation if secrets leave the seed, on a machine that %s installed', (_, install) => {
    const inline: Change = (profile) => {
      install(profile)
      profile.secrets = { delivery: 'inline' }
    }
    const enrols = settings({ secrets: {} })
    expect(takesText(difference(balancer, enrols, 'external-load-balancers', inline)!)).toBe(
      'files and restart of hakube-firstboot.service',
    )
  })

  it('is a boot on a machine that runs from memory', () => {
    const found = difference(
      worker,
      settings({ hardware: { disk: '/dev/sda', console: 'ttyS0' } }),
      undefined,
      live,
    )
    expect(summary(found)).toMatchInlineSnapshot(`
      {
        "changes": [
          "changed grub/grub.cfg-<mac>",
          "changed grub/grub.cfg-<mac>",
          "changed ipxe/<mac>",
          "changed ipxe/<mac>",
          "changed pxelinux.cfg/<mac>",
          "changed pxelinux.cfg/<mac>",
        ],
        "takes": "reboot",
      }
    `)
    const argument = difference(worker, settings({ kernel: { arguments: ['quiet'] } }), undefined, live)
    expect(summary(argument)).toMatchInlineSnapshot(`
      {
        "changes": [
          "changed /usr/libexec/hakube/checks/NN-kernel",
          "changed grub/grub.cfg-<mac>",
          "changed grub/grub.cfg-<mac>",
          "changed ipxe/<mac>",
          "changed ipxe/<mac>",
          "changed pxelinux.cfg/<mac>",
          "changed pxelinux.cfg/<mac>",
        ],
        "takes": "reboot",
      }
    `)
  })

  it('is reported for a removed component', () => {
    const found = difference(balancer, ({ loadBalancing }) => {
      if (loadBalancing) delete loadBalancing.sourceAddress
    })
    expect(summary(found)).toMatchInlineSnapshot(`
      {
        "changes": [
          "changed /etc/conntrackd/conntrackd.conf",
          "changed /etc/firewalld/zones/hakube.xml",
          "changed /etc/hakube/inventory",
          "removed /etc/hakube/source-address.nft",
          "changed /etc/keepalived/keepalived.conf",
          "changed /etc/sysctl.d/95-hakube.conf",
          "removed /etc/systemd/system/hakube-source-address.service",
          "changed /usr/libexec/hakube/checks/NN-keepalived",
          "changed /usr/libexec/hakube/checks/NN-packages",
          "removed /usr/libexec/hakube/checks/NN-source-address",
          "moved /usr/libexec/hakube/checks/NN-kernel",
          "changed /usr/libexec/hakube/checks/NN-sysctl",
          "moved /usr/libexec/hakube/checks/NN-limits",
          "moved /usr/libexec/hakube/checks/NN-users",
          "moved /usr/libexec/hakube/checks/NN-selinux-firewall",
          "changed /usr/libexec/hakube/steps/NN-packages",
          "changed /usr/libexec/hakube/steps/NN-sysctl",
          "removed /usr/libexec/hakube/steps/NN-start-hakube-source-address",
          "moved /usr/libexec/hakube/steps/NN-start-keepalived",
          "moved /usr/libexec/hakube/steps/NN-start-firewalld",
        ],
        "takes": "reinstall",
      }
    `)
  })

  it('has a unique name for each row', () => {
    const names = table.map(({ name }) => name)
    expect(new Set(names).size).toBe(names.length)
  })
})

const otherRoutes: Change = ({ network }) =>
  Object.assign(network, { nameServers: ['10.10.10.2', '10.10.10.3'], gateway: '10.10.10.254' })

describe('name servers and gateway of an existing machine', () => {
  it.each<[how: string, from: Change]>([
    ['kickstart', nothingChanged],
    ['preseed', byPreseed],
    ['autoinstall', byAutoinstall],
  ])('are changed manually after %s', (_, from) => {
    expect(judgement(difference(worker, otherRoutes, undefined, from))).toMatchSnapshot()
  })

  it('change with the next boot if the machine runs from memory', () => {
    expect(judgement(difference(worker, otherRoutes, undefined, live))).toEqual([
      'reboot',
      'the machine runs from memory, and boots from the network each time',
    ])
  })

  it('are accompanied by another machine name if the search domain changes', () => {
    const found = difference(worker, ({ network }) =>
      Object.assign(network, { nameServers: ['10.10.10.2'], searchDomain: 'other.example' }),
    )
    expect(found?.takes.level).toBe('reinstall')
  })
})

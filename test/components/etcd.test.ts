import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import type { Cluster } from '../../src/cluster/cluster.ts'
import type { Assembly } from '../../src/assembly/assemble.ts'
import { environmentText, memberVariables } from '../../src/components/etcd/environment.ts'
import { etcd } from '../../src/components/etcd.ts'
import { components } from '../../src/components/index.ts'
import { initDocuments } from '../../src/components/kubeadm/configuration.ts'
import { kubeadm } from '../../src/components/kubeadm.ts'
import { textOf } from '../../src/templates/template.ts'
import { testSecrets } from '../example.ts'
import { v1beta2Documents } from '../schemas/kubeadm-v1beta2.ts'
import { v1beta3Documents } from '../schemas/kubeadm-v1beta3.ts'
import { v1beta4Documents } from '../schemas/kubeadm-v1beta4.ts'
import { componentDocuments } from '../schemas/kubernetes-components.ts'
import { dedicated, etcdCluster } from './etcd-cluster.ts'
import { describeAssembly, machineOf } from './host.ts'
import { assembleOnly } from '../support/assemble-only.ts'
import { forReview } from '../support/shared-text.ts'

const sha256 = '0123456789abcdef'.repeat(4)

const archive = { path: 'etcd-v3.5.24-linux-amd64.tar.gz', sha256: sha256.toUpperCase() }

const assemblyOf = (cluster: Cluster, name: string, some = [etcd]): Assembly =>
  assembleOnly(some, cluster, machineOf(cluster, name))

/** Certificates are another test's business. */
const withoutPem = (text: string): string =>
  text.replaceAll(/-----BEGIN ([A-Z ]+)-----[^-]+-----END \1-----/g, '($1)')

const paths = (assembly: Assembly): string[] =>
  assembly.files.map(({ path, mode, secret }) => `${mode} ${path}${secret ? ' secret' : ''}`)

const ports = (assembly: Assembly): string[] =>
  assembly.declared.ports
    .filter(({ purpose }) => purpose.startsWith('etcd'))
    .map(
      ({ port, lastPort, sources, purpose }) =>
        `${port}${lastPort ? `-${lastPort}` : ''} from ${sources?.join(', ')}: ${purpose}`,
    )

describe('a member of etcd', () => {
  it('runs on a dedicated machine, from the package', async () => {
    const cluster = await etcdCluster({}, dedicated)
    const assembly = assemblyOf(cluster, 'k8s-node-02')
    await expect(await forReview(withoutPem(describeAssembly(assembly)))).toMatchFileSnapshot(
      '../fixtures/etcd/expected/dedicated-package.txt',
    )
    expect(assembly.declared.packages).toMatchObject([{ name: 'etcd-server' }, { name: 'etcd-client' }])
    expect(ports(assembly)).toMatchInlineSnapshot(`
      [
        "2379 from 10.0.3.11, 10.0.3.12, 10.0.3.13, 10.0.3.21, 10.0.3.22, 10.0.3.23: etcd, clients",
        "2380 from 10.0.3.21, 10.0.3.22, 10.0.3.23: etcd, members",
      ]
    `)
  })

  it('runs on a control plane, from an archive', async () => {
    const cluster = await etcdCluster(
      { placement: 'control-plane', archive, version: '3.5.24' },
      (profile) => {
        profile.distribution = { name: 'rocky', version: '9' }
      },
    )
    const assembly = assemblyOf(cluster, 'k8s-master-01')
    expect(assembly.declared.packages).toEqual([])
    const step = assembly.steps.find(({ name }) => name === 'etcd')!
    await expect(await forReview(textOf(step.script))).toMatchFileSnapshot(
      '../fixtures/etcd/expected/step-archive.sh',
    )
    const unit = assembly.units.find(({ name }) => name === 'etcd.service')!
    expect(textOf(unit.content!)).toMatch(/^ExecStart=\/usr\/local\/bin\/etcd$/m)
  })

  it('is ready before kubeadm starts, and waits for others after everything else has started', async () => {
    const cluster = await etcdCluster({ placement: 'control-plane' })
    const names = assembleOnly(components, cluster, machineOf(cluster, 'k8s-master-02')).steps.map(
      ({ name }) => name,
    )
    expect(names.slice(names.indexOf('start-etcd'))).toMatchInlineSnapshot(`
      [
        "start-etcd",
        "etcd-health",
        "kubeadm",
      ]
    `)
    expect(names.indexOf('etcd')).toBeLessThan(names.indexOf('start-etcd'))
  })

  it('is pinned to the version of the profile', async () => {
    const cluster = await etcdCluster({ version: '3.4.23' }, dedicated)
    expect(assemblyOf(cluster, 'k8s-node-01').declared.packages).toMatchObject([
      { name: 'etcd-server', version: '3.4.23' },
      { name: 'etcd-client', version: '3.4.23' },
    ])
  })

  it('has no CA key and no key of another machine', async () => {
    const cluster = await etcdCluster({ clients: ['etcd'] }, dedicated)
    const { machines, authorities } = cluster.secrets
    const own = Object.values(machines['k8s-node-01']!).map(({ key }) => key)
    expect(own.length).toBe(3)
    const texts = assembleOnly(components, cluster, machineOf(cluster, 'k8s-node-01')).files
    const keys = texts.map(({ content }) => textOf(content)).filter((text) => text.includes('PRIVATE KEY'))
    expect(keys.toSorted()).toEqual(own.toSorted())
    expect(Object.values(authorities).filter(({ key }) => keys.includes(key))).toEqual([])
  })

  it('runs no maintenance while another member does', async () => {
    const cluster = await etcdCluster({}, dedicated)
    const times = cluster.etcd.members.flatMap(({ name }) =>
      assemblyOf(cluster, name).units.flatMap(({ content }) =>
        [...(content ? textOf(content) : '').matchAll(/^OnCalendar=(.*)$/gm)].map(([, time]) => time),
      ),
    )
    expect(times).toMatchInlineSnapshot(`
      [
        "*-*-* 01:00:00 UTC",
        "*-*-* 04:00:00 UTC",
        "*-*-* 01:20:00 UTC",
        "*-*-* 04:20:00 UTC",
        "*-*-* 01:40:00 UTC",
        "*-*-* 04:40:00 UTC",
      ]
    `)
  })
})

describe('a client of etcd', () => {
  it('has its own certificate, wherever etcd runs', async () => {
    for (const placement of ['stacked', 'control-plane'] as const) {
      const cluster = await etcdCluster({ placement, clients: ['worker'] })
      expect(paths(assemblyOf(cluster, 'k8s-node-01'))).toEqual([
        '0644 /etc/etcd/pki/ca.crt',
        '0644 /etc/etcd/pki/client.crt',
        '0600 /etc/etcd/pki/client.key secret',
      ])
      expect(ports(assemblyOf(cluster, 'k8s-master-01', [etcd, kubeadm]))).toMatchSnapshot(placement)
    }
  })

  it('is admitted by networks that contain just the clients if there are many', async () => {
    const cluster = await etcdCluster({ placement: 'control-plane' })
    const worker = machineOf(cluster, 'k8s-node-01')
    const many = Array.from({ length: 256 }, (_, index) => ({ ...worker, address: `10.0.9.${index}` }))
    const crowded: Cluster = {
      ...cluster,
      machines: [...cluster.machines, ...many],
      etcd: { ...cluster.etcd, clients: ['worker'] },
    }
    expect(ports(assemblyOf(crowded, 'k8s-master-01'))[0]).toBe(
      '2379 from 10.0.3.11, 10.0.3.12/31, 10.0.3.21, 10.0.3.22/31, 10.0.9.0/24: etcd, clients',
    )
  })

  it('does not exist unless the profile names its role', async () => {
    const cluster = await etcdCluster({ placement: 'control-plane' })
    expect(etcd.appliesTo(cluster, machineOf(cluster, 'k8s-node-01'))).toBe(false)
  })
})

describe('kubeadm with etcd as a separate service', () => {
  it('gives each control plane its own certificate, and no CA key', async () => {
    const cluster = await etcdCluster({}, dedicated)
    for (const [name, file] of [
      ['k8s-master-01', 'init'],
      ['k8s-master-02', 'join'],
    ] as const) {
      const assembly = assemblyOf(cluster, name, [kubeadm])
      expect(ports(assembly)).toEqual([])
      const found = paths(assembly).filter((path) => path.includes('etcd'))
      expect(found).toEqual([
        '0644 /etc/hakube/authorities/apiserver-etcd-client.crt',
        '0600 /etc/hakube/authorities/apiserver-etcd-client.key secret',
        '0644 /etc/hakube/authorities/etcd/ca.crt',
      ])
      const key = assembly.files.find(({ path }) => path.endsWith('etcd-client.key'))!
      expect(textOf(key.content)).toBe(cluster.secrets.machines[name]!['apiserver-etcd-client']!.key)
      const step = assembly.steps.find((each) => each.name === 'kubeadm')!
      await expect(await forReview(textOf(step.script))).toMatchFileSnapshot(
        `../fixtures/etcd/expected/kubeadm-${file}.sh`,
      )
    }
  })

  it.each([
    ['1.20', v1beta2Documents],
    ['1.22', v1beta3Documents],
    ['1.31', v1beta4Documents],
  ] as const)('is told where it is, for Kubernetes %s', async (minor, schemas) => {
    const cluster = await etcdCluster({}, (profile) => {
      dedicated(profile)
      profile.kubernetes.version = `${minor}.2`
    })
    const machine = machineOf(cluster, 'k8s-master-01')
    const { declared } = assembleOnly([kubeadm], cluster, machine)
    const documents = initDocuments(cluster, machine, declared)
    for (const document of documents)
      expect(z.union([...schemas, ...componentDocuments]).safeParse(document).error?.issues ?? []).toEqual([])
    expect(documents.flatMap(({ etcd: found }) => found ?? [])).toEqual([
      {
        external: {
          endpoints: ['https://10.0.3.21:2379', 'https://10.0.3.22:2379', 'https://10.0.3.23:2379'],
          caFile: '/etc/kubernetes/pki/etcd/ca.crt',
          certFile: '/etc/kubernetes/pki/apiserver-etcd-client.crt',
          keyFile: '/etc/kubernetes/pki/apiserver-etcd-client.key',
        },
      },
    ])
  })

  it('installs nothing of it on workers', async () => {
    const cluster = await etcdCluster({ placement: 'control-plane' })
    const assembly = assemblyOf(cluster, 'k8s-node-01', [kubeadm])
    expect(paths(assembly).filter((path) => path.includes('etcd'))).toEqual([])
  })

  it('throws if the secrets lack a certificate', async () => {
    const cluster = await etcdCluster({}, dedicated)
    expect(() => assemblyOf({ ...cluster, enrolment: null, secrets: testSecrets }, 'k8s-node-01')).toThrow(
      'the secrets contain no etcd-server certificate of k8s-node-01',
    )
  })
})

describe('the count of entries between snapshots', () => {
  const releases = (version: string) => ({ archive: { path: `etcd-v${version}-linux-amd64.tar.gz`, sha256 } })
  it.each<[what: string, settings: NonNullable<Parameters<typeof etcdCluster>[0]>, isWritten: boolean]>([
    ['the package of 3.4 or 3.5', {}, true],
    ['3.4.30 by the profile', { version: '3.4.30' }, true],
    ['3.5.24 by the profile', { version: '3.5.24' }, true],
    ['3.6.0 by the profile', { version: '3.6.0' }, false],
    ['3.6.6 by the profile', { version: '3.6.6' }, false],
    ['3.10.0 by the profile', { version: '3.10.0' }, false],
    ['the archive of 3.5.24', releases('3.5.24'), true],
    ['the archive of 3.6.6', releases('3.6.6'), false],
    [
      'an archive below a directory',
      { archive: { path: 'etcd/v3.6.6/etcd-v3.6.6-linux-arm64.tar.gz', sha256 } },
      false,
    ],
    ['a version beside an archive that says another', { ...releases('3.5.24'), version: '3.6.6' }, false],
    // The setting is harmless there; without it 3.5 would take more memory.
    ['an archive of no known version', { archive: { path: 'etcd.tar.gz', sha256 } }, true],
  ])('%s', async (_what, settings, isWritten) => {
    const cluster = await etcdCluster(settings, dedicated)
    const variables = memberVariables(cluster, cluster.etcd.members[0]!)
    expect(variables['ETCD_SNAPSHOT_COUNT']).toBe(isWritten ? '10000' : undefined)
  })
})

describe('environmentText', () => {
  it.each(['a"b', String.raw`a\b`, 'a$b', 'a`b', 'a\nb'])(
    'refuses what is not a plain value: %j',
    (value) => {
      expect(() => environmentText({ NAME: value })).toThrow(TypeError)
    },
  )
})

import { describe, expect, it } from 'vitest'
import { parse, parseAllDocuments } from 'yaml'
import { z } from 'zod'
import type { Cluster } from '../../src/cluster/cluster.ts'
import { resolve } from '../../src/cluster/resolve.ts'
import type { Assembly } from '../../src/assembly/assemble.ts'
import { kubeadm } from '../../src/components/kubeadm.ts'
import { kubernetesReleases } from '../../src/distributions/kubernetes.ts'
import { hasErrors } from '../../src/diagnostics/diagnostic.ts'
import { applyRules } from '../../src/profile/rules/index.ts'
import type { Profile } from '../../src/profile/schema.ts'
import { textOf } from '../../src/templates/template.ts'
import { exampleProfile, testSecrets, withSystem, systemOf } from '../example.ts'
import { AuditPolicy, EncryptionConfiguration } from '../schemas/api-server.ts'
import { v1beta2Documents } from '../schemas/kubeadm-v1beta2.ts'
import { v1beta3Documents } from '../schemas/kubeadm-v1beta3.ts'
import { v1beta4Documents } from '../schemas/kubeadm-v1beta4.ts'
import { componentDocuments } from '../schemas/kubernetes-components.ts'
import { fullProfile } from '../kubeadm-profile.ts'
import { assembleOnly } from '../support/assemble-only.ts'

/* Every field of the profile that kubeadm has to be told, in each version of its configuration format. */

const newest = kubernetesReleases.at(-1)!.minor
const minors = ['1.20', '1.21', '1.22', '1.23', '1.24', '1.30', '1.31', newest]

const schemaOf = (minor: string) => {
  const documents = ['1.20', '1.21'].includes(minor)
    ? v1beta2Documents
    : ['1.22', '1.23', '1.24', '1.30'].includes(minor)
      ? v1beta3Documents
      : v1beta4Documents
  return z.union([...documents, ...componentDocuments])
}

const clusterOf = (profile: Profile, change: Partial<Cluster> = {}): Cluster => ({
  ...resolve(profile, new Map(), testSecrets),
  ...change,
})

function assemblyOf(cluster: Cluster, name: string): Assembly {
  return assembleOnly(
    [kubeadm],
    cluster,
    cluster.machines.find((each) => each.name === name)!,
  )
}

const [init, controlPlane, worker] = [
  'sample-kube-master-002',
  'sample-kube-master-001',
  'sample-kube-worker-001',
] as const

const fileOf = (assembly: Assembly, path: string) => assembly.files.find((file) => file.path === path)

function textAt(cluster: Cluster, name: string, path: string): string {
  const file = fileOf(assemblyOf(cluster, name), path)
  if (!file) throw new Error(`${name} has no ${path}`)
  return textOf(file.content)
}

type Document = { kind: string } & Record<string, unknown>

/** The documents of a file, by their kind. */
function documentsOf(cluster: Cluster, name: string, command: 'init' | 'join'): Record<string, Document> {
  const text = textAt(cluster, name, `/etc/kubernetes/kubeadm/${command}.yaml`)
  const documents = parseAllDocuments(text, { version: '1.1' }).map((each) => each.toJS() as Document)
  return Object.fromEntries(documents.map((each) => [each.kind, each]))
}

/** Whether the certificate key stands in a file. */
const keyIn = (cluster: Cluster, name: string, command: 'init' | 'join') =>
  textAt(cluster, name, `/etc/kubernetes/kubeadm/${command}.yaml`).includes(testSecrets.certificateKey)

/** Who is told the certificate key. */
const whoFetches = (cluster: Cluster) => [
  keyIn(cluster, init, 'init'),
  // It has them from its seed.
  keyIn(cluster, init, 'join'),
  keyIn(cluster, controlPlane, 'join'),
  keyIn(cluster, worker, 'join'),
]

/** The socket of Docker that kubeadm is told. */
const socketAt = (minor: string) => {
  const cluster = clusterOf(exampleProfile())
  const containerRuntime = {
    ...systemOf(cluster).containerRuntime,
    name: 'docker' as const,
    socket: `unix:///var/run/${minor === '1.23' ? 'dockershim' : 'cri-dockerd'}.sock`,
  }
  const docker = {
    ...withSystem(cluster, { containerRuntime }),
    kubernetes: { ...cluster.kubernetes, minor },
  }
  const { nodeRegistration } = documentsOf(docker, worker, 'join')['JoinConfiguration'] as unknown as {
    nodeRegistration: { criSocket: string }
  }
  return nodeRegistration.criSocket
}

const auditPath = '/etc/kubernetes/audit/policy.yaml'
const encryptionPath = '/etc/kubernetes/encryption/configuration.yaml'

/** The file of a cluster with these keys. */
const configurationWith = (encryptionKeys: string[]) => {
  const cluster = clusterOf(fullProfile('1.36.4'))
  const secrets = { ...testSecrets, encryptionKeys }
  return EncryptionConfiguration.parse(parse(textAt({ ...cluster, secrets }, init, encryptionPath)))
}

describe.each(minors)('all fields, for Kubernetes %s', (minor) => {
  const cluster = clusterOf(fullProfile(`${minor}.2`))

  it('are in a profile without errors', () => {
    const profile = fullProfile(`${minor}.2`)
    const found = applyRules({ profile, sources: new Map() })
    expect(hasErrors(found) ? found : []).toEqual([])
  })

  it.each([
    [init, 'init'],
    [init, 'join'],
    [controlPlane, 'join'],
    [worker, 'join'],
  ] as const)('%s: %s.yaml', async (name, command) => {
    const documents = documentsOf(cluster, name, command)
    for (const document of Object.values(documents))
      expect(schemaOf(minor).safeParse(document).error?.issues ?? []).toEqual([])
    const role = name === worker ? 'worker' : name === init ? 'initializing' : 'control-plane'
    await expect(textAt(cluster, name, `/etc/kubernetes/kubeadm/${command}.yaml`)).toMatchFileSnapshot(
      `../fixtures/kubeadm/fields/${minor === newest ? 'newest' : minor}-${command}-${role}.yaml`,
    )
  })
})

describe('fields of the profile', () => {
  it('add a taint to those that keep pods off control planes', () => {
    const taintsOf = (minor: string, name: string) => {
      const { JoinConfiguration } = documentsOf(clusterOf(fullProfile(`${minor}.2`)), name, 'join')
      const { nodeRegistration } = JoinConfiguration as unknown as {
        nodeRegistration: { taints?: { key: string; value?: string; effect: string }[] }
      }
      return nodeRegistration.taints?.map(({ key, value, effect }) => `${key}=${value ?? ''}:${effect}`)
    }
    const own = 'example.com/reserved=yes:PreferNoSchedule'
    const master = 'node-role.kubernetes.io/master=:NoSchedule'
    const role = 'node-role.kubernetes.io/control-plane=:NoSchedule'
    expect(['1.23', '1.24', '1.25'].map((minor) => taintsOf(minor, controlPlane))).toEqual([
      [master, own],
      [master, role, own],
      [role, own],
    ])
    expect(taintsOf('1.25', worker)).toEqual([own, 'example.com/gpu=:NoSchedule'])
    const emptied = { ...fullProfile('1.36.4'), roles: { 'control-plane': { taints: [] } } }
    const without = (name: string, command: 'init' | 'join') => {
      const all = documentsOf(clusterOf(emptied), name, command)
      return (all['InitConfiguration'] ?? all['JoinConfiguration'])?.['nodeRegistration']
    }
    expect(without(controlPlane, 'join')).toMatchObject({ taints: [] })
    expect(without(init, 'init')).toMatchObject({ taints: [] })
    const plain = documentsOf(clusterOf(exampleProfile()), controlPlane, 'join')
    expect(plain['JoinConfiguration']?.['nodeRegistration']).not.toHaveProperty('taints')
  })

  it('put the certificate key only on machines that fetch the CA keys, and on none with preplaced ones', () => {
    expect(whoFetches(clusterOf(fullProfile('1.30.2')))).toEqual([true, false, true, false])
    const profile = fullProfile('1.30.2')
    profile.kubernetes.certificates = 'preplaced'
    expect(whoFetches(clusterOf(profile))).toEqual([false, false, false, false])
  })

  it('name Docker as kubeadm does, as long as the kubelet talks to it directly', () => {
    expect(['1.23', '1.24'].map(socketAt)).toEqual([
      '/var/run/dockershim.sock',
      'unix:///var/run/cri-dockerd.sock',
    ])
  })

  it('override arguments of hakube', () => {
    const profile = fullProfile('1.20.2')
    profile.kubernetes.apiServerArguments = { 'audit-log-maxage': '400' }
    const { ClusterConfiguration } = documentsOf(clusterOf(profile), init, 'init')
    expect(ClusterConfiguration?.['apiServer']).toMatchObject({ extraArgs: { 'audit-log-maxage': '400' } })
  })
})

describe('files of the API servers', () => {
  const paths = [auditPath, encryptionPath]
  const cluster = clusterOf(fullProfile('1.36.4'))

  it('are only on control planes, and only root can read secret ones', () => {
    const found = [init, controlPlane, worker].map((name) =>
      paths.map((path) => {
        const file = fileOf(assemblyOf(cluster, name), path)
        return file ? [file.mode, file.secret ?? false] : null
      }),
    )
    const both = [
      ['0644', false],
      ['0600', true],
    ]
    expect(found).toEqual([both, both, [null, null]])
    const without = clusterOf(exampleProfile())
    expect(paths.map((path) => fileOf(assemblyOf(without, controlPlane), path))).toEqual([
      undefined,
      undefined,
    ])
  })

  it('contain the audit policy of hakube or that of the profile', async () => {
    const text = textAt(cluster, controlPlane, auditPath)
    expect(AuditPolicy.parse(parse(text)).rules.at(-1)).toEqual({ level: 'None' })
    await expect(text).toMatchFileSnapshot('../fixtures/kubeadm/audit-policy.yaml')
    const own = { ...cluster, kubernetes: { ...cluster.kubernetes, audit: { policy: 'own\n' } } }
    expect(textAt(own, controlPlane, auditPath)).toBe('own\n')
  })

  it('encrypt with the newest key, decrypt with all keys, and read unencrypted objects', () => {
    const old = testSecrets.encryptionKeys[0]!
    const fresh = Buffer.alloc(32, 7).toString('base64')
    const before = configurationWith([old])
    const after = configurationWith([fresh, old])
    const keysOf = ({ resources }: typeof before) =>
      resources.flatMap(({ providers }) =>
        providers.flatMap((each) => ('secretbox' in each ? each.secretbox.keys : [])),
      )
    expect(before.resources.map(({ resources }) => resources)).toEqual([['secrets', 'configmaps']])
    expect(before.resources[0]?.providers.map((each) => Object.keys(each))).toEqual([
      ['secretbox'],
      ['identity'],
    ])
    expect(keysOf(after).map(({ secret }) => secret)).toEqual([fresh, old])
    // Objects name their key: it must not change its name when another one comes before it.
    expect(keysOf(after)[1]).toEqual(keysOf(before)[0])
    expect(keysOf(after)[0]?.name).not.toBe(keysOf(after)[1]?.name)
  })

  it('are not rendered without a key', () => {
    const secrets = { ...testSecrets, encryptionKeys: [] }
    expect(() => assemblyOf({ ...cluster, secrets }, init)).toThrow('no key for encryption at rest')
  })
})

describe('files that components of the control plane read', () => {
  const profile = fullProfile('1.36.4')
  profile.kubernetes.apiServerFiles = [
    { path: '/etc/kubernetes/oidc/ca.crt', argument: 'oidc-ca-file', content: 'authority\n' },
    { path: '/etc/kubernetes/oidc/more.crt', content: 'more\n' },
    { path: '/etc/kubernetes/authn.yaml', argument: 'authentication-config', source: 'files/authn.yaml' },
  ]
  profile.kubernetes.controllerManagerFiles = [{ path: '/etc/shared.key', content: 'key\n', secret: true }]
  profile.kubernetes.schedulerFiles = [
    {
      path: '/etc/kubernetes/scheduler.yaml',
      argument: 'config',
      content: 'kind: KubeSchedulerConfiguration\n',
    },
  ]
  const sources = new Map([['files/authn.yaml', 'kind: AuthenticationConfiguration\n']])
  const cluster = resolve(profile, sources, testSecrets)

  it('are declared and mounted in the documents of kubeadm', () => {
    const document = documentsOf(cluster, init, 'init')['ClusterConfiguration']!
    expect(schemaOf('1.36').safeParse(document).error?.issues ?? []).toEqual([])
    expect({
      apiServer: document['apiServer'],
      controllerManager: document['controllerManager'],
      scheduler: document['scheduler'],
    }).toMatchInlineSnapshot(`
      {
        "apiServer": {
          "certSANs": [
            "10.10.10.19",
            "fd00:10::19",
            "sample-kube-master-001",
            "sample-kube-master-001.example.com",
            "10.10.10.13",
            "sample-kube-master-002",
            "sample-kube-master-002.example.com",
            "10.10.10.14",
            "sample-kube-master-003",
            "sample-kube-master-003.example.com",
            "10.10.10.15",
            "api.example.com",
            "192.0.2.19",
          ],
          "extraArgs": [
            {
              "name": "feature-gates",
              "value": "GracefulNodeShutdown=true,APIResponseCompression=false",
            },
            {
              "name": "audit-policy-file",
              "value": "/etc/kubernetes/audit/policy.yaml",
            },
            {
              "name": "audit-log-path",
              "value": "/var/log/kubernetes/audit/audit.log",
            },
            {
              "name": "audit-log-maxage",
              "value": "30",
            },
            {
              "name": "audit-log-maxbackup",
              "value": "10",
            },
            {
              "name": "audit-log-maxsize",
              "value": "100",
            },
            {
              "name": "encryption-provider-config",
              "value": "/etc/kubernetes/encryption/configuration.yaml",
            },
            {
              "name": "event-ttl",
              "value": "2h",
            },
            {
              "name": "max-requests-inflight",
              "value": "800",
            },
            {
              "name": "oidc-ca-file",
              "value": "/etc/kubernetes/oidc/ca.crt",
            },
            {
              "name": "authentication-config",
              "value": "/etc/kubernetes/authn.yaml",
            },
          ],
          "extraVolumes": [
            {
              "hostPath": "/etc/kubernetes/audit",
              "mountPath": "/etc/kubernetes/audit",
              "name": "audit-policy",
              "pathType": "Directory",
              "readOnly": true,
            },
            {
              "hostPath": "/var/log/kubernetes/audit",
              "mountPath": "/var/log/kubernetes/audit",
              "name": "audit-log",
              "pathType": "DirectoryOrCreate",
            },
            {
              "hostPath": "/etc/kubernetes/encryption",
              "mountPath": "/etc/kubernetes/encryption",
              "name": "encryption",
              "pathType": "Directory",
              "readOnly": true,
            },
            {
              "hostPath": "/etc/kubernetes/oidc",
              "mountPath": "/etc/kubernetes/oidc",
              "name": "profile-1",
              "pathType": "Directory",
              "readOnly": true,
            },
            {
              "hostPath": "/etc/kubernetes/authn.yaml",
              "mountPath": "/etc/kubernetes/authn.yaml",
              "name": "profile-2",
              "pathType": "File",
              "readOnly": true,
            },
          ],
        },
        "controllerManager": {
          "extraArgs": [
            {
              "name": "feature-gates",
              "value": "GracefulNodeShutdown=true,APIResponseCompression=false",
            },
            {
              "name": "node-monitor-grace-period",
              "value": "60s",
            },
          ],
          "extraVolumes": [
            {
              "hostPath": "/etc/shared.key",
              "mountPath": "/etc/shared.key",
              "name": "profile-1",
              "pathType": "File",
              "readOnly": true,
            },
          ],
        },
        "scheduler": {
          "extraArgs": [
            {
              "name": "feature-gates",
              "value": "GracefulNodeShutdown=true,APIResponseCompression=false",
            },
            {
              "name": "v",
              "value": "2",
            },
            {
              "name": "config",
              "value": "/etc/kubernetes/scheduler.yaml",
            },
          ],
          "extraVolumes": [
            {
              "hostPath": "/etc/kubernetes/scheduler.yaml",
              "mountPath": "/etc/kubernetes/scheduler.yaml",
              "name": "profile-1",
              "pathType": "File",
              "readOnly": true,
            },
          ],
        },
      }
    `)
  })
  it('are on each control plane and on no worker', () => {
    const paths = [
      '/etc/kubernetes/oidc/ca.crt',
      '/etc/kubernetes/oidc/more.crt',
      '/etc/kubernetes/authn.yaml',
      '/etc/shared.key',
      '/etc/kubernetes/scheduler.yaml',
    ]
    const shown = (name: string) =>
      paths.map((path) => {
        const file = fileOf(assemblyOf(cluster, name), path)
        return file
          ? `${path} ${file.mode} ${file.secret ?? false} ${textOf(file.content).trim()}`
          : `no ${path}`
      })
    expect(shown(controlPlane)).toEqual(shown(init))
    expect(shown(init)).toMatchInlineSnapshot(`
      [
        "/etc/kubernetes/oidc/ca.crt 0644 false authority",
        "/etc/kubernetes/oidc/more.crt 0644 false more",
        "/etc/kubernetes/authn.yaml 0644 false kind: AuthenticationConfiguration",
        "/etc/shared.key 0600 true key",
        "/etc/kubernetes/scheduler.yaml 0644 false kind: KubeSchedulerConfiguration",
      ]
    `)
    expect(shown(worker)).toEqual(paths.map((path) => `no ${path}`))
  })
})

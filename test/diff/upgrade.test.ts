import { readFileSync } from 'node:fs'
import { assert, constantFrom, nat, pre, property, shuffledSubarray } from 'fast-check'
import { describe, expect, it } from 'vitest'
import { compareClusters } from '../../src/diff/compare.ts'
import { printJson, printMarkdown, printText, type Report } from '../../src/diff/report.ts'
import { newVersion, upgradePath } from '../../src/diff/upgrade-path.ts'
import { commandLines } from '../../src/diff/upgrade-text.ts'
import { upgradeOf } from '../../src/diff/upgrade.ts'
import { kubernetesReleases } from '../../src/distributions/kubernetes.ts'
import type { Profile } from '../../src/profile/schema.ts'
import { changedCluster } from '../components/host.ts'
import { exampleProfile, type ExampleName } from '../example.ts'
import { withoutNumbers } from '../support/shared-text.ts'

type Change = (profile: Profile) => void

const at = (version: string, name?: ExampleName, change: Change = () => undefined) =>
  changedCluster((profile) => {
    change(profile)
    profile.kubernetes.version = version
  }, name)

function report(from: string, to: string, name?: ExampleName, change?: Change): Report {
  return {
    profile: 'sample',
    before: { revision: 'HEAD', commit: '0123456789abcdef0123456789abcdef01234567' },
    after: { revision: 'worktree', commit: null },
    difference: compareClusters(at(from, name, change), at(to, name, change), { full: false }),
    notes: [],
  }
}

const commands = (from: string, to: string, machine: string, name?: ExampleName, change?: Change) => {
  const upgrade = upgradeOf(at(from, name, change), at(to, name, change))
  const found = upgrade?.machines.find((each) => each.machine === machine)
  return found ? commandLines(found) : null
}

const patched: Change = (profile) => {
  profile.mirrors = { kubernetes: 'http://10.10.10.5:8080/kubernetes' }
  profile.kubernetes.patches = [{ target: 'etcd', content: { spec: { priority: 1 } } }]
}
const kubelets: Change = (profile) => {
  profile.mirrors = { kubernetes: 'http://10.10.10.5:8080/kubernetes' }
  profile.kubeletConfiguration = { maxPods: 99 }
}

const fullNames: Change = (profile) => {
  profile.kubernetes.nodeNames = 'full'
}

const upgrades = (change: Change, from: string, to: string) =>
  ['sample-kube-master-001', 'sample-kube-master-002', 'sample-kube-worker-001'].map((name) =>
    commands(from, to, name, undefined, change)?.filter((line) =>
      /^kubeadm upgrade (?:apply|node)/.test(line),
    ),
  )

describe('a patch release of Kubernetes', () => {
  it('uses full names of nodes if they have them', () => {
    const lines = commands('1.36.3', '1.36.4', 'sample-kube-worker-001', undefined, fullNames)
    expect(lines?.filter((line) => line.includes('sample-kube'))).toMatchInlineSnapshot(`
      [
        "# on sample-kube-worker-001, as root",
        "kubectl drain sample-kube-worker-001.example.com --ignore-daemonsets",
        "# on sample-kube-worker-001, as root",
        "kubectl uncordon sample-kube-worker-001.example.com",
        "kubectl wait --for=condition=Ready --timeout=5m node/sample-kube-worker-001.example.com",
      ]
    `)
  })

  it('keeps patches, which kubeadm would omit', () => {
    expect(upgrades(patched, '1.36.3', '1.36.4')).toMatchInlineSnapshot(`
      [
        [
          "kubeadm upgrade apply v1.36.4 --patches /etc/kubernetes/kubeadm/patches",
        ],
        [
          "kubeadm upgrade node --patches /etc/kubernetes/kubeadm/patches",
        ],
        [
          "kubeadm upgrade node",
        ],
      ]
    `)
    expect(upgrades(patched, '1.20.2', '1.21.2')).toMatchInlineSnapshot(`
      [
        [
          "kubeadm upgrade apply v1.21.2 --experimental-patches /etc/kubernetes/kubeadm/patches",
        ],
        [
          "kubeadm upgrade node --experimental-patches /etc/kubernetes/kubeadm/patches",
        ],
        [
          "kubeadm upgrade node",
        ],
      ]
    `)
    expect(upgrades(kubelets, '1.28.2', '1.29.2')).toMatchInlineSnapshot(`
      [
        [
          "kubeadm upgrade apply v1.29.2 --patches /etc/kubernetes/kubeadm/patches",
        ],
        [
          "kubeadm upgrade node --patches /etc/kubernetes/kubeadm/patches",
        ],
        [
          "kubeadm upgrade node --patches /etc/kubernetes/kubeadm/patches",
        ],
      ]
    `)
    expect(upgrades(kubelets, '1.35.1', '1.36.4')).toMatchInlineSnapshot(`
      [
        [
          "kubeadm upgrade apply v1.36.4",
        ],
        [
          "kubeadm upgrade node",
        ],
        [
          "kubeadm upgrade node",
        ],
      ]
    `)
  })

  it.each([
    ['text', printText],
    ['markdown', printMarkdown],
    ['json', printJson],
  ] as const)('is an order and commands, not an installation, as %s', async (name, print) => {
    const text = print(report('1.36.3', '1.36.4'), false)
    expect(text).not.toContain('reinstall')
    await expect(withoutNumbers(text)).toMatchFileSnapshot(`../fixtures/diff/upgrade.${name}`)
  })

  it('uses apt on Debian and Ubuntu, and holds the packages again', () => {
    expect(commands('1.36.3', '1.36.4', 'worker', 'rack-test')).toMatchInlineSnapshot(`
      [
        "# on worker, as root",
        "apt-get update",
        "apt-get install --yes --allow-change-held-packages kubeadm='1.36.4-*'",
        "kubeadm upgrade node",
        "# where kubectl can reach the cluster",
        "kubectl drain worker --ignore-daemonsets",
        "# on worker, as root",
        "apt-get install --yes --allow-change-held-packages kubelet='1.36.4-*' kubectl='1.36.4-*'",
        "apt-mark hold kubeadm kubectl kubelet",
        "systemctl daemon-reload",
        "systemctl restart kubelet",
        "# where kubectl can reach the cluster",
        "kubectl uncordon worker",
        "kubectl wait --for=condition=Ready --timeout=5m node/worker",
      ]
    `)
  })
})

const criO: Change = (profile) => {
  profile.containerRuntime = { name: 'cri-o' }
}

const centos: Change = (profile) => {
  profile.distribution = { name: 'centos', version: '7' }
}
const renamed: Change = (profile) => {
  for (const machine of profile.machines) machine.name = `x-${machine.name}`
}
const ofItsOwn: Change = (profile) => {
  profile.etcd = { placement: 'control-plane' }
}
const numbers = (text: string) => text.split('.').map(Number)
const order = (change: Change, changeAfter: Change = change) =>
  upgradeOf(at('1.36.3', undefined, change), at('1.36.4', undefined, changeAfter))?.machines.map(
    ({ machine, kind }) => `${machine}: ${kind}`,
  )

describe('a minor release of Kubernetes', () => {
  it('has a separate repository', () => {
    expect(commands('1.35.9', '1.36.4', 'sample-kube-master-001')).toMatchInlineSnapshot(`
      [
        "# on sample-kube-master-001, as root",
        "sed -i 's|/v1\\.35/|/v1.36/|g' /etc/yum.repos.d/hakube-kubernetes.repo",
        "dnf --assumeyes --disableexcludes=hakube-kubernetes install 'kubeadm-1.36.4-*'",
        "kubeadm upgrade plan v1.36.4",
        "kubeadm upgrade apply v1.36.4",
        "# where kubectl can reach the cluster",
        "kubectl drain sample-kube-master-001 --ignore-daemonsets",
        "# on sample-kube-master-001, as root",
        "dnf --assumeyes --disableexcludes=hakube-kubernetes install 'kubelet-1.36.4-*' 'kubectl-1.36.4-*'",
        "systemctl daemon-reload",
        "systemctl restart kubelet",
        "# where kubectl can reach the cluster",
        "kubectl uncordon sample-kube-master-001",
        "kubectl wait --for=condition=Ready --timeout=5m node/sample-kube-master-001",
      ]
    `)
  })
  it('includes the minor release of CRI-O, while the node is drained', () => {
    expect(commands('1.35.9', '1.36.4', 'k8s-node-01', 'load-balancers-on-control-planes', criO))
      .toMatchInlineSnapshot(`
      [
        "# on k8s-node-01, as root",
        "sed -i 's|/v1\\.35/|/v1.36/|g' /etc/apt/sources.list.d/hakube-kubernetes.sources",
        "sed -i 's|/v1\\.35/|/v1.36/|g' /etc/apt/sources.list.d/hakube-cri-o.sources",
        "apt-get update",
        "apt-get install --yes --allow-change-held-packages kubeadm='1.36.4-*'",
        "kubeadm upgrade node",
        "# where kubectl can reach the cluster",
        "kubectl drain k8s-node-01 --ignore-daemonsets",
        "# on k8s-node-01, as root",
        "apt-get install --yes --allow-change-held-packages cri-o",
        "systemctl restart crio.service",
        "apt-get install --yes --allow-change-held-packages kubelet='1.36.4-*' kubectl='1.36.4-*'",
        "apt-mark hold kubeadm kubectl kubelet",
        "systemctl daemon-reload",
        "systemctl restart kubelet",
        "# where kubectl can reach the cluster",
        "kubectl uncordon k8s-node-01",
        "kubectl wait --for=condition=Ready --timeout=5m node/k8s-node-01",
      ]
    `)
  })
  it('leaves CRI-O unchanged in a patch release', () => {
    const lines = commands('1.36.3', '1.36.4', 'k8s-node-01', 'load-balancers-on-control-planes', criO)
    expect(lines?.filter((line) => line.includes('cri'))).toEqual([])
  })
  it('uses yum without dnf', () => {
    expect(commands('1.30.14', '1.31.14', 'sample-kube-worker-001', undefined, centos))
      .toMatchInlineSnapshot(`
      [
        "# on sample-kube-worker-001, as root",
        "sed -i 's|/v1\\.30/|/v1.31/|g' /etc/yum.repos.d/hakube-kubernetes.repo",
        "yum --assumeyes --disableexcludes=hakube-kubernetes install 'kubeadm-1.31.14-*'",
        "kubeadm upgrade node",
        "# where kubectl can reach the cluster",
        "kubectl drain sample-kube-worker-001 --ignore-daemonsets",
        "# on sample-kube-worker-001, as root",
        "yum --assumeyes --disableexcludes=hakube-kubernetes install 'kubelet-1.31.14-*' 'kubectl-1.31.14-*'",
        "systemctl daemon-reload",
        "systemctl restart kubelet",
        "# where kubectl can reach the cluster",
        "kubectl uncordon sample-kube-worker-001",
        "kubectl wait --for=condition=Ready --timeout=5m node/sample-kube-worker-001",
      ]
    `)
  })
})

describe('the path from one version to another', () => {
  it.each([
    ['1.36.3', '1.36.4', { kind: 'patch' }],
    ['1.36.0', '1.36.5', { kind: 'patch' }],
    ['1.35.9', '1.36.0', { kind: 'minor' }],
    ['1.29.14', '1.30.14', { kind: 'minor' }],
    ['1.34.2', '1.36.5', { kind: 'skips', through: ['1.35.9'] }],
    ['1.30.14', '1.34.12', { kind: 'skips', through: ['1.31.14', '1.32.13', '1.33.13'] }],
    ['1.37.1', '1.40.0', { kind: 'skips', through: ['1.38.x', '1.39.x'] }],
    ['1.36.4', '1.36.3', { kind: 'back' }],
    ['1.36.4', '1.35.9', { kind: 'back' }],
    ['1.36.4', '1.20.2', { kind: 'back' }],
    ['1.9.0', '1.10.0', { kind: 'minor' }],
  ])('%s → %s', (from, to, path) => {
    expect(upgradePath(from, to)).toEqual(path)
  })

  it('is one minor release at a time or is refused, whatever the versions are', () => {
    const version = constantFrom(...kubernetesReleases).chain(({ minor, lastPatch }) =>
      nat(lastPatch).map((patch) => `${minor}.${patch}`),
    )
    const nodes = exampleProfile().machines.filter(({ role }) => role !== 'load-balancer').length
    assert(
      property(version, version, (from, to) => {
        pre(from !== to)
        const upgrade = upgradeOf(at(from), at(to))
        const [, fromMinor = 0, fromPatch = 0] = numbers(from)
        const [, toMinor = 0, toPatch = 0] = numbers(to)
        const up = toMinor - fromMinor
        const isThere = up === 1 || (up === 0 && toPatch > fromPatch)
        expect(upgrade?.refusal === null).toBe(isThere)
        expect(upgrade?.machines.length).toBe(isThere ? nodes : 0)
        expect(newVersion(from, to).level).toBe('files')
      }),
      { numRuns: 40 },
    )
  })
})

describe('what kubeadm cannot do', () => {
  it('is refused, with the versions in between', () => {
    const text = printText(report('1.34.2', '1.36.4'), false)
    expect(text).not.toContain('kubeadm upgrade apply')
    expect(text.split('\n').filter((line) => line.startsWith('refused'))).toEqual([
      'refused: Kubernetes 1.34.2 → 1.36.4: kubeadm upgrades one minor release at a time. Commit 1.35.9 and finally 1.36.4, and upgrade the cluster after each commit',
    ])
    expect(printMarkdown(report('1.34.2', '1.36.4'), false)).toContain(
      '\n**Refused:** Kubernetes 1.34.2 → 1.36.4: ',
    )
  })
  it('is refused for a downgrade', () => {
    const text = printText(report('1.36.4', '1.36.3'), false)
    expect(text).not.toContain('kubeadm upgrade')
    expect(text.split('\n').filter((line) => line.startsWith('refused'))).toEqual([
      'refused: Kubernetes 1.36.4 → 1.36.3: a cluster cannot be downgraded. Keep 1.36.4 or a later version in the profile; to return to an earlier state, restore a snapshot of etcd in a reinstalled cluster',
    ])
  })
})

describe('the order of an upgrade', () => {
  it('is control planes first, the one that initializes the cluster before the others, then workers; no load balancer', () => {
    const names = exampleProfile().machines.map(({ name }) => name)
    assert(
      property(
        shuffledSubarray(names, { minLength: names.length }),
        constantFrom('sample-kube-master-001', 'sample-kube-master-002', 'sample-kube-master-003'),
        (shuffled, initializes) => {
          const found = order((profile) => {
            profile.machines = shuffled.map((name) => profile.machines.find((each) => each.name === name)!)
            profile.kubernetes.initializes = initializes
          })
          const kinds = found?.map((each) => each.split(': ')[1])
          expect(found?.[0]).toBe(`${initializes}: first control plane`)
          expect(kinds?.slice(1, 3)).toEqual(['control plane', 'control plane'])
          expect(new Set(kinds?.slice(3))).toEqual(new Set(['worker']))
          expect(found?.some((each) => each.includes('haproxy'))).toBe(false)
        },
      ),
      { numRuns: 20 },
    )
  })

  it('omits machines that are new, removed, or change their role', () => {
    const found = order(
      () => undefined,
      (profile) => {
        profile.machines = profile.machines.filter(({ name }) => name !== 'sample-kube-worker-001')
        const [, second] = profile.machines.filter(({ role }) => role === 'worker')
        Object.assign(second!, { name: 'new-worker' })
      },
    )
    expect(found?.filter((each) => each.endsWith(': worker'))).toHaveLength(
      exampleProfile().machines.filter(({ role }) => role === 'worker').length - 2,
    )
    expect(found?.join()).not.toContain('new-worker')
  })

  it('is empty if the version stays, and without machines that existed before', () => {
    expect(upgradeOf(at('1.36.4'), at('1.36.4'))).toBeNull()
    expect(upgradeOf(at('1.36.3'), at('1.36.4', undefined, renamed))).toBeNull()
  })

  it('names what is not part of it', () => {
    const stacked = upgradeOf(at('1.36.3'), at('1.36.4'))?.notes.join('\n')
    expect(stacked).toContain('kubeadm upgrade upgrades etcd with each control plane')
    const service = upgradeOf(at('1.36.3', undefined, ofItsOwn), at('1.36.4', undefined, ofItsOwn))
    expect(service?.notes.join('\n')).toContain('kubeadm upgrade does not touch etcd')
    const live = upgradeOf(at('1.36.3', 'rack-test'), at('1.36.4', 'rack-test'))
    expect(live?.notes.at(-1)).toContain('machines run from memory')
  })
})

describe('docs/upgrade.md', () => {
  const page = readFileSync(new URL('../../docs/upgrade.md', import.meta.url), 'utf8')
  const lines = printText(report('1.36.3', '1.36.4', 'load-balancers-on-control-planes'), false).split('\n')
  const machines = ['k8s-master-01', 'k8s-master-02', 'k8s-node-01']

  it.each(machines)('shows what hakube diff prints for %s', (machine) => {
    const from = lines.findIndex((line) => new RegExp(`^\\d+\\. ${machine} `).test(line))
    const block = lines.slice(from + 1, lines.indexOf('', from)).map((line) => line.trim())
    expect(block.length).toBeGreaterThan(5)
    expect(page).toContain(`\`\`\`sh\n${block.join('\n')}\n\`\`\`\n`)
  })
})

import { spawnSync } from 'node:child_process'
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { resolve } from '../../src/cluster/resolve.ts'
import { kubeadm } from '../../src/components/kubeadm.ts'
import { knownFields } from '../../src/distributions/configurations/index.ts'
import { argumentsIn } from '../../src/distributions/configurations/kubelet-arguments.ts'
import { textOf } from '../../src/templates/template.ts'
import { exampleProfile, testSecrets } from '../example.ts'
import { describeWithKubernetes } from '../kubernetes-programs.ts'
import { assembleOnly } from '../support/assemble-only.ts'

/* Patches of the profile, applied by a real kubeadm, and settings of kubelets as the real one reads them. */

const profile = exampleProfile()
profile.kubernetes.version = '1.20.2'
profile.kubernetes.patches = [
  {
    target: 'kube-apiserver',
    content: {
      spec: { containers: [{ name: 'kube-apiserver', resources: { requests: { memory: '2Gi' } } }] },
    },
  },
  { target: 'etcd', type: 'json', content: [{ op: 'add', path: '/metadata/labels/a~1b', value: 'yes' }] },
  {
    target: 'kube-scheduler',
    type: 'merge',
    content: '# mine\nmetadata:\n  labels: {first: "1"}\n---\nmetadata:\n  labels: {second: "2"}\n',
  },
  { target: 'kube-scheduler', type: 'merge', content: { metadata: { labels: { first: 'changed' } } } },
]
profile.kubernetes.apiServerVolumes = [
  { hostPath: '/srv/identity', mountPath: '/identity', readOnly: false, type: 'DirectoryOrCreate' },
]
profile.etcd = { volumes: [{ hostPath: '/srv/snapshots', type: 'DirectoryOrCreate' }] }
const cluster = resolve(profile, new Map(), testSecrets)

/** What the kubelet says of arguments before it prints its version. */
const kubelet = (kubernetes: string, ...list: string[]) => {
  const { status, stdout, stderr } = spawnSync(join(kubernetes, 'kubelet'), [...list, '--version'], {
    encoding: 'utf8',
  })
  return status === 0 ? stdout : stderr.split('\n').filter((line) => /rror|invalid|unknown/.test(line))
}

describeWithKubernetes('kubeadm 1.20.2 with patches', (kubernetes) => {
  let root = ''
  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'hakube-patches-'))
  })
  afterEach(() => rmSync(root, { recursive: true }))

  it('applies patches to what it writes', () => {
    const machine = cluster.machines.find(({ initializes }) => initializes)!
    const assembly = assembleOnly([kubeadm], cluster, machine)
    for (const { path, mode, content } of assembly.files) {
      mkdirSync(dirname(join(root, path)), { recursive: true })
      writeFileSync(join(root, path), textOf(content))
      chmodSync(join(root, path), Number.parseInt(mode, 8))
    }
    const step = textOf(assembly.steps.find(({ name }) => name === 'kubeadm')!.script)
    const flags = /--experimental-patches \S+/.exec(step)?.[0] ?? ''
    const script = String.raw`
set -euo pipefail
mount -t tmpfs tmpfs /mnt
for directory in etc var; do
  mkdir -p /mnt/$directory/upper /mnt/$directory/work
  mount -t overlay overlay -o "lowerdir=/$directory,upperdir=/mnt/$directory/upper,workdir=/mnt/$directory/work" "/$directory"
done
cp -r "$1/etc/." /etc/
ip link set lo up
configuration=/etc/kubernetes/kubeadm/init.yaml
"$2/kubeadm" init phase control-plane all --config $configuration $3
"$2/kubeadm" init phase etcd local --config $configuration $3
cd /etc/kubernetes/manifests
grep -A 3 resources: kube-apiserver.yaml
grep -h -A 5 labels: etcd.yaml kube-scheduler.yaml
grep -h -A 4 -e 'mountPath: /identity' -e 'path: /srv/identity' kube-apiserver.yaml
grep -h -A 4 -e 'mountPath: /srv/snapshots' -e 'path: /srv/snapshots' etcd.yaml
# Both may be said to the whole command.
"$2/kubeadm" init --dry-run --config $configuration $3 --ignore-preflight-errors=all 2>&1 | grep -o 'initialized successfully'
`
    const { stdout, stderr } = spawnSync(
      'unshare',
      ['-mn', 'bash', '-c', script, '-', root, kubernetes, flags],
      { encoding: 'utf8', env: { ...process.env, KUBEADM_INIT_DRYRUN_DIR: root } },
    )
    expect(stderr).toBe('')
    expect(stdout).toMatchInlineSnapshot(`
      "[control-plane] Using manifest folder "/etc/kubernetes/manifests"
      [control-plane] Creating static Pod manifest for "kube-apiserver"
      [patches] Reading patches from path "/etc/kubernetes/kubeadm/patches"
      [patches] Found the following patch files: [etcd00+strategic.yaml etcd02+json.yaml kube-apiserver01+strategic.yaml kube-scheduler03+merge.yaml kube-scheduler04+merge.yaml]
      [patches] Applied patch of type "application/strategic-merge-patch+json" to target "kube-apiserver"
      [control-plane] Creating static Pod manifest for "kube-controller-manager"
      [control-plane] Creating static Pod manifest for "kube-scheduler"
      [patches] Applied patch of type "application/merge-patch+json" to target "kube-scheduler"
      [patches] Applied patch of type "application/merge-patch+json" to target "kube-scheduler"
      [patches] Applied patch of type "application/merge-patch+json" to target "kube-scheduler"
      [etcd] Creating static Pod manifest for local etcd in "/etc/kubernetes/manifests"
      [patches] Reading patches from path "/etc/kubernetes/kubeadm/patches"
      [patches] Found the following patch files: [etcd00+strategic.yaml etcd02+json.yaml kube-apiserver01+strategic.yaml kube-scheduler03+merge.yaml kube-scheduler04+merge.yaml]
      [patches] Applied patch of type "application/strategic-merge-patch+json" to target "etcd"
      [patches] Applied patch of type "application/json-patch+json" to target "etcd"
          resources:
            requests:
              cpu: 250m
              memory: 2Gi
        labels:
          a/b: "yes"
          component: etcd
          tier: control-plane
        name: etcd
        namespace: kube-system
      --
        labels:
          component: kube-scheduler
          first: changed
          second: "2"
          tier: control-plane
        name: kube-scheduler
          - mountPath: /identity
            name: volume-1
        hostNetwork: true
        priorityClassName: system-node-critical
        volumes:
      --
            path: /srv/identity
            type: DirectoryOrCreate
          name: volume-1
      status: {}
          - mountPath: /srv/snapshots
            name: volume-1
            readOnly: true
          - mountPath: /var/lib/etcd
            name: etcd-data
      --
            path: /srv/snapshots
            type: DirectoryOrCreate
          name: volume-1
        - hostPath:
            path: /etc/kubernetes/pki/etcd
      initialized successfully
      "
    `)
  })

  it('passes the configuration to its kubelet in arguments', () => {
    const samples: Record<string, unknown> = {
      bool: true,
      int: 3,
      duration: '90s',
      list: ['a', 'b'],
      string: 'none',
    }
    const special: Record<string, unknown> = {
      address: '0.0.0.0',
      cpuManagerPolicyOptions: { 'full-pcpus-only': 'true' },
      evictionHard: { 'memory.available': '100Mi', 'nodefs.available': '5%' },
      evictionMinimumReclaim: { 'memory.available': '1Gi' },
      evictionSoft: { 'memory.available': '200Mi' },
      evictionSoftGracePeriod: { 'memory.available': '1m30s' },
      healthzBindAddress: '127.0.0.1',
      kubeReserved: { cpu: '100m', memory: '1Gi' },
      qosReserved: { memory: '50%' },
      systemReserved: { cpu: '100m' },
    }
    const fields = [...knownFields.KubeletConfiguration]
    const told = fields.flatMap(([name, { type }]) => {
      const value = special[name] ?? samples[type]
      if (value === undefined) return []
      const nested = name.split('.').reduceRight<unknown>((inner, key) => ({ [key]: inner }), value)
      return argumentsIn(nested as Record<string, unknown>, '1.20')
    })
    expect(told.length).toBeGreaterThan(70)
    const words = told.map(({ name, value }) => `--${name}=${value}`)
    expect(kubelet(kubernetes, ...words)).toBe('Kubernetes v1.20.2\n')
    expect(kubelet(kubernetes, '--eviction-hard=memory.available=100Mi=')).not.toBe('Kubernetes v1.20.2\n')
  })
})

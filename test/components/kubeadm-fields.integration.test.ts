import { spawnSync } from 'node:child_process'
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { parseAllDocuments } from 'yaml'
import { resolve } from '../../src/cluster/resolve.ts'
import { kubeadm } from '../../src/components/kubeadm.ts'
import { administratorDocuments, documentsText } from '../../src/components/kubeadm/configuration.ts'
import type { Profile } from '../../src/profile/schema.ts'
import { textOf } from '../../src/templates/template.ts'
import { testSecrets } from '../example.ts'
import { nodeAddresses } from '../../src/cluster/families.ts'
import { dualStackCluster, ipv6First, ipv6Only, withOldKubernetes } from '../dual-stack-profile.ts'
import { fullProfile } from '../kubeadm-profile.ts'
import { describeWithKubernetes } from '../kubernetes-programs.ts'
import { assembleOnly } from '../support/assemble-only.ts'

/* Everything that a profile can tell kubeadm, told to a real one. */

function withFiles(): Profile {
  const profile = fullProfile('1.20.2')
  profile.kubernetes.apiServerFiles = [
    { path: '/etc/kubernetes/oidc/ca.crt', argument: 'oidc-ca-file', content: 'authority\n' },
    {
      path: '/etc/admission.yaml',
      argument: 'admission-control-config-file',
      content: 'kind: AdmissionConfiguration\n',
    },
  ]
  profile.kubernetes.schedulerFiles = [
    {
      path: '/etc/kubernetes/scheduler.yaml',
      argument: 'config',
      content: 'kind: KubeSchedulerConfiguration\n',
    },
  ]
  return profile
}

const cluster = resolve(withFiles(), new Map(), testSecrets)
const init = 'sample-kube-master-002'
const files = [
  [init, 'init'],
  [init, 'join'],
  ['sample-kube-master-001', 'join'],
  ['sample-kube-worker-001', 'join'],
] as const

type Document = { kind: string } & Record<string, unknown>
const read = (text: string): Document[] =>
  parseAllDocuments(text, { version: '1.1' }).map((each) => each.toJS() as Document)

describeWithKubernetes('kubeadm 1.20.2, told everything', (kubernetes) => {
  let root = ''
  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'hakube-kubeadm-fields-'))
  })
  afterEach(() => rmSync(root, { recursive: true }))

  function lay(name: string, of = cluster): void {
    const machine = of.machines.find((each) => each.name === name)!
    for (const { path, mode, content } of assembleOnly([kubeadm], of, machine).files) {
      mkdirSync(dirname(join(root, path)), { recursive: true })
      writeFileSync(join(root, path), textOf(content))
      chmodSync(join(root, path), Number.parseInt(mode, 8))
    }
  }

  /** Reads a file into kubeadm's own structures, checks it, and prints what kubeadm has understood. */
  const understood = (command: 'init' | 'join') => {
    const file = join(root, 'etc/kubernetes/kubeadm', `${command}.yaml`)
    const { status, stdout, stderr } = spawnSync(
      join(kubernetes, 'kubeadm'),
      ['config', 'migrate', '--old-config', file],
      { encoding: 'utf8' },
    )
    return { status, stdout, stderr }
  }

  /** How kubeadm understands the node of the machine that initializes. */
  const taintsWith = (roles: Profile['roles']) => {
    const { taints: _wide, ...profile } = fullProfile('1.20.2')
    lay(init, resolve({ ...profile, ...(roles ? { roles } : {}) }, new Map(), testSecrets))
    const registration = read(understood('init').stdout).find(({ kind }) => kind === 'InitConfiguration')
    return registration?.['nodeRegistration']
  }

  it.each(files)('accepts all of %s: %s.yaml, without a warning', (name, command) => {
    lay(name)
    const { status, stdout, stderr } = understood(command)
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' })
    const given = read(readFileSync(join(root, 'etc/kubernetes/kubeadm', `${command}.yaml`), 'utf8'))
    const found = read(stdout)
    // Configurations of other components are not among what it prints.
    for (const document of given.filter(({ kind }) => !kind.startsWith('Kube')))
      expect(found.find(({ kind }) => kind === document.kind)).toMatchObject(document)
  })

  it.each([
    ['IPv4 and IPv6', []],
    ['IPv6 and IPv4', ipv6First],
    ['IPv6 alone', ipv6Only],
  ])('accepts clusters of %s, and passes their networks to the control plane', (_families, changes) => {
    const dual = dualStackCluster(...withOldKubernetes, ...changes)
    for (const [name, command] of [
      ['control-1', 'init'],
      ['control-2', 'join'],
      ['worker-1', 'join'],
    ] as const) {
      lay(name, dual)
      const { status, stderr } = understood(command)
      expect({ name, status, stderr }).toEqual({ name, status: 0, stderr: '' })
    }
    lay('control-1', dual)
    const script = `set -e
mount -t tmpfs tmpfs /etc/kubernetes 2>/dev/null || { mkdir -p /run/k; mount -t tmpfs tmpfs /mnt; mkdir -p /mnt/u /mnt/w; mount -t overlay overlay -o lowerdir=/etc,upperdir=/mnt/u,workdir=/mnt/w /etc; }
"$1" init phase control-plane all --config "$2" >/dev/null
grep -hoE -- '--(advertise-address|cluster-cidr|service-cluster-ip-range|feature-gates)=.*' /etc/kubernetes/manifests/*.yaml | sort -u`
    const file = join(root, 'etc/kubernetes/kubeadm/init.yaml')
    const { status, stdout, stderr } = spawnSync(
      'unshare',
      ['-mn', 'bash', '-c', script, '-', join(kubernetes, 'kubeadm'), file],
      { encoding: 'utf8' },
    )
    expect({ status, stderr }).toMatchObject({ status: 0 })
    const [address] = nodeAddresses(dual, dual.controlPlanes[0]!)
    const { podNetworks, serviceNetworks } = dual.kubernetes
    expect(stdout.trim().split('\n')).toEqual([
      `--advertise-address=${address}`,
      `--cluster-cidr=${podNetworks.join(',')}`,
      ...(podNetworks.length > 1 ? ['--feature-gates=IPv6DualStack=true'] : []),
      `--service-cluster-ip-range=${serviceNetworks.join(',')}`,
    ])
  })

  it('would report an unknown field', () => {
    lay(init)
    const file = join(root, 'etc/kubernetes/kubeadm/init.yaml')
    writeFileSync(file, readFileSync(file, 'utf8').replace('extraVolumes', 'moreVolumes'))
    expect(understood('init').stderr).toMatch(/unknown field.*moreVolumes/)
  })

  it('has the phase that is skipped without kube-proxy', () => {
    lay(init)
    const config = join(root, 'etc/kubernetes/kubeadm/init.yaml')
    const refused = (phase: string) =>
      spawnSync(
        join(kubernetes, 'kubeadm'),
        [
          'init',
          '--dry-run',
          '--config',
          config,
          '--skip-phases',
          `preflight,certs,kubeconfig,kubelet-start,control-plane,etcd,upload-config,upload-certs,mark-control-plane,bootstrap-token,kubelet-finalize,addon/coredns,${phase}`,
        ],
        // Otherwise it leaves a directory in /etc/kubernetes of the machine that runs the tests.
        { encoding: 'utf8', env: { ...process.env, KUBEADM_INIT_DRYRUN_DIR: root } },
      ).stderr
    expect(refused('addon/nonsense')).toContain('invalid phase name: addon/nonsense')
    expect(refused('addon/kube-proxy')).not.toContain('invalid phase name')
    expect(readdirSync(join(root, 'tmp'))).not.toEqual([])
  })

  it('treats an empty list of taints as none, and a missing one as its own', () => {
    expect(taintsWith({ 'control-plane': { taints: [] } })).toMatchObject({ taints: [] })
    expect(taintsWith(undefined)).toMatchObject({
      taints: [{ key: 'node-role.kubernetes.io/master', effect: 'NoSchedule' }],
    })
  })

  it('issues an administrator certificate from the CAs where they are before a join', () => {
    lay(init)
    const machine = cluster.machines.find((each) => each.name === init)!
    const directory = join(root, 'etc/hakube/authorities')
    writeFileSync(
      join(root, 'administrator.yaml'),
      documentsText(administratorDocuments(cluster, machine, directory)),
    )
    const { status, stderr } = spawnSync(
      join(kubernetes, 'kubeadm'),
      ['init', 'phase', 'kubeconfig', 'admin', '--config', 'administrator.yaml', '--kubeconfig-dir', root],
      { encoding: 'utf8', cwd: root },
    )
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' })
    expect(readFileSync(join(root, 'admin.conf'), 'utf8')).toContain('server: https://10.10.10.19:')
  })

  it('passes arguments, volumes and feature gates to the components', () => {
    lay(init)
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
"$2/kubeadm" init phase control-plane all --config $configuration >/dev/null
"$2/kubeadm" init phase kubelet-start --config $configuration >/dev/null 2>&1 || true
cd /etc/kubernetes/manifests
echo '-- images'
grep -ho 'image: .*' ./*.yaml | sort
echo '-- arguments'
grep -h -e feature-gates -e audit -e oidc -e admission -e --config -e encryption -e event-ttl -e inflight -e grace-period -e '--v=' ./*.yaml | grep -e '- --'
echo '-- volumes'
sed -n '/volumes:/,$p' kube-apiserver.yaml | grep -A 2 -e /audit -e /encryption -e /oidc -e /admission
sed -n '/volumes:/,$p' kube-scheduler.yaml | grep -A 2 -e /scheduler.yaml
echo '-- mounts'
grep -h -A 2 -e 'mountPath: .*oidc' -e 'mountPath: .*admission' -e 'mountPath: .*scheduler.yaml' ./*.yaml
echo '-- kubelet'
cat /var/lib/kubelet/kubeadm-flags.env
sed -n '/featureGates/,/^[a-z]/p' /var/lib/kubelet/config.yaml | grep '^  '
`
    const { stdout, stderr } = spawnSync('unshare', ['-mn', 'bash', '-c', script, '-', root, kubernetes], {
      encoding: 'utf8',
    })
    expect(stderr).toBe('')
    expect(stdout).toMatchInlineSnapshot(`
      "-- images
      image: registry.example.com/kubernetes/kube-apiserver:v1.20.2
      image: registry.example.com/kubernetes/kube-controller-manager:v1.20.2
      image: registry.example.com/kubernetes/kube-scheduler:v1.20.2
      -- arguments
          - --admission-control-config-file=/etc/admission.yaml
          - --audit-log-maxage=30
          - --audit-log-maxbackup=10
          - --audit-log-maxsize=100
          - --audit-log-path=/var/log/kubernetes/audit/audit.log
          - --audit-policy-file=/etc/kubernetes/audit/policy.yaml
          - --enable-admission-plugins=NodeRestriction
          - --encryption-provider-config=/etc/kubernetes/encryption/configuration.yaml
          - --event-ttl=2h
          - --feature-gates=GracefulNodeShutdown=true,APIResponseCompression=false
          - --max-requests-inflight=800
          - --oidc-ca-file=/etc/kubernetes/oidc/ca.crt
          - --feature-gates=GracefulNodeShutdown=true,APIResponseCompression=false
          - --node-monitor-grace-period=60s
          - --config=/etc/kubernetes/scheduler.yaml
          - --feature-gates=GracefulNodeShutdown=true,APIResponseCompression=false
          - --v=2
      -- volumes
            path: /var/log/kubernetes/audit
            type: DirectoryOrCreate
          name: audit-log
      --
            path: /etc/kubernetes/audit
            type: Directory
          name: audit-policy
      --
            path: /etc/kubernetes/encryption
            type: Directory
          name: encryption
      --
            path: /etc/kubernetes/oidc
            type: Directory
          name: profile-1
      --
            path: /etc/admission.yaml
            type: File
          name: profile-2
            path: /etc/kubernetes/scheduler.yaml
            type: File
          name: profile-1
      -- mounts
          - mountPath: /etc/kubernetes/oidc
            name: profile-1
            readOnly: true
          - mountPath: /etc/admission.yaml
            name: profile-2
            readOnly: true
      --
          - mountPath: /etc/kubernetes/scheduler.yaml
            name: profile-1
            readOnly: true
      -- kubelet
      KUBELET_KUBEADM_ARGS="--container-runtime=remote --container-runtime-endpoint=unix:///run/containerd/containerd.sock --hostname-override=sample-kube-master-002 --image-gc-high-threshold=90 --max-pods=250 --node-ip=10.10.10.14 --node-labels=example.com/rack=r12,topology.kubernetes.io/zone=cellar"
        APIResponseCompression: false
        GracefulNodeShutdown: true
      "
    `)
  })
})

import { execFileSync, spawnSync } from 'node:child_process'
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import type { Cluster } from '../../src/cluster/cluster.ts'
import { resolve } from '../../src/cluster/resolve.ts'
import { machineFiles } from '../../src/assembly/first-boot.ts'
import { kubeadm } from '../../src/components/kubeadm.ts'
import { textOf } from '../../src/templates/template.ts'
import { exampleProfile, testSecrets } from '../example.ts'
import { describeWithKubernetes } from '../kubernetes-programs.ts'
import { assembleOnly } from '../support/assemble-only.ts'

const profile = exampleProfile()
const clusterWith = (nodeNames: 'short' | 'full'): Cluster =>
  resolve(
    { ...profile, kubernetes: { ...profile.kubernetes, version: '1.20.2', nodeNames } },
    new Map(),
    testSecrets,
  )
const cluster = clusterWith('short')

/*
 * A machine: mounts and a network of its own, where what kubeadm writes to /etc and /var is gone afterwards. `$step` runs the
 * rendered step of the machine, `alive ADDRESS` lets someone with a certificate of the cluster's authority answer there.
 */
const prelude = String.raw`
set -euo pipefail
root=$1 kubernetes=$2
mount -t tmpfs tmpfs /mnt
for directory in etc var; do
  mkdir -p /mnt/$directory/upper /mnt/$directory/work
  mount -t overlay overlay -o "lowerdir=/$directory,upperdir=/mnt/$directory/upper,workdir=/mnt/$directory/work" "/$directory"
done
mount -t tmpfs tmpfs /run
cp -r "$root/etc/." /etc/
export PATH="$kubernetes:$PATH" HAKUBE_PATIENCE=0
ip link set lo up
ip address add 10.10.10.13/24 dev lo
alive() {
  ip address add "$1/24" dev lo
  openssl req -newkey rsa:2048 -nodes -subj /CN=test -keyout /run/key -out /run/request 2>/dev/null
  openssl x509 -req -in /run/request -CA /etc/hakube/authorities/ca.crt -CAkey "$root/ca.key" -set_serial 7 \
    -extfile <(echo "subjectAltName=IP:$1") -out /run/certificate 2>/dev/null
  openssl s_server -accept "$1:6443" -cert /run/certificate -key /run/key -www -quiet &
  trap "kill $!" EXIT
  until curl --silent --output /dev/null --insecure "https://$1:6443/"; do sleep 0.05; done
}
step() {
  status=0
  "$root/step" || status=$?
  echo "== status $status"
}
`

const lines = (output: string, wanted: RegExp): string[] =>
  output.split('\n').filter((line) => wanted.test(line))

describeWithKubernetes('kubeadm 1.20.2', (kubernetes) => {
  let root: string
  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'hakube-kubeadm-'))
  })
  afterEach(() => rmSync(root, { recursive: true }))

  function lay(name: string, of = cluster): void {
    const machine = of.machines.find((each) => each.name === name)!
    const assembly = assembleOnly([kubeadm], of, machine)
    for (const { path, mode, content } of machineFiles(of, assembly)) {
      mkdirSync(dirname(join(root, path)), { recursive: true })
      writeFileSync(join(root, path), textOf(content))
      chmodSync(join(root, path), Number.parseInt(mode, 8))
    }
    writeFileSync(join(root, 'step'), textOf(assembly.steps.find((step) => step.name === 'kubeadm')!.script))
    chmodSync(join(root, 'step'), 0o700)
    writeFileSync(join(root, 'ca.key'), testSecrets.authorities.kubernetes.key)
  }

  function run(name: string, script: string, of = cluster): string {
    lay(name, of)
    const result = spawnSync('unshare', ['-mn', 'bash', '-c', prelude + script, '-', root, kubernetes], {
      encoding: 'utf8',
    })
    return result.stdout + result.stderr
  }

  it('lists the images of the cluster from the rendered configuration', () => {
    lay('sample-kube-master-001')
    const output = execFileSync(
      join(kubernetes, 'kubeadm'),
      ['config', 'images', 'list', '--config', join(root, 'etc/kubernetes/kubeadm/init.yaml')],
      { encoding: 'utf8' },
    )
    expect(output.split('\n').slice(0, 5)).toEqual([
      'k8s.gcr.io/kube-apiserver:v1.20.2',
      'k8s.gcr.io/kube-controller-manager:v1.20.2',
      'k8s.gcr.io/kube-scheduler:v1.20.2',
      'k8s.gcr.io/kube-proxy:v1.20.2',
      // The image that containerd is told to take.
      'k8s.gcr.io/pause:3.2',
    ])
  })

  it('creates the control plane of the profile from it, with the CAs of the bundle', () => {
    const output = run(
      'sample-kube-master-001',
      String.raw`
mkdir -p /etc/kubernetes/pki
cp -r --preserve=mode /etc/hakube/authorities/. /etc/kubernetes/pki/
kubeadm init phase certs all --config /etc/kubernetes/kubeadm/init.yaml >/run/log 2>&1 || cat /run/log
openssl verify -CAfile /etc/hakube/authorities/ca.crt /etc/kubernetes/pki/apiserver.crt
openssl x509 -noout -ext subjectAltName -in /etc/kubernetes/pki/apiserver.crt | tail -1 | tr -d ' ' | tr , '\n' | sort
cmp /etc/hakube/authorities/ca.crt /etc/kubernetes/pki/ca.crt && echo 'the authority is the same'
kubeadm init phase kubeconfig all --config /etc/kubernetes/kubeadm/init.yaml >/dev/null
kubeadm init phase control-plane all --config /etc/kubernetes/kubeadm/init.yaml >/dev/null
kubeadm init phase etcd local --config /etc/kubernetes/kubeadm/init.yaml >/dev/null
grep -h -e --advertise-address -e --service-cluster-ip-range -e --cluster-cidr -e --cluster-name /etc/kubernetes/manifests/*
grep server: /etc/kubernetes/kubelet.conf
kubeadm init phase kubelet-start --config /etc/kubernetes/kubeadm/init.yaml >/dev/null 2>&1 || true
cat /var/lib/kubelet/kubeadm-flags.env
grep -e cgroupDriver /var/lib/kubelet/config.yaml
`,
    )
    expect(output).toMatchInlineSnapshot(`
      "/etc/kubernetes/pki/apiserver.crt: OK
      DNS:kubernetes
      DNS:kubernetes.default
      DNS:kubernetes.default.svc
      DNS:kubernetes.default.svc.cluster.local
      DNS:sample-kube-master-001
      DNS:sample-kube-master-001.example.com
      DNS:sample-kube-master-002
      DNS:sample-kube-master-002.example.com
      DNS:sample-kube-master-003
      DNS:sample-kube-master-003.example.com
      IPAddress:10.10.10.13
      IPAddress:10.10.10.14
      IPAddress:10.10.10.15
      IPAddress:10.10.10.19
      IPAddress:10.96.0.1
      the authority is the same
          - --advertise-address=10.10.10.13
          - --service-cluster-ip-range=10.96.0.0/16
          - --cluster-cidr=10.244.0.0/16
          - --cluster-name=sample
          - --service-cluster-ip-range=10.96.0.0/16
          server: https://10.10.10.19:6443
      KUBELET_KUBEADM_ARGS="--container-runtime=remote --container-runtime-endpoint=unix:///run/containerd/containerd.sock --hostname-override=sample-kube-master-001 --node-ip=10.10.10.13"
      cgroupDriver: systemd
      "
    `)
  })

  it('uses the full name of the node, etcd member and certificates if the profile sets that', () => {
    const output = run(
      'sample-kube-master-001',
      String.raw`
mkdir -p /etc/kubernetes/pki
cp -r --preserve=mode /etc/hakube/authorities/. /etc/kubernetes/pki/
{
  kubeadm init phase certs all --config /etc/kubernetes/kubeadm/init.yaml
  kubeadm init phase kubeconfig all --config /etc/kubernetes/kubeadm/init.yaml
  kubeadm init phase etcd local --config /etc/kubernetes/kubeadm/init.yaml
  kubeadm init phase kubelet-start --config /etc/kubernetes/kubeadm/init.yaml || true
} >/run/log 2>&1
grep -h -e --name -e --initial-cluster= /etc/kubernetes/manifests/etcd.yaml
for certificate in etcd/server etcd/peer; do
  openssl x509 -noout -ext subjectAltName -in /etc/kubernetes/pki/$certificate.crt | tail -1 | tr -d ' '
done
sed -n 's/.*client-certificate-data: //p' /etc/kubernetes/kubelet.conf | base64 -d | openssl x509 -noout -subject
grep -o -e '--hostname-override=[^ "]*' /var/lib/kubelet/kubeadm-flags.env
`,
      clusterWith('full'),
    )
    expect(output).toMatchInlineSnapshot(`
      "    - --initial-cluster=sample-kube-master-001.example.com=https://10.10.10.13:2380
          - --name=sample-kube-master-001.example.com
      DNS:localhost,DNS:sample-kube-master-001.example.com,IPAddress:10.10.10.13,IPAddress:127.0.0.1,IPAddress:0:0:0:0:0:0:0:1
      DNS:localhost,DNS:sample-kube-master-001.example.com,IPAddress:10.10.10.13,IPAddress:127.0.0.1,IPAddress:0:0:0:0:0:0:0:1
      subject=O = system:nodes, CN = system:node:sample-kube-master-001.example.com
      --hostname-override=sample-kube-master-001.example.com
      "
    `)
  })

  it('accepts the whole configuration in a dry run without a warning about a field', () => {
    // Not with --upload-certs: the dry run of 1.20 fails in it whatever the configuration is.
    const output = run(
      'sample-kube-master-001',
      String.raw`
dry_run() {
  kubeadm init --dry-run --config /etc/kubernetes/kubeadm/init.yaml --ignore-preflight-errors=all 2>&1 |
    grep -Eo 'control-plane has initialized successfully|unknown field.*'
}
dry_run
sed -i 's/bindPort/bindDoor/' /etc/kubernetes/kubeadm/init.yaml
dry_run
`,
    )
    expect(output.split('\n')).toEqual([
      'control-plane has initialized successfully',
      expect.stringMatching(/^unknown field.*bindDoor/) as string,
      'control-plane has initialized successfully',
      '',
    ])
  })

  it.each(['sample-kube-master-002', 'sample-kube-worker-001'])('%s waits for an API server', (name) => {
    const output = run(name, 'step; ls /etc/kubernetes')
    expect(lines(output, /^waited|^==|^kubeadm|^manifests|^pki/)).toEqual([
      expect.stringContaining('s for an API server at https://10.10.10.19:6443 without success: curl: (7) '),
      '== status 1',
      'kubeadm',
    ])
  })

  it('rejects on a worker an API server with a certificate of another CA', () => {
    const output = run(
      'sample-kube-worker-001',
      `
alive 10.10.10.19
openssl req -x509 -newkey rsa:2048 -nodes -subj /CN=kubernetes -keyout /dev/null -out /etc/hakube/authorities/ca.crt 2>/dev/null
step`,
    )
    expect(lines(output, /^waited|^==/)).toEqual([
      expect.stringMatching(
        /^waited \d+ s for an API server at \S+ without success: curl: \(60\) SSL certificate problem: unable to get local issuer/,
      ) as string,
      '== status 1',
    ])
  })

  it('starts no second cluster on the first control plane', () => {
    const output = run(
      'sample-kube-master-001',
      'alive 10.10.10.19; step; ls /etc/kubernetes /var/lib/hakube/kubeadm; ls /run | grep hakube || true',
    )
    // Whoever answers here is no API server, so it gets no further than to its own administrator's certificate.
    expect(lines(output, /^(a cluster|this|the cluster|\[|==|\/|[a-z-]+$)/)).toEqual([
      'a cluster of this profile already exists: https://10.10.10.19:6443 responds',
      'this machine joins the running cluster',
      'the cluster no longer accepts the token in the profile: this machine renews it for an hour',
      '[kubeconfig] Writing "admin.conf" kubeconfig file',
      '== status 1',
      '/etc/kubernetes:',
      'kubeadm',
      '/var/lib/hakube/kubeadm:',
    ])
  })

  it('starts no second cluster beside an etcd member without a majority, which is all that answers then', () => {
    const output = run(
      'sample-kube-master-001',
      String.raw`
# member AUTHORITY: of two, of which the other one is off.
member() {
  openssl req -newkey rsa:2048 -nodes -subj /CN=test -keyout /run/key -out /run/request 2>/dev/null
  openssl x509 -req -in /run/request -CA "$1.crt" -CAkey "$1.key" -set_serial 7 \
    -extfile <(echo "subjectAltName=IP:10.10.10.14") -out /run/certificate 2>/dev/null
  etcd --name one --data-dir /run/data --listen-client-urls https://10.10.10.14:2379 --listen-peer-urls https://10.10.10.14:2380 \
    --advertise-client-urls https://10.10.10.14:2379 --initial-advertise-peer-urls https://10.10.10.14:2380 \
    --initial-cluster one=https://10.10.10.14:2380,two=https://10.10.10.15:2380 \
    --peer-client-cert-auth --peer-trusted-ca-file "$1.crt" --peer-cert-file /run/certificate --peer-key-file /run/key \
    --client-cert-auth --trusted-ca-file "$1.crt" --cert-file /run/certificate --key-file /run/key >/dev/null 2>&1 &
  trap "kill $!" EXIT
  until curl --silent --output /dev/null --insecure "https://10.10.10.14:2380/" || (($? != 7)); do sleep 0.05; done
}
ip address add 10.10.10.14/24 dev lo
member /etc/hakube/authorities/etcd/ca
step
ls /etc/kubernetes /var/lib/hakube/kubeadm
kill %1; wait %1 || true
openssl req -x509 -newkey rsa:2048 -nodes -subj /CN=etcd-ca -keyout /run/ca.key -out /run/ca.crt 2>/dev/null
member /run/ca
step
cat /var/lib/hakube/kubeadm/tried`,
    )
    expect(lines(output, /^(a cluster|this|waited|==|\/|[a-z-]+$)/)).toEqual([
      expect.stringMatching(
        /^a cluster of this profile already exists: https:\/\/10\.10\.10\.14:2380 is a member of its etcd/,
      ),
      'this machine joins the running cluster',
      expect.stringMatching(/^waited 0 s for an API server at https:\/\/10\.10\.10\.19:6443/),
      '== status 1',
      '/etc/kubernetes:',
      'kubeadm',
      '/var/lib/hakube/kubeadm:',
      // That of another cluster is nobody: kubeadm begins, and finds no container runtime here.
      '== status 1',
      'init',
    ])
  })

  it('keeps a member a member', () => {
    const output = run(
      'sample-kube-master-001',
      'mkdir -p /var/lib/hakube/kubeadm; touch /var/lib/hakube/kubeadm/member; step; ls /etc/kubernetes',
    )
    expect(output).toBe('this machine is a member of the cluster\n== status 0\nkubeadm\n')
  })

  it('reverts a failed attempt before the next one, and keeps the CAs', () => {
    // Nothing here can run a container: kubeadm stops in its preflight.
    const output = run(
      'sample-kube-master-001',
      `
step >/run/first 2>&1
ls /etc/kubernetes/pki
grep -c 'The reset process does not' /run/first || true
echo leaf >/etc/kubernetes/pki/apiserver.crt
step >/run/second 2>&1
ls /etc/kubernetes/pki
grep -c 'The reset process does not clean CNI' /run/second
grep == /run/first /run/second
cmp /etc/hakube/authorities/ca.key /etc/kubernetes/pki/ca.key && stat -c %a /etc/kubernetes/pki/ca.key`,
    )
    expect(output).toMatchInlineSnapshot(`
  "ca.crt
  ca.key
  etcd
  front-proxy-ca.crt
  front-proxy-ca.key
  sa.key
  sa.pub
  0
  ca.crt
  ca.key
  etcd
  front-proxy-ca.crt
  front-proxy-ca.key
  sa.key
  sa.pub
  1
  /run/first:== status 1
  /run/second:== status 1
  600
  "
`)
  })
})

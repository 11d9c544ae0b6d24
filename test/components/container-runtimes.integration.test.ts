import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import type { Cluster } from '../../src/cluster/cluster.ts'
import { machineFiles } from '../../src/assembly/first-boot.ts'
import { textOf } from '../../src/templates/template.ts'
import { describeWith } from '../prerequisites.ts'
import { inOverlay, type Tree } from '../support/overlay.ts'
import { asset, assembleAll, runtimeCluster } from './runtime-cluster.ts'

const debian = ['debian', '12'] as const
const etcd = { placement: 'control-plane', archive: asset('etcd.tar.gz') } as const
const plugins = asset('cni-plugins.tgz')
const flannelService = { name: 'flannel-service', archive: asset('flannel.tar.gz'), plugins } as const
const criDockerd = asset('cri-dockerd.tgz')
const mirrors = { images: { 'docker.io': 'http://10.0.3.5:5000' } }

/** Every kind of script and unit that this part of hakube has. */
const clusters = (): Promise<Cluster[]> =>
  Promise.all([
    runtimeCluster(['rocky', '9'], '1.36.4', {
      containerRuntime: { name: 'cri-o' },
      networkPlugin: { name: 'calico', manifest: asset('calico.yaml'), plugins },
      manifests: [{ name: 'own', ...asset('own.yaml') }],
    }),
    runtimeCluster(debian, '1.36.4', {
      containerRuntime: { name: 'docker', criDockerd },
      networkPlugin: flannelService,
      etcd,
    }),
    runtimeCluster(debian, '1.36.4', { networkPlugin: flannelService, etcd }),
    runtimeCluster(debian, '1.36.4', { containerRuntime: { name: 'docker', criDockerd } }),
  ])

/** The files of a machine of the cluster, as they stand on it. */
function treeOf(cluster: Cluster, index = 0): Tree {
  const machine = cluster.controlPlanes[index]!
  const tree: Tree = {}
  for (const { path, content, mode } of machineFiles(cluster, assembleAll(cluster, machine)))
    tree[path.replace(/(steps|checks)\/\d+-/, '$1/')] = {
      text: textOf(content),
      mode: Number.parseInt(mode, 8),
    }
  return tree
}

const textIn = (tree: Tree, path: string): string => {
  const file = tree[path]
  if (!file) throw new Error(`no file ${path}`)
  return typeof file === 'string' ? file : file.text
}

describeWith(
  { programs: ['shellcheck', 'systemd-analyze'] },
  'scripts and units of container runtimes',
  () => {
    it('satisfy shellcheck and systemd', async () => {
      const directory = mkdtempSync(join(tmpdir(), 'hakube-units-'))
      try {
        const found: string[] = []
        const seen = new Set<string>()
        for (const cluster of await clusters()) {
          const units: string[] = []
          for (const [path, file] of Object.entries(treeOf(cluster))) {
            const text = typeof file === 'string' ? file : file.text
            if (text.startsWith('#!/bin/bash') && !seen.has(text) && !path.includes('kubeadm')) {
              seen.add(text)
              const { stdout } = spawnSync('shellcheck', ['--shell=bash', '-'], {
                input: text,
                encoding: 'utf8',
              })
              if (stdout) found.push(`${path}: ${stdout}`)
            }
            const [, unit] = /^\/etc\/systemd\/system\/((?:flanneld|cri-docker)\.\w+)$/.exec(path) ?? []
            if (unit === undefined) continue
            units.push(join(directory, unit))
            // The programs are on the machine, not here.
            writeFileSync(
              join(directory, unit),
              text.replaceAll(/=\/usr\/(?:local\/bin|libexec)\/\S+/g, '=/bin/true'),
            )
          }
          if (units.length === 0) continue
          const { stderr } = spawnSync('systemd-analyze', ['verify', '--man=no', ...units], {
            encoding: 'utf8',
          })
          found.push(...stderr.split('\n').filter((line) => /flanneld|cri-docker/.test(line)))
        }
        expect(found).toEqual([])
        expect(seen.size).toBeGreaterThan(20)
      } finally {
        rmSync(directory, { recursive: true, force: true })
      }
    })
  },
)

/** Starts it with these options, and waits until it answers. */
const start = (options: string) => `
mkdir -p /run/here; mount -t tmpfs here /run/here
dockerd --data-root /run/here/data --exec-root /run/here/exec --iptables=false --host unix:///run/docker.sock ${options} >/run/here/log 2>&1 &
for try in $(seq 100); do docker version >/dev/null 2>&1 && break; sleep 0.2; done
docker version >/dev/null || tail -n 20 /run/here/log`

describeWith({ root: true, linux: true, programs: ['dockerd', 'docker', 'unshare'] }, 'a real Docker', () => {
  it('accepts the rendered configuration, and the check passes', async () => {
    const cluster = await runtimeCluster(debian, '1.22.17', { containerRuntime: { name: 'docker' }, mirrors })
    const { output } = inOverlay(
      treeOf(cluster),
      `${start('--bridge=none')}
docker info --format '{{.CgroupDriver}} {{.Driver}} {{.LoggingDriver}} {{.RegistryConfig.Mirrors}}'
/usr/libexec/hakube/checks/docker; echo "check: $?"`,
    )
    expect(output).toMatchInlineSnapshot(`
      "systemd overlay2 json-file [http://10.0.3.5:5000/]
      check: 0
      "
    `)
  })

  it('has the network of flannel when the drop-in starts it', async () => {
    const cluster = await runtimeCluster(debian, '1.36.4', {
      containerRuntime: { name: 'docker', criDockerd },
      networkPlugin: flannelService,
      etcd,
    })
    const tree = treeOf(cluster)
    const dropIn = textIn(tree, '/etc/systemd/system/docker.service.d/10-hakube.conf')
    const [, file = ''] = /^EnvironmentFile=(.*)$/m.exec(dropIn) ?? []
    const [, options = ''] = /^ExecStart=\/usr\/bin\/dockerd .* (\$\w+)$/m.exec(dropIn) ?? []
    // What mk-docker-opts.sh of flannel's releases writes.
    const written = 'DOCKER_NETWORK_OPTIONS=" --bip=10.244.5.1/24 --ip-masq=false --mtu=1450 "\n'
    const { output } = inOverlay(
      tree,
      `mkdir -p /run/flannel; printf %s '${written}' >${file}; . ${file}
printf 'FLANNEL_SUBNET=10.244.5.1/24\\n' >/run/flannel/subnet.env
systemctl() { echo "systemctl $*"; }; export -f systemctl
${start(options)}
docker network inspect bridge --format '{{json .IPAM.Config}} {{json .Options}}'
/usr/libexec/hakube/checks/flannel; echo "check: $?"`,
    )
    expect(output).toMatchInlineSnapshot(`
      "[{"Subnet":"10.244.5.0/24","Gateway":"10.244.5.1"}] {"com.docker.network.bridge.default_bridge":"true","com.docker.network.bridge.enable_icc":"true","com.docker.network.bridge.enable_ip_masquerade":"false","com.docker.network.bridge.host_binding_ipv4":"0.0.0.0","com.docker.network.bridge.name":"docker0","com.docker.network.driver.mtu":"1450"}
      systemctl is-active flanneld.service
      FLANNEL_SUBNET=10.244.5.1/24
      check: 0
      "
    `)
  })
})

describeWith(
  { root: true, linux: true, programs: ['unshare', 'ip', 'python3', '../lib/cni/bridge'] },
  "pods in flannel's network",
  () => {
    it('get their addresses from the basic plugins by the generated configuration', async () => {
      const tree = treeOf(await runtimeCluster(debian, '1.36.4', { networkPlugin: flannelService, etcd }))
      const { output } = inOverlay(
        tree,
        `mkdir -p /run/flannel
printf 'FLANNEL_NETWORK=10.244.0.0/16\\nFLANNEL_SUBNET=10.244.5.1/24\\nFLANNEL_MTU=1450\\nFLANNEL_IPMASQ=true\\n' >/run/flannel/subnet.env
/usr/libexec/hakube/flannel-started
file=/etc/cni/net.d/10-flannel.conflist
ip netns add pod
export CNI_COMMAND=ADD CNI_CONTAINERID=one CNI_NETNS=/run/netns/pod CNI_IFNAME=eth0 CNI_PATH=/usr/lib/cni
python3 - "$file" >/run/bridge.json <<'END'
import json, sys
network = json.load(open(sys.argv[1]))
print(json.dumps({**network['plugins'][0], 'name': network['name'], 'cniVersion': network['cniVersion']}))
END
/usr/lib/cni/bridge </run/bridge.json >/run/result.json || cat /run/result.json
ip -brief -4 address show dev cni0 | tr -s ' '
ip netns exec pod ip -brief -4 address show dev eth0 | tr -s ' ' | sed 's/@if[0-9]*//'
ip netns exec pod ip route
ip -o link show cni0 | grep -o 'mtu [0-9]*'
printf 'FLANNEL_SUBNET=nothing\\nFLANNEL_MTU=1450\\n' >/run/flannel/subnet.env
/usr/libexec/hakube/flannel-started; echo "status $?"`,
      )
      expect(output).toMatchInlineSnapshot(`
        "cni0 UP 10.244.5.1/24 
        eth0 UP 10.244.5.2/24 
        default via 10.244.5.1 dev eth0 
        10.244.5.0/24 dev eth0 proto kernel scope link src 10.244.5.2 
        mtu 1450
        not a pod network: nothing, MTU 1450
        status 1
        "
      `)
    })
  },
)

import { spawnSync } from 'node:child_process'
import { basename } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parse } from 'yaml'
import { beforeAll, describe, expect, it } from 'vitest'
import type { Cluster, Machine } from '../../src/cluster/cluster.ts'
import { textOf } from '../../src/templates/template.ts'
import { exampleNames, exampleProfile, testCluster, writeUpNames, withSystem, systemOf } from '../example.ts'
import { describeWith } from '../prerequisites.ts'
import { inOverlay, type Tree } from '../support/overlay.ts'
import { assembleBalancer, ofBothFamilies } from './balancers.ts'
import { withImage, withPackages } from './load-balancer-versions.ts'

/*
 * All that is written for load balancers, read by releases that this machine does not have: those of Debian 11 and 13, of unstable,
 * and the newest that Debian has packages of. What is written depends on the version that the distribution has.
 */

type Release = { suite: string; haproxy: string; keepalived: string }

const releases: readonly Release[] = [
  { suite: 'bullseye', haproxy: '2.2', keepalived: '2.1' },
  { suite: 'trixie', haproxy: '3.0', keepalived: '2.3' },
  { suite: 'sid', haproxy: '3.2', keepalived: '2.3' },
  { suite: 'experimental', haproxy: '3.4', keepalived: '2.3' },
]

const script = fileURLToPath(new URL('../../scripts/load-balancers-image.sh', import.meta.url))

/** The root of a small system that has nothing but these programs. */
function rootOf(suite: string): string {
  const { status, stdout, stderr } = spawnSync(script, [suite], { encoding: 'utf8' })
  if (status !== 0) throw new Error(`${basename(script)} ${suite}: status ${status}: ${stderr}`)
  return stdout.trim()
}

/** Files of a load balancer, and the name of its network interface. */
function treeOf(cluster: Cluster, machine: Machine): Tree {
  const { files } = assembleBalancer(cluster, machine)
  return {
    ...Object.fromEntries(
      files.map(({ path, mode, content }) => [
        path,
        { text: textOf(content), mode: Number.parseInt(mode, 8) },
      ]),
    ),
    '/run-of-the-test/interface.conf': '$INTERFACE=lan0\n',
  }
}

/** As on a machine that has booted. */
const boot = (address = '') => `
ip link add lan0 type veth peer name lan1 && ip link set lan0 up && ip link set lan1 up || exit 1
${address && `ip address add ${address} dev lan0 || exit 1`}
mkdir -p /run/hakube/haproxy
cp /run-of-the-test/interface.conf /run/hakube/
`

const read = `${boot()}
haproxy -c -f /etc/haproxy/haproxy.cfg; echo "haproxy: $?"
keepalived --config-test --use-file /etc/keepalived/keepalived.conf; echo "keepalived: $?"`

/** All profiles that balance load, as a distribution would have them that comes with these versions. */
async function clusters({ haproxy, keepalived }: Release): Promise<[string, Cluster][]> {
  const versions = { haproxyVersion: haproxy, keepalivedVersion: keepalived }
  const all: [string, Cluster][] = []
  for (const name of [...exampleNames, ...writeUpNames]) {
    const cluster = await testCluster(exampleProfile(name))
    const distribution = { ...systemOf(cluster).distribution, ...versions }
    if (cluster.loadBalancing?.placement !== 'external' && cluster.balancers.length > 0)
      all.push([name, withSystem(cluster, { distribution })])
  }
  all.push(['addresses of both families', ofBothFamilies()], ['a package', withPackages(versions)])
  return [...all, ['an image', withImage(haproxy)]]
}

const inPods = (cluster: Cluster): boolean => cluster.loadBalancing?.placement === 'static-pod'

const needs = { root: true, linux: true, programs: ['mmdebstrap', 'unshare', 'ip', 'flock'] }

describeWith(needs, 'load balancers of other releases', () => {
  describe.each(releases)('haproxy $haproxy and keepalived $keepalived', (release) => {
    let root: string
    beforeAll(() => {
      root = rootOf(release.suite)
    })

    it('are the requested versions', () => {
      const { output } = inOverlay(
        {},
        'haproxy -v | head -n 1; keepalived --version | head -n 1',
        60_000,
        root,
      )
      expect(output).toMatch(
        new RegExp(`^HA-?Proxy version ${release.haproxy}\\..*\\nKeepalived v${release.keepalived}\\.`),
      )
    })

    it('accept everything that is written without a warning', async () => {
      const answers: Record<string, string> = {}
      const expected: Record<string, string> = {}
      for (const [name, cluster] of await clusters(release)) {
        // Images before 2.6 are refused.
        if (inPods(cluster) && Number(release.haproxy) < 2.6) continue
        for (const machine of cluster.balancers) {
          const key = `${name}: ${machine.name}`
          const { output } = inOverlay(treeOf(cluster, machine), read, 300_000, root)
          answers[key] = output.replace(/^Configuration file is valid\n/m, '')
          expected[key] = 'haproxy: 0\nkeepalived: 0\n'
        }
      }
      expect(Object.keys(answers).length).toBeGreaterThan(5)
      expect(answers).toEqual(expected)
    })
  })
})

type Manifest = {
  spec: {
    containers: [
      {
        command: string[]
        securityContext: { capabilities: { add: string[] } }
        volumeMounts: { name: string; mountPath: string }[]
      },
    ]
    volumes: { name: string; hostPath: { path: string; type: string } }[]
  }
}

/** The command of a pod's container, with no more capabilities than it has there. */
const commandOf = (tree: Tree, name: string): { manifest: Manifest; line: string } => {
  const file = tree[`/etc/hakube/static-pods/${name}.yaml`] as { text: string }
  const manifest: Manifest = parse(file.text)
  const { command, securityContext } = manifest.spec.containers[0]
  const capabilities = securityContext.capabilities.add.map((each) => `+${each.toLowerCase()}`).join()
  return {
    manifest,
    line: `setpriv --no-new-privs --bounding-set=-all,${capabilities} --inh-caps=-all ${command.join(' ')}`,
  }
}

/** What of the machine's files both containers see: their mounts, and nothing else. */
const seen = (tree: Tree, manifests: readonly Manifest[]): Tree => {
  const mounts = manifests.flatMap(({ spec }) => spec.volumes.map(({ hostPath }) => hostPath))
  const isMounted = (path: string) =>
    mounts.some(
      (mount) => path === mount.path || (mount.type !== 'File' && path.startsWith(`${mount.path}/`)),
    )
  return Object.fromEntries(
    Object.entries(tree).filter(([path]) => isMounted(path) || path.startsWith('/run-of-the-test/')),
  )
}

describeWith(needs, 'load balancers of Debian 13 as static pods', () => {
  let root: string
  let cluster: Cluster
  beforeAll(async () => {
    root = rootOf('trixie')
    cluster = await testCluster(exampleProfile('static-pods'))
  })

  /** Starts both, and says within 20 s what became of keepalived. `before`: what happens before they start. */
  const run = (before: string): string => {
    const [machine] = cluster.balancers
    const tree = treeOf(cluster, machine!)
    const haproxy = commandOf(tree, 'haproxy')
    const keepalived = commandOf(tree, 'keepalived')
    const { address, prefixLength } = {
      address: machine!.address,
      prefixLength: cluster.network.prefixLength,
    }
    const { output } = inOverlay(
      seen(tree, [haproxy.manifest, keepalived.manifest]),
      `${boot(`${address}/${prefixLength}`)}
echo 1 >/proc/sys/net/ipv4/ip_nonlocal_bind
${before}
${haproxy.line} >/tmp/haproxy.log 2>&1 &
${keepalived.line} >/tmp/keepalived.log 2>&1 &
for ((try = 0; try < 200; try++)); do
  if [[ -n $(ip -o address show dev lan0 to ${cluster.loadBalancing!.api.address}) ]] && grep -q 'VRRP_Script(check_haproxy) succeeded' /tmp/keepalived.log; then
    echo 'has the address, and its haproxy answers'
    exit
  fi
  kill -0 $! 2>/dev/null || { echo 'keepalived has ended'; cat /tmp/keepalived.log; exit; }
  sleep 0.1
done
cat /tmp/*.log; ip address`,
      60_000,
      root,
    )
    return output
  }

  it('hold the virtual address, although the package has another file beside the configuration', () => {
    const options = inOverlay({}, 'cat /etc/keepalived/keepalived.config-opts', 300_000, root)
    expect(options.output).toMatch('--prefix=/usr')
    expect(run('')).toBe('has the address, and its haproxy answers\n')
  })

  it('would exit at once with the whole directory mounted', () => {
    // What a mount over the directory does to the package's own file.
    expect(run('rm /etc/keepalived/keepalived.config-opts')).toBe(
      'keepalived has ended\nUnable to read build config options file\n',
    )
  })
})

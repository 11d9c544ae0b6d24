import { expect, it } from 'vitest'
import type { Cluster } from '../../src/cluster/cluster.ts'
import { textOf } from '../../src/templates/template.ts'
import { describeWith } from '../prerequisites.ts'
import { inOverlay, type Tree } from '../support/overlay.ts'
import { assembleBalancer } from './balancers.ts'
import {
  haproxyVersions,
  keepalivedVersions,
  withImage,
  withOwnPackage,
  withPackages,
} from './load-balancer-versions.ts'

/*
 * What is written for each version, read by the haproxy and keepalived of this machine, which must take it without a warning. Newer
 * programs read what is meant for older ones; of what is meant for newer ones they read all that they know.
 */
const treeOf = (cluster: Cluster): Tree => ({
  ...Object.fromEntries(
    assembleBalancer(cluster).files.map(({ path, mode, content }) => [
      path,
      { text: textOf(content), mode: Number.parseInt(mode, 8) },
    ]),
  ),
  '/run-of-the-test/interface.conf': '$INTERFACE=lan0\n',
})

const script = `
mkdir -p /run/hakube
ip link add lan0 type veth peer name lan1 && ip link set lan0 up || exit 1
cp /run-of-the-test/interface.conf /run/hakube/
haproxy -c -f /etc/haproxy/haproxy.cfg; echo "haproxy: $?"
if grep -q '^ *interface INTERFACE$' /etc/keepalived/keepalived.conf; then
  /usr/libexec/hakube/configure-keepalived
  keepalived --config-test --use-file /run/hakube/keepalived.conf; echo "keepalived: $?"
else
  keepalived --config-test; echo "keepalived: $?"
fi`

const isFrom = (oldest: number) => (version: string) => Number(version) >= oldest
const cases: [string, () => Cluster][] = [
  ...haproxyVersions.filter(isFrom(2)).flatMap((version): [string, () => Cluster][] => [
    [`the package haproxy ${version}`, () => withPackages({ haproxyVersion: version })],
    [`a package haproxy ${version} of the profile’s own`, () => withOwnPackage(version)],
  ]),
  ...haproxyVersions
    .filter(isFrom(2.6))
    .map((version): [string, () => Cluster] => [`the image haproxy:${version}`, () => withImage(version)]),
  ...keepalivedVersions.map((version): [string, () => Cluster] => [
    `the package keepalived ${version}`,
    () => withPackages({ keepalivedVersion: version }),
  ]),
]

describeWith(
  { root: true, linux: true, programs: ['haproxy', 'keepalived', 'ip', 'unshare'] },
  'what is written for each version of a load balancer',
  () => {
    it.each(cases)('%s', (_what, cluster) => {
      const { output } = inOverlay(treeOf(cluster()), script)
      expect(output.replace(/^Configuration file is valid\n/m, '')).toBe('haproxy: 0\nkeepalived: 0\n')
    })
  },
)

import { withSystem, systemOf } from '../example.ts'
import type { Cluster } from '../../src/cluster/cluster.ts'
import type { Distribution } from '../../src/distributions/distribution.ts'
import { inStaticPods } from './balancers.ts'
import { changedCluster } from './host.ts'

/** Whole minor releases from the one of CentOS 7 to the newest. */
export const haproxyVersions = ['1.5', '1.8', '2.0', '2.2', '2.4', '2.6', '2.8', '3.0', '3.2', '3.3', '3.4']
export const keepalivedVersions = ['1.3', '1.4', '2.0', '2.1', '2.2', '2.3', '2.4']

type Versions = Pick<Distribution, 'haproxyVersion' | 'keepalivedVersion'>

/** Load balancers whose distribution has these packages. */
export function withPackages(versions: Partial<Versions>): Cluster {
  const cluster = changedCluster(() => undefined)
  return withSystem(cluster, { distribution: { ...systemOf(cluster).distribution, ...versions } })
}

/** With a package of haproxy of the profile's own. */
export const withOwnPackage = (version: string): Cluster =>
  changedCluster((profile) => {
    profile.loadBalancing!.haproxyPackage = { path: 'haproxy.rpm', sha256: 'a'.repeat(64), version }
  })

export function withImage(version: string): Cluster {
  const cluster = inStaticPods()
  const images = {
    haproxy: `docker.io/library/haproxy:${version}`,
    keepalived: 'registry.example.com/vrrp:7',
  }
  return { ...cluster, loadBalancing: { ...cluster.loadBalancing!, images } }
}

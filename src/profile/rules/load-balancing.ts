import { error, warning } from '../../diagnostics/diagnostic.ts'
import type { Diagnostic } from '../../diagnostics/diagnostic.ts'
import { compareVersions } from '../../text/versions.ts'
import { usualBalancing } from '../placements.ts'
import type { Profile } from '../schema.ts'
import { checkExternal, checkPods } from './load-balancing-placements.ts'
import { checkPorts, checkSharing } from './load-balancing-ports.ts'
import { balancerSystems, onEach } from './of-systems.ts'
import type { Rule } from './rule.ts'

type Balancing = NonNullable<Profile['loadBalancing']>
type Placement = NonNullable<Balancing['placement']>

/** The holders of the virtual addresses, and their ports. */
export const loadBalancingRules: Rule = ({ profile }) => {
  const number = (role: string) => profile.machines.filter((machine) => machine.role === role).length
  const balancers = number('load-balancer')
  const controlPlanes = number('control-plane')
  const { loadBalancing: balancing } = profile
  if (!balancing) return withoutBalancing(balancers, controlPlanes)
  const placement = balancing.placement ?? usualBalancing(profile.machines)
  const holders = placement === 'dedicated' ? balancers : controlPlanes
  if (placement === 'external') return [...checkPlacement(placement, balancers), ...checkExternal(balancing)]
  return [
    ...checkPlacement(placement, balancers),
    ...checkPods(balancing, placement),
    ...(placement === 'static-pod' ? [] : checkHaproxy(profile, balancing)),
    ...checkPorts(balancing, placement),
    ...(placement === 'dedicated' ? [] : checkSharing(profile, balancing)),
    ...checkRouterId(balancing),
    ...(placement === 'static-pod' ? [] : checkConnectionSync(balancing, holders)),
  ]
}

function withoutBalancing(balancers: number, controlPlanes: number): Diagnostic[] {
  const hint = 'add loadBalancing with api.address, a free address of the subnet'
  const place = { path: ['machines'], onKey: true }
  if (balancers > 0) {
    const message = 'there are load-balancer machines, but no address for them'
    return [error('load-balancing/missing', message, { hint, ...place })]
  }
  if (controlPlanes < 2) return []
  return [
    error('load-balancing/missing', `${controlPlanes} control planes need a shared address for the API`, {
      hint,
      ...place,
      source: 'https://kubernetes.io/docs/setup/production-environment/tools/kubeadm/high-availability/',
    }),
  ]
}

/**
 * The first version that derives the number of connections from the limit of open files; logging to stderr exists from 1.9 on, the name
 * in TLS checks from 1.8. Later features (`http-check send`, 2.2) are only used if available.
 */
const oldestHaproxy = '2.0'
const oldestHaproxySource = 'https://docs.haproxy.org/2.0/configuration.html#3.2-maxconn'

function checkHaproxy(profile: Profile, { haproxyPackage: own }: Balancing): Diagnostic[] {
  if (own) {
    if (!/^\d+\.\d+/.test(own.version) || compareVersions(own.version, oldestHaproxy) >= 0) return []
    const message = `haproxy ${own.version} is too old for hakube's configuration`
    const path = ['loadBalancing', 'haproxyPackage', 'version']
    const hint = `use haproxy ${oldestHaproxy} or later`
    return [error('load-balancing/old-haproxy', message, { hint, path, source: oldestHaproxySource })]
  }
  return onEach(profile, balancerSystems(profile), ({ distribution }) => {
    if (compareVersions(distribution.haproxyVersion, oldestHaproxy) >= 0) return []
    const message = `${distribution.title} packages haproxy ${distribution.haproxyVersion}, which is too old for hakube's configuration`
    return [
      error('load-balancing/old-haproxy', message, {
        hint: `use a release with haproxy ${oldestHaproxy} or later, e.g. Rocky Linux 9, or set loadBalancing.haproxyPackage`,
        path: ['loadBalancing'],
        onKey: true,
        source: oldestHaproxySource,
      }),
    ]
  })
}

function checkPlacement(placement: Placement, balancers: number): Diagnostic[] {
  const path = ['loadBalancing', 'placement']
  if (placement === 'dedicated' && balancers === 0) {
    return [
      error(
        'load-balancing/no-balancers',
        'placement is dedicated, but no machine has the role load-balancer',
        {
          hint: 'give two machines role: load-balancer, or write placement: control-plane',
          path,
        },
      ),
    ]
  }
  if (placement !== 'dedicated' && balancers > 0) {
    return [
      error(
        'load-balancing/idle-balancers',
        `placement is ${placement}, so ${balancers} load-balancer machines have nothing to run`,
        {
          hint: 'remove placement, or give those machines another role',
          path,
        },
      ),
    ]
  }
  if (placement === 'dedicated' && balancers === 1) {
    return [
      warning(
        'load-balancing/one-balancer',
        'there is only one load balancer: if it fails, the API is unavailable',
        {
          hint: 'give a second machine role: load-balancer, or remove this one to balance on the control planes',
          path: ['machines'],
          onKey: true,
        },
      ),
    ]
  }
  return []
}

function checkRouterId({ virtualRouterId: id }: Balancing): Diagnostic[] {
  const path = ['loadBalancing', 'virtualRouterId']
  if (id === undefined) return []
  if (id < 1 || id > 255) {
    return [
      error('load-balancing/virtual-router-id', `${id} is not a virtual router ID`, {
        hint: 'write a number from 1 to 255, or remove it to derive it from the cluster name',
        path,
        source: 'https://www.rfc-editor.org/rfc/rfc5798#section-5.2.3',
      }),
    ]
  }
  if (id !== 51) return []
  return [
    warning(
      'old-advice/virtual-router-id-51',
      'virtual router ID 51 is in every example, so others may use it too',
      {
        hint: 'remove it to derive it from the cluster name',
        path,
        source: 'https://github.com/openshift/installer/issues/2966',
      },
    ),
  ]
}

function checkConnectionSync({ connectionSync, sourceAddress }: Balancing, holders: number): Diagnostic[] {
  if (connectionSync !== true) return []
  const path = ['loadBalancing', 'connectionSync']
  if (holders < 2) {
    const hint = 'remove it, or add a second load balancer'
    const message = 'connection tracking cannot be synchronized: there is only one load balancer'
    return [warning('load-balancing/sync-alone', message, { hint, path })]
  }
  if (sourceAddress !== undefined) return []
  return [
    warning(
      'load-balancing/sync-without-source',
      'connectionSync has no effect: it preserves translated connections, and there are none',
      {
        hint: 'remove it: connections that haproxy terminates are lost with the machine in any case',
        path,
        source: 'conntrackd(8)',
      },
    ),
  ]
}

import { parseAddress } from '../network/addresses.ts'
import { canonicalMac } from '../network/mac.ts'
import { defaults } from '../profile/defaults.ts'
import type { EtcdPlacement, Profile, ProfileMachine, Role } from '../profile/schema.ts'
import type { LoadBalancing, Machine } from './cluster.ts'
import { resolveStorage } from './storage.ts'
import { linksResolver } from './resolve-links.ts'
import { settingsMerger, type Sources } from './settings.ts'

/**
 * The machines of the profile, in its order, with defaults filled in. systems.ts adds their operating systems, which depend on all of
 * them.
 */
export function resolveMachines(
  profile: Profile,
  sources: Sources,
  placement: LoadBalancing['placement'] | null,
  etcdPlacement: EtcdPlacement,
  initializes: string,
): Omit<Machine, 'system' | 'systemFrom'>[] {
  const mergeSettings = settingsMerger(profile, sources)
  const { hardware = {} } = profile
  const linksOf = linksResolver(profile)
  const domain = profile.network.searchDomain
  const balancerRole = placement === null ? null : balancerRoles[placement]
  const etcdRole = etcdRoles[etcdPlacement]
  let balancers = 0
  return profile.machines.map((machine, index) => {
    const balancesLoad = machine.role === balancerRole
    return {
      index,
      name: machine.name,
      fullName: domain === undefined ? machine.name : `${machine.name}.${domain}`,
      role: machine.role,
      macs: canonicalMacs(machine),
      address: canonicalAddress(machine.address),
      storage: resolveStorage(profile, index),
      network: linksOf(index),
      architecture: machine.architecture ?? hardware.architecture ?? defaults.architecture,
      firmware: machine.firmware ?? hardware.firmware ?? defaults.firmware,
      bootFirst: machine.bootFirst ?? hardware.bootFirst ?? defaults.bootFirst,
      console: machine.console ?? hardware.console ?? defaults.console,
      balancesLoad,
      balancerRank: balancesLoad ? balancers++ : null,
      initializes: machine.role === 'control-plane' && machine.name === initializes,
      runsEtcd: machine.role === etcdRole,
      settings: mergeSettings(machine.role, machine, ['machines', index]),
    }
  })
}

/** The role whose machines run haproxy and keepalived. */
const balancerRoles: Record<LoadBalancing['placement'], Role | null> = {
  dedicated: 'load-balancer',
  'control-plane': 'control-plane',
  'static-pod': 'control-plane',
  external: null,
}

/** The role whose machines run etcd as a service. */
const etcdRoles: Record<EtcdPlacement, Role | null> = {
  stacked: null,
  'control-plane': 'control-plane',
  dedicated: 'etcd',
}

function canonicalMacs(machine: ProfileMachine): Machine['macs'] {
  const [first, ...others] = [machine.mac].flat().map((text) => {
    const mac = canonicalMac(text)
    if (mac === null) throw new Error(`${machine.name}: not a MAC address: ${text}`)
    return mac
  })
  if (first === undefined) throw new Error(`${machine.name}: no MAC address`)
  return [first, ...others]
}

/** The shortest spelling of an address, so that equal addresses are equal texts. */
export function canonicalAddress(text: string): string {
  const address = parseAddress(text)
  if (address === null) throw new Error(`not an address: ${text}`)
  return address.text
}

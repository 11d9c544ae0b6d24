import { error } from '../../diagnostics/diagnostic.ts'
import type { Diagnostic, Path } from '../../diagnostics/diagnostic.ts'
import { defaults } from '../defaults.ts'
import { isNodeRole, roles } from '../schema.ts'
import type { Profile, Role } from '../schema.ts'
import type { Rule } from './rule.ts'

type Asset = { path: string; sha256: string }

/** A file of the server that the profile names. */
type Place = {
  path: Path
  asset: Asset
  /** Roles of the machines that run what is in it; null: it is for all processors. */
  roles: readonly Role[] | null
}

/** Files below `assets/` of the server: whether they can be there, and be recognised. */
export const assetRules: Rule = ({ profile }) =>
  placesOf(profile).flatMap((place) => [
    ...checkPath(place),
    ...checkSum(place),
    ...checkArchitectures(place, profile),
  ])

function placesOf(profile: Profile): Place[] {
  const { etcd, containerRuntime, loadBalancing, networkPlugin, manifests } = profile
  const nodes = roles.filter(isNodeRole)
  const member: Role = profile.machines.some(({ role }) => role === 'etcd') ? 'etcd' : 'control-plane'
  const places: [path: Path, asset: Asset | undefined, roles: Place['roles']][] = [
    [['etcd', 'archive'], etcd?.archive, [member]],
    [['loadBalancing', 'haproxyPackage'], loadBalancing?.haproxyPackage, null],
    [['containerRuntime', 'criDockerd'], containerRuntime?.criDockerd, nodes],
    [['networkPlugin', 'manifest'], networkPlugin?.manifest, null],
    [['networkPlugin', 'archive'], networkPlugin?.archive, nodes],
    [['networkPlugin', 'plugins'], networkPlugin?.plugins, nodes],
    ...(manifests ?? []).map((asset, index): [Path, Asset, null] => [['manifests', index], asset, null]),
  ]
  return places.flatMap(([path, asset, roles]) => (asset ? [{ path, asset, roles }] : []))
}

function checkPath({ path, asset }: Place): Diagnostic[] {
  if (asset.path.split('/').every((name) => /^[A-Za-z0-9_+-][A-Za-z0-9._+-]*$/.test(name))) return []
  return [
    error('assets/path', `${JSON.stringify(asset.path)} is no path below assets/`, {
      hint: 'write it as hakube serve --assets DIR has it below DIR, e.g. manifests/calico.yaml',
      path: [...path, 'path'],
    }),
  ]
}

function checkSum({ path, asset }: Place): Diagnostic[] {
  if (/^[0-9a-f]{64}$/i.test(asset.sha256)) return []
  return [
    error('assets/sha256', 'the checksum of the file is not 64 hexadecimal digits', {
      hint: `write what this prints: sha256sum ${asset.path.split('/').at(-1) ?? ''}`,
      path: [...path, 'sha256'],
    }),
  ]
}

function checkArchitectures({ path, roles }: Place, { machines, hardware }: Profile): Diagnostic[] {
  const architectures = machines
    .filter(({ role }) => roles?.includes(role))
    .map((machine) => machine.architecture ?? hardware?.architecture ?? defaults.architecture)
  if (new Set(architectures).size < 2) return []
  return [
    error('assets/architecture', 'one archive cannot be for machines of two architectures', {
      hint: 'give all machines that get it the same architecture',
      path,
      onKey: true,
    }),
  ]
}

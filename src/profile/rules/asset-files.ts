import { error } from '../../diagnostics/diagnostic.ts'
import type { Diagnostic, Path } from '../../diagnostics/diagnostic.ts'
import { architectures } from '../../distributions/mirrors.ts'
import { defaults } from '../defaults.ts'
import { isNodeRole, roles } from '../schema.ts'
import type { Profile, Role } from '../schema.ts'
import { systemsOf } from '../systems.ts'
import type { Rule } from './rule.ts'

type Asset = { path: string; sha256: string }

/** A file on the server that the profile names. */
type Place = {
  path: Path
  asset: Asset
  /** Roles of the machines that run its contents; null: it is independent of the architecture. */
  roles: readonly Role[] | null
}

/** Files below `assets/` on the server: paths and checksums. */
export const assetRules: Rule = ({ profile }) => {
  const places = placesOf(profile)
  return [
    ...places.flatMap((place) => [
      ...checkPath(place),
      ...checkSum(place),
      ...checkArchitectures(place, profile),
    ]),
    ...checkSameFiles(places),
  ]
}

function placesOf(profile: Profile): Place[] {
  const { bootMenu, etcd, containerRuntime, loadBalancing, networkPlugin, manifests } = profile
  const nodes = roles.filter(isNodeRole)
  const member: Role = profile.machines.some(({ role }) => role === 'etcd') ? 'etcd' : 'control-plane'
  const places: [path: Path, asset: Asset | undefined, roles: Place['roles']][] = [
    ...systemsOf(profile).flatMap(({ choice: { images } }) =>
      architectures.map((name): [Path, Asset | undefined, null] => [
        [...(images?.path ?? []), name],
        images?.value[name],
        null,
      ]),
    ),
    [['bootMenu', 'memoryTest', 'bios'], bootMenu?.memoryTest?.bios, null],
    [['bootMenu', 'memoryTest', 'uefi'], bootMenu?.memoryTest?.uefi, null],
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
    error('assets/path', `${JSON.stringify(asset.path)} is not a path below assets/`, {
      hint: 'write its path relative to the DIR of hakube serve --assets DIR, e.g. manifests/calico.yaml',
      path: [...path, 'path'],
    }),
  ]
}

function checkSum({ path, asset }: Place): Diagnostic[] {
  if (/^[0-9a-f]{64}$/i.test(asset.sha256)) return []
  return [
    error('assets/sha256', 'the SHA-256 is not 64 hexadecimal digits', {
      hint: `write the output of: sha256sum ${asset.path.split('/').at(-1) ?? ''}`,
      path: [...path, 'sha256'],
    }),
  ]
}

/** A file that is named several times is the same file, with one checksum. */
function checkSameFiles(places: readonly Place[]): Diagnostic[] {
  const first = new Map<string, Place>()
  return places.flatMap((place) => {
    const before = first.get(place.asset.path) ?? place
    first.set(place.asset.path, before)
    if (before.asset.sha256.toLowerCase() === place.asset.sha256.toLowerCase()) return []
    return [
      error(
        'assets/two-checksums',
        `elsewhere, the profile has a different SHA-256 for ${place.asset.path}`,
        {
          hint: 'give each file a path of its own, or correct the SHA-256: sha256sum prints it',
          path: [...place.path, 'sha256'],
          related: [{ path: [...before.path, 'sha256'], message: 'the other SHA-256' }],
        },
      ),
    ]
  })
}

function checkArchitectures({ path, roles }: Place, { machines, hardware }: Profile): Diagnostic[] {
  const architectures = machines
    .filter(({ role }) => roles?.includes(role))
    .map((machine) => machine.architecture ?? hardware?.architecture ?? defaults.architecture)
  if (new Set(architectures).size < 2) return []
  return [
    error('assets/architecture', 'one archive cannot serve machines of two architectures', {
      hint: 'give all machines that use it the same architecture',
      path,
      onKey: true,
    }),
  ]
}

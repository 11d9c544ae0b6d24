import type { Diagnostic, Path } from '../../diagnostics/diagnostic.ts'
import type { Network } from '../../network/addresses.ts'
import { usualNodeMask, usualNodeMask6 } from '../defaults-kubernetes.ts'
import type { Profile } from '../schema.ts'
import { asDiagnostics } from './conflict.ts'

/*
 * The size of a node's pod subnet. For one family, the controller manager has an argument without a family; with two families, it exits
 * if that is set (setNodeCIDRMaskSizes in cmd/kube-controller-manager/app/core.go).
 */

const managerPage =
  'https://kubernetes.io/docs/reference/command-line-tools-reference/kube-controller-manager/'

const manager: Path = ['kubernetes', 'controllerManagerArguments']

const anyFamily = 'node-cidr-mask-size'
const argumentOf = { 4: 'node-cidr-mask-size-ipv4', 6: 'node-cidr-mask-size-ipv6' } as const
/** The controller manager's defaults. */
export const usualOf = { 4: usualNodeMask, 6: usualNodeMask6 } as const

/** `path` is the position in the profile; null for a default. */
export type NodeMask = { mask: number; path: Path | null }

const wrong = (name: string, message: string, hint: string) => ({
  diagnostics: asDiagnostics({ message, hint, source: managerPage }, [...manager, name]),
})

/**
 * @param networks pod networks, at most one of each family
 * @returns masks in the same order, null for one that another rule rejects; or the mistakes in the arguments
 */
export function nodeMasks(
  profile: Profile,
  networks: readonly Network[],
): { masks: (NodeMask | null)[] } | { diagnostics: Diagnostic[] } {
  const given = profile.kubernetes.controllerManagerArguments ?? {}
  const isDual = networks.length > 1
  const families = networks.map(({ family }) => family)
  const names = [anyFamily, ...families.map((family) => argumentOf[family])].filter(
    (name) => given[name] !== undefined,
  )
  if (isDual && given[anyFamily] !== undefined)
    return wrong(
      anyFamily,
      `the controller manager exits if ${anyFamily} is set for two address families`,
      `write ${families.map((family) => argumentOf[family]).join(' and ')}`,
    )
  for (const family of [4, 6] as const)
    if (!families.includes(family) && networks.length > 0 && given[argumentOf[family]] !== undefined)
      return wrong(
        argumentOf[family],
        `the controller manager exits: there is no pod network of IPv${family}`,
        `remove it, or write ${anyFamily}`,
      )
  const [, both] = names
  if (!isDual && both !== undefined)
    return wrong(
      both,
      `the controller manager exits if both ${names.join(' and ')} are set`,
      `keep ${anyFamily}`,
    )
  const masks: (NodeMask | null)[] = []
  for (const family of families) {
    const name = [anyFamily, argumentOf[family]].find((each) => given[each] !== undefined)
    const mask = name === undefined ? usualOf[family] : Number(given[name])
    const bits = family === 4 ? 32 : 128
    if (name !== undefined && Number.isInteger(mask) && (mask < 1 || mask > bits))
      return {
        diagnostics: asDiagnostics(
          {
            message: `${mask} is not an IPv${family} prefix length`,
            hint: family === 4 ? 'write one from 9 to 30, e.g. 24' : 'write one from 17 to 126, e.g. 64',
          },
          [...manager, name],
        ),
      }
    const path = name === undefined ? null : [...manager, name]
    masks.push(Number.isInteger(mask) ? { mask, path } : null)
  }
  return { masks }
}

import type { ModuleSetting } from '../cluster/cluster.ts'
import { moduleOfSysctl } from '../distributions/sysctls/modules.ts'
import { canonicalKey } from '../text/sysctl-key.ts'
import type { Declared, Owned, Reason } from './component.ts'

export type WantedModule = Owned<ModuleSetting & Reason>

/** All kernel modules that a machine loads: those that components declare, and those that its sysctl keys require. */
export const wantedModules = (declared: Declared): WantedModule[] => [
  ...declared.kernelModules,
  ...declared.sysctls.flatMap((sysctl): WantedModule[] => {
    const key = canonicalKey(sysctl.key)
    const name = moduleOfSysctl(key)
    return name === null ? [] : [{ name, component: 'sysctl', reason: `${key} exists only with it` }]
  }),
]

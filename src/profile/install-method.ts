import { installMethod, type InstallMethod } from '../distributions/install-methods.ts'
import type { ProfileSystem } from './systems.ts'

/** The install method of a system; null if the profile sets none and its distribution is unknown. */
export const installMethodOf = ({ install }: Pick<ProfileSystem, 'install'>): InstallMethod | null =>
  install === undefined ? null : installMethod(install)

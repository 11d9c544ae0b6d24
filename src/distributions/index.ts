import { centos7 } from './centos.ts'
import { debians } from './debian.ts'
import type { Distribution } from './distribution.ts'
import { enterpriseLinuxes } from './enterprise-linux.ts'
import { ubuntus } from './ubuntu.ts'

/** Every release that hakube knows. To add one: one more entry in its family's file, or one more file. */
export const distributions: readonly Distribution[] = [...enterpriseLinuxes, centos7, ...debians, ...ubuntus]

/** @returns null when hakube does not know the release */
export const findDistribution = (name: string, version: string): Distribution | null =>
  distributions.find((distribution) => distribution.name === name && distribution.version === version) ?? null

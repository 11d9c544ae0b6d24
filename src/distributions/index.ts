import { centos7 } from './centos.ts'
import { debians } from './debian.ts'
import type { Distribution } from './distribution.ts'
import { enterpriseLinuxes } from './enterprise-linux.ts'
import { ubuntus } from './ubuntu.ts'

/** All releases that hakube knows. To add one, add an entry to its family's file, or a new file. */
export const distributions: readonly Distribution[] = [...enterpriseLinuxes, centos7, ...debians, ...ubuntus]

/** @returns null when hakube does not know the release */
export const findDistribution = (name: string, version: string): Distribution | null =>
  distributions.find((distribution) => distribution.name === name && distribution.version === version) ?? null

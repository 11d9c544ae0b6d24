import { argumentsCodes } from './arguments.ts'
import { basesCodes } from './bases.ts'
import { conflictsCodes } from './conflicts.ts'
import { containerRuntimesCodes } from './container-runtimes.ts'
import { distributionsCodes } from './distributions.ts'
import { doctorCodes } from './doctor.ts'
import { dualStackCodes } from './dual-stack.ts'
import { featureGatesCodes } from './feature-gates.ts'
import { fetchedAssetsCodes } from './fetched-assets.ts'
import { fileCodes } from './file.ts'
import { fipsCodes } from './fips.ts'
import { firewallCodes } from './firewall.ts'
import { kubernetesCodes } from './kubernetes.ts'
import { linksCodes } from './links.ts'
import { loadBalancingCodes } from './load-balancing.ts'
import { machinesCodes } from './machines.ts'
import { mirrorsCodes } from './mirrors.ts'
import { namesCodes } from './names.ts'
import { networksCodes } from './networks.ts'
import { outputCodes } from './output.ts'
import { programsCodes } from './programs.ts'
import { secretsCodes } from './secrets.ts'
import { secretsInClearCodes } from './secrets-in-clear.ts'
import { settingsCodes } from './settings.ts'
import { severalProfilesCodes } from './several-profiles.ts'
import { storageCodes } from './storage.ts'
import { trustCodes } from './trust.ts'
import { typesCodes } from './types.ts'
import { usersCodes } from './users.ts'
import { yamlCodes } from './yaml.ts'
import type { CodeEntry, CodeSection } from './section.ts'

const sections = [
  fileCodes,
  basesCodes,
  yamlCodes,
  typesCodes,
  namesCodes,
  networksCodes,
  mirrorsCodes,
  trustCodes,
  linksCodes,
  dualStackCodes,
  machinesCodes,
  storageCodes,
  loadBalancingCodes,
  distributionsCodes,
  kubernetesCodes,
  containerRuntimesCodes,
  argumentsCodes,
  featureGatesCodes,
  usersCodes,
  settingsCodes,
  conflictsCodes,
  fipsCodes,
  firewallCodes,
  severalProfilesCodes,
  programsCodes,
  secretsInClearCodes,
  secretsCodes,
  outputCodes,
  fetchedAssetsCodes,
  doctorCodes,
] as const

type CodesOf<Section> = Section extends { codes: infer Codes } ? keyof Codes & string : never

/** All codes of diagnostics. Those of old advice are declared next to each piece of advice. */
export type Code = CodesOf<(typeof sections)[number]> | `old-advice/${string}`

/** In the order of docs/errors.md. */
export const codeSections: readonly CodeSection[] = sections

/** @returns undefined for an unknown code */
export const codeEntry = (code: string): CodeEntry | undefined =>
  codeSections.find(({ codes }) => Object.hasOwn(codes, code))?.codes[code]

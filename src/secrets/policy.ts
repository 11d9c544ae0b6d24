import { defaults } from '../profile/defaults.ts'
import type { Profile } from '../profile/schema.ts'

/** How secrets are made, and when they expire. */
export type SecretPolicy = {
  /** Recipients of the bundle according to the profile; null if it lists none. */
  recipients: readonly string[] | null
  keyBits: 2048 | 3072 | 4096
  certificateDays: number
  warningDays: number
}

/** The settings of the profile, or else the defaults. */
export const secretPolicy = ({ secrets = {} }: Pick<Profile, 'secrets'>): SecretPolicy => ({
  recipients: secrets.recipients ?? null,
  keyBits: secrets.keyBits ?? defaults.keyBits,
  certificateDays: secrets.certificateDays ?? defaults.certificateDays,
  warningDays: secrets.warningDays ?? defaults.warningDays,
})

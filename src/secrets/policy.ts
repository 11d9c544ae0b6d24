import { defaults } from '../profile/defaults.ts'
import type { Profile } from '../profile/schema.ts'

/** How secrets are made and when they are too old. */
export type SecretPolicy = {
  /** Who can read the bundle, as the profile lists it; null when it does not. */
  recipients: readonly string[] | null
  keyBits: 2048 | 3072 | 4096
  certificateDays: number
  warningDays: number
}

/** The profile's own settings, or else the defaults. */
export const secretPolicy = ({ secrets = {} }: Pick<Profile, 'secrets'>): SecretPolicy => ({
  recipients: secrets.recipients ?? null,
  keyBits: secrets.keyBits ?? defaults.keyBits,
  certificateDays: secrets.certificateDays ?? defaults.certificateDays,
  warningDays: secrets.warningDays ?? defaults.warningDays,
})

import { defaults } from '../profile/defaults.ts'
import { readKeyboard } from '../profile/regional-values.ts'
import type { Profile } from '../profile/schema.ts'
import type { Cluster } from './cluster.ts'
import type { Choice } from './facts.ts'

/** Time zone, locale and keyboard. `explain` shows a row for those that the profile sets. */
export function resolveRegional(
  { timezone, locale, keyboard }: Profile,
  { take }: Choice,
): Cluster['regional'] {
  return {
    timezone: timezone === undefined ? defaults.timezone : take(['timezone'], timezone),
    locale: locale === undefined ? defaults.locale : take(['locale'], locale),
    keyboard: keyboard === undefined ? defaults.keyboard : readKeyboard(take(['keyboard'], keyboard)),
  }
}

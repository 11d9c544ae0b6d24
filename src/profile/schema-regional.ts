import { byDefault } from './defaults.ts'
import { text } from './schema-parts.ts'

/** Language, keyboard and time zone of the machines. */
export const Regional = {
  timezone: text(`Time zone of the machines. ${byDefault('timezone')}`, 'Europe/Berlin').optional(),
  locale: text(
    `Language and character set of the machines. ${byDefault('locale')}`,
    'de_DE.UTF-8',
  ).optional(),
  keyboard: text(
    `Keyboard layout of the console, maybe with a variant. ${byDefault('keyboard')}`,
    'de',
    'de(nodeadkeys)',
  ).optional(),
}

import { error, warning } from '../../diagnostics/diagnostic.ts'
import type { Diagnostic } from '../../diagnostics/diagnostic.ts'
import { inQuotes } from '../../diagnostics/in-quotes.ts'
import { suggest } from '../../diagnostics/suggest.ts'
import { readKeyboard } from '../regional-values.ts'
import type { Rule } from './rule.ts'

/** Time zone, language and keyboard; installers stop at invalid ones. */
export const regionalRules: Rule = ({ profile: { timezone, locale, keyboard } }) => [
  ...(timezone === undefined ? [] : checkTimezone(timezone)),
  ...(locale === undefined ? [] : checkLocale(locale)),
  ...(keyboard === undefined ? [] : checkKeyboard(keyboard)),
]

/** Names that Debian 13 and Ubuntu 24.04 have in the package tzdata-legacy, which is not installed by default. */
const legacy =
  /^(?:US|Canada|Brazil|Chile|Mexico)\/|^(?:GB|NZ|PRC|ROC|ROK|Cuba|Egypt|Eire|Hongkong|Iceland|Iran|Israel|Jamaica|Japan|Libya|Navajo|Poland|Portugal|Singapore|Turkey)$/

const zones = (): string[] => ['UTC', 'Etc/UTC', ...Intl.supportedValuesOf('timeZone')]

/** The current name of a zone; null if there is none. */
function canonical(zone: string): string | null {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: zone }).resolvedOptions().timeZone
  } catch {
    return null
  }
}

function checkTimezone(zone: string): Diagnostic[] {
  const place = { path: ['timezone'], source: 'https://www.iana.org/time-zones' }
  const today = /^[A-Za-z]/.test(zone) ? canonical(zone) : null
  if (today === null) {
    const near =
      suggest(zone, zones()) ??
      zones().find(
        (each) => each.split('/').at(-1)?.toLowerCase() === zone.toLowerCase().replaceAll(' ', '_'),
      )
    const hint = near
      ? `did you mean ${near}?`
      : 'write a name such as Europe/Berlin, or UTC; timedatectl list-timezones prints them'
    return [error('regional/timezone', `${inQuotes(zone)} is not a time zone`, { hint, ...place })]
  }
  const right = zones().find((each) => each.toLowerCase() === zone.toLowerCase())
  if (right !== undefined && right !== zone)
    return [
      error(
        'regional/timezone',
        `${inQuotes(zone)} is not a time zone: its name is capitalized differently`,
        {
          hint: `write ${right}`,
          ...place,
        },
      ),
    ]
  if (!legacy.test(zone)) return []
  return [
    error('regional/timezone', `${zone} is an outdated name that Debian 13 and Ubuntu 24.04 do not install`, {
      hint: `write ${today}`,
      ...place,
    }),
  ]
}

function checkLocale(locale: string): Diagnostic[] {
  if (/^(?:[a-z]{2,3}_[A-Z]{2}\.UTF-8(?:@[a-z]+)?|C\.UTF-8)$/.test(locale)) return []
  const [, language, country] = /^([A-Za-z]{2,3})[_-]([A-Za-z]{2})\b/.exec(locale) ?? []
  const near = language && country ? `${language.toLowerCase()}_${country.toUpperCase()}.UTF-8` : null
  return [
    error('regional/locale', `${inQuotes(locale)} is not a language with the character set UTF-8`, {
      hint: near === null ? 'write e.g. en_US.UTF-8 or C.UTF-8' : `write ${near}`,
      path: ['locale'],
      source: 'locale(7)',
    }),
  ]
}

/** Layouts of xkeyboard-config 2.42 (rules/base.lst). */
const layouts = `
  af al am ara at au az ba bd be bg br brai bt bw by ca cd ch cm cn cz de dk dz ee eg epo es et eu fi fo fr gb ge gh gn gr hr hu id ie il in iq
  ir is it jp jv ke kg kh kr kz la latam lk lt lv ma mao md me mk ml mm mn mt mv my nec_vndr ng nl no np nz ph pk pl pt ro rs ru se si sk sn sy tg
  th tj tm tr tw tz ua us uz vn za
`
  .trim()
  .split(/\s+/)

/** Languages and console keymaps that users write instead of X11 layouts. */
const meant: Readonly<Record<string, string>> = {
  uk: 'gb',
  en: 'us',
  'en-us': 'us',
  'en-gb': 'gb',
  german: 'de',
  'de-latin1': 'de',
  'de-latin1-nodeadkeys': 'de(nodeadkeys)',
  'de-nodeadkeys': 'de(nodeadkeys)',
  french: 'fr',
  'fr-latin1': 'fr',
  'fr-latin9': 'fr',
  sv: 'se',
  'sv-latin1': 'se',
  da: 'dk',
  cs: 'cz',
  ja: 'jp',
  jp106: 'jp',
  ko: 'kr',
  sg: 'ch',
  swiss: 'ch',
  de_ch: 'ch',
  'de-ch': 'ch',
  fr_ch: 'ch(fr)',
  'fr_ch-latin1': 'ch(fr)',
  'br-abnt2': 'br',
  'pt-latin1': 'pt',
  'la-latin1': 'latam',
  sr: 'rs',
  'uk-utf': 'ua',
  el: 'gr',
  he: 'il',
}

function checkKeyboard(text: string): Diagnostic[] {
  const place = { path: ['keyboard'], source: 'xkeyboard-config(7)' }
  const near = Object.hasOwn(meant, text.toLowerCase()) ? meant[text.toLowerCase()] : undefined
  const read = readKeyboard(text)
  if (near === undefined && read !== null && layouts.includes(read.layout)) return []
  const hint =
    near === undefined ? 'write a layout of X11, e.g. us, gb, de or de(nodeadkeys)' : `write ${near}`
  if (near !== undefined || read === null)
    return [error('regional/keyboard', `${inQuotes(text)} is not a keyboard layout`, { hint, ...place })]
  return [
    warning('regional/keyboard', `hakube does not know the keyboard layout ${read.layout}`, {
      hint,
      ...place,
    }),
  ]
}

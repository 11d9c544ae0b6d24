import { describe, expect, it } from 'vitest'
import { parseProfile } from '../../../src/profile/load.ts'
import { good, mistakesWith, replace } from '../mistakes.ts'

const hints = (field: string, values: readonly string[]): (string | undefined)[] =>
  values.map((value) => {
    const { diagnostics } = parseProfile(
      replace(good, ['machines:\n', `${field}: ${JSON.stringify(value)}\nmachines:\n`]),
      'profile.yaml',
    )
    return diagnostics.find(({ code }) => code === `regional/${field}`)?.hint
  })

describe('time zone, language and keyboard', () => {
  it('accept current names', () => {
    expect(
      hints('timezone', [
        'Europe/Berlin',
        'UTC',
        'Etc/UTC',
        'America/Argentina/Buenos_Aires',
        'Asia/Kolkata',
      ]),
    ).toEqual(Array(5).fill(undefined))
    expect(hints('locale', ['de_DE.UTF-8', 'en_US.UTF-8', 'C.UTF-8', 'sr_RS.UTF-8@latin'])).toEqual(
      Array(4).fill(undefined),
    )
    expect(hints('keyboard', ['de', 'us', 'gb', 'de(nodeadkeys)', 'ch(fr)'])).toEqual(
      Array(5).fill(undefined),
    )
  })

  it('suggest a time zone for an invalid one', () => {
    expect(mistakesWith('timezone: Europe/Berln\n')).toMatchInlineSnapshot(`
      "profile.yaml:49:11: error[regional/timezone]: "Europe/Berln" is not a time zone [$.timezone]
         49 | timezone: Europe/Berln
            |           ^^^^^^^^^^^^
        hint: did you mean Europe/Berlin?
        source: https://www.iana.org/time-zones
      "
    `)
    expect(hints('timezone', ['Berlin', 'europe/berlin', 'US/Eastern', '+02:00', 'Mars/Base']))
      .toMatchInlineSnapshot(`
      [
        "did you mean Europe/Berlin?",
        "write Europe/Berlin",
        "write America/New_York",
        "write a name such as Europe/Berlin, or UTC; timedatectl list-timezones prints them",
        "write a name such as Europe/Berlin, or UTC; timedatectl list-timezones prints them",
      ]
    `)
  })

  it('report a language without UTF-8, or not spelled as in glibc', () => {
    expect(hints('locale', ['de_DE', 'de-de', 'de_DE.utf8', 'german', 'de_DE.ISO-8859-1']))
      .toMatchInlineSnapshot(`
      [
        "write de_DE.UTF-8",
        "write de_DE.UTF-8",
        "write de_DE.UTF-8",
        "write e.g. en_US.UTF-8 or C.UTF-8",
        "write de_DE.UTF-8",
      ]
    `)
  })

  it('suggest the layout for a keymap of the console, or a country', () => {
    expect(mistakesWith('keyboard: uk\n')).toMatchInlineSnapshot(`
      "profile.yaml:49:11: error[regional/keyboard]: "uk" is not a keyboard layout [$.keyboard]
         49 | keyboard: uk
            |           ^^
        hint: write gb
        source: xkeyboard-config(7)
      "
    `)
    expect(hints('keyboard', ['de-latin1', 'jp106', 'de nodeadkeys', 'xx'])).toMatchInlineSnapshot(`
      [
        "write de",
        "write jp",
        "write a layout of X11, e.g. us, gb, de or de(nodeadkeys)",
        "write a layout of X11, e.g. us, gb, de or de(nodeadkeys)",
      ]
    `)
  })
})

import { readFileSync } from 'node:fs'
import { X509Certificate } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { agedAuthorities } from '../../src/pipeline/aged-authorities.ts'
import { parseProfile } from '../../src/profile/load.ts'
import { good } from '../profile/mistakes.ts'

const text = readFileSync(new URL('../fixtures/trust/root.crt', import.meta.url), 'utf8')
const { validFrom, validTo } = new X509Certificate(text)
const day = 24 * 60 * 60_000

const loaded = parseProfile(
  `${good}trust: [{source: root.crt}]
mirrors: {images: {docker.io: {url: 'https://mirror.example.com', ca: {source: root.crt}}, quay.io: 'https://a.example.com'}}
`,
  'profile.yaml',
  new Map([['root.crt', `Ours:\n${text}`]]),
)
const at = (time: string, days: number) =>
  agedAuthorities(loaded, new Date(Date.parse(time) + days * day)).map(
    ({ severity, message, path, part }) => `${severity} ${path?.join('.')} ${part?.start}: ${message}`,
  )

describe('CAs of the profile', () => {
  it('are compared with the clock', () => {
    expect(loaded.diagnostics).toEqual([])
    expect(at(validFrom, 1)).toEqual([])
    expect(at(validTo, -31)).toEqual([])
    expect([at(validFrom, -1), at(validTo, -29), at(validTo, 0)]).toMatchInlineSnapshot(`
      [
        [
          "error trust.0.source 6: the certificate of O=Example, CN=Example Root CA is not valid before 2026-11-29, by the clock of this computer",
          "error mirrors.images.docker.io.ca.source 6: the certificate of O=Example, CN=Example Root CA is not valid before 2026-11-29, by the clock of this computer",
        ],
        [
          "warning trust.0.source 6: the certificate of O=Example, CN=Example Root CA expires on 2126-11-05",
          "warning mirrors.images.docker.io.ca.source 6: the certificate of O=Example, CN=Example Root CA expires on 2126-11-05",
        ],
        [
          "error trust.0.source 6: the certificate of O=Example, CN=Example Root CA expired on 2126-11-05",
          "error mirrors.images.docker.io.ca.source 6: the certificate of O=Example, CN=Example Root CA expired on 2126-11-05",
        ],
      ]
    `)
  })
})

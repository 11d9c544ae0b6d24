import { describe, expect, it } from 'vitest'
import { good, mistakesIn, mistakesWith, replace } from '../mistakes.ts'

const enrolled = (more = '') => `secrets:\n  delivery: enrolled\n${more}`

describe('how secrets are delivered', () => {
  it('is any of the two ways', () => {
    expect(mistakesWith(enrolled())).toBe('')
    expect(mistakesWith(enrolled('  deliveryPort: 9443\n'))).toBe('')
    expect(mistakesWith('secrets:\n  delivery: inline\n')).toBe('')
  })

  it('a port without use', () => {
    expect(mistakesWith('secrets:\n  deliveryPort: 9443\n')).toMatchInlineSnapshot(`
      "profile.yaml:50:17: warning[secrets/delivery-port]: deliveryPort has no effect: secrets are in the seeds [$.secrets.deliveryPort]
         50 |   deliveryPort: 9443
            |                 ^^^^
        hint: add delivery: enrolled, or remove deliveryPort
      "
    `)
  })

  it('the port of the server itself', () => {
    expect(mistakesWith(enrolled('  deliveryPort: 8080\n'))).toMatchInlineSnapshot(`
      "profile.yaml:51:17: error[secrets/delivery-port]: port 8080 is that of server, which does not speak TLS with machines [$.secrets.deliveryPort]
         51 |   deliveryPort: 8080
            |                 ^^^^
        hint: write deliveryPort: 8443
        profile.yaml:3:9: used here
      "
    `)
    expect(mistakesIn(replace(good, ['http://10.10.10.5:8080', 'http://10.10.10.5:8443']) + enrolled()))
      .toMatchInlineSnapshot(`
      "profile.yaml:50:13: error[secrets/delivery-port]: port 8443 is that of server, which does not speak TLS with machines [$.secrets.delivery]
         50 |   delivery: enrolled
            |             ^^^^^^^^
        hint: write deliveryPort: 8444
        profile.yaml:3:9: used here
      "
    `)
  })

  it('machines that run from memory', () => {
    const text = replace(
      good,
      ['  name: rocky\n  version: "9"', '  name: debian\n  version: "12"\n  install: live'],
      ['hardware:\n  disk: /dev/sda\n', ''],
    )
    expect(mistakesIn(text + enrolled())).toMatchInlineSnapshot(`
      "profile.yaml:49:13: error[secrets/delivery-live]: machines that run from memory cannot enrol: at each boot they would show another key [$.secrets.delivery]
         49 |   delivery: enrolled
            |             ^^^^^^^^
        hint: write delivery: inline, or install the machines to their disks
        profile.yaml:5:3: installed by live
      "
    `)
  })
})

import { describe, expect, it } from 'vitest'
import { good, mistakesIn, mistakesWith, replace } from '../mistakes.ts'

const enrolled = (more = '') => `secrets:\n  delivery: enrolled\n${more}`

describe('the delivery of secrets', () => {
  it('can be either of two ways', () => {
    expect(mistakesIn(good)).toBe('')
    expect(mistakesWith(enrolled())).toBe('')
    expect(mistakesWith(enrolled('  deliveryPort: 9443\n'))).toBe('')
    expect(mistakesWith('secrets:\n  delivery: inline\n')).toBe('')
  })

  it('reports a port without effect', () => {
    expect(mistakesWith('secrets:\n  delivery: inline\n  deliveryPort: 9443\n')).toMatchInlineSnapshot(`
      "profile.yaml:51:17: warning[secrets/delivery-port]: deliveryPort has no effect: secrets are in the seeds [$.secrets.deliveryPort]
         51 |   deliveryPort: 9443
            |                 ^^^^
        hint: write delivery: enrolled, or remove deliveryPort
      "
    `)
  })

  it('reports the port of the server itself', () => {
    expect(mistakesWith(enrolled('  deliveryPort: 8080\n'))).toMatchInlineSnapshot(`
      "profile.yaml:51:17: error[secrets/delivery-port]: port 8080 is that of server, which does not speak TLS with machines [$.secrets.deliveryPort]
         51 |   deliveryPort: 8080
            |                 ^^^^
        hint: write deliveryPort: 8443
        profile.yaml:3:9: used here
      "
    `)
    expect(
      mistakesIn(
        replace(good, ['http://10.10.10.5:8080', 'http://10.10.10.5:8443']) +
          'secrets:\n  deliveryPort: 8443\n',
      ),
    ).toMatchInlineSnapshot(`
      "profile.yaml:50:17: error[secrets/delivery-port]: port 8443 is that of server, which does not speak TLS with machines [$.secrets.deliveryPort]
         50 |   deliveryPort: 8443
            |                 ^^^^
        hint: write deliveryPort: 8444
        profile.yaml:3:9: used here
      "
    `)
  })

  it('uses another port if the server or syslog has the default one', () => {
    const onUsual = replace(good, ['http://10.10.10.5:8080', 'http://10.10.10.5:8443'])
    for (const text of [onUsual, onUsual + enrolled(), `${onUsual}syslogPort: 8444\n`])
      expect(mistakesIn(text)).toBe('')
    expect(mistakesWith('syslogPort: 8443\n')).toBe('')
    expect(mistakesWith('syslogPort: 9443\nsecrets:\n  deliveryPort: 9443\n')).toMatchInlineSnapshot(`
      "profile.yaml:49:13: error[server/syslog-port]: port 9443 is taken: hakube serve listens there already [$.syslogPort]
         49 | syslogPort: 9443
            |             ^^^^
        hint: write syslogPort: 514, or another port that is free
        profile.yaml:51:17: used here
      "
    `)
  })

  it('netconsole without a port', () => {
    expect(mistakesWith('syslogPort: 514\nnetconsole: true\n')).toBe('')
    expect(mistakesWith('netconsole: false\n')).toBe('')
    expect(mistakesWith('netconsole: true\n')).toMatchInlineSnapshot(`
      "profile.yaml:49:13: error[server/netconsole]: netconsole has no effect without syslogPort [$.netconsole]
         49 | netconsole: true
            |             ^^^^
        hint: write syslogPort: 514, or another port that is free
      "
    `)
  })

  const inMemory = replace(
    good,
    ['  name: rocky\n  version: "9"', '  name: debian\n  version: "12"\n  install: live'],
    ['hardware:\n  disk: /dev/sda\n', ''],
  )

  it('reports machines that run from memory', () => {
    expect(mistakesIn(inMemory + enrolled())).toMatchInlineSnapshot(`
      "profile.yaml:49:13: error[secrets/delivery-live]: machines that run from memory cannot enrol: they would present a different key at each boot [$.secrets.delivery]
         49 |   delivery: enrolled
            |             ^^^^^^^^
        hint: write delivery: inline, or install the machines to their disks
        profile.yaml:5:3: installed by live
      "
    `)
  })

  it('warns about secrets in seeds if the profile does not set the delivery', () => {
    expect(mistakesIn(inMemory)).toMatchInlineSnapshot(`
      "profile.yaml:7:12: warning[secrets/inline-by-default]: machines that run from memory cannot enrol, so the seeds contain the secrets in clear text: while a machine is armed, anyone who can reach the server can read them [$.distribution.install]
          7 |   install: live
            |            ^^^^
        hint: install the machines to their disks, or write secrets: {delivery: inline} if this is meant
      "
    `)
    expect(mistakesIn(`${inMemory}secrets:\n  delivery: inline\n`)).toBe('')
  })

  it('names the machines that run from memory if others do not', () => {
    const mixed = replace(good, [
      '    address: 10.10.10.16\n',
      '    address: 10.10.10.16\n    distribution: { name: debian, version: "12", install: live }\n',
    ])
    expect(mistakesIn(mixed)).toMatchInlineSnapshot(`
      "profile.yaml:38:59: warning[secrets/inline-by-default]: machines that run from memory cannot enrol, so the seeds of all machines contain the secrets in clear text: while a machine is armed, anyone who can reach the server can read them (worker-1) [$.machines[5].distribution.install]
         38 |     distribution: { name: debian, version: "12", install: live }
            |                                                           ^^^^
        hint: install the machines to their disks, or write secrets: {delivery: inline} if this is meant
      "
    `)
  })
})

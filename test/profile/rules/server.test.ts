import { describe, expect, it } from 'vitest'
import { parseProfile } from '../../../src/profile/load.ts'
import { good, mistakes, replace } from '../mistakes.ts'

const example = 'write e.g. http://10.10.10.17:8080, with the address of the machine that runs hakube serve'

describe('server', () => {
  it('no scheme', () => {
    expect(mistakes(['http://10.10.10.5:8080', '10.10.10.5:8080'])).toMatchInlineSnapshot(`
      "profile.yaml:3:9: error[server/malformed]: "10.10.10.5:8080" is not the address of a server [$.server]
          3 | server: 10.10.10.5:8080
            |         ^^^^^^^^^^^^^^^
        hint: write http://10.10.10.5:8080
      "
    `)
  })
  it('a path', () => {
    expect(mistakes(['http://10.10.10.5:8080', 'http://10.10.10.5:8080/'])).toMatchInlineSnapshot(`""`)
  })
  it('a real path', () => {
    expect(mistakes(['http://10.10.10.5:8080', 'http://10.10.10.5:8080/hakube/'])).toMatchInlineSnapshot(`
      "profile.yaml:3:9: error[server/malformed]: the address has the path /hakube/ [$.server]
          3 | server: http://10.10.10.5:8080/hakube/
            |         ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
        hint: write http://10.10.10.5:8080: hakube serve answers at the top
      "
    `)
  })
  it('a host name', () => {
    expect(mistakes(['http://10.10.10.5:8080', 'http://boot.example.com:8080'])).toMatchInlineSnapshot(`
      "profile.yaml:3:9: warning[server/host-name]: boot.example.com is a name, and installers may not have a name service yet [$.server]
          3 | server: http://boot.example.com:8080
            |         ^^^^^^^^^^^^^^^^^^^^^^^^^^^^
        hint: write the IP address of the server
      "
    `)
  })
  it('another scheme', () => {
    expect(mistakes(['http://10.10.10.5:8080', 'ftp://10.10.10.5'])).toMatchInlineSnapshot(`
      "profile.yaml:3:9: error[server/malformed]: "ftp://10.10.10.5" is not the address of a server [$.server]
          3 | server: ftp://10.10.10.5
            |         ^^^^^^^^^^^^^^^^
        hint: write e.g. http://10.10.10.17:8080, with the address of the machine that runs hakube serve
      "
    `)
  })
  it('a login', () => {
    expect(mistakes(['http://10.10.10.5:8080', 'http://me:secret@10.10.10.5'])).toMatchInlineSnapshot(`
      "profile.yaml:3:9: error[server/malformed]: the address has a login in it [$.server]
          3 | server: http://me:********@10.10.10.5
            |         ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
        hint: remove what is before the @
      "
    `)
  })
  it('loopback', () => {
    expect(mistakes(['http://10.10.10.5:8080', 'http://127.0.0.1:8080'])).toMatchInlineSnapshot(`
      "profile.yaml:3:9: warning[server/loopback]: 127.0.0.1 is another machine on every machine: it means the machine itself [$.server]
          3 | server: http://127.0.0.1:8080
            |         ^^^^^^^^^^^^^^^^^^^^^
        hint: write the address that the machines reach the server by
      "
    `)
  })
  it('IPv6', () => {
    expect(mistakes(['http://10.10.10.5:8080', 'http://[fd00::5]:8080'])).toMatchInlineSnapshot(`
      "profile.yaml:3:9: error[address/ipv6]: fd00::5 is IPv6, and hakube sets up IPv4 only so far [$.server]
          3 | server: http://[fd00::5]:8080
            |         ^^^^^^^^^^^^^^^^^^^^^
        hint: write an IPv4 address or network
      "
    `)
  })
  it('https, which hakube serve does not speak', () => {
    expect(mistakes(['http://10.10.10.5:8080', 'https://10.10.10.5'])).toMatchInlineSnapshot(`
      "profile.yaml:3:9: warning[server/https]: hakube serve speaks HTTP without TLS, and this is https [$.server]
          3 | server: https://10.10.10.5
            |         ^^^^^^^^^^^^^^^^^^
        hint: write http://10.10.10.5:8080; keep it only where a proxy before the server has a certificate that firmware and installers trust
      "
    `)
    expect(mistakes(['http://10.10.10.5:8080', 'https://boot.example.com:8443'])).toMatchInlineSnapshot(`
      "profile.yaml:3:9: warning[server/https]: hakube serve speaks HTTP without TLS, and this is https [$.server]
          3 | server: https://boot.example.com:8443
            |         ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
        hint: write http://boot.example.com:8443; keep it only where a proxy before the server has a certificate that firmware and installers trust

      profile.yaml:3:9: warning[server/host-name]: boot.example.com is a name, and installers may not have a name service yet [$.server]
          3 | server: https://boot.example.com:8443
            |         ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
        hint: write the IP address of the server
      "
    `)
  })
  it('an address of a network that no machine is in', () => {
    expect(mistakes(['http://10.10.10.5:8080', 'http://10.20.0.5:8080'])).toMatchInlineSnapshot(`
      "profile.yaml:3:9: warning[server/outside-subnet]: the server 10.20.0.5 is in a network that no machine is in: the subnet is 10.10.10.0/24 [$.server]
          3 | server: http://10.20.0.5:8080
            |         ^^^^^^^^^^^^^^^^^^^^^
        hint: write the address of the machine that runs hakube serve, in the subnet e.g. 10.10.10.17; it is right only if 10.10.10.1 routes to it and DHCP is relayed
        profile.yaml:8:11: the subnet stands here
      "
    `)
  })
  it('an address of another network is right where something else is there too', () => {
    expect(
      mistakes(
        ['http://10.10.10.5:8080', 'http://10.20.0.5:8080'],
        ['nameServers: [10.10.10.1]', 'nameServers: [10.20.0.1]'],
      ),
    ).toBe('')
  })
  it('a public address is right: it is reached through the gateway', () => {
    expect(mistakes(['http://10.10.10.5:8080', 'http://203.0.113.5:8080'])).toBe('')
  })
  it('the gateway is right: a router can run hakube serve', () => {
    expect(mistakes(['http://10.10.10.5:8080', 'http://10.10.10.1:8080'])).toBe('')
  })
  it('the server is one of the machines', () => {
    expect(mistakes(['server: http://10.10.10.5:8080', 'server: http://10.10.10.16:8080']))
      .toMatchInlineSnapshot(`
        "profile.yaml:3:9: error[server/is-a-machine]: the server 10.10.10.16 is one of the machines that it is to install [$.server]
            3 | server: http://10.10.10.16:8080
              |         ^^^^^^^^^^^^^^^^^^^^^^^
          hint: run hakube serve on another machine, or take the address away from the machine
          profile.yaml:37:14: used here
        "
      `)
  })

  it.each([
    ['10.10.10.5', 'write http://10.10.10.5'],
    ['boot.example.com:8080', 'write http://boot.example.com:8080'],
    ['[fd00::5]:8080', 'write http://[fd00::5]:8080'],
    ['10.10.10.5:99999', example],
    ['10.10.10.300:8080', example],
    ['http://10.10.10.5:99999', example],
    ['http://', example],
    ['tftp://10.10.10.5', example],
  ])('%j: %s', (text, hint) => {
    const { diagnostics } = parseProfile(
      replace(good, ['http://10.10.10.5:8080', JSON.stringify(text)]),
      'profile.yaml',
    )
    expect(diagnostics.map((each) => [each.code, each.hint])).toEqual([['server/malformed', hint]])
  })

  it.each(['127.0.0.1', '127.1.2.3', '0.0.0.0'])('%s is the machine itself', (address) => {
    const { diagnostics } = parseProfile(replace(good, ['10.10.10.5:8080', address]), 'profile.yaml')
    expect(diagnostics.map((each) => each.code)).toEqual(['server/loopback'])
  })
})

import { describe, expect, it } from 'vitest'
import { parseProfile } from '../../../src/profile/load.ts'
import { good, mistakes, replace } from '../mistakes.ts'

const example = 'write e.g. http://10.10.10.17:8080, with the address of the machine that runs hakube serve'

describe('server', () => {
  it('reports an address without a scheme', () => {
    expect(mistakes(['http://10.10.10.5:8080', '10.10.10.5:8080'])).toMatchInlineSnapshot(`
      "profile.yaml:3:9: error[server/malformed]: "10.10.10.5:8080" is not a server address [$.server]
          3 | server: 10.10.10.5:8080
            |         ^^^^^^^^^^^^^^^
        hint: write http://10.10.10.5:8080
      "
    `)
  })
  it('accepts a slash at the end', () => {
    expect(mistakes(['http://10.10.10.5:8080', 'http://10.10.10.5:8080/'])).toMatchInlineSnapshot(`""`)
  })
  it('reports a path', () => {
    expect(mistakes(['http://10.10.10.5:8080', 'http://10.10.10.5:8080/hakube/'])).toMatchInlineSnapshot(`
      "profile.yaml:3:9: error[server/malformed]: the address has the path /hakube/ [$.server]
          3 | server: http://10.10.10.5:8080/hakube/
            |         ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
        hint: write http://10.10.10.5:8080: hakube serve has no path prefix
      "
    `)
  })
  it('warns about a host name', () => {
    expect(mistakes(['http://10.10.10.5:8080', 'http://boot.example.com:8080'])).toMatchInlineSnapshot(`
      "profile.yaml:3:9: warning[server/host-name]: boot.example.com is a name, but installers may not have DNS yet [$.server]
          3 | server: http://boot.example.com:8080
            |         ^^^^^^^^^^^^^^^^^^^^^^^^^^^^
        hint: write the IP address of the server
      "
    `)
  })
  it('reports another scheme', () => {
    expect(mistakes(['http://10.10.10.5:8080', 'ftp://10.10.10.5'])).toMatchInlineSnapshot(`
      "profile.yaml:3:9: error[server/malformed]: "ftp://10.10.10.5" is not a server address [$.server]
          3 | server: ftp://10.10.10.5
            |         ^^^^^^^^^^^^^^^^
        hint: write e.g. http://10.10.10.17:8080, with the address of the machine that runs hakube serve
      "
    `)
  })
  it('reports a login', () => {
    expect(mistakes(['http://10.10.10.5:8080', 'http://me:secret@10.10.10.5'])).toMatchInlineSnapshot(`
      "profile.yaml:3:9: error[server/malformed]: the address contains credentials [$.server]
          3 | server: http://me:********@10.10.10.5
            |         ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
        hint: remove everything up to the @
      "
    `)
  })
  it('reports loopback', () => {
    expect(mistakes(['http://10.10.10.5:8080', 'http://127.0.0.1:8080'])).toMatchInlineSnapshot(`
      "profile.yaml:3:9: warning[server/loopback]: 127.0.0.1 is a loopback address: on every machine it means the machine itself [$.server]
          3 | server: http://127.0.0.1:8080
            |         ^^^^^^^^^^^^^^^^^^^^^
        hint: write the address at which machines reach the server
      "
    `)
  })
  it('reports an IPv6 address', () => {
    expect(mistakes(['http://10.10.10.5:8080', 'http://[fd00::5]:8080'])).toMatchInlineSnapshot(`
      "profile.yaml:3:9: error[address/ipv6]: fd00::5 is IPv6, but hakube supports only IPv4 here [$.server]
          3 | server: http://[fd00::5]:8080
            |         ^^^^^^^^^^^^^^^^^^^^^
        hint: write an IPv4 address or network
      "
    `)
  })
  it('reports https, which hakube serve does not support', () => {
    expect(mistakes(['http://10.10.10.5:8080', 'https://10.10.10.5'])).toMatchInlineSnapshot(`
      "profile.yaml:3:9: warning[server/https]: this is https, but hakube serve does not support TLS [$.server]
          3 | server: https://10.10.10.5
            |         ^^^^^^^^^^^^^^^^^^
        hint: write http://10.10.10.5:8080; keep it only with a proxy in front of the server whose certificate firmware and installers trust
      "
    `)
    expect(mistakes(['http://10.10.10.5:8080', 'https://boot.example.com:8443'])).toMatchInlineSnapshot(`
      "profile.yaml:3:9: warning[server/https]: this is https, but hakube serve does not support TLS [$.server]
          3 | server: https://boot.example.com:8443
            |         ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
        hint: write http://boot.example.com:8443; keep it only with a proxy in front of the server whose certificate firmware and installers trust

      profile.yaml:3:9: warning[server/host-name]: boot.example.com is a name, but installers may not have DNS yet [$.server]
          3 | server: https://boot.example.com:8443
            |         ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
        hint: write the IP address of the server
      "
    `)
  })
  it('warns about an address in a network without machines', () => {
    expect(mistakes(['http://10.10.10.5:8080', 'http://10.20.0.5:8080'])).toMatchInlineSnapshot(`
      "profile.yaml:3:9: warning[server/outside-subnet]: the server 10.20.0.5 is not in the subnet 10.10.10.0/24 of the machines [$.server]
          3 | server: http://10.20.0.5:8080
            |         ^^^^^^^^^^^^^^^^^^^^^
        hint: write the address of the machine that runs hakube serve, in the subnet e.g. 10.10.10.17; it works only if 10.10.10.1 routes to it and DHCP is relayed
        profile.yaml:8:11: the subnet is set here
      "
    `)
  })
  it('accepts an address of another network if something else is there too', () => {
    expect(
      mistakes(
        ['http://10.10.10.5:8080', 'http://10.20.0.5:8080'],
        ['nameServers: [10.10.10.1]', 'nameServers: [10.20.0.1]'],
      ),
    ).toBe('')
  })
  it('accepts a public address, which is reached through the gateway', () => {
    expect(mistakes(['http://10.10.10.5:8080', 'http://203.0.113.5:8080'])).toBe('')
  })
  it('accepts the gateway, because a router can run hakube serve', () => {
    expect(mistakes(['http://10.10.10.5:8080', 'http://10.10.10.1:8080'])).toBe('')
  })
  it('reports a server that is one of the machines', () => {
    expect(mistakes(['server: http://10.10.10.5:8080', 'server: http://10.10.10.16:8080']))
      .toMatchInlineSnapshot(`
        "profile.yaml:3:9: error[server/is-a-machine]: the server 10.10.10.16 is one of the machines that it installs [$.server]
            3 | server: http://10.10.10.16:8080
              |         ^^^^^^^^^^^^^^^^^^^^^^^
          hint: run hakube serve on another machine, or give this machine another address
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

  it.each(['127.0.0.1', '127.1.2.3'])('reports %s, which is the machine itself', (address) => {
    const { diagnostics } = parseProfile(replace(good, ['10.10.10.5:8080', address]), 'profile.yaml')
    expect(diagnostics.map((each) => each.code)).toEqual(['server/loopback'])
  })
})

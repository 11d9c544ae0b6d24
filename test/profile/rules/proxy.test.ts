import { describe, expect, it } from 'vitest'
import { parseProfile } from '../../../src/profile/load.ts'
import { good, mistakesWith, replace } from '../mistakes.ts'

const said = (lines: string): string[] =>
  parseProfile(replace(good, ['machines:\n', `proxy: ${lines}\nmachines:\n`]), 'profile.yaml')
    .diagnostics.filter(({ code }) => code.startsWith('proxy/'))
    .map(({ code, hint }) => `${code}: ${hint}`)

/** What a proxy with a login is told. */
const login = (more: string, system = 'name: rocky', mirrors = '', network = '') =>
  parseProfile(
    replace(
      good,
      ['  nameServers:', `${network}  nameServers:`],
      ['name: rocky\n  version: "9"', system],
      [
        'machines:\n',
        `proxy: {http: "http://proxy.example.com:3128", ${more}}\nsecrets: {delivery: inline}\n${mirrors}machines:\n`,
      ],
    ),
    'profile.yaml',
  ).diagnostics.map(({ code, path, message, hint }) => `${code} ${path?.join('.')}: ${message}; ${hint}`)

describe('the proxy of a site', () => {
  it('may be an address with exceptions', () => {
    expect(
      said(
        '{http: "http://proxy.example.com:3128", except: [.example.com, registry, 10.0.0.0/8, 192.0.2.1, "fd00::/8"]}',
      ),
    ).toEqual([])
    expect(said('{https: "http://10.10.10.4:3128/"}')).toEqual([])
  })

  it('is reported with a password, which is not shown', () => {
    expect(mistakesWith('proxy:\n  http: http://ops:secret@proxy.example.com:3128\n')).toMatchInlineSnapshot(`
      "profile.yaml:50:9: error[proxy/password]: this address contains a user or a password [$.proxy.http]
         50 |   http: http://ops:********@proxy.example.com:3128
            |         ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
        hint: remove the part before @: everyone with access to the profile can read it. Write username: and passwordSecret: NAME below proxy, and put the password into the bundle with hakube secrets set PROFILE NAME

      profile.yaml:50:9: error[secrets/password-in-clear]: a password is in plain text here, readable by anyone with access to the repository [$.proxy.http]
        hint: replace it with a new one that only the machine holds, e.g. fetched by a command of your own at first boot; treat anything that was ever committed as compromised
      "
    `)
    expect(said('{http: "ops:secret@proxy:3128"}').join('')).toMatch(/^proxy\/password/)
  })

  it('needs both a user and a secret with the password', () => {
    const live = 'name: debian\n  version: "13"\n  install: live'
    const both = 'username: site, passwordSecret: proxy'
    expect(login(both, live)).toEqual([])
    expect([
      login('username: site', live),
      login('passwordSecret: proxy', live),
      login('username: "a b", passwordSecret: "Secret 123"', live),
    ]).toMatchInlineSnapshot(`
      [
        [
          "proxy/login proxy.username: the proxy has username, but no passwordSecret; write passwordSecret: NAME, and put the password into the bundle with hakube secrets set PROFILE NAME",
        ],
        [
          "proxy/login proxy.passwordSecret: the proxy has passwordSecret, but no username; write username: with the user that the password belongs to",
        ],
        [
          "proxy/login proxy.username: the user contains a colon, white space or a control character; write only the name of the user",
          "secrets/own-name proxy.passwordSecret: this is not the name of a secret; write its name: lowercase letters, digits and dashes; never write a password into a profile: hakube secrets set reads it",
        ],
      ]
    `)
    const debian = 'name: debian\n  version: "13"'
    expect(login(both, debian)).toMatchInlineSnapshot(`
      [
        "proxy/installer proxy.passwordSecret: Debian's installer fetches packages from deb.debian.org through the proxy, but must not receive the password: anyone in the install network can read its answers; name a mirror in mirrors.distribution that machines reach directly, and its host in proxy.except; or let the proxy admit the machines by their addresses, and remove username and passwordSecret",
      ]
    `)
    const mirror = 'mirrors: {distribution: "http://mirror.example.com/debian"}\n'
    expect(login(both, debian, mirror).map((text) => text.slice(0, 60))).toMatchInlineSnapshot(`
      [
        "proxy/installer mirrors.distribution: Debian's installer fet",
      ]
    `)
    expect(login(`${both}, except: [mirror.example.com]`, debian, mirror)).toEqual([])
    // Machines reach every subnet of the cluster directly.
    const near = 'mirrors: {distribution: "http://10.10.11.2/debian"}\n'
    const subnets = '  subnets: [{subnet: 10.10.11.0/24, gateway: 10.10.11.1}]\n'
    expect(login(both, debian, near)).toHaveLength(1)
    expect(login(both, debian, near, subnets)).toEqual([])
    expect(login(both, 'name: rocky\n  version: "9"').map((text) => text.slice(0, 60)))
      .toMatchInlineSnapshot(`
      [
        "proxy/installer proxy.passwordSecret: Anaconda fetches packa",
      ]
    `)
  })

  it('is an error with an invalid address', () => {
    expect(
      [
        '{}',
        '{http: "proxy.example.com:3128"}',
        '{http: "socks5://proxy:1080"}',
        '{http: "https://proxy:3129"}',
        '{http: "http://proxy:3128/path"}',
      ].flatMap(said),
    ).toMatchInlineSnapshot(`
      [
        "proxy/address: write http: http://proxy.example.com:3128 below proxy",
        "proxy/address: write http://proxy.example.com:3128",
        "proxy/address: write e.g. http://proxy.example.com:3128",
        "proxy/address: write http://proxy:3129: connections to https: addresses are still encrypted end to end",
        "proxy/address: write http://proxy:3128",
      ]
    `)
  })

  it('is an error within the cluster', () => {
    expect(
      ['10.10.10.16', 'worker-1', '10.10.10.19', '10.244.1.1', '10.96.0.1'].flatMap((host) =>
        said(`{http: "http://${host}:3128"}`),
      ).length,
    ).toBe(5)
  })

  it('is an error with exceptions that programs do not support', () => {
    expect(
      said(
        '{http: "http://proxy:3128", except: ["*.example.com", "a,b", "http://mirror.example.com/x", "mirror:80", "*", "10.1"]}',
      ),
    ).toMatchInlineSnapshot(`
      [
        "proxy/except: write .example.com",
        "proxy/except: write each on a line of its own",
        "proxy/except: write only the host: mirror.example.com",
        "proxy/except: write it without the port: mirror",
        "proxy/except: write a name, a domain with a dot before it, an address or a network, e.g. .example.com",
        "proxy/except: write a name, a domain with a dot before it, an address or a network, e.g. .example.com",
      ]
    `)
  })
})

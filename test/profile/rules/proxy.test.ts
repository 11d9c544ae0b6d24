import { describe, expect, it } from 'vitest'
import { parseProfile } from '../../../src/profile/load.ts'
import { good, mistakesWith, replace } from '../mistakes.ts'

const said = (lines: string): string[] =>
  parseProfile(replace(good, ['machines:\n', `proxy: ${lines}\nmachines:\n`]), 'profile.yaml')
    .diagnostics.filter(({ code }) => code.startsWith('proxy/'))
    .map(({ code, hint }) => `${code}: ${hint}`)

describe('the proxy of a site', () => {
  it('an address with exceptions is accepted', () => {
    expect(
      said(
        '{http: "http://proxy.example.com:3128", except: [.example.com, registry, 10.0.0.0/8, 192.0.2.1, "fd00::/8"]}',
      ),
    ).toEqual([])
    expect(said('{https: "http://10.10.10.4:3128/"}')).toEqual([])
  })

  it('a password is not shown, and has no place in a profile', () => {
    expect(mistakesWith('proxy:\n  http: http://ops:secret@proxy.example.com:3128\n')).toMatchInlineSnapshot(`
      "profile.yaml:50:9: error[proxy/password]: this address has a user or a password in it [$.proxy.http]
         50 |   http: http://ops:********@proxy.example.com:3128
            |         ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
        hint: remove what stands before @: everybody who may read the profile could read it. hakube cannot log in at a proxy yet; let the proxy know the machines by their addresses

      profile.yaml:50:9: error[secrets/password-in-clear]: a password is in plain text here, readable by anyone with access to the repository [$.proxy.http]
        hint: replace it with a new one that only the machine holds, e.g. fetched by a command of your own at first boot; treat anything that was ever committed as compromised
      "
    `)
    expect(said('{http: "ops:secret@proxy:3128"}').join('')).toMatch(/^proxy\/password/)
  })

  it('an invalid proxy address is an error', () => {
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
        "proxy/address: write http://proxy:3129: connections to https: addresses are encrypted from end to end all the same",
        "proxy/address: write http://proxy:3128",
      ]
    `)
  })

  it('a proxy is not a part of the cluster', () => {
    expect(
      ['10.10.10.16', 'worker-1', '10.10.10.19', '10.244.1.1', '10.96.0.1'].flatMap((host) =>
        said(`{http: "http://${host}:3128"}`),
      ).length,
    ).toBe(5)
  })

  it('exceptions that programs do not read are errors', () => {
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

import { describe, expect, it } from 'vitest'
import { parseProfile } from '../../../src/profile/load.ts'
import { good, mistakes, mistakesWith, replace } from '../mistakes.ts'

const codes = (...changes: readonly [string, string][]): string[] =>
  parseProfile(replace(good, ...changes), 'profile.yaml')
    .diagnostics.map(({ code }) => code)
    .filter((code) => /^hosts\/|^load-balancing\/|^address\//.test(code))

const lines = (text: string): string[] => codes(['machines:\n', `extraHosts:\n${text}machines:\n`])
const api = (text: string): string[] => codes(['    address: 10.10.10.19\n', text])

describe('further lines of /etc/hosts', () => {
  it('may have a name, a list of names, and a name with an address of each family', () => {
    expect(
      lines(
        '  - {address: 10.10.10.6, names: registry.example.com}\n  - {address: "fd00::6", names: [registry.example.com, registry]}\n',
      ),
    ).toEqual([])
  })

  it('are an error without a valid name and address', () => {
    expect(
      mistakesWith('extraHosts:\n  - {address: registry, names: ["*.example.com", "a b", 10.0.0.1, a_b]}\n'),
    ).toMatchInlineSnapshot(`
      "profile.yaml:50:15: error[hosts/address]: "registry" is not an address [$.extraHosts[0].address]
         50 |   - {address: registry, names: ["*.example.com", "a b", 10.0.0.1, a_b]}
            |               ^^^^^^^^
        hint: write an IPv4 or IPv6 address here, and the names below names

      profile.yaml:50:33: error[hosts/name]: "*.example.com" is not a host name [$.extraHosts[0].names[0]]
         50 |   - {address: registry, names: ["*.example.com", "a b", 10.0.0.1, a_b]}
            |                                 ^^^^^^^^^^^^^^^
        hint: /etc/hosts has no wildcards: write each name
        source: hosts(5)

      profile.yaml:50:50: error[hosts/name]: "a b" is not a host name [$.extraHosts[0].names[1]]
         50 |   - {address: registry, names: ["*.example.com", "a b", 10.0.0.1, a_b]}
            |                                                  ^^^^^
        hint: write several names as a list: names: [registry.example.com, registry]
        source: hosts(5)

      profile.yaml:50:57: error[hosts/name]: "10.0.0.1" is not a host name [$.extraHosts[0].names[2]]
         50 |   - {address: registry, names: ["*.example.com", "a b", 10.0.0.1, a_b]}
            |                                                         ^^^^^^^^
        hint: programs read this as an address: write a name
        source: hosts(5)

      profile.yaml:50:67: error[hosts/name]: "a_b" is not a host name [$.extraHosts[0].names[3]]
         50 |   - {address: registry, names: ["*.example.com", "a b", 10.0.0.1, a_b]}
            |                                                                   ^^^
        hint: write letters, digits and dashes, with dots between the parts, e.g. registry.example.com
        source: hosts(5)
      "
    `)
  })

  it('are an error with a name that /etc/hosts has with another address', () => {
    expect(mistakesWith('extraHosts:\n  - {address: 10.10.10.6, names: worker-1}\n')).toMatchInlineSnapshot(`
      "profile.yaml:50:34: error[hosts/name-taken]: worker-1 already has the address 10.10.10.16 (the machine worker-1) [$.extraHosts[0].names]
         50 |   - {address: 10.10.10.6, names: worker-1}
            |                                  ^^^^^^^^
        hint: programs use the first line of /etc/hosts with a name: write another name, or remove this one
        profile.yaml:37:14: the address is set here
        source: hosts(5)
      "
    `)
    expect(lines('  - {address: 10.10.10.6, names: [sample-api, localhost]}\n')).toEqual([
      'hosts/name-taken',
      'hosts/name-taken',
    ])
    expect(lines('  - {address: 10.10.10.6, names: a}\n  - {address: 10.10.10.7, names: A}\n')).toEqual([
      'hosts/name-taken',
    ])
    expect(lines('  - {address: 10.10.10.6, names: [a, a]}\n')).toEqual([])
  })

  it('are suggested for a file that replaces /etc/hosts', () => {
    expect(mistakesWith('files:\n  - {path: /etc/hosts, content: "10.10.10.6 registry"}\n')).toContain(
      'hint: write extraHosts with address and names instead: its lines are added',
    )
  })
})

describe('the name of the API', () => {
  it('is accepted beside a virtual address', () => {
    expect(api('    address: 10.10.10.19\n    name: api.example.com\n')).toEqual([])
  })

  it('is accepted alone if the load balancer is external', () => {
    expect(
      api('    address: api.example.com\n  placement: external\n').filter(
        (code) => code !== 'load-balancing/external',
      ),
    ).not.toContain('address/malformed')
    expect(mistakes(['    address: 10.10.10.19\n', '    address: api.example.com\n'])).toMatchInlineSnapshot(`
      "profile.yaml:40:14: error[address/malformed]: "api.example.com" is not an IPv4 address [$.loadBalancing.api.address]
         40 |     address: api.example.com
            |              ^^^^^^^^^^^^^^^
        hint: write the virtual address, and name: api.example.com below it; only an external load balancer can be known by name alone
      "
    `)
    expect(
      api('    address: api.example.com\n    name: other.example.com\n  placement: external\n'),
    ).toContain('load-balancing/two-names')
  })

  it('is an error if it is not valid', () => {
    expect(
      mistakes([
        '    address: 10.10.10.19\n',
        '    address: 10.10.10.19\n    name: https://API.example.com:6443\n',
      ]),
    ).toMatchInlineSnapshot(`
      "profile.yaml:41:11: error[load-balancing/name]: "https://API.example.com:6443" is not the name of an API [$.loadBalancing.api.name]
         41 |     name: https://API.example.com:6443
            |           ^^^^^^^^^^^^^^^^^^^^^^^^^^^^
        hint: write api.example.com
      "
    `)
    const wrong = ['worker-1', 'api.cluster.local', '10.10.10.19', 'a_b']
    expect(wrong.flatMap((name) => api(`    address: 10.10.10.19\n    name: ${name}\n`))).toEqual(
      wrong.map(() => 'load-balancing/name'),
    )
  })
})

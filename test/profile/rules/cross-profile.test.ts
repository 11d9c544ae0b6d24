import { describe, expect, it } from 'vitest'
import { printDiagnostics } from '../../../src/diagnostics/print.ts'
import { parseProfile } from '../../../src/profile/load.ts'
import { crossProfileRules } from '../../../src/profile/rules/index.ts'
import { good, replace } from '../mistakes.ts'

/** A second cluster in the same subnet that shares nothing with the first. */
const second = good
  .replace('name: sample', 'name: second')
  .replaceAll(/10\.10\.10\.(1[1-9]|20)/g, '10.10.10.1$1')
  .replaceAll('52:54:00', '52:54:01')

const acrossOf = (...texts: string[]): string =>
  crossProfileRules(texts.map((text, index) => parseProfile(text, `cluster-${index + 1}/profile.yaml`)))
    .map(({ loaded, diagnostics }) =>
      printDiagnostics(
        diagnostics.map((diagnostic) => ({ diagnostic, loaded })),
        'text',
      ),
    )
    .join('')

describe('the rules of several profiles', () => {
  it('accept profiles that share nothing', () => {
    expect(acrossOf(good, second)).toBe('')
  })
  it('report the same virtual router ID', () => {
    expect(
      acrossOf(
        replace(good, ['loadBalancing:\n', 'loadBalancing:\n  virtualRouterId: 7\n']),
        replace(second, ['loadBalancing:\n', 'loadBalancing:\n  virtualRouterId: 7\n']),
      ),
    ).toMatchInlineSnapshot(`
      "cluster-2/profile.yaml:39:20: error[profiles/same-virtual-router-id]: the virtual router ID 7 is used twice in the subnet [$.loadBalancing.virtualRouterId]
         39 |   virtualRouterId: 7
            |                    ^
        hint: set loadBalancing.virtualRouterId to another number from 1 to 255
        cluster-1/profile.yaml:39:20: first used here
        source: https://www.rfc-editor.org/rfc/rfc5798#section-5.2.3
      "
    `)
  })
  it('report the same virtual router ID, one of them derived', () => {
    expect(acrossOf(good, replace(second, ['loadBalancing:\n', 'loadBalancing:\n  virtualRouterId: 71\n'])))
      .toMatchInlineSnapshot(`
        "cluster-2/profile.yaml:39:20: error[profiles/same-virtual-router-id]: the virtual router ID 71 is used twice in the subnet [$.loadBalancing.virtualRouterId]
           39 |   virtualRouterId: 71
              |                    ^^
          hint: set loadBalancing.virtualRouterId to another number from 1 to 255
          cluster-1/profile.yaml:2:7: first used here
          source: https://www.rfc-editor.org/rfc/rfc5798#section-5.2.3
        "
      `)
  })
  it('accept the same virtual router ID in separate networks', () => {
    const elsewhere = second.replaceAll('10.10.10.', '10.20.20.')
    const id: [string, string] = ['loadBalancing:\n', 'loadBalancing:\n  virtualRouterId: 7\n']
    expect(acrossOf(replace(good, id), replace(elsewhere, id))).toBe('')
  })
  it('report the same card, the same addresses and the same name', () => {
    expect(
      acrossOf(
        good,
        replace(
          second,
          ['52:54:01:aa:bb:03', '52:54:00:AA:BB:04'],
          ['10.10.10.120', '10.10.10.19'],
          ['name: second', 'name: sample'],
        ),
      ),
    ).toMatchInlineSnapshot(`
      "cluster-2/profile.yaml:2:7: error[profiles/same-virtual-router-id]: the virtual router ID 71, derived from the cluster name, is used twice in the subnet [$.name]
          2 | name: sample
            |       ^^^^^^
        hint: set loadBalancing.virtualRouterId to another number from 1 to 255
        cluster-1/profile.yaml:2:7: first used here
        source: https://www.rfc-editor.org/rfc/rfc5798#section-5.2.3

      cluster-2/profile.yaml:2:7: warning[profiles/same-name]: another profile also has the name sample [$.name]
          2 | name: sample
            |       ^^^^^^
        hint: clusters with the same name derive the same values and are hard to tell apart
        cluster-1/profile.yaml:2:7: first used here

      cluster-2/profile.yaml:24:10: error[profiles/same-mac]: another profile also uses the MAC address 52:54:00:AA:BB:04 [$.machines[2].mac]
         24 |     mac: 52:54:00:AA:BB:04
            |          ^^^^^^^^^^^^^^^^^
        hint: a machine can belong to only one cluster
        cluster-1/profile.yaml:28:10: first used here

      cluster-2/profile.yaml:42:14: error[profiles/same-address]: another profile also uses the address 10.10.10.19 [$.loadBalancing.ingress.address]
         42 |     address: 10.10.10.19
            |              ^^^^^^^^^^^
        hint: an address can belong to only one machine
        cluster-1/profile.yaml:40:14: first used here
      "
    `)
  })
  it('report a copy for another rack with one message, not one for each card and address', () => {
    expect(acrossOf(good, good)).toMatchInlineSnapshot(`
      "cluster-2/profile.yaml:13:1: error[profiles/copy]: this profile shares much with cluster-1/profile.yaml: the name sample, 7 of 7 MAC addresses, 8 of 8 addresses [$.machines]
         13 | machines:
            | ^^^^^^^^
        hint: if it is a copy for other machines, give it its own name, MAC addresses, addresses and virtual addresses
        cluster-1/profile.yaml:16:10: first used here
      "
    `)
    expect(acrossOf(good, good.replace('name: sample', 'name: other'))).toMatchInlineSnapshot(`
      "cluster-2/profile.yaml:13:1: error[profiles/copy]: this profile shares much with cluster-1/profile.yaml: 7 of 7 MAC addresses, 8 of 8 addresses [$.machines]
         13 | machines:
            | ^^^^^^^^
        hint: if it is a copy for other machines, give it its own name, MAC addresses, addresses and virtual addresses
        cluster-1/profile.yaml:16:10: first used here
      "
    `)
    expect(acrossOf(good, good.replaceAll('52:54:00', '52:54:01'), second)).toMatchInlineSnapshot(`
      "cluster-2/profile.yaml:13:1: error[profiles/copy]: this profile shares much with cluster-1/profile.yaml: the name sample, 8 of 8 addresses [$.machines]
         13 | machines:
            | ^^^^^^^^
        hint: if it is a copy for other machines, give it its own name, MAC addresses, addresses and virtual addresses
        cluster-1/profile.yaml:17:14: first used here
      cluster-3/profile.yaml:13:1: error[profiles/copy]: this profile shares much with cluster-2/profile.yaml: 7 of 7 MAC addresses [$.machines]
         13 | machines:
            | ^^^^^^^^
        hint: if it is a copy for other machines, give it its own name, MAC addresses, addresses and virtual addresses
        cluster-2/profile.yaml:16:10: first used here
      "
    `)
  })
  it('ignore one that cannot be read', () => {
    expect(acrossOf(good, 'hello', second)).toBe('')
  })
})

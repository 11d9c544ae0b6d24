import { describe, expect, it } from 'vitest'
import { parseProfile } from '../../../src/profile/load.ts'
import { good, mistakes, replace } from '../mistakes.ts'

const domain = (name: string | null): [string, string][] =>
  name === null ? [] : [['nameServers: [10.10.10.1]', `nameServers: [10.10.10.1]\n  searchDomain: ${name}`]]

describe('names', () => {
  it('upper case and underscore', () => {
    expect(mistakes(['name: worker-1', 'name: Worker_1'])).toMatchInlineSnapshot(`
      "profile.yaml:34:11: error[name/not-a-label]: the host name Worker_1 has upper case letters [$.machines[5].name]
         34 |   - name: Worker_1
            |           ^^^^^^^^
        hint: write worker-1
        source: https://www.rfc-editor.org/rfc/rfc1123#section-2.1
      "
    `)
  })
  it('too long', () => {
    expect(
      mistakes(['name: worker-1', 'name: wwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwww']),
    ).toMatchInlineSnapshot(`
      "profile.yaml:34:11: error[name/not-a-label]: the host name wwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwww has 64 characters, and at most 63 are allowed [$.machines[5].name]
         34 |   - name: wwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwww
            |           ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
        hint: write wwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwww
        source: https://www.rfc-editor.org/rfc/rfc1123#section-2.1
      "
    `)
  })
  it('a dot', () => {
    expect(mistakes(['name: worker-1', 'name: worker-1.example.com'])).toMatchInlineSnapshot(`
      "profile.yaml:34:11: error[name/not-a-label]: the host name worker-1.example.com has a dot [$.machines[5].name]
         34 |   - name: worker-1.example.com
            |           ^^^^^^^^^^^^^^^^^^^^
        hint: write worker-1, and searchDomain: example.com below network
        source: https://www.rfc-editor.org/rfc/rfc1123#section-2.1
      "
    `)
  })
  it('duplicate name', () => {
    expect(mistakes(['name: control-2', 'name: control-1'])).toMatchInlineSnapshot(`
      "profile.yaml:26:11: error[name/duplicate]: two machines have the name control-1 [$.machines[3].name]
         26 |   - name: control-1
            |           ^^^^^^^^^
        hint: kubeadm joins a machine only under a name that no other has
        profile.yaml:22:11: first used here
        source: https://github.com/kubernetes/kubeadm/issues/1711
      "
    `)
  })
  it('name of the cluster', () => {
    expect(mistakes(['name: sample', 'name: My Cluster'])).toMatchInlineSnapshot(`
      "profile.yaml:2:7: error[name/not-a-label]: the name of the cluster My Cluster has upper case letters [$.name]
          2 | name: My Cluster
            |       ^^^^^^^^^^
        hint: write my-cluster
        source: https://www.rfc-editor.org/rfc/rfc1123#section-2.1
      "
    `)
  })
  it('domains', () => {
    expect(
      mistakes(
        ['  nameServers: [10.10.10.1]', '  nameServers: [10.10.10.1]\n  searchDomain: example..com'],
        ['  version: "1.36.4"', '  version: "1.36.4"\n  domain: Cluster.local'],
      ),
    ).toMatchInlineSnapshot(`
      "profile.yaml:11:17: error[name/not-a-domain]: "example..com" is not a domain name [$.network.searchDomain]
         11 |   searchDomain: example..com
            |                 ^^^^^^^^^^^^
        hint: write names of lower case letters, digits and dashes with dots between them, e.g. example.com
        source: https://www.rfc-editor.org/rfc/rfc1123#section-2.1

      profile.yaml:46:11: error[name/not-a-domain]: "Cluster.local" is not a domain name [$.kubernetes.domain]
         46 |   domain: Cluster.local
            |           ^^^^^^^^^^^^^
        hint: write cluster.local
        source: https://www.rfc-editor.org/rfc/rfc1123#section-2.1
      "
    `)
  })

  it.each([
    // name, search domain, what to write
    ['worker-9.example.home', 'example.home', 'worker-9: the domain is network.searchDomain'],
    ['Worker-9.Example.Home', 'example.home', 'worker-9: the domain is network.searchDomain'],
    ['worker-9.example.home.', 'example.home', 'worker-9: the domain is network.searchDomain'],
    ['worker_9.example.home', 'example.home', 'worker-9: the domain is network.searchDomain'],
    ['worker-9.r12.example.home', 'example.home', 'worker-9-r12'],
    ['worker-9.example.com', 'example.home', 'worker-9-example-com'],
    ['worker-9.example.com', null, 'worker-9, and searchDomain: example.com below network'],
    // Another machine has that name.
    ['control-1.example.home', 'example.home', 'control-1-example-home'],
    ['WORKER-9', null, 'worker-9'],
    ['rack 1.worker', null, 'rack-1, and searchDomain: worker below network'],
  ])('%s with the search domain %s: write %s', (name, searchDomain, hint) => {
    const { diagnostics } = parseProfile(
      replace(good, ['name: worker-1', `name: ${name}`], ...domain(searchDomain)),
      'profile.yaml',
    )
    expect(diagnostics.map((each) => each.hint)).toEqual([`write ${hint}`])
  })
})

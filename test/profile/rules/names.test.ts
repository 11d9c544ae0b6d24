import { describe, expect, it } from 'vitest'
import { parseProfile } from '../../../src/profile/load.ts'
import { good, mistakes, replace } from '../mistakes.ts'

const domain = (name: string | null): [string, string][] =>
  name === null ? [] : [['nameServers: [10.10.10.1]', `nameServers: [10.10.10.1]\n  searchDomain: ${name}`]]

describe('names', () => {
  it('reports upper case and underscores', () => {
    expect(mistakes(['name: worker-1', 'name: Worker_1'])).toMatchInlineSnapshot(`
      "profile.yaml:34:11: error[name/not-a-label]: the host name Worker_1 has uppercase letters [$.machines[5].name]
         34 |   - name: Worker_1
            |           ^^^^^^^^
        hint: write worker-1
        source: https://www.rfc-editor.org/rfc/rfc1123#section-2.1
      "
    `)
  })
  it('accepts full names of nodes with a domain, if they are not too long', () => {
    const full: [string, string] = ['kubernetes:\n', 'kubernetes:\n  nodeNames: full\n']
    expect(mistakes(full, ...domain('example.com'))).toBe('')
    expect(mistakes(full)).toMatchInlineSnapshot(`
      "profile.yaml:44:14: error[name/no-domain]: full names of nodes need a domain, and there is none [$.kubernetes.nodeNames]
         44 |   nodeNames: full
            |              ^^^^
        hint: write network.searchDomain, or remove nodeNames
      "
    `)
    expect(mistakes(full, ...domain(`${'d'.repeat(50)}.example`))).toMatchInlineSnapshot(`
      "profile.yaml:23:11: error[name/too-long]: the full name of the node has 68 characters, and at most 63 are allowed [$.machines[2].name]
         23 |   - name: control-1
            |           ^^^^^^^^^
        hint: shorten the name or network.searchDomain, or remove kubernetes.nodeNames
        source: https://kubernetes.io/docs/reference/labels-annotations-taints/#kubernetesiohostname

      profile.yaml:27:11: error[name/too-long]: the full name of the node has 68 characters, and at most 63 are allowed [$.machines[3].name]
         27 |   - name: control-2
            |           ^^^^^^^^^
        hint: shorten the name or network.searchDomain, or remove kubernetes.nodeNames
        source: https://kubernetes.io/docs/reference/labels-annotations-taints/#kubernetesiohostname

      profile.yaml:31:11: error[name/too-long]: the full name of the node has 68 characters, and at most 63 are allowed [$.machines[4].name]
         31 |   - name: control-3
            |           ^^^^^^^^^
        hint: shorten the name or network.searchDomain, or remove kubernetes.nodeNames
        source: https://kubernetes.io/docs/reference/labels-annotations-taints/#kubernetesiohostname

      profile.yaml:35:11: error[name/too-long]: the full name of the node has 67 characters, and at most 63 are allowed [$.machines[5].name]
         35 |   - name: worker-1
            |           ^^^^^^^^
        hint: shorten the name or network.searchDomain, or remove kubernetes.nodeNames
        source: https://kubernetes.io/docs/reference/labels-annotations-taints/#kubernetesiohostname
      "
    `)
  })
  it('reports a name that is too long', () => {
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
  it('reports a dot in a name', () => {
    expect(mistakes(['name: worker-1', 'name: worker-1.example.com'])).toMatchInlineSnapshot(`
      "profile.yaml:34:11: error[name/not-a-label]: the host name worker-1.example.com has a dot [$.machines[5].name]
         34 |   - name: worker-1.example.com
            |           ^^^^^^^^^^^^^^^^^^^^
        hint: write worker-1, and searchDomain: example.com below network
        source: https://www.rfc-editor.org/rfc/rfc1123#section-2.1
      "
    `)
  })
  it('reports a duplicate name', () => {
    expect(mistakes(['name: control-2', 'name: control-1'])).toMatchInlineSnapshot(`
      "profile.yaml:26:11: error[name/duplicate]: two machines have the name control-1 [$.machines[3].name]
         26 |   - name: control-1
            |           ^^^^^^^^^
        hint: kubeadm joins a machine only under a unique name
        profile.yaml:22:11: first used here
        source: https://github.com/kubernetes/kubeadm/issues/1711
      "
    `)
  })
  it('reports a cluster name that is not a label', () => {
    expect(mistakes(['name: sample', 'name: My Cluster'])).toMatchInlineSnapshot(`
      "profile.yaml:2:7: error[name/not-a-label]: the name of the cluster My Cluster has uppercase letters [$.name]
          2 | name: My Cluster
            |       ^^^^^^^^^^
        hint: write my-cluster
        source: https://www.rfc-editor.org/rfc/rfc1123#section-2.1
      "
    `)
  })
  it('reports domains that are not DNS names', () => {
    expect(
      mistakes(
        ['  nameServers: [10.10.10.1]', '  nameServers: [10.10.10.1]\n  searchDomain: example..com'],
        ['  version: "1.36.4"', '  version: "1.36.4"\n  domain: Cluster.local'],
      ),
    ).toMatchInlineSnapshot(`
      "profile.yaml:11:17: error[name/not-a-domain]: "example..com" is not a domain name [$.network.searchDomain]
         11 |   searchDomain: example..com
            |                 ^^^^^^^^^^^^
        hint: write lowercase letters, digits and dashes, separated by dots, e.g. example.com
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
    [
      'worker-9.example.home',
      'example.home',
      'worker-9: the domain is network.searchDomain; for nodes with full names also write kubernetes.nodeNames: full',
    ],
    [
      'Worker-9.Example.Home',
      'example.home',
      'worker-9: the domain is network.searchDomain; for nodes with full names also write kubernetes.nodeNames: full',
    ],
    [
      'worker-9.example.home.',
      'example.home',
      'worker-9: the domain is network.searchDomain; for nodes with full names also write kubernetes.nodeNames: full',
    ],
    [
      'worker_9.example.home',
      'example.home',
      'worker-9: the domain is network.searchDomain; for nodes with full names also write kubernetes.nodeNames: full',
    ],
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

  it('reports localhost as a name', () => {
    expect(mistakes(['name: worker-1', 'name: localhost'])).toMatchInlineSnapshot(`
      "profile.yaml:34:11: error[name/taken]: every program resolves localhost to 127.0.0.1 [$.machines[5].name]
         34 |   - name: localhost
            |           ^^^^^^^^^
        hint: write another name, e.g. worker-1
        source: https://www.rfc-editor.org/rfc/rfc6761#section-6.3
      "
    `)
  })

  it("reports hakube's own names of virtual addresses", () => {
    expect(mistakes(['name: worker-1', 'name: sample-api'], ['name: balancer-1', 'name: sample-ingress']))
      .toMatchInlineSnapshot(`
        "profile.yaml:14:11: error[name/taken]: hakube gives the name sample-ingress to the virtual address of the ingress in /etc/hosts [$.machines[0].name]
           14 |   - name: sample-ingress
              |           ^^^^^^^^^^^^^^
          hint: write another name, e.g. load-balancer-1
          profile.yaml:42:14: the address is set here

        profile.yaml:34:11: error[name/taken]: hakube gives the name sample-api to the virtual address of the API in /etc/hosts [$.machines[5].name]
           34 |   - name: sample-api
              |           ^^^^^^^^^^
          hint: write another name, e.g. worker-1
          profile.yaml:40:14: the address is set here
        "
      `)
  })

  it('warns about the name of the API service', () => {
    expect(mistakes(['name: worker-1', 'name: kubernetes'])).toMatchInlineSnapshot(`
      "profile.yaml:34:11: warning[name/kubernetes]: in every cluster, kubernetes is the name of the API service and in its certificate [$.machines[5].name]
         34 |   - name: kubernetes
            |           ^^^^^^^^^^
        hint: write another name, e.g. worker-1; pods in the namespace default cannot reach the machine by this one
        source: https://kubernetes.io/docs/tasks/run-application/access-api-from-pod/
      "
    `)
  })

  it.each([
    ['localhost', 'every program resolves localhost to 127.0.0.1'],
    ['localhost4', 'every program resolves localhost4 to 127.0.0.1'],
    ['localhost6', 'every program resolves localhost6 to ::1'],
    ['ip6-localhost', 'every program resolves ip6-localhost to ::1'],
    ['ip6-loopback', 'every program resolves ip6-loopback to ::1'],
    ['ip6-allnodes', 'every program resolves ip6-allnodes to ff02::1'],
    ['"10"', 'programs parse the name 10 as an address'],
    ['"0x7f"', 'programs parse the name 0x7f as an address'],
    ['sample-api', 'hakube gives the name sample-api to the virtual address of the API in /etc/hosts'],
    ['kubernetes', 'in every cluster, kubernetes is the name of the API service and in its certificate'],
    // Free: the names are other ones, or of something that this profile does not have.
    ['localhost-1', null],
    ['localdomain', null],
    ['api', null],
    ['other-api', null],
    ['sample', null],
    ['node-10', null],
    ['10g-node', null],
    ['kubernetes-1', null],
  ])('a machine named %s: %s', (name, message) => {
    const { diagnostics } = parseProfile(replace(good, ['name: worker-1', `name: ${name}`]), 'profile.yaml')
    expect(diagnostics.map((each) => each.message)).toEqual(message === null ? [] : [message])
    expect(diagnostics.filter(({ hint }) => !hint?.includes('e.g. worker-1'))).toEqual([])
  })

  it("accepts the API's name in a cluster without load balancing", () => {
    const { diagnostics } = parseProfile(
      replace(
        good,
        ['name: worker-1', 'name: sample-api'],
        [
          `loadBalancing:
  api:
    address: 10.10.10.19
  ingress:
    address: 10.10.10.20
`,
          '',
        ],
      ),
      'profile.yaml',
    )
    expect(diagnostics.filter((each) => each.code.startsWith('name/'))).toEqual([])
  })

  it('reports the service domain as the domain of machines', () => {
    expect(
      mistakes(...domain('cluster.local')) +
        mistakes(...domain('rack.example.com'), [
          '  version: "1.36.4"',
          '  version: "1.36.4"\n  domain: example.com',
        ]),
    ).toMatchInlineSnapshot(`
      "profile.yaml:11:17: error[name/cluster-domain]: the search domain cluster.local is the domain of the cluster's services, in which pods cannot resolve machines [$.network.searchDomain]
         11 |   searchDomain: cluster.local
            |                 ^^^^^^^^^^^^^
        hint: write the domain of the machines, e.g. example.com, or change that of the services: kubernetes.domain: k8s.example.com
        source: https://github.com/coredns/coredns/tree/master/plugin/kubernetes
      profile.yaml:11:17: error[name/cluster-domain]: the search domain rack.example.com is in example.com, the domain of the cluster's services, in which pods cannot resolve machines [$.network.searchDomain]
         11 |   searchDomain: rack.example.com
            |                 ^^^^^^^^^^^^^^^^
        hint: write the domain of the machines, e.g. example.org, or change that of the services: kubernetes.domain: k8s.example.org
        profile.yaml:46:11: the services' domain is set here
        source: https://github.com/coredns/coredns/tree/master/plugin/kubernetes
      "
    `)
  })

  it.each([
    // search domain, service domain, name of a machine
    ['cluster.local', undefined, 'worker-1', 'name/cluster-domain'],
    ['rack.cluster.local', undefined, 'worker-1', 'name/cluster-domain'],
    ['local', undefined, 'cluster', 'name/cluster-domain'],
    ['example.com', 'example.com', 'worker-1', 'name/cluster-domain'],
    ['a.b.example.com', 'example.com', 'worker-1', 'name/cluster-domain'],
    ['localhost', undefined, 'worker-1', 'name/taken'],
    ['rack.localhost', undefined, 'worker-1', 'name/taken'],
    ['cluster.local', 'k8s.example.com', 'worker-1', null],
    ['example.com', 'k8s.example.com', 'worker-1', null],
    ['local', undefined, 'worker-1', null],
    ['localdomain', undefined, 'worker-1', null],
    ['mycluster.local', undefined, 'worker-1', null],
  ])('the search domain %s beside the domain %s, machine %s: %s', (search, services, name, code) => {
    const { diagnostics } = parseProfile(
      replace(
        good,
        ['name: worker-1', `name: ${name}`],
        ...domain(search),
        ...(services === undefined
          ? []
          : [['  version: "1.36.4"', `  version: "1.36.4"\n  domain: ${services}`] as [string, string]]),
      ),
      'profile.yaml',
    )
    expect(diagnostics.map((each) => each.code)).toEqual(code === null ? [] : [code])
  })
})

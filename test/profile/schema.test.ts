import { describe, expect, it } from 'vitest'
import { good, mistakes, mistakesIn, mistakesWith } from './mistakes.ts'

describe('keys', () => {
  it('reports an unknown key and suggests the one that was meant', () => {
    expect(mistakes(['  gateway:', '  gatway:'])).toMatchInlineSnapshot(`
      "profile.yaml:9:3: error[schema/unknown-key]: unknown key "gatway" [$.network.gatway]
          9 |   gatway: 10.10.10.1
            |   ^^^^^^
        hint: did you mean gateway?
      "
    `)
  })
  it('reports an unknown key and says where it belongs', () => {
    expect(mistakesWith('subnet: 10.0.0.0/8\n')).toMatchInlineSnapshot(`
      "profile.yaml:49:1: error[schema/unknown-key]: unknown key "subnet" [$.subnet]
         49 | subnet: 10.0.0.0/8
            | ^^^^^^
        hint: subnet belongs in network or network.subnets[]
      "
    `)
  })
  it('reports a missing list and what to write', () => {
    const text = good.replace(/^ {2}nameServers: .*\n/m, '')
    expect(text).not.toBe(good)
    expect(mistakesIn(text)).toMatchInlineSnapshot(`
      "profile.yaml:8:3: error[schema/missing-key]: the key nameServers is missing [$.network.nameServers]
          8 |   subnet: 10.10.10.0/24
            |   ^^^^^^^^^^^^^^^^^^^^^
        hint: write nameServers: ["10.10.10.1"] (DNS servers)
      "
    `)
  })
  it('reports an unknown key and lists the known ones if none is similar', () => {
    expect(mistakesWith('etcd:\n  replicas: 3\n')).toMatchInlineSnapshot(`
      "profile.yaml:50:3: error[schema/unknown-key]: unknown key "replicas" [$.etcd.replicas]
         50 |   replicas: 3
            |   ^^^^^^^^
        hint: allowed here: placement, clients, version, archive, arguments, volumes
      "
    `)
  })
  it('reports a missing key', () => {
    expect(mistakes(['    mac: 52:54:00:aa:bb:03\n', ''])).toMatchInlineSnapshot(`
      "profile.yaml:22:5: error[schema/missing-key]: the key mac is missing [$.machines[2].mac]
         22 |   - name: control-1
            |     ^^^^^^^^^^^^^^^
        hint: write mac: 52:54:00:aa:bb:01 (MAC address, or a list of them; any of them identifies the machine when it boots from the network. Only the interface of the first is configured)
      "
    `)
  })
  it('reports a missing key and its possible values', () => {
    expect(mistakes(['    role: worker\n', ''])).toMatchInlineSnapshot(`
      "profile.yaml:34:5: error[schema/missing-key]: the key role is missing [$.machines[5].role]
         34 |   - name: worker-1
            |     ^^^^^^^^^^^^^^
        hint: write role: load-balancer | control-plane | worker | etcd (Role of the machine)
      "
    `)
  })
  it('reports a missing key at the top', () => {
    expect(mistakes(['kubernetes:\n  version: "1.36.4"\n', ''])).toMatchInlineSnapshot(`
      "profile.yaml:1:1: error[schema/missing-key]: the key kubernetes is missing [$.kubernetes]
          1 | hakube: 1
            | ^^^^^^^^^
        hint: write kubernetes: and below it version
      "
    `)
  })
  it('reports that the version of the format is missing', () => {
    expect(mistakes(['hakube: 1\n', ''])).toMatchInlineSnapshot(`
      "profile.yaml:1:1: error[schema/missing-key]: the key hakube is missing [$.hakube]
          1 | name: sample
            | ^^^^^^^^^^^^
        hint: write hakube: 1 (Version of the profile format)
      "
    `)
  })
  it('reports a key without a value', () => {
    expect(mistakes(['  gateway: 10.10.10.1', '  gateway:'])).toMatchInlineSnapshot(`
      "profile.yaml:9:3: error[schema/no-value]: gateway has no value [$.network.gateway]
          9 |   gateway:
            |   ^^^^^^^
        hint: write gateway: 10.10.10.1 (Default route)
      "
    `)
  })
})

describe('types', () => {
  it('reports a version that YAML reads as a number', () => {
    expect(mistakes(['version: "1.36.4"', 'version: 1.30'])).toMatchInlineSnapshot(`
      "profile.yaml:44:12: error[kubernetes/malformed-version]: "1.30" is not a Kubernetes version [$.kubernetes.version]
         44 |   version: 1.30
            |            ^^^^
        hint: write the whole version: "1.30.14"
      "
    `)
  })
  it('reports a mode that YAML reads as a number', () => {
    expect(mistakesWith('files:\n  - path: /etc/motd\n    mode: 0644\n    content: hello\n'))
      .toMatchInlineSnapshot(`
        "profile.yaml:51:11: error[schema/wrong-type]: expected a string but YAML read the number 644 [$.files[0].mode]
           51 |     mode: 0644
              |           ^^^^
          hint: quote it: "0644"
        "
      `)
  })
  it('reports a MAC address that YAML reads as a number', () => {
    expect(mistakes(['52:54:00:aa:bb:03', '525400112233'])).toMatchInlineSnapshot(`
      "profile.yaml:24:10: error[schema/wrong-type]: expected a string or a list but YAML read the number 525400112233 [$.machines[2].mac]
         24 |     mac: 525400112233
            |          ^^^^^^^^^^^^
        hint: quote it: "525400112233"
      "
    `)
  })
  it('reports no and yes, which YAML reads as text', () => {
    expect(mistakesWith('firewall: no\n')).toMatchInlineSnapshot(`
      "profile.yaml:49:11: error[schema/wrong-type]: expected true or false, but in YAML 1.2 no is a string [$.firewall]
         49 | firewall: no
            |           ^^
        hint: write false
      "
    `)
  })
  it('reports a boolean where a text is expected', () => {
    expect(mistakes(['name: sample', 'name: true'])).toMatchInlineSnapshot(`
      "profile.yaml:2:7: error[schema/wrong-type]: expected a string but YAML read the boolean true [$.name]
          2 | name: true
            |       ^^^^
        hint: quote it: "true"
      "
    `)
  })
  it('reports a number in quotes', () => {
    expect(mistakes(['    address: 10.10.10.19', '    address: 10.10.10.19\n    port: "6443"']))
      .toMatchInlineSnapshot(`
        "profile.yaml:41:11: error[schema/wrong-type]: expected a whole number but found the string "6443" [$.loadBalancing.api.port]
           41 |     port: "6443"
              |           ^^^^^^
          hint: write it without quotes: 6443
        "
      `)
  })
  it('reports a fraction where an integer is expected', () => {
    expect(mistakes(['    address: 10.10.10.19', '    address: 10.10.10.19\n    port: 64.5']))
      .toMatchInlineSnapshot(`
        "profile.yaml:41:11: error[schema/wrong-type]: expected a whole number but found 64.5 [$.loadBalancing.api.port]
           41 |     port: 64.5
              |           ^^^^
        "
      `)
  })
  it('reports a number out of range', () => {
    expect(mistakes(['    address: 10.10.10.19', '    address: 10.10.10.19\n    port: 70000']))
      .toMatchInlineSnapshot(`
        "profile.yaml:41:11: error[schema/out-of-range]: 70000 is out of range for port [$.loadBalancing.api.port]
           41 |     port: 70000
              |           ^^^^^
          hint: write a number of at most 65535
        "
      `)
  })
  it('reports a text where a list is expected', () => {
    expect(mistakes(['[10.10.10.1]', '10.10.10.1'])).toMatchInlineSnapshot(`
      "profile.yaml:10:16: error[schema/wrong-type]: expected a list but found the string "10.10.10.1" [$.network.nameServers]
         10 |   nameServers: 10.10.10.1
            |                ^^^^^^^^^^
        hint: write each item on its own line, beginning with "- "
      "
    `)
  })
  it('reports a text where a mapping is expected', () => {
    expect(mistakes(['  name: rocky\n  version: "9"', '  rocky 9'])).toMatchInlineSnapshot(`
      "profile.yaml:5:3: error[schema/wrong-type]: expected a mapping but found the string "rocky 9" [$.distribution]
          5 |   rocky 9
            |   ^^^^^^^
        hint: write "key: value" lines, indented below the key; allowed here: name, version, install, images
      "
    `)
  })
  it('reports a mapping where a text is expected', () => {
    expect(mistakes(['name: sample', 'name: {cluster: sample}'])).toMatchInlineSnapshot(`
      "profile.yaml:2:7: error[schema/wrong-type]: expected a string but found a mapping [$.name]
          2 | name: {cluster: sample}
            |       ^^^^^^^^^^^^^^^^^
        hint: write the text after the colon; if it contains ": " or begins with {, [ or -, quote it
      "
    `)
  })
  it('reports a number in a list of MAC addresses', () => {
    expect(mistakes(['[52:54:00:aa:bb:06, ', '[525400112233, '])).toMatchInlineSnapshot(`
      "profile.yaml:36:11: error[schema/wrong-type]: expected a string but YAML read the number 525400112233 [$.machines[5].mac[0]]
         36 |     mac: [525400112233, 52:54:00:aa:cc:06]
            |           ^^^^^^^^^^^^
        hint: quote it: "525400112233"
      "
    `)
  })
  it('reports a value that is not one of the choices', () => {
    expect(mistakes(['role: worker', 'role: Worker'])).toMatchInlineSnapshot(`
      "profile.yaml:35:11: error[schema/unknown-value]: "Worker" is not a valid value of role [$.machines[5].role]
         35 |     role: Worker
            |           ^^^^^^
        hint: did you mean worker? allowed: load-balancer, control-plane, worker, etcd
      "
    `)
    expect(mistakes(['role: worker', 'role: master'])).toMatchInlineSnapshot(`
      "profile.yaml:35:11: error[schema/unknown-value]: "master" is not a valid value of role [$.machines[5].role]
         35 |     role: master
            |           ^^^^^^
        hint: allowed: load-balancer, control-plane, worker, etcd
      "
    `)
  })
  it('reports an empty list and an empty text', () => {
    expect(mistakes(['[10.10.10.1]', '[]'], ['name: sample', 'name: ""'])).toMatchInlineSnapshot(`
      "profile.yaml:2:7: error[schema/empty]: name is empty [$.name]
          2 | name: ""
            |       ^^
        hint: write a value, or remove the key if it is optional

      profile.yaml:10:16: error[schema/empty]: the list nameServers is empty [$.network.nameServers]
         10 |   nameServers: []
            |                ^^
        hint: write at least one item, or remove the key if it is optional
      "
    `)
  })
  it('never repeats a secret', () => {
    expect(mistakes(['  - name: ops\n', '  - name: ops\n    passwordHash: 12345678\n']))
      .toMatchInlineSnapshot(`
        "profile.yaml:47:19: error[users/password]: this is not a crypt(3) hash; if it is the password itself, it is compromised [$.users[0].passwordHash]
           47 |     passwordHash: ********
              |                   ^^^^^^^^
          hint: write the output of mkpasswd -m sha-512, in quotes
          source: crypt(5)
        "
      `)
  })
})

describe('all in one run', () => {
  it('reports the mistakes that rules find together with those of the schema', () => {
    expect(
      mistakes(
        ['  gateway:', '  gatway:'],
        ['10.10.10.14', '10.10.11.14'],
        ['aa:bb:05', 'aa:bb:04'],
        ['role: worker', 'rol: worker'],
        ['version: "9"', 'version: 9'],
      ),
    ).toMatchInlineSnapshot(`
      "profile.yaml:6:12: error[schema/wrong-type]: expected a string but YAML read the number 9 [$.distribution.version]
          6 |   version: 9
            |            ^
        hint: quote it: "9"

      profile.yaml:9:3: error[schema/unknown-key]: unknown key "gatway" [$.network.gatway]
          9 |   gatway: 10.10.10.1
            |   ^^^^^^
        hint: did you mean gateway?

      profile.yaml:29:14: error[address/outside-subnet]: 10.10.11.14 is not in the subnet 10.10.10.0/24 [$.machines[3].address]
         29 |     address: 10.10.11.14
            |              ^^^^^^^^^^^
        hint: write an address of 10.10.10.0/24, e.g. 10.10.10.17, or widen the subnet; the subnet of another rack belongs in network.subnets, an address in an additional network in addresses
        profile.yaml:8:11: the subnet is set here

      profile.yaml:32:10: error[mac/duplicate]: the MAC address 52:54:00:aa:bb:04 is used twice [$.machines[4].mac]
         32 |     mac: 52:54:00:aa:bb:04
            |          ^^^^^^^^^^^^^^^^^
        hint: every network interface has its own; see the label of the machine, or ip link
        profile.yaml:28:10: first used here, by control-2

      profile.yaml:35:5: error[schema/unknown-key]: unknown key "rol" [$.machines[5].rol]
         35 |     rol: worker
            |     ^^^
        hint: did you mean role?
      "
    `)
  })
  it('reports mistakes below a mistyped key at their own places', () => {
    expect(
      mistakes(
        ['network:', 'networks:'],
        ['  gateway: 10.10.10.1', '  gatway: 10.10.11.1'],
        ['machines:', 'machine:'],
        ['role: load-balancer', 'rol: load-balancer'],
        ['10.10.10.14', '10.10.11.14'],
        ['api:\n    address: 10.10.10.19', 'apis:\n    adress: 10.10.10.19\n    port: high'],
        ['users:', 'sysctl:\n  net.ipv4.tcp_tw_recycle: 1\nusers:'],
      ),
    ).toMatchInlineSnapshot(`
      "profile.yaml:7:1: error[schema/unknown-key]: unknown key "networks" [$.networks]
          7 | networks:
            | ^^^^^^^^
        hint: did you mean network?

      profile.yaml:9:3: error[schema/unknown-key]: unknown key "gatway" [$.networks.gatway]
          9 |   gatway: 10.10.11.1
            |   ^^^^^^
        hint: did you mean gateway?

      profile.yaml:9:11: error[address/outside-subnet]: 10.10.11.1 is not in the subnet 10.10.10.0/24 [$.networks.gatway]
          9 |   gatway: 10.10.11.1
            |           ^^^^^^^^^^
        hint: write an address of 10.10.10.0/24, e.g. 10.10.10.17, or widen the subnet
        profile.yaml:8:11: the subnet is set here

      profile.yaml:13:1: error[schema/unknown-key]: unknown key "machine" [$.machine]
         13 | machine:
            | ^^^^^^^
        hint: did you mean machines?

      profile.yaml:15:5: error[schema/unknown-key]: unknown key "rol" [$.machine[0].rol]
         15 |     rol: load-balancer
            |     ^^^
        hint: did you mean role?

      profile.yaml:29:14: error[address/outside-subnet]: 10.10.11.14 is not in the subnet 10.10.10.0/24 [$.machine[3].address]
         29 |     address: 10.10.11.14
            |              ^^^^^^^^^^^
        hint: write an address of 10.10.10.0/24, e.g. 10.10.10.17, or widen the subnet; the subnet of another rack belongs in network.subnets, an address in an additional network in addresses
        profile.yaml:8:11: the subnet is set here

      profile.yaml:39:3: error[schema/unknown-key]: unknown key "apis" [$.loadBalancing.apis]
         39 |   apis:
            |   ^^^^
        hint: did you mean api?

      profile.yaml:40:5: error[schema/unknown-key]: unknown key "adress" [$.loadBalancing.apis.adress]
         40 |     adress: 10.10.10.19
            |     ^^^^^^
        hint: did you mean address?

      profile.yaml:41:11: error[schema/wrong-type]: expected a whole number but found the string "high" [$.loadBalancing.apis.port]
         41 |     port: high
            |           ^^^^

      profile.yaml:46:1: error[schema/unknown-key]: unknown key "sysctl" [$.sysctl]
         46 | sysctl:
            | ^^^^^^
        hint: did you mean sysctls?

      profile.yaml:47:3: error[old-advice/tcp-tw-recycle]: net.ipv4.tcp_tw_recycle was removed in Linux 4.12, and broke NAT before that [$.sysctl["net.ipv4.tcp_tw_recycle"]]
         47 |   net.ipv4.tcp_tw_recycle: 1
            |   ^^^^^^^^^^^^^^^^^^^^^^^
        hint: remove it
        source: https://github.com/torvalds/linux/commit/4396e46187ca5070219b81773c4e65088dac50cc
      "
    `)
  })
  it('reports what does not depend on a role that is wrong', () => {
    expect(
      mistakes(
        ['role: worker', 'role: wroker'],
        ['role: load-balancer', 'role: loadbalancer'],
        ['role: load-balancer', 'role: loadbalancer'],
        ['loadBalancing:', 'loadBalancing:\n  virtualRouterId: 300'],
        ['kubernetes:', 'kubernetes:\n  initializes: balancer-1'],
      ),
    ).toMatchInlineSnapshot(`
      "profile.yaml:15:11: error[schema/unknown-value]: "loadbalancer" is not a valid value of role [$.machines[0].role]
         15 |     role: loadbalancer
            |           ^^^^^^^^^^^^
        hint: did you mean load-balancer? allowed: load-balancer, control-plane, worker, etcd

      profile.yaml:19:11: error[schema/unknown-value]: "loadbalancer" is not a valid value of role [$.machines[1].role]
         19 |     role: loadbalancer
            |           ^^^^^^^^^^^^
        hint: did you mean load-balancer? allowed: load-balancer, control-plane, worker, etcd

      profile.yaml:35:11: error[schema/unknown-value]: "wroker" is not a valid value of role [$.machines[5].role]
         35 |     role: wroker
            |           ^^^^^^
        hint: did you mean worker? allowed: load-balancer, control-plane, worker, etcd

      profile.yaml:39:20: error[load-balancing/virtual-router-id]: 300 is not a virtual router ID [$.loadBalancing.virtualRouterId]
         39 |   virtualRouterId: 300
            |                    ^^^
        hint: write a number from 1 to 255, or remove it to derive it from the cluster name
        source: https://www.rfc-editor.org/rfc/rfc5798#section-5.2.3
      "
    `)
  })
  it('reports a small file that is not a profile', () => {
    expect(mistakesIn('hakube: 1\nname: rack\n')).toMatchInlineSnapshot(`
      "profile.yaml:1:1: error[schema/missing-key]: the key server is missing [$.server]
          1 | hakube: 1
            | ^^^^^^^^^
        hint: write server: http://10.10.10.5:8080 (URL at which machines reach \`hakube serve\`. Use an IP address, because installers may not have DNS yet)

      profile.yaml:1:1: error[schema/missing-key]: the key distribution is missing [$.distribution]
          1 | hakube: 1
            | ^^^^^^^^^
        hint: write distribution: and below it name, version

      profile.yaml:1:1: error[schema/missing-key]: the key network is missing [$.network]
          1 | hakube: 1
            | ^^^^^^^^^
        hint: write network: and below it subnet, gateway, nameServers

      profile.yaml:1:1: error[schema/missing-key]: the key machines is missing [$.machines]
          1 | hakube: 1
            | ^^^^^^^^^
        hint: write machines: and below it a list of mappings with name, role, mac, address

      profile.yaml:1:1: error[schema/missing-key]: the key kubernetes is missing [$.kubernetes]
          1 | hakube: 1
            | ^^^^^^^^^
        hint: write kubernetes: and below it version

      profile.yaml:1:1: error[schema/missing-key]: the key users is missing [$.users]
          1 | hakube: 1
            | ^^^^^^^^^
        hint: write users: and below it a list of mappings with name
      "
    `)
  })
})

import { describe, expect, it } from 'vitest'
import { parseNodePorts, parsePorts } from '../../../src/profile/port-ranges.ts'
import { parseProfile } from '../../../src/profile/load.ts'
import { good, mistakes, mistakesWith } from '../mistakes.ts'

const found = (lines: string): string[] =>
  parseProfile(`${good}firewall:\n${lines}`, 'profile.yaml').diagnostics.map(
    ({ message, hint }) => `${message} | ${hint}`,
  )

describe('ports of the firewall', () => {
  it.each([
    '  ports: [7946/tcp, 7946/udp, 9100/tcp, 5000/sctp, 9100, 8000-8010/tcp]\n',
    '  ports:\n    - {name: metallb, protocol: udp, ports: 7946, sources: [10.10.10.0/24, "fd00::/64", 10.0.0.9], roles: [worker], machines: [control-1]}\n',
    '  ports: [{ports: [9100, 8000-8010, "9200"]}]\n',
    '  enabled: true\n',
    '  enabled: false\n',
    '  {}\n',
  ])('may be %s', (lines) => {
    expect(found(lines)).toEqual([])
  })

  it.each([
    ['7946/tpc', '"7946/tpc" is not a port with its protocol | write 7946/tcp'],
    ['udp/7946', '"udp/7946" is not a port with its protocol | write 7946/udp'],
    ['UDP:53', '"UDP:53" is not a port with its protocol | write 53/udp'],
    ['metallb', '"metallb" is not a port with its protocol | write PORT/PROTOCOL, e.g. 7946/udp'],
    [
      '70000/tcp',
      '"70000/tcp" is not a port or a port range | write a number from 1 to 65535, or a range: 7946/tcp',
    ],
    ['0/udp', '"0/udp" is not a port or a port range | write a number from 1 to 65535, or a range: 7946/udp'],
    ['9000-8000/tcp', '"9000-8000/tcp" is not a port or a port range | write 8000-9000/tcp'],
    ['8000:9000/tcp', '"8000:9000/tcp" is not a port or a port range | write 8000-9000/tcp'],
  ])('%s', (port, message) => {
    expect(found(`  ports: ["${port}"]\n`)).toEqual([message])
  })

  it.each([
    [
      'ports: 70000',
      '"70000" is not a port or a port range | write a number from 1 to 65535, or a range: 9100, or 8000-8010',
    ],
    ['ports: [9100, 20-10]', '"20-10" is not a port or a port range | write 10-20'],
    ['ports: 9100, name: Node Exporter', '"Node Exporter" is not a port name | write node-exporter'],
    [
      'ports: 9100, sources: [10.10.10.7/24]',
      '10.10.10.7/24 has bits set after the prefix: the network is 10.10.10.0/24 | write 10.10.10.0/24',
    ],
    [
      'ports: 9100, sources: [monitor.example.com]',
      '"monitor.example.com" is neither an address nor a network | write an address, or a network with its prefix length; firewalls do not resolve names',
    ],
    ['ports: 9100, machines: [worker-2]', 'there is no machine "worker-2" | did you mean worker-1?'],
    [
      'ports: 9100, roles: [workers]',
      '"workers" is not a valid value of this item | did you mean worker? allowed: load-balancer, control-plane, worker, etcd',
    ],
    ['ports: 9100, protocol: icmp', '"icmp" is not a valid value of protocol | allowed: tcp, udp, sctp'],
    ['port: 9100', 'unknown key "port" | did you mean ports?'],
    [
      'name: nothing',
      'the key ports is missing | write ports: 9100 (A port, a range (8000-8010), or a list of both)',
    ],
  ])('{%s}', (port, message) => {
    expect(found(`  ports: [{${port}}]\n`)).toEqual([message])
  })

  it('are reported without effect if the firewall is off', () => {
    expect(mistakesWith('firewall:\n  enabled: false\n  ports: [9100/tcp]\n')).toMatchInlineSnapshot(`
      "profile.yaml:51:3: warning[firewall/off]: the firewall is off, so all ports are open [$.firewall.ports]
         51 |   ports: [9100/tcp]
            |   ^^^^^
        hint: remove ports, or enabled: false
      "
    `)
  })

  it('are reported with a wrong type', () => {
    expect(mistakesWith('firewall:\n  port: [9100/tcp]\n')).toMatchInlineSnapshot(`
      "profile.yaml:50:3: error[schema/unknown-key]: unknown key "port" [$.firewall.port]
         50 |   port: [9100/tcp]
            |   ^^^^
        hint: did you mean ports?
      "
    `)
    expect(mistakesWith('firewall: [9100/tcp]\n')).toMatchInlineSnapshot(`
      "profile.yaml:49:11: error[schema/wrong-type]: expected true or false or a mapping but found a list [$.firewall]
         49 | firewall: [9100/tcp]
            |           ^^^^^^^^^^
      "
    `)
    expect(mistakesWith('firewall: off\n')).toMatchInlineSnapshot(`
      "profile.yaml:49:11: error[schema/wrong-type]: expected true or false, but in YAML 1.2 off is a string [$.firewall]
         49 | firewall: off
            |           ^^^
        hint: write false
      "
    `)
  })
})

describe('ranges', () => {
  it.each([
    ['1', { first: 1, last: 1 }],
    ['8000-8010', { first: 8000, last: 8010 }],
    ['0', null],
    ['65536', null],
    ['10-9', null],
    ['', null],
    ['a', null],
  ])('%s', (text, range) => {
    expect(parsePorts(text)).toEqual(range)
  })

  it.each([
    ['20000-22767', { first: 20_000, last: 22_767 }],
    ['30000+2767', { first: 30_000, last: 32_767 }],
    ['65000+2767', { first: 65_000, last: 65_535 }],
    [' 30000 - 30010 ', { first: 30_000, last: 30_010 }],
    ['30080', { first: 30_080, last: 30_080 }],
    ['', { first: 30_000, last: 32_767 }],
    ['0', { first: 30_000, last: 32_767 }],
    ['32767-30000', null],
    ['30000:32767', null],
    ['30000-70000', null],
    ['many', null],
  ])('may be node ports: %s', (text, range) => {
    expect(parseNodePorts(text)).toEqual(range)
  })

  it('are reported as node ports if they are invalid', () => {
    expect(
      mistakes([
        '  version: "1.36.4"\n',
        '  version: "1.36.4"\n  apiServerArguments:\n    service-node-port-range: 30000:32767\n',
      ]),
    ).toMatchInlineSnapshot(`
      "profile.yaml:46:30: error[arguments/conflict]: 30000:32767 is not a port range, so kube-apiserver would not start [$.kubernetes.apiServerArguments.service-node-port-range]
         46 |     service-node-port-range: 30000:32767
            |                              ^^^^^^^^^^^
        hint: write e.g. 30000-32767
      "
    `)
  })
})

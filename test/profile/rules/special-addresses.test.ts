import { describe, expect, it } from 'vitest'
import { good, mistakesIn, replace } from '../mistakes.ts'

const addresses = [
  '0.0.0.0',
  '127.0.0.1',
  '127.255.255.254',
  '224.0.0.1',
  '239.255.255.250',
  '240.0.0.1',
  '255.255.255.255',
  '10.10.10.0',
  '10.10.10.255',
]

/** Every place of the profile that takes the address of a host, by its name. */
const places: Readonly<Record<string, (address: string) => string>> = {
  gateway: (address) => replace(good, ['gateway: 10.10.10.1', `gateway: ${address}`]),
  'name server': (address) => replace(good, ['nameServers: [10.10.10.1]', `nameServers: [${address}]`]),
  'time server': (address) =>
    replace(good, ['nameServers: [10.10.10.1]', `nameServers: [10.10.10.1]\n  timeServers: [${address}]`]),
  server: (address) => replace(good, ['http://10.10.10.5:8080', `http://${address}:8080`]),
  machine: (address) => replace(good, ['address: 10.10.10.16', `address: ${address}`]),
  'virtual address of the API': (address) => replace(good, ['address: 10.10.10.19', `address: ${address}`]),
  'virtual address of the ingress': (address) =>
    replace(good, ['address: 10.10.10.20', `address: ${address}`]),
  'external load balancer': (address) =>
    replace(
      good,
      [
        'loadBalancing:\n  api:\n    address: 10.10.10.19\n  ingress:\n    address: 10.10.10.20',
        `loadBalancing:\n  placement: external\n  api:\n    address: ${address}`,
      ],
      [/ {2}- name: balancer-1[\s\S]*? {2}- name: control-1/.exec(good)?.[0] ?? '', '  - name: control-1'],
    ),
  'mirror of the distribution': (address) => `${good}mirrors: {distribution: "http://${address}/rocky"}\n`,
  'mirror of Kubernetes': (address) => `${good}mirrors: {kubernetes: "http://${address}/k8s"}\n`,
  'mirror of images': (address) => `${good}mirrors: {images: {docker.io: "http://${address}:5000"}}\n`,
  'certificate name': (address) =>
    replace(good, ['version: "1.36.4"\n', `version: "1.36.4"\n  certificateNames: ["${address}"]\n`]),
  'source of a port': (address) =>
    `${good}firewall: {ports: [{name: a, ports: 80, sources: ["${address}"]}]}\n`,
}

/** A mirror or a tunnel on the machine itself, and a source that is only odd. */
const allowed: Readonly<Record<string, readonly string[]>> = {
  'mirror of images': ['127.0.0.1', '127.255.255.254'],
  'certificate name': ['127.0.0.1', '127.255.255.254'],
  // A warning: the rack on one machine.
  server: ['127.0.0.1', '127.255.255.254'],
  'source of a port': ['10.10.10.0', '10.10.10.255'],
}

describe.each(Object.entries(places))('%s', (place, write) => {
  it.each(addresses)('cannot be %s, unless that is useful', (address) => {
    const errors = mistakesIn(write(address)).match(/error\[/g) ?? []
    expect(errors.length > 0).toBe(!(allowed[place] ?? []).includes(address))
  })
  it('can be the address of a host', () => {
    expect(mistakesIn(write('10.10.10.77'))).not.toContain('error[')
  })
})

describe('ports', () => {
  const ports: Readonly<Record<string, (port: string) => string>> = {
    server: (port) => replace(good, [':8080', `:${port}`]),
    'a mirror': (port) => `${good}mirrors: {distribution: "http://m.example.com:${port}/rocky"}\n`,
    'a mirror of images': (port) => `${good}mirrors: {images: {docker.io: "http://m.example.com:${port}"}}\n`,
    'the API': (port) => replace(good, ['address: 10.10.10.19', `address: 10.10.10.19\n    port: ${port}`]),
    'the firewall': (port) => `${good}firewall: {ports: [${port}]}\n`,
    'a range of the firewall': (port) => `${good}firewall: {ports: [{name: a, ports: "${port}-65000"}]}\n`,
    'the metrics of kube-proxy': (port) =>
      replace(good, [
        'version: "1.36.4"\n',
        `version: "1.36.4"\n  kubeProxyConfiguration: {metricsBindAddress: "0.0.0.0:${port}"}\n`,
      ]),
    'the kubelet': (port) => `${good}kubeletArguments: {port: "${port}"}\n`,
  }
  it.each(Object.entries(ports))('of %s are from 1 to 65535', (_, write) => {
    for (const port of ['0', '65536', '99999']) expect(mistakesIn(write(port))).toContain('error[')
    expect(mistakesIn(write('9100'))).not.toContain('error[')
  })
})

const inNetwork = (network: string): string =>
  mistakesIn(replace(good, ['subnet: 10.10.10.0/24', `subnet: ${network}`]))

it('machines must be in a network of addresses that hosts can have', () => {
  for (const network of ['224.0.0.0/24', '127.0.0.0/24', '169.254.0.0/16', '240.0.0.0/24', '0.0.0.0/24'])
    expect(inNetwork(network)).toContain(
      `error[network/reserved]: machines cannot have addresses of ${network}`,
    )
})

it('a time server cannot be the machine itself by name', () => {
  expect(
    mistakesIn(
      replace(good, ['nameServers: [10.10.10.1]', 'nameServers: [10.10.10.1]\n  timeServers: [localhost]']),
    ),
  ).toMatchInlineSnapshot(`
    "profile.yaml:11:17: error[address/reserved]: the time server localhost is each machine itself, so machines cannot query it [$.network.timeServers[0]]
       11 |   timeServers: [localhost]
          |                 ^^^^^^^^^
      hint: write the address of the time server
      source: https://www.rfc-editor.org/rfc/rfc6761#section-6.3
    "
  `)
})

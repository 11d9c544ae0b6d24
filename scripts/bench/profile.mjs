// A profile of any size: two load balancers, three control planes, the rest workers.

const hex = (value) => value.toString(16).padStart(2, '0')
const mac = (index) =>
  ['52', '54', '00', hex((index >> 16) & 255), hex((index >> 8) & 255), hex(index & 255)].join(':')
const address = (index) =>
  `10.${20 + Math.floor((index + 10) / 65_536)}.${((index + 10) >> 8) & 255}.${(index + 10) & 255}`

const roleOf = (index) => (index < 2 ? 'load-balancer' : index < 5 ? 'control-plane' : 'worker')

/** YAML text of a cluster of `count` machines on Rocky 9. */
export function profileOf(count) {
  const machines = Array.from(
    { length: count },
    (_, index) =>
      `  - { name: machine-${index + 1}, role: ${roleOf(index)}, mac: "${mac(index + 1)}", address: ${address(index + 100)} }`,
  )
  return `hakube: 1
name: bench
server: http://10.20.0.5:8080
distribution: { name: rocky, version: "9" }
network:
  subnet: 10.20.0.0/16
  gateway: 10.20.0.1
  nameServers: [10.20.0.1]
  timeServers: [10.20.0.1]
hardware: { disk: /dev/sda }
loadBalancing:
  api: { address: 10.20.0.19 }
  ingress: { address: 10.20.0.20 }
  sourceAddress: 10.20.0.21
kubernetes: { version: "1.35.0", podNetwork: 10.128.0.0/9 , serviceNetwork: 10.96.0.0/16 }
users:
  - name: ops
    sshKeys: ["ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJm3cJXmOB2JTnH8Ih0yLFPHqIHPGvB4Nd5Fxn3Wc2aF ops@example"]
machines:
${machines.join('\n')}
`
}

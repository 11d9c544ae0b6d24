/**
 * A profile of three control planes and many workers, which are spread evenly over subnets.
 *
 * @param subnets at most 200
 */
export const largeProfile = (workers: number, subnets: number): string => `hakube: 1
name: large
server: http://10.1.0.5:8080
distribution: {name: debian, version: "13"}
network:
  subnet: 10.1.0.0/24
  gateway: 10.1.0.1
  nameServers: [10.1.0.1]
  subnets:
${count(subnets, (index) => `    - {subnet: 10.2.${index}.0/24, gateway: 10.2.${index}.1}`)}
hardware: {disk: /dev/sda}
machines:
${count(3, (index) => `  - {name: control-${index + 1}, role: control-plane, mac: "52:54:00:00:01:1${index}", address: 10.1.0.1${index}}`)}
${count(workers, (index) => `  - {name: worker-${index + 1}, role: worker, mac: "52:54:00:01:${hexadecimal(index >> 8)}:${hexadecimal(index & 255)}", address: 10.2.${index % subnets}.${10 + Math.floor(index / subnets)}}`)}
loadBalancing: {api: {address: 10.1.0.9}}
kubernetes: {version: "1.36.4", podNetwork: 10.244.0.0/14}
networkPlugin: {name: other}
users: [{name: ops, sshKeys: ["ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAINtODLLcxnxUAPxj6q1T6K2l46ecNNiL1HXgI/4LlunW ops@example.com"]}]
`

const count = (number: number, line: (index: number) => string): string =>
  Array.from({ length: number }, (_, index) => line(index)).join('\n')

const hexadecimal = (number: number): string => number.toString(16).padStart(2, '0')

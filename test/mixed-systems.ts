import * as fc from 'fast-check'
import { parse } from 'yaml'
import type { Cluster } from '../src/cluster/cluster.ts'
import { resolve } from '../src/cluster/resolve.ts'
import { distributions } from '../src/distributions/index.ts'
import { Profile } from '../src/profile/schema.ts'
import { testSecrets } from './example.ts'

/** Debian before Rocky Linux, with Ubuntu behind; one load balancer has the older release, and one worker another architecture. */
export const mixedProfile = `hakube: 1
name: mixed
server: http://10.10.10.5:8080
distribution: {name: rocky, version: "9"}
network:
  subnet: 10.10.10.0/24
  gateway: 10.10.10.1
  nameServers: [10.10.10.1]
hardware: {disk: /dev/sda}
roles:
  load-balancer:
    distribution: {name: debian, version: "13"}
  worker:
    distribution: {name: ubuntu, version: "24.04"}
machines:
  - {name: balancer-1, role: load-balancer, mac: "52:54:00:aa:bb:01", address: 10.10.10.11}
  - {name: balancer-2, role: load-balancer, mac: "52:54:00:aa:bb:02", address: 10.10.10.12, distribution: {version: "12"}}
  - {name: control-1, role: control-plane, mac: "52:54:00:aa:bb:03", address: 10.10.10.21}
  - {name: control-2, role: control-plane, mac: "52:54:00:aa:bb:04", address: 10.10.10.22}
  - {name: control-3, role: control-plane, mac: "52:54:00:aa:bb:05", address: 10.10.10.23}
  - {name: worker-1, role: worker, mac: "52:54:00:aa:bb:06", address: 10.10.10.31}
  - {name: worker-2, role: worker, mac: "52:54:00:aa:bb:07", address: 10.10.10.32, architecture: arm64}
loadBalancing:
  api: {address: 10.10.10.10}
  sourceAddress: 10.10.10.9
kubernetes: {version: "1.36.4"}
networkPlugin: {name: other}
users:
  - {name: ops, sshKeys: ["ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAINtODLLcxnxUAPxj6q1T6K2l46ecNNiL1HXgI/4LlunW ops@example.com"]}
`

export const clusterFrom = (text: string): Cluster =>
  resolve(Profile.parse(parse(text)), new Map(), testSecrets)

const releases = distributions.filter(({ mirror }) => mirror !== null)

/** A block as it stands below the profile, a role or a machine. */
const anySystem = fc.constantFrom(...releases).chain(({ name, version, installs }) =>
  fc.constantFrom(undefined, ...installs).map((install) => {
    const asset = `{path: ${name}-${version}.raw.zst, sha256: ${'ab'.repeat(32)}}`
    const images = install === 'image' ? `, images: {amd64: ${asset}, arm64: ${asset}}` : ''
    const rest = install === undefined ? '' : `, install: ${install}${images}`
    return `{name: ${name}, version: "${version}"${rest}}`
  }),
)
const role = (name: string, system: string | null): string =>
  system === null ? '' : `  ${name}: {distribution: ${system}}\n`

const maybe = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: null, freq: 2 })

/** The mixed profile with other systems for all, for roles and for machines, and other architectures and settings. */
export const anyMixedProfile = fc
  .record({
    all: anySystem,
    balancers: maybe(anySystem),
    controlPlanes: maybe(anySystem),
    workers: maybe(anySystem),
    machines: fc.array(maybe(anySystem), { minLength: 7, maxLength: 7 }),
    arm: fc.array(fc.boolean(), { minLength: 7, maxLength: 7 }),
    version: fc.constantFrom('1.20.2', '1.26.15', '1.30.14', '1.34.8', '1.36.4'),
    runtime: fc.constantFrom(
      '',
      'containerRuntime: {packages: distribution}\n',
      'containerRuntime: {name: cri-o}\n',
    ),
  })
  .map(({ all, balancers, controlPlanes, workers, machines, arm, version, runtime }) => {
    const ofRoles =
      role('load-balancer', balancers) + role('control-plane', controlPlanes) + role('worker', workers)
    let index = -1
    return mixedProfile
      .replace(/^distribution: .*$/m, `distribution: ${all}`)
      .replace(/^roles:\n(?: .*\n)+/m, ofRoles === '' ? '' : `roles:\n${ofRoles}`)
      .replaceAll(
        /^ {2}- \{(name: (?:balancer|control|worker)-.*?address: [\d.]+).*\}$/gm,
        (_, kept: string) => {
          index++
          const system = machines[index] ? `, distribution: ${machines[index]}` : ''
          return `  - {${kept}${arm[index] ? ', architecture: arm64' : ''}${system}}`
        },
      )
      .replace('1.36.4', version)
      .concat(runtime)
  })

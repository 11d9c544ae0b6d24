import { printDiagnostics } from '../../src/diagnostics/print.ts'
import { parseProfile } from '../../src/profile/load.ts'
import type { LoadedProfile } from '../../src/profile/load.ts'

/** A profile without a mistake; tests put one in. */
export const good = `hakube: 1
name: sample
server: http://10.10.10.5:8080
distribution:
  name: rocky
  version: "9"
network:
  subnet: 10.10.10.0/24
  gateway: 10.10.10.1
  nameServers: [10.10.10.1]
hardware:
  disk: /dev/sda
machines:
  - name: balancer-1
    role: load-balancer
    mac: 52:54:00:aa:bb:01
    address: 10.10.10.11
  - name: balancer-2
    role: load-balancer
    mac: 52:54:00:aa:bb:02
    address: 10.10.10.12
  - name: control-1
    role: control-plane
    mac: 52:54:00:aa:bb:03
    address: 10.10.10.13
  - name: control-2
    role: control-plane
    mac: 52:54:00:aa:bb:04
    address: 10.10.10.14
  - name: control-3
    role: control-plane
    mac: 52:54:00:aa:bb:05
    address: 10.10.10.15
  - name: worker-1
    role: worker
    mac: [52:54:00:aa:bb:06, 52:54:00:aa:cc:06]
    address: 10.10.10.16
loadBalancing:
  api:
    address: 10.10.10.19
  ingress:
    address: 10.10.10.20
kubernetes:
  version: "1.36.4"
users:
  - name: ops
    sshKeys:
      - ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAINtODLLcxnxUAPxj6q1T6K2l46ecNNiL1HXgI/4LlunW ops@example.com
`

/** Puts a mistake in; a text that is not there is a mistake of the test. */
export function replace(text: string, ...changes: [from: string, to: string][]): string {
  return changes.reduce((before, [from, to]) => {
    if (!before.includes(from)) throw new Error(`not in the profile: ${from}`)
    return before.replace(from, () => to)
  }, text)
}

/** All that a person sees. */
export const printed = (loaded: LoadedProfile): string =>
  printDiagnostics(
    loaded.diagnostics.map((diagnostic) => ({ diagnostic, loaded })),
    'text',
  )

/** What a person sees when the good profile has these changes. */
export const mistakes = (...changes: [from: string, to: string][]): string =>
  printed(parseProfile(replace(good, ...changes), 'profile.yaml'))

/** What a person sees when the good profile has these lines at its end. */
export const mistakesWith = (lines: string, sources?: ReadonlyMap<string, string>): string =>
  printed(parseProfile(good + lines, 'profile.yaml', sources))

export const mistakesIn = (text: string): string => printed(parseProfile(text, 'profile.yaml'))

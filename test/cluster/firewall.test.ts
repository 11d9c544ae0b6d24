import { expect, it } from 'vitest'
import { changedCluster } from '../components/host.ts'

it('a port in its short form has the protocol after its slash', () => {
  const cluster = changedCluster((profile) => {
    profile.firewall = { ports: ['7946/tcp', '7946/udp', '5000-5010/sctp'] }
  })
  expect(
    cluster.openPorts.map(({ protocol, port, lastPort, roles, machines }) => ({
      protocol,
      port,
      lastPort,
      roles,
      machines,
    })),
  ).toEqual([
    { protocol: 'tcp', port: 7946, lastPort: 7946, roles: null, machines: [] },
    { protocol: 'udp', port: 7946, lastPort: 7946, roles: null, machines: [] },
    { protocol: 'sctp', port: 5000, lastPort: 5010, roles: null, machines: [] },
  ])
})

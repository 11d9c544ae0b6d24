import { expect, it } from 'vitest'
import type { Profile } from '../../src/profile/schema.ts'
import { assembleHost, changedCluster, fileText } from './host.ts'

const serverLines = (timeServers?: Profile['network']['timeServers']) => {
  const cluster = changedCluster((profile) => {
    if (timeServers) profile.network.timeServers = timeServers
    else delete profile.network.timeServers
  })
  const text = fileText(assembleHost(cluster), '/etc/chrony.conf')
  return text.split('\n').filter((line) => /^(?:server|pool) /.test(line))
}

it.each([
  [
    ['10.10.10.1', 'ntp.example.com'],
    ['server 10.10.10.1 iburst', 'server ntp.example.com iburst'],
  ],
  [
    [
      '10.10.10.1',
      { server: 'ntp1.example.com', prefer: true, minPoll: 4, maxPoll: 6 },
      { pool: 'pool.ntp.org', maxSources: 3, iburst: false },
    ],
    [
      'server 10.10.10.1 iburst',
      'server ntp1.example.com iburst minpoll 4 maxpoll 6 prefer',
      'pool pool.ntp.org maxsources 3',
    ],
  ],
  [undefined, ['pool 2.rocky.pool.ntp.org iburst']],
])('uses the time sources %j', (servers, lines) => {
  expect(serverLines(servers)).toEqual(lines)
})

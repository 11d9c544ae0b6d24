import { expect, it } from 'vitest'
import { assembleHost, changedCluster, fileText } from './host.ts'

const serverLines = (timeServers?: string[]) => {
  const cluster = changedCluster((profile) => {
    if (timeServers) profile.network.timeServers = timeServers
    else delete profile.network.timeServers
  })
  const text = fileText(assembleHost(cluster), '/etc/chrony.conf')
  return text.split('\n').filter((line) => line.endsWith('iburst'))
}

it.each([
  [
    ['10.10.10.1', 'ntp.example.com'],
    ['server 10.10.10.1 iburst', 'server ntp.example.com iburst'],
  ],
  [undefined, ['pool 2.rocky.pool.ntp.org iburst']],
])('asks %j', (servers, lines) => {
  expect(serverLines(servers)).toEqual(lines)
})

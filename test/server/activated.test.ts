import { expect, it } from 'vitest'
import { Refusal } from '../../src/diagnostics/refusal.ts'
import { activatedSockets } from '../../src/server/activated.ts'

const none = { http: null, tls: null }

const read = (LISTEN_FDS?: string, LISTEN_FDNAMES?: string, LISTEN_PID = '7') =>
  activatedSockets({ LISTEN_PID, LISTEN_FDS, LISTEN_FDNAMES }, 7)

const refused = (names?: string) => {
  try {
    activatedSockets({ LISTEN_PID: '7', LISTEN_FDS: '2', LISTEN_FDNAMES: names }, 7)
    return null
  } catch (fault) {
    return fault instanceof Refusal ? fault.diagnostics[0]?.message : fault
  }
}

it('sockets of systemd are distinguished by name, and a single one is for HTTP', () => {
  expect(read()).toEqual(none)
  expect(read('0')).toEqual(none)
  expect(read('x')).toEqual(none)
  expect(read('1', 'http', '8')).toEqual(none)
  expect(read('1')).toEqual({ http: 3, tls: null })
  expect(read('1', 'rack.socket')).toEqual({ http: 3, tls: null })
  expect(read('1', 'tls')).toEqual({ http: null, tls: 3 })
  expect(read('2', 'tls:http')).toEqual({ http: 4, tls: 3 })
})

it('sockets without known names are refused', () => {
  expect(refused('http:x')).toBe('systemd hands over sockets that hakube cannot use: one has the name "x"')
  expect(refused()).toBe('systemd hands over sockets that hakube cannot use: one has the name ""')
  expect(refused('http:http')).toBe(
    'systemd hands over sockets that hakube cannot use: two have the name http',
  )
})

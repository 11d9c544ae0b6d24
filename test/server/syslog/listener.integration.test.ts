import { execFileSync } from 'node:child_process'
import { expect, it, onTestFinished } from 'vitest'
import { createHeard, strangerKey } from '../../../src/server/syslog/heard.ts'
import { listenSyslog } from '../../../src/server/syslog/listener.ts'
import { until } from '../../support/processes.ts'

/* logger(1) of util-linux, by each of its protocols. */

it.each(['127.0.0.1', '[::1]'])(
  'receives messages of logger on %s over UDP and TCP, in both formats',
  async (host) => {
    const heard = createHeard()
    const listener = await listenSyslog(heard, `${host}:0`)
    onTestFinished(() => listener.close())
    const address = host.replaceAll(/[[\]]/g, '')
    const ways = [
      ['--udp', '--rfc3164'],
      ['--udp', '--rfc5424'],
      ['--tcp', '--rfc3164'],
      ['--tcp', '--rfc5424'],
      ['--tcp', '--rfc5424', '--octet-count'],
    ]
    for (const [at, words] of ways.entries())
      execFileSync('logger', [
        ...words,
        '--server',
        address,
        '--port',
        String(listener.port),
        '--priority',
        'user.err',
        '--tag',
        'step',
        `message ${at}: kubeadm join --token abcdef.0123456789abcdef`,
      ])
    const lines = await until(
      'all are heard',
      120,
      () => {
        const own = heard.timeline.of(strangerKey(address))
        return own.length >= ways.length ? own : null
      },
      () => JSON.stringify(heard.timeline.of(strangerKey(address))),
    )
    const shown = lines.map(({ severity, program, text }) => `${severity} ${program} ${text}`)
    expect(shown.toSorted()).toEqual(
      ways.map((_, at) => `error step message ${at}: kubeadm join --token ********`),
    )
  },
)

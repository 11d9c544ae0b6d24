import { writeFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { action } from '../../src/commands/wait/action.ts'
import { announce, tokenFile } from '../../src/server/operator.ts'
import { macs } from '../site/files.ts'
import { operate, operatorsToken, post, tokenOf } from '../server/operated.ts'
import { ask } from '../server/serve.ts'
import { until } from '../support/processes.ts'
import { context } from './context.ts'

/** `hakube wait` beside a real server. */
async function waiting(words: readonly string[], timeout: string) {
  const operated = await operate({}, true, undefined, { now: () => new Date() })
  await announce(operated.directory, `http://127.0.0.1:${operated.port}`)
  writeFileSync(tokenFile(operated.directory), `${operatorsToken}\n`, { mode: 0o600 })
  const options = { state: operated.directory, for: 'ready', timeout }
  const outside = context(['profile.yaml', ...words], options, 'wait')
  return { ...operated, ...outside, ended: action(outside.context) }
}

it('hakube wait prints at once what it waits for, and then what changes', async () => {
  const { port, ended, stdout, stderr } = await waiting(['lb1'], '5m')
  expect(stderr()).toBe('hakube: waiting for lb1 to be ready, for at most 5m\n')
  const told = (line: string) => until(line, 60, () => stderr().endsWith(`${line}\n`) || null, stderr)
  await told('hakube: 0 of 1 ready; others: 1 idle')
  await post(port, '/api/v1/arm', '{"machines":"all"}')
  await told('hakube: 0 of 1 ready; others: 1 armed')
  await ask(port, `/ipxe/${macs.one}`)
  await ask(port, `/kickstart/${macs.one}.ks`)
  await told('hakube: 0 of 1 ready; others: 1 installing')
  await post(port, `/api/v1/machines/${macs.one}/report`, '{"state":"ready"}', tokenOf('lb1'))
  expect([await ended, stdout()]).toEqual([0, 'ready: 1 machine\n'])
})

it('hakube wait prints at its timeout which machines are missing', async () => {
  const { ended, stdout, stderr } = await waiting([], '1s')
  expect([await ended, stdout()]).toEqual([3, ''])
  expect(stderr()).toMatch(
    /^hakube: waiting for all machines to be ready, for at most 1s\nhakube: 0 of (\d) ready; others: \1 idle\n(?:hakube: \S+ is idle: no report yet\n)+$/,
  )
})

import { connect, type Socket } from 'node:net'
import { expect, it, onTestFinished } from 'vitest'
import { createHeard, type Heard, strangerKey } from '../../../src/server/syslog/heard.ts'
import { listenSyslog, mostOfOne } from '../../../src/server/syslog/listener.ts'
import { until } from '../../support/processes.ts'

/** A connection that is open, and whether it was ended since. */
async function open(port: number, localAddress: string): Promise<{ socket: Socket; isOver: () => boolean }> {
  let over = false
  const socket = connect({ host: '127.0.0.1', port, localAddress })
  onTestFinished(() => void socket.destroy())
  socket.on('error', () => {})
  socket.once('close', () => (over = true))
  socket.resume()
  await new Promise((resolve) => socket.once('connect', resolve).once('close', resolve))
  return { socket, isOver: () => over }
}

async function listening(take?: (from: string, bytes: number) => number) {
  const heard = createHeard()
  const listener = await listenSyslog(heard, '127.0.0.1:0', take)
  onTestFinished(() => listener.close())
  return { heard, port: listener.port }
}

const texts = (heard: Heard, from: string): string[] =>
  heard.timeline.of(strangerKey(from)).map(({ text }) => text)

const untilSaid = (heard: Heard, from: string, wanted: readonly string[]): Promise<true> =>
  until(
    `${from} said ${wanted.join(', ')}`,
    20,
    () => (texts(heard, from).join() === wanted.join() ? true : null),
    () => texts(heard, from).join(),
  )

it('one address has at most 256 connections, regains a place at the end of one, and takes none from others', async () => {
  const { heard, port } = await listening()
  const own = []
  for (let turn = 0; turn < mostOfOne; turn++) own.push(await open(port, '127.0.0.8'))
  expect(own.filter(({ isOver }) => isOver())).toEqual([])
  const refused = await open(port, '127.0.0.8')
  await until('one more is refused', 20, () => (refused.isOver() ? true : null))
  const other = await open(port, '127.0.0.9')
  other.socket.write('<13>x: there is a place for me\n')
  await untilSaid(heard, '127.0.0.9', ['there is a place for me'])
  expect(own.filter(({ isOver }) => isOver())).toEqual([])
  own[0]?.socket.destroy()
  await until('the place is free', 20, async () => {
    const next = await open(port, '127.0.0.8')
    next.socket.write('<13>x: again\n')
    await new Promise((resolve) => setTimeout(resolve, 50))
    return texts(heard, '127.0.0.8').includes('again') ? true : null
  })
})

it('a sender that has sent too much has to wait, and loses nothing; others are received meanwhile', async () => {
  let wait = 3_600_000
  const taken: [string, number][] = []
  const { heard, port } = await listening((from, bytes) => {
    taken.push([from, bytes])
    return from === '127.0.0.8' ? wait : 0
  })
  const greedy = await open(port, '127.0.0.8')
  greedy.socket.write('<13>x: one\n')
  await untilSaid(heard, '127.0.0.8', ['one'])
  greedy.socket.write('<13>x: two\n')
  const other = await open(port, '127.0.0.9')
  other.socket.write('<13>x: three\n')
  await untilSaid(heard, '127.0.0.9', ['three'])
  expect(texts(heard, '127.0.0.8')).toEqual(['one'])
  expect(taken).toEqual([
    ['127.0.0.8', 11],
    ['127.0.0.9', 13],
  ])
  wait = 1
  const patient = await open(port, '127.0.0.8')
  patient.socket.write('<13>x: four\n')
  await untilSaid(heard, '127.0.0.8', ['one', 'four'])
  patient.socket.write('<13>x: five\n')
  await untilSaid(heard, '127.0.0.8', ['one', 'four', 'five'])
})

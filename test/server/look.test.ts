import { describe, expect, it } from 'vitest'
import { operate, post, type Operated } from './operated.ts'
import { ask } from './serve.ts'
import { macs } from '../site/files.ts'

const found = 'sda2: data of etcd'
const body = (text: string): string => JSON.stringify({ found: text })
const look = async ({ port }: Operated, text: string): Promise<{ status: number; body: string }> => {
  const { status, body: said } = await post(port, `/api/v1/machines/${macs.one}/look`, body(text), null)
  return { status, body: said }
}
const arm = ({ port }: Operated, more: object = {}) =>
  post(port, '/api/v1/arm', JSON.stringify({ machines: ['lb1'], ...more }))
const begin = ({ port }: Operated) => ask(port, `/kickstart/${macs.one}.ks`)
const armedAt = '2026-11-21T12:00:00.000Z'

describe('an installer that asks whether it may erase', () => {
  it('may if there is no living system on its disks, or if the machine was armed with wipe', async () => {
    const rack = await operate()
    await arm(rack)
    await begin(rack)
    expect(await look(rack, '')).toEqual({ status: 200, body: `erase ${armedAt}\n` })
    expect(await look(rack, found)).toEqual({
      status: 200,
      body: `keep ${armedAt} it was armed without --wipe\n`,
    })
    rack.clock.pass(1)
    await arm(rack, { wipe: true })
    await begin(rack)
    expect(await look(rack, found)).toEqual({ status: 200, body: 'erase 2026-11-21T12:01:00.000Z\n' })
  })

  it('is told to restart when the machine is not being installed', async () => {
    const rack = await operate()
    expect(await look(rack, '')).toEqual({ status: 200, body: 'restart - it is not armed\n' })
    await arm(rack, { wipe: true })
    expect(await look(rack, found)).toEqual({ status: 200, body: `restart ${armedAt} it was armed again\n` })
  })

  it('is recorded before it is answered, once', async () => {
    const rack = await operate()
    await arm(rack)
    await begin(rack)
    for (let time = 0; time < 5; time += 1) await look(rack, found)
    await look(rack, '')
    const about = { type: 'looked', time: armedAt, mac: macs.one, name: 'lb1', from: '127.0.0.1' }
    expect(rack.keeper.history(macs.one).slice(2)).toEqual([
      { ...about, found, answer: 'keep' },
      { ...about, found: '', answer: 'erase' },
    ])
  })

  it('may not erase if that cannot be recorded', async () => {
    let full = false
    const rack = await operate({
      wrap: (file) => ({
        write: (...words) => {
          if (full) throw Object.assign(new Error('full'), { code: 'ENOSPC', errno: -28, syscall: 'write' })
          return file.write(...words)
        },
        datasync: () => file.datasync(),
        truncate: (length) => file.truncate(length),
        close: () => file.close(),
      }),
    })
    await arm(rack, { wipe: true })
    await begin(rack)
    full = true
    expect(await look(rack, found)).toMatchObject({ status: 503 })
  })

  it('is not trusted, because anyone may send what was found', async () => {
    const rack = await operate()
    await arm(rack)
    await begin(rack)
    await look(rack, 'sda\u001b[2J\n<b>')
    expect(rack.keeper.machine({ mac: macs.one, name: 'lb1' }).found).toBe('sda?[2J?<b>')
    const path = `/api/v1/machines/${macs.one}/look`
    expect(await post(rack.port, path, body('x'.repeat(501)), null)).toMatchObject({ status: 400 })
    expect(await post(rack.port, path, '{', null)).toMatchObject({ status: 400 })
    expect(await post(rack.port, path, body('x'.repeat(5000)), null)).toMatchObject({ status: 413 })
    expect(await post(rack.port, '/api/v1/machines/52-54-00-ff-ff-ff/look', body(''), null)).toMatchObject({
      status: 404,
    })
    expect((await ask(rack.port, path)).status).toBe(405)
    for (let time = 0; time < 30; time += 1) await look(rack, '')
    expect(await look(rack, '')).toMatchObject({ status: 429 })
  })

  it('never lets anyone permit what only the operator may', async () => {
    const rack = await operate()
    await arm(rack)
    await begin(rack)
    // A stranger looks first, and finds nothing.
    await look(rack, '')
    expect((await look(rack, found)).body).toMatch(/^keep /)
  })
})

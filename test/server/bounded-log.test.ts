import { Writable } from 'node:stream'
import { describe, expect, it } from 'vitest'
import { boundedLog } from '../../src/server/bounded-log.ts'

/** A pipe whose reader reads when it is told to. */
function pipe() {
  const read: string[] = []
  let go: (() => void) | null = null
  let isStuck = true
  const stream = new Writable({
    decodeStrings: false,
    write(text: string, _encoding, done) {
      read.push(text)
      if (isStuck) go = done
      else done()
    },
  })
  return {
    read,
    target: { stream, write: (text: string) => void stream.write(text) },
    drain: () => {
      isStuck = false
      go?.()
    },
    stick: () => (isStuck = true),
  }
}

const tell = (dropped: number): string => `${dropped} dropped`
const turn = (): Promise<void> =>
  new Promise((resolve) => {
    setImmediate(resolve)
  })

describe('a log that nobody reads', () => {
  it('uses no more memory than its limit, and reports once what is missing', async () => {
    const { read, target, drain, stick } = pipe()
    const log = boundedLog(target, tell, 100_000)
    const line = 'x'.repeat(1000)
    for (let count = 0; count < 5000; count++) log(line)
    expect(target.stream.writableLength).toBe(101_000)
    drain()
    await turn()
    expect(read.filter((text) => text === line)).toHaveLength(101)
    expect(read.at(-1)).toBe('4899 dropped')
    log('after')
    expect(read.at(-1)).toBe('after')
    stick()
    for (let count = 0; count < 200; count++) log(line)
    drain()
    await turn()
    expect(read.filter((text) => text.endsWith(' dropped'))).toEqual(['4899 dropped', '99 dropped'])
    expect(target.stream.writableLength).toBe(0)
  })

  it('reports nothing if everything was read', async () => {
    const { read, target, drain } = pipe()
    drain()
    const log = boundedLog(target, tell, 10)
    for (let count = 0; count < 50; count++) {
      log('a line that is longer than the bound')
      await turn()
    }
    expect(read).toHaveLength(50)
  })

  it('needs no queue for a file', () => {
    const written: string[] = []
    const stream = {} as NodeJS.WritableStream
    const log = boundedLog({ stream, write: (text) => written.push(text) }, tell, 1)
    for (let count = 0; count < 50; count++) log('line')
    expect(written).toHaveLength(50)
  })
})

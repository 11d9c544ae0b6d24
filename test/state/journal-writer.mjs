// Writes numbered events into the journal of a directory, several at a time, and prints the number of each that was acknowledged.
import { writeSync } from 'node:fs'
import { openJournal } from '../../dist/state/journal.js'

const [directory, first, most = 'Infinity'] = process.argv.slice(2)
const store = await openJournal(directory, { growth: 20_000 })
const time = new Date().toISOString()
const write = async (number) => {
  const mac = `52-54-00-${number
    .toString(16)
    .padStart(6, '0')
    .replaceAll(/(..)(?=.)/g, '$1-')}`
  try {
    await store.append({ type: 'armed', time, mac, name: `n${number}`, until: null, by: 'test' })
    writeSync(1, `${number}\n`)
  } catch (fault) {
    writeSync(1, `failed ${number}: ${fault.message}\n`)
    return false
  }
  return true
}
let isGood = true
for (let number = Number(first); isGood && number < Number(most); number += 10) {
  const results = await Promise.all(Array.from({ length: 10 }, (_, index) => write(number + index)))
  isGood = results.every(Boolean)
}
await store.close()

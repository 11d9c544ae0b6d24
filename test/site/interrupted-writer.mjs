/*
 * Runs writeSite in a process of its own and dies by a real SIGKILL just before the file operation with the given number.
 * With HAKUBE_FORCE=1 it goes on although there are foreign files.
 * Usage: node interrupted-writer.mjs COMPILED DIRECTORY FILES.json [OPERATION]; prints the number of operations if it lives.
 */
import fs from 'node:fs'
import { syncBuiltinESMExports } from 'node:module'
import { pathToFileURL } from 'node:url'

const [compiled, directory, filesJson, last] = process.argv.slice(2)
const { writeSite } = await import(pathToFileURL(`${compiled}/site/write.js`).href)
const { about, files } = JSON.parse(fs.readFileSync(filesJson, 'utf8'))

let count = 0
const changing = ['openSync', 'writeSync', 'writeFileSync', 'fchmodSync', 'chmodSync']
const naming = ['linkSync', 'renameSync', 'unlinkSync', 'rmSync', 'mkdirSync', 'rmdirSync']
for (const name of [...changing, ...naming]) {
  const real = fs[name]
  fs[name] = (...parameters) => {
    // To open for reading changes nothing on disk.
    if (name !== 'openSync' || parameters[1] === 'wx') count++
    if (String(count) === last) process.kill(process.pid, 'SIGKILL')
    return real(...parameters)
  }
}
syncBuiltinESMExports()

try {
  await writeSite(
    files.map((file) => ({ ...file, body: Buffer.from(file.text) })),
    about,
    directory,
    { force: process.env.HAKUBE_FORCE === '1' },
  )
  process.stdout.write(`${count}`)
} catch (fault) {
  process.stdout.write(`${fault.message}`)
}

// A separate process that boots simulated machines. It reads JSON from its first argument, and prints one JSON object per line: what the
// server acknowledged, and, last, what each machine has.
import { createHash } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { boot } from './machine.mjs'

const { server, machines, atOnce, secretsDirectory } = JSON.parse(process.argv[2])
const say = (what) => process.stdout.write(`${JSON.stringify(what)}\n`)

const waiting = [...machines]
const ended = []
async function work() {
  for (let machine = waiting.shift(); machine; machine = waiting.shift()) {
    const { mac } = machine
    try {
      const { secrets, ...rest } = await boot(server, machine, say)
      if (secretsDirectory !== null) writeFileSync(join(secretsDirectory, `${mac}.tar`), secrets)
      const secretsHash = createHash('sha256').update(secrets).digest('hex')
      ended.push({ mac, fault: null, ...rest, secretsHash })
    } catch (fault) {
      ended.push({ mac, fault: fault instanceof Error ? fault.message : String(fault) })
    }
  }
}
await Promise.all(Array.from({ length: atOnce }, work))
say({ type: 'ended', machines: ended })

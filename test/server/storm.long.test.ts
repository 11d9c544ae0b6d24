import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { generateX25519Identity, identityToRecipient } from 'age-encryption'
import { expect, it, onTestFinished } from 'vitest'
import { parseEvent, type StateEvent } from '../../src/state/events.ts'
import { header } from '../../src/state/lines.ts'
import { hakube, program, root } from '../commands/hakube.ts'
import { describeWith } from '../prerequisites.ts'

/* A rack that is powered on at once, with `hakube serve` as a process and each machine at its address, in a network namespace. */

type Booted = {
  mac: string
  fault: string | null
  secretsHash: string
}
type Result = {
  killed: number
  machines: Booted[]
  acknowledged: { type: 'enrolled' | 'reported'; mac: string; state?: string; step?: string }[]
  shown: { mac: string; name: string; stage: string }[]
}

/** Calls a function of scripts/storm, which run as they are, without a compiler. */
function script(module: string, expression: string, words: unknown, environment = {}): unknown {
  const text = `import * as it from '${root}scripts/${module}'
    const words = JSON.parse(process.argv[1])
    process.stdout.write(JSON.stringify(await (${expression})) ?? 'null')`
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    ['--input-type=module', '--eval', text, JSON.stringify(words)],
    { encoding: 'utf8', maxBuffer: 1 << 28, env: { ...process.env, ...environment } },
  )
  if (status !== 0) throw new Error(`${module}: ${status}: ${stderr}`)
  return JSON.parse(stdout)
}

type SimulatedMachine = { name: string; mac: string; address: string; neighbour: string }

/** Boots that many machines, each with a key of its own among its secrets. */
async function storm(count: number, { kills }: { kills: number }) {
  const directory = mkdtempSync(join(tmpdir(), 'hakube-storm-'))
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }))
  const identity = await generateX25519Identity()
  const keyFile = join(directory, 'key')
  writeFileSync(keyFile, `${identity}\n`, { mode: 0o600 })
  const text = script('bench/profile.mjs', 'it.profileOf(words)', count) as string
  const profile = join(directory, 'profile.yaml')
  writeFileSync(profile, `${text}etcd: { clients: [load-balancer, control-plane, worker] }\n`)
  const environment = { HAKUBE_AGE_KEY_FILE: keyFile }
  const recipient = await identityToRecipient(identity)
  const init = hakube(['secrets', 'init', profile, '--recipient', recipient], { environment })
  if (init.status !== 0) throw new Error(init.stderr)
  const machines = script('storm/prepare.mjs', 'it.machinesOf(words)', text) as SimulatedMachine[]
  script('storm/prepare.mjs', 'it.writeAssets(words)', directory)
  const words = {
    cli: program,
    profile,
    directory,
    server: 'http://10.20.0.5:8080',
    machines,
    atOnce: kills === 0 ? count : 25,
    kills,
    keepSecrets: true,
  }
  const result = script('storm/namespace.mjs', 'it.inNamespace(words, process.env)', words, environment)
  return { directory, machines, result: result as Result }
}

/** The files of a tar, by name. */
function filesOf(tar: string): Map<string, string> {
  const list = spawnSync('tar', ['-tf', tar], { encoding: 'utf8' }).stdout.split('\n')
  const files = list.filter((name) => name !== '' && !name.endsWith('/'))
  const content = (name: string) =>
    spawnSync('tar', ['-xOf', tar, name], { encoding: 'utf8', maxBuffer: 1 << 26 }).stdout
  return new Map(files.map((name) => [name, content(name)]))
}

const byMac = (list: readonly { mac: string }[]): string[] => list.map(({ mac }) => mac).toSorted()

function expectAllReady({ directory, machines, result }: Awaited<ReturnType<typeof storm>>): void {
  expect(result.machines.flatMap(({ mac, fault }) => (fault === null ? [] : [{ mac, fault }]))).toEqual([])
  expect(byMac(result.machines)).toEqual(byMac(machines))
  expect(result.shown.filter(({ stage }) => stage !== 'ready')).toEqual([])
  expect(result.shown).toHaveLength(machines.length)

  // Each has its own secrets, and no machine has those of another.
  const keys = new Set<string>()
  for (const { name, mac } of machines) {
    const file = join(directory, 'secrets', `${mac}.tar`)
    const hash = createHash('sha256').update(readFileSync(file)).digest('hex')
    expect(hash).toBe(result.machines.find((machine) => machine.mac === mac)?.secretsHash)
    const files = filesOf(file)
    // It names the machine that it is for.
    expect(files.get('.hakube/manifest')).toContain(`\nmachine\t${name}\n`)
    const key = [...files].find(([path]) => path.endsWith('/client.key'))?.[1]
    keys.add(key ?? '')
  }
  expect(keys.has('')).toBe(false)
  expect(keys.size).toBe(machines.length)

  const journal = readFileSync(join(directory, 'state/journal'), 'utf8')
  expect(journal.startsWith(header)).toBe(true)
  const events = journal
    .slice(header.length)
    .split('\n')
    .slice(0, -1)
    .map((line): StateEvent => {
      const event = parseEvent(`${line}\n`)
      if (!event) throw new Error(`the journal has a line that is none: ${line}`)
      return event
    })
  // All that the server acknowledged is there.
  const kept = new Set(
    events.map((event) =>
      event.type === 'reported'
        ? `reported ${event.mac} ${event.state} ${event.step ?? ''}`
        : 'mac' in event
          ? `${event.type} ${event.mac}`
          : event.type,
    ),
  )
  const lost = result.acknowledged
    .map(({ type, mac, state, step }) =>
      type === 'enrolled' ? `enrolled ${mac}` : `reported ${mac} ${state} ${step ?? ''}`,
    )
    .filter((what) => !kept.has(what))
  expect(lost).toEqual([])
  // One key for each, and no second arming: that would install an installed machine again.
  for (const type of ['armed', 'enrolled'])
    expect(byMac(events.filter((event) => event.type === type) as { mac: string }[])).toEqual(byMac(machines))
  expect(events.filter(({ type }) => type === 'conflict' || type === 'damaged')).toEqual([])
  const log = readFileSync(join(directory, 'log'), 'utf8')
  expect(log).not.toMatch(/bug in hakube|uncaught|\n {4}at /)
}

describeWith({ linux: true, root: true, programs: ['unshare', 'setpriv', 'ip', 'tar'] }, 'a storm', () => {
  it('makes 250 machines ready at once, each with its own secrets', async () => {
    expectAllReady(await storm(250, { kills: 0 }))
  })

  it('makes 100 machines ready despite 100 kills of the server, and loses nothing acknowledged', async () => {
    const rack = await storm(100, { kills: 100 })
    expect(rack.result.killed).toBe(100)
    expectAllReady(rack)
  })
})

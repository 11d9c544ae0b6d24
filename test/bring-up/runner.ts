import type { Machine, World } from './model.ts'
import { cutPower, type Life, lifeOf, PowerCut } from './power.ts'
import { enabled, programsOf } from './programs.ts'
import type { Reply, Shells } from './shell.ts'
import { fault, startKubelet, tell } from './world.ts'

/*
 * What cloud-init/first-boot/firstboot.ejs does with the steps of a machine, and systemd with its timers, over hours that take no
 * time. The scripts are the real ones.
 *
 * Where a script waits, it asks the same again and again. As long as all answers are the same it would go on like that, so it is
 * let sleep until one is another: the same course with fewer questions.
 */

/** The runner ends a try after two hours (`longest`). */
export const longest = 7200

/** So many tries that fail without waiting for anyone never end well. */
const hopeless = 60

/** Pause after so many tries (`pause_after`). */
export const pauseAfter = (tries: number): number => (tries > 6 ? 60 : 2 ** (tries - 1))

type Asked = { words: readonly string[]; reply: string }

export type Scripts = {
  /** Runs a script of a machine. @returns null when the power failed in it */
  run(machine: Machine, script: string, life: Life): Promise<{ status: number; asked: Asked[] | null } | null>
}

export function scriptsOf(world: World, shells: Shells): Scripts {
  return {
    async run(machine, script, life) {
      const shell = shells.take()
      const programs = programsOf(world, machine)
      const began = world.clock.now()
      /** What was asked since the last sleep, and between the two before. */
      let asked: Asked[] = []
      let before: Asked[] | null = null
      let onlyAsked = true

      const answer = async (words: readonly string[]): Promise<Reply> => {
        const reply = programs.question(words)
        if (reply !== null) {
          if (words[0] !== 'date') asked.push({ words, reply: JSON.stringify(reply) })
          return reply
        }
        if (words[0] === 'sleep') {
          const same = JSON.stringify(asked) === JSON.stringify(before)
          before = asked
          asked = []
          if (same) return sleepUntilChange(world, machine, before, life, began + longest - 1200)
        } else {
          before = null
          onlyAsked = false
        }
        return programs.deed(words, life)
      }

      const status = await shell.run(script, answer)
      shells.give(shell)
      if (status === 'cut') {
        // Either the power is gone or the runner has lost patience.
        return life.isAlive() ? { status: 124, asked: null } : null
      }
      return { status, asked: onlyAsked ? [...(before ?? []), ...asked] : null }
    },
  }
}

function isSame(world: World, machine: Machine, asked: readonly Asked[]): boolean {
  const programs = programsOf(world, machine)
  return asked.every(({ words, reply }) => JSON.stringify(programs.question(words)) === reply)
}

async function sleepUntilChange(
  world: World,
  machine: Machine,
  asked: readonly Asked[],
  life: Life,
  until: number,
): Promise<Reply> {
  let pause = 4
  try {
    do {
      await life.pass(pause, 'sleep')
      pause = Math.min(2 * pause, 64)
    } while (world.clock.now() < until && isSame(world, machine, asked))
    return { status: 0 }
  } catch {
    return 'cut'
  }
}

const stampOf = (step: string): string => `/var/lib/hakube/steps/${step}`

/** All steps, each until it succeeds. */
async function firstBoot(world: World, machine: Machine, scripts: Scripts): Promise<void> {
  const life = lifeOf(world, machine)
  await life.pass(30, 'boot')
  for (const { name, script } of machine.steps) {
    if (machine.disk.has(stampOf(name))) continue
    let quick = 0
    for (let tries = 1; ; tries += 1) {
      if (script !== null && name === 'kubeadm' && machine.stepFuse !== null) {
        machine.fuse = machine.stepFuse
        machine.stepFuse = null
      }
      life.moment(`before step ${name}`)
      if (script === null) {
        await life.pass(3, `step ${name}`)
        break
      }
      const began = world.clock.now()
      const result = await scripts.run(machine, script, lifeOf(world, machine, began + longest))
      if (result === null) throw new PowerCut()
      if (result.status === 0) break
      if (world.clock.now() - began < 600) quick += 1
      if (quick === hopeless) fault(world, machine, `step ${name} fails again and again`)
      tell(world, machine, `step ${name}: try ${tries} failed with status ${result.status}`)
      await life.pass(pauseAfter(tries), 'pause between tries')
    }
    life.moment(`step ${name} is done and not written down`)
    machine.disk.write(stampOf(name))
    life.moment(`after step ${name}`)
    if (machine.rebootsAfterSteps) {
      world.switchOff(machine, 60)
      throw new PowerCut()
    }
  }
  machine.finished = true
}

/** A task that ends with the power of its machine. */
function whilePowered(task: () => Promise<void>): () => Promise<void> {
  return async () => {
    try {
      await task()
    } catch (error) {
      if (!(error instanceof PowerCut)) throw error
    }
  }
}

/** A timer that starts its script anew some seconds after it has ended. */
async function runTimer(world: World, machine: Machine, name: string, scripts: Scripts): Promise<void> {
  const { script, seconds } = machine.timers.get(name)!
  const life = lifeOf(world, machine)
  const runs = () => machine.units.has(name)
  await life.pass(seconds, `${name} waits`)
  while (runs()) {
    const result = await scripts.run(machine, script, lifeOf(world, machine))
    if (result === null) throw new PowerCut()
    if (result.status !== 0) tell(world, machine, `${name}: its service failed with status ${result.status}`)
    // Within the hour that the script leaves for it (`lasts 3600`).
    const end = world.clock.now() + 3000
    do await life.pass(seconds, `${name} waits`)
    while (runs() && result.asked !== null && world.clock.now() < end && isSame(world, machine, result.asked))
  }
}

/** Gives a world machines that boot. */
export function enliven(world: World, scripts: Scripts): void {
  world.startTimer = (machine, name) => {
    if (machine.units.has(name) || !machine.timers.has(name)) return
    machine.units.add(name)
    world.clock.start(whilePowered(() => runTimer(world, machine, name, scripts)))
  }
  world.switchOff = (machine, seconds) => {
    tell(world, machine, 'is switched off')
    cutPower(world, machine, seconds)
  }
  world.switchOn = (machine) => {
    machine.on = true
    machine.finished = false
    machine.boot += 1
    machine.fuse = machine.cuts.shift() ?? null
    tell(world, machine, 'is switched on')
    const { boot, disk } = machine
    disk.remove('/run')
    disk.write('/run/hakube/boot')
    world.clock.at(world.clock.now() + 20, () => {
      if (machine.boot !== boot) return
      // What is enabled comes up with the machine, and the kubelet takes up what it finds.
      if (disk.has('/var/lib/kubelet/config.yaml')) startKubelet(world, machine)
      for (const name of machine.timers.keys()) if (disk.has(enabled(name))) world.startTimer(machine, name)
    })
    world.clock.start(whilePowered(() => firstBoot(world, machine, scripts)))
  }
}

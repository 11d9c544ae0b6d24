import type { Machine, World } from './model.ts'
import { stopKubelet, tell } from './world.ts'

/** Thrown in whatever runs on a machine that lost its power. */
export class PowerCut extends Error {}

/** Thrown in a try of a step that took longer than the runner lets it. */
export class TookTooLong extends Error {}

/** What runs on a machine: it ends where the power does. */
export type Life = {
  /** Lets time pass. Before it and after it the power may fail. */
  pass(seconds: number, what: string): Promise<void>
  /** A moment that a power cut may choose. */
  moment(what: string): void
  isAlive(): boolean
}

/** What nobody syncs. hakube's files were there long before, and etcd and hakube's runner wait for the disk. */
const unsynced =
  /^\/etc\/kubernetes\/(?!kubeadm\/)|^\/var\/lib\/kubelet\/|^\/var\/lib\/hakube\/kubeadm\/since$/

function tear({ disk, tears }: Machine): boolean {
  const files = disk.list('/').filter((path) => unsynced.test(path))
  files.sort((one, other) => disk.written(other) - disk.written(one))
  for (const path of files.slice(0, tears)) disk.empty(path)
  return files.length > 0 && tears > 0
}

/** @param darkness for how many seconds it is off */
export function cutPower(world: World, machine: Machine, darkness: number): void {
  if (!machine.disk.has('/var/lib/hakube/kubeadm/member') && tear(machine)) machine.torn = true
  stopKubelet(world, machine)
  machine.on = false
  machine.finished = false
  machine.boot += 1
  machine.units.clear()
  const { boot } = machine
  world.clock.at(world.clock.now() + darkness, () => {
    if (machine.boot === boot) world.switchOn(machine)
  })
}

/** @param deadline when a try of a step is ended */
export function lifeOf(world: World, machine: Machine, deadline = Infinity): Life {
  const { boot } = machine
  const moment = (what: string): void => {
    if (machine.boot !== boot) throw new PowerCut()
    if (machine.fuse === null) return
    machine.moments.push(what)
    machine.fuse -= 1
    if (machine.fuse > 0) return
    machine.fuse = null
    tell(world, machine, `loses power: ${what}`)
    cutPower(world, machine, machine.darkness)
    throw new PowerCut()
  }
  return {
    moment,
    isAlive: () => machine.boot === boot,
    async pass(seconds, what) {
      moment(`before ${what}`)
      await world.clock.sleep(Math.min(seconds * machine.slowness, Math.max(0, deadline - world.clock.now())))
      if (machine.boot === boot && world.clock.now() >= deadline) throw new TookTooLong()
      moment(what)
    },
  }
}

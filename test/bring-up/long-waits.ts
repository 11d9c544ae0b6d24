import { beforeAll, expect, it } from 'vitest'
import { describeWith } from '../prerequisites.ts'
import type { World } from './model.ts'
import { allReady, finish, named, outcomeOf } from './outcome.ts'
import { carryOut, goodOutcome, type Plan, reinstall } from './plan.ts'
import { openRack, type Rack } from './rack.ts'

/*
 * Waits of hours and days, and machines that are installed again. Power cuts at every moment: power-cuts.ts.
 */

const hour = 3600
const [first, second, third] = ['sample-kube-master-001', 'sample-kube-master-002', 'sample-kube-master-003']
const [worker, lateWorker] = ['sample-kube-worker-001', 'sample-kube-worker-005']

/** All at once, but for those that are named with seconds. */
const planOf = (rack: Rack, late: Readonly<Record<string, number>> = {}, balancersFrom = 0): Plan => ({
  seed: 0,
  machines: rack.names.map((name) => ({ name, on: late[name] ?? 0, slowness: 1, cuts: [], darkness: 100 })),
  balancersFrom,
  sparesGap: false,
  reinstalled: [],
})

const hoursOf = (world: World, what: string): number[] =>
  world.history.filter((line) => line.includes(what)).map((line) => Number.parseFloat(line))

/** @param version of Kubernetes */
export function testLongWaits(version: string): void {
  describeWith(
    { linux: true, programs: ['bash'] },
    `bring-up of Kubernetes ${version} on a clock that stands still`,
    () => {
      let rack: Rack
      beforeAll(() => {
        rack = openRack(version)
        return () => rack.close()
      })

      it('waits for load balancers that come an hour late', async () => {
        const world = await carryOut(rack, planOf(rack, {}, hour))
        expect(outcomeOf(world)).toEqual(goodOutcome(world))
        // The cluster is there once: init goes on with what it had.
        expect(hoursOf(world, 'starts cluster')).toHaveLength(1)
      })

      it('waits for a first control plane that comes an hour late', async () => {
        const world = await carryOut(rack, planOf(rack, { [first]: hour }))
        expect(outcomeOf(world)).toEqual(goodOutcome(world))
        expect(rack.printed(named(world, worker))).toMatch(
          /^waiting for an API server at https:\/\/10\.10\.10\.19:6443: /,
        )
      })

      it('renews uploaded certificates and token for machines that come after hours and days', async () => {
        const world = await carryOut(
          rack,
          planOf(rack, { [second]: 5 * hour, [third]: 9 * hour, [lateWorker]: 50 * hour }),
        )
        expect(outcomeOf(world)).toEqual(goodOutcome(world))
        // Uploaded certificates live two hours: until the last control plane is in, they are always there.
        const uploads = hoursOf(world, 'uploads the certificates')
        expect(Math.max(...uploads.map((at, index) => (uploads[index + 1] ?? 9) - at))).toBeLessThan(2)
        expect(Math.max(...uploads)).toBeLessThan(9.1)
        // A token lives a day.
        expect(hoursOf(world, 'renews the token')).toHaveLength(2)
      })

      it('closes at the deadline, and admits a late machine once an operator allows it', async () => {
        const world = rack.world()
        for (const machine of world.machines)
          world.clock.at(machine.name === lateWorker ? 200 * hour : 0, () => world.switchOn(machine))
        await world.clock.run(199 * hour)
        expect({ ...outcomeOf(world), timers: world.machines.flatMap(({ units }) => [...units]) }).toEqual({
          ...goodOutcome(world),
          unfinished: [lateWorker],
          workers: goodOutcome(world).workers.filter((name) => name !== lateWorker),
          timers: [],
        })
        await world.clock.run(210 * hour)
        expect(outcomeOf(world).unfinished).toEqual([lateWorker])
        expect(rack.printed(named(world, lateWorker))).toContain('hakube secrets admission PROFILE')
        // Not the machine that initializes: each control plane can do it.
        expect(await rack.admit(world, named(world, second))).toBe(0)
        await finish(world, 1, allReady)
        expect({ ...outcomeOf(world), open: false }).toEqual(goodOutcome(world))
      })

      it('stays open when a power cut has left empty what says since when it is', async () => {
        const world = rack.world()
        for (const machine of world.machines)
          world.clock.at(machine.name === lateWorker ? 3 * hour : 0, () => world.switchOn(machine))
        await world.clock.run(hour)
        world.switchOff(named(world, first), 60)
        named(world, first).disk.empty('/var/lib/hakube/kubeadm/since')
        await finish(world, 10)
        expect(outcomeOf(world)).toEqual(goodOutcome(world))
      })

      it('keeps the credentials that an operator put there for a control plane while it still waits for a worker', async () => {
        const world = rack.world()
        for (const machine of world.machines)
          world.clock.at(machine.name === lateWorker ? 20 * hour : 0, () => world.switchOn(machine))
        await world.clock.run(hour)
        world.switchOff(named(world, third), 180)
        rack.reinstall(world, named(world, third))
        await world.clock.run(1.5 * hour)
        // Not at a moment in which the machine just asks.
        expect(await rack.admit(world, named(world, first))).toBe(0)
        await world.clock.run(3 * hour)
        expect(outcomeOf(world).unfinished).toEqual([lateWorker])
        await finish(world, 30)
        expect(outcomeOf(world)).toEqual(goodOutcome(world))
      })

      it('goes on after a reboot after each step of each machine', async () => {
        const world = rack.world()
        for (const machine of world.machines) {
          machine.rebootsAfterSteps = true
          world.switchOn(machine)
        }
        await finish(world, 100)
        expect(outcomeOf(world)).toEqual(goodOutcome(world))
        const reboots = world.history.filter((line) => line.includes('is switched off')).length
        expect(reboots).toBe(world.machines.reduce((sum, { steps }) => sum + steps.length, 0))
      })

      it.each(['the load balancers answer', 'the load balancers do not answer yet'])(
        'takes a first control plane back that was installed again, while %s',
        async (when) => {
          const world = await carryOut(rack, planOf(rack))
          world.switchOff(named(world, first), 200)
          rack.reinstall(world, named(world, first))
          // The others answer at their own addresses.
          if (when.includes('not')) world.balancersFrom = world.clock.now() + hour
          await finish(world, 20)
          expect(outcomeOf(world)).toEqual(goodOutcome(world))
          expect(hoursOf(world, 'starts cluster')).toHaveLength(1)
        },
      )

      it('does not begin a second cluster where etcd has lost its majority, and joins when it is back', async () => {
        const world = await carryOut(rack, planOf(rack))
        // One is broken, and then the first has to be installed again: what the cluster knew is on the second alone.
        world.switchOff(named(world, third), 5 * hour)
        await world.clock.run(world.clock.now() + 60)
        world.switchOff(named(world, first), 200)
        rack.reinstall(world, named(world, first))
        await world.clock.run(world.clock.now() + 4 * hour)
        expect(outcomeOf(world)).toMatchObject({ faults: [], unfinished: [first, third] })
        expect(rack.printed(named(world, first))).toContain(
          'a cluster of this profile already exists: https://10.10.10.14:2380 is a member of its etcd',
        )
        await finish(world, 20)
        expect(outcomeOf(world)).toEqual(goodOutcome(world))
        expect(hoursOf(world, 'starts cluster')).toHaveLength(1)
      })

      it('goes on with init when others have joined before its end', async () => {
        const world = rack.world()
        // It is so slow that others are in before its end; it loses power while it still installs its add-ons.
        Object.assign(named(world, first), { slowness: 30 })
        for (const machine of world.machines) world.switchOn(machine)
        const nodes = () => world.clusters[0]?.objects.nodes.size ?? 0
        await world.clock.run(hour, () => nodes() > 1)
        expect(named(world, first).disk.has('/var/lib/hakube/kubeadm/member')).toBe(false)
        Object.assign(named(world, first), { slowness: 1 })
        world.switchOff(named(world, first), 60)
        await finish(world, 20)
        expect(outcomeOf(world)).toEqual(goodOutcome(world))
        expect(hoursOf(world, 'starts cluster')).toHaveLength(1)
      })

      it('does not begin a second cluster when it has begun to join one that then falls silent', async () => {
        const world = await carryOut(rack, planOf(rack))
        world.switchOff(named(world, first), 60)
        rack.reinstall(world, named(world, first))
        const tried = '/var/lib/hakube/kubeadm/tried'
        await world.clock.run(world.clock.now() + hour, () => named(world, first).disk.has(tried))
        for (const name of [first, second, third])
          world.switchOff(named(world, name), name === first ? 60 : 3 * hour)
        await world.clock.run(world.clock.now() + 2 * hour)
        expect(outcomeOf(world).faults).toEqual([])
        await finish(world, 20)
        expect(outcomeOf(world)).toEqual(goodOutcome(world))
        expect(hoursOf(world, 'starts cluster')).toHaveLength(1)
      })

      it('takes each machine back that was installed again, one after the other', async () => {
        const world = await carryOut(rack, planOf(rack))
        for (const name of [second, first, worker, third]) {
          await reinstall(rack, world, name)
          expect(outcomeOf(world)).toEqual(goodOutcome(world))
        }
        expect(hoursOf(world, 'starts cluster')).toHaveLength(1)
      })
    },
  )
}

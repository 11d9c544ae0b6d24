import { beforeAll, expect, it } from 'vitest'
import { describeWith } from '../prerequisites.ts'
import { outcomeOf } from './outcome.ts'
import { carryOut, describePlan, goodOutcome, randomPlan } from './plan.ts'
import { openRack, type Rack } from './rack.ts'

/*
 * Orders and delays by chance, with power cuts, load balancers that come late and machines that are installed again. The same ones in
 * every run; HAKUBE_SEED repeats one of them, and HAKUBE_SEED with HAKUBE_ORDERS goes where nobody has been.
 */

/** @param orders how many, where HAKUBE_SEED and HAKUBE_ORDERS say nothing else */
export function testOrders(orders: number): void {
  const given = process.env['HAKUBE_SEED'] ?? ''
  const count = Number(process.env['HAKUBE_ORDERS'] ?? (given === '' ? orders : 1))
  const first = given === '' ? 1 : Number(given)

  describeWith({ linux: true, programs: ['bash'] }, 'machines switched on in any order, at any time', () => {
    const racks: Rack[] = []
    beforeAll(() => {
      // The oldest and the newest way in which etcd takes members.
      for (const version of ['1.20.2', '1.36.4'])
        for (let lane = 0; lane < 2; lane += 1) racks.push(openRack(version))
      return () => {
        for (const rack of racks) rack.close()
      }
    })

    it(`become one cluster, ${count} times from HAKUBE_SEED=${first} on`, async () => {
      const failures: string[] = []
      // The seed says which version it is, so one of them repeats the same.
      const seedsOf = (lane: number) =>
        Array.from({ length: count }, (_, index) => first + index).filter(
          (seed) => seed % racks.length === lane,
        )
      const work = racks.map(async (rack, lane) => {
        for (const seed of seedsOf(lane)) {
          const plan = randomPlan(seed, rack.names)
          const world = await carryOut(rack, plan)
          if (JSON.stringify(outcomeOf(world)) !== JSON.stringify(goodOutcome(world)))
            failures.push(describePlan(plan, world))
        }
      })
      await Promise.all(work)
      expect(failures.slice(0, 3).join('\n\n'), `${failures.length} of ${count} went wrong`).toBe('')
    })
  })
}

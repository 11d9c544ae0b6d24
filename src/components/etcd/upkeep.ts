import type { Cluster, Machine } from '../../cluster/cluster.ts'
import { render } from '../../templates/template.ts'
import type { Content, File, Unit } from '../../assembly/component.ts'
import { quote } from '../../text/quote.ts'
import { programDirectory } from './places.ts'
import { program, readAgain } from '../../assembly/on-change.ts'

/** Reserved for hakube, and only accessible to root: a snapshot contains every secret of the cluster. */
export const snapshotDirectory = '/var/lib/hakube/etcd-snapshots'

const snapshotsKept = 7

/** Minutes between the start times of two members. */
const apart = 20

const snapshot = 'etcd-snapshot'
const defragment = 'etcd-defragment'
const timerOf = (job: string): string => `hakube-${job}.timer`

/** The timers of the jobs. */
export const upkeepUnits = [snapshot, defragment].map((job) => timerOf(job))

type Job = { name: string; description: string; firstHour: number; persistent: boolean; script: Content }

/** Snapshots and defragmentation: scripts, and timers that never keep two members busy at the same time. */
export function upkeep(cluster: Cluster, machine: Machine): { files: File[]; units: Unit[] } {
  const data = {
    directory: programDirectory(cluster),
    snapshots: snapshotDirectory,
    keep: snapshotsKept,
    cluster: quote(cluster.name),
  }
  const jobs: Job[] = [
    {
      name: snapshot,
      description: 'Snapshot of etcd',
      firstHour: 1,
      persistent: true,
      script: render('cloud-init/etcd/etcd-snapshot.ejs', data),
    },
    {
      name: defragment,
      description: 'Defragmentation of this etcd member',
      firstHour: 4,
      // A job that was missed waits for its next time, because other members may be busy now.
      persistent: false,
      script: render('cloud-init/etcd/etcd-defragment.ejs', data),
    },
  ]
  const position = cluster.etcd.members.findIndex(({ name }) => name === machine.name)
  return {
    files: jobs.flatMap(({ name, description, script }) => {
      const path = `/usr/libexec/hakube/${name}`
      return [
        { path, mode: '0755', content: script, onChange: program },
        // Only its timer starts it, so the unit is not enabled.
        {
          path: `/etc/systemd/system/hakube-${name}.service`,
          mode: '0644',
          content: render('cloud-init/etcd/job.service.ejs', { description, program: path }),
          onChange: readAgain('read when its timer starts it'),
        },
      ]
    }),
    units: jobs.map(({ name, description, firstHour, persistent }) => ({
      name: timerOf(name),
      content: render('cloud-init/etcd/job.timer.ejs', {
        description,
        time: timeOfDay(firstHour * 60 + position * apart),
        persistent,
      }),
      start: 'blocking',
    })),
  }
}

const two = (number: number): string => String(number).padStart(2, '0')

const timeOfDay = (minutes: number): string => `${two(Math.floor(minutes / 60) % 24)}:${two(minutes % 60)}:00`

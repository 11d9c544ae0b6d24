import type { Check, File, Step, Unit } from '../../src/assembly/component.ts'
import { machineFiles } from '../../src/assembly/first-boot.ts'
import type { OnChange } from '../../src/assembly/on-change.ts'
import type { Cluster, Machine } from '../../src/cluster/cluster.ts'
import { type About, delivered, type Delivery, wholeDelivery } from '../../src/delivery/manifest.ts'
import { bytesOf, machineTar } from '../../src/delivery/tar.ts'
import { exampleCluster } from '../example.ts'
import { colonMac } from '../../src/network/mac.ts'
import { inOverlay, type Ran, type Tree } from '../support/overlay.ts'
import { declaredOf } from '../support/declared.ts'

/* A machine that has the files of one revision, and what it is given of another. */

/** Without a server that machines enrol with: what they are given comes by SSH. */
export const cluster: Cluster = { ...exampleCluster(), enrolment: null }
export const machine: Machine = cluster.machines[0]!
export const about: About = { hakube: '1.2.3', commit: null }

export type Wanted = {
  files?: readonly (Omit<File, 'mode'> & { mode?: string })[]
  units?: readonly Unit[]
  /** Bodies of scripts by name. */
  steps?: Readonly<Record<string, string | { run: string; onChange: OnChange }>>
  checks?: Readonly<Record<string, string>>
}

const component = 'test'
const script = (run: string): string => `#!/bin/bash\nset -euo pipefail\n${run}\n`

const stepOf = (name: string, step: string | { run: string; onChange: OnChange }): Step =>
  typeof step === 'string'
    ? { name, script: script(step), after: [] }
    : { name, script: script(step.run), after: [], onChange: step.onChange }

/** What hakube's runner and these things are as files. */
export function deliveryOf({ files = [], units = [], steps = {}, checks = {} }: Wanted): Delivery {
  const all = machineFiles(cluster, {
    machine,
    files: files.map((file) => ({ mode: '0644', ...file, component })),
    units: units.map((unit) => ({ ...unit, component })),
    steps: Object.entries(steps).map(([name, step]) => ({ ...stepOf(name, step), component })),
    checks: Object.entries(checks).map(([name, run]): Check & { component: string } => ({
      name,
      script: script(run),
      component,
    })),
    declared: declaredOf(),
  })
  return {
    cluster,
    machine,
    units: units.map(({ name, start }) => ({ name, start, component })),
    files: all.map((file) => delivered(file)),
    since: null,
  }
}

export const treeOf = ({ files }: Pick<Delivery, 'files'>): Tree =>
  Object.fromEntries(
    files.map(({ path, mode, body }) => [
      path,
      { text: body.toString('utf8'), mode: Number.parseInt(mode, 8) },
    ]),
  )

export async function tarOf(delivery: Delivery): Promise<Buffer> {
  const pieces: Uint8Array[] = []
  for await (const piece of bytesOf(machineTar(delivery, about))) pieces.push(piece)
  return Buffer.concat(pieces)
}

/** What stands around hakube-apply: a network card, a systemctl that writes down what it is asked, and no waiting. */
const surroundings: Tree = {
  '/usr/local/sbin/systemctl': {
    text: '#!/bin/sh\necho "systemctl $*" >>/calls\n[ ! -e /failing-units ] || ! grep -qFw -- "$(for w; do :; done; echo "$w")" /failing-units\n',
    mode: 0o755,
  },
  '/usr/local/sbin/sleep': { text: '#!/bin/sh\n', mode: 0o755 },
}

const prepare = `
mount -t sysfs sysfs /sys 2>/dev/null || true
ip link add eth0 address ${colonMac(machine.macs[0])} type veth peer name peer0
export HAKUBE_APPLY_ROUNDS=2
: >/calls
# apply [WORD…]: applies /new.tar, says with what status it ended.
apply() {
  local status=0
  /usr/sbin/hakube-apply "$@" </new.tar || status=$?
  echo "status $status"
}
# stamp: all steps that are there are done, as after a first boot.
stamp() {
  . /usr/libexec/hakube/library
  mkdir -p "$STATE/steps"
  local step
  for step in "$STEPS"/*; do [[ ! -e $step ]] || sha256_of "$step" >"$STATE/steps/$(name_of "$step")"; done
  umask 022
}
`

/** Runs a script on a machine with the old files, where the archive of the new ones lies as /new.tar. */
export async function onMachine(
  old: Wanted | Delivery,
  now: Wanted | Delivery | Buffer,
  run: string,
  timeout = 300_000,
): Promise<Ran> {
  const whole = (wanted: Wanted | Delivery): Delivery => ('cluster' in wanted ? wanted : deliveryOf(wanted))
  const tar = Buffer.isBuffer(now) ? now : await tarOf(whole(now))
  const tree: Tree = {
    ...treeOf(whole(old)),
    ...surroundings,
    '/new.tar.base64': tar.toString('base64'),
  }
  return inOverlay(tree, `${prepare}\nbase64 -d /new.tar.base64 >/new.tar\nstamp\n${run}`, timeout)
}

/** The real files of an example. */
export const exampleDelivery = (name: string): Delivery =>
  wholeDelivery(
    cluster,
    cluster.machines.find((each) => each.name === name)!,
  )

import { spawn } from 'node:child_process'
import { mkdir } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { PassThrough, type Transform } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { fileURLToPath } from 'node:url'
import { assemble } from '../../assembly/assemble.ts'
import { systemPath } from '../../check/programs.ts'
import type { Cluster, Machine } from '../../cluster/cluster.ts'
import { components } from '../../components/index.ts'
import { printable } from '../../diagnostics/excerpt.ts'
import { refusal } from '../../diagnostics/refusal.ts'
import { describeSystemError, isSystemError } from '../../files/system-error.ts'
import { writeWhole } from '../../files/write-whole.ts'
import { bytesOf } from '../../delivery/tar.ts'
import { workTree } from '../../files/reader.ts'
import { makerOf, type Means } from '../../media/programs.ts'
import { writeSeedDisk } from '../../media/seed-disk.ts'
import { open } from '../../pipeline/open.ts'
import { buildSite, type Site } from '../../pipeline/site.ts'
import type { LoadedProfile } from '../../profile/load.ts'
import { seedPath } from '../../seeds/places.ts'
import { machineSite } from '../../site/build.ts'
import { archivePacker } from '../../site/read-archive.ts'
import { siteArchive } from '../../site/tar.ts'
import { clusterWithoutSecrets } from '../cluster-without-secrets.ts'
import { choiceOf, type Command, type Context, exit } from '../context.ts'
import { enrolmentNote } from '../enrolment-note.ts'
import { findMachine, unknownMachine } from '../machines.ts'
import { printMistakes } from '../report.ts'
import { secretsOf } from '../secrets/option.ts'
import { buildBootDisk } from './boot-disk.ts'

/** `hakube image PROFILE [MACHINE…] --type seed|site|boot|ram --out PATH` */
export const action: Command = async (context) => {
  const { options, stderr, environment, version, signals } = context
  const { stop } = signals
  const [profile = '', ...wanted] = context.parameters
  const type = choiceOf(options, 'type', ['seed', 'site', 'boot', 'ram'])
  const out = options.text('out') ?? ''
  // Checked before minutes of work.
  const packer = type === 'site' ? archivePacker(out) : null
  if (type === 'ram' || type === 'boot') {
    const opened = await clusterWithoutSecrets(context, options.text('rev'))
    const machines = opened && meant(context, opened.cluster, wanted)
    if (!opened || !machines) return exit.invalidInput
    const means = await meansOf(context, opened.loaded)
    return type === 'ram'
      ? buildRamSystems(context, machines, out, means)
      : buildBootDisk(context, opened.cluster, machines, out, means)
  }
  const secrets = secretsOf(context, 'render')
  const reference = { profile, revision: options.text('rev') }
  const { loaded, cluster, diagnostics } = await open(reference, { secrets, environment, stop })
  stderr.write(printMistakes([{ loaded, diagnostics }], stderr.colour))
  const machines = cluster && meant(context, cluster, wanted)
  if (!cluster || !machines) return exit.invalidInput
  const built = await buildSite({ loaded, cluster }, { hakube: version, environment, stop })
  stderr.write(printMistakes([{ loaded, diagnostics: built.diagnostics }], stderr.colour))
  if (!built.site) return exit.invalidInput
  if (type === 'seed') await writeSeeds(context, cluster, machines, out, await meansOf(context, loaded))
  else await writeArchive(out, partOf(built.site, new Set(machines.map(({ name }) => name))), packer)
  stderr.write(enrolmentNote({ loaded, cluster }, { out, as: type === 'seed' ? 'seeds' : 'archive' }))
  return exit.success
}

/** Programs in the repository of the profile are never run. */
const meansOf = async ({ environment, signals }: Context, { file }: LoadedProfile): Promise<Means> => ({
  environment,
  repository: await workTree.repository(dirname(file)),
  signal: signals.stop,
})

/** @returns null if a word matches no machine, after printing that */
function meant({ stderr }: Context, cluster: Cluster, wanted: readonly string[]): readonly Machine[] | null {
  if (wanted.length === 0) return cluster.machines
  const unknown = wanted.filter((name) => !findMachine(cluster, name))
  for (const name of unknown) stderr.write(`hakube: ${printable(unknownMachine(cluster, name))}\n`)
  return unknown.length > 0 ? null : [...new Set(wanted.flatMap((name) => findMachine(cluster, name) ?? []))]
}

async function writeSeeds(
  { stderr }: Context,
  cluster: Cluster,
  machines: readonly Machine[],
  out: string,
  means: Means,
): Promise<void> {
  await inWords('make', out, () => mkdir(out, { recursive: true }))
  for (const machine of machines) {
    const top = `${seedPath(machine)}/`
    const seed = machineSite(cluster, assemble(components, cluster, machine)).filter(({ path }) =>
      path.startsWith(top),
    )
    const file = join(out, `${machine.name}.iso`)
    await writeSeedDisk(file, seed, means)
    stderr.write(`${file}: the seed of ${machine.name}\n`)
  }
}

/** The part of a site for some machines: their own files, and those that belong to no machine. */
function partOf(site: Site, names: ReadonlySet<string>): Site {
  return {
    ...site,
    about: { ...site.about, machines: site.about.machines.filter(({ name }) => names.has(name)) },
    *files() {
      for (const file of site.files()) if (file.machine === undefined || names.has(file.machine)) yield file
    },
  }
}

/** Written atomically and readable by its owner only, because it contains keys. */
async function writeArchive(file: string, site: Site, packer: Transform | null): Promise<void> {
  const archive = siteArchive(site.files, site.about)
  const through = packer ?? new PassThrough()
  const flow = pipeline(archive, through)
  await inWords('write', file, () => Promise.all([writeWhole(file, bytesOf(through), 0o600), flow]))
}

async function inWords(verb: string, path: string, work: () => Promise<unknown>): Promise<void> {
  try {
    await work()
  } catch (fault) {
    if (!isSystemError(fault)) throw fault
    throw refusal('site/input-output', `cannot ${verb} ${path}: ${describeSystemError(fault)}`)
  }
}

const script = fileURLToPath(new URL('../../../pxe/image/ram-system.sh', import.meta.url))

/** Builds one RAM system for each architecture of the machines. Output of the programs goes to stderr. */
async function buildRamSystems(
  { environment, stderr }: Context,
  machines: readonly Machine[],
  out: string,
  means: Means,
): Promise<number> {
  for (const name of ['mmdebstrap', 'cpio', 'zstd']) makerOf(name, means)
  const bash = makerOf('bash', means)
  await inWords('make', out, () => mkdir(out, { recursive: true }))
  for (const architecture of new Set(machines.map((machine) => machine.architecture))) {
    const status = await new Promise<number | null>((resolve, reject) => {
      const child = spawn(bash, [script, out, architecture], {
        stdio: ['ignore', 'pipe', 'pipe'],
        signal: means.signal,
        env: { ...environment, PATH: systemPath },
      })
      for (const stream of [child.stdout, child.stderr])
        stream.setEncoding('utf8').on('data', (text: string) => stderr.write(text))
      child.once('error', reject)
      child.once('close', resolve)
    })
    if (status !== 0)
      throw refusal('media/failed', `the RAM system for ${architecture} could not be built: see above`)
  }
  return exit.success
}

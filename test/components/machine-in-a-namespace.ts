import { spawn, type ChildProcess } from 'node:child_process'
import { chmod, mkdir, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { exampleCluster, type ExampleName } from '../example.ts'
import { machineFiles } from '../../src/assembly/first-boot.ts'
import { textOf } from '../../src/templates/template.ts'
import { declaredOf } from '../support/declared.ts'

export type Script = { name: string; script: string }
export type Result = { status: number | null; output: string }

/** Directories of the machine that are its own; everything else is that of the machine under the test. */
const own = ['/etc/hakube', '/usr/libexec/hakube', '/var/lib/hakube', '/var/log/hakube', '/run/hakube']

/*
 * The rendered bytes at the rendered paths: a mount namespace of its own, in which hakube's directories are those of a temporary
 * directory. `systemctl` and `sleep` belong to the surroundings of what is tested: they write down what they were asked.
 */
const enter = `
set -eu
root=$1
shift
# A copy of the few directories that get new names: mounts need a place to be.
mount -t tmpfs tmpfs /mnt
mkdir /mnt/etc /mnt/etc/work /mnt/etc/upper /mnt/usr /mnt/usr/work /mnt/usr/upper /mnt/var /mnt/var/work /mnt/var/upper
mount -t overlay overlay -o lowerdir=/etc,upperdir=/mnt/etc/upper,workdir=/mnt/etc/work /etc
mount -t overlay overlay -o lowerdir=/usr,upperdir=/mnt/usr/upper,workdir=/mnt/usr/work /usr
mount -t overlay overlay -o lowerdir=/var,upperdir=/mnt/var/upper,workdir=/mnt/var/work /var
mount -t tmpfs tmpfs /run
for directory in ${own.join(' ')}; do
  mkdir -p "$directory"
  mount --bind "$root$directory" "$directory"
done
touch /usr/sbin/hakube-verify
mount --bind "$root/usr/sbin/hakube-verify" /usr/sbin/hakube-verify
mount --bind "$root/console" /dev/console
export PATH="$root/shims:$PATH"
exec "$@"
`

/** A machine of a mount namespace with the rendered runner and with the steps and checks that a test wants. */
export type NamespacedMachine = Awaited<ReturnType<typeof namespacedMachine>>

export async function namespacedMachine(example: ExampleName = 'external-load-balancers') {
  const root = await mkdtemp(join(tmpdir(), 'hakube-first-boot-'))
  // The steps of these tests are the subject, without a server that machines enrol with.
  const cluster = { ...exampleCluster(example), enrolment: null }
  const machine = cluster.machines[0]!

  async function put(path: string, text: string, mode = 0o755): Promise<void> {
    await mkdir(dirname(join(root, path)), { recursive: true })
    await writeFile(join(root, path), text)
    await chmod(join(root, path), mode)
  }

  for (const directory of own) await mkdir(join(root, directory), { recursive: true })
  await put('console', '', 0o600)
  await put('shims/systemctl', `#!/bin/sh\necho "$*" >>'${root}/systemctl'\n`)
  await put('shims/sleep', `#!/bin/sh\necho "$*" >>'${root}/sleeps'\n`)
  await put('sleeps', '', 0o600)
  await put('systemctl', '', 0o600)

  /** Lays down what machineFiles renders for these steps and checks. */
  async function install(steps: readonly Script[], checks: readonly Script[]): Promise<void> {
    for (const directory of ['steps', 'checks'])
      await rm(join(root, '/usr/libexec/hakube', directory), { recursive: true, force: true })
    const component = 'test'
    const files = machineFiles(cluster, {
      machine,
      files: [],
      units: [],
      steps: steps.map((step) => ({
        ...step,
        script: `#!/bin/bash\n${step.script}\n`,
        after: [],
        component,
      })),
      checks: checks.map((check) => ({ ...check, script: `#!/bin/bash\n${check.script}\n`, component })),
      declared: declaredOf(),
    })
    for (const file of files)
      if (!file.path.startsWith('/etc/systemd'))
        await put(file.path, textOf(file.content), Number.parseInt(file.mode, 8))
  }

  /** Starts a program in the machine, as leader of a process group. */
  function start(...command: string[]): ChildProcess & { result: Promise<Result> } {
    const child = spawn('unshare', ['-m', 'bash', '-c', enter, '-', root, ...command], {
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    let output = ''
    child.stdout.setEncoding('utf8').on('data', (text: string) => (output += text))
    child.stderr.setEncoding('utf8').on('data', (text: string) => (output += text))
    const result = new Promise<Result>((resolve, reject) => {
      child.on('error', reject)
      child.on('close', (status) => resolve({ status, output }))
    })
    return Object.assign(child, { result })
  }

  const read = (path: string): Promise<string> => readFile(join(root, path), 'utf8')

  return {
    root,
    name: machine.name,
    install,
    start,
    read,
    run: (...command: string[]): Promise<Result> => start(...command).result,
    /** Lines of a file, none where there is no file. */
    lines: async (path: string): Promise<string[]> =>
      (await read(path).catch(() => '')).split('\n').filter((line) => line !== ''),
    mode: async (path: string): Promise<string> =>
      ((await stat(join(root, path))).mode & 0o7777).toString(8).padStart(4, '0'),
    status: async (): Promise<Status> => JSON.parse(await read('/var/lib/hakube/status.json')) as Status,
    put,
    remove: () => rm(root, { recursive: true, force: true }),
  }
}

export type Status = {
  machine: string
  state: string
  time: string
  steps: { name: string; state: string; tries: number }[]
  checks: { name: string; ok: boolean | null; output: string }[]
}

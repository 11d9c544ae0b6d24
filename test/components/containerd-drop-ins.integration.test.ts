import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { assemble } from '../../src/assembly/assemble.ts'
import { containerd } from '../../src/components/containerd.ts'
import { textOf } from '../../src/templates/template.ts'
import { exampleCluster } from '../example.ts'
import { describeWith, findProgram } from '../prerequisites.ts'

let folder = ''
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'hakube-containerd-'))
  mkdirSync(join(folder, 'conf.d'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

const isVersion1 = (): boolean =>
  / v?1\./.test(
    spawnSync(findProgram('containerd') ?? 'false', ['--version'], { encoding: 'utf8' }).stdout ?? '',
  )

/** What the containerd of this machine makes of hakube's configuration with a drop-in. */
function dump(dropIn: string | null): { status: number | null; lines: string[] } {
  const cluster = exampleCluster()
  const containerRuntime = { ...cluster.containerRuntime, configuration: isVersion1() ? 2 : 3 } as const
  const { files } = assemble([containerd], { ...cluster, containerRuntime }, cluster.workers[0]!)
  const configuration = files.find(({ path }) => path === '/etc/containerd/config.toml')!
  writeFileSync(
    join(folder, 'config.toml'),
    textOf(configuration.content).replace('/etc/containerd/conf.d', join(folder, 'conf.d')),
  )
  if (dropIn === null) rmSync(join(folder, 'conf.d'), { recursive: true })
  else writeFileSync(join(folder, 'conf.d/50-own.toml'), dropIn)
  const { status, stdout } = spawnSync(
    'containerd',
    ['--config', join(folder, 'config.toml'), 'config', 'dump'],
    { encoding: 'utf8' },
  )
  return { status, lines: stdout.split('\n').map((line) => line.trim().replaceAll("'", '"')) }
}

describeWith({ linux: true, programs: ['containerd'] }, 'drop-ins of containerd', () => {
  it('are none where the directory is missing', () => {
    const { status, lines } = dump(null)
    expect(status).toBe(0)
    expect(lines).toContain('SystemdCgroup = true')
  })

  it('add to what hakube writes', () => {
    const { status, lines } = dump(
      '[debug]\nlevel = "debug"\n[proxy_plugins.own]\ntype = "snapshot"\naddress = "/run/own.sock"\n',
    )
    expect(status).toBe(0)
    for (const line of ['level = "debug"', 'address = "/run/own.sock"', 'SystemdCgroup = true'])
      expect(lines).toContain(line)
  })

  // What `check` refuses for 1.x, and why: of 2.x it was seen by hand that it merges.
  it("of 1.x with the plugin's section take the place of hakube's", () => {
    const section = '[plugins."io.containerd.grpc.v1.cri".containerd.runtimes.own]\nruntime_type = "own"\n'
    const { status, lines } = dump(`version = 2\n${section}`)
    expect(status).toBe(0)
    expect({
      isVersion1: isVersion1(),
      own: lines.includes('runtime_type = "own"'),
      keeps: lines.includes('SystemdCgroup = true'),
    }).toEqual(
      isVersion1()
        ? { isVersion1: true, own: true, keeps: false }
        : { isVersion1: false, own: false, keeps: true },
    )
  })
})

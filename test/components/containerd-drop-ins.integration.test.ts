import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { containerd } from '../../src/components/containerd.ts'
import { textOf } from '../../src/templates/template.ts'
import { exampleCluster, withSystem, systemOf } from '../example.ts'
import { describeWith, findProgram } from '../prerequisites.ts'
import { assembleOnly } from '../support/assemble-only.ts'

let directory = ''
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'hakube-containerd-'))
  mkdirSync(join(directory, 'conf.d'))
})
afterEach(() => rmSync(directory, { recursive: true, force: true }))

const isVersion1 = (): boolean =>
  / v?1\./.test(
    spawnSync(findProgram('containerd') ?? 'false', ['--version'], { encoding: 'utf8' }).stdout ?? '',
  )

/** What the containerd of this machine makes of hakube's configuration with a drop-in. */
function dump(dropIn: string | null, cluster = exampleCluster()): { status: number | null; lines: string[] } {
  const containerRuntime = {
    ...systemOf(cluster).containerRuntime,
    configuration: isVersion1() ? 2 : 3,
  } as const
  const changed = withSystem(cluster, { containerRuntime })
  const { files } = assembleOnly([containerd], changed, changed.workers[0]!)
  const configuration = files.find(({ path }) => path === '/etc/containerd/config.toml')!
  writeFileSync(
    join(directory, 'config.toml'),
    textOf(configuration.content).replace('/etc/containerd/conf.d', join(directory, 'conf.d')),
  )
  if (dropIn === null) rmSync(join(directory, 'conf.d'), { recursive: true })
  else writeFileSync(join(directory, 'conf.d/50-own.toml'), dropIn)
  const { status, stdout } = spawnSync(
    'containerd',
    ['--config', join(directory, 'config.toml'), 'config', 'dump'],
    { encoding: 'utf8' },
  )
  return { status, lines: stdout.split('\n').map((line) => line.trim().replaceAll("'", '"')) }
}

describeWith({ linux: true, programs: ['containerd'] }, 'drop-ins of containerd', () => {
  it('are not required: the directory may be missing', () => {
    const { status, lines } = dump(null)
    expect(status).toBe(0)
    expect(lines).toContain('SystemdCgroup = true')
  })

  it('leave a login to a mirror exact, whatever it contains', () => {
    const cluster = exampleCluster()
    const password = 'it\'s "a" \\ $word'
    const { status, lines } = dump(null, {
      ...cluster,
      mirrors: {
        ...cluster.mirrors,
        images: { 'docker.io': 'https://registry.example.com:5000' },
        logins: { 'docker.io': { username: 'pull', passwordSecret: 'registry' } },
      },
      secrets: { ...cluster.secrets, own: { registry: password } },
    })
    expect(status).toBe(0)
    expect(lines.some((line) => line.includes('registry.configs."registry.example.com:5000".auth]'))).toBe(
      true,
    )
    expect(lines).toContain('username = "pull"')
    expect(lines).toContain(`password = ${JSON.stringify(password).replaceAll("'", '"')}`)
  })

  it('extend what hakube writes', () => {
    const { status, lines } = dump(
      '[debug]\nlevel = "debug"\n[proxy_plugins.own]\ntype = "snapshot"\naddress = "/run/own.sock"\n',
    )
    expect(status).toBe(0)
    for (const line of ['level = "debug"', 'address = "/run/own.sock"', 'SystemdCgroup = true'])
      expect(lines).toContain(line)
  })

  // What `check` refuses for 1.x, and why: of 2.x it was seen by hand that it merges.
  it("of 1.x with the plugin's section replace that of hakube", () => {
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

import { execFileSync, spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { basename, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { beforeAll, expect, it } from 'vitest'
import { program } from '../commands/hakube.ts'
import { openClusterRack, withBundle, type ClusterRack, type RackProfile } from '../kubernetes/rack.ts'
import { rackPrograms } from '../kubernetes/observer.ts'
import { describeWith } from '../prerequisites.ts'
import type { ContainerMachine } from '../support/container-machine.ts'
import { until } from '../support/processes.ts'

/*
 * A machine that came up from its seed, with the real systemd, and the changes that `hakube files` brings it afterwards: a kernel setting, a
 * port of haproxy and a key of a user. What counts is what the kernel, haproxy and sshd's file say, not what was written where.
 */

const scripts = fileURLToPath(new URL('../../scripts/rack-image.sh', import.meta.url))
const field = (data: Buffer) => Buffer.concat([Buffer.from([0, 0, 0, data.length]), data])

/** An ED25519 key that nobody has (RFC 8709, section 4). */
function key(name: string): string {
  const type = 'ssh-ed25519'
  const blob = Buffer.concat([field(Buffer.from(type)), field(createHash('sha256').update(name).digest())])
  return `${type} ${blob.toString('base64')} ${name}@example.com`
}

const withKeyOf = (name: string): [RegExp, string] => [/(sshKeys:\n)/, `$1      - ${key(name)}\n`]

/** The root of the machine that the rack test boots by PXE, as a directory; there is nothing of Kubernetes on a load balancer. */
function machineImage(): string {
  const rack = execFileSync(scripts, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim()
  const cache = join(process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'hakube')
  const image = join(cache, `machine-${basename(rack)}`)
  if (existsSync(image)) return image
  const draft = `${image}.${process.pid}`
  mkdirSync(join(draft, 'containerd'), { recursive: true })
  const squashfs = join(rack, 'debian-12-amd64/root.squashfs')
  execFileSync('unsquashfs', ['-no-progress', '-quiet', '-dest', join(draft, 'root'), squashfs])
  renameSync(draft, image)
  return image
}

const needs = {
  root: true,
  linux: true,
  programs: [...rackPrograms, 'mksquashfs', 'unsquashfs', 'age-keygen'],
}

describeWith(needs, 'a machine that runs', () => {
  let profile: RackProfile
  let rack: ClusterRack
  let machine: ContainerMachine

  beforeAll(async () => {
    profile = withBundle(fileURLToPath(new URL('machine-profile.yaml', import.meta.url)))
    rack = await openClusterRack({ image: machineImage() }, profile)
    machine = rack.machine('balancer-1')
    return async () => {
      const keep = process.env['HAKUBE_KEEP_LOGS']
      if (keep) await rack.keepLogs(`${keep}-running-machine`)
      await rack.close()
    }
  })

  const said = async (...command: string[]) => (await machine.run(command)).stdout.trim()

  const ready = (seconds: number) =>
    until(
      'the machine is ready',
      seconds,
      async () => {
        const status = await said('cat', '/var/lib/hakube/status.json')
        const state = /"state": "(\w+)"/.exec(status)?.[1]
        return state === 'ready' ? true : null
      },
      () => machine.console().slice(-3000),
    )

  /** What is so on the machine, whatever its files say. */
  const effects = async () => ({
    somaxconn: await said('sysctl', '-n', 'net.core.somaxconn'),
    ports: (await said('ss', '--no-header', '--listening', '--tcp', '--numeric'))
      .split('\n')
      .flatMap((line) => /10\.10\.10\.20:(\d+)/.exec(line)?.[1] ?? [])
      .toSorted(),
    keys: (await said('cat', '/home/ops/.ssh/authorized_keys'))
      .split('\n')
      .flatMap((line) => /\S+@example\.com$/.exec(line)?.[0] ?? []),
  })

  const change = (...changes: [from: string | RegExp, to: string][]) =>
    writeFileSync(
      profile.file,
      changes.reduce((text, [from, to]) => text.replace(from, to), readFileSync(profile.file, 'utf8')),
    )

  /** `hakube files PROFILE MACHINE --tar -` */
  function filesNow(): Uint8Array {
    const words = [program, 'files', profile.file, machine.name, '--tar', '-', ...profile.secrets]
    const { status, stdout, stderr } = spawnSync(process.execPath, words, { maxBuffer: 1 << 27 })
    if (status !== 0) throw new Error(stderr.toString())
    return stdout
  }

  const apply = async (tar: Uint8Array, ...words: string[]) => {
    const { status, stdout, stderr } = await machine.run(['hakube-apply', ...words], 300_000, tar)
    return { status, lines: `${stdout}${stderr}`.trim().split('\n') }
  }

  it('becomes ready from its seed', async () => {
    await rack.powerOn(machine.name)
    await ready(600)
    expect(await effects()).toEqual({
      somaxconn: '1001',
      ports: ['443', '8081'],
      keys: ['first@example.com'],
    })
    expect(await apply(filesNow())).toEqual({
      status: 0,
      lines: ['balancer-1: nothing to do: the machine matches the profile'],
    })
  })

  it('receives a kernel setting, a port of haproxy and a key, each with its effect', async () => {
    change(['somaxconn: 1001', 'somaxconn: 1002'], ['httpPort: 8081', 'httpPort: 8082'], withKeyOf('second'))
    const tar = filesNow()
    const before = await effects()
    expect((await apply(tar, '--dry-run')).lines.at(-1)).toBe('balancer-1: dry run: nothing was changed')
    expect(await effects()).toEqual(before)
    const { status, lines } = await apply(tar)
    expect({ status, last: lines.at(-1) }).toEqual({ status: 0, last: 'balancer-1: done: all checks pass' })
    expect(lines).toEqual(
      expect.arrayContaining(['change  /etc/haproxy/haproxy.cfg', 'restart haproxy.service']),
    )
    expect(await effects()).toEqual({
      somaxconn: '1002',
      ports: ['443', '8082'],
      keys: ['second@example.com', 'first@example.com'],
    })
  })

  it('loses power during the next change, boots, and has all of it after another run', async () => {
    change(['somaxconn: 1002', 'somaxconn: 1003'], ['httpPort: 8082', 'httpPort: 8083'], withKeyOf('third'))
    const tar = filesNow()
    const cut = machine.run(['hakube-apply'], 300_000, tar)
    await until('hakube-apply has begun to put files in place', 100, async () =>
      (await said('cat', '/etc/haproxy/haproxy.cfg')).includes(':8083') ? true : null,
    )
    await machine.pullThePlug()
    expect((await cut).status).not.toBe(0)
    await rack.powerOn(machine.name)
    await ready(600)
    expect((await apply(tar)).status).toBe(0)
    expect(await effects()).toEqual({
      somaxconn: '1003',
      ports: ['443', '8083'],
      keys: ['third@example.com', 'second@example.com', 'first@example.com'],
    })
    expect(await apply(tar)).toEqual({
      status: 0,
      lines: ['balancer-1: nothing to do: the machine matches the profile'],
    })
  })
})

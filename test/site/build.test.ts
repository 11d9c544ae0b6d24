import { createHash } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it, vi } from 'vitest'
import { parse } from 'yaml'
import { dhcpFiles } from '../../src/boot/dhcp/index.ts'
import type { Cluster, Machine } from '../../src/cluster/cluster.ts'
import { assemble } from '../../src/assembly/assemble.ts'
import { machineFiles } from '../../src/assembly/first-boot.ts'
import { components } from '../../src/components/index.ts'
import { autoinstallObject } from '../../src/installers/autoinstall.ts'
import { cloudConfig, cloudConfigObject, metaData } from '../../src/seeds/cloud-init.ts'
import { networkConfig } from '../../src/seeds/network-config.ts'
import { siteFiles } from '../../src/site/build.ts'
import { exampleCluster, exampleNames, noKernelArguments, systemOf } from '../example.ts'
import { AutoinstallSeed, Network } from '../schemas/autoinstall.ts'
import { forReview } from '../support/shared-text.ts'

/** One machine of each kind, the last of its kind: the first control plane is special, the others are like it or like this one. */
function oneOfEach(cluster: Cluster): Machine[] {
  const kinds = new Map<string, Machine>()
  for (const machine of cluster.machines) kinds.set(`${machine.role} ${machine.initializes}`, machine)
  return [...kinds.values()]
}

/** The id of an instance has a sum over its whole seed, which the tests below compute. */
const withoutHash = (text: string): string =>
  text.replace(/^(instance-id: "hakube-.*)-[0-9a-f]{12}"$/m, '$1-HASH"')

describe.each(exampleNames)('siteFiles of %s', (name) => {
  const cluster = exampleCluster(name)
  const files = [...siteFiles(cluster)]

  it('contain one machine of each kind', async () => {
    const chosen = new Set(oneOfEach(cluster).map((machine) => machine.name))
    const written = files.filter(({ machine }) => machine === undefined || chosen.has(machine))
    for (const file of written)
      await expect(await forReview(withoutHash(file.body.toString()))).toMatchFileSnapshot(
        `../fixtures/${name}/expected/${file.path}`,
      )
  })

  it('contain these files for every card of every machine, and mark secrets', () => {
    const expected = cluster.machines.flatMap(({ macs, firmware, name: machine }) => [
      ...macs.flatMap((mac) =>
        [
          `ipxe/${mac}`,
          `pxelinux.cfg/01-${mac}`,
          ...(firmware === 'uefi' ? [`grub/grub.cfg-01-${mac}`] : []),
        ].map((path) => ({ path, machine, secret: false })),
      ),
      ...(systemOf(cluster).install.name === 'kickstart'
        ? [{ path: `kickstart/${macs[0]}.ks`, machine, secret: false }]
        : []),
      ...['meta-data', 'network-config', 'user-data', 'vendor-data'].map((file) => ({
        path: `seed/${macs[0]}/${file}`,
        machine,
        secret: expect.any(Boolean) as boolean,
      })),
    ])
    expect(
      files.map(({ path, machine, secret }) =>
        machine === undefined ? { path, secret } : { path, machine, secret },
      ),
    ).toEqual([
      { path: 'boot.ipxe', secret: false },
      { path: 'hakube.ipxe', secret: false },
      { path: 'autoexec.ipxe', secret: false },
      { path: 'grub/grub.cfg', secret: false },
      ...expected,
      ...dhcpFiles(cluster).map(({ path }) => ({ path, secret: false })),
    ])
    for (const machine of cluster.machines) {
      const assembly = assemble(components, cluster, machine)
      const holdsSecrets = cluster.enrolment === null && assembly.files.some((file) => file.secret)
      const secrets = files
        .filter((file) => file.machine === machine.name && file.secret)
        .map(({ path }) => path)
      expect(secrets).toEqual(holdsSecrets ? [`seed/${machine.macs[0]}/user-data`] : [])
    }
  })

  it('state in every secret file, and in no other, that its secrets are ephemeral', () => {
    const words = '# Contains ephemeral secrets: only for tests and trials, never for a permanent cluster.\n'
    expect(files.filter((file) => file.body.includes(words)).map(({ path }) => path)).toEqual(
      files.filter((file) => file.secret).map(({ path }) => path),
    )
    const kept = { ...cluster, secrets: { ...cluster.secrets, ephemeral: false } }
    expect([...siteFiles(kept)].filter((file) => file.body.includes(words))).toEqual([])
  })

  it('can be read as YAML 1.1', () => {
    const textOfPath = new Map(files.map((file) => [file.path, file.body.toString()]))
    const read = (path: string): unknown => parse(textOfPath.get(path) ?? '', { version: '1.1' })
    for (const machine of cluster.machines) {
      const seed = `seed/${machine.macs[0]}`
      const assembly = assemble(components, cluster, machine)
      // Machines that enrol fetch the others.
      const carried = machineFiles(cluster, assembly).filter(
        ({ secret }) => cluster.enrolment === null || secret !== true,
      )
      const config = cloudConfig(cluster, machine, carried, assembly.declared.users)
      const isAutoinstall = systemOf(cluster).install.name === 'autoinstall'
      const object = isAutoinstall
        ? autoinstallObject(cluster, machine, config, noKernelArguments)
        : cloudConfigObject(config)
      expect(read(`${seed}/user-data`)).toEqual(object)
      expect(isAutoinstall ? AutoinstallSeed.safeParse(object).error : undefined).toBeUndefined()
      expect(read(`${seed}/network-config`)).toEqual(networkConfig(cluster, machine))
      expect(Network.safeParse(read(`${seed}/network-config`)).error).toBeUndefined()
      // A new instance when anything of the seed is another, and only then: the fixtures leave the sum out.
      expect(textOfPath.get(`${seed}/meta-data`)).toBe(
        metaData(machine, textOfPath.get(`${seed}/user-data`)!, textOfPath.get(`${seed}/network-config`)!),
      )
    }
  })
})

/** What all examples become. */
const digest = async (): Promise<string[]> => {
  // Nothing that was kept by an earlier run.
  vi.resetModules()
  const { siteFiles } = await import('../../src/site/build.ts')
  const { exampleCluster } = await import('../example.ts')
  return exampleNames.flatMap((name) =>
    [...siteFiles(exampleCluster(name))].map(
      ({ path, secret, body }) => `${path} ${secret} ${createHash('sha256').update(body).digest('hex')}`,
    ),
  )
}

describe('siteFiles', () => {
  it('renders a machine only when it is requested', () => {
    const cluster = exampleCluster()
    const [first] = cluster.machines
    const machines = [
      first!,
      {
        ...first!,
        get macs(): Machine['macs'] {
          throw new Error('asked for the second machine')
        },
      },
    ]
    const files = siteFiles({ ...cluster, machines })
    expect([0, 1, 2, 3, 4].map(() => files.next().value?.path)).toEqual([
      'boot.ipxe',
      'hakube.ipxe',
      'autoexec.ipxe',
      'grub/grub.cfg',
      `ipxe/${first!.macs[0]}`,
    ])
    expect(() => [...files]).toThrow('asked for the second machine')
  })

  it('produces the same bytes in another time zone, language, directory and with another umask', async () => {
    const here = await digest()
    const before = { directory: process.cwd(), umask: process.umask(0o077) }
    const directory = mkdtempSync(join(tmpdir(), 'hakube-elsewhere-'))
    vi.stubEnv('TZ', 'Pacific/Apia')
    vi.stubEnv('LANG', 'tr_TR.UTF-8')
    vi.stubEnv('LC_ALL', 'tr_TR.UTF-8')
    process.chdir(directory)
    try {
      expect(await digest()).toEqual(here)
    } finally {
      process.chdir(before.directory)
      process.umask(before.umask)
      vi.unstubAllEnvs()
      rmSync(directory, { recursive: true })
    }
  })
})

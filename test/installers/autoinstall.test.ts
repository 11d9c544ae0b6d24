import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import type { Cluster } from '../../src/cluster/cluster.ts'
import { autoinstall, autoinstallObject } from '../../src/installers/autoinstall.ts'
import { cloudConfigHeader } from '../../src/seeds/cloud-init.ts'
import { toYaml } from '../../src/templates/yaml.ts'
import { exampleCluster, noKernelArguments, noStorage } from '../example.ts'
import { AutoinstallSeed } from '../schemas/autoinstall.ts'
import { sampleConfig, textOf } from '../seeds/sample.ts'
import { foldLook } from '../support/shared-text.ts'

const cluster: Cluster = exampleCluster('load-balancers-on-control-planes')
const machine = cluster.machines[0]!

describe('autoinstallPieces', () => {
  it('writes a seed for the installer that contains the seed of the machine', async () => {
    const text =
      cloudConfigHeader(true) +
      textOf(autoinstall.seed.pieces(cluster, machine, sampleConfig(cluster), noKernelArguments))
    await expect(foldLook(text)).toMatchFileSnapshot('../fixtures/seeds/expected/autoinstall')
  })

  it('is what the serialiser writes for the whole object, and reads back as it', () => {
    const config = sampleConfig(cluster)
    const text = textOf(autoinstall.seed.pieces(cluster, machine, config, noKernelArguments))
    expect(text).toBe(toYaml(autoinstallObject(cluster, machine, config, noKernelArguments)))
    expect(parse(text, { version: '1.1' })).toEqual(
      autoinstallObject(cluster, machine, config, noKernelArguments),
    )
  })

  it('contains only keys that the installer supports', () => {
    const seed: unknown = parse(
      textOf(autoinstall.seed.pieces(cluster, machine, sampleConfig(cluster), noKernelArguments)),
      {
        version: '1.1',
      },
    )
    expect(AutoinstallSeed.safeParse(seed).error).toBeUndefined()
  })

  it('erases no disk that the profile does not name', () => {
    const noDisk = { ...machine, storage: noStorage }
    expect(() =>
      textOf(autoinstall.seed.pieces(cluster, noDisk, sampleConfig(cluster), noKernelArguments)),
    ).toThrow('has no disk to install to')
  })
})

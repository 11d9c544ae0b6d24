import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import type { Cluster } from '../../src/cluster/cluster.ts'
import {
  cloudConfig,
  cloudConfigHeader,
  cloudConfigObject,
  cloudConfigPieces,
  metaData,
  writeFile,
} from '../../src/seeds/cloud-init.ts'
import { networkConfig } from '../../src/seeds/network-config.ts'
import { toYaml } from '../../src/templates/yaml.ts'
import { exampleCluster, withSystem, systemOf } from '../example.ts'
import { sampleConfig, sampleFiles, sampleUsers, textOf } from './sample.ts'
import { anyText } from './texts.ts'

const read = (text: string): unknown => parse(text, { version: '1.1' })
const withCloudInit = (cloudInitVersion: string): Cluster => {
  const cluster = exampleCluster()
  return withSystem(cluster, { distribution: { ...systemOf(cluster).distribution, cloudInitVersion } })
}

describe('cloudConfigPieces', () => {
  it('writes one complete configuration', async () => {
    const text = cloudConfigHeader(true) + textOf(cloudConfigPieces(sampleConfig()))
    await expect(text).toMatchFileSnapshot('../fixtures/seeds/expected/user-data')
  })

  it('leaves owners to runcmd if files cannot wait for their user', async () => {
    const text = cloudConfigHeader(false) + textOf(cloudConfigPieces(sampleConfig(withCloudInit('19.4'))))
    await expect(text).toMatchFileSnapshot('../fixtures/seeds/expected/user-data-19.4')
  })

  it.each(['19.4', '21.4', '22.1', '25.1'])(
    'is what the serialiser writes for the whole object, for %s',
    (version) => {
      const config = sampleConfig(withCloudInit(version))
      expect(textOf(cloudConfigPieces(config))).toBe(toYaml(cloudConfigObject(config)))
      // And again, from what was kept.
      expect(textOf(cloudConfigPieces(config))).toBe(toYaml(cloudConfigObject(config)))
      expect(`a:\n  b:\n${textOf(cloudConfigPieces(config, 4))}`).toBe(
        toYaml({ a: { b: cloudConfigObject(config) } }),
      )
      expect(read(textOf(cloudConfigPieces(config)))).toEqual(cloudConfigObject(config))
    },
  )

  it('can contain any text', () => {
    const file = fc.record({
      path: fc.constantFrom('/etc/one', '/etc/two'),
      mode: fc.constantFrom('0644', '0600'),
      owner: fc.constantFrom('root:root', 'ops:ops', 'root:adm'),
      content: anyText,
    })
    fc.assert(
      fc.property(fc.array(file), fc.boolean(), (files, canDefer) => {
        const config = { ...sampleConfig(), files, canDefer }
        expect(textOf(cloudConfigPieces(config))).toBe(toYaml(cloudConfigObject(config)))
        const back = read(textOf(cloudConfigPieces(config))) as {
          write_files: { content: string; encoding?: string }[]
        }
        expect(
          back.write_files.map(({ content, encoding }) => Buffer.from(content, encoding ? 'base64' : 'utf8')),
        ).toEqual(files.map(({ content }) => Buffer.from(content)))
      }),
    )
  })

  it('distinguishes files that differ only in path, mode, owner or depth', () => {
    const files = ['/a', '/b'].flatMap((path) =>
      ['0600', '0644'].flatMap((mode) =>
        ['root:root', 'root:adm'].map((owner) => ({ path, mode, owner, content: 'same\n' })),
      ),
    )
    const config = { ...sampleConfig(), files }
    expect(textOf(cloudConfigPieces(config))).toBe(toYaml(cloudConfigObject(config)))
    expect(`a:\n${textOf(cloudConfigPieces(config, 2))}`).toBe(toYaml({ a: cloudConfigObject(config) }))
  })
})

describe('cloudConfig', () => {
  const cluster = exampleCluster()
  const machine = cluster.machines[0]!

  it.each([
    ['on a disk', 'external-load-balancers', ['bootcmd', 'hostname']],
    ['in memory', 'rack-test', ['hostname', 'fqdn']],
  ] as const)('begins with what power cuts make necessary %s', (_name, example, keys) => {
    expect(Object.keys(sampleConfig(exampleCluster(example)).settings).slice(0, 2)).toEqual(keys)
  })
  const [open] = sampleFiles
  const [ops, view] = sampleUsers

  it.each([
    ['no secret', [open!], [ops!], false],
    ['a secret file', sampleFiles, [ops!], true],
    ['a password', [open!], [ops!, view!], true],
  ])('states that it contains %s', (_name, files, users, secret) => {
    expect(cloudConfig(cluster, machine, files, users).secret).toBe(secret)
  })
})

describe('writeFile', () => {
  it.each(['MIME-Version: 1.0\n', 'x mime-version:'])(
    'hides %j, which would make the seed a MIME message',
    (content) => {
      expect(writeFile({ path: '/a', mode: '0644', content }, true)).toEqual({
        path: '/a',
        permissions: '0644',
        encoding: 'b64',
        content: Buffer.from(content).toString('base64'),
      })
    },
  )
})

describe('networkConfig', () => {
  it('finds the card by its address', () => {
    const cluster = exampleCluster()
    expect(toYaml(networkConfig(cluster, cluster.machines[0]!))).toMatchInlineSnapshot(`
      "version: 2
      ethernets:
        card0:
          match:
            macaddress: "52:54:00:aa:bb:01"
          addresses:
            - "10.10.10.11/24"
          routes:
            - to: "0.0.0.0/0"
              via: "10.10.10.1"
          nameservers:
            addresses:
              - "10.10.10.1"
            search:
              - "example.com"
      "
    `)
  })

  it('has no search domain if there is none', () => {
    const cluster = exampleCluster()
    const network = { ...cluster.network, searchDomain: null, nameServers: ['10.0.0.1', '10.0.0.2'] }
    expect(toYaml(networkConfig({ ...cluster, network }, cluster.machines[0]!))).toMatchInlineSnapshot(`
      "version: 2
      ethernets:
        card0:
          match:
            macaddress: "52:54:00:aa:bb:01"
          addresses:
            - "10.10.10.11/24"
          routes:
            - to: "0.0.0.0/0"
              via: "10.10.10.1"
          nameservers:
            addresses:
              - "10.0.0.1"
              - "10.0.0.2"
      "
    `)
  })
})

describe('metaData', () => {
  const machine = exampleCluster().machines[0]!

  it('derives the instance ID from the contents of the seed', () => {
    expect(metaData(machine, 'user data', 'network')).toMatchInlineSnapshot(`
      "instance-id: "hakube-sample-haproxy-001-909e0af97e35"
      local-hostname: "sample-haproxy-001"
      "
    `)
    expect(metaData(machine, 'user data', 'network')).toBe(metaData(machine, 'user data', 'network'))
    expect(metaData(machine, 'other data', 'network')).not.toBe(metaData(machine, 'user data', 'network'))
    expect(metaData(machine, 'user', 'data')).not.toBe(metaData(machine, 'userdata', ''))
  })
})

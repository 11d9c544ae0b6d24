import { describe, expect, it } from 'vitest'
import type { Cluster, Machine } from '../../src/cluster/cluster.ts'
import { assetsToBoot } from '../../src/boot/assets.ts'
import { bootScripts, machineBootFiles } from '../../src/boot/index.ts'
import {
  argumentProblem,
  bootArguments,
  encodeForIpxe,
  encodeForPxelinux,
  ipxeText,
} from '../../src/boot/kernel-arguments.ts'
import { resolve } from '../../src/cluster/resolve.ts'
import { exampleCluster, exampleNames, exampleProfile, testSecrets } from '../example.ts'

const withMacs = (cluster: Cluster): Machine => ({
  ...cluster.machines[0]!,
  macs: ['52-54-00-aa-bb-01', '52-54-00-aa-cc-01'],
})

describe('bootScripts', () => {
  it('ask for every card, and for the server until it is there', async () => {
    const files = bootScripts(exampleCluster())
    expect(files.map((file) => ({ ...file, body: null }))).toEqual(
      ['boot.ipxe', 'hakube.ipxe'].map((path) => ({
        path,
        secret: false,
        contentType: 'text/plain; charset=utf-8',
        body: null,
      })),
    )
    for (const { path, body } of files)
      await expect(body.toString()).toMatchFileSnapshot(`../fixtures/boot/expected/${path}`)
  })
})

describe('machineBootFiles', () => {
  it.each(exampleNames)('writes scripts and menus of a machine of %s', async (name) => {
    const cluster = exampleCluster(name)
    for (const file of machineBootFiles(cluster, { ...withMacs(cluster), console: 'ttyS0,115200' }, []))
      await expect(file.body.toString()).toMatchFileSnapshot(`../fixtures/boot/expected/${name}/${file.path}`)
  })

  it('writes them for each card', () => {
    const cluster = exampleCluster()
    const files = machineBootFiles(cluster, withMacs(cluster), [])
    expect(files.map(({ path, machine, secret }) => ({ path, machine, secret }))).toEqual(
      [
        'ipxe/52-54-00-aa-bb-01',
        'pxelinux.cfg/01-52-54-00-aa-bb-01',
        'ipxe/52-54-00-aa-cc-01',
        'pxelinux.cfg/01-52-54-00-aa-cc-01',
      ].map((path) => ({ path, machine: 'sample-haproxy-001', secret: false })),
    )
  })
})

describe('bootArguments', () => {
  it.each(exampleNames)('tells the kernel of %s where all else is', (name) => {
    const cluster = exampleCluster(name)
    const machine = { ...withMacs(cluster), console: 'ttyS0,115200' }
    expect(bootArguments(cluster, machine, ['mitigations=auto'])).toMatchSnapshot()
  })
})

describe('Debian by its own installer', () => {
  const cluster = resolve(exampleProfile('flannel-service'), new Map(), testSecrets)
  const machine = { ...withMacs(cluster), console: 'ttyS0,115200' }

  it('is told of its network on both boot loaders', async () => {
    const files = machineBootFiles(cluster, { ...machine, macs: ['52-54-00-aa-bb-01'] }, [])
    for (const file of files)
      await expect(file.body.toString()).toMatchFileSnapshot(
        `../fixtures/boot/expected/flannel-service/${file.path}`,
      )
  })

  it('takes kernel and initrd from the mirror, for each architecture', () => {
    const [amd64, arm64] = (['amd64', 'arm64'] as const).map((architecture) =>
      assetsToBoot(cluster, { ...machine, architecture }),
    )
    expect([amd64, arm64].flat()).toMatchInlineSnapshot(`
      [
        {
          "path": "debian-13-amd64/linux",
          "source": "https://deb.debian.org/debian/dists/trixie/main/installer-amd64/current/images/netboot/debian-installer/amd64/linux",
          "what": "kernel",
        },
        {
          "path": "debian-13-amd64/initrd.gz",
          "source": "https://deb.debian.org/debian/dists/trixie/main/installer-amd64/current/images/netboot/debian-installer/amd64/initrd.gz",
          "what": "initrd",
        },
        {
          "path": "debian-13-arm64/linux",
          "source": "https://deb.debian.org/debian/dists/trixie/main/installer-arm64/current/images/netboot/debian-installer/arm64/linux",
          "what": "kernel",
        },
        {
          "path": "debian-13-arm64/initrd.gz",
          "source": "https://deb.debian.org/debian/dists/trixie/main/installer-arm64/current/images/netboot/debian-installer/arm64/initrd.gz",
          "what": "initrd",
        },
      ]
    `)
  })
})

describe('arguments that a boot loader would change', () => {
  it.each([
    ['', 'is empty'],
    ['two words', 'holds white space or a control character'],
    ['bell\u0007', 'holds white space or a control character'],
    ['#comment', 'begins with #'],
    ['a=${net0/mac}', 'holds ${'],
    ['||', 'is an operator of iPXE'],
    [';', 'is an operator of iPXE'],
  ])('%j %s', (argument, problem) => {
    expect(argumentProblem(argument)).toBe(problem)
    expect(() => encodeForIpxe(['quiet', argument])).toThrow(
      `iPXE cannot pass on ${JSON.stringify(argument)}: it ${problem}`,
    )
    expect(() => encodeForPxelinux([argument])).toThrow(
      `pxelinux cannot pass on ${JSON.stringify(argument)}: it ${problem}`,
    )
  })

  it.each(['quiet', 'a=b;c=d', 'a="b"', "a='b'", 'a#b', 'a=$b', 'a||b'])(
    '%j arrives as it is',
    (argument) => {
      expect(encodeForIpxe([argument, 'quiet'])).toBe(`${argument} quiet`)
      expect(encodeForPxelinux([argument])).toBe(argument)
    },
  )
})

describe('ipxeText', () => {
  it('keeps words', () => {
    expect(ipxeText('  Rocky   Linux 9 ')).toBe('Rocky Linux 9')
    expect(() => ipxeText('see ${net0/mac}')).toThrow('iPXE cannot pass on "${net0/mac}": it holds ${')
  })
})

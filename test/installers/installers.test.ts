import { describe, expect, it } from 'vitest'
import { resolve } from '../../src/cluster/resolve.ts'
import { distributions } from '../../src/distributions/index.ts'
import { installMethod, installMethodNames } from '../../src/distributions/install-methods.ts'
import { architectures } from '../../src/distributions/mirrors.ts'
import { installerOf, installers } from '../../src/installers/index.ts'
import { exampleCluster, exampleProfile, installedBy, mirrorOf, testSecrets } from '../example.ts'

/** Every distribution by each of its install methods. */
const clusters = distributions.flatMap((distribution) =>
  distribution.installs.map((install) => {
    const profile = exampleProfile()
    profile.distribution = installedBy(distribution, install)
    profile.mirrors = { distribution: mirrorOf(distribution) }
    return resolve(profile, new Map(), testSecrets)
  }),
)

describe('installers', () => {
  it('are one for each install method that a profile can name', () => {
    expect(installers.map(({ method }) => method)).toEqual(installMethodNames.map(installMethod))
  })

  it('list the boot files of each distribution and architecture', () => {
    const rows = clusters.flatMap((cluster) =>
      architectures.map((architecture) => {
        const machine = { ...cluster.machines[0]!, architecture }
        const { kernel, initrd, image } = installerOf(machine).bootFiles(cluster, machine)
        const files = [kernel, initrd, ...(image ? [image] : [])]
        return `${machine.system.install.name}: ${files.map(({ path }) => path).join(', ')}`
      }),
    )
    expect(rows).toMatchInlineSnapshot(`
      [
        "kickstart: rocky-8-amd64/vmlinuz, rocky-8-amd64/initrd.img",
        "kickstart: rocky-8-arm64/vmlinuz, rocky-8-arm64/initrd.img",
        "image: ram-system-amd64/vmlinuz, ram-system-amd64/initrd.img, images/rocky-8-amd64.raw.zst",
        "image: ram-system-arm64/vmlinuz, ram-system-arm64/initrd.img, images/rocky-8-arm64.raw.zst",
        "kickstart: rocky-9-amd64/vmlinuz, rocky-9-amd64/initrd.img",
        "kickstart: rocky-9-arm64/vmlinuz, rocky-9-arm64/initrd.img",
        "image: ram-system-amd64/vmlinuz, ram-system-amd64/initrd.img, images/rocky-9-amd64.raw.zst",
        "image: ram-system-arm64/vmlinuz, ram-system-arm64/initrd.img, images/rocky-9-arm64.raw.zst",
        "kickstart: rocky-10-amd64/vmlinuz, rocky-10-amd64/initrd.img",
        "kickstart: rocky-10-arm64/vmlinuz, rocky-10-arm64/initrd.img",
        "image: ram-system-amd64/vmlinuz, ram-system-amd64/initrd.img, images/rocky-10-amd64.raw.zst",
        "image: ram-system-arm64/vmlinuz, ram-system-arm64/initrd.img, images/rocky-10-arm64.raw.zst",
        "kickstart: almalinux-8-amd64/vmlinuz, almalinux-8-amd64/initrd.img",
        "kickstart: almalinux-8-arm64/vmlinuz, almalinux-8-arm64/initrd.img",
        "image: ram-system-amd64/vmlinuz, ram-system-amd64/initrd.img, images/almalinux-8-amd64.raw.zst",
        "image: ram-system-arm64/vmlinuz, ram-system-arm64/initrd.img, images/almalinux-8-arm64.raw.zst",
        "kickstart: almalinux-9-amd64/vmlinuz, almalinux-9-amd64/initrd.img",
        "kickstart: almalinux-9-arm64/vmlinuz, almalinux-9-arm64/initrd.img",
        "image: ram-system-amd64/vmlinuz, ram-system-amd64/initrd.img, images/almalinux-9-amd64.raw.zst",
        "image: ram-system-arm64/vmlinuz, ram-system-arm64/initrd.img, images/almalinux-9-arm64.raw.zst",
        "kickstart: almalinux-10-amd64/vmlinuz, almalinux-10-amd64/initrd.img",
        "kickstart: almalinux-10-arm64/vmlinuz, almalinux-10-arm64/initrd.img",
        "image: ram-system-amd64/vmlinuz, ram-system-amd64/initrd.img, images/almalinux-10-amd64.raw.zst",
        "image: ram-system-arm64/vmlinuz, ram-system-arm64/initrd.img, images/almalinux-10-arm64.raw.zst",
        "kickstart: centos-9-amd64/vmlinuz, centos-9-amd64/initrd.img",
        "kickstart: centos-9-arm64/vmlinuz, centos-9-arm64/initrd.img",
        "image: ram-system-amd64/vmlinuz, ram-system-amd64/initrd.img, images/centos-9-amd64.raw.zst",
        "image: ram-system-arm64/vmlinuz, ram-system-arm64/initrd.img, images/centos-9-arm64.raw.zst",
        "kickstart: centos-10-amd64/vmlinuz, centos-10-amd64/initrd.img",
        "kickstart: centos-10-arm64/vmlinuz, centos-10-arm64/initrd.img",
        "image: ram-system-amd64/vmlinuz, ram-system-amd64/initrd.img, images/centos-10-amd64.raw.zst",
        "image: ram-system-arm64/vmlinuz, ram-system-arm64/initrd.img, images/centos-10-arm64.raw.zst",
        "kickstart: rhel-8-amd64/vmlinuz, rhel-8-amd64/initrd.img",
        "kickstart: rhel-8-arm64/vmlinuz, rhel-8-arm64/initrd.img",
        "image: ram-system-amd64/vmlinuz, ram-system-amd64/initrd.img, images/rhel-8-amd64.raw.zst",
        "image: ram-system-arm64/vmlinuz, ram-system-arm64/initrd.img, images/rhel-8-arm64.raw.zst",
        "kickstart: rhel-9-amd64/vmlinuz, rhel-9-amd64/initrd.img",
        "kickstart: rhel-9-arm64/vmlinuz, rhel-9-arm64/initrd.img",
        "image: ram-system-amd64/vmlinuz, ram-system-amd64/initrd.img, images/rhel-9-amd64.raw.zst",
        "image: ram-system-arm64/vmlinuz, ram-system-arm64/initrd.img, images/rhel-9-arm64.raw.zst",
        "kickstart: rhel-10-amd64/vmlinuz, rhel-10-amd64/initrd.img",
        "kickstart: rhel-10-arm64/vmlinuz, rhel-10-arm64/initrd.img",
        "image: ram-system-amd64/vmlinuz, ram-system-amd64/initrd.img, images/rhel-10-amd64.raw.zst",
        "image: ram-system-arm64/vmlinuz, ram-system-arm64/initrd.img, images/rhel-10-arm64.raw.zst",
        "kickstart: centos-7-amd64/vmlinuz, centos-7-amd64/initrd.img",
        "kickstart: centos-7-arm64/vmlinuz, centos-7-arm64/initrd.img",
        "image: ram-system-amd64/vmlinuz, ram-system-amd64/initrd.img, images/centos-7-amd64.raw.zst",
        "image: ram-system-arm64/vmlinuz, ram-system-arm64/initrd.img, images/centos-7-arm64.raw.zst",
        "preseed: debian-12-amd64/linux, debian-12-amd64/initrd.gz",
        "preseed: debian-12-arm64/linux, debian-12-arm64/initrd.gz",
        "live: debian-12-amd64/vmlinuz, debian-12-amd64/initrd.img, debian-12-amd64/root.squashfs",
        "live: debian-12-arm64/vmlinuz, debian-12-arm64/initrd.img, debian-12-arm64/root.squashfs",
        "image: ram-system-amd64/vmlinuz, ram-system-amd64/initrd.img, images/debian-12-amd64.raw.zst",
        "image: ram-system-arm64/vmlinuz, ram-system-arm64/initrd.img, images/debian-12-arm64.raw.zst",
        "preseed: debian-13-amd64/linux, debian-13-amd64/initrd.gz",
        "preseed: debian-13-arm64/linux, debian-13-arm64/initrd.gz",
        "live: debian-13-amd64/vmlinuz, debian-13-amd64/initrd.img, debian-13-amd64/root.squashfs",
        "live: debian-13-arm64/vmlinuz, debian-13-arm64/initrd.img, debian-13-arm64/root.squashfs",
        "image: ram-system-amd64/vmlinuz, ram-system-amd64/initrd.img, images/debian-13-amd64.raw.zst",
        "image: ram-system-arm64/vmlinuz, ram-system-arm64/initrd.img, images/debian-13-arm64.raw.zst",
        "autoinstall: ubuntu-22.04-amd64/vmlinuz, ubuntu-22.04-amd64/initrd, ubuntu-22.04-amd64/live-server.iso",
        "autoinstall: ubuntu-22.04-arm64/vmlinuz, ubuntu-22.04-arm64/initrd, ubuntu-22.04-arm64/live-server.iso",
        "image: ram-system-amd64/vmlinuz, ram-system-amd64/initrd.img, images/ubuntu-22.04-amd64.raw.zst",
        "image: ram-system-arm64/vmlinuz, ram-system-arm64/initrd.img, images/ubuntu-22.04-arm64.raw.zst",
        "autoinstall: ubuntu-24.04-amd64/vmlinuz, ubuntu-24.04-amd64/initrd, ubuntu-24.04-amd64/live-server.iso",
        "autoinstall: ubuntu-24.04-arm64/vmlinuz, ubuntu-24.04-arm64/initrd, ubuntu-24.04-arm64/live-server.iso",
        "image: ram-system-amd64/vmlinuz, ram-system-amd64/initrd.img, images/ubuntu-24.04-amd64.raw.zst",
        "image: ram-system-arm64/vmlinuz, ram-system-arm64/initrd.img, images/ubuntu-24.04-arm64.raw.zst",
        "autoinstall: ubuntu-26.04-amd64/vmlinuz, ubuntu-26.04-amd64/initrd, ubuntu-26.04-amd64/live-server.iso",
        "autoinstall: ubuntu-26.04-arm64/vmlinuz, ubuntu-26.04-arm64/initrd, ubuntu-26.04-arm64/live-server.iso",
        "image: ram-system-amd64/vmlinuz, ram-system-amd64/initrd.img, images/ubuntu-26.04-amd64.raw.zst",
        "image: ram-system-arm64/vmlinuz, ram-system-arm64/initrd.img, images/ubuntu-26.04-arm64.raw.zst",
      ]
    `)
  })

  it('set exactly the kernel arguments in the facts of the method', () => {
    const strange = clusters.flatMap((cluster) => {
      const [machine] = cluster.machines
      const installer = installerOf(machine!)
      const given = installer.kernelArguments(cluster, machine!)
      return given.filter(({ name }) => !installer.method.ownArguments.includes(name))
    })
    expect(strange).toEqual([])
  })

  it('are found by the install method of a machine', () => {
    const machine = exampleCluster().machines[0]!
    expect(installerOf(machine).method.name).toBe('kickstart')
    expect(() => installerOf(machine, [])).toThrow('no installer is called kickstart')
  })
})

import { describe, expect, it } from 'vitest'
import { lengthOf } from '../../src/boot/command-line.ts'
import { bootedArguments } from '../../src/boot/kernel-arguments.ts'
import { kernelLines } from '../../src/boot/kernel-lines.ts'
import type { Cluster, Machine } from '../../src/cluster/cluster.ts'
import { installMethod, type InstallMethodName } from '../../src/distributions/install-methods.ts'
import { installerOf } from '../../src/installers/index.ts'
import { exampleCluster, withSystem } from '../example.ts'

const installedBy = (name: InstallMethodName): Cluster =>
  withSystem(exampleCluster('rack-test'), { install: installMethod(name) })

const machineOf = (cluster: Cluster, change: Partial<Machine> = {}): Machine => ({
  ...cluster.machines[0]!,
  ...change,
})

const declared = {
  kernelArguments: [
    { argument: 'everywhere' },
    { argument: 'to-install', appliesTo: 'installer' as const },
    { argument: 'when-installed', appliesTo: 'installed' as const },
  ],
}

describe('the command lines of the kernels of a machine', () => {
  it('are those of the installer with each boot loader, and that of the installed system', () => {
    const cluster = installedBy('preseed')
    const machine = machineOf(cluster, { firmware: 'bios', console: 'ttyS0,115200' })
    expect(kernelLines(cluster, machine, declared)).toMatchInlineSnapshot(`
      [
        {
          "length": 420,
          "limit": 2047,
          "whose": "the installer, by iPXE,",
          "words": [
            "initrd=initrd.img",
            "auto=true",
            "priority=critical",
            "interface=52:54:00:00:00:11",
            "hostname=balancer",
            "netcfg/disable_autoconfig=true",
            "netcfg/get_ipaddress=10.10.10.11",
            "netcfg/get_netmask=255.255.255.0",
            "netcfg/get_gateway=10.10.10.1",
            "netcfg/get_nameservers=10.10.10.1",
            "netcfg/confirm_static=true",
            "url=http://10.10.10.1:8080/preseed/52-54-00-00-00-11.cfg",
            "everywhere",
            "to-install",
            "console=tty0",
            "console=ttyS0,115200",
            "BOOTIF=01-52-54-00-00-00-11",
          ],
        },
        {
          "length": 528,
          "limit": 2046,
          "whose": "the installer, by pxelinux,",
          "words": [
            "BOOT_IMAGE=http://10.10.10.1:8080/assets/debian-12-amd64/linux",
            "auto=true",
            "priority=critical",
            "interface=52:54:00:00:00:11",
            "hostname=balancer",
            "netcfg/disable_autoconfig=true",
            "netcfg/get_ipaddress=10.10.10.11",
            "netcfg/get_netmask=255.255.255.0",
            "netcfg/get_gateway=10.10.10.1",
            "netcfg/get_nameservers=10.10.10.1",
            "netcfg/confirm_static=true",
            "url=http://10.10.10.1:8080/preseed/52-54-00-00-00-11.cfg",
            "everywhere",
            "to-install",
            "console=tty0",
            "console=ttyS0,115200",
            "initrd=http://10.10.10.1:8080/assets/debian-12-amd64/initrd.gz",
            "BOOTIF=01-52-54-00-00-00-11",
          ],
        },
        {
          "length": 315,
          "limit": 2047,
          "whose": "the installed system, with 256 characters that its boot loader adds,",
          "words": [
            "everywhere",
            "when-installed",
            "console=tty0",
            "console=ttyS0,115200",
          ],
        },
      ]
    `)
  })

  it('is a single line for a system in memory that boots with UEFI, with the arguments of the installed system', () => {
    const cluster = installedBy('live')
    const machine = machineOf(cluster, { firmware: 'uefi' })
    expect(kernelLines(cluster, machine, declared)).toMatchInlineSnapshot(`
      [
        {
          "length": 567,
          "limit": 2047,
          "whose": "the system in memory, by iPXE,",
          "words": [
            "vmlinuz",
            "initrd=initrd.img",
            "boot=live",
            "components=0",
            "fetch=http://10.10.10.1:8080/assets/debian-12-amd64/root.squashfs",
            "nonetworking",
            "ds=nocloud-net;s=http://10.10.10.1:8080/seed/52-54-00-00-00-11/",
            "network-config=eyJ2ZXJzaW9uIjoyLCJldGhlcm5ldHMiOnsiY2FyZDAiOnsibWF0Y2giOnsibWFjYWRkcmVzcyI6IjUyOjU0OjAwOjAwOjAwOjExIn0sImFkZHJlc3NlcyI6WyIxMC4xMC4xMC4xMS8yNCJdLCJyb3V0ZXMiOlt7InRvIjoiMC4wLjAuMC8wIiwidmlhIjoiMTAuMTAuMTAuMSJ9XSwibmFtZXNlcnZlcnMiOnsiYWRkcmVzc2VzIjpbIjEwLjEwLjEwLjEiXX19fX0=",
            "everywhere",
            "when-installed",
            "console=tty0",
            "console=ttyS0,115200",
            "BOOTIF=01-52-54-00-00-00-11",
          ],
        },
        {
          "length": 584,
          "limit": 2046,
          "whose": "the system in memory, by GRUB,",
          "words": [
            "BOOT_IMAGE=/assets/debian-12-amd64/vmlinuz",
            "boot=live",
            "components=0",
            "fetch=http://10.10.10.1:8080/assets/debian-12-amd64/root.squashfs",
            "nonetworking",
            "ds=nocloud-net;s=http://10.10.10.1:8080/seed/52-54-00-00-00-11/",
            "network-config=eyJ2ZXJzaW9uIjoyLCJldGhlcm5ldHMiOnsiY2FyZDAiOnsibWF0Y2giOnsibWFjYWRkcmVzcyI6IjUyOjU0OjAwOjAwOjAwOjExIn0sImFkZHJlc3NlcyI6WyIxMC4xMC4xMC4xMS8yNCJdLCJyb3V0ZXMiOlt7InRvIjoiMC4wLjAuMC8wIiwidmlhIjoiMTAuMTAuMTAuMSJ9XSwibmFtZXNlcnZlcnMiOnsiYWRkcmVzc2VzIjpbIjEwLjEwLjEwLjEiXX19fX0=",
            "everywhere",
            "when-installed",
            "console=tty0",
            "console=ttyS0,115200",
            "BOOTIF=01-52-54-00-00-00-11",
          ],
        },
      ]
    `)
  })

  it('have none for pxelinux, a program for amd64, on a machine with arm64', () => {
    const cluster = installedBy('live')
    const machine = machineOf(cluster, { firmware: 'bios', architecture: 'arm64' })
    expect(kernelLines(cluster, machine, declared).map(({ whose }) => whose)).toEqual([
      'the system in memory, by iPXE,',
    ])
  })

  it('count the spaces between words and bytes, not characters', () => {
    expect(lengthOf(['a', 'é', 'ccc'])).toBe(8)
  })
})

describe('the declared arguments of what boots from the network', () => {
  it('are those of the installer if it installs to the disk, and otherwise those of the system', () => {
    const methods: InstallMethodName[] = ['kickstart', 'live']
    expect(
      methods.map((name) => bootedArguments(declared, installerOf(installedBy(name).machines[0]!))),
    ).toEqual([
      ['everywhere', 'to-install'],
      ['everywhere', 'when-installed'],
    ])
  })
})

import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { assemble } from '../../src/assembly/assemble.ts'
import { assetsToBoot } from '../../src/boot/booted-files.ts'
import { components } from '../../src/components/index.ts'
import { installerOf, installers } from '../../src/installers/index.ts'
import { machineSite } from '../../src/site/build.ts'
import { root } from '../commands/hakube.ts'
import { codeOf } from '../documents/code-of.ts'
import { exampleCluster, withSystem } from '../example.ts'
import { copy, method } from './example/copy.ts'

/** A cluster whose machines are installed by what the page adds. */
const cluster = withSystem(exampleCluster(), { install: method })
const machine = cluster.machines[0]!
const assembly = assemble(components, cluster, machine)
const site = machineSite(cluster, assembly, undefined, installerOf(machine, [...installers, copy]))
const text = (start: string) => site.find(({ path }) => path.startsWith(start))!.body.toString('utf8')

describe('the installer of docs/writing-an-installer.md', () => {
  it('is the code of the page', () => {
    const [code = ''] = codeOf('writing-an-installer.md')
    const moved = code
      .replaceAll("from './", "from '../../../src/installers/")
      .replaceAll(/from '\.\.\/(?!\.)/g, "from '../../../src/")
    expect(moved).toBe(readFileSync(join(root, 'test/installers/example/copy.ts'), 'utf8'))
  })

  it('adds its answers to the files of a machine', () => {
    expect(site.map(({ path }) => path)).toEqual([
      'ipxe/52-54-00-aa-bb-01',
      'pxelinux.cfg/01-52-54-00-aa-bb-01',
      'grub/grub.cfg-01-52-54-00-aa-bb-01',
      'copy/52-54-00-aa-bb-01.json',
      ...['meta-data', 'network-config', 'user-data', 'vendor-data'].map(
        (name) => `seed/52-54-00-aa-bb-01/${name}`,
      ),
    ])
    expect(JSON.parse(text('copy/'))).toEqual({
      disk: '/dev/sda',
      image: 'http://10.10.10.5:8080/assets/images/amd64.raw.zst',
      seed: 'http://10.10.10.5:8080/seed/52-54-00-aa-bb-01/',
    })
  })

  it('has its kernel, initrd and kernel arguments in both boot menus, which show what is erased', () => {
    expect(text('ipxe/')).toMatchInlineSnapshot(`
      "#!ipxe
      # hakube: sample-haproxy-001, load-balancer, Rocky Linux 9

      echo
      echo hakube: this machine is sample-haproxy-001, load-balancer, 10.10.10.11
      echo hakube: installs Rocky Linux 9 and ERASES the disk /dev/sda
      prompt --timeout 5000 hakube: press any key within 5 s to boot from disk instead && goto disk ||

      # The network interface of this boot; the others may have no DHCP.
      set bootif 52-54-00-aa-bb-01
      isset \${netX/mac} && set bootif \${netX/mac:hexhyp} ||

      # On UEFI, older kernels find the initrd by this name, which must match --name below.
      kernel http://10.10.10.5:8080/assets/ram-system-amd64/vmlinuz initrd=initrd.img installer.answers=http://10.10.10.5:8080/copy/52-54-00-aa-bb-01.json ip=dhcp BOOTIF=01-\${bootif} || goto failed
      initrd --name initrd.img http://10.10.10.5:8080/assets/ram-system-amd64/initrd.img || goto failed
      boot || goto failed

      :failed
      imgfree ||
      echo
      echo hakube: Rocky Linux 9 could not be loaded or started.
      echo hakube: Its files must be in the server's assets directory:
      echo http://10.10.10.5:8080/assets/ram-system-amd64/vmlinuz
      echo http://10.10.10.5:8080/assets/ram-system-amd64/initrd.img
      echo hakube: Nothing was changed. Booting from disk in 30 s, or on any key.
      prompt --timeout 30000 ||

      :disk
      iseq \${platform} efi && goto disk_efi ||
      isset \${disk} || set disk 0x80
      sanboot --no-describe --drive \${disk} || exit 1
      # Exit with 1, not 0: some firmware opens its setup if a boot entry exits successfully.
      :disk_efi
      exit 1
      "
    `)
    expect(text('pxelinux.cfg/')).toMatchInlineSnapshot(`
      "# hakube: sample-haproxy-001, load-balancer, Rocky Linux 9
      # Its URLs need lpxelinux.0, the PXELINUX that supports HTTP.
      SAY hakube: this machine is sample-haproxy-001, load-balancer, 10.10.10.11
      SAY hakube: installs Rocky Linux 9 and ERASES the disk /dev/sda
      SAY hakube: to boot from disk instead, type "local" and press Enter within 5 seconds
      DEFAULT hakube
      PROMPT 1
      TIMEOUT 50
      ONERROR local

      LABEL hakube
        LINUX http://10.10.10.5:8080/assets/ram-system-amd64/vmlinuz
        INITRD http://10.10.10.5:8080/assets/ram-system-amd64/initrd.img
        APPEND installer.answers=http://10.10.10.5:8080/copy/52-54-00-aa-bb-01.json ip=dhcp
        # Adds BOOTIF, the network interface of this boot.
        SYSAPPEND 2

      LABEL local
        LOCALBOOT -1
      "
    `)
  })

  it('declares what has to be put below assets/', () => {
    expect(assetsToBoot(cluster, machine, copy).map(({ what, path }) => [what, path])).toEqual([
      ['kernel', 'ram-system-amd64/vmlinuz'],
      ['initrd', 'ram-system-amd64/initrd.img'],
    ])
  })

  it("is not one of hakube's own", () => {
    expect(() => installerOf(machine)).toThrow('no installer is called copy')
  })
})

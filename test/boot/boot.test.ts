import { describe, expect, it } from 'vitest'
import type { Cluster, Machine } from '../../src/cluster/cluster.ts'
import { assetsToBoot } from '../../src/boot/booted-files.ts'
import { bootScripts, machineBootFiles } from '../../src/boot/index.ts'
import { grubLocalDisk } from '../../src/boot/grub-local-disk.ts'
import { grubQuote } from '../../src/boot/grub-quote.ts'
import { serialPort } from '../../src/boot/grub.ts'
import { ipxeText } from '../../src/boot/ipxe-text.ts'
import { bootArguments } from '../../src/boot/kernel-arguments.ts'
import { wordOf } from '../../src/boot/command-line.ts'
import { resolve } from '../../src/cluster/resolve.ts'
import { exampleCluster, exampleNames, exampleProfile, testSecrets } from '../example.ts'

const withMacs = (cluster: Cluster): Machine => ({
  ...cluster.machines[0]!,
  macs: ['52-54-00-aa-bb-01', '52-54-00-aa-cc-01'],
})

describe('bootScripts', () => {
  it('ask for every card, and retry until the server answers', async () => {
    const files = bootScripts(exampleCluster())
    expect(files.map((file) => ({ ...file, body: null }))).toEqual(
      ['boot.ipxe', 'hakube.ipxe', 'autoexec.ipxe', 'grub/grub.cfg'].map((path) => ({
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
        'grub/grub.cfg-01-52-54-00-aa-bb-01',
        'ipxe/52-54-00-aa-cc-01',
        'pxelinux.cfg/01-52-54-00-aa-cc-01',
        'grub/grub.cfg-01-52-54-00-aa-cc-01',
      ].map((path) => ({ path, machine: 'sample-haproxy-001', secret: false })),
    )
  })
})

describe('bootArguments', () => {
  it.each(exampleNames)('tells the kernel of %s where everything else is', (name) => {
    const cluster = exampleCluster(name)
    const machine = { ...withMacs(cluster), console: 'ttyS0,115200' }
    expect(bootArguments(cluster, machine, ['mitigations=auto']).map(wordOf)).toMatchSnapshot()
  })
})

describe('Debian with its own installer', () => {
  const cluster = resolve(exampleProfile('flannel-service'), new Map(), testSecrets)
  const machine = { ...withMacs(cluster), console: 'ttyS0,115200' }

  it('receives its network configuration from both boot loaders', async () => {
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

describe('menus for GRUB', () => {
  it('are made only for machines with UEFI', () => {
    const cluster = exampleCluster()
    const files = machineBootFiles(cluster, { ...withMacs(cluster), firmware: 'bios' }, [])
    expect(files.filter(({ path }) => path.startsWith('grub/'))).toEqual([])
  })

  it('ask no server that they cannot reach: GRUB has no TLS', () => {
    const server = 'https://boot.example.com'
    const menu = bootScripts({ ...exampleCluster(), server }).find(({ path }) => path === 'grub/grub.cfg')
    expect(menu?.body.toString()).not.toContain('(http')
    expect(menu?.body.toString()).not.toContain('set root=http')
  })

  it('use the serial port of the profile', () => {
    expect([null, 'ttyS0', 'ttyS1,115200', 'ttyS1,115200n8', 'ttyAMA0,115200'].map(serialPort)).toEqual([
      null,
      { unit: '0', speed: '9600' },
      { unit: '1', speed: '115200' },
      { unit: '1', speed: '115200' },
      null,
    ])
  })
})

describe('grubLocalDisk', () => {
  it('starts what a distribution installed on the disk, and otherwise returns to the firmware', () => {
    expect(grubLocalDisk('worker-1', 'it is not armed')).toMatchInlineSnapshot(`
      "# hakube: worker-1 boots from its disk
      set hakube_found=yes
      set default=disk
      set timeout=10
      menuentry 'worker-1 boots from its disk: it is not armed' --id disk {
        echo 'hakube: worker-1 boots from its disk:'
        echo 'hakube: it is not armed.'
        echo hakube: Nothing was changed. To install it:
        echo 'hakube: hakube arm PROFILE worker-1'
        set hakube_efi=x64
        if [ "$grub_cpu" = arm64 ]; then set hakube_efi=aa64; fi
        for hakube_vendor in debian ubuntu rocky almalinux redhat centos; do
          for hakube_program in shim grub; do
            if search --no-floppy --file --set=root /EFI/$hakube_vendor/$hakube_program$hakube_efi.efi; then
              if chainloader /EFI/$hakube_vendor/$hakube_program$hakube_efi.efi; then boot; fi
            fi
          done
        done
        exit 1
      }
      menuentry 'Ask the server again' --id again {
        configfile "$prefix/grub.cfg"
      }
      "
    `)
    expect(grubLocalDisk("x'; halt #", 'it is not armed')).toContain("menuentry 'this machine boots")
  })
})

describe('grubQuote', () => {
  it.each([
    ['plain/1.0:a@b%c+d=e,f-g', 'plain/1.0:a@b%c+d=e,f-g'],
    ['', "''"],
    ['two words', "'two words'"],
    ['ds=nocloud;s=http://x/', "'ds=nocloud;s=http://x/'"],
    ['a=$b #c', "'a=$b #c'"],
    ["it's", String.raw`'it'\''s'`],
  ])('%j', (text, quoted) => {
    expect(grubQuote(text)).toBe(quoted)
  })

  it('refuses a line break', () => {
    expect(() => grubQuote('a\nhalt')).toThrow('cannot hold a control character')
  })
})

describe('ipxeText', () => {
  it('keeps words', () => {
    expect(ipxeText('  Rocky   Linux 9 ')).toBe('Rocky Linux 9')
    expect(ipxeText('the "big" one')).toBe('the "big" one')
    expect(() => ipxeText('see ${net0/mac}')).toThrow('iPXE cannot show "${net0/mac}": it holds ${')
    expect(() => ipxeText('two\nlines')).toThrow(
      String.raw`iPXE cannot show "two\nlines": it holds a control character`,
    )
  })
})

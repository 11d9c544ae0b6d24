import { execFileSync, spawn } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { stripVTControlCharacters } from 'node:util'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { ipxeStickScript } from '../../src/boot/ipxe.ts'
import { packageLoaders, writeBootDisk } from '../../src/media/boot-disk.ts'
import { prepareSite } from '../../src/server/served-site.ts'
import { siteFiles } from '../../src/site/build.ts'
import { machinesByMac } from '../../src/site/manifest.ts'
import { exampleCluster } from '../example.ts'
import { describeWith } from '../prerequisites.ts'
import { operate } from '../server/operated.ts'
import { bootableDisk, onDisk } from '../support/bootable-disk.ts'

const directory = mkdtempSync(join(tmpdir(), 'hakube-boot-disk-'))
const loaders = join(directory, 'loaders')
const means = { environment: process.env, repository: null, signal: new AbortController().signal }
const bios = { firmware: 'bios', architecture: 'amd64' } as const
const uefi = { firmware: 'uefi', architecture: 'amd64' } as const
const arm64 = { firmware: 'uefi', architecture: 'arm64' } as const
const script = '#!ipxe\necho hello\n'

/** The same programs, with the environment in which they say the same everywhere. */
const run = (program: string, ...words: string[]): string =>
  execFileSync(program, words, {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, MTOOLSRC: '/dev/null', TZ: 'UTC' },
  })

/** What xorriso finds in an image, without sizes and places, which are those of the loaders. */
const report = (image: string): string =>
  run(
    'xorriso',
    '-indev',
    image,
    '-report_el_torito',
    'plain',
    '-report_system_area',
    'plain',
    '-find',
    '/',
    '-exec',
    'lsdl',
  )
    .replaceAll(/ {2,}/g, ' ')
    .replaceAll(/^(El Torito (?:catalog|boot img) .*?)(?: \d+)+$/gm, '$1')
    .replaceAll(/^(MBR partition : .*) \d+ \d+$/gm, '$1')
    .replaceAll(/^(GPT start and size : \d+) \d+ \d+$/gm, '$1')
    .replaceAll(
      /^(?:ISO image size|MBR heads|MBR secs|GPT lba range|GPT entry array|Partition offset).*\n/gm,
      '',
    )
    .replaceAll(/^([er-]r--r--r-- 1 0 0) \d+/gm, '$1')

/** Extracts everything. */
function extract(image: string, name: string): (file: string) => Buffer {
  const into = join(directory, name)
  run('xorriso', '-osirrox', 'on', '-indev', image, '-extract', '/', into)
  return (file) => readFileSync(join(into, file))
}

afterAll(() => rmSync(directory, { recursive: true, force: true }))

describeWith(
  { linux: true, programs: ['xorriso', 'mtools'], files: [`${packageLoaders}/ipxe.iso`] },
  'a boot disk',
  () => {
    beforeAll(() => {
      mkdirSync(loaders)
      for (const name of ['ipxe.iso', 'ipxe.lkrn'])
        cpSync(join(packageLoaders, name), join(loaders, name), { dereference: true })
      // What counts of them is that they name the script: in 16 bits as the first versions, in 8 as later ones.
      writeFileSync(join(loaders, 'ipxe.efi'), Buffer.from(`MZ autoexec.ipxe${'x'.repeat(3e6)}`, 'utf16le'))
      writeFileSync(join(loaders, 'ipxe-arm64.efi'), 'MZ file:autoexec.ipxe')
    })

    it('boots with BIOS and UEFI, from CDs and sticks, and is the same each time', async () => {
      const [one, other] = [join(directory, 'one.iso'), join(directory, 'other.iso')]
      for (const out of [one, other])
        await writeBootDisk(out, { script, machines: [bios, uefi, arm64], loaders }, means)
      expect(readFileSync(one).equals(readFileSync(other))).toBe(true)
      expect(report(one)).toMatchInlineSnapshot(`
        "El Torito catalog :
        El Torito cat path : /boot.cat
        El Torito images : N Pltf B Emul Ld_seg Hdpt Ldsiz LBA
        El Torito boot img : 1 BIOS y none 0x0000 0x00
        El Torito boot img : 2 UEFI y none 0x0000 0x00
        El Torito img path : 1 /isolinux.bin
        El Torito img opts : 1 boot-info-table isohybrid-suitable
        El Torito img path : 2 /efi.img
        System area options: 0x00000102
        System area summary: MBR isohybrid cyl-align-on GPT
        MBR partition table: N Status Type Start Blocks
        MBR partition : 1 0x80 0x00
        MBR partition : 2 0x00 0xef
        MBR partition path : 2 /efi.img
        GPT : N Info
        GPT disk GUID : 3139383030313041b030303030303030
        GPT partition name : 1 490053004f00480079006200720069006400
        GPT partname local : 1 ISOHybrid
        GPT partition GUID : 1 3139383030313041b031303030303030
        GPT type GUID : 1 a2a0d0ebe5b9334487c068b6b72699c7
        GPT partition flags: 1 0x1000000000000001
        GPT start and size : 1
        GPT partition name : 2 490053004f004800790062007200690064003100
        GPT partname local : 2 ISOHybrid1
        GPT partition GUID : 2 3139383030313041b032303030303030
        GPT type GUID : 2 a2a0d0ebe5b9334487c068b6b72699c7
        GPT partition flags: 2 0x1000000000000001
        GPT start and size : 2
        GPT partition path : 2 /efi.img
        dr-xr-xr-x 1 0 0 0 Jan 1 1980 '/'
        er--r--r-- 1 0 0 Jan 1 1980 '/boot.cat'
        -r--r--r-- 1 0 0 Jan 1 1980 '/efi.img'
        -r--r--r-- 1 0 0 Jan 1 1980 '/ipxe.krn'
        -r--r--r-- 1 0 0 Jan 1 1980 '/isolinux.bin'
        -r--r--r-- 1 0 0 Jan 1 1980 '/isolinux.cfg'
        -r--r--r-- 1 0 0 Jan 1 1980 '/ldlinux.c32'
        -r--r--r-- 1 0 0 Jan 1 1980 '/script.ipx'
        "
      `)

      const file = extract(one, 'all')
      expect(file('script.ipx').toString()).toBe(script)
      expect(file('ipxe.krn').equals(readFileSync(join(loaders, 'ipxe.lkrn')))).toBe(true)
      const efi = join(directory, 'all/efi.img')
      expect(run('mdir', '-/', '-b', '-i', efi, '::')).toMatchInlineSnapshot(`
        "::/EFI/
        ::/autoexec.ipxe
        ::/EFI/BOOT/
        ::/EFI/BOOT/BOOTX64.EFI
        ::/EFI/BOOT/BOOTAA64.EFI
        ::/EFI/BOOT/autoexec.ipxe
        "
      `)
      for (const path of ['::/autoexec.ipxe', '::/EFI/BOOT/autoexec.ipxe'])
        expect(run('mtype', '-i', efi, path)).toBe(script)
      run('mcopy', '-i', efi, '::/EFI/BOOT/BOOTX64.EFI', join(directory, 'loader'))
      const copied = readFileSync(join(directory, 'loader'))
      expect(copied.equals(readFileSync(join(loaders, 'ipxe.efi')))).toBe(true)
    })

    it.each([
      ['BIOS', [bios]],
      ['UEFI', [uefi]],
    ] as const)('holds what %s needs, where all machines have it', async (name, machines) => {
      const out = join(directory, `${name}.iso`)
      await writeBootDisk(out, { script, machines, loaders }, means)
      expect(report(out)).toMatchSnapshot()
    })

    it('reports in one line which loader is missing, too old, or not an image, and where to get it', async () => {
      const broken = join(directory, 'broken')
      mkdirSync(broken)
      const refused = async (machine: typeof bios | typeof uefi): Promise<string[]> => {
        const made = writeBootDisk(
          join(directory, 'none.iso'),
          { script, machines: [machine], loaders: broken },
          means,
        )
        const error = (await made.catch((fault: unknown) => fault)) as { diagnostics: { message: string }[] }
        return error.diagnostics.map(({ message }) => message.replaceAll(directory, 'DIR'))
      }
      const said = [...(await refused(bios)), ...(await refused(uefi))]
      writeFileSync(join(broken, 'ipxe.lkrn'), 'x')
      said.push(...(await refused(bios)))
      writeFileSync(join(broken, 'ipxe.iso'), 'x')
      writeFileSync(join(broken, 'ipxe.efi'), 'MZ')
      said.push(...(await refused(bios)), ...(await refused(uefi)))
      expect(said).toMatchInlineSnapshot(`
        [
          "cannot read the boot loader DIR/broken/ipxe.lkrn: no such file or directory (ENOENT)",
          "cannot read the boot loader DIR/broken/ipxe.efi: no such file or directory (ENOENT)",
          "cannot read the boot loader DIR/broken/ipxe.iso: no such file or directory (ENOENT)",
          "xorriso cannot make a boot disk from DIR/broken/ipxe.iso: xorriso : FAILURE : Cannot determine attributes of (ISO) source file '/isolinux.bin' : No such file or directory",
          "DIR/broken/ipxe.efi is not an iPXE that reads a script from its disk",
        ]
      `)
    })
  },
)

/** Switches a machine on with BIOS and a stick. @returns what hakube and the disk say, until the disk does */
async function screen(stick: string, mac: string, disk: string): Promise<string[]> {
  const words = [
    ['-machine', 'pc,accel=tcg,graphics=off', '-m', '256', '-nodefaults', '-display', 'none'],
    ['-netdev', 'user,id=n0', '-device', `virtio-net-pci,netdev=n0,mac=${mac},romfile=`],
    ['-drive', `file=${stick},if=none,id=stick,format=raw,readonly=on`, '-device', 'qemu-xhci'],
    ['-device', 'usb-storage,drive=stick,bootindex=0', '-drive', `file=${disk},format=raw,if=ide`],
    ['-serial', 'stdio', '-no-reboot'],
  ]
  const child = spawn('qemu-system-x86_64', words.flat())
  const limit = setTimeout(() => child.kill('SIGKILL'), 400_000)
  let text = ''
  for await (const chunk of child.stdout) {
    text += String(chunk)
    if (text.includes(onDisk)) child.kill('SIGKILL')
  }
  clearTimeout(limit)
  return stripVTControlCharacters(text)
    .split(/[\r\n]+/)
    .filter((line) => line.startsWith('hakube: '))
    .map((line) => line.replace(/ {2,}.*$/, '').trimEnd())
}

describeWith(
  {
    linux: true,
    programs: ['xorriso', 'qemu-system-x86_64'],
    files: [`${packageLoaders}/ipxe.iso`],
  },
  'a machine with BIOS and a stick that stays in it',
  () => {
    it('asks the server at each boot, and starts its own disk if it is not armed', async () => {
      const { port, server } = await operate()
      const base = exampleCluster()
      const [first] = base.machines
      if (!first) throw new Error('the example has a machine')
      const cluster = { ...base, server: `http://10.0.2.2:${port}` }
      server.replaceSite(prepareSite(machinesByMac(cluster.machines), siteFiles(cluster)))
      const [stick, disk] = [join(directory, 'stick.img'), join(directory, 'disk')]
      writeFileSync(disk, bootableDisk())
      const asks = ipxeStickScript(cluster, { fixed: [], firstDisk: '0x81' })
      await writeBootDisk(stick, { script: asks, machines: [bios], loaders: packageLoaders }, means)
      expect(await screen(stick, first.macs[0].replaceAll('-', ':'), disk)).toEqual([
        `hakube: cluster ${cluster.name}, server ${cluster.server}`,
        `hakube: ${first.name} boots from its disk:`,
        'hakube: it is not armed.',
        'hakube: Nothing was changed. To install it:',
        `hakube: hakube arm PROFILE ${first.name}`,
        onDisk,
      ])
    })
  },
)

import {
  ageKeyFile,
  type CommandDefinition,
  ephemeralSecrets,
  fault,
  profile,
  revision,
  usage,
} from '../definition.ts'

export const imageCommand: CommandDefinition = {
  name: 'image',
  parameters: [profile, { name: 'MACHINE', completes: 'none', many: true, optional: true }],
  summary: 'Write seed disks, a boot disk, the site as an archive, or the RAM system that copies images.',
  description: [
    'MACHINE is a name or a MAC address; without one, the command is for all machines.',
    'seed: an ISO image with the NoCloud seed for each machine, DIR/MACHINE.iso. Copy it to a USB stick, or attach it to the machine as virtual ' +
      'media of its BMC. Needs the program xorriso.',
    'site: everything that machines fetch, as one archive, FILE.tar, FILE.tar.gz or FILE.tar.zst, with the manifest first. hakube serve ' +
      'serves it as it is. With MACHINE, only what these machines fetch.',
    'boot: an ISO image that boots machines with iPXE, without TFTP and boot files of DHCP, and then continues like a boot from the network: FILE.iso ' +
      'for virtual media of a BMC, FILE.img for a stick. For the firmware of the machines, BIOS or UEFI. Needs xorriso, for UEFI also ' +
      'mtools, and the package ipxe; for UEFI that of Debian 13 or later.',
    'ram: the kernel and the initrd of the system that copies images to disks (install: image), for the architectures of the machines, as ' +
      'DIR/ram-system-ARCHITECTURE. Use the directory of --assets. Needs root on Debian, with mmdebstrap, cpio and zstd.',
    'Files with keys or tokens get mode 0600. The same profile and the same secrets produce the same bytes.',
  ],
  options: [
    {
      name: 'type',
      value: 'TYPE',
      choices: ['seed', 'site', 'boot', 'ram'],
      required: true,
      description: 'What to write.',
    },
    {
      name: 'out',
      value: 'PATH',
      completes: 'directory',
      required: true,
      description: 'Directory of seed disks or of the RAM system; file of the archive or of the boot disk.',
    },
    {
      name: 'static',
      description:
        'With boot: the machines get their addresses from the boot disk, by their MAC addresses, and not from DHCP.',
    },
    {
      name: 'loaders',
      value: 'DIR',
      completes: 'directory',
      description:
        'With boot: directory with ipxe.iso and ipxe.lkrn for BIOS, ipxe.efi or ipxe-arm64.efi for UEFI. Default: /usr/lib/ipxe, of the package ipxe.',
    },
    revision,
    ageKeyFile,
    ephemeralSecrets,
  ],
  examples: [
    {
      command: 'hakube image profile.yaml worker-1 --type seed --out media',
      explanation: 'Write media/worker-1.iso.',
    },
    {
      command: 'hakube image profile.yaml --type site --out site.tar.gz',
      explanation: 'Write the whole site.',
    },
    {
      command: 'hakube image profile.yaml --type boot --static --out boot.iso',
      explanation: 'Write a boot disk for all machines, with their addresses.',
    },
    {
      command: 'sudo hakube image profile.yaml --type ram --out assets',
      explanation: 'Build the RAM system of install: image.',
    },
  ],
  exitCodes: [
    [0, 'written'],
    [1, 'errors in the profile, no secrets, no such machine, or a program is missing'],
    usage,
    fault,
  ],
  load: () => import('./action.ts'),
}

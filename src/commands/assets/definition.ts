import { type CommandDefinition, fault, profile, usage } from '../definition.ts'

export const assetsCommand: CommandDefinition = {
  name: 'assets',
  parameters: [profile],
  summary: 'Download and verify the files that machines fetch from assets/.',
  description: [
    "Lists every file that the profile needs below assets/, downloads those with a known address (kernels and initrds from the profile's " +
      'mirror or from the distribution, releases from GitHub) and verifies them against the sha256 of the profile, the lock file, or the ' +
      'checksums that Debian signs (with gpgv). An interrupted download is resumed. Files without a known address must already ' +
      'be there.',
    'The checksums go into a lock file beside the profile (assets.lock.yaml), which belongs in git: later runs accept only these ' +
      'files, until --update renews it. No secrets are needed.',
  ],
  options: [
    {
      name: 'dir',
      value: 'DIR',
      completes: 'directory',
      required: true,
      description: 'Directory to put the files into: that of `hakube serve --assets`.',
    },
    {
      name: 'from',
      value: 'DIR',
      completes: 'directory',
      description: 'Copy the files from here, found by path or by name, and download nothing.',
    },
    { name: 'update', description: 'Fetch the files again, and update the lock file.' },
    { name: 'dry-run', description: 'List the files with their sources, and change nothing.' },
    {
      name: 'keyring',
      value: 'FILE',
      completes: 'file',
      default: '/usr/share/keyrings/debian-archive-keyring.gpg',
      description: 'Keyring with the keys that Debian signs with, for gpgv.',
    },
  ],
  examples: [
    {
      command: 'hakube assets profile.yaml --dir assets',
      explanation: 'Download everything that has an address.',
    },
    {
      command: 'hakube assets profile.yaml --dir assets --from /media/usb',
      explanation: 'Copy from a USB stick, without a network.',
    },
  ],
  exitCodes: [
    [0, 'every file is there and verified'],
    [1, 'a file is missing or wrong, or errors in the profile'],
    usage,
    fault,
  ],
  load: () => import('./action.ts'),
}

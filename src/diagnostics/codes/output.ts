import type { CodeSection } from './section.ts'

export const outputCodes = {
  title: 'Output and serving',
  codes: {
    'output/locked': { severity: 'error', what: 'Another render writes to the directory', remedy: 'Wait' },
    'output/not-empty': {
      severity: 'error',
      what: 'The directory holds files that hakube did not write',
      remedy: 'Choose another directory, or use `--force`',
    },
    'output/directory-in-use': {
      severity: 'error',
      what: 'The directory for the files of a machine is not empty',
      remedy: 'Choose an empty directory, or one that does not exist yet',
    },
    'output/foreign-file': {
      severity: 'error',
      what: 'The directory holds a file that hakube did not write, perhaps at the path of a file of the site',
      remedy: 'Move it, or use `--force`',
    },
    'site/manifest': {
      severity: 'error',
      what: 'The directory is not a rendered site',
      remedy: 'Run `hakube render`',
    },
    'site/damaged': {
      severity: 'error',
      what: 'A file of the site differs from what was written',
      remedy: 'Run `hakube render`',
    },
    'site/archive': {
      severity: 'error',
      what: 'Not the archive of a site, or one that this Node.js cannot unpack',
      remedy: 'Make it again: `hakube image PROFILE --type site --out FILE`',
    },
    'media/program': {
      severity: 'error',
      what: 'A program that makes images is not installed',
      remedy: 'Install the package that the message names',
    },
    'media/loader': {
      severity: 'error',
      what: 'A boot loader that an image needs is missing, or reads no script from a disk',
      remedy: 'Install the package `ipxe`, or name the directory of another iPXE with `--loaders`',
    },
    'media/name': {
      severity: 'error',
      what: 'The name of a boot disk does not end in `.iso` or `.img`',
      remedy: 'Write `.iso` for virtual media, `.img` for a USB stick',
    },
    'media/failed': {
      severity: 'error',
      what: 'A program that makes images failed',
      remedy: 'See the message',
    },
    'site/input-output': { severity: 'error', what: 'Reading or writing failed', remedy: 'See the message' },
    'apply/no-ssh': {
      severity: 'error',
      what: 'The program `ssh` is not installed, or only in the repository itself',
      remedy: 'Install OpenSSH, or pipe `hakube files … --tar -` through another tool',
    },
    'assets/missing': {
      severity: 'error',
      what: 'Machines fetch a file from `assets/` that is not in the directory of `--assets`',
      remedy: 'Put it there, from the place that the message names',
    },
    'assets/empty': {
      severity: 'error',
      what: 'A file below `assets/` that machines fetch is empty',
      remedy: 'Get it again from the place that the message names',
    },
    'assets/altered': {
      severity: 'error',
      what: 'A file below `assets/` has a different checksum from the one in the profile',
      remedy: 'Get the file again, or correct `sha256` after you have verified the file',
    },
    'assets/not-served': {
      severity: 'error',
      what: 'A file below `assets/` that machines fetch cannot be served: a link out of the directory, or not readable by others',
      remedy: 'Put the file itself there, or make it readable with `chmod -R o+rX`',
    },
    'serve/listen-address': {
      severity: 'error',
      what: 'Not a listen address',
      remedy: 'Write `ADDRESS:PORT`',
    },
    'serve/assets': {
      severity: 'error',
      what: 'The assets directory cannot be read, or holds what machines must not see: the profile, keys, a git repository, a rendered site',
      remedy: 'Choose a directory that holds only kernels, initial RAM disks and images',
    },
    'serve/not-running': {
      severity: 'error',
      what: 'No server is running for this profile, or it refused the request',
      remedy: 'Start `hakube serve PROFILE`, and use the same `--state DIR` for both',
    },
    'serve/unknown-machine': {
      severity: 'error',
      what: 'The profile that the server serves has no machine with this name or MAC address',
      remedy: 'Use a name of the profile; after adding a machine, reload the server (SIGHUP)',
    },
    'serve/dnsmasq': {
      severity: 'error',
      what: 'dnsmasq, which `hakube serve --with-dnsmasq` starts, is not installed or does not run',
      remedy: 'Install dnsmasq, stop other DHCP and TFTP servers on this machine, and run as root',
    },
    'serve/several': {
      severity: 'error',
      what: 'Several arguments of `serve`, one of which is not a profile; or an option that needs a single profile',
      remedy: 'Name profiles, or start a server for each',
    },
    'serve/enrolled-directory': {
      severity: 'error',
      what: 'The directory to serve was rendered from a profile with `secrets.delivery: enrolled`, so it has no secrets',
      remedy: 'Serve the profile: `hakube serve PROFILE`',
    },
    'serve/state': {
      severity: 'error',
      what: 'The state directory cannot be used: it is in a repository, open to others, in use by another server, or cannot be read',
      remedy: '`--state DIR`: a private directory on the local disk',
    },
    'serve/repository': {
      severity: 'error',
      what: 'The repository of `--repo` cannot be followed: its address, its branch or an option that belongs to it is wrong, or it has no commit that can be served',
      remedy: 'See the message; `docs/gitops.md` describes the options',
    },
    'serve/sockets': {
      severity: 'error',
      what: 'systemd hands over sockets whose names hakube does not know',
      remedy: '`FileDescriptorName=http` or `tls` in the `.socket` unit, as `hakube service` prints it',
    },
    'service/listen': {
      severity: 'error',
      what: 'systemd cannot listen on the address of `--listen` or `--listen-tls`',
      remedy: 'An IP address and a port, or `:PORT`',
    },
    'service/path': {
      severity: 'error',
      what: 'The service cannot see a path, because it is in a home or temporary directory, or no unit can hold its name',
      remedy: 'Move it, e.g. to `/srv`; follow the profile with `--repo`; install hakube for all users',
    },
    'service/write': {
      severity: 'error',
      what: '`hakube service` cannot write a unit',
      remedy: 'A directory that exists; `/etc/systemd/system` needs root',
    },
  },
} as const satisfies CodeSection

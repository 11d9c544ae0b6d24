import type { CodeSection } from './section.ts'

export const distributionsCodes = {
  title: 'Distributions and install methods',
  codes: {
    'distribution/unknown': {
      severity: 'error',
      what: 'A distribution that hakube does not know',
      remedy: 'The message lists the distributions',
    },
    'distribution/unknown-version': {
      severity: 'error',
      what: 'A release that hakube does not know',
      remedy: 'The message lists the releases',
    },
    'distribution/unsupported': {
      severity: 'error',
      what: 'A release that hakube knows but does not install, with the reason: no security updates, or updates for nine months only',
      remedy: 'Use a newer release: [distributions.md](distributions.md)',
    },
    'distribution/no-version': {
      severity: 'error',
      what: 'The distribution of a role or a machine has a name and no version',
      remedy: 'Write the version too, or leave the name out',
    },
    'distribution/no-mirror': {
      severity: 'error',
      what: 'Red Hat Enterprise Linux without `mirrors.distribution`: its packages require a subscription',
      remedy: 'Use a mirror of your own: [distributions.md](distributions.md#red-hat-enterprise-linux)',
    },
    'distribution/install': {
      severity: 'error',
      what: 'The distribution does not have this install method',
      remedy: 'Remove `install`',
    },
    'distribution/no-image': {
      severity: 'error',
      what: 'The install method `image` without an image for the architecture of a machine',
      remedy: 'Write `images` below `distribution`: [disks.md](disks.md#images-of-a-whole-disk)',
    },
    'distribution/image-format': {
      severity: 'error',
      what: 'Something other than a raw image of a disk, e.g. one in the format qcow2',
      remedy: 'Convert it: [disks.md](disks.md#images-of-a-whole-disk)',
    },
    'distribution/images-unused': {
      severity: 'warning',
      what: '`images` with another install method than `image`',
      remedy: 'Write `install: image`, or remove `images`',
    },
    'distribution/architecture': {
      severity: 'error',
      what: 'A public archive without packages for the architecture of a machine',
      remedy: 'Remove the address, or write one for each architecture',
      source: 'Ubuntu wiki, Ports',
    },
    'distribution/end-of-life': {
      severity: 'warning',
      what: 'The release no longer receives security updates',
      remedy: 'Use a newer release',
    },
    'distribution/no-selinux': {
      severity: 'warning',
      what: '`selinux` on a distribution without SELinux',
      remedy: 'Remove it',
    },
  },
} as const satisfies CodeSection

import type { CodeSection } from './section.ts'

export const mirrorsCodes = {
  title: 'Mirrors',
  codes: {
    'mirrors/malformed': {
      severity: 'error',
      what: 'A mirror that is not a web address',
      remedy: 'Write `http://…` or `https://…`',
    },
    'mirrors/security': {
      severity: 'error',
      what: '`mirrors.security` for a distribution without a separate archive of security updates',
      remedy: 'Remove it',
    },
    'mirrors/one-for-two': {
      severity: 'warning',
      what: 'One mirror address for machines of two architectures, which Ubuntu keeps in two archives',
      remedy: 'Write an address for each below `mirrors.distribution`, unless the mirror has both',
      source: 'Ubuntu wiki, Ports',
    },
    'mirrors/key-of-address': {
      severity: 'error',
      what: 'A mirror address for something that is neither an architecture nor a distribution',
      remedy: 'Write `amd64`, `arm64`, a distribution (`debian`) or a release (`debian-12`)',
    },
    'mirrors/one-for-several': {
      severity: 'error',
      what: 'One mirror address for machines with different distributions',
      remedy: 'Write one for each distribution',
    },
    'mirrors/unused': {
      severity: 'warning',
      what: 'A mirror of a distribution that no machine has',
      remedy: 'Remove it',
    },
    'mirrors/repository': {
      severity: 'error',
      what: 'A key of `mirrors.repositories` that names no repository in use',
      remedy: 'Use `docker`, `cri-o` or `elrepo`',
    },
    'mirrors/key': {
      severity: 'error',
      what: 'An entry of `mirrors.keys` that is neither a fingerprint nor a public key, or names an unknown repository',
      remedy: 'Write the 40 digits that `gpg --show-keys` prints, or the whole public key',
      source: 'RFC 9580, Key IDs and Fingerprints',
    },
    'mirrors/unverified-key': {
      severity: 'warning',
      what: "Packages and their key come without TLS, and hakube does not know the key's fingerprint",
      remedy: 'Set `mirrors.keys.cri-o`, or use `https://`',
    },
    'mirrors/docker': {
      severity: 'warning',
      what: 'Docker with a mirror of a registry other than docker.io',
      remedy: "Remove it; write image names with the mirror's address",
      source: 'Docker docs, registry mirrors',
    },
    'mirrors/docker-path': {
      severity: 'error',
      what: 'Docker with a mirror that has a path',
      remedy: 'Write scheme, host and port only',
      source: 'moby, daemon/pkg/registry/config.go',
    },
    'mirrors/default': {
      severity: 'error',
      what: 'CRI-O with one mirror for all registries',
      remedy: 'Write one mirror for each registry',
      source: 'containers-registries.conf(5)',
    },
    'mirrors/login': {
      severity: 'error',
      what: 'A user without a password, or a password without a user, of a mirror of images; two logins at one host; with Docker, any login',
      remedy:
        'Write `username` and `passwordSecret`, the same for all mirrors of a host; with Docker, use containerd or CRI-O',
    },
    'mirrors/authority': {
      severity: 'error',
      what: '`ca` of a mirror that uses http:',
      remedy: 'Use https:, or remove `ca`',
    },
    'mirrors/clear-password': {
      severity: 'warning',
      what: 'A password for a mirror that uses http:',
      remedy: 'Use https:',
    },
    'mirrors/registry': {
      severity: 'error',
      what: 'A key of `mirrors.images` that is not a registry',
      remedy: 'Write the host as in image names',
    },
  },
} as const satisfies CodeSection

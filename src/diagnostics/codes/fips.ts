import type { CodeSection } from './section.ts'

export const fipsCodes = {
  title: 'FIPS mode',
  introduction:
    'Machines whose `kernel.arguments` have `fips=1`. What is rejected is what the policy FIPS of Red Hat’s crypto-policies leaves out.',
  codes: {
    'fips/distribution': {
      severity: 'warning',
      what: "The distribution's own packages contain no validated modules",
      remedy: 'Use a distribution of the Red Hat family, or packages of Ubuntu Pro',
      source: 'Ubuntu security certifications',
    },
    'fips/installer': {
      severity: 'error',
      what: '`fips=1` for only one of installer and installed system',
      remedy: 'Remove `appliesTo`',
      source: 'RHEL, Security hardening',
    },
    'fips/kernel': {
      severity: 'error',
      what: 'A kernel from ELRepo, which is not a validated module',
      remedy: 'Remove `kernel.package`',
    },
    'fips/ssh-key': {
      severity: 'error',
      what: 'An SSH key that FIPS mode rejects at login: ed25519, a security key, RSA below 2048 bits',
      remedy: '`ssh-keygen -t rsa -b 3072` or `ssh-keygen -t ecdsa -b 384`',
      source: 'Red Hat solution 3643252',
    },
    'fips/host-key': {
      severity: 'error',
      what: 'An sshd host key of type ed25519 or dsa',
      remedy: 'Remove the file',
      source: 'Red Hat solution 3643252',
    },
    'fips/ssh-algorithm': {
      severity: 'error',
      what: 'An sshd configuration file names a key type, cipher or MAC that FIPS rejects',
      remedy: 'Leave it to the crypto policy',
      source: 'crypto-policies(7)',
    },
    'fips/password': {
      severity: 'warning',
      what: 'A password hash by yescrypt, bcrypt or another method that FIPS does not approve',
      remedy: '`mkpasswd -m sha-512`',
      source: 'FIPS 180-4',
    },
    'fips/module': {
      severity: 'error',
      what: 'The module wireguard, which refuses to load in FIPS mode',
      remedy: 'Remove it, or remove `fips=1`',
      source: 'CKI kernel-ark',
    },
  },
} as const satisfies CodeSection

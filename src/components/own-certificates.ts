import type { Component } from '../assembly/component.ts'
import { program, readAgain, runsAgain } from '../assembly/on-change.ts'
import { ownCertificates as ownNeeds } from '../cluster/certificate-needs.ts'
import type { Cluster, Machine } from '../cluster/cluster.ts'
import type { CertificateKind, CertificateNeed } from '../secrets/certificate-need.ts'
import { usesP256 } from '../secrets/make.ts'
import { render } from '../templates/template.ts'
import { machineCertificatePath, machineKeyPath, serverAuthorityPath } from './enrolment.ts'
import { pkiDirectory } from './etcd/places.ts'
import { authoritiesDirectory } from './kubeadm/authorities.ts'

/** What the machine has to make. The program reads it each time. */
export const ownCertificatesPath = '/etc/hakube/certificates'

const renewal = 'hakube-certificates'
export const renewalTimer = `${renewal}.timer`

/** `path`: without `.crt` and `.key`. `copy`: where another program has its own copy of both. */
type Place = { path: string; authority: string; owner: string; copy?: string }

const etcdPlace = (name: string, owner: string): Place => ({
  path: `${pkiDirectory}/${name}`,
  authority: `${pkiDirectory}/ca.crt`,
  owner,
})

const places: Readonly<Record<CertificateKind, Place>> = {
  'etcd-server': etcdPlace('server', 'etcd'),
  'etcd-peer': etcdPlace('peer', 'etcd'),
  'etcd-client': etcdPlace('client', 'root'),
  'apiserver-etcd-client': {
    path: `${authoritiesDirectory}/apiserver-etcd-client`,
    authority: `${authoritiesDirectory}/etcd/ca.crt`,
    owner: 'root',
    // The step kubeadm puts it there when the machine joins.
    copy: '/etc/kubernetes/pki/apiserver-etcd-client',
  },
}

const groups = (text: string): string[] => (text === '' ? [] : text.split(':'))

/** As OpenSSL prints IPv6 addresses in certificates: all eight groups, in capital letters. */
function printedAddress(address: string): string {
  if (!address.includes(':')) return address
  const [before = '', after] = address.split('::')
  const [first, last] = [groups(before), groups(after ?? '')]
  const zeros = Array.from({ length: 8 - first.length - last.length }, () => '0')
  return [...first, ...zeros, ...last].join(':').toUpperCase()
}

/** The names of a certificate as `openssl x509 -text` prints them, without blanks. */
const printedNames = ({ dnsNames, addresses }: CertificateNeed): string =>
  [
    ...dnsNames.map((name) => `DNS:${name}`),
    ...addresses.map((each) => `IPAddress:${printedAddress(each)}`),
  ].join(',')

function row(need: CertificateNeed, { keyBits }: NonNullable<Cluster['enrolment']>): string {
  const { path, authority, owner, copy = '-' } = places[need.kind]
  const type = usesP256(need, { keyBits }) ? 'p256' : String(keyBits)
  const names = printedNames(need) || '-'
  return `${[need.kind, type, path, authority, owner, copy, need.commonName, names].join('\t')}\n`
}

/** The paths of the keys that a machine makes itself. */
export const ownKeyPaths = (cluster: Cluster, machine: Machine): string[] =>
  ownNeeds(cluster, machine).map(({ kind }) => `${places[kind].path}.key`)

const script = (command: string, comment: string): string =>
  `#!/bin/bash\n# ${comment}\nset -euo pipefail\nexec /usr/sbin/hakube-certificates${command}\n`

const two = (number: number): string => String(number).padStart(2, '0')

/** The time of day of a machine's renewal: next to each other in the profile, they are half an hour apart. */
function renewalTime({ index }: Machine): string {
  const minute = (index * 31) % (24 * 60)
  return `${two(Math.floor(minute / 60))}:${two(minute % 60)}:00`
}

/** Private keys that only one machine uses are made there and never leave it: hakube's server only signs. */
export const ownCertificates: Component = {
  name: 'own-certificates',
  purpose:
    "Makes the private keys that only this machine uses, and has hakube's server sign their certificates.",
  stage: 'etcd',
  steps: ['certificates'],
  units: [renewalTimer],
  appliesTo: (cluster, machine) => ownNeeds(cluster, machine).length > 0,
  contribute(cluster, machine) {
    const { enrolment } = cluster
    if (enrolment === null) return {}
    return {
      packages: [{ name: 'openssl' }],
      files: [
        {
          path: ownCertificatesPath,
          mode: '0644',
          content: ownNeeds(cluster, machine)
            .map((need) => row(need, enrolment))
            .join(''),
          onChange: runsAgain('certificates with other names are requested', 'certificates'),
        },
        {
          path: '/usr/sbin/hakube-certificates',
          mode: '0755',
          content: render('cloud-init/own-certificates/hakube-certificates.ejs', {
            list: ownCertificatesPath,
            key: machineKeyPath,
            certificate: machineCertificatePath,
            authority: serverAuthorityPath,
            days: enrolment.warningDays,
          }),
          onChange: program,
        },
        {
          path: `/etc/systemd/system/${renewal}.service`,
          mode: '0644',
          content: render('cloud-init/own-certificates/renewal.service.ejs', {}),
          onChange: readAgain('read when its timer starts it'),
        },
      ],
      units: [
        {
          name: renewalTimer,
          content: render('cloud-init/own-certificates/renewal.timer.ejs', { time: renewalTime(machine) }),
          start: 'blocking',
          after: ['certificates'],
        },
      ],
      steps: [
        {
          name: 'certificates',
          script: script('', "Makes this machine's own keys, and gets their certificates."),
          // Certificates are valid only at the right time.
          after: ['packages', 'time'],
        },
      ],
      checks: [
        {
          name: 'certificates',
          script: script(
            ' --check',
            'The keys that this machine made fit their certificates, which are valid, for the right names, and from the right CA.',
          ),
        },
      ],
    }
  },
}

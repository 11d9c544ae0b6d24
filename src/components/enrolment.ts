import type { Component } from '../assembly/component.ts'
import { program, readAgain } from '../assembly/on-change.ts'
import { render } from '../templates/template.ts'

/** The machine's private key. The key never leaves the machine. */
export const machineKeyPath = '/etc/hakube/machine.key'
export const machineCertificatePath = '/etc/hakube/machine.crt'

/** The CA that must have issued the certificate of hakube's server. */
export const serverAuthorityPath = '/etc/hakube/server-ca.crt'

/** The base address of the server's API for this machine. */
export const enrolmentUrl = (url: string, mac: string): string => `${url}/api/v1/machines/${mac}`

/**
 * Lets a machine whose seed contains no secrets fetch them. The machine authenticates with its own key, and accepts only hakube's server.
 */
export const enrolment: Component = {
  name: 'enrolment',
  purpose: "Makes a key and fetches the machine's secrets from hakube's server over mutual TLS.",
  appliesTo: (cluster) => cluster.enrolment !== null,
  contribute: (cluster, { macs }) => {
    const { enrolment: delivery, secrets } = cluster
    if (delivery === null) return {}
    if (secrets.enrolment === null) throw new Error('the secrets contain no CAs for enrolment')
    return {
      packages: [{ name: 'openssl' }],
      files: [
        {
          path: '/etc/hakube/enrolment',
          mode: '0644',
          content: `${enrolmentUrl(delivery.url, macs[0])}\n`,
          onChange: readAgain(),
        },
        {
          // A load balancer may have no other secrets, but must enrol as well, so that it can report.
          path: '/etc/hakube/secrets',
          mode: '0600',
          secret: true,
          content: 'Fetched together with the other secrets of this machine. It holds none.\n',
          onChange: readAgain(),
        },
        {
          path: serverAuthorityPath,
          mode: '0644',
          content: secrets.enrolment.serverAuthority.certificate,
          onChange: readAgain(),
        },
        {
          path: '/usr/libexec/hakube/enrol',
          mode: '0755',
          content: render('cloud-init/first-boot/enrol.ejs', {
            key: machineKeyPath,
            certificate: machineCertificatePath,
            authority: serverAuthorityPath,
          }),
          onChange: program,
        },
      ],
    }
  },
}

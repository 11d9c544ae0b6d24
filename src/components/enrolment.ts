import type { Component } from '../assembly/component.ts'
import { program, readAgain } from '../assembly/on-change.ts'
import { render } from '../templates/template.ts'

/** Where the machine's own key and certificate are. The key never leaves the machine. */
export const machineKeyPath = '/etc/hakube/machine.key'
export const machineCertificatePath = '/etc/hakube/machine.crt'

/** The CA that the certificate of hakube's server must have. */
export const serverAuthorityPath = '/etc/hakube/server-ca.crt'

/** Below it, the server answers this machine. */
export const enrolmentUrl = (url: string, mac: string): string => `${url}/api/v1/machines/${mac}`

/** Lets a machine whose seed holds no secrets fetch them: with a key of its own, from hakube's server alone. */
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
          // A load balancer may have no other, and must enrol all the same: to report.
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

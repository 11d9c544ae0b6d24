import type { Component } from '../assembly/component.ts'
import { program, readAgain } from '../assembly/on-change.ts'
import { render } from '../templates/template.ts'
import { quote } from '../text/quote.ts'

export const netconsoleTimer = 'hakube-netconsole.timer'

const template = (name: string, data: object) => render(`cloud-init/netconsole/${name}.ejs`, data)

/**
 * Sends the messages of the kernel to hakube's server: an oops or a panic is in no log of the machine itself. A timer sets it up, because
 * netconsole sends to a MAC address, and the server or the gateway may be replaced; so a machine without the module only says so.
 */
export const netconsole: Component = {
  name: 'netconsole',
  purpose: "Sends the messages of the kernel to hakube's server (netconsole).",
  units: [netconsoleTimer],
  appliesTo: ({ syslog }) => syslog?.kernel === true,
  contribute: ({ syslog }) => ({
    files: [
      {
        path: '/usr/libexec/hakube/netconsole',
        mode: '0755',
        content: template('netconsole', { host: quote(syslog?.host ?? ''), port: syslog?.port ?? 0 }),
        onChange: program,
      },
      {
        path: '/etc/systemd/system/hakube-netconsole.service',
        mode: '0644',
        content: template('hakube-netconsole.service', {}),
        onChange: readAgain('read when its timer starts it'),
      },
    ],
    units: [{ name: netconsoleTimer, content: template(netconsoleTimer, {}), start: 'blocking' }],
  }),
}

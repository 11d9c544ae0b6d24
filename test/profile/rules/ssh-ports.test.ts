import { describe, expect, it } from 'vitest'
import { mistakesWith } from '../mistakes.ts'

const withText = (text: string, path = '/etc/ssh/sshd_config.d/10-port.conf'): string =>
  mistakesWith(`files: [{path: ${path}, content: ${JSON.stringify(text)}}]\n`)

const onBalancers = (text: string): string =>
  mistakesWith(
    `roles: {load-balancer: {files: [{path: /etc/ssh/sshd_config.d/10-port.conf, content: ${text}}]}}\n`,
  )

describe('ports of sshd in files', () => {
  it('are reported with a complete message if another program uses them', () => {
    expect(withText('Port 22\nPort 10250\n')).toMatchInlineSnapshot(`
      "profile.yaml:49:62: error[files/ssh-port]: sshd cannot listen on port 10250: the kubelet listens there, so nobody could log in [$.files[0].content]
         49 | files: [{path: /etc/ssh/sshd_config.d/10-port.conf, content: "Port 22\\nPort 10250\\n"}]
            |                                                              ^^^^^^^^^^^^^^^^^^^^^^^
        hint: write a free port from 1 to 65535, e.g. 2222; the firewall opens it
        source: sshd_config(5)
      "
    `)
  })
  it.each(['Port 0', 'port=99999', 'Port "abc"', 'Port 6443', '  PORT 2379'])('%s', (text) => {
    expect(withText(text)).toContain('error[files/ssh-port]')
  })
  it('are compared on load balancers with those of the API, and not with those of nodes', () => {
    expect(onBalancers('Port 6443')).toContain('the load balancer listens there')
    expect(onBalancers('Port 10250')).not.toContain('files/ssh-port')
  })
  it.each(['Port 2222', '# Port 0', 'Port 22', 'PortX 0', 'ListenAddress 10.0.0.1:2222'])(
    'are accepted: %s',
    (text) => {
      expect(withText(text)).not.toContain('files/ssh-port')
    },
  )
  it('are read from no other file', () => {
    expect(withText('Port 0\n', '/etc/ssh/ssh_config.d/10-port.conf')).not.toContain('files/ssh-port')
  })
})

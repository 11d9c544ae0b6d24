import { describe, expect, it } from 'vitest'
import { mistakesWith } from '../mistakes.ts'

const withText = (text: string, path = '/etc/ssh/sshd_config.d/50-local.conf', more = ''): string =>
  mistakesWith(`files: [{path: ${path}, content: ${JSON.stringify(text)}}]\n${more}`)

const messages = (text: string): string[] =>
  text.split('\n').flatMap((line) => /(?:error|warning)\[files\/ssh[^\]]*\]: (.*) \[\$/.exec(line)?.[1] ?? [])

const of = (role: string, who: string) =>
  `${role}: {files: [{path: /etc/ssh/sshd_config.d/60-role.conf, content: "AllowUsers ${who}\\n"}]}`

describe('settings of sshd in files', () => {
  it('are reported with a complete message if they lock all users out', () => {
    expect(withText('X11Forwarding no\nAllowUsers admin root\n')).toMatchInlineSnapshot(`
      "profile.yaml:49:63: error[files/ssh-login]: with AllowUsers admin root, sshd would refuse ops [$.files[0].content]
         49 | files: [{path: /etc/ssh/sshd_config.d/50-local.conf, content: "X11Forwarding no\\nAllowUsers admin root\\n"}]
            |                                                               ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
        hint: add users of the profile: AllowUsers admin root ops
        source: sshd_config(5)
      "
    `)
  })

  it.each([
    ['AllowUsers admin', 'with AllowUsers admin, sshd would refuse ops'],
    ['AllowUsers * !ops', 'with AllowUsers * !ops, sshd would refuse ops'],
    ['denyusers=o*', 'with denyusers o*, sshd would refuse ops'],
    ['AllowGroups ssh-users', 'with AllowGroups ssh-users, sshd would refuse ops'],
    ['DenyGroups wheel', 'with DenyGroups wheel, sshd would refuse ops'],
    ['PubkeyAuthentication no', 'without PubkeyAuthentication nobody could log in, as passwords are off'],
    [
      'AuthenticationMethods publickey,password publickey,keyboard-interactive',
      'nobody could log in with publickey,password publickey,keyboard-interactive: hakube turns passwords and keyboard-interactive off',
    ],
    [
      'AuthorizedKeysFile /etc/ssh/keys/%u',
      'sshd would not read ~/.ssh/authorized_keys, where hakube writes the keys of users',
    ],
    [
      'ListenAddress 127.0.0.1\nListenAddress [::1]:22',
      'sshd would listen only on a loopback address, so nobody could log in',
    ],
  ])('%s', (text, message) => {
    expect([...new Set(messages(withText(`${text}\n`)))]).toEqual([message])
  })

  it.each([
    'AllowUsers admin ops',
    'AllowUsers ops@10.10.10.*',
    'AllowUsers admin\nAllowUsers o?s',
    'DenyUsers root nobody',
    'DenyUsers ops@192.0.2.*',
    'AllowGroups wheel',
    'AllowGroups ops',
    'DenyGroups guests',
    'PubkeyAuthentication yes',
    'AuthenticationMethods publickey',
    'AuthenticationMethods publickey,password publickey',
    'AuthorizedKeysFile .ssh/authorized_keys /etc/ssh/keys/%u',
    'AuthorizedKeysFile %h/.ssh/authorized_keys',
    'AuthorizedKeysFile none\nAuthorizedKeysCommand /usr/local/bin/keys',
    'ListenAddress 127.0.0.1\nListenAddress 0.0.0.0',
    'PermitRootLogin no\nPasswordAuthentication no',
    'Match User backup\n  AllowUsers backup\n  PubkeyAuthentication no',
    '# AllowUsers admin',
  ])('are accepted if they let users in: %s', (text) => {
    expect(messages(withText(`${text}\n`))).toEqual([])
  })

  it('are not checked for groups and keys that other settings of the profile create', () => {
    const command = 'commands: [{name: group, run: groupadd -f ssh-users && gpasswd -a ops ssh-users}]\n'
    expect(messages(withText('AllowGroups ssh-users\n', undefined, command))).toEqual([])
    const keys = 'roles: {worker: {files: [{path: /etc/ssh/keys/ops, content: ssh-rsa}]}}\n'
    expect(messages(withText('AuthorizedKeysFile /etc/ssh/keys/%u\n', undefined, keys))).toEqual([])
  })

  it('are combined over all files of a machine', () => {
    const allButOne = `roles: {${['load-balancer', 'control-plane'].map((role) => of(role, 'ops')).join(', ')}}\n`
    expect(messages(withText('AllowUsers monitor\n', undefined, allButOne))).toEqual([
      'with AllowUsers monitor, sshd would refuse ops',
    ])
    const all = `roles: {${['load-balancer', 'control-plane', 'worker'].map((role) => of(role, 'ops')).join(', ')}}\n`
    expect(messages(withText('AllowUsers monitor\n', undefined, all))).toEqual([])
  })

  it.each([
    ['05-local', 'error[files/ssh-login]'],
    ['10-a', 'error[files/ssh-login]'],
    ['50-local', 'warning[files/ssh-overridden]'],
  ])('are reported if they contradict hakube in %s.conf', (name, code) => {
    for (const text of [
      'PermitRootLogin yes',
      'PasswordAuthentication yes',
      'ChallengeResponseAuthentication yes',
    ])
      expect(withText(`${text}\n`, `/etc/ssh/sshd_config.d/${name}.conf`)).toContain(code)
  })
})

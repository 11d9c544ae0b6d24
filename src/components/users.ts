import type { Machine } from '../cluster/cluster.ts'
import { render } from '../templates/template.ts'
import type { Component } from '../assembly/component.ts'
import { collectOnce, onceForEach, sameForAll } from '../assembly/once.ts'
import { sshdUnit, sshUnit } from '../distributions/unit-names.ts'
import { quote, quoteAll } from '../text/quote.ts'
import { files as filesOnChange, readAgain, type Takes } from '../assembly/on-change.ts'

/** What a change of a file below /etc/ssh requires. */
export const onChangeOfSshd = ({ system }: Machine): Takes =>
  filesOnChange('sshd reads its settings when it starts', [
    system.distribution.family === 'debian' ? sshUnit : sshdUnit,
  ])

const namesOf = (users: readonly { name: string }[]): string => quoteAll(users.map(({ name }) => name))

const login = { need: 'makes it, and its check looks for it', hint: 'remove it, or the user from users' }

/**
 * Users, their keys, and sshd without password logins. cloud-init and installers create the first users before sshd starts; the step
 * applies later changes of the profile.
 */
export const users: Component = {
  name: 'users',
  purpose: 'Creates users with SSH keys; root and passwords cannot log in over SSH.',
  stage: 'users',
  steps: ['users'],
  appliesTo: () => true,
  contribute: onceForEach(sameForAll, (cluster, machine) => ({
    users: cluster.users,
    refusedCommands: [
      {
        programs: ['userdel', 'deluser'],
        having: cluster.users.map(({ name }) => [name]),
        does: 'deletes a login of the profile',
        ...login,
      },
      {
        programs: ['usermod', 'chsh'],
        having: cluster.users.flatMap(({ name }) =>
          ['/sbin/nologin', '/usr/sbin/nologin', '/bin/false', '/usr/bin/false'].map((shell) => [
            name,
            shell,
          ]),
        ),
        does: 'takes the shell from a login of the profile',
        ...login,
      },
    ],
    packages: [
      { name: 'openssh-server' },
      ...(cluster.users.some(({ sudo }) => sudo) ? [{ name: 'sudo' }] : []),
    ],
    files: [
      {
        // sshd uses the first value that it finds, and reads this file before 50-cloud-init.conf.
        path: '/etc/ssh/sshd_config.d/10-hakube.conf',
        mode: '0600',
        content: render('cloud-init/users/sshd.conf.ejs', {}),
        // sshd before 8.2 has no drop-ins: the step copies the lines into its configuration file.
        onChange: onChangeOfSshd(machine),
      },
      {
        path: '/etc/sudoers.d/hakube',
        mode: '0440',
        content: render('cloud-init/users/sudoers.ejs', {
          administrators: cluster.users
            .filter(({ sudo }) => sudo)
            .map(({ name, withPassword }) => ({ name, tag: withPassword ? '' : 'NOPASSWD:' })),
        }),
        onChange: readAgain(),
      },
    ],
  })),
  collect: collectOnce(sameForAll, (_cluster, { system }, declared) => {
    const data = {
      users: namesOf(declared.users),
      administrators: namesOf(declared.users.filter(({ sudo, withPassword }) => sudo && !withPassword)),
      withPassword: namesOf(declared.users.filter(({ withPassword }) => withPassword)),
      groups: declared.users
        .filter(({ groups = [] }) => groups.length > 0)
        .map(({ name, groups = [] }) => quoteAll([name, ...groups])),
      numbers: declared.users.flatMap(({ name, uid }) =>
        typeof uid === 'number' ? [quoteAll([name, String(uid)])] : [],
      ),
    }
    return {
      steps: [
        {
          name: 'users',
          script: render('cloud-init/users/step.sh.ejs', {
            group: quote(system.distribution.adminGroup),
            names: data.users,
            groups: data.groups,
            numbers: data.numbers,
            logins: declared.users.map(({ name, sudo, sshKeys, passwordHash }) => ({
              words: quoteAll([name, sudo ? 'yes' : 'no', ...sshKeys]),
              hash: quote(passwordHash ?? ''),
            })),
          }),
          after: ['packages'],
          secret: declared.users.some(({ passwordHash }) => passwordHash !== null),
        },
      ],
      checks: [{ name: 'users', script: render('cloud-init/users/check.sh.ejs', data) }],
    }
  }),
}

import { expect, it } from 'vitest'
import type { Machine } from '../../src/cluster/cluster.ts'
import { systemAccount } from '../../src/distributions/accounts.ts'
import type { Distribution } from '../../src/distributions/distribution.ts'
import { findDistribution } from '../../src/distributions/index.ts'
import { cloudConfig } from '../../src/seeds/cloud-init.ts'
import { describeWith } from '../prerequisites.ts'
import type { Profile } from '../../src/profile/schema.ts'
import { inOverlay, type Tree } from '../support/overlay.ts'
import { assembleHost, changedCluster, treeOf } from './host.ts'

const needs = { root: true, linux: true, programs: ['unshare', 'sshd', 'ssh-keygen', 'sudo', 'useradd'] }

const key = (name: string) => `ssh-ed25519 ${name.padEnd(68, 'A')} ${name}`
const treeWith = (users: Profile['users']) =>
  treeOf(assembleHost(changedCluster((profile) => Object.assign(profile, { users }))))
const move = (tree: Tree, to: string): Tree =>
  Object.fromEntries(
    ['/steps/users', '/checks/users', '/etc/sudoers.d/hakube'].map((path) => [`${to}${path}`, tree[path]!]),
  )

describeWith(needs, 'users', () => {
  const tree = treeOf(assembleHost(changedCluster(() => {})))
  const user = `
    useradd --create-home ops
    printf 'ops ALL=(ALL) NOPASSWD:ALL\\n' >/etc/sudoers.d/90-cloud-init-users
    chmod 0440 /etc/sudoers.d/90-cloud-init-users`

  it('closes sshd to root and to passwords, even against what cloud-init writes', () => {
    const script = `${user}
      printf 'PasswordAuthentication yes\\n' >/etc/ssh/sshd_config.d/50-cloud-init.conf
      /steps/users 2>/dev/null
      /steps/users 2>/dev/null
      /checks/users && echo checked`
    expect(inOverlay(tree, script)).toEqual({ status: 0, output: 'checked\n' })
  })

  it('does so even if sshd has no Include', () => {
    const script = `${user}
      printf 'PermitRootLogin yes\\nPasswordAuthentication yes\\n' >/etc/ssh/sshd_config
      /steps/users 2>/dev/null
      /steps/users 2>/dev/null
      /checks/users && echo checked
      cat /etc/ssh/sshd_config`
    const { output } = inOverlay(tree, script)
    expect(output).toMatchInlineSnapshot(`
      "checked
      # hakube: begin
      # Written by hakube (sshd_config(5)).
      PermitRootLogin no
      PasswordAuthentication no
      KbdInteractiveAuthentication no
      # hakube: end
      PermitRootLogin yes
      PasswordAuthentication yes
      "
    `)
  })

  it('reports everything that is missing', () => {
    const script = `rm /etc/ssh/sshd_config.d/10-hakube.conf
      printf 'PermitRootLogin yes\\n' >/etc/ssh/sshd_config
      ssh-keygen -A >/dev/null
      /checks/users`
    const { status, output } = inOverlay(tree, script)
    expect(status).toBe(1)
    expect(output).toMatchInlineSnapshot(`
      "the user ops does not exist
      ops cannot become root with sudo
      sshd does not have the setting: permitrootlogin no
      sshd does not have the setting: passwordauthentication no
      sshd does not have the setting: kbdinteractiveauthentication no
      "
    `)
  })

  it('follow the profile: logins, keys, sudo and passwords are added and removed, and removed users are locked', () => {
    const hash =
      '$6$salt$IxDD3jeSOb5eB1CX5LBsqZFVkJdido3OUILO5Ifz5iwMuTS4XMS130MTSuDDl3aCI6WouIL9AjRbLCelDCy.g.'
    const first = treeWith([
      { name: 'ann', sshKeys: [key('ann'), key('old')], sudo: true },
      { name: 'bob', sshKeys: [key('bob')], sudo: true },
      { name: 'cy', sshKeys: [], sudo: false, passwordHash: hash },
    ])
    const second = treeWith([
      { name: 'ann', sshKeys: [key('ann'), key("o'hara $(id)")], sudo: false },
      { name: 'dee', sshKeys: [key('dee')], sudo: true },
    ])
    const script = `
      groupadd wheel 2>/dev/null
      look() {
        for name in ann bob cy dee; do
          id "$name" >/dev/null 2>&1 || { echo "$name: none"; continue; }
          home=$(getent passwd "$name" | cut -d: -f6)
          echo "$name: $(getent passwd "$name" | cut -d: -f7) $(id -nG "$name") $(getent shadow "$name" | cut -d: -f2,8 | cut -c1-12) $(ls -A "$home/.ssh" 2>/dev/null | xargs) $(stat -c '%a %U' "$home/.ssh/authorized_keys" 2>/dev/null)"
          cut -d ' ' -f 3- "$home/.ssh/authorized_keys" 2>/dev/null
          runuser -u "$name" -- sudo -n true 2>/dev/null && echo "sudo"
        done
      }
      use() { cp "/$1/etc/sudoers.d/hakube" /etc/sudoers.d/hakube; "/$1/steps/users" 2>/dev/null; }
      use first; look; echo; /first/checks/users 2>/dev/null && echo checked
      touch /home/bob/kept
      use second; use second; look; ls /home/bob/kept; /second/checks/users 2>/dev/null && echo checked; echo; use first; look`
    const tree = { '/etc/ssh/sshd_config.d/10-hakube.conf': first['/etc/ssh/sshd_config.d/10-hakube.conf']! }
    const { output } = inOverlay({ ...tree, ...move(first, '/first'), ...move(second, '/second') }, script)
    expect(output).toMatchInlineSnapshot(`
      "ann: /bin/bash ann wheel !: authorized_keys 600 ann
      by hakube: the keys in the profile, and no others.
      ann
      old
      sudo
      bob: /bin/bash bob wheel !: authorized_keys 600 bob
      by hakube: the keys in the profile, and no others.
      bob
      sudo
      cy: /bin/bash cy $6$salt$IxDD authorized_keys 600 cy
      by hakube: the keys in the profile, and no others.
      dee: none

      checked
      ann: /bin/bash ann !: authorized_keys 600 ann
      by hakube: the keys in the profile, and no others.
      ann
      $(id)AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA o'hara $(id)
      bob: /usr/sbin/nologin bob !:1 authorized_keys.removed 
      cy: /usr/sbin/nologin cy !$6$salt$IxD authorized_keys.removed 
      dee: /bin/bash dee wheel !: authorized_keys 600 dee
      by hakube: the keys in the profile, and no others.
      dee
      sudo
      /home/bob/kept
      checked

      ann: /bin/bash ann wheel !: authorized_keys 600 ann
      by hakube: the keys in the profile, and no others.
      ann
      old
      sudo
      bob: /bin/bash bob wheel !: authorized_keys authorized_keys.removed 600 bob
      by hakube: the keys in the profile, and no others.
      bob
      sudo
      cy: /bin/bash cy $6$salt$IxDD authorized_keys authorized_keys.removed 600 cy
      by hakube: the keys in the profile, and no others.
      dee: /usr/sbin/nologin dee !:1 authorized_keys.removed 
      "
    `)
  })

  it('have the groups, the user ID and the sudo rules of the profile, and leave groups that it no longer has', () => {
    const hash =
      '$6$salt$IxDD3jeSOb5eB1CX5LBsqZFVkJdido3OUILO5Ifz5iwMuTS4XMS130MTSuDDl3aCI6WouIL9AjRbLCelDCy.g.'
    const first = treeWith([
      { name: 'zoe', sshKeys: [key('zoe')], groups: ['video', 'hakube-new'], uid: 1500 },
      { name: 'ann', sshKeys: [key('ann')], sudo: 'password', passwordHash: hash, groups: ['video'] },
    ])
    const second = treeWith([
      { name: 'zoe', sshKeys: [key('zoe')], groups: ['hakube-new'], uid: 1500 },
      { name: 'ann', sshKeys: [key('ann')], sudo: 'password', passwordHash: hash },
    ])
    const third = treeWith([{ name: 'zoe', sshKeys: [key('zoe')], uid: 1501 }])
    const script = `
      groupadd wheel 2>/dev/null
      use() { cp "/$1/etc/sudoers.d/hakube" /etc/sudoers.d/hakube; "/$1/steps/users" 2>/dev/null; }
      use first; use first; id -nG zoe; id -u zoe; id -nG ann
      runuser -u ann -- sudo -n true 2>/dev/null || echo 'ann needs a password'
      /first/checks/users && echo checked
      use second; id -nG zoe; id -nG ann; /first/checks/users; /second/checks/users && echo checked
      use third; echo "$?"`
    const tree = { '/etc/ssh/sshd_config.d/10-hakube.conf': first['/etc/ssh/sshd_config.d/10-hakube.conf']! }
    const { output } = inOverlay(
      { ...tree, ...move(first, '/first'), ...move(second, '/second'), ...move(third, '/third') },
      script,
    )
    expect(output).toMatchInlineSnapshot(`
      "zoe video wheel hakube-new
      1500
      ann video wheel
      ann needs a password
      checked
      zoe wheel hakube-new
      ann wheel
      zoe is not in the group video
      ann is not in the group video
      checked
      zoe has the user ID 1500 on this machine, not 1501: the user's files would belong to another user.
      Change it by hand (usermod --uid, and chown of the files), or write this machine's number into the profile.
      1
      "
    `)
  })

  it('never writes through a link that a user has put into the way', () => {
    const script = `${user}
      mkdir /root/.ssh 2>/dev/null; echo mine >/root/.ssh/authorized_keys
      mkdir -p /home/ops; rm -rf /home/ops/.ssh; ln -s /root/.ssh /home/ops/.ssh
      /steps/users >/dev/null 2>&1 && echo done
      cat /root/.ssh/authorized_keys`
    expect(inOverlay(tree, script).output).toBe('mine\n')
  })

  it('stops at a configuration that sshd rejects', () => {
    const broken = { ...tree, '/etc/ssh/sshd_config.d/20-mine.conf': 'Nonsense yes\n' }
    expect(inOverlay(broken, '/steps/users').status).not.toBe(0)
  })
})

const accounts = {
  root: true,
  linux: true,
  programs: ['unshare', 'useradd', 'sudo', 'cloud-init', 'python3'],
}

describeWith(accounts, 'logins that cloud-init creates', () => {
  const cluster = changedCluster((profile) => {
    profile.users = [{ name: 'j.doe', sshKeys: [] }]
  })
  const [given] = cloudConfig(cluster, cluster.machines[0] as Machine, [], cluster.users).settings[
    'users'
  ] as Record<string, unknown>[]
  const tree = {
    ...treeOf(assembleHost(cluster)),
    '/user.json': JSON.stringify(given),
    '/create.py': `import json
from cloudinit import distros, helpers
user = json.load(open('/user.json'))
distros.fetch('debian')('debian', {}, helpers.Paths({})).create_user(user.pop('name'), **user)
`,
  }

  it('become root with sudo even with a dot in the name', () => {
    const script = `python3 /create.py >/tmp/log 2>&1 || cat /tmp/log
      grep -h ^j.doe /etc/sudoers.d/*
      visudo --check --quiet && echo parsed
      runuser -u j.doe -- sudo -n id -un 2>/dev/null
      /steps/users 2>/dev/null
      /checks/users && echo checked`
    expect(inOverlay(tree, script)).toEqual({
      status: 0,
      output: 'j.doe ALL=(ALL) NOPASSWD:ALL\nj.doe ALL=(ALL) NOPASSWD:ALL\nparsed\nroot\nchecked\n',
    })
  })
})

describeWith(
  { ...accounts, programs: ['unshare', 'useradd', 'apt'] },
  'names that are taken on Debian',
  () => {
    const distribution = findDistribution('debian', '12') as Distribution

    it('are those of base-passwd, which useradd refuses', () => {
      const { output } = inOverlay(
        {},
        `cp /usr/share/base-passwd/passwd.master /etc/passwd
      cp /usr/share/base-passwd/group.master /etc/group
      for name in $(cut -d: -f1 /etc/passwd /etc/group | sort -u); do
        useradd "$name" 2>/dev/null
        echo "$name $?"
      done`,
      )
      const lines = output.trimEnd().split('\n')
      expect(lines.length).toBeGreaterThan(40)
      expect(lines.filter((line) => !line.endsWith(' 9'))).toEqual([])
      const names = lines.map((line) => line.replace(/ .*/, ''))
      expect(names.filter((name) => systemAccount(distribution, name) === null)).toEqual([])
    })
  },
)

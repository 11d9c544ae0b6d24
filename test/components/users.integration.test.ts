import { expect, it } from 'vitest'
import type { Machine } from '../../src/cluster/cluster.ts'
import { systemAccount } from '../../src/distributions/accounts.ts'
import type { Distribution } from '../../src/distributions/distribution.ts'
import { findDistribution } from '../../src/distributions/index.ts'
import { cloudConfig } from '../../src/seeds/cloud-init.ts'
import { describeWith } from '../prerequisites.ts'
import { inOverlay } from '../support/overlay.ts'
import { assembleHost, changedCluster, treeOf } from './host.ts'

const needs = { root: true, linux: true, programs: ['unshare', 'sshd', 'ssh-keygen', 'sudo', 'useradd'] }

describeWith(needs, 'users', () => {
  const tree = treeOf(assembleHost(changedCluster(() => {})))
  const user = `
    useradd --create-home ops
    printf 'ops ALL=(ALL) NOPASSWD:ALL\\n' >/etc/sudoers.d/90-cloud-init-users
    chmod 0440 /etc/sudoers.d/90-cloud-init-users`

  it('closes sshd to root and to passwords, also against what cloud-init writes', () => {
    const script = `${user}
      printf 'PasswordAuthentication yes\\n' >/etc/ssh/sshd_config.d/50-cloud-init.conf
      /steps/users 2>/dev/null
      /steps/users 2>/dev/null
      /checks/users && echo checked`
    expect(inOverlay(tree, script)).toEqual({ status: 0, output: 'checked\n' })
  })

  it('does so too where sshd knows no Include', () => {
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

  it('says all that is missing', () => {
    const script = `rm /etc/ssh/sshd_config.d/10-hakube.conf
      printf 'PermitRootLogin yes\\n' >/etc/ssh/sshd_config
      ssh-keygen -A >/dev/null
      /checks/users`
    const { status, output } = inOverlay(tree, script)
    expect(status).toBe(1)
    expect(output).toMatchInlineSnapshot(`
      "there is no user ops
      ops cannot become root with sudo
      sshd has not got: permitrootlogin no
      sshd has not got: passwordauthentication no
      sshd has not got: kbdinteractiveauthentication no
      "
    `)
  })

  it('stops at a configuration that sshd does not understand', () => {
    const broken = { ...tree, '/etc/ssh/sshd_config.d/20-mine.conf': 'Nonsense yes\n' }
    expect(inOverlay(broken, '/steps/users').status).not.toBe(0)
  })
})

const accounts = {
  root: true,
  linux: true,
  programs: ['unshare', 'useradd', 'sudo', 'cloud-init', 'python3'],
}

describeWith(accounts, 'logins as cloud-init makes them', () => {
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

  it('become root with sudo when there is a dot in the name', () => {
    const script = `python3 /create.py >/dev/null 2>&1
      grep -h ^j.doe /etc/sudoers.d/*
      visudo --check --quiet && echo parsed
      runuser -u j.doe -- sudo -n id -un 2>/dev/null
      /steps/users 2>/dev/null
      /checks/users && echo checked`
    expect(inOverlay(tree, script)).toEqual({
      status: 0,
      output: 'j.doe ALL=(ALL) NOPASSWD:ALL\nparsed\nroot\nchecked\n',
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

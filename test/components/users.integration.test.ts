import { expect, it } from 'vitest'
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

import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { render, textOf } from '../../src/templates/template.ts'
import { describeWith } from '../prerequisites.ts'

/** What systemd says to our unit, enabled beside those of cloud-init. */
function verify(unit: string): string {
  const directory = mkdtempSync(join(tmpdir(), 'hakube-unit-'))
  try {
    writeFileSync(join(directory, 'unit'), unit)
    const script = String.raw`
set -eu
mount -t tmpfs tmpfs /mnt
mkdir -p /mnt/usr /mnt/work /mnt/etc /mnt/etc-work
mount -t overlay overlay -o lowerdir=/usr,upperdir=/mnt/usr,workdir=/mnt/work /usr
mount -t overlay overlay -o lowerdir=/etc,upperdir=/mnt/etc,workdir=/mnt/etc-work /etc
wants=/etc/systemd/system/multi-user.target.wants
mkdir -p /usr/libexec/hakube "$wants" /etc/systemd/system/cloud-init.target.wants
printf '#!/bin/sh\n' >/usr/libexec/hakube/firstboot
chmod 755 /usr/libexec/hakube/firstboot
cp "$1" /etc/systemd/system/hakube-firstboot.service
ln -s ../hakube-firstboot.service "$wants/"
ln -sf /lib/systemd/system/cloud-init.target "$wants/"
for each in cloud-init-local cloud-init cloud-config cloud-final; do
  ln -sf "/lib/systemd/system/$each.service" /etc/systemd/system/cloud-init.target.wants/
done
systemd-analyze verify --man=no multi-user.target hakube-firstboot.service cloud-final.service 2>&1 || true
`
    const result = spawnSync('unshare', ['-m', 'bash', '-c', script, '-', join(directory, 'unit')], {
      encoding: 'utf8',
    })
    return (result.stdout + result.stderr)
      .split('\n')
      .filter((line) => /hakube|ordering cycle/i.test(line))
      .join('\n')
  } finally {
    rmSync(directory, { recursive: true })
  }
}

describeWith(
  { root: true, linux: true, programs: ['unshare', 'systemd-analyze', 'cloud-init'] },
  'hakube-firstboot.service',
  () => {
    const unit = textOf(render('cloud-init/first-boot/hakube-firstboot.service.ejs', {}))

    it('is a valid unit, and has no ordering cycle with those of cloud-init', () => {
      expect(verify(unit)).toBe('')
    })

    it('would have a cycle if it waited for the end of cloud-init', () => {
      const waiting = unit.replace(/^After=.*$/m, '$& cloud-final.service')
      expect(verify(waiting)).toContain('ordering cycle')
    })
  },
)

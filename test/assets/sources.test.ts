import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { lockFileOf, lockText, readLock } from '../../src/assets/lock-file.ts'
import { wantedAssets } from '../../src/assets/sources.ts'
import { Refusal } from '../../src/diagnostics/refusal.ts'
import { exampleNames, exampleProfile, testCluster, writeUpNames } from '../example.ts'

describe('the source of a file below assets/', () => {
  it('is an address for kernels at a mirror and releases on GitHub, and a description for all others', async () => {
    const lines = new Set<string>()
    for (const name of [...exampleNames, ...writeUpNames])
      for (const { path, url, source, signed } of wantedAssets(await testCluster(exampleProfile(name))))
        lines.add(`${path}: ${url ?? `(${source})`}${signed ? ` by ${signed.release}, ${signed.name}` : ''}`)
    expect([...lines].toSorted()).toMatchInlineSnapshot(`
      [
        "almalinux-9-amd64/initrd.img: https://repo.almalinux.org/almalinux/9/BaseOS/x86_64/os/images/pxeboot/initrd.img",
        "almalinux-9-amd64/vmlinuz: https://repo.almalinux.org/almalinux/9/BaseOS/x86_64/os/images/pxeboot/vmlinuz",
        "centos-7-amd64/initrd.img: https://vault.centos.org/7.9.2009/os/x86_64/images/pxeboot/initrd.img",
        "centos-7-amd64/vmlinuz: https://vault.centos.org/7.9.2009/os/x86_64/images/pxeboot/vmlinuz",
        "cni-plugins-linux-amd64-v1.7.1.tgz: https://github.com/containernetworking/plugins/releases/download/v1.7.1/cni-plugins-linux-amd64-v1.7.1.tgz",
        "cri-dockerd-0.3.24.amd64.tgz: https://github.com/Mirantis/cri-dockerd/releases/download/v0.3.24/cri-dockerd-0.3.24.amd64.tgz",
        "debian-12-amd64/initrd.img: (/boot of the image, built with live-boot)",
        "debian-12-amd64/root.squashfs: (your own image with cloud-init, built with live-build or mmdebstrap)",
        "debian-12-amd64/vmlinuz: (/boot of the image)",
        "debian-13-amd64/initrd.gz: https://deb.debian.org/debian/dists/trixie/main/installer-amd64/current/images/netboot/debian-installer/amd64/initrd.gz by https://deb.debian.org/debian/dists/trixie/InRelease, ./netboot/debian-installer/amd64/initrd.gz",
        "debian-13-amd64/linux: https://deb.debian.org/debian/dists/trixie/main/installer-amd64/current/images/netboot/debian-installer/amd64/linux by https://deb.debian.org/debian/dists/trixie/InRelease, ./netboot/debian-installer/amd64/linux",
        "etcd-v3.5.21-linux-amd64.tar.gz: https://github.com/etcd-io/etcd/releases/download/v3.5.21/etcd-v3.5.21-linux-amd64.tar.gz",
        "etcd-v3.6.6-linux-amd64.tar.gz: https://github.com/etcd-io/etcd/releases/download/v3.6.6/etcd-v3.6.6-linux-amd64.tar.gz",
        "flannel-v0.25.7-linux-amd64.tar.gz: https://github.com/flannel-io/flannel/releases/download/v0.25.7/flannel-v0.25.7-linux-amd64.tar.gz",
        "manifests/calico-v3.28.2.yaml: (the release of calico)",
        "manifests/flannel-v0.28.9.yaml: (the release of flannel)",
        "packages/haproxy-2.8.16-1.el7.x86_64.rpm: (your own build or download)",
        "rocky-10-amd64/initrd.img: https://dl.rockylinux.org/pub/rocky/10/BaseOS/x86_64/os/images/pxeboot/initrd.img",
        "rocky-10-amd64/vmlinuz: https://dl.rockylinux.org/pub/rocky/10/BaseOS/x86_64/os/images/pxeboot/vmlinuz",
        "rocky-9-amd64/initrd.img: https://dl.rockylinux.org/pub/rocky/9/BaseOS/x86_64/os/images/pxeboot/initrd.img",
        "rocky-9-amd64/vmlinuz: https://dl.rockylinux.org/pub/rocky/9/BaseOS/x86_64/os/images/pxeboot/vmlinuz",
        "ubuntu-24.04-amd64/initrd: (casper/initrd of the image below)",
        "ubuntu-24.04-amd64/live-server.iso: (https://releases.ubuntu.com/24.04/)",
        "ubuntu-24.04-amd64/vmlinuz: (casper/vmlinuz of the image below)",
      ]
    `)
  })
})

describe('the lock file', () => {
  const directory = mkdtempSync(join(tmpdir(), 'hakube-lock-'))
  afterAll(() => rmSync(directory, { recursive: true }))
  const rows = ['b', 'a'].map((path) => ({ path, source: null, size: 1, sha256: '0'.repeat(64) }))

  it.each([
    ['rack/profile.yaml', 'rack/assets.lock.yaml'],
    ['rack/profile.yml', 'rack/assets.lock.yaml'],
    ['other.yaml', 'other.assets.lock.yaml'],
  ])('of %s is %s', (profile, file) => {
    expect(lockFileOf(profile)).toBe(file)
  })

  it('has the same bytes for the same files, and is read back', async () => {
    expect(lockText(rows)).toBe(lockText(rows.toReversed()))
    expect(lockText(rows)).toMatchInlineSnapshot(`
      "# Written by hakube assets. Keep it in git: later runs accept these files and no others.
      hakubeAssets: 1
      assets:
        - path: a
          source: null
          size: 1
          sha256: "0000000000000000000000000000000000000000000000000000000000000000"
        - path: b
          source: null
          size: 1
          sha256: "0000000000000000000000000000000000000000000000000000000000000000"
      "
    `)
    const file = join(directory, 'assets.lock.yaml')
    writeFileSync(file, lockText(rows))
    expect([...(await readLock(file)).values()]).toEqual(rows.toReversed())
  })

  it('is empty if it does not exist', async () => {
    expect(await readLock(join(directory, 'nothing.yaml'))).toEqual(new Map())
  })

  it.each([
    '',
    '{',
    'hakubeAssets: 2\nassets: []\n',
    'hakubeAssets: 1\nassets: [{path: a}]\n',
    '- a: &a [*a]\n',
  ])('is refused if it is not a lock file: %j', async (text) => {
    const file = join(directory, 'other.yaml')
    writeFileSync(file, text)
    await expect(readLock(file)).rejects.toThrow(Refusal)
  })
})

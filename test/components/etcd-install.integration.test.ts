import { execFileSync, spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import type { Assembly } from '../../src/assembly/assemble.ts'
import { assets } from '../../src/components/assets.ts'
import { etcd } from '../../src/components/etcd.ts'
import { machineFiles } from '../../src/assembly/first-boot.ts'
import { textOf } from '../../src/templates/template.ts'
import { describeWith, findProgram } from '../prerequisites.ts'
import { inOverlay, type Tree } from '../support/overlay.ts'
import { dedicated, etcdCluster } from './etcd-cluster.ts'
import { assembleOnly } from '../support/assemble-only.ts'

const name = 'etcd-release.tar.gz'

async function assemblyWith(archive: { path: string; sha256: string }, version: string): Promise<Assembly> {
  const cluster = await etcdCluster({ archive, version }, dedicated)
  return assembleOnly([assets, etcd], cluster, cluster.etcd.members[0]!)
}

const version = () =>
  /^etcd Version: (.*)$/m.exec(execFileSync('etcd', ['--version'], { encoding: 'utf8' }))![1]!

const needs = { root: true, linux: true, programs: ['etcd', 'etcdctl', 'python3', 'unshare', 'shellcheck'] }

describeWith(needs, 'the step of etcd', () => {
  let directory: string
  let archive: { path: string; sha256: string }
  // Not below /tmp, which is empty in the overlay.
  beforeAll(() => {
    directory = mkdtempSync('/var/tmp/hakube-etcd-')
    mkdirSync(join(directory, 'release'))
    mkdirSync(join(directory, 'served/assets'), { recursive: true })
    for (const program of ['etcd', 'etcdctl'])
      cpSync(findProgram(program)!, join(directory, 'release', program))
    const file = join(directory, 'served/assets', name)
    execFileSync('tar', ['--create', '--gzip', '--file', file, '--directory', directory, 'release'])
    archive = { path: name, sha256: createHash('sha256').update(readFileSync(file)).digest('hex') }
  })
  afterAll(() => rmSync(directory, { recursive: true, force: true }))

  function run(assembly: Assembly, script: string): string {
    const tree: Tree = {
      '/step': { text: textOf(assembly.steps.find((step) => step.name === 'etcd')!.script), mode: 0o755 },
    }
    for (const { path, content, mode } of assembly.files)
      tree[path] = { text: textOf(content), mode: Number.parseInt(mode, 8) }
    const { output } = inOverlay(
      tree,
      `ip address add 10.0.3.5/24 dev lo
python3 -m http.server 8080 --bind 10.0.3.5 --directory ${directory}/served 2>/run/requests >&2 &
until curl --silent --output /dev/null http://10.0.3.5:8080/; do sleep 0.1; done
rm -f /usr/local/bin/etcd* /var/lib/hakube/etcd-archive
userdel etcd
rm -rf /var/lib/etcd
${script}`,
    )
    return output
  }

  it('installs what is in the archive, once, and creates the user', async () => {
    const output = run(
      await assemblyWith(archive, version()),
      `/step; /step
echo "$(grep -c 'GET /assets/' /run/requests) download"
stat -c '%a %U:%G %n' /usr/local/bin/etcd* /var/lib/etcd /etc/etcd/pki/*.key
getent passwd etcd | cut -d: -f1,6,7`,
    )
    expect(output).toMatchInlineSnapshot(`
      "1 download
      755 root:root /usr/local/bin/etcd
      755 root:root /usr/local/bin/etcdctl
      700 etcd:etcd /var/lib/etcd
      600 etcd:etcd /etc/etcd/pki/peer.key
      600 etcd:etcd /etc/etcd/pki/server.key
      etcd:/var/lib/etcd:/usr/sbin/nologin
      "
    `)
  })

  it('installs nothing that differs from the checksum of the profile', async () => {
    const other = { ...archive, sha256: '0'.repeat(64) }
    expect(
      run(await assemblyWith(other, version()), '/step; echo "status $?"; ls /usr/local/bin').split('\n'),
    ).toEqual(
      expect.arrayContaining([
        expect.stringMatching(/does not match the profile: its SHA-256 is [0-9a-f]{64}, not 0{64}$/),
        'status 1',
      ]),
    )
    expect(
      run(await assemblyWith(archive, '3.99.0'), '/step; echo "status $?"').replace(version(), 'X'),
    ).toBe("'etcd Version: X', and the profile says 3.99.0\nstatus 1\n")
  })

  it('satisfies shellcheck and systemd', async () => {
    const cluster = await etcdCluster({ placement: 'control-plane', clients: ['worker'] })
    const found: string[] = []
    const units = join(directory, 'units')
    mkdirSync(units)
    for (const machine of [cluster.machines[0]!, cluster.machines[1]!])
      for (const { path, content } of machineFiles(cluster, assembleOnly([etcd], cluster, machine))) {
        const text = textOf(content)
        if (text.startsWith('#!/bin/bash')) {
          const { stdout } = spawnSync('shellcheck', ['--shell=bash', '-'], { input: text, encoding: 'utf8' })
          if (stdout) found.push(`${path}: ${stdout}`)
        }
        const [, unit] = /^\/etc\/systemd\/system\/((?:hakube-)?etcd[^/]*)$/.exec(path) ?? []
        // The programs are on the machine, not here.
        if (unit)
          writeFileSync(join(units, unit), text.replaceAll(/=\/usr\/(?:sbin|libexec)\/\S+/g, '=/bin/true'))
      }
    const verify = spawnSync(
      'systemd-analyze',
      [
        'verify',
        '--man=no',
        ...['etcd.service', 'hakube-etcd-snapshot.timer', 'hakube-etcd-defragment.timer'].map((unit) =>
          join(units, unit),
        ),
      ],
      { encoding: 'utf8' },
    )
    expect(found).toEqual([])
    expect(verify.stderr.split('\n').filter((line) => line.includes('etcd'))).toEqual([])
    expect(verify.status).toBe(0)
  })
})

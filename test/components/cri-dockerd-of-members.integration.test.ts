import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { memberMark } from '../../src/assembly/component.ts'
import { assets } from '../../src/components/assets.ts'
import { docker } from '../../src/components/docker.ts'
import { textOf } from '../../src/templates/template.ts'
import { describeWith } from '../prerequisites.ts'
import { assembleOnly } from '../support/assemble-only.ts'
import { inOverlay, type Tree } from '../support/overlay.ts'
import { changedCluster } from './host.ts'

/* What the step `docker` does with another archive in the profile: on a machine that is not a member yet, and on one that is. */

const needs = { root: true, linux: true, programs: ['python3', 'curl', 'unshare'] }

describeWith(needs, 'cri-dockerd on members of a cluster', () => {
  let directory = ''
  const archives: Record<string, { path: string; sha256: string }> = {}
  beforeAll(() => {
    // Not below /tmp, which is empty in the overlay.
    directory = mkdtempSync('/var/tmp/hakube-cri-dockerd-')
    mkdirSync(join(directory, 'served/assets'), { recursive: true })
    for (const version of ['1', '2']) {
      mkdirSync(join(directory, version, 'cri-dockerd'), { recursive: true })
      const program = join(directory, version, 'cri-dockerd/cri-dockerd')
      writeFileSync(program, `#!/bin/sh\necho version ${version}\n`, { mode: 0o755 })
      const path = `cri-dockerd-${version}.tgz`
      const file = join(directory, 'served/assets', path)
      execFileSync('tar', ['-czf', file, '-C', join(directory, version), 'cri-dockerd'])
      archives[version] = { path, sha256: createHash('sha256').update(readFileSync(file)).digest('hex') }
    }
  })
  afterAll(() => rmSync(directory, { recursive: true, force: true }))

  const treeWith = (version: string): Tree => {
    const cluster = changedCluster((profile) => {
      profile.server = 'http://10.0.3.5:8080'
      profile.containerRuntime = { name: 'docker', criDockerd: archives[version]! }
    })
    const assembly = assembleOnly([assets, docker], cluster, cluster.workers[0]!)
    const step = assembly.steps.find(({ name }) => name === 'docker')
    return Object.fromEntries(
      [
        ...assembly.files.map(({ path, content, mode }) => ({ path, content, mode })),
        { path: `/steps/${version}`, content: step!.script, mode: '0755' },
      ].map(({ path, content, mode }) => [path, { text: textOf(content), mode: Number.parseInt(mode, 8) }]),
    )
  }

  it('stays unchanged until the stamp is removed', () => {
    const { output } = inOverlay(
      { ...treeWith('1'), ...treeWith('2') },
      `ip address add 10.0.3.5/24 dev lo
python3 -m http.server 8080 --bind 10.0.3.5 --directory ${directory}/served >/dev/null 2>&1 &
until curl --silent --output /dev/null http://10.0.3.5:8080/; do sleep 0.1; done
run() { /steps/$1; echo "status $?"; /usr/local/bin/cri-dockerd; }
run 1
run 2
run 1
mkdir -p ${memberMark.replace(/\/[^/]+$/, '')} && touch ${memberMark}
run 1
run 2
rm /var/lib/hakube/cri-dockerd-archive
run 2`,
    )
    expect(output).toBe(
      [
        'status 0\nversion 1',
        'status 0\nversion 2',
        'status 0\nversion 1',
        'status 0\nversion 1',
        'cri-dockerd is not changed: this machine is a member of a cluster; see docs/upgrade.md\nstatus 0\nversion 1',
        'status 0\nversion 2\n',
      ].join('\n'),
    )
  })
})

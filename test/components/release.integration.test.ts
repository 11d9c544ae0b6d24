import { expect, it } from 'vitest'
import { release } from '../../src/components/release.ts'
import { textOf } from '../../src/templates/template.ts'
import { describeWith } from '../prerequisites.ts'
import { inOverlay } from '../support/overlay.ts'
import { changedCluster } from './host.ts'
import { assembleOnly } from '../support/assemble-only.ts'

const needs = { root: true, linux: true, programs: ['unshare', 'curl', 'python3'] }

describeWith(needs, 'the release of a machine', () => {
  const cluster = changedCluster((profile) => {
    profile.server = 'http://127.0.0.1:8080'
  })
  const [step] = assembleOnly([release], cluster, cluster.machines[0]!).steps
  const tree = {
    '/step': { text: textOf(step!.script), mode: 0o755 },
    '/site/release': 'PROFILE=sample\nCOMMIT=0123\nHAKUBE=1.2.3\n',
  }
  const serve = `(cd /site && exec python3 -m http.server 8080 --bind 127.0.0.1 >/dev/null 2>&1) &
until (echo >/dev/tcp/127.0.0.1/8080) 2>/dev/null; do sleep 0.1; done`

  it('is what the server sends, readable by all', () => {
    const ran = inOverlay(
      tree,
      `${serve}\numask 077\n/step && stat -c '%a' /etc/hakube/release && cat /etc/hakube/release`,
    )
    expect(ran).toEqual({ status: 0, output: `644\n${tree['/site/release']}` })
  })

  it('is not waited for: without the server the machine continues', () => {
    const { status, output } = inOverlay(
      tree,
      '/step 2>/dev/null; echo "ended with $?"; ls /etc/hakube 2>/dev/null',
    )
    expect({ status: typeof status, output }).toEqual({
      status: 'number',
      output:
        'could not fetch http://127.0.0.1:8080/release: /etc/hakube/release is unchanged\nended with 0\n',
    })
  })
})

import { expect, it } from 'vitest'
import { describeWith } from '../prerequisites.ts'
import { inOverlay } from '../support/overlay.ts'
import { assembleHost, changedCluster, treeOf } from './host.ts'

describeWith({ root: true, linux: true, programs: ['unshare', 'getent'] }, 'hosts', () => {
  it("knows the machine's own address", () => {
    const cluster = changedCluster(() => {})
    const tree = treeOf(assembleHost(cluster))
    const script = `
      getent hosts sample-api
      /checks/hosts && echo checked
      sed -i 's/^10.10.10.11 /127.0.1.1 /' /etc/hosts
      /checks/hosts`
    expect(inOverlay(tree, script)).toEqual({
      status: 1,
      output: [
        '10.10.10.19     sample-api.example.com sample-api',
        'checked',
        'sample-haproxy-001.example.com is 127.0.1.1, not 10.10.10.11',
        '',
      ].join('\n'),
    })
  })
})

import { expect, it } from 'vitest'
import { assembleOnly } from '../support/assemble-only.ts'
import { nodeLabels } from '../../src/components/node-labels.ts'
import { describeWith } from '../prerequisites.ts'
import { inOverlay } from '../support/overlay.ts'
import { textOf } from '../../src/templates/template.ts'
import { changedCluster, machineOf } from './host.ts'

const filesOf = (labels: Record<string, string>) => {
  const cluster = changedCluster((profile) => {
    profile.labels = labels
  })
  const { files } = assembleOnly([nodeLabels], cluster, machineOf(cluster, 'sample-kube-master-001'))
  return Object.fromEntries(files.map(({ path, content, mode }) => [path, { text: textOf(content), mode }]))
}

/** A kubectl that keeps labels of two nodes in a file. */
const kubectl = `#!/bin/bash
state=/var/lib/labels
shift
case $1 in
  get)
    printf '%s\\n' sample-kube-worker-001 sample-kube-master-001
    cat "$state" ;;
  label)
    shift 2
    node=$1; shift
    if [[ $1 == --overwrite ]]; then
      shift
      grep -v "^$node \${1%%=*}=" "$state" >"$state.new" || true
      echo "$node $1" >>"$state.new"
    else
      grep -v "^$node \${1%-}=" "$state" >"$state.new" || true
    fi
    mv "$state.new" "$state"
    echo "label $node $*" ;;
esac
`

describeWith({ root: true, linux: true, programs: ['unshare'] }, 'node-labels', () => {
  it('sets missing labels on existing nodes, and removes those that the profile no longer sets', () => {
    const first = filesOf({ 'node-role.kubernetes.io/worker': '', 'example.com/rack': 'r1' })
    const second = filesOf({ 'node-role.kubernetes.io/storage': 'a' })
    const tree = {
      '/etc/hakube/node-labels': first['/etc/hakube/node-labels']!.text,
      '/second': second['/etc/hakube/node-labels']!.text,
      '/usr/libexec/hakube/node-labels': first['/usr/libexec/hakube/node-labels']!.text,
      '/usr/local/bin/kubectl': kubectl,
      '/var/lib/labels': 'sample-kube-worker-001 kubernetes.io/os=linux\n',
    }
    const script = `
      chmod 0755 /usr/libexec/hakube/node-labels /usr/local/bin/kubectl
      mkdir -p /var/lib/hakube
      /usr/libexec/hakube/node-labels; echo again; /usr/libexec/hakube/node-labels
      cp /second /etc/hakube/node-labels; echo other; /usr/libexec/hakube/node-labels; echo again; /usr/libexec/hakube/node-labels
      cat /var/lib/labels`
    expect(inOverlay(tree, script).output).toMatchInlineSnapshot(`
      "label sample-kube-master-001 node-role.kubernetes.io/worker=
      label sample-kube-worker-001 node-role.kubernetes.io/worker=
      again
      other
      label sample-kube-master-001 node-role.kubernetes.io/storage=a
      label sample-kube-worker-001 node-role.kubernetes.io/storage=a
      label sample-kube-master-001 node-role.kubernetes.io/worker-
      label sample-kube-worker-001 node-role.kubernetes.io/worker-
      again
      sample-kube-worker-001 kubernetes.io/os=linux
      sample-kube-master-001 node-role.kubernetes.io/storage=a
      sample-kube-worker-001 node-role.kubernetes.io/storage=a
      "
    `)
  })
})

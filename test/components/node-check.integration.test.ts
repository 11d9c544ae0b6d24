import { expect, it } from 'vitest'
import { kubeadm } from '../../src/components/kubeadm.ts'
import { describeWith } from '../prerequisites.ts'
import { inOverlay } from '../support/overlay.ts'
import { changedCluster, machineOf, treeOf } from './host.ts'
import { assembleOnly } from '../support/assemble-only.ts'

const cluster = changedCluster(() => undefined)
const tree = treeOf(assembleOnly([kubeadm], cluster, machineOf(cluster, 'sample-kube-worker-001')))

/** The rendered check beside a played kubectl. */
function check(files: readonly string[], ready: string): string {
  const kubectl = `#!/bin/bash\ncase "$*" in *jsonpath*) printf '%s' '${ready}' ;; *) echo node/x ;; esac\n`
  const script = `
rm -rf /etc/cni; mkdir -p /etc/cni/net.d /etc/hakube; echo x >/etc/hakube/machine
${files.map((path) => `mkdir -p "$(dirname ${path})"; echo '{}' >${path}`).join('\n')}
/checks/node; echo "status $?"`
  return inOverlay({ ...tree, '/usr/local/bin/kubectl': { text: kubectl, mode: 0o755 } }, script).output
}

const member = '/etc/kubernetes/kubelet.conf'
const notReady = 'False container runtime network not ready: cni plugin not initialized'

describeWith({ root: true, linux: true, programs: ['unshare'] }, 'the check of the node', () => {
  it('fails before the machine is a member', () => {
    expect(check([], notReady)).toBe(`not a member yet: no ${member}\nstatus 1\n`)
  })
  it('does not require a Ready node without a network plugin', () => {
    expect(check([member], notReady)).toBe('node/x\nstatus 0\n')
    expect(check([member, '/etc/cni/net.d/README', '/etc/cni/net.d/x.conflist.tmp'], notReady)).toBe(
      'node/x\nstatus 0\n',
    )
  })
  it.each(['10-flannel.conflist', '05-cilium.conf', '10-calico.json'])(
    'requires a Ready node once there is %s, whatever installed it',
    (name) => {
      const files = [member, `/etc/cni/net.d/${name}`]
      expect(check(files, 'True kubelet is posting ready status')).toBe('node/x\nstatus 0\n')
      expect(check(files, notReady)).toBe(
        `node/x\nthe node is not Ready: ${notReady.replace('False ', '')}\nstatus 1\n`,
      )
      expect(check(files, '')).toBe('node/x\nthe node is not Ready: \nstatus 1\n')
    },
  )
})

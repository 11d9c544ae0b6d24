import type { RefusedCommand } from '../../assembly/refused.ts'
import { droppedBy, otherFirewalls } from '../other-firewalls.ts'

/** Directories of kubelet, etcd and CNI plugins, in addition to the files that hakube writes. */
const ownDirectories = [
  '/etc/cni',
  '/etc/cni/net.d',
  '/etc/kubernetes/manifests',
  '/etc/kubernetes/pki',
  '/opt/cni',
  '/opt/cni/bin',
  '/var/lib/etcd',
  '/var/lib/kubelet',
]

const otherName = {
  does: 'changes the name of the machine',
  need: 'needs that of the profile: the kubelet registers by it, and its certificate names it',
  hint: 'remove it, and write the name under machines',
}

/** Options with which hostname(1) only prints something. */
const namesOnly =
  '-a -A -d -f -i -I -s -y --alias --all-fqdns --all-ip-addresses --domain --fqdn --ip-address --long --short'.split(
    ' ',
  )

/** Commands that undo the work of kubeadm, or of what it starts. */
export const refusedCommands: readonly RefusedCommand[] = [
  {
    programs: ['kubeadm'],
    having: [['reset']],
    does: 'takes the machine out of the cluster',
    need: 'has just joined it',
    hint: 'remove it; docs/bring-up.md says how a machine joins again',
  },
  {
    programs: ['kubeadm'],
    having: [['init'], ['join']],
    does: 'creates or joins a cluster itself',
    need: 'does it in its turn, with the certificates of the bundle',
  },
  ...otherFirewalls,
  {
    ...droppedBy('FORWARD'),
    does: 'drops forwarded packets',
    need: 'needs them: those of pods are forwarded',
  },
  {
    programs: ['rm'],
    having: ownDirectories.flatMap((directory) => ['', '/', '/*'].map((end) => [`${directory}${end}`])),
    does: 'deletes what the node works with',
    need: 'needs it',
    setRightBy: 'kubeadm',
  },
  { programs: ['hostnamectl'], having: [['set-hostname'], ['hostname']], wordsAtLeast: 2, ...otherName },
  { programs: ['hostname'], unless: namesOnly, wordsAtLeast: 1, ...otherName },
]

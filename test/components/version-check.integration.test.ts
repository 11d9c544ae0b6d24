import { expect, it } from 'vitest'
import { memberMark } from '../../src/assembly/component.ts'
import { kubeadm } from '../../src/components/kubeadm.ts'
import { describeWith } from '../prerequisites.ts'
import { inOverlay } from '../support/overlay.ts'
import { changedCluster, machineOf, treeOf } from './host.ts'
import { assembleOnly } from '../support/assemble-only.ts'

const cluster = changedCluster((profile) => {
  profile.kubernetes.version = '1.36.4'
})
const assembly = assembleOnly([kubeadm], cluster, machineOf(cluster, 'sample-kube-worker-001'))

const program = (text: string) => ({ text: `#!/bin/bash\n${text}\n`, mode: 0o755 })

/** The rendered check beside played programs; `server` null: no API server answers. */
function check(versions: { kubeadm: string; kubelet: string; server: string | null; member: boolean }) {
  const tree = {
    ...treeOf(assembly),
    ...(versions.member ? { [memberMark]: '' } : {}),
    '/usr/local/bin/kubeadm': program(`[[ "$*" == 'version --output short' ]] && echo v${versions.kubeadm}`),
    '/usr/local/bin/kubelet': program(`[[ "$*" == --version ]] && echo 'Kubernetes v${versions.kubelet}'`),
    '/usr/local/bin/kubectl': program(
      versions.server === null
        ? `echo 'The connection to the server was refused' >&2; exit 1`
        : `[[ "$*" == *'/kubelet.conf '*' get --raw /version' ]] && printf '{\\n  "major": "1",\\n  "gitVersion": "v${versions.server}",\\n}'`,
    ),
  }
  const { output } = inOverlay(tree, '/checks/kubernetes-version; echo "status $?"')
  return output.trimEnd().split('\n')
}

const note = (name: string, version: string) =>
  `note: ${name} is v${version}, the profile says v1.36.4: hakube diff prints how to upgrade (docs/upgrade.md)`
const apart = (kubelet: string, server: string) =>
  `the kubelet is v${kubelet} and the API server v${server}, which is not a supported version skew`

type Case = [title: string, versions: Parameters<typeof check>[0], expected: string[]]

const member = (kubeadm: string, kubelet: string, server: string | null) => ({
  kubeadm,
  kubelet,
  server,
  member: true,
})

describeWith(
  { root: true, linux: true, programs: ['unshare'] },
  'the check of the Kubernetes version',
  () => {
    it.each<Case>([
      [
        'before it is a member, the versions are those of the profile',
        { kubeadm: '1.36.4', kubelet: '1.36.4', server: null, member: false },
        ['status 0'],
      ],
      [
        'before it is a member, other versions are a failure',
        { kubeadm: '1.36.3', kubelet: '1.36.5', server: null, member: false },
        [
          'kubeadm is v1.36.3, the profile says v1.36.4',
          'kubelet is v1.36.5, the profile says v1.36.4',
          'status 1',
        ],
      ],
      [
        'a member at the version of the profile has nothing to say',
        member('1.36.4', '1.36.4', null),
        ['status 0'],
      ],
      [
        'a member that waits for its upgrade holds and says so',
        member('1.36.3', '1.36.3', '1.36.3'),
        [note('kubeadm', '1.36.3'), note('kubelet', '1.36.3'), 'status 0'],
      ],
      [
        'a member in the middle of its upgrade holds and says so',
        member('1.36.4', '1.36.3', '1.36.4'),
        [note('kubelet', '1.36.3'), 'status 0'],
      ],
      [
        'a member that was upgraded before its files holds and says so',
        member('1.36.5', '1.36.5', '1.36.5'),
        [note('kubeadm', '1.36.5'), note('kubelet', '1.36.5'), 'status 0'],
      ],
      [
        'a later patch than the API server’s is not a failure',
        member('1.36.4', '1.36.5', '1.36.4'),
        [note('kubelet', '1.36.5'), 'status 0'],
      ],
      [
        'a kubelet of a later minor release than the API server is a failure',
        member('1.36.4', '1.37.0', '1.36.4'),
        [note('kubelet', '1.37.0'), apart('1.37.0', '1.36.4'), 'status 1'],
      ],
      [
        'a kubelet three minor releases behind holds',
        member('1.36.4', '1.33.9', '1.36.4'),
        [note('kubelet', '1.33.9'), 'status 0'],
      ],
      [
        'a kubelet four minor releases behind is a failure',
        member('1.36.4', '1.32.13', '1.36.4'),
        [note('kubelet', '1.32.13'), apart('1.32.13', '1.36.4'), 'status 1'],
      ],
      [
        'a kubelet before 1.25 may be two behind, not three',
        member('1.36.4', '1.24.17', '1.27.16'),
        [note('kubelet', '1.24.17'), apart('1.24.17', '1.27.16'), 'status 1'],
      ],
      [
        'where no API server answers, other checks fail',
        member('1.36.4', '1.36.3', null),
        [
          note('kubelet', '1.36.3'),
          "note: no API server reports the cluster's version: The connection to the server was refused",
          'status 0',
        ],
      ],
    ])('%s', (_title, versions, expected) => {
      expect(check(versions)).toEqual(expected)
    })
  },
)

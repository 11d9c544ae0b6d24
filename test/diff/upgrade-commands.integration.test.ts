import { expect, it } from 'vitest'
import { upgradeOf } from '../../src/diff/upgrade.ts'
import { changedCluster } from '../components/host.ts'
import type { ExampleName } from '../example.ts'
import { describeWith } from '../prerequisites.ts'
import { inOverlay, type Tree } from '../support/overlay.ts'

/*
 * The commands that `hakube diff` prints, as they are, with the real package managers: repositories of two minor releases with packages
 * made for the test. kubeadm, kubectl and systemctl are played, and write down what they were asked and what was installed then.
 */

const at = (version: string, example: ExampleName) =>
  changedCluster((profile) => {
    profile.kubernetes.version = version
  }, example)

const program = (text: string) => ({ text: `#!/bin/bash\n${text}\n`, mode: 0o755 })

/** Says which kubeadm and kubelet are there at each of its calls. */
const played: Tree = Object.fromEntries(
  ['kubeadm', 'kubectl', 'systemctl'].map((name) => [
    `/usr/local/bin/${name}`,
    program(`echo "$(version kubeadm) $(version kubelet): ${name} $*" >>/tmp/calls`),
  ]),
)

const apt = `
version() { dpkg-query --show --showformat='\${Version}' "$1" | sed 's/-1.1$//'; }
export -f version
make() {
  rm -rf /tmp/package; mkdir -p /tmp/package/DEBIAN "/repository/v$2/deb"
  printf '%s\\n' "Package: $1" "Version: $3-1.1" 'Architecture: all' 'Maintainer: nobody <nobody@example.com>' 'Description: example' >/tmp/package/DEBIAN/control
  dpkg-deb --root-owner-group --build /tmp/package "/repository/v$2/deb/$1_$3.deb" >/dev/null
}
index() {
  cd "/repository/v$1/deb"
  for file in *.deb; do
    dpkg-deb --field "$file"
    printf 'Filename: ./%s\\nSize: %s\\nSHA256: %s\\n\\n' "$file" "$(stat --format=%s "$file")" "$(sha256sum "$file" | cut -d ' ' -f 1)"
  done >Packages
  cd /
}
all
rm -rf /etc/apt/sources.list /etc/apt/sources.list.d/*
printf '%s\\n' 'Types: deb' 'URIs: file:/repository/v1.35/deb/' 'Suites: /' 'Trusted: yes' >/etc/apt/sources.list.d/hakube-kubernetes.sources
apt-get -qq update
apt-get -qq install --allow-downgrades kubeadm='1.35.8-*' kubectl='1.35.8-*' kubelet='1.35.8-*' >/dev/null 2>&1
apt-mark hold kubeadm kubectl kubelet >/dev/null
`

const dnf = `
export HOME=/root
version() { rpm -q --queryformat '%{VERSION}' "$1"; }
export -f version
make() {
  printf '%s\\n' "Name: $1" "Version: $3" 'Release: 1.1' 'Summary: example' 'License: none' 'BuildArch: noarch' '%description' example '%files' >/tmp/$1.spec
  rpmbuild --quiet -bb --define "_rpmdir /repository/v$2/rpm" --define '_topdir /tmp/rpmbuild' /tmp/$1.spec 2>/dev/null
}
index() { createrepo_c --quiet "/repository/v$1/rpm"; }
all
rm -rf /etc/yum.repos.d; mkdir -p /etc/yum.repos.d
printf '%s\\n' '[hakube-kubernetes]' name=kubernetes baseurl=file:///repository/v1.35/rpm enabled=1 gpgcheck=0 'exclude=kubeadm kubectl kubelet' >/etc/yum.repos.d/hakube-kubernetes.repo
dnf --quiet --assumeyes --disableexcludes=all install kubeadm-1.35.8 kubectl-1.35.8 kubelet-1.35.8 >/dev/null 2>&1
`

const all = `
set -euo pipefail
all() {
  for name in kubeadm kubectl kubelet; do make "$name" 1.35 1.35.8; make "$name" 1.35 1.35.9; make "$name" 1.36 1.36.4; make "$name" 1.36 1.36.5; done
  index 1.35
  index 1.36
}
`

const managers = [
  {
    name: 'apt',
    programs: ['apt-get', 'dpkg-deb'],
    example: 'load-balancers-on-control-planes' as const,
    prelude: apt,
    machines: ['k8s-master-01', 'k8s-master-02', 'k8s-node-01'],
    held: `apt-mark showhold | tr '\\n' ' '`,
  },
  {
    name: 'dnf',
    programs: ['dnf', 'rpmbuild', 'createrepo_c'],
    example: 'external-load-balancers' as const,
    prelude: dnf,
    machines: ['sample-kube-master-001', 'sample-kube-master-002', 'sample-kube-worker-001'],
    // An update of the whole machine leaves them.
    held: `dnf --quiet list --upgrades >/dev/null 2>&1 || true; [[ $(dnf --quiet list --upgrades 2>/dev/null) == *kube* ]] || printf 'kubeadm kubectl kubelet '`,
  },
]

const roles = ['first control plane', 'control plane', 'worker'] as const
const versions = [
  ['1.35.8', '1.35.9'],
  ['1.35.8', '1.36.4'],
] as const

for (const { name, programs, example, prelude, machines, held } of managers) {
  describeWith(
    { root: true, linux: true, programs: ['unshare', ...programs] },
    `the printed commands of an upgrade, with ${name}`,
    () => {
      const cases = versions.flatMap(([from, to]) =>
        roles.map((role, index) => [from, to, role, machines[index] ?? ''] as const),
      )
      it.each(cases)('%s to %s on the %s', (from, to, role, machine) => {
        const upgrade = upgradeOf(at(from, example), at(to, example))
        const plan = upgrade?.machines.find((each) => each.machine === machine)
        expect(plan?.kind).toBe(role)
        const script = plan?.commands.map(({ command }) => `{ ${command}; } >>/tmp/log 2>&1`).join('\n')
        const { output } = inOverlay(
          played,
          `${all}${prelude}\n${script}\ncat /tmp/calls\nversion kubectl; echo\n${held}`,
        )
        const own =
          role === 'first control plane' ? [`upgrade plan v${to}`, `upgrade apply v${to}`] : ['upgrade node']
        expect(output.split('\n')).toEqual([
          ...own.map((words) => `${to} ${from}: kubeadm ${words}`),
          `${to} ${from}: kubectl drain ${machine} --ignore-daemonsets`,
          `${to} ${to}: systemctl daemon-reload`,
          `${to} ${to}: systemctl restart kubelet`,
          `${to} ${to}: kubectl uncordon ${machine}`,
          `${to} ${to}: kubectl wait --for=condition=Ready --timeout=5m node/${machine}`,
          to,
          'kubeadm kubectl kubelet ',
        ])
      })
    },
  )
}

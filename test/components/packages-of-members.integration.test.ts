import { expect, it } from 'vitest'
import type { Part } from '../../src/assembly/component.ts'
import { memberMark } from '../../src/assembly/component.ts'
import type { ExampleName } from '../example.ts'
import { describeWith } from '../prerequisites.ts'
import { inOverlay } from '../support/overlay.ts'
import { assembleHost, changedCluster, treeOf } from './host.ts'

/*
 * What moves on a member of a cluster when its files name other versions: the rendered scripts with the real package managers and
 * repositories of packages made for the test. `move` upgrades to 1.36.5, `back` names an older version.
 */

const kept = (version: string): Part => ({
  packages: [
    { name: 'kubelet', version, keptByMembers: true },
    { name: 'runtime', keptByMembers: true },
    { name: 'helper' },
  ],
})

const tree = (example: ExampleName) =>
  treeOf(
    assembleHost(
      changedCluster(() => undefined, example),
      kept('1.36.5'),
    ),
  )

const functions = `
set -uo pipefail
member() { mkdir -p ${memberMark.replace(/\/[^/]+$/, '')}; touch ${memberMark}; }
# wanted WORDS: what the profile wants
wanted() { sed -i "s/^wanted=.*/wanted=($1)/" /steps/packages /checks/packages; }
step() {
  /steps/packages >/tmp/log 2>&1 && echo 'step: done' || echo 'step: failed'
  grep 'is not changed' /tmp/log
}
check() { /checks/packages && echo 'check: holds' || echo 'check: fails'; }
`

const apt = `
set -e
mkdir -p /repository
make() { # NAME VERSION [LINE]
  rm -rf /tmp/package; mkdir -p /tmp/package/DEBIAN
  printf '%s\\n' "Package: $1" "Version: $2" 'Architecture: all' 'Maintainer: nobody <nobody@example.com>' \${3:+"$3"} \\
    'Description: example' >/tmp/package/DEBIAN/control
  dpkg-deb --root-owner-group --build /tmp/package "/repository/$1_$2.deb" >/dev/null
}
make kubelet 1.36.3-1.1; make kubelet 1.36.4-1.1; make kubelet 1.36.5-1.1
make runtime 2.1.0-1; make runtime 2.2.0-1; make rival 1.0-1 'Conflicts: runtime'
make helper 1.0-1; make newer-needed 1.0-1 'Depends: kubelet (= 1.36.5-1.1)'
cd /repository
for file in *.deb; do
  dpkg-deb --field "$file"
  printf 'Filename: ./%s\\nSize: %s\\nSHA256: %s\\n\\n' "$file" "$(stat --format=%s "$file")" "$(sha256sum "$file" | cut -d ' ' -f 1)"
done >Packages
rm -f /etc/apt/sources.list /etc/apt/sources.list.d/*
echo 'deb [trusted=yes] file:/repository ./' >/etc/apt/sources.list
cd /
set +e
there() { dpkg-query --show --showformat='\${db:Status-Status} \${Package} \${Version}\\n' kubelet runtime helper 2>/dev/null | sed -n 's/^installed //p' | sort; }
first() { apt-get -qq update; apt-get -qq install runtime=2.1.0-1 >/dev/null 2>&1; wanted "kubelet 1.36.4 runtime ''"; step; }
by_hand() { { apt-get install --yes --allow-change-held-packages kubelet='1.36.5-*'; apt-mark hold kubelet; } >/dev/null 2>&1; [[ $(apt-mark showhold) != kubelet ]] || echo 'is held'; }
remove() { apt-get -qq purge "$1" >/dev/null 2>&1; }
`

const dnf = `
set -e
export HOME=/root
make() { # NAME VERSION [LINE]
  printf '%s\\n' "Name: $1" "Version: $2" 'Release: 1.1' 'Summary: example' 'License: none' 'BuildArch: noarch' \${3:+"$3"} \\
    '%description' example '%files' >/tmp/$1.spec
  rpmbuild --quiet -bb --define '_rpmdir /repository' --define '_topdir /tmp/rpmbuild' /tmp/$1.spec 2>/dev/null
}
make kubelet 1.36.3; make kubelet 1.36.4; make kubelet 1.36.5
make runtime 2.1.0; make runtime 2.2.0; make rival 1.0 'Conflicts: runtime'
make helper 1.0; make newer-needed 1.0 'Requires: kubelet = 1.36.5'
createrepo_c --quiet /repository
rm -rf /etc/yum.repos.d; mkdir -p /etc/yum.repos.d
printf '%s\\n' '[hakube-example]' name=example baseurl=file:///repository enabled=1 gpgcheck=0 exclude=kubelet >/etc/yum.repos.d/hakube-example.repo
set +e
there() { rpm -q --queryformat '%{NAME} %{VERSION}\\n' kubelet runtime helper | grep -v 'not installed' | sort; }
by_hand() { dnf -y -q --disableexcludes=hakube-example install 'kubelet-1.36.5-*' >/dev/null 2>&1; [[ $(dnf -q list --upgrades 2>&1) == *kubelet* ]] || echo 'is held'; }
remove() { dnf -y -q remove "$1" >/dev/null 2>&1; }
first() { dnf -y -q install runtime-2.1.0 >/dev/null 2>&1; wanted "kubelet 1.36.4 runtime ''"; step; }
`

type Manager = { name: string; programs: string[]; example: ExampleName; repository: string }

const managers: Manager[] = [
  { name: 'apt', programs: ['apt-get', 'dpkg-deb'], example: 'rack-test', repository: apt },
  {
    name: 'dnf',
    programs: ['dnf', 'rpmbuild', 'createrepo_c'],
    example: 'external-load-balancers',
    repository: dnf,
  },
]

const scenarios: readonly [title: string, script: string, expected: string][] = [
  [
    'a newer version in the profile moves nothing, what else is missing comes, and the check holds and says so',
    `member; wanted "kubelet 1.36.5 runtime '' helper ''"; step; there; check`,
    `step: done
the package kubelet is not changed (1.36.4): this machine is a member of a cluster
helper 1.0
kubelet 1.36.4
runtime 2.1.0
note: the package kubelet is 1.36.4, the profile says 1.36.5 (docs/upgrade.md)
check: holds
`,
  ],
  [
    'an older version in the profile moves nothing',
    `member; wanted "kubelet 1.36.3 runtime ''"; step; there; check`,
    `step: done
the package kubelet is not changed (1.36.4): this machine is a member of a cluster
kubelet 1.36.4
runtime 2.1.0
note: the package kubelet is 1.36.4, the profile says 1.36.3 (docs/upgrade.md)
check: holds
`,
  ],
  [
    'the version of the profile needs no word',
    `member; wanted "kubelet 1.36.4 runtime ''"; step; there; check`,
    `step: done
kubelet 1.36.4
runtime 2.1.0
check: holds
`,
  ],
  [
    'a package that needs another version is refused, with all that came with it',
    `member; wanted "kubelet 1.36.4 runtime '' helper '' newer-needed ''"; step; there`,
    `step: failed
kubelet 1.36.4
runtime 2.1.0
`,
  ],
  [
    'a package that would push one out is refused',
    `member; wanted "kubelet 1.36.4 runtime '' rival ''"; step; there`,
    `step: failed
kubelet 1.36.4
runtime 2.1.0
`,
  ],
  [
    'what someone has removed does not come back by itself, and the check fails',
    `member; remove runtime; wanted "kubelet 1.36.4 runtime ''"; step; there; check`,
    `step: done
the package runtime is not changed (not there): this machine is a member of a cluster
kubelet 1.36.4
the package runtime is not installed
check: fails
`,
  ],
  [
    'an upgrade by hand stays, with files of the old version too',
    `member; by_hand; wanted "kubelet 1.36.4 runtime ''"; step; there; check
     wanted "kubelet 1.36.5 runtime ''"; step; check`,
    `is held
step: done
the package kubelet is not changed (1.36.5): this machine is a member of a cluster
kubelet 1.36.5
runtime 2.1.0
note: the package kubelet is 1.36.5, the profile says 1.36.4 (docs/upgrade.md)
check: holds
step: done
check: holds
`,
  ],
  [
    'before it is a member, a machine gets the version of the profile, newer or older',
    `wanted "kubelet 1.36.5 runtime '' helper ''"; step; there; wanted "kubelet 1.36.3"; step; there; check`,
    `step: done
helper 1.0
kubelet 1.36.5
runtime 2.1.0
step: done
helper 1.0
kubelet 1.36.3
runtime 2.1.0
check: holds
`,
  ],
]

/** Without what each manager says in its own way: releases, and how it calls what is not there. */
const plain = (output: string): string =>
  output
    .replaceAll(/(?<=\d)-1(?:\.1)?(?:\.noarch)?(?=[) ,\n])/g, '')
    .replaceAll(/(?<=[( ])(?:installed |kubelet-)(?=\d)/g, '')
    .replaceAll(
      /\((?:not-installed .*|config-files .*|not installed|package runtime is not installed)\)/g,
      '(not there)',
    )
    .replaceAll(/^(the package runtime) +is not installed.*/gm, '$1 is not installed')

for (const { name, programs, example, repository } of managers) {
  describeWith(
    { root: true, linux: true, programs: ['unshare', ...programs] },
    `packages of a member, with ${name}`,
    () => {
      it.each(scenarios)('%s', (_title, script, expected) => {
        const begin = `${functions}${repository}first; there; echo ==\n`
        const [before, after] = inOverlay(tree(example), begin + script).output.split('==\n')
        expect(plain(before ?? '')).toBe('step: done\nkubelet 1.36.4\nruntime 2.1.0\n')
        expect(plain(after ?? '')).toBe(expected)
      })
    },
  )
}

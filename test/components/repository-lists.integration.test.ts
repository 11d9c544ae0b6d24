import { expect, it } from 'vitest'
import type { Profile } from '../../src/profile/schema.ts'
import { describeWith } from '../prerequisites.ts'
import { inOverlay, type Tree } from '../support/overlay.ts'
import { assembleHost, changedCluster, stepText } from './host.ts'

/*
 * With a mirror of the distribution, the step puts aside what the distribution's own release packages list, and nothing else. Names
 * as those packages (rocky-repos, almalinux-repos, centos-release) and installers have them.
 */

const needs = { root: true, linux: true, programs: ['unshare'] }

type Release = Pick<Profile['distribution'], 'name' | 'version'> & { directory: string; lists: string[] }

const yum = (name: string, version: string, lists: string): Release => ({
  name,
  version,
  directory: '/etc/yum.repos.d',
  lists: lists.split(' ').map((list) => `${list}.repo`),
})
const apt = (name: string, version: string, list: string): Release => ({
  name,
  version,
  directory: '/etc/apt/sources.list.d',
  lists: ['../sources.list', list],
})

const rocky = 'rocky rocky-addons rocky-devel rocky-extras rocky-security'
const almalinux =
  'almalinux-appstream almalinux-baseos almalinux-crb almalinux-extras almalinux-highavailability almalinux-plus'

const releases: Release[] = [
  yum('rocky', '8', 'Rocky-BaseOS Rocky-AppStream Rocky-Extras Rocky-PowerTools Rocky-Media'),
  yum('rocky', '9', rocky),
  yum('rocky', '10', rocky),
  yum('almalinux', '8', 'almalinux almalinux-ha almalinux-powertools almalinux-plus'),
  yum('almalinux', '9', almalinux),
  yum('almalinux', '10', almalinux),
  yum('centos', '9', 'centos centos-addons'),
  yum('centos', '10', 'centos centos-addons'),
  yum('rhel', '9', 'redhat'),
  yum(
    'centos',
    '7',
    'CentOS-Base CentOS-CR CentOS-Debuginfo CentOS-Media CentOS-Sources CentOS-x86_64-kernel',
  ),
  apt('debian', '12', 'debian.sources'),
  apt('debian', '13', 'debian.sources'),
  apt('ubuntu', '22.04', 'ubuntu.sources'),
  apt('ubuntu', '24.04', 'ubuntu.sources'),
  apt('ubuntu', '26.04', 'ubuntu.sources'),
]

/** Of the user: what an image brings, what a package brings, and files of the profile, one with a name like the distribution's. */
const ownOf = ({ directory, lists }: Release) =>
  directory === '/etc/yum.repos.d'
    ? {
        others: [`${directory}/docker-ce.repo`, `${directory}/epel.repo`, `${directory}/my-${lists[0]}`],
        ofProfile: [
          `${directory}/internal.repo`,
          `${directory}/${lists[0]!.replace(/[-.].*$/, '')}-internal.repo`,
        ],
      }
    : {
        others: [`${directory}/docker.list`, `${directory}/my-${lists[1]}`],
        ofProfile: [`${directory}/internal.sources`, `${directory}/it's mine.list`],
      }

const text = '[one]\nname=one\nenabled=1\n\n[two]\nname=two\nenabled = 0\n'

/** The release's step on a machine on which all packages are there; afterwards, names with what counts of their content. */
function run(release: Release, ofProfile: readonly string[], paths: readonly string[]): string {
  const cluster = changedCluster((profile) => {
    profile.distribution = { name: release.name, version: release.version }
    profile.kubernetes.version = '1.31.14'
    profile.mirrors = { distribution: 'http://mirror.example.com/own' }
    profile.files = ofProfile.map((path) => ({ path, content: text }))
  })
  const there = { text: '#!/bin/sh\necho "installed 1.36.4-1"\n', mode: 0o755 }
  const tree: Tree = Object.fromEntries(paths.map((path) => [path, text]))
  tree['/step'] = { text: stepText(assembleHost(cluster), 'packages'), mode: 0o755 }
  for (const program of ['rpm', 'dpkg-query', 'apt-mark', 'systemctl'])
    tree[`/usr/local/sbin/${program}`] = there
  const { output } = inOverlay(
    tree,
    `# Not this machine's own.
    grep -Ls name=one /etc/apt/sources.list /etc/apt/sources.list.d/* /etc/yum.repos.d/* | grep -v /hakube- | xargs -d '\\n' rm -f
    /step >/dev/null && /step >/dev/null
    for file in /etc/yum.repos.d/*.repo* /etc/apt/sources.list* /etc/apt/sources.list.d/*; do
      [[ ! -f $file || $file == */hakube-* ]] || echo "$file:$(grep -c '^enabled=1$' "$file"):$(grep -c '^enabled=0$' "$file")"
    done`,
  )
  return output
}

describeWith(needs, 'the mirror of the distribution', () => {
  it.each(releases)('replaces only the lists of $name $version', (release) => {
    const { others, ofProfile } = ownOf(release)
    const lists = release.lists.map((list) => new URL(list, `file://${release.directory}/`).pathname)
    const lines = run(release, ofProfile, [...lists, ...others, ...ofProfile])
      .trim()
      .split('\n')
    const isApt = release.directory.includes('apt')
    expect(lines.toSorted()).toEqual(
      [
        ...lists.map((path) => (isApt ? `${path}.disabled:1:0` : `${path}:0:2`)),
        ...[...others, ...ofProfile].map((path) => `${path}:1:0`),
      ].toSorted(),
    )
  })
})

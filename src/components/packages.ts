import { compareText } from '../text/order.ts'
import { aptArchives } from '../assembly/apt-archives.ts'
import { ownMirror, ownSecurityMirror } from '../distributions/mirrors.ts'
import type { Machine } from '../cluster/cluster.ts'
import { render } from '../templates/template.ts'
import {
  type Component,
  type Declared,
  type File,
  memberMark,
  type Owned,
  type Package,
  type Repository,
} from '../assembly/component.ts'
import { groupBy, oneLine } from '../assembly/lines.ts'
import { collectOnce } from '../assembly/once.ts'
import { quote, quoteAll } from '../text/quote.ts'
import { readWebAddress } from '../text/web-address.ts'
import { program, readAgain } from '../assembly/on-change.ts'

/** All packages of the machine in one step, from the distribution's mirror and the repositories that components declare. */
export const packages: Component = {
  name: 'packages',
  purpose: 'Sets up repositories and installs packages.',
  stage: 'packages',
  steps: ['packages'],
  appliesTo: () => true,
  contribute: (_cluster, { settings, system: { distribution } }) => ({
    packages: [
      // For the reports of the first boot and the checks of load balancers.
      ...(distribution.packages.curl ? [{ name: distribution.packages.curl }] : []),
      ...settings.packages,
    ],
  }),
  collect: collectOnce(
    (machine) =>
      [machine.architecture, machine.settings.kernelPackage?.name, ...ownLists(machine)].join('\n'),
    (_cluster, machine, declared) => {
      const wanted = wantedOf(declared)
      const repositories = repositoriesOf(declared)
      const pinned = wanted.flatMap(({ name, version }) => (version === null ? [] : [name]))
      const apt = machine.system.distribution.packageManager === 'apt'
      const keys = repositories.map(({ name, key, fingerprints = [] }) => ({
        path: keyPath(machine, name),
        key,
        fingerprints,
      }))
      const kept = quoteAll(wanted.flatMap((each) => (each.kept ? [each.name] : [])))
      const data = {
        // The script's list of packages that stay unchanged; empty if there are none.
        kept: kept && render('cloud-init/packages/kept.sh.ejs', { kept, mark: quote(memberMark) }).text,
        manager: machine.system.distribution.packageManager,
        // Name and version alternate; an empty version means any.
        wanted: quoteAll(wanted.flatMap(({ name, version }) => [name, version ?? ''])),
        pinned: quoteAll(pinned),
        // The repository lists that the mirror replaces, or null.
        lists: usesOwnMirror(machine) ? quoteAll(machine.system.distribution.repositoryLists) : null,
        // Patterns of a `case`: repository lists of the user's own.
        ownLists: ownLists(machine).map(quote).join(' | '),
        keys: keys
          .filter(({ key }) => isAddress(key))
          .map(({ path, key, fingerprints }) => quoteAll([path, key, ...fingerprints])),
      }
      const directory = apt ? 'apt' : 'dnf'
      return {
        files: [
          ...(keys.some(({ key }) => isAddress(key)) || machine.settings.kernelPackage ? [takeKey(apt)] : []),
          ...keys.filter(({ key }) => !isAddress(key)).map(({ path, key }) => keyFile(path, key)),
          ...(apt ? aptSources(machine, repositories) : yumRepositories(machine, repositories, pinned)),
        ],
        steps: [
          { name: 'packages', script: render(`cloud-init/packages/${directory}.sh.ejs`, data), after: [] },
        ],
        checks: [{ name: 'packages', script: render(`cloud-init/packages/${directory}-check.sh.ejs`, data) }],
      }
    },
  ),
}

const isAddress = (key: string): boolean => readWebAddress(key) !== null
export const keyFile = (path: string, key: string): File => ({
  path,
  mode: '0644',
  content: `${key.trim()}\n`,
  onChange: readAgain(),
})

type Wanted = { name: string; version: string | null; kept: boolean }

/**
 * Each package once, sorted by name.
 *
 * @throws when two components want different versions of one package
 */
function wantedOf(declared: Declared): Wanted[] {
  const groups = [...groupBy<Owned<Package>>(declared.packages, ({ name }) => name)]
  groups.sort(([one], [other]) => compareText(one, other))
  return groups.map(([name, wishes]) => {
    const versions = [...new Set(wishes.flatMap(({ version }) => version ?? []))]
    if (versions.length > 1) throw new Error(`package ${name} has two versions: ${versions.join(', ')}`)
    return { name, version: versions[0] ?? null, kept: wishes.some(({ keptByMembers }) => keptByMembers) }
  })
}

/**
 * Each repository once. Its name becomes a file name.
 *
 * @throws when one name stands for two repositories, or is not a plain word
 */
function repositoriesOf(declared: Declared): Repository[] {
  return [...groupBy<Owned<Repository>>(declared.repositories, ({ name }) => name)].map(([name, same]) => {
    if (!/^[a-z0-9][a-z0-9._-]*$/i.test(name)) throw new Error(`${name} is not a repository name`)
    const [first, ...others] = same
    if (!first || others.some(({ url, key }) => url !== first.url || key !== first.key))
      throw new Error(`two repositories have the name ${name}`)
    return first
  })
}

/** Also after the end of a release, when the mirror lists in its packages no longer answer. */
const usesOwnMirror = ({ architecture, system: { mirrors, distribution } }: Machine): boolean =>
  mirrors.distribution[architecture] !== ownMirror(distribution, architecture) ||
  (mirrors.security?.[architecture] ?? null) !== ownSecurityMirror(distribution, architecture) ||
  distribution.endOfLife !== null

/** The script that accepts a key only if it has a known fingerprint. The step of `newer-kernel` uses it too. */
const takeKey = (apt: boolean): File => ({
  path: '/usr/libexec/hakube/take-key',
  mode: '0755',
  content: render('cloud-init/packages/take-key.ejs', { apt }),
  onChange: program,
})

/** Lists of repositories that are files of the profile; hakube does not change them. */
const ownLists = ({ settings }: Machine): string[] =>
  settings.files
    .map(({ path }) => path)
    .filter((path) => /^\/etc\/(?:yum\.repos\.d|apt)\//.test(path) && /\.(?:repo|list|sources)$/.test(path))
    .toSorted()

function keyPath({ system }: Machine, name: string): string {
  // apt tells the format of a key by its extension (sources.list(5), Signed-By).
  if (system.distribution.packageManager === 'apt') return `/etc/apt/keyrings/hakube-${name}.asc`
  return `/etc/pki/rpm-gpg/RPM-GPG-KEY-hakube-${name}`
}

function aptSources(machine: Machine, repositories: readonly Repository[]): File[] {
  const { signingKey } = machine.system.distribution
  const sources = repositories.map(({ name, url }) => {
    const [uri = '', suite = '', ...components] = oneLine(url).trim().split(/\s+/)
    return aptFile(name, [
      { uri, suites: suite, components: components.join(' '), key: keyPath(machine, name) },
    ])
  })
  if (usesOwnMirror(machine)) {
    const stanzas = aptArchives(machine).map(({ uri, suites, components }) => ({
      uri: oneLine(uri),
      suites: suites.join(' '),
      components: components.join(' '),
      key: signingKey,
    }))
    sources.push(aptFile('distribution', stanzas))
  }
  return sources
}

function aptFile(name: string, stanzas: readonly object[]): File {
  const path = `/etc/apt/sources.list.d/hakube-${name}.sources`
  return {
    path,
    mode: '0644',
    content: render('cloud-init/packages/apt.sources.ejs', { stanzas }),
    onChange: readAgain(),
  }
}

function yumRepositories(
  machine: Machine,
  repositories: readonly Repository[],
  pinned: readonly string[],
): File[] {
  const { trees, signingKey } = machine.system.distribution
  const files = repositories.map(({ name, url }) => file(name, url, `file://${keyPath(machine, name)}`))
  if (usesOwnMirror(machine) && trees) {
    const { install, repositories: further } = trees[machine.architecture]
    for (const { name, path } of [{ name: 'base', path: install }, ...further])
      files.push(
        file(
          `distribution-${name.toLowerCase()}`,
          `${machine.system.mirrors.distribution[machine.architecture]}/${path}`,
          `file://${signingKey}`,
        ),
      )
  }
  return files

  function file(name: string, url: string, key: string): File {
    return {
      path: `/etc/yum.repos.d/hakube-${name}.repo`,
      mode: '0644',
      content: render('cloud-init/packages/yum.repo.ejs', {
        name,
        url: oneLine(url),
        key: oneLine(key),
        pinned: pinned.join(' '),
      }),
      onChange: readAgain(),
    }
  }
}

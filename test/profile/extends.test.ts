import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { openCommit } from '../../src/files/commit.ts'
import { gitIn } from '../../src/files/git.ts'
import { loadProfile } from '../../src/profile/load.ts'
import { makeRepository, type Repository } from '../support/repository.ts'
import { good, printed, replace } from './mistakes.ts'

let repository: Repository
beforeEach(() => {
  repository = makeRepository()
})
afterEach(() => repository.remove())

const load = (name: string) => loadProfile(`${repository.directory}/${name}`)
/** What a person sees, without the name of the directory. */
const shown = async (name: string) => printed(await load(name)).replaceAll(repository.directory, 'TOP')

const overlay = (lines = '') => `extends: ../base.yaml\n${lines}`

describe('a profile that builds on another', () => {
  it('is the same as the whole in one file', async () => {
    repository.write({ 'base.yaml': good, 'rack/profile.yaml': overlay('name: other\n') })
    const { profile, diagnostics } = await load('rack/profile.yaml')
    repository.write({ 'whole.yaml': replace(good, ['name: sample', 'name: other']) })
    const whole = await load('whole.yaml')
    expect(diagnostics).toEqual([])
    expect({ ...profile, extends: undefined }).toEqual({ ...whole.profile, extends: undefined })
  })
  it('takes several bases, the later one over the earlier, and one that several need once', async () => {
    repository.write({
      'common.yaml': good,
      'a.yaml': 'extends: common.yaml\nname: a\nhardware: {disk: /dev/a}\n',
      'b.yaml': 'extends: [common.yaml]\nname: b\n',
      'profile.yaml': 'extends: [a.yaml, b.yaml]\n',
    })
    const { profile, diagnostics } = await load('profile.yaml')
    expect(diagnostics).toEqual([])
    expect([profile?.name, profile?.hardware?.disk]).toEqual(['b', '/dev/a'])
  })
  it('reports mistakes in the file that makes them, each once', async () => {
    repository.write({
      'base.yaml': `${replace(good, ['address: 10.10.10.16', 'address: 10.10.99.16'])}pakages: [vim]\n`,
      'rack/profile.yaml': overlay('machines:\n  - name: worker-1\n    rol: worker\n'),
    })
    expect(await shown('rack/profile.yaml')).toMatchInlineSnapshot(`
      "TOP/rack/profile.yaml:4:5: error[schema/unknown-key]: unknown key "rol" [$.machines[5].rol]
          4 |     rol: worker
            |     ^^^
        hint: did you mean role?

      TOP/base.yaml:37:14: error[address/outside-subnet]: 10.10.99.16 is not in the subnet 10.10.10.0/24 [$.machines[5].address]
         37 |     address: 10.10.99.16
            |              ^^^^^^^^^^^
        hint: write an address of 10.10.10.0/24, e.g. 10.10.10.16, or widen the subnet; the subnet of another rack belongs in network.subnets, an address in an additional network in addresses
        TOP/base.yaml:8:11: the subnet is set here

      TOP/base.yaml:49:1: error[schema/unknown-key]: unknown key "pakages" [$.pakages]
         49 | pakages: [vim]
            | ^^^^^^^
        hint: did you mean packages?
      "
    `)
  })
  it('is not checked if one of its files is not valid YAML', async () => {
    repository.write({ 'base.yaml': 'name: "open\n', 'rack/profile.yaml': overlay('unknown: 1\n') })
    expect(await shown('rack/profile.yaml')).toMatchInlineSnapshot(`
      "TOP/base.yaml:1:7: error[yaml/unclosed-quote]: the quote that opens here is not closed at the end of the value
          1 | name: "open
            |       ^^^^^
        hint: put the same quote at the end of the value
      "
    `)
  })
  it('looks for the files that a base names beside the base', async () => {
    repository.write({
      'base.yaml': `${good}files:\n  - {path: /etc/one, source: files/one}\n  - {path: /etc/two, source: ../two}\n`,
      'files/one': 'one\n',
      'rack/profile.yaml': overlay('files:\n  - {path: /etc/three, source: files/one}\n'),
      'rack/files/one': 'three\n',
    })
    const { sources } = await load('rack/profile.yaml')
    expect([...sources]).toEqual([
      ['../files/one', 'one\n'],
      ['files/one', 'three\n'],
    ])
    expect(await shown('rack/profile.yaml')).toMatchInlineSnapshot(`
      "TOP/base.yaml:51:30: error[source/outside]: ../two is outside the profile's directory [$.files[1].source]
         51 |   - {path: /etc/two, source: ../two}
            |                              ^^^^^^
        hint: copy the file into the profile's directory and name it relative to that
      "
    `)
  })
})

describe('mistakes of extends', () => {
  it('reports a missing base with the file that names it', async () => {
    repository.write({ 'base.yaml': 'extends: lower.yaml\n', 'rack/profile.yaml': overlay() })
    expect(await shown('rack/profile.yaml')).toMatchInlineSnapshot(`
      "TOP/base.yaml:1:10: error[extends/missing]: the base profile TOP/lower.yaml does not exist
          1 | extends: lower.yaml
            |          ^^^^^^^^^^
        hint: names are relative to the directory of TOP/base.yaml
        TOP/rack/profile.yaml:1:10: TOP/base.yaml is a base profile of this file
      "
    `)
  })
  it('reports a cycle with all its positions', async () => {
    repository.write({
      'a.yaml': 'extends: b.yaml\n',
      'b.yaml': '# b\nextends:\n  - c.yaml\n',
      'c.yaml': 'extends: ./a.yaml\n',
      'self.yaml': 'extends: self.yaml\n',
    })
    expect(await shown('a.yaml')).toMatchInlineSnapshot(`
      "TOP/c.yaml:1:10: error[extends/cycle]: TOP/a.yaml already extends this file
          1 | extends: ./a.yaml
            |          ^^^^^^^^
        hint: remove one extends; move what both need into a third file
        TOP/a.yaml:1:10: TOP/b.yaml is extended here
        TOP/b.yaml:3:5: TOP/c.yaml is extended here
      "
    `)
    expect(await shown('self.yaml')).toMatchInlineSnapshot(`
      "TOP/self.yaml:1:10: error[extends/cycle]: self.yaml is this file itself
          1 | extends: self.yaml
            |          ^^^^^^^^^
        hint: remove one extends; move what both need into a third file
      "
    `)
  })
  it('reports a base outside of the repository, also by a link', async () => {
    repository.write({ 'rack/profile.yaml': 'extends: [../../x.yaml, link.yaml, /etc/hostname]\n' })
    repository.link('rack/link.yaml', '/etc/hostname')
    expect((await shown('rack/profile.yaml')).replaceAll(/[^ ]*\/x\.yaml/g, 'x.yaml')).toMatchInlineSnapshot(`
      "TOP/rack/profile.yaml:1:11: error[extends/outside]: x.yaml is outside the git repository of the profile
          1 | extends: x.yaml, link.yaml, /etc/hostname]
            |           ^^^^^^^^^^^^
        hint: copy the base profile into the repository: a clone must contain all of it

      TOP/rack/profile.yaml:1:25: error[extends/outside]: TOP/rack/link.yaml is a symbolic link that leads out of the git repository of the profile
          1 | extends: x.yaml, link.yaml, /etc/hostname]
            |                         ^^^^^^^^^
        hint: copy the base profile into the repository: a clone must contain all of it

      TOP/rack/profile.yaml:1:36: error[extends/outside]: "/etc/hostname" is not a relative name
          1 | extends: x.yaml, link.yaml, /etc/hostname]
            |                                    ^^^^^^^^^^^^^
        hint: use a name relative to the file that extends it: another clone has another path
      "
    `)
  })
  it('reports what is not a file name, not a profile, or of another version', async () => {
    repository.write({
      'list.yaml': '- a\n',
      'empty.yaml': '# nothing\n',
      'number.yaml': 'extends: 1\n',
      'new.yaml': 'hakube: 2\n',
      'profile.yaml': 'extends: [list.yaml, empty.yaml, number.yaml, new.yaml]\n',
      'own.yaml': `${good}extends: {a: 1}\n`,
    })
    expect(await shown('profile.yaml')).toMatchInlineSnapshot(`
      "TOP/empty.yaml:1:1: error[file/empty]: the profile is empty
        hint: hakube init DIR creates a new profile

      TOP/list.yaml:1:1: error[file/not-a-profile]: this is not a profile
        hint: a base profile is a profile, or a part of one

      TOP/new.yaml:1:9: error[profile/format-version]: the profile has format version 2, but this hakube reads version 1 [$.hakube]
          1 | hakube: 2
            |         ^
        hint: use a newer hakube

      TOP/number.yaml:1:10: error[extends/not-a-name]: a base profile must be a file name
          1 | extends: 1
            |          ^
        hint: write extends: and a file name relative to this file, or a list of them
      "
    `)
    expect(await shown('own.yaml')).toMatchInlineSnapshot(`
      "TOP/own.yaml:49:10: error[schema/wrong-type]: expected a string or a list but found a mapping [$.extends]
         49 | extends: {a: 1}
            |          ^^^^^^
        hint: write the text after the colon; if it contains ": " or begins with {, [ or -, quote it
      "
    `)
  })
  it('reports a URL instead of a file name', async () => {
    repository.write({ 'profile.yaml': 'extends: https://example.com/base.yaml\n' })
    expect(await shown('profile.yaml')).toMatchInlineSnapshot(`
      "TOP/profile.yaml:1:10: error[extends/outside]: a base profile must be a file: hakube does not fetch URLs
          1 | extends: https://example.com/base.yaml
            |          ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
        hint: copy the base profile into the repository: a clone must contain all of it
      "
    `)
  })
  it('reports a base in a submodule if a revision is read', async () => {
    const shared = makeRepository()
    shared.write({ 'base.yaml': good, file: 'text\n' })
    shared.commit()
    repository.git(
      '-c',
      'protocol.file.allow=always',
      'submodule',
      '--quiet',
      'add',
      shared.directory,
      'shared',
    )
    repository.write({
      'base.yaml': good,
      'a.yaml': 'extends: shared/base.yaml\n',
      'b.yaml': 'extends: base.yaml\nfiles: [{path: /etc/x, source: shared/file}]\n',
    })
    const commit = repository.commit()
    shared.remove()
    const opened = await openCommit(gitIn(process.env), `${repository.directory}/a.yaml`, 'HEAD')
    if (!('reader' in opened)) throw new Error(opened.refusal.message)
    const texts: string[] = []
    for (const name of ['a.yaml', 'b.yaml']) {
      expect((await load(name)).diagnostics).toEqual([])
      texts.push(printed(await loadProfile(`${repository.directory}/${name}`, opened.reader)))
    }
    const text = texts.join('\n').replaceAll(repository.directory, 'TOP').replaceAll(commit, 'COMMIT')
    expect(text).toMatchInlineSnapshot(`
      "TOP/a.yaml:1:10: error[extends/missing]: the base profile TOP/shared/base.yaml is in a submodule, whose files are not in the revision COMMIT
          1 | extends: shared/base.yaml
            |          ^^^^^^^^^^^^^^^^
        hint: copy the file into this repository, or check out the revision with its submodules and omit --rev

      TOP/b.yaml:2:32: error[source/missing]: shared/file is in a submodule, whose files are not in this revision [$.files[0].source]
          2 | files: [{path: /etc/x, source: shared/file}]
            |                                ^^^^^^^^^^^
        hint: copy the file into this repository, or check out the revision with its submodules and omit --rev
      "
    `)
  })
  it('reports too much text, and reads nothing after it', async () => {
    const large = `# ${'x'.repeat(3 * 1024 * 1024)}\nname: large\n`
    repository.write({
      'base.yaml': good,
      '1.yaml': large,
      '2.yaml': `extends: 3.yaml\n${large}`,
      '3.yaml': large,
      'profile.yaml': 'extends: [base.yaml, 1.yaml, 2.yaml, missing.yaml]\n',
    })
    expect(await shown('profile.yaml')).toMatchInlineSnapshot(`
      "TOP/2.yaml:1:10: error[file/too-large]: the profile and its base profiles have 9.0 MiB; a profile has at most 8 MiB
          1 | extends: 3.yaml
            |          ^^^^^^
        hint: move large texts into files of their own and name them as source, or split the cluster
        TOP/profile.yaml:1:30: TOP/2.yaml is a base profile of this file
      "
    `)
  })
  it('reports too many bases once', async () => {
    const names = Array.from({ length: 20 }, (_, index) => `${index}.yaml`)
    for (const name of names)
      repository.write({
        [name]: `extends: [${names.map((each) => `of-${name}/${each}`).join(', ')}]\n`,
        ...Object.fromEntries(names.map((each) => [`of-${name}/${each}`, 'name: sample\n'])),
      })
    repository.write({ 'profile.yaml': `extends: [${names.join(', ')}]\n` })
    const { diagnostics } = await load('profile.yaml')
    expect(diagnostics.map(({ message }) => message)).toEqual(['a profile has at most 32 bases'])
  })
  it('reports too many levels', async () => {
    for (let level = 0; level < 12; level += 1)
      repository.write({ [`${level}.yaml`]: `extends: ${level + 1}.yaml\n` })
    repository.write({ '12.yaml': good, '8.yaml': good })
    expect(await shown('0.yaml')).toBe('')
    repository.write({ '8.yaml': 'extends: 9.yaml\n', '9.yaml': good })
    expect((await shown('0.yaml')).split('\n')[0]).toBe(
      'TOP/8.yaml:1:10: error[extends/too-many]: a profile has at most 8 levels of base profiles',
    )
  })
  it('reports in the overlay what the overlay removed and the profile needs', async () => {
    repository.write({ 'base.yaml': good, 'rack/profile.yaml': overlay('kubernetes: {version: null}\n') })
    expect(await shown('rack/profile.yaml')).toMatchInlineSnapshot(`
      "TOP/rack/profile.yaml:2:23: error[schema/missing-key]: the key version is missing [$.kubernetes.version]
          2 | kubernetes: {version: null}
            |                       ^^^^
        hint: write version: 1.35.2 (Kubernetes version, quoted)
      "
    `)
  })
})

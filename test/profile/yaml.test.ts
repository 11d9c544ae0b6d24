import { describe, expect, it } from 'vitest'
import { parseProfile } from '../../src/profile/load.ts'
import { good, mistakes, mistakesIn, mistakesWith } from './mistakes.ts'

describe('a good profile', () => {
  it('has no mistakes', () => {
    const loaded = parseProfile(good, 'profile.yaml')
    expect(loaded.diagnostics).toEqual([])
    expect(loaded.profile?.machines.map((machine) => machine.name)).toEqual([
      'balancer-1',
      'balancer-2',
      'control-1',
      'control-2',
      'control-3',
      'worker-1',
    ])
  })

  it('may use anchors and merges', () => {
    const text = good
      .replace(
        '  - name: balancer-1\n    role: load-balancer\n',
        '  - &lb\n    name: balancer-1\n    role: load-balancer\n    sysctls: &s {vm.swappiness: 1}\n',
      )
      .replace('  - name: balancer-2\n    role: load-balancer\n', '  - <<: *lb\n    name: balancer-2\n')
      .concat('sysctls: *s\n')
    const loaded = parseProfile(text, 'profile.yaml')
    expect(loaded.diagnostics).toEqual([])
    expect(loaded.profile?.machines[1]).toEqual({
      name: 'balancer-2',
      role: 'load-balancer',
      mac: '52:54:00:aa:bb:02',
      address: '10.10.10.12',
      sysctls: { 'vm.swappiness': 1 },
    })
    expect(loaded.profile?.sysctls).toEqual({ 'vm.swappiness': 1 })
  })

  it('may begin with a byte order mark and end its lines as Windows does', () => {
    const loaded = parseProfile(`\uFEFF${good.replaceAll('\n', '\r\n')}`, 'profile.yaml')
    expect(loaded.diagnostics).toEqual([])
  })
})

describe('YAML syntax', () => {
  it('reports a tab as indentation', () => {
    expect(mistakes(['  name: rocky', '\tname: rocky'])).toMatchInlineSnapshot(`
      "profile.yaml:5:1: error[yaml/tab-indentation]: YAML does not allow a tab as indentation
          5 | 	name: rocky
            | ^
        hint: use spaces; set your editor to two spaces per tab
        source: https://yaml.org/spec/1.2.2/#61-indentation-spaces
      "
    `)
  })
  it('reports wrong indentation', () => {
    expect(mistakes(['    role: control-plane', '   role: control-plane'])).toMatchInlineSnapshot(`
      "profile.yaml:23:1: error[yaml/syntax]: this is not YAML: sequence item without - indicator
         23 |    role: control-plane
            | ^
      "
    `)
  })
  it('reports a key that is indented deeper than its neighbours', () => {
    expect(mistakes(['  gateway:', '    gateway:'])).toMatchInlineSnapshot(`
      "profile.yaml:8:11: error[yaml/nested-mapping]: a mapping cannot begin here, after another key on the same line
          8 |   subnet: 10.10.10.0/24
            |           ^
        hint: if the value contains ": ", quote it; otherwise check the indentation of the next line
      "
    `)
  })
  it('reports a key without a colon', () => {
    expect(mistakes(['network:\n', 'network\n'])).toMatchInlineSnapshot(`
      "profile.yaml:7:1: error[yaml/key-without-colon]: this is neither "key: value" nor "- item"
          7 | network
            | ^^^^^^^
        hint: write a colon and a space after the key, and check the indentation of the next line
      "
    `)
  })
  it('reports a colon in a value', () => {
    expect(mistakes(['name: sample', 'name: sample: rack'])).toMatchInlineSnapshot(`
      "profile.yaml:2:7: error[yaml/nested-mapping]: a mapping cannot begin here, after another key on the same line
          2 | name: sample: rack
            |       ^
        hint: if the value contains ": ", quote it; otherwise check the indentation of the next line
      "
    `)
  })
  it('reports an unclosed quote', () => {
    expect(mistakes(['version: "9"', 'version: "9'])).toMatchInlineSnapshot(`
      "profile.yaml:6:12: error[yaml/unclosed-quote]: the quote that opens here is not closed at the end of the value
          6 |   version: "9
            |            ^^
        hint: put the same quote at the end of the value
      "
    `)
  })
  it('reports a quote within quotes', () => {
    expect(mistakesWith(`files:\n  - path: /etc/motd\n    content: 'it's here'\n`)).toMatchInlineSnapshot(`
      "profile.yaml:51:18: error[yaml/text-after-value]: there is text after the end of the value
         51 |     content: 'it's here'
            |                  ^^^^^^^
        hint: within '…' write a quote twice (''), or put the value in double quotes
      "
    `)
  })
  it('reports an unclosed bracket', () => {
    expect(mistakes(['[10.10.10.1]', '[10.10.10.1'])).toMatchInlineSnapshot(`
      "profile.yaml:11:1: error[yaml/unclosed-bracket]: a [ or { before this line is not closed
         11 | hardware:
            | ^
        hint: close it with ] or }, or write the list as lines that start with "- "
      "
    `)
  })
  it('reports a reserved character', () => {
    expect(mistakes(['name: sample', 'name: @sample'])).toMatchInlineSnapshot(`
      "profile.yaml:2:7: error[yaml/reserved-character]: a value without quotes cannot begin with @
          2 | name: @sample
            |       ^
        hint: put the value in quotes
      "
    `)
  })
  it('reports an escape that does not exist', () => {
    expect(mistakes(['name: sample', 'name: "sam\\ple"'])).toMatchInlineSnapshot(`
      "profile.yaml:2:11: error[yaml/escape]: a backslash in double quotes begins an escape sequence, but this one does not exist
          2 | name: "sam\\ple"
            |           ^
        hint: write \\\\ for a backslash, or put the value in '…'
      "
    `)
  })
  it('reports a template that was not rendered', () => {
    expect(mistakes(['name: sample', 'name: {{ cluster }}'])).toMatchInlineSnapshot(`
      "profile.yaml:2:8: error[yaml/key]: a key must be text
          2 | name: {{ cluster }}
            |        ^
        hint: if this is a value that begins with {, [ or ?, quote it; hakube does not expand templates in a profile
      "
    `)
  })
  it('reports a tag', () => {
    expect(mistakes(['name: sample', 'name: !vault sample'])).toMatchInlineSnapshot(`
      "profile.yaml:2:7: error[yaml/tag]: the tag !vault has no meaning in a profile
          2 | name: !vault sample
            |       ^^^^^^
        hint: remove the tag; if the value begins with !, quote it
      "
    `)
  })
  it('reports several documents in one file', () => {
    expect(mistakesWith('---\nhakube: 1\n')).toMatchInlineSnapshot(`
      "profile.yaml:49:1: error[yaml/several-documents]: a second document begins here; a profile is one document
         49 | ---
            | ^
        hint: remove the line with ---, or put the second cluster into a file of its own
      "
    `)
  })
  it('reports another version of YAML', () => {
    expect(mistakesIn(`%YAML 1.1\n---\n${good}`)).toMatchInlineSnapshot(`
      "profile.yaml:1:1: error[yaml/version]: the profile declares YAML 1.1, but hakube reads YAML 1.2
          1 | %YAML 1.1
            | ^^^^^^^^^
        hint: remove the %YAML line
      "
    `)
  })
  it('reports a duplicate key', () => {
    expect(mistakes(['  gateway: 10.10.10.1\n', '  gateway: 10.10.10.1\n  gateway: 10.10.10.2\n']))
      .toMatchInlineSnapshot(`
        "profile.yaml:10:3: error[yaml/duplicate-key]: duplicate key gateway [$.network.gateway]
           10 |   gateway: 10.10.10.2
              |   ^^^^^^^
          hint: keep one of the two
          profile.yaml:9:3: first used here
        "
      `)
  })
  it('reports the key __proto__', () => {
    expect(mistakesWith('sysctls:\n  __proto__: 1\n')).toMatchInlineSnapshot(`
      "profile.yaml:50:3: error[yaml/key]: the key __proto__ is not allowed [$.sysctls.__proto__]
         50 |   __proto__: 1
            |   ^^^^^^^^^
        hint: remove it
      "
    `)
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined()
  })
  it('reports a missing anchor, and one that contains itself', () => {
    expect(mistakesWith('sysctls: *shared\nlimits: &a [*a]\n')).toMatchInlineSnapshot(`
      "profile.yaml:49:10: error[yaml/unknown-anchor]: there is no anchor &shared above this line [$.sysctls]
         49 | sysctls: *shared
            |          ^^^^^^^
        hint: write &shared before the intended value, above this line; if the value begins with *, quote it

      profile.yaml:50:13: error[yaml/recursive-anchor]: the value of &a contains itself [$.limits[0]]
         50 | limits: &a [*a]
            |             ^^
        hint: write the value out
      "
    `)
  })
  it('reports a merge of something that is not a mapping', () => {
    expect(mistakesWith('sysctls:\n  <<: 5\n')).toMatchInlineSnapshot(`
      "profile.yaml:50:7: error[yaml/merge]: << needs a mapping or a list of mappings [$.sysctls["<<"]]
         50 |   <<: 5
            |       ^
        hint: write <<: *anchor, with an anchor of a mapping
      "
    `)
  })
  it('reports a merge conflict of git', () => {
    expect(mistakes(['name: sample\n', '<<<<<<< HEAD\nname: sample\n=======\nname: other\n>>>>>>> branch\n']))
      .toMatchInlineSnapshot(`
        "profile.yaml:2:1: error[yaml/merge-conflict]: git left a merge conflict here
            2 | <<<<<<< HEAD
              | ^^^^^^^^^^^^
          hint: keep one side, and remove the lines that begin with <<<<<<<, ======= and >>>>>>>

        profile.yaml:7:1: error[yaml/indentation]: this line is not indented like the lines that it belongs to
            7 | server: http://10.10.10.5:8080
              | ^
          hint: indent all keys of one mapping, and all items of one list, by the same number of spaces
        "
      `)
    expect(
      mistakes([
        '    address: 10.10.10.12\n',
        '<<<<<<< HEAD\n    address: 10.10.10.12\n=======\n    address: 10.10.10.13\n>>>>>>> branch\n',
      ]),
    ).toMatchInlineSnapshot(`
      "profile.yaml:21:1: error[yaml/merge-conflict]: git left a merge conflict here
         21 | <<<<<<< HEAD
            | ^^^^^^^^^^^^
        hint: keep one side, and remove the lines that begin with <<<<<<<, ======= and >>>>>>>
      "
    `)
  })
  it('reports several mistakes in one run', () => {
    expect(mistakes(['  name: rocky', '\tname: rocky'], ['name: sample', 'name: `sample`']))
      .toMatchInlineSnapshot(`
        "profile.yaml:2:7: error[yaml/reserved-character]: a value without quotes cannot begin with \`
            2 | name: \`sample\`
              |       ^
          hint: put the value in quotes

        profile.yaml:5:1: error[yaml/tab-indentation]: YAML does not allow a tab as indentation
            5 | 	name: rocky
              | ^
          hint: use spaces; set your editor to two spaces per tab
          source: https://yaml.org/spec/1.2.2/#61-indentation-spaces
        "
      `)
  })
})

describe('what is not a profile', () => {
  it('reports an empty file', () => {
    expect(mistakesIn('# only a comment\n')).toMatchInlineSnapshot(`
      "profile.yaml:1:1: error[file/empty]: the profile is empty
          1 | # only a comment
            | ^
        hint: hakube init DIR creates a new profile
      "
    `)
  })
  it('reports plain text', () => {
    expect(mistakesIn('hello world\n')).toMatchInlineSnapshot(`
      "profile.yaml:1:1: error[file/not-a-profile]: this is plain text, not a profile
          1 | hello world
            | ^^^^^^^^^^^
        hint: a profile begins with "hakube: 1"; hakube init DIR creates a new one
      "
    `)
  })
  it('reports a list instead of a profile', () => {
    expect(mistakesIn('- hakube: 1\n')).toMatchInlineSnapshot(`
      "profile.yaml:1:1: error[file/not-a-profile]: this is a list, not a profile
          1 | - hakube: 1
            | ^^^^^^^^^^^
        hint: a profile begins with "hakube: 1"; hakube init DIR creates a new one
      "
    `)
  })
  it('reports a control character', () => {
    expect(mistakes(['name: sample', 'name: sam\u001B[31mple'])).toMatchInlineSnapshot(`
      "profile.yaml:2:10: error[file/control-character]: the character U+001B is not allowed in YAML
          2 | name: sam�[31mple
            |          ^
        hint: remove it; if this is not a text file, name another one
        source: https://yaml.org/spec/1.2.2/#51-character-set
      "
    `)
  })
  it('reports another version of the format', () => {
    expect(mistakes(['hakube: 1', 'hakube: 2'])).toMatchInlineSnapshot(`
      "profile.yaml:1:9: error[profile/format-version]: the profile has format version 2, but this hakube reads version 1 [$.hakube]
          1 | hakube: 2
            |         ^
        hint: use a newer hakube
      "
    `)
    expect(mistakes(['hakube: 1', 'hakube: "1"'])).toMatchInlineSnapshot(`
      "profile.yaml:1:9: error[profile/format-version]: the profile has format version "1", but this hakube reads version 1 [$.hakube]
          1 | hakube: "1"
            |         ^^^
        hint: write hakube: 1
      "
    `)
  })
})

describe('input that would take all time and memory', () => {
  it('reports a file of 10 MB', () => {
    expect(mistakesIn('a: 1\n'.repeat(2_000_000))).toMatchInlineSnapshot(`
      "profile.yaml:1:1: error[file/too-large]: the file has 9.5 MiB; a profile has at most 8 MiB
          1 | a: 1
            | ^
        hint: move large texts into files of their own and name them as source, or split the cluster
      "
    `)
  })
  it('reports aliases that expand without end', () => {
    const lines = ['a: &a [x, x, x, x, x, x, x, x, x]']
    for (const [index, name] of 'bcdefghi'.split('').entries()) {
      const before = 'abcdefgh'[index] ?? ''
      lines.push(`${name}: &${name} [${Array.from({ length: 9 }, () => `*${before}`).join(', ')}]`)
    }
    expect(mistakesIn(lines.join('\n'))).toMatchInlineSnapshot(`
      "profile.yaml:7:16: error[yaml/too-many-values]: the profile has more than 2,000,000 values [$.g[2]]
          7 | g: &g [*f, *f, *f, *f, *f, *f, *f, *f, *f]
            |                ^^
        hint: an alias counts as much as its value; anchors that refer to each other grow without bound
      "
    `)
  })
  it('reports brackets that are nested too deeply', () => {
    expect(mistakesIn('['.repeat(4_000_000))).toMatchInlineSnapshot(`
      "profile.yaml:1:101: error[yaml/too-deep]: lists and mappings are nested more than 100 levels deep
          1 | …[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[…
            |                                     ^
        hint: a profile has about six levels: look for a bracket that is not closed
      "
    `)
  })
  it('reports a file with nothing but line breaks', () => {
    expect(mistakesIn('\n'.repeat(4_000_000))).toMatchInlineSnapshot(`
      "profile.yaml:1:1: error[yaml/too-many-values]: the profile has more than 3,000,000 tokens
          1 | 
            | ^
        hint: a profile of 10,000 machines has a fifth of that: split the cluster, or look for repetitions
      "
    `)
  })
  it('reports mappings that are nested too deeply', () => {
    const text = Array.from({ length: 1000 }, (_, index) => `${' '.repeat(index)}a:`).join('\n')
    expect(mistakesIn(text)).toMatchInlineSnapshot(`
      "profile.yaml:100:101: error[yaml/too-deep]: lists and mappings are nested more than 100 levels deep
        100 |                                                                                                    a:
            |                                                                                                     ^
        hint: a profile has about six levels: look for a bracket that is not closed
      "
    `)
  })
  it('reports a quote that is never closed', () => {
    expect(mistakesIn(`name: "${'x'.repeat(4_000_000)}`)).toMatchInlineSnapshot(`
      "profile.yaml:1:7: error[yaml/unclosed-quote]: the quote that opens here is not closed at the end of the value
          1 | name: "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx…
            |       ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
        hint: put the same quote at the end of the value
      "
    `)
  })
})

import { existsSync, readdirSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { commands, groups } from '../../src/commands/definitions.ts'

const directory = new URL('../../src/commands', import.meta.url).pathname
const files = readdirSync(directory, { recursive: true, encoding: 'utf8' })

describe('the commands', () => {
  it('are the directories of src/commands with a definition, by their names', () => {
    const defined = files.filter((file) => file.endsWith('definition.ts') && file.includes('/'))
    const names = defined.map((file) => dirname(file).replaceAll('/', ' '))
    expect(names.toSorted()).toEqual(commands.map(({ name }) => name).toSorted())
  })

  it('have no definition outside their directory', () => {
    expect(files.filter((file) => /-definitions?\.ts$|\/definitions\.ts$/.test(file))).toEqual([])
  })

  it('run the action.ts beside their definition', () => {
    const without = commands.filter(
      ({ name }) => !existsSync(join(directory, ...name.split(' '), 'action.ts')),
    )
    expect(without.map(({ name }) => name)).toEqual([])
  })

  it('of two words belong to a group', () => {
    const firsts = commands.flatMap(({ name }) => (name.includes(' ') ? [name.split(' ')[0]] : []))
    expect(groups.map(({ name }) => name)).toEqual([...new Set(firsts)])
  })
})

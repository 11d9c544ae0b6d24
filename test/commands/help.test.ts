import { describe, expect, it } from 'vitest'
import { commands, groups } from '../../src/commands/definitions.ts'
import { commandHelp, generalHelp, groupHelp } from '../../src/commands/help.ts'

const fixture = (name: string) => `../fixtures/commands/help/${name}.txt`
const longestLine = (text: string) => Math.max(...text.split('\n').map((line) => line.length))

describe('help', () => {
  it('of hakube', async () => {
    await expect(generalHelp(commands, groups, '1.2.3', 100)).toMatchFileSnapshot(fixture('hakube'))
  })

  it.each(groups)('of $name …', async (group) => {
    await expect(groupHelp(group, commands, 100)).toMatchFileSnapshot(fixture(group.name))
  })

  it.each(commands)('of $name', async (command) => {
    await expect(commandHelp(command, 100)).toMatchFileSnapshot(fixture(command.name.replace(' ', '-')))
  })

  it('fits into a narrow terminal', () => {
    expect(longestLine(generalHelp(commands, groups, '1.2.3', 80))).toBeLessThanOrEqual(80)
  })
})

import { type CommandDefinition, fault, usage } from '../definition.ts'

export const schemaCommand: CommandDefinition = {
  name: 'schema',
  parameters: [],
  summary: 'Print the JSON Schema of the profile.',
  description: ['JSON Schema draft-07, for editors and other tools.'],
  options: [],
  examples: [{ command: 'hakube schema > schema.json', explanation: 'Write the schema for an editor.' }],
  exitCodes: [[0, 'printed'], usage, fault],
  load: () => import('./action.ts'),
}

import { profileJsonSchemaText } from '../profile/json-schema.ts'
import { type Command, exit } from './context.ts'

/** `hakube schema` */
export const schema: Command = async ({ stdout }) => {
  stdout.write(profileJsonSchemaText())
  return exit.good
}

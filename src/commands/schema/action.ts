import { profileJsonSchemaText } from '../../profile/json-schema.ts'
import { type Command, exit } from '../context.ts'

/** `hakube schema` */
export const action: Command = async ({ stdout }) => {
  stdout.write(profileJsonSchemaText())
  return exit.success
}

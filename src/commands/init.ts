import { open, rm } from 'node:fs/promises'
import { basename, join, resolve } from 'node:path'
import { describeSystemError, isSystemError } from '../files/system-error.ts'
import { profileJsonSchemaText } from '../profile/json-schema.ts'
import { makeFolders } from '../site/folder.ts'
import { type Command, exit } from './context.ts'
import { firstProfile } from './first-profile.ts'

/** `hakube init DIR`: each file is made only if it isn't there, and one that is there stops it before any is made. */
export const init: Command = async ({ parameters, stdout, stderr }) => {
  const [folder = ''] = parameters
  const files = {
    'profile.yaml': firstProfile(clusterName(folder)),
    'schema.json': profileJsonSchemaText(),
    '.gitignore':
      '# What hakube renders holds keys and tokens: never in git.\n/site/\n/assets/\n# The secrets bundle while it is being written.\n/.*secrets.age.*\n',
  }
  const written: string[] = []
  let path = folder
  try {
    makeFolders(folder, 0o777)
    for (const [name, text] of Object.entries(files)) {
      path = join(folder, name)
      // wx: never overwrites, not even a file that comes into being at this moment.
      const handle = await open(path, 'wx')
      try {
        await handle.writeFile(text)
      } catch (fault) {
        // Half a file would stand in the way of the next try.
        await rm(path, { force: true })
        throw fault
      } finally {
        await handle.close()
      }
      written.push(path)
    }
  } catch (fault) {
    if (!isSystemError(fault)) throw fault
    const reason = fault.code === 'EEXIST' ? 'it is there already' : describeSystemError(fault)
    stderr.write(`hakube: cannot write ${path}: ${reason}\n`)
    for (const made of written) stderr.write(`hakube: ${made} was written\n`)
    return exit.mistakes
  }
  for (const made of written) stdout.write(`${made}\n`)
  stderr.write(
    `\nEdit ${join(folder, 'profile.yaml')}, then: hakube check ${join(folder, 'profile.yaml')} --throw-away-secrets\n`,
  )
  return exit.good
}

/** The folder's name, if it can be a host name label; a rack otherwise. */
function clusterName(folder: string): string {
  const name = basename(resolve(folder)).toLowerCase()
  return /^[a-z](?:[a-z0-9-]{0,30}[a-z0-9])?$/.test(name) ? name : 'rack'
}

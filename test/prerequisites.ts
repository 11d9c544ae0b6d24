import { accessSync, appendFileSync, constants, existsSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { describe, it } from 'vitest'

/** What a test needs of the machine that it runs on. */
export type Needs = {
  root?: boolean
  linux?: boolean
  programs?: readonly string[]
  files?: readonly string[]
}

/** Path of a program, also in the sbin directories, which are not in every user's PATH. */
export function findProgram(name: string): string | null {
  const directories = [
    ...(process.env['PATH'] ?? '').split(delimiter),
    '/usr/sbin',
    '/sbin',
    '/usr/local/sbin',
  ]
  for (const directory of directories) {
    try {
      const path = join(directory, name)
      accessSync(path, constants.X_OK)
      return path
    } catch {
      // Not in this directory.
    }
  }
  return null
}

function missing(needs: Needs): string[] {
  const reasons: string[] = []
  if (needs.linux && process.platform !== 'linux') reasons.push(`needs Linux, this is ${process.platform}`)
  if (needs.root && process.getuid?.() !== 0) reasons.push('needs root')
  for (const program of needs.programs ?? [])
    if (!findProgram(program)) reasons.push(`needs the program ${program}`)
  for (const file of needs.files ?? []) if (!existsSync(file)) reasons.push(`needs ${file}`)
  return reasons
}

/**
 * A test group that needs the real thing. Where something is missing, the group is listed by name with the reason, and with
 * `CI=true` it fails: nothing is left out in silence.
 */
export function describeWith(needs: Needs, name: string, body: () => void): void {
  const reasons = missing(needs)
  if (reasons.length === 0) {
    describe(name, body)
  } else if (process.env['CI'] === 'true') {
    describe(name, () => {
      it('has what it needs', () => {
        throw new Error(reasons.join('; '))
      })
    })
  } else {
    leaveOut(name, reasons, body)
  }
}

/** A test group that is not run here: `npm test` lists it by name with the reasons. */
export function leaveOut(name: string, reasons: readonly string[], body: () => void): void {
  const why = reasons.join('; ')
  const list = process.env['HAKUBE_NOT_RUN_FILE']
  if (list) appendFileSync(list, `${name}: ${why}\n`)
  describe.skipIf(true)(`${name} (not run: ${why})`, body)
}

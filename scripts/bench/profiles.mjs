// Renders each profile of the repository, and measures the time.
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { root } from '../prepare.mjs'
import { hakube, row, seconds, work } from './measure.mjs'

export function renderProfiles() {
  const names = readdirSync(join(root, 'profiles')).filter((name) => name.endsWith('.yaml'))
  for (const name of names) {
    const file = join(root, 'profiles', name)
    const done = hakube('render', file, '--out', join(work, `profile-${name}`), '--ephemeral-secrets')
    row(`render profiles/${name} with ephemeral keys`, `${seconds(done.milliseconds)}, ${done.megabytes} MB`)
  }
}

import { execFileSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'

/*
 * `hakube serve` lives for months, through changed bundles and profiles. What was secret in an earlier site must be gone from its
 * memory with that site. A process of its own makes sites, lets go of them, and searches a snapshot of its heap.
 */

const top = fileURLToPath(new URL('../../', import.meta.url))

/** Never whole in the text of the script, which is in the heap too. */
const script = `
import { readFileSync } from 'node:fs'
import { setTimeout as pause } from 'node:timers/promises'
import { getHeapSnapshot } from 'node:v8'
import { parse } from 'yaml'
import { certificateNeeds } from './dist/cluster/certificate-needs.js'
import { resolve, resolveWithoutSecrets } from './dist/cluster/resolve.js'
import { Profile } from './dist/profile/schema.js'
import { systemSources } from './dist/secrets/sources.js'
import { ephemeralSecrets } from './dist/secrets/ephemeral.js'
import { siteFiles } from './dist/site/build.js'

const word = (which) => ['secret', 'number', which].join('-')
const profileOf = (name, which) => {
  const profile = Profile.parse(parse(readFileSync('profiles/' + name + '.yaml', 'utf8')))
  const content = ('# ' + word(which) + '\\n').repeat(3)
  profile.secrets = { delivery: 'inline' }
  profile.files = [{ path: '/etc/own', mode: '0600', content }]
  profile.commands = [{ name: 'own', run: 'echo ' + word(which) + '\\n' }]
  profile.users[0].passwordHash = '$6$' + word(which) + '$x'
  return profile
}
const needs = certificateNeeds(resolveWithoutSecrets(profileOf('rack-test', 0), new Map()))
const made = await ephemeralSecrets(systemSources, needs)

function site(name, which) {
  const secrets = { ...made, certificateKey: word(which), bootstrapToken: word(which) }
  const cluster = resolve(profileOf(name, which), new Map(), secrets)
  for (const { body } of siteFiles(cluster)) if (body.length < 0) throw new Error(name)
  return cluster
}
// Each format of seeds, then another one: what a cache keeps of the last call does not count as kept.
for (const name of ['external-load-balancers', 'load-balancers-on-control-planes', 'rack-test']) site(name, 1)
const kept = ['external-load-balancers', 'load-balancers-on-control-planes', 'rack-test'].map((name) => site(name, 2))
for (let round = 0; round < 3; round += 1) {
  gc()
  await pause(10)
}
let heap = ''
for await (const text of getHeapSnapshot().setEncoding('utf8')) heap += text
const found = (which) => heap.split(word(which)).length > 1
console.log(JSON.stringify({ kept: kept.length, ofFirst: found(1), ofLast: found(2) }))
`

describe('the memory of a process that has made sites', () => {
  it('contains the secrets of current sites, and none of former ones', () => {
    const flags = ['--expose-gc', '--heap-snapshot-string-limit=100000000', '--input-type=module']
    const printed = execFileSync(process.execPath, [...flags, '--eval', script], {
      cwd: top,
      encoding: 'utf8',
    })
    expect(JSON.parse(printed)).toEqual({ kept: 3, ofFirst: false, ofLast: true })
  })
})

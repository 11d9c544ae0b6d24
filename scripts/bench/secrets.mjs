// A bundle for 1000 machines with a client certificate each: made, opened and rendered from, beside `openssl genrsa` for as
// many keys on as many cores.
import { spawnSync } from 'node:child_process'
import { availableParallelism } from 'node:os'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { generateX25519Identity, identityToRecipient } from 'age-encryption'

const machines = 1000
// One for each machine; three authorities, the service account and the server.
const keys = machines + 5

export async function secretsBench({ work, hakube, row, seconds, profileOf }) {
  const profile = join(work, 'secrets.yaml')
  writeFileSync(profile, `${profileOf(machines)}etcd: { clients: [load-balancer, control-plane, worker] }\n`)
  const identity = await generateX25519Identity()
  const recipient = await identityToRecipient(identity)
  const keyFile = join(work, 'age-key')
  writeFileSync(keyFile, `${identity}\n`, { mode: 0o600 })

  const init = hakube('secrets', 'init', profile, '--recipient', recipient)
  row(
    `secrets init, ${machines} machines`,
    `${seconds(init.milliseconds)}, ${init.megabytes} MB`,
    'openssl and a tenth',
  )
  const started = performance.now()
  const script = `seq ${keys} | xargs -P${availableParallelism()} -I{} openssl genrsa -out /dev/null 2048`
  const openssl = spawnSync('sh', ['-c', script], { stdio: 'ignore' })
  row(
    `openssl genrsa, ${keys} keys on all cores`,
    openssl.status === 0 ? seconds(performance.now() - started) : 'not run: needs openssl',
  )
  const sync = hakube('secrets', 'sync', profile, '--age-key-file', keyFile)
  row('secrets sync with nothing to do', `${seconds(sync.milliseconds)}, ${sync.megabytes} MB`)
  const render = hakube('render', profile, '--out', join(work, 'site-secrets'), '--age-key-file', keyFile)
  row(
    `render ${machines} machines from the bundle`,
    `${seconds(render.milliseconds)}, ${render.megabytes} MB`,
    'as without one',
  )
}

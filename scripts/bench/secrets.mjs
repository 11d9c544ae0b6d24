// A bundle for 1000 machines with a client certificate each: made, opened and used to render, compared with `openssl genrsa` for the same
// number of keys on the same number of cores.
import { availableParallelism } from 'node:os'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { has, hakube, recipient, row, run, seconds, work } from './measure.mjs'
import { profileOf } from './profile.mjs'

const machines = 1000
// One for each machine; three CAs, the service account and the server.
const keys = machines + 5

const measured = ({ milliseconds, megabytes }) => `${seconds(milliseconds)}, ${megabytes} MB`

export function secretsBench() {
  const profile = join(work, 'secrets.yaml')
  writeFileSync(profile, `${profileOf(machines)}etcd: { clients: [load-balancer, control-plane, worker] }\n`)

  const init = hakube('secrets', 'init', profile, '--recipient', recipient)
  row(`secrets init, ${machines} machines`, measured(init), 'openssl and a tenth')
  if (has('openssl')) {
    const script = `seq ${keys} | xargs -P${availableParallelism()} -I{} openssl genrsa -out /dev/null 2048`
    row(`openssl genrsa, ${keys} keys on all cores`, seconds(run('sh', ['-c', script]).milliseconds))
  } else row(`openssl genrsa, ${keys} keys on all cores`, 'not run: needs openssl')
  row('secrets sync with nothing to do', measured(hakube('secrets', 'sync', profile)))
  const render = hakube('render', profile, '--out', join(work, 'site-secrets'))
  row(`render ${machines} machines with a certificate each`, measured(render), 'as without')
}

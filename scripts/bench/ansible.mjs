// The same six kinds of files for 50 machines by `ansible-playbook` with templates. The templates are made from hakube's output for one
// worker, with the machine's own values as variables, so that both write the same text.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { environment, hakube, profileFile, row, run, seconds, work } from './measure.mjs'

const count = 50
const first = 6 // Machines 1 to 5 are load balancers and control planes.

const kindsOf = (mac) => [
  [`ipxe/${mac}`, 'ipxe'],
  [`pxelinux.cfg/01-${mac}`, 'pxelinux'],
  [`kickstart/${mac}.ks`, 'kickstart'],
  [`seed/${mac}/meta-data`, 'meta-data'],
  [`seed/${mac}/user-data`, 'user-data'],
  [`seed/${mac}/network-config`, 'network-config'],
]

const hex = (value) => value.toString(16).padStart(2, '0')
const macOf = (index) => `52-54-00-00-00-${hex(index)}`

/** Jinja would interpret these; an author of templates would escape them in the same way. */
const escapeJinja = (text) => text.replaceAll(/\{[{%#]/g, (open) => `{{ '${open}' }}`)

/** A machine's own values become variables; lines that other machines have too (/etc/hosts) are unchanged. */
function templateOf(text, other, { name, mac, address }) {
  const shared = new Set(other.split('\n'))
  return text
    .split('\n')
    .map((line) => {
      const escaped = escapeJinja(line)
      if (shared.has(line)) return escaped
      return escaped
        .replaceAll(name, '{{ inventory_hostname }}')
        .replaceAll(mac, '{{ mac }}')
        .replaceAll(mac.replaceAll('-', ':'), '{{ mac | replace("-", ":") }}')
        .replaceAll(address, '{{ address }}')
    })
    .join('\n')
}

export function ansibleBench() {
  const machines = first - 1 + count
  const profile = profileFile(machines)
  const site = join(work, 'site-ansible')
  const ours = hakube('render', profile, '--out', site)

  const lines = readFileSync(profile, 'utf8').split('\n')
  const hosts = Array.from({ length: count }, (_, index) => {
    const name = `machine-${first + index}`
    const line = lines.find((each) => each.includes(`name: ${name},`))
    return { name, mac: macOf(first + index), address: /address: (\S+) }/.exec(line)[1] }
  })
  const templates = join(work, 'templates')
  mkdirSync(templates)
  for (const [index, [file, kind]] of kindsOf(hosts[0].mac).entries()) {
    const [text, other] = [file, kindsOf(hosts[1].mac)[index][0]].map((path) =>
      readFileSync(join(site, path), 'utf8'),
    )
    writeFileSync(join(templates, kind), templateOf(text, other, hosts[0]))
  }

  const inventory = join(work, 'inventory')
  const entries = hosts.map(
    ({ name, mac, address }) => `${name} ansible_connection=local mac=${mac} address=${address}\n`,
  )
  writeFileSync(inventory, entries.join(''))
  const out = join(work, 'ansible-out')
  mkdirSync(out)
  const tasks = kindsOf('').map(([, kind]) => ({
    name: kind,
    'ansible.builtin.template': {
      src: join(templates, kind),
      dest: `${out}/{{ mac }}-${kind}`,
      mode: '0600',
    },
  }))
  const playbook = join(work, 'playbook.json')
  writeFileSync(playbook, JSON.stringify([{ hosts: 'all', gather_facts: false, tasks }]))
  const env = { ...environment, ANSIBLE_HOME: join(work, 'ansible-home'), ANSIBLE_LOCALHOST_WARNING: 'false' }
  const theirs = run('ansible-playbook', ['-i', inventory, '--forks', '10', playbook], { env })
  compare(hosts, site, out)
  row(`render ${machines} machines, all files`, seconds(ours.milliseconds))
  row(`ansible-playbook, 6 kinds of file for ${count} machines`, seconds(theirs.milliseconds))
}

/** Both must have written the same files, except for the instance ID in meta-data, a hash that a template cannot know. */
function compare(hosts, site, out) {
  for (const { mac } of hosts) {
    for (const [file, kind] of kindsOf(mac)) {
      const [ours, theirs] = [join(site, file), join(out, `${mac}-${kind}`)].map((path) =>
        readFileSync(path, 'utf8').replace(/^instance-id: .*$/m, ''),
      )
      if (ours !== theirs) throw new Error(`ansible-playbook wrote another ${kind} for ${mac} than hakube`)
    }
  }
}

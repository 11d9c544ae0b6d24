// The same six kinds of file for 50 machines by `ansible-playbook` with templates. The templates are made from what hakube
// writes for one worker, with the machine's own values as variables, so that both write the same text.
import { mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs'
import { spawnSync } from 'node:child_process'
import { join } from 'node:path'

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

export async function ansibleBench({ work, hakube, row, seconds, profileOf }) {
  const profile = join(work, 'fifty.yaml')
  const site = join(work, 'fifty')
  writeFileSync(profile, profileOf(first + count - 1))
  const ours = hakube('render', profile, '--out', site, '--throw-away-secrets')

  const mac = macOf(first)
  const address = /address: (\S+) }/.exec(
    readFileSync(profile, 'utf8')
      .split('\n')
      .find((line) => line.includes(`machine-${first},`)),
  )[1]
  const templates = join(work, 'templates')
  mkdirSync(templates, { recursive: true })
  for (const [file, kind] of kindsOf(mac)) {
    const text = readFileSync(join(site, file), 'utf8')
    const template = text
      .replaceAll(/\{[{%#]/g, (open) => `{{ '${open}' }}`)
      .replaceAll(`machine-${first}`, '{{ inventory_hostname }}')
      .replaceAll(mac, '{{ mac }}')
      .replaceAll(mac.replaceAll('-', ':'), '{{ mac | replace("-", ":") }}')
      .replaceAll(address, '{{ address }}')
    writeFileSync(join(templates, kind), template)
  }
  const hosts = Array.from({ length: count }, (_, index) => {
    const number = first + index
    return `machine-${number} ansible_connection=local mac=${macOf(number)} address=10.20.0.${105 + number}`
  })
  writeFileSync(join(work, 'inventory'), `${hosts.join('\n')}\n`)
  const out = join(work, 'ansible-out')
  const tasks = kindsOf(mac).map(([, kind]) => ({
    name: kind,
    'ansible.builtin.template': {
      src: join(templates, kind),
      dest: `${out}/{{ mac }}-${kind}`,
      mode: '0600',
    },
  }))
  mkdirSync(out, { recursive: true })
  writeFileSync(join(work, 'playbook.json'), JSON.stringify([{ hosts: 'all', gather_facts: false, tasks }]))
  const started = performance.now()
  const done = spawnSync(
    'ansible-playbook',
    ['-i', join(work, 'inventory'), '--forks', '10', join(work, 'playbook.json')],
    {
      encoding: 'utf8',
      env: { ...process.env, ANSIBLE_HOME: join(work, 'ansible-home'), ANSIBLE_LOCALHOST_WARNING: 'false' },
      maxBuffer: 1 << 26,
    },
  )
  const theirs = performance.now() - started
  const written = readdirSync(out).length
  if (done.status !== 0 || written !== count * 6)
    throw new Error(
      `ansible-playbook ended with ${done.status}, ${written} files\n${done.stdout.slice(-2000)}${done.stderr.slice(-2000)}`,
    )
  row(`render ${first + count - 1} machines, all files`, seconds(ours.milliseconds))
  row(`ansible-playbook, 6 kinds of file for ${count} machines`, seconds(theirs))
}

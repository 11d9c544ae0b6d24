import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { generateIdentity, identityToRecipient } from 'age-encryption'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { stringify } from 'yaml'
import { resolve } from '../../src/cluster/resolve.ts'
import { openBundle, readBundleFile } from '../../src/secrets/vault.ts'
import { hakube } from '../commands/hakube.ts'
import { describeWith } from '../prerequisites.ts'
import type { NamespacedMachine } from '../support/namespaces.ts'
import { until } from '../support/processes.ts'
import { dedicated, etcdProfile } from './etcd-cluster.ts'
import { openEtcdRack, type EtcdRack, type Member } from './etcd-rack.ts'

/*
 * docs/secrets.md, "A CA", step by step and with its commands, on three members that are written to all the time by a
 * control plane: as its API server, and as a client of its own. Each write is a new connection, as of an API server that has
 * just been restarted.
 */

const needs = {
  root: true,
  linux: true,
  programs: ['etcd', 'etcdctl', 'curl', 'openssl', 'setpriv', 'unshare'],
}
/** With keys of machines in the bundle: docs/secrets.md says what machines that make their own do instead. */
const profile = {
  ...etcdProfile({ clients: ['control-plane'] }, dedicated),
  secrets: { delivery: 'inline' as const },
}

const etcdDirectory = '/etc/etcd/pki'
const kubernetesDirectory = '/etc/kubernetes/pki'

/** Certificates that something on the control plane uses etcd with. */
const writers = {
  apiServer: {
    authority: `${kubernetesDirectory}/etcd/ca.crt`,
    pair: `${kubernetesDirectory}/apiserver-etcd-client`,
  },
  client: { authority: `${etcdDirectory}/ca.crt`, pair: `${etcdDirectory}/client` },
}
type Machine = Pick<NamespacedMachine, 'name' | 'ask'>
type Identity = { authority: string; pair: string }

/** What a new file is owned by is a matter of how it is brought: by root, as by rsync or scp. */
const bring = (machine: Machine, path: string, text: string) => {
  const script = 'cat | install -D -m "$1" /dev/stdin "$2"'
  return machine.ask(['bash', '-c', script, '-', path.endsWith('.key') ? '0600' : '0644', path], text)
}
const pairOf = (place: string) => [`${place}.crt`, `${place}.key`]

describeWith(needs, 'the replacement of the CA of etcd', () => {
  let directory = ''
  let rack: EtcdRack
  let members: readonly Member[]
  let controlPlane: EtcdRack['controlPlane']
  /** Keys in etcd that were written, as far as etcd has said so. */
  const written: string[] = []
  let writing: AbortController
  let atWork: Promise<void>[]

  const run = (...words: string[]) => {
    const ended = hakube(words, { directory, environment: { HAKUBE_AGE_KEY_FILE: join(directory, 'key') } })
    expect({ words, ...ended }).toMatchObject({ status: 0 })
  }
  const exportTo = (out: string, machine: string) =>
    run('secrets', 'export', 'profile.yaml', machine, '--out', out)
  const exported = (out: string, path: string) => readFileSync(join(directory, out, path), 'utf8')
  const both = (name: string) =>
    exported('old', `${etcdDirectory}/ca.crt`) + exported(`new-${name}`, `${etcdDirectory}/ca.crt`)

  const bringNew = async (machine: Machine, ...paths: string[]) => {
    for (const path of paths) await bring(machine, path, exported(`new-${machine.name}`, path))
  }

  const etcdctl = ({ authority, pair }: Identity, ...words: string[]) => {
    const endpoints = members.map(({ machine }) => `https://${machine.address}:2379`).join(',')
    const identity = [`--cacert=${authority}`, `--cert=${pair}.crt`, `--key=${pair}.key`]
    return controlPlane.run(['etcdctl', `--endpoints=${endpoints}`, ...identity, ...words])
  }
  const logs = () => members.map((member) => `== ${member.name}\n${member.log().slice(-3000)}`).join('\n')
  /** Key after key until told to stop; one that is refused is tried again, as programs do. */
  const write = async (name: keyof typeof writers, stop: AbortSignal) => {
    for (let count = 0; !stop.aborted;) {
      const key = `${name}/${count}`
      const { stdout } = await etcdctl(writers[name], 'put', key, key)
      if (stdout !== 'OK\n') continue
      written.push(key)
      count += 1
      await sleep(100)
    }
  }
  const allWriteOn = async () => {
    const before = written.length
    const news = () => written.slice(before)
    for (const name of Object.keys(writers))
      await until(
        `${name} writes`,
        120,
        () => (news().some((key) => key.startsWith(`${name}/`)) ? true : null),
        logs,
      )
  }
  const healthy = (member: Member) =>
    until(
      `all are healthy as ${member.name} sees them`,
      120,
      async () => ((await member.etcdctl('endpoint', 'health', '--cluster')).status === 0 ? true : null),
      logs,
    )
  /** `systemctl restart etcd` */
  const restart = async (member: Member) => {
    await member.ask(['pkill', '-TERM', '-x', 'etcd'])
    await until('etcd has ended', 120, async () =>
      (await member.run(['pgrep', '-x', 'etcd'])).status === 1 ? true : null,
    )
    await member.start()
    await healthy(member)
    await allWriteOn()
  }
  /** Another's certificate, in a directory of its own. */
  const identityOf = async (name: string, { certificate, key }: { certificate: string; key: string }) => {
    await bring(controlPlane, `/run/${name}.crt`, certificate)
    await bring(controlPlane, `/run/${name}.key`, key)
    return { authority: writers.apiServer.authority, pair: `/run/${name}` }
  }
  const mayRead = async (identity: Identity) => (await etcdctl(identity, 'get', 'nothing')).status === 0

  beforeAll(async () => {
    directory = mkdtempSync(join(tmpdir(), 'hakube-authority-'))
    const identity = await generateIdentity()
    writeFileSync(join(directory, 'key'), identity)
    writeFileSync(join(directory, 'profile.yaml'), stringify(profile))
    run('secrets', 'init', 'profile.yaml', '--recipient', await identityToRecipient(identity))
    const file = join(directory, 'secrets.age')
    const bytes = await readBundleFile(file)
    const { secrets } = await openBundle(
      bytes!,
      file,
      { file: join(directory, 'key'), from: '' },
      profile.name,
    )
    rack = await openEtcdRack(resolve(profile, new Map(), secrets))
    members = rack.members
    controlPlane = rack.controlPlane
    // What place_authorities of the kubeadm step does.
    await controlPlane.ask([
      'bash',
      '-c',
      `mkdir -p ${kubernetesDirectory} && cp -r /etc/hakube/authorities/. ${kubernetesDirectory}/`,
    ])
    for (const member of members) await member.step('etcd')
    await Promise.all(members.map((member) => member.start()))
    for (const member of members) await healthy(member)
    writing = new AbortController()
    atWork = [write('apiServer', writing.signal), write('client', writing.signal)]
    await allWriteOn()
  })
  afterAll(async () => {
    writing?.abort()
    await Promise.all(atWork ?? [])
    await rack?.close()
    rmSync(directory, { recursive: true, force: true })
  })

  it('exports secrets, and creates a new CA in the bundle (step 1)', () => {
    exportTo('old', members[0]!.name)
    run('secrets', 'rotate', 'profile.yaml', 'authority/etcd')
    for (const { name } of [...members, controlPlane]) exportTo(`new-${name}`, name)
  })

  it('makes all members and clients trust both CAs (step 2)', async () => {
    for (const member of members) {
      await bring(member, `${etcdDirectory}/ca.crt`, both(member.name))
      await restart(member)
    }
    for (const { authority } of Object.values(writers))
      await bring(controlPlane, authority, both(controlPlane.name))
    await allWriteOn()
  })

  it('installs new certificates (step 3)', async () => {
    for (const member of members) {
      await bringNew(member, ...pairOf(`${etcdDirectory}/server`), ...pairOf(`${etcdDirectory}/peer`))
      await member.ask(['bash', '-c', 'chown etcd:etcd /etc/etcd/pki/{server,peer}.key'])
      await restart(member)
    }
    for (const { pair } of Object.values(writers)) await bringNew(controlPlane, ...pairOf(pair))
    await allWriteOn()
  })

  it('leaves only the new CA (step 4)', async () => {
    const old = rack.cluster.secrets.machines[controlPlane.name]!['apiserver-etcd-client']!
    const leaked = await identityOf('leaked', old)
    expect(await mayRead(leaked)).toBe(true)
    for (const member of members) {
      await bringNew(member, `${etcdDirectory}/ca.crt`)
      await restart(member)
    }
    await bringNew(controlPlane, ...Object.values(writers).map(({ authority }) => authority))
    await allWriteOn()
    expect(await mayRead(leaked)).toBe(false)
    expect(await mayRead(writers.apiServer)).toBe(true)
  })

  it('loses no write on any member', async () => {
    writing.abort()
    await Promise.all(atWork)
    for (const member of members) {
      const { stdout } = await member.etcdctl('get', '--consistency=s', '--prefix', '--keys-only', '')
      const there = new Set(stdout.split('\n'))
      expect(written.filter((key) => !there.has(key))).toEqual([])
      expect(await member.check('etcd')).toMatchObject({ status: 0 })
    }
  })
})

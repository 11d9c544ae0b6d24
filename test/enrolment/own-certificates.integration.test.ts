import { X509Certificate } from 'node:crypto'
import { afterEach, expect, it } from 'vitest'
import { alternativeNames, usagesOf } from '../../src/secrets/examine.ts'
import { asUnit, one, serviceLines } from '../components/etcd-rack.ts'
import { describeWith } from '../prerequisites.ts'
import type { NamespacedMachine } from '../support/namespaces.ts'
import { until } from '../support/processes.ts'
import { below, controlPlane, enrol, type Known, needs, openRack, type Rack } from './rack.ts'
import { members, ownProfile as profile, worker } from './own-profile.ts'

/* Machines with etcd and a client of it, which make their keys with the real openssl and fetch certificates from the real server. */

const program = '/usr/sbin/hakube-certificates'
const pki = '/etc/etcd/pki'

/** The part of a step or check with a name that the machine has. */
const script = (directory: string, name: string): string[] => [
  'bash',
  '-c',
  `exec /usr/libexec/hakube/${directory}/[0-9]*-${name} 2>&1`,
]

async function provided(rack: Rack, known: Known): Promise<NamespacedMachine> {
  await rack.arm(known)
  const machine = await rack.seeded(known, undefined, true)
  await machine.ask([enrol])
  return machine
}

const certificateIn = async (machine: NamespacedMachine, name: string) =>
  new X509Certificate(await machine.ask(['cat', `${pki}/${name}.crt`]))

const modes = (machine: NamespacedMachine): Promise<string> =>
  machine.ask(['bash', '-c', `cd ${pki} && stat -c '%a %U %n' *`])

describeWith(
  { ...needs, programs: [...needs.programs, 'etcd', 'etcdctl'] },
  'machines that make keys',
  () => {
    let rack: Rack
    afterEach(() => rack?.close())

    it('run etcd with them, and no such key is anywhere else', async () => {
      rack = await openRack('enrolled', JSON.stringify(profile))
      const bundle = JSON.parse(await rack.hakube('secrets', 'show', 'profile.yaml', '--reveal')) as {
        machines: object
      }
      expect(bundle.machines).toEqual({})
      const machines: NamespacedMachine[] = []
      for (const known of members) {
        const machine = await provided(rack, known)
        expect((await machine.run(script('checks', 'certificates'))).status).toBe(1)
        expect(await machine.ask(script('steps', 'certificates'))).toBe(
          'etcd-server: made a key, and got its certificate\netcd-peer: made a key, and got its certificate\n',
        )
        await machine.ask(script('steps', 'etcd'))
        expect(await modes(machine)).toBe(
          '644 root ca.crt\n644 root peer.crt\n600 etcd peer.key\n644 root server.crt\n600 etcd server.key\n',
        )
        expect(await machine.ask(script('checks', 'certificates'))).toBe('')
        // Nothing to do a second time.
        expect(await machine.ask([program])).toBe('')
        machines.push(machine)
      }
      const [first, second] = machines as [NamespacedMachine, NamespacedMachine]
      const peer = await certificateIn(second, 'peer')
      expect({
        subject: peer.subject,
        ...alternativeNames(peer),
        usages: usagesOf(peer),
        ca: peer.ca,
      }).toEqual({
        subject: `CN=${members[1]!.name}`,
        names: ['localhost', members[1]!.name, `${members[1]!.name}.example.com`, 'etcd-peer'],
        addresses: ['127.0.0.1', '::1', members[1]!.address],
        usages: ['server', 'client'],
        ca: false,
      })
      const running = await Promise.all(
        machines.map(async (machine) => {
          const unit = serviceLines(await machine.ask(['cat', '/etc/systemd/system/etcd.service']))
          return machine.start(asUnit(unit, one(unit, 'ExecStart')))
        }),
      )
      await until(
        'all members are healthy',
        120,
        async () => ((await first.run(script('checks', 'etcd'))).status === 0 ? true : null),
        () => running.map((each) => each.output().slice(-1500)).join('\n==\n'),
      )
      // A client of etcd, with a P-256 key that it made.
      const client = await provided(rack, worker)
      expect(await client.ask([program])).toBe('etcd-client: made a key, and got its certificate\n')
      const ask = (...more: string[]) =>
        client.run([
          'curl',
          '--silent',
          '--show-error',
          '--fail',
          '--max-time',
          '10',
          '--cacert',
          `${pki}/ca.crt`,
          ...more,
          `https://${members[0]!.address}:2379/health`,
        ])
      const own = ['--cert', `${pki}/client.crt`, '--key', `${pki}/client.key`]
      expect((await ask(...own)).stdout).toContain('"health":"true"')
      expect((await ask()).status).not.toBe(0)
      expect((await client.ask(['head', '-n', '1', `${pki}/client.key`])).trim()).toBe(
        '-----BEGIN EC PRIVATE KEY-----',
      )
      // It renews them while etcd runs, for the same keys.
      const before = await certificateIn(first, 'server')
      expect(await first.ask([program, '--renew'])).toBe(
        'etcd-server: got a new certificate\netcd-peer: got a new certificate\n',
      )
      const after = await certificateIn(first, 'server')
      expect([after.serialNumber === before.serialNumber, after.publicKey.equals(before.publicKey)]).toEqual([
        false,
        true,
      ])
      expect(await ask(...own)).toMatchObject({ status: 0 })
      // Another key raises an alarm, and etcd goes on with it.
      expect(await first.ask([program, '--new-keys', 'etcd-server'])).toBe(
        'etcd-server: made a key, and got its certificate\n',
      )
      expect(rack.log()).toContain(
        `ALARM: ${members[0]!.name} made another key for its certificate etcd-server: before `,
      )
      expect(await first.ask(script('checks', 'etcd'))).toContain('healthy')
      expect((await ask(...own)).status).toBe(0)
      expect(await modes(first)).toContain('600 etcd server.key\n')
      // No line of their keys is in what the server has, says and sends.
      const keys = await Promise.all(
        [...machines, client].map((each) => each.ask(['bash', '-c', `cat ${pki}/*.key`])),
      )
      const lines = keys
        .flatMap((text) => text.split('\n'))
        .filter((line) => line.length >= 16 && !line.startsWith('-----'))
      expect(lines.length).toBeGreaterThan(60)
      const journal = await rack.serving.ask(['cat', '/var/lib/rack/state/journal'])
      expect(journal.match(/"type":"certified"/g)).toHaveLength(8)
      await rack.hakube('files', 'profile.yaml', members[0]!.name, '--out', 'out')
      const places = {
        bundle: await rack.hakube('secrets', 'show', 'profile.yaml', '--reveal'),
        wire: (await rack.captured()).toString('latin1'),
        log: rack.log(),
        journal,
        files: await rack.serving.ask([
          'bash',
          '-c',
          'cd /var/lib/rack/out && find . -type f -exec cat {} +',
        ]),
      }
      for (const [place, text] of Object.entries(places))
        expect({ place, found: lines.filter((line) => text.includes(line)) }).toEqual({ place, found: [] })
    })

    it('refuse what is wrong on them, and the server refuses what is not theirs', async () => {
      rack = await openRack('enrolled', JSON.stringify(profile))
      const client = await provided(rack, worker)
      await client.ask([program])
      const check = async (): Promise<string> => (await client.run([program, '--check'])).stdout
      // A key of somebody else, a wrong mode, a certificate of another CA or with another name.
      await client.ask(['cp', '-p', `${pki}/client.key`, '/var/client.key'])
      await client.ask([
        'bash',
        '-c',
        `openssl ecparam -name prime256v1 -genkey -noout -out ${pki}/client.key`,
      ])
      expect(await check()).toBe(
        `etcd-client: ${pki}/client.crt belongs to another key than ${pki}/client.key\n`,
      )
      await client.ask(['cp', '-p', '/var/client.key', `${pki}/client.key`])
      await client.ask(['chmod', '0644', `${pki}/client.key`])
      expect(await check()).toBe(`etcd-client: ${pki}/client.key has mode 644, not 600\n`)
      await client.ask(['chmod', '0600', `${pki}/client.key`])
      expect(await check()).toBe('')
      const self = `openssl req -x509 -new -key ${pki}/client.key -subj /CN=${worker.name} -days 3 -out ${pki}/client.crt`
      await client.ask(['bash', '-c', self])
      expect(await check()).toContain(`etcd-client: ${pki}/client.crt is not from the CA in ${pki}/ca.crt`)
      expect(await client.ask([program])).toBe('etcd-client: got a new certificate\n')
      await client.ask(['sed', '-i', `s/${worker.name}/other/`, '/etc/hakube/certificates'])
      expect(await check()).toBe(
        `etcd-client: ${pki}/client.crt is for CN=${worker.name}, not for CN=other\n`,
      )
      const refused = await client.run([program])
      expect(refused.status).toBe(1)
      expect(refused.stdout).toContain(
        'the server sent a certificate that does not fit the files of this machine; do both have the same profile?',
      )
      await client.ask(['sed', '-i', `s/other/${worker.name}/`, '/etc/hakube/certificates'])
      expect(await check()).toBe('')
      // The request asks for more than the profile says, by the real openssl.
      await client.put(
        '/var/greedy.cnf',
        '[req]\ndistinguished_name=name\nreq_extensions=more\n[name]\n[more]\nbasicConstraints=critical,CA:TRUE\nsubjectAltName=DNS:etcd-peer,IP:10.10.10.99\n',
      )
      const post = async (key: string, path: string, as = '/etc/hakube/machine'): Promise<string> => {
        await client.ask([
          'openssl',
          'req',
          '-new',
          '-sha256',
          '-config',
          '/var/greedy.cnf',
          '-subj',
          `/O=system:masters/CN=${members[0]!.name}`,
          '-key',
          key,
          '-out',
          '/var/greedy.csr',
        ])
        const authority = ['--cacert', '/etc/hakube/server-ca.crt']
        const by = as === '' ? [] : ['--cert', `${as}.crt`, '--key', `${as}.key`]
        const sent = ['--data-binary', '@/var/greedy.csr', '-o', '/var/answer', '-w', '%{http_code}']
        return (await client.run(['curl', '-s', ...authority, ...by, ...sent, path])).stdout
      }
      expect(await post(`${pki}/client.key`, `${below(worker)}/certificates/etcd-client`)).toBe('200')
      const greedy = new X509Certificate(await client.ask(['cat', '/var/answer']))
      expect([greedy.subject, greedy.subjectAltName, greedy.ca]).toEqual([
        `CN=${worker.name}`,
        undefined,
        false,
      ])
      expect(await post(`${pki}/client.key`, `${below(members[0]!)}/certificates/etcd-peer`)).toBe('403')
      expect(await post(`${pki}/client.key`, `${below(worker)}/certificates/etcd-peer`)).toBe('404')
      expect(await post(`${pki}/client.key`, `${below(worker)}/certificates/etcd-client`, '')).toBe('401')
      // It gets its own certificate again for its key: when it is lost, and when it is from a CA that the server does not have.
      await client.ask(['rm', '/etc/hakube/machine.crt'])
      expect(await client.ask([program, '--renew'])).toBe('etcd-client: got a new certificate\n')
      const foreign =
        'openssl req -x509 -new -key /etc/hakube/machine.key -subj /CN=x -days 3 -out /etc/hakube/machine.crt'
      await client.ask(['bash', '-c', foreign])
      expect(await client.ask([program, '--renew'])).toBe('etcd-client: got a new certificate\n')
      // The copy that kubeadm's step makes for the API server follows the pair.
      const plane = await provided(rack, controlPlane)
      await plane.ask([program])
      const authorities = '/etc/hakube/authorities'
      const copied = `mkdir -p /etc/kubernetes/pki && cp -r --preserve=mode ${authorities}/. /etc/kubernetes/pki/`
      await plane.ask(['bash', '-c', copied])
      const name = 'apiserver-etcd-client'
      await plane.ask([program, '--new-keys', name])
      await plane.ask(['cmp', `${authorities}/${name}.crt`, `/etc/kubernetes/pki/${name}.crt`])
      await plane.ask(['cmp', `${authorities}/${name}.key`, `/etc/kubernetes/pki/${name}.key`])
      expect(await plane.ask(['bash', '-c', `stat -c '%a %n' /etc/kubernetes/pki/${name}.*`])).toBe(
        `644 /etc/kubernetes/pki/${name}.crt\n600 /etc/kubernetes/pki/${name}.key\n`,
      )
      // Without the server the machine keeps what it has, and says why it gets nothing new.
      await client.ask(['sed', '-i', 's/:8443/:8444/', '/etc/hakube/enrolment'])
      const alone = await client.run([program, '--renew'])
      expect([alone.status, alone.stdout.split(':').slice(0, 2)]).toEqual([1, ['etcd-client', ' https']])
      expect(await check()).toBe('')
      expect((await client.run([program, '--new-keys', 'etcd-peer'])).status).toBe(2)
    })
  },
)

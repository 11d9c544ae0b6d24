import { afterAll, beforeAll, expect, it } from 'vitest'
import { snapshotDirectory } from '../../src/components/etcd/upkeep.ts'
import type { KeyPair } from '../../src/secrets/secrets.ts'
import { describeWith } from '../prerequisites.ts'
import { until } from '../support/processes.ts'
import { dedicated, etcdProfile } from './etcd-cluster.ts'
import { openEtcdRack, realCluster, type EtcdRack, type Member } from './etcd-rack.ts'

/*
 * The rendered files and the unit's own lines on three machines with their own network, as the unit's user. The tests go on
 * where the one before has ended.
 */

const needs = { root: true, linux: true, programs: ['etcd', 'etcdctl', 'curl', 'setpriv', 'unshare'] }
const profile = etcdProfile({}, dedicated)

const authorities = '/etc/hakube/authorities'

const withoutIds = (text: string): string => text.replaceAll(/\b[0-9a-f]{13,16}\b/g, 'ID')

/** etcd sorts its members by ID. */
const sortedList = (list: string): string => list.split(',').toSorted().join(',')

const kill = (...some: Member[]) => Promise.all(some.map((member) => member.kill()))
const wipe = (member: Member) => member.ask(['rm', '-rf', '/var/lib/etcd/member'])
/** From what the member itself has, whether the others agree or not. */
const own = async (member: Member, key: string) =>
  (await member.etcdctl('get', '--consistency=s', '--print-value-only', key)).stdout.trim()
/** IDs by name. */
const memberIds = async (member: Member) => {
  const { stdout } = await member.etcdctl('member', 'list')
  return new Map([...stdout.matchAll(/^(\w+), \w+, ([\w-]+), /gm)].map(([, id, name]) => [name, id]))
}

const firstStart = 'no other member is in a cluster yet: starting a new cluster\n'

describeWith(needs, 'three members of etcd', () => {
  let rack: EtcdRack
  let members: EtcdRack['members']

  beforeAll(async () => {
    rack = await openEtcdRack(await realCluster(profile))
    members = rack.members
  })
  afterAll(async () => rack?.close())

  const logs = () => members.map((member) => `== ${member.name}\n${member.log().slice(-3000)}`).join('\n')
  const becomes = (what: string, ask: () => Promise<boolean>) =>
    until(what, 120, async () => ((await ask()) ? true : null), logs)
  const healthy = (...some: Member[]) =>
    Promise.all(
      some.map((member) =>
        becomes(`${member.name} is healthy`, async () => (await member.step('etcd-health')).status === 0),
      ),
    )
  /** Again where the others are still choosing a new leader. */
  const write = (member: Member, key: string, value: string) =>
    becomes(`${key} is written`, async () => (await member.etcdctl('put', key, value)).stdout === 'OK\n')
  const catchesUp = (member: Member, key: string, value: string) =>
    becomes(`${member.name} has ${key}`, async () => (await own(member, key)) === value)
  it('gets its directory and its keys', async () => {
    for (const member of members) expect(await member.step('etcd')).toMatchObject({ status: 0, stdout: '' })
  })

  it('is awaited by kubeadm init', async () => {
    const { status, stdout } = await rack.controlPlane.step('kubeadm')
    expect([status, stdout.split('\n').at(-2)]).toEqual([1, 'no member is healthy yet'])
  })

  it('starts as a new cluster when all machines are switched on at once', async () => {
    const outputs = await Promise.all(members.map((member) => member.start()))
    // Who is a little later sees others that are as new as itself.
    expect(outputs.map((tries) => [tries.length, tries.at(-1)])).toEqual(members.map(() => [1, firstStart]))
    await healthy(...members)
    for (const member of members) expect(await member.check('etcd')).toMatchObject({ status: 0 })
    const [one] = members
    const list = [
      await one.ask([
        'bash',
        '-c',
        'cd /etc/etcd/pki; stat -c "%a %U %n" *; stat -c "%a %U %n" /var/lib/etcd',
      ]),
      await one.ask(['bash', '-c', 'ps -o user= -C etcd']),
      await one.ask(['bash', '-c', "curl -s http://127.0.0.1:2381/metrics | grep '^etcd_server_has_leader'"]),
    ]
    expect(list.join('')).toMatchInlineSnapshot(`
      "644 root ca.crt
      644 root peer.crt
      600 etcd peer.key
      644 root server.crt
      600 etcd server.key
      700 etcd /var/lib/etcd
      etcd
      etcd_server_has_leader 1
      "
    `)
  })

  it('accepts the certificates of API servers, and no client without a certificate of its CA', async () => {
    const [one] = members
    const { controlPlane, cluster } = rack
    const other = await realCluster(profile)
    const name = cluster.controlPlanes[0]!.name
    const strange = other.secrets.machines[name]!['apiserver-etcd-client']!
    const health = async (pair: readonly string[]) => {
      const { status, stdout, stderr } = await controlPlane.run([
        'curl',
        '--silent',
        '--show-error',
        // Later versions tell who has been refused only when the connection is made already.
        '--tls-max',
        '1.2',
        '--max-time',
        '5',
        '--cacert',
        `${authorities}/etcd/ca.crt`,
        ...pair,
        `https://${one.machine.address}:2379/health`,
      ])
      return [status, stdout, /alert [a-z ]+/.exec(stderr)?.[0] ?? stderr]
    }
    await controlPlane.put('/run/strange.crt', strange.certificate)
    await controlPlane.put('/run/strange.key', strange.key, '0600')
    expect([
      await health([
        '--cert',
        `${authorities}/apiserver-etcd-client.crt`,
        '--key',
        `${authorities}/apiserver-etcd-client.key`,
      ]),
      await health(['--cert', '/run/strange.crt', '--key', '/run/strange.key']),
      await health([]),
    ]).toMatchInlineSnapshot(`
      [
        [
          0,
          "{"health":"true"}",
          "",
        ],
        [
          35,
          "",
          "alert bad certificate",
        ],
        [
          35,
          "",
          "alert bad certificate",
        ],
      ]
    `)
  })

  it('rejects a peer whose certificate is only for clients', async () => {
    const [one, two, three] = members
    const certificate = '/etc/etcd/pki/peer.crt'
    const key = '/etc/etcd/pki/peer.key'
    const before = { certificate: await three.ask(['cat', certificate]), key: await three.ask(['cat', key]) }
    const clients =
      rack.cluster.secrets.machines[rack.cluster.controlPlanes[0]!.name]!['apiserver-etcd-client']!
    const place = async (pair: KeyPair) => {
      await three.ask(['bash', '-c', 'cat >"$1"', '-', certificate], pair.certificate)
      await three.ask(['bash', '-c', 'cat >"$1"', '-', key], pair.key)
    }
    await kill(three)
    await place(clients)
    expect((await three.prepare()).status).toBe(0)
    three.launch()
    const refusal = `rejected connection from "${three.machine.address}:`
    await becomes('it is refused', async () => one.log().includes(refusal) && two.log().includes(refusal))
    const metrics = ['curl', '--silent', 'http://127.0.0.1:2381/metrics']
    await becomes('it runs', async () => (await three.run(metrics)).status === 0)
    expect(/^etcd_server_has_leader .*/m.exec(await three.ask(metrics))?.[0]).toBe('etcd_server_has_leader 0')
    await kill(three)
    await place(before)
    await three.start()
    await healthy(one, two, three)
  })

  it('keeps working without one member, which catches up when it returns', async () => {
    const [one, two, three] = members
    await write(one, 'colour', 'blue')
    await kill(two)
    await write(three, 'colour', 'green')
    const defragment = ['bash', '-c', '/usr/libexec/hakube/etcd-defragment --now 2>&1']
    expect((await one.run(defragment)).status).toBe(1)
    expect(await two.start()).toEqual([''])
    await catchesUp(two, 'colour', 'green')
    await healthy(two)
    expect(await one.run(defragment)).toMatchObject({ status: 0 })
    const idle = await one.ask(['/usr/libexec/hakube/etcd-defragment'])
    expect(idle.replaceAll(/\d+/g, 'N')).toContain('N of N bytes are in use: nothing to gain')
  })

  it('replaces a member that has lost its data', async () => {
    const [one, two] = members
    const before = await memberIds(one)
    await kill(two)
    await wipe(two)
    await write(one, 'colour', 'red')
    const outputs = await two.start()
    expect(withoutIds(outputs.join('')).replace(/(?<=joining the cluster ).*/, sortedList))
      .toMatchInlineSnapshot(`
      "this member has lost its data: removing its old entry (ID)
      Member ID removed from cluster ID
      adding this member to the cluster
      joining the cluster k8s-node-01=https://10.0.3.21:2380,k8s-node-02=https://10.0.3.22:2380,k8s-node-03=https://10.0.3.23:2380
      "
    `)
    await catchesUp(two, 'colour', 'red')
    await healthy(...members)
    expect(await two.check('etcd')).toMatchObject({ status: 0 })
    const after = await memberIds(one)
    expect(new Set(after.keys())).toEqual(new Set(members.map(({ name }) => name)))
    expect([...after].filter(([name, id]) => before.get(name) !== id).map(([name]) => name)).toEqual([
      two.name,
    ])
  })

  it('joins at once if the power failed between the two steps', async () => {
    const [one, two] = members
    await kill(two)
    await wipe(two)
    await becomes('the member is replaced', async () => (await two.prepare()).status === 0)
    const before = await memberIds(one)
    expect((await two.prepare()).stdout.split('\n')).toEqual([
      expect.stringMatching(/^joining the cluster /),
      '',
    ])
    two.launch()
    await healthy(two)
    expect((await memberIds(one)).size).toBe(before.size + 1)
  })

  it('keeps the newest seven snapshots', async () => {
    const [one] = members
    await one.ask(['mkdir', '-p', snapshotDirectory])
    const old = Array.from({ length: 8 }, (_, day) => `${snapshotDirectory}/k8s-2026010${day + 1}T010000Z.db`)
    await one.ask([
      'touch',
      ...old,
      `${snapshotDirectory}/k8s-20260109T010000Z.db.new.part`,
      `${snapshotDirectory}/mine.db`,
    ])
    await write(one, 'colour', 'kept')
    await one.ask(['/usr/libexec/hakube/etcd-snapshot'])
    const left = await one.ask(['bash', '-c', `cd ${snapshotDirectory}; stat -c '%a %n' *`])
    expect(left.replace(/\d{8}T\d{6}Z(?=.db\n\d+ mine)/, 'NEWEST')).toMatchInlineSnapshot(`
      "644 k8s-20260103T010000Z.db
      644 k8s-20260104T010000Z.db
      644 k8s-20260105T010000Z.db
      644 k8s-20260106T010000Z.db
      644 k8s-20260107T010000Z.db
      644 k8s-20260108T010000Z.db
      600 k8s-NEWEST.db
      644 mine.db
      "
    `)
    await write(one, 'colour', 'forgotten')
  })

  it('never creates a second cluster of members that have lost their data, and is restored from a snapshot', async () => {
    const [one, two, three] = members
    await kill(two, three)
    await wipe(two)
    await wipe(three)
    const refused = await two.prepare()
    expect([refused.status, withoutIds(refused.stdout)]).toMatchInlineSnapshot(`
      [
        1,
        "this member has lost its data: removing its old entry (ID)
      a cluster exists (https://10.0.3.21:2379), but its members cannot be changed now: that requires a majority.
      If the majority has lost its data, restore a snapshot: see docs/etcd.md of hakube.
      ",
      ]
    `)
    await kill(one)
    // It has its data, and nobody to agree with.
    expect((await one.prepare()).status).toBe(0)
    one.launch()
    await until('the first member listens', 120, async () => {
      const { status } = await one.run(['bash', '-c', 'exec 3<>/dev/tcp/10.0.3.21/2380'])
      return status === 0 ? true : null
    })
    expect((await two.prepare()).status).toBe(1)

    const newest = (await one.ask(['bash', '-c', `ls ${snapshotDirectory}/k8s-*.db | tail -1`])).trim()
    const running = await one.run(['/usr/sbin/hakube-etcd-restore', newest])
    expect(running).toMatchObject({ status: 1, stderr: 'etcd is running: systemctl stop etcd\n' })
    await kill(one)
    const snapshot = await one.ask(['base64', newest])
    for (const member of [two, three])
      await member.ask(['bash', '-c', 'base64 --decode >/run/snapshot.db'], snapshot)
    await one.ask(['cp', newest, '/run/snapshot.db'])
    for (const member of members) await member.ask(['/usr/sbin/hakube-etcd-restore', '/run/snapshot.db'])
    expect(await Promise.all(members.map((member) => member.start()))).toEqual([[''], [''], ['']])
    await healthy(...members)
    for (const member of members) {
      expect(await own(member, 'colour')).toBe('kept')
      expect(await member.check('etcd')).toMatchObject({ status: 0 })
    }
    expect(
      await one.ask([
        'bash',
        '-c',
        'stat -c "%a %U" /var/lib/etcd/member; ls -d /var/lib/etcd/*before* | wc -l',
      ]),
    ).toBe('700 etcd\n1\n')
  })

  it('stops kubeadm init while it contains an older cluster', async () => {
    await write(members[0], '/registry/namespaces/default', 'something')
    const { status, stdout } = await rack.controlPlane.step('kubeadm')
    expect([status, stdout.split('\n').slice(-3)]).toMatchInlineSnapshot(`
      [
        1,
        [
          "etcd contains the objects of an older cluster, and none of its API servers responds. Stopping: init would bring them back.",
          "If they are no longer needed, run on a member of etcd: hakube-etcdctl del /registry/ --prefix",
          "",
        ],
      ]
    `)
  })

  it('admits a machine that is switched on for the first time when the others already run', async () => {
    const [one, two, three] = members
    await kill(...members)
    for (const member of members) await wipe(member)
    await Promise.all([one.start(), two.start()])
    await healthy(one, two)
    const outputs = await three.start()
    expect(outputs.at(-1)).toMatch(/^joining the cluster /)
    await healthy(three)
    expect(await three.check('etcd')).toMatchObject({ status: 0 })
  })

  it('does not start if something that is not a member responds', async () => {
    const [one, , three] = members
    await kill(...members)
    await wipe(one)
    const serves = ['openssl', 's_server', '-accept', '2380', '-www', '-quiet']
    const child = three.run([...serves, '-cert', '/etc/etcd/pki/peer.crt', '-key', '/etc/etcd/pki/peer.key'])
    await becomes('it answers', async () => (await one.prepare()).status === 1)
    expect((await one.prepare()).stdout).toMatchInlineSnapshot(`
      "https://10.0.3.23:2380 does not report its members
      "
    `)
    await three.run(['pkill', '-x', 'openssl'])
    await child
  })
})

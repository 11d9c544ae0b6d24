import { afterAll, beforeAll, expect, it } from 'vitest'
import { describeWith } from '../prerequisites.ts'
import { until } from '../support/processes.ts'
import { dedicated, etcdProfile } from './etcd-cluster.ts'
import { openEtcdRack, realCluster, type EtcdRack } from './etcd-rack.ts'
import { asset } from './runtime-cluster.ts'

const needs = { root: true, linux: true, programs: ['etcd', 'etcdctl', 'curl', 'setpriv', 'unshare'] }
const profile = etcdProfile({}, (changed) => {
  dedicated(changed)
  changed.networkPlugin = { name: 'flannel-service', archive: asset('flannel.tar.gz') }
})

describeWith(needs, 'the network of flannel in a real etcd', () => {
  let rack: EtcdRack
  beforeAll(async () => {
    rack = await openEtcdRack(await realCluster(profile))
  })
  afterAll(async () => rack?.close())

  const step = async (): Promise<string> => {
    const { status, stdout } = await rack.controlPlane.step('flannel-network')
    return `${stdout.replaceAll(/^curl: .*\n/gm, '')}status ${String(status)}`
  }
  /** As flanneld does: with the addresses and the certificate of its own variables. */
  const etcdctl = (...words: string[]) =>
    rack.controlPlane.ask([
      'bash',
      '-c',
      `. /etc/flanneld/options.env
exec etcdctl --endpoints="$FLANNELD_ETCD_ENDPOINTS" --cacert="$FLANNELD_ETCD_CAFILE" --cert="$FLANNELD_ETCD_CERTFILE" --key="$FLANNELD_ETCD_KEYFILE" "$@"`,
      '-',
      ...words,
    ])

  it('waits for etcd', async () => {
    expect(await step()).toBe('waiting for etcd\nstatus 1')
  })

  it('is written once, with the certificate of the machine', async () => {
    await Promise.all(
      rack.members.map(async (member) => {
        await member.step('etcd')
        await member.start()
      }),
    )
    const said = await until('the network is written', 120, async () => {
      const answer = await step()
      return answer.endsWith('status 0') ? answer : null
    })
    expect(said).toBe('wrote the pod network\nstatus 0')
    expect(await etcdctl('get', '/coreos.com/network/', '--prefix')).toBe(
      '/coreos.com/network/config\n{"Network":"10.244.0.0/16","SubnetLen":24,"Backend":{"Type":"vxlan"}}\n',
    )
    expect(await step()).toBe('the pod network already exists\nstatus 0')
  })

  it('is not changed while pods have addresses of it', async () => {
    await etcdctl('put', '/coreos.com/network/config', '{"Network":"10.99.0.0/16"}')
    expect(await step()).toBe(
      "flannel's pod network in etcd differs from the profile's 10.244.0.0/16\nIt cannot change while pods have addresses in it. If there are none, delete /coreos.com/network/ with hakube-etcdctl.\nstatus 1",
    )
    expect(await etcdctl('get', '--print-value-only', '/coreos.com/network/config')).toBe(
      '{"Network":"10.99.0.0/16"}\n',
    )
  })
})

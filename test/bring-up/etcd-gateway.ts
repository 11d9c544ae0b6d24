import type { EtcdCluster, Member, World } from './model.ts'
import { hasMajority, isUp, voters } from './world.ts'

/*
 * The members of etcd over HTTP: https://etcd.io/docs/latest/dev-guide/api_grpc_gateway/. A member tells what it knows without
 * asking the others; to change the membership takes a majority, and must leave one (`--strict-reconfig-check`).
 */

const address = (world: World, member: Member): string =>
  world.machines.find(({ name }) => name === member.peer)?.address ?? 'nowhere'

const refuse = (error: string) => ({ status: 400, body: `{"error":"etcdserver: ${error}"}` })

/** @param asked the member that answers */
export function etcdGateway(
  world: World,
  cluster: EtcdCluster,
  asked: Member,
  path: string,
  words: readonly string[],
): { status: number; body: string } {
  const data = JSON.parse(words[words.indexOf('--data') + 1] ?? '{}') as { ID?: string }
  if (!cluster.members.includes(asked)) return { status: 503, body: '{"error":"etcdserver: server stopped"}' }
  if (path === '/health') return { status: 200, body: `{"health":"${hasMajority(world, cluster)}"}` }
  if (path === '/v3/cluster/member/list') {
    const members = cluster.members.map((member) => ({
      ID: String(member.id),
      ...(member.started ? { name: member.peer } : {}),
      peerURLs: [`https://${address(world, member)}:2380`],
      ...(member.started ? { clientURLs: [`https://${address(world, member)}:2379`] } : {}),
      ...(member.learner ? { isLearner: true } : {}),
    }))
    return { status: 200, body: JSON.stringify({ header: { cluster_id: String(cluster.id) }, members }) }
  }
  const member = cluster.members.find(({ id }) => String(id) === data.ID)
  if (!hasMajority(world, cluster)) return refuse('request timed out')
  if (!member) return refuse('member not found')
  if (path === '/v3/cluster/member/remove') {
    const rest = voters(cluster).filter((each) => each !== member)
    const up = rest.filter((each) => isUp(world, each))
    if (2 * up.length <= rest.length)
      return refuse('re-configuration failed due to not enough started members')
    cluster.members = cluster.members.filter((each) => each !== member)
    return { status: 200, body: '{}' }
  }
  if (path === '/v3/cluster/member/promote') {
    if (!member.learner || !isUp(world, member))
      return refuse('can only promote a learner member which is in sync with leader')
    member.learner = false
    return { status: 200, body: '{}' }
  }
  return { status: 404, body: '{}' }
}

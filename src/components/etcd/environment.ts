import { etcdPeerName } from '../../cluster/certificate-needs.ts'
import type { Cluster, Machine } from '../../cluster/cluster.ts'
import { versionOfArchive } from '../../profile/etcd-release.ts'
import { compareVersions } from '../../text/versions.ts'
import { oneLine } from '../../assembly/lines.ts'
import { clientAddress, clientPort, dataDirectory, metricsPort, peerAddress, pkiDirectory } from './places.ts'

/** The version of etcd that a member runs, if the profile or the distribution determines it; otherwise null. */
function versionOf({ etcd }: Cluster, { system: { distribution } }: Machine): string | null {
  if (etcd.version !== null) return etcd.version
  if (etcd.archive === null) return distribution.etcdVersion
  return versionOfArchive(etcd.archive.path)
}

/**
 * Until 3.5 etcd's default keeps ten times as many entries in memory as kubeadm sets. From 3.6 on the default is the same 10,000
 * (etcd-io/etcd#15408), and 3.6 warns at each start that the setting is deprecated (etcd-io/etcd#18995).
 */
const hasSmallSnapshots = (cluster: Cluster, machine: Machine): boolean =>
  compareVersions(versionOf(cluster, machine) ?? '3.4', '3.6') >= 0

/**
 * etcd's settings as environment variables. Every flag has one, and all releases from 3.4 to 3.6 support these
 * (https://etcd.io/docs/v3.4/op-guide/configuration/, https://etcd.io/docs/v3.6/op-guide/configuration/). hakube does not use etcd's YAML
 * file: with one, etcd ignores all variables, so etcd-prepare could not set how a member starts.
 */
export function memberVariables(cluster: Cluster, machine: Machine): Record<string, string> {
  const address = clientAddress(machine)
  return {
    ETCD_NAME: machine.name,
    ETCD_DATA_DIR: dataDirectory,
    ETCD_LISTEN_CLIENT_URLS: `${address},https://127.0.0.1:${clientPort}`,
    ETCD_ADVERTISE_CLIENT_URLS: address,
    ETCD_LISTEN_PEER_URLS: peerAddress(machine),
    ETCD_LISTEN_METRICS_URLS: `http://127.0.0.1:${metricsPort}`,
    ETCD_INITIAL_ADVERTISE_PEER_URLS: peerAddress(machine),
    ETCD_INITIAL_CLUSTER: cluster.etcd.members
      .map((member) => `${member.name}=${peerAddress(member)}`)
      .join(','),
    ETCD_INITIAL_CLUSTER_STATE: 'new',
    // Prevents members of different clusters from joining each other.
    ETCD_INITIAL_CLUSTER_TOKEN: cluster.name,
    ETCD_STRICT_RECONFIG_CHECK: 'true',
    ETCD_CERT_FILE: `${pkiDirectory}/server.crt`,
    ETCD_KEY_FILE: `${pkiDirectory}/server.key`,
    ETCD_TRUSTED_CA_FILE: `${pkiDirectory}/ca.crt`,
    ETCD_CLIENT_CERT_AUTH: 'true',
    ETCD_PEER_CERT_FILE: `${pkiDirectory}/peer.crt`,
    ETCD_PEER_KEY_FILE: `${pkiDirectory}/peer.key`,
    ETCD_PEER_TRUSTED_CA_FILE: `${pkiDirectory}/ca.crt`,
    ETCD_PEER_CLIENT_CERT_AUTH: 'true',
    ETCD_PEER_CERT_ALLOWED_HOSTNAME: etcdPeerName,
    // The API server compacts its own keys every five minutes; this is for the keys of other clients.
    ETCD_AUTO_COMPACTION_MODE: 'periodic',
    ETCD_AUTO_COMPACTION_RETENTION: '8h',
    // 8 GiB, the recommended maximum; the default of 2 GiB fills up (https://etcd.io/docs/v3.5/dev-guide/limit/).
    ETCD_QUOTA_BACKEND_BYTES: String(8 * 2 ** 30),
    ...(hasSmallSnapshots(cluster, machine) ? {} : { ETCD_SNAPSHOT_COUNT: '10000' }),
    ...Object.fromEntries(cluster.etcd.arguments.map(({ name, value }) => [variableOf(name), value])),
  }
}

/** SetFlagsFromEnv of etcd's pkg/flags/flag.go. */
const variableOf = (argument: string): string => `ETCD_${argument.toUpperCase().replaceAll('-', '_')}`

/**
 * A file for EnvironmentFile= (systemd.exec(5)) that a shell reads in the same way.
 *
 * @throws for a character that systemd or a shell would not read literally
 */
export function environmentText(variables: Readonly<Record<string, string>>): string {
  const lines = Object.entries(variables).map(([name, value]) => {
    if (/["\\$`]/.test(value))
      throw new TypeError(`an environment file cannot contain ${JSON.stringify(value)}`)
    return `${name}="${oneLine(value)}"\n`
  })
  return lines.join('')
}

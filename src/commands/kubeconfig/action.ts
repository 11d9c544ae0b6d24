import { base64 } from '../../text/base64.ts'
import { refusal } from '../../diagnostics/refusal.ts'
import { X509Certificate } from 'node:crypto'
import type { Cluster } from '../../cluster/cluster.ts'
import { certificateNames } from '../../components/kubeadm/from-cluster.ts'
import { hostAndPort } from '../../text/host-and-port.ts'
import { compareVersions } from '../../text/versions.ts'
import { parseAddress } from '../../network/addresses.ts'
import { type Administrator, certifyAdministrator } from '../../secrets/administrator.ts'
import type { KeyPair } from '../../secrets/secrets.ts'
import { systemSources } from '../../secrets/sources.ts'
import { toYaml } from '../../templates/yaml.ts'
import { type Command, exit, type Options } from '../context.ts'
import { writeKubeconfig } from './file.ts'
import { readBundle, withProfile } from '../secrets/bundle.ts'

type Bare = Omit<Cluster, 'secrets'>

/** `hakube kubeconfig PROFILE` */
export const action: Command = (context) => {
  const { options, stdout, stderr } = context
  const wrong = wrongOption(options)
  if (wrong !== null) {
    stderr.write(`hakube: ${wrong}\nSee hakube kubeconfig --help.\n`)
    return Promise.resolve(exit.usage)
  }
  return withProfile(context, async (resolved) => {
    const { cluster, wanted, file } = resolved
    const given = options.text('server')
    const server = given === null ? cluster.apiEndpoint : parseServer(given, cluster.apiEndpoint.port)
    if (!server) throw new Error(`--server ${given}`)
    const { secrets } = await readBundle(context, resolved)
    const authority = secrets.authorities.kubernetes
    if (new Date(new X509Certificate(authority.certificate).validTo) <= systemSources.now())
      throw refusal('secrets/authority', `${file}: authority/kubernetes has expired`, {
        hint: 'replace it with hakube secrets rotate; docs/secrets.md describes what that requires on a running cluster',
      })
    const administrator: Administrator = {
      user: options.text('user') ?? '',
      group: options.text('group') ?? usualGroup(cluster),
      days: Number(options.text('days')),
    }
    const pair = await certifyAdministrator(administrator, authority, systemSources, wanted.policy)
    const text = kubeconfigText(cluster, administrator, server, authority, pair)
    const out = options.text('out')
    if (out === null) stdout.write(text)
    else {
      await writeKubeconfig(out, text, firstLine(cluster))
      stdout.write(`${out}\n`)
    }
    const until = new Date(new X509Certificate(pair.certificate).validTo).toISOString().slice(0, 10)
    stderr.write(
      `hakube: ${administrator.user} of ${administrator.group} at ${urlOf(server)} until ${until}; ` +
        'anyone with its key has this access until then\n',
    )
    return exit.success
  })
}

/**
 * From 1.29 on, `kubeadm init` binds this group before it ends (kubernetes/kubernetes#121305); before that, only system:masters has
 * permissions.
 */
const usualGroup = ({ kubernetes }: Bare): string =>
  compareVersions(kubernetes.minor, '1.29') >= 0 ? 'kubeadm:cluster-admins' : 'system:masters'

/** What a name in a certificate may contain (ub-common-name and ub-organization-name of RFC 5280). */
const isName = (text: string): boolean => /^[\x21-\x7e]([\x20-\x7e]{0,62}[\x21-\x7e])?$/.test(text)

function wrongOption(options: Options): string | null {
  const days = options.text('days') ?? ''
  if (!/^\d{1,3}$/.test(days) || Number(days) < 1 || Number(days) > 365)
    return `--days ${days}: not a number from 1 to 365`
  for (const name of ['user', 'group']) {
    const value = options.text(name)
    if (value !== null && !isName(value)) return `--${name}: not 1 to 64 printable ASCII characters`
  }
  const server = options.text('server')
  if (server !== null && !parseServer(server, 1))
    return `--server ${server}: not HOST, HOST:PORT or https://HOST:PORT`
  return null
}

type Server = { address: string; port: number }

/** @returns null for an invalid API address */
function parseServer(text: string, port: number): Server | null {
  const bare = parseAddress(text)
  if (bare) return { address: bare.text, port }
  const [, bracketed, name, given] =
    /^(?:https:\/\/)?(?:\[([0-9A-Fa-f:.]+)\]|([A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?))(?::(\d{1,5}))?\/?$/.exec(
      text,
    ) ?? []
  const address = bracketed === undefined ? name : parseAddress(bracketed)?.text
  const wanted = given === undefined ? port : Number(given)
  if (address === undefined || wanted < 1 || wanted > 65_535) return null
  return { address, port: wanted }
}

const urlOf = ({ address, port }: Server): string => `https://${hostAndPort(address, port)}`

const firstLine = ({ name }: Bare): string => `# Made by hakube kubeconfig for the cluster ${name}.`

/** https://kubernetes.io/docs/reference/config-api/kubeconfig.v1/ */
function kubeconfigText(
  cluster: Bare,
  { user }: Administrator,
  server: Server,
  authority: KeyPair,
  pair: KeyPair,
): string {
  const { name, apiEndpoint } = cluster
  // Through a tunnel, the API servers have an address that is not in their certificates; clients verify a name that is.
  const isKnown = certificateNames(cluster).includes(server.address)
  const login = `${user}@${name}`
  const document = toYaml({
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [
      {
        name,
        cluster: {
          server: urlOf(server),
          ...(isKnown ? {} : { 'tls-server-name': apiEndpoint.address }),
          'certificate-authority-data': base64(authority.certificate),
        },
      },
    ],
    users: [
      {
        name: login,
        user: { 'client-certificate-data': base64(pair.certificate), 'client-key-data': base64(pair.key) },
      },
    ],
    contexts: [{ name: login, context: { cluster: name, user: login } }],
    'current-context': login,
  })
  return `${firstLine(cluster)}\n${document}`
}

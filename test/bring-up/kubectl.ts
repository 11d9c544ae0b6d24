import { parse } from 'yaml'
import type { Machine, Objects, World } from './model.ts'
import type { Reply } from './shell.ts'
import { clusterBehindEndpoint, registerNodes, tell, validToken } from './world.ts'

/* The few questions and orders that hakube's scripts give to kubectl. */

const encoded = (text: string): string => Buffer.from(text).toString('base64')
const decoded = (text: string): string => Buffer.from(text, 'base64').toString()

/** kubeadm makes a token without rights that owns the uploaded certificates, and gives it a name by chance. */
const ownerOfUpload = 'bootstrap-token-upload'

/** @returns when a Secret ends to be valid, null when there is none */
function expirationOf(world: World, objects: Objects, name: string): number | null {
  if (name === ownerOfUpload)
    return (objects.upload?.until ?? 0) > world.clock.now() ? objects.upload!.until : null
  for (const [token, until] of objects.tokens)
    if (name === `bootstrap-token-${token.split('.')[0]}` && validToken(world, objects, token)) return until
  return null
}

function getSecret(
  world: World,
  objects: Objects,
  name: string,
  output: string,
  beginning: number,
): string | null {
  if (name === 'kubeadm-certs')
    return expirationOf(world, objects, ownerOfUpload) === null ? null : ownerOfUpload
  const until = expirationOf(world, objects, name)
  if (until === null) return null
  if (!output.includes('.data.expiration')) throw new Error(`the simulation has no ${output} of a token`)
  return until === Infinity ? '' : encoded(new Date((beginning + until) * 1000).toISOString())
}

type Secret = { metadata: { name: string }; data: Record<string, string> }

function applySecret(
  world: World,
  machine: Machine,
  objects: Objects,
  text: string,
  beginning: number,
): void {
  const { metadata, data } = parse(text) as Secret
  const value = (key: string): string => decoded(data[key] ?? '')
  if (metadata.name !== `bootstrap-token-${value('token-id')}`)
    throw new Error(`the simulation cannot apply ${metadata.name}`)
  const until = Date.parse(value('expiration')) / 1000 - beginning
  objects.tokens.set(`${value('token-id')}.${value('token-secret')}`, until)
  tell(world, machine, `renews the token until ${(until / 3600).toFixed(1)} h`)
}

function deleteSecrets(objects: Objects, names: readonly string[]): void {
  for (const name of names) {
    if (name === 'kubeadm-certs') objects.upload = null
    for (const token of objects.tokens.keys())
      if (name === `bootstrap-token-${token.split('.')[0]}`) objects.tokens.delete(token)
  }
}

const fails = (error: string): Reply => ({ status: 1, error: `${error}\n` })

/** @param words the first is $KUBECONFIG */
export function kubectl(
  world: World,
  machine: Machine,
  [environment = '', ...words]: readonly string[],
  beginning: number,
): Reply {
  const option = (name: string): string | undefined =>
    words.find((word) => word.startsWith(`--${name}=`))?.slice(name.length + 3) ??
    valueAfter(words, `--${name}`)
  const file = option('kubeconfig') ?? environment
  if (!machine.disk.isWhole(machine.disk.own(file)))
    return fails(`error: stat ${file}: no such file or directory`)
  const objects = clusterBehindEndpoint(world)?.objects
  if (!objects)
    return fails('The connection to the server was refused - did you specify the right host or port?')
  registerNodes(world)
  const plain = words.filter(
    (word, index) => !word.startsWith('-') && !takesValue.has(words[index - 1] ?? ''),
  )
  const [verb, kind, ...names] = plain
  const output = option('output') ?? ''
  if (verb === 'get' && (kind === 'node' || kind === 'nodes')) {
    if (names[0] !== undefined) {
      const node = objects.nodes.get(names[0])
      if (!node) return fails(`Error from server (NotFound): nodes "${names[0]}" not found`)
      const labels = Object.fromEntries(
        ['kubernetes.io/hostname', ...node.labels].map((label) => [label, '']),
      )
      return { status: 0, output: JSON.stringify(labels) }
    }
    const selector = option('selector')
    const found = [...objects.nodes].filter(
      ([, { labels }]) => selector === undefined || labels.has(selector),
    )
    return { status: 0, output: found.map(([name]) => `node/${name}\n`).join('') }
  }
  if (verb === 'get' && kind === 'secret') {
    const text = getSecret(world, objects, names[0] ?? '', output, beginning)
    if (text === null && !words.includes('--ignore-not-found')) return fails('Error from server (NotFound)')
    return { status: 0, output: text ?? '' }
  }
  if (verb === 'get' && kind === 'configmap' && names[0] === 'kubeadm-config') {
    if (!objects.configuration) return fails('Error from server (NotFound)')
    return { status: 0, output: 'apiVersion: kubeadm.k8s.io/v1beta3\nkind: ClusterConfiguration\n' }
  }
  if (verb === 'annotate' && kind === 'node') {
    const node = objects.nodes.get(names[0] ?? '')
    if (!node) return fails(`Error from server (NotFound): nodes "${names[0]}" not found`)
    node.socket = names.some((name) => name.startsWith('kubeadm.alpha.kubernetes.io/cri-socket='))
    return { status: 0 }
  }
  if (verb === 'apply') applySecret(world, machine, objects, words.at(-1) ?? '', beginning)
  else if (verb === 'delete' && kind === 'secret') deleteSecrets(objects, names)
  else throw new Error(`the simulation knows no kubectl ${words.join(' ')}`)
  return { status: 0 }
}

const takesValue = new Set([
  '--output',
  '--selector',
  '--namespace',
  '--kubeconfig',
  '--filename',
  '-f',
  '-o',
  '-n',
  '-l',
])

function valueAfter(words: readonly string[], name: string): string | undefined {
  const index = words.indexOf(name)
  return index < 0 ? undefined : words[index + 1]
}

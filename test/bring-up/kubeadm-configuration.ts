import { parseAllDocuments } from 'yaml'
import type { Machine } from './model.ts'
import { Refusal } from './kubeadm.ts'

const hour = 3600

export type Configuration = {
  token: string
  timeToLive: number
  certificateKey: string | null
  discovery: number
  external: boolean
  /** Of the container runtime; empty: kubeadm looks for one. */
  socket: string
  certificatesDirectory: string
}

const seconds = (text: string | undefined): number | null => {
  const found = /^(?:(\d+)h)?(?:(\d+)m)?(?:(\d+)s)?$/.exec(text ?? '-')
  if (!found) return null
  const [hours, minutes, rest] = found.slice(1).map((part) => Number(part ?? 0))
  return (hours ?? 0) * hour + (minutes ?? 0) * 60 + (rest ?? 0)
}

const configurations = new Map<string, Configuration>()

/** Reads what hakube rendered for kubeadm. */
export function readConfiguration({ disk }: Machine, args: readonly string[]): Configuration {
  const flag = args.indexOf('--config')
  const given = flag >= 0 ? args[flag + 1] : args.find((each) => each.startsWith('--config='))?.slice(9)
  if (!given) throw new Refusal('the simulated kubeadm wants --config')
  const text = disk.read(disk.own(given))
  let configuration = configurations.get(text)
  if (!configuration) {
    type Document = Record<string, Record<string, unknown>> & {
      bootstrapTokens?: { token: string; ttl?: string }[]
      certificateKey?: string
      discovery?: { bootstrapToken?: { token: string }; timeout?: string }
      controlPlane?: { certificateKey?: string }
      timeouts?: { discovery?: string }
      etcd?: { external?: object }
      nodeRegistration?: { criSocket?: string }
      certificatesDir?: string
    }
    const documents = parseAllDocuments(text).map((each) => each.toJS() as Document)
    const all: Document = Object.assign({}, ...documents) as Document
    configuration = {
      token: all.bootstrapTokens?.[0]?.token ?? all.discovery?.bootstrapToken?.token ?? '',
      timeToLive: seconds(all.bootstrapTokens?.[0]?.ttl) ?? 24 * hour,
      certificateKey: all.certificateKey ?? all.controlPlane?.certificateKey ?? null,
      discovery: seconds(all.timeouts?.discovery ?? all.discovery?.timeout) ?? 300,
      external: all.etcd?.external !== undefined,
      socket: all.nodeRegistration?.criSocket ?? '',
      certificatesDirectory: all.certificatesDir ?? '/etc/kubernetes/pki',
    }
    configurations.set(text, configuration)
  }
  return configuration
}

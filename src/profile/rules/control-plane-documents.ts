import { parse } from 'yaml'
import type { Diagnostic, Path } from '../../diagnostics/diagnostic.ts'
import { isMapping } from '../../text/data.ts'
import { anonymousPaths } from './argument-conflicts.ts'
import { asDiagnostics, type Conflict } from './conflict.ts'

const configurationPage = 'https://kubernetes.io/docs/reference/config-api/apiserver-config.v1/'

const schedulerPage = 'https://kubernetes.io/docs/reference/config-api/kube-scheduler-config.v1/'

const pageOf = (argument: string): string => (argument === 'config' ? schedulerPage : configurationPage)

/** The kind of document that each argument refers to. */
const kinds: Readonly<Record<string, string>> = {
  'admission-control-config-file': 'AdmissionConfiguration',
  'audit-webhook-config-file': 'Config',
  'authentication-config': 'AuthenticationConfiguration',
  'authentication-token-webhook-config-file': 'Config',
  'authorization-config': 'AuthorizationConfiguration',
  'authorization-webhook-config-file': 'Config',
  config: 'KubeSchedulerConfiguration',
  'egress-selector-config-file': 'EgressSelectorConfiguration',
  'tracing-config-file': 'TracingConfiguration',
}

/** Checks that a document is of the kind that its argument requires, and compatible with the cluster. */
export function checkControlPlaneDocument(argument: string, text: string, path: Path): Diagnostic[] {
  const kind = Object.hasOwn(kinds, argument) ? kinds[argument] : undefined
  return kind === undefined ? [] : asDiagnostics(judge(argument, kind, text), path)
}

function judge(argument: string, kind: string, text: string): Conflict | null {
  const wrong = (why: string): Conflict => ({
    message: `this is not a document for --${argument}: ${why}`,
    hint: `write a document with kind: ${kind} and its apiVersion`,
    ...(kind === 'Config' ? {} : { source: pageOf(argument) }),
  })
  let document: unknown
  try {
    document = parse(text, { logLevel: 'error' })
  } catch (fault) {
    return wrong(fault instanceof Error ? (fault.message.split('\n')[0] ?? 'not YAML') : 'not YAML')
  }
  if (!isMapping(document)) return wrong('it is not a mapping')
  if (document['kind'] !== kind) return wrong(`it does not have kind: ${kind}`)
  if (typeof document['apiVersion'] !== 'string') return wrong('it does not have an apiVersion')
  if (argument === 'config') return kubeconfigOf(document)
  if (argument === 'authentication-config') return anonymous(document['anonymous'])
  return argument === 'authorization-config' ? authorizers(document['authorizers']) : null
}

/** With a configuration file, the scheduler ignores the argument `kubeconfig` from kubeadm, and exits without one. */
function kubeconfigOf({ clientConnection }: Record<string, unknown>): Conflict | null {
  const own = '/etc/kubernetes/scheduler.conf'
  if (isMapping(clientConnection) && clientConnection['kubeconfig'] === own) return null
  return {
    message:
      'without clientConnection.kubeconfig in its configuration, the scheduler cannot reach the API server',
    hint: `write clientConnection: {kubeconfig: ${own}}`,
    source: schedulerPage,
  }
}

/** Without `anonymous`, the argument `anonymous-auth` applies, which is on by default. */
function anonymous(given: unknown): Conflict | null {
  if (!isMapping(given)) return null
  const source = configurationPage
  if (given['enabled'] !== true)
    return {
      message:
        "without anonymous requests, the load balancer's health checks, the API server's probes and joins by token fail",
      hint: `write anonymous: {enabled: true, conditions: [${anonymousPaths.map((each) => `{path: ${each}}`).join(', ')}]}`,
      source,
    }
  const { conditions } = given
  if (!Array.isArray(conditions) || conditions.length === 0) return null
  const allowed = new Set(conditions.map((each: unknown) => (isMapping(each) ? each['path'] : undefined)))
  const missing = anonymousPaths.filter((each) => !allowed.has(each))
  if (missing.length === 0) return null
  return {
    message: `anonymous requests must be allowed for ${missing.join(', ')} too: the load balancer, the API server's probes and joining machines send them`,
    hint: `add ${missing.map((each) => `{path: ${each}}`).join(', ')} to anonymous.conditions`,
    source,
  }
}

function authorizers(given: unknown): Conflict | null {
  const types = Array.isArray(given)
    ? given.map((each: unknown) => (isMapping(each) ? each['type'] : undefined))
    : []
  const missing = ['Node', 'RBAC'].filter((type) => !types.includes(type))
  if (missing.length === 0) return null
  return {
    message: `the authorizers lack ${missing.join(' and ')}: kubelets and the roles that kubeadm creates need them`,
    hint: `add ${missing.map((type) => `{type: ${type}, name: ${type.toLowerCase()}}`).join(', ')} to authorizers`,
    source: configurationPage,
  }
}

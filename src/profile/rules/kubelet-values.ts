import { portsOfNodes } from './node-ports.ts'
import { type Conflict, isOff, isOn, items, type ValueOf } from './conflict.ts'

/* Values of kubelet arguments that are impossible because of other values, or of other programs on the node. */

/** ParseThresholdConfig of pkg/kubelet/eviction/helpers.go: every soft threshold needs a grace period. */
export function softEviction(value: ValueOf): Conflict | null {
  const signals = items(value('eviction-soft')).map((item) => item.split(/[<=]/, 1)[0] ?? '')
  const given = new Set(items(value('eviction-soft-grace-period')).map((item) => item.split('=', 1)[0]))
  const missing = signals.filter((signal) => !given.has(signal))
  if (missing.length === 0) return null
  return {
    message: `eviction-soft has no grace period for ${missing.join(', ')}, so the kubelet exits`,
    hint: `also write eviction-soft-grace-period: "${missing.map((signal) => `${signal}=1m30s`).join(',')}"`,
    source:
      'https://kubernetes.io/docs/concepts/scheduling-eviction/node-pressure-eviction/#soft-eviction-thresholds',
  }
}

/** parsePercentage there. */
export function share(value: string): Conflict | null {
  const wrong = items(value).find((item) => Number(/([\d.]+)%$/.exec(item)?.[1] ?? 0) > 100)
  return wrong === undefined
    ? null
    : { message: `${wrong} is more than there is, so the kubelet exits`, hint: 'write at most 100%' }
}

/** Ports on which another program of the machine listens. */
export function ownPort(value: ValueOf, name: 'port' | 'read-only-port'): Conflict | null {
  const port = Number(value(name))
  const api = Number(value('port') || 10_250)
  if (name === 'read-only-port' && port === api)
    return {
      message: `read-only-port is the port of the kubelet's API, ${port}, so the kubelet exits`,
      hint: 'remove it: the port without a login is closed by default',
    }
  const taken = portsOfNodes.find(([each]) => each === port && each !== 10_250)
  if (!taken) return null
  return {
    message: `the kubelet cannot listen on port ${port}: ${taken[1]} does`,
    hint: name === 'port' ? 'remove it: the default is 10250' : 'remove it',
    source: 'https://kubernetes.io/docs/reference/networking/ports-and-protocols/',
  }
}

const securityPage = 'https://kubernetes.io/docs/reference/access-authn-authz/kubelet-authn-authz/'

/** Settings of kubeadm in KubeletConfiguration that an argument overrides. */
export function openKubelet(value: ValueOf, name: 'authorization-mode' | 'anonymous-auth'): Conflict | null {
  if (name === 'authorization-mode' && value(name) === 'AlwaysAllow')
    return {
      message:
        'with AlwaysAllow, anyone who can authenticate to the kubelet can run programs in all pods of the node',
      hint: 'remove it: kubeadm sets Webhook',
      source: securityPage,
      isUnprotected: true,
    }
  return name === 'anonymous-auth' && isOn(value(name))
    ? {
        message: 'the kubelet would answer requests without a login',
        hint: 'remove it: kubeadm turns them off',
        source: securityPage,
        isUnprotected: true,
      }
    : null
}

/** kubeadm enables it; a joined kubelet has no other way to a new certificate. */
export function unrenewed(value: string): Conflict | null {
  if (!isOff(value)) return null
  return {
    message:
      'the kubelet would not renew its client certificate, which expires one year after it joined: its node is NotReady from then on',
    hint: 'remove it: kubeadm turns the renewal on',
    source: 'https://kubernetes.io/docs/tasks/tls/certificate-rotation/',
    isExpiring: true,
  }
}

/** The controller manager signs requests for serving certificates (kubernetes.io/kubelet-serving), but does not approve them. */
export function unapproved(value: string): Conflict | null {
  if (!isOn(value)) return null
  return {
    message:
      'the kubelet asks the cluster for its serving certificate, and nothing in Kubernetes approves such requests: until someone does, kubectl logs and exec fail',
    hint: 'remove it, or run an approver in the cluster; by hand: kubectl certificate approve NAME',
    source:
      'https://kubernetes.io/docs/tasks/administer-cluster/kubeadm/kubeadm-certs/#kubelet-serving-certs',
    isExpiring: true,
  }
}

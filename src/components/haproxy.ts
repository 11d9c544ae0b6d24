import { apiServerPort, type Cluster } from '../cluster/cluster.ts'
import { render } from '../templates/template.ts'
import type { Component, File, Part, Port, Step, Unit } from '../assembly/component.ts'
import { knowsHttpCheckSend } from './haproxy-package.ts'
import { hostAndPort } from '../text/host-and-port.ts'
import {
  balancesInPods,
  isIPv6,
  loadBalancingOf,
  monitor,
  monitorUrl,
  packagesOf,
  virtualAddresses,
  packageOf,
} from './load-balancers.ts'
import { haproxyPod, readWhenPodStarts } from './load-balancers/static-pods.ts'
import { onceForEach, sameForAll } from '../assembly/once.ts'
import { quote } from '../text/quote.ts'
import { type OnChangeByCase, restarts, told } from '../assembly/on-change.ts'

const authorityFile = '/etc/haproxy/kubernetes-ca.crt'

export const haproxy: Component = {
  name: 'haproxy',
  purpose: 'Spreads API and ingress connections over the machines that answer.',
  stage: 'load-balancing',
  appliesTo: (_cluster, machine) => machine.balancesLoad,
  // It has a line for every worker, and is the same on all load balancers.
  contribute: onceForEach<Part>(sameForAll, makePart),
}

function makePart(cluster: Cluster): Part {
  const pod = balancesInPods(cluster)
  const onChange: OnChangeByCase = pod
    ? readWhenPodStarts('haproxy')
    : { otherwise: restarts('haproxy', 'haproxy.service') }
  return {
    packages:
      pod || packageOf(cluster) ? packagesOf(cluster, 'curl') : packagesOf(cluster, 'haproxy', 'curl'),
    files: [
      {
        path: '/etc/haproxy/haproxy.cfg',
        mode: '0644',
        content: configuration(cluster),
        onChange,
      },
      {
        path: authorityFile,
        mode: '0644',
        content: cluster.secrets.authorities.kubernetes.certificate,
        onChange: {
          ...onChange,
          changed: told(
            'haproxy takes API servers for dead whose authority is not in this file: while there are some of the old authority, both have to be in it',
            pod ? [] : ['haproxy.service'],
          ),
        },
      },
      ...(pod ? [haproxyPod(cluster)] : []),
    ] satisfies File[],
    sysctls: sysctls(cluster),
    ports: ports(cluster),
    ...(pod ? {} : { units: [service()], steps: steps(cluster) }),
    checks: [
      {
        name: 'haproxy',
        script: render('cloud-init/haproxy/check.ejs', { pod, monitorUrl: quote(monitorUrl) }),
      },
    ],
  }
}

const service = (): Unit => ({
  name: 'haproxy.service',
  dropIns: [{ name: 'hakube.conf', content: render('cloud-init/haproxy/drop-in.conf.ejs', {}) }],
  start: 'blocking',
  after: ['haproxy-package', 'haproxy-selinux'],
})

function sysctls(cluster: Cluster): NonNullable<Part['sysctls']> {
  const reason = 'binds the virtual addresses also while another machine has them'
  const ipv4 = { key: 'net.ipv4.ip_nonlocal_bind', value: '1', reason }
  if (!virtualAddresses(loadBalancingOf(cluster)).some(isIPv6)) return [ipv4]
  // Since Linux 4.3 (torvalds/linux 35a256fee52c).
  return [ipv4, { key: 'net.ipv6.ip_nonlocal_bind', value: '1', reason: 'the same for those of IPv6' }]
}

function configuration(cluster: Cluster) {
  const { api } = loadBalancingOf(cluster)
  return render('cloud-init/haproxy/haproxy.cfg.ejs', {
    cluster: cluster.name,
    monitor,
    authorityFile,
    pod: balancesInPods(cluster),
    sendsHeaders: knowsHttpCheckSend(cluster),
    api: {
      binds: bindsOf(api.addresses, api.port),
      servers: cluster.controlPlanes,
      serverPort: apiServerPort,
    },
    ingress: ingressOf(cluster),
    workers: cluster.workers,
  })
}

const bindsOf = (addresses: readonly string[], port: number): string[] =>
  addresses.map((address) => hostAndPort(address, port))

/**
 * Seconds between two checks of one worker: often in a small cluster, and in a large one so that a load balancer makes no more
 * than 200 checks a second. A connection that fails is noticed at once all the same (`observe layer4`).
 */
const checkInterval = (workers: number): number => Math.max(3, Math.ceil((2 * workers) / 200))

function ingressOf(cluster: Cluster) {
  const { ingress } = loadBalancingOf(cluster)
  if (!ingress) return []
  const { addresses, httpPort, httpsPort, workerHttpPort, workerHttpsPort } = ingress
  const interval = checkInterval(cluster.workers.length)
  return [
    { name: 'ingress-http', binds: bindsOf(addresses, httpPort), workerPort: workerHttpPort, interval },
    { name: 'ingress-https', binds: bindsOf(addresses, httpsPort), workerPort: workerHttpsPort, interval },
  ]
}

function ports(cluster: Cluster): Port[] {
  const { api, ingress } = loadBalancingOf(cluster)
  const list: Port[] = [{ protocol: 'tcp', port: api.port, purpose: 'Kubernetes API on the virtual address' }]
  if (ingress)
    list.push(
      { protocol: 'tcp', port: ingress.httpPort, purpose: 'ingress, HTTP' },
      { protocol: 'tcp', port: ingress.httpsPort, purpose: 'ingress, HTTPS' },
    )
  return list
}

function steps(cluster: Cluster): Step[] {
  if (cluster.selinux === null) return []
  return [
    {
      name: 'haproxy-selinux',
      script: render('cloud-init/haproxy/selinux.ejs', {}),
      after: ['packages'],
    },
  ]
}

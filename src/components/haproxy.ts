import { haproxyUnit } from '../distributions/unit-names.ts'
import type { Cluster, Machine } from '../cluster/cluster.ts'
import { apiServerPort } from '../profile/defaults.ts'
import { render } from '../templates/template.ts'
import { refusedByHaproxy } from './kernel-limits.ts'
import type { Component, File, Part, Port, Step, Unit } from '../assembly/component.ts'
import { knowsHttpCheckSend } from './haproxy-package.ts'
import { hostAndPort } from '../text/host-and-port.ts'
import {
  balancesInPods,
  loadBalancingOf,
  monitor,
  monitorUrl,
  packagesOf,
  virtualAddresses,
  packageOf,
  sharesApiPort,
} from './load-balancers.ts'
import { isIPv6 } from '../text/address-family.ts'
import { haproxyPod, readWhenPodStarts } from './load-balancers/static-pods.ts'
import { onceForEach, sameForAll } from '../assembly/once.ts'
import { quote } from '../text/quote.ts'
import { type OnChangeByCase, restarts, manual } from '../assembly/on-change.ts'

const authorityFile = '/etc/haproxy/kubernetes-ca.crt'

export const haproxy: Component = {
  name: 'haproxy',
  purpose: 'Distributes API and ingress connections over healthy machines.',
  stage: 'load-balancing',
  steps: ['haproxy-selinux'],
  units: [haproxyUnit],
  appliesTo: (_cluster, machine) => machine.balancesLoad,
  // It has a line for every worker, and is the same on all load balancers with one operating system.
  contribute: onceForEach<Part>(sameForAll, makePart),
}

function makePart(cluster: Cluster, machine: Machine): Part {
  const pod = balancesInPods(cluster)
  const onChange: OnChangeByCase = pod
    ? readWhenPodStarts('haproxy')
    : { otherwise: restarts('haproxy', haproxyUnit) }
  return {
    packages:
      pod || packageOf(cluster) ? packagesOf(machine, 'curl') : packagesOf(machine, 'haproxy', 'curl'),
    files: [
      {
        path: '/etc/haproxy/haproxy.cfg',
        mode: '0644',
        content: configuration(cluster, machine),
        onChange,
      },
      {
        path: authorityFile,
        mode: '0644',
        content: cluster.secrets.authorities.kubernetes.certificate,
        onChange: {
          ...onChange,
          changed: manual(
            'haproxy considers API servers down whose CA is not in this file: while some use the old CA, it must contain both',
            pod ? [] : [haproxyUnit],
          ),
        },
      },
      ...(pod ? [haproxyPod(cluster, machine)] : []),
    ] satisfies File[],
    sysctls: sysctls(cluster),
    ...(pod ? {} : { refusedSysctls: refusedByHaproxy }),
    ports: ports(cluster),
    ...(pod ? {} : { units: [service()], steps: steps(machine) }),
    checks: [
      {
        name: 'haproxy',
        script: render('cloud-init/haproxy/check.ejs', { pod, monitorUrl: quote(monitorUrl) }),
      },
    ],
  }
}

const service = (): Unit => ({
  name: haproxyUnit,
  dropIns: [{ name: 'hakube.conf', content: render('cloud-init/haproxy/drop-in.conf.ejs', {}) }],
  start: 'blocking',
  after: ['haproxy-package', 'haproxy-selinux'],
})

function sysctls(cluster: Cluster): NonNullable<Part['sysctls']> {
  const reason = 'binds the virtual addresses also while another machine holds them'
  const ipv4 = { key: 'net.ipv4.ip_nonlocal_bind', value: '1', reason }
  if (!virtualAddresses(loadBalancingOf(cluster)).some(isIPv6)) return [ipv4]
  // Since Linux 4.3 (torvalds/linux 35a256fee52c).
  return [ipv4, { key: 'net.ipv6.ip_nonlocal_bind', value: '1', reason: 'the same for IPv6 addresses' }]
}

function configuration(cluster: Cluster, machine: Machine) {
  const { api } = loadBalancingOf(cluster)
  return render('cloud-init/haproxy/haproxy.cfg.ejs', {
    cluster: cluster.name,
    monitor,
    authorityFile,
    pod: balancesInPods(cluster),
    sendsHeaders: knowsHttpCheckSend(cluster, machine),
    api: {
      sharesPort: sharesApiPort(cluster),
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
 * Seconds between two health checks of one worker: at least three, and so many that a load balancer makes no more than 200 checks a
 * second. Failed connections are noticed immediately in any case (`observe layer4`).
 */
const checkInterval = (workers: number): number => Math.max(3, Math.ceil((2 * workers) / 200))

function ingressOf(cluster: Cluster) {
  const { ingress } = loadBalancingOf(cluster)
  if (!ingress) return []
  const { addresses, httpPort, httpsPort, workerHttpPort, workerHttpsPort } = ingress
  const sends = ingress.proxyProtocol && { v1: 'send-proxy', v2: 'send-proxy-v2' }[ingress.proxyProtocol]
  const interval = checkInterval(cluster.workers.length)
  return [
    {
      name: 'ingress-http',
      binds: bindsOf(addresses, httpPort),
      workerPort: workerHttpPort,
      interval,
      sends,
    },
    {
      name: 'ingress-https',
      binds: bindsOf(addresses, httpsPort),
      workerPort: workerHttpsPort,
      interval,
      sends,
    },
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

function steps({ system }: Machine): Step[] {
  if (system.selinux === null) return []
  return [
    {
      name: 'haproxy-selinux',
      script: render('cloud-init/haproxy/selinux.ejs', {}),
      after: ['packages'],
    },
  ]
}

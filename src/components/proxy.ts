import { crioUnit, containerdUnit, dockerUnit, kubeletUnit } from '../distributions/unit-names.ts'
import type { Component, File, Part } from '../assembly/component.ts'
import { readAgain, restarts } from '../assembly/on-change.ts'
import { onceForEach } from '../assembly/once.ts'
import type { Cluster, ContainerRuntime, Machine, Proxy } from '../cluster/cluster.ts'
import { proxyFor } from '../cluster/proxy.ts'
import { render } from '../templates/template.ts'
import { quote } from '../text/quote.ts'
import { isNode } from './container-runtime.ts'
import { aptLogin, environmentFile, proxyLogin, secretEnvironment, withLogin } from './proxy/login.ts'

/** Read by the steps of the first boot and by login shells. */
export const proxyFile = '/etc/hakube/proxy'

const runtimes: Readonly<Record<ContainerRuntime['name'], string>> = {
  containerd: containerdUnit,
  'cri-o': crioUnit,
  docker: dockerUnit,
}

type Variable = [name: string, value: string]

/** Go reads the uppercase names, curl, wget and apt the lowercase ones; curl ignores HTTP_PROXY (curl(1), ENVIRONMENT). */
function variables({ http, https }: Pick<Proxy, 'http' | 'https'>, except: readonly string[]): Variable[] {
  const rows: (readonly [string, string | null])[] = [
    ['http_proxy', http],
    ['https_proxy', https],
    ['no_proxy', except.join(',')],
  ]
  return rows
    .flatMap(([name, value]): Variable[] => (value === null ? [] : [[name, value]]))
    .flatMap(([name, value]): Variable[] => [
      [name, value],
      [name.toUpperCase(), value],
    ])
}

const upperCase = (list: readonly Variable[]): Variable[] =>
  list.filter(([name]) => name === name.toUpperCase())

/** Escapes a unit setting: quotes, backslashes, percent signs (systemd.exec(5), Environment=; systemd.unit(5), specifiers). */
const environmentOf = (list: readonly Variable[]): string[] =>
  upperCase(list).map(
    ([name, value]) =>
      `Environment="${name}=${value.replaceAll(/["\\]/g, String.raw`\$&`).replaceAll('%', '%%')}"`,
  )

const dropIn = (unit: string, lines: readonly string[]): File => ({
  path: `/etc/systemd/system/${unit}.d/hakube-proxy.conf`,
  mode: '0644',
  content: render('cloud-init/proxy/drop-in.conf.ejs', { lines }),
  onChange: restarts(unit.replace(/\.service$/, ''), unit),
})

/** Mirrors that apt must reach without the proxy: its settings support hosts, but no networks. */
function directMirrors(cluster: Cluster, { system }: Machine): string[] {
  const { mirrors } = cluster
  const addresses = [
    ...Object.values(system.mirrors.distribution),
    ...Object.values(system.mirrors.security ?? {}),
    mirrors.kubernetes,
    ...Object.values(mirrors.repositories),
  ]
  const hosts = addresses
    .filter((address) => URL.canParse(address) && proxyFor(cluster, address) === null)
    .map((address) => new URL(address).hostname)
  return [...new Set(hosts)]
}

/** Machines use the proxy for everything outside the site, and for nothing within the cluster. */
export const proxy: Component = {
  name: 'proxy',
  purpose: "Makes packages, curl, the container runtime and the kubelet use the site's proxy.",
  appliesTo: (cluster) => cluster.proxy !== null,
  contribute: onceForEach<Part>(
    (machine) => String(isNode(machine)),
    (cluster, machine) => {
      if (!cluster.proxy) return {}
      const { except, http, https, machines } = cluster.proxy
      const login = proxyLogin(cluster)
      const addresses = { http: withLogin(http, login), https: withLogin(https, login) }
      const list = variables(addresses, [...except, ...machines])
      const ofGo = variables(addresses, except)
      const exports = list.map(([name, value]) => `export ${name}=${quote(value)}`)
      // The profiles of shells leave out what a user cannot read.
      const shell = {
        mode: login ? '0600' : '0644',
        ...(login ? { secret: true } : {}),
        content: render('cloud-init/proxy/environment.ejs', { exports }),
      }
      const units = isNode(machine) ? [runtimes[machine.system.containerRuntime.name], kubeletUnit] : []
      const lines = login ? [`EnvironmentFile=${environmentFile}`] : environmentOf(ofGo)
      const apt = machine.system.distribution.packageManager === 'apt'
      return {
        files: [
          { path: proxyFile, ...shell, onChange: readAgain('read before each step') },
          { path: '/etc/profile.d/hakube-proxy.sh', ...shell, onChange: readAgain('read at the next login') },
          ...(apt
            ? [
                {
                  path: '/etc/apt/apt.conf.d/95-hakube-proxy',
                  mode: '0644',
                  content: render('cloud-init/proxy/apt.conf.ejs', {
                    proxies: [
                      ['http', http],
                      ['https', https],
                    ].filter(([, value]) => value !== null),
                    direct: directMirrors(cluster, machine),
                  }),
                  onChange: readAgain(),
                },
              ]
            : []),
          ...(apt && login ? [aptLogin([http, https], login)] : []),
          ...(login && units.length > 0 ? [secretEnvironment(upperCase(ofGo), units)] : []),
          ...units.map((unit) => dropIn(unit, lines)),
        ],
      }
    },
  ),
}

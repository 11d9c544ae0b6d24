import type { Cluster, Machine } from '../cluster/cluster.ts'
import { render } from '../templates/template.ts'
import type { Component, File, Package, Part, RefusedArgument } from '../assembly/component.ts'
import { isNode } from './container-runtime.ts'
import { familyOf, queryOf, type Rule, rulesOf } from './firewall-rules.ts'
import { podRules } from './pod-firewall.ts'
import { collectOnce } from '../assembly/once.ts'
import { quoteAll } from '../text/quote.ts'
import { restarts } from '../assembly/on-change.ts'

const nftablesUnit = 'hakube-firewall.service'
const nftablesFile = '/etc/hakube/firewall.nft'
/** Names of firewalld's zones have 17 characters at most (firewalld.zone(5)). */
const zone = 'hakube'
const podZone = 'hakube-pods'

/**
 * firewalld's or nftables' rules for the ports that the machine's components declare, and SELinux as the profile wants it.
 *
 * The step itself loads the rules, and the units only do so at boot: other components wait for the step, because an installer may
 * have left a firewall behind that would keep machines from each other.
 */
export const selinuxFirewall: Component = {
  name: 'selinux-firewall',
  purpose: 'Closes every port that no component needs, and sets the mode of SELinux.',
  stage: 'firewall',
  appliesTo: (cluster) => cluster.firewall || cluster.selinux !== null,
  contribute(cluster): Part {
    return { packages: packages(cluster), refusedArguments: refusedArguments(cluster) }
  },
  collect: collectOnce(
    ({ role, balancesLoad }) => `${role} ${balancesLoad}`,
    (cluster, machine, declared) => {
      const kind = cluster.firewall ? cluster.distribution.firewall : 'none'
      const rules = rulesOf(declared)
      const data = {
        selinux: cluster.selinux ?? '',
        firewall: kind,
        file: nftablesFile,
        unit: kind === 'firewalld' ? cluster.distribution.units.firewall : nftablesUnit,
        zone,
        podZone: podNetwork(cluster, machine) ? podZone : '',
        queries: quoteAll(rules.flatMap((rule) => (rule.sources.length > 0 ? [] : [queryOf(rule)]))),
      }
      return {
        ...(kind === 'nftables' ? nftables(cluster, machine, rules) : {}),
        ...(kind === 'firewalld' ? firewalld(cluster, machine, rules) : {}),
        steps: [
          {
            name: 'selinux-firewall',
            script: render('cloud-init/selinux-firewall/step.sh.ejs', data),
            after: ['packages'],
          },
        ],
        checks: [
          { name: 'selinux-firewall', script: render('cloud-init/selinux-firewall/check.sh.ejs', data) },
        ],
      }
    },
  ),
}

function packages({ firewall, distribution }: Cluster): Package[] {
  if (!firewall) return []
  if (distribution.firewall === 'firewalld') return [{ name: 'firewalld' }]
  return distribution.packages.nftables ? [{ name: distribution.packages.nftables }] : []
}

/** selinux=0 leaves it off whatever the configuration says; enforcing=0 begins without it, and the step has to set it at each boot. */
function refusedArguments({ selinux }: Cluster): RefusedArgument[] {
  if (selinux === null) return []
  const off = { name: 'selinux', values: ['0'], reason: `selinux of the profile is ${selinux}` }
  return selinux === 'enforcing' ? [off, { ...off, name: 'enforcing' }] : [off]
}

/**
 * Pods reach the machine that they run on, and other nodes, with their own addresses. Services have none of their own in
 * packets that arrive: kube-proxy has translated them before.
 */
const podNetwork = ({ kubernetes }: Cluster, machine: Machine): string | null =>
  isNode(machine) ? kubernetes.podNetwork : null

const saddr = { ipv4: 'ip saddr', ipv6: 'ip6 saddr' } as const

function nftables(cluster: Cluster, machine: Machine, rules: readonly Rule[]): Pick<Part, 'files' | 'units'> {
  const lines = rules.map(({ protocol, ports, sources, purpose }) => {
    const match = ports === '' ? `meta l4proto ${protocol}` : `${protocol} dport ${ports}`
    const matches =
      sources.length === 0
        ? [match]
        : sources.map(({ family, addresses }) => `${saddr[family]} { ${addresses.join(', ')} } ${match}`)
    return { purpose, matches }
  })
  const pods = podNetwork(cluster, machine)
  return {
    files: [
      {
        path: nftablesFile,
        mode: '0644',
        content: render('cloud-init/selinux-firewall/firewall.nft.ejs', {
          rules: lines,
          pods: pods ? `${saddr[familyOf(pods)]} ${pods}` : null,
          podRules: pods ? podRules(cluster) : '',
        }),
        onChange: restarts('selinux-firewall', nftablesUnit),
      },
    ],
    units: [
      {
        name: nftablesUnit,
        content: render('cloud-init/selinux-firewall/hakube-firewall.service.ejs', { file: nftablesFile }),
        start: 'no',
        after: ['selinux-firewall'],
      },
    ],
  }
}

/** Text between tags and in attributes; two dashes would end a comment. */
const xml = (text: string): string =>
  text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll('--', '- -')

const zoneFile = (
  { distribution }: Cluster,
  { name, template, data }: { name: string; template: string; data: object },
): File => ({
  path: `/etc/firewalld/zones/${name}.xml`,
  mode: '0644',
  content: render(`cloud-init/selinux-firewall/${template}`, data),
  onChange: restarts('selinux-firewall', distribution.units.firewall),
})

function firewalld(
  cluster: Cluster,
  machine: Machine,
  rules: readonly Rule[],
): Pick<Part, 'files' | 'units'> {
  const elements = rules.map(({ protocol, ports, sources, purpose }) => {
    const element =
      ports === '' ? `<protocol value="${protocol}"/>` : `<port protocol="${protocol}" port="${ports}"/>`
    const addressed = sources.flatMap(({ family, addresses }) =>
      addresses.map(
        (address) => `<rule family="${family}"><source address="${xml(address)}"/>${element}<accept/></rule>`,
      ),
    )
    return { purpose: xml(purpose), elements: sources.length === 0 ? [element] : addressed }
  })
  const pods = podNetwork(cluster, machine)
  const translates = machine.balancesLoad && cluster.loadBalancing?.sourceAddress
  return {
    files: [
      zoneFile(cluster, {
        name: zone,
        template: 'zone.xml.ejs',
        data: {
          rules: elements,
          // Since firewalld 0.9; yum's distributions have 0.6, which forwards inside a zone only by a rule of the user's own.
          forward: Boolean(translates) && cluster.distribution.packageManager !== 'yum',
        },
      }),
      ...(pods ? [zoneFile(cluster, { name: podZone, template: 'pod-zone.xml.ejs', data: { pods } })] : []),
    ],
    units: [{ name: cluster.distribution.units.firewall, start: 'no', after: ['selinux-firewall'] }],
  }
}

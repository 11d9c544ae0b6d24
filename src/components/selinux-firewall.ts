import { firewalldUnit, firewallUnit } from '../distributions/unit-names.ts'
import type { Cluster, Machine } from '../cluster/cluster.ts'
import { render } from '../templates/template.ts'
import type { Component, File, Package, Part } from '../assembly/component.ts'
import type { RefusedArgument, RefusedCommand } from '../assembly/refused.ts'
import { isNode } from './container-runtime.ts'
import { queryOf, type Rule, rulesOf } from './firewall-rules.ts'
import { familyOf } from '../text/address-family.ts'
import { droppedBy, otherFirewalls } from './other-firewalls.ts'
import { podRules } from './pod-firewall.ts'
import { collectOnce } from '../assembly/once.ts'
import { quoteAll } from '../text/quote.ts'
import { restarts } from '../assembly/on-change.ts'

const nftablesFile = '/etc/hakube/firewall.nft'
/** Names of firewalld's zones have at most 17 characters (firewalld.zone(5)). */
const zone = 'hakube'
const podZone = 'hakube-pods'

/**
 * Rules of firewalld or nftables for the ports that components declare, and the SELinux mode of the profile.
 *
 * The step itself loads the rules; the units load them only at boot. Other components wait for the step, because the installer may have
 * left a firewall that separates the machines.
 */
export const selinuxFirewall: Component = {
  name: 'selinux-firewall',
  purpose: 'Blocks every port that no component needs, and sets the SELinux mode.',
  stage: 'firewall',
  steps: ['selinux-firewall'],
  units: [firewalldUnit, firewallUnit],
  appliesTo: (cluster, machine) => cluster.firewall || machine.system.selinux !== null,
  contribute(cluster, machine): Part {
    return {
      packages: packages(cluster, machine),
      refusedArguments: refusedArguments(machine),
      refusedCommands: refusedCommands(cluster, machine),
    }
  },
  collect: collectOnce(
    ({ role, balancesLoad }) => `${role} ${balancesLoad}`,
    (cluster, machine, declared) => {
      const kind = cluster.firewall ? machine.system.distribution.firewall : 'none'
      const rules = rulesOf(declared)
      const data = {
        selinux: machine.system.selinux ?? '',
        firewall: kind,
        file: nftablesFile,
        unit: kind === 'firewalld' ? firewalldUnit : firewallUnit,
        zone,
        podZone: podNetworks(cluster, machine).length > 0 ? podZone : '',
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

function packages({ firewall }: Cluster, { system: { distribution } }: Machine): Package[] {
  if (!firewall) return []
  if (distribution.firewall === 'firewalld') return [{ name: 'firewalld' }]
  return distribution.packages.nftables ? [{ name: distribution.packages.nftables }] : []
}

/**
 * selinux=0 disables it regardless of the configuration; with enforcing=0 it starts permissive, and the step would have to enable it at
 * each boot.
 */
function refusedArguments({ system: { selinux } }: Machine): RefusedArgument[] {
  if (selinux === null) return []
  const off = { name: 'selinux', values: ['0'], reason: `selinux of the profile is ${selinux}` }
  // https://docs.kernel.org/admin-guide/LSM/index.html: modules that are not listed are not enabled.
  const others = ['lsm', 'security'].map((name) => ({ name, without: 'selinux', reason: off.reason }))
  return [off, ...(selinux === 'enforcing' ? [{ ...off, name: 'enforcing' }] : []), ...others]
}

/** Commands that remove or replace the rules. */
function refusedCommands({ firewall }: Cluster, { system }: Machine): RefusedCommand[] {
  const { distribution, selinux } = system
  const enforcing: RefusedCommand[] =
    selinux === 'permissive'
      ? [
          {
            programs: ['setenforce'],
            having: [['1'], ['Enforcing'], ['enforcing']],
            does: 'sets SELinux to enforcing',
            need: 'sets it to permissive, as selinux of the profile says',
            hint: 'remove it, or write selinux: enforcing',
            setRightBy: 'selinux-firewall',
          },
        ]
      : []
  if (!firewall) return enforcing
  const flush = { does: 'removes the rules of the firewall', hint: 'remove it, or write firewall: false' }
  return [
    ...enforcing,
    ...otherFirewalls,
    ...(distribution.firewall === 'firewalld'
      ? [
          {
            programs: ['firewall-cmd'],
            having: [['--panic-on']],
            does: 'drops every packet',
            need: 'opens the ports of the cluster',
            hint: 'remove it',
          },
        ]
      : [{ programs: ['nft'], having: [['flush', 'ruleset']], need: 'loads them at each start', ...flush }]),
    {
      ...droppedBy('INPUT'),
      does: 'drops every packet that no rule of iptables accepts',
      need: 'accepts those of the cluster in a table of its own, which cannot overrule that',
      hint: 'remove it: hakube drops what is not opened',
    },
  ]
}

/**
 * Pods reach their own machine and other nodes with their pod addresses. Addresses of services do not occur in arriving packets:
 * kube-proxy has already translated them.
 */
const podNetworks = ({ kubernetes }: Cluster, machine: Machine): readonly string[] =>
  isNode(machine) ? kubernetes.podNetworks : []

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
  const pods = podNetworks(cluster, machine)
  return {
    files: [
      {
        path: nftablesFile,
        mode: '0644',
        content: render('cloud-init/selinux-firewall/firewall.nft.ejs', {
          rules: lines,
          pods: pods.map((each) => `${saddr[familyOf(each)]} ${each}`),
          podRules: pods.length > 0 ? podRules(cluster, machine) : '',
        }),
        onChange: restarts('selinux-firewall', firewallUnit),
      },
    ],
    units: [
      {
        name: firewallUnit,
        content: render('cloud-init/selinux-firewall/hakube-firewall.service.ejs', { file: nftablesFile }),
        start: 'no',
        after: ['selinux-firewall'],
      },
    ],
  }
}

/** Escapes text and attributes; `--` would end a comment. */
const xml = (text: string): string =>
  text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll('--', '- -')

const zoneFile = ({ name, template, data }: { name: string; template: string; data: object }): File => ({
  path: `/etc/firewalld/zones/${name}.xml`,
  mode: '0644',
  content: render(`cloud-init/selinux-firewall/${template}`, data),
  onChange: restarts('selinux-firewall', firewalldUnit),
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
  const pods = podNetworks(cluster, machine)
  const translates = machine.balancesLoad && cluster.loadBalancing?.sourceAddress
  return {
    files: [
      zoneFile({
        name: zone,
        template: 'zone.xml.ejs',
        data: {
          rules: elements,
          // Since firewalld 0.9. Distributions with yum have 0.6, which forwards inside a zone only with a rule.
          forward: Boolean(translates) && machine.system.distribution.packageManager !== 'yum',
        },
      }),
      ...(pods.length > 0 ? [zoneFile({ name: podZone, template: 'pod-zone.xml.ejs', data: { pods } })] : []),
    ],
    units: [{ name: firewalldUnit, start: 'no', after: ['selinux-firewall'] }],
  }
}

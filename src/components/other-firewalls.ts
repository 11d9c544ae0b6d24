import type { RefusedCommand } from '../assembly/refused.ts'

const verbs = ['enable', 'start', 'restart', 'reenable']
const units = ['ufw', 'ufw.service']

/** Commands that set up a second firewall, whose defaults break a cluster. */
export const otherFirewalls: readonly RefusedCommand[] = [
  { programs: ['ufw'], having: [['enable'], ['reset'], ['reload']] },
  { programs: ['systemctl'], having: verbs.flatMap((verb) => units.map((unit) => [verb, unit])) },
].map((each) => ({
  ...each,
  does: 'starts ufw',
  need: 'needs packets that ufw drops by default: those of pods, and those to ports of the cluster',
  hint: 'remove it: firewall: true opens what the cluster needs; write ports of your own under firewall.ports',
}))

/** A chain policy of iptables, which an accept rule in a separate table cannot override. */
export const droppedBy = (chain: 'INPUT' | 'FORWARD'): Pick<RefusedCommand, 'programs' | 'having'> => ({
  programs: ['iptables', 'ip6tables', 'iptables-legacy', 'iptables-nft'],
  having: ['-P', '--policy'].flatMap((policy) => ['DROP', 'REJECT'].map((target) => [policy, chain, target])),
})

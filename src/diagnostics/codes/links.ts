import type { CodeSection } from './section.ts'

export const linksCodes = {
  title: 'Network interfaces',
  codes: {
    'link/name': {
      severity: 'error',
      what: 'An interface name that is too long, reserved, used twice, or names a different VLAN',
      remedy: 'Use at most 15 letters, digits, dots and dashes, e.g. `bond0` or `bond0.20`',
      source: 'linux/if.h, IFNAMSIZ',
    },
    'link/unknown': {
      severity: 'error',
      what: 'An interface that is not defined',
      remedy: 'Use `card0`, `card1`, … or define it under `bonds`, `vlans` or `bridges`',
    },
    'link/no-card': {
      severity: 'error',
      what: 'A machine with fewer MAC addresses than the profile uses cards',
      remedy: 'Add the MAC address of the card to `mac`',
    },
    'link/incomplete': {
      severity: 'error',
      what: 'A bond, VLAN, bridge, network or routing policy rule without a required setting',
      remedy: 'Write it, for all machines or here',
    },
    'link/loop': {
      severity: 'error',
      what: 'An interface that contains itself',
      remedy: 'Build bonds of cards, and VLANs on cards, bonds or bridges',
    },
    'link/taken': {
      severity: 'error',
      what: 'A member of a bond or bridge that also has addresses, a VLAN or another owner',
      remedy: 'Put them on the bond or bridge',
    },
    'link/bond': {
      severity: 'error',
      what: 'A setting that the mode of a bond does not have, LACP with one member, or a `primary` that is not a member or cannot be expressed',
      remedy: 'The message names the modes, or the alternative',
      source: 'https://docs.kernel.org/networking/bonding.html',
    },
    'link/bond-of-one': {
      severity: 'warning',
      what: 'A bond with one member',
      remedy: 'Add the second card',
    },
    'link/vlan-twice': {
      severity: 'error',
      what: 'The same VLAN ID twice on an interface',
      remedy: 'Remove one of the two',
    },
    'link/mtu': {
      severity: 'error',
      what: 'An MTU that is larger than that of the interface below, or smaller than what else the interface carries',
      remedy: 'Raise the lower or reduce the upper one',
    },
    'link/gateway': {
      severity: 'error',
      what: 'A router that is not in any network of the machines that use it, or in a different subnet from one of them',
      remedy: 'Write the address that the router has in this network',
    },
    'link/default-routes': {
      severity: 'error',
      what: 'Two default routes without `metric` or `table`, one of these without a gateway, or a table of the kernel',
      remedy: 'Remove the gateway, or say when it is used',
    },
    'link/no-network': {
      severity: 'error',
      what: 'An address of a machine that is not in any network of the profile',
      remedy: 'Define the network under `network.additional`',
    },
    'link/prefix': {
      severity: 'error',
      what: 'An address with another prefix length than its network',
      remedy: 'Leave the prefix length out',
    },
    'link/installer': {
      severity: 'error',
      what: 'A network that the installer cannot use: unknown, without an address, on a VLAN, or without a way to the server',
      remedy: 'Set `network.installer` to an untagged network',
    },
  },
} as const satisfies CodeSection
